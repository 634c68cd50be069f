"""Questions about user pools. Each has the name of an option of the local Cognito; its answer is a
reading of that option."""

import functools

from bench import MAILBOX, PASSWORD, Unsettled, fired, kind, unique, yes
from botocore.exceptions import ClientError
from srp import Proof

WRONG = "Not-the-right-password-9"
BAD_ANSWER = "InvalidLambdaResponseException"
TEMPORARY = {"MessageAction": "SUPPRESS", "TemporaryPassword": PASSWORD}


def refusal(failed, *kinds):
    """True if a call was refused with one of these types of error, false if it was not refused."""
    if failed is not None and failed.response["Error"]["Code"] not in kinds:
        raise Unsettled(f"another refusal: {failed}")
    return failed is not None


def option(readings=("true", "false")):
    """Marks a question by the readings that it may have; None admits any answer."""
    def mark(question):
        question.readings = readings
        return question
    return mark


@functools.lru_cache(maxsize=None)
def slow_sign_up(bench):
    """A sign-up of which the trigger takes longer than Cognito waits: calls and the error."""
    name = unique("slow")
    events, failed = bench.during(lambda: bench.sign_up(name))
    if failed is None:
        raise Unsettled("a slow trigger is waited for")
    return len(fired(events, "PreSignUp")), failed.response["Error"]["Code"]


@option(readings=None)
def attempts(bench):
    return str(slow_sign_up(bench)[0])


@option(readings=None)
def time_out_kind(bench):
    return slow_sign_up(bench)[1]


@option(readings=None)
def verified_without_address_kind(bench):
    return kind(lambda: bench.sign_up(unique("verified")))[0]


@option()
def unknown_response_keys_accepted(bench):
    failed = bench.during(lambda: bench.sign_up(unique("extra")))[1]
    return yes(not refusal(failed, BAD_ANSWER))


@option()
def added_nulls_accepted(bench):
    failed = bench.during(lambda: bench.sign_up(unique("nulls")))[1]
    return yes(not refusal(failed, BAD_ANSWER))


@option()
def pre_sign_up_for_taken_name(bench):
    name = bench.confirmed()
    events, failed = bench.during(lambda: bench.sign_up(name))
    if failed is None or failed.response["Error"]["Code"] != "UsernameExistsException":
        raise Unsettled(f"the name is not taken: {failed}")
    return yes(fired(events, "PreSignUp"))


@option(readings=("Refused", "DefaultText"))
def codeless_message(bench):
    failed = bench.during(lambda: bench.sign_up(unique("codeless"), email=True))[1]
    return "Refused" if refusal(failed, BAD_ANSWER) else "DefaultText"


@option()
def admin_create_metadata_in_custom_message(bench):
    events, failed = bench.during(lambda: bench.users.admin_create_user(
        UserPoolId=bench.pool, Username=unique("plain"), TemporaryPassword=PASSWORD,
        UserAttributes=[{"Name": "email", "Value": MAILBOX}], ClientMetadata={"told": "yes"}))
    [event] = fired(events, "CustomMessage_AdminCreateUser") or unexpected(failed)
    return yes((event["request"].get("clientMetadata") or {}).get("told") == "yes")


def unexpected(failed):
    raise Unsettled(f"the trigger is not called: {failed}")


def unconfirmed(bench):
    name = unique("plain")
    bench.sign_up(name)
    return name


@option()
def pre_authentication_for_unconfirmed(bench):
    name = unconfirmed(bench)
    events, _ = bench.during(lambda: bench.start("USER_PASSWORD_AUTH", name, PASSWORD=PASSWORD))
    return yes(fired(events, "PreAuthentication"))


@option()
def unconfirmed_before_password(bench):
    name = unconfirmed(bench)
    return yes(kind(lambda: bench.start("USER_PASSWORD_AUTH", name, PASSWORD=WRONG))[0]
               == "UserNotConfirmedException")


@option()
def post_authentication_after_new_password(bench):
    name = unique("plain")
    bench.users.admin_create_user(UserPoolId=bench.pool, Username=name, **TEMPORARY)
    asked = bench.start("USER_PASSWORD_AUTH", name, PASSWORD=PASSWORD)
    events, failed = bench.during(
        lambda: bench.answer(asked, {"USERNAME": name, "NEW_PASSWORD": WRONG}))
    if failed is not None:
        raise Unsettled(f"a new password is refused: {failed}")
    return yes(fired(events, "PostAuthentication"))


@option()
def pre_authentication_while_locked(bench):
    name = bench.confirmed()
    for _ in range(10):
        events, failed = bench.during(lambda: bench.start("USER_PASSWORD_AUTH", name, PASSWORD=WRONG))
        if failed is not None and "attempts exceeded" in str(failed):
            return yes(fired(events, "PreAuthentication"))
    raise Unsettled("ten wrong passwords lock nothing")


