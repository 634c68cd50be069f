//! The identity pool's own tokens: RS512, one key for all pools of the host.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};

use jsonwebtoken::{Algorithm, Header};
use serde_json::{Map, Value, json};

use super::Host;
use super::state::State;
use crate::aws_api::{ApiError, chance};
use crate::signing_key::{SigningKey, to_the_end};

/// The issuer, which is also the key of such a token among `Logins`.
pub const PROVIDER: &str = "cognito-identity.amazonaws.com";
pub(crate) const ALGORITHM: Algorithm = Algorithm::RS512;

const ISSUER: &str = "https://cognito-identity.amazonaws.com";
const POOL_ARN: &str = "https://cognito-identity.amazonaws.com/identity-pool-arn";
const TAGS: &str = "https://aws.amazon.com/tags";

/// What a token says.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Statement {
    pub(crate) pool: String,
    pub(crate) identity: String,
    pub(crate) amr: Vec<String>,
    pub(crate) tags: BTreeMap<String, String>,
}

/// What a token came to whose signature is right.
pub(crate) struct Opened {
    pub(crate) statement: Statement,
    /// In seconds since 1970.
    pub(crate) expires: u64,
}

impl Statement {
    fn claims(&self, region: &str, now: u64, life: u64, jti: String) -> Map<String, Value> {
        let arn =
            format!("arn:aws:cognito-identity:{region}:000000000000:identitypool/{}", self.pool);
        let mut claims: Map<String, Value> = [
            ("iss", json!(ISSUER)),
            ("aud", json!(self.pool)),
            ("sub", json!(self.identity)),
            ("amr", json!(self.amr)),
            ("iat", json!(now)),
            ("exp", json!(now.saturating_add(life))),
            ("jti", json!(jti)),
            (POOL_ARN, json!(arn)),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into_iter()
        .collect();
        if !self.tags.is_empty() {
            let tags: Map<String, Value> =
                self.tags.iter().map(|(key, value)| (key.clone(), json!([value]))).collect();
            claims.insert(TAGS.to_owned(), json!({"principal_tags": tags}));
        }
        claims
    }
}

impl Host {
    /// A token that says so for `life` seconds.
    pub(crate) async fn token(&self, statement: &Statement, life: u64) -> Result<String, ApiError> {
        let mut header = Header::new(ALGORITHM);
        header.typ = Some("JWS".to_owned());
        let now = self.clock.now();
        let claims = statement.claims(&self.settings.region, now, life, chance::uuid()?);
        self.token_key().await?.sign(header, &claims)
    }

    /// A token that this host signed; its times are the caller's to look at.
    pub(crate) async fn open_token(&self, token: &str) -> Result<Option<Opened>, ApiError> {
        let key = self.token_key().await?;
        Ok(key.open(ALGORITHM, token).and_then(|claims| opened(&claims)))
    }

    pub(crate) async fn token_key(&self) -> Result<SigningKey, ApiError> {
        self.key(format!("{}-1", self.settings.region), |state| &mut state.key).await
    }

    /// A key of the state, made on first use.
    pub(crate) async fn key(
        &self,
        kid: String,
        place: impl Fn(&mut State) -> &mut Option<SigningKey> + Send + 'static,
    ) -> Result<SigningKey, ApiError> {
        let _one_at_a_time = self.key_making.lock().await;
        if let Some(key) = place(&mut self.state()) {
            return Ok(key.clone());
        }
        let state = Arc::clone(&self.state);
        to_the_end(move || {
            let key = SigningKey::generate(kid)?;
            let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
            Ok(place(&mut state).get_or_insert(key).clone())
        })
        .await
    }
}

fn opened(claims: &Map<String, Value>) -> Option<Opened> {
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    if text("iss") != Some(ISSUER) {
        return None;
    }
    let amr = claims.get("amr")?.as_array()?;
    let tags = claims.get(TAGS).and_then(|tags| tags.get("principal_tags")?.as_object());
    Some(Opened {
        statement: Statement {
            pool: text("aud")?.to_owned(),
            identity: text("sub")?.to_owned(),
            amr: amr
                .iter()
                .map(|entry| entry.as_str().map(str::to_owned))
                .collect::<Option<_>>()?,
            tags: tags
                .into_iter()
                .flatten()
                .map(|(key, values)| Some((key.clone(), values.get(0)?.as_str()?.to_owned())))
                .collect::<Option<_>>()?,
        },
        expires: claims.get("exp")?.as_u64()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_token_says_is_read_back() {
        let statement = Statement {
            pool: "eu-west-1:11".into(),
            identity: "eu-west-1:22".into(),
            amr: vec!["authenticated".into(), "lifeguard".into()],
            tags: BTreeMap::from([("team".into(), "red".into())]),
        };
        let mut claims = statement.claims("eu-west-1", 100, 900, "j".into());
        let read = opened(&claims).unwrap();
        assert_eq!((&read.statement, read.expires), (&statement, 1000));
        assert_eq!(claims[TAGS], json!({"principal_tags": {"team": ["red"]}}));
        claims.insert("iss".into(), json!("https://elsewhere.example"));
        assert!(opened(&claims).is_none());
    }
}
