//! Presigned URLs: what their signer may do, by the method, for the time, and nothing else.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_sdk_s3::Client;
use aws_sdk_s3::presigning::{PresignedRequest, PresigningConfig};

use super::raw::{Answer, Raw, send_to};
use super::{get, list, own, put};
use local_cognito_testing::{ADA, BOB, LIFE, TestCognito, administrator, keys};

use crate::start::{BUCKET, serve};

/// A validity of so many seconds that began so many seconds ago, or will begin if negative.
fn valid(cognito: &TestCognito, seconds: u64, ago: i64) -> PresigningConfig {
    let now = i64::try_from(cognito.clock.wall()).unwrap();
    let start: SystemTime = UNIX_EPOCH + Duration::from_secs(u64::try_from(now - ago).unwrap());
    let config = PresigningConfig::builder().start_time(start);
    config.expires_in(Duration::from_secs(seconds)).build().unwrap()
}

async fn presigned_get(cognito: &TestCognito, s3: &Client, key: &str) -> PresignedRequest {
    let get = s3.get_object().bucket(BUCKET).key(key);
    get.presigned(valid(cognito, 900, 0)).await.unwrap()
}

async fn presigned_put(cognito: &TestCognito, s3: &Client, key: &str) -> PresignedRequest {
    let put = s3.put_object().bucket(BUCKET).key(key);
    put.presigned(valid(cognito, 900, 0)).await.unwrap()
}

/// Sends a presigned request as it is.
async fn send(request: &PresignedRequest, body: &str) -> Answer {
    let headers: Vec<(&str, &str)> = request.headers().collect();
    send_to(request.uri(), request.method(), &headers, body).await
}

#[tokio::test]
async fn presigned_requests_do_what_was_signed() {
    let cognito = serve().await;
    let ada = cognito.s3(keys(ADA));
    let key = own(ADA, "a note+ü.txt");
    let put = presigned_put(&cognito, &ada, &key).await;
    assert_eq!(send(&put, "hello").await.status, 200);
    let get = presigned_get(&cognito, &ada, &key).await;
    assert_eq!(send(&get, "").await.text, "hello");
    let head = ada.head_object().bucket(BUCKET).key(&key);
    let head = head.presigned(valid(&cognito, 900, 0)).await.unwrap();
    let answer = send(&head, "").await;
    assert_eq!((answer.status, &answer.headers["content-length"] == "5"), (200, true));
    let delete = ada.delete_object().bucket(BUCKET).key(&key);
    let delete = delete.presigned(valid(&cognito, 900, 0)).await.unwrap();
    assert_eq!(send(&delete, "").await.status, 204);
    assert_eq!(send(&get, "").await.code, "AccessDenied");
    // A presigned URL is good for any number of requests.
    assert_eq!(send(&put, "again").await.status, 200);
    assert_eq!(send(&get, "").await.text, "again");
}

#[tokio::test]
async fn signed_overrides_and_headers_are_honoured() {
    let cognito = serve().await;
    let ada = cognito.s3(keys(ADA));
    let key = own(ADA, "note");
    let upload = ada.put_object().bucket(BUCKET).key(&key).content_type("text/plain");
    let upload = upload.metadata("mood", "good").presigned(valid(&cognito, 900, 0)).await.unwrap();
    assert_eq!(send(&upload, "hello").await.status, 200);
    let (url, headers) = (upload.uri(), upload.headers().collect::<Vec<_>>());
    let other_type: Vec<(&str, &str)> = headers
        .iter()
        .map(|(name, value)| (*name, if *name == "content-type" { "text/html" } else { value }))
        .collect();
    let answer = send_to(url, "PUT", &other_type, "hello").await;
    assert_eq!(answer.code, "SignatureDoesNotMatch");
    let answer = send_to(url, "PUT", &[], "hello").await;
    assert_eq!(answer.status, 400, "{}", answer.text);

    let download = ada.get_object().bucket(BUCKET).key(&key);
    let download = download
        .response_content_type("text/html")
        .response_content_disposition("attachment; filename=\"note.txt\"")
        .response_cache_control("no-store");
    let answer = send(&download.presigned(valid(&cognito, 900, 0)).await.unwrap(), "").await;
    assert_eq!(answer.text, "hello");
    assert_eq!(answer.headers["content-type"], "text/html");
    assert_eq!(answer.headers["content-disposition"], "attachment; filename=\"note.txt\"");
    assert_eq!(answer.headers["cache-control"], "no-store");
    assert_eq!(answer.headers["x-amz-meta-mood"], "good");
}

