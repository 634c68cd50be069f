"""What the questions are asked of: throw-away pools, and the events of their function."""

import secrets
import string

import boto3
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

# Takes mails and drops them.
MAILBOX = "success@simulator.amazonses.com"
PASSWORD = "Whistle-twice-for-help-3"
TRIGGERS = ("CreateAuthChallenge", "CustomMessage", "DefineAuthChallenge", "PostAuthentication",
            "PreAuthentication", "PreSignUp", "PreTokenGeneration", "VerifyAuthChallengeResponse")
FLOWS = ["ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_CUSTOM_AUTH", "ALLOW_REFRESH_TOKEN_AUTH",
         "ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH"]

# Codes of a deletion of what is not there.
GONE = ("ResourceNotFoundException", "NoSuchEntity")


class Unsettled(Exception):
    """The pool behaved in a way that fits no reading."""


class Mistake(Exception):
    """The command line is not usable."""


def sending(identity, sender):
    """The way of a pool's mails through a verified identity of SES, by its ARN. An identity that is a
    domain sends from an address of it."""
    name = identity.partition(":identity/")[2]
    if not name:
        raise Mistake(f"{identity} is not the ARN of an identity of SES.")
    if sender is None and "@" not in name:
        raise Mistake(f"the identity is the domain {name}: name an address of it by --mail-from.")
    domain = (sender or name).rpartition("@")[2]
    if sender not in (None, name) and ("@" in name or domain != name and not domain.endswith(f".{name}")):
        raise Mistake(f"{sender} does not belong to the identity {name}.")
    mail = {"EmailSendingAccount": "DEVELOPER", "SourceArn": identity}
    return mail | ({"From": sender} if sender else {})


