"""What Lifeguard costs, from prices.toml, usage.toml and the template.

    python3 infra/costs/costs.py > docs/costs.md

Python 3.11 and nothing else.
"""

import re
import sys
import tomllib
from math import ceil, inf
from pathlib import Path

from template import Template

HERE = Path(__file__).parent
PRICES = tomllib.loads((HERE / "prices.toml").read_text())
USAGE = tomllib.loads((HERE / "usage.toml").read_text())
PEOPLE, TIME = USAGE["people"], USAGE["time"]
SIZES = {"10 k": 10_000, "1 M": 1_000_000, "100 M": 100_000_000}
PLANS = {"Lite": "cognito_lite", "Essentials": "cognito_essentials", "Plus": "cognito_plus"}


def price(name, units):
    """What so many units of a month cost, step by step."""
    total, below = 0.0, 0
    for until, each in PRICES[name]["steps"]:
        total += max(0, min(units, until) - below) * each
        below = until
    return total


class Month:
    """How often what happens in a month."""

    def __init__(self, template):
        self.template = template
        self.count = {}

    @classmethod
    def of_people(cls, people, template, rounds=1):
        """A month of so many active people."""
        month = cls(template)
        sign_ins = people * PEOPLE["sign-ins of one person a month"]
        starts = sign_ins * (1 + PEOPLE["further mails for one sign-in"])
        month.add(USAGE["start"], starts)
        month.add(USAGE["first_round"], starts * (rounds - 1))
        month.add(USAGE["answer"], sign_ins)
        month.add(USAGE["wrong_answer"], sign_ins * PEOPLE["wrong codes for one sign-in"])
        month.add(USAGE["new_person"], people * PEOPLE["part of the people who are new"])
        rows = USAGE["rows"]
        stored = rows["challenge_bytes"] + rows["profile_bytes"] + 2 * rows["overhead_bytes"]
        month.add({"stored_gb": stored / 1e9}, people)
        return month

    @classmethod
    def of_tokens(cls, tokens, template):
        """A month of so many tokens of developer-identity and nothing else."""
        month = cls(template)
        month.add(USAGE["token"], tokens)
        return month

    def add(self, what, times):
        for name, number in what.items():
            self.count[name] = self.count.get(name, 0) + number * times

    def lines(self):
        """The parts of the bill that grow with use: name, the prices in it, dollars."""
        runs = {name: self.count.get(name, 0) for name in USAGE["functions"]}
        logs = sum(runs[name] * USAGE["functions"][name]["log_bytes"] for name in runs) / 1e9
        kept = logs * TIME["days that logs are kept"] / 30
        traces = sum(runs.values()) * TIME["part of the invocations that X-Ray samples"]
        reads = self.secret_reads(runs)
        stored = self.count.get("stored_gb", 0)
        parts = {
            "mails": {"ses_essentials": self.count.get("mail", 0)},
            "invocations": {
                "lambda_request": sum(runs.values()),
                "lambda_gb_second": self.gb_seconds(runs),
            },
            "requests of the HTTP API": {"http_request": self.count.get("http_request", 0)},
            "writes of DynamoDB": {"dynamodb_write": self.count["dynamodb_write"]},
            "its stream, read by Lambda": {"dynamodb_stream_read": runs["deliver-message"]},
            "rows and their backup": {"dynamodb_storage": stored, "dynamodb_backup": stored},
            "logs, taken in and kept": {"log_gb": logs, "log_gb_month": kept},
            "traces": {"trace": traces},
            "the code key and its key": {
                "secret_read": reads,
                "kms_call": reads + self.key_calls(),
            },
            "requests seen by the firewall": {"waf_request": self.requests()},
        }
        for name, units in parts.items():
            if any(units.values()):
                yield name, list(units), sum(price(part, number) for part, number in units.items())

    def gb_seconds(self, runs):
        cold = TIME["part of the invocations that start an instance"] * TIME["milliseconds that adds"]
        return sum(
            runs[name] * self.template.memory[name] / 1024 * (function["ms"] + cold) / 1000
            for name, function in USAGE["functions"].items()
        )

    def instances(self, name, runs):
        """How many instances of a function the busiest second needs."""
        average = runs[name] / (TIME["hours of a month"] * 3600)
        busiest = average * PEOPLE["the busiest second against the average"]
        return ceil(busiest * USAGE["functions"][name]["ms"] / 1000)

    def secret_reads(self, runs):
        """Every instance reads the secret when it starts, and anew now and then."""
        anew = TIME["hours of a month"] * USAGE["secret"]["reads_an_hour"]
        starts = TIME["part of the invocations that start an instance"]
        return sum(
            self.instances(name, runs) * anew + runs[name] * starts
            for name in USAGE["secret"]["readers"]
        )

    def key_calls(self):
        return TIME["hours of a month"] * USAGE["keys"]["calls_an_hour"] * USAGE["keys"]["tables"]

    def requests(self):
        """Calls of the user pool's API: a start, an answer, and three for each new person."""
        times = {"create-auth-challenge": 1, "verify-auth-challenge": 1, "pre-sign-up": 3}
        return sum(number * self.count.get(name, 0) for name, number in times.items())


