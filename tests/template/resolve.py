"""Resolves the functions of a translated template as far as types need it.

A resolved value is a literal (number, boolean, None), a list, a dict, or one of the
classes of values.py.
"""

import re

import schemas
from values import NOTHING, Either, Text, Untold

PSEUDO = {
    "AWS::AccountId": "123456789012",
    "AWS::Partition": "aws",
    "AWS::StackId": "arn:aws:cloudformation:eu-west-1:123456789012:stack/lifeguard/1",
    "AWS::StackName": "lifeguard",
    "AWS::URLSuffix": "amazonaws.com",
}


def function(value):
    """The name and argument of a function of CloudFormation, or None."""
    if isinstance(value, dict) and len(value) == 1:
        [(name, argument)] = value.items()
        if name in ("Ref", "Condition") or name.startswith("Fn::"):
            return name, argument
    return None


def scalar_text(value):
    """The text that a literal becomes where CloudFormation needs one."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def exact(value):
    """The text of a resolved value that is known."""
    if isinstance(value, Text):
        [value] = value.options
    return scalar_text(value)


class Resolver:
    """Resolves the values of one template.

    `parameters` are the values of one set; without them every value that a parameter admits is
    possible, and both branches of every condition are taken.
    """

    def __init__(self, template, parameters=None, region=schemas.REGION):
        self.template = template
        self.region = region
        self.pseudo = PSEUDO | {"AWS::Region": region}
        self.resources = template["Resources"]
        self.declared = template.get("Parameters", {})
        self.parameters = parameters
        self.conditions = {}

    # Conditions

    def holds(self, name):
        """True if a condition holds in the set."""
        if name not in self.conditions:
            self.conditions[name] = self.truth(self.template["Conditions"][name])
        return self.conditions[name]

    def exists(self, resource):
        """True if a resource is made in the set."""
        condition = self.resources[resource].get("Condition")
        return self.parameters is None or condition is None or self.holds(condition)

    def refusing(self):
        """The rules that do not admit the set."""
        for name, rule in self.template.get("Rules", {}).items():
            if "RuleCondition" not in rule or self.truth(rule["RuleCondition"]):
                if not all([self.truth(each["Assert"]) for each in rule["Assertions"]]):
                    yield name

    def truth(self, expression):
        name, argument = function(expression)
        if name == "Condition":
            return self.holds(argument)
        if name == "Fn::Equals":
            return len({self.exact(side) for side in argument}) == 1
        if name == "Fn::Not":
            return not self.truth(argument[0])
        if name == "Fn::And":
            return all([self.truth(each) for each in argument])
        if name == "Fn::Or":
            return any([self.truth(each) for each in argument])
        if name == "Fn::Contains":
            return self.exact(argument[1]) in self.members(argument[0])
        if name == "Fn::EachMemberEquals":
            return {self.exact(argument[1])}.issuperset(self.members(argument[0]))
        if name == "Fn::EachMemberIn":
            return set(self.members(argument[1])).issuperset(self.members(argument[0]))
        raise ValueError(f"a condition uses {name}")

    def exact(self, value):
        return exact(self.value(value))

    def members(self, value):
        return [exact(entry) for entry in self.value(value)]

    # Values

    def value(self, value):
        """The resolved value."""
        called = function(value)
        if called:
            return self.call(*called)
        if isinstance(value, dict):
            members = {name: self.value(member) for name, member in value.items()}
            return {name: member for name, member in members.items() if member is not NOTHING}
        if isinstance(value, list):
            entries = [self.value(entry) for entry in value]
            return [entry for entry in entries if entry is not NOTHING]
        if isinstance(value, str):
            return self.literal(value)
        return value

    @staticmethod
    def literal(text):
        return Text() if "{{resolve:" in text else Text((text,), literal=True)

    def call(self, name, argument):
        known = {
            "Ref": self.reference,
            "Fn::GetAtt": self.attribute,
            "Fn::If": self.choice,
            "Fn::Sub": self.substitution,
            "Fn::Join": self.join,
            "Fn::Select": self.selection,
            "Fn::Split": self.split,
            "Fn::FindInMap": self.mapped,
            "Fn::Base64": lambda _: Text(),
            "Fn::ImportValue": lambda _: Text(),
            "Fn::ToJsonString": lambda _: Text(),
            "Fn::GetAZs": lambda _: [Text()],
            "Fn::Cidr": lambda _: [Text()],
        }
        if name not in known:
            return Untold(f"{name} is not known here")
        return known[name](argument)

    def reference(self, name):
        if name == "AWS::NoValue":
            return NOTHING
        if name == "AWS::NotificationARNs":
            return [Text()]
        if name in self.pseudo:
            return Text((self.pseudo[name],))
        if name in self.declared:
            return self.parameter(name, self.declared[name])
        if name not in self.resources:
            return Untold(f"{name} does not exist")
        if not self.exists(name):
            return Untold(f"{name} is not made in this set")
        # Whatever identifies a resource, CloudFormation hands its Ref on as text.
        return Text()

    def parameter(self, name, declared):
        """A parameter is text, whatever its type says, or a list of texts."""
        kind = declared["Type"]
        number = "Number" in kind
        listed = kind == "CommaDelimitedList" or "List<" in kind
        if self.parameters is not None and not kind.startswith("AWS::SSM::Parameter::Value"):
            given = scalar_text(self.parameters[name])
            if listed:
                return [Text((each.strip(),)) for each in given.split(",")]
            return Text((given,))
        allowed = declared.get("AllowedValues")
        text = Text(tuple(map(scalar_text, allowed)) if allowed else None, number)
        return [text] if listed else text

    def attribute(self, argument):
        resource, name = argument.split(".", 1) if isinstance(argument, str) else argument
        if resource not in self.resources:
            return Untold(f"{resource} does not exist")
        if not self.exists(resource):
            return Untold(f"{resource} is not made in this set")
        try:
            declared = schemas.attribute(self.resources[resource]["Type"], name, self.region)
        except (KeyError, schemas.UnknownType) as missing:
            return Untold(str(missing))
        return self.declared_value(declared, f"{resource}.{name}")

    def declared_value(self, declared, where):
        """What an attribute of a declared type is once CloudFormation hands it on."""
        kind = declared.get("type")
        if kind == "string":
            return Text()
        if kind in ("integer", "number"):
            return Text(number=True)
        if kind == "boolean":
            return Text(("true", "false"))
        if kind == "array" and declared.get("items", {}).get("type") == "string":
            return [Text()]
        return Untold(f"{where} has the type {kind}")

    def choice(self, argument):
        name, *branches = argument
        if name not in self.template.get("Conditions", {}):
            return Untold(f"the condition {name} does not exist")
        if self.parameters is not None:
            return self.value(branches[0 if self.holds(name) else 1])
        return Either(tuple(self.value(branch) for branch in branches))

    def substitution(self, argument):
        text, names = argument if isinstance(argument, list) else (argument, {})
        result = Text(("",))
        for place, part in enumerate(re.split(r"\$\{([^}]*)\}", text)):
            if place % 2 == 0:
                piece = self.literal(part)
            elif part.startswith("!"):
                piece = Text(("${" + part[1:] + "}",))
            elif part in names:
                piece = self.as_text(self.value(names[part]), part)
            elif "." in part:
                piece = self.as_text(self.attribute(part), part)
            else:
                piece = self.as_text(self.reference(part.strip()), part)
            if isinstance(piece, Untold):
                return piece
            result = result.joined(piece)
        return result

    def as_text(self, value, where):
        """A value within a longer text."""
        if isinstance(value, (Text, Untold)):
            return value
        if isinstance(value, Either):
            pieces = [self.as_text(branch, where) for branch in value.branches]
            untold = [piece for piece in pieces if isinstance(piece, Untold)]
            return untold[0] if untold else Text()
        if isinstance(value, (bool, int, float)):
            return Text((scalar_text(value),))
        return Untold(f"{where} within a text is none")

    def join(self, argument):
        separator, entries = argument
        entries = self.value(entries)
        if not isinstance(entries, list):
            return Untold("Fn::Join of something that is no list")
        if self.parameters is None:
            pieces = [self.as_text(entry, "an entry of Fn::Join") for entry in entries]
            return next((piece for piece in pieces if isinstance(piece, Untold)), Text())
        result = Text(("",))
        for place, entry in enumerate(entries):
            piece = self.as_text(entry, "an entry of Fn::Join")
            if isinstance(piece, Untold):
                return piece
            result = result.joined(Text((separator if place else "",))).joined(piece)
        return result

    def selection(self, argument):
        index, entries = argument
        entries = self.value(entries)
        if not isinstance(entries, list) or not entries:
            return Untold("Fn::Select of something that is no list")
        if self.parameters is None:
            return entries[0] if len(entries) == 1 else Either(tuple(entries))
        index = int(self.exact(index))
        return entries[index] if index < len(entries) else Untold("Fn::Select beyond the list")

    def split(self, argument):
        text = self.as_text(self.value(argument[1]), "Fn::Split")
        if isinstance(text, Untold) or text.options is None or len(text.options) != 1:
            return text if isinstance(text, Untold) else [Text()]
        return [Text((part,)) for part in text.options[0].split(argument[0])]

    def mapped(self, argument):
        name = argument[0]
        entries = self.template.get("Mappings", {}).get(name, {})
        values = [value for row in entries.values() for value in row.values()]
        return Either(tuple(map(self.value, values))) if values else Untold(f"no mapping {name}")
