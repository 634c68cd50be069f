"""What goes wrong later: triggers that come after the pool, an update that fails, a stack anew."""

import json
import os
import subprocess
import sys
from pathlib import Path

from deployment import STACK
from first_deployment import left_by, what_is_there
from person import PASSWORD
from stack import SWITCHES


def triggers_of(stack):
    pools = stack.connect("cognito-idp")
    described = pools.describe_user_pool(UserPoolId=stack.outputs()["UserPoolId"])
    return described["UserPool"]["LambdaConfig"]


def stack_of(main):
    """The stack of this file, with every switch on."""
    return main.beside("later", PoolTriggers="none", **SWITCHES)


def later_triggers(stack):
    """Where Cognito takes no pool with functions that are not there yet."""
    expected = json.loads(json.dumps(triggers_of(stack)).replace(f":{STACK}-", ":later-"))
    assert len(expected) >= 5, expected
    later = stack_of(stack)
    later.create()
    assert triggers_of(later) == {}
    # The program for pools of others names the same functions.
    record = stack.deployment.template.with_name("later.json")
    record.unlink(missing_ok=True)
    pool_triggers(later, "attach", later.outputs()["UserPoolId"], later.name, record)
    assert triggers_of(later) == expected
    pool_triggers(later, "detach", record)
    assert triggers_of(later) == {}
    later.update(PoolTriggers="named", DeletionProtection="ACTIVE")
    assert triggers_of(later) == expected


def pool_triggers(stack, command, *words):
    tools = os.pathsep.join([str(Path(sys.executable).parent), stack.emulator.environment["PATH"]])
    program = [stack.deployment.binaries / "pool-triggers", command, "--yes", *map(str, words)]
    environment = stack.emulator.environment | {"PATH": tools}
    done = subprocess.run(program, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def failed_update(main):
    """A group of that name is there already; the update goes back, and works without it."""
    stack = stack_of(main)
    pools, before = stack.connect("cognito-idp"), stack.outputs()
    pool, variables = before["UserPoolId"], variables_of(stack)
    member = {"UserPoolId": pool, "Username": "member@example.net"}
    pools.admin_create_user(**member, MessageAction="SUPPRESS", TemporaryPassword=PASSWORD)
    pools.admin_add_user_to_group(**member, GroupName="members")
    pools.create_group(UserPoolId=pool, GroupName="staff")
    members = members_of(pools, pool)
    assert len(members) == 1
    failures = stack.fails("UPDATE_ROLLBACK_COMPLETE", DefaultGroup="staff", Application="Pier")
    assert list(failures) == ["DefaultGroupOfPool"], failures
    assert (stack.outputs(), variables_of(stack)) == (before, variables)
    assert members_of(pools, pool) == members
    pools.delete_group(UserPoolId=pool, GroupName="staff")
    stack.update(DefaultGroup="staff", Application="Pier")
    assert '"default_group":"staff"' in variables_of(stack)["POLICY"]
    assert stack.outputs()["UserPoolId"] == pool
    assert members_of(pools, pool) == members, "the former group has lost its members"


def variables_of(stack):
    function = f"{stack.name}-post-confirmation"
    answer = stack.connect("lambda").get_function_configuration(FunctionName=function)
    return answer["Environment"]["Variables"]


def members_of(pools, pool):
    members = pools.list_users_in_group(UserPoolId=pool, GroupName="members")["Users"]
    return {member["Username"] for member in members}


def made_again(main):
    """What is kept has no name that a stack of the same name would need."""
    stack = stack_of(main)
    before, kept = what_is_there(stack), stack.outputs()
    stack.delete()
    after = what_is_there(stack)
    gone = left_by(after, before)
    assert not (left := left_by(before, after)), left
    assert {"functions", "roles", "log groups", "web ACLs", "HTTP APIs", "queues"} <= set(gone), gone
    groups = [name for name in after["log groups"] if f"/{stack.name}-" in name]
    assert not groups, groups
    assert not set(gone) & {"user pools", "identity pools", "tables", "secrets", "keys"}, gone
    assert kept["Files"] in after["buckets"], "the bucket is gone"
    stack.create()
    again = stack.outputs()
    # MiniStack gives tables, secrets and buckets the names that they had.
    for name in ("UserPool", "IdentityPool", "Key"):
        assert again[name] != kept[name], f"{name} was taken over"
    stack.delete()


STEPS = [
    ("a pool made without triggers gets them by an update", later_triggers),
    ("an update that fails goes back, and no group loses its members", failed_update),
    ("a deleted stack keeps the data of users and can be made again", made_again),
]
