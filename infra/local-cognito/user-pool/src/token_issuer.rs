//! The token issuer: the tokens of a sign-in and of a refresh.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::grant::Grant;
use super::key_store::KeyStore;
use super::registry::PoolRegistry;
use super::settings::Settings;
use super::token_claims::{self, ClaimEdits, USER_SCOPE};
use super::trigger::{EventContext, EventRequest, Hook, Trigger, TriggerRunner, Version};
use local_cognito_aws_emulation::clock::Clock;
use local_cognito_aws_emulation::input::Texts;
use local_cognito_aws_emulation::{ApiError, randomness};

/// Issues the tokens of all pools; cloning shares it.
#[derive(Clone)]
pub(crate) struct TokenIssuer {
    pub(crate) settings: Arc<Settings>,
    pub(crate) clock: Clock,
    pub(crate) pools: PoolRegistry,
    pub(crate) triggers: TriggerRunner,
    pub(crate) keys: KeyStore,
}

/// The circumstances in which tokens are issued.
pub(crate) struct Issuance<'a> {
    pub(crate) pool: &'a str,
    pub(crate) client: &'a str,
    /// The last part of the trigger source, such as `Authentication`.
    pub(crate) occasion: &'a str,
    pub(crate) metadata: Option<&'a Texts>,
    /// The `nonce` of the ID token; tokens of a refresh have none.
    pub(crate) nonce: Option<&'a str>,
}

impl TokenIssuer {
    /// Issues the tokens of a new sign-in.
    pub(crate) async fn sign_in(
        &self,
        issuance: &Issuance<'_>,
        user: &str,
    ) -> Result<Value, ApiError> {
        let client = self.pools.lock().pool(issuance.pool)?.client(issuance.client)?.clone();
        let (grant, refresh) = Grant::new(user, &client, self.clock.now())?;
        let mut result = self.issue(issuance, &grant).await?;
        result.insert("RefreshToken".to_owned(), refresh.into());
        let mut state = self.pools.lock();
        state.pool_mut(issuance.pool)?.grants.add(&grant, self.clock.now());
        Ok(json!({"AuthenticationResult": result, "ChallengeParameters": {}}))
    }

    /// Issues the ID token and the access token of a sign-in.
    pub(crate) async fn issue(
        &self,
        issuance: &Issuance<'_>,
        grant: &Grant,
    ) -> Result<Map<String, Value>, ApiError> {
        let edits = self.edits(issuance, &grant.user).await?;
        let keys = self.keys.keys(issuance.pool).await?;
        let now = self.clock.now();
        let (id, access, life) = {
            let state = self.pools.lock();
            let pool = state.pool(issuance.pool)?;
            let issuer = pool.issuer(&self.settings);
            let user = pool.user(&grant.user)?;
            user.check_enabled()?;
            let client = pool.client(issuance.client)?;
            let mut id = token_claims::id_token(pool, client, user, grant, &edits);
            if let Some(nonce) = issuance.nonce {
                id.insert("nonce".to_owned(), nonce.into());
            }
            let access = token_claims::access_token(pool, client, user, grant, &edits);
            let life = client.access_token_life();
            (
                token_claims::timed(id, &issuer, now, client.id_token_life(), randomness::uuid()?),
                token_claims::timed(access, &issuer, now, life, randomness::uuid()?),
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

    /// Returns the changes that the pre token generation trigger asks for.
    async fn edits(
        &self,
        issuance: &Issuance<'_>,
        user_name: &str,
    ) -> Result<ClaimEdits, ApiError> {
        let (hook, request) = {
            let state = self.pools.lock();
            let pool = state.pool(issuance.pool)?;
            let Some(hook) = Hook::find(&pool.config, Trigger::PreTokenGeneration) else {
                return Ok(ClaimEdits::default());
            };
            let user = pool.user(user_name)?;
            let is_null = user.groups.is_empty()
                && self.settings.uncertain.group_configuration_null_without_groups;
            let groups =
                if is_null { Value::Null } else { token_claims::group_configuration(pool, user) };
            let mut request = EventRequest::about(&pool.config, user)
                .with("groupConfiguration", groups)
                .with_metadata(issuance.metadata);
            if hook.version != Version::One {
                request = request.with("scopes", json!([USER_SCOPE]));
            }
            (hook, request)
        };
        let (pool, client) = (issuance.pool, Some(issuance.client));
        let context = EventContext { pool, client, user_name };
        let response = self.triggers.invoke(&hook, &context, issuance.occasion, request).await?;
        Ok(ClaimEdits::parse(&response))
    }
}
