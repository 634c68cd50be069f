#!/usr/bin/env python3
"""Looks at an AWS account before a stack of Lifeguard is deployed. It reads, and changes nothing.

It judges the parameters as the deployment will have them: those that are given, then those of the
stack if it is there, then the defaults of the template. Each check prints a line: `ok`, or `refused`
with what to do. What cannot be read counts as refused. The exit code is 0 only if nothing is refused.
It needs the AWS CLI and Python 3.9, nothing else.
"""

import argparse
import os
import sys
from pathlib import Path

import checks
import pool_checks
from aws_cli import AwsCli, Refused, Unread
from plan import Mistake, Plan

CHECKS = {
    "cli": checks.cli,
    "caller": checks.caller,
    "stack-name": checks.stack_name,
    "stack": checks.stack,
    "log-groups": checks.log_groups,
    "concurrency": checks.concurrency,
    "ses-account": checks.ses_account,
    "ses-identity": checks.ses_identity,
    "sign-in-rate": checks.sign_in_rate,
    "identity-tokens": checks.identity_tokens,
    "tables": checks.tables,
    "pool-region": pool_checks.region,
    "pool-firewall": pool_checks.firewall,
    "pool-clients": pool_checks.clients,
}


def run(aws, plan, say=print):
    """Runs every check; gives the names of those that are refused."""
    refused = []
    for name, check in CHECKS.items():
        good, text = checks.readable(check, aws, plan)
        if good:
            say(f"{'ok':8} {name:16} {text}")
        elif name in plan.known:
            say(f"{'known':8} {name:16} {text}")
        else:
            refused.append(name)
            say(f"{'refused':8} {name:16} {text}")
    say(f"{len(CHECKS) - len(refused)} passed, {len(refused)} refused")
    return refused


def options(words):
    parser = argparse.ArgumentParser(
        description="Looks at an account before a stack is deployed, and changes nothing.")
    parser.add_argument("--stack-name", required=True)
    parser.add_argument(
        "--region", default=os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION"),
        help="the Region of the deployment; AWS_REGION without it")
    parser.add_argument(
        "--template-file", type=Path, default=Path(__file__).parent.parent / "template.yaml")
    parser.add_argument(
        "--sign-ins", type=int, default=10, metavar="N", help="expected sign-ins a second, at most")
    parser.add_argument(
        "--known", action="append", default=[], choices=list(CHECKS), metavar="CHECK",
        help="a check that you have made by hand; it is printed and no longer refuses")
    parser.add_argument(
        "--parameter-overrides", nargs="+", default=[], metavar="KEY=VALUE",
        help="the parameters of the deployment, as `aws cloudformation deploy` takes them")
    return parser.parse_args(words)


def kept(aws, stack, say=print):
    """The parameters that the stack has; none if they cannot be read, for which `stack` is refused."""
    try:
        return checks.kept_parameters(aws, stack)
    except (Refused, Unread, KeyError, TypeError, IndexError):
        say("The stack cannot be read: where no parameter is given, the default of the template is judged.")
        return {}


def main(words):
    given = options(words)
    if not given.region:
        sys.exit("No Region is given: use --region or AWS_REGION.")
    overrides = dict(word.partition("=")[::2] for word in given.parameter_overrides)
    try:
        template = given.template_file.read_text(encoding="utf-8")
        aws = AwsCli(given.region)
        plan = Plan.load(template, given.stack_name, given.region, overrides, kept(aws, given.stack_name))
        plan.sign_ins, plan.known = given.sign_ins, given.known
        return 1 if run(aws, plan) else 0
    except (Mistake, OSError) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
