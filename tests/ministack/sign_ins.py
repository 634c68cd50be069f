"""The sign-ins by published clients, and those that must fail."""

import base64
import hashlib

from botocore.exceptions import ClientError
from person import Person, code_in, fragment_in, with_identity_js
from tokens import claims


def refused(kind, call):
    """The call must fail with this error."""
    try:
        answer = call()
    except ClientError as error:
        assert error.response["Error"]["Code"] == kind, error
    else:
        raise AssertionError(f"expected {kind}, got {list(answer)}")


def assert_signed_in(stage, person, client, token):
    said = claims(stage, token)
    assert said["email"] == person.address and said["email_verified"] is True, said
    assert said["aud"] == client and said["token_use"] == "id", said


def code_with_boto3(stage):
    client, person = stage.outputs["WebClientId"], Person(stage)
    asked = person.start(client)
    assert asked["ChallengeName"] == "CUSTOM_CHALLENGE", asked
    result = person.answer(client, asked, code_in(person.mail()))
    assert_signed_in(stage, person, client, result["AuthenticationResult"]["IdToken"])


def code_with_identity_js(stage):
    client, person = stage.outputs["WebClientId"], Person(stage)
    assert_signed_in(stage, person, client, with_identity_js(stage, person, client, code_in))


def wrong_codes(stage):
    client, person = stage.outputs["WebClientId"], Person(stage)
    asked = person.start(client)
    code = code_in(person.mail())
    wrong = code[:-1] + str((int(code[-1]) + 1) % 10)
    for _ in range(2):
        asked = person.answer(client, asked, wrong)
        assert asked["ChallengeName"] == "CUSTOM_CHALLENGE", asked
    refused("NotAuthorizedException", lambda: person.answer(client, asked, wrong))
    result = person.answer(client, person.start(client), code)
    assert_signed_in(stage, person, client, result["AuthenticationResult"]["IdToken"])


def replayed(stage):
    client, person = stage.outputs["WebClientId"], Person(stage)
    asked, code = person.start(client), code_in(person.mail())
    assert "AuthenticationResult" in person.answer(client, asked, code)
    again = person.answer(client, person.start(client), code)
    assert again.get("ChallengeName") == "CUSTOM_CHALLENGE", list(again)
    assert "AuthenticationResult" not in again


def foreign(stage):
    client = stage.outputs["WebClientId"]
    victim, attacker = Person(stage), Person(stage)
    victim.start(client)
    asked = attacker.start(client)
    attacker.mail()
    again = attacker.answer(client, asked, code_in(victim.mail()))
    assert "AuthenticationResult" not in again, list(again)


def row_deleted(stage):
    client, person = stage.outputs["WebClientId"], Person(stage)
    person.start(client)
    person.mail()
    # MiniStack's events have the name that was typed.
    key = row_key(stage.pool, "EMAIL", client, person.address)
    assert key in [row["pk"]["S"] for row in stage.rows("Challenges")], key
    table = stage.connect(stage.emulator, "dynamodb")
    table.delete_item(TableName=stage.outputs["Challenges"], Key={"pk": {"S": key}})
    asked = person.start(client)
    result = person.answer(client, asked, code_in(person.mail()))
    assert_signed_in(stage, person, client, result["AuthenticationResult"]["IdToken"])


def row_key(*fields):
    """The key of a challenge row, as docs/decisions/0012-steps-instead-of-walls.md has it."""
    parts = [field.encode() for field in fields]
    prefixed = b"".join(len(part).to_bytes(8, "big") + part for part in parts)
    return "v2#" + base64.urlsafe_b64encode(hashlib.sha256(prefixed).digest()).decode().rstrip("=")


class UnderWay:
    """A sign-in that begins before a deployment and ends after it."""

    def begin(self, stage):
        self.person = Person(stage)
        self.asked = self.person.start(stage.outputs["WebClientId"])
        self.code = code_in(self.person.mail())

    def end(self, stage):
        client = stage.outputs["WebClientId"]
        result = self.person.answer(client, self.asked, self.code)
        token = result["AuthenticationResult"]["IdToken"]
        assert_signed_in(stage, self.person, client, token)


def updated_mail(stage):
    person = Person(stage)
    person.start(stage.outputs["WebClientId"])
    mail = person.mail()
    assert "Beach" in mail, mail


def link_with_boto3(stage):
    client, person = stage.outputs["WebClientId"], Person(stage)
    asked = person.answer(client, ask_for_method(person, client), "-", LINK)
    assert "challenge" in asked["ChallengeParameters"], asked
    result = person.answer(client, asked, fragment_in(person.mail()), LINK)
    assert_signed_in(stage, person, client, result["AuthenticationResult"]["IdToken"])


def link_with_identity_js(stage):
    client, person = stage.outputs["WebClientId"], Person(stage)
    token = with_identity_js(stage, person, client, fragment_in, LINK)
    assert_signed_in(stage, person, client, token)


def code_in_two_rounds(stage):
    client, person = stage.outputs["WebClientId"], Person(stage)
    metadata = {"signInMethod": "EMAIL_OTP"}
    asked = person.answer(client, ask_for_method(person, client), "-", metadata)
    result = person.answer(client, asked, code_in(person.mail()), metadata)
    assert_signed_in(stage, person, client, result["AuthenticationResult"]["IdToken"])


def link_elsewhere(stage):
    client, person = stage.outputs["WebClientId"], Person(stage)
    person.answer(client, ask_for_method(person, client), "-", LINK)
    link = fragment_in(person.mail())
    asked = person.answer(client, ask_for_method(person, client), "-", LINK)
    again = person.answer(client, asked, link, LINK)
    assert "AuthenticationResult" not in again, list(again)


def link_to_a_foreign_page(stage):
    client, person = stage.outputs["WebClientId"], Person(stage)
    asked = ask_for_method(person, client)
    metadata = LINK | {"redirectUri": "https://app.example.com.attacker.example/"}
    # MiniStack has a type of its own for what Cognito calls UserLambdaValidationException.
    kind = "InvalidLambdaResponseException"
    refused(kind, lambda: person.answer(client, asked, "-", metadata))


def ask_for_method(person, client):
    asked = person.start(client)
    assert asked["ChallengeParameters"]["challenge"] == "PROVIDE_AUTH_PARAMETERS", asked
    return asked


under_way = UnderWay()
LINK = {"signInMethod": "MAGIC_LINK", "redirectUri": "https://app.example.com/"}

IN_ONE_ROUND = [
    ("boto3 signs in with the code of the mail", code_with_boto3),
    ("amazon-cognito-identity-js signs in with the code of the mail", code_with_identity_js),
    ("wrong codes are asked again, and the right one signs in in the next session", wrong_codes),
    ("a code that signed in once signs in no more", replayed),
    ("the code of one user signs in no other user", foreign),
    ("a user with a deleted row begins anew and gets a mail at once", row_deleted),
    ("a user begins to sign in", under_way.begin),
]
AFTER_AN_UPDATE = [
    ("a user who began before the update signs in after it", under_way.end),
    ("the next mail is of the updated stack", updated_mail),
]
IN_TWO_ROUNDS = [
    ("boto3 signs in with the link of the mail", link_with_boto3),
    ("amazon-cognito-identity-js signs in with the link of the mail", link_with_identity_js),
    ("boto3 signs in with the code of the mail, in two rounds", code_in_two_rounds),
    ("a link does not sign in another session", link_elsewhere),
    ("no mail leads to a page that the template does not name", link_to_a_foreign_page),
]
