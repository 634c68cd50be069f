//! The sample events of `events/`.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;

/// Returns the sample event of this name, such as `PreSignUp_SignUp` or
/// `variants/PreSignUp_SignUp.no-validation-data`.
#[must_use]
pub fn event(name: &str) -> Value {
    let path = folder().join(format!("{name}.json"));
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{name}: {error}"));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Returns the event with one member replaced or added; the parent of the JSON pointer exists.
#[must_use]
pub fn with(mut event: Value, pointer: &str, value: impl Into<Value>) -> Value {
    let (parent, member) = pointer.rsplit_once('/').expect("a pointer starts with /");
    event.pointer_mut(parent).unwrap_or_else(|| panic!("{parent} is absent"))[member] =
        value.into();
    event
}

/// Returns the name and the text of every sample event and variant.
#[must_use]
pub fn all() -> Vec<(String, String)> {
    let mut events = Vec::new();
    for (folder, prefix) in [(folder(), ""), (folder().join("variants"), "variants/")] {
        for entry in fs::read_dir(folder).expect("the folder events/ is there") {
            let path = entry.expect("events/ can be listed").path();
            if path.extension().is_some_and(|extension| extension == "json") {
                let stem = path.file_stem().expect("a file has a name").to_string_lossy();
                let text = fs::read_to_string(&path).expect("an event can be read");
                events.push((format!("{prefix}{stem}"), text));
            }
        }
    }
    events.sort();
    events
}

/// Returns the folder `events/`.
pub(crate) fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../events")
}
