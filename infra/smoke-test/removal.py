"""Erases and deletes what this run made, and nothing that was there before it."""

import json

from botocore.exceptions import BotoCoreError, ClientError
from stage import Failed, demand


def own_user(stage):
    """The user name of the user that this run signed up; None if it made none, or it is gone."""
    if stage.sub is None:
        return None
    pool = stage.client("cognito-idp")
    try:
        found = pool.admin_get_user(UserPoolId=stage.outputs["UserPoolId"], Username=stage.address)
    except ClientError as error:
        if error.response["Error"]["Code"] == "UserNotFoundException":
            return None
        raise
    attributes = {each["Name"]: each.get("Value") for each in found["UserAttributes"]}
    # The address may belong to another user by now.
    return found["Username"] if attributes.get("sub") == stage.sub else None


def erase(stage):
    """Asks `operator` to erase what this run made, in pool and directory."""
    person, user_name = {}, own_user(stage)
    if user_name is not None:
        person["user_name"] = user_name
    if stage.registered:
        person["account"] = {"address": stage.address}
    demand(person, "this run made no user, so none is erased")
    request = {"action": "erase", "person": person, "mode": "apply"}
    answer = stage.client("lambda").invoke(
        FunctionName=f"{stage.stack}-operator", Payload=json.dumps(request).encode())
    said = answer["Payload"].read().decode()
    demand("FunctionError" not in answer, f"operator answers {said[:300]}")
    report = json.loads(said).get("report", [])
    done = report and all(entry["outcome"] == "done" for entry in report)
    demand(done, f"operator reports {report or 'nothing'}")
    stage.registered = False


def delete_user(stage):
    """Deletes the user that this run signed up, if it is still there."""
    user_name = own_user(stage)
    if user_name is not None:
        stage.client("cognito-idp").admin_delete_user(
            UserPoolId=stage.outputs["UserPoolId"], Username=user_name)


def clean_up(stage, erases):
    """Removes what this run made and did not erase; gives what is left. `erases` is false if
    `operator` is not to be asked: then rows and an account of the directory stay."""
    left = []
    try:
        if erases and (stage.registered or own_user(stage) is not None):
            erase(stage)
    except (Failed, ClientError, BotoCoreError, KeyError, ValueError) as error:
        left.append(f"what operator erases: {error or type(error).__name__}")
    try:
        delete_user(stage)
    except (ClientError, BotoCoreError, KeyError) as error:
        left.append(f"the user of the pool: {error or type(error).__name__}")
    return left
