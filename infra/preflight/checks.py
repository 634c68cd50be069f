"""The checks about the account: each is a function of the CLI and the plan, and reads only.

A check returns a sentence if the deployment may go on, and raises `No` if not.
"""

from aws_cli import Refused, Unread

# Lambda refuses a reservation that leaves less than this unreserved; accounts with less in all
# cannot reserve anything.
MUST_STAY = 100
FUNCTION_NAME = 64
NEWER_SETTINGS = ("AcrConfiguration", "DcrConfiguration", "IssuerConfiguration", "KeyConfiguration")
# Calls of the category UserAuthentication in a sign-in with one answer.
CALLS_OF_A_SIGN_IN = 2
# Writes that the busiest table may see for a request of an HTTP API or for a sign-in.
WRITES = 4
READY = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "IMPORT_COMPLETE",
         "IMPORT_ROLLBACK_COMPLETE")


class No(Exception):
    """A reason against the deployment, and what to do."""


def cli(aws, _plan):
    version = aws.version().split(" ")[0]
    known = aws.skeleton("cognito-idp", "update-user-pool")
    missing = [name for name in NEWER_SETTINGS if name not in known]
    if missing:
        raise No(
            f"{version} does not know {', '.join(missing)} of a user pool: a change of a pool with "
            "it would reset them. Update the AWS CLI.")
    return f"{version} knows every setting of a user pool that this release knows"


def caller(aws, plan):
    identity = aws.ask("sts", "get-caller-identity")
    arn = identity["Arn"]
    if arn.endswith(":root"):
        raise No("the credentials are the root user's. Use those of a role.")
    return f"account {identity['Account']}, Region {plan.region}, as {arn}"


def stack_name(_aws, plan):
    longest = max(plan.functions, key=len)
    room = FUNCTION_NAME - len(longest) - 1
    if len(plan.stack) > room:
        raise No(
            f"{plan.stack}-{longest} has more than {FUNCTION_NAME} characters. Choose a stack name "
            f"of at most {room}.")
    if not plan.stack.isascii() or not plan.stack[:1].isalpha() \
            or not plan.stack.replace("-", "").isalnum():
        raise No("a stack name has letters, digits and hyphens, and begins with a letter.")
    return f"{plan.stack}-{longest} has {len(plan.stack) + 1 + len(longest)} of {FUNCTION_NAME} characters"


def stack_of(aws, name):
    """The stack of this name as CloudFormation describes it; None if there is no such stack."""
    try:
        described = aws.ask("cloudformation", "describe-stacks", stack_name=name)
    except Refused as error:
        if error.code == "ValidationError" and "does not exist" in str(error):
            return None
        raise
    return described["Stacks"][0]


def status_of(aws, plan):
    """The status of the stack; None if there is no such stack."""
    found = stack_of(aws, plan.stack)
    return found["StackStatus"] if found else None


def kept_parameters(aws, name):
    """The parameters of the stack, which an update keeps unless it overrides them; none if the next
    deployment is the first."""
    found = stack_of(aws, name)
    if found is None or not (found["StackStatus"] in READY or found["StackStatus"].startswith("UPDATE_")):
        return {}
    return {each["ParameterKey"]: each["ParameterValue"] for each in found.get("Parameters", [])}


def stack(aws, plan):
    status = status_of(aws, plan)
    if status is None:
        return "there is no stack of this name: this is a first deployment"
    if status in READY:
        return f"the stack is there with {status}: this is an update"
    if status == "REVIEW_IN_PROGRESS":
        raise No(
            f"the stack has the status {status}: its first change set was never executed, and nothing "
            f"is deployed. Delete it: aws cloudformation delete-stack --stack-name {plan.stack}")
    changing = status.endswith("_IN_PROGRESS")
    way = "wait until it ends" if changing else "infra/README.md has the way out"
    raise No(f"the stack has the status {status}: {way}.")


def log_groups(aws, plan):
    if status_of(aws, plan) in READY:
        return "the stack is there, and its log groups are its own"
    found = []
    for prefix in sorted({group.rpartition("/")[0] + "/" + plan.stack for group in plan.log_groups}):
        described = aws.ask("logs", "describe-log-groups", log_group_name_prefix=prefix)
        found += [group["logGroupName"] for group in described["logGroups"]]
    taken = sorted(set(found) & set(plan.log_groups))
    if taken:
        raise No(
            f"these log groups exist, and the stack cannot make them: {', '.join(taken)}. Keep what "
            "you need of them and delete them, or choose another stack name.")
    return f"none of the {len(plan.log_groups)} log groups exists"


def concurrency(aws, plan):
    limit = aws.ask("lambda", "get-account-settings")["AccountLimit"]
    all_of_it, free = limit["ConcurrentExecutions"], limit["UnreservedConcurrentExecutions"]
    asked = plan.reservations()
    total = sum(asked.values())
    if status_of(aws, plan) in READY:
        free += sum(reserved(aws, name) for name in plan.names())
    others = all_of_it - free
    if not asked:
        least = MUST_STAY + others + 2 * len(plan.functions)
        if all_of_it < least:
            return (
                f"nothing is reserved. All functions of the account share {all_of_it}: enough to try. "
                f"Before users come, ask for {least} (Service Quotas, Lambda, Concurrent executions), "
                "then set TriggerConcurrency and ProviderConcurrency")
        return (
            f"nothing is reserved, and {free} of {all_of_it} are free: TriggerConcurrency and "
            f"ProviderConcurrency may take {free - MUST_STAY} in all, once the traffic is known")
    must_stay = min(MUST_STAY, all_of_it)
    if free - total < must_stay:
        raise No(
            f"{total} are to be reserved for {len(asked)} functions, {others} are reserved for others, "
            f"and {MUST_STAY} must stay, but the account has {all_of_it}. Ask for "
            f"{total + others + MUST_STAY} (Service Quotas, Lambda, Concurrent executions), or deploy "
            "without TriggerConcurrency and ProviderConcurrency first.")
    return f"{total} are reserved, and {free - total} of {all_of_it} stay for all others"


