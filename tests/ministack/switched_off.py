"""A stack without anything that a parameter can leave out: a user signs in there all the same."""

from first_deployment import left_by, what_is_there
from person import Stage
from sign_ins import code_with_boto3
from stack import OFF


def without_the_rest(main):
    before = what_is_there(main)
    plain = main.beside("plain", **OFF)
    plain.create()
    made = left_by(before, what_is_there(plain))
    assert {"user pools", "identity pools", "tables", "functions", "HTTP APIs"} <= made.keys(), made
    assert "web ACLs" not in made, made
    stage = Stage(plain.emulator, plain.outputs())
    assert stage.idp.list_groups(UserPoolId=stage.pool)["Groups"] == []
    code_with_boto3(stage)
    plain.delete()
    left = left_by(before, what_is_there(plain))
    assert not left.keys() & {"functions", "roles", "log groups", "HTTP APIs", "queues"}, left


STEPS = [("a stack with everything off takes sign-ins, and goes again", without_the_rest)]
