//! A message that waits in the stream.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use lifeguard_sign_in::outgoing::{Delivery, Outgoing};
use lifeguard_sign_in::row::RowKey;
use lifeguard_sign_in::ticket::Challenge;
use lifeguard_store::challenges::NewChallenge;
use serde_json::{Value, json};

/// A write of the table that announces a message.
#[derive(Clone, Debug)]
pub(crate) struct Pending {
    pub(crate) challenge: Challenge,
    pub(crate) outgoing: Outgoing,
    session: [u8; 8],
    client: String,
}

impl Pending {
    pub(crate) fn new(challenge: &Challenge, new: &NewChallenge) -> Self {
        let (session, client) = (new.session, new.client.clone());
        Self { challenge: challenge.clone(), outgoing: new.outgoing.clone(), session, client }
    }

    /// True if a mail is to be sent.
    pub(crate) fn has_recipient(&self) -> bool {
        self.outgoing.delivery == Delivery::Send
    }

    /// Returns the record of the write of this row.
    pub(crate) fn record(&self, row: &RowKey) -> Value {
        let Challenge { id, number, issued, life, key_version } = &self.challenge;
        let n = |number: u64| json!({"N": number.to_string()});
        let mut image = json!({
            "pk": {"S": row.as_str()},
            "seq": n(u64::from(*number)),
            "cid": {"B": STANDARD.encode(id)},
            "iat": n(*issued),
            "kv": n(u64::from(*key_version)),
            "cl": {"S": self.client},
            "own": {"B": STANDARD.encode(self.session)},
            "out": {"S": self.outgoing.encode()},
        });
        // As many mails of the day as the life of the long code follows from.
        let mails = match life {
            600 => 1,
            1_500 => 6,
            3_900 => 10,
            other => panic!("no step has a life of {other} s"),
        };
        for place in 1..=mails {
            image[format!("s{place}")] = n(*issued);
        }
        json!({
            "eventName": "MODIFY",
            "eventSource": "aws:dynamodb",
            "dynamodb": {
                "ApproximateCreationDateTime": issued,
                "Keys": {"pk": {"S": row.as_str()}},
                "NewImage": image,
                "SequenceNumber": number.to_string(),
                "StreamViewType": "NEW_IMAGE",
            },
        })
    }
}
