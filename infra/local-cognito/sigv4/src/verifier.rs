//! The check of AWS Signature Version 4 in the `authorization` header.
//!
//! The signature is computed anew by the library that the SDK signs with, and compared.
//! S3 is not judged here: its server does that by itself.
//! Contract: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>

use axum::http::request::Parts;
use local_cognito_aws_emulation::SignatureError;
use local_cognito_aws_emulation::clock::Clock;
use local_cognito_aws_emulation::credentials::Credentials;
use local_cognito_aws_emulation::functions::Functions;

use super::authorization::Authorization;
use super::claim::Claim;
use super::judgement::{Scope, Times, judge, judge_key, judge_time};
use super::key::{ADMINISTRATOR, Caller, FUNCTION_TOKEN, Key, LOCAL_SECRET};
use super::request::SignedRequest;

/// Keys of all callers with a valid signature; cloning shares them.
#[derive(Clone)]
pub struct Verifier {
    region: String,
    functions: Functions,
    credentials: Credentials,
    clock: Clock,
}

impl Verifier {
    /// A verifier for one region.
    #[must_use]
    pub fn new(region: &str, functions: Functions, credentials: Credentials, clock: Clock) -> Self {
        Self { region: region.to_owned(), functions, credentials, clock }
    }

    /// Returns the caller that signed a request to `service`, as its name stands in signatures:
    /// `dynamodb`, `execute-api`. The parts must be as they arrived, the path above all.
    ///
    /// # Errors
    /// The reason why the request counts as unsigned.
    pub fn verify(
        &self,
        parts: &Parts,
        body: &[u8],
        service: &str,
    ) -> Result<Caller, SignatureError> {
        let authorization = Authorization::from_headers(&parts.headers)?;
        let request = SignedRequest::parse(parts, body, authorization)?;
        let key = self.find(authorization.access_key_id).ok_or(SignatureError::UnknownKey)?;
        let scope = Scope { region: &self.region, service };
        judge(&request, &scope, &key, &self.times())?;
        Ok(key.caller)
    }

    fn times(&self) -> Times {
        Times { wall: self.clock.wall(), host: self.clock.now() }
    }

    /// Returns the owner of the key that a signature claims, after the server of `service` has
    /// compared the signature with the secret of `compared_key_id`.
    ///
    /// # Errors
    /// Everything that makes the request count as unsigned, whatever its signature is.
    pub fn admit(
        &self,
        claim: &Claim,
        compared_key_id: &str,
        service: &str,
    ) -> Result<Caller, SignatureError> {
        if claim.access_key_id != compared_key_id {
            return Err(SignatureError::Mismatch);
        }
        let key = self.find(compared_key_id).ok_or(SignatureError::UnknownKey)?;
        let signed = Scope { region: &claim.region, service: &claim.service };
        let scope = Scope { region: &self.region, service };
        judge_key(&signed, &scope, &key, claim.session_token.as_deref())?;
        judge_time(claim.date, claim.validity, &key, &self.times())?;
        Ok(key.caller)
    }

