//! Every sample event goes back as it came, `response` aside, and the answer is the policy's.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use lifeguard_runtime::{Failure, Reply};
use lifeguard_testkit::fixtures::{self, CLIENT, POLICY};
use lifeguard_testkit::{event, golden, with};
use pre_sign_up::handle;
use pre_sign_up::settings::Settings;
use serde_json::{Value, json};

const SOURCES: [&str; 3] =
    ["PreSignUp_SignUp", "PreSignUp_AdminCreateUser", "PreSignUp_ExternalProvider"];

/// Returns the settings of the samples with these rules; the sample sign-up sets a tenant.
fn settings(mut rules: Value) -> Settings {
    let rules_of_samples = json!(["email", "given_name", "locale", "custom:tenant"]);
    let attributes = rules.as_object_mut().unwrap();
    attributes.entry("allowed_attributes").or_insert(rules_of_samples);
    let document = with(serde_json::from_str(POLICY).unwrap(), "/sign_up", rules).to_string();
    fixtures::settings(&document, Settings::load)
}

/// Checks that a reply neither confirms the user nor verifies an address.
#[track_caller]
fn check(reply: Reply) {
    golden::check("pre-sign-up/admitted", &reply.into_payload()["response"]);
}

#[track_caller]
fn refused(rules: Value, event: Value) -> (&'static str, String) {
    match handle(&settings(rules), event) {
        Err(Failure::Refused { code, sentence }) => (code, sentence),
        other => panic!("{other:?} is no refusal"),
    }
}

#[test]
fn event_goes_back_as_it_came() {
    let settings = settings(json!({}));
    golden::check_every_event(&SOURCES, &[], |event| {
        handle(&settings, event).ok().map(Reply::into_payload)
    });
}

#[test]
fn event_of_another_scope_is_a_fault() {
    let settings = settings(json!({}));
    let sign_up = || event("PreSignUp_SignUp");
    for event in [
        with(sign_up(), "/userPoolId", "eu-west-1_Other"),
        with(sign_up(), "/callerContext/clientId", "other"),
        with(sign_up(), "/callerContext/clientId", Value::Null),
        with(sign_up(), "/callerContext/clientId", "CLIENT_ID_NOT_APPLICABLE"),
        with(event("PreSignUp_ExternalProvider"), "/callerContext/clientId", Value::Null),
        with(event("PreSignUp_AdminCreateUser"), "/callerContext/clientId", "other"),
        with(event("PreSignUp_AdminCreateUser"), "/callerContext/clientId", ""),
        with(event("PreSignUp_AdminCreateUser"), "/callerContext", Value::Null),
        with(sign_up(), "/triggerSource", "PreSignUp_Tomorrow"),
        with(sign_up(), "/request", Value::Null),
        json!("PreSignUp_SignUp"),
    ] {
        assert!(matches!(handle(&settings, event), Err(Failure::Fault(_))));
    }
}

#[test]
fn administrator_without_client_creates_a_user() {
    let rules = json!({"denied_domains": ["denied.example"]});
    let contexts = [
        json!({"clientId": null}),
        json!({}),
        json!({"clientId": "CLIENT_ID_NOT_APPLICABLE"}),
        json!({"clientId": CLIENT}),
    ];
    for context in contexts {
        let event = with(event("PreSignUp_AdminCreateUser"), "/callerContext", context);
        let reply = handle(&settings(rules.clone()), event.clone()).unwrap();
        assert_eq!(reply.outcome(), "admitted");
        check(reply);
        let denied = with(event, "/request/userAttributes/email", "noor@denied.example");
        assert_eq!(refused(rules.clone(), denied).0, "DomainDenied", "the rules hold all the same");
    }
}

#[test]
fn t38_no_claim_or_rule_confirms_or_verifies() {
    let claims = [Value::Null, json!("false"), json!("true"), json!("True"), json!(true)];
    for source in SOURCES {
        for mode in ["enforce", "observe"] {
            for verified in &claims {
                let mut event = event(source);
                for claim in ["email_verified", "phone_number_verified"] {
                    let pointer = format!("/request/userAttributes/{claim}");
                    event = with(event, &pointer, verified.clone());
                }
                let rules = json!({
                    "mode": mode,
                    "allowed_domains": ["example.net"],
                    "allowed_attributes": ["email", "given_name", "locale", "custom:tenant",
                        "email_verified", "phone_number_verified"],
                });
                check(handle(&settings(rules), event).unwrap());
            }
        }
    }
}

#[test]
fn t43_client_metadata_changes_no_answer() {
    let words = [
        json!(null),
        json!({}),
        json!({"role": "admin", "invited": "true", "autoConfirmUser": "true"}),
        json!({"email": "noor@example.net", "email_verified": "true"}),
        json!(["invited"]),
    ];
    for validation in &words {
        for metadata in &words {
            let spoken =
                with(event("PreSignUp_SignUp"), "/request/validationData", validation.clone());
            let spoken = with(spoken, "/request/clientMetadata", metadata.clone());
            check(handle(&settings(json!({})), spoken.clone()).unwrap());
            let (code, _) = refused(json!({"denied_domains": ["example.net"]}), spoken);
            assert_eq!(code, "DomainDenied");
        }
    }
}

#[test]
fn t44_user_sets_no_attribute_that_is_not_listed() {
    let sign_up = event("PreSignUp_SignUp");
    let rules = json!({"allowed_attributes": ["email", "given_name", "locale"]});
    let (code, _) = refused(rules, sign_up.clone());
    assert_eq!(code, "AttributeNotAllowed");
    let role = with(sign_up, "/request/userAttributes/custom:role", "admin");
    let (code, _) = refused(json!({}), role);
    assert_eq!(code, "AttributeNotAllowed");
}

#[test]
fn t16_denial_reads_as_one_of_four_sentences_for_all_users() {
    let email =
        |address: &str| with(event("PreSignUp_SignUp"), "/request/userAttributes/email", address);
    let role = with(email("noor@example.net"), "/request/userAttributes/custom:role", "admin");
    let table = [
        (
            json!({"allowed_domains": ["corp.example"]}),
            email(""),
            "AddressRequired",
            "An e-mail address is required",
        ),
        (
            json!({}),
            email("noor@localhost"),
            "AddressNotUsable",
            "This e-mail address cannot be used",
        ),
        (
            json!({"denied_domains": ["example.net"]}),
            email("noor@a.example.net"),
            "DomainDenied",
            "Addresses of this domain cannot sign up",
        ),
        (
            json!({"allowed_domains": ["corp.example"]}),
            email("noor@example.net"),
            "DomainNotAllowed",
            "Addresses of this domain cannot sign up",
        ),
        (
            json!({}),
            role,
            "AttributeNotAllowed",
            "This sign-up sets an attribute that it may not set",
        ),
    ];
    for (rules, event, code, sentence) in table {
        assert_eq!(refused(rules.clone(), event.clone()), (code, sentence.to_owned()));

        let observed = handle(&settings(with(rules, "/mode", "observe")), event).unwrap();
        assert_eq!((observed.outcome(), observed.code()), ("observed", code));
        check(observed);
    }
}
