//! The services of a whole local Cognito, as functions and clients see them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests"
)]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use local_cognito::clock::Clock;
use local_cognito::default_pool::{PASSWORDLESS_CLIENT, WEB_CLIENT};
use local_cognito::functions::{Functions, Outcome};
use local_cognito::iam::Decision;
use local_cognito::journal::Entry;
use local_cognito::mail::MailMode;
use local_cognito::outbox::{MOST_MESSAGES, Message};
use local_cognito::sigv4::{SigningKey, Unsigned, sign};
use local_cognito::{FunctionSource, StartOptions};
use local_cognito_testing::{PASSWORD, REGION, TestCognito, empty_folder, until};
use reqwest::{Method, Response};
use serde_json::{Value, json};

/// Starts it with the default options.
async fn serve() -> TestCognito {
    TestCognito::serve(&StartOptions::default()).await
}

async fn send_mail(cognito: &TestCognito) -> Response {
    let mail = json!({
        "FromEmailAddress": "no-reply@lifeguard.example",
        "Destination": {"ToAddresses": ["ada@example.com"]},
        "Content": {"Simple": {
            "Subject": {"Data": "Your code"},
            "Body": {"Text": {"Data": "12345678"}, "Html": {"Data": "<b>12345678</b>"}},
        }},
    });
    let body = mail.to_string();
    let unsigned = Unsigned {
        method: "POST",
        url: format!("{}/v2/email/outbound-emails", cognito.server().url()),
        headers: Vec::new(),
        body: body.as_bytes(),
    };
    let key = SigningKey::administrator(REGION, "ses");
    let headers = sign(&unsigned, &key, cognito.clock.wall()).unwrap();
    let request = cognito.request(Method::POST, "/v2/email/outbound-emails").body(body.clone());
    let request =
        headers.iter().fold(request, |request, (name, value)| request.header(name, value));
    request.send().await.unwrap()
}

/// Writes a row of challenges at a port of the local Cognito.
async fn put(cognito: &TestCognito, url: &str, item: Value) {
    let input = json!({"TableName": "lifeguard-challenges", "Item": item});
    let key = SigningKey::administrator(REGION, "dynamodb");
    let response = cognito.aws_at(url, "DynamoDB_20120810.PutItem", &input, &key).await;
    assert_eq!(response.status(), 200, "{}", cognito.server().url());
    assert!(response.headers().contains_key("x-amzn-requestid"));
}

/// Returns the number of rows of challenges.
async fn rows(cognito: &TestCognito) -> Value {
    cognito.table("Scan", &json!({"TableName": "lifeguard-challenges"})).await["Count"].clone()
}

#[tokio::test]
async fn rows_with_an_outbox_reach_deliver_message_in_order() {
    let cognito = serve().await;
    let records = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&records);
    cognito.functions.script("deliver-message", move |event| {
        seen.lock().unwrap().extend(event["Records"].as_array().unwrap().clone());
        Outcome::json(&json!({"batchItemFailures": []}))
    });
    for number in 1..=25 {
        let item =
            json!({"pk": {"S": "ada"}, "seq": {"N": number.to_string()}, "out": {"S": "{}"}});
        put(&cognito, cognito.server().url(), item).await;
    }
    put(&cognito, cognito.server().url(), json!({"pk": {"S": "ada"}, "seq": {"N": "26"}})).await;
    put(&cognito, cognito.server().dynamo_url(), json!({"pk": {"S": "bob"}, "out": {"S": "{}"}}))
        .await;
    until("26 records", || records.lock().unwrap().len() >= 26).await;

    let records = records.lock().unwrap().clone();
    let of_ada: Vec<&str> = records
        .iter()
        .filter(|record| record["dynamodb"]["Keys"]["pk"]["S"] == "ada")
        .map(|record| record["dynamodb"]["NewImage"]["seq"]["N"].as_str().unwrap())
        .collect();
    let expected: Vec<String> = (1..=25).map(|number| number.to_string()).collect();
    assert_eq!(of_ada, expected);
    let record = &records[0];
    assert_eq!(record["eventSource"], "aws:dynamodb");
    assert_eq!(record["eventVersion"], "1.1");
    assert_eq!(record["awsRegion"], "eu-west-1");
    assert_eq!(record["dynamodb"]["StreamViewType"], "NEW_IMAGE");
    for field in ["eventID", "eventName", "eventSourceARN"] {
        assert!(record[field].is_string(), "{field}: {record}");
    }
    for field in ["SizeBytes", "ApproximateCreationDateTime"] {
        assert!(record["dynamodb"][field].is_number(), "{field}: {record}");
    }
}

