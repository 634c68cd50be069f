//! The key sets of issuers, fetched from the addresses in the settings.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::Request;
use lifeguard_policy::issuers::Algorithm;
use lifeguard_policy::strict::Strict;
use serde_json::Value;
use tokio::sync::Mutex;

use crate::token_refusal::TokenRefusal;
use crate::verification_key::VerificationKey;
use crate::web::{Web, WebFault};

/// The least time in seconds between two requests to one issuer, whether the first one succeeded or
/// not.
const PAUSE: u64 = 60;
/// Age at which a key set is fetched again, in seconds.
const FRESH: u64 = 15 * 60;
/// Age at which a key set is dropped although fetching it again fails, in seconds: a key that the
/// issuer has revoked must not stay valid for as long as an attacker blocks the issuer.
const LIFE: u64 = 60 * 60;

/// Query for the key of a token.
#[derive(Clone, Copy, Debug)]
pub(crate) struct KeyQuery<'a> {
    /// The name of the key in the token's header, if there is one.
    pub(crate) kid: Option<&'a str>,
    /// The algorithm of the issuer.
    pub(crate) algorithm: Algorithm,
}

/// Key sets by address. An unknown name of a key causes a request, at most once a minute, so that
/// invented names cost nothing.
#[derive(Debug, Default)]
pub(crate) struct KeySets {
    known: Mutex<BTreeMap<String, KeySet>>,
}

#[derive(Debug, Default)]
struct KeySet {
    keys: Vec<VerificationKey>,
    read_at: Option<u64>,
    tried_at: Option<u64>,
}

impl KeySet {
    fn age(&self, now: u64) -> Option<u64> {
        self.read_at.map(|at| now.abs_diff(at))
    }

    /// Returns the keys for the algorithm that have the name: keys of other kinds may share it
    /// (RFC 7517, section 4.5). A key without a name matches no name.
    fn find(&self, query: KeyQuery<'_>) -> Vec<&VerificationKey> {
        let is_match = |key: &&VerificationKey| {
            query.kid.is_none_or(|kid| key.is_named(kid)) && key.fits(query.algorithm)
        };
        self.keys.iter().filter(is_match).collect()
    }

    fn is_due(&self, query: KeyQuery<'_>, now: u64) -> bool {
        let is_pause_over = self.tried_at.is_none_or(|at| now.abs_diff(at) >= PAUSE);
        let stale = self.age(now).is_none_or(|age| age >= FRESH);
        is_pause_over && (stale || self.find(query).is_empty())
    }
}

impl KeySets {
    /// Returns the keys at this address that may have signed the token. A token that names no key
    /// is for the only one of its algorithm (OpenID Connect Core, section 10.1).
    ///
    /// # Errors
    /// A fault if there is no key set; within, the refusal of a token that no key fits, or more than
    /// one.
    pub(crate) async fn keys(
        &self,
        web: &impl Web,
        address: &str,
        query: KeyQuery<'_>,
        now: u64,
    ) -> Result<Result<Vec<VerificationKey>, TokenRefusal>, WebFault> {
        let mut known = self.known.lock().await;
        let set = known.entry(address.to_owned()).or_default();
        let mut fault = WebFault::NotDue;
        if set.is_due(query, now) {
            set.tried_at = Some(now);
            match fetch(web, address).await {
                Ok(keys) => *set = KeySet { keys, read_at: Some(now), tried_at: Some(now) },
                Err(failed) => fault = failed,
            }
        }
        set.age(now).filter(|age| *age < LIFE).ok_or(fault)?;
        Ok(match (query.kid, set.find(query).as_slice()) {
            (_, []) => Err(TokenRefusal::UnknownKey),
            (None, [_, _, ..]) => Err(TokenRefusal::AmbiguousKey),
            (Some(_), found) | (None, found) => Ok(found.iter().copied().cloned().collect()),
        })
    }
}

async fn fetch(web: &impl Web, address: &str) -> Result<Vec<VerificationKey>, WebFault> {
    let request = Request::get(address).body(Bytes::new()).map_err(|_| WebFault::Address)?;
    let response = web.send(request).await?;
    let Strict(set) = serde_json::from_slice(response.body()).map_err(|_| WebFault::Form)?;
    let keys = set.get("keys").and_then(Value::as_array).ok_or(WebFault::Form)?;
    // A key of an unknown kind is skipped (RFC 7517, section 5).
    Ok(keys.iter().filter_map(VerificationKey::parse).collect())
}

#[cfg(test)]
mod tests {
    use super::{KeyQuery, KeySets};
    use crate::token_refusal::TokenRefusal::{self, AmbiguousKey, UnknownKey};
    use crate::web::{Web, WebFault};
    use bytes::Bytes;
    use http::{Request, Response};
    use lifeguard_policy::issuers::Algorithm;
    use std::cell::{Cell, RefCell};

    const ADDRESS: &str = "https://id.example.com/keys";
    const ONE: &str = r#"{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"one","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"},{"kty":"new"}]}"#;

    struct Scripted {
        answer: RefCell<Result<&'static str, WebFault>>,
        requests: Cell<usize>,
    }

    impl Web for Scripted {
        async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, WebFault> {
            assert_eq!(request.uri(), ADDRESS);
            self.requests.set(self.requests.get() + 1);
            let answer = *self.answer.borrow();
            answer.map(|text| Response::new(Bytes::from_static(text.as_bytes())))
        }
    }

