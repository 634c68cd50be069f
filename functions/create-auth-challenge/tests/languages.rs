//! The language of a mail: any locale is accepted and leaves a row its size.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod support;

use create_auth_challenge::handle;
use create_auth_challenge::settings::Settings;
use lifeguard_sign_in::language::Language;
use lifeguard_sign_in::outgoing::{Delivery, Outgoing};
use lifeguard_testkit::fixtures::{code_policy, settings};
use lifeguard_testkit::{MemoryChallenges, User};
use serde_json::{Value, json};

use support::FRESH;

/// Returns the note that the function stores for an event.
fn note(event: Value) -> Outgoing {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let store = MemoryChallenges::default();
    let row = User::known(event["userName"].as_str().unwrap()).row();
    runtime
        .block_on(handle(&settings(&code_policy(), Settings::load), &store, event, FRESH))
        .unwrap();
    store.newest(&row).unwrap().1
}

#[test]
fn locale_of_a_user_is_read_and_leaves_the_note_its_size() {
    let event = lifeguard_testkit::event("CreateAuthChallenge_Authentication");
    let event = lifeguard_testkit::with(event, "/request/session", json!([]));
    let unknown = lifeguard_testkit::with(event.clone(), "/request/userNotFound", true);
    let size = note(unknown).encode().len();
    for (locale, expected) in [
        (json!("nl-NL"), Language::Dutch),
        (json!("de_DE.UTF-8@euro"), Language::German),
        (json!("de_DE@collation=phonebook"), Language::German),
        (json!("fr-CH, nl;q=0.9, en;q=0.8"), Language::Dutch),
        (json!("\"\\\u{1}\u{2}\u{3}".repeat(500)), Language::English),
        (json!(format!("de-{}", "x".repeat(2_045))), Language::German),
        (json!("C"), Language::English),
        (json!(""), Language::English),
        (json!(null), Language::English),
        (json!(7), Language::English),
        (json!({"language": "de"}), Language::English),
    ] {
        let event = lifeguard_testkit::with(
            event.clone(),
            "/request/userAttributes/locale",
            locale.clone(),
        );
        let note = note(event);
        assert_eq!((note.delivery, note.language), (Delivery::Send, expected), "{locale}");
        assert_eq!(note.encode().len(), size, "{locale}");
        assert_eq!(Outgoing::decode(&note.encode()), Some(note));
    }
}
