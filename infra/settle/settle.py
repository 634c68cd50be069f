#!/usr/bin/env python3
r"""Asks a real Cognito the questions of docs/uncertain.md, on pools that it makes and deletes.

    settle.py --region eu-west-1 --mail-identity arn:aws:ses:eu-west-1:123456789012:identity/example.com \
        --mail-from no-reply@example.com

It makes two user pools (and three more, one for each plan), an identity pool, a function with its
role and log group, and a dozen users without addresses or with that of SES's mailbox simulator. All
of it is deleted at the end; `not deleted:` names what is left. It prints a table: the question, the
answer, and the reading of the option of the local Cognito that fits. The exit code is 0 only if
every question was answered and nothing is left.
"""

import argparse
import sys

import identity_pool_questions
import user_pool_questions
from aws_function import AwsFunction
from bench import Bench, Mistake, Unsettled, sending
from botocore.exceptions import BotoCoreError, ClientError

OPTIONS = user_pool_questions.OPTIONS + identity_pool_questions.OPTIONS
OTHERS = user_pool_questions.OTHERS + identity_pool_questions.OTHERS
NOT_ASKED = {
    "custom_message_beside_sender": "needs a KMS key, which is billed and stays for a week",
    "late first answer of a slow trigger": "no call shows which of several answers counted",
    "linking during a sign-in": "needs a federated provider and a browser",
    "region, client and issuer of a replica": "needs a pool with a replica",
}


def ask(bench, questions, say=print):
    """Asks the questions in order; gives the answers by name, None where there is none."""
    answers = {}
    for question in questions:
        name = question.__name__
        try:
            answer = question(bench)
        except (Unsettled, ClientError, BotoCoreError, KeyError, IndexError, ValueError) as error:
            answers[name] = None
            say(f"{name:42} no answer: {error or type(error).__name__}")
            continue
        answers[name] = answer
        fits = ""
        if question in OPTIONS:
            fitting = question.readings is None or answer in question.readings
            fits = f"{name} = {answer}" if fitting else "no reading fits"
        say(f"{name:42} {answer:40} {fits}")
    return answers


def main(words):
    parser = argparse.ArgumentParser(description="Asks a real Cognito what its documents leave open.")
    parser.add_argument("--region", required=True)
    parser.add_argument("--mail-identity", required=True, metavar="ARN", help="a verified identity of SES")
    parser.add_argument("--mail-from", metavar="ADDRESS",
                        help="the address of the mails; needed if the identity is a domain")
    given = parser.parse_args(words)
    try:
        mail = sending(given.mail_identity, given.mail_from)
    except Mistake as mistake:
        parser.error(str(mistake))
    function = AwsFunction(given.region)
    bench = None
    try:
        bench = Bench(given.region, function.make(), mail, function)
        bench.make()
        function.allow(bench.pools)
        print(f"{'question':42} {'answer':40} reading of the local Cognito")
        answers = ask(bench, OPTIONS + OTHERS)
    finally:
        left = (bench.remove() if bench else []) + function.remove()
        for line in left:
            print(f"not deleted: {line}")
    for name, reason in NOT_ASKED.items():
        print(f"{name:42} not asked: {reason}")
    missing = [name for name, answer in answers.items() if answer is None]
    print(f"{len(answers) - len(missing)} answered, {len(missing)} not, {len(NOT_ASKED)} not asked")
    return 1 if missing or left else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