def standing(template):
    """The parts of the bill that do not grow: name, price, number."""
    return [
        ("metrics under alarm", "alarm", template.alarmed_metrics),
        ("metrics of our own", "metric", template.metrics),
        ("dashboard", "dashboard", template.dashboards),
        ("secret", "secret", template.secrets),
        ("key", "kms_key", template.keys),
        ("firewall", "waf_acl", template.acls),
        ("rules in it", "waf_rule", template.rules),
    ]


def dollars(amount, digits=2):
    if 0 < amount < 0.5 / 10**digits:
        return "< " + f"{1 / 10**digits:.{digits}f}"
    return f"{amount:,.{digits}f}" if amount < 1000 else f"{amount:,.0f}"


def marked(name, prices):
    """The name of a line, with a mark if one of its prices could not be looked up."""
    known = all("source" in PRICES[each] and "doubt" not in PRICES[each] for each in prices)
    return name if known else f"{name} (?)"


def table(head, rows, numbers=True):
    ruler = "---:|" if numbers else "---|"
    return "\n".join([
        f"| {' | '.join(head)} |",
        "|---|" + ruler * (len(head) - 1),
        *(f"| {' | '.join(row)} |" for row in rows),
    ])


def by_month(template):
    columns = [list(Month.of_people(people, template).lines()) for people in SIZES.values()]
    fixed = sum(price(name, number) for _, name, number in standing(template))
    rows = [[marked(row[0][0], row[0][1]), *(dollars(cost) for _, _, cost in row)]
            for row in zip(*columns, strict=True)]
    rows.append([marked("what stands anyway", [name for _, name, _ in standing(template)]),
                 *[dollars(fixed)] * len(columns)])
    ours = [fixed + sum(cost for _, _, cost in column) for column in columns]
    rows.append(["**Lifeguard**", *(f"**{dollars(cost)}**" for cost in ours)])
    mails = [Month.of_people(people, template).count["mail"] for people in SIZES.values()]
    rows.append(["the same with mails à la carte", *(
        dollars(cost - price("ses_essentials", number) + price("ses_a_la_carte", number))
        for cost, number in zip(ours, mails, strict=True))])
    for plan, name in PLANS.items():
        rows.append([marked(f"the user pool itself, plan {plan}", [name]),
                     *(dollars(price(name, people)) for people in SIZES.values())])
    return table(["active people", *SIZES], rows)


def by_thousand(template):
    """A thousand sign-ins at the margin: the difference between two months so far apart."""
    people, more = 1_000_000, 1000 / PEOPLE["sign-ins of one person a month"]
    columns = []
    for rounds in (1, 2):
        dear = Month.of_people(people + more, template, rounds).lines()
        cheap = Month.of_people(people, template, rounds).lines()
        pairs = zip(dear, cheap, strict=True)
        columns.append([(name, prices, a - b) for (name, prices, a), (_, _, b) in pairs])
    return summed(["a thousand sign-ins", "one round", "two rounds"], columns)


def summed(head, columns):
    rows = [[marked(row[0][0], row[0][1]), *(dollars(cost, 4) for _, _, cost in row)]
            for row in zip(*columns, strict=True)]
    sums = [sum(cost for _, _, cost in column) for column in columns]
    return table(head, [*rows, ["**together**", *(f"**{dollars(cost, 4)}**" for cost in sums)]])


def by_token(template):
    million = Month.of_tokens(1_000_000, template).lines()
    column = [(name, prices, cost / 1000) for name, prices, cost in million]
    return summed(["of a million, a thousand tokens", "US dollars"], [column])


def assumed(template):
    rows = [[name, str(value)] for name, value in (PEOPLE | TIME).items()]
    rows += [[f"`{name}`: milliseconds, at {template.memory[name]} MB", str(function["ms"])]
             for name, function in USAGE["functions"].items()]
    return table(["guess", "value"], rows)


def price_rows():
    for entry in PRICES.values():
        steps = [
            f"{each:.10f}".rstrip("0").rstrip(".") + ("" if until == inf else f" up to {until:,.0f}")
            for until, each in entry["steps"]
        ]
        where = entry.get("source", "(?) from memory")
        if "doubt" in entry:
            where += f"; (?) {entry['doubt']}"
        yield [entry["unit"], ", then ".join(steps), str(entry.get("read", "(?)")), where]


def main():
    template = Template((HERE.parent / "template.yaml").read_text())
    missing = set(USAGE["functions"]) - set(template.memory)
    if missing:
        sys.exit(f"the template has no function {', '.join(sorted(missing))}")
    parts = {
        "thousand": by_thousand(template),
        "month": by_month(template),
        "standing": ", ".join(f"{number} {name} at {dollars(price(key, 1))}"
                              for name, key, number in standing(template) if number),
        "token": by_token(template),
        "assumed": assumed(template),
        "prices": table(["one", "US dollars", "as of", "where"], price_rows(), numbers=False),
    }
    page = (HERE / "page.md").read_text()
    print(re.sub(r"<!-- (\w+) -->", lambda mark: parts[mark[1]], page), end="")


if __name__ == "__main__":
    main()
