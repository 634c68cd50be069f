//! Copies: from what may be read to what may be written, and nothing else.

use aws_sdk_s3::Client;
use aws_sdk_s3::primitives::DateTime;
use aws_sdk_s3::types::MetadataDirective;

use super::raw::Raw;
use super::{code, denied, get, own, put};
use local_cognito_testing::{ADA, BOB, administrator, keys};

use crate::start::{BUCKET, serve};

async fn copy(s3: &Client, source: &str, key: &str) -> String {
    let copy = s3.copy_object().bucket(BUCKET).key(key).copy_source(source);
    code(&copy.send().await)
}

#[tokio::test]
async fn copy_brings_the_bytes_and_their_description() {
    let cognito = serve().await;
    let ada = cognito.s3(keys(ADA));
    let (old, new) = (own(ADA, "old ü+1"), own(ADA, "new"));
    let upload = ada.put_object().bucket(BUCKET).key(&old).content_type("text/plain");
    let upload = upload.content_language("nl").cache_control("no-store").metadata("mood", "good");
    let upload = upload.expires(DateTime::from_secs(4_000_000_000));
    let upload = upload.body(b"hello".to_vec().into()).send().await.unwrap();
    let source = format!("{BUCKET}/{}", own(ADA, "old%20%C3%BC%2B1"));
    let answer = ada.copy_object().bucket(BUCKET).key(&new).copy_source(&source).send().await;
    let result = answer.unwrap().copy_object_result.unwrap();
    assert_eq!(result.e_tag, upload.e_tag);
    assert!(result.last_modified.is_some());
    let head = ada.head_object().bucket(BUCKET).key(&new).send().await.unwrap();
    assert_eq!(head.content_type(), Some("text/plain"));
    assert_eq!(head.content_language(), Some("nl"));
    assert_eq!(head.cache_control(), Some("no-store"));
    assert_eq!(head.expires_string(), Some("Tue, 02 Oct 2096 07:06:40 GMT"));
    assert_eq!(head.metadata().unwrap()["mood"], "good");
    assert_eq!(get(&ada, &new).await, Ok("hello".to_owned()));
    // The source stays, and the two are one no longer.
    assert_eq!(put(&ada, &old, "changed").await, "done");
    assert_eq!(get(&ada, &new).await, Ok("hello".to_owned()));
}

#[tokio::test]
async fn directive_decides_about_the_description() {
    let cognito = serve().await;
    let ada = cognito.s3(keys(ADA));
    let key = own(ADA, "note");
    let source = format!("{BUCKET}/{key}");
    let upload = ada.put_object().bucket(BUCKET).key(&key).metadata("mood", "good");
    upload.body(b"hello".to_vec().into()).send().await.unwrap();
    for (directive, to, expected) in [
        (None, own(ADA, "a"), Ok(Some("good"))),
        (Some("COPY"), own(ADA, "b"), Ok(Some("good"))),
        (Some("REPLACE"), own(ADA, "c"), Ok(Some("bad"))),
        (Some("MERGE"), own(ADA, "d"), Err("InvalidArgument")),
        (None, key.clone(), Err("InvalidRequest")),
        (Some("COPY"), key.clone(), Err("InvalidRequest")),
        (Some("REPLACE"), key.clone(), Ok(Some("bad"))),
    ] {
        let copy = ada.copy_object().bucket(BUCKET).key(&to).copy_source(&source);
        let copy = copy.metadata("mood", "bad").content_type("text/html");
        let copy = copy.set_metadata_directive(directive.map(MetadataDirective::from));
        let answer = code(&copy.send().await);
        match expected {
            Err(refusal) => assert_eq!(answer, refusal, "{directive:?} {to}"),
            Ok(mood) => {
                assert_eq!(answer, "done", "{directive:?} {to}");
                let head = ada.head_object().bucket(BUCKET).key(&to).send().await.unwrap();
                let found = head.metadata().and_then(|all| all.get("mood")).map(String::as_str);
                assert_eq!(found, mood, "{directive:?} {to}");
            }
        }
    }
    assert_eq!(get(&ada, &key).await, Ok("hello".to_owned()));
}