@option()
def pre_authentication_after_migration(bench):
    events, failed = bench.during(lambda: bench.start(
        "USER_PASSWORD_AUTH", unique("migrate"), bench.second_client, PASSWORD=PASSWORD))
    if failed is not None:
        raise Unsettled(f"no user is migrated: {failed}")
    return yes(fired(events, "PreAuthentication"))


def srp_first(bench, name, proof):
    """A custom sign-in that begins with a password."""
    return bench.start("CUSTOM_AUTH", name, CHALLENGE_NAME="SRP_A", SRP_A=proof.srp_a)


@option()
def define_after_wrong_password(bench):
    name, proof = bench.confirmed(), Proof()
    asked = srp_first(bench, name, proof)
    responses = proof.responses(bench.pool, asked["ChallengeParameters"], WRONG)
    events, failed = bench.during(lambda: bench.answer(asked, responses))
    if failed is None:
        raise Unsettled("a wrong password is taken")
    return yes(fired(events, "DefineAuthChallenge"))


@option()
def custom_proof_needs_session(bench):
    name, proof = bench.confirmed(), Proof()
    asked = srp_first(bench, name, proof)
    responses = proof.responses(bench.pool, asked["ChallengeParameters"], PASSWORD)
    failed = bench.during(lambda: bench.answer(asked, responses, session=False))[1]
    return yes(refusal(failed, "NotAuthorizedException", "InvalidParameterException"))


@option()
def session_beside_secret_block(bench):
    return yes("Session" in bench.start("USER_SRP_AUTH", bench.confirmed(), SRP_A=Proof().srp_a))


@option()
def secret_block_used_once(bench):
    name, proof = bench.confirmed(), Proof()
    asked = bench.start("USER_SRP_AUTH", name, SRP_A=proof.srp_a)
    responses = proof.responses(bench.pool, asked["ChallengeParameters"], PASSWORD)
    if "AuthenticationResult" not in bench.answer(asked, responses):
        raise Unsettled("the password proof gives no tokens")
    failed = bench.during(lambda: bench.answer(asked, responses))[1]
    return yes(refusal(failed, "NotAuthorizedException"))


@option(readings=("Simulated", "Refused"))
def hidden_delivery(bench):
    call = lambda: bench.visitor.forgot_password(ClientId=bench.hiding, Username=unique("unknown"))
    failed = bench.during(call)[1]
    return "Refused" if refusal(failed, "InvalidParameterException") else "Simulated"


@option(readings=None)
def unknown_user_text(bench):
    name = unique("unknown")
    asked = bench.start("CUSTOM_AUTH", name, bench.hiding)
    responses = {"USERNAME": asked["ChallengeParameters"].get("USERNAME", name), "ANSWER": "1"}
    return kind(lambda: bench.answer(
        asked, responses, bench.hiding, ClientMetadata={"behaviour": "issue"}))[1]


@option(readings=("Unrecognizable", "Fails"))
def undecided_define(bench):
    found = kind(lambda: bench.start("CUSTOM_AUTH", bench.confirmed("undecided")))[0]
    if found not in (BAD_ANSWER, "NotAuthorizedException"):
        raise Unsettled(f"another refusal: {found}")
    return "Unrecognizable" if found == BAD_ANSWER else "Fails"


@option(readings=("FailWins", "IssueWins"))
def both_flags(bench):
    failed = bench.during(lambda: bench.start("CUSTOM_AUTH", bench.confirmed("both")))[1]
    return "FailWins" if refusal(failed, "NotAuthorizedException") else "IssueWins"


@option()
def pre_authentication_in_custom_auth(bench):
    events, _ = bench.during(lambda: bench.start("CUSTOM_AUTH", bench.confirmed()))
    return yes(fired(events, "PreAuthentication"))


@option()
def verify_without_answer(bench):
    name = bench.confirmed()
    asked = bench.start("CUSTOM_AUTH", name)
    events, _ = bench.during(lambda: bench.answer(asked, {"USERNAME": name}))
    return yes(fired(events, "VerifyAuthChallengeResponse"))


@option(readings=None)
def admin_reset_occasion(bench):
    name = bench.confirmed()
    bench.users.admin_update_user_attributes(
        UserPoolId=bench.pool, Username=name,
        UserAttributes=[{"Name": "email", "Value": MAILBOX}, {"Name": "email_verified", "Value": "true"}])
    events, failed = bench.during(
        lambda: bench.users.admin_reset_user_password(UserPoolId=bench.pool, Username=name))
    [event] = fired(events, "CustomMessage") or unexpected(failed)
    return event["triggerSource"].partition("_")[2]


