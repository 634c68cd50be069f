//! Requests to an endpoint of the operator, which both sides sign.
//!
//! HMAC-SHA-256 under keys that are derived for each direction, over the time, the nonce of the
//! request and the body. So the endpoint verifies origin and age of the request, and this function
//! that the response is the endpoint's, to this very request
//! (`docs/flows/developer-identity.md`).

use bytes::Bytes;
use http::{HeaderMap, Request};
use lifeguard_sign_in::code_key::{CodeKey, Purpose};
use lifeguard_sign_in::encode::hexadecimal;
use lifeguard_sign_in::secret::Secret;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::web::{Web, WebFault};

/// Header with the time of the request, in seconds since 1970.
const TIMESTAMP: &str = "x-lifeguard-timestamp";
/// Header with a random nonce, which ties a response to its request.
const NONCE: &str = "x-lifeguard-nonce";
/// Header with the version of the key.
const KEY: &str = "x-lifeguard-key";
/// Header with the MAC, in hexadecimal.
const SIGNATURE: &str = "x-lifeguard-signature";

/// An endpoint, and what one request to it is signed with.
#[derive(Clone, Copy)]
pub(crate) struct SignedEndpoint<'a> {
    pub(crate) url: &'a str,
    pub(crate) key: &'a CodeKey,
    /// The purposes of the keys of the request and of its response.
    pub(crate) purposes: (Purpose, Purpose),
    pub(crate) now: u64,
    pub(crate) nonce: &'a [u8; 16],
}

impl SignedEndpoint<'_> {
    /// Sends a body and returns that of the response. Anything but a signed response to this very
    /// request is a fault.
    pub(crate) async fn ask<T: DeserializeOwned>(
        &self,
        web: &impl Web,
        body: &impl Serialize,
    ) -> Result<T, WebFault> {
        let body = serde_json::to_vec(body).map_err(|_| WebFault::Form)?;
        let nonce = hexadecimal(self.nonce);
        let time = self.now.to_string();
        let (request, response) = self.purposes;
        let signature = sign(self.key, request, &[&time, &nonce], &body);
        let request = Request::post(self.url)
            .header("content-type", "application/json")
            .header(TIMESTAMP, &time)
            .header(NONCE, &nonce)
            .header(KEY, self.key.version())
            .header(SIGNATURE, signature.expose())
            .body(Bytes::from(body))
            .map_err(|_| WebFault::Address)?;
        let answer = web.send(request).await?;
        let expected = sign(self.key, response, &[&time, &nonce], answer.body());
        let signed = given(answer.headers()).is_some_and(|given| given.matches(&expected));
        let body = signed.then(|| serde_json::from_slice(answer.body()).ok());
        body.flatten().ok_or(WebFault::Form)
    }
}

fn given(headers: &HeaderMap) -> Option<Secret> {
    let text = headers.get(SIGNATURE)?.to_str().ok()?;
    Some(Secret::new(text.to_owned()))
}

/// Signs a body and the lines in front of it.
pub(crate) fn sign(key: &CodeKey, purpose: Purpose, head: &[&str], body: &[u8]) -> Secret {
    let head = format!("{}\n", head.join("\n"));
    Secret::new(hexadecimal(&key.mac(purpose, &[head.as_bytes(), body].concat())))
}