#[tokio::test]
async fn bad_record_is_given_up_at_its_age_and_others_go_on() {
    let cognito = serve().await;
    let (done, bad) = (Arc::new(Mutex::new(0)), Arc::new(Mutex::new(0)));
    let (counter, tries) = (Arc::clone(&done), Arc::clone(&bad));
    cognito.functions.script("deliver-message", move |event| {
        let records = event["Records"].as_array().unwrap();
        let is_bad = |record: &&Value| record["dynamodb"]["Keys"]["pk"]["S"] == "bad";
        if records.iter().any(|record| is_bad(&record)) {
            *tries.lock().unwrap() += 1;
            return Outcome::error("poison");
        }
        *counter.lock().unwrap() += records.len();
        Outcome::json(&json!({}))
    });
    let item = |name: &str| json!({"pk": {"S": name}, "out": {"S": "{}"}});
    put(&cognito, cognito.server().url(), item("bad")).await;
    until("a try", || *bad.lock().unwrap() > 0).await;
    assert!(cognito.server().dead_letters().is_empty(), "tries are not counted");
    cognito.server().clock().advance(Duration::from_secs(302));
    until("a dead record", || !cognito.server().dead_letters().is_empty()).await;
    for name in ["ada", "bob", "eve"] {
        put(&cognito, cognito.server().url(), item(name)).await;
    }
    until("three records", || *done.lock().unwrap() == 3).await;
    let dead = cognito.server().dead_letters();
    assert_eq!(dead.len(), 1);
    assert_eq!(dead[0].reason, "poison");
    assert_eq!(dead[0].record["dynamodb"]["Keys"]["pk"]["S"], "bad");
}

