//! The template as a started local Cognito deploys it.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::unwrap_used, reason = "tests")]

use local_cognito::StartOptions;
use local_cognito::sigv4::{SigningKey, sign_call};
use local_cognito::template::OWN;
use serde_json::Value;

#[tokio::test]
async fn tables_are_those_of_the_template() {
    let local_cognito = local_cognito::start(&StartOptions::default()).await.unwrap();
    let url = format!("{}/", local_cognito.dynamo_url());
    let key = SigningKey::administrator(local_cognito.region(), "dynamodb");
    let target = "DynamoDB_20120810.ListTables";
    let now = local_cognito.clock().wall();
    let headers = sign_call(&url, target, "{}", &key, now).unwrap();
    let request = reqwest::Client::new().post(&url).body("{}");
    let request =
        headers.iter().fold(request, |request, (name, value)| request.header(name, value));
    let answer: Value = request.send().await.unwrap().json().await.unwrap();
    let names: Vec<&str> =
        answer["TableNames"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    for table in &local_cognito.template().tables {
        assert!(names.contains(&table.name.as_str()), "{} in {names:?}", table.name);
    }
    assert!(names.contains(&"lifeguard-notes"), "{names:?}");
}

#[tokio::test]
async fn unreadable_template_stops_the_start() {
    let iam = "AuthorizationType: AWS_IAM";
    assert!(OWN.contains(iam));
    let template = OWN.replacen(iam, "AuthorizationType: CUSTOM", 1);
    let error = local_cognito::start(&StartOptions { template, ..StartOptions::default() })
        .await
        .err()
        .expect("the start fails");
    let shown = format!("{error:#}");
    assert!(shown.starts_with("The template cannot be played: Resources/"), "{shown}");
    assert!(shown.contains("/Properties/AuthorizationType: "), "{shown}");
}
