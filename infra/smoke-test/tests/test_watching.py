#!/usr/bin/env python3
"""The steps of the smoke test that the local Cognito lacks, on answers that botocore's model takes.

Each passes, and each is red for every fault that it is there to see.
"""

import io
import json
import os
import sys
import time
from pathlib import Path

import boto3
from botocore.exceptions import ClientError
from botocore.response import StreamingBody
from botocore.stub import Stubber

sys.path.insert(0, str(Path(__file__).parent.parent))

import watching  # noqa: E402
from stage import Failed, refused  # noqa: E402

os.environ.update(AWS_ACCESS_KEY_ID="none", AWS_SECRET_ACCESS_KEY="none")
STACK, ADDRESS, POOL = "lifeguard", "test-1@example.com", "eu-west-1_Ab12Cd34E"
NAME = f"{STACK}-define-auth-challenge"
ARN = f"arn:aws:lambda:eu-west-1:123456789012:function:{NAME}"
NOW = 1798761600
FEWEST = 29
seen = 0


class Stage:
    """The stack with answers in the order in which a step asks for them."""

    stack, address, wait, began = STACK, ADDRESS, 0, time.time()
    outputs = {"Region": "eu-west-1", "UserPoolId": POOL}

    def __init__(self, answers):
        self.clients, self.stubs = {}, []
        for service, action, answer in answers:
            self.stub(service).add_response(action, answer)

    def stub(self, service):
        if service not in self.clients:
            made = boto3.client(service, region_name="eu-west-1")
            stub = Stubber(made)
            stub.activate()
            self.clients[service] = (made, stub)
        return self.clients[service][1]

    def client(self, service):
        self.stub(service)
        return self.clients[service][0]


def resources(kind, *names):
    listed = [{"LogicalResourceId": "One", "PhysicalResourceId": name, "ResourceType": kind,
               "LastUpdatedTimestamp": NOW, "ResourceStatus": "CREATE_COMPLETE"} for name in names]
    return "cloudformation", "list_stack_resources", {"StackResourceSummaries": listed}


def check(step, answers, fault=None):
    """A step on these answers; with a fault, it is red and says so."""
    global seen
    try:
        step(Stage(answers))
        found = None
    except Failed as error:
        found = str(error)
    if (found is None) != (fault is None) or fault is not None and fault not in found:
        sys.exit(f"{step.__name__}: {found!r} instead of {fault!r}")
    seen += 1


def functions():
    def answers(state="Active", trigger=ARN):
        config = {"LambdaConfig": dict.fromkeys(
            ("DefineAuthChallenge", "CreateAuthChallenge", "VerifyAuthChallengeResponse"), trigger)}
        return [resources("AWS::Lambda::Function", NAME),
                ("lambda", "get_function_configuration", {"FunctionName": NAME, "State": state}),
                ("cognito-idp", "describe_user_pool", {"UserPool": config})]

    check(watching.functions, answers())
    check(watching.functions, answers(state="Inactive"))
    check(watching.functions, answers(state="Failed"), "is Failed")
    check(watching.functions, answers(trigger=ARN + "-of-others"), "attach the pool")
    none = answers()[:2] + [("cognito-idp", "describe_user_pool", {"UserPool": {}})]
    check(watching.functions, none, "calls none")
    check(watching.functions, [resources("AWS::Lambda::Function")], "no functions")


def stream():
    def answers(*states):
        found = {"EventSourceMappings": [{"UUID": "11111111-2222-4333-8444-555555555555", "State": state} for state in states]}
        return [("lambda", "list_event_source_mappings", found)]

    check(watching.stream, answers("Enabled"))
    check(watching.stream, answers("Creating"), "Creating")
    check(watching.stream, answers(), "[]")


def alarms():
    names = [f"{STACK}-ApiFaults", f"{STACK}-GuessesRise"]

    def answers(*states):
        found = [{"AlarmName": name, "StateValue": state} for name, state in zip(names, states)]
        return [resources("AWS::CloudWatch::Alarm", *names),
                ("cloudwatch", "describe_alarms", {"MetricAlarms": found})]

    check(watching.alarms, answers("OK", "INSUFFICIENT_DATA"))
    check(watching.alarms, answers("OK", "ALARM"), f"in ALARM: {STACK}-GuessesRise")
    check(watching.alarms, answers("OK"), f"missing: ['{STACK}-GuessesRise']")
    check(watching.alarms, [resources("AWS::CloudWatch::Alarm")], "no alarms")


def metrics():
    def answers(*sums):
        return [("cloudwatch", "get_metric_statistics", {"Datapoints": [{"Sum": float(each)}]})
                for each in sums]

    check(watching.metrics, answers(1, 1))
    check(watching.metrics, answers(1, 0, 2)[:2], "WrongAnswers does not appear")
    check(watching.metrics, answers(0), "RightAnswers does not appear")


def logs():
    def answers(*messages):
        found = {"events": [{"timestamp": NOW, "message": message} for message in messages]}
        return [resources("AWS::Logs::LogGroup", f"/aws/lambda/{NAME}"),
                ("logs", "filter_log_events", found)]

    check(watching.logs, answers('{"outcome":"tokens"}'))
    check(watching.logs, answers('{"outcome":"tokens"}', f'{{"user":"{ADDRESS}"}}'), "names the test user")
    check(watching.logs, answers(), "no log group")


def erase():
    def answers(*outcomes, **more):
        report = [{"what": "user", "outcome": outcome} for outcome in outcomes]
        data = json.dumps({"report": report}).encode()
        payload = StreamingBody(io.BytesIO(data), len(data))
        return [("lambda", "invoke", {"StatusCode": 200, "Payload": payload, **more})]

    check(watching.erase, answers("done", "done"))
    check(watching.erase, answers("done", FunctionError="Unhandled"), "operator answers")
    check(watching.erase, answers("done", "would_be_done"), "would_be_done")
    check(watching.erase, answers(), "reports nothing")


def protected():
    def answers(protection, firewall):
        pool = {"UserPool": {"Arn": f"arn:aws:cognito-idp:eu-west-1:123456789012:userpool/{POOL}",
                             "DeletionProtection": protection}}
        return [("cognito-idp", "describe_user_pool", pool),
                ("wafv2", "get_web_acl_for_resource", firewall)]

    acl = {"WebACL": {
        "Name": "one", "Id": "1", "ARN": "arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/one/1",
        "DefaultAction": {"Allow": {}}, "VisibilityConfig": {
            "SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": "one"}}}
    check(watching.protected, answers("ACTIVE", acl))
    check(watching.protected, answers("INACTIVE", acl), "not protected")
    check(watching.protected, answers("ACTIVE", {}), "no web ACL")


def refusals():
    """A step that demands a refusal is red where the call is allowed, or refused for another reason."""
    def fails(code):
        raise ClientError({"Error": {"Code": code, "Message": "no"}}, "GetObject")

    check(lambda _stage: refused(("AccessDenied",), lambda: fails("AccessDenied")), [])
    check(lambda _stage: refused(("AccessDenied",), lambda: None), [], "it is allowed")
    check(lambda _stage: refused(("AccessDenied",), lambda: fails("NoSuchKey")), [], "with NoSuchKey")


for play in (refusals, functions, stream, alarms, metrics, logs, erase, protected):
    play()
print(f"{seen} passed, 0 failed")
sys.exit(0 if seen >= FEWEST else 1)
