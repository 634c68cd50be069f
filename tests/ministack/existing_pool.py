"""A stack for a pool that exists: whatever is read of that pool is the same afterwards.

The pool has every member of UpdateUserPool at a value that is not the default, and a web ACL,
triggers, passkeys and users of its own. Answers are compared as the bytes that came.
"""

import json
import re
import urllib.error
import urllib.request

import botocore.session
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from deployment import ROOT
from emulator import REGION, ROOT_KEYS
from stack import SWITCHES

TARGETS = {"cognito-idp": "AWSCognitoIdentityProviderService", "wafv2": "AWSWAF_20190729"}
ACCOUNT = "000000000000"
FUNCTION = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:theirs"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/00000000-0000-4000-8000-000000000000"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/theirs"
SENDER = {"LambdaVersion": "V1_0", "LambdaArn": f"{FUNCTION}-sender"}

# Members of UpdateUserPool, none at its default.
SETTINGS = {
    "AccountRecoverySetting": {
        "RecoveryMechanisms": [{"Priority": 1, "Name": "verified_phone_number"}],
    },
    "AcrConfiguration": {"Level1": {"AcrValue": "urn:theirs:1"}},
    "AdminCreateUserConfig": {
        "AllowAdminCreateUserOnly": True,
        "UnusedAccountValidityDays": 9,
        "InviteMessageTemplate": {
            "SMSMessage": "{username} {####}",
            "EmailMessage": "Welcome, {username}: {####}",
            "EmailSubject": "Welcome",
        },
    },
    "AutoVerifiedAttributes": ["email", "phone_number"],
    "DcrConfiguration": {"EnableStatus": "Disabled", "AllowedScopes": ["openid"]},
    "DeletionProtection": "ACTIVE",
    "DeviceConfiguration": {
        "ChallengeRequiredOnNewDevice": True, "DeviceOnlyRememberedOnUserPrompt": True,
    },
    "EmailConfiguration": {
        "SourceArn": f"arn:aws:ses:{REGION}:{ACCOUNT}:identity/theirs.example",
        "ReplyToEmailAddress": "reply@theirs.example",
        "EmailSendingAccount": "DEVELOPER",
        "From": "Theirs <no-reply@theirs.example>",
        "ConfigurationSet": "theirs",
    },
    "EmailVerificationMessage": "Theirs: {####}",
    "EmailVerificationSubject": "Theirs",
    "IssuerConfiguration": {"Type": "UPDATED"},
    "KeyConfiguration": {"KeyType": "CUSTOMER_MANAGED_KEY", "KmsKeyArn": KEY},
    "LambdaConfig": {
        **{
            trigger: f"{FUNCTION}-{trigger}"
            for trigger in (
                "PreSignUp", "CustomMessage", "PostConfirmation", "PreAuthentication",
                "PostAuthentication", "DefineAuthChallenge", "CreateAuthChallenge",
                "VerifyAuthChallengeResponse", "PreTokenGeneration", "UserMigration",
            )
        },
        "PreTokenGenerationConfig": {
            "LambdaVersion": "V2_0", "LambdaArn": f"{FUNCTION}-PreTokenGeneration",
        },
        "CustomSMSSender": SENDER,
        "CustomEmailSender": SENDER,
        "KMSKeyID": KEY,
        "InboundFederation": SENDER,
    },
    "MfaConfiguration": "OPTIONAL",
    "Policies": {
        "PasswordPolicy": {
            "MinimumLength": 17, "RequireUppercase": False, "RequireLowercase": False,
            "RequireNumbers": False, "RequireSymbols": False, "PasswordHistorySize": 3,
            "TemporaryPasswordValidityDays": 2,
        },
        "SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "WEB_AUTHN"]},
    },
    "PoolName": "renamed",
    "SmsAuthenticationMessage": "Theirs: {####}",
    "SmsConfiguration": {"SnsCallerArn": ROLE, "ExternalId": "theirs", "SnsRegion": "eu-central-1"},
    "SmsVerificationMessage": "Theirs too: {####}",
    "UserAttributeUpdateSettings": {
        "AttributesRequireVerificationBeforeUpdate": ["email", "phone_number"],
    },
    "UserPoolAddOns": {
        "AdvancedSecurityMode": "ENFORCED",
        "AdvancedSecurityAdditionalFlows": {"CustomAuthMode": "ENFORCED"},
    },
    "UserPoolTags": {"team": "identity"},
    "UserPoolTier": "PLUS",
    "VerificationMessageTemplate": {
        "SmsMessage": "Theirs: {####}",
        "EmailMessage": "Theirs: {####}",
        "EmailSubject": "Theirs",
        "EmailMessageByLink": "Theirs: {##here##}",
        "EmailSubjectByLink": "Theirs",
        "DefaultEmailOption": "CONFIRM_WITH_LINK",
    },
}
MFA = {
    "MfaConfiguration": "OPTIONAL",
    "SmsMfaConfiguration": {
        "SmsAuthenticationMessage": "Theirs: {####}",
        "SmsConfiguration": SETTINGS["SmsConfiguration"],
    },
    "SoftwareTokenMfaConfiguration": {"Enabled": True},
    "EmailMfaConfiguration": {"Message": "Theirs: {####}", "Subject": "Theirs"},
    "WebAuthnConfiguration": {
        "RelyingPartyId": "theirs.example", "UserVerification": "required",
        "FactorConfiguration": "MULTI_FACTOR_WITH_USER_VERIFICATION",
    },
}

