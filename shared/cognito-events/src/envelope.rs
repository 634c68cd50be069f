//! The event as it came, and the one place that writes into it.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use thiserror::Error;

use crate::caller::Caller;
use crate::source::TriggerSource;

/// An event that does not have the documented shape.
///
/// It names the part and never its content, since the text ends in a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Malformed {
    /// The event is not a JSON object.
    #[error("the event is not an object")]
    Event,
    /// A member that every event has is absent or of the wrong type.
    #[error("the event has no usable `{0}`")]
    Member(&'static str),
    /// The answer is not a JSON object: a mistake of ours.
    #[error("the answer is not an object")]
    Answer,
}

/// One trigger event, kept as the JSON object that Cognito sent.
pub struct Envelope(Map<String, Value>);

impl Envelope {
    /// Keeps an event.
    ///
    /// # Errors
    /// [`Malformed::Event`] if it is not a JSON object.
    pub fn open(event: Value) -> Result<Self, Malformed> {
        match event {
            Value::Object(members) => Ok(Self(members)),
            _ => Err(Malformed::Event),
        }
    }

    /// Returns the trigger source; `None` for one that is not documented.
    #[must_use]
    pub fn source(&self) -> Option<TriggerSource> {
        self.text("triggerSource").and_then(TriggerSource::parse)
    }

    /// The pool's id, such as `eu-west-1_Ab12Cd34E`.
    #[must_use]
    pub fn pool(&self) -> Option<&str> {
        self.text("userPoolId")
    }

    /// The Region's name.
    #[must_use]
    pub fn region(&self) -> Option<&str> {
        self.text("region")
    }

    /// The app client's id; `None` when the event names no client.
    #[must_use]
    pub fn client(&self) -> Option<&str> {
        match self.caller() {
            Caller::Client(id) => Some(id),
            Caller::NoClient | Caller::Unusable => None,
        }
    }

    /// The app client behind the event, if there is one.
    #[must_use]
    pub fn caller(&self) -> Caller<'_> {
        Caller::parse(&self.0)
    }

    /// The pool's own name of the user.
    ///
    /// # Errors
    /// [`Malformed::Member`] if it is absent, empty or not text.
    pub fn user_name(&self) -> Result<&str, Malformed> {
        self.text("userName").filter(|name| !name.is_empty()).ok_or(Malformed::Member("userName"))
    }

    /// A typed view of `request`.
    ///
    /// # Errors
    /// [`Malformed::Member`] if `request` is absent or does not fit the view.
    pub fn request<View: DeserializeOwned>(&self) -> Result<View, Malformed> {
        let request = self.0.get("request").filter(|request| request.is_object());
        request
            .and_then(|request| View::deserialize(request).ok())
            .ok_or(Malformed::Member("request"))
    }

    /// Writes the answer's members over `response`; every other member goes back untouched.
    ///
    /// # Errors
    /// [`Malformed::Answer`] if the answer does not serialise to an object.
    pub fn seal(mut self, answer: &impl Serialize) -> Result<Value, Malformed> {
        let Ok(Value::Object(answer)) = serde_json::to_value(answer) else {
            return Err(Malformed::Answer);
        };
        match self.0.get_mut("response") {
            Some(Value::Object(response)) => response.extend(answer),
            _ => drop(self.0.insert("response".to_owned(), Value::Object(answer))),
        }
        Ok(Value::Object(self.0))
    }

    /// The event exactly as it came: Cognito takes it as "nothing to change".
    #[must_use]
    pub fn unchanged(self) -> Value {
        Value::Object(self.0)
    }

    fn text(&self, member: &str) -> Option<&str> {
        self.0.get(member)?.as_str()
    }
}

/// An event holds personal data: nothing of it is shown.
impl std::fmt::Debug for Envelope {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Envelope")
    }
}

#[cfg(test)]
mod tests {
    use super::{Envelope, Malformed};
    use proptest::prelude::{Strategy, any, prop, prop_assert_eq, prop_oneof, proptest};
    use serde_json::{Map, Value, json};

    fn json_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            proptest::strategy::Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            ".{0,12}".prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map(".{0,8}", inner, 0..4)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn sealing_changes_nothing_but_the_response(
            members in prop::collection::btree_map("[a-z]{1,9}", json_value(), 0..6),
            response in json_value(),
        ) {
            let mut event: Map<String, Value> = members.into_iter().collect();
            event.insert("response".to_owned(), response);
            let sealed = Envelope::open(Value::Object(event.clone())).unwrap()
                .seal(&json!({"answerCorrect": false})).unwrap();
            let Value::Object(mut sealed) = sealed else { panic!("an object was sealed") };
            prop_assert_eq!(&sealed["response"]["answerCorrect"], &json!(false));
            sealed.remove("response");
            event.remove("response");
            prop_assert_eq!(sealed, event);
        }
    }

    #[test]
    fn other_members_of_the_response_stay() {
        let event = json!({"response": {"new": 1, "answerCorrect": null}});
        let sealed = Envelope::open(event).unwrap().seal(&json!({"answerCorrect": true})).unwrap();
        assert_eq!(sealed, json!({"response": {"new": 1, "answerCorrect": true}}));
    }

    #[test]
    fn what_is_not_an_event_is_refused_by_the_part_that_is_wrong() {
        assert_eq!(Envelope::open(json!([])).unwrap_err(), Malformed::Event);
        let empty = Envelope::open(json!({})).unwrap();
        assert_eq!(empty.user_name(), Err(Malformed::Member("userName")));
        assert_eq!(empty.request::<Value>(), Err(Malformed::Member("request")));
        assert_eq!(empty.seal(&json!("x")).unwrap_err(), Malformed::Answer);
    }
}
