"""Judges whether a resolved value has the type that a schema asks for, after the conversions that
CloudFormation makes on the way to a typed property, and no others.

* A text becomes an integer, a number or a boolean if it reads as one.
* A number and a boolean become a text.
* Within untyped JSON nothing is converted: a `Ref` to a parameter of the type Number stays text.
"""

import json
import re

import schemas
from values import NOTHING, Either, Text, Untold

INTEGER = re.compile(r"-?\d+")
NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][-+]?\d+)?")


class Judge:
    """Judges values against one schema and keeps what it found.

    `untyped` is called with the path of each untyped JSON and its value, and returns findings.
    With `limits` it also judges length, range, pattern and enumeration of what is known exactly.
    """

    def __init__(self, root, untyped, limits=False):
        self.root = root
        self.untyped = untyped
        self.limits = limits
        self.findings = []
        #: Each place that was judged by a type, as a tuple of names.
        self.judged = set()

    def judge(self, value, schema, path):
        schema = self.flat(schema)
        if isinstance(value, Either):
            for branch in value.branches:
                self.judge_branch(branch, schema, path)
            return
        if isinstance(value, Untold):
            self.find(path, f"its type cannot be told: {value.reason}")
            return
        choices = self.choices(schema)
        if choices:
            self.any(value, choices, path)
            return
        kinds = kinds_of(schema)
        if not kinds:
            self.find(path, "its type cannot be told: the schema names none")
        elif isinstance(value, dict):
            self.judge_object(value, schema, kinds, path)
        elif isinstance(value, list):
            self.judge_list(value, schema, kinds, path)
        else:
            self.judge_scalar(value, schema, kinds, path)

    def judge_branch(self, branch, schema, path):
        # AWS::NoValue leaves the property out.
        if branch is not NOTHING:
            self.judge(branch, schema, path)

    def choices(self, schema):
        """The alternatives of a schema that name types, each with what holds for all of them."""
        named = [self.flat(choice) for choice in schema.get("anyOf") or schema.get("oneOf") or []]
        common = {name: part for name, part in schema.items() if name not in ("anyOf", "oneOf")}
        return [
            {**common, **choice, "properties": {**common.get("properties", {}), **choice.get("properties", {})}}
            for choice in named if kinds_of(choice)
        ]

    def any(self, value, choices, path):
        """One of the choices has to fit; those with untyped JSON come last."""
        tries = []
        for choice in sorted(choices, key=is_untyped):
            attempt = Judge(self.root, self.untyped, self.limits)
            attempt.judge(value, choice, path)
            if not attempt.findings:
                self.judged |= attempt.judged
                return
            tries.append(attempt)
        for attempt in tries:
            self.judged |= attempt.judged
            self.findings += attempt.findings

    def judge_object(self, value, schema, kinds, path):
        if "object" not in kinds:
            self.find(path, f"an object where {' or '.join(kinds)} is due")
            return
        if is_untyped(schema):
            self.findings += self.untyped(path, value)
            return
        self.judged.add(path)
        for name, member in value.items():
            found = self.member(schema, name)
            if found is None:
                self.find(path + (name,), "its type cannot be told: the schema has no such property")
            elif member is not NOTHING:
                self.judge(member, found, path + (name,))
        if self.limits:
            for name in schema.get("required", []):
                if name not in value:
                    self.find(path + (name,), "is required and missing")

    @staticmethod
    def member(schema, name):
        if name in schema.get("properties", {}):
            return schema["properties"][name]
        for pattern, found in schema.get("patternProperties", {}).items():
            if re.search(pattern, name):
                return found
        more = schema.get("additionalProperties")
        return more if isinstance(more, dict) else None

    def judge_list(self, value, schema, kinds, path):
        if "array" not in kinds:
            self.find(path, f"a list where {' or '.join(kinds)} is due")
            return
        if "items" not in schema:
            self.find(path, "its type cannot be told: the schema names no type of the entries")
            return
        self.judged.add(path)
        for place, entry in enumerate(value):
            if entry is not NOTHING:
                self.judge(entry, schema["items"], path + (str(place),))

    def judge_scalar(self, value, schema, kinds, path):
        self.judged.add(path)
        if value is None:
            self.find(path, "null, which is no value of a property")
            return
        if not any(converts(value, kind) for kind in kinds):
            self.find(path, f"{named(value)} where {' or '.join(kinds)} is due")
        elif self.limits:
            self.judge_limits(value, schema, kinds, path)

    def judge_limits(self, value, schema, kinds, path):
        for text in exact_texts(value):
            if "enum" in schema and text not in [json_text(each) for each in schema["enum"]]:
                self.find(path, f"{text!r} is none of its values")
            if kinds[0] in ("integer", "number"):
                number = float(text)
                if not schema.get("minimum", number) <= number <= schema.get("maximum", number):
                    self.find(path, f"{text} is out of its range")
            elif kinds[0] == "string":
                least, most = schema.get("minLength", 0), schema.get("maxLength", len(text))
                if not least <= len(text) <= most:
                    self.find(path, f"{len(text)} characters are out of its range")
                if "pattern" in schema and not matches(schema["pattern"], text):
                    self.find(path, f"{text!r} does not match {schema['pattern']}")

    def flat(self, schema):
        """The schema with what it refers to."""
        merged = dict(schema)
        while "$ref" in merged:
            merged = {**schemas.at(self.root, merged.pop("$ref")), **merged}
        for part in merged.pop("allOf", []):
            if "if" not in part:
                part = self.flat(part)
                properties = {**part.get("properties", {}), **merged.get("properties", {})}
                merged = {**part, **merged, **({"properties": properties} if properties else {})}
        return merged

    def find(self, path, text):
        self.findings.append((path, text))


def kinds_of(schema):
    kinds = schema.get("type", [])
    if not kinds and (schema.get("properties") or schema.get("patternProperties")):
        return ["object"]
    return [kinds] if isinstance(kinds, str) else kinds


def is_untyped(schema):
    """True for an object of which the schema says nothing else."""
    told = ("properties", "patternProperties")
    more = schema.get("additionalProperties")
    return "object" in kinds_of(schema) and not (any(map(schema.get, told)) or more is not None)


def converts(value, kind):
    """True if CloudFormation makes a scalar of this kind of the value."""
    if kind == "string":
        return isinstance(value, (Text, bool, int, float))
    if isinstance(value, Text):
        if kind in ("integer", "number") and value.options is None:
            return value.number
        return value.options is not None and all(reads_as(text, kind) for text in value.options)
    if kind == "boolean":
        return isinstance(value, bool)
    if kind == "integer":
        whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
        return whole and not isinstance(value, bool)
    return kind == "number" and isinstance(value, (int, float)) and not isinstance(value, bool)


def reads_as(text, kind):
    if kind == "boolean":
        return text in ("true", "false")
    pattern = {"integer": INTEGER, "number": NUMBER}.get(kind)
    return pattern is not None and pattern.fullmatch(text) is not None


def named(value):
    if isinstance(value, Text):
        if value.options is not None:
            return f"the text {' or '.join(map(repr, value.options))}"
        return "a text that is a number" if value.number else "a text that is not known here"
    return f"the literal {json.dumps(value)}"


def exact_texts(value):
    if isinstance(value, Text):
        return value.options or ()
    return (json_text(value),)


def json_text(value):
    return value if isinstance(value, str) else json.dumps(value)


def matches(pattern, text):
    try:
        return re.search(pattern, text) is not None
    except re.error:
        # A pattern of another dialect; cfn-lint judges it.
        return True
