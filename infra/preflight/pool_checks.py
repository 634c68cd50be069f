"""The checks about a user pool that exists, by the rules of `checks`."""

from aws_cli import Refused
from checks import No, stack_of

# Flows in which a user signs in without a custom challenge.
PAST_THE_CHALLENGE = (
    "ADMIN_NO_SRP_AUTH", "ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_USER_AUTH",
    "ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH", "USER_PASSWORD_AUTH")
CUSTOM = ("ALLOW_CUSTOM_AUTH", "CUSTOM_AUTH_FLOW_ONLY")
CLIENTS = (("ExistingWebClient", False), ("ExistingServerClient", True))


def described(aws, plan):
    pool = plan.text("ExistingUserPool")
    try:
        return aws.ask("cognito-idp", "describe-user-pool", user_pool_id=pool)["UserPool"]
    except Refused as error:
        if error.code == "ResourceNotFoundException":
            raise No(f"there is no user pool {pool} in {plan.region}.") from error
        raise


def region(aws, plan):
    pool = plan.text("ExistingUserPool")
    if not pool:
        return "the stack makes a pool of its own"
    home = pool.partition("_")[0]
    replicas = [name for name in plan.text("PoolRegions").split(",") if name]
    if plan.region not in (replicas or [home]):
        raise No(
            f"the stack goes to {plan.region}, and the functions would take events of "
            f"{', '.join(replicas) or home} alone. Deploy there, or name the Region of a replica by "
            "PoolRegions.")
    described(aws, plan)
    return f"the pool {pool} is in {plan.region}"


def own_web_acls(aws, plan):
    """The ids of the web ACLs that the stack has made; none before a first deployment."""
    if stack_of(aws, plan.stack) is None:
        return []
    listed = aws.ask("cloudformation", "list-stack-resources", stack_name=plan.stack)
    # CloudFormation names a web ACL by its name, id and scope.
    return [part for each in listed["StackResourceSummaries"]
            if each["ResourceType"] == "AWS::WAFv2::WebACL"
            for part in each.get("PhysicalResourceId", "").split("|")[1:2]]


def firewall(aws, plan):
    if not plan.text("ExistingUserPool"):
        return "the stack makes a pool of its own"
    arn = described(aws, plan)["Arn"]
    web_acl = aws.ask("wafv2", "get-web-acl-for-resource", resource_arn=arn).get("WebACL")
    if web_acl is None:
        return "the pool has no web ACL"
    if plan.associates_web_acl():
        if web_acl["Id"] in own_web_acls(aws, plan):
            return "the pool has the web ACL of the stack"
        raise No(
            f"the pool has the web ACL {web_acl['Name']}, and the stack would put its own in the place "
            "of it. Deploy without the association, and add the stack's rules to that web ACL.")
    return f"the pool keeps its web ACL {web_acl['Name']}"


def clients(aws, plan):
    pool = plan.text("ExistingUserPool")
    ids = [(plan.text(name), secret) for name, secret in CLIENTS if plan.text(name)]
    if not ids:
        return "the stack makes app clients of its own"
    past = []
    for client, secret in ids:
        found = aws.ask(
            "cognito-idp", "describe-user-pool-client", user_pool_id=pool, client_id=client)
        settings = found["UserPoolClient"]
        flows = settings.get("ExplicitAuthFlows", [])
        if bool(settings.get("ClientSecret")) != secret:
            kind = "has no secret" if secret else "has a secret"
            raise No(f"the client {client} {kind}. Name another one.")
        if not any(flow in CUSTOM for flow in flows):
            raise No(f"the client {client} lacks ALLOW_CUSTOM_AUTH. Add it to ExplicitAuthFlows.")
        if settings.get("PreventUserExistenceErrors") != "ENABLED":
            raise No(
                f"the client {client} tells unknown users apart. Set PreventUserExistenceErrors to "
                "ENABLED.")
        past += [f"{client} {flow}" for flow in flows if flow in PAST_THE_CHALLENGE]
    if past and plan.custom_auth_only:
        raise No(
            "the settings say custom_auth_only, and these flows sign in without a code or link: "
            f"{', '.join(past)}. Remove them from the clients.")
    if past:
        return f"the clients are fit; these flows sign in without a code or link: {', '.join(past)}"
    return "the clients are fit, and sign in by custom challenges alone"
