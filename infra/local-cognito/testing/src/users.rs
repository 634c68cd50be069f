//! Users of the handle's user pool and their sign-ins.

use local_cognito::user_pool::ApiError;
use serde_json::{Value, json};

use crate::at_once::run_at_once;
use crate::fixtures::PASSWORD;
use crate::handle::TestCognito;

impl TestCognito {
    /// Adds a confirmed user with a verified address and the common password.
    #[track_caller]
    pub fn add(&self, email: &str) {
        let verified = json!([{"Name": "email_verified", "Value": "true"}]);
        run_at_once(self.add_user(email, PASSWORD, verified));
    }

    /// Adds a confirmed user with these attributes; returns its user name.
    pub async fn add_user(&self, email: &str, password: &str, attributes: Value) -> String {
        let input = json!({
            "Username": email, "MessageAction": "SUPPRESS", "UserAttributes": attributes,
        });
        let created = self.admin("AdminCreateUser", input).await;
        let input = json!({"Username": email, "Password": password, "Permanent": true});
        self.admin("AdminSetUserPassword", input).await;
        created["User"]["Username"].as_str().unwrap().to_owned()
    }

    /// Adds a confirmed user with the common password and this `email_verified`; returns its user
    /// name.
    pub async fn add_with_address(&self, email: &str, verified: &str) -> String {
        let attributes = json!([
            {"Name": "email", "Value": email}, {"Name": "email_verified", "Value": verified},
        ]);
        self.add_user(email, PASSWORD, attributes).await
    }

    /// Signs in with a password at the handle's client; returns the tokens.
    ///
    /// # Errors
    /// The error of the pool.
    pub async fn sign_in(&self, name: &str, password: &str) -> Result<Value, ApiError> {
        self.sign_in_at(&self.client, name, password).await
    }

    /// Signs in with a password at a client; returns the tokens.
    ///
    /// # Errors
    /// The error of the pool.
    pub async fn sign_in_at(
        &self,
        client: &str,
        name: &str,
        password: &str,
    ) -> Result<Value, ApiError> {
        let input = json!({
            "ClientId": client,
            "AuthFlow": "USER_PASSWORD_AUTH",
            "AuthParameters": {"USERNAME": name, "PASSWORD": password},
        });
        let answer = self.public("InitiateAuth", input).await?;
        Ok(answer["AuthenticationResult"].clone())
    }

    /// Describes the user of an access token.
    ///
    /// # Errors
    /// The error of the pool.
    pub async fn get_user(&self, token: &Value) -> Result<Value, ApiError> {
        self.public("GetUser", json!({"AccessToken": token})).await
    }
}
