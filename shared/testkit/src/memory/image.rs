//! A row as the table's stream shows it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use lifeguard_sign_in::row::RowKey;
use serde_json::{Value, json};

use super::{MemoryChallenges, Newest};

impl MemoryChallenges {
    /// Returns the image of a row of this client with an unsent message, in the JSON of DynamoDB;
    /// `None` if no challenge was issued.
    ///
    /// # Panics
    /// If a test panicked while it held the rows.
    #[must_use]
    pub fn image(&self, key: &RowKey, client: &str) -> Option<Value> {
        let rows = self.0.lock().expect("no test panicked inside");
        let row = rows.get(key)?;
        let Newest { challenge, session, outgoing } = row.newest.as_ref()?;
        let mut image = json!({
            "pk": {"S": key.as_str()},
            "seq": {"N": challenge.number.to_string()},
            "done": {"N": row.spent.to_string()},
            "sent": {"N": row.sent.to_string()},
            "cid": {"B": STANDARD.encode(challenge.id)},
            "iat": {"N": challenge.issued.to_string()},
            "kv": {"N": challenge.key_version.to_string()},
            "cl": {"S": client},
            "own": {"B": STANDARD.encode(session)},
            "out": {"S": outgoing.encode()},
        });
        for place in 1..=10 {
            let at = row.mails.get(place - 1).copied().unwrap_or_default();
            image[format!("s{place}")] = json!({"N": at.to_string()});
        }
        Some(image)
    }
}
