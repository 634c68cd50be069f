#!/usr/bin/env python3
"""What `settle.py` makes is deleted or named, whatever fails on the way."""

import contextlib
import io
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
os.environ.update(AWS_ACCESS_KEY_ID="none", AWS_SECRET_ACCESS_KEY="none")

import aws_function  # noqa: E402
import bench  # noqa: E402
import settle  # noqa: E402
from botocore.exceptions import ClientError, ReadTimeoutError  # noqa: E402

REGION = "eu-west-1"
IDENTITY = f"arn:aws:ses:{REGION}:123456789012:identity/"
ARN = f"arn:aws:lambda:{REGION}:123456789012:function:settle"
FEWEST = 35
seen = 0


def holds(condition, text):
    global seen
    if not condition:
        sys.exit(f"not as expected: {text}")
    seen += 1


def late(*_words, **_named):
    raise ReadTimeoutError(endpoint_url="https://nowhere.example.com")


def refusal(code):
    def fails(*_words, **_named):
        raise ClientError({"Error": {"Code": code, "Message": "no"}}, "Delete")
    return fails


class Calls:
    """A client of AWS that keeps the names of its calls; those named here fail so."""

    def __init__(self, **failing):
        self.failing, self.called, self.made = failing, [], 0

    def __getattr__(self, name):
        def call(**arguments):
            self.called.append(name)
            if name in self.failing:
                return self.failing[name](**arguments)
            self.made += 1
            return {"UserPool": {"Id": f"{REGION}_{self.made}"}, "UserPoolClient": {"ClientId": "one"},
                    "IdentityPoolId": f"{REGION}:{self.made}"}
        return call


def pools_of(users, identities):
    made = bench.Bench(REGION, ARN, bench.sending(IDENTITY + "a@example.com", None), None)
    made.users, made.identities, made.removers = users, identities, (users, identities)
    return made


def function_of(**failing):
    found = aws_function.AwsFunction.__new__(aws_function.AwsFunction)
    found.name, found.group = "settle-one", "/aws/lambda/settle-one"
    found.functions = found.roles = found.logs = Calls(**failing)
    return found


def every_removal_is_tried():
    """One that fails, by an answer or without any, is named and stops no other."""
    for fault in (late, refusal("InternalErrorException")):
        users, identities = Calls(delete_user_pool=fault), Calls(delete_identity_pool=fault)
        made = pools_of(users, identities)
        made.make()
        left = made.remove()
        holds(users.called.count("delete_user_pool") == 2, "a pool is not tried")
        names = [f"user pool {REGION}_1", f"user pool {REGION}_4", f"identity pool {REGION}:1"]
        holds([line.partition(": ")[0] for line in left] == names, f"left are {left}")
    actions = ["delete_function", "delete_role_policy", "delete_role", "delete_log_group"]
    names = ["function settle-one", "policy of role settle-one", "role settle-one",
             "log group /aws/lambda/settle-one"]
    for action, name in zip(actions, names):
        function = function_of(**{action: late})
        left = function.remove()
        holds(function.functions.called == actions, f"after {action}: {function.functions.called}")
        holds([line.partition(": ")[0] for line in left] == [name], f"left are {left}")
    function = function_of(**dict.fromkeys(actions, refusal("NoSuchEntity")))
    holds(function.remove() == [], "what is gone is left")
    users = Calls(delete_user_pool=refusal("ResourceNotFoundException"))
    gone = pools_of(users, Calls())
    gone.make()
    holds(gone.remove() == [], "a pool that is gone is left")


def creations_without_an_answer_are_named():
    made = pools_of(Calls(create_user_pool=late), Calls())
    with contextlib.suppress(ReadTimeoutError):
        made.make()
    [line] = made.remove()
    holds(line.startswith("pool lifeguard-settle-questions-"), line)
    refused = pools_of(Calls(create_user_pool=refusal("LimitExceededException")), Calls())
    with contextlib.suppress(ClientError):
        refused.make()
    holds(refused.remove() == [], "a pool that was refused is left")


def the_command():
    """The exit code is not 0 if something is left, and each name is printed."""
    def run(left):
        class Function:
            def __init__(self, _region):
                pass

            def make(self):
                return ARN

            def allow(self, _pools):
                pass

            def remove(self):
                return left

        class Bench:
            pools = ()

            def __init__(self, *_words):
                pass

            def make(self):
                pass

            def remove(self):
                return []

        settle.AwsFunction, settle.Bench, settle.ask = Function, Bench, lambda *_words: {"one": "true"}
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            code = settle.main(["--region", REGION, "--mail-identity", IDENTITY + "a@example.com"])
        return code, said.getvalue()

    holds(run([])[0] == 0, "nothing is left")
    code, said = run(["role settle-one: late"])
    holds(code == 1 and "not deleted: role settle-one" in said, f"{code} {said}")


def senders():
    """A domain needs an address of it; an identity that is an address needs none."""
    for name, sender, fault in (
            ("a@example.com", None, None), ("a@example.com", "a@example.com", None),
            ("example.com", "a@example.com", None), ("example.com", "a@mail.example.com", None),
            ("example.com", None, "--mail-from"), ("example.com", "a@badexample.com", "does not belong"),
            ("a@example.com", "b@example.com", "does not belong"), ("", "a@example.com", "not the ARN")):
        try:
            mail, said = bench.sending(IDENTITY + name, sender), None
        except bench.Mistake as mistake:
            mail, said = {}, str(mistake)
        holds((said is None) == (fault is None) and (fault or "") in (said or ""), f"{name} {sender}: {said}")
        holds(said or mail.get("From") == sender, f"{name} {sender}: {mail}")
    try:
        with contextlib.redirect_stderr(io.StringIO()):
            settle.main(["--region", REGION, "--mail-identity", IDENTITY + "example.com"])
        holds(False, "a domain without an address is taken")
    except SystemExit as end:
        holds(end.code == 2, f"the exit code is {end.code}")


for play in (every_removal_is_tried, creations_without_an_answer_are_named, senders, the_command):
    play()
print(f"{seen} passed, 0 failed")
sys.exit(0 if seen >= FEWEST else 1)
