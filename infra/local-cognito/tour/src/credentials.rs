//! Chapter eight: from a sign-in to the user's own files, and no further.

use std::time::Duration;

use crate::client::{Client, FileAnswer, Keys, OWN_TOKEN, at, refused, tokens};
use crate::names::WEB_CLIENT;
use crate::plan::{
    CREATE, DEFINE, Happens, ISSUE_CALL, JUDGE_CALL, NOTHING, Plan, SIGNED_IN, VERIFY,
};
use crate::steps::{Stopped, Tour};
use anyhow::{Context, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use reqwest::Method;
use serde_json::{Value, json};

const LOU: &str = "lou@example.net";
const MIA: &str = "mia@example.net";
const NOTE: &str = "what Lou wrote";

/// A time that is longer than the life of temporary credentials.
pub(super) const LONG: Duration = Duration::from_secs(60 * 60 + 1);

/// A user who is signed in.
struct SignedInUser {
    id_token: String,
    keys: Keys,
}

pub(super) async fn play(tour: &mut Tour) -> Result<(), Stopped> {
    let create = Plan {
        name: "an administrator creates Lou and Mia",
        expected: "users with verified addresses",
        happens: Happens::AtOnce,
    };
    tour.step(create, async |client| {
        client.create(LOU).await?;
        client.create(MIA).await
    })
    .await?;
    let lou = arrive(tour, "Lou signs in and goes to the identity pool", LOU).await?;
    let mia = arrive(tour, "so does Mia", MIA).await?;
    own_files(tour, &lou).await?;
    foreign_files(tour, &lou, &mia).await?;
    stolen_parts(tour, &lou, &mia).await?;
    foreign_identity(tour, &lou, &mia).await?;
    forged_tokens(tour, &lou).await?;
    late(tour, &lou).await
}

async fn arrive(tour: &mut Tour, name: &str, address: &str) -> Result<SignedInUser, Stopped> {
    let arrive = Plan {
        name,
        expected: "one identity, asked for twice, and credentials for it",
        happens: Happens::InTurn {
            triggers: &[DEFINE, CREATE, VERIFY, DEFINE, SIGNED_IN],
            aws_calls: &[ISSUE_CALL, JUDGE_CALL, SIGNED_IN],
        },
    };
    tour.step(arrive, async |client| {
        let challenge = client.start(WEB_CLIENT, address).await?;
        let code = client.code_of_mail(address, 1).await?;
        let tokens = tokens(client.answer(&challenge, &code).await?)?;
        let id_token = at(&tokens, "/IdToken").as_str().context("there is no ID token")?;
        let logins = client.logins(id_token);
        let identity = client.identity(&logins).await?;
        ensure!(client.identity(&logins).await? == identity, "the identity changed");
        let keys = client.credentials(&identity, &logins).await?;
        ensure!(keys.identity == identity, "the credentials are of another identity");
        Ok(SignedInUser { id_token: id_token.to_owned(), keys })
    })
    .await
}

async fn own_files(tour: &mut Tour, lou: &SignedInUser) -> Result<(), Stopped> {
    let own = Plan {
        name: "Lou writes a file below her own prefix",
        expected: "it is there, as she wrote it",
        happens: NOTHING,
    };
    tour.step(own, async |client| keep_note(client, &lou.keys, NOTE).await).await
}

async fn foreign_files(
    tour: &mut Tour,
    lou: &SignedInUser,
    mia: &SignedInUser,
) -> Result<(), Stopped> {
    let foreign = Plan {
        name: "Mia reads, writes and deletes Lou's file with credentials of her own",
        expected: "AccessDenied each time, and the file is as it was",
        happens: NOTHING,
    };
    tour.step(foreign, async |client| reach_out(client, &mia.keys, &lou.keys, NOTE).await).await
}

async fn stolen_parts(
    tour: &mut Tour,
    lou: &SignedInUser,
    mia: &SignedInUser,
) -> Result<(), Stopped> {
    let stolen = Plan {
        name: "Lou's file is asked for unsigned, and with her keys but no or Mia's session token",
        expected: "AccessDenied, then InvalidToken twice",
        happens: NOTHING,
    };
    tour.step(stolen, async |client| {
        denied(client.file(Method::GET, &lou.keys.note(), None, "").await?, "AccessDenied")?;
        for session_token in [None, mia.keys.session_token()] {
            let keys = lou.keys.with_token(session_token);
            let answer = client.file(Method::GET, &lou.keys.note(), Some(&keys), "").await?;
            denied(answer, "InvalidToken")?;
        }
        Ok(())
    })
    .await
}

async fn foreign_identity(
    tour: &mut Tour,
    lou: &SignedInUser,
    mia: &SignedInUser,
) -> Result<(), Stopped> {
    let foreign = Plan {
        name: "Mia asks for credentials of Lou's identity, as herself and without a login",
        expected: "refused: not her login, and not without one",
        happens: NOTHING,
    };
    tour.step(foreign, async |client| {
        let as_herself = client.logins(&mia.id_token);
        for (logins, text) in [(as_herself, "Logins don't match"), (json!({}), "is forbidden")] {
            let input = json!({"IdentityId": lou.keys.identity, "Logins": logins});
            let answer = client.call_identity_pool("GetCredentialsForIdentity", input).await?;
            refused(answer, text)?;
        }
        let named = json!({"lifeguard": "lou"});
        let input = json!({"IdentityPoolId": client.identity_pool(), "Logins": named});
        let answer = client.call_identity_pool("GetId", input).await?;
        refused(answer, "Please provide a valid public provider")
    })
    .await
}

async fn forged_tokens(tour: &mut Tour, lou: &SignedInUser) -> Result<(), Stopped> {
    let forged = Plan {
        name: "Lou's token is altered, unsigned, and signed with the public key as a secret",
        expected: "none of them verifies, whether the user pool's or the identity pool's",
        happens: NOTHING,
    };
    tour.step(forged, async |client| {
        let identity = &lou.keys.identity;
        let own = json!({
            "IdentityPoolId": client.identity_pool(),
            "IdentityId": identity,
            "Logins": with(client.logins(&lou.id_token), "lifeguard", "lou"),
        });
        let action = "GetOpenIdTokenForDeveloperIdentity";
        let own = client.expect_identity_pool(action, own).await?;
        let own = at(&own, "/Token").as_str().context("there is no token")?;
        client.credentials(identity, &json!({OWN_TOKEN: own})).await?;
        let keys = client.document("identity-pool/.well-known/jwks_uri").await?;
        for token in forgeries(own, &keys)? {
            check_forged(client, identity, json!({OWN_TOKEN: token})).await?;
        }
        let keys = client.document(&format!("{}/.well-known/jwks.json", client.pool())).await?;
        for token in forgeries(&lou.id_token, &keys)? {
            check_forged(client, identity, client.logins(&token)).await?;
        }
        Ok(())
    })
    .await
}

async fn late(tour: &mut Tour, lou: &SignedInUser) -> Result<(), Stopped> {
    let late = Plan {
        name: "an hour later Lou comes back with what she has",
        expected: "credentials and token have expired",
        happens: NOTHING,
    };
    tour.step(late, async |client| {
        client.advance_clock(LONG).await?;
        let answer = client.file(Method::GET, &lou.keys.note(), Some(&lou.keys), "").await?;
        denied(answer, "ExpiredToken")?;
        let logins = client.logins(&lou.id_token);
        let input = json!({"IdentityId": lou.keys.identity, "Logins": logins});
        let answer = client.call_identity_pool("GetCredentialsForIdentity", input).await?;
        refused(answer, "Token expired")
    })
    .await
}

async fn check_forged(client: &Client, identity: &str, logins: Value) -> anyhow::Result<()> {
    let input = json!({"IdentityId": identity, "Logins": logins});
    let answer = client.call_identity_pool("GetCredentialsForIdentity", input).await?;
    refused(answer, "Couldn't verify signed token")
}

/// Returns tokens that an attacker who knows the public keys can make of one.
pub(super) fn forgeries(token: &str, keys: &Value) -> anyhow::Result<[String; 3]> {
    let parts: Vec<&str> = token.split('.').collect();
    let [header, payload, signature] = parts.as_slice() else {
        anyhow::bail!("the token has not three parts");
    };
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload)?)?;
    let altered = with(claims.clone(), "exp", 9_999_999_999_u64);
    let altered = URL_SAFE_NO_PAD.encode(altered.to_string());
    let kid = jsonwebtoken::decode_header(token)?.kid;
    let none = json!({"alg": "none", "typ": "JWT", "kid": kid});
    let none = URL_SAFE_NO_PAD.encode(none.to_string());
    let public = at(keys, "/keys")
        .as_array()
        .and_then(|keys| keys.iter().find(|key| at(key, "/kid").as_str() == kid.as_deref()))
        .and_then(|key| at(key, "/n").as_str())
        .context("the token's key is not published")?;
    let secret = EncodingKey::from_secret(&URL_SAFE_NO_PAD.decode(public)?);
    let confused = Header { kid, ..Header::new(Algorithm::HS256) };
    Ok([
        format!("{header}.{altered}.{signature}"),
        format!("{none}.{payload}."),
        jsonwebtoken::encode(&confused, &claims, &secret)?,
    ])
}

