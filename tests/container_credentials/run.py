"""A person of the own directory reaches S3 with the AWS SDK for Rust, boto3 and the AWS CLI.

All are given a region, an endpoint and, for credentials, nothing but the two container variables.

    run.py URL S3_URL RUST

URL is where local-cognito listens, started with --credential-life 5s. RUST is the example
container_credentials.
"""

import json
import os
import secrets
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import urllib.request

URL, S3_URL, RUST = sys.argv[1:]
BUCKET = "lifeguard-files"
CLIENT = "1directoryclient00000000000"
# Longer than the lifetime of the credentials.
AGES = 6
# More than the CLI sends at once, so that an upload of two takes several requests.
PART = 9 * 1024 * 1024
FOREIGN = "private/eu-west-1:another-identity/"

# What each process does with its own credentials, again and again: one line asks, one answers.
BOTO3 = """
import boto3, botocore.exceptions, sys
s3 = boto3.client("s3")
for line in sys.stdin:
    prefix = line.strip()
    try:
        s3.put_object(Bucket="{bucket}", Key=prefix + "boto3.txt", Body=b"by boto3")
        listed = s3.list_objects_v2(Bucket="{bucket}", Prefix=prefix)
        print(" ".join(sorted(item["Key"] for item in listed["Contents"])), flush=True)
    except botocore.exceptions.ClientError as error:
        print(error.response["Error"]["Code"], flush=True)
""".format(bucket=BUCKET)


def call(path, body=None, form=None):
    """What the host answers, as JSON; the body of a 204 is nothing."""
    data, kind = None, "application/json"
    if form is not None:
        data, kind = urllib.parse.urlencode(form).encode(), "application/x-www-form-urlencoded"
    elif body is not None:
        data = json.dumps(body).encode()
    request = urllib.request.Request(URL + path, data=data, headers={"content-type": kind})
    with urllib.request.urlopen(request, timeout=30) as answer:
        text = answer.read()
    return json.loads(text) if text else None


def code_for(address):
    """The code of the mail to that address, once it is there."""
    for _ in range(200):
        for mail in call("/_local/outbox"):
            if mail["to"] == address:
                digits = [word for word in mail["text"].split() if word.isdigit()]
                return max(digits, key=len)
        time.sleep(0.05)
    raise SystemExit(f"no mail came for {address}")


def sign_in():
    """Registers a user; returns the credentials token and the identity id."""
    address, password = f"{secrets.token_hex(6)}@example.com", secrets.token_urlsafe(24)
    handle = call("/v1/accounts", {"email": address})["handle"]
    call("/v1/accounts/confirm", {
        "email": address,
        "handle": handle,
        "code": code_for(address),
        "password": password,
    })
    answer = call("/v1/token", form={
        "grant_type": "password",
        "client_id": CLIENT,
        "username": address,
        "password": password,
        "scope": "credentials",
    })
    assert "refresh_token" not in answer, "credentials come without a refresh token"
    return answer["credentials_token"], answer["identity_id"]


def fetches():
    """How often credentials were fetched so far."""
    entries = call("/_local/events")
    return sum(1 for entry in entries
               if entry["kind"] == "invoked" and entry["function"] == "developer-identity"
               and entry["event"].get("rawPath") == "/v1/credentials")


def environment(home, token):
    """Region, endpoint and the two container variables, and nothing else of AWS."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": home,
        "AWS_REGION": "eu-west-1",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_ENDPOINT_URL_S3": S3_URL,
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{URL}/v1/credentials",
        **token,
    }


def expect(what, seen, wanted):
    if seen != wanted:
        raise SystemExit(f"{what}: {seen!r} instead of {wanted!r}")
    print(f"ok  {what}")


def start(command, home, token):
    """A process that answers line by line, and how to ask it."""
    program = subprocess.Popen(
        command, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        env=environment(home, {"AWS_CONTAINER_AUTHORIZATION_TOKEN": token}))

    def ask(prefix):
        program.stdin.write(prefix + "\n")
        program.stdin.flush()
        return program.stdout.readline().strip()

    return program, ask


def by_rust(home, token, identity):
    """By the clock on the wall, for its SDK goes by that: before the host's is set forward."""
    own = f"private/{identity}/"
    program, ask = start([RUST], home, token)
    before = fetches()
    expect("the SDK for Rust writes and lists the own prefix", ask(own), own + "rust.txt")
    expect("the SDK for Rust is refused another's prefix", ask(FOREIGN), "AccessDenied")
    expect("the SDK for Rust has fetched credentials once", fetches() - before, 1)
    until, answers = time.monotonic() + AGES, set()
    while time.monotonic() < until:
        time.sleep(0.5)
        answers.add(ask(own))
    expect("the SDK for Rust goes on when they have expired", answers, {own + "rust.txt"})
    fetched = fetches() - before
    expect("the SDK for Rust has come back for new ones by itself", fetched in (2, 3), True)
    program.stdin.close()
    expect("the SDK for Rust ends", program.wait(timeout=30), 0)
    ended, ask = start([RUST], home, token + "x")
    expect("the SDK for Rust fetches nothing with another token", ask(own), "no answer")
    ended.stdin.close()
    expect("the SDK for Rust ends again", ended.wait(timeout=30), 0)