    /// Returns an access key with its owner, expired credentials included.
    #[must_use]
    pub fn find(&self, access_key_id: &str) -> Option<Key> {
        let local = |caller, session_token: Option<&str>| Key {
            caller,
            secret_key: LOCAL_SECRET.to_owned(),
            session_token: session_token.map(str::to_owned),
            expires: None,
        };
        if let Some(session) = self.credentials.find(access_key_id) {
            return Some(Key {
                caller: Caller::Holder(Box::new(session.holder)),
                secret_key: session.secret_key,
                session_token: Some(session.session_token),
                expires: Some(session.expires),
            });
        }
        if access_key_id == ADMINISTRATOR {
            return Some(local(Caller::Administrator, None));
        }
        self.functions
            .contains(access_key_id)
            .then(|| local(Caller::Function(access_key_id.to_owned()), Some(FUNCTION_TOKEN)))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use axum::http::Request;
    use axum::http::request::Parts;

    use local_cognito_aws_emulation::SignatureError;
    use local_cognito_aws_emulation::clock::Clock;
    use local_cognito_aws_emulation::credentials::{Credentials, Holder, Session};
    use local_cognito_aws_emulation::functions::Functions;
    use local_cognito_aws_emulation::timestamp::{basic, parse_basic};

    use super::Verifier;
    use crate::authorization::Authorization;
    use crate::claim::Claim;
    use crate::judgement::{Scope, Times, judge, judge_time};
    use crate::key::{Caller, Key};
    use crate::request::SignedRequest;
    use crate::signing::{SigningKey, Unsigned, sign};

    const NOW: u64 = 1_800_000_000;
    const BODY: &[u8] = br#"{"TableName":"lifeguard-notes"}"#;
    const SCOPE: Scope<'_> = Scope { region: "eu-west-1", service: "dynamodb" };
    const SIGNED_HEADERS: [(&str, &str); 2] =
        [("content-type", "application/x-amz-json-1.0"), ("x-amz-target", "DynamoDB_20120810.Get")];

    fn holder() -> Holder {
        Holder {
            role: "arn:aws:iam::000000000000:role/authenticated".to_owned(),
            identity_pool: "eu-west-1:pool".to_owned(),
            identity: "eu-west-1:ada".to_owned(),
            amr: vec!["authenticated".to_owned()],
            tags: BTreeMap::new(),
        }
    }

    fn key() -> Key {
        Key {
            caller: Caller::Holder(Box::new(holder())),
            secret_key: "secret".to_owned(),
            session_token: Some("token".to_owned()),
            expires: Some(NOW + 60),
        }
    }

    fn signing_key<'a>(region: &'a str, service: &'a str) -> SigningKey<'a> {
        SigningKey {
            access_key_id: "ASIAADA",
            secret_key: "secret",
            session_token: Some("token"),
            region,
            service,
        }
    }

    /// A request to DynamoDB as `key` signs it at `now`.
    fn signed(key: &SigningKey<'_>, now: u64) -> Parts {
        let unsigned = Unsigned {
            method: "POST",
            url: "http://localhost:4480/".to_owned(),
            headers: [&SIGNED_HEADERS[..], &[("host", "localhost:4480")]].concat(),
            body: BODY,
        };
        let mut request = Request::post("/");
        for (name, value) in &unsigned.headers {
            request = request.header(*name, *value);
        }
        for (name, value) in sign(&unsigned, key, now).unwrap() {
            request = request.header(name, value);
        }
        request.body(()).unwrap().into_parts().0
    }

    fn ours() -> Parts {
        signed(&signing_key("eu-west-1", "dynamodb"), NOW)
    }

    fn judged(parts: &Parts, body: &[u8], key: &Key, times: &Times) -> Result<(), SignatureError> {
        let authorization = Authorization::from_headers(&parts.headers)?;
        judge(&SignedRequest::parse(parts, body, authorization)?, &SCOPE, key, times)
    }

    #[track_caller]
    fn check(parts: &Parts, body: &[u8], expected: Result<(), SignatureError>) {
        let times = Times { wall: NOW, host: NOW };
        assert_eq!(judged(parts, body, &key(), &times), expected);
    }

    /// Checks the judgement of our request after `alter` has changed it.
    #[track_caller]
    fn check_altered(alter: impl Fn(&mut Parts), expected: SignatureError) {
        let mut parts = ours();
        alter(&mut parts);
        check(&parts, BODY, Err(expected));
    }

    fn set(parts: &mut Parts, name: &'static str, value: &str) {
        parts.headers.insert(name, value.parse().unwrap());
    }

    /// Replaces text in the `authorization` header.
    fn claim(parts: &mut Parts, from: &str, to: &str) {
        let text = parts.headers.get("authorization").unwrap().to_str().unwrap();
        assert!(text.contains(from), "{text}");
        let text = text.replace(from, to);
        set(parts, "authorization", &text);
    }

    /// Two requests of Amazon's own test suite for this version of the signature.
    #[test]
    fn published_signatures_are_right() {
        const FORM: &str = "application/x-www-form-urlencoded";
        let key = Key {
            caller: Caller::Administrator,
            secret_key: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY".to_owned(),
            session_token: None,
            expires: None,
        };
        let at = parse_basic("20150830T123600Z").unwrap();
        for (method, kind, body, names, signature) in [
            (
                "GET",
                None,
                &b""[..],
                "host;x-amz-date",
                "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
            ),
            (
                "POST",
                Some(FORM),
                b"Param1=value1",
                "content-type;host;x-amz-date",
                "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
            ),
        ] {
            let claim = format!(
                "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, \
                 SignedHeaders={names}, Signature={signature}"
            );
            let mut request = Request::builder()
                .method(method)
                .uri("/")
                .header("host", "example.amazonaws.com")
                .header("x-amz-date", basic(at))
                .header("authorization", claim);
            if let Some(kind) = kind {
                request = request.header("content-type", kind);
            }
            let (parts, ()) = request.body(()).unwrap().into_parts();
            let authorization = Authorization::from_headers(&parts.headers).unwrap();
            let request = SignedRequest::parse(&parts, body, authorization).unwrap();
            let scope = Scope { region: "us-east-1", service: "service" };
            let times = Times { wall: at, host: at };
            assert_eq!(judge(&request, &scope, &key, &times), Ok(()), "{method}");
        }
    }

    #[test]
    fn a_request_that_arrives_as_it_was_signed_is_its_signers() {
        check(&ours(), BODY, Ok(()));
    }

    #[test]
    fn whatever_was_signed_cannot_be_altered() {
        use SignatureError::{Incomplete, Mismatch, WrongScope, WrongToken};
        check(&ours(), b"{}", Err(Mismatch));
        check_altered(|parts| parts.method = "PUT".parse().unwrap(), Mismatch);
        check_altered(|parts| parts.uri = "/other".parse().unwrap(), Mismatch);
        check_altered(|parts| parts.uri = "/?more=1".parse().unwrap(), Mismatch);
        check_altered(|parts| set(parts, "host", "localhost:4481"), Mismatch);
        check_altered(|parts| set(parts, "x-amz-target", "DynamoDB_20120810.Scan"), Mismatch);
        check_altered(|parts| set(parts, "x-amz-date", &basic(NOW + 1)), Mismatch);
        check_altered(|parts| set(parts, "x-amz-date", &basic(NOW + 86_400)), WrongScope);
        check_altered(|parts| set(parts, "x-amz-more", "1"), SignatureError::NotSigned);
        check_altered(|parts| drop(parts.headers.remove("content-type")), Incomplete);
        check_altered(|parts| drop(parts.headers.remove("x-amz-date")), Incomplete);
        check_altered(|parts| drop(parts.headers.remove("x-amz-security-token")), Incomplete);
        check_altered(|parts| set(parts, "x-amz-security-token", "tokem"), WrongToken);
        check_altered(|parts| claim(parts, "/eu-west-1/", "/eu-west-2/"), WrongScope);
        check_altered(|parts| claim(parts, "/dynamodb/", "/s3/"), WrongScope);
        check_altered(|parts| claim(parts, "content-type;", ""), Mismatch);
        check_altered(|parts| claim(parts, "host;", ""), Incomplete);
        check_altered(|parts| claim(parts, ";x-amz-security-token", ""), SignatureError::NotSigned);
        check_altered(|parts| claim(parts, "content-type;host", "host;content-type"), Incomplete);
        check_altered(|parts| claim(parts, "content-type;", "Content-Type;"), Incomplete);
        check_altered(|parts| claim(parts, "host;", "host;host;"), Incomplete);
        check_altered(|parts| claim(parts, "Signature=", "Signature=0"), Mismatch);
        check_altered(|parts| drop(parts.headers.remove("authorization")), SignatureError::Missing);
    }

    #[test]
    fn headers_that_stand_twice_are_refused() {
        for (name, value) in [("x-amz-date", "20270115T080000Z"), ("x-amz-security-token", "token")]
        {
            check_altered(
                |parts| assert!(parts.headers.append(name, value.parse().unwrap())),
                SignatureError::Incomplete,
            );
        }
    }

    #[test]
    fn a_body_hash_that_is_not_the_bodys_is_refused() {
        let unsigned = Unsigned {
            method: "POST",
            url: "http://localhost:4480/".to_owned(),
            headers: vec![("host", "localhost:4480"), ("x-amz-content-sha256", "UNSIGNED-PAYLOAD")],
            body: BODY,
        };
        let mut request = Request::post("/");
        let added = sign(&unsigned, &signing_key("eu-west-1", "dynamodb"), NOW).unwrap();
        for (name, value) in &unsigned.headers {
            request = request.header(*name, *value);
        }
        for (name, value) in added {
            request = request.header(name, value);
        }
        let (parts, ()) = request.body(()).unwrap().into_parts();
        check(&parts, BODY, Err(SignatureError::Mismatch));
    }

    #[test]
    fn a_signature_for_another_place_does_not_count() {
        for (region, service) in [("eu-west-2", "dynamodb"), ("eu-west-1", "execute-api")] {
            let parts = signed(&signing_key(region, service), NOW);
            check(&parts, BODY, Err(SignatureError::WrongScope));
        }
    }

    #[test]
    fn another_secret_or_token_makes_another_signature() {
        let key = signing_key("eu-west-1", "dynamodb");
        let parts = signed(&SigningKey { secret_key: "other", ..key }, NOW);
        check(&parts, BODY, Err(SignatureError::Mismatch));
        for session_token in [None, Some("other")] {
            let parts = signed(&SigningKey { session_token, ..key }, NOW);
            check(&parts, BODY, Err(SignatureError::WrongToken));
        }
    }

    #[test]
    fn a_signature_counts_for_fifteen_minutes_of_the_wall_clock() {
        let parts = ours();
        for (wall, expected) in [
            (NOW + 900, Ok(())),
            (NOW + 901, Err(SignatureError::Skewed)),
            (NOW - 900, Ok(())),
            (NOW - 901, Err(SignatureError::Skewed)),
        ] {
            assert_eq!(judged(&parts, BODY, &key(), &Times { wall, host: NOW }), expected);
        }
    }

    #[test]
    fn presigned_url_is_valid_for_its_own_time() {
        for (wall, host, expected) in [
            (NOW, NOW, Ok(())),
            (NOW - 900, NOW, Ok(())),
            (NOW - 901, NOW, Err(SignatureError::NotYetValid)),
            (NOW + 30, NOW, Ok(())),
            (NOW + 31, NOW, Err(SignatureError::UrlExpired)),
            (NOW, NOW + 59, Ok(())),
            (NOW, NOW + 60, Err(SignatureError::Expired)),
        ] {
            let times = Times { wall, host };
            assert_eq!(judge_time(NOW, Some(30), &key(), &times), expected, "{wall} {host}");
        }
        let week = Times { wall: NOW + 604_800, host: NOW };
        assert_eq!(judge_time(NOW, Some(604_800), &key(), &week), Ok(()));
    }

    #[test]
    fn claim_for_another_key_than_compared_is_refused() {
        let credentials = Credentials::default();
        let clock = Clock::default();
        for name in ["ada", "bob"] {
            credentials.put(
                Session {
                    access_key_id: name.to_owned(),
                    secret_key: "secret".to_owned(),
                    session_token: "token".to_owned(),
                    expires: clock.now() + 60,
                    holder: holder(),
                },
                clock.now(),
            );
        }
        let verifier = Verifier::new("eu-west-1", Functions::default(), credentials, clock.clone());
        let claim = Claim {
            access_key_id: "ada".to_owned(),
            region: "eu-west-1".to_owned(),
            service: "s3".to_owned(),
            date: clock.wall(),
            session_token: Some(b"token".to_vec()),
            validity: Some(60),
        };
        let caller = Caller::Holder(Box::new(holder()));
        assert_eq!(verifier.admit(&claim, "ada", "s3"), Ok(caller));
        assert_eq!(verifier.admit(&claim, "bob", "s3"), Err(SignatureError::Mismatch));
        let without = Claim { session_token: None, ..claim.clone() };
        assert_eq!(verifier.admit(&without, "ada", "s3"), Err(SignatureError::WrongToken));
        for (region, service) in [("eu-west-2", "s3"), ("eu-west-1", "dynamodb")] {
            let (region, service) = (region.to_owned(), service.to_owned());
            let elsewhere = Claim { region, service, ..claim.clone() };
            assert_eq!(verifier.admit(&elsewhere, "ada", "s3"), Err(SignatureError::WrongScope));
        }
    }

    #[test]
    fn dead_credentials_sign_nothing_on_the_hosts_clock() {
        let parts = ours();
        for (host, expected) in [(NOW + 59, Ok(())), (NOW + 60, Err(SignatureError::Expired))] {
            assert_eq!(judged(&parts, BODY, &key(), &Times { wall: NOW, host }), expected);
        }
    }

    #[test]
    fn a_request_is_the_administrators_a_functions_or_a_holders() {
        let functions = Functions::default();
        functions.script("pre-sign-up", |_| unreachable!());
        let credentials = Credentials::default();
        let clock = Clock::default();
        credentials.put(
            Session {
                access_key_id: "ASIAADA".to_owned(),
                secret_key: "secret".to_owned(),
                session_token: "token".to_owned(),
                expires: clock.now() + 60,
                holder: holder(),
            },
            clock.now(),
        );
        let verifier = Verifier::new("eu-west-1", functions, credentials, clock.clone());
        let check = |access_key_id, secret_key, session_token, expected| {
            let key = signing_key("eu-west-1", "dynamodb");
            let key = SigningKey { access_key_id, secret_key, session_token, ..key };
            let parts = signed(&key, clock.wall());
            assert_eq!(verifier.verify(&parts, BODY, "dynamodb"), expected, "{access_key_id}");
        };
        let wrong_token = || Err(SignatureError::WrongToken);
        check("local", "local", None, Ok(Caller::Administrator));
        check("local", "other", None, Err(SignatureError::Mismatch));
        check("local", "local", Some("token"), wrong_token());
        check("pre-sign-up", "local", Some("local"), Ok(Caller::Function("pre-sign-up".into())));
        check("pre-sign-up", "local", Some("token"), wrong_token());
        check("post-confirmation", "local", Some("local"), Err(SignatureError::UnknownKey));
        check("ASIAADA", "secret", Some("token"), Ok(Caller::Holder(Box::new(holder()))));
        check("ASIAADA", "secret", Some("local"), wrong_token());
        check("ASIAADA", "local", Some("token"), Err(SignatureError::Mismatch));
        check("ASIABOB", "secret", Some("token"), Err(SignatureError::UnknownKey));
    }
}
