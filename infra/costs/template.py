"""What the template has of which there is a price a month, read without a parser of YAML."""

import re


class Template:
    """Numbers of resources, and the memory of each function in MB."""

    def __init__(self, text):
        resources = text.split("\nResources:\n")[1].split("\nOutputs:\n")[0]
        kinds = re.findall(r"(?m)^    Type: (AWS::\S+)", resources)
        alarms = blocks_of(resources, "AWS::CloudWatch::Alarm")
        # An alarm is paid for by the metrics it looks at.
        self.alarmed_metrics = sum(max(1, alarm.count("MetricStat:")) for alarm in alarms)
        self.metrics = kinds.count("AWS::Logs::MetricFilter")
        self.dashboards = kinds.count("AWS::CloudWatch::Dashboard")
        self.secrets = kinds.count("AWS::SecretsManager::Secret")
        self.keys = kinds.count("AWS::KMS::Key")
        firewalls = blocks_of(resources, "AWS::WAFv2::WebACL")
        self.acls = len(firewalls)
        self.rules = sum(len(re.findall(r"(?m)^ +Priority: ", firewall)) for firewall in firewalls)
        self.memory = memory(text, blocks_of(resources, "AWS::Serverless::Function"))


def blocks_of(resources, kind):
    """The resources of one type, as text."""
    blocks = re.split(r"(?m)^  (?=\w+:\n)", resources)
    return [block for block in blocks if re.search(rf"(?m)^    Type: {kind}$", block)]


def memory(text, functions):
    """The memory of each function, by name; a parameter counts with its default."""
    defaults = dict(re.findall(r"(?m)^  (\w+):\n    Type: Number\n    Default: (\d+)", text))
    [general] = re.findall(r"(?m)^    MemorySize: (.*)", text.split("\nResources:\n")[0])
    found = {}
    for block in functions:
        [name] = re.findall(r"CodeUri: \.\./target/lambda/([a-z-]+)/", block)
        size = (re.findall(r"(?m)^      MemorySize: (.*)", block) or [general])[0]
        found[name] = int(defaults[size.split()[1]] if size.startswith("!Ref ") else size)
    return found