def by_boto3(home, token, identity):
    own = f"private/{identity}/"
    program, ask = start([sys.executable, "-c", BOTO3], home, token)
    before = fetches()
    expect("boto3 writes and lists the own prefix", ask(own), own + "boto3.txt")
    expect("boto3 is refused another's prefix", ask(FOREIGN), "AccessDenied")
    first = fetches()
    expect("boto3 has fetched credentials", first > before, True)
    call("/_local/clock", {"advance_seconds": AGES})
    expect("boto3 goes on when they have expired", ask(own), own + "boto3.txt")
    expect("boto3 has come back for new ones by itself", fetches() > first, True)
    program.stdin.close()
    expect("boto3 ends", program.wait(timeout=30), 0)


def by_cli(home, token, identity):
    file = os.path.join(home, "token")
    with open(file, "w", encoding="ascii") as opened:
        opened.write("Bearer " + token)
    variables = environment(home, {"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": file})
    aws = os.path.join(os.path.dirname(sys.executable), "aws")

    def run(*arguments, given=None):
        return subprocess.run([aws, *arguments], env=variables, input=given, text=True,
                              capture_output=True, timeout=60, check=False)

    own = f"s3://{BUCKET}/private/{identity}/"
    before = fetches()
    copied = run("s3", "cp", "-", own + "cli.txt", given="by the CLI")
    expect("the CLI writes to the own prefix", (copied.returncode, copied.stderr), (0, ""))
    listed = run("s3", "ls", own)
    names = [line.split()[-1] for line in listed.stdout.splitlines()]
    expect("the CLI lists what both have written", names, ["boto3.txt", "cli.txt"])
    read = run("s3", "cp", own + "cli.txt", "-")
    expect("the CLI reads it back", read.stdout, "by the CLI")
    other = run("s3", "ls", f"s3://{BUCKET}/private/")
    expect("the CLI is refused the prefix of all", "AccessDenied" in other.stderr, True)
    expect("the CLI has fetched credentials each time", fetches() >= before + 4, True)
    outlive([aws, "s3", "cp", "-", own + "long.bin"], variables)
    listed = run("s3", "ls", own + "long.bin")
    expect("the CLI's long upload is whole", listed.stdout.split()[2:3], [str(2 * PART)])


def outlive(command, variables):
    """One upload by the CLI that outlasts its credentials.

    They expire once the upload has begun, which the CLI tells when it is asked for everything.
    """
    before = fetches()
    command = [*command, "--debug"]
    pipes = {"stdin": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, env=variables, **pipes) as upload:
        begun = threading.Event()
        said = threading.Thread(target=listen, args=(upload.stderr, begun))
        said.start()
        upload.stdin.write(bytes(PART))
        upload.stdin.flush()
        expect("the CLI has begun a long upload", begun.wait(timeout=60), True)
        first = fetches()
        expect("the CLI has fetched credentials for a long upload", first > before, True)
        call("/_local/clock", {"advance_seconds": AGES})
        upload.stdin.write(bytes(PART))
        upload.stdin.close()
        expect("the CLI goes on when they have expired", upload.wait(timeout=60), 0)
        said.join()
    expect("the CLI has come back for new ones by itself", fetches() > first, True)


def listen(lines, begun):
    """Reads all that the CLI says, and tells when S3 has answered its first request."""
    for line in lines:
        if b"<InitiateMultipartUploadResult" in line:
            begun.set()


def main():
    token, identity = sign_in()
    with tempfile.TemporaryDirectory() as home:
        by_rust(home, *sign_in())
        by_boto3(home, token, identity)
        by_cli(home, token, identity)
        refused = subprocess.run(
            [sys.executable, "-c", "import boto3; boto3.client('s3').list_buckets()"],
            env=environment(home, {"AWS_CONTAINER_AUTHORIZATION_TOKEN": token + "x"}),
            capture_output=True, text=True, timeout=60, check=False)
        expect("another token fetches nothing", refused.returncode != 0, True)


main()