def reserved(aws, function):
    try:
        found = aws.ask("lambda", "get-function-concurrency", function_name=function)
    except Refused as error:
        if error.code == "ResourceNotFoundException":
            return 0
        raise
    return found.get("ReservedConcurrentExecutions", 0)


def ses_account(aws, plan):
    account = aws.ask("sesv2", "get-account")
    if not account.get("ProductionAccessEnabled"):
        raise No(
            f"SES is in the sandbox in {plan.region}: only verified addresses get mails. Ask for "
            "production access (SES, Account dashboard).")
    if not account.get("SendingEnabled") or account.get("EnforcementStatus") == "SHUTDOWN":
        raise No("SES does not send for this account. Look at SES, Account dashboard, and its mails.")
    quota = account["SendQuota"]
    rate, day = quota["MaxSendRate"], quota["Max24HourSend"]
    mails = plan.number("AccountRequestsPerSecond")
    if rate <= mails:
        raise No(
            f"SES sends {rate:g} mails a second, and AccountRequestsPerSecond lets {mails} be asked "
            "for by registrations alone. Ask for a higher rate, or lower the parameter.")
    # No end is written -1.
    if 0 <= day <= plan.number("RegistrationsPerDay"):
        raise No(
            f"SES sends {day:g} mails a day, and RegistrationsPerDay may take all of them. Ask for "
            "more, or lower the parameter.")
    left = "without a limit" if day < 0 else f"{day - quota.get('SentLast24Hours', 0):g} left"
    return f"SES sends {rate:g} mails a second, and in a day {left}"


def ses_identity(aws, plan):
    identity, sender = plan.text("MailIdentity"), plan.text("MailFrom")
    domain = sender.rpartition("@")[2]
    if identity not in (sender, domain) and not domain.endswith(f".{identity}"):
        raise No(f"{sender} does not belong to {identity}. Correct MailFrom or MailIdentity.")
    try:
        found = aws.ask("sesv2", "get-email-identity", email_identity=identity)
    except Refused as error:
        if error.code == "NotFoundException":
            raise No(
                f"SES has no identity {identity} in {plan.region}. Create and verify it.") from error
        raise
    if not found.get("VerifiedForSendingStatus"):
        state = found.get("VerificationStatus", "unknown")
        raise No(f"the identity {identity} is not verified (status {state}). Publish its DNS records.")
    return f"{identity} is verified for sending"


def sign_in_rate(aws, plan):
    category = "LimitClass=API_CATEGORY,Attributes={Category=UserAuthentication}"
    limit = aws.ask("cognito-idp", "get-provisioned-limit", limit_definition=category)["Limit"]
    rate = limit["ProvisionedLimitValue"]
    needed = plan.sign_ins * CALLS_OF_A_SIGN_IN
    if rate < needed:
        raise No(
            f"Cognito takes {rate} calls of UserAuthentication a second in this Region, and "
            f"{plan.sign_ins} sign-ins a second need {needed}. Raise it (Service Quotas, Cognito user "
            "pools, then UpdateProvisionedLimit).")
    return f"Cognito takes {rate} calls of UserAuthentication a second: {rate // CALLS_OF_A_SIGN_IN} sign-ins"


def quota(aws, service, code):
    """The quota of the account; if it never had one of its own, the default."""
    words = {"service_code": service, "quota_code": code}
    try:
        found = aws.ask("service-quotas", "get-service-quota", **words)
    except Refused as error:
        if error.code != "NoSuchResourceException":
            raise
        found = aws.ask("service-quotas", "get-aws-default-service-quota", **words)
    return found["Quota"]["Value"]


def identity_tokens(aws, plan):
    needed = plan.number("CredentialsPerSecond")
    tokens = quota(aws, "cognito-identity", "L-0BF99E8D")
    credentials = quota(aws, "cognito-identity", "L-5AE9F13D")
    # A try that is repeated takes two of them.
    if tokens < 2 * needed:
        raise No(
            f"identity pools give {tokens:g} developer tokens a second, and CredentialsPerSecond "
            f"{needed} may take {2 * needed}. Lower the parameter or ask for more.")
    if credentials < needed + plan.sign_ins:
        raise No(
            f"identity pools give {credentials:g} credentials a second, and {needed + plan.sign_ins} "
            "may be asked for. Ask for more (Service Quotas, Cognito Federated Identities).")
    return f"identity pools give {tokens:g} developer tokens and {credentials:g} credentials a second"


def tables(aws, plan):
    limits = aws.ask("dynamodb", "describe-limits")
    needed = WRITES * (plan.sign_ins + plan.number("RequestsPerSecond"))
    least = min(limits["TableMaxWriteCapacityUnits"], limits["AccountMaxWriteCapacityUnits"])
    if least < needed:
        raise No(f"a table may take {least} writes a second, and {needed} may come. Ask for more.")
    return f"a table takes {least} writes a second, and at most {needed} come"


def readable(check, aws, plan):
    """The verdict, True if the deployment may go on, and its text; unreadable is no."""
    try:
        return True, check(aws, plan)
    except No as reason:
        return False, str(reason)
    except Refused as error:
        return False, f"could not be read, {error.code}: {error} Let the caller read it, or look yourself."
    except Unread as error:
        return False, f"could not be read: {error}"
    except (KeyError, TypeError, IndexError) as error:
        return False, f"could not be read: the answer lacks {error}"
