"""MiniStack, with what our template has and MiniStack does not know.

Started by emulator.py as a process of its own. What is added here stands in README.md beside this
file; anything else that MiniStack does not know fails the deployment.
"""

import dataclasses
import inspect
import json
import random
import re
import string
import time
from contextvars import ContextVar

from ministack.app import main
from ministack.core import iam_actions, iam_evaluator
from ministack.services import cloudformation, cloudwatch_logs, cognito, sts, waf
from ministack.services.cloudformation import changesets, engine, handlers, provisioners, stacks

resources = provisioners._RESOURCE_HANDLERS

def place_holder(logical_id, _properties, stack):
    return f"{stack}-{logical_id}", {"Arn": f"arn:aws:placeholder:::{stack}-{logical_id}"}


def kept(physical_id, *_others, **_named):
    return physical_id, {}


def removed(_physical_id, _properties):
    pass


def associate_firewalls():
    """MiniStack has associations of web ACLs, but not as a resource of a template.

    As with AWS WAF, a web ACL cannot be associated right after its creation: here, not before the
    operation that has created it is over.
    """
    name = "AWS::WAFv2::WebACLAssociation"
    if name in resources:
        raise SystemExit(f"MiniStack knows {name} now: take it off, here and in README.md")
    firewall = resources["AWS::WAFv2::WebACL"]
    create, created_in = firewall["create"], {}

    def operation(stack):
        return stack, cloudformation._stacks[stack]["LastUpdatedTime"]

    def create_and_note(logical_id, properties, stack):
        physical_id, attributes = create(logical_id, properties, stack)
        created_in[attributes["Arn"]] = operation(stack)
        return physical_id, attributes

    def associate(_logical_id, properties, stack):
        if created_in.get(properties["WebACLArn"]) == operation(stack):
            raise ValueError("WAFUnavailableEntityException: the web ACL is not ready yet")
        status, _, body = waf._associate_web_acl(properties)
        if status >= 400:
            raise ValueError(body)
        return f"{properties['WebACLArn']}|{properties['ResourceArn']}", {}

    def disassociate(_physical_id, properties):
        waf._disassociate_web_acl(properties)

    firewall["create"] = create_and_note
    # Both of its properties are create-only.
    resources[name] = {"create": associate, "update": kept, "delete": disassociate}


def make_sets_of_addresses():
    """MiniStack has sets of addresses for web ACLs, but not as a resource of a template."""
    name = "AWS::WAFv2::IPSet"
    if name in resources:
        raise SystemExit(f"MiniStack knows {name} now: take it off, here and in README.md")

    def create(logical_id, properties, stack):
        named = {"Name": f"{stack}-{logical_id}"} | properties
        status, _, body = waf._create_ip_set(named)
        if status >= 400:
            raise ValueError(body)
        made = json.loads(body)["Summary"]
        return f"{made['Name']}|{made['Id']}|{properties['Scope']}", {"Arn": made["ARN"], "Id": made["Id"]}

    def identified(physical_id, properties):
        return properties | {"Id": physical_id.split("|")[1]}

    def update(physical_id, _old, new, *_others, **_named):
        waf._update_ip_set(identified(physical_id, new))
        return physical_id, {}

    def delete(physical_id, properties):
        waf._delete_ip_set(identified(physical_id, properties))

    resources[name] = {"create": create, "update": update, "delete": delete}


def protect_user_pools():
    """MiniStack deletes a user pool in spite of its deletion protection."""
    if "DeletionProtection" in inspect.getsource(cognito._delete_user_pool):
        raise SystemExit("MiniStack protects user pools now: take it off, here and in README.md")
    delete, pool = cognito._delete_user_pool, resources["AWS::Cognito::UserPool"]
    delete_of_a_stack = pool["delete"]
    refusal = (
        "The user pool cannot be deleted because deletion protection is activated. "
        "Deletion protection must be inactivated first."
    )

    def is_protected(pool_id):
        return cognito._user_pools.get(pool_id, {}).get("DeletionProtection") == "ACTIVE"

    def delete_unprotected(data):
        if is_protected(data.get("UserPoolId")):
            return cognito.error_response_json("InvalidParameterException", refusal, 400)
        return delete(data)

    def delete_unprotected_of_a_stack(pool_id, properties):
        if is_protected(pool_id):
            raise ValueError(refusal)
        delete_of_a_stack(pool_id, properties)

    cognito._delete_user_pool = delete_unprotected
    pool["delete"] = delete_unprotected_of_a_stack


def keep_tags_of_aws():
    """MiniStack lets `UpdateUserPool` remove tags that begin with `aws:`, which only AWS can."""
    update = cognito._update_user_pool

    def update_other_tags(data):
        pool = cognito._user_pools.get(data.get("UserPoolId"), {})
        tags = {name: tag for name, tag in pool.get("UserPoolTags", {}).items() if name.startswith("aws:")}
        if "UserPoolTags" in data:
            data = data | {"UserPoolTags": data["UserPoolTags"] | tags}
        return update(data)

    cognito._update_user_pool = update_other_tags


