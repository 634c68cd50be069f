"""Judges every property of one template: for every value that the parameters admit, then in each
parameter set."""

import json

import schemas
import untyped
from judge import Judge
from resolve import Resolver
from sets import sets

# How many properties of each template have a type that was judged, at least; raise them when a
# template has grown.
FEWEST = {"edge.yaml": 150, "template.yaml": 2100}
# Where a template is deployed, if not in any Region.
REGIONS = {"edge.yaml": "us-east-1"}


def main(*paths):
    """Prints what was judged and found in each pair of a template and its translation; returns the
    exit code."""
    met, findings = set(), []
    for template, translated in zip(paths[::2], paths[1::2], strict=True):
        findings += check(template.name, json.loads(translated.read_text()), met)
    findings += [
        f"tests/template/untyped.py: {place} has a reason, but no template has it: take it out"
        for place in untyped.PLACES.keys() - met
    ]
    if len(untyped.PLACES) > untyped.MOST:
        findings.append(f"tests/template/untyped.py: more than {untyped.MOST} places of untyped JSON")
    print(*findings, sep="\n", end="\n" if findings else "")
    return 1 if findings else 0


def check(name, document, met):
    """Judges one template; `met` gets the places of untyped JSON."""
    region = REGIONS.get(name, schemas.REGION)
    judged, findings = judge(Resolver(document, region=region), met, limits=False)
    chosen = sets(document.get("Parameters", {}))
    seen = set(findings)
    for title, parameters in chosen.items():
        resolver = Resolver(document, parameters, region)
        findings += [(("Rules", rule), f"refuses the set ({title})") for rule in resolver.refusing()]
        also, found = judge(resolver, met, limits=True)
        judged |= also
        findings += [(path, f"{text} ({title})") for path, text in found if (path, text) not in seen]
        seen.update(found)
    if len(judged) < FEWEST.get(name, 1):
        findings.append(((), f"only {len(judged)} properties are judged, of {FEWEST[name]}"))
    kinds = {resource["Type"] for resource in document["Resources"].values()}
    print(f"{name}: {len(judged)} properties of {len(document['Resources'])} resources of "
          f"{len(kinds)} types are judged by the schemas of {schemas.published()[:10]}, with any "
          f"parameters and in {len(chosen)} parameter sets.")
    return [f"{name}: {'/'.join(path)}: {text}" for path, text in findings]


def judge(resolver, met, limits):
    """The places that were judged, and the findings, of every resource that is made."""
    judged, findings = set(), []
    for name, resource in resolver.resources.items():
        if resolver.exists(name):
            kind = resource["Type"]
            root = schemas.schema(kind, resolver.region)
            one = Judge(root, untyped.Untyped(kind, met), limits)
            one.judge(resolver.value(resource.get("Properties", {})), root, ())
            judged |= {(name, *path) for path in one.judged}
            findings += [((name, *path), text) for path, text in one.findings]
    return judged, findings + outputs(resolver)


def outputs(resolver):
    """An output is a text."""
    findings = []
    for name, output in resolver.template.get("Outputs", {}).items():
        condition = output.get("Condition")
        if resolver.parameters is None or condition is None or resolver.holds(condition):
            one = Judge({}, None)
            one.judge(resolver.value(output["Value"]), {"type": "string"}, ("Outputs", name))
            findings += one.findings
    return findings
