//! A whole host in-process: what functions and clients of the stand-ins see.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests"
)]

use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use local_cognito::clock::Clock;
use local_cognito::functions::{Functions, Outcome};
use local_cognito::iam::Decision;
use local_cognito::journal::Entry;
use local_cognito::mail::MailMode;
use local_cognito::sigv4::{SigningKey, Unsigned, sign, sign_call};
use local_cognito::user_pool::Caller;
use local_cognito::{FunctionSource, LocalCognito, StartOptions};
use reqwest::Response;
use serde_json::{Value, json};

const POOL: &str = "eu-west-1_Lifeguard";
const REGION: &str = "eu-west-1";

async fn host() -> LocalCognito {
    local_cognito::start(&StartOptions::default()).await.unwrap()
}

/// A signed call by its target, as `function` would make it, or the administrator for `-`.
async fn call(url: &str, function: &str, target: &str, body: Value) -> Response {
    let service = match target.split('.').next().unwrap() {
        "DynamoDB_20120810" => "dynamodb",
        "secretsmanager" => "secretsmanager",
        _ => "cognito-idp",
    };
    let key = match function {
        "-" => SigningKey::administrator(REGION, service),
        function => SigningKey::function(function, REGION, service),
    };
    let (url, body) = (format!("{url}/"), body.to_string());
    let headers = sign_call(&url, target, &body, &key, Clock::default().wall()).unwrap();
    let request = reqwest::Client::new().post(&url).body(body);
    let request =
        headers.iter().fold(request, |request, (name, value)| request.header(name, value));
    request.send().await.unwrap()
}

async fn send_mail(host: &LocalCognito) -> Response {
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
        url: format!("{}/v2/email/outbound-emails", host.url()),
        headers: Vec::new(),
        body: body.as_bytes(),
    };
    let key = SigningKey::administrator(REGION, "ses");
    let headers = sign(&unsigned, &key, host.clock().wall()).unwrap();
    let request = reqwest::Client::new().post(&unsigned.url).body(body.clone());
    let request =
        headers.iter().fold(request, |request, (name, value)| request.header(name, value));
    request.send().await.unwrap()
}

async fn put(host: &LocalCognito, url: &str, item: Value) {
    let body = json!({"TableName": "lifeguard-challenges", "Item": item});
    let response = call(url, "-", "DynamoDB_20120810.PutItem", body).await;
    assert_eq!(response.status(), 200, "{}", host.url());
    assert!(response.headers().contains_key("x-amzn-requestid"));
}

