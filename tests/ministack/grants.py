"""Every function has the grants of its own role and no others; without them nothing works."""

from botocore.exceptions import ClientError
from deployment import STACK
from person import Person


def roles(stage):
    """The role of each function, by the function's name: no two share one."""
    found = {}
    for function in stage.functions.list_functions()["Functions"]:
        name = function["FunctionName"].removeprefix(f"{STACK}-")
        found[name] = function["Role"].rsplit("/", 1)[1]
    assert len(set(found.values())) == len(found) > 5, found
    return found


def without_grants(stage):
    """Shows that the sign-ins before were held against the policies of the template."""
    iam = stage.connect(stage.emulator, "iam")
    role = roles(stage)["create-auth-challenge"]
    for policy in iam.list_role_policies(RoleName=role)["PolicyNames"]:
        iam.delete_role_policy(RoleName=role, PolicyName=policy)
    client, person = stage.outputs["WebClientId"], Person(stage)
    asked = person.start(client)
    try:
        answer = person.answer(client, asked, "-", {"signInMethod": "EMAIL_OTP"})
    except ClientError as error:
        assert "Try again later" in error.response["Error"]["Message"], error
        assert "AccessDenied" not in error.response["Error"]["Message"], error
    else:
        raise AssertionError(f"a challenge was issued without a grant: {list(answer)}")


STEPS = [
    ("a function without its grants does nothing and says nothing", without_grants),
]