def refuse_what_exists():
    """MiniStack puts log groups and groups of a template in the place of those that are there."""

    def log_groups(_properties):
        return cloudwatch_logs._log_groups

    def groups(properties):
        return cognito._user_pools[properties["UserPoolId"]]["_groups"]

    for kind, name, existing in (
        ("AWS::Logs::LogGroup", "LogGroupName", log_groups),
        ("AWS::Cognito::UserPoolGroup", "GroupName", groups),
    ):
        resources[kind]["create"] = create_if_absent(resources[kind]["create"], name, existing)


def create_if_absent(create, name, existing):
    def create_new(logical_id, properties, stack):
        if properties[name] in existing(properties):
            raise ValueError(f"{properties[name]} already exists")
        return create(logical_id, properties, stack)

    return create_new


def hold_places_of_alarms_over_several_metrics():
    alarms = resources["AWS::CloudWatch::Alarm"]
    create, update, delete = alarms["create"], alarms["update"], alarms["delete"]
    held = set()

    def create_if_known(logical_id, properties, stack):
        if "Metrics" not in properties:
            return create(logical_id, properties, stack)
        physical_id, attributes = place_holder(logical_id, properties, stack)
        held.add(physical_id)
        return physical_id, attributes

    def update_if_known(physical_id, *others, **named):
        return (kept if physical_id in held else update)(physical_id, *others, **named)

    def delete_if_known(physical_id, properties):
        return (removed if physical_id in held else delete)(physical_id, properties)

    alarms |= {"create": create_if_known, "update": update_if_known, "delete": delete_if_known}


def join_in_conditions():
    """MiniStack takes `!Join` of a list parameter within a condition for a value of its own."""
    evaluate = engine._evaluate_conditions

    def joined(value, parameters):
        if isinstance(value, list):
            return [joined(each, parameters) for each in value]
        if not isinstance(value, dict):
            return value
        if "Fn::Join" in value:
            mark, items = value["Fn::Join"]
            return mark.join(each.strip() for each in parameters[items["Ref"]]["Value"].split(","))
        return {name: joined(member, parameters) for name, member in value.items()}

    def evaluate_joined(template, parameters):
        conditions = joined(template.get("Conditions", {}), parameters)
        return evaluate({**template, "Conditions": conditions}, parameters)

    for module in (changesets, engine, handlers, stacks):
        module._evaluate_conditions = evaluate_joined


def refer_to_secrets_by_arn():
    """`!Ref` of a secret is its ARN; MiniStack has its name, which no policy would match."""
    secret = resources["AWS::SecretsManager::Secret"]
    create, update, delete = secret["create"], secret["update"], secret["delete"]

    def name_of(arn):
        return arn.split(":secret:")[1].rsplit("-", 1)[0]

    def create_and_name_by_arn(*arguments):
        _, attributes = create(*arguments)
        return attributes["Arn"], attributes

    def update_by_name(physical_id, *others, **named):
        _, attributes = update(name_of(physical_id), *others, **named)
        return attributes["Arn"], attributes

    def delete_by_name(physical_id, properties):
        delete(name_of(physical_id), properties)

    secret |= {"create": create_and_name_by_arn, "update": update_by_name, "delete": delete_by_name}


def generate_secrets_as_asked():
    """MiniStack overlooks which kinds of letters a generated secret must not have."""
    kinds = {
        "ExcludeLowercase": string.ascii_lowercase,
        "ExcludeUppercase": string.ascii_uppercase,
        "ExcludeNumbers": string.digits,
        "ExcludePunctuation": string.punctuation,
    }

    def generate(properties):
        asked = properties["GenerateSecretString"]
        excluded = asked.get("ExcludeCharacters", "")
        letters = "".join(all_of for name, all_of in kinds.items() if not asked.get(name))
        letters = [letter for letter in letters if letter not in excluded]
        value = "".join(random.SystemRandom().choices(letters, k=int(asked["PasswordLength"])))
        return json.dumps(json.loads(asked["SecretStringTemplate"]) | {asked["GenerateStringKey"]: value})

    provisioners._sm_secret_string = generate


def give_clients_numbers():
    """MiniStack hands on what a parameter says as text: no client of AWS reads such an answer."""
    client = resources["AWS::Cognito::UserPoolClient"]
    create, update = client["create"], client["update"]

    def typed(properties):
        validities = ("AccessTokenValidity", "AuthSessionValidity", "IdTokenValidity", "RefreshTokenValidity")
        return properties | {name: int(properties[name]) for name in validities if name in properties}

    def create_typed(logical_id, properties, stack):
        return create(logical_id, typed(properties), stack)

    def update_typed(physical_id, old, new, *others, **named):
        return update(physical_id, typed(old), typed(new), *others, **named)

    client |= {"create": create_typed, "update": update_typed}


