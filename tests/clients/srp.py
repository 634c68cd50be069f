"""Signs in with the Python clients for passwords, as PyPI has them, against a local Cognito.

    srp.py URL

URL is where local-cognito listens. The cases are those of docs/conformance.md.
"""

import sys
import time
import unittest

import boto3
import botocore
from botocore.exceptions import ClientError
from pycognito import Cognito
from pycognito.exceptions import ForceChangePasswordException
from warrant_lite import ForceChangePasswordException as WarrantForceChangePasswordException
from warrant_lite import WarrantLite

URL = sys.argv.pop(1).rstrip("/")
POOL = "eu-west-1_Lifeguard"
REGION = POOL.split("_")[0]
PASSWORD = "Whistle-twice-for-help-3"
OTHER_PASSWORD = "Swim-between-the-flags-4"
INCORRECT = ("NotAuthorizedException", "Incorrect username or password.")

# The key that may do everything; the clients under test have none.
administrator = boto3.client(
    "cognito-idp",
    endpoint_url=URL,
    region_name=REGION,
    aws_access_key_id="local",
    aws_secret_access_key="local",
)
UNSIGNED = botocore.config.Config(signature_version=botocore.UNSIGNED)


def app_client(**settings):
    """A new app client of the pool with the flows that these clients use: id and secret."""
    flows = ["USER_SRP_AUTH", "ADMIN_USER_PASSWORD_AUTH", "REFRESH_TOKEN_AUTH"]
    made = administrator.create_user_pool_client(
        UserPoolId=POOL,
        ClientName="srp",
        ExplicitAuthFlows=[f"ALLOW_{flow}" for flow in flows],
        **settings,
    )["UserPoolClient"]
    return made["ClientId"], made.get("ClientSecret")


def new_address():
    """An address that no user has: a pool may be tested twice."""
    new_address.count += 1
    return f"srp-{time.time_ns():x}-{new_address.count}@example.net"


new_address.count = 0


def new_user(password=PASSWORD, permanent=True):
    """The address of a new user with this password, which is temporary or not."""
    address = new_address()
    administrator.admin_create_user(
        UserPoolId=POOL,
        Username=address,
        MessageAction="SUPPRESS",
        UserAttributes=[
            {"Name": "email", "Value": address},
            {"Name": "email_verified", "Value": "true"},
        ],
    )
    administrator.admin_set_user_password(
        UserPoolId=POOL, Username=address, Password=password, Permanent=permanent
    )
    return address


def pycognito(client, address, secret=None):
    """pycognito as an application has it: an endpoint and a name."""
    keys = {"endpoint_url": URL, "config": UNSIGNED}
    return Cognito(POOL, client, username=address, client_secret=secret, boto3_client_kwargs=keys)


def warrant(client, address, password, secret=None):
    """warrant-lite as an application has it: an endpoint, a name and a password."""
    api = boto3.client("cognito-idp", endpoint_url=URL, region_name=REGION, config=UNSIGNED)
    return WarrantLite(address, password, POOL, client, client=api, client_secret=secret)


def pycognito_sign_in(client, address, password, secret=None):
    user = pycognito(client, address, secret)
    user.authenticate(password)
    return user.access_token


def warrant_sign_in(client, address, password, secret=None):
    tokens = warrant(client, address, password, secret).authenticate_user()
    return tokens["AuthenticationResult"]["AccessToken"]


SIGN_INS = {"pycognito": pycognito_sign_in, "warrant-lite": warrant_sign_in}