class Bench:
    """Pools that exist as long as the questions; `function` is the ARN behind their triggers, and
    `mail` the way of their mails through SES, without which no trigger may write one."""

    def __init__(self, region, function, mail, witness):
        self.region, self.function, self.mail, self.witness = region, function, mail, witness
        retries = Config(retries={"max_attempts": 0}, read_timeout=60)
        self.users = boto3.client("cognito-idp", region_name=region, config=retries)
        self.identities = boto3.client("cognito-identity", region_name=region, config=retries)
        unsigned = Config(signature_version=UNSIGNED, retries={"max_attempts": 0}, read_timeout=60)
        self.visitor = boto3.client("cognito-idp", region_name=region, config=unsigned)
        self.guest = boto3.client("cognito-identity", region_name=region, config=unsigned)
        # Calls of the questions are counted, so these alone are tried again.
        self.removers = [
            boto3.client(name, region_name=region) for name in ("cognito-idp", "cognito-identity")]
        self.pools, self.identity_pools = [], []
        # Names of pools that were asked for, until their creation is answered.
        self.unanswered = []

    def make(self):
        """The pool of most questions, one that migrates users, and an identity pool over both."""
        self.pool = self.make_pool("questions", dict.fromkeys(TRIGGERS, self.function))
        self.client = self.make_client(self.pool, "LEGACY")
        self.hiding = self.make_client(self.pool, "ENABLED")
        self.second = self.make_pool(
            "migration", dict.fromkeys(("UserMigration", "PreAuthentication"), self.function))
        self.second_client = self.make_client(self.second, "LEGACY")
        providers = [{"ProviderName": self.provider(pool), "ClientId": client}
                     for pool, client in ((self.pool, self.client), (self.second, self.second_client))]
        made = self.asked_for(unique("settle"), lambda name: self.identities.create_identity_pool(
            IdentityPoolName=name, AllowUnauthenticatedIdentities=False,
            DeveloperProviderName="settle", CognitoIdentityProviders=providers))
        self.identity_pool = made["IdentityPoolId"]
        self.identity_pools.append(self.identity_pool)

    def make_pool(self, purpose, triggers, **more):
        made = self.asked_for(unique(f"lifeguard-settle-{purpose}"), lambda name: self.users.create_user_pool(
            PoolName=name, LambdaConfig=triggers, AutoVerifiedAttributes=["email"],
            EmailConfiguration=self.mail, **more))
        self.pools.append(made["UserPool"]["Id"])
        return made["UserPool"]["Id"]

    def asked_for(self, name, make):
        """The pool of this name; without an answer of AWS, it may be there all the same."""
        self.unanswered.append(name)
        try:
            made = make(name)
        except ClientError:
            self.unanswered.remove(name)
            raise
        self.unanswered.remove(name)
        return made

    def make_client(self, pool, existence):
        made = self.users.create_user_pool_client(
            UserPoolId=pool, ClientName=f"settle-{existence.lower()}", ExplicitAuthFlows=FLOWS,
            PreventUserExistenceErrors=existence)
        return made["UserPoolClient"]["ClientId"]

    def remove(self):
        """Deletes every pool that was made; gives those that are left or may be."""
        users, identities = self.removers
        calls = [(f"user pool {pool}", lambda pool=pool: users.delete_user_pool(UserPoolId=pool))
                 for pool in self.pools]
        calls += [(f"identity pool {pool}",
                   lambda pool=pool: identities.delete_identity_pool(IdentityPoolId=pool))
                  for pool in self.identity_pools]
        return removed(calls) + [f"pool {name}: its creation had no answer" for name in self.unanswered]

    def provider(self, pool):
        return f"cognito-idp.{self.region}.amazonaws.com/{pool}"

    # Calls

    def sign_up(self, name, email=False, **more):
        attributes = [{"Name": "email", "Value": MAILBOX}] if email else []
        return self.visitor.sign_up(
            ClientId=self.client, Username=name, Password=PASSWORD, UserAttributes=attributes, **more)

    def confirmed(self, behaviour="plain"):
        """A user who can sign in."""
        name = unique(behaviour)
        self.users.admin_create_user(
            UserPoolId=self.pool, Username=name, MessageAction="SUPPRESS", TemporaryPassword=PASSWORD)
        self.users.admin_set_user_password(
            UserPoolId=self.pool, Username=name, Password=PASSWORD, Permanent=True)
        return name

    def start(self, flow, name, client=None, **parameters):
        return self.visitor.initiate_auth(
            ClientId=client or self.client, AuthFlow=flow,
            AuthParameters={"USERNAME": name} | parameters)

    def answer(self, asked, responses, client=None, session=True, **more):
        with_session = {"Session": asked["Session"]} if session and "Session" in asked else {}
        return self.visitor.respond_to_auth_challenge(
            ClientId=client or self.client, ChallengeName=asked["ChallengeName"],
            ChallengeResponses=responses, **with_session, **more)

    def token(self, pool=None, client=None):
        """An ID token of a user who signs in by password."""
        name = self.confirmed() if pool is None else unique("migrate")
        answer = self.start("USER_PASSWORD_AUTH", name, client, PASSWORD=PASSWORD)
        return answer["AuthenticationResult"]["IdToken"]

    def during(self, call):
        """The events of a call, and its error or None."""
        mark, failed = self.witness.mark(), None
        try:
            call()
        except ClientError as error:
            failed = error
        return self.witness.since(mark), failed


def removed(calls):
    """Makes every call, by the name of what it deletes; gives what is left. One that fails stops no
    other, and what is gone already is no failure."""
    left = []
    for name, call in calls:
        try:
            call()
        except ClientError as error:
            if error.response["Error"]["Code"] not in GONE:
                left.append(f"{name}: {error}")
        except BotoCoreError as error:
            left.append(f"{name}: {error}")
    return left


def unique(beginning):
    return f"{beginning}-{''.join(secrets.choice(string.ascii_lowercase) for _ in range(8))}"


def kind(call):
    """The type of the error of a call, and its text."""
    try:
        call()
    except ClientError as error:
        return error.response["Error"]["Code"], error.response["Error"]["Message"]
    raise Unsettled("the call succeeds")


def fired(events, source):
    return [event for event in events if event["triggerSource"].startswith(source)]


def yes(condition):
    return "true" if condition else "false"
