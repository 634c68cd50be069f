//! A challenge row as the table's stream shows it.

use aws_sdk_dynamodb::types::AttributeValue;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use lifeguard_sign_in::budget::MAILS_KEPT;
use lifeguard_sign_in::outgoing::Outgoing;
use lifeguard_sign_in::row::RowKey;
use lifeguard_sign_in::ticket::Challenge;
use serde_json::Value;

use crate::error::LayoutError;
use crate::issue;
use crate::item::{Item, bytes, s, text};

/// The attributes that are read of an image, beside the times of mails.
const READ: [&str; 8] = ["pk", "seq", "cid", "iat", "kv", "cl", "own", "out"];

/// Message to deliver, with the row in which it is claimed.
#[derive(Clone, Debug)]
pub struct PendingMessage {
    /// The row.
    pub row: RowKey,
    /// The challenge that the message is about.
    pub challenge: Challenge,
    /// The app client that requested it.
    pub client: String,
    /// A tag of the session that caused it.
    pub session: [u8; 8],
    /// The recipient.
    pub outgoing: Outgoing,
}

/// Reads the image of a row, in the JSON of DynamoDB; `None` if no message is pending, because the
/// image holds no outbox note.
///
/// # Errors
/// [`LayoutError::Unknown`] if the row has a layout that this code does not know, a later one
/// for example; [`LayoutError::Attribute`] if an attribute is not as documented.
pub fn parse(image: &Value) -> Result<Option<PendingMessage>, LayoutError> {
    if image.get("out").is_none() {
        return Ok(None);
    }
    let mut row = Item::new();
    for name in READ {
        if let Some(attribute) = image.get(name) {
            let attribute = attribute_of(attribute).ok_or(LayoutError::Attribute(name))?;
            row.insert(name.to_owned(), attribute);
        }
    }
    let key = RowKey::from_stored(text(&row, "pk")?).ok_or(LayoutError::Unknown)?;
    for name in (1..=MAILS_KEPT).map(|place| format!("s{place}")) {
        if let Some(attribute) = image.get(&name) {
            let attribute = attribute_of(attribute).ok_or(LayoutError::Attribute("s1"))?;
            row.insert(name, attribute);
        }
    }
    let challenge = issue::newest(&row)?;
    if challenge.number == 0 {
        return Err(LayoutError::Attribute("seq"));
    }
    Ok(Some(PendingMessage {
        row: key,
        challenge,
        client: text(&row, "cl")?.to_owned(),
        session: bytes(&row, "own")?.try_into().map_err(|_| LayoutError::Attribute("own"))?,
        outgoing: Outgoing::decode(text(&row, "out")?).ok_or(LayoutError::Attribute("out"))?,
    }))
}

/// A text, a number or bytes.
fn attribute_of(value: &Value) -> Option<AttributeValue> {
    let (kind, value) = value.as_object()?.iter().next()?;
    let value = value.as_str()?;
    match kind.as_str() {
        "S" => Some(s(value)),
        "N" => Some(AttributeValue::N(value.to_owned())),
        "B" => Some(AttributeValue::B(STANDARD.decode(value).ok()?.into())),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::parse;
    use crate::error::LayoutError;
    use lifeguard_sign_in::language::Language;
    use lifeguard_sign_in::outgoing::{Delivery, Outgoing};
    use serde_json::{Value, json};

    fn image() -> Value {
        let outgoing = Outgoing {
            delivery: Delivery::Send,
            destination: "noor@example.net".to_owned(),
            sub: "sub-1".to_owned(),
            language: Language::Dutch,
            user_name: "noor".to_owned(),
            redirect: String::new(),
        };
        json!({
            "pk": {"S": "v2#row"}, "seq": {"N": "3"}, "cid": {"B": "AAAAAAAAAAAAAAAAAAAAAA=="},
            "iat": {"N": "1800000000"}, "kv": {"N": "2"}, "cl": {"S": "client"},
            "own": {"B": "AAAAAAAAAAA="}, "s1": {"N": "1800000000"}, "s2": {"N": "0"},
            "out": {"S": outgoing.encode()}, "added": {"BOOL": true},
        })
    }

    #[test]
    fn image_with_a_note_is_a_pending_message() {
        let pending = parse(&image()).unwrap().unwrap();
        assert_eq!(pending.row.as_str(), "v2#row");
        assert_eq!((pending.challenge.number, pending.challenge.key_version), (3, 2));
        assert_eq!((pending.challenge.issued, pending.challenge.life), (1_800_000_000, 600));
        assert_eq!((pending.client.as_str(), pending.session), ("client", [0; 8]));
        assert_eq!(pending.outgoing.destination, "noor@example.net");
        assert!(!format!("{pending:?}").contains("noor"));
    }

    #[test]
    fn life_follows_from_the_mails_of_the_day() {
        for (mails, life) in [(1, 600), (2, 600), (5, 600), (6, 1_500), (9, 1_500), (10, 3_900)] {
            let mut image = image();
            for place in 2..=10 {
                let at = if place <= mails { 1_799_999_000 } else { 1_799_913_600 };
                image[format!("s{place}")] = json!({"N": at.to_string()});
            }
            assert_eq!(parse(&image).unwrap().unwrap().challenge.life, life, "{mails} mails");
        }
    }

    #[test]
    fn row_of_another_layout_is_never_read() {
        for key in [json!({"S": "v1#row"}), json!({"S": "v3#row"}), json!({"S": ""}), Value::Null] {
            let mut image = image();
            image["pk"] = key;
            image.as_object_mut().unwrap().retain(|_, value| !value.is_null());
            assert!(matches!(parse(&image), Err(LayoutError::Unknown)));
        }
    }

    #[test]
    fn image_without_a_note_is_no_message() {
        assert!(parse(&json!({"pk": {"S": "v2#row"}})).unwrap().is_none());
        assert!(parse(&Value::Null).unwrap().is_none());
    }

    #[track_caller]
    fn check(attribute: &str, value: Value) {
        let mut image = image();
        match value {
            Value::Null => drop(image.as_object_mut().unwrap().remove(attribute)),
            value => image[attribute] = value,
        }
        let fault = parse(&image).unwrap_err().to_string();
        assert_eq!(fault, format!("a row has no usable `{attribute}`"));
    }

    #[test]
    fn a_row_of_another_layout_is_a_fault_that_names_the_attribute() {
        check("pk", json!({"N": "1"}));
        check("seq", Value::Null);
        check("cid", json!({"B": "AAAA"}));
        check("cid", json!({"B": "%%"}));
        check("iat", json!({"S": "now"}));
        check("kv", json!({"N": "70000"}));
        check("own", Value::Null);
        check("s1", json!({"S": "now"}));
        check("out", json!({"S": "noor@example.net"}));
        check("out", json!({"M": {}}));
        check("cl", json!("client"));
    }
}
