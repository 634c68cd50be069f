//! Events from elsewhere and of any shape.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use define_auth_challenge::handle;
use define_auth_challenge::settings::Settings;
use policy::Variables;
use proptest::prelude::{prop_assert, proptest};
use testkit::events::POLICY;

fn settings() -> Settings {
    let look_up = |name: &str| (name == "POLICY").then(|| POLICY.to_owned());
    let mut variables = Variables::new(&look_up);
    let settings = Settings::read(&mut variables);
    variables.finish(settings).unwrap()
}

#[test]
fn t29_define_takes_no_event_from_somewhere_else() {
    for event in testkit::hostile::from_somewhere_else("DefineAuthChallenge_Authentication") {
        assert!(handle(&settings(), event.clone()).is_err(), "{event}");
    }
}

proptest! {
    #[test]
    fn t30_no_shape_of_an_event_makes_define_issue_tokens(
        event in testkit::hostile::misshapen("DefineAuthChallenge_Authentication"),
    ) {
        if let Ok(reply) = handle(&settings(), event) {
            let response = reply.into_payload()["response"].clone();
            prop_assert!(response["issueTokens"] == false, "{}", response);
        }
    }
}
