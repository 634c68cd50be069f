"""The published schemas of resource types, as cfn-lint ships them.

    schemas.py TYPE...

Prints the create-only properties of each type as JSON. Import or run this beside cfn-lint
(`target/ci/venv`); nothing is fetched.
"""

import functools
import json
import sys
from pathlib import Path

import cfnlint

ROOT = Path(cfnlint.__file__).parent / "data" / "schemas"
REGION = "eu-west-1"


class UnknownType(Exception):
    """A resource type that no schema describes in the Region."""


@functools.cache
def _index(region):
    return json.loads((ROOT / "providers" / f"{region}.json").read_text())


@functools.cache
def schema(kind, region=REGION):
    """The schema of a resource type such as AWS::SQS::Queue."""
    if kind not in _index(region):
        raise UnknownType(kind)
    return json.loads((ROOT / "resources" / f"{_index(region)[kind]}.json").read_text())


def published():
    """The day of the schemas."""
    return json.loads((ROOT / "version.json").read_text())["schema_date"]


def at(root, pointer):
    """The part of a schema that a pointer such as #/definitions/Rule names."""
    found = root
    for name in pointer.lstrip("#").strip("/").split("/"):
        found = found[name.replace("~1", "/").replace("~0", "~")]
    return found


def create_only(kind):
    """The names of the properties that replace the resource when they, or a part of them, change.

    Those of `conditionalCreateOnlyProperties`, which replace it for some changes only, are among
    them.
    """
    names = ("createOnlyProperties", "conditionalCreateOnlyProperties")
    pointers = [pointer for name in names for pointer in schema(kind).get(name, [])]
    return sorted({pointer.split("/")[2] for pointer in pointers})


def attribute(kind, name, region=REGION):
    """The schema of what `Fn::GetAtt` gives for an attribute such as Arn or Endpoint.Address."""
    found = root = schema(kind, region)
    for part in name.split("."):
        while "$ref" in found:
            found = at(root, found["$ref"])
        if part not in found.get("properties", {}):
            raise KeyError(f"{kind} has no attribute {name}")
        found = found["properties"][part]
    while "$ref" in found:
        found = at(root, found["$ref"])
    return found


if __name__ == "__main__":
    print(json.dumps({kind: create_only(kind) for kind in sys.argv[1:]}))
