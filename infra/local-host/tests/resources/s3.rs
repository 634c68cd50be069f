//! S3 by the SDK's own client: what is one's own, what is somebody else's, and whose keys count.

use std::path::Path;
use std::time::Duration;

use aws_sdk_s3::Client;
use aws_sdk_s3::config::Credentials as Keys;
use aws_sdk_s3::error::ProvideErrorMetadata;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{CompletedMultipartUpload, CompletedPart};
use local_host::host::{Host, HostOptions};
use local_host::journal::Entry;
use local_host::sigv4::{SigningKey, Unsigned, sign};
use reqwest::Method;

use crate::stage::{ADA, BOB, BUCKET, LIFE, REGION, Stage, administrator, keys};

fn own(identity: &str, name: &str) -> String {
    format!("private/{identity}/{name}")
}

/// The code of a refusal; `done` if it was none.
fn code<T, E: ProvideErrorMetadata>(result: &Result<T, E>) -> String {
    match result {
        Ok(_) => "done".to_owned(),
        Err(error) => error.code().unwrap_or("no code").to_owned(),
    }
}

async fn put(s3: &Client, key: &str, body: &str) -> String {
    let body = ByteStream::from(body.as_bytes().to_vec());
    code(&s3.put_object().bucket(BUCKET).key(key).body(body).send().await)
}

async fn get(s3: &Client, key: &str) -> Result<String, String> {
    let answer = s3.get_object().bucket(BUCKET).key(key).send().await;
    match answer {
        Ok(object) => {
            let bytes = object.body.collect().await.unwrap().into_bytes();
            Ok(String::from_utf8(bytes.to_vec()).unwrap())
        }
        Err(_) => Err(code(&answer)),
    }
}

async fn list(s3: &Client, prefix: &str) -> Result<Vec<String>, String> {
    let answer = s3.list_objects_v2().bucket(BUCKET).prefix(prefix).send().await;
    match answer {
        Ok(page) => {
            Ok(page.contents().iter().map(|object| object.key().unwrap().to_owned()).collect())
        }
        Err(_) => Err(code(&answer)),
    }
}

fn denied<T>() -> Result<T, String> {
    Err("AccessDenied".to_owned())
}

#[tokio::test]
async fn what_is_put_below_the_own_prefix_is_there() {
    let stage = Stage::start().await;
    let ada = stage.s3(keys(ADA));
    let answer = ada
        .put_object()
        .bucket(BUCKET)
        .key(own(ADA, "note"))
        .content_type("text/plain")
        .metadata("mood", "good")
        .body(ByteStream::from_static(b"hello"))
        .send()
        .await
        .unwrap();
    let head = ada.head_object().bucket(BUCKET).key(own(ADA, "note")).send().await.unwrap();
    assert_eq!(head.content_length(), Some(5));
    assert_eq!(head.content_type(), Some("text/plain"));
    assert_eq!(head.content_encoding(), None);
    assert_eq!(head.metadata().unwrap()["mood"], "good");
    assert_eq!(head.e_tag(), answer.e_tag());
    assert_eq!(get(&ada, &own(ADA, "note")).await, Ok("hello".to_owned()));
    let part = ada.get_object().bucket(BUCKET).key(own(ADA, "note")).range("bytes=1-2");
    let part = part.send().await.unwrap();
    assert_eq!(part.content_range(), Some("bytes 1-2/5"));
    assert_eq!(part.body.collect().await.unwrap().into_bytes(), "el");

    assert_eq!(list(&ada, &own(ADA, "")).await, Ok(vec![own(ADA, "note")]));
    let delete = ada.delete_object().bucket(BUCKET).key(own(ADA, "note")).send().await;
    assert_eq!(code(&delete), "done");
    assert_eq!(get(&ada, &own(ADA, "note")).await, Err("NoSuchKey".to_owned()));
}

#[tokio::test]
async fn everything_below_another_prefix_is_refused() {
    let stage = Stage::start().await;
    let (ada, bob) = (stage.s3(keys(ADA)), stage.s3(keys(BOB)));
    let key = own(ADA, "note");
    assert_eq!(put(&ada, &key, "hello").await, "done");

    assert_eq!(put(&bob, &key, "gotcha").await, "AccessDenied");
    assert_eq!(get(&bob, &key).await, denied());
    assert_eq!(list(&bob, &own(ADA, "")).await, denied());
    let delete = bob.delete_object().bucket(BUCKET).key(&key).send().await;
    assert_eq!(code(&delete), "AccessDenied");
    // The answer to HEAD has no body to say why.
    let head = bob.head_object().bucket(BUCKET).key(&key).send().await;
    assert_eq!(head.unwrap_err().raw_response().unwrap().status().as_u16(), 403);
    let copy = bob.copy_object().bucket(BUCKET).key(own(BOB, "copy"));
    let copy = copy.copy_source(format!("{BUCKET}/{key}")).send().await;
    assert_eq!(code(&copy), "AccessDenied");
    assert_eq!(get(&ada, &key).await, Ok("hello".to_owned()));
}

