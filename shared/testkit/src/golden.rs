//! The rule that holds for every trigger: the event goes back as it came, `response` aside.

use serde_json::Value;

use crate::events;

/// Runs every sample event and variant through `handle`, as it is and again with an unknown
/// member added to every object.
///
/// `handle` returns the reply, or `None` where the function refuses. Events of `sources` must be
/// answered unless their name is in `refused`; every other event must be refused.
pub fn check(sources: &[&str], refused: &[&str], mut handle: impl FnMut(Value) -> Option<Value>) {
    let mut answered = 0;
    for (name, text) in events::all() {
        let original: Value = serde_json::from_str(&text).unwrap_or_else(|e| panic!("{name}: {e}"));
        let source = original["triggerSource"].as_str().unwrap_or_default();
        let expected = sources.contains(&source) && !refused.contains(&name.as_str());
        for event in [original.clone(), with_unknown_members(original.clone())] {
            let reply = handle(event.clone());
            assert_eq!(reply.is_some(), expected, "whether {name} is answered");
            if let Some(reply) = reply {
                assert_eq!(without_response(reply), without_response(event), "{name} goes back");
                answered += 1;
            }
        }
    }
    assert!(answered >= 2 * sources.len(), "only {answered} events were answered");
}

/// Returns the event with an unknown member in every object.
#[must_use]
pub fn with_unknown_members(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let mut members: serde_json::Map<String, Value> = members
                .into_iter()
                .map(|(name, member)| (name, with_unknown_members(member)))
                .collect();
            members.insert("addedByAws".to_owned(), serde_json::json!({"since": [2027, null]}));
            Value::Object(members)
        }
        Value::Array(items) => items.into_iter().map(with_unknown_members).collect(),
        leaf => leaf,
    }
}

fn without_response(mut event: Value) -> Value {
    event.as_object_mut().expect("a reply is an object").remove("response");
    event
}
