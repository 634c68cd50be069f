//! A challenge row as the table's stream shows it.

use aws_sdk_dynamodb::types::AttributeValue;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use sign_in::outgoing::Outgoing;
use sign_in::row::RowKey;
use sign_in::ticket::Challenge;

use crate::fault::StoreFault;
use crate::issue;
use crate::item::{Item, s, text};

/// What is read of an image; its other attributes are nobody's business here.
const READ: [&str; 12] =
    ["pk", "seq", "cid", "iat", "exp", "kv", "cl", "fl", "cb", "c10", "c20", "out"];

/// A message that is due.
#[derive(Clone, Debug)]
pub struct Due {
    /// The row in which the message is claimed.
    pub row: RowKey,
    /// The challenge that the message is about.
    pub challenge: Challenge,
    /// The app client at which it was asked for.
    pub client: String,
    /// Who is written to.
    pub outgoing: Outgoing,
}

/// Reads the image of a row, in the JSON of DynamoDB; `None` if no message is due, because the
/// image holds no outbox note.
///
/// # Errors
/// [`StoreFault::Layout`] if there is a note, but an attribute is not as documented.
pub fn read(image: &Value) -> Result<Option<Due>, StoreFault> {
    if image.get("out").is_none() {
        return Ok(None);
    }
    let mut row = Item::new();
    for name in READ {
        if let Some(attribute) = image.get(name) {
            let attribute = attribute_of(attribute).ok_or(StoreFault::Layout(name))?;
            row.insert(name.to_owned(), attribute);
        }
    }
    let key = match text(&row, "pk")? {
        "" => return Err(StoreFault::Layout("pk")),
        key => RowKey::stored(key.to_owned()),
    };
    let challenge = issue::newest(&row)?;
    if challenge.number == 0 {
        return Err(StoreFault::Layout("seq"));
    }
    Ok(Some(Due {
        row: key,
        challenge,
        client: text(&row, "cl")?.to_owned(),
        outgoing: Outgoing::decode(text(&row, "out")?).ok_or(StoreFault::Layout("out"))?,
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
    use super::read;
    use serde_json::{Value, json};
    use sign_in::language::Language;
    use sign_in::outgoing::{Delivery, Outgoing};
    use sign_in::ticket::CodeLength;

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
            "pk": {"S": "v1#row"}, "seq": {"N": "3"}, "cid": {"B": "AAAAAAAAAAAAAAAAAAAAAA=="},
            "iat": {"N": "1800000000"}, "exp": {"N": "1800000300"}, "kv": {"N": "2"},
            "cl": {"S": "client"}, "fl": {"S": "EMAIL_OTP"}, "cb": {"N": "0"}, "c10": {"N": "0"},
            "c20": {"N": "0"}, "out": {"S": outgoing.encode()}, "added": {"BOOL": true},
        })
    }

    #[test]
    fn an_image_with_a_note_is_a_message_that_is_due() {
        let due = read(&image()).unwrap().unwrap();
        assert_eq!(due.row.as_str(), "v1#row");
        assert_eq!((due.challenge.number, due.challenge.key_version), (3, 2));
        assert_eq!(due.challenge.expires, 1_800_000_300);
        assert_eq!(due.challenge.code_length, CodeLength::Short);
        assert_eq!(due.client, "client");
        assert_eq!(due.outgoing.destination, "noor@example.net");
        assert!(!format!("{due:?}").contains("noor"));
    }

    #[test]
    fn blocked_short_codes_make_a_long_one() {
        let mut image = image();
        image["cb"]["N"] = "100".into();
        let due = read(&image).unwrap().unwrap();
        assert_eq!(due.challenge.code_length, CodeLength::Long);
    }

    #[test]
    fn an_image_without_a_note_is_none_of_our_business() {
        assert!(read(&json!({"pk": {"S": "v1#row"}})).unwrap().is_none());
        assert!(read(&Value::Null).unwrap().is_none());
    }

    #[track_caller]
    fn check(attribute: &str, value: Value) {
        let mut image = image();
        match value {
            Value::Null => drop(image.as_object_mut().unwrap().remove(attribute)),
            value => image[attribute] = value,
        }
        let fault = read(&image).unwrap_err().to_string();
        assert_eq!(fault, format!("a row has no usable `{attribute}`"));
    }

    #[test]
    fn a_row_of_another_layout_is_a_fault_that_names_the_attribute() {
        check("pk", Value::Null);
        check("seq", Value::Null);
        check("cid", json!({"B": "AAAA"}));
        check("cid", json!({"B": "%%"}));
        check("iat", json!({"S": "now"}));
        check("kv", json!({"N": "70000"}));
        check("fl", json!({"S": "FAX"}));
        check("out", json!({"S": "noor@example.net"}));
        check("out", json!({"M": {}}));
        check("cl", json!("client"));
    }
}
