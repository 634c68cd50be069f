//! The operator's own directory, behind an HTTPS endpoint.
//!
//! Both sides sign: HMAC-SHA-256 under keys that are derived for each direction, over the time,
//! the nonce of the request and the body. So the endpoint verifies origin and age of the request,
//! and this function that the response is the endpoint's, to this very request
//! (`docs/flows/developer-identity.md`).

use bytes::Bytes;
use http::{HeaderMap, Request};
use lifeguard_sign_in::code_key::{CodeKey, Purpose};
use lifeguard_sign_in::secret::Secret;
use serde::{Deserialize, Serialize};

use crate::web::{Web, WebFault};

/// Header with the time of the request, in seconds since 1970.
const TIMESTAMP: &str = "x-lifeguard-timestamp";
/// Header with a random nonce, which ties a response to its request.
const NONCE: &str = "x-lifeguard-nonce";
/// Header with the version of the key.
const KEY: &str = "x-lifeguard-key";
/// Header with the MAC, in hexadecimal.
const SIGNATURE: &str = "x-lifeguard-signature";
/// The longest id of a user, in bytes.
const LONGEST_ID: usize = 1024;

/// A user name with a password to check.
#[derive(Clone, Copy)]
pub(crate) struct PasswordCheck<'a> {
    pub(crate) name: &'a Secret,
    pub(crate) password: &'a Secret,
    pub(crate) now: u64,
    pub(crate) nonce: &'a [u8; 16],
}

/// Result of a password check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum CheckResult {
    /// The password is right; the immutable id of the user.
    Right(String),
    /// The password is wrong, the user is unknown, or the user may not sign in.
    Refused,
}

#[derive(Serialize)]
struct CheckRequest<'a> {
    user: &'a str,
    password: &'a str,
}

#[derive(Deserialize)]
struct CheckResponse {
    id: Option<String>,
    status: String,
}

/// Sends a password check to the directory. Anything but a signed response to this very request is
/// a fault.
pub(crate) async fn check_password(
    web: &impl Web,
    url: &str,
    key: &CodeKey,
    check: &PasswordCheck<'_>,
) -> Result<CheckResult, WebFault> {
    let body = CheckRequest { user: check.name.expose(), password: check.password.expose() };
    let body = serde_json::to_vec(&body).map_err(|_| WebFault::Form)?;
    let nonce = hexadecimal(check.nonce);
    let time = check.now.to_string();
    let signature = sign(key, Purpose::AdapterRequest, &[&time, &nonce], &body);
    let request = Request::post(url)
        .header("content-type", "application/json")
        .header(TIMESTAMP, &time)
        .header(NONCE, &nonce)
        .header(KEY, key.version())
        .header(SIGNATURE, signature.expose())
        .body(Bytes::from(body))
        .map_err(|_| WebFault::Address)?;
    let response = web.send(request).await?;
    let expected = sign(key, Purpose::AdapterAnswer, &[&time, &nonce], response.body());
    let signed = given(response.headers()).is_some_and(|given| given.matches(&expected));
    let body = signed.then(|| serde_json::from_slice::<CheckResponse>(response.body()).ok());
    let body = body.flatten().ok_or(WebFault::Form)?;
    match (body.status.as_str(), body.id) {
        ("active", Some(id)) if (1..=LONGEST_ID).contains(&id.len()) => Ok(CheckResult::Right(id)),
        ("refused", _) => Ok(CheckResult::Refused),
        _ => Err(WebFault::Form),
    }
}

fn given(headers: &HeaderMap) -> Option<Secret> {
    let text = headers.get(SIGNATURE)?.to_str().ok()?;
    Some(Secret::new(text.to_owned()))
}

fn sign(key: &CodeKey, purpose: Purpose, head: &[&str], body: &[u8]) -> Secret {
    let head = format!("{}\n", head.join("\n"));
    Secret::new(hexadecimal(&key.mac(purpose, &[head.as_bytes(), body].concat())))
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::{CheckResult, PasswordCheck, check_password, hexadecimal, sign};
    use crate::web::{Web, WebFault};
    use bytes::Bytes;
    use http::{Request, Response};
    use lifeguard_sign_in::code_key::{CodeKey, Purpose};
    use lifeguard_sign_in::secret::Secret;

    const NOW: u64 = 1_800_000_000;

    /// A directory that responds with `body`, signed with `key` for the nonce and time of the
    /// request, or for others.
    struct Directory {
        key: CodeKey,
        body: &'static str,
        purpose: Purpose,
        replayed: Option<(&'static str, &'static str)>,
    }

    impl Web for Directory {
        async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, WebFault> {
            let header = |name: &str| request.headers()[name].to_str().unwrap().to_owned();
            let (time, nonce) = (header("x-lifeguard-timestamp"), header("x-lifeguard-nonce"));
            let expected = sign(&key(), Purpose::AdapterRequest, &[&time, &nonce], request.body());
            assert_eq!(header("x-lifeguard-signature"), expected.expose());
            assert_eq!((time.as_str(), nonce.len()), ("1800000000", 32));
            assert_eq!(header("x-lifeguard-key"), "3");
            assert_eq!(request.body(), r#"{"user":"noor","password":"p\"w"}"#);
            let head = self.replayed.unwrap_or((&time, &nonce));
            let signature = sign(&self.key, self.purpose, &[head.0, head.1], self.body.as_bytes());
            let answer = Response::builder().header("x-lifeguard-signature", signature.expose());
            Ok(answer.body(Bytes::from_static(self.body.as_bytes())).unwrap())
        }
    }

    fn key() -> CodeKey {
        CodeKey::new(3, [9; 32])
    }

    fn directory(body: &'static str) -> Directory {
        Directory { key: key(), body, purpose: Purpose::AdapterAnswer, replayed: None }
    }

    #[track_caller]
    fn check(directory: Directory, expected: Result<CheckResult, WebFault>) {
        let (name, password) = (Secret::new("noor".to_owned()), Secret::new("p\"w".to_owned()));
        let request = PasswordCheck { name: &name, password: &password, now: NOW, nonce: &[5; 16] };
        let key = key();
        let checked = check_password(&directory, "https://corp.example/check", &key, &request);
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        assert_eq!(runtime.block_on(checked), expected);
    }

    #[test]
    fn signed_response_is_accepted() {
        let known = r#"{"id":"u-17","status":"active","more":1}"#;
        check(directory(known), Ok(CheckResult::Right("u-17".to_owned())));
        check(directory(r#"{"status":"refused"}"#), Ok(CheckResult::Refused));
    }

    #[test]
    fn any_other_response_is_a_fault() {
        let known = r#"{"id":"u-17","status":"active"}"#;
        for body in ["", "[]", "{}", r#"{"status":"active"}"#, r#"{"id":"","status":"active"}"#] {
            check(directory(body), Err(WebFault::Form));
        }
        check(Directory { key: CodeKey::new(3, [8; 32]), ..directory(known) }, Err(WebFault::Form));
        let reflected = Directory { purpose: Purpose::AdapterRequest, ..directory(known) };
        check(reflected, Err(WebFault::Form));
        let nonce = "00000000000000000000000000000000";
        let replayed = Directory { replayed: Some(("1800000000", nonce)), ..directory(known) };
        check(replayed, Err(WebFault::Form));
        assert_eq!(hexadecimal(&[0, 255]), "00ff");
    }
}
