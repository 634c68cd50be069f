//! Requests as functions get them.

use reqwest::Method;
use serde_json::{Value, json};

use crate::echo::{event, invocations};
use crate::start::start;

#[tokio::test]
async fn an_event_has_payload_format_2() {
    let cognito = start().await;
    let request = cognito
        .request(Method::POST, "/echo?a=1&b=x%20y&a=2")
        .header("X-Twice", "one")
        .header("x-twice", "two")
        .header("cookie", "first=1; second=2")
        .header("user-agent", "test")
        .header("content-type", "application/json; charset=utf-8")
        .header("x-forwarded-for", "192.0.2.1")
        .body("{\"name\":\"é\"}");
    let mut event = event(request).await;
    let context = &mut event["requestContext"];
    let id = context["requestId"].take();
    assert!(id.as_str().is_some_and(|id| !id.is_empty()), "{id}");
    let time = context["time"].take();
    assert!(time.as_str().is_some_and(|time| time.ends_with(" +0000")), "{time}");
    let now = cognito.clock.now_millis();
    let epoch = context["timeEpoch"].take().as_u64().unwrap();
    assert!(now - epoch < 10_000, "{epoch}");
    let host = event["headers"]["host"].take();
    assert!(host.as_str().unwrap().starts_with("localhost:"), "{host}");
    let expected = json!({
        "version": "2.0",
        "routeKey": "POST /echo",
        "rawPath": "/echo",
        "rawQueryString": "a=1&b=x%20y&a=2",
        "cookies": ["first=1", "second=2"],
        "headers": {
            "accept": "*/*",
            "content-length": "13",
            "content-type": "application/json; charset=utf-8",
            "host": null,
            "user-agent": "test",
            "x-forwarded-for": "192.0.2.1, 127.0.0.1",
            "x-forwarded-proto": "http",
            "x-twice": "one,two",
        },
        "queryStringParameters": {"a": "1,2", "b": "x y"},
        "requestContext": {
            "accountId": "000000000000",
            "apiId": "echoapi",
            "domainName": "echoapi.execute-api.eu-west-1.amazonaws.com",
            "domainPrefix": "echoapi",
            "http": {
                "method": "POST",
                "path": "/echo",
                "protocol": "HTTP/1.1",
                "sourceIp": "127.0.0.1",
                "userAgent": "test",
            },
            "requestId": null,
            "routeKey": "POST /echo",
            "stage": "$default",
            "time": null,
            "timeEpoch": null,
        },
        "body": "{\"name\":\"é\"}",
        "isBase64Encoded": false,
    });
    assert_eq!(event, expected);
}

#[tokio::test]
async fn members_with_nothing_to_say_are_absent() {
    let cognito = start().await;
    let event = event(cognito.request(Method::GET, "/echo")).await;
    let event = event.as_object().unwrap();
    for name in ["body", "cookies", "pathParameters", "queryStringParameters", "stageVariables"] {
        assert!(!event.contains_key(name), "{name}: {event:?}");
    }
    assert!(!event["requestContext"].as_object().unwrap().contains_key("authorizer"));
    assert_eq!(event["rawQueryString"], "");
}

#[tokio::test]
async fn paths_arrive_decoded_and_parameters_by_name() {
    let cognito = start().await;
    for (path, raw, key, parameters) in [
        ("/echo/a%2Fb%20c", "/echo/a/b c", "ANY /echo/{id}", json!({"id": "a/b c"})),
        (
            "/echo/all/x/y%2Fz",
            "/echo/all/x/y/z",
            "GET /echo/all/{proxy+}",
            json!({"proxy": "x/y/z"}),
        ),
        ("/echo/a%3Fb", "/echo/a", "ANY /echo/{id}", json!({"id": "a?b"})),
    ] {
        let event = event(cognito.request(Method::GET, path)).await;
        assert_eq!(event["rawPath"], raw, "{path}");
        assert_eq!(event["routeKey"], key, "{path}");
        assert_eq!(event["pathParameters"], parameters, "{path}");
    }
}

