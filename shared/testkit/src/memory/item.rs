//! A row as an item of the table, to compare it with the row of the real store.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use lifeguard_sign_in::row::RowKey;
use serde_json::{Value, json};

use super::{MemoryChallenges, Row};

impl MemoryChallenges {
    /// Returns a row in DynamoDB's JSON, without the attributes that name its recipient; `null` if
    /// no challenge was issued.
    ///
    /// # Panics
    /// If a test panicked while it held the rows.
    #[must_use]
    pub fn item(&self, key: &RowKey) -> Value {
        let rows = self.0.lock().expect("no test panicked inside");
        rows.get(key).map_or(Value::Null, |row| row.item(key))
    }

    /// Returns the image of a row of this client with an unsent message, in the JSON of DynamoDB;
    /// `None` if no challenge was issued.
    ///
    /// # Panics
    /// If a test panicked while it held the rows.
    #[must_use]
    pub fn image(&self, key: &RowKey, client: &str) -> Option<Value> {
        let (_, outgoing) = self.newest(key)?;
        let mut image = self.item(key);
        image["cl"] = json!({"S": client});
        image["out"] = json!({"S": outgoing.encode()});
        Some(image)
    }

    /// Returns a copy of all rows that shares nothing with them.
    ///
    /// # Panics
    /// If a test panicked while it held the rows.
    #[must_use]
    pub fn copy(&self) -> Self {
        let copy = Self::default();
        let rows = self.0.lock().expect("no test panicked inside").clone();
        *copy.0.lock().expect("nothing else has the copy") = rows;
        copy
    }
}

impl Row {
    fn item(&self, key: &RowKey) -> Value {
        let Some(newest) = &self.newest else { return Value::Null };
        let n = |number: u64| json!({"N": number.to_string()});
        let b = |bytes: &[u8]| json!({"B": STANDARD.encode(bytes)});
        let mut item = json!({
            "pk": {"S": key.as_str()},
            "seq": n(self.issued.into()),
            "done": n(self.spent.into()),
            "sent": n(self.sent.into()),
            "cid": b(&newest.challenge.id),
            "iat": n(newest.challenge.issued),
            "kv": n(newest.challenge.key_version.into()),
            "own": b(&newest.session),
            "bad": n(self.in_a_row),
        });
        for (log, times) in [("s", &self.mails), ("t", &self.wrong)] {
            for (place, at) in times.iter().enumerate() {
                item[format!("{log}{}", place + 1)] = n(*at);
            }
        }
        if let Some(tag) = &self.last_wrong {
            item["wt"] = b(tag);
        }
        if let Some((number, tag, at)) = &self.last_right {
            item["un"] = n((*number).into());
            item["ut"] = b(tag);
            item["ua"] = n(*at);
        }
        if let Some(at) = self.expires {
            item["ttl"] = n(at);
        }
        item
    }
}
