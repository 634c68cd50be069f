//! Requests that no route takes, and what is said of them.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod support;

use serde_json::{Value, json};
use sign_in::language::Language;
use sign_in::occasion::Occasion;
use support::{IDENTITY_POOL, PASSWORD, Stage, request};

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";

#[track_caller]
fn check(event: &Value, status: u64, code: &str) -> Value {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let answer = runtime.block_on(Stage::new().send(event));
    let found = answer.body.get("code").or(answer.body.get("error"));
    let found = found.and_then(Value::as_str).unwrap_or_default();
    assert_eq!((answer.status, found), (status, code), "{event}");
    assert_eq!(answer.headers["content-type"], JSON);
    let names: Vec<&str> = answer.body.as_object().unwrap().keys().map(String::as_str).collect();
    let shapes = [vec!["code", "message"], vec!["error", "error_description"]];
    assert!(shapes.contains(&names), "{names:?}");
    answer.headers
}

fn with_type(content_type: &str) -> Value {
    json!({"content-type": content_type})
}

#[test]
fn unknown_routes_and_methods_are_named() {
    for path in ["/", "/v1", "/v1/Token", "/v1/token/", "/v1/token%2f", "/v2/token", "//v1/token"] {
        check(&request("GET", path, json!({}), None), 404, "NoSuchRoute");
    }
    for method in ["GET", "PUT", "DELETE", "PATCH", "TRACE", "OPTIONS", "PURGE"] {
        let headers =
            check(&request(method, "/v1/accounts", json!({}), None), 405, "MethodNotAllowed");
        assert_eq!(headers["allow"], "POST");
        let headers = check(&request(method, "/v1/token", json!({}), None), 405, "invalid_request");
        assert_eq!(headers["allow"], "POST");
    }
    let headers = check(&request("POST", "/v1/identity", json!({}), None), 405, "MethodNotAllowed");
    assert_eq!(headers["allow"], "GET");
}

#[test]
fn what_no_route_of_the_gateway_took_is_refused_and_never_done() {
    let unrouted = |method: &str, path: &str, headers: Value| {
        let mut event = request(method, path, headers, None);
        event["routeKey"] = "$default".into();
        event["requestContext"]["routeKey"] = "$default".into();
        event
    };
    check(&unrouted("GET", "/v1/nothing", json!({})), 404, "NoSuchRoute");
    let headers = check(&unrouted("PUT", "/v1/whoami", json!({})), 405, "MethodNotAllowed");
    assert_eq!(headers["allow"], "GET");
    check(&unrouted("PUT", "/v1/token", with_type(FORM)), 405, "invalid_request");
    let token = json!({"authorization": "Bearer a1.AAAA.BBBB"});
    check(&unrouted("HEAD", "/v1/identity", token.clone()), 404, "NoSuchRoute");
    check(&unrouted("GET", "/v1/identity", token), 404, "NoSuchRoute");
}

#[test]
fn routes_behind_iam_do_nothing_for_a_caller_whom_no_authorizer_saw() {
    let document = serde_json::to_value(developer_identity::openapi()).unwrap();
    let mut seen = 0;
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            if operation["x-amazon-apigateway-auth"]["type"] == "AWS_IAM" {
                let event = request(&method.to_uppercase(), path, with_type(JSON), Some("{}"));
                check(&event, 403, "NotAllowed");
                seen += 1;
            }
        }
    }
    assert!(seen > 0, "no route is behind IAM");
}

#[test]
fn other_content_types_are_not_taken() {
    for given in ["", "text/plain", FORM, "application/jsonp", "application/x-json"] {
        let event = request("POST", "/v1/accounts", with_type(given), Some("{}"));
        check(&event, 415, "UnsupportedContentType");
    }
    for given in ["", "text/plain", JSON, "multipart/form-data; boundary=x"] {
        let event = request("POST", "/v1/token", with_type(given), Some("a=b"));
        check(&event, 415, "invalid_request");
    }
    let event =
        request("POST", "/v1/accounts", with_type("Application/JSON; charset=utf-8"), Some("{}"));
    check(&event, 400, "Malformed");
}

