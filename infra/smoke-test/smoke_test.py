#!/usr/bin/env python3
"""Signs a test user in against a deployed stack, and looks at what operators rely on.

    smoke_test.py --stack-name lifeguard --address test-1@example.com

ADDRESS must be new and reach you: the codes of its mails are asked for. It needs boto3, and the
credentials of an operator. What the run made is deleted at the end, and nothing else: no user or
account that had the address before. The exit code is 0 only if every step that is to run has passed,
and nothing is left.
"""

import argparse
import json
import os
import sys
import time
from pathlib import Path

import boto3
import removal
import users
import watching
from botocore.exceptions import BotoCoreError, ClientError
from stage import Failed, Stage, outputs_of

# Name, words, step, and what to do if it is not as expected.
STEPS = [
    ("functions", "functions are active, and the pool calls them", watching.functions,
     "Wait a minute. For a pool that exists: pool-triggers attach."),
    ("stream", "the stream of the challenges calls deliver-message", watching.stream,
     "Wait until the mapping is Enabled; if it stays Disabled, look at its StateTransitionReason."),
    ("sign-up", "the test user signs up and confirms the address", users.sign_up,
     "The log of pre-sign-up says why; without a mail, look at SES and MailIdentity."),
    ("sign-in", "a wrong code is refused, and the right one gives tokens", users.sign_in,
     "Look at the logs of create-auth-challenge, deliver-message and verify-auth-challenge."),
    ("unknown", "an unknown user gets the same challenge as a known one", users.unknown_user,
     "PreventUserExistenceErrors of the client has to be ENABLED."),
    ("credentials", "the ID token gives temporary credentials", users.credentials,
     "Look at the identity pool's providers and the trust policy of its role."),
    ("own-files", "the user writes, reads, lists and deletes below the own prefix", users.own_files,
     "Look at the role of the identity pool's users, and at the policy of the bucket."),
    ("other-files", "another prefix and anonymous callers are refused", users.other_files,
     "Stop the deployment: users reach the files of others."),
    ("refresh", "a refresh gives tokens, and none after the token is revoked", users.refresh,
     "EnableTokenRevocation of the client has to be true."),
    ("directory", "the built-in directory registers, and gives credentials for files", users.directory,
     "Look at the log of developer-identity; with Registration=closed, leave this step out."),
    ("metrics", "metrics of right and wrong answers, of any user, arrive", watching.metrics,
     "Metrics take minutes: repeat with a longer --wait."),
    ("alarms", "every alarm of the stack exists, and none is in ALARM", watching.alarms,
     "docs/operations.md has an entry for each alarm."),
    ("logs", "the logs have lines of this run, and none names the user", watching.logs,
     "Look for the line, and report it: logs may not name users."),
    ("erase", "operator erases the test user", removal.erase,
     "The log of operator says what is left; the same request again does the rest."),
]
SECOND = ("protected", "the second step is done: deletion protection and the firewall",
          watching.protected, "Update the stack as docs/first-deployment.md says.")


def play(stage, steps, left_out):
    """Runs the steps; gives how many have passed, and how many did not run."""
    passed, not_run = 0, 0
    for name, words, step, advice in steps:
        if name in left_out:
            not_run += 1
            print(f"{'not run':>10}  {name:12} {words}", flush=True)
            continue
        started = time.monotonic()
        try:
            step(stage)
        except (Failed, ClientError, BotoCoreError, OSError, KeyError, ValueError) as error:
            print(f"{'failed':>10}  {name:12} {words}: {error or type(error).__name__}\n{'':12}{advice}")
            raise Failed(name) from error
        passed += 1
        print(f"{(time.monotonic() - started) * 1000:7.0f} ms  {name:12} {words}", flush=True)
    return passed, not_run


def options(words):
    names = [name for name, *_others in STEPS]
    parser = argparse.ArgumentParser(description="Signs a test user in against a deployed stack.")
    parser.add_argument("--stack-name", required=True)
    parser.add_argument("--address", required=True, help="a new address that reaches you")
    parser.add_argument("--outputs", type=Path, metavar="FILE",
                        help="the outputs of the stack as JSON; without it, the stack is asked")
    parser.add_argument("--inbox", metavar="URL", help="the local Cognito with the outbox; without it, you type")
    parser.add_argument("--wait", type=int, default=600, metavar="SECONDS", help="how long to wait for metrics")
    parser.add_argument("--protected", action="store_true", help="demand the second step as well")
    parser.add_argument("--leave-out", nargs="+", default=[], choices=names, metavar="STEP",
                        help=f"steps that are not to run, of {', '.join(names)}")
    return parser.parse_args(words)


def main(words):
    given = options(words)
    try:
        if given.outputs:
            found = json.loads(given.outputs.read_text(encoding="utf-8"))
        else:
            found = asked(given.stack_name)
        stage = Stage(given.stack_name, outputs_of(found), given.address, given.inbox, given.wait)
    except (Failed, ClientError, BotoCoreError, OSError, ValueError) as error:
        sys.exit(f"The stack cannot be read: {error}")
    steps = STEPS + ([SECOND] if given.protected else [])
    passed, left = None, []
    try:
        passed, not_run = play(stage, steps, given.leave_out)
    except Failed:
        pass
    finally:
        left = removal.clean_up(stage, "erase" not in given.leave_out)
        for line in left:
            print(f"not deleted: {line}")
    if passed is None or left:
        return 1
    print(f"{passed} passed, {not_run} not run, 0 failed")
    return 0


def asked(stack):
    """The outputs of the stack, in the Region of the caller's configuration."""
    region = os.environ.get("AWS_REGION")
    described = boto3.client("cloudformation", region_name=region).describe_stacks(StackName=stack)
    return described["Stacks"][0]["Outputs"]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
