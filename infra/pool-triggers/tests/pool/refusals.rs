//! Attaching stops before it changes anything.

use pool_triggers::attach::Accepted;
use pool_triggers::change::Outcome;
use serde_json::json;

use crate::stand_in::{StandIn, object};

const DENIED: &str = "AccessDeniedException";

#[tokio::test]
async fn pool_that_cannot_be_read_whole_is_not_changed() {
    for (action, named) in [
        ("DescribeUserPool", "The pool cannot be read: AccessDeniedException: not you"),
        ("GetUserPoolMfaConfig", "(GetUserPoolMfaConfig): AccessDeniedException: not you"),
        ("ListUserPoolClients", "app clients of the pool cannot be read: AccessDeniedException"),
    ] {
        let service = StandIn::start(&format!("unread-{action}"), json!({})).await;
        service.before_each(move |called, _| {
            (called == action).then(|| (400, json!({"__type": DENIED, "message": "not you"})))
        });
        let message = service.attach_fails().await;
        assert!(message.contains(named) && message.ends_with("Nothing was changed."), "{message}");
        service.untouched();
    }
}

#[tokio::test]
async fn answer_without_a_pool_is_refused() {
    for answer in [json!({}), json!({"UserPool": null}), json!({"UserPool": []}), json!([])] {
        let service = StandIn::start("no-pool", json!({})).await;
        let given = answer.clone();
        service.before_each(move |called, _| {
            (called == "DescribeUserPool").then(|| (200, given.clone()))
        });
        let message = service.attach_fails().await;
        assert!(message.ends_with("Nothing was changed."), "{answer}: {message}");
        service.untouched();
    }
}

#[tokio::test]
async fn trigger_that_is_taken_stops_without_replace() {
    let service = StandIn::start("taken", json!({"LambdaConfig": {"PreSignUp": "theirs"}})).await;
    let message = service.attach_fails().await;
    assert!(message.contains("{\"PreSignUp\":\"theirs\"}. With --replace"), "{message}");
    service.untouched();
}

#[tokio::test]
async fn app_clients_on_every_page_stop_without_consent() {
    let service = StandIn::start("clients", json!({})).await;
    service.edit(|pool| {
        pool.clients = ["web", "server", "first", "second", "third"]
            .map(|id| json!({"ClientId": id, "ClientName": format!("name-{id}")}))
            .to_vec();
    });
    let message = service.attach_fails().await;
    assert!(message.contains(":\nname-first first\nname-second second\nname-third third\nWith"));
    service.untouched();
    let accepted = Accepted { replace: false, other_clients_stop: true };
    assert_eq!(service.attach_accepting(accepted, "y\n").await.unwrap(), Outcome::Changed);
}

#[tokio::test]
async fn client_for_servers_without_a_secret_is_refused() {
    for secret in [serde_json::Value::Null, json!("")] {
        let service = StandIn::start("no-secret", json!({})).await;
        service.edit(|pool| pool.secret = secret);
        let message = service.attach_fails().await;
        assert!(message.contains("The app client server has no secret"), "{message}");
        service.untouched();
    }
    let service = StandIn::start("no-client", json!({})).await;
    service.before_each(|action, _| {
        let gone = json!({"__type": "ResourceNotFoundException", "message": "no such client"});
        (action == "DescribeUserPoolClient").then_some((400, gone))
    });
    let message = service.attach_fails().await;
    assert!(message.contains("app clients of the pool cannot be read"), "{message}");
    service.untouched();
}

#[tokio::test]
async fn functions_of_another_pool_are_not_attached() {
    let mut service = StandIn::start("other-pool", json!({})).await;
    service.stack.pool = "eu-west-1_Another".to_owned();
    let message = service.attach_fails().await;
    assert!(message.contains("configured for the pool eu-west-1_Another"), "{message}");
    service.untouched();
}

#[tokio::test]
async fn anything_but_y_declines() {
    for answer in ["", "\n", "n\n", "Y\n", "yes\n", " y\n"] {
        let service = StandIn::start("declined", json!({})).await;
        let outcome = service.attach_accepting(Accepted::default(), answer).await;
        assert_eq!(outcome.unwrap_err().to_string(), "Nothing was changed.", "{answer:?}");
        service.untouched();
    }
}

#[tokio::test]
async fn file_that_exists_is_not_overwritten() {
    let service = StandIn::start("exists", json!({})).await;
    std::fs::write(&service.file, "kept").unwrap();
    assert!(service.attach_fails().await.contains("exists; it may be"));
    assert_eq!(std::fs::read_to_string(&service.file).unwrap(), "kept");
    assert!(service.pool().actions.is_empty());
}

#[tokio::test]
async fn file_that_cannot_be_written_stops_the_change() {
    let mut service = StandIn::start("no-folder", json!({})).await;
    service.file = service.file.join("no-such-folder.json");
    assert!(service.attach_fails().await.contains("The file cannot be written"));
    service.untouched();
}

#[tokio::test]
async fn pool_that_is_attached_already_leaves_no_file() {
    let service = StandIn::start("already", json!({})).await;
    let functions = service.stack.functions.clone();
    service.edit(|pool| drop(pool.settings.insert("LambdaConfig".to_owned(), functions.into())));
    assert_eq!(service.attach().await.unwrap(), Outcome::Unchanged);
    service.untouched();
}

#[tokio::test]
async fn pool_that_another_caller_changes_is_not_changed() {
    for member in ["Policies", "LambdaConfig", "NewConfiguration", "LastModifiedDate"] {
        let service = StandIn::start(&format!("meanwhile-{member}"), json!({})).await;
        service.after_each(move |_, pool| {
            let count = pool.actions.len();
            let value = match member {
                "LastModifiedDate" => json!(count),
                _ => json!({"New": count}),
            };
            pool.settings.insert(member.to_owned(), value);
            None
        });
        let message = service.attach_fails().await;
        assert!(message.contains("changed in the meantime"), "{message}");
        assert!(message.contains(member), "{message}");
        service.untouched();
    }
    let service = StandIn::start("meanwhile-mfa", json!({})).await;
    service.after_each(|action, pool| {
        if action == "ListUserPoolClients" {
            pool.mfa = object(json!({"WebAuthnConfiguration": {"RelyingPartyId": "new"}}));
        }
        None
    });
    let message = service.attach_fails().await;
    assert!(message.contains("WebAuthnConfiguration: absent, then"), "{message}");
    service.untouched();
}

#[tokio::test]
async fn users_that_come_meanwhile_stop_nothing() {
    let service = StandIn::start("users", json!({})).await;
    service.after_each(|_, pool| {
        pool.settings["EstimatedNumberOfUsers"] = json!(pool.actions.len());
        None
    });
    assert_eq!(service.attach().await.unwrap(), Outcome::Changed);
}
