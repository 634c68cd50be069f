//! Requests to S3 by hand: each part of them is the test's own.

use aws_sdk_s3::config::Credentials as Keys;
use local_cognito::sigv4::{SigningKey, Unsigned, sign};
use local_cognito_testing::{REGION, TestCognito};
use reqwest::Method;
use reqwest::header::HeaderMap;

/// A request; headers named here are signed, if there is a signature.
#[derive(Clone, Copy)]
pub(super) struct Raw<'a> {
    pub(super) method: &'a str,
    /// Path and query, without the first slash.
    pub(super) target: &'a str,
    pub(super) headers: &'a [(&'a str, &'a str)],
    pub(super) body: &'a str,
}

/// An answer: its status, and the code of the error if it is one.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) code: String,
    pub(super) headers: HeaderMap,
    pub(super) text: String,
}

impl Raw<'_> {
    /// The signature's headers with these keys.
    pub(super) fn signature(&self, cognito: &TestCognito, keys: &Keys) -> Vec<(String, String)> {
        let unsigned = Unsigned {
            method: self.method,
            url: format!("{}/{}", cognito.server().s3_url(), self.target),
            headers: self.headers.to_vec(),
            body: self.body.as_bytes(),
        };
        let key = SigningKey {
            access_key_id: keys.access_key_id(),
            secret_key: keys.secret_access_key(),
            session_token: keys.session_token(),
            region: REGION,
            service: "s3",
        };
        sign(&unsigned, &key, cognito.clock.wall()).unwrap()
    }

    /// Sends it, with a signature if there are keys.
    pub(super) async fn send(&self, cognito: &TestCognito, keys: Option<&Keys>) -> Answer {
        let signature = keys.map(|keys| self.signature(cognito, keys)).unwrap_or_default();
        let signature: Vec<(&str, &str)> =
            signature.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.send_with(cognito, &signature).await
    }

    /// Sends it with more headers, which are not signed.
    pub(super) async fn send_with(&self, cognito: &TestCognito, more: &[(&str, &str)]) -> Answer {
        let url = format!("{}/{}", cognito.server().s3_url(), self.target);
        send_to(&url, self.method, &[self.headers, more].concat(), self.body).await
    }
}

/// Sends a request to an address that is signed, or not.
pub(super) async fn send_to(
    url: &str,
    method: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Answer {
    let method = Method::from_bytes(method.as_bytes()).unwrap();
    let mut request = reqwest::Client::new().request(method, url).body(body.to_owned());
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let answer = request.send().await.unwrap();
    let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
    let text = answer.text().await.unwrap();
    let code =
        match text.split_once("<Error><Code>").and_then(|(_, rest)| rest.split_once("</Code>")) {
            Some((code, _)) => code.to_owned(),
            None => "no code".to_owned(),
        };
    Answer { status, code, headers, text }
}