class Srp(unittest.TestCase):
    """One test for each thing that an application does with these clients."""

    def refusal(self, sign_in, *arguments):
        with self.assertRaises(ClientError) as raised:
            sign_in(*arguments)
        error = raised.exception.response["Error"]
        return error["Code"], error["Message"]

    def owner(self, access_token):
        user = administrator.get_user(AccessToken=access_token)
        return {entry["Name"]: entry["Value"] for entry in user["UserAttributes"]}["email"]

    def test_right_password_signs_in(self):
        for secret in [False, True]:
            client, secret = app_client(GenerateSecret=secret)
            for name, sign_in in SIGN_INS.items():
                with self.subTest(name, secret=bool(secret)):
                    address = new_user()
                    token = sign_in(client, address, PASSWORD, secret)
                    self.assertEqual(self.owner(token), address)

    def test_wrong_password_is_refused(self):
        client, _ = app_client(PreventUserExistenceErrors="ENABLED")
        address = new_user()
        for name, sign_in in SIGN_INS.items():
            with self.subTest(name):
                self.assertEqual(self.refusal(sign_in, client, address, OTHER_PASSWORD), INCORRECT)
                unknown = self.refusal(sign_in, client, new_address(), PASSWORD)
                self.assertEqual(unknown, INCORRECT)
                self.assertEqual(self.owner(sign_in(client, address, PASSWORD)), address)

    def test_unknown_user_is_told_where_the_client_tells(self):
        client, _ = app_client(PreventUserExistenceErrors="LEGACY")
        for name, sign_in in SIGN_INS.items():
            with self.subTest(name):
                told = self.refusal(sign_in, client, new_address(), PASSWORD)
                self.assertEqual(told, ("UserNotFoundException", "User does not exist."))

    def test_secret_is_demanded(self):
        client, secret = app_client(GenerateSecret=True)
        for name, sign_in in SIGN_INS.items():
            with self.subTest(name):
                for wrong in [None, secret[::-1]]:
                    code, _ = self.refusal(sign_in, client, new_user(), PASSWORD, wrong)
                    self.assertEqual(code, "NotAuthorizedException")

    def test_temporary_password_is_replaced_by_pycognito(self):
        for secret in [False, True]:
            client, secret = app_client(GenerateSecret=secret)
            address = new_user(permanent=False)
            user = pycognito(client, address, secret)
            with self.assertRaises(ForceChangePasswordException):
                user.authenticate(PASSWORD)
            user.new_password_challenge(PASSWORD, OTHER_PASSWORD)
            self.assertEqual(self.owner(user.access_token), address)
            pycognito(client, address, secret).authenticate(OTHER_PASSWORD)

    def test_temporary_password_is_replaced_by_warrant_lite(self):
        client, _ = app_client()
        address = new_user(permanent=False)
        with self.assertRaises(WarrantForceChangePasswordException):
            warrant(client, address, PASSWORD).authenticate_user()
        tokens = warrant(client, address, PASSWORD).set_new_password_challenge(OTHER_PASSWORD)
        self.assertEqual(self.owner(tokens["AuthenticationResult"]["AccessToken"]), address)
        warrant_sign_in(client, address, OTHER_PASSWORD)

    def test_tokens_are_verified_refreshed_and_ended_by_pycognito(self):
        for secret in [False, True]:
            client, secret = app_client(GenerateSecret=secret)
            address = new_user()
            user = pycognito(client, address, secret)
            user.authenticate(PASSWORD)
            user.verify_tokens()
            self.assertEqual(user.id_claims["email"], address)
            self.assertFalse(user.check_token())
            first = user.access_token
            user.renew_access_token()
            user.verify_tokens()
            self.assertNotEqual(user.access_token, first)
            self.assertEqual(user.get_user().email, address)
            user.change_password(PASSWORD, OTHER_PASSWORD)
            refused = self.refusal(pycognito_sign_in, client, address, PASSWORD, secret)
            self.assertEqual(refused, INCORRECT)
            ended = user.access_token
            user.logout()
            code, _ = self.refusal(self.owner, ended)
            self.assertEqual(code, "NotAuthorizedException")

    def test_administrator_signs_in_without_srp(self):
        client, _ = app_client()
        address = new_user()
        keys = {"endpoint_url": URL}
        user = Cognito(
            POOL,
            client,
            username=address,
            access_key="local",
            secret_key="local",
            boto3_client_kwargs=keys,
        )
        user.admin_authenticate(PASSWORD)
        user.verify_tokens()
        self.assertEqual(self.refusal(user.admin_authenticate, OTHER_PASSWORD), INCORRECT)


if __name__ == "__main__":
    unittest.main(verbosity=2)
