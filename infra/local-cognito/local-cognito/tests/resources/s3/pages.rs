//! Pages in a browser: what the template's rule lets them send and read.

use local_cognito_testing::{ADA, TestCognito, keys};
use reqwest::Method;
use reqwest::header::HeaderMap;

use super::own;
use super::raw::Raw;

use crate::start::{BUCKET, serve};

/// Headers that `@aws-sdk/client-s3` sends from a browser.
const SDK_HEADERS: [&str; 27] = [
    "amz-sdk-invocation-id",
    "amz-sdk-request",
    "authorization",
    "cache-control",
    "content-disposition",
    "content-encoding",
    "content-language",
    "content-md5",
    "content-type",
    "if-match",
    "if-modified-since",
    "if-none-match",
    "if-unmodified-since",
    "range",
    "x-amz-checksum-algorithm",
    "x-amz-checksum-crc32",
    "x-amz-checksum-crc64nvme",
    "x-amz-checksum-mode",
    "x-amz-content-sha256",
    "x-amz-copy-source",
    "x-amz-date",
    "x-amz-meta-mood",
    "x-amz-metadata-directive",
    "x-amz-sdk-checksum-algorithm",
    "x-amz-security-token",
    "x-amz-user-agent",
    "X-Amz-Decoded-Content-Length",
];

const PAGE: &str = "http://localhost:5173";

struct Preflight {
    status: u16,
    headers: HeaderMap,
}

async fn preflight(cognito: &TestCognito, headers: &[(&str, &str)]) -> Preflight {
    let url = format!("{}/{BUCKET}/{}", cognito.server().s3_url(), own(ADA, "note"));
    let mut request = reqwest::Client::new().request(Method::OPTIONS, url);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let answer = request.send().await.unwrap();
    Preflight { status: answer.status().as_u16(), headers: answer.headers().clone() }
}

#[tokio::test]
async fn preflight_allows_every_method_and_header_of_the_sdk() {
    let cognito = serve().await;
    for method in ["GET", "HEAD", "PUT", "POST", "DELETE"] {
        for name in SDK_HEADERS {
            let asked = [
                ("origin", PAGE),
                ("access-control-request-method", method),
                ("access-control-request-headers", name),
            ];
            let answer = preflight(&cognito, &asked).await;
            assert_eq!(answer.status, 200, "{method} {name}");
            let allowed = answer.headers["access-control-allow-headers"].to_str().unwrap();
            assert_eq!(allowed, name.to_lowercase(), "{method}");
        }
        let all = SDK_HEADERS.join(",");
        let asked = [
            ("origin", PAGE),
            ("access-control-request-method", method),
            ("access-control-request-headers", all.as_str()),
        ];
        let answer = preflight(&cognito, &asked).await;
        assert_eq!(answer.status, 200, "{method}");
        assert_eq!(answer.headers["access-control-allow-origin"], PAGE);
        let methods = answer.headers["access-control-allow-methods"].to_str().unwrap();
        assert!(methods.split(", ").any(|allowed| allowed == method), "{methods}");
        assert_eq!(answer.headers["access-control-max-age"], "600");
        let varies = answer.headers["vary"].to_str().unwrap();
        assert!(varies.contains("Origin"), "{varies}");
    }
}

#[tokio::test]
async fn preflight_that_no_rule_allows_is_refused() {
    let cognito = serve().await;
    for (headers, status) in [
        (&[("origin", PAGE), ("access-control-request-method", "PATCH")][..], 403),
        (&[("origin", PAGE), ("access-control-request-method", "put")], 403),
        (&[("origin", PAGE)], 400),
        (&[("access-control-request-method", "PUT")], 400),
        (&[("origin", "https://evil.example"), ("access-control-request-method", "GET")], 403),
        (
            &[
                ("origin", "http://localhost.evil.example"),
                ("access-control-request-method", "GET"),
            ],
            403,
        ),
        (&[("origin", "null"), ("access-control-request-method", "GET")], 403),
    ] {
        let answer = preflight(&cognito, headers).await;
        assert_eq!(answer.status, status, "{headers:?}");
        assert!(!answer.headers.contains_key("access-control-allow-origin"), "{headers:?}");
    }
}

#[tokio::test]
async fn answers_and_errors_can_be_read_by_the_page() {
    let cognito = serve().await;
    let ada = keys(ADA);
    let object = format!("{BUCKET}/{}", own(ADA, "note"));
    let acl = format!("{object}?acl");
    for (method, target, keys, status) in [
        ("PUT", &object, Some(&ada), 200),
        ("GET", &object, Some(&ada), 200),
        ("GET", &object, None, 403),
        ("GET", &acl, None, 501),
        ("POST", &object, Some(&ada), 501),
    ] {
        let raw = Raw { method, target, headers: &[("origin", PAGE)], body: "" };
        let answer = raw.send(&cognito, keys).await;
        assert_eq!(answer.status, status, "{method} {target}");
        assert_eq!(answer.headers["access-control-allow-origin"], PAGE, "{method} {target}");
        let exposed = answer.headers["access-control-expose-headers"].to_str().unwrap();
        assert!(exposed.split(", ").any(|name| name == "ETag"), "{exposed}");
        assert!(answer.headers.contains_key("x-amz-request-id"), "{method} {target}");
    }
    let raw = Raw { method: "GET", target: &object, headers: &[], body: "" };
    let answer = raw.send(&cognito, Some(&ada)).await;
    assert!(!answer.headers.contains_key("access-control-allow-origin"));
    let evil = [("origin", "https://evil.example")];
    let raw = Raw { method: "GET", target: &object, headers: &evil, body: "" };
    let answer = raw.send(&cognito, Some(&ada)).await;
    assert_eq!(answer.status, 403);
    assert!(!answer.headers.contains_key("access-control-allow-origin"));
}