#[tokio::test]
async fn source_of_another_identity_is_refused_in_any_spelling() {
    let cognito = serve().await;
    let (ada, bob) = (cognito.s3(keys(ADA)), cognito.s3(keys(BOB)));
    let target = own(BOB, "copy");
    for key in ["private/eu-west-1:ada/note", "private/eu-west-1:bob/../eu-west-1:ada/note"] {
        assert_eq!(put(&cognito.s3(administrator()), key, "hers").await, "done");
    }
    for (source, expected) in [
        ("lifeguard-files/private/eu-west-1:ada/note", "AccessDenied"),
        ("/lifeguard-files/private/eu-west-1:ada/note", "AccessDenied"),
        ("lifeguard-files/private/eu-west-1%3Aada/note", "AccessDenied"),
        ("lifeguard-files%2Fprivate%2Feu-west-1%3Aada%2Fnote", "AccessDenied"),
        ("%2Flifeguard-files/private/eu-west-1:ada/note", "AccessDenied"),
        ("lifeguard-files/%70rivate/eu-west-1:%61da/note", "AccessDenied"),
        ("lifeguard-files//private/eu-west-1:ada/note", "AccessDenied"),
        ("//lifeguard-files/private/eu-west-1:ada/note", "InvalidArgument"),
        ("lifeguard-files/private/eu-west-1:ada/note?versionId=1", "NotImplemented"),
        ("lifeguard-files/private/eu-west-1:ada/note?versionId=null", "NotImplemented"),
        ("lifeguard-files/private/eu-west-1:ada/note%3FversionId=1", "AccessDenied"),
        // The key is a text: this one is Bob's own, whatever it looks like.
        ("lifeguard-files/private/eu-west-1:bob/../eu-west-1:ada/note", "done"),
        ("another-bucket/private/eu-west-1:bob/note", "AccessDenied"),
        ("another-bucket/private/eu-west-1:ada/note", "AccessDenied"),
        ("lifeguard-files/", "AccessDenied"),
        ("lifeguard-files", "InvalidArgument"),
        ("arn:aws:s3:eu-west-1:000000000000:accesspoint/files/object/note", "NotImplemented"),
    ] {
        assert_eq!(copy(&bob, source, &target).await, expected, "{source}");
    }
    assert_eq!(put(&bob, &own(BOB, "note"), "his").await, "done");
    let own_source = format!("{BUCKET}/{}", own(BOB, "note"));
    assert_eq!(copy(&bob, &own_source, &own(ADA, "copy")).await, "AccessDenied");
    assert_eq!(copy(&bob, &own_source, "copy").await, "AccessDenied");
    assert_eq!(copy(&bob, &own_source, &target).await, "done");
    assert_eq!(
        get(&cognito.s3(administrator()), &own(ADA, "copy")).await,
        Err("NoSuchKey".to_owned())
    );
    assert_eq!(get(&ada, &target).await, denied());
    let local = cognito.s3(administrator());
    assert_eq!(copy(&local, "another-bucket/note", "copy").await, "NoSuchBucket");
    assert_eq!(copy(&local, &format!("{BUCKET}/nothing"), "copy").await, "NoSuchKey");
    let hers = format!("{BUCKET}/{}", own(ADA, "note"));
    assert_eq!(copy(&local, &hers, "copy").await, "done");
}

#[tokio::test]
async fn unsigned_source_is_refused() {
    let cognito = serve().await;
    let ada = keys(ADA);
    let (object, source) = (format!("{BUCKET}/{}", own(ADA, "note")), own(ADA, "old"));
    assert_eq!(put(&cognito.s3(ada.clone()), &source, "hello").await, "done");
    let source = format!("{BUCKET}/{source}");
    let raw = Raw { method: "PUT", target: &object, headers: &[], body: "" };
    let signature = raw.signature(&cognito, &ada);
    let mut headers: Vec<(&str, &str)> =
        signature.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    headers.push(("x-amz-copy-source", &source));
    let answer = raw.send_with(&cognito, &headers).await;
    assert_eq!((answer.status, answer.code.as_str()), (403, "AccessDenied"));
    let headers = [("x-amz-copy-source", source.as_str())];
    let raw = Raw { method: "PUT", target: &object, headers: &headers, body: "" };
    assert_eq!(raw.send(&cognito, Some(&ada)).await.status, 200);
    let owner = ("x-amz-source-expected-bucket-owner", "111111111111");
    let headers = [("x-amz-copy-source", source.as_str()), owner];
    let raw = Raw { method: "PUT", target: &object, headers: &headers, body: "" };
    assert_eq!(raw.send(&cognito, Some(&ada)).await.code, "AccessDenied");
}

#[tokio::test]
async fn conditions_on_what_is_read_are_honoured() {
    let cognito = serve().await;
    let ada = cognito.s3(keys(ADA));
    let (key, to) = (own(ADA, "note"), own(ADA, "copy"));
    assert_eq!(put(&ada, &key, "hello").await, "done");
    let head = ada.head_object().bucket(BUCKET).key(&key).send().await.unwrap();
    let (etag, now) = (head.e_tag().unwrap(), head.last_modified().unwrap());
    let at = |seconds: i64| DateTime::from_secs(now.secs() + seconds);
    let (before, after) = (Some(at(-1)), Some(at(1)));
    for (matches, none, modified, unmodified, expected) in [
        (Some(etag), None, None, None, 200),
        (Some("\"x\""), None, None, None, 412),
        (Some("*"), None, None, None, 200),
        (Some(etag), None, None, before, 200),
        (None, None, None, before, 412),
        (None, None, None, after, 200),
        (None, Some(etag), None, None, 304),
        (None, Some("\"x\""), None, None, 200),
        (None, Some(etag), before, None, 304),
        (None, None, before, None, 200),
        (None, None, Some(at(0)), None, 304),
    ] {
        let place = format!("{matches:?} {none:?} {modified:?} {unmodified:?}");
        let text = |value: Option<&str>| value.map(str::to_owned);
        let download = ada.get_object().bucket(BUCKET).key(&key);
        let download = download.set_if_match(text(matches)).set_if_none_match(text(none));
        let download = download.set_if_modified_since(modified).set_if_unmodified_since(unmodified);
        let status = match download.send().await {
            Ok(_) => 200,
            Err(error) => error.raw_response().unwrap().status().as_u16(),
        };
        assert_eq!(status, expected, "get {place}");
        let copy = ada.copy_object().bucket(BUCKET).key(&to).copy_source(format!("{BUCKET}/{key}"));
        let copy = copy.set_copy_source_if_match(text(matches));
        let copy = copy.set_copy_source_if_none_match(text(none));
        let copy = copy.set_copy_source_if_modified_since(modified);
        let copy = copy.set_copy_source_if_unmodified_since(unmodified);
        let expected = if expected == 200 { "done" } else { "PreconditionFailed" };
        assert_eq!(code(&copy.send().await), expected, "copy {place}");
    }
    let target = format!("{BUCKET}/{key}");
    for (condition, expected) in [(etag, "el"), ("\"x\"", "hello"), ("x", "hello")] {
        let headers = [("range", "bytes=1-2"), ("if-range", condition)];
        let raw = Raw { method: "GET", target: &target, headers: &headers, body: "" };
        assert_eq!(raw.send(&cognito, Some(&keys(ADA))).await.text, expected, "{condition}");
    }
}
