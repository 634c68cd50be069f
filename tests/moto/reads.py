"""Reads resources back through the APIs of their services, in the shape of the template."""

import ast
import json
from urllib.parse import unquote

import boto3
from botocore.exceptions import ClientError

from values import Text


def answer(call, **arguments):
    """What a call answers; nothing if the service says that there is nothing, or cannot tell."""
    try:
        return call(**arguments)
    except (ClientError, TypeError, AttributeError):
        # moto keeps some documents in a form that it cannot read itself.
        return {}


def document(policy):
    return json.loads(unquote(policy)) if isinstance(policy, str) else policy


def table(name):
    client = boto3.client("dynamodb")
    found = client.describe_table(TableName=name)["Table"]
    expiry = client.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    backups = client.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
    state = backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"]
    encryption = found.get("SSEDescription", {})
    return {
        "AttributeDefinitions": found["AttributeDefinitions"],
        "BillingMode": found["BillingModeSummary"]["BillingMode"],
        "GlobalSecondaryIndexes": found["GlobalSecondaryIndexes"],
        "KeySchema": found["KeySchema"],
        "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": state == "ENABLED"},
        "SSESpecification": {
            "SSEEnabled": encryption.get("Status") == "ENABLED",
            "SSEType": encryption.get("SSEType"),
            "KMSMasterKeyId": encryption.get("KMSMasterKeyArn"),
        },
        "StreamSpecification": found.get("StreamSpecification"),
        "TableName": found["TableName"],
        "TimeToLiveSpecification": {
            "AttributeName": expiry.get("AttributeName"),
            "Enabled": expiry["TimeToLiveStatus"] == "ENABLED",
        },
    }


def role(name):
    client = boto3.client("iam")
    found = client.get_role(RoleName=name)["Role"]
    policies = client.list_role_policies(RoleName=name)["PolicyNames"]
    return {
        "AssumeRolePolicyDocument": found["AssumeRolePolicyDocument"],
        "MaxSessionDuration": found["MaxSessionDuration"],
        "Policies": [{"PolicyName": each, "PolicyDocument": policy(client, name, each)} for each in policies],
    }


def policy(client, role_name, name):
    found = client.get_role_policy(RoleName=role_name, PolicyName=name)["PolicyDocument"]
    if isinstance(found, str):
        # moto gives the text of a Python dict for a policy that came with a stack.
        found = ast.literal_eval(found)
    # What AWS::NoValue leaves out of a list is null there.
    return found | {"Statement": [each for each in found["Statement"] if each is not None]}


def bucket(name):
    client = boto3.client("s3")
    encryption = answer(client.get_bucket_encryption, Bucket=name)
    rules = encryption.get("ServerSideEncryptionConfiguration", {}).get("Rules", [])
    return {
        "BucketEncryption": {"ServerSideEncryptionConfiguration": [
            {"ServerSideEncryptionByDefault": rule["ApplyServerSideEncryptionByDefault"]} for rule in rules
        ]},
        "CorsConfiguration": answer(client.get_bucket_cors, Bucket=name),
        "LifecycleConfiguration": answer(client.get_bucket_lifecycle_configuration, Bucket=name),
        "OwnershipControls": answer(client.get_bucket_ownership_controls, Bucket=name).get("OwnershipControls"),
        "PublicAccessBlockConfiguration": answer(client.get_public_access_block, Bucket=name).get(
            "PublicAccessBlockConfiguration"),
        "VersioningConfiguration": answer(client.get_bucket_versioning, Bucket=name),
    }


def log_group(name):
    groups = boto3.client("logs").describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    [found] = [group for group in groups if group["logGroupName"] == name]
    return {
        "KmsKeyId": found.get("kmsKeyId"),
        "LogGroupName": found["logGroupName"],
        "RetentionInDays": found.get("retentionInDays"),
    }


def queue(url):
    return boto3.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]


def function(name):
    client = boto3.client("lambda")
    found = client.get_function(FunctionName=name)
    reserved = found.get("Concurrency", {}).get("ReservedConcurrentExecutions")
    return found["Configuration"] | {"ReservedConcurrentExecutions": reserved}


def mapping(identity):
    found = boto3.client("lambda").get_event_source_mapping(UUID=identity)
    return found | {"FunctionName": found["FunctionArn"].rsplit(":", 1)[-1]}


def key(identity):
    client = boto3.client("kms")
    found = answer(client.describe_key, KeyId=identity).get("KeyMetadata", {})
    rotation = answer(client.get_key_rotation_status, KeyId=identity)
    return {
        "Description": found.get("Description"),
        "EnableKeyRotation": rotation.get("KeyRotationEnabled"),
        "KeyPolicy": document(answer(client.get_key_policy, KeyId=identity).get("Policy")),
    }


def state_machine(arn):
    found = boto3.client("stepfunctions").describe_state_machine(stateMachineArn=arn)
    return {"RoleArn": found["roleArn"], "DefinitionString": found["definition"]}


def dashboard(name):
    return boto3.client("cloudwatch").get_dashboard(DashboardName=name)


READS = {
    "AWS::CloudWatch::Dashboard": dashboard,
    "AWS::DynamoDB::Table": table,
    "AWS::IAM::Role": role,
    "AWS::KMS::Key": key,
    "AWS::Lambda::EventSourceMapping": mapping,
    "AWS::Lambda::Function": function,
    "AWS::Logs::LogGroup": log_group,
    "AWS::S3::Bucket": bucket,
    "AWS::SQS::Queue": queue,
    "AWS::StepFunctions::StateMachine": state_machine,
}


def permissions(function_name):
    """The statements of a function's own policy, as the properties that made them."""
    found = answer(boto3.client("lambda").get_policy, FunctionName=function_name)
    for statement in document(found.get("Policy", '{"Statement": []}'))["Statement"]:
        conditions = statement.get("Condition", {})
        account = conditions.get("StringEquals", {}).get("AWS:SourceAccount")
        yield {
            "Action": statement["Action"],
            "FunctionName": function_name,
            "Principal": statement["Principal"].get("Service"),
            "SourceArn": conditions.get("ArnLike", {}).get("AWS:SourceArn"),
            **({"SourceAccount": account} if account else {}),
        }


def held(expected, found):
    """True if what was read has everything that the template asks for.

    Texts that are not known before AWS makes them, such as a name, are held to be there.
    """
    if isinstance(expected, Text):
        if expected.options is None:
            return isinstance(found, str) and found != ""
        return scalar(found) in expected.options
    if isinstance(expected, dict):
        if not isinstance(found, dict):
            return False
        return all(name in found and held(value, found[name]) for name, value in expected.items())
    if isinstance(expected, list):
        if not isinstance(found, list):
            return False
        return len(expected) == len(found) and all(
            any(held(each, one) for one in found) for each in expected
        )
    return scalar(expected) == scalar(found)


def scalar(value):
    return str(value).lower() if isinstance(value, bool) else str(value)
