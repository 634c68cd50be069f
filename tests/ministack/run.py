"""Deploys our template and our binaries to MiniStack and signs people in there.

    run.py FOLDER BINARIES TEMPLATE

FOLDER is written to, BINARIES holds the built functions. Every step is printed; the first that is
not as expected ends the run with an error.
"""

import sys
import time
from contextlib import contextmanager
from pathlib import Path

import grants
import http_api
import identities
import left_out
import operators
import sign_ins
from deployment import STACK, Deployment
from emulator import Emulator
from person import Stage

PARAMETERS = {
    "LinkRedirects": "https://app.example.com/",
    "MailFrom": "no-reply@lifeguard.example",
    "MailIdentity": "lifeguard.example",
    # Whether the emulator takes a state machine was not tried.
    "ProfileRepair": "",
    "WebOrigins": "https://app.example.com",
}
UPDATES = [
    ("mails name the application", {"Application": "Beach"}, sign_ins.AFTER_AN_UPDATE),
    ("clients name their method", {"DefaultMethod": "ask"}, sign_ins.IN_TWO_ROUNDS),
]

steps = 0


@contextmanager
def step(text):
    """One step, with its time once it has succeeded."""
    global steps
    started = time.monotonic()
    try:
        yield
    except BaseException:
        print(f"{'not as expected':>16}  {text}", flush=True)
        raise
    steps += 1
    print(f"{(time.monotonic() - started) * 1000:13.0f} ms  {text}", flush=True)


def play(stage, plays):
    for text, act in plays:
        with step(text):
            act(stage)


def main(folder, binaries, template):
    with step("the functions are packed as the template names them"):
        deployment = Deployment(folder, binaries, template)
    with Emulator(folder) as emulator:
        with step("MiniStack listens on this machine only and holds callers against their policies"):
            emulator.wait()
        with step("aws cloudformation deploy takes the template as it is"):
            deployment.make_bucket(emulator)
            deployment.deploy(emulator, PARAMETERS)
        stage = Stage(emulator, outputs(emulator, "CREATE_COMPLETE"))
        play(stage, left_out.STEPS + sign_ins.IN_ONE_ROUND + identities.STEPS)
        play(stage, http_api.STEPS + operators.STEPS)
        for text, parameters, plays in UPDATES:
            with step(f"the stack is updated: {text}"):
                deployment.deploy(emulator, PARAMETERS | parameters)
                assert outputs(emulator, "UPDATE_COMPLETE") == stage.outputs
            play(stage, plays)
        play(stage, grants.STEPS)
        with step("the stack is deleted: what holds data stays, and no log"):
            deployment.delete(emulator)
            left_behind(stage)
        with step("the stack is created again under the same name"):
            deployment.deploy(emulator, PARAMETERS)
            assert outputs(emulator, "CREATE_COMPLETE")["UserPoolId"] != stage.pool
    print(f"\n{steps} passed, 0 failed")


def left_behind(stage):
    """What the template retains is there after the deletion, and nothing that has a fixed name."""
    found = {
        "tables": stage.connect(stage.emulator, "dynamodb").list_tables()["TableNames"],
        "buckets": [each["Name"] for each in stage.connect(stage.emulator, "s3").list_buckets()["Buckets"]],
        "keys": [each["KeyId"] for each in stage.connect(stage.emulator, "kms").list_keys()["Keys"]],
        "secrets": [
            each["ARN"] for each in stage.connect(stage.emulator, "secretsmanager").list_secrets()["SecretList"]
        ],
        "pools": [each["Id"] for each in stage.idp.list_user_pools(MaxResults=10)["UserPools"]],
    }
    for kind, names in [
        ("tables", ["Accounts", "Challenges", "Notes", "Profiles"]), ("buckets", ["Files"]),
        ("keys", ["Key"]), ("secrets", ["CodeKey"]), ("pools", ["UserPool"]),
    ]:
        for name in names:
            assert stage.outputs[name] in found[kind], f"{name} is gone: {found[kind]}"
    logs = stage.connect(stage.emulator, "logs").describe_log_groups()["logGroups"]
    assert not logs, f"logs are left: {logs}"


def outputs(emulator, status):
    """The outputs of the stack, and the physical id of each resource by its logical id."""
    stack = Stage.connect(emulator, "cloudformation")
    [description] = stack.describe_stacks(StackName=STACK)["Stacks"]
    assert description["StackStatus"] == status, description
    found = {output["OutputKey"]: output["OutputValue"] for output in description["Outputs"]}
    resources = stack.describe_stack_resources(StackName=STACK)["StackResources"]
    return found | {each["LogicalResourceId"]: each["PhysicalResourceId"] for each in resources}


if __name__ == "__main__":
    main(*(Path(word).resolve() for word in sys.argv[1:]))
