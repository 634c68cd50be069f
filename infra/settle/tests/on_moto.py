#!/usr/bin/env python3
"""The function of the throw-away pools on moto: made, heard and deleted, with nothing left over.

    on_moto.py MOTO
"""

import json
import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
os.environ.update(
    AWS_ENDPOINT_URL=sys.argv[1], AWS_ACCESS_KEY_ID="local", AWS_SECRET_ACCESS_KEY="local")

import aws_function  # noqa: E402
from botocore.exceptions import ClientError  # noqa: E402

aws_function.LOG_DELAY = 0
POOL = "eu-west-1_Ab12Cd34E"
EVENT = {"triggerSource": "PreSignUp_SignUp", "userName": "plain-abcdefgh"}


def gone(call):
    try:
        call()
    except ClientError as error:
        return error.response["Error"]["Code"] in ("ResourceNotFoundException", "NoSuchEntity")
    return False


def main():
    function = aws_function.AwsFunction("eu-west-1")
    arn = function.make()
    assert arn.endswith(f":function:{function.name}"), arn
    function.allow([POOL])
    policy = json.loads(function.functions.get_policy(FunctionName=function.name)["Policy"])
    [statement] = policy["Statement"]
    assert f"userpool/{POOL}" in json.dumps(statement["Condition"]), statement
    rights = function.roles.get_role_policy(RoleName=function.name, PolicyName="log")["PolicyDocument"]
    [right] = rights["Statement"]
    assert right["Resource"].endswith(f"{function.group}:*"), right

    mark = function.mark()
    function.logs.create_log_stream(logGroupName=function.group, logStreamName="one")
    messages = [json.dumps({"settle": EVENT}), json.dumps({"settle": EVENT | {"userName": "second"}})]
    function.logs.put_log_events(
        logGroupName=function.group, logStreamName="one",
        logEvents=[{"timestamp": int(time.time() * 1000) + number, "message": message}
                   for number, message in enumerate(messages)])
    heard = [event["userName"] for event in function.since(mark)]
    assert heard == ["plain-abcdefgh", "second"], heard

    assert function.remove() == []
    assert gone(lambda: function.functions.get_function(FunctionName=function.name))
    assert gone(lambda: function.roles.get_role(RoleName=function.name))
    groups = function.logs.describe_log_groups(logGroupNamePrefix=function.group)["logGroups"]
    assert groups == [], groups
    assert function.remove() == [], "a second removal is no failure"
    print("1 passed, 0 failed: the function is made, heard and deleted")


main()
