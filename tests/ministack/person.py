"""A user with a mailbox, and the two clients of this test: boto3 and amazon-cognito-identity-js."""

import json
import os
import re
import subprocess
from pathlib import Path

import boto3
from botocore import UNSIGNED
from botocore.config import Config
from emulator import REGION, ROOT_KEYS

PASSWORD = "Whistle-twice-for-help-3"


class Person:
    """A user with a verified address, put into the pool by an administrator."""

    people = 0

    def __init__(self, stage):
        Person.people += 1
        self.address = f"person-{Person.people}@example.net"
        # What is typed at the sign-in.
        self.name = self.address
        self.stage = stage
        self.mails_read = 0
        user = {"UserPoolId": stage.pool, "Username": self.address}
        stage.idp.admin_create_user(
            **user,
            MessageAction="SUPPRESS",
            TemporaryPassword=PASSWORD,
            UserAttributes=[
                {"Name": "email", "Value": self.address},
                {"Name": "email_verified", "Value": "true"},
            ],
        )
        stage.idp.admin_set_user_password(**user, Password=PASSWORD, Permanent=True)

    def attributes(self):
        """What the pool knows of this person, as triggers see it."""
        user = self.stage.idp.admin_get_user(UserPoolId=self.stage.pool, Username=self.address)
        return {attribute["Name"]: attribute["Value"] for attribute in user["UserAttributes"]}

    def mail(self):
        """The next mail, as plain text."""
        self.mails_read += 1
        return self.stage.emulator.mail(self.address, self.mails_read)["BodyText"]

    def start(self, client):
        return self.stage.visitor.initiate_auth(
            ClientId=client, AuthFlow="CUSTOM_AUTH", AuthParameters={"USERNAME": self.name}
        )

    def answer(self, client, asked, answer, metadata=None):
        # MiniStack leaves USERNAME out of the parameters, where Cognito gives the pool's own name.
        name = asked["ChallengeParameters"].get("USERNAME", self.name)
        return self.stage.visitor.respond_to_auth_challenge(
            ClientId=client,
            ChallengeName="CUSTOM_CHALLENGE",
            Session=asked["Session"],
            ChallengeResponses={"USERNAME": name, "ANSWER": answer},
            ClientMetadata=metadata or {},
        )


class Stage:
    """The deployed stack as an administrator and as a visitor see it."""

    def __init__(self, emulator, outputs):
        self.emulator = emulator
        self.outputs = outputs
        self.pool = outputs["UserPoolId"]
        self.idp = self.connect(emulator, "cognito-idp")
        self.visitor = self.connect(emulator, "cognito-idp", signature_version=UNSIGNED)
        self.functions = self.connect(emulator, "lambda")

    def rows(self, table):
        """The rows of a table of the template."""
        return self.connect(self.emulator, "dynamodb").scan(TableName=self.outputs[table])["Items"]

    @staticmethod
    def connect(emulator, service, keys=ROOT_KEYS, **options):
        """A client of one service, as root unless it gets other keys or is told not to sign."""
        config = Config(retries={"max_attempts": 0}, read_timeout=60, **options)
        named = {name.lower(): key for name, key in keys.items()}
        client = boto3.client(
            service, endpoint_url=emulator.url, region_name=REGION, config=config, **named
        )
        # As behind a balancer that ends TLS: the bucket refuses anything else.
        client.meta.events.register("before-sign", say_tls)
        return client


def say_tls(request, **_others):
    request.headers["X-Forwarded-Proto"] = "https"


def code_in(mail):
    """The short code of a mail's plain text."""
    words = [word for word in mail.split() if "://" not in word]
    [code] = re.findall(r"\b\d{4} ?\d{4}(?:\d{2})?\b", " ".join(words))
    return code


def fragment_in(mail):
    """What stands behind the `#` of the link in a mail's plain text."""
    [link] = [word for word in mail.split() if "://" in word]
    return link.split("#", 1)[1]


def with_identity_js(stage, person, client, answer_in, metadata=None):
    """A sign-in by the published JavaScript client; gives the ID token.

    The script prints what it was asked, and reads the answer that `answer_in` finds in the mail.
    """
    script = Path(__file__).with_name("identity_js.mjs")
    words = [stage.emulator.url, stage.pool, client, person.address, json.dumps(metadata or {})]
    process = subprocess.Popen(
        ["node", script, *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={"PATH": os.environ["PATH"]},
    )
    with process:
        asked = json.loads(process.stdout.readline())
        if "challenge" in asked:
            process.stdin.write(json.dumps({"answer": answer_in(person.mail())}) + "\n")
        process.stdin.close()
        result = json.loads(process.stdout.readline() or json.dumps(asked))
    assert process.returncode == 0 and "token" in result, result
    return result["token"]
