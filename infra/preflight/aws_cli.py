"""The operator's AWS CLI, for reading only."""

import json
import re
import subprocess

READING = ("describe-", "get-", "list-")


class Refused(Exception):
    """AWS answered with an error of this code."""

    def __init__(self, code, message):
        super().__init__(message)
        self.code = code


class Unread(Exception):
    """The CLI gave no answer of AWS: it is missing, has no credentials, or lacks the command."""


class AwsCli:
    """Calls in one Region, with the credentials that the CLI finds."""

    def __init__(self, region, program="aws"):
        self.region = region
        self.program = program

    def ask(self, service, action, **arguments):
        """The answer of one reading call; an argument `limit_definition` is --limit-definition."""
        if not action.startswith(READING):
            raise ValueError(f"{action} does not only read")
        words = [service, action, "--output", "json", "--region", self.region]
        for name, value in arguments.items():
            words += [f"--{name.replace('_', '-')}", value]
        text = self.run(words)
        return parse(text, action) if text.strip() else {}

    def version(self):
        """The first line of `aws --version`."""
        return self.run(["--version"]).strip()

    def skeleton(self, service, action):
        """The members of a request that the CLI knows; nothing is sent."""
        words = [service, action, "--generate-cli-skeleton", "input", "--region", self.region]
        return parse(self.run(words), action)

    def run(self, words):
        try:
            done = subprocess.run(
                [self.program, *words], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                timeout=120, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise Unread(f"{self.program}: {error}") from error
        if done.returncode == 0:
            return done.stdout
        raise failure(done.stderr)


def parse(text, action):
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise Unread(f"{action} printed something unexpected") from error


def failure(said):
    """The error of AWS that the CLI printed, or a call without an answer."""
    found = re.search(r"An error occurred \((\w+)\) when calling the \w+ operation(?: \([^)]*\))?: ?(.*)", said)
    if found:
        return Refused(found[1], found[2].strip())
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return Unread(lines[-1] if lines else "the CLI failed without a word")