# Both lists may only shrink: what MiniStack does not keep of the settings, and reads of a pool that
# it does not have.
NOT_HELD = {
    "AcrConfiguration", "DcrConfiguration", "IssuerConfiguration", "KeyConfiguration", "PoolName",
}
NOT_READ = {
    "DescribeManagedLoginBrandingByClient", "DescribeRiskConfiguration", "GetCSVHeader",
    "GetLogDeliveryConfiguration", "GetSigningCertificate", "ListTerms", "ListUserImportJobs",
    "ListUserPoolClientSecrets", "ListUserPoolReplicas",
}

class Pool:
    """The pool of another team."""

    def __init__(self, emulator):
        self.emulator = emulator
        created = self.call("CreateUserPool", {
            "PoolName": "theirs",
            "UsernameAttributes": ["email"],
            "UsernameConfiguration": {"CaseSensitive": True},
            "Schema": [{"Name": "role", "AttributeDataType": "String", "Mutable": True}],
        })["UserPool"]
        self.id, self.arn = created["Id"], created["Arn"]
        self.names = {"UserPoolId": self.id, "ResourceArn": self.arn, "MaxResults": 60}
        self.furnish()
        self.change(created)
        self.call("SetUserPoolMfaConfig", MFA | {"UserPoolId": self.id})

    def furnish(self):
        """Gives the pool a client, a user, and all else that is read by its own name."""
        pool = {"UserPoolId": self.id}
        client = pool | {"ClientName": "theirs", "GenerateSecret": True}
        self.client = self.call("CreateUserPoolClient", client)["UserPoolClient"]["ClientId"]
        user = pool | {"Username": "person@theirs.example", "MessageAction": "SUPPRESS"}
        self.call("AdminCreateUser", user)
        self.call("CreateGroup", pool | {"GroupName": "theirs", "Precedence": 1})
        self.call("AdminAddUserToGroup", pool | {"GroupName": "theirs", "Username": user["Username"]})
        server = {"Identifier": "theirs", "Name": "theirs"}
        self.call("CreateResourceServer", pool | server)
        provider = {"ProviderName": "theirs", "ProviderType": "OIDC", "ProviderDetails": {
            "client_id": "1", "client_secret": "-", "authorize_scopes": "openid",
            "oidc_issuer": "https://id.theirs.example", "attributes_request_method": "GET",
        }}
        self.call("CreateIdentityProvider", pool | provider)
        self.call("CreateUserPoolDomain", pool | {"Domain": "theirs"})
        self.call("SetUICustomization", pool | {"CSS": ".logo-customizable {}"})
        self.names |= {
            "ClientId": self.client, "Domain": "theirs", "GroupName": "theirs",
            "Identifier": "theirs", "ProviderName": "theirs",
        }
        self.firewall = self.call("CreateWebACL", {
            "Name": "theirs", "Scope": "REGIONAL", "DefaultAction": {"Allow": {}},
            "VisibilityConfig": {
                "SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": False, "MetricName": "theirs",
            },
        }, "wafv2")["Summary"]["ARN"]
        self.call("AssociateWebACL", {"WebACLArn": self.firewall, "ResourceArn": self.arn}, "wafv2")

    def change(self, before):
        """Sets every member of UpdateUserPool, and says what is not kept."""
        listed = (ROOT / "infra/pool-triggers/src/members.rs").read_text()
        listed = re.search(r"WRITABLE[^=]*= \[(.*?)\];", listed, re.DOTALL)[1]
        assert set(SETTINGS) == {"PoolName", *re.findall(r'"(\w+)"', listed)}
        model = model_of("cognito-idp").shape_for("UpdateUserPoolRequest").members
        assert set(model) - {"UserPoolId"} <= set(SETTINGS), set(model) - set(SETTINGS)
        default = [name for name, value in SETTINGS.items() if before.get(name) == value]
        assert not default, f"at the default: {default}"
        self.call("UpdateUserPool", SETTINGS | {"UserPoolId": self.id})
        pool = self.call("DescribeUserPool", {"UserPoolId": self.id})["UserPool"]
        pool["PoolName"] = pool["Name"]
        lost = {name for name, value in SETTINGS.items() if pool.get(name) != value}
        print(f"{'':>16}  MiniStack does not hold {', '.join(sorted(lost))}")
        assert lost == NOT_HELD, lost

    def call(self, action, members, service="cognito-idp"):
        return json.loads(self.raw(action, members, service))

    def raw(self, action, members, service="cognito-idp"):
        """The answer as it came."""
        keys = Credentials(ROOT_KEYS["AWS_ACCESS_KEY_ID"], ROOT_KEYS["AWS_SECRET_ACCESS_KEY"])
        request = AWSRequest("POST", self.emulator.url, data=json.dumps(members), headers={
            "Content-Type": "application/x-amz-json-1.1",
            "X-Amz-Target": f"{TARGETS[service]}.{action}",
        })
        SigV4Auth(keys, service, REGION).add_auth(request)
        sent = urllib.request.Request(
            self.emulator.url, request.data.encode(), dict(request.headers), method="POST"
        )
        with urllib.request.urlopen(sent, timeout=10) as answer:
            return answer.read()

    def reads(self):
        """Every answer about the pool, by action: all reads that need nothing but its names."""
        answers, missing = {}, set()
        model = model_of("cognito-idp")
        for action in model.operation_names:
            shape = model.operation_model(action).input_shape
            needed = set(shape.required_members)
            if not re.match("Describe|Get|List", action) or not needed <= set(self.names):
                continue
            given = {name: value for name, value in self.names.items() if name in needed}
            try:
                answers[action] = self.raw(action, given)
            except urllib.error.HTTPError as error:
                body = error.read()
                assert b"InvalidAction" in body or b"Unknown" in body, body
                missing.add(action)
        assert missing == NOT_READ, missing
        try:
            acl = self.raw("GetWebACLForResource", {"ResourceArn": self.arn}, "wafv2")
        except urllib.error.HTTPError as error:
            acl = error.read()
        answers["GetWebACLForResource"] = acl
        clients = json.loads(answers.pop("ListUserPoolClients"))["UserPoolClients"]
        return answers, {client["ClientId"] for client in clients}


