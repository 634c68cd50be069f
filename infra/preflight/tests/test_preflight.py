#!/usr/bin/env python3
"""Every check of preflight on recorded answers, which have the shapes of botocore's model.

    test_preflight.py

Each check passes one answer and refuses another; what cannot be read, and an answer without its
members, is refused.
"""

import contextlib
import io
import json
import sys
from pathlib import Path

import botocore.session
from botocore.validate import ParamValidator

FOLDER = Path(__file__).parent
sys.path.insert(0, str(FOLDER.parent))

import checks  # noqa: E402
import preflight  # noqa: E402
from aws_cli import Refused, Unread, failure  # noqa: E402
from plan import Mistake, Plan  # noqa: E402
from preflight import CHECKS, kept, main, run  # noqa: E402

TEMPLATE = (FOLDER.parent.parent / "template.yaml").read_text(encoding="utf-8")
NEEDED = {
    "WebOrigins": "https://app.example.com", "LinkRedirects": "https://app.example.com/",
    "MailFrom": "no-reply@example.com", "MailIdentity": "example.com",
}
# Codes that every operation may answer with.
COMMON = {"ValidationError", "AccessDeniedException"}
DENIED = {"Error": {"Code": "AccessDeniedException", "Message": "not authorized"}}
# Answers that may be empty: no web ACL, and no reservation.
EMPTY_SAYS_SOMETHING = {"wafv2 get-web-acl-for-resource", "lambda get-function-concurrency"}
FEWEST = 60

SESSION = botocore.session.get_session()
seen = 0


class Recorded:
    """Answers by service and action, by the word that follows too where there are several."""

    def __init__(self, answers):
        self.answers = answers
        self.used = set()

    def ask(self, service, action, **arguments):
        found = self.find(f"{service} {action}", arguments.values())
        if "Error" in found:
            raise Refused(found["Error"]["Code"], found["Error"]["Message"])
        return found

    def version(self):
        return "aws-cli/2.31.0 Python/3.13.7 Linux/6.1 exe/x86_64"

    def skeleton(self, service, action):
        found = self.find(f"skeleton {service} {action}", ())
        if "Error" in found:
            raise Unread(found["Error"]["Message"])
        return found

    def find(self, name, words):
        for key in [f"{name} {word}" for word in words] + [name]:
            if key in self.answers:
                self.used.add(key)
                return self.answers[key]
        raise AssertionError(f"no answer is recorded for {name}")


def valid(name, answer):
    """Holds a recorded answer against the model."""
    words = name.split()
    if words[0] == "skeleton":
        members = operation(words[1], words[2]).input_shape.members
        assert set(answer) <= set(members), f"{name}: {set(answer) - set(members)}"
        return
    model = operation(*words[:2])
    if "Error" in answer:
        declared = {shape.metadata.get("error", {}).get("code", shape.name) for shape in model.error_shapes}
        assert answer["Error"]["Code"] in declared | COMMON, f"{name}: {answer}"
        return
    report = ParamValidator().validate(answer, model.output_shape)
    assert not report.has_errors(), f"{name}: {report.generate_report()}"


def operation(service, action):
    model = SESSION.get_service_model(service)
    [name] = [name for name in model.operation_names if name.lower() == action.replace("-", "")]
    return model.operation_model(name)


def plan_of(case):
    plan = Plan.load(
        TEMPLATE, case.get("stack", "lifeguard"), case.get("region", "eu-west-1"),
        NEEDED | case.get("parameters", {}))
    plan.sign_ins = case.get("sign_ins", 10)
    plan.custom_auth_only = case.get("custom_auth_only", False)
    return plan


def holds(condition, text):
    global seen
    assert condition, text
    seen += 1


def on_recorded_answers():
    for name, check in CHECKS.items():
        cases = json.loads((FOLDER / "answers" / f"{name}.json").read_text(encoding="utf-8"))
        verdicts = set()
        for case in cases:
            for answer in case["answers"].items():
                valid(*answer)
            good, text = checks.readable(check, Recorded(case["answers"]), plan_of(case))
            holds((good, case["says"] in text) == (case["passes"], True), f"{name}: {good} {text}")
            verdicts.add(good)
        holds(verdicts == {True, False}, f"{name} has {verdicts} alone")
        unreadable(name, check, cases)


def unreadable(name, check, cases):
    """Replaces one answer after another by a denial, and by an answer without members."""
    for case in cases:
        if not case["passes"]:
            continue
        for lost in case["answers"]:
            for put in (DENIED, {}):
                if put == {} and lost in EMPTY_SAYS_SOMETHING:
                    continue
                recorded = Recorded(case["answers"] | {lost: put})
                good, text = checks.readable(check, recorded, plan_of(case))
                unused = lost not in recorded.used
                holds(not good or unused, f"{name} passes although {lost} is {put}: {text}")


def on_the_whole():
    """The exit follows from all checks, and a known one no longer refuses."""
    class Nothing(Recorded):
        def find(self, name, words):
            raise Unread("no network")

    said = []
    plan = plan_of({})
    refused = run(Nothing({}), plan, said.append)
    passing = {"stack-name", "pool-region", "pool-firewall", "pool-clients"}
    holds(set(refused) == set(CHECKS) - passing, f"refused are {refused}")
    plan.known = refused[1:]
    holds(run(Nothing({}), plan, said.append) == refused[:1], "known checks refuse")
    holds(all(line.split()[0] in ("ok", "known", "refused") for line in said if "passed," not in line),
          "a line has another beginning")


