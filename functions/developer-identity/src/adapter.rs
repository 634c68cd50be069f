//! The operator's own directory, behind an HTTPS endpoint that both sides sign for.

use lifeguard_sign_in::code_key::{CodeKey, Purpose};
use lifeguard_sign_in::secret::Secret;
use serde::{Deserialize, Serialize};

use crate::signed_endpoint::SignedEndpoint;
use crate::web::{Web, WebFault};

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
    let endpoint = SignedEndpoint {
        url,
        key,
        purposes: (Purpose::AdapterRequest, Purpose::AdapterAnswer),
        now: check.now,
        nonce: check.nonce,
    };
    let body: CheckResponse = endpoint.ask(web, &body).await?;
    match (body.status.as_str(), body.id) {
        ("active", Some(id)) if (1..=LONGEST_ID).contains(&id.len()) => Ok(CheckResult::Right(id)),
        ("refused", _) => Ok(CheckResult::Refused),
        _ => Err(WebFault::Form),
    }
}

#[cfg(test)]
mod tests {
    use super::{CheckResult, PasswordCheck, check_password};
    use crate::signed_endpoint::sign;
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
    }
}