@option(readings=("Fresh", "Typed", "Stable"))
def unknown_user_name(bench):
    name, shown = unique("unknown"), []
    for _ in range(2):
        events, failed = bench.during(lambda: bench.start("CUSTOM_AUTH", name, bench.hiding))
        shown.append((fired(events, "DefineAuthChallenge") or unexpected(failed))[0]["userName"])
    if shown[0] == name:
        return "Typed"
    return "Stable" if shown[0] == shown[1] else "Fresh"


def signed_in(bench, source):
    """The event of a trigger in a sign-in by password, of a user without groups or devices."""
    name = bench.confirmed()
    events, failed = bench.during(lambda: bench.start("USER_PASSWORD_AUTH", name, PASSWORD=PASSWORD))
    [event] = fired(events, source) or unexpected(failed)
    return event["request"]


@option()
def group_configuration_null_without_groups(bench):
    return yes(signed_in(bench, "TokenGeneration").get("groupConfiguration") is None)


@option(readings=("absent", "true", "false"))
def new_device_used(bench):
    found = signed_in(bench, "PostAuthentication").get("newDeviceUsed")
    return "absent" if found is None else yes(found)


# Questions without an option: their answers are for docs/uncertain.md.

def metadata_of_the_start(bench):
    """Metadata of InitiateAuth in the first event of define."""
    events, _ = bench.during(lambda: bench.visitor.initiate_auth(
        ClientId=bench.client, AuthFlow="CUSTOM_AUTH", AuthParameters={"USERNAME": bench.confirmed()},
        ClientMetadata={"told": "yes"}))
    told = [(event["request"].get("clientMetadata") or {}).get("told") for event in events]
    return "reaches the challenge triggers" if "yes" in told else "is kept from the challenge triggers"


def rounds_of_a_custom_sign_in(bench, most=20):
    """Rounds until Cognito itself ends a sign-in of which define asks for ever."""
    name = bench.confirmed()
    asked = bench.start("CUSTOM_AUTH", name)
    for number in range(1, most + 1):
        try:
            asked = bench.answer(asked, {"USERNAME": name, "ANSWER": "wrong"})
        except ClientError as error:
            return f"ends after {number} with {error.response['Error']['Code']}"
    return f"goes on after {most}"


def factors_of(bench, pool):
    found = bench.users.get_user_pool_mfa_config(UserPoolId=pool)
    return {name: value for name, value in found.items() if name != "ResponseMetadata"}


def whole_description_is_taken_back(bench):
    """UpdateUserPool with all that DescribeUserPool shows, on each plan."""
    taken = set(bench.users.meta.service_model.operation_model("UpdateUserPool").input_shape.members)
    said = []
    for plan in ("LITE", "ESSENTIALS", "PLUS"):
        pool = bench.make_pool(f"plan-{plan.lower()}", {}, UserPoolTier=plan)
        before = bench.users.describe_user_pool(UserPoolId=pool)["UserPool"]
        factors = factors_of(bench, pool)
        request = {name: value for name, value in before.items() if name in taken}
        policy = request.get("Policies", {}).get("PasswordPolicy", {})
        if "TemporaryPasswordValidityDays" in policy:
            request.get("AdminCreateUserConfig", {}).pop("UnusedAccountValidityDays", None)
        failed = bench.during(lambda: bench.users.update_user_pool(UserPoolId=pool, **request))[1]
        after = bench.users.describe_user_pool(UserPoolId=pool)["UserPool"]
        again = factors_of(bench, pool)
        changed = sorted(name for name in taken if before.get(name) != after.get(name))
        verdict = "is taken" if failed is None else f"is refused: {failed.response['Error']['Code']}"
        said.append(f"{plan} {verdict}, {', '.join(changed) or 'nothing'} changes, factors "
                    f"{'stay' if factors == again else 'change'}")
    return "; ".join(said)


OPTIONS = [
    attempts, time_out_kind, verified_without_address_kind, unknown_response_keys_accepted,
    added_nulls_accepted, pre_sign_up_for_taken_name, codeless_message,
    admin_create_metadata_in_custom_message, pre_authentication_for_unconfirmed,
    post_authentication_after_new_password, pre_authentication_while_locked,
    pre_authentication_after_migration, define_after_wrong_password, session_beside_secret_block,
    secret_block_used_once, custom_proof_needs_session, unconfirmed_before_password, hidden_delivery,
    unknown_user_text, undecided_define, both_flags, pre_authentication_in_custom_auth,
    verify_without_answer, admin_reset_occasion, unknown_user_name,
    group_configuration_null_without_groups, new_device_used,
]
OTHERS = [metadata_of_the_start, rounds_of_a_custom_sign_in, whole_description_is_taken_back]
