//! The template as a started local Cognito deploys it.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::unwrap_used, reason = "tests")]

use local_cognito::StartOptions;
use local_cognito::sigv4::SigningKey;
use local_cognito::template::OWN;
use local_cognito_testing::{REGION, TestCognito};
use serde_json::{Value, json};

#[tokio::test]
async fn tables_are_those_of_the_template() {
    let cognito = TestCognito::serve(&StartOptions::default()).await;
    let key = SigningKey::administrator(REGION, "dynamodb");
    let (url, target) = (cognito.server().dynamo_url(), "DynamoDB_20120810.ListTables");
    let answer = cognito.aws_at(url, target, &json!({}), &key).await;
    let answer: Value = answer.json().await.unwrap();
    let names: Vec<&str> =
        answer["TableNames"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    for table in &cognito.server().template().tables {
        assert!(names.contains(&table.name.as_str()), "{} in {names:?}", table.name);
    }
    assert!(names.contains(&"lifeguard-notes"), "{names:?}");
}

/// Calls the start itself, since what `TestCognito` starts must start.
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