#[tokio::test]
async fn calls_are_recorded_under_the_function_that_signed_them() {
    let cognito = serve().await;
    cognito.functions.script("verify-auth-challenge", |event| Outcome::json(&event));
    let (mark, nothing) = (cognito.journal.mark(), json!({}));
    let list = "DynamoDB_20120810.ListTables";
    cognito.aws_as("verify-auth-challenge", list, &nothing).await;
    let another = SigningKey::function("another-key", REGION, "dynamodb");
    cognito.aws_at(cognito.server().dynamo_url(), list, &nothing, &another).await;
    let pools = "AWSCognitoIdentityProviderService.ListUserPools";
    cognito.aws_as("verify-auth-challenge", pools, &nothing).await;
    let called: Vec<String> = cognito
        .journal
        .since(mark)
        .into_iter()
        .map(|entry| match entry {
            Entry::Called { function, service, action } => format!("{function} {service} {action}"),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(
        called,
        [
            "verify-auth-challenge dynamodb ListTables",
            "- dynamodb ListTables",
            "verify-auth-challenge cognito-idp ListUserPools",
        ]
    );
}

#[tokio::test]
async fn a_function_may_call_what_its_role_grants_and_nothing_else() {
    let cognito = serve().await;
    for function in ["verify-auth-challenge", "operator", "of-another-account"] {
        cognito.functions.script(function, |event| Outcome::json(&event));
    }
    let check = async |function: &str, target: &str, body: Value, expected: Option<&str>| {
        let answer = cognito.aws_as(function, target, &body).await;
        let kind = answer.headers().get("x-amzn-errortype").map(|kind| kind.to_str().unwrap());
        assert_eq!(kind, expected, "{function} {target}");
        answer.json::<Value>().await.unwrap()
    };
    let denied = Some("AccessDeniedException");
    let key = json!({"pk": {"S": "ada"}});
    let read = |table: &str| json!({"TableName": table, "Key": key});
    let get = "DynamoDB_20120810.GetItem";
    check("operator", get, read("lifeguard-challenges"), None).await;
    let refused = check("verify-auth-challenge", get, read("lifeguard-challenges"), denied).await;
    let role = "arn:aws:iam::000000000000:role/lifeguard-verify-auth-challenge-role";
    let table = "arn:aws:dynamodb:eu-west-1:000000000000:table/lifeguard-challenges";
    let expected =
        format!("{role} is not authorized to perform: dynamodb:GetItem on resource: {table}");
    assert_eq!(refused["message"], expected);
    check("operator", get, read("lifeguard-notes"), denied).await;
    check("of-another-account", get, read("lifeguard-notes"), None).await;
    let update = json!({"TransactItems": [{"Delete": read("lifeguard-challenges")}]});
    check("operator", "DynamoDB_20120810.TransactWriteItems", update, denied).await;
    let secret = json!({"SecretId": "lifeguard/code-key"});
    let value = "secretsmanager.GetSecretValue";
    check("verify-auth-challenge", value, secret.clone(), None).await;
    check("operator", value, secret, denied).await;
    let list = "AWSCognitoIdentityProviderService.ListUsers";
    check("operator", list, json!({"UserPoolId": cognito.pool}), None).await;
    let elsewhere = json!({"UserPoolId": "eu-west-1_Elsewhere"});
    check("operator", list, elsewhere, denied).await;
    check("verify-auth-challenge", list, json!({"UserPoolId": cognito.pool}), denied).await;

    let refused = cognito.server().trail().all().into_iter();
    let refused = refused.filter(|question| question.answer == Decision::NotAllowed);
    let refused: Vec<String> = refused.map(|question| question.resource).collect();
    assert_eq!(refused.len(), 5, "{refused:?}");
    assert!(refused.contains(&table.to_owned()));
}

#[tokio::test]
async fn a_mail_lands_in_the_outbox() {
    let cognito = serve().await;
    let response = send_mail(&cognito).await;
    assert_eq!(response.status(), 200);
    assert!(response.headers().contains_key("x-amzn-requestid"));
    let answer: Value = response.json().await.unwrap();
    assert!(answer["MessageId"].is_string());
    let outbox = cognito.local("outbox").await;
    assert_eq!(outbox.as_array().unwrap().len(), 1);
    assert_eq!(outbox[0]["sender"], "ses");
    assert_eq!(outbox[0]["to"], "ada@example.com");
    assert_eq!(outbox[0]["text"], "12345678");
}

#[tokio::test]
async fn outbox_counts_forgotten_messages_too() {
    let cognito = serve().await;
    let message = |number: usize| Message {
        sender: "ses".to_owned(),
        to: "ada@example.com".to_owned(),
        subject: String::new(),
        text: number.to_string(),
        html: None,
        at: 0,
    };
    let last = MOST_MESSAGES + 3;
    (1..=last).for_each(|number| cognito.outbox.put(message(number)));
    for (query, count) in [
        ("outbox".to_owned(), MOST_MESSAGES),
        ("outbox?newest=2".to_owned(), 2),
        (format!("outbox?after={}", last - 1), 1),
        (format!("outbox?after={last}"), 0),
    ] {
        let answer = cognito.local(&query).await;
        let messages = answer.as_array().unwrap();
        assert_eq!(messages.len(), count, "{query}");
        for message in messages {
            assert_eq!(message["text"], message["number"].to_string(), "{query}");
        }
    }
}

#[tokio::test]
async fn mail_service_can_refuse_throttle_and_hang() {
    let cognito = serve().await;
    cognito.server().mail().set_mode(MailMode::Refuse);
    let refused = send_mail(&cognito).await;
    assert_eq!(refused.status(), 400);
    assert_eq!(refused.headers()["x-amzn-errortype"], "MessageRejected");
    cognito.server().mail().set_mode(MailMode::Throttle);
    let throttled = send_mail(&cognito).await;
    assert_eq!(throttled.status(), 429);
    assert_eq!(throttled.headers()["x-amzn-errortype"], "TooManyRequestsException");
    cognito.server().mail().set_mode(MailMode::Hang);
    let hung = tokio::time::timeout(Duration::from_millis(200), send_mail(&cognito)).await;
    assert!(hung.is_err());
    assert!(cognito.outbox.all().is_empty());
}

#[tokio::test]
async fn the_code_key_is_a_secret_with_a_version_and_32_bytes() {
    let cognito = serve().await;
    let target = "secretsmanager.GetSecretValue";
    let answer = cognito.aws(target, &json!({"SecretId": "lifeguard/code-key"})).await;
    let keys: Value = serde_json::from_str(answer["SecretString"].as_str().unwrap()).unwrap();
    // 32 bytes are 44 characters of base64 with padding.
    assert_eq!(keys["1"].as_str().unwrap().len(), 44);
    let key = SigningKey::administrator(REGION, "secretsmanager");
    let missing = cognito.aws_with(target, &json!({"SecretId": "other"}), &key).await;
    assert_eq!(missing.headers()["x-amzn-errortype"], "ResourceNotFoundException");
}

#[tokio::test]
async fn other_web_sites_are_refused() {
    let cognito = serve().await;
    for (name, value) in
        [("host", "evil.example"), ("origin", "http://evil.example"), ("origin", "null")]
    {
        let request = cognito.request(Method::GET, "/_local/outbox").header(name, value);
        let status = request.send().await.unwrap().status();
        assert_eq!(status, 403, "{name}: {value}");
    }
}

#[tokio::test]
async fn pages_of_this_machine_may_use_the_user_pool() {
    let cognito = serve().await;
    let request = cognito
        .request(Method::POST, "/")
        .header("origin", "http://localhost:3000")
        .header("x-amz-target", "AWSCognitoIdentityProviderService.SignUp")
        .body("{}");
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 400);
    assert_eq!(response.headers()["access-control-allow-origin"], "*");
}

#[tokio::test]
async fn what_happened_can_be_read_as_json() {
    let cognito = serve().await;
    cognito.functions.script("deliver-message", |_| Outcome::error("no mail today"));
    let item = json!({"pk": {"S": "ada"}, "out": {"S": "{}"}});
    put(&cognito, cognito.server().url(), item).await;
    until("a try", || cognito.server().journal().since(0).len() > 1).await;
    let events = cognito.local("events").await;
    let at = &events[0]["at"];
    assert!(at.is_u64(), "{events}");
    assert_eq!(
        events[0],
        json!({
            "number": 1,
            "at": at,
            "kind": "called",
            "function": "-",
            "service": "dynamodb",
            "action": "PutItem",
        })
    );
    assert_eq!(events[1]["kind"], "invoked");
    assert_eq!(events[1]["function"], "deliver-message");
    assert_eq!(events[1]["error"], "no mail today");
    assert!(events[1]["event"]["Records"].is_array());
}

#[tokio::test]
async fn the_clock_can_be_moved_and_what_has_expired_is_deleted() {
    let cognito = serve().await;
    let expiry = (cognito.clock.now() + 60).to_string();
    let item = json!({"pk": {"S": "unknown"}, "ttl": {"N": expiry}});
    put(&cognito, cognito.server().url(), item).await;
    let before = cognito.clock.now();
    let response = cognito
        .request(Method::POST, "/_local/clock")
        .json(&json!({"advance_seconds": 3600}))
        .send()
        .await
        .unwrap();
    let now: Value = response.json().await.unwrap();
    assert!(now["now"].as_u64().unwrap() >= before + 3600);
    assert_eq!(rows(&cognito).await, 0);
}

#[tokio::test]
async fn the_default_pool_has_its_clients_and_its_group() {
    let clock = Clock::default();
    clock.advance(Duration::from_secs(86_400));
    let options = StartOptions { clock, ..StartOptions::default() };
    let cognito = TestCognito::serve(&options).await;
    for client in [WEB_CLIENT, PASSWORDLESS_CLIENT] {
        let answer = cognito.admin("DescribeUserPoolClient", json!({"ClientId": client})).await;
        let client = &answer["UserPoolClient"];
        assert_eq!(client["PreventUserExistenceErrors"], "ENABLED");
        assert_eq!(client["AuthSessionValidity"], 10);
    }
    let again = cognito.signed("CreateGroup", json!({"GroupName": "members"})).await;
    assert_eq!(again.err().unwrap().kind, "GroupExistsException");
}

#[tokio::test]
async fn seeded_users_can_sign_in_and_outlive_a_restart() {
    let folder = empty_folder(env!("CARGO_TARGET_TMPDIR"), "seeded");
    let seed = folder.join("seed.json");
    let users = json!({"users": [{
        "username": "ada@example.com",
        "password": PASSWORD,
        "attributes": {"name": "Ada"},
        "groups": ["members"],
    }]});
    std::fs::write(&seed, users.to_string()).unwrap();
    let functions = Functions::default();
    for trigger in ["pre-sign-up", "post-authentication"] {
        functions.script(trigger, |event| Outcome::json(&event));
    }
    let options = StartOptions {
        functions: FunctionSource::Given(functions),
        seed: Some(seed),
        data: Some(folder.join("data")),
        ..StartOptions::default()
    };
    let cognito = TestCognito::serve(&options).await;
    sign_in(&cognito).await;
    put(&cognito, cognito.server().url(), json!({"pk": {"S": "ada"}})).await;
    cognito.into_server().shutdown().await.unwrap();

    let cognito = TestCognito::serve(&options).await;
    sign_in(&cognito).await;
    assert_eq!(rows(&cognito).await, 1);
}

async fn sign_in(cognito: &TestCognito) {
    let input = json!({
        "ClientId": WEB_CLIENT,
        "AuthFlow": "USER_PASSWORD_AUTH",
        "AuthParameters": {"USERNAME": "ada@example.com", "PASSWORD": PASSWORD},
    });
    let answer = cognito.aws("AWSCognitoIdentityProviderService.InitiateAuth", &input).await;
    assert!(answer["AuthenticationResult"]["AccessToken"].is_string(), "{answer}");
}