def on_mistakes():
    for overrides, word in ((NEEDED | {"Unknown": "1"}, "no parameter Unknown"),
                            ({"MailFrom": "a@b"}, "LinkRedirects, MailIdentity, WebOrigins")):
        try:
            Plan.load(TEMPLATE, "lifeguard", "eu-west-1", overrides)
            holds(False, f"{overrides} is taken")
        except Mistake as mistake:
            holds(word in str(mistake), str(mistake))
    plan = plan_of({})
    del plan.parameters["WafRequests"]
    try:
        holds(False, f"a parameter that the template lacks is {plan.number('WafRequests')}")
    except Mistake as mistake:
        holds("no parameter WafRequests" in str(mistake), str(mistake))
    parameters = plan_of({}).parameters
    for name, value in {"Methods": "EMAIL_OTP,MAGIC_LINK", "TrustedIssuers": "[]",
                        "ExistingUserPool": "", "Application": "your account"}.items():
        holds(parameters[name] == value, f"{name} is {parameters[name]!r}")
    holds(len(plan_of({}).functions) == TEMPLATE.count("Type: AWS::Serverless::Function\n"),
          "a function has no name of the stack's")


def stack_with(status, **parameters):
    """An account with a stack of this status and these parameters."""
    listed = [{"ParameterKey": name, "ParameterValue": value} for name, value in parameters.items()]
    answer = {"Stacks": [{"StackName": "lifeguard", "CreationTime": "2026-11-29T12:00:00Z",
                          "StackStatus": status, "Parameters": listed}]}
    valid("cloudformation describe-stacks", answer)
    return {"cloudformation describe-stacks": answer}


def on_an_update():
    """The parameters of the stack lie below those that are given, and above the template's defaults."""
    present = NEEDED | {"ExistingUserPool": "eu-west-1_Ab12Cd34E", "WafRequests": "0", "Removed": "1"}

    def plan_on(status, **overrides):
        found = kept(Recorded(stack_with(status, **present)), "lifeguard")
        return Plan.load(TEMPLATE, "lifeguard", "eu-west-1", overrides, found)

    for status in ("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "UPDATE_IN_PROGRESS"):
        plan = plan_on(status, WafRequests="7")
        holds(plan.text("ExistingUserPool") == "eu-west-1_Ab12Cd34E", f"{status}: the pool is not kept")
        holds(plan.text("MailIdentity") == "example.com", f"{status}: the identity is not kept")
        holds(plan.number("WafRequests") == 7, f"{status}: a given parameter does not win")
        holds("Removed" not in plan.parameters, f"{status}: the template lacks the parameter")
        holds(plan.text("Application") == "your account", f"{status}: the default is lost")
    # The next deployment of such a stack is the first.
    for status in ("REVIEW_IN_PROGRESS", "ROLLBACK_COMPLETE", "CREATE_FAILED"):
        holds(plan_on(status, **NEEDED).text("ExistingUserPool") == "", f"{status}: the pool is kept")
    said = []
    for answers in ({"Error": DENIED["Error"]}, {}):
        found = kept(Recorded({"cloudformation describe-stacks": answers}), "lifeguard", said.append)
        holds(found == {} and "cannot be read" in said.pop(), f"{answers}: {found}")
    nothing = {"Error": {"Code": "ValidationError", "Message": "Stack with id lifeguard does not exist"}}
    found = kept(Recorded({"cloudformation describe-stacks": nothing}), "lifeguard", said.append)
    holds(found == {} and said == [], "a first deployment is told apart")


def on_the_command():
    """The program judges the pool that the stack has, with no parameter given."""
    class Account(Recorded):
        def __init__(self, _region):
            super().__init__(stack_with("UPDATE_COMPLETE", **NEEDED, ExistingUserPool="eu-central-1_Ab12Cd34E"))

        def find(self, name, words):
            if not name.startswith("cloudformation"):
                raise Unread("no network")
            return super().find(name, words)

    said = io.StringIO()
    preflight.AwsCli = Account
    with contextlib.redirect_stdout(said):
        code = main(["--stack-name", "lifeguard", "--region", "eu-west-1"])
    [line] = [line for line in said.getvalue().splitlines() if " pool-region " in line]
    holds(code == 1 and line.startswith("refused") and "eu-central-1 alone" in line, line)


def on_words_of_the_cli():
    error = failure("\nAn error occurred (NotFoundException) when calling the GetEmailIdentity operation: gone\n")
    holds(isinstance(error, Refused) and (error.code, str(error)) == ("NotFoundException", "gone"), repr(error))
    retried = failure("An error occurred (Throttling) when calling the GetAccount operation (reached max retries: 4): slow")
    holds(isinstance(retried, Refused) and retried.code == "Throttling", repr(retried))
    holds(isinstance(failure("Unable to locate credentials"), Unread), "credentials")


on_recorded_answers()
on_the_whole()
on_mistakes()
on_an_update()
on_the_command()
on_words_of_the_cli()
print(f"{seen} passed, 0 failed")
sys.exit(0 if seen >= FEWEST else 1)
