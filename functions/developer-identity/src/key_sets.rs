//! The key sets of issuers, fetched from the addresses in the settings.

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::http::Request;
use jsonwebtoken::jwk::Jwk;
use serde_json::Value;
use tokio::sync::Mutex;

use crate::web::{Web, WebFault};

/// The least time in seconds between two requests to one issuer, whatever the first one brought.
const PAUSE: u64 = 60;
/// How long a key set is used without asking again, in seconds.
const FRESH: u64 = 15 * 60;
/// How long a key set is used if asking again fails, in seconds: a key that the issuer has taken
/// back must not live on for as long as somebody keeps us from asking.
const LIFE: u64 = 60 * 60;

/// Key sets by address. A key that is not known makes us ask again, at most once a minute, so
/// that made-up names of keys cost nothing.
#[derive(Debug, Default)]
pub(crate) struct KeySets {
    known: Mutex<BTreeMap<String, KeySet>>,
}

#[derive(Debug, Default)]
struct KeySet {
    keys: Vec<Jwk>,
    read_at: Option<u64>,
    tried_at: Option<u64>,
}

impl KeySet {
    fn age(&self, now: u64) -> Option<u64> {
        self.read_at.map(|at| now.abs_diff(at))
    }

    fn find(&self, kid: &str) -> Option<&Jwk> {
        self.keys.iter().find(|key| key.common.key_id.as_deref() == Some(kid))
    }

    fn is_due(&self, kid: &str, now: u64) -> bool {
        let rested = self.tried_at.is_none_or(|at| now.abs_diff(at) >= PAUSE);
        let stale = self.age(now).is_none_or(|age| age >= FRESH);
        rested && (stale || self.find(kid).is_none())
    }
}

impl KeySets {
    /// The key of this name at this address; `None` if the issuer has none such.
    pub(crate) async fn key(
        &self,
        web: &impl Web,
        address: &str,
        kid: &str,
        now: u64,
    ) -> Result<Option<Jwk>, WebFault> {
        let mut known = self.known.lock().await;
        let set = known.entry(address.to_owned()).or_default();
        let mut trouble = WebFault::Resting;
        if set.is_due(kid, now) {
            set.tried_at = Some(now);
            match fetch(web, address).await {
                Ok(keys) => *set = KeySet { keys, read_at: Some(now), tried_at: Some(now) },
                Err(fault) => trouble = fault,
            }
        }
        match set.age(now) {
            Some(age) if age < LIFE => Ok(set.find(kid).cloned()),
            Some(_) | None => Err(trouble),
        }
    }
}

async fn fetch(web: &impl Web, address: &str) -> Result<Vec<Jwk>, WebFault> {
    let request = Request::get(address).body(Bytes::new()).map_err(|_| WebFault::Address)?;
    let answer = web.send(request).await?;
    let answer: Value = serde_json::from_slice(answer.body()).map_err(|_| WebFault::Form)?;
    let keys = answer.get("keys").and_then(Value::as_array).ok_or(WebFault::Form)?;
    // A key of a kind that we do not know must not cost us the others.
    Ok(keys.iter().filter_map(|key| serde_json::from_value(key.clone()).ok()).collect())
}

#[cfg(test)]
mod tests {
    use super::KeySets;
    use crate::web::{Web, WebFault};
    use axum::body::Bytes;
    use axum::http::{Request, Response};
    use std::cell::{Cell, RefCell};

    const ADDRESS: &str = "https://id.example.com/keys";
    const ONE: &str = r#"{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"one","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"},{"kty":"new"}]}"#;

    struct Scripted {
        answer: RefCell<Result<&'static str, WebFault>>,
        asked: Cell<usize>,
    }

    impl Web for Scripted {
        async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, WebFault> {
            assert_eq!(request.uri(), ADDRESS);
            self.asked.set(self.asked.get() + 1);
            let answer = *self.answer.borrow();
            answer.map(|text| Response::new(Bytes::from_static(text.as_bytes())))
        }
    }

    fn web(answer: Result<&'static str, WebFault>) -> Scripted {
        Scripted { answer: RefCell::new(answer), asked: Cell::new(0) }
    }

    #[tokio::test]
    async fn t66_made_up_names_of_keys_cost_one_request_a_minute() {
        let (sets, web) = (KeySets::default(), web(Ok(ONE)));
        for now in 1_000..1_060 {
            for kid in 0..20 {
                let key = sets.key(&web, ADDRESS, &format!("../{kid}"), now).await.unwrap();
                assert!(key.is_none());
            }
        }
        assert_eq!(web.asked.get(), 1);
        assert!(sets.key(&web, ADDRESS, "one", 1_059).await.unwrap().is_some());
        assert_eq!(web.asked.get(), 1);
        assert!(sets.key(&web, ADDRESS, "two", 1_060).await.unwrap().is_none());
        assert_eq!(web.asked.get(), 2);
    }

    #[tokio::test]
    async fn t66_an_issuer_that_is_out_of_reach_is_asked_once_a_minute() {
        let (sets, web) = (KeySets::default(), web(Err(WebFault::Silence)));
        let first = sets.key(&web, ADDRESS, "one", 1_000).await;
        assert_eq!(first.unwrap_err(), WebFault::Silence);
        for now in 1_000..1_060 {
            let again = sets.key(&web, ADDRESS, "one", now).await;
            assert_eq!(again.unwrap_err(), WebFault::Resting);
        }
        assert_eq!(web.asked.get(), 1);
        *web.answer.borrow_mut() = Ok(ONE);
        assert!(sets.key(&web, ADDRESS, "one", 1_060).await.unwrap().is_some());
    }

    #[tokio::test]
    async fn a_key_set_serves_for_an_hour_while_its_issuer_is_out_of_reach() {
        let (sets, web) = (KeySets::default(), web(Ok(ONE)));
        assert!(sets.key(&web, ADDRESS, "one", 1_000).await.unwrap().is_some());
        *web.answer.borrow_mut() = Err(WebFault::Status(503));
        assert!(sets.key(&web, ADDRESS, "one", 1_899).await.unwrap().is_some());
        assert_eq!(web.asked.get(), 1);
        assert!(sets.key(&web, ADDRESS, "one", 4_599).await.unwrap().is_some());
        assert_eq!(web.asked.get(), 2);
        assert!(sets.key(&web, ADDRESS, "one", 4_600).await.is_err());
    }

    #[tokio::test]
    async fn what_is_no_key_set_is_a_fault() {
        for text in ["", "[]", "{}", r#"{"keys":{}}"#] {
            let (sets, web) = (KeySets::default(), web(Ok(text)));
            assert_eq!(sets.key(&web, ADDRESS, "one", 0).await.unwrap_err(), WebFault::Form);
        }
    }
}
