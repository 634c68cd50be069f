//! HTTP requests at a whole local Cognito.

use local_cognito::credentials::Session;
use local_cognito::sigv4::{SigningKey, Unsigned, sign};
use reqwest::{Method, RequestBuilder, Response};
use serde_json::Value;

use crate::handle::TestCognito;

/// Answer as a client reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// Header that names an error; empty if there is none.
    pub kind: String,
    /// Body as it came.
    pub body: String,
}

impl Reply {
    /// Returns the body as JSON.
    #[must_use]
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// Returns a text of the body by its JSON pointer; empty if it is absent.
    #[must_use]
    #[track_caller]
    pub fn text(&self, pointer: &str) -> String {
        let body = self.json();
        body.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned()
    }

    /// True for an answer with tokens.
    #[must_use]
    #[track_caller]
    pub fn is_tokens(&self) -> bool {
        self.json()["AuthenticationResult"]["IdToken"].is_string()
    }
}

impl TestCognito {
    /// Prepares a request for a path.
    #[track_caller]
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.server().url()))
    }

    /// Requests a path by GET.
    pub async fn get(&self, path: &str) -> Response {
        self.request(Method::GET, path).send().await.unwrap()
    }

    /// Returns the JSON of a route below `/_local/`.
    pub async fn local(&self, route: &str) -> Value {
        self.get(&format!("/_local/{route}")).await.json().await.unwrap()
    }

    /// Makes an unsigned call of the user pool over HTTP.
    pub async fn post(&self, action: &str, input: &Value) -> Reply {
        let request = self
            .request(Method::POST, "/")
            .header("content-type", "application/x-amz-json-1.1")
            .header("x-amz-target", format!("AWSCognitoIdentityProviderService.{action}"))
            .body(input.to_string());
        let response = request.send().await.unwrap();
        let kind = response.headers().get("x-amzn-errortype");
        Reply {
            status: response.status().as_u16(),
            kind: kind.map(|kind| kind.to_str().unwrap().to_owned()).unwrap_or_default(),
            body: response.text().await.unwrap(),
        }
    }

    /// Prepares a request for an HTTP API, signed with temporary credentials.
    #[track_caller]
    pub fn signed_request(&self, method: Method, path: &str, session: &Session) -> RequestBuilder {
        let url = format!("{}{path}", self.server().url());
        let authority = url.split("://").nth(1).unwrap().split('/').next().unwrap();
        let unsigned = Unsigned {
            method: method.as_str(),
            url: url.clone(),
            headers: vec![("host", authority)],
            body: b"",
        };
        let key = SigningKey {
            access_key_id: &session.access_key_id,
            secret_key: &session.secret_key,
            session_token: Some(&session.session_token),
            region: self.server().region(),
            service: "execute-api",
        };
        let headers = sign(&unsigned, &key, local_cognito::clock::Clock::default().now()).unwrap();
        with_headers(self.request(method.clone(), path), &headers)
    }
}

/// Adds headers to a request.
pub(crate) fn with_headers(
    request: RequestBuilder,
    headers: &[(impl AsRef<str>, impl AsRef<str>)],
) -> RequestBuilder {
    headers
        .iter()
        .fold(request, |request, (name, value)| request.header(name.as_ref(), value.as_ref()))
}
