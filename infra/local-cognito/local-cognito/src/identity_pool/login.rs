//! What the tokens of a request prove.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use super::Host;
use super::amr::Kind;
use super::config::Provider;
use super::role::{Mapped, RoleMapping};
use super::state::{Login, Pool};
use super::token::{PROVIDER, Statement};
use crate::aws_api::ApiError;
use crate::aws_api::input::Texts;

/// A login at a public provider that its token proves.
pub(crate) struct Proof {
    pub(crate) login: Login,
    pub(crate) kind: Kind,
    pub(crate) claims: Map<String, Value>,
    /// The client whose token it is.
    client: String,
}

/// The logins of a client.
pub(crate) enum Proved {
    /// Tokens of public providers; none of them is a guest.
    Public(Vec<Proof>),
    /// A token that this host gave out for a developer user.
    Own(Statement),
}

impl Proof {
    /// The name under which role mappings have the provider.
    fn mapping_name(&self) -> String {
        match self.kind {
            Kind::UserPool => format!("{}:{}", self.login.provider, self.client),
            Kind::Social | Kind::Developer => self.login.provider.clone(),
        }
    }

    /// The role mapping that applies to the first login that has one.
    pub(crate) fn mapped<'a>(
        proofs: &'a [Self],
        mappings: &'a std::collections::BTreeMap<String, RoleMapping>,
    ) -> Option<Mapped<'a>> {
        proofs.iter().find_map(|proof| {
            let mapping = mappings.get(&proof.mapping_name())?;
            Some(Mapped { mapping, claims: &proof.claims })
        })
    }
}

impl Host {
    /// Proves what a client sent; every token has to be right.
    pub(crate) async fn prove(&self, pool: &str, logins: &Texts) -> Result<Proved, ApiError> {
        match logins.get(PROVIDER) {
            Some(token) if logins.len() == 1 => self.prove_own(pool, token).await.map(Proved::Own),
            Some(_) => Err(ApiError::refused(DONT_MATCH)),
            None => self.prove_public(pool, logins.iter()).await.map(Proved::Public),
        }
    }

    /// Proves logins at public providers.
    pub(crate) async fn prove_public(
        &self,
        pool: &str,
        logins: impl Iterator<Item = (&String, &String)>,
    ) -> Result<Vec<Proof>, ApiError> {
        let mut proofs = Vec::new();
        for (name, token) in logins {
            let provider = self.provider(pool, name)?;
            proofs.push(self.prove_one(name, provider, token).await?);
        }
        Ok(proofs)
    }

    fn provider(&self, pool: &str, name: &str) -> Result<Provider, ApiError> {
        let state = self.state();
        let pool: &Pool = state.pool(pool)?;
        if pool.developer_provider() == Some(name) {
            let kind = &self.settings.uncertain.developer_login_of_client_kind;
            return Err(ApiError::new(kind, "Please provide a valid public provider."));
        }
        pool.provider(name, &self.settings.url).ok_or_else(not_supported)
    }

    async fn prove_one(
        &self,
        name: &str,
        provider: Provider,
        token: &str,
    ) -> Result<Proof, ApiError> {
        let (issuers, kind) = match &provider {
            Provider::UserPool { pool, .. } => {
                (self.user_pools.issuers(pool).to_vec(), Kind::UserPool)
            }
            Provider::Social { issuer, .. } => (vec![issuer.clone()], Kind::Social),
        };
        let said = unverified_issuer(token)
            .ok_or_else(|| invalid("Not a valid OpenId Connect identity token."))?;
        if !issuers.contains(&said) {
            return Err(invalid("Issuer doesn't match providerName"));
        }
        let claims = match &provider {
            Provider::UserPool { pool, .. } => self.user_pools.token_claims(pool, token),
            Provider::Social { .. } => self.social_claims(token).await?,
        };
        let claims = claims.ok_or_else(bad_signature)?;
        let client = audience(&claims)?;
        check_times(&claims, self.clock.now())?;
        match &provider {
            Provider::UserPool { pool, clients, checked } => {
                if claims.get("token_use").and_then(Value::as_str) != Some("id") {
                    return Err(invalid("Not a valid OpenId Connect identity token."));
                }
                if !clients.contains(&client) {
                    return Err(not_supported());
                }
                if checked.contains(&client) && !self.user_pools.is_signed_in(pool, &claims) {
                    return Err(invalid("Token is revoked."));
                }
            }
            Provider::Social { audience, .. } if *audience != client => {
                return Err(not_supported());
            }
            Provider::Social { .. } => {}
        }
        let subject = claims.get("sub").and_then(Value::as_str).filter(|sub| !sub.is_empty());
        let subject = subject.ok_or_else(|| invalid("Missing a required claim: sub"))?;
        let login = Login { provider: name.to_owned(), subject: subject.to_owned() };
        Ok(Proof { login, kind, claims, client })
    }

    async fn prove_own(&self, pool: &str, token: &str) -> Result<Statement, ApiError> {
        let opened = self.open_token(token).await?.ok_or_else(bad_signature)?;
        check_expiry(opened.expires, self.clock.now())?;
        if opened.statement.pool != pool {
            return Err(not_supported());
        }
        Ok(opened.statement)
    }
}

/// The text when no login of the identity was proved.
pub(crate) const DONT_MATCH: &str = "Logins don't match. Please include at least one valid login for this identity or identity \
     pool.";

/// The issuer that a token names, whoever signed it.
fn unverified_issuer(token: &str) -> Option<String> {
    let [_, payload, _] = token.split('.').collect::<Vec<_>>().try_into().ok()?;
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()?;
    Some(claims.get("iss")?.as_str()?.to_owned())
}

/// The one client that a token is for.
fn audience(claims: &Map<String, Value>) -> Result<String, ApiError> {
    match claims.get("aud") {
        Some(Value::String(client)) => Ok(client.clone()),
        _ => Err(invalid("Missing a required claim: aud")),
    }
}

fn check_times(claims: &Map<String, Value>, now: u64) -> Result<(), ApiError> {
    let time = |name: &str| claims.get(name).and_then(Value::as_u64);
    if time("nbf").is_some_and(|begins| now < begins) {
        return Err(invalid("Token is not valid yet."));
    }
    check_expiry(time("exp").ok_or_else(|| invalid("Missing a required claim: exp"))?, now)
}

fn check_expiry(expires: u64, now: u64) -> Result<(), ApiError> {
    if now < expires {
        return Ok(());
    }
    Err(invalid(&format!("Token expired: {now} >= {expires}")))
}

fn not_supported() -> ApiError {
    ApiError::refused("Token is not from a supported provider of this identity pool.")
}

fn bad_signature() -> ApiError {
    invalid("Couldn't verify signed token.")
}

fn invalid(what: &str) -> ApiError {
    ApiError::refused(format!("Invalid login token. {what}"))
}
