//! Signed AWS calls over HTTP, by their target.

use local_cognito::sigv4::{SigningKey, sign_call};
use reqwest::Response;
use serde_json::Value;

use crate::handle::TestCognito;
use crate::requests::with_headers;

impl TestCognito {
    /// Makes a call at DynamoDB as the administrator; it must succeed.
    pub async fn table(&self, action: &str, input: &Value) -> Value {
        self.aws(&format!("DynamoDB_20120810.{action}"), input).await
    }

    /// Makes a call as the administrator; it must succeed.
    pub async fn aws(&self, target: &str, input: &Value) -> Value {
        let key = SigningKey::administrator(self.server().region(), service(target));
        let response = self.aws_with(target, input, &key).await;
        assert!(response.status().is_success(), "{target} {input}");
        serde_json::from_str(&response.text().await.unwrap()).unwrap_or_default()
    }

    /// Makes a call with the key of a function.
    pub async fn aws_as(&self, function: &str, target: &str, input: &Value) -> Response {
        let key = SigningKey::function(function, self.server().region(), service(target));
        self.aws_with(target, input, &key).await
    }

    /// Makes a call with a key.
    pub async fn aws_with(&self, target: &str, input: &Value, key: &SigningKey<'_>) -> Response {
        self.aws_at(self.server().url(), target, input, key).await
    }

    /// Makes a call with a key at another port of the local Cognito.
    pub async fn aws_at(
        &self,
        url: &str,
        target: &str,
        input: &Value,
        key: &SigningKey<'_>,
    ) -> Response {
        let (url, body) = (format!("{url}/"), input.to_string());
        let headers = sign_call(&url, target, &body, key, self.clock.wall()).unwrap();
        let request = with_headers(self.http.post(&url), &headers);
        request.body(body).send().await.unwrap()
    }
}

/// Returns the service that the signature of a call names.
#[track_caller]
fn service(target: &str) -> &str {
    match target.split_once('.') {
        Some(("DynamoDB_20120810", _)) => "dynamodb",
        Some(("AWSCognitoIdentityProviderService", _)) => "cognito-idp",
        Some(("AWSCognitoIdentityService", _)) => "cognito-identity",
        Some((service, _)) => service,
        None => panic!("{target} names no service"),
    }
}
