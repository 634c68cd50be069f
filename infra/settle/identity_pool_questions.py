"""Questions about identity pools, by the rules of `user_pool_questions`."""

from bench import Unsettled, kind, unique, yes
from botocore.exceptions import ClientError
from user_pool_questions import option

MOST_LOGINS = 20
OWN = "cognito-identity.amazonaws.com"


def developer(bench, user, provider="settle", **more):
    return bench.identities.get_open_id_token_for_developer_identity(
        IdentityPoolId=bench.identity_pool, Logins={provider: user}, **more)


def logins(bench):
    """Tokens of users of two pools."""
    first, second = bench.token(), bench.token(bench.second, bench.second_client)
    return {bench.provider(bench.pool): first}, {bench.provider(bench.second): second}


@option(readings=None)
def unknown_developer_provider_kind(bench):
    return kind(lambda: developer(bench, unique("user"), "another"))[0]


@option(readings=None)
def developer_login_of_client_kind(bench):
    return kind(lambda: bench.guest.get_id(
        IdentityPoolId=bench.identity_pool, Logins={"settle": unique("user")}))[0]


@option(readings=None)
def too_many_logins_kind(bench):
    users = [unique("user") for _ in range(MOST_LOGINS + 1)]
    for user in users:
        developer(bench, user)

    def merge(user):
        bench.identities.merge_developer_identities(
            SourceUserIdentifier=user, DestinationUserIdentifier=users[0],
            DeveloperProviderName="settle", IdentityPoolId=bench.identity_pool)

    for user in users[1:MOST_LOGINS]:
        merge(user)
    return kind(lambda: merge(users[MOST_LOGINS]))[0]


@option()
def unknown_identities_unprocessed(bench):
    unknown = f"{bench.region}:00000000-0000-4000-8000-000000000000"
    left = bench.identities.delete_identities(IdentityIdsToDelete=[unknown])
    return yes(left.get("UnprocessedIdentityIds"))


@option(readings=("Requested", "Other"))
def survivor(bench):
    first, second = logins(bench)
    named = bench.guest.get_id(IdentityPoolId=bench.identity_pool, Logins=first)["IdentityId"]
    other = bench.guest.get_id(IdentityPoolId=bench.identity_pool, Logins=second)["IdentityId"]
    if named == other:
        raise Unsettled("two logins have one identity before they meet")
    # The older one survives in some readings, so it is not the one that is named.
    asked, left = other, named
    stays = bench.guest.get_open_id_token(IdentityId=asked, Logins=first | second)["IdentityId"]
    if stays not in (asked, left):
        raise Unsettled("a third identity stays")
    return "Requested" if stays == asked else "Other"


def own_token_beside_a_login(bench):
    """A token of the identity pool beside a login of a user pool."""
    given = developer(bench, unique("user"))
    first, _ = logins(bench)
    both = {OWN: given["Token"]} | first
    said = []
    for name, call in (
            ("GetId", lambda: bench.guest.get_id(IdentityPoolId=bench.identity_pool, Logins=both)),
            ("GetOpenIdToken", lambda: bench.guest.get_open_id_token(
                IdentityId=given["IdentityId"], Logins=both))):
        try:
            linked = call()["IdentityId"] == given["IdentityId"]
            said.append(f"{name} takes both and {'links' if linked else 'does not link'} them")
        except ClientError as error:
            said.append(f"{name} refuses: {error.response['Error']['Code']}")
    return "; ".join(said)


OPTIONS = [unknown_developer_provider_kind, developer_login_of_client_kind, too_many_logins_kind,
           unknown_identities_unprocessed, survivor]
OTHERS = [own_token_beside_a_login]
