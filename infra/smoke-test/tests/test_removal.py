#!/usr/bin/env python3
"""What the smoke test deletes: what it made, and never a user or an account that was there before."""

import io
import json
import sys

import recorded
from botocore.exceptions import ClientError
from botocore.response import StreamingBody
from recorded import ADDRESS, POOL, STACK, SUB, Stage, check, holds

import removal
import users

USER_NAME = "plain-abcdefgh"
ANOTHER = SUB.replace("1", "9")
FEWEST = 20


def user(sub=SUB):
    found = {"Username": USER_NAME, "UserAttributes": [{"Name": "sub", "Value": sub}]}
    return "cognito-idp", "admin_get_user", found, {"UserPoolId": POOL, "Username": ADDRESS}


GONE = ("cognito-idp", "admin_get_user", "UserNotFoundException")
DELETED = ("cognito-idp", "admin_delete_user", {}, {"UserPoolId": POOL, "Username": USER_NAME})


def operator(person, *outcomes, **more):
    """An answer of operator, to a request that has to name this person."""
    report = [{"what": "user", "outcome": outcome} for outcome in outcomes]
    data = json.dumps({"report": report}).encode()
    payload = json.dumps({"action": "erase", "person": person, "mode": "apply"}).encode()
    return ("lambda", "invoke", {"StatusCode": 200, "Payload": StreamingBody(io.BytesIO(data), len(data)), **more},
            {"FunctionName": f"{STACK}-operator", "Payload": payload})


IN_POOL, IN_DIRECTORY = {"user_name": USER_NAME}, {"account": {"address": ADDRESS}}
IN_BOTH = IN_POOL | IN_DIRECTORY


def erase():
    check(removal.erase, [user(), operator(IN_BOTH, "done", "done")], registered=True)
    check(removal.erase, [user(), operator(IN_POOL, "done")])
    check(removal.erase, [operator(IN_DIRECTORY, "done")], sub=None, registered=True)
    check(removal.erase, [user(), operator(IN_POOL, "done", FunctionError="Unhandled")], "operator answers")
    check(removal.erase, [user(), operator(IN_POOL, "done", "would_be_done")], "would_be_done")
    check(removal.erase, [user(), operator(IN_POOL)], "reports nothing")
    # Nothing is asked of operator, since no answer of it is there.
    check(removal.erase, [], "made no user", sub=None)
    check(removal.erase, [user(ANOTHER)], "made no user")
    check(removal.erase, [user(ANOTHER), operator(IN_DIRECTORY, "done")], registered=True)


def cleaned(text, answers, left=(), erases=True, **more):
    """A clean-up that asks for all of these answers and nothing else."""
    stage = Stage(answers, **more)
    found = removal.clean_up(stage, erases)
    stage.all_asked()
    holds(len(found) == len(left) and all(part in line for part, line in zip(left, found)), f"{text}: {found}")


def clean_up():
    cleaned("a run that made nothing deletes nothing", [], sub=None)
    cleaned("the user of another is left", [user(ANOTHER), user(ANOTHER)])
    cleaned("an erased user is gone", [GONE, GONE])
    cleaned("the own user is erased", [user(), user(), operator(IN_POOL, "done"), GONE])
    cleaned("without operator, the own user is deleted", [user(), DELETED], erases=False, registered=True)
    cleaned("an account alone is erased", [operator(IN_DIRECTORY, "done")], sub=None, registered=True)
    cleaned("what operator leaves is named, and the user deleted",
            [user(), operator(IN_BOTH, "done", FunctionError="Unhandled"), user(), DELETED],
            ["what operator erases"], registered=True)
    cleaned("a user that stays is named",
            [user(), ("cognito-idp", "admin_delete_user", "InternalErrorException")],
            ["the user of the pool"], erases=False)


def taken_address():
    """A sign-up with the address of a user that exists, and what follows it."""
    stage = Stage([("cognito-idp", "sign_up", "UsernameExistsException")], sub=None)
    try:
        users.sign_up(stage)
        sys.exit("the sign-up succeeds")
    except ClientError:
        holds(removal.clean_up(stage, True) == [], "the user that was there is deleted")
    stage.all_asked()


def confirmed_at_once():
    """The own user is known before any demand on it fails."""
    stage = Stage([("cognito-idp", "sign_up", {"UserConfirmed": True, "UserSub": SUB})], sub=None)
    check(lambda _stage: users.sign_up(stage), [], "without a code")
    holds(stage.sub == SUB, "the own user is not remembered")


for play in (erase, clean_up, taken_address, confirmed_at_once):
    play()
print(f"{recorded.seen} passed, 0 failed")
sys.exit(0 if recorded.seen >= FEWEST else 1)
