"""The function of the throw-away pools in AWS, with its role and its log."""

import io
import json
import time
import zipfile
from pathlib import Path

import boto3
from bench import removed, unique
from botocore.exceptions import ClientError

TRUST = {"Version": "2012-10-17", "Statement": [{
    "Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
# A log line may take so long to be found.
LOG_DELAY = 20


class AwsFunction:
    """Makes the function, gives the events that it logged, and deletes it."""

    def __init__(self, region):
        self.name = unique("lifeguard-settle")
        self.group = f"/aws/lambda/{self.name}"
        self.functions = boto3.client("lambda", region_name=region)
        self.logs = boto3.client("logs", region_name=region)
        self.roles = boto3.client("iam", region_name=region)
        self.account = boto3.client("sts", region_name=region).get_caller_identity()["Account"]
        self.region = region

    def make(self):
        self.logs.create_log_group(logGroupName=self.group)
        role = self.roles.create_role(RoleName=self.name, AssumeRolePolicyDocument=json.dumps(TRUST))
        resource = f"arn:aws:logs:{self.region}:{self.account}:log-group:{self.group}:*"
        self.roles.put_role_policy(RoleName=self.name, PolicyName="log", PolicyDocument=json.dumps({
            "Version": "2012-10-17", "Statement": [{
                "Effect": "Allow", "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
                "Resource": resource}]}))
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.write(Path(__file__).with_name("trigger.py"), "trigger.py")
        # Lambda takes a role only some seconds after it was made.
        for attempt in range(10):
            try:
                made = self.functions.create_function(
                    FunctionName=self.name, Runtime="python3.13", Handler="trigger.handler",
                    Role=role["Role"]["Arn"], Timeout=10, Code={"ZipFile": packed.getvalue()})
                break
            except ClientError:
                if attempt == 9:
                    raise
                time.sleep(3)
        self.functions.get_waiter("function_active_v2").wait(FunctionName=self.name)
        return made["FunctionArn"]

    def allow(self, pools):
        """Lets the pools invoke the function, and no other pool."""
        for pool in pools:
            self.functions.add_permission(
                FunctionName=self.name, StatementId=pool.replace(".", "-"), Action="lambda:InvokeFunction",
                Principal="cognito-idp.amazonaws.com", SourceAccount=self.account,
                SourceArn=f"arn:aws:cognito-idp:{self.region}:{self.account}:userpool/{pool}")

    def mark(self):
        return int(time.time() * 1000)

    def since(self, mark):
        """The events that were logged since, once no more are to be expected."""
        time.sleep(LOG_DELAY)
        pages = self.logs.get_paginator("filter_log_events").paginate(
            logGroupName=self.group, startTime=mark, filterPattern='{ $.settle.userName = "*" }')
        found = [event for page in pages for event in page["events"]]
        found.sort(key=lambda event: event["timestamp"])
        return [json.loads(event["message"])["settle"] for event in found]

    def remove(self):
        """Deletes function, role and log; gives what could not be deleted."""
        return removed([(f"{what} {name}", call) for what, name, call in (
            ("function", self.name, lambda: self.functions.delete_function(FunctionName=self.name)),
            ("policy of role", self.name,
             lambda: self.roles.delete_role_policy(RoleName=self.name, PolicyName="log")),
            ("role", self.name, lambda: self.roles.delete_role(RoleName=self.name)),
            ("log group", self.group, lambda: self.logs.delete_log_group(logGroupName=self.group)))])