#[tokio::test]
async fn a_body_is_text_for_text_types_alone() {
    let cognito = start().await;
    for (kind, body, expected, is_base64) in [
        (Some("text/plain"), &b"a"[..], "a", false),
        (Some("application/json"), b"{}", "{}", false),
        (Some("application/xml"), b"<a/>", "<a/>", false),
        (Some("text/plain"), b"\xff", "/w==", true),
        (Some("application/x-www-form-urlencoded"), b"a=b", "YT1i", true),
        (Some("application/problem+json"), b"{}", "e30=", true),
        (Some("application/octet-stream"), b"a", "YQ==", true),
        (None, b"a", "YQ==", true),
    ] {
        let request = cognito.request(Method::POST, "/echo").body(body.to_vec());
        let request = match kind {
            Some(kind) => request.header("content-type", kind),
            None => request,
        };
        let event = event(request).await;
        let seen = (event["body"].as_str(), event["isBase64Encoded"].as_bool());
        assert_eq!(seen, (Some(expected), Some(is_base64)), "{kind:?}");
    }
}

#[tokio::test]
async fn an_api_answers_under_a_name_of_its_own_as_well() {
    let cognito = start().await;
    let at = async |host: &str, path: &str| -> (u16, Value) {
        let request = cognito.request(Method::GET, path).header("host", host);
        let response = request.send().await.unwrap();
        (response.status().as_u16(), response.json().await.unwrap_or_default())
    };
    let (status, event) = at("plainapi.execute-api.localhost:4480", "/plain").await;
    assert_eq!((status, &event["routeKey"]), (200, &json!("GET /plain")));
    let (status, event) = at("plainapi.execute-api.localhost", "/any/thing").await;
    assert_eq!((status, &event["routeKey"]), (200, &json!("$default")));
    let (status, answer) = at("echoapi.execute-api.localhost", "/plain").await;
    assert_eq!((status, answer), (404, json!({"message": "Not Found"})));
}

#[tokio::test]
async fn what_no_route_takes_is_not_found() {
    let cognito = start().await;
    for (method, path) in [
        (Method::PUT, "/echo"),
        (Method::GET, "/v1/token"),
        (Method::GET, "/echo/a/b"),
        (Method::GET, "/echo/"),
    ] {
        // Under its own name an API has no other one's `$default`.
        let host = "echoapi.execute-api.localhost";
        let request = cognito.request(method.clone(), path).header("host", host);
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 404, "{method} {path}");
        let answer: Value = response.json().await.unwrap();
        assert_eq!(answer, json!({"message": "Not Found"}), "{method} {path}");
    }
    assert_eq!(invocations(&cognito), 0);
}

#[tokio::test]
async fn the_last_route_of_an_api_takes_what_its_others_do_not() {
    let cognito = start().await;
    for (method, path, api) in [
        (Method::PUT, "/v1/token", "api"),
        (Method::GET, "/v1/nothing", "api"),
        (Method::POST, "/v1/whoami", "api"),
        (Method::POST, "/v1/credentials", "credentialsapi"),
        (Method::POST, "/v1/accounts/confirm", "mailsapi"),
        (Method::POST, "/v1/accounts", "api"),
    ] {
        let host = format!("{api}.execute-api.localhost");
        let request = cognito.request(method.clone(), path).header("host", host);
        let event = event(request).await;
        assert_eq!(event["routeKey"], "$default", "{method} {path}");
        assert_eq!(event["requestContext"]["authorizer"], Value::Null);
    }
    for (path, api) in [("/v1/token", "api"), ("/v1/credentials", "credentialsapi")] {
        let event = event(cognito.request(Method::PUT, path)).await;
        let seen = (&event["routeKey"], &event["requestContext"]["apiId"]);
        assert_eq!(seen, (&json!("$default"), &json!(api)), "{path}");
    }
}

#[tokio::test]
async fn what_is_no_api_stays_what_it_is() {
    let cognito = start().await;
    assert_eq!(cognito.get("/").await.status(), 200, "the page");
    assert_eq!(cognito.get("/_local/events").await.status(), 200);
    assert_eq!(cognito.get("/nothing").await.status(), 404);
    assert_eq!(invocations(&cognito), 0);
}