async fn until(what: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(10);
    while !what() {
        assert!(Instant::now() < deadline, "it did not happen");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    drop(std::fs::remove_dir_all(&folder));
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

#[tokio::test]
async fn rows_with_an_outbox_reach_deliver_message_in_order() {
    let host = host().await;
    let records = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&records);
    host.functions().script("deliver-message", move |event| {
        seen.lock().unwrap().extend(event["Records"].as_array().unwrap().clone());
        Outcome::json(&json!({"batchItemFailures": []}))
    });
    for number in 1..=25 {
        let item =
            json!({"pk": {"S": "ada"}, "seq": {"N": number.to_string()}, "out": {"S": "{}"}});
        put(&host, host.url(), item).await;
    }
    put(&host, host.url(), json!({"pk": {"S": "ada"}, "seq": {"N": "26"}})).await;
    put(&host, host.dynamo_url(), json!({"pk": {"S": "bob"}, "out": {"S": "{}"}})).await;
    until(|| records.lock().unwrap().len() >= 26).await;

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
    let host = host().await;
    let (done, bad) = (Arc::new(Mutex::new(0)), Arc::new(Mutex::new(0)));
    let (counter, tries) = (Arc::clone(&done), Arc::clone(&bad));
    host.functions().script("deliver-message", move |event| {
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
    put(&host, host.url(), item("bad")).await;
    until(|| *bad.lock().unwrap() > 0).await;
    assert!(host.dead_letters().is_empty(), "tries are not counted");
    host.clock().advance(Duration::from_secs(302));
    until(|| !host.dead_letters().is_empty()).await;
    for name in ["ada", "bob", "eve"] {
        put(&host, host.url(), item(name)).await;
    }
    until(|| *done.lock().unwrap() == 3).await;
    let dead = host.dead_letters();
    assert_eq!(dead.len(), 1);
    assert_eq!(dead[0].reason, "poison");
    assert_eq!(dead[0].record["dynamodb"]["Keys"]["pk"]["S"], "bad");
}

#[tokio::test]
async fn calls_are_recorded_under_the_function_that_signed_them() {
    let host = host().await;
    host.functions().script("verify-auth-challenge", |event| Outcome::json(&event));
    let mark = host.journal().mark();
    let list = "DynamoDB_20120810.ListTables";
    call(host.url(), "verify-auth-challenge", list, json!({})).await;
    call(host.dynamo_url(), "another-key", list, json!({})).await;
    let cognito = "AWSCognitoIdentityProviderService.ListUserPools";
    call(host.url(), "verify-auth-challenge", cognito, json!({})).await;
    let called: Vec<String> = host
        .journal()
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
    let host = host().await;
    for function in ["verify-auth-challenge", "operator", "of-another-account"] {
        host.functions().script(function, |event| Outcome::json(&event));
    }
    let check = async |function: &str, target: &str, body: Value, expected: Option<&str>| {
        let answer = call(host.url(), function, target, body).await;
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
    check("operator", list, json!({"UserPoolId": POOL}), None).await;
    let elsewhere = json!({"UserPoolId": "eu-west-1_Elsewhere"});
    check("operator", list, elsewhere, denied).await;
    check("verify-auth-challenge", list, json!({"UserPoolId": POOL}), denied).await;

    let refused = host.trail().all().into_iter();
    let refused = refused.filter(|question| question.answer == Decision::NotAllowed);
    let refused: Vec<String> = refused.map(|question| question.resource).collect();
    assert_eq!(refused.len(), 5, "{refused:?}");
    assert!(refused.contains(&table.to_owned()));
}

#[tokio::test]
async fn a_mail_lands_in_the_outbox() {
    let host = host().await;
    let response = send_mail(&host).await;
    assert_eq!(response.status(), 200);
    assert!(response.headers().contains_key("x-amzn-requestid"));
    let answer: Value = response.json().await.unwrap();
    assert!(answer["MessageId"].is_string());
    let outbox: Value =
        reqwest::get(format!("{}/_local/outbox", host.url())).await.unwrap().json().await.unwrap();
    assert_eq!(outbox.as_array().unwrap().len(), 1);
    assert_eq!(outbox[0]["sender"], "ses");
    assert_eq!(outbox[0]["to"], "ada@example.com");
    assert_eq!(outbox[0]["text"], "12345678");
}

#[tokio::test]
async fn mail_service_can_refuse_throttle_and_hang() {
    let host = host().await;
    host.mail().set_mode(MailMode::Refuse);
    let refused = send_mail(&host).await;
    assert_eq!(refused.status(), 400);
    assert_eq!(refused.headers()["x-amzn-errortype"], "MessageRejected");
    host.mail().set_mode(MailMode::Throttle);
    let throttled = send_mail(&host).await;
    assert_eq!(throttled.status(), 429);
    assert_eq!(throttled.headers()["x-amzn-errortype"], "TooManyRequestsException");
    host.mail().set_mode(MailMode::Hang);
    let hung = tokio::time::timeout(Duration::from_millis(200), send_mail(&host)).await;
    assert!(hung.is_err());
    assert!(host.outbox().all().is_empty());
}

#[tokio::test]
async fn the_code_key_is_a_secret_with_a_version_and_32_bytes() {
    let host = host().await;
    let target = "secretsmanager.GetSecretValue";
    let body = json!({"SecretId": "lifeguard/code-key"});
    let answer: Value = call(host.url(), "-", target, body).await.json().await.unwrap();
    let keys: Value = serde_json::from_str(answer["SecretString"].as_str().unwrap()).unwrap();
    // 32 bytes are 44 characters of base64 with padding.
    assert_eq!(keys["1"].as_str().unwrap().len(), 44);
    let missing = call(host.url(), "-", target, json!({"SecretId": "other"})).await;
    assert_eq!(missing.headers()["x-amzn-errortype"], "ResourceNotFoundException");
}

#[tokio::test]
async fn other_web_sites_are_refused() {
    let host = host().await;
    let outbox = format!("{}/_local/outbox", host.url());
    for (name, value) in
        [("host", "evil.example"), ("origin", "http://evil.example"), ("origin", "null")]
    {
        let request = reqwest::Client::new().get(&outbox).header(name, value);
        let status = request.send().await.unwrap().status();
        assert_eq!(status, 403, "{name}: {value}");
    }
}

#[tokio::test]
async fn pages_of_this_machine_may_use_the_user_pool() {
    let host = host().await;
    let request = reqwest::Client::new()
        .post(format!("{}/", host.url()))
        .header("origin", "http://localhost:3000")
        .header("x-amz-target", "AWSCognitoIdentityProviderService.SignUp")
        .body("{}");
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 400);
    assert_eq!(response.headers()["access-control-allow-origin"], "*");
}

#[tokio::test]
async fn what_happened_can_be_read_as_json() {
    let host = host().await;
    host.functions().script("deliver-message", |_| Outcome::error("no mail today"));
    let item = json!({"pk": {"S": "ada"}, "out": {"S": "{}"}});
    put(&host, host.url(), item).await;
    until(|| host.journal().since(0).len() > 1).await;
    let events: Value =
        reqwest::get(format!("{}/_local/events", host.url())).await.unwrap().json().await.unwrap();
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
    let host = host().await;
    let expiry = (host.clock().now() + 60).to_string();
    let item = json!({"pk": {"S": "unknown"}, "ttl": {"N": expiry}});
    put(&host, host.url(), item).await;
    let before = host.clock().now();
    let response = reqwest::Client::new()
        .post(format!("{}/_local/clock", host.url()))
        .json(&json!({"advance_seconds": 3600}))
        .send()
        .await
        .unwrap();
    let now: Value = response.json().await.unwrap();
    assert!(now["now"].as_u64().unwrap() >= before + 3600);
    let scan = json!({"TableName": "lifeguard-challenges"});
    let rows: Value =
        call(host.url(), "-", "DynamoDB_20120810.Scan", scan).await.json().await.unwrap();
    assert_eq!(rows["Count"], 0);
}

#[tokio::test]
async fn the_default_pool_has_its_clients_and_its_group() {
    let clock = Clock::default();
    clock.advance(Duration::from_secs(86_400));
    let options = StartOptions { clock, ..StartOptions::default() };
    let host = local_cognito::start(&options).await.unwrap();
    let pools = host.user_pools();
    for client in ["1webclient0000000000000000", "1passwordless0000000000000"] {
        let input = json!({"UserPoolId": POOL, "ClientId": client});
        let answer = pools.call(Caller::Signed, "DescribeUserPoolClient", input).await.unwrap();
        let client = &answer["UserPoolClient"];
        assert_eq!(client["PreventUserExistenceErrors"], "ENABLED");
        assert_eq!(client["AuthSessionValidity"], 10);
    }
    let input = json!({"UserPoolId": POOL, "GroupName": "members"});
    let again = pools.call(Caller::Signed, "CreateGroup", input).await;
    assert_eq!(again.err().unwrap().kind, "GroupExistsException");
}

#[tokio::test]
async fn seeded_users_can_sign_in_and_outlive_a_restart() {
    let folder = folder("seeded");
    let seed = folder.join("seed.json");
    let users = json!({"users": [{
        "username": "ada@example.com",
        "password": "Correct-horse-1",
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
    let host = local_cognito::start(&options).await.unwrap();
    sign_in(&host).await;
    put(&host, host.url(), json!({"pk": {"S": "ada"}})).await;
    host.shutdown().unwrap();

    let host = local_cognito::start(&options).await.unwrap();
    sign_in(&host).await;
    let scan = json!({"TableName": "lifeguard-challenges"});
    let rows: Value =
        call(host.url(), "-", "DynamoDB_20120810.Scan", scan).await.json().await.unwrap();
    assert_eq!(rows["Count"], 1);
}

async fn sign_in(host: &LocalCognito) {
    let target = "AWSCognitoIdentityProviderService.InitiateAuth";
    let input = json!({
        "ClientId": "1webclient0000000000000000",
        "AuthFlow": "USER_PASSWORD_AUTH",
        "AuthParameters": {"USERNAME": "ada@example.com", "PASSWORD": "Correct-horse-1"},
    });
    let response = call(host.url(), "-", target, input).await;
    let answer: Value = response.json().await.unwrap();
    assert!(answer["AuthenticationResult"]["AccessToken"].is_string(), "{answer}");
}
