//! Calls of the identity pool, and the logins that it takes.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use local_cognito::credentials::Session;
use local_cognito::user_pool::{ApiError, Caller};
use serde_json::{Value, json};

use crate::fixtures::{
    CLIENT, DEVELOPER_PROVIDER, GOOGLE, GOOGLE_CLIENT, IDENTITY_POOL, NOOR, PASSWORD,
};
use crate::handle::TestCognito;

impl TestCognito {
    /// Makes an unsigned call of the identity pool.
    ///
    /// # Errors
    /// The error of the pool.
    pub async fn identity_public(&self, action: &str, input: Value) -> Result<Value, ApiError> {
        self.identity_pools.call(Caller::Public, action, input).await
    }

    /// Makes a signed call about the identity pool of the tests.
    ///
    /// # Errors
    /// The error of the pool.
    pub async fn identity_signed(&self, action: &str, mut input: Value) -> Result<Value, ApiError> {
        if input.get("IdentityPoolId").is_none() {
            input["IdentityPoolId"] = json!(IDENTITY_POOL);
        }
        self.identity_pools.call(Caller::Signed, action, input).await
    }

    /// Requests a developer token by its logins.
    ///
    /// # Errors
    /// The error of the pool.
    pub async fn developer(&self, logins: Value) -> Result<Value, ApiError> {
        self.developer_for(None, logins).await
    }

    /// Requests a developer token for an identity.
    ///
    /// # Errors
    /// The error of the pool.
    pub async fn developer_for(
        &self,
        identity: Option<&str>,
        logins: Value,
    ) -> Result<Value, ApiError> {
        let input = json!({"IdentityId": identity, "Logins": logins});
        self.identity_signed("GetOpenIdTokenForDeveloperIdentity", input).await
    }

    /// Returns the identity of a developer user, and a token for it.
    pub async fn token(&self, user: &str) -> (String, String) {
        let answer = self.developer(json!({DEVELOPER_PROVIDER: user})).await.unwrap();
        (text(&answer["IdentityId"]), text(&answer["Token"]))
    }

    /// Returns the identity that a client's logins lead to.
    ///
    /// # Errors
    /// The error of the pool.
    pub async fn get_id(&self, logins: Value) -> Result<String, ApiError> {
        let input = json!({"IdentityPoolId": IDENTITY_POOL, "Logins": logins});
        self.identity_public("GetId", input).await.map(|answer| text(&answer["IdentityId"]))
    }

    /// Requests credentials of an identity.
    ///
    /// # Errors
    /// The error of the pool.
    pub async fn get_credentials(&self, identity: &str, logins: Value) -> Result<Value, ApiError> {
        let input = json!({"IdentityId": identity, "Logins": logins});
        self.identity_public("GetCredentialsForIdentity", input).await
    }

    /// Returns the session of the credentials in an answer.
    #[must_use]
    #[track_caller]
    pub fn session(&self, answer: &Value) -> Session {
        let key = answer["Credentials"]["AccessKeyId"].as_str().unwrap();
        self.credentials.find(key).unwrap()
    }

    /// Signs a token of a Google user.
    pub async fn google(&self, sub: &str) -> String {
        self.google_with(sub, json!({})).await
    }

    /// Signs a token of a Google user with these claims.
    pub async fn google_with(&self, sub: &str, claims: Value) -> String {
        let mut wanted = json!({"sub": sub, "provider": GOOGLE, "aud": GOOGLE_CLIENT});
        wanted.as_object_mut().unwrap().extend(claims.as_object().unwrap().clone());
        self.identity_pools.social_token(wanted).await.unwrap()
    }

    /// Returns an ID token of Noor.
    pub async fn id_token(&self) -> String {
        text(&self.noor_at(CLIENT).await["IdToken"])
    }

    /// Signs Noor in at a client; returns the tokens.
    pub async fn noor_at(&self, client: &str) -> Value {
        self.sign_in_at(client, NOOR, PASSWORD).await.unwrap()
    }
}

/// Returns the claims of a token without checking its signature.
#[must_use]
#[track_caller]
pub fn claims(token: &str) -> Value {
    let payload = URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
    serde_json::from_slice(&payload).unwrap()
}

/// Returns the text of a JSON value that must be one.
#[must_use]
#[track_caller]
pub fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// Returns the error for an identity that is out of reach.
#[must_use]
pub fn forbidden(identity: &str) -> String {
    format!("NotAuthorizedException: Access to Identity '{identity}' is forbidden.")
}
