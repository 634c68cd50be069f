"""JSON of which the schema says nothing: CloudFormation converts nothing there.

A `Ref` is text in it, also one to a parameter of the type Number. So each place has a reason here
why that is right, and each reason a rule that holds every value to it. A place without a reason is
a finding, as is a reason without a place. The list may only shrink: prefer a typed property.
"""

from fnmatch import fnmatchcase

from values import NOTHING, Either, Text, Untold

# How many places there may be.
MOST = 8

POLICY = "the grammar of policies takes texts, for numbers and booleans of conditions too"


def texts(value, path):
    """Every leaf is text, however it comes about."""
    if not isinstance(value, Text):
        yield path, f"untyped JSON of texts has {described(value)}"


def literals(value, path):
    """Every leaf stands in the template, as the JSON that the service gets."""
    if isinstance(value, Text) and not value.literal:
        yield path, f"untyped JSON of literals has {described(value)}, which is text in it"


def empty(value, path):
    """There is no leaf."""
    yield path, f"untyped JSON without members has {described(value)}"


# `*` stands for any part of the path.
PLACES = {
    "AWS::IAM::Role/AssumeRolePolicyDocument": (texts, POLICY),
    "AWS::IAM::Role/Policies/*/PolicyDocument": (texts, POLICY),
    "AWS::KMS::Key/KeyPolicy": (texts, POLICY),
    "AWS::S3::BucketPolicy/PolicyDocument": (texts, POLICY),
    "AWS::Cognito::IdentityPool/SupportedLoginProviders": (
        texts, "SupportedLoginProviders of CreateIdentityPool is a map of texts"),
    "AWS::Cognito::IdentityPoolPrincipalTag/PrincipalTags": (
        texts, "PrincipalTags of SetPrincipalTagAttributeMap is a map of texts"),
    "AWS::StepFunctions::StateMachine/Definition": (
        literals, "the Amazon States Language has numbers; parameters enter as text by "
        "DefinitionSubstitutions"),
    "AWS::WAFv2::WebACL/Rules/*": (
        empty, "what the schema does not type in rules of WAF are marks without members, such as "
        "NoneAction and UriPath"),
}


def leaves(value, path=()):
    """Each leaf of a resolved value with its path; each branch of a condition counts."""
    if isinstance(value, Either):
        for branch in value.branches:
            yield from leaves(branch, path)
    elif isinstance(value, dict):
        for name, member in value.items():
            yield from leaves(member, path + (name,))
    elif isinstance(value, list):
        for place, entry in enumerate(value):
            yield from leaves(entry, path + (str(place),))
    elif value is not NOTHING:
        yield path, value


def described(value):
    if not isinstance(value, Text):
        return f"the literal {value!r}"
    if value.number:
        return "a Ref to a Number"
    return "a text" if value.options is None else f"the text {value.options[0]!r}"


class Untyped:
    """Holds the untyped JSON of one resource type to the reasons above."""

    def __init__(self, kind, used):
        self.kind = kind
        #: The places that were met.
        self.used = used

    def __call__(self, path, value):
        names = ["*" if name.isdigit() else name for name in path]
        place = "/".join([self.kind, *names])
        findings = [
            (path + inner, f"its type cannot be told: {leaf.reason}")
            for inner, leaf in leaves(value) if isinstance(leaf, Untold)
        ]
        known = next((each for each in PLACES if fnmatchcase(place, each)), None)
        if known is None:
            found = [
                (path + inner, f"{described(leaf)} in untyped JSON, where nothing is converted")
                for inner, leaf in leaves(value) if isinstance(leaf, Text) and not leaf.literal
            ]
            return findings + (found or [(path, f"untyped JSON without a reason: {place}")])
        self.used.add(known)
        rule, _reason = PLACES[known]
        for inner, leaf in leaves(value):
            if not isinstance(leaf, Untold):
                findings += rule(leaf, path + inner)
        return findings
