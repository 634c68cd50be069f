//! Calls of the user pool, and the parts of its answer that are kept.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::thread::JoinHandle;

use post_confirmation::groups::{GroupFault, Groups, UserPoolGroups};
use serde_json::{Value, json};

/// Answers one request; the thread returns its target and its body.
fn pool(status: &'static str, body: Value) -> (String, JoinHandle<Vec<(String, Value)>>) {
    lifeguard_testkit::json_service::serve(vec![(status, body)])
}

#[tokio::test]
async fn user_is_added_by_the_name_of_the_event() {
    let (url, answered) = pool("200 OK", json!({}));
    let groups = UserPoolGroups::new(&lifeguard_aws::stand_in(&url).await);
    assert_eq!(groups.add("eu-west-1_Pool", "noor", "members").await, Ok(()));
    let requests = answered.join().unwrap();
    let [(target, body)] = <[(String, Value); 1]>::try_from(requests).unwrap();
    assert_eq!(target, "AWSCognitoIdentityProviderService.AdminAddUserToGroup");
    let asked = json!({"UserPoolId": "eu-west-1_Pool", "Username": "noor", "GroupName": "members"});
    assert_eq!(body, asked);
}

#[tokio::test]
async fn error_that_repeats_the_name_keeps_its_code_only() {
    let error = json!({
        "__type": "InvalidParameterException",
        "message": "Value 'noor@example.net' at 'username' failed to satisfy constraint",
    });
    let (url, answered) = pool("400 Bad Request", error);
    let groups = UserPoolGroups::new(&lifeguard_aws::stand_in(&url).await);
    let fault = groups.add("eu-west-1_Pool", "noor@example.net", "members").await;
    assert_eq!(fault, Err(GroupFault("InvalidParameterException".to_owned())));
    answered.join().unwrap();
}
