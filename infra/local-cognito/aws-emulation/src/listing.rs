//! Lists in pages.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use crate::error::ApiError;

/// Page of a list that a request asks for.
pub struct PageRequest {
    /// Name of the member with the token.
    token: &'static str,
    start: usize,
    size: usize,
}

impl PageRequest {
    /// Parses the token that a request gives in the member `token`; without a limit, a page has 60
    /// items.
    ///
    /// # Errors
    /// `InvalidParameterException` for a token of no list.
    pub fn parse(
        token: &'static str,
        given: Option<&str>,
        limit: Option<u64>,
    ) -> Result<Self, ApiError> {
        let start = match given {
            None => 0,
            Some(given) => URL_SAFE_NO_PAD
                .decode(given)
                .ok()
                .and_then(|text| String::from_utf8(text).ok()?.parse().ok())
                .ok_or_else(|| ApiError::invalid("Invalid pagination token."))?,
        };
        let size = usize::try_from(limit.unwrap_or(60)).map_err(|_| ApiError::internal())?;
        Ok(Self { token, start, size })
    }

    /// Returns an answer with the page of `items` under `name`, and the token of the next one if
    /// there is more.
    pub fn cut(&self, name: &str, items: Vec<Value>) -> Map<String, Value> {
        let end = self.start.saturating_add(self.size);
        let more = items.len() > end;
        let shown: Vec<Value> = items.into_iter().skip(self.start).take(self.size).collect();
        let mut answer = Map::new();
        answer.insert(name.to_owned(), shown.into());
        if more {
            let next = URL_SAFE_NO_PAD.encode(end.to_string());
            answer.insert(self.token.to_owned(), next.into());
        }
        answer
    }
}
