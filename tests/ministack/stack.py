"""One stack of our template: deployed, updated, deleted, and what CloudFormation says of it."""

from deployment import STACK, CommandFailed, aws
from emulator import REGION
from person import Stage

PARAMETERS = {
    "LinkRedirects": "https://app.example.com/",
    "MailFrom": "no-reply@lifeguard.example",
    "MailIdentity": "lifeguard.example",
    # Whether the emulator takes a state machine was not tried.
    "ProfileRepair": "",
    "WebOrigins": "https://app.example.com",
}

# Every switch of the template that is off by default.
SWITCHES = {
    "Administrators": "arn:aws:iam::000000000000:role/administration",
    "AlarmTopic": f"arn:aws:sns:{REGION}:000000000000:alarms",
    "AllowedDomains": "theirs.example",
    "ApiCertificate": "0a0a0a0a-0a0a-0a0a-0a0a-0a0a0a0a0a0a",
    "ApiDomain": "id.theirs.example",
    "AppleServicesId": "example.theirs",
    "CodeUnderAttack": "true",
    "DiscardPassword": "yes",
    "FacebookAppId": "1",
    "GoogleClientId": "1-a.apps.example",
    "OidcIssuers": "https://id.theirs.example",
    "OidcProviders": "arn:aws:iam::000000000000:oidc-provider/id.theirs.example",
    "OriginSecretHashes": "0a" * 32,
    "ProviderConcurrency": "5",
    "SamlProviders": "arn:aws:iam::000000000000:saml-provider/theirs",
    "TriggerConcurrency": "5",
    "TrustedAddresses": "192.0.2.0/24",
    "UserPoolTier": "LITE",
}

# Every switch that is on by default, turned off.
OFF = {"DefaultGroup": "", "ProfileRepair": "", "Registration": "closed", "WafRequests": "0"}


class Stack:
    """A stack by its name, with the parameters that its creation is given."""

    def __init__(self, deployment, emulator, name=STACK, **parameters):
        self.deployment = deployment
        self.emulator = emulator
        self.name = name
        self.parameters = PARAMETERS | parameters
        self.client = self.connect("cloudformation")

    def connect(self, service):
        return Stage.connect(self.emulator, service)

    def beside(self, name, **parameters):
        """Another stack of the same template."""
        return Stack(self.deployment, self.emulator, name, **parameters)

    def create(self):
        self.deployment.deploy(self.emulator, self.name, self.parameters)
        assert self.status() == "CREATE_COMPLETE", self.status()

    def update(self, **parameters):
        """Changes these parameters; all others stay as they are."""
        self.deployment.deploy(self.emulator, self.name, parameters)
        assert self.status() == "UPDATE_COMPLETE", self.status()

    def fails(self, status, **parameters):
        """Deploys in vain; gives the resources that have failed, with the reasons."""
        try:
            self.deployment.deploy(self.emulator, self.name, parameters)
        except CommandFailed:
            pass
        else:
            raise AssertionError(f"the stack is deployed with {parameters}")
        kinds = ("CREATE_FAILED", "UPDATE_FAILED", "DELETE_FAILED")
        failures = {name: why for kind in kinds for name, why in self.events(kind).items()}
        assert self.status() == status, failures
        return failures

    def delete(self):
        """The command of infra/README.md."""
        aws(self.emulator, "cloudformation", "delete-stack", "--stack-name", self.name)
        aws(self.emulator, "cloudformation", "wait", "stack-delete-complete", "--stack-name", self.name)

    def status(self):
        [description] = self.client.describe_stacks(StackName=self.name)["Stacks"]
        return description["StackStatus"]

    def events(self, status):
        """The resources that an event of this status names, and the reasons."""
        pages = self.client.get_paginator("describe_stack_events").paginate(StackName=self.name)
        events = [event for page in pages for event in page["StackEvents"]]
        return {
            event["LogicalResourceId"]: event.get("ResourceStatusReason", "")
            for event in events
            if event["ResourceStatus"] == status and event["LogicalResourceId"] != self.name
        }

    def outputs(self):
        """The outputs, and the physical id of each resource by its logical id."""
        [description] = self.client.describe_stacks(StackName=self.name)["Stacks"]
        found = {output["OutputKey"]: output["OutputValue"] for output in description["Outputs"]}
        resources = self.client.describe_stack_resources(StackName=self.name)["StackResources"]
        return found | {each["LogicalResourceId"]: each["PhysicalResourceId"] for each in resources}
