//! The change itself fails, or changes more than the triggers.

use pool_triggers::change::Outcome;
use serde_json::{Value, json};

use crate::stand_in::{Pool, StandIn, object};

fn invalid(message: &str) -> (u16, Value) {
    (400, json!({"__type": "InvalidParameterException", "message": message}))
}

#[tokio::test]
async fn refused_update_names_unknown_members_and_changes_nothing() {
    let service = StandIn::start("refused", json!({"NewB": 1, "NewA": null})).await;
    let before = service.pool().settings;
    service.before_each(|called, _| (called == "UpdateUserPool").then(|| invalid("NewB is wrong")));
    assert_eq!(
        service.attach_fails().await,
        "UpdateUserPool failed: InvalidParameterException: NewB is wrong\n\
         Sent as they are, not known here: NewA, NewB\n\
         Nothing was changed.",
    );
    assert_eq!(service.pool().settings, before);
    assert!(!service.file.exists());
}

/// An update without an answer may come into effect later, so the record of the pool stays.
#[tokio::test]
async fn update_without_an_answer_keeps_the_file() {
    let failure = json!({"__type": "InternalErrorException", "message": "x"});
    for (status, answer) in [(200, json!([])), (500, failure)] {
        let service = StandIn::start(&format!("unanswered-{status}"), json!({"New": 1})).await;
        let before = service.pool().settings;
        service.before_each(move |called, _| {
            (called == "UpdateUserPool").then(|| (status, answer.clone()))
        });
        let message = service.attach_fails().await;
        assert!(message.starts_with("UpdateUserPool brought no answer: "), "{message}");
        let end = format!(
            "\nSent as they are, not known here: New\n\
             It is not known if the pool changes. It was as before when it was read again.\n\
             {} stays, for detaching: look at the triggers of the pool before you remove it.",
            service.file.display(),
        );
        assert!(message.ends_with(&end), "{message}");
        assert_eq!(service.pool().settings, before);
        assert!(service.file.exists());
        let sent = service.pool().actions.into_iter().filter(|action| action == "UpdateUserPool");
        assert_eq!(sent.count(), 1);
    }
}

#[tokio::test]
async fn error_after_a_change_is_judged_by_the_pool() {
    let service = StandIn::start("late-error", json!({})).await;
    service.after_each(|called, _| (called == "UpdateUserPool").then(|| invalid("late")));
    assert_eq!(service.attach().await.unwrap(), Outcome::Changed);
    assert!(service.file.exists());
    let output = service.output.lock().unwrap().clone();
    assert!(output.contains("failed, but the pool has changed: InvalidParameterException: late"));
}

/// Damages the pool with each update, and returns the message.
async fn damaged(test: &str, damage: impl Fn(&mut Pool) + Send + 'static) -> String {
    let settings = json!({"Policies": {"PasswordPolicy": {"MinimumLength": 17}}, "NewFlag": true});
    let service = StandIn::start(test, settings).await;
    service.after_each(move |called, pool| {
        if called == "UpdateUserPool" {
            damage(pool);
        }
        None
    });
    let message = service.attach_fails().await;
    assert!(service.file.exists(), "the record of a pool that has changed stays");
    message
}

#[tokio::test]
async fn side_effects_are_named() {
    type Damage = fn(&mut Pool);
    let cases: [(&str, Damage); 5] = [
        ("  Policies.PasswordPolicy.MinimumLength: 17, then 8", |pool| {
            pool.settings["Policies"]["PasswordPolicy"]["MinimumLength"] = json!(8);
        }),
        ("  NewFlag: true, then absent", |pool| drop(pool.settings.remove("NewFlag"))),
        ("  NewMember: absent, then \"default\"", |pool| {
            pool.settings.insert("NewMember".to_owned(), json!("default"));
        }),
        ("  Name: \"theirs\", then \"other\"", |pool| pool.settings["Name"] = json!("other")),
        ("  SchemaAttributes[0].Name: \"sub\", then \"email\"", |pool| {
            pool.settings["SchemaAttributes"][0]["Name"] = json!("email");
        }),
    ];
    for (index, (line, damage)) in cases.into_iter().enumerate() {
        let message = damaged(&format!("damaged-{index}"), damage).await;
        assert_eq!(
            message,
            format!("More than the triggers has changed, set it back by hand:\n{line}"),
        );
    }
}

#[tokio::test]
async fn triggers_that_are_not_taken_over_are_named() {
    let message = damaged("not-taken-over", |pool| {
        pool.settings["LambdaConfig"].as_object_mut().unwrap().remove("PreSignUp");
    })
    .await;
    assert!(message.starts_with("The triggers are not as they should be:\n  PreSignUp: \"arn:"));
}

#[tokio::test]
async fn mfa_that_cannot_be_set_back_is_named() {
    let service = StandIn::start("mfa-lost", json!({})).await;
    service.edit(|pool| {
        pool.mfa = object(json!({"MfaConfiguration": "OFF", "WebAuthnConfiguration": {"New": 1}}));
    });
    service
        .before_each(|called, _| (called == "SetUserPoolMfaConfig").then(|| invalid("no factor")));
    service.after_each(|called, pool| {
        if called == "UpdateUserPool" {
            pool.mfa.remove("WebAuthnConfiguration");
        }
        None
    });
    let message = service.attach_fails().await;
    assert!(message.ends_with("\n  WebAuthnConfiguration: {\"New\":1}, then absent"), "{message}");
    let output = service.output.lock().unwrap().clone();
    assert!(output.contains("SetUserPoolMfaConfig failed: InvalidParameterException: no factor"));
    assert!(service.file.exists());
}

#[tokio::test]
async fn pool_that_cannot_be_read_again_keeps_its_file() {
    for action in ["DescribeUserPool", "GetUserPoolMfaConfig"] {
        let service = StandIn::start(&format!("unverified-{action}"), json!({})).await;
        service.before_each(move |called, pool| {
            let changed = !pool.updates.is_empty();
            (changed && called == action).then(|| invalid("no"))
        });
        let message = service.attach_fails().await;
        assert!(message.starts_with("The pool may have changed and cannot be read"), "{message}");
        assert!(service.file.exists());
    }
}
