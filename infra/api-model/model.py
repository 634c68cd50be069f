"""Writes what the local Cognito reads of AWS's API models, out of botocore's copy of them.

    pip install botocore==1.44.8
    python3 infra/api-model/model.py

`operations.txt` names every action of the services that the local Cognito knows, with its access
(public or signed) and, for REST services, its method and URI. `inputs.json` has the constraints
on the inputs of the user pools' actions that are served.
"""

import json
import re
from pathlib import Path

from botocore.loaders import Loader

HERE = Path(__file__).parent
TARGET = HERE.parent / "local-cognito/aws-emulation/src"

# The names of the services in botocore, and those in signatures.
SERVICES = {
    "cognito-identity": "cognito-identity",
    "cognito-idp": "cognito-idp",
    "dynamodb": "dynamodb",
    "lambda": "lambda",
    "secretsmanager": "secretsmanager",
    "sesv2": "ses",
    "sts": "sts",
}

# What the service was seen to enforce where the published model differs.
OBSERVED = {
    # Public reports up to 2026 quote this pattern in errors; a space within a password is allowed.
    "PasswordType": {"pattern": r"^[\S]+.*[\S]+$"},
}

CONSTRAINTS = ("type", "min", "max", "pattern", "enum", "required", "sensitive")


def operations(loader):
    lines = []
    for botocore_name, name in SERVICES.items():
        model = loader.load_service_model(botocore_name, "service-2")
        for action, operation in model["operations"].items():
            is_public = operation.get("authtype") == "none" or "smithy.api#noAuth" in operation.get(
                "auth", []
            )
            line = [name, action, "public" if is_public else "signed"]
            if model["metadata"]["protocol"] == "rest-json":
                http = operation["http"]
                line += [http["method"], http["requestUri"]]
            lines.append(" ".join(line))
    return "\n".join(sorted(lines)) + "\n"


def inputs(loader):
    model = loader.load_service_model("cognito-idp", "service-2")
    shapes = {}

    def add(name):
        if name in shapes:
            return
        shape = model["shapes"][name]
        kept = {key: shape[key] for key in CONSTRAINTS if key in shape}
        kept.update(OBSERVED.get(name, {}))
        shapes[name] = kept
        if "members" in shape:
            kept["members"] = {key: value["shape"] for key, value in shape["members"].items()}
        for key in ("member", "key", "value"):
            if key in shape:
                kept[key] = shape[key]["shape"]
        for child in [*kept.get("members", {}).values(), *(kept.get(k) for k in ("member", "key", "value"))]:
            if child:
                add(child)

    actions = {}
    for action in served():
        actions[action] = model["operations"][action]["input"]["shape"]
        add(actions[action])
    return {"actions": actions, "shapes": shapes}


def served():
    """The actions in the table of the user pools."""
    folder = HERE.parent / "local-cognito/user-pool/src/actions"
    source = (folder / "table.rs").read_text()
    return sorted(re.findall(r'^    (?:public|signed)\(\s*"(\w+)"', source, re.M))


def in_lines(inputs):
    """One shape a line, so that a change shows."""
    parts = []
    for part in ("actions", "shapes"):
        entries = [
            f"{json.dumps(name)}: {json.dumps(value)}" for name, value in sorted(inputs[part].items())
        ]
        parts.append(json.dumps(part) + ": {\n" + ",\n".join(entries) + "\n}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def main():
    loader = Loader()
    (TARGET / "operations.txt").write_text(operations(loader))
    (TARGET / "inputs.json").write_text(in_lines(inputs(loader)))


if __name__ == "__main__":
    main()