#[test]
fn bodies_are_bounded_and_have_their_form() {
    let long = json!({"email": "x".repeat(16 * 1024)}).to_string();
    check(&request("POST", "/v1/accounts", with_type(JSON), Some(&long)), 413, "TooLarge");
    let long = format!("grant_type={}", "x".repeat(16 * 1024));
    check(&request("POST", "/v1/token", with_type(FORM), Some(&long)), 413, "invalid_request");
    for body in [
        "",
        "{",
        "[]",
        "null",
        "1",
        r#"{"email":"a@b.example"}"#,
        r#"{"email":1,"password":"correct horse battery"}"#,
        r#"{"email":"a@b.example","password":"correct horse battery","admin":true}"#,
        r#"{"email":"a@b.example","email":"c@d.example","password":"correct horse battery"}"#,
    ] {
        check(&request("POST", "/v1/accounts", with_type(JSON), Some(body)), 400, "Malformed");
    }
    for body in ["", "grant_type", "grant_type=a&grant_type=b"] {
        check(&request("POST", "/v1/token", with_type(FORM), Some(body)), 400, "invalid_request");
    }
    let mut event = request("POST", "/v1/accounts", with_type(JSON), Some("%%%"));
    event["isBase64Encoded"] = true.into();
    check(&event, 400, "Malformed");
}

/// A language is a wish: whatever stands there, the request goes on.
#[test]
fn locale_of_any_form_is_never_refused() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    for (locale, expected) in [
        (json!("nl-NL"), Language::Dutch),
        (json!("de_DE"), Language::German),
        (json!("de-DE@euro"), Language::German),
        (json!("de_DE.UTF-8@euro"), Language::German),
        (json!("fr-CH, nl;q=0.9"), Language::Dutch),
        (json!(["fr", "de-AT"]), Language::German),
        (json!("en_US_POSIX"), Language::English),
        (json!("C"), Language::English),
        (json!("nl\r\nBcc: x"), Language::Dutch),
        (json!("x".repeat(8_000)), Language::English),
        (json!(""), Language::English),
        (json!(null), Language::English),
        (json!(1), Language::English),
        (json!({"language": {"de": [true]}}), Language::English),
    ] {
        runtime.block_on(async {
            let stage = Stage::new();
            let body = json!({"email": "a@b.example", "password": PASSWORD, "locale": locale});
            assert_eq!(stage.post("/v1/accounts", &body).await.status, 202, "{locale}");
            let seen = stage.language_for(Occasion::Registration, "a@b.example");
            assert_eq!(seen, expected, "{locale}");
            let body = json!({"handle": "x", "code": "1", "locale": locale});
            assert_eq!(
                stage.post("/v1/accounts/confirm", &body).await.status,
                400,
                "unknown member"
            );
            stage.sign_up("c@d.example").await;
            let body = json!({"email": "c@d.example", "locale": locale});
            assert_eq!(stage.post("/v1/accounts/recovery", &body).await.status, 202, "{locale}");
            let seen = stage.language_for(Occasion::Recovery, "c@d.example");
            assert_eq!(seen, expected, "{locale}");
        });
    }
}

#[test]
fn a_decoded_path_ends_where_it_ends() {
    let asked = |method: &str, path: &str| {
        let token = json!({"authorization": "Bearer a1.AAAA.BBBB"});
        let mut event = request(method, "/", token, None);
        event["rawPath"] = path.into();
        event
    };
    for path in ["/v1/identity?a", "/v1/identity#a", "/openapi.json?", "/openapi.json#"] {
        check(&asked("GET", path), 404, "NoSuchRoute");
    }
    for end in ["?", "#"] {
        let path = format!("/v1/identity/links/a{end}{}", "b".repeat(128));
        check(&asked("DELETE", &path), 400, "Malformed");
    }
}

