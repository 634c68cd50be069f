"""The built-in directory over the HTTP API: an account, a token, and credentials that work."""

import json
import urllib.error
import urllib.parse
import urllib.request

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from deployment import is_ready
from emulator import REGION, ROOT_KEYS
from identities import Visitor, denied
from person import PASSWORD, Stage, code_in


def call(stage, api, method, path, body=None, form=None, bearer=None):
    """One request by way of the API's routes; gives status and answer."""
    url = f"{stage.emulator.url}/_aws/execute-api/{stage.outputs[api]}/$default{path}"
    headers, data = {}, None
    if body is not None:
        headers["Content-Type"], data = "application/json", json.dumps(body).encode()
    if form is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        data = urllib.parse.urlencode(form).encode()
    if bearer is not None:
        headers["Authorization"] = f"Bearer {bearer}"
    request = urllib.request.Request(url, data, headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, json.loads(answer.read() or b"null")
    except urllib.error.HTTPError as refusal:
        return refusal.code, json.loads(refusal.read() or b"null")


class Account:
    """A user of the built-in directory."""

    address = "ann@directory.example"

    def document(self, stage):
        status, document = call(stage, "Api", "GET", "/openapi.json")
        assert status == 200 and document["openapi"].startswith("3.1"), (status, document)

    def otherwise(self, stage):
        for api, method, path, expected in [
            ("Api", "PUT", "/v1/token", (405, "invalid_request")),
            ("Api", "POST", "/v1/whoami", (405, "MethodNotAllowed")),
            ("Api", "GET", "/v1/nothing", (404, "NoSuchRoute")),
            ("CredentialsApi", "POST", "/v1/credentials", (405, "MethodNotAllowed")),
            ("MailsApi", "GET", "/v1/accounts", (405, "MethodNotAllowed")),
            ("Api", "POST", "/v1/accounts", (404, "NoSuchRoute")),
            ("Api", "POST", "/v1/accounts/recovery", (404, "NoSuchRoute")),
            ("MailsApi", "POST", "/v1/token", (404, "NoSuchRoute")),
        ]:
            status, said = call(stage, api, method, path)
            found = status, said.get("code", said.get("error"))
            assert found == expected, (method, path, status, said)

    def register(self, stage):
        body = {"email": self.address}
        status, asked = call(stage, "MailsApi", "POST", "/v1/accounts", body=body)
        assert status == 202, (status, asked)
        code = code_in(stage.emulator.mail(self.address)["BodyText"])
        confirmation = body | {"handle": asked["handle"], "code": code, "password": PASSWORD}
        wrong = confirmation | {"code": code[:-1] + str((int(code[-1]) + 1) % 10)}
        status, _ = call(stage, "Api", "POST", "/v1/accounts/confirm", body=wrong)
        assert status == 400, status
        status, answer = call(stage, "Api", "POST", "/v1/accounts/confirm", body=confirmation)
        assert status == 204, (status, answer)

    def sign_in(self, stage):
        form = {
            "grant_type": "password",
            "client_id": stage.outputs["WebClientId"],
            "username": self.address,
            "password": PASSWORD,
        }
        wrong = form | {"password": PASSWORD + "!"}
        status, _ = call(stage, "Api", "POST", "/v1/token", form=wrong)
        assert status == 400, status
        status, self.token = call(stage, "Api", "POST", "/v1/token", form=form)
        assert status == 200, (status, list(self.token))
        status, again = call(stage, "Api", "POST", "/v1/token", form=form)
        assert again["identity_id"] == self.token["identity_id"], "another identity"

    def credentials(self, stage):
        refresh = {
            "grant_type": "refresh_token",
            "refresh_token": self.token["refresh_token"],
            "scope": "credentials",
        }
        status, session = call(stage, "Api", "POST", "/v1/token", form=refresh)
        assert status == 200, (status, session)
        bearer = session["credentials_token"]
        status, given = call(stage, "CredentialsApi", "GET", "/v1/credentials", bearer=bearer)
        assert status == 200, (status, given)
        status, _ = call(stage, "CredentialsApi", "GET", "/v1/credentials", bearer=bearer[:-2])
        assert status == 401, status
        keys = dict(zip(ROOT_KEYS, (given["AccessKeyId"], given["SecretAccessKey"])))
        files = Stage.connect(stage.emulator, "s3", keys | {"AWS_SESSION_TOKEN": given["Token"]})
        bucket, own = stage.outputs["FilesBucket"], f"private/{self.token['identity_id']}/note.txt"
        files.put_object(Bucket=bucket, Key=own, Body=b"mine")
        other = Visitor(stage).identity
        denied(lambda: files.put_object(Bucket=bucket, Key=f"private/{other}/note.txt", Body=b""))

    def whoami(self, stage):
        visitor = Visitor(stage)
        status, said = signed(stage, visitor.keys, "/v1/whoami")
        assert status == 200 and visitor.identity in json.dumps(said), (status, said)
        status, _ = call(stage, "Api", "GET", "/v1/whoami")
        assert status == 403, status


def signed(stage, keys, path):
    """A request signed with temporary credentials, as the role may send one."""
    url = f"{stage.emulator.url}/_aws/execute-api/{stage.outputs['Api']}/$default{path}"
    request = AWSRequest("GET", url)
    SigV4Auth(Credentials(*keys.values()), "execute-api", REGION).add_auth(request)
    try:
        sent = urllib.request.Request(url, headers=dict(request.headers))
        with urllib.request.urlopen(sent, timeout=30) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as refusal:
        return refusal.code, json.loads(refusal.read() or b"null")


account = Account()
STEPS = is_ready("developer-identity", '"identity":{') * [
    ("the HTTP API serves its document", account.document),
    ("what no route takes is refused by the function", account.otherwise),
    ("a user registers in the built-in directory and confirms the address", account.register),
    ("a password is worth one identity, a wrong one nothing", account.sign_in),
    ("the credentials of that identity reach its own files, and no others", account.credentials),
    ("the signed route knows the identity and refuses a request without a signature", account.whoami),
]