def model_of(service):
    return botocore.session.get_session().get_service_model(service)


def changed(before, after):
    return {action for action in before if before[action] != after[action]}


def left_alone(stack):
    """Deployed with every switch on, changed, and deleted: the pool gets and loses two clients."""
    pool = Pool(stack.emulator)
    before, clients = pool.reads()
    assert clients == {pool.client}
    beside = stack.beside("beside", ExistingUserPool=pool.id, PoolRegions=REGION, **SWITCHES)
    beside.create()
    outputs = beside.outputs()
    assert outputs["UserPoolId"] == pool.id
    own = {outputs["WebClientId"], outputs["ServerClientId"]}
    after, clients = pool.reads()
    assert not changed(before, after), changed(before, after)
    assert clients == {pool.client} | own
    print(f"{'':>16}  {len(before)} answers are equal, all but {', '.join(sorted(NOT_READ))}")
    # The parameter that says so replaces their web ACL, and an update changes nothing else.
    beside.update(AttachFirewall="yes", UserPoolTier="PLUS", PoolTriggers="none", DefaultGroup="")
    after, _ = pool.reads()
    assert changed(before, after) == {"GetWebACLForResource"}, changed(before, after)
    beside.delete()
    after, clients = pool.reads()
    assert changed(before, after) == {"GetWebACLForResource"}, changed(before, after)
    assert clients == {pool.client}


STEPS = [("a stack for a pool that exists changes nothing of the pool", left_alone)]
