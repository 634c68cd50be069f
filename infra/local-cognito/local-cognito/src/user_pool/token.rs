//! Tokens: what a sign-in yields, what a refresh yields again, what an access token opens.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::digest::Digest as _;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use sha2::Sha256;

use super::Host;
use super::claim::{self, Edits};
use super::client::Client;
use super::state::Pool;
use super::trigger::{Request, Scene, Trigger, Version};
use crate::aws_api::input::Texts;
use crate::aws_api::{ApiError, chance};

pub(crate) const USER_SCOPE: &str = "aws.cognito.signin.user.admin";

/// One sign-in, from which every later token of it descends.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Grant {
    pub(crate) origin: String,
    pub(crate) user: String,
    pub(crate) client: String,
    pub(crate) event: String,
    pub(crate) auth_time: u64,
    pub(crate) expires: u64,
    pub(crate) revoked: bool,
    /// The hash of the newest refresh token.
    refresh: String,
    /// The hash of the one before and until when it still serves, in seconds.
    previous: Option<(String, u64)>,
}

/// Who holds a valid access token.
pub(crate) struct Bearer {
    pub(crate) pool: String,
    pub(crate) client: String,
    pub(crate) user: String,
}

/// For what tokens are issued.
pub(crate) struct Issue<'a> {
    pub(crate) pool: &'a str,
    pub(crate) client: &'a str,
    /// The last part of the trigger source, such as `Authentication`.
    pub(crate) occasion: &'a str,
    pub(crate) metadata: Option<&'a Texts>,
    /// What the ID token says in `nonce`; tokens of a refresh say nothing.
    pub(crate) nonce: Option<&'a str>,
}

impl Grant {
    /// A new sign-in and its refresh token.
    fn begin(user: &str, client: &Client, now: u64) -> Result<(Self, String), ApiError> {
        let token = refresh_token()?;
        let grant = Self {
            origin: chance::uuid()?,
            user: user.to_owned(),
            client: client.id.clone(),
            event: chance::uuid()?,
            auth_time: now,
            expires: now.saturating_add(client.refresh_token_life()),
            revoked: false,
            refresh: hash(&token),
            previous: None,
        };
        Ok((grant, token))
    }

    /// Replaces the refresh token; the old one serves for `grace` seconds more.
    pub(crate) fn rotate(&mut self, grace: u64, now: u64) -> Result<String, ApiError> {
        let token = refresh_token()?;
        let old = std::mem::replace(&mut self.refresh, hash(&token));
        self.previous = Some((old, now.saturating_add(grace)));
        Ok(token)
    }

    fn is_opened_by(&self, hash: &str, now: u64) -> bool {
        self.refresh == hash
            || self
                .previous
                .as_ref()
                .is_some_and(|(previous, until)| previous == hash && now < *until)
    }
}

impl Pool {
    /// The sign-in that a refresh token belongs to.
    pub(crate) fn grant_of(&self, token: &str, now: u64) -> Option<&Grant> {
        let hash = hash(token);
        self.grants.values().find(|grant| grant.is_opened_by(&hash, now))
    }

    pub(crate) fn revoke_all(&mut self, user: &str) {
        for grant in self.grants.values_mut() {
            if grant.user == user {
                grant.revoked = true;
            }
        }
    }
}

impl Host {
    /// Tokens of a new sign-in.
    pub(crate) async fn sign_in(&self, issue: &Issue<'_>, user: &str) -> Result<Value, ApiError> {
        let client = self.state().pool(issue.pool)?.client(issue.client)?.clone();
        let (grant, refresh) = Grant::begin(user, &client, self.clock.now())?;
        let mut result = self.tokens(issue, &grant).await?;
        result.insert("RefreshToken".to_owned(), refresh.into());
        self.state().pool_mut(issue.pool)?.grants.insert(grant.origin.clone(), grant);
        Ok(json!({"AuthenticationResult": result, "ChallengeParameters": {}}))
    }