def authorize_mails_by_sender():
    """SES holds a mail against its sender's address, and in the sandbox against its recipient's identity."""
    sender = ContextVar("sender", default="")
    resource_of, enforce = iam_actions._ses_v2_resource_arn, iam_evaluator.enforce

    def identity_of(method, path, body, region, account):
        if not path.endswith("/outbound-emails"):
            return resource_of(method, path, body, region, account)
        mail = json.loads(body)
        sender.set(mail["FromEmailAddress"])
        return f"arn:aws:ses:{region}:{account}:identity/{mail['Destination']['ToAddresses'][0]}"

    def enforce_with_sender(key, action, *others, service_context=None, **named):
        if action == "ses:SendEmail":
            service_context = {**(service_context or {}), "ses:FromAddress": sender.get()}
        return enforce(key, action, *others, service_context=service_context, **named)

    iam_actions._ses_v2_resource_arn = identity_of
    iam_evaluator.enforce = enforce_with_sender


def know_the_owner_of_a_row():
    """MiniStack has no `dynamodb:LeadingKeys`; here for requests about one row with a `pk`."""
    context_of = iam_actions.dynamodb_service_context

    def context_with_leading_key(body):
        asked = json.loads(body or b"{}")
        row = asked.get("Item") or asked.get("Key") or {}
        leading = {"dynamodb:LeadingKeys": [row["pk"]["S"]]} if "pk" in row else {}
        return context_of(body) | leading

    iam_actions.dynamodb_service_context = context_with_leading_key


def vend_developer_identities():
    """MiniStack has no identities of a developer provider, only their names."""
    action = "GetOpenIdTokenForDeveloperIdentity"
    if action in inspect.getsource(cognito._dispatch_identity):
        raise SystemExit(f"MiniStack knows {action} now: take it off, here and in README.md")
    dispatch = cognito._dispatch_identity

    def vend(data):
        pool = cognito._identity_pools[data["IdentityPoolId"]]
        [(provider, name)] = data["Logins"].items()
        assert provider == pool["DeveloperProviderName"], provider
        known = pool.setdefault("_developers", {})
        asked = data.get("IdentityId") or known.get(name)
        identity = asked or cognito._identity_id(data["IdentityPoolId"])
        assert known.setdefault(name, identity) == identity, "an identity of another user"
        now = int(time.time())
        token = cognito._signed_jwt({
            "iss": "https://cognito-identity.amazonaws.com",
            "aud": data["IdentityPoolId"],
            "sub": identity,
            "amr": ["authenticated", provider],
            "iat": now,
            "exp": now + data.get("TokenDuration", 900),
        })
        pool["_identities"][identity] = {
            "IdentityId": identity,
            "Logins": {"cognito-identity.amazonaws.com": token},
            "CreationDate": now,
            "LastModifiedDate": now,
        }
        return cognito.json_response({"IdentityId": identity, "Token": token})

    async def dispatch_developers_too(name, data):
        return vend(data) if name == action else await dispatch(name, data)

    cognito._dispatch_identity = dispatch_developers_too


def put_in_policy_variables():
    """MiniStack takes `${cognito-identity.amazonaws.com:sub}` for a word of its own."""
    keys_of, evaluate = iam_evaluator._principal_keys, iam_evaluator.evaluate

    def keys_with_identity(credential):
        session = sts._sessions.get(credential.access_key_id) or {}
        identity = session.get("_identity_id")
        own = {"cognito-identity.amazonaws.com:sub": identity} if identity else {}
        return keys_of(credential) | own

    def put_in(value, keys):
        if isinstance(value, dict):
            return {name: put_in(member, keys) for name, member in value.items()}
        if isinstance(value, list):
            return [put_in(member, keys) for member in value]
        # Without a value for its variable a statement matches nothing.
        return re.sub(r"\$\{(.*?)\}", lambda name: keys.get(name[1].lower(), "\0"), value)

    def evaluate_with_variables(context, *layers):
        def filled(statement):
            return dataclasses.replace(
                statement,
                resources=put_in(statement.resources, context.principal_keys),
                conditions=put_in(statement.conditions, context.principal_keys),
            )

        layers = [[[filled(each) for each in policy] for policy in layer] for layer in layers]
        return evaluate(context, *layers)

    iam_evaluator._principal_keys = keys_with_identity
    iam_evaluator.evaluate = evaluate_with_variables


associate_firewalls()
make_sets_of_addresses()
protect_user_pools()
keep_tags_of_aws()
refuse_what_exists()
hold_places_of_alarms_over_several_metrics()
join_in_conditions()
refer_to_secrets_by_arn()
generate_secrets_as_asked()
give_clients_numbers()
authorize_mails_by_sender()
know_the_owner_of_a_row()
vend_developer_identities()
put_in_policy_variables()
main()
