"""The steps of an operator: functions, stream, alarms, metrics, logs, the second step."""

import time
import urllib.parse

from stage import Failed, demand


def resources(stage, kind):
    """The physical ids of the stack's resources of one type."""
    pages = stage.client("cloudformation").get_paginator("list_stack_resources")
    return [each["PhysicalResourceId"] for page in pages.paginate(StackName=stage.stack)
            for each in page["StackResourceSummaries"] if each["ResourceType"] == kind]


def functions(stage):
    service, found = stage.client("lambda"), resources(stage, "AWS::Lambda::Function")
    demand(found, "the stack has no functions")
    for name in found:
        state = service.get_function_configuration(FunctionName=name)
        demand(state["State"] in ("Active", "Inactive"), f"{name} is {state['State']}")
    pool = stage.client("cognito-idp").describe_user_pool(UserPoolId=stage.outputs["UserPoolId"])
    triggers = pool["UserPool"].get("LambdaConfig", {})
    for trigger in ("DefineAuthChallenge", "CreateAuthChallenge", "VerifyAuthChallengeResponse"):
        name = triggers.get(trigger, "none").rpartition(":")[2]
        demand(name in found, f"{trigger} of the pool calls {name}: attach the pool")


def stream(stage):
    name = f"{stage.stack}-deliver-message"
    found = stage.client("lambda").list_event_source_mappings(FunctionName=name)["EventSourceMappings"]
    states = [mapping["State"] for mapping in found]
    demand(states == ["Enabled"], f"the mapping of the stream is {states}")


def alarms(stage):
    expected = set(resources(stage, "AWS::CloudWatch::Alarm"))
    demand(expected, "the stack has no alarms")
    pages = stage.client("cloudwatch").get_paginator("describe_alarms")
    found = {alarm["AlarmName"]: alarm["StateValue"]
             for page in pages.paginate(AlarmNamePrefix=f"{stage.stack}-") for alarm in page["MetricAlarms"]}
    demand(expected <= set(found), f"these alarms are missing: {sorted(expected - set(found))}")
    loud = sorted(name for name in expected if found[name] == "ALARM")
    demand(not loud, f"these alarms are in ALARM: {', '.join(loud)}; see docs/operations.md")


def metrics(stage):
    """Waits for right and wrong answers in the time of this run; those of any user count, since
    metrics name none. A minute before is for clocks that differ."""
    watch, missing = stage.client("cloudwatch"), ["RightAnswers", "WrongAnswers"]
    until = time.time() + stage.wait
    while missing:
        name = missing[0]
        points = watch.get_metric_statistics(
            Namespace=f"Lifeguard/{stage.stack}", MetricName=name, StartTime=stage.began - 60,
            EndTime=time.time() + 60, Period=60, Statistics=["Sum"])["Datapoints"]
        if sum(point["Sum"] for point in points) >= 1:
            missing.pop(0)
        elif time.time() > until:
            raise Failed(f"the metric {name} does not appear within {stage.wait} s")
        else:
            time.sleep(min(15, stage.wait))


def names_of(stage):
    """The texts that name the test user, in lower case."""
    names = [stage.address, urllib.parse.quote(stage.address, safe=""), stage.sub]
    return [name.lower() for name in names if name]


def logs(stage):
    """The groups have lines of this run, and none has the address or the `sub` of the test user, in
    any letter case."""
    service, groups = stage.client("logs"), resources(stage, "AWS::Logs::LogGroup")
    since, lines, names = int((stage.began - 60) * 1000), 0, names_of(stage)
    for group in groups:
        pages = service.get_paginator("filter_log_events").paginate(logGroupName=group, startTime=since)
        for event in (event for page in pages for event in page["events"]):
            lines += 1
            message = event["message"].lower()
            demand(not any(name in message for name in names), f"{group} names the test user")
    demand(lines, "no log group has a line of this run")


def protected(stage):
    """The second step of a first deployment: deletion protection and the firewall."""
    pool = stage.client("cognito-idp").describe_user_pool(UserPoolId=stage.outputs["UserPoolId"])["UserPool"]
    demand(pool.get("DeletionProtection") == "ACTIVE", "the pool is not protected against deletion")
    firewall = stage.client("wafv2").get_web_acl_for_resource(ResourceArn=pool["Arn"])
    demand("WebACL" in firewall, "no web ACL is in front of the pool")
