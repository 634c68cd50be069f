"""A first deployment that fails, and one that does not, with the step after it."""

from botocore.exceptions import ClientError
from deployment import STACK, aws


def what_is_there(stack):
    """Everything that a stack could leave behind, by service."""
    connect = stack.connect
    keys = connect("kms")
    states = [
        keys.describe_key(KeyId=key["KeyId"])["KeyMetadata"] for key in keys.list_keys()["Keys"]
    ]
    named = {
        "user pools": (connect("cognito-idp").list_user_pools(MaxResults=60)["UserPools"], "Id"),
        "identity pools": (
            connect("cognito-identity").list_identity_pools(MaxResults=60)["IdentityPools"],
            "IdentityPoolId",
        ),
        "buckets": (connect("s3").list_buckets()["Buckets"], "Name"),
        "secrets": (connect("secretsmanager").list_secrets()["SecretList"], "ARN"),
        # The deletion of a key takes days; this is all that can be asked for.
        "keys": ([key for key in states if key["KeyState"] == "Enabled"], "KeyId"),
        "log groups": (connect("logs").describe_log_groups()["logGroups"], "logGroupName"),
        "functions": (connect("lambda").list_functions()["Functions"], "FunctionName"),
        "roles": (connect("iam").list_roles()["Roles"], "RoleName"),
        "web ACLs": (connect("wafv2").list_web_acls(Scope="REGIONAL")["WebACLs"], "ARN"),
        "HTTP APIs": (connect("apigatewayv2").get_apis()["Items"], "ApiId"),
        "alarms": (connect("cloudwatch").get_paginator("describe_alarms").paginate().build_full_result()["MetricAlarms"], "AlarmName"),
    }
    found = {kind: {each[name] for each in all_of} for kind, (all_of, name) in named.items()}
    found["tables"] = set(connect("dynamodb").list_tables()["TableNames"])
    found["queues"] = set(connect("sqs").list_queues().get("QueueUrls", []))
    return found


def left_by(before, after):
    """What is there now and was not, by service."""
    left = {kind: after[kind] - before[kind] for kind in after}
    return {kind: names for kind, names in left.items() if names}


def rolls_back(stack):
    """A log group of that name is there already: the stack fails late, and leaves nothing."""
    logs, name = stack.connect("logs"), f"/aws/lambda/{STACK}-verify-auth-challenge"
    logs.create_log_group(logGroupName=name)
    before = what_is_there(stack)
    failures = stack.fails("ROLLBACK_COMPLETE", **stack.parameters)
    assert list(failures) == ["VerifyAuthChallengeLogs"], failures
    created, gone = stack.events("CREATE_COMPLETE"), stack.events("DELETE_COMPLETE")
    assert created.keys() == gone.keys() >= {"UserPool", "Accounts", "CodeKey", "Key"}, created
    assert not (left := left_by(before, what_is_there(stack))), left
    # Where AWS takes no other deployment before, MiniStack would.
    stack.delete()
    logs.delete_log_group(logGroupName=name)


def protected_at_once(stack):
    """Both second steps in the first: it fails, and only the way out of infra/README.md helps."""
    before = what_is_there(stack)
    steps = {"DeletionProtection": "ACTIVE", "AttachFirewall": "yes"}
    failures = stack.fails("ROLLBACK_FAILED", **stack.parameters, **steps)
    assert set(failures) == {"FirewallOfPool", "UserPool"}, failures
    assert "WAFUnavailableEntityException" in failures["FirewallOfPool"], failures
    assert "deletion protection" in failures["UserPool"], failures
    [pool] = left_by(before, what_is_there(stack))["user pools"]
    pools = stack.connect("cognito-idp")
    try:
        pools.delete_user_pool(UserPoolId=pool)
    except ClientError as refusal:
        assert refusal.response["Error"]["Code"] == "InvalidParameterException", refusal
    else:
        raise AssertionError("a protected pool is deleted")
    stack.delete()
    unprotect(stack, pool)
    aws(stack.emulator, "cognito-idp", "delete-user-pool", "--user-pool-id", pool)
    assert not (left := left_by(before, what_is_there(stack))), left


def unprotect(stack, pool):
    aws(stack.emulator, "cognito-idp", "update-user-pool", "--user-pool-id", pool,
        "--deletion-protection", "INACTIVE")


def created(stack):
    stack.create()
    outputs = stack.outputs()
    assert (outputs["DeletionProtection"], outputs["AttachFirewall"]) == ("INACTIVE", "no"), outputs
    assert "FirewallOfPool" not in outputs, outputs
    assert protection(stack) == "INACTIVE"
    assert firewalls_of(stack) == []


def second_step(stack):
    """Protection and firewall, by an update of the stack that changes nothing else."""
    before = stack.outputs()
    stack.update(DeletionProtection="ACTIVE", AttachFirewall="yes")
    after = stack.outputs()
    changed = {name for name in after if after[name] != before.get(name)}
    assert changed == {"AttachFirewall", "DeletionProtection", "FirewallOfPool"}, changed
    assert before.keys() < after.keys()
    assert protection(stack) == "ACTIVE"
    assert firewalls_of(stack) == [after["FirewallOfPool"].split("|")[0]]


def protection(stack):
    pool = stack.outputs()["UserPoolId"]
    described = stack.connect("cognito-idp").describe_user_pool(UserPoolId=pool)
    return described["UserPool"]["DeletionProtection"]


def firewalls_of(stack):
    """The web ACLs that are in front of the stack's user pool."""
    client, pool = stack.connect("wafv2"), stack.outputs()["UserPoolId"]
    arn = stack.connect("cognito-idp").describe_user_pool(UserPoolId=pool)["UserPool"]["Arn"]
    every = [acl["ARN"] for acl in client.list_web_acls(Scope="REGIONAL")["WebACLs"]]
    in_front = client.list_resources_for_web_acl
    return [acl for acl in every if arn in in_front(WebACLArn=acl)["ResourceArns"]]


FAILING = [
    ("a first deployment that fails leaves nothing behind", rolls_back),
    ("protected and attached at once it ends in ROLLBACK_FAILED, with a way out", protected_at_once),
]
STEPS = [
    ("aws cloudformation deploy takes the template as it is", created),
    ("an update protects the pool and puts the firewall in front of it", second_step),
]
