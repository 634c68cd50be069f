//! Requests as API Gateway sends them, and refusals of those that no route accepts.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod support;

use lifeguard_sign_in::language::Language;
use lifeguard_sign_in::occasion::Occasion;
use serde_json::{Value, json};
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
fn unknown_routes_and_methods_are_refused() {
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
fn unrouted_request_is_refused_and_runs_no_command() {
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
fn routes_behind_iam_refuse_a_caller_without_authorizer() {
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
fn other_content_types_are_refused() {
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
fn large_and_malformed_bodies_are_refused() {
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
        r#"{"locale":"nl"}"#,
        r#"{"email":1}"#,
        r#"{"email":"a@b.example","password":"correct horse battery"}"#,
        r#"{"email":"a@b.example","admin":true}"#,
        r#"{"email":"a@b.example","email":"c@d.example"}"#,
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

/// The locale is a preference: a request with any value of it is accepted.
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
            let body = json!({"email": "a@b.example", "locale": locale});
            assert_eq!(stage.post("/v1/accounts", &body).await.status, 202, "{locale}");
            let seen = stage.language_for(Occasion::Registration, "a@b.example");
            assert_eq!(seen, expected, "{locale}");
            let body = json!({
                "email": "a@b.example", "handle": "x", "code": "1", "password": PASSWORD,
                "locale": locale,
            });
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

/// Returns the event of API Gateway for a route, which may have parameters.
fn routed(key: &str, base: &str, headers: &Value, body: Option<&str>) -> Value {
    let (method, pattern) = key.split_once(' ').unwrap();
    let path = pattern.replace("{provider+}", "accounts.example/x").replace("{proxy+}", "v1/token");
    let mut event = request(method, &format!("{base}{path}"), headers.clone(), body);
    for pointer in ["/routeKey", "/requestContext/routeKey"] {
        *event.pointer_mut(pointer).unwrap() = key.into();
    }
    if pattern.contains("{provider+}") {
        event["pathParameters"] = json!({"provider": "accounts.example/x"});
    }
    event
}

/// Returns every route of the OpenAPI document as API Gateway names it, with true if it is behind
/// IAM.
fn route_keys() -> Vec<(String, bool)> {
    let document = serde_json::to_value(developer_identity::openapi()).unwrap();
    let mut keys = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let path = path.replace("{provider}", "{provider+}");
            let is_iam = operation["x-amazon-apigateway-auth"]["type"] == "AWS_IAM";
            keys.push((format!("{} {path}", method.to_uppercase()), is_iam));
        }
    }
    assert!(keys.len() > 15, "{keys:?}");
    keys
}

/// Stages, domains and the part that they put in front of a path.
const PLACES: [(&str, &str, &str); 7] = [
    ("prod", "a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com", "/prod"),
    ("v1", "a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com", "/v1"),
    ("$default", "id.example.com", ""),
    ("$default", "id.example.com", "/auth"),
    ("prod", "id.example.com", "/auth/eu"),
    ("v1", "id.example.com", "/v1"),
    ("prod", "id.example.com", ""),
];

fn at(mut event: Value, stage: &str, domain: &str) -> Value {
    event["requestContext"]["stage"] = stage.into();
    event["requestContext"]["domainName"] = domain.into();
    event
}

fn send(event: &Value) -> support::Answer {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(Stage::new().send(event))
}

#[test]
fn every_route_responds_alike_behind_any_stage_and_base_path() {
    let headers = json!({"content-type": JSON, "authorization": "Bearer a1.AAAA.BBBB"});
    for (key, _) in route_keys() {
        let expected = send(&routed(&key, "", &headers, Some("{}")));
        assert!(![404, 405].contains(&expected.status), "{key}: {}", expected.status);
        for (stage, domain, base) in PLACES {
            let event = at(routed(&key, base, &headers, Some("{}")), stage, domain);
            let mut answer = send(&event);
            if key == "GET /openapi.json" {
                answer.body["servers"] = expected.body["servers"].clone();
            }
            assert_eq!(answer, expected, "{key} at {stage} of {domain}, {base}");
        }
    }
}

#[test]
fn document_names_the_server_it_was_fetched_from() {
    for (stage, domain, base) in PLACES {
        let event = at(routed("GET /openapi.json", base, &json!({}), None), stage, domain);
        let url = if base.is_empty() { "/" } else { base };
        assert_eq!(send(&event).body["servers"], json!([{"url": url}]), "{base}");
    }
}

#[test]
fn other_methods_are_refused_behind_any_stage_and_base_path() {
    for (stage, domain, base) in PLACES {
        for (path, code, allow) in [
            ("/v1/token", "invalid_request", "POST"),
            ("/v1/accounts", "MethodNotAllowed", "POST"),
            ("/v1/identity", "MethodNotAllowed", "GET"),
            ("/v1/identity/links/a.example/x", "MethodNotAllowed", "DELETE"),
            ("/openapi.json", "MethodNotAllowed", "GET"),
        ] {
            let mut event =
                at(routed(&format!("PUT {path}"), base, &json!({}), None), stage, domain);
            event["routeKey"] = "$default".into();
            assert_eq!(check(&event, 405, code)["allow"], allow, "{base}{path}");
            event["routeKey"] = format!("ANY {path}").into();
            let allow = if allow == "GET" { "GET,HEAD" } else { allow };
            assert_eq!(check(&event, 405, code)["allow"], allow, "{base}{path}");
        }
        let mut known = routed("DELETE /v1/identity/links/v1/token", base, &json!({}), None);
        known["routeKey"] = "$default".into();
        check(&at(known, stage, domain), 404, "NoSuchRoute");
        let nothing = routed("PUT /v1/nothing", base, &json!({}), None);
        let mut nothing = at(nothing, stage, domain);
        nothing["routeKey"] = "$default".into();
        check(&nothing, 404, "NoSuchRoute");
    }
}

#[test]
fn stage_named_like_a_segment_is_no_part_of_the_path() {
    let own = "a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com";
    let mut event = at(request("PUT", "/v1/token", json!({}), None), "v1", own);
    event["routeKey"] = "$default".into();
    check(&event, 404, "NoSuchRoute");
    event["rawPath"] = "/v1/v1/token".into();
    check(&event, 405, "invalid_request");
}

#[test]
fn server_without_routes_serves_the_path_as_it_is() {
    let token = json!({"authorization": "Bearer a1.AAAA.BBBB"});
    let mut watch = request("GET", "/v1/identity", token, None);
    watch["routeKey"] = "$default".into();
    watch["rawQueryString"] = Value::Null;
    watch["pathParameters"] = json!({});
    watch["requestContext"]["domainName"] = "localhost".into();
    watch["requestContext"]["apiId"] = Value::Null;
    let mut url = watch.clone();
    url["requestContext"]["apiId"] = "a1b2c3d4e5".into();
    url["requestContext"]["domainName"] = "a1b2c3d4e5.lambda-url.eu-west-1.on.aws".into();
    for mut event in [watch, url] {
        check(&event, 401, "NotAuthenticated");
        event["requestContext"]["http"]["method"] = "HEAD".into();
        check(&event, 401, "NotAuthenticated");
        event["requestContext"]["http"]["method"] = "PUT".into();
        assert_eq!(check(&event, 405, "MethodNotAllowed")["allow"], "GET,HEAD");
        event["rawPath"] = "/auth/v1/identity".into();
        check(&event, 404, "NoSuchRoute");
    }
}

/// An administrator's signature on another route must not administer, for any path.
#[test]
fn authorizer_counts_only_for_the_route_it_checked() {
    let signed = |mut event: Value| {
        event["requestContext"]["authorizer"] = json!({"iam": {
            "accessKey": "AKIAEXAMPLE", "accountId": "123456789012", "callerId": "AIDAEXAMPLE",
            "cognitoIdentity": null, "userArn": "arn:aws:iam::123456789012:user/noor",
            "userId": "AIDAEXAMPLE",
        }});
        event
    };
    let body = json!({"account_id": "0".repeat(32)}).to_string();
    let event = |key: &str, path: &str| {
        let mut event = request("POST", path, with_type(JSON), Some(&body));
        event["routeKey"] = key.into();
        signed(event)
    };
    let look_up = "/v1/admin/accounts/look-up";
    check(&event("POST /v1/admin/accounts/look-up", look_up), 404, "NoSuchAccount");
    check(&event("POST /v1/admin/accounts/look-up", "/v1/token"), 404, "NoSuchAccount");
    check(&event("ANY /v1/admin/accounts/look-up", look_up), 404, "NoSuchAccount");
    check(&event("POST /v1/logout", look_up), 401, "NotAuthenticated");
    check(&event("POST /v1/token", look_up), 415, "invalid_request");
    check(&event("$default", look_up), 404, "NoSuchRoute");
    check(&event("GET /v1/admin/accounts/look-up", look_up), 400, "Malformed");
    for (key, parameters) in [
        ("POST /{proxy+}", json!({"proxy": "v1/admin/accounts/look-up"})),
        ("ANY /v1/admin/{proxy+}", json!({"proxy": "accounts/look-up"})),
        ("POST /v1/admin/accounts/{act}", json!({"act": "look-up"})),
    ] {
        let mut event = event(key, look_up);
        event["pathParameters"] = parameters;
        check(&event, 403, "NotAllowed");
    }
    let mut event = event("POST /v1/{name}", look_up);
    event["pathParameters"] = json!({"name": "admin/accounts/look-up"});
    check(&event, 404, "NoSuchRoute");
    for (domain, api) in
        [("localhost", Value::Null), ("a1.lambda-url.eu-west-1.on.aws", json!("a1"))]
    {
        event["routeKey"] = "$default".into();
        event["requestContext"]["domainName"] = domain.into();
        event["requestContext"]["apiId"] = api;
        check(&event, 403, "NotAllowed");
        event["rawPath"] = "/v1/whoami".into();
        event["requestContext"]["http"]["method"] = "GET".into();
        check(&event, 403, "NotAllowed");
        event["rawPath"] = look_up.into();
        event["requestContext"]["http"]["method"] = "POST".into();
    }
}

#[test]
fn decoded_path_keeps_question_mark_and_hash() {
    let token = json!({"authorization": "Bearer a1.AAAA.BBBB"});
    for path in ["v1/identity?a", "v1/identity#a", "openapi.json?", "openapi.json#"] {
        let mut event = request("GET", "/", token.clone(), None);
        event["routeKey"] = "ANY /{proxy+}".into();
        event["pathParameters"] = json!({"proxy": path});
        event["rawPath"] = format!("/{path}").into();
        check(&event, 404, "NoSuchRoute");
    }
    for end in ["?", "#"] {
        let mut event = routed("DELETE /v1/identity/links/{provider+}", "", &token, None);
        event["pathParameters"]["provider"] = format!("a{end}{}", "b".repeat(128)).into();
        check(&event, 400, "Malformed");
    }
    let mut event = routed("DELETE /v1/identity/links/{provider+}", "", &token, None);
    event["pathParameters"] = Value::Null;
    check(&event, 400, "Malformed");
}

#[test]
fn malformed_request_is_refused() {
    for path in ["", "no slash", "/v1/ token", "/\u{0}", "http://[", "/v1/tök en"] {
        let mut event = request("GET", "/", json!({}), None);
        event["rawPath"] = path.into();
        event["routeKey"] = "ANY /{proxy+}".into();
        event["pathParameters"] = json!({"proxy": path.trim_start_matches('/')});
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let answer = runtime.block_on(Stage::new().send(&event));
        assert!([400, 404].contains(&answer.status), "{path:?}: {}", answer.status);
    }
    let mut event = request("GET", "/v1/identity", json!({}), None);
    event["requestContext"]["http"]["method"] = "G E T".into();
    check(&event, 400, "Malformed");
}

#[test]
fn missing_or_forged_token_is_refused() {
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
fn whoami_trusts_the_authorizer_alone() {
    let signed_by_pool = |pool: &str| {
        let mut event = request("GET", "/v1/whoami", json!({}), None);
        event["requestContext"]["authorizer"] = json!({"iam": {"cognitoIdentity": {
            "identityId": "eu-west-1:1", "identityPoolId": pool, "amr": ["authenticated"],
        }}});
        event
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let answer = runtime.block_on(Stage::new().send(&signed_by_pool(IDENTITY_POOL)));
    let expected = json!({"identity_id": "eu-west-1:1", "identity_pool_id": IDENTITY_POOL});
    assert_eq!((answer.status, answer.body), (200, expected));
    check(&signed_by_pool("eu-west-1:other"), 403, "NotAllowed");
    let forged = json!({"x-amzn-cognito-identity": "eu-west-1:1", "identityid": "eu-west-1:1"});
    check(&request("GET", "/v1/whoami?identityId=eu-west-1:1", forged, None), 403, "NotAllowed");
    let mut unsigned = signed_by_pool(IDENTITY_POOL);
    unsigned["requestContext"]["authorizer"]["iam"]["cognitoIdentity"] = Value::Null;
    check(&unsigned, 403, "NotAllowed");
}

#[test]
fn registration_and_passwords_need_a_directory() {
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
fn event_that_is_not_of_an_http_api_is_a_fault() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let stage = Stage::new();
    let format_1 = json!({
        "version": "1.0", "resource": "/v1/token", "path": "/v1/token", "httpMethod": "POST",
        "requestContext": {"resourcePath": "/v1/token", "httpMethod": "POST", "stage": "$default"},
    });
    for event in [
        json!(null),
        json!({}),
        json!({"rawPath": "/"}),
        format_1,
        lifeguard_testkit::event("PreSignUp_SignUp"),
    ] {
        let invocation = developer_identity::Invocation::new(support::NOW, [[0; 16]; 7]);
        assert!(runtime.block_on(stage.provider.handle(&event, invocation)).is_err());
    }
}
