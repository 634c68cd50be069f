"""What an operator asks of the function `operator`, as docs/operations.md says."""

from deployment import is_ready
from left_out import confirm, invoke
from person import Person, code_in


def ask(stage, action, person, **more):
    request = {"action": action, "person": {"user_name": person.address}, **more}
    return invoke(stage, "operator", request)


def known_by_sub(stage):
    """A user who types the pool's own name, which is the name in Cognito's events."""
    person = Person(stage)
    person.name = person.attributes()["sub"]
    return person


def budgets(stage):
    client, person = stage.outputs["WebClientId"], known_by_sub(stage)
    asked = person.start(client)
    code = code_in(person.mail())
    asked = person.answer(client, asked, code[:-1] + str((int(code[-1]) + 1) % 10))
    mail = {"factor": "mail"}
    counted = ask(stage, "show_budgets", person, **mail)["counted"]
    row = counted[client]
    assert (row["wrong_in_a_row"], row["mails_in_24_hours"]) == (1, 1), counted
    ask(stage, "reset_budgets", person, mode="dry_run", **mail)
    assert ask(stage, "show_budgets", person, **mail)["counted"] == counted
    ask(stage, "reset_budgets", person, mode="apply", **mail)
    assert ask(stage, "show_budgets", person, **mail)["counted"][client]["wrong_in_a_row"] == 0


def erasure(stage):
    client, person = stage.outputs["WebClientId"], known_by_sub(stage)
    confirm(stage, person)
    asked = person.start(client)
    assert "AuthenticationResult" in person.answer(client, asked, code_in(person.mail()))
    before = {table: len(stage.rows(table)) for table in ("Challenges", "Profiles")}
    ask(stage, "erase", person, mode="dry_run")
    assert {table: len(stage.rows(table)) for table in before} == before
    erased = ask(stage, "erase", person, mode="apply")
    assert erased["report"], erased
    left = {table: len(stage.rows(table)) for table in before}
    assert left == {table: count - 1 for table, count in before.items()}, left
    found = stage.idp.list_users(UserPoolId=stage.pool, Filter=f'email = "{person.address}"')
    assert found["Users"] == [], found
    ask(stage, "erase", person, mode="apply")


STEPS = is_ready("operator", "/operator/bootstrap.zip") * [
    ("an operator sees what a person's factor has counted, and takes it back", budgets),
    ("an operator erases a user, and no row and no user is left", erasure),
]