#[tokio::test]
async fn nobody_reaches_beyond_the_prefix_by_its_name() {
    let stage = Stage::start().await;
    let (ada, bob) = (stage.s3(keys(ADA)), stage.s3(keys(BOB)));
    assert_eq!(put(&bob, &own(BOB, "note"), "hello").await, "done");
    for key in ["note", "private/", "private/eu-west-1:ada", "private/*/note", "public/note"] {
        assert_eq!(put(&ada, key, "x").await, "AccessDenied", "{key}");
    }
    for prefix in ["", "private/", "private/eu-west-1:ada", "private/*", &own(BOB, "")] {
        assert_eq!(list(&ada, prefix).await, denied(), "{prefix}");
    }
    let everything = ada.list_objects_v2().bucket(BUCKET).send().await;
    assert_eq!(code(&everything), "AccessDenied");
    assert_eq!(code(&ada.list_buckets().send().await), "AccessDenied");
    let policy = ada.get_bucket_policy().bucket(BUCKET).send().await;
    assert_eq!(code(&policy), "AccessDenied");
}

/// In S3 a key is text, no path: what looks like a way out of a folder is a name in it.
#[tokio::test]
async fn dots_and_slashes_of_a_key_stay_what_they_are() {
    let stage = Stage::start().await;
    let (ada, bob) = (stage.s3(keys(ADA)), stage.s3(keys(BOB)));
    let key = own(ADA, "../eu-west-1:bob/note");
    assert_eq!(put(&ada, &key, "hers").await, "done");
    assert_eq!(get(&bob, &own(BOB, "note")).await, Err("NoSuchKey".to_owned()));
    assert_eq!(get(&bob, &key).await, denied());
    assert_eq!(get(&ada, &key).await, Ok("hers".to_owned()));
    assert_eq!(list(&ada, &own(ADA, "../")).await, Ok(vec![key]));
    let slashes = own(ADA, "/a//b c+ü%2F");
    assert_eq!(put(&ada, &slashes, "odd").await, "done");
    assert_eq!(get(&ada, &slashes).await, Ok("odd".to_owned()));
}

#[tokio::test]
async fn every_part_of_the_credentials_must_be_right() {
    let stage = Stage::start().await;
    let ada = keys(ADA);
    let with = |id: &str, secret: &str, token: Option<&str>| {
        Keys::new(id, secret, token.map(str::to_owned), None, "test")
    };
    let (id, secret, token) =
        (ada.access_key_id(), ada.secret_access_key(), ada.session_token().unwrap());
    let others = keys(BOB).session_token().unwrap().to_owned();
    for (keys, expected) in [
        (with(id, secret, Some(token)), "done"),
        (with("ASIAnobody", secret, Some(token)), "InvalidAccessKeyId"),
        (with(id, "another secret", Some(token)), "SignatureDoesNotMatch"),
        (with(id, secret, None), "InvalidToken"),
        (with(id, secret, Some(&others)), "InvalidToken"),
        (with("local", "local", Some(token)), "InvalidToken"),
    ] {
        assert_eq!(put(&stage.s3(keys), &own(ADA, "note"), "x").await, expected);
    }
    let elsewhere = stage.s3_in(keys(ADA), "us-east-1");
    let answer = put(&elsewhere, &own(ADA, "note"), "x").await;
    assert_eq!(answer, "AuthorizationHeaderMalformed");
}

#[tokio::test]
async fn dead_credentials_reach_nothing() {
    let stage = Stage::start().await;
    let ada = stage.s3(keys(ADA));
    assert_eq!(put(&ada, &own(ADA, "note"), "x").await, "done");
    stage.0.clock().advance(Duration::from_secs(LIFE));
    assert_eq!(put(&ada, &own(ADA, "note"), "x").await, "ExpiredToken");
    assert_eq!(get(&ada, &own(ADA, "note")).await, Err("ExpiredToken".to_owned()));
}

