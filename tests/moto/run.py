"""Creates, updates and deletes our template on moto, as far as moto knows its resource types.

    run.py TRANSLATED

TRANSLATED is what .ci/translate made of the template. Every step is printed; the first that is not
as expected ends the run with an error.
"""

import json
import os
import sys
import warnings
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "template"))
REGION = "eu-west-1"
os.environ |= {
    "AWS_ACCESS_KEY_ID": "made-up",
    "AWS_SECRET_ACCESS_KEY": "made-up",
    "AWS_DEFAULT_REGION": REGION,
}

import boto3
import moto

import limits
import reads
import schemas
from cut import cut, known_types
from resolve import Resolver
from sets import sets

STACK = "lifeguard"
# One set of each shape with defaults and one with everything on.
SETS = [
    "defaults", "all on", "all off", "existing pool, defaults", "existing pool and clients, all on",
]
CHANGED = {"TriggerMemory": 512, "ProviderMemory": 2048, "ParallelizationFactor": 3, "Application": "Beach"}
# Where each change has to be seen: resource, property and value.
ARRIVED = [
    ("PreSignUp", "MemorySize", 512),
    ("DeveloperIdentity", "MemorySize", 2048),
    ("DeliverMessageStream", "ParallelizationFactor", 3),
    ("DeliverMessage", "Environment", '"application":"Beach"'),
]
steps = 0


@contextmanager
def step(text):
    """One step; what is wrong in it ends the run."""
    global steps
    try:
        yield
    except BaseException:
        print(f"not as expected  {text}", flush=True)
        raise
    steps += 1
    print(f"  ok  {text}", flush=True)


class Stack:
    """The cut template as a stack of moto, in one parameter set."""

    def __init__(self, template, parameters):
        self.template = template
        self.parameters = parameters
        self.client = boto3.client("cloudformation")

    def create(self):
        self.client.create_stack(**self.request())
        return self.ended("CREATE_COMPLETE")

    def update(self, parameters):
        self.parameters = parameters
        self.client.update_stack(**self.request())
        return self.ended("UPDATE_COMPLETE")

    def request(self):
        given = [
            {"ParameterKey": name, "ParameterValue": str(value)} for name, value in self.parameters.items()
        ]
        return {"StackName": STACK, "TemplateBody": json.dumps(self.template), "Parameters": given}

    def ended(self, status):
        """The id of each resource."""
        [found] = self.client.describe_stacks(StackName=STACK)["Stacks"]
        assert found["StackStatus"] == status, found["StackStatus"]
        resources = self.client.describe_stack_resources(StackName=STACK)["StackResources"]
        # moto lists what a condition leaves out, without a name.
        return {
            each["LogicalResourceId"]: each.get("PhysicalResourceId")
            for each in resources if "LogicalResourceId" in each
        }

    def expected(self):
        """The resources that are made, with their properties as far as they are known."""
        resolver = Resolver(self.template, self.parameters)
        return {
            name: (resource["Type"], resolver.value(resource["Properties"]))
            for name, resource in self.template["Resources"].items() if resolver.exists(name)
        }


def read_back(stack, ids):
    """The properties, by type, of which the service does not say what the template asks for."""
    expected = stack.expected()
    assert ids.keys() == expected.keys(), f"differ: {sorted(ids.keys() ^ expected.keys())}"
    missing = set()
    granted = {}
    for name, (kind, properties) in expected.items():
        if kind == "AWS::Lambda::Permission":
            function = ids[stack.template["Resources"][name]["Properties"]["FunctionName"]["Ref"]]
            granted.setdefault(function, list(reads.permissions(function)))
            properties = {each: value for each, value in properties.items() if each != "FunctionName"}
            if not any(reads.held(properties, statement) for statement in granted[function]):
                missing.add(f"{kind}/{name}")
            continue
        found = reads.READS[kind](ids[name])
        for each, value in properties.items():
            if each not in found or not reads.held(value, found[each]):
                missing.add(f"{kind}/{each}")
    return missing


def arrived(stack, ids):
    """Each change is seen where it has to be."""
    kinds = {name: kind for name, (kind, _properties) in stack.expected().items()}
    for name, each, value in ARRIVED:
        found = reads.READS[kinds[name]](ids[name])[each]
        is_there = value in json.dumps(found).replace('\\"', '"') if isinstance(value, str) else found == value
        assert is_there, f"{name} has {each} {found}"


def replaced(before, after):
    """The create-only properties that the update would change: it would make the resource anew."""
    return [
        f"{name}/{property}"
        for name, (kind, properties) in after.items() if name in before
        for property in schemas.create_only(kind)
        if before[name][1].get(property) != properties.get(property)
    ]