#[test]
fn a_request_of_no_usable_form_is_refused_in_words() {
    for path in ["", "no slash", "/v1/ token", "/\u{0}", "http://[", "/v1/tök en"] {
        let mut event = request("GET", "/", json!({}), None);
        event["rawPath"] = path.into();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let answer = runtime.block_on(Stage::new().send(&event));
        assert!([400, 404].contains(&answer.status), "{path:?}: {}", answer.status);
    }
    let mut event = request("GET", "/v1/identity", json!({}), None);
    event["requestContext"]["http"]["method"] = "G E T".into();
    check(&event, 400, "Malformed");
}

#[test]
fn a_missing_or_made_up_token_is_not_accepted() {
    for path in ["/v1/identity", "/v1/credentials"] {
        for headers in [
            json!({}),
            json!({"authorization": ""}),
            json!({"authorization": "Bearer"}),
            json!({"authorization": "Bearer "}),
            json!({"authorization": "Basic bm9vcjpub29y"}),
            json!({"authorization": "AWS4-HMAC-SHA256 Credential=x, Signature=y"}),
            json!({"authorization": "a1.AAAA.BBBB"}),
            json!({"authorization": "x".repeat(2049)}),
        ] {
            let headers = check(&request("GET", path, headers, None), 401, "NotAuthenticated");
            assert_eq!(headers["www-authenticate"], "Bearer");
        }
    }
}

#[test]
fn whoami_believes_the_gateway_and_nobody_else() {
    let vouched = |pool: &str| {
        let mut event = request("GET", "/v1/whoami", json!({}), None);
        event["requestContext"]["authorizer"] = json!({"iam": {"cognitoIdentity": {
            "identityId": "eu-west-1:1", "identityPoolId": pool, "amr": ["authenticated"],
        }}});
        event
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let answer = runtime.block_on(Stage::new().send(&vouched(IDENTITY_POOL)));
    let expected = json!({"identity_id": "eu-west-1:1", "identity_pool_id": IDENTITY_POOL});
    assert_eq!((answer.status, answer.body), (200, expected));
    check(&vouched("eu-west-1:other"), 403, "NotAllowed");
    let forged = json!({"x-amzn-cognito-identity": "eu-west-1:1", "identityid": "eu-west-1:1"});
    check(&request("GET", "/v1/whoami?identityId=eu-west-1:1", forged, None), 403, "NotAllowed");
    let mut nobody = vouched(IDENTITY_POOL);
    nobody["requestContext"]["authorizer"]["iam"]["cognitoIdentity"] = Value::Null;
    check(&nobody, 403, "NotAllowed");
}

#[test]
fn without_a_directory_nobody_registers_and_no_password_is_taken() {
    let mut policy = support::policy();
    policy["identity"].as_object_mut().unwrap().remove("directory");
    policy["identity"].as_object_mut().unwrap().remove("issuers");
    let stage = Stage::with(&policy);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(async {
        assert_eq!(stage.register("noor@example.net").await.body["code"], "NotOffered");
        let answer = stage.password("noor@example.net", PASSWORD).await;
        assert_eq!(answer.body["error"], "unsupported_grant_type");
        let answer = stage.exchange("a.b.c").await;
        assert_eq!(answer.body["error"], "unsupported_grant_type");
        assert_eq!(stage.hashes.0.get(), 0);
    });
}

#[test]
fn an_event_that_no_http_api_sent_is_a_fault() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let stage = Stage::new();
    for event in
        [json!(null), json!({}), json!({"rawPath": "/"}), testkit::event("PreSignUp_SignUp")]
    {
        let chance = developer_identity::Chance::of(support::NOW, [[0; 16]; 7]);
        assert!(runtime.block_on(stage.provider.handle(&event, chance)).is_err());
    }
}