/// A request by hand, signed as `signed` says, with `more` headers that are not.
async fn send(stage: &Stage, method: Method, path: &str, body: &str, more: &[(&str, &str)]) -> u16 {
    let url = format!("{}/{path}", stage.0.s3_url());
    let ada = keys(ADA);
    let unsigned =
        Unsigned { method: method.as_str(), url: url.clone(), headers: Vec::new(), body: b"hello" };
    let key = SigningKey {
        access_key_id: ada.access_key_id(),
        secret_key: ada.secret_access_key(),
        session_token: ada.session_token(),
        region: REGION,
        service: "s3",
    };
    let mut request = reqwest::Client::new().request(method.clone(), &url).body(body.to_owned());
    for (name, value) in sign(&unsigned, &key, stage.0.clock().wall()).unwrap() {
        request = request.header(name, value);
    }
    for (name, value) in more {
        request = request.header(*name, *value);
    }
    request.send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn a_request_without_a_signature_is_refused() {
    let stage = Stage::start().await;
    let ada = stage.s3(keys(ADA));
    assert_eq!(put(&ada, &own(ADA, "note"), "x").await, "done");
    let path = format!("{}/{BUCKET}/{}", stage.0.s3_url(), own(ADA, "note"));
    let http = reqwest::Client::new();
    let answer = http.get(&path).send().await.unwrap();
    assert_eq!(answer.status(), 403);
    let text = answer.text().await.unwrap();
    assert!(text.contains("<Code>AccessDenied</Code>"), "{text}");
    for (name, value) in [
        ("authorization", "Bearer token".to_owned()),
        ("authorization", "AWS ASIAada:c2lnbmF0dXJl".to_owned()),
        ("x-amz-security-token", "token of ada".to_owned()),
    ] {
        let answer = http.get(&path).header(name, &value).send().await.unwrap();
        assert!(answer.status().is_client_error(), "{value}: {}", answer.status());
    }
    let older = format!("{path}?AWSAccessKeyId=ASIAada&Expires=9999999999&Signature=x");
    assert_eq!(http.get(&older).send().await.unwrap().status(), 403);
}

#[tokio::test]
async fn what_was_not_signed_cannot_be_added_and_the_body_not_be_altered() {
    let stage = Stage::start().await;
    let path = format!("{BUCKET}/{}", own(ADA, "note"));
    let put = Method::PUT;
    assert_eq!(send(&stage, put.clone(), &path, "hello", &[]).await, 200);
    assert_eq!(send(&stage, put.clone(), &path, "hullo", &[]).await, 400);
    let added = [("x-amz-copy-source", "lifeguard-files/private/eu-west-1:bob/note")];
    assert_eq!(send(&stage, put.clone(), &path, "hello", &added).await, 400);
    let added = [("x-amz-meta-mood", "bad")];
    assert_eq!(send(&stage, put, &path, "hello", &added).await, 400);
    assert_eq!(get(&stage.s3(keys(ADA)), &own(ADA, "note")).await, Ok("hello".to_owned()));
}

#[tokio::test]
async fn pages_of_this_machine_may_call_and_others_may_not() {
    let stage = Stage::start().await;
    let path = format!("{}/{BUCKET}/{}", stage.0.s3_url(), own(ADA, "note"));
    let http = reqwest::Client::new();
    let preflight = |origin: &'static str| {
        http.request(Method::OPTIONS, &path)
            .header("origin", origin)
            .header("access-control-request-method", "PUT")
            .header("access-control-request-headers", "authorization,x-amz-date")
            .send()
    };
    let ours = preflight("http://localhost:4480").await.unwrap();
    assert_eq!(ours.status(), 200);
    assert_eq!(ours.headers()["access-control-allow-origin"], "http://localhost:4480");
    let allowed = ours.headers()["access-control-allow-headers"].to_str().unwrap();
    assert!(allowed.contains("x-amz-security-token"), "{allowed}");
    let theirs = preflight("https://evil.example").await.unwrap();
    assert_eq!(theirs.status(), 403);
    assert!(!theirs.headers().contains_key("access-control-allow-origin"));
    let refused = http.get(&path).header("origin", "http://localhost:4480").send().await.unwrap();
    assert_eq!(refused.status(), 403);
    assert_eq!(refused.headers()["access-control-allow-origin"], "http://localhost:4480");
}

