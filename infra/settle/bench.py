"""What the questions are asked of: throw-away pools, and the events of their function."""

import secrets
import string

import boto3
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

# Takes mails and drops them.
MAILBOX = "success@simulator.amazonses.com"
PASSWORD = "Whistle-twice-for-help-3"
TRIGGERS = ("CreateAuthChallenge", "CustomMessage", "DefineAuthChallenge", "PostAuthentication",
            "PreAuthentication", "PreSignUp", "PreTokenGeneration", "VerifyAuthChallengeResponse")
FLOWS = ["ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_CUSTOM_AUTH", "ALLOW_REFRESH_TOKEN_AUTH",
         "ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH"]


class Unsettled(Exception):
    """The pool behaved in a way that fits no reading."""


class Bench:
    """Pools that exist as long as the questions; `function` is the ARN behind their triggers, and
    `identity` that of the verified identity of SES, without which no trigger may write a mail."""

    def __init__(self, region, function, identity, witness):
        self.region, self.function, self.witness = region, function, witness
        self.mail = {"EmailSendingAccount": "DEVELOPER", "SourceArn": identity}
        retries = Config(retries={"max_attempts": 0}, read_timeout=60)
        self.users = boto3.client("cognito-idp", region_name=region, config=retries)
        self.identities = boto3.client("cognito-identity", region_name=region, config=retries)
        unsigned = Config(signature_version=UNSIGNED, retries={"max_attempts": 0}, read_timeout=60)
        self.visitor = boto3.client("cognito-idp", region_name=region, config=unsigned)
        self.guest = boto3.client("cognito-identity", region_name=region, config=unsigned)
        self.pools, self.identity_pools = [], []

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
        made = self.identities.create_identity_pool(
            IdentityPoolName=unique("settle"), AllowUnauthenticatedIdentities=False,
            DeveloperProviderName="settle", CognitoIdentityProviders=providers)
        self.identity_pool = made["IdentityPoolId"]
        self.identity_pools.append(self.identity_pool)

    def make_pool(self, purpose, triggers, **more):
        made = self.users.create_user_pool(
            PoolName=unique(f"lifeguard-settle-{purpose}"), LambdaConfig=triggers,
            AutoVerifiedAttributes=["email"], EmailConfiguration=self.mail, **more)
        self.pools.append(made["UserPool"]["Id"])
        return made["UserPool"]["Id"]

    def make_client(self, pool, existence):
        made = self.users.create_user_pool_client(
            UserPoolId=pool, ClientName=f"settle-{existence.lower()}", ExplicitAuthFlows=FLOWS,
            PreventUserExistenceErrors=existence)
        return made["UserPoolClient"]["ClientId"]

    def remove(self):
        """Deletes every pool that was made; gives those that could not be deleted."""
        left = []
        for pool in self.pools:
            try:
                self.users.delete_user_pool(UserPoolId=pool)
            except ClientError as error:
                left.append(f"{pool}: {error}")
        for pool in self.identity_pools:
            try:
                self.identities.delete_identity_pool(IdentityPoolId=pool)
            except ClientError as error:
                left.append(f"{pool}: {error}")
        return left

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
