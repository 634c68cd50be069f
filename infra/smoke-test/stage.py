"""The deployed stack as an operator and as a visitor reach it, and the inbox of the test user."""

import base64
import json
import re
import secrets
import time
import urllib.error
import urllib.parse
import urllib.request

import boto3
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

NEEDED = ("Region", "UserPoolId", "WebClientId", "IdentityPoolId", "FilesBucket", "ApiUrl",
          "CredentialsUrl")

# Routes that may have an address of their own.
MAILING = ("/v1/accounts", "/v1/accounts/recovery")


class Failed(Exception):
    """A step is not as expected."""


def outputs_of(found):
    """The outputs of a stack by name: from the list of describe-stacks, or from an object."""
    if isinstance(found, list):
        found = {output["OutputKey"]: output["OutputValue"] for output in found}
    missing = [name for name in NEEDED if name not in found]
    if missing:
        raise Failed(f"the outputs lack {', '.join(missing)}")
    return found


class Stage:
    """The stack and one test user of it."""

    def __init__(self, stack, outputs, address, inbox, wait):
        self.stack, self.outputs, self.address, self.inbox = stack, outputs, address, inbox
        # Seconds to wait for metrics.
        self.wait = wait
        self.password = secrets.token_urlsafe(24) + "aA1!"
        # The `sub` of the user of the pool, once this run has signed it up.
        self.sub = None
        # True once this run has confirmed an account of the built-in directory.
        self.registered = False
        self.tokens = None
        # Names of the challenge's parameters, as a known user sees them.
        self.shown = set()
        self.credentials = None
        self.identity = None
        self.began = time.time()
        self.mails_read = 0
        if inbox:
            self.mails_read = len(self.mails())

    def client(self, service, keys=None, public=False):
        """A client as the operator, as a user with temporary credentials, or without any."""
        config = Config(signature_version=UNSIGNED) if public else None
        return boto3.client(service, region_name=self.outputs["Region"], config=config, **(keys or {}))

    def mails(self):
        with urllib.request.urlopen(f"{self.inbox}/_local/outbox", timeout=10) as answer:
            return [mail for mail in json.load(answer) if mail["to"] == self.address]

    def code(self, purpose):
        """The code of the next mail: typed by the operator, or read from the inbox."""
        if not self.inbox:
            return input(f"The code of the mail to {self.address} that {purpose}: ").replace(" ", "")
        for _ in range(200):
            mails = self.mails()
            if len(mails) > self.mails_read:
                self.mails_read = len(mails)
                return max(re.findall(r"\b\d{6,10}\b", mails[-1]["text"]), key=len)
            time.sleep(0.1)
        raise Failed(f"no mail came that {purpose}")

    def call(self, path, body=None, form=None, token=None):
        """A call of the HTTP API; gives the status and the answer."""
        base = self.outputs["ApiUrl"]
        if path in MAILING:
            base = self.outputs.get("MailsUrl", base)
        address = self.outputs["CredentialsUrl"] if path == "/v1/credentials" else base + path
        data, headers = None, {}
        if form is not None:
            data = urllib.parse.urlencode(form).encode()
            headers["content-type"] = "application/x-www-form-urlencoded"
        elif body is not None:
            data, headers["content-type"] = json.dumps(body).encode(), "application/json"
        if token:
            headers["authorization"] = f"Bearer {token}"
        request = urllib.request.Request(address, data=data, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                text = answer.read()
                return answer.status, json.loads(text) if text else {}
        except urllib.error.HTTPError as error:
            return error.code, {}


def claims(token):
    """The claims of a token, not verified: the services that take it verify it."""
    part = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def refused(kinds, call):
    """Demands that a call is refused with one of these codes."""
    try:
        call()
    except ClientError as error:
        code = error.response["Error"]["Code"]
        demand(code in kinds, f"refused with {code} instead of {' or '.join(kinds)}")
        return
    raise Failed("it is allowed")


def demand(condition, text):
    if not condition:
        raise Failed(text)
