"""The deployment that the operator plans: the template, and the parameters that override it."""

import re
from dataclasses import dataclass, field


class Mistake(Exception):
    """The command line or the template is not usable."""


@dataclass
class Plan:
    """A stack that is to be deployed."""

    stack: str
    region: str
    # Values by parameter of the template; None where there is no default.
    parameters: dict
    # The part of each function's name behind the stack's.
    functions: list
    # Names of log groups, whole.
    log_groups: list
    # Sign-ins a second that are expected at most.
    sign_ins: int = 10
    # True if the template's settings let app clients sign in by custom challenges alone.
    custom_auth_only: bool = False
    # Checks that the operator has made by hand.
    known: list = field(default_factory=list)

    @classmethod
    def load(cls, template, stack, region, overrides, kept=None):
        """Reads a template's text, which has to have each parameter that is overridden. `kept` are
        those that the stack has; the template may lack some of them by now."""
        section = re.search(r"^Parameters:\n(.*?)^(?=[A-Z#])", template, re.M | re.S)
        if not section:
            raise Mistake("the template has no parameters")
        parameters = {}
        for name, text in re.findall(r"^  (\w+):(.*?)(?=^  \w|\Z)", section[1], re.M | re.S):
            default = re.search(r"Default: *([^,}\n]*(?:,[^ }\n]+)*)", text)
            parameters[name] = default[1].strip().strip("\"'") if default else None
        parameters |= {name: value for name, value in (kept or {}).items() if name in parameters}
        for name, value in overrides.items():
            if name not in parameters:
                raise Mistake(f"the template has no parameter {name}")
            parameters[name] = value
        missing = sorted(name for name, value in parameters.items() if value is None)
        if missing:
            raise Mistake(f"these parameters have no value: {', '.join(missing)}")
        functions = re.findall(r"^ +FunctionName: !Sub \"?\$\{AWS::StackName\}-([a-z-]+)", template, re.M)
        groups = re.findall(r"^ +LogGroupName: !Sub \"?(\S*\$\{AWS::StackName\}[^\s\"]*)", template, re.M)
        if not functions or not groups:
            raise Mistake("the template has no functions or no log groups")
        return cls(
            stack, region, parameters, functions,
            [group.replace("${AWS::StackName}", stack) for group in groups],
            custom_auth_only=bool(re.search(r'"custom_auth_only" *: *true', template)),
        )

    def number(self, name):
        """A parameter that is a number."""
        try:
            return int(self.text(name))
        except ValueError as error:
            raise Mistake(f"{name} is no number") from error

    def text(self, name):
        """A parameter, which the template has to have."""
        if name not in self.parameters:
            raise Mistake(f"the template has no parameter {name}")
        return self.parameters[name]

    def associates_web_acl(self):
        """True if the stack puts its web ACL in front of the pool."""
        return self.text("AttachFirewall") == "yes" and self.number("WafRequests") > 0

    def names(self):
        """The whole names of the functions."""
        return [f"{self.stack}-{function}" for function in self.functions]

    def reservations(self):
        """The reserved concurrency that is asked for, by whole name; without those of 0."""
        asked = {}
        for name, function in zip(self.names(), self.functions):
            provider = function == "developer-identity"
            asked[name] = self.number("ProviderConcurrency" if provider else "TriggerConcurrency")
        return {name: count for name, count in asked.items() if count > 0}
