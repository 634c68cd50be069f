"""A stack on recorded answers, which botocore's model takes."""

import os
import sys
import time
from pathlib import Path

import boto3
from botocore.stub import Stubber

sys.path.insert(0, str(Path(__file__).parent.parent))

from stage import Failed  # noqa: E402

os.environ.update(AWS_ACCESS_KEY_ID="none", AWS_SECRET_ACCESS_KEY="none")
STACK, ADDRESS, POOL = "lifeguard", "test-1@example.com", "eu-west-1_Ab12Cd34E"
SUB = "11111111-2222-4333-8444-555555555555"
NOW = 1798761600
seen = 0


class Stage:
    """The stack with answers in the order in which a step asks for them; an answer that is a word is
    a code of an error, and a fourth member holds the arguments that are expected."""

    stack, address, password, wait, began = STACK, ADDRESS, "none", 0, time.time()
    outputs = {"Region": "eu-west-1", "UserPoolId": POOL, "WebClientId": "1webclient0000000000000000"}

    def __init__(self, answers, sub=SUB, registered=False):
        self.clients, self.sub, self.registered = {}, sub, registered
        for service, action, answer, *expected in answers:
            if isinstance(answer, str):
                self.stub(service).add_client_error(action, answer, expected_params=expected[0] if expected else None)
            else:
                self.stub(service).add_response(action, answer, *expected)

    def stub(self, service):
        if service not in self.clients:
            made = boto3.client(service, region_name="eu-west-1")
            stub = Stubber(made)
            stub.activate()
            self.clients[service] = (made, stub)
        return self.clients[service][1]

    def client(self, service, _keys=None, public=False):
        self.stub(service)
        return self.clients[service][0]

    def all_asked(self):
        for _made, stub in self.clients.values():
            stub.assert_no_pending_responses()


def resources(kind, *names):
    listed = [{"LogicalResourceId": "One", "PhysicalResourceId": name, "ResourceType": kind,
               "LastUpdatedTimestamp": NOW, "ResourceStatus": "CREATE_COMPLETE"} for name in names]
    return "cloudformation", "list_stack_resources", {"StackResourceSummaries": listed}


def check(step, answers, fault=None, **more):
    """A step on these answers; with a fault, it is red and says so."""
    try:
        step(Stage(answers, **more))
        found = None
    except Failed as error:
        found = str(error)
    holds((found is None) == (fault is None) and (fault is None or fault in found),
          f"{step.__name__}: {found!r} instead of {fault!r}")


def holds(condition, text):
    global seen
    if not condition:
        sys.exit(f"not as expected: {text}")
    seen += 1
