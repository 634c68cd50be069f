#!/usr/bin/env python3
"""Asks the local Cognito what `settle.py` asks a real one, with each reading of each option.

    run.py UNCERTAIN

UNCERTAIN is the example `uncertain` of the local Cognito. A question has to tell the readings of its
option apart, and every option is asked or named as not asked.
"""

import json
import os
import re
import subprocess
import sys
import threading
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

FOLDER = Path(__file__).parent.parent
sys.path.insert(0, str(FOLDER))

import trigger  # noqa: E402
from bench import PASSWORD, Bench, Unsettled, sending  # noqa: E402
from settle import NOT_ASKED, OPTIONS, OTHERS, ask  # noqa: E402

UNCERTAIN = sys.argv[1]
REGION, FUNCTION = "eu-west-1", "lifeguard-settle"
ARN = f"arn:aws:lambda:{REGION}:123456789012:function:{FUNCTION}"
IDENTITY = f"arn:aws:ses:{REGION}:123456789012:identity/example.com"
ROOT = FOLDER.parent.parent
# Other readings than the defaults, and settings that a reading needs beside it.
READINGS = {
    "attempts": ["1", "2"],
    "time_out_kind": ["UserLambdaValidationException"],
    "verified_without_address_kind": ["InvalidLambdaResponseException"],
    "codeless_message": ["DefaultText"],
    "hidden_delivery": ["Refused"],
    "unknown_user_text": ["Unable to login."],
    "undecided_define": ["Fails"],
    "both_flags": ["IssueWins"],
    "admin_reset_occasion": ["AdminResetUserPassword"],
    "unknown_user_name": ["Typed", "Stable"],
    "new_device_used": ["true", "false"],
    "unknown_developer_provider_kind": ["InvalidParameterException"],
    "developer_login_of_client_kind": ["NotAuthorizedException"],
    "too_many_logins_kind": ["InvalidParameterException"],
    "survivor": ["Requested"],
}
BESIDE = {"time_out_kind": ["attempts=1"]}
seen = 0


class Lambda(BaseHTTPRequestHandler):
    """The Invoke endpoint of the one function."""

    def do_POST(self):
        event = json.loads(self.rfile.read(int(self.headers["content-length"])))
        try:
            self.reply(trigger.handler(event, None), {})
        except ValueError as error:
            self.reply({"errorMessage": str(error), "errorType": "ValueError"},
                       {"X-Amz-Function-Error": "Unhandled"})

    def reply(self, answer, headers):
        data = json.dumps(answer).encode()
        try:
            self.send_response(200)
            for name, value in (headers | {"Content-Length": str(len(data))}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)
        except OSError:
            pass  # The caller has stopped waiting.

    def log_message(self, *_words):
        pass


class Local:
    """A local Cognito with these readings, and the events of its function."""

    def __init__(self, endpoint, settings):
        self.process = subprocess.Popen(
            [UNCERTAIN, endpoint, FUNCTION, *settings], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True)
        self.url = self.process.stdout.readline().strip()
        assert self.url.startswith("http"), f"{settings} do not start"
        os.environ["AWS_ENDPOINT_URL"] = self.url

    def __enter__(self):
        bench = Bench(REGION, ARN, sending(IDENTITY, "no-reply@example.com"), self)
        bench.make()
        return bench

    def __exit__(self, *_error):
        self.process.stdin.close()
        self.process.wait(30)

    def entries(self):
        with urllib.request.urlopen(f"{self.url}/_local/events", timeout=10) as answer:
            return [entry for entry in json.load(answer) if entry["kind"] == "invoked"]

    def mark(self):
        return len(self.entries())

    def since(self, mark):
        return [entry["event"] for entry in self.entries()[mark:]]


def holds(condition, text):
    global seen
    if not condition:
        sys.exit(f"not as expected: {text}")
    seen += 1


def fits_nothing(_bench):
    raise Unsettled("no reading fits")


def refused(bench):
    return bench.visitor.sign_up(ClientId="1unknown", Username="plain", Password=PASSWORD)


def options_of_the_settings():
    """The options, by the sources of the local Cognito."""
    found = set()
    for api in ("user-pool", "identity-pool"):
        source = (ROOT / f"infra/local-cognito/{api}/src/settings.rs").read_text(encoding="utf-8")
        part = source.split("pub struct Uncertain {")[1].split("\n}")[0]
        found |= set(re.findall(r"^    pub ([a-z_]+):", part, re.M))
    return found


def main():
    trigger.print = lambda *_words, **_named: None
    server = ThreadingHTTPServer(("127.0.0.1", 0), Lambda)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    endpoint = f"http://127.0.0.1:{server.server_address[1]}"
    os.environ.update(AWS_ACCESS_KEY_ID="local", AWS_SECRET_ACCESS_KEY="local", NO_PROXY="*")

    asked = {question.__name__ for question in OPTIONS}
    holds(asked | set(NOT_ASKED) >= options_of_the_settings(), "an option is neither asked nor named")
    holds(asked <= options_of_the_settings(), "a question has no option")

    print("--- the defaults")
    local = Local(endpoint, [])
    with local as bench:
        defaults = ask(bench, OPTIONS + OTHERS)
        holds(None not in defaults.values(), "a question has no answer")
        holds(ask(bench, [fits_nothing, refused]) == {"fits_nothing": None, "refused": None},
              "a question without an answer has one")
        holds(bench.remove() == [], "a pool is left over")
    print("--- the other readings")
    for question in OPTIONS:
        name = question.__name__
        other = {"true": "false", "false": "true"}.get(defaults[name])
        for reading in READINGS.get(name, [other]):
            with Local(endpoint, [f"{name}={reading}", *BESIDE.get(name, [])]) as bench:
                answer = ask(bench, [question])[name]
            holds(answer == reading != defaults[name], f"{name} is {reading}, and the answer {answer}")
    print(f"{seen} passed, 0 failed: {len(OPTIONS)} options and {len(OTHERS)} further questions are "
          f"asked, {len(NOT_ASKED)} are not")
    holds(len(OPTIONS) >= 32 and len(NOT_ASKED) <= 4, "fewer questions are asked")


main()