#[tokio::test]
async fn altered_presigned_url_is_refused() {
    let cognito = serve().await;
    let ada = cognito.s3(keys(ADA));
    for key in [own(ADA, "note"), own(BOB, "note")] {
        let local = cognito.s3(administrator());
        assert_eq!(put(&local, &key, "hello").await, "done");
    }
    let get = presigned_get(&cognito, &ada, &own(ADA, "note")).await;
    assert_eq!(send(&get, "").await.text, "hello");
    let (address, query) = get.uri().split_once('?').unwrap();
    let members: Vec<&str> = query.split('&').collect();
    let refused = |answer: Answer, what: &str| {
        assert!((400..=403).contains(&answer.status), "{what}: {} {}", answer.status, answer.text);
        assert!(!answer.text.contains("hello"), "{what}");
        answer.code
    };
    let with = |members: &[&str]| format!("{address}?{}", members.join("&"));
    for (index, member) in members.iter().enumerate() {
        let (name, value) = member.split_once('=').unwrap();
        let changed = match name {
            "X-Amz-Expires" => "901".to_owned(),
            "X-Amz-Date" => "20260131T120000Z".to_owned(),
            "x-id" => "PutObject".to_owned(),
            _ => format!("{value}x"),
        };
        let changed = format!("{name}={changed}");
        let mut altered = members.clone();
        altered[index] = &changed;
        if name != "x-id" {
            refused(send_to(&with(&altered), "GET", &[], "").await, name);
        }
        let mut without = members.clone();
        without.remove(index);
        refused(send_to(&with(&without), "GET", &[], "").await, name);
        let twice = [&members[..], &[member]].concat();
        refused(send_to(&with(&twice), "GET", &[], "").await, name);
    }
    let longer = get.uri().replace("X-Amz-Expires=900", "X-Amz-Expires=901");
    let code = refused(send_to(&longer, "GET", &[], "").await, "a longer time");
    assert_eq!(code, "SignatureDoesNotMatch");
    let added = format!("{}&response-content-type=text%2Fhtml", get.uri());
    let code = refused(send_to(&added, "GET", &[], "").await, "one more member");
    assert_eq!(code, "SignatureDoesNotMatch");
    for method in ["HEAD", "PUT", "DELETE"] {
        refused(send_to(get.uri(), method, &[], "").await, method);
    }
    let others = get.uri().replace("ada/note", "bob/note");
    assert_ne!(others, get.uri());
    assert_eq!(refused(send_to(&others, "GET", &[], "").await, "path"), "SignatureDoesNotMatch");
    let host = [("host", "127.0.0.1:1")];
    refused(send_to(get.uri(), "GET", &host, "").await, "host");
    for header in ["x-amz-security-token", "x-amz-user-agent", "x-amz-date", "x-amz-content-sha256"]
    {
        refused(send_to(get.uri(), "GET", &[(header, "x")], "").await, header);
    }
    assert_eq!(send_to(get.uri(), "GET", &[("accept", "x")], "").await.text, "hello");
}

#[tokio::test]
async fn presigned_upload_cannot_become_a_copy() {
    let cognito = serve().await;
    let (ada, bob) = (cognito.s3(keys(ADA)), cognito.s3(keys(BOB)));
    assert_eq!(put(&ada, &own(ADA, "note"), "hers").await, "done");
    let upload = presigned_put(&cognito, &bob, &own(BOB, "note")).await;
    let source = format!("{BUCKET}/{}", own(ADA, "note"));
    let header = [("x-amz-copy-source", source.as_str())];
    let answer = send_to(upload.uri(), "PUT", &header, "").await;
    assert!((400..=403).contains(&answer.status), "{}", answer.text);
    let moved = format!("{}&x-amz-copy-source={source}", upload.uri());
    let answer = send_to(&moved, "PUT", &[], "").await;
    assert!((400..=403).contains(&answer.status), "{}", answer.text);
    assert_eq!(
        get(&cognito.s3(administrator()), &own(BOB, "note")).await,
        Err("NoSuchKey".to_owned())
    );
}

#[tokio::test]
async fn presigned_url_may_do_what_its_signer_may() {
    let cognito = serve().await;
    let (ada, bob) = (cognito.s3(keys(ADA)), cognito.s3(keys(BOB)));
    assert_eq!(put(&ada, &own(ADA, "note"), "hers").await, "done");
    let theirs = presigned_get(&cognito, &bob, &own(ADA, "note")).await;
    assert_eq!(send(&theirs, "").await.code, "AccessDenied");
    let theirs = presigned_put(&cognito, &bob, &own(ADA, "note")).await;
    assert_eq!(send(&theirs, "gotcha").await.code, "AccessDenied");
    let local = presigned_get(&cognito, &cognito.s3(administrator()), &own(ADA, "note")).await;
    assert_eq!(send(&local, "").await.text, "hers");
    let elsewhere = cognito.s3_in(keys(ADA), "us-east-1");
    let elsewhere = presigned_get(&cognito, &elsewhere, &own(ADA, "note")).await;
    assert_eq!(send(&elsewhere, "").await.code, "AuthorizationQueryParametersError");
    assert_eq!(list(&ada, &own(ADA, "")).await, Ok(vec![own(ADA, "note")]));
}

