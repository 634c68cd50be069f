"""The parameter sets in which each template is resolved: both shapes of the pool, with everything
at its default, switched on, and switched off."""

import re

from resolve import scalar_text

# What a parameter without a default gets.
GIVEN = {
    "ApiCertificate": "12345678-1234-1234-1234-123456789012",
    "ApiDomain": "id.example.com",
    "ApiOrigin": "d-0123456789.execute-api.eu-west-1.amazonaws.com",
    "LinkRedirects": "https://app.example.com/,http://localhost:3000/link",
    "MailFrom": "no-reply@mail.example.com",
    "MailIdentity": "mail.example.com",
    "WebOrigins": "https://app.example.com,http://localhost:3000",
}
# What switches things on, where neither an allowed value nor a number above nought does.
ON = {
    "AdapterKeySecret": "lifeguard/adapter",
    "Administrators": "arn:aws:iam::123456789012:role/Support,arn:aws:iam::123456789012:user/ann",
    "AlarmTopic": "arn:aws:sns:eu-west-1:123456789012:alarms",
    "AllowedDomains": "example.com,example.org",
    "ApiCertificate": "12345678-1234-1234-1234-123456789012",
    "ApiDomain": "id.example.com",
    "AppleServicesId": "com.example.app",
    "ChallengeUrl": "https://challenge.example.com/check",
    "FacebookAppId": "1234567890",
    "GoogleClientId": "1234.apps.googleusercontent.com",
    "OidcIssuers": "https://id.example.com",
    "OidcProviders": "arn:aws:iam::123456789012:oidc-provider/id.example.com",
    "OriginSecretHashes": f"{'0a' * 32},{'1b' * 32}",
    "OriginSecretVersion": "12345678-1234-1234-1234-123456789012",
    "SamlProviders": "arn:aws:iam::123456789012:saml-provider/example",
    "TrustedAddresses": "192.0.2.0/24,198.51.100.0/28",
    "TrustedAddressesV6": "2001:db8::/48",
}
# What switches things off that are on by default.
OFF = {"DefaultGroup": "", "ProfileRepair": "", "WafRequests": 0}
# A directory of the operator's own, which excludes switches of the built-in one.
ADAPTER = {"AdapterUrl": "https://users.example.com/", "AdapterKeySecret": "lifeguard/adapter"}
EXISTING = {"ExistingUserPool": "eu-west-1_Ab12Cd34E", "RepairExistingPool": "yes"}
# A replica of a pool, with the clients that are there already.
CLIENTS = {
    "ExistingWebClient": "1example23456789", "ExistingServerClient": "2example23456789",
    "PoolRegions": "eu-west-1,eu-central-1",
}


def sets(declared):
    """The parameter sets of a template by name; each is admitted by the template's own patterns."""
    defaults = {
        name: parameter["Default"] if "Default" in parameter else GIVEN.get(name)
        for name, parameter in declared.items()
    }
    missing = sorted(name for name, value in defaults.items() if value is None)
    assert not missing, f"tests/template/sets.py has no value for {', '.join(missing)}"
    on = {name: switched_on(name, parameter) for name, parameter in declared.items()}
    on = {name: value for name, value in on.items() if value is not None}
    shapes = {"": {}, "existing pool, ": EXISTING, "existing pool and clients, ": EXISTING | CLIENTS}
    found = {}
    for shape, chosen in shapes.items():
        if chosen.keys() <= declared.keys():
            for name, switches in switchings(on).items():
                chosen_here = {**defaults, **switches, **chosen}
                found[shape + name] = {each: chosen_here[each] for each in declared}
    for name, values in found.items():
        for parameter, value in values.items():
            refused = refusal(declared[parameter], value)
            assert not refused, f"{name}: {parameter} does not take {value!r}: {refused}"
    return found


def switchings(on):
    return {"defaults": {}, "all on": on, "adapter": ADAPTER, "all off": OFF}


def switched_on(name, declared):
    """A value other than the default, or None."""
    if name in EXISTING or name in CLIENTS:
        return None
    if name in ON:
        return ON[name]
    default = scalar_text(declared.get("Default", ""))
    if "AllowedValues" in declared:
        others = [each for each in declared["AllowedValues"] if scalar_text(each) != default]
        return others[-1] if others else None
    if declared["Type"] == "Number":
        return declared.get("MaxValue", int(declared.get("Default", 0)) + 1)
    return None


def refusal(declared, value):
    """The reason why CloudFormation does not take a value for a parameter, or None."""
    text = scalar_text(value)
    if "AllowedValues" in declared and text not in map(scalar_text, declared["AllowedValues"]):
        return "it is none of the allowed values"
    if declared["Type"] == "Number":
        least, most = declared.get("MinValue", value), declared.get("MaxValue", value)
        return None if float(least) <= float(value) <= float(most) else "it is out of range"
    pattern = declared.get("AllowedPattern", "")
    entries = text.split(",") if declared["Type"] == "CommaDelimitedList" else [text]
    if all(re.search(pattern, entry) for entry in entries):
        return None
    return f"{pattern} does not match"