#[tokio::test]
async fn large_files_come_in_parts_and_only_to_their_own_key() {
    let stage = Stage::start().await;
    let (ada, bob) = (stage.s3(keys(ADA)), stage.s3(keys(BOB)));
    let key = own(ADA, "film");
    let begun = ada.create_multipart_upload().bucket(BUCKET).key(&key).send().await.unwrap();
    let id = begun.upload_id().unwrap();
    let mut parts = Vec::new();
    for (number, text) in [(1, "one"), (2, "two")] {
        let part = ada.upload_part().bucket(BUCKET).key(&key).upload_id(id).part_number(number);
        let part = part.body(ByteStream::from_static(text.as_bytes())).send().await.unwrap();
        let etag = part.e_tag().unwrap();
        parts.push(CompletedPart::builder().part_number(number).e_tag(etag).build());
    }
    let theirs = bob.upload_part().bucket(BUCKET).key(own(BOB, "film")).upload_id(id);
    let theirs = theirs.part_number(1).body(ByteStream::from_static(b"gotcha")).send().await;
    assert_eq!(code(&theirs), "NoSuchUpload");
    let theirs = bob.upload_part().bucket(BUCKET).key(&key).upload_id(id);
    let theirs = theirs.part_number(1).body(ByteStream::from_static(b"gotcha")).send().await;
    assert_eq!(code(&theirs), "AccessDenied");

    let whole = CompletedMultipartUpload::builder().set_parts(Some(parts)).build();
    let done = ada.complete_multipart_upload().bucket(BUCKET).key(&key).upload_id(id);
    assert_eq!(code(&done.multipart_upload(whole).send().await), "done");
    assert_eq!(get(&ada, &key).await, Ok("onetwo".to_owned()));
}

#[tokio::test]
async fn what_does_not_exist_here_is_refused_and_not_ignored() {
    let stage = Stage::start().await;
    let ada = stage.s3(keys(ADA));
    let only_if_new = ada.put_object().bucket(BUCKET).key(own(ADA, "note")).if_none_match("*");
    assert_eq!(code(&only_if_new.send().await), "NotImplemented");
    let version = ada.get_object().bucket(BUCKET).key(own(ADA, "note")).version_id("1");
    assert_eq!(code(&version.send().await), "NotImplemented");
    let local = stage.s3(administrator());
    assert_eq!(code(&local.head_bucket().bucket(BUCKET).send().await), "done");
    let other = local.put_object().bucket("another-bucket").key("x").send().await;
    assert_eq!(code(&other), "NoSuchBucket");
    assert_eq!(
        code(&local.create_bucket().bucket("another-bucket").send().await),
        "NotImplemented"
    );
}

#[tokio::test]
async fn the_administrator_may_do_everything_and_calls_are_noted() {
    let stage = Stage::start().await;
    let local = stage.s3(administrator());
    assert_eq!(put(&local, "shared/note", "hello").await, "done");
    assert_eq!(list(&local, "").await, Ok(vec!["shared/note".to_owned()]));
    let noted: Vec<(String, String, String)> = stage
        .0
        .journal()
        .newest_since(0, usize::MAX)
        .into_iter()
        .filter_map(|recorded| match recorded.entry {
            Entry::Called { function, service, action } => Some((function, service, action)),
            Entry::Invoked { .. } => None,
        })
        .collect();
    let call = |action: &str| ("-".to_owned(), "s3".to_owned(), action.to_owned());
    assert_eq!(noted, [call("PutObject"), call("ListObjectsV2")]);
}

#[tokio::test]
async fn objects_outlive_a_host_with_a_data_folder() {
    let data = Path::new(env!("CARGO_TARGET_TMPDIR")).join("kept-objects");
    drop(std::fs::remove_dir_all(&data));
    let options = HostOptions { data: Some(data), ..HostOptions::default() };
    let (kept, deleted) = (own(ADA, "kept \n ../line"), own(ADA, "deleted"));
    let stage = Stage::with(&options).await;
    let s3 = stage.s3(keys(ADA));
    let body = ByteStream::from_static(b"one\ntwo\0");
    let put_kept = s3.put_object().bucket(BUCKET).key(&kept).content_type("text/plain").body(body);
    let etag = put_kept.send().await.unwrap().e_tag;
    assert_eq!(put(&s3, &deleted, "gone").await, "done");
    assert_eq!(code(&s3.delete_object().bucket(BUCKET).key(&deleted).send().await), "done");
    stage.0.shutdown().unwrap();

    let stage = Stage::with(&options).await;
    let s3 = stage.s3(keys(ADA));
    assert_eq!(list(&s3, &own(ADA, "")).await, Ok(vec![kept.clone()]));
    let object = s3.get_object().bucket(BUCKET).key(&kept).send().await.unwrap();
    assert_eq!((&object.e_tag, object.content_type()), (&etag, Some("text/plain")));
    assert_eq!(object.body.collect().await.unwrap().to_vec(), b"one\ntwo\0");
}

#[tokio::test]
async fn a_damaged_object_stops_the_start_by_its_name() {
    let data = Path::new(env!("CARGO_TARGET_TMPDIR")).join("damaged-object");
    drop(std::fs::remove_dir_all(&data));
    std::fs::create_dir_all(data.join("objects")).unwrap();
    std::fs::write(data.join("objects/0a"), "{}").unwrap();
    let options = HostOptions { data: Some(data), ..HostOptions::default() };
    let error = Host::start(&options).await.err().unwrap();
    assert_eq!(error.to_string(), "objects/0a in the data folder is not usable");
}
