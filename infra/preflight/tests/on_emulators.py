#!/usr/bin/env python3
"""preflight by the real AWS CLI, against moto, MiniStack and the local Cognito.

    on_emulators.py AWS MOTO MINISTACK COGNITO

AWS is the CLI, the others are addresses. Each check that an emulator can answer passes and refuses;
the two that none can answer must be refused as unreadable.
"""

import os
import subprocess
import sys
from pathlib import Path

import boto3

FOLDER = Path(__file__).parent.parent
sys.path.insert(0, str(FOLDER))

import checks  # noqa: E402
from aws_cli import AwsCli  # noqa: E402
from plan import Plan  # noqa: E402
from preflight import CHECKS  # noqa: E402

AWS, MOTO, MINISTACK, COGNITO = sys.argv[1:]
REGION, STACK, POOL, WEB = "eu-west-1", "lifeguard", "eu-west-1_Lifeguard", "1webclient0000000000000000"
NEEDED = {
    "WebOrigins": "https://app.example.com", "LinkRedirects": "https://app.example.com/",
    "MailFrom": "no-reply@example.com", "MailIdentity": "example.com",
}
NO_EMULATOR_ANSWERS = {"sign-in-rate", "identity-tokens"}
# The CLI of CI is such a one.
TOO_OLD = {"cli"}

ADDRESSES = {
    "AWS_ENDPOINT_URL": MOTO,
    "AWS_ENDPOINT_URL_LAMBDA": MINISTACK,
    "AWS_ENDPOINT_URL_SESV2": MINISTACK,
    "AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER": COGNITO,
}
os.environ.update(
    ADDRESSES, AWS_ACCESS_KEY_ID="local", AWS_SECRET_ACCESS_KEY="local", AWS_DEFAULT_REGION=REGION,
    AWS_MAX_ATTEMPTS="1", PATH=f"{Path(AWS).parent}:{os.environ['PATH']}")

seen = 0


def holds(condition, text):
    global seen
    if not condition:
        sys.exit(f"not as expected: {text}")
    seen += 1
    print(f"ok  {text}", flush=True)


def client(service, url):
    return boto3.client(service, endpoint_url=url, region_name=REGION)


def expect(name, good, part, region=REGION, **parameters):
    """One check with these parameters."""
    template = (FOLDER.parent / "template.yaml").read_text(encoding="utf-8")
    plan = Plan.load(template, STACK, region, NEEDED | {"AttachFirewall": "yes"} | parameters)
    found, text = checks.readable(CHECKS[name], AwsCli(region, AWS), plan)
    holds((found, part in text) == (good, True), f"{name} {'passes' if good else 'refuses'}: {text}")


def the_command():
    """The whole on an account without anything: what is refused, and the exit code."""
    overrides = [f"{key}={value}" for key, value in NEEDED.items()]
    done = subprocess.run(
        [FOLDER / "preflight.py", "--stack-name", STACK, "--region", REGION, "--parameter-overrides",
         *overrides], text=True, capture_output=True, check=False)
    print(done.stdout, done.stderr)
    lines = [line.split(maxsplit=2) for line in done.stdout.splitlines()[:-1]]
    refused = {name for word, name, _text in lines if word == "refused"}
    holds([name for _word, name, _text in lines] == list(CHECKS), "every check prints a line")
    holds(refused == NO_EMULATOR_ANSWERS | TOO_OLD | {"ses-identity"}, f"refused are {sorted(refused)}")
    unread = {name for _word, name, text in lines if "could not be read" in text}
    holds(unread == NO_EMULATOR_ANSWERS, f"no emulator answers {sorted(unread)}")
    holds(done.returncode == 1, "the exit code is 1")


def the_account():
    expect("ses-identity", False, "has no identity")
    client("sesv2", MINISTACK).create_email_identity(EmailIdentity="example.com")
    expect("ses-identity", True, "verified")
    expect("ses-account", False, "AccountRequestsPerSecond", AccountRequestsPerSecond="14")
    expect("concurrency", True, "nothing is reserved")
    expect("concurrency", True, "stay for all others", ProviderConcurrency="5")
    expect("concurrency", False, "Ask for", TriggerConcurrency="1000")
    expect("tables", False, "may come", RequestsPerSecond="10000")
    client("logs", MOTO).create_log_group(logGroupName=f"/aws/lambda/{STACK}-operator")
    expect("log-groups", False, f"/aws/lambda/{STACK}-operator")
    template = '{"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}'
    client("cloudformation", MOTO).create_stack(StackName=STACK, TemplateBody=template)
    expect("stack", True, "this is an update")
    expect("log-groups", True, "its own")


def the_pool():
    pools = client("cognito-idp", COGNITO)
    made = pools.create_user_pool_client(
        UserPoolId=POOL, ClientName="server", GenerateSecret=True, PreventUserExistenceErrors="ENABLED",
        ExplicitAuthFlows=["ALLOW_CUSTOM_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"])
    server = made["UserPoolClient"]["ClientId"]
    expect("pool-region", True, f"is in {REGION}", ExistingUserPool=POOL)
    expect("pool-region", False, "take events of eu-west-1 alone", "eu-central-1", ExistingUserPool=POOL)
    expect("pool-region", False, "there is no user pool", ExistingUserPool="eu-west-1_Nowhere00")
    both = {"ExistingUserPool": POOL, "ExistingWebClient": WEB}
    expect("pool-clients", True, "fit", **both, ExistingServerClient=server)
    expect("pool-clients", False, f"{WEB} has no secret", **both, ExistingServerClient=WEB)
    arn = pools.describe_user_pool(UserPoolId=POOL)["UserPool"]["Arn"]
    expect("pool-firewall", True, "no web ACL", ExistingUserPool=POOL)
    firewall = client("wafv2", MOTO)
    visible = {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": "theirs"}
    acl = firewall.create_web_acl(
        Name="theirs", Scope="REGIONAL", DefaultAction={"Allow": {}}, VisibilityConfig=visible)
    firewall.associate_web_acl(WebACLArn=acl["Summary"]["ARN"], ResourceArn=arn)
    expect("pool-firewall", False, "in the place of it", ExistingUserPool=POOL)
    expect("pool-firewall", True, "keeps its web ACL", ExistingUserPool=POOL, WafRequests="0")


the_command()
the_account()
the_pool()
print(f"{seen} passed, 0 failed; no emulator answers: {', '.join(sorted(NO_EMULATOR_ANSWERS))}")
