"""The one function behind every trigger of the throw-away pool.

The beginning of the user name, or `behaviour` of the client metadata, says how it behaves. It logs
each event, for the questions to look at; the pool holds made-up users alone.
"""

import json
import time

# Longer than Cognito waits.
SLOW = 6


def handler(event, _context):
    print(json.dumps({"settle": event}), flush=True)
    occasion = event["triggerSource"].partition("_")[0]
    metadata = event["request"].get("clientMetadata") or {}
    behaviour = metadata.get("behaviour") or event["userName"].partition("-")[0]
    ACTS.get(occasion, leave)(event, behaviour)
    return event


def leave(_event, _behaviour):
    """Changes nothing."""


def pre_sign_up(event, behaviour):
    response = event["response"]
    if behaviour == "slow":
        time.sleep(SLOW)
    elif behaviour == "verified":
        response.update(autoConfirmUser=True, autoVerifyEmail=True)
    elif behaviour == "extra":
        response["lifeguard"] = 1
    elif behaviour == "nulls":
        event["request"]["clientMetadata"] = None


def custom_message(event, behaviour):
    if behaviour == "codeless":
        event["response"].update(emailSubject="A message", emailMessage="It has no place for a code.")


def migrate(event, behaviour):
    if behaviour != "migrate":
        raise ValueError("no such user")
    event["response"].update(
        userAttributes={"email": "success@simulator.amazonses.com", "email_verified": "true"},
        finalUserStatus="CONFIRMED", messageAction="SUPPRESS")


def define(event, behaviour):
    session, response = event["request"]["session"], event["response"]
    name = "CUSTOM_CHALLENGE"
    if session and session[0]["challengeName"] == "SRP_A" and len(session) == 1:
        name = "PASSWORD_VERIFIER"
    response.update(challengeName=name, issueTokens=False, failAuthentication=False)
    if behaviour == "undecided":
        del event["response"]["challengeName"]
    elif behaviour == "both":
        response.update(issueTokens=True, failAuthentication=True)
        del response["challengeName"]
    elif behaviour == "issue" and session:
        response["issueTokens"] = True
        del response["challengeName"]


def create(event, _behaviour):
    event["response"].update(publicChallengeParameters={"round": "1"}, privateChallengeParameters={"a": "b"})


def verify(event, _behaviour):
    event["response"]["answerCorrect"] = False


ACTS = {
    "CreateAuthChallenge": create,
    "CustomMessage": custom_message,
    "DefineAuthChallenge": define,
    "PreSignUp": pre_sign_up,
    "UserMigration": migrate,
    "VerifyAuthChallengeResponse": verify,
}
