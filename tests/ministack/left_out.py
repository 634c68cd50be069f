"""What MiniStack leaves out of our template and of Cognito, played here; README.md lists it."""

import json
import re

from deployment import ROOT, STACK
from person import Person


def invoke(stage, function, event):
    """The answer of a function, invoked as Cognito would; its error is one here."""
    answer = stage.functions.invoke(FunctionName=f"{STACK}-{function}", Payload=json.dumps(event))
    body = json.load(answer["Payload"])
    if "FunctionError" in answer:
        raise FunctionFailed(body["errorType"], body["errorMessage"])
    return body


class FunctionFailed(Exception):
    pass


def event(stage, name, user_name, **request):
    """A sample event of the repository, as if it were about this pool, client and person."""
    sample = json.loads((ROOT / "events" / f"{name}.json").read_text())
    sample["userPoolId"] = stage.pool
    sample["callerContext"]["clientId"] = stage.outputs["WebClientId"]
    sample["userName"] = user_name
    sample["request"] |= request
    return sample


def verified_sender(stage):
    """Not MiniStack's omission but the operator's step: SES knows the domain of the sender."""
    stage.connect(stage.emulator, "sesv2").create_email_identity(EmailIdentity="lifeguard.example")


def expiry_of_rows(stage):
    table = stage.connect(stage.emulator, "dynamodb")
    for name in ("Challenges", "Accounts"):
        table.update_time_to_live(
            TableName=stage.outputs[name],
            TimeToLiveSpecification={"AttributeName": "ttl", "Enabled": True},
        )
        status = table.describe_time_to_live(TableName=stage.outputs[name])
        assert status["TimeToLiveDescription"]["TimeToLiveStatus"] == "ENABLED", status


def sign_up(stage):
    attributes = {"email": "noor@example.net", "given_name": "Noor", "locale": "nl-NL"}
    asked = event(stage, "PreSignUp_SignUp", "some-sub", userAttributes=attributes)
    assert invoke(stage, "pre-sign-up", asked) == asked
    asked["request"]["userAttributes"]["custom:role"] = "administrator"
    try:
        invoke(stage, "pre-sign-up", asked)
    except FunctionFailed as refusal:
        assert refusal.args[0] == "AttributeNotAllowed", refusal
    else:
        raise AssertionError("a user signed up as an administrator")


def confirmation(stage):
    person = Person(stage)
    confirm(stage, person)
    rows = stage.rows("Profiles")
    name = person.attributes()["sub"]
    [row] = [row for row in rows if row["sub"]["S"] == name]
    assert row["locale"]["S"] == "nl-NL", row
    groups = stage.idp.admin_list_groups_for_user(UserPoolId=stage.pool, Username=name)
    assert [group["GroupName"] for group in groups["Groups"]] == ["members"], groups
    confirm(stage, person)
    assert stage.rows("Profiles") == rows, "the same event again has changed a profile"


def confirm(stage, person):
    """Cognito's call after a confirmation."""
    attributes = person.attributes() | {"cognito:user_status": "CONFIRMED", "locale": "nl-NL"}
    asked = event(
        stage, "PostConfirmation_ConfirmSignUp", attributes["sub"], userAttributes=attributes
    )
    assert invoke(stage, "post-confirmation", asked) == asked


def unknown_user(stage):
    """An unknown user walks like a known user who answers wrong, and gets no mail."""
    before = len(stage.emulator.mails())
    known = Person(stage)
    assert walk(stage, None) == walk(stage, known)
    # The known user came later and has a mail: one to the unknown user would be there as well.
    known.mail()
    assert len(stage.emulator.mails()) == before + 1


def walk(stage, person):
    """The steps of a sign-in with five wrong answers: what each function answers, by its shape."""
    if person is None:
        about = {"userAttributes": {}, "userNotFound": True}
        user_name = "7d0e3c52-9a61-3f0b-8c44-5b7a12d9e6f0"
    else:
        attributes = person.attributes() | {"cognito:user_status": "CONFIRMED"}
        about = {"userAttributes": attributes, "userNotFound": False}
        user_name = attributes["sub"]
    session, steps = [], []
    while True:
        define = event(stage, "DefineAuthChallenge_Authentication", user_name, session=session, **about)
        step = invoke(stage, "define-auth-challenge", define)["response"]
        steps.append(step)
        assert step["issueTokens"] is False, step
        if step["failAuthentication"]:
            return steps
        create = event(
            stage, "CreateAuthChallenge_Authentication", user_name,
            challengeName=step["challengeName"], session=session, **about,
        )
        challenge = invoke(stage, "create-auth-challenge", create)["response"]
        shown = dict(challenge["publicChallengeParameters"])
        assert re.fullmatch("[A-Z]{2}", shown.pop("mark")), challenge
        steps.append(shown)
        verify = event(
            stage, "VerifyAuthChallengeResponse_Authentication", user_name,
            privateChallengeParameters=challenge["privateChallengeParameters"],
            challengeAnswer="00000000", **about,
        )
        judged = invoke(stage, "verify-auth-challenge", verify)["response"]
        steps.append(judged)
        assert judged["answerCorrect"] is False, judged
        session = session + [{
            "challengeName": "CUSTOM_CHALLENGE",
            "challengeResult": False,
            "challengeMetadata": challenge["challengeMetadata"],
        }]
        assert len(session) <= 5, "a sixth answer is asked for"


STEPS = [
    ("an operator verifies the sender's domain", verified_sender),
    ("rows of unknown users expire, once the table is told so again", expiry_of_rows),
    ("pre-sign-up lets a person in and refuses an attribute of its own choice", sign_up),
    ("post-confirmation writes one profile and joins one group, once", confirmation),
    ("an unknown user walks like a known user who answers wrong, and gets no mail", unknown_user),
]
