//! Requests of administrators.

use serde_json::{Value, json};

use super::{Answer, Deployment, PASSWORD, request, text};

/// Returns the authorizer's facts about a caller with credentials of IAM.
pub(crate) fn administrator() -> Value {
    json!({
        "accessKey": "ASIAADMIN",
        "accountId": "123456789012",
        "callerId": "AROAADMIN:ada@example.net",
        "cognitoIdentity": null,
        "principalOrgId": "o-1",
        "userArn": "arn:aws:sts::123456789012:assumed-role/administrator/ada@example.net",
        "userId": "AROAADMIN:ada@example.net",
    })
}

pub(crate) fn signed(what: &str, body: &Value, caller: Value) -> Value {
    let headers = json!({"content-type": "application/json"});
    let path = format!("/v1/admin/accounts/{what}");
    let mut event = request("POST", &path, headers, Some(&body.to_string()));
    event["requestContext"]["authorizer"] = json!({"iam": caller});
    event
}

pub(crate) async fn admin(stage: &Deployment, what: &str, body: Value) -> Answer {
    stage.send(&signed(what, &body, administrator())).await
}

pub(crate) async fn look_up(stage: &Deployment, body: Value) -> Value {
    let answer = admin(stage, "look-up", body).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.body["accounts"].clone()
}

/// Signs a new user in, and returns the id and the identity of the account.
pub(crate) async fn arrive(stage: &Deployment, email: &str) -> (String, String) {
    stage.sign_up(email).await;
    let identity = text(&stage.password(email, PASSWORD).await.body["identity_id"]);
    let found = look_up(stage, json!({"address": email})).await;
    assert_eq!(found[0]["identity_id"], identity);
    (text(&found[0]["account_id"]), identity)
}

pub(crate) fn merge(source: &str, destination: &str, mode: &str) -> Value {
    json!({"source": source, "destination": destination, "mode": mode})
}

pub(crate) fn account(id: &str, mode: &str) -> Value {
    json!({"account_id": id, "mode": mode})
}