#[tokio::test]
async fn presigned_url_ends_with_its_time_and_its_credentials() {
    let cognito = serve().await;
    let ada = cognito.s3(keys(ADA));
    let key = own(ADA, "note");
    assert_eq!(put(&ada, &key, "hello").await, "done");
    for (seconds, ago, expected) in [
        (60, 0, "hello"),
        (60, 120, "Request has expired"),
        (3600, 1800, "hello"),
        (604_800, 604_000, "hello"),
        (60, -600, "hello"),
    ] {
        let get = ada.get_object().bucket(BUCKET).key(&key);
        let get = get.presigned(valid(&cognito, seconds, ago)).await.unwrap();
        let answer = send(&get, "").await;
        assert!(answer.text.contains(expected), "{seconds} {ago}: {}", answer.text);
        if expected != "hello" {
            assert_eq!((answer.status, answer.code.as_str()), (403, "AccessDenied"));
        }
    }
    let early = ada.get_object().bucket(BUCKET).key(&key);
    let early = early.presigned(valid(&cognito, 60, -1200)).await.unwrap();
    assert_eq!(send(&early, "").await.code, "RequestTimeTooSkewed");
    let get = presigned_get(&cognito, &ada, &key).await;
    for seconds in ["0", "604801", "-1", "x", ""] {
        let url = get.uri().replace("X-Amz-Expires=900", &format!("X-Amz-Expires={seconds}"));
        let code = send_to(&url, "GET", &[], "").await.code;
        assert_eq!(code, "AuthorizationQueryParametersError", "{seconds}");
    }
    cognito.clock.advance(Duration::from_secs(LIFE));
    assert_eq!(send(&get, "").await.code, "ExpiredToken");
}

#[tokio::test]
async fn temporary_credentials_need_their_token_in_the_query() {
    let cognito = serve().await;
    let local = cognito.s3(administrator());
    assert_eq!(put(&local, &own(ADA, "note"), "hello").await, "done");
    let ada = keys(ADA);
    let others = keys(BOB).session_token().unwrap().to_owned();
    for token in [None, Some(others)] {
        let keys = aws_sdk_s3::config::Credentials::new(
            ada.access_key_id(),
            ada.secret_access_key(),
            token,
            None,
            "test",
        );
        let get = presigned_get(&cognito, &cognito.s3(keys), &own(ADA, "note")).await;
        assert_eq!(send(&get, "").await.code, "InvalidToken");
        let header = [("x-amz-security-token", ada.session_token().unwrap())];
        let answer = send_to(get.uri(), "GET", &header, "").await;
        assert_eq!(answer.code, "AccessDenied", "{}", answer.text);
    }
}

#[tokio::test]
async fn two_signatures_at_once_are_refused() {
    let cognito = serve().await;
    let (ada, bob) = (keys(ADA), keys(BOB));
    let s3 = cognito.s3(ada.clone());
    assert_eq!(put(&s3, &own(ADA, "note"), "hello").await, "done");
    let target = format!("{BUCKET}/{}", own(ADA, "note"));
    let get = presigned_get(&cognito, &s3, &own(ADA, "note")).await;
    let (_, query) = get.uri().split_once('?').unwrap();
    for keys in [&ada, &bob] {
        let signed = format!("{target}?{query}");
        let raw = Raw { method: "GET", target: &signed, headers: &[], body: "" };
        let answer = raw.send(&cognito, Some(keys)).await;
        assert_eq!((answer.status, answer.code.as_str()), (400, "InvalidArgument"));
    }
    // The version before: it is not taken, alone or beside the one of today.
    let old = format!(
        "AWSAccessKeyId={}&Expires=9999999999&Signature=x&x-amz-security-token=t",
        bob.access_key_id()
    );
    for (query, keys, expected) in [
        (old.clone(), None, "InvalidRequest"),
        (old.clone(), Some(&ada), "InvalidArgument"),
        (format!("{query}&{old}"), None, "InvalidRequest"),
    ] {
        let target = format!("{target}?{query}");
        let raw = Raw { method: "GET", target: &target, headers: &[], body: "" };
        let answer = raw.send(&cognito, keys).await;
        assert_eq!(answer.code, expected, "{target}");
    }
}
