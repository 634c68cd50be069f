"""The steps of a test user: sign-up, sign-in by code, credentials, files, and the directory."""

import secrets
import time

from stage import claims, demand, refused

METADATA = {"signInMethod": "EMAIL_OTP"}
WRONG = "00000000"
DENIED = ("AccessDenied", "AccessDeniedException")


def sign_up(stage):
    pool, client = stage.client("cognito-idp", public=True), stage.outputs["WebClientId"]
    made = pool.sign_up(
        ClientId=client, Username=stage.address, Password=stage.password,
        UserAttributes=[{"Name": "email", "Value": stage.address}])
    stage.sub = made["UserSub"]
    demand(not made["UserConfirmed"], "the user is confirmed without a code")
    code = stage.code("confirms the address")
    pool.confirm_sign_up(ClientId=client, Username=stage.address, ConfirmationCode=code)


def start(stage, name):
    """The first challenge with a code; where clients choose, a code is chosen."""
    pool, client = stage.client("cognito-idp", public=True), stage.outputs["WebClientId"]
    asked = pool.initiate_auth(
        ClientId=client, AuthFlow="CUSTOM_AUTH", AuthParameters={"USERNAME": name},
        ClientMetadata=METADATA)
    if asked["ChallengeParameters"].get("challenge") == "PROVIDE_AUTH_PARAMETERS":
        asked = answer(stage, asked, "-")
    return asked


def answer(stage, asked, text):
    pool = stage.client("cognito-idp", public=True)
    return pool.respond_to_auth_challenge(
        ClientId=stage.outputs["WebClientId"], ChallengeName="CUSTOM_CHALLENGE",
        Session=asked["Session"], ClientMetadata=METADATA,
        ChallengeResponses={"USERNAME": asked["ChallengeParameters"]["USERNAME"], "ANSWER": text})


def sign_in(stage):
    asked = start(stage, stage.address)
    stage.shown = set(asked["ChallengeParameters"])
    code = stage.code("signs in")
    again = answer(stage, asked, WRONG if code != WRONG else WRONG[::-1] + "1")
    demand("AuthenticationResult" not in again, "a wrong code gives tokens")
    stage.tokens = answer(stage, again, code).get("AuthenticationResult")
    demand(stage.tokens, "the right code gives no tokens")
    found = claims(stage.tokens["IdToken"])
    demand(found["aud"] == stage.outputs["WebClientId"], "the ID token is for another client")
    demand(found.get("email") == stage.address, "the ID token names another address")
    demand(found["exp"] > time.time() - 60, "the ID token has expired")


def unknown_user(stage):
    shown = set(start(stage, f"{secrets.token_hex(8)}@example.com")["ChallengeParameters"])
    demand(shown == stage.shown, f"an unknown user is shown {shown}, a known one {stage.shown}")


def refresh(stage):
    pool, client = stage.client("cognito-idp", public=True), stage.outputs["WebClientId"]
    token = stage.tokens["RefreshToken"]
    with_it = {"ClientId": client, "AuthFlow": "REFRESH_TOKEN_AUTH", "AuthParameters": {"REFRESH_TOKEN": token}}
    fresh = pool.initiate_auth(**with_it)["AuthenticationResult"]
    demand("IdToken" in fresh, "a refresh gives no token")
    pool.revoke_token(Token=token, ClientId=client)
    refused(("NotAuthorizedException",), lambda: pool.initiate_auth(**with_it))


def credentials(stage):
    region, pool_id = stage.outputs["Region"], stage.outputs["UserPoolId"]
    suffix = "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
    login = {"Logins": {f"cognito-idp.{region}.{suffix}/{pool_id}": stage.tokens["IdToken"]}}
    pool = stage.client("cognito-identity", public=True)
    stage.identity = pool.get_id(IdentityPoolId=stage.outputs["IdentityPoolId"], **login)["IdentityId"]
    given = pool.get_credentials_for_identity(IdentityId=stage.identity, **login)["Credentials"]
    stage.credentials = keys(given["AccessKeyId"], given["SecretKey"], given["SessionToken"])
    refused(("NotAuthorizedException", "ResourceNotFoundException"),
            lambda: pool.get_credentials_for_identity(IdentityId=stage.identity))


def keys(access, secret, session):
    return {"aws_access_key_id": access, "aws_secret_access_key": secret, "aws_session_token": session}


def own_files(stage):
    files, bucket = stage.client("s3", stage.credentials), stage.outputs["FilesBucket"]
    own = f"private/{stage.identity}/smoke-test.txt"
    files.put_object(Bucket=bucket, Key=own, Body=b"smoke test")
    try:
        demand(files.get_object(Bucket=bucket, Key=own)["Body"].read() == b"smoke test", "another content")
        listed = files.list_objects_v2(Bucket=bucket, Prefix=f"private/{stage.identity}/")
        demand([each["Key"] for each in listed["Contents"]] == [own], "the listing has something else")
    finally:
        files.delete_object(Bucket=bucket, Key=own)


def other_files(stage):
    bucket = stage.outputs["FilesBucket"]
    other = f"private/{stage.outputs['Region']}:00000000-0000-4000-8000-000000000000/"

    def denied(call, keys=stage.credentials, public=False):
        # A connection of its own: of a refused upload, the body may be left over on it.
        refused(DENIED, lambda: call(stage.client("s3", keys, public)))

    for key in (other + "smoke-test.txt", "smoke-test.txt", f"private/{stage.identity}"):
        denied(lambda files, key=key: files.put_object(Bucket=bucket, Key=key, Body=b"smoke test"))
        denied(lambda files, key=key: files.get_object(Bucket=bucket, Key=key))
    for prefix in (other, "private/", ""):
        denied(lambda files, prefix=prefix: files.list_objects_v2(Bucket=bucket, Prefix=prefix))
    denied(lambda files: files.list_objects_v2(Bucket=bucket), None, True)


def directory(stage):
    status, registered = stage.call("/v1/accounts", {"email": stage.address})
    demand(status == 202 and "handle" in registered, f"a registration is answered with {status}")
    code = stage.code("confirms the registration in the built-in directory")
    status, _ = stage.call("/v1/accounts/confirm", {
        "email": stage.address, "handle": registered["handle"], "code": code,
        "password": stage.password})
    stage.registered = status in (200, 204)
    demand(stage.registered, f"the confirmation is answered with {status}")
    form = {"grant_type": "password", "client_id": stage.outputs.get("DirectoryClientId", stage.outputs["WebClientId"]),
            "username": stage.address, "password": stage.password, "scope": "credentials"}
    status, _ = stage.call("/v1/token", form=form | {"password": stage.password + "x"})
    demand(status in (400, 401), f"a wrong password is answered with {status}")
    status, given = stage.call("/v1/token", form=form)
    demand(status == 200, f"the right password is answered with {status}")
    status, _ = stage.call("/v1/credentials")
    demand(status == 401, f"credentials without a token are answered with {status}")
    status, found = stage.call("/v1/credentials", token=given["credentials_token"])
    demand(status == 200, f"credentials are answered with {status}")
    stage.identity = given["identity_id"]
    stage.credentials = keys(found["AccessKeyId"], found["SecretAccessKey"], found["Token"])
    own_files(stage)
    other_files(stage)
