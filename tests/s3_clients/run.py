"""The AWS CLI and boto3 work with the local S3 as they are, with temporary credentials of a user.

    run.py URL S3_URL

URL is where local-cognito listens.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import uuid

import boto3
import botocore.config
import botocore.exceptions

URL, S3_URL = sys.argv[1:]
CLIENT = "1webclient0000000000000000"
PASSWORD = "Whistle-twice-for-help-3"


def fetch(url, data=None, method=None, headers=None):
    """Status and text of an answer, whatever the status is."""
    request = urllib.request.Request(url, data=data, method=method, headers=headers or {})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


DEPLOYMENT = json.loads(fetch(f"{URL}/_local/deployment")[1])
BUCKET, REGION, POOL = (DEPLOYMENT[name] for name in ("bucket", "region", "user_pool"))


def service(name, **keys):
    return boto3.client(name, region_name=REGION, endpoint_url=URL, **keys)


def code_for(address):
    """The code of the mail to that address, once it is there."""
    for _ in range(200):
        for mail in json.loads(fetch(f"{URL}/_local/outbox")[1]):
            if mail["to"] == address:
                return re.search(r"\b\d{8}\b", mail["text"]).group()
        time.sleep(0.05)
    raise AssertionError(f"no mail came for {address}")


def user(name):
    """Signs a new user in; returns the identity and its temporary credentials."""
    address = f"{name}-{uuid.uuid4().hex[:8]}@example.net"
    pools = service("cognito-idp", aws_access_key_id="local", aws_secret_access_key="local")
    attributes = {"email": address, "email_verified": "true"}
    pools.admin_create_user(
        UserPoolId=POOL,
        Username=address,
        MessageAction="SUPPRESS",
        UserAttributes=[{"Name": name, "Value": value} for name, value in attributes.items()],
    )
    pools.admin_set_user_password(
        UserPoolId=POOL, Username=address, Password=PASSWORD, Permanent=True
    )
    asked = pools.initiate_auth(
        AuthFlow="CUSTOM_AUTH", ClientId=CLIENT, AuthParameters={"USERNAME": address}
    )
    answer = {
        "USERNAME": asked["ChallengeParameters"]["USERNAME"],
        "ANSWER": code_for(address),
    }
    tokens = pools.respond_to_auth_challenge(
        ClientId=CLIENT,
        ChallengeName="CUSTOM_CHALLENGE",
        Session=asked["Session"],
        ChallengeResponses=answer,
    )["AuthenticationResult"]
    logins = {f"cognito-idp.{REGION}.amazonaws.com/{POOL}": tokens["IdToken"]}
    identities = service("cognito-identity", aws_access_key_id="-", aws_secret_access_key="-")
    identity = identities.get_id(IdentityPoolId=DEPLOYMENT["identity_pool"], Logins=logins)
    issued = identities.get_credentials_for_identity(
        IdentityId=identity["IdentityId"], Logins=logins
    )["Credentials"]
    return identity["IdentityId"], {
        "aws_access_key_id": issued["AccessKeyId"],
        "aws_secret_access_key": issued["SecretKey"],
        "aws_session_token": issued["SessionToken"],
    }


def s3(keys):
    config = botocore.config.Config(signature_version="s3v4", retries={"max_attempts": 1})
    return boto3.client("s3", region_name=REGION, endpoint_url=S3_URL, config=config, **keys)


def refusal(call, **arguments):
    """The code of the error that a call ends with."""
    try:
        call(**arguments)
    except botocore.exceptions.ClientError as error:
        return error.response["Error"]["Code"]
    return "done"


def check(found, expected):
    assert found == expected, f"{found!r} is not {expected!r}"


class Cli:
    """The AWS CLI with temporary credentials and a folder of its own."""

    def __init__(self, keys, home):
        self.home = home
        # Without it the CLI presigns with version 2, which S3 refuses for new buckets.
        os.makedirs(os.path.join(home, ".aws"))
        with open(os.path.join(home, ".aws", "config"), "w", encoding="utf-8") as config:
            config.write("[default]\ns3 =\n    signature_version = s3v4\n")
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": home,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ENDPOINT_URL_S3": S3_URL,
            "AWS_MAX_ATTEMPTS": "1",
            **{name.upper(): value for name, value in keys.items()},
        }

    def run(self, *arguments):
        """Exit code, output and errors."""
        done = subprocess.run(
            [os.path.join(os.path.dirname(sys.executable), "aws"), *arguments],
            cwd=self.home,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=60,
        )
        return done.returncode, done.stdout, done.stderr

    def s3(self, *arguments):
        """The output of a command that has to succeed."""
        code, output, errors = self.run("s3", *arguments)
        assert code == 0, f"aws s3 {arguments}: {errors}"
        return output


def the_cli_moves_copies_syncs_and_removes(ada, bob):
    (identity, keys), (foreign, _) = ada, bob
    own, theirs = f"s3://{BUCKET}/private/{identity}/", f"s3://{BUCKET}/private/{foreign}/"
    client = s3(keys)

    def listed():
        found = client.list_objects_v2(Bucket=BUCKET, Prefix=f"private/{identity}/")
        return [each["Key"].split("/", 2)[2] for each in found.get("Contents", [])]

    with tempfile.TemporaryDirectory() as home:
        cli = Cli(keys, home)
        folder = os.path.join(home, "folder")
        os.makedirs(os.path.join(folder, "sub"))
        for name in ("a b.txt", "c+ü.txt", "sub/d.txt"):
            with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                file.write(name)
        cli.s3("cp", "folder/a b.txt", f"{own}one.txt")
        cli.s3("cp", f"{own}one.txt", f"{own}two.txt")
        cli.s3("mv", f"{own}two.txt", f"{own}three.txt")
        check(listed(), ["one.txt", "three.txt"])
        cli.s3("mv", f"{own}three.txt", "three.txt")
        check(listed(), ["one.txt"])
        with open(os.path.join(home, "three.txt"), encoding="utf-8") as file:
            check(file.read(), "a b.txt")
        cli.s3("mv", "three.txt", f"{own}four.txt")
        check(listed(), ["four.txt", "one.txt"])
        check("one.txt" in cli.s3("ls", own), True)

        cli.s3("sync", "folder", f"{own}copy/")
        check(listed(), ["copy/a b.txt", "copy/c+ü.txt", "copy/sub/d.txt", "four.txt", "one.txt"])
        check(cli.s3("sync", "folder", f"{own}copy/"), "")
        cli.s3("sync", f"{own}copy/", f"{own}more/")
        cli.s3("sync", f"{own}more/", "back")
        with open(os.path.join(home, "back/c+ü.txt"), encoding="utf-8") as file:
            check(file.read(), "c+ü.txt")
        cli.s3("mv", "--recursive", f"{own}more/", f"{own}moved/")
        check([name for name in listed() if name.startswith("mo")],
              ["moved/a b.txt", "moved/c+ü.txt", "moved/sub/d.txt"])

        url = cli.s3("presign", f"{own}one.txt", "--expires-in", "60").strip()
        check(fetch(url), (200, "a b.txt"))
        check(fetch(url.replace("one.txt", "four.txt"))[0], 403)
        for arguments in (
            ("cp", "folder/a b.txt", f"{theirs}x"),
            ("cp", f"{theirs}x", "x"),
            ("mv", f"{own}one.txt", f"{theirs}x"),
            ("rm", f"{theirs}x"),
            ("ls", theirs),
        ):
            code, _, errors = cli.run("s3", *arguments)
            assert code != 0 and ("AccessDenied" in errors or "403" in errors), errors
        code, _, errors = cli.run("s3api", "get-bucket-versioning", "--bucket", BUCKET)
        assert code != 0 and "NotImplemented" in errors, errors
        cli.s3("rm", "--recursive", own)
        check(listed(), [])


def boto3_presigns_copies_lists_and_deletes(ada, bob):
    (identity, keys), (_, others) = ada, bob
    client, foreign = s3(keys), s3(others)
    place = {"Bucket": BUCKET, "Key": f"private/{identity}/ü a+b.txt"}
    presign = client.generate_presigned_url
    check(fetch(presign("put_object", place), b"hello", "PUT")[0], 200)
    check(fetch(presign("get_object", place)), (200, "hello"))
    check(fetch(presign("head_object", place), method="HEAD")[0], 200)
    named = presign("get_object", {**place, "ResponseContentType": "text/html"}, ExpiresIn=604800)
    check(fetch(named), (200, "hello"))
    meta = presign("put_object", {**place, "Metadata": {"mood": "good"}})
    status, text = fetch(meta, b"hullo", "PUT")
    assert status in (400, 403), text
    status, text = fetch(meta, b"hullo", "PUT", {"x-amz-meta-mood": "good"})
    check(status, 200)
    check(client.head_object(**place)["Metadata"], {"mood": "good"})
    status, text = fetch(meta, b"gotcha", "PUT", {"x-amz-meta-mood": "bad"})
    assert status in (400, 403), text
    stolen = foreign.generate_presigned_url("get_object", place)
    status, text = fetch(stolen)
    check((status, "AccessDenied" in text), (403, True))
    copy = {**place, "Key": f"private/{identity}/copy.txt"}
    client.copy_object(CopySource=place, **copy)
    check(refusal(foreign.copy_object, CopySource=place, **copy), "AccessDenied")
    for call in (client.list_objects, client.list_objects_v2):
        found = call(Bucket=BUCKET, Prefix=f"private/{identity}/")["Contents"]
        check([each["Key"] for each in found], [copy["Key"], place["Key"]])
    listing = client.get_paginator("list_objects").paginate(
        Bucket=BUCKET, Prefix=f"private/{identity}/", PaginationConfig={"PageSize": 1}
    )
    check(sum(len(page["Contents"]) for page in listing), 2)
    check(refusal(client.get_object_acl, **place), "NotImplemented")
    check(refusal(client.put_object, **place, Tagging="a=b"), "NotImplemented")
    check(refusal(foreign.get_object_tagging, **place), "NotImplemented")
    objects = [{"Key": key} for key in (place["Key"], copy["Key"], "private/x")]
    answer = client.delete_objects(Bucket=BUCKET, Delete={"Objects": objects})
    check(sorted(each["Key"] for each in answer["Deleted"]), sorted([copy["Key"], place["Key"]]))
    check([(each["Key"], each["Code"]) for each in answer["Errors"]], [("private/x", "AccessDenied")])
    check(fetch(presign("delete_object", place), method="DELETE")[0], 204)


ADA, BOB = user("ada"), user("bob")
for case in (the_cli_moves_copies_syncs_and_removes, boto3_presigns_copies_lists_and_deletes):
    began = time.monotonic()
    case(ADA, BOB)
    print(f"ok   {case.__name__} in {time.monotonic() - began:.1f} s")