    fn named(kid: &str) -> KeyQuery<'_> {
        KeyQuery { kid: Some(kid), algorithm: Algorithm::EdDsa }
    }

    /// The number of keys that fit, or the reason why none is used.
    #[track_caller]
    fn check(keys: &str, query: KeyQuery<'_>, expected: Result<usize, TokenRefusal>) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let keys: &'static str = format!(r#"{{"keys":[{keys}]}}"#).leak();
        let web = web(Ok(keys));
        let found = runtime.block_on(KeySets::default().keys(&web, ADDRESS, query, 1_000));
        assert_eq!(found.unwrap().map(|keys| keys.len()), expected, "{query:?} {keys}");
    }

    #[test]
    fn keys_are_found_by_name_and_by_algorithm() {
        let key = |more: &str| format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"AA"{more}}}"#);
        let ec = r#"{"kty":"EC","crv":"P-256","x":"AA","y":"AA","kid":"one"}"#;
        let (bare, one, two) = (key(""), key(r#","kid":"one""#), key(r#","kid":"two""#));
        let for_encryption = key(r#","kid":"one","use":"enc""#);
        let both = format!("{one},{two}");
        let unnamed = KeyQuery { kid: None, algorithm: Algorithm::EdDsa };
        for (keys, query, expected) in [
            (both.as_str(), named("one"), Ok(1)),
            (&both, named("three"), Err(UnknownKey)),
            (&both, named("One"), Err(UnknownKey)),
            (&both, named(""), Err(UnknownKey)),
            (&format!("{ec},{one}"), named("one"), Ok(1)),
            (&format!("{one},{one}"), named("one"), Ok(2)),
            (ec, named("one"), Err(UnknownKey)),
            (&for_encryption, named("one"), Err(UnknownKey)),
            (&bare, named("one"), Err(UnknownKey)),
            (&bare, unnamed, Ok(1)),
            (&one, unnamed, Ok(1)),
            (&format!("{one},{ec},{for_encryption}"), unnamed, Ok(1)),
            (&both, unnamed, Err(AmbiguousKey)),
            (&format!("{bare},{bare}"), unnamed, Err(AmbiguousKey)),
            (ec, unnamed, Err(UnknownKey)),
            (&format!(r#"{{"kty":"new"}},1,null,{one}"#), named("one"), Ok(1)),
            ("", named("one"), Err(UnknownKey)),
        ] {
            check(keys, query, expected);
        }
    }

    fn web(answer: Result<&'static str, WebFault>) -> Scripted {
        Scripted { answer: RefCell::new(answer), requests: Cell::new(0) }
    }

    #[tokio::test]
    async fn t66_invented_names_of_keys_cost_one_request_a_minute() {
        let (sets, web) = (KeySets::default(), web(Ok(ONE)));
        for now in 1_000..1_060 {
            for kid in 0..20 {
                let key = sets.keys(&web, ADDRESS, named(&format!("../{kid}")), now).await.unwrap();
                assert_eq!(key.unwrap_err(), UnknownKey);
            }
        }
        assert_eq!(web.requests.get(), 1);
        assert!(sets.keys(&web, ADDRESS, named("one"), 1_059).await.unwrap().is_ok());
        assert_eq!(web.requests.get(), 1);
        assert!(sets.keys(&web, ADDRESS, named("two"), 1_060).await.unwrap().is_err());
        assert_eq!(web.requests.get(), 2);
    }

    #[tokio::test]
    async fn t66_unreachable_issuer_gets_one_request_a_minute() {
        let (sets, web) = (KeySets::default(), web(Err(WebFault::Timeout)));
        let first = sets.keys(&web, ADDRESS, named("one"), 1_000).await;
        assert_eq!(first.unwrap_err(), WebFault::Timeout);
        for now in 1_000..1_060 {
            let again = sets.keys(&web, ADDRESS, named("one"), now).await;
            assert_eq!(again.unwrap_err(), WebFault::NotDue);
        }
        assert_eq!(web.requests.get(), 1);
        *web.answer.borrow_mut() = Ok(ONE);
        assert!(sets.keys(&web, ADDRESS, named("one"), 1_060).await.unwrap().is_ok());
    }

    #[tokio::test]
    async fn key_set_of_unreachable_issuer_is_used_for_an_hour() {
        let (sets, web) = (KeySets::default(), web(Ok(ONE)));
        assert!(sets.keys(&web, ADDRESS, named("one"), 1_000).await.unwrap().is_ok());
        *web.answer.borrow_mut() = Err(WebFault::Status(503));
        assert!(sets.keys(&web, ADDRESS, named("one"), 1_899).await.unwrap().is_ok());
        assert_eq!(web.requests.get(), 1);
        assert!(sets.keys(&web, ADDRESS, named("one"), 4_599).await.unwrap().is_ok());
        assert_eq!(web.requests.get(), 2);
        assert!(sets.keys(&web, ADDRESS, named("one"), 4_600).await.is_err());
    }

    #[tokio::test]
    async fn malformed_key_set_is_a_fault() {
        for text in ["", "[]", "{}", r#"{"keys":{}}"#, r#"{"keys":[],"keys":[]}"#] {
            let (sets, web) = (KeySets::default(), web(Ok(text)));
            assert_eq!(
                sets.keys(&web, ADDRESS, named("one"), 0).await.unwrap_err(),
                WebFault::Form
            );
        }
    }
}
