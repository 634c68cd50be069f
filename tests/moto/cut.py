"""Cuts a translated template down to the resource types that moto knows."""

import copy
import re

from moto.cloudformation.parsing import get_model_map


def known_types():
    """The resource types that moto creates, each with what else it can do with them."""
    found = {}
    for kind, model in get_model_map().items():
        can = [
            verb
            for verb in ("update", "delete")
            if not hasattr(getattr(model, f"{verb}_from_cloudformation_json"), "__isabstractmethod__")
            or (verb == "delete" and hasattr(model, "delete"))
        ]
        found[kind] = can
    return found


def cut(template, known):
    """The template with the known types only; what refers to the others gets values that are made
    up. A reference to what does not exist at all stays, and moto refuses it."""
    gone = {
        name: resource["Type"]
        for name, resource in template["Resources"].items()
        if resource["Type"] not in known
    }
    kept = copy.deepcopy(template)
    kept["Resources"] = {
        name: resource for name, resource in kept["Resources"].items() if name not in gone
    }
    for resource in kept["Resources"].values():
        depends = resource.pop("DependsOn", [])
        depends = [depends] if isinstance(depends, str) else depends
        depends = [name for name in depends if name not in gone]
        if depends:
            resource["DependsOn"] = depends
    kept["Resources"] = replaced(kept["Resources"], gone)
    kept["Outputs"] = replaced(kept.get("Outputs", {}), gone)
    # moto knows no Rules; the parameters are held against them before.
    kept.pop("Rules", None)
    return kept


def replaced(value, gone):
    """The value with made-up values for references to what is gone."""
    if isinstance(value, list):
        return [replaced(each, gone) for each in value]
    if not isinstance(value, dict):
        return value
    if value.keys() == {"Ref"} and value["Ref"] in gone:
        return invented(value["Ref"], gone)
    if value.keys() == {"Fn::GetAtt"}:
        argument = value["Fn::GetAtt"]
        name, attribute = argument.split(".", 1) if isinstance(argument, str) else argument
        # moto takes the list only.
        return invented(name, gone, attribute) if name in gone else {"Fn::GetAtt": [name, attribute]}
    if value.keys() == {"Fn::Sub"}:
        text, *names = value["Fn::Sub"] if isinstance(value["Fn::Sub"], list) else [value["Fn::Sub"]]
        text = re.sub(
            r"\$\{([A-Za-z0-9]+)(?:\.([A-Za-z0-9.]+))?\}",
            lambda found: invented(found[1], gone, found[2]) if found[1] in gone else found[0],
            text,
        )
        return {"Fn::Sub": [text, *replaced(names, gone)] if names else text}
    return {name: replaced(each, gone) for name, each in value.items()}


def invented(name, gone, attribute=None):
    """A value for a resource that is not there: an ARN where one is asked for."""
    if attribute and attribute.endswith("Arn"):
        service = gone[name].split("::")[1].lower()
        return f"arn:aws:{service}:eu-west-1:123456789012:made-up/{name}"
    return f"made-up-{name}" + (f"-{attribute}" if attribute else "")
