#!/usr/bin/env python3
"""The steps of the smoke test that the local Cognito lacks, on answers that botocore's model takes.

Each passes, and each is red for every fault that it is there to see.
"""

import sys

import recorded
from botocore.exceptions import ClientError
from recorded import ADDRESS, NOW, POOL, STACK, SUB, check, resources

import watching
from stage import Failed, demand, refused

NAME = f"{STACK}-define-auth-challenge"
ARN = f"arn:aws:lambda:eu-west-1:123456789012:function:{NAME}"
FEWEST = 35


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


def quiet(stage):
    """The step of the logs; its text has nothing of what it found."""
    try:
        watching.logs(stage)
    except Failed as error:
        demand(not any(name in str(error).lower() for name in watching.names_of(stage)), "the user is printed")


def logs():
    def answers(*messages):
        found = {"events": [{"timestamp": NOW, "message": message} for message in messages]}
        return [resources("AWS::Logs::LogGroup", f"/aws/lambda/{NAME}"),
                ("logs", "filter_log_events", found)]

    check(watching.logs, answers('{"outcome":"tokens"}'))
    check(watching.logs, answers('{"outcome":"tokens"}', f'{{"user":"{ADDRESS}"}}'), "names the test user")
    told = [ADDRESS.upper(), "Test-1@Example.com", "test-1%40example.com", SUB, SUB.upper()]
    for name in told:
        check(watching.logs, answers(f'{{"outcome":"{name}"}}'), "names the test user")
        check(quiet, answers(f'{{"outcome":"{name}"}}'))
    check(watching.logs, answers(), "no log group")


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


for play in (refusals, functions, stream, alarms, metrics, logs, protected):
    play()
print(f"{recorded.seen} passed, 0 failed")
sys.exit(0 if recorded.seen >= FEWEST else 1)
