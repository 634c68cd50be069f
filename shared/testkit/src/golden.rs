//! Golden files, `events/golden/*/*.json`: the replies of the functions, whole.

use std::fs;

use serde_json::Value;

use crate::events;

/// Variable with which [`check`] writes the golden files instead of comparing with them.
const UPDATE: &str = "UPDATE_GOLDEN";
/// Variable that is set where no golden file may be written.
const CI: &str = "CI";

/// Compares a value with its golden file, such as `operator/sweep` for
/// `events/golden/operator/sweep.json`. With the variable `UPDATE_GOLDEN` it writes the file
/// instead, but never in CI.
///
/// A test names the file in one literal: a file that no test names fails the rules of the
/// repository.
///
/// # Panics
/// If the value differs, with a line for each member that does, or if the file is missing.
#[track_caller]
pub fn check(name: &str, found: &Value) {
    let path = events::folder().join("golden").join(format!("{name}.json"));
    if is_update(&|name| std::env::var_os(name).is_some()) {
        let folder = path.parent().expect("a golden file is in a folder");
        fs::create_dir_all(folder).expect("a folder is created");
        fs::write(&path, format!("{found:#}\n")).expect("a golden file is written");
        return;
    }
    let repair = format!("{UPDATE}=1 cargo test --workspace --test golden");
    let Ok(text) = fs::read_to_string(&path) else {
        panic!("events/golden/{name}.json is missing; `{repair}` writes it: {found:#}");
    };
    let expected: Value = serde_json::from_str(&text).unwrap_or_else(|e| panic!("{name}: {e}"));
    let mut differences = Vec::new();
    compare(Some(&expected), Some(found), String::new(), &mut differences);
    assert!(
        differences.is_empty(),
        "events/golden/{name}.json differs:\n{}\nIf this is right, `{repair}` writes the file.",
        differences.join("\n")
    );
}

/// True if golden files are written.
fn is_update(is_set: &dyn Fn(&str) -> bool) -> bool {
    is_set(UPDATE) && !is_set(CI)
}

/// Notes each place where two values differ, by its JSON pointer.
fn compare(
    expected: Option<&Value>,
    found: Option<&Value>,
    at: String,
    differences: &mut Vec<String>,
) {
    match (expected, found) {
        (Some(Value::Object(old)), Some(Value::Object(new))) => {
            for name in old.keys().chain(new.keys().filter(|name| !old.contains_key(*name))) {
                compare(old.get(name), new.get(name), format!("{at}/{name}"), differences);
            }
        }
        (Some(Value::Array(old)), Some(Value::Array(new))) => {
            for place in 0..old.len().max(new.len()) {
                compare(old.get(place), new.get(place), format!("{at}/{place}"), differences);
            }
        }
        (Some(old), Some(new)) if old == new => {}
        (old, new) => {
            let shown =
                |value: Option<&Value>| value.map_or("nothing".to_owned(), Value::to_string);
            let at = if at.is_empty() { "the whole" } else { &at };
            differences.push(format!("  {at}: expected {}, found {}", shown(old), shown(new)));
        }
    }
}

/// Runs every sample event and variant through `handle`, as it is and again with an unknown
/// member added to every object: the event goes back as it came, `response` aside.
///
/// `handle` returns the reply, or `None` where the function refuses. Events of `sources` must be
/// answered unless their name is in `refused`; every other event must be refused.
pub fn check_every_event(
    sources: &[&str],
    refused: &[&str],
    mut handle: impl FnMut(Value) -> Option<Value>,
) {
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

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{compare, is_update};

    #[track_caller]
    fn check(expected: Value, found: Value, lines: &[&str]) {
        let mut differences = Vec::new();
        compare(Some(&expected), Some(&found), String::new(), &mut differences);
        assert_eq!(differences, lines);
    }

    #[test]
    fn every_difference_is_named_by_its_place() {
        let old = json!({"a": {"b": [1, 2]}, "c": null, "d": "x"});
        check(old.clone(), old.clone(), &[]);
        let new = json!({"a": {"b": [1, 3, 4]}, "d": "y", "e": false});
        let lines = [
            "  /a/b/1: expected 2, found 3",
            "  /a/b/2: expected nothing, found 4",
            "  /c: expected null, found nothing",
            r#"  /d: expected "x", found "y""#,
            "  /e: expected nothing, found false",
        ];
        check(old, new, &lines);
        check(json!([1]), json!({}), &["  the whole: expected [1], found {}"]);
    }

    #[test]
    fn golden_files_are_written_on_request_and_never_in_ci() {
        for (set, expected) in [
            (vec![], false),
            (vec!["CI"], false),
            (vec!["UPDATE_GOLDEN"], true),
            (vec!["UPDATE_GOLDEN", "CI"], false),
        ] {
            assert_eq!(is_update(&|name| set.contains(&name)), expected, "{set:?}");
        }
    }
}
