"""What an emulator does not do, so that no green run is read as more than it is.

Each entry that can be tried is tried on moto: the day it does it, the check says so.
"""

import json

import boto3
from botocore.exceptions import ClientError

QUEUE = {"Type": "AWS::SQS::Queue"}


def protected_pool():
    """Deletes a protected pool; True if that is refused."""
    client = boto3.client("cognito-idp")
    pool = client.create_user_pool(PoolName="kept", DeletionProtection="ACTIVE")["UserPool"]["Id"]
    return refused(client.delete_user_pool, UserPoolId=pool)


def rules():
    rule = {"Assertions": [{"Assert": {"Fn::Equals": ["a", "b"]}, "AssertDescription": "never"}]}
    return refused(create, "ruled", {"Rules": {"Never": rule}})


def patterns():
    parameter = {"Name": {"Type": "String", "AllowedPattern": "^a$", "Default": "b"}}
    return refused(create, "patterned", {"Parameters": parameter})


def roll_back():
    """Creates a stack of which one resource cannot be made; True if the other is gone."""
    broken = {"Type": "AWS::Lambda::Function", "Properties": {"Code": {"S3Bucket": "none", "S3Key": "none"}}}
    try:
        create("broken", {"Resources": {"Queue": QUEUE, "Broken": broken}})
    except Exception:
        pass
    return not boto3.client("sqs").list_queues(QueueNamePrefix="broken").get("QueueUrls")


def retained():
    """Deletes a stack with a resource that is to stay; True if it stays."""
    create("retained", {"Resources": {"Queue": QUEUE | {"DeletionPolicy": "RetainExceptOnCreate"}}})
    boto3.client("cloudformation").delete_stack(StackName="retained")
    return bool(boto3.client("sqs").list_queues(QueueNamePrefix="retained").get("QueueUrls"))


def create(name, template):
    template = {"Resources": {"Queue": QUEUE}} | template
    boto3.client("cloudformation").create_stack(StackName=name, TemplateBody=json.dumps(template))


def refused(call, *arguments, **named):
    try:
        call(*arguments, **named)
    except ClientError:
        return True
    return False


# Shown by no run on moto and on MiniStack 1.5.33; the second of each pair tries it on moto.
BY_NEITHER = [
    ("a protected user pool cannot be deleted, so a roll-back that meets one fails", protected_pool),
    ("a new account has little concurrency, and a reservation beyond it fails", None),
    ("CloudFormation converts values, and none within untyped JSON: .ci/property-types judges that", None),
    ("a web ACL can be associated only once it has propagated", None),
    ("a role, a key policy or a permission takes effect some seconds after it is made", None),
    ("a route's settings, a stage and a deployment of an HTTP API depend on each other", None),
    ("an account of SES in its sandbox sends to verified addresses only", None),
    ("an update of a pool refuses what can never change, such as its attributes", None),
]
# In the source of MiniStack 1.5.33, and not done by moto.
BY_MINISTACK_ALONE = [
    ("Rules of a template refuse parameters", rules),
    ("AllowedPattern refuses a parameter", patterns),
    ("a stack that cannot be created is rolled back", roll_back),
    ("RetainExceptOnCreate keeps what a deleted stack had", retained),
]


def done():
    """The entries that moto does now, although they are listed as not done."""
    return [text for text, tried in BY_NEITHER + BY_MINISTACK_ALONE if tried and tried()]
