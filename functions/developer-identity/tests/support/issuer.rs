//! A trusted issuer, and the network with its keys.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use bytes::Bytes;
use developer_identity::web::{Web, WebFault};
use http::{Request, Response};
use lifeguard_sign_in::code_key::{CodeKey, Purpose};
use lifeguard_testkit::fixtures::{KEY, NOW};
use serde_json::{Value, json};

use super::logins::{SOCIAL_JWKS, SOCIAL_SEED, USER_POOL, USER_POOL_SEED};
use super::tokens::{header, public, signed};

pub(crate) const ISS: &str = "https://id.example.com";
pub(crate) const JWKS: &str = "https://id.example.com/keys";

/// The network; cloning shares it.
#[derive(Clone, Default)]
pub(crate) struct Network {
    pub(crate) requests: Rc<Cell<usize>>,
    /// The response in place of the key set.
    pub(crate) instead: Rc<RefCell<Option<Result<String, WebFault>>>>,
    /// The user names of the operator's directory in lower case, with id and password.
    pub(crate) users: Rc<RefCell<BTreeMap<String, (String, String)>>>,
}

/// The address of the operator's directory.
pub(crate) const DIRECTORY: &str = "https://corp.example/sign-in";
/// The address of the operator's endpoint that confirms challenges.
pub(crate) const CHALLENGE: &str = "https://corp.example/challenge";
/// A token that it confirms.
pub(crate) const PASSED: &str = "passed";

impl Web for Network {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, WebFault> {
        self.requests.set(self.requests.get() + 1);
        if request.uri() == DIRECTORY {
            return Ok(self.look_up(&request));
        }
        if request.uri() == CHALLENGE {
            return match self.instead.borrow().clone() {
                Some(answer) => Ok(Response::new(Bytes::from(answer?))),
                None => Ok(confirm(&request)),
            };
        }
        let address = request.uri().to_string();
        let keys = match address.as_str() {
            JWKS => key_set(),
            SOCIAL_JWKS => json!({"keys": [public(SOCIAL_SEED, "social")]}),
            _ if address == format!("https://{USER_POOL}/.well-known/jwks.json") => {
                json!({"keys": [public(USER_POOL_SEED, "user-pool")]})
            }
            _ => panic!("unexpected request to {address}"),
        };
        let answer = self.instead.borrow().clone();
        let answer = answer.unwrap_or_else(|| Ok(keys.to_string()))?;
        Ok(Response::new(Bytes::from(answer)))
    }
}

impl Network {
    /// Responds like a directory that folds the letter case of names.
    fn look_up(&self, request: &Request<Bytes>) -> Response<Bytes> {
        let asked: Value = serde_json::from_slice(request.body()).unwrap();
        let name = asked["user"].as_str().unwrap().trim().to_lowercase();
        let answer = match self.users.borrow().get(&name) {
            Some((id, password)) if asked["password"] == **password => {
                json!({"status": "active", "id": id})
            }
            _ => json!({"status": "refused"}),
        };
        sign_response(request, Purpose::AdapterAnswer, &answer)
    }
}

/// Responds like an endpoint that confirms one token, and checks the request as one should.
fn confirm(request: &Request<Bytes>) -> Response<Bytes> {
    let body = std::str::from_utf8(request.body()).unwrap();
    let expected = mac(request, Purpose::ChallengeRequest, body);
    assert_eq!(request.headers()["x-lifeguard-signature"], expected);
    let asked: Value = serde_json::from_str(body).unwrap();
    assert!(asked["email"].as_str().unwrap().contains('@'), "{asked}");
    let status = if asked["challenge_token"] == PASSED { "confirmed" } else { "refused" };
    sign_response(request, Purpose::ChallengeAnswer, &json!({"status": status}))
}

fn sign_response(request: &Request<Bytes>, purpose: Purpose, body: &Value) -> Response<Bytes> {
    let body = body.to_string();
    let answer = Response::builder().header("x-lifeguard-signature", mac(request, purpose, &body));
    answer.body(Bytes::from(body)).unwrap()
}

fn mac(request: &Request<Bytes>, purpose: Purpose, body: &str) -> String {
    let head = |name: &str| request.headers()[name].to_str().unwrap().to_owned();
    let (time, nonce) = (head("x-lifeguard-timestamp"), head("x-lifeguard-nonce"));
    let signed = format!("{time}\n{nonce}\n{body}");
    let mac = CodeKey::new(1, KEY).mac(purpose, signed.as_bytes());
    mac.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(crate) fn key_set() -> Value {
    json!({"keys": [public(1, "one"), public(2, "two"), {"kty": "oct", "kid": "oct", "k": "AAAA"}]})
}

pub(crate) fn claims() -> Value {
    json!({
        "iss": ISS, "sub": "user-17", "aud": "lifeguard",
        "iat": NOW - 10, "nbf": NOW - 10, "exp": NOW + 300, "tenant_id": "acme",
    })
}

/// Returns a valid token.
pub(crate) fn token() -> String {
    signed(&header(), &claims(), 1)
}
