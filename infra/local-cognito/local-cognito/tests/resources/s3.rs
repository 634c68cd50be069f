//! S3 by the SDK's own client: the own prefix, the prefix of another identity, and the keys that
//! count.

mod bulk;
mod copies;
mod operations;
mod pages;
mod presigned;
mod raw;

use std::time::Duration;

use aws_sdk_s3::Client;
use aws_sdk_s3::config::Credentials as Keys;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{CompletedMultipartUpload, CompletedPart, Delete, ObjectIdentifier};
use local_cognito::StartOptions;
use local_cognito::journal::Entry;

use self::raw::Raw;
use local_cognito_testing::{ADA, BOB, LIFE, TestCognito, administrator, empty_folder, keys};

use crate::start::{BUCKET, code, serve};

fn own(identity: &str, name: &str) -> String {
    format!("private/{identity}/{name}")
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
    let cognito = serve().await;
    let ada = cognito.s3(keys(ADA));
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
    assert_eq!(
        get(&cognito.s3(administrator()), &own(ADA, "note")).await,
        Err("NoSuchKey".to_owned())
    );
}

#[tokio::test]
async fn everything_below_another_prefix_is_refused() {
    let cognito = serve().await;
    let (ada, bob) = (cognito.s3(keys(ADA)), cognito.s3(keys(BOB)));
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
async fn name_of_a_key_reaches_nothing_beyond_the_prefix() {
    let cognito = serve().await;
    let (ada, bob) = (cognito.s3(keys(ADA)), cognito.s3(keys(BOB)));
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
}

/// In S3 a key is text, no path: what looks like a way out of a folder is a name in it.
#[tokio::test]
async fn dots_and_slashes_of_a_key_stay_what_they_are() {
    let cognito = serve().await;
    let (ada, bob) = (cognito.s3(keys(ADA)), cognito.s3(keys(BOB)));
    let key = own(ADA, "../eu-west-1:bob/note");
    assert_eq!(put(&ada, &key, "hers").await, "done");
    assert_eq!(
        get(&cognito.s3(administrator()), &own(BOB, "note")).await,
        Err("NoSuchKey".to_owned())
    );
    assert_eq!(get(&bob, &key).await, denied());
    assert_eq!(get(&ada, &key).await, Ok("hers".to_owned()));
    assert_eq!(list(&ada, &own(ADA, "../")).await, Ok(vec![key]));
    let slashes = own(ADA, "/a//b c+ü%2F");
    assert_eq!(put(&ada, &slashes, "odd").await, "done");
    assert_eq!(get(&ada, &slashes).await, Ok("odd".to_owned()));
}

#[tokio::test]
async fn every_part_of_the_credentials_must_be_right() {
    let cognito = serve().await;
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
        assert_eq!(put(&cognito.s3(keys), &own(ADA, "note"), "x").await, expected);
    }
    let elsewhere = cognito.s3_in(keys(ADA), "us-east-1");
    let answer = put(&elsewhere, &own(ADA, "note"), "x").await;
    assert_eq!(answer, "AuthorizationHeaderMalformed");
}

#[tokio::test]
async fn dead_credentials_reach_nothing() {
    let cognito = serve().await;
    let ada = cognito.s3(keys(ADA));
    assert_eq!(put(&ada, &own(ADA, "note"), "x").await, "done");
    cognito.clock.advance(Duration::from_secs(LIFE));
    assert_eq!(put(&ada, &own(ADA, "note"), "x").await, "ExpiredToken");
    assert_eq!(get(&ada, &own(ADA, "note")).await, Err("ExpiredToken".to_owned()));
}

#[tokio::test]
async fn a_request_without_a_signature_is_refused() {
    let cognito = serve().await;
    let ada = cognito.s3(keys(ADA));
    assert_eq!(put(&ada, &own(ADA, "note"), "x").await, "done");
    let path = format!("{}/{BUCKET}/{}", cognito.server().s3_url(), own(ADA, "note"));
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
}

#[tokio::test]
async fn unsigned_header_or_altered_body_is_refused() {
    let cognito = serve().await;
    let ada = keys(ADA);
    let target = format!("{BUCKET}/{}", own(ADA, "note"));
    let raw = Raw { method: "PUT", target: &target, headers: &[], body: "hello" };
    assert_eq!(raw.send(&cognito, Some(&ada)).await.status, 200);
    let signature = raw.signature(&cognito, &ada);
    let signature: Vec<(&str, &str)> =
        signature.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let altered = Raw { body: "hullo", ..raw };
    assert_eq!(altered.send_with(&cognito, &signature).await.code, "BadDigest");
    for added in [
        ("x-amz-copy-source", "lifeguard-files/private/eu-west-1:bob/note"),
        ("x-amz-meta-mood", "bad"),
        ("x-amz-storage-class", "STANDARD"),
    ] {
        let answer = raw.send_with(&cognito, &[&signature[..], &[added]].concat()).await;
        assert_eq!((answer.status, answer.code.as_str()), (403, "AccessDenied"), "{added:?}");
    }
    assert_eq!(get(&cognito.s3(ada), &own(ADA, "note")).await, Ok("hello".to_owned()));
}

