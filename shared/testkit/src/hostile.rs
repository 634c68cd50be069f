//! Events that no configured pool or client sent, and events of any shape.

use proptest::prelude::{Strategy, any, prop, prop_oneof};
use serde_json::{Value, json};

use crate::events::{event, with};

/// A sample event with each field of its header changed to something that is not configured.
#[must_use]
pub fn from_somewhere_else(name: &str) -> Vec<Value> {
    let nothing = Value::Null;
    let cases = [
        ("/triggerSource", vec![json!(source_of_another_trigger(name)), json!("Tomorrow")]),
        ("/userPoolId", vec![json!("eu-west-1_Other"), json!(""), json!(7)]),
        ("/region", vec![json!("eu-west-2"), json!("")]),
        ("/callerContext", vec![json!({}), json!([])]),
        ("/callerContext/clientId", vec![json!("other"), json!(""), json!(true)]),
    ];
    let mut events = Vec::new();
    for (pointer, values) in cases {
        for value in values.into_iter().chain([nothing.clone()]) {
            events.push(with(event(name), pointer, value));
        }
    }
    events
}

/// Returns a source that does not belong to the trigger of a sample event.
fn source_of_another_trigger(name: &str) -> &'static str {
    match name.split('_').next() {
        Some("DefineAuthChallenge") => "PreSignUp_SignUp",
        _ => "DefineAuthChallenge_Authentication",
    }
}

/// A sample event with some of its members replaced by any JSON, as a strategy.
pub fn misshapen(name: &str) -> impl Strategy<Value = Value> + use<> {
    let base = event(name);
    let mut pointers = Vec::new();
    collect(&base, String::new(), &mut pointers);
    let changes = prop::collection::vec((prop::sample::select(pointers), any_json()), 1..4);
    changes.prop_map(move |changes| {
        let mut event = base.clone();
        for (pointer, value) in changes {
            if let Some(member) = event.pointer_mut(&pointer) {
                *member = value;
            }
        }
        event
    })
}

fn collect(value: &Value, pointer: String, pointers: &mut Vec<String>) {
    if let Value::Object(members) = value {
        for (name, member) in members {
            let below = format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"));
            pointers.push(below.clone());
            collect(member, below, pointers);
        }
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        proptest::strategy::Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "\\PC{0,16}".prop_map(Value::from),
        prop::sample::select(vec!["true", "CUSTOM_CHALLENGE", "PASSWORD_VERIFIER", "SRP_A"])
            .prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(
                prop::sample::select(vec![
                    "challengeName",
                    "challengeResult",
                    "challengeMetadata",
                    "challenge",
                    "sub",
                    "email",
                ]),
                inner,
                0..4
            )
            .prop_map(|members| Value::Object(
                members.into_iter().map(|(name, member)| (name.to_owned(), member)).collect()
            )),
        ]
    })
}