def left_over(ids):
    """The names of what is there after the stack was deleted."""
    sqs, functions = boto3.client("sqs"), boto3.client("lambda")
    found = boto3.client("dynamodb").list_tables()["TableNames"]
    found += [role["RoleName"] for role in boto3.client("iam").list_roles()["Roles"]]
    found += [group["logGroupName"] for group in boto3.client("logs").describe_log_groups()["logGroups"]]
    found += [each["FunctionName"] for each in functions.list_functions()["Functions"]]
    found += sqs.list_queues().get("QueueUrls", [])
    found += [each["Name"] for each in boto3.client("s3").list_buckets()["Buckets"]]
    machines = boto3.client("stepfunctions").list_state_machines()["stateMachines"]
    found += [each["stateMachineArn"] for each in machines]
    return sorted(set(found) & set(ids.values()))


def upload(template):
    """Puts an empty archive where the template takes the code of each function from."""
    client = boto3.client("s3")
    codes = [
        resource["Properties"]["Code"] for resource in template["Resources"].values()
        if resource["Type"] == "AWS::Lambda::Function"
    ]
    for bucket in {code["S3Bucket"] for code in codes}:
        client.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
    for code in codes:
        client.put_object(Bucket=code["S3Bucket"], Key=code["S3Key"], Body=b"PK\x05\x06" + b"\0" * 18)


def deploy(template, title, parameters):
    """The life of one stack; returns what the services do not say of it."""
    with moto.mock_aws(config={"lambda": {"use_docker": False}}):
        upload(template)
        stack = Stack(template, parameters)
        with step(f"{title}: the stack is created"):
            ids = stack.create()
            missing = read_back(stack, ids)
        with step(f"{title}: the stack is updated, every change arrives and nothing is made anew"):
            before = stack.expected()
            updated = stack.update(parameters | CHANGED)
            anew = replaced(before, stack.expected())
            assert not anew, f"the update would replace {', '.join(anew)}"
            assert updated == ids, f"differ: {sorted(set(updated.items()) ^ set(ids.items()))}"
            arrived(stack, updated)
            missing |= read_back(stack, updated)
        with step(f"{title}: the stack is deleted, and created again under the same name"):
            stack.client.delete_stack(StackName=STACK)
            left = left_over(updated)
            assert not left, f"still there: {', '.join(left)}"
            missing |= read_back(stack, stack.create())
    return missing


def compare(file, found):
    """A list that may only shrink: it grows by no check, and shrinks by hand."""
    listed = (HERE / file).read_text().split("\n")
    listed = [line for line in listed if line and not line.startswith("#")]
    more, fewer = sorted(set(found) - set(listed)), sorted(set(listed) - set(found))
    assert not more, f"not in tests/moto/{file}, which may only shrink: {', '.join(more)}"
    assert not fewer, f"take out of tests/moto/{file}: {', '.join(fewer)}"
    return len(listed)


def main(translated):
    template = json.loads(Path(translated).read_text())
    known = known_types()
    used = {resource["Type"] for resource in template["Resources"].values()}
    cut_down = cut(template, known)
    covered = sorted(used & known.keys())
    print(f"moto {moto.__version__} knows {len(covered)} of {len(used)} resource types, and with them "
          f"{len(cut_down['Resources'])} of {len(template['Resources'])} resources:")
    for kind in covered:
        print(f"      {kind}" + "".join(f", no {verb}" for verb in ("update", "delete") if verb not in known[kind]))
    chosen = sets(template["Parameters"])
    missing = set()
    for title in SETS:
        missing |= deploy(cut_down, title, chosen[title])
    with step("what moto does not cover is what is listed"):
        types = compare("types-not-covered.txt", used - known.keys())
        properties = compare("properties-not-held.txt", missing)
    with step("what moto does not do is what is listed"):
        with moto.mock_aws(config={"lambda": {"use_docker": False}}):
            done = limits.done()
        assert not done, f"moto does it now, correct tests/moto/limits.py: {'; '.join(done)}"
    print(f"\nNot covered by moto: {types} resource types and {properties} properties of the others; "
          "tests/moto has the lists.")
    print("What no run on moto or MiniStack shows:")
    print(*(f"  - {text}" for text, _tried in limits.BY_NEITHER), sep="\n")
    print("What moto does not do, and MiniStack has:")
    print(*(f"  - {text}" for text, _tried in limits.BY_MINISTACK_ALONE), sep="\n")
    print(f"\n{steps} passed, 0 failed")


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main(*sys.argv[1:])