#[tokio::test]
async fn large_files_come_in_parts_and_only_to_their_own_key() {
    let cognito = serve().await;
    let (ada, bob) = (cognito.s3(keys(ADA)), cognito.s3(keys(BOB)));
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

/// An upload outlives the try to put its object in its place.
#[tokio::test]
async fn upload_is_completed_after_a_failed_completion() {
    let data = empty_folder(env!("CARGO_TARGET_TMPDIR"), "failed-completion");
    let options = StartOptions { data: Some(data.clone()), ..StartOptions::default() };
    let cognito = TestCognito::serve_with_sessions(&options).await;
    let (ada, key) = (cognito.s3(keys(ADA)), own(ADA, "film"));
    let begun = ada.create_multipart_upload().bucket(BUCKET).key(&key).send().await.unwrap();
    let id = begun.upload_id().unwrap();
    let part = ada.upload_part().bucket(BUCKET).key(&key).upload_id(id).part_number(1);
    let part = part.body(ByteStream::from_static(b"one")).send().await.unwrap();
    let part = CompletedPart::builder().part_number(1).e_tag(part.e_tag().unwrap()).build();
    let whole = CompletedMultipartUpload::builder().parts(part).build();
    let complete = async || {
        let done = ada.complete_multipart_upload().bucket(BUCKET).key(&key).upload_id(id);
        code(&done.multipart_upload(whole.clone()).send().await)
    };
    std::fs::remove_dir_all(data.join("objects")).unwrap();
    assert_eq!(complete().await, "InternalError");
    std::fs::create_dir_all(data.join("objects")).unwrap();
    assert_eq!(complete().await, "done");
    assert_eq!(get(&ada, &key).await, Ok("one".to_owned()));
    assert_eq!(complete().await, "NoSuchUpload");
}

/// A missing key is told to a caller who may list the whole bucket, and to no other.
#[tokio::test]
async fn missing_key_is_told_to_those_who_may_list() {
    let cognito = serve().await;
    for (keys, listing, expected, status) in [
        (keys(ADA), "AccessDenied", "AccessDenied", 403),
        (administrator(), "done", "NoSuchKey", 404),
    ] {
        let s3 = cognito.s3(keys);
        let (key, there) = (own(ADA, "missing"), own(ADA, "there"));
        assert_eq!(code(&s3.list_objects_v2().bucket(BUCKET).send().await), listing);
        assert_eq!(get(&s3, &key).await, Err(expected.to_owned()));
        let head = s3.head_object().bucket(BUCKET).key(&key).send().await.unwrap_err();
        assert_eq!(head.raw_response().unwrap().status().as_u16(), status);
        let copy = s3.copy_object().bucket(BUCKET).key(&there);
        let copy = copy.copy_source(format!("{BUCKET}/{key}")).send().await;
        assert_eq!(code(&copy), expected);
        assert_eq!(code(&s3.delete_object().bucket(BUCKET).key(&key).send().await), "done");
        assert_eq!(put(&s3, &there, "x").await, "done");
        assert_eq!(get(&s3, &there).await, Ok("x".to_owned()));
    }
}

#[tokio::test]
async fn bucket_is_the_only_one() {
    let cognito = serve().await;
    let local = cognito.s3(administrator());
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
    let cognito = serve().await;
    let local = cognito.s3(administrator());
    assert_eq!(put(&local, "shared/note", "hello").await, "done");
    assert_eq!(list(&local, "").await, Ok(vec!["shared/note".to_owned()]));
    let noted: Vec<(String, String, String)> = cognito
        .server()
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
    let data = empty_folder(env!("CARGO_TARGET_TMPDIR"), "kept-objects");
    let options = StartOptions { data: Some(data), ..StartOptions::default() };
    let (kept, deleted) = (own(ADA, "kept \n ../line"), own(ADA, "deleted"));
    let cognito = TestCognito::serve_with_sessions(&options).await;
    let s3 = cognito.s3(keys(ADA));
    let body = ByteStream::from_static(b"one\ntwo\0");
    let put_kept = s3.put_object().bucket(BUCKET).key(&kept).content_type("text/plain").body(body);
    let etag = put_kept.send().await.unwrap().e_tag;
    assert_eq!(put(&s3, &deleted, "gone").await, "done");
    assert_eq!(code(&s3.delete_object().bucket(BUCKET).key(&deleted).send().await), "done");
    let (copied, removed) = (own(ADA, "copied"), own(ADA, "removed"));
    for key in [&copied, &removed] {
        let source = format!("{BUCKET}/{}", own(ADA, "kept%20%0A%20../line"));
        let copy = s3.copy_object().bucket(BUCKET).key(key).copy_source(source);
        assert_eq!(code(&copy.send().await), "done");
    }
    let removed = ObjectIdentifier::builder().key(removed).build().unwrap();
    let removed = Delete::builder().objects(removed).build().unwrap();
    let removed = s3.delete_objects().bucket(BUCKET).delete(removed).send().await;
    assert_eq!(code(&removed), "done");
    cognito.into_server().shutdown().await.unwrap();

    let cognito = TestCognito::serve_with_sessions(&options).await;
    let s3 = cognito.s3(keys(ADA));
    assert_eq!(list(&s3, &own(ADA, "")).await, Ok(vec![copied.clone(), kept.clone()]));
    for key in [kept, copied] {
        let object = s3.get_object().bucket(BUCKET).key(&key).send().await.unwrap();
        assert_eq!((&object.e_tag, object.content_type()), (&etag, Some("text/plain")), "{key}");
        assert_eq!(object.body.collect().await.unwrap().to_vec(), b"one\ntwo\0", "{key}");
    }
}

/// Calls the start itself, since what `TestCognito` starts must start.
#[tokio::test]
async fn a_damaged_object_stops_the_start_by_its_name() {
    let data = empty_folder(env!("CARGO_TARGET_TMPDIR"), "damaged-object");
    std::fs::create_dir_all(data.join("objects")).unwrap();
    std::fs::write(data.join("objects/0a"), "{}").unwrap();
    let options = StartOptions { data: Some(data), ..StartOptions::default() };
    let error = local_cognito::start(&options).await.err().unwrap();
    assert_eq!(error.to_string(), "objects/0a in the data folder is not usable");
}