    /// The ID and access tokens of a sign-in.
    pub(crate) async fn tokens(
        &self,
        issue: &Issue<'_>,
        grant: &Grant,
    ) -> Result<Map<String, Value>, ApiError> {
        let edits = self.edits(issue, &grant.user).await?;
        let keys = self.keys(issue.pool).await?;
        let now = self.clock.now();
        let (id, access, life) = {
            let state = self.state();
            let pool = state.pool(issue.pool)?;
            let issuer = pool.issuer(&self.settings);
            let user = pool.user(&grant.user)?;
            user.check_enabled()?;
            let client = pool.client(issue.client)?;
            let mut id = claim::id_token(pool, client, user, grant, &edits);
            if let Some(nonce) = issue.nonce {
                id.insert("nonce".to_owned(), nonce.into());
            }
            let access = claim::access_token(pool, client, user, grant, &edits);
            let life = client.access_token_life();
            (
                claim::timed(id, &issuer, now, client.id_token_life(), chance::uuid()?),
                claim::timed(access, &issuer, now, life, chance::uuid()?),
                life,
            )
        };
        let result = json!({
            "IdToken": keys.id.sign(&id)?,
            "AccessToken": keys.access.sign(&access)?,
            "ExpiresIn": life,
            "TokenType": "Bearer",
        });
        match result {
            Value::Object(result) => Ok(result),
            _ => Err(ApiError::internal()),
        }
    }

    /// What the pre token generation trigger wants changed.
    async fn edits(&self, issue: &Issue<'_>, user_name: &str) -> Result<Edits, ApiError> {
        let (hook, request) = {
            let state = self.state();
            let pool = state.pool(issue.pool)?;
            let Some(hook) = pool.hook(Trigger::PreTokenGeneration) else {
                return Ok(Edits::default());
            };
            let user = pool.user(user_name)?;
            let bare = user.groups.is_empty()
                && self.settings.uncertain.group_configuration_null_without_groups;
            let groups = if bare { Value::Null } else { claim::group_configuration(pool, user) };
            let mut request = Request::about(&pool.event_attributes(user))
                .with("groupConfiguration", groups)
                .with_metadata(issue.metadata);
            if hook.version() != Version::One {
                request = request.with("scopes", json!([USER_SCOPE]));
            }
            (hook, request)
        };
        let scene = Scene { pool: issue.pool, client: Some(issue.client), user_name };
        let response = self.invoke(&hook, &scene, issue.occasion, request).await?;
        Ok(Edits::of(&response))
    }

    /// Checks an access token as `GetUser` does.
    pub(crate) fn authorize(&self, token: &str) -> Result<Bearer, ApiError> {
        let invalid = || ApiError::refused("Invalid Access Token");
        let pool_id = unchecked_pool(token).ok_or_else(invalid)?;
        let state = self.state();
        let pool = state.pool(&pool_id).map_err(|_| invalid())?;
        let keys = pool.keys.as_ref().ok_or_else(invalid)?;
        let claims = keys.access.open(token).ok_or_else(invalid)?;
        let text = |name: &str| claims.get(name).and_then(Value::as_str);
        let issuers = self.settings.issuers(&pool_id);
        let is_ours = text("iss").is_some_and(|issuer| issuers.iter().any(|ours| ours == issuer));
        if !is_ours || text("token_use") != Some("access") {
            return Err(invalid());
        }
        let expires = claims.get("exp").and_then(Value::as_u64).unwrap_or(0);
        if self.clock.now() >= expires {
            return Err(ApiError::refused("Access Token has expired"));
        }
        let (Some(user), Some(client)) = (text("username"), text("client_id")) else {
            return Err(invalid());
        };
        let holder = pool.user(user)?;
        let grant = text("origin_jti").and_then(|origin| pool.grants.get(origin));
        if grant.is_none_or(|grant| grant.revoked) {
            return Err(ApiError::refused("Access Token has been revoked"));
        }
        if !text("scope").is_some_and(|scopes| scopes.split(' ').any(|scope| scope == USER_SCOPE)) {
            return Err(ApiError::refused("Access Token does not have required scopes"));
        }
        holder.check_enabled()?;
        Ok(Bearer { pool: pool_id, client: client.to_owned(), user: user.to_owned() })
    }
}

/// The pool that a token says it is from.
fn unchecked_pool(token: &str) -> Option<String> {
    let payload = URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
    let claims: Value = serde_json::from_slice(&payload).ok()?;
    let pool = claims.get("iss")?.as_str()?.rsplit('/').next()?;
    Some(pool.to_owned())
}

fn refresh_token() -> Result<String, ApiError> {
    Ok(format!("{}{}", chance::opaque()?, chance::opaque()?))
}

fn hash(token: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(token))
}