/// The object with one more member.
fn with(mut object: Value, name: &str, value: impl Into<Value>) -> Value {
    if let Some(members) = object.as_object_mut() {
        members.insert(name.to_owned(), value.into());
    }
    object
}

/// Writes a note below the own prefix and reads it.
pub(super) async fn keep_note(client: &Client, own: &Keys, note: &str) -> anyhow::Result<()> {
    allowed(client.file(Method::PUT, &own.note(), Some(own), note).await?)?;
    check_note(client, own, note).await
}

/// Reads the note below the own prefix.
pub(super) async fn check_note(client: &Client, own: &Keys, note: &str) -> anyhow::Result<()> {
    let read = allowed(client.file(Method::GET, &own.note(), Some(own), "").await?)?;
    ensure!(read == note, "it reads otherwise");
    Ok(())
}

/// Reaches for the note of another user in every way, which must change nothing.
pub(super) async fn reach_out(
    client: &Client,
    own: &Keys,
    other: &Keys,
    note: &str,
) -> anyhow::Result<()> {
    for method in [Method::GET, Method::PUT, Method::DELETE] {
        let answer = client.file(method, &other.note(), Some(own), "").await?;
        denied(answer, "AccessDenied")?;
    }
    let read = allowed(client.file(Method::GET, &other.note(), Some(other), "").await?)?;
    ensure!(read == note, "it was changed");
    Ok(())
}

pub(super) fn allowed(answer: FileAnswer) -> anyhow::Result<String> {
    answer.map_err(|code| anyhow::anyhow!("S3 answers {code}"))
}

pub(super) fn denied(answer: FileAnswer, code: &str) -> anyhow::Result<()> {
    match answer {
        Ok(_) => anyhow::bail!("S3 did it"),
        Err(other) => {
            ensure!(other == code, "S3 answers {other}");
            Ok(())
        }
    }
}
