//! Deleting several objects at once, and listing by the first version of the operation.

use aws_sdk_s3::types::{Delete, EncodingType, ObjectIdentifier};

use super::raw::{Answer, Raw};
use super::{code, get, own, put};
use local_cognito_testing::{ADA, BOB, TestCognito, administrator, keys};

use crate::start::{BUCKET, serve};

fn delete(keys: &[String], quiet: bool) -> Delete {
    let objects = keys.iter().map(|key| ObjectIdentifier::builder().key(key).build().unwrap());
    Delete::builder().set_objects(Some(objects.collect())).quiet(quiet).build().unwrap()
}

#[tokio::test]
async fn each_key_is_deleted_or_refused_by_itself() {
    let cognito = serve().await;
    let (ada, bob) = (cognito.s3(keys(ADA)), cognito.s3(keys(BOB)));
    for quiet in [false, true] {
        for (s3, key) in [(&ada, own(ADA, "a")), (&ada, own(ADA, "b")), (&bob, own(BOB, "c"))] {
            assert_eq!(put(s3, &key, "x").await, "done");
        }
        let list = [own(ADA, "a"), own(BOB, "c"), own(ADA, "never there"), "note".to_owned()];
        let request = ada.delete_objects().bucket(BUCKET).delete(delete(&list, quiet));
        let answer = request.send().await.unwrap();
        let mut deleted: Vec<&str> =
            answer.deleted().iter().map(|deleted| deleted.key().unwrap()).collect();
        deleted.sort_unstable();
        let expected = [own(ADA, "a"), own(ADA, "never there")];
        let expected: &[String] = if quiet { &[] } else { &expected };
        assert_eq!(deleted, expected);
        let errors: Vec<(&str, &str)> = answer
            .errors()
            .iter()
            .map(|error| (error.key().unwrap(), error.code().unwrap()))
            .collect();
        assert_eq!(errors, [(own(BOB, "c").as_str(), "AccessDenied"), ("note", "AccessDenied")]);
        assert_eq!(
            get(&cognito.s3(administrator()), &own(ADA, "a")).await,
            Err("NoSuchKey".to_owned())
        );
        assert_eq!(get(&ada, &own(ADA, "b")).await, Ok("x".to_owned()));
        assert_eq!(get(&bob, &own(BOB, "c")).await, Ok("x".to_owned()));
    }
    let list = [own(ADA, "b"), own(BOB, "c")];
    let local = cognito.s3(administrator());
    let answer = local.delete_objects().bucket(BUCKET).delete(delete(&list, false)).send().await;
    assert_eq!(answer.unwrap().deleted().len(), 2);
    let elsewhere = local.delete_objects().bucket("another-bucket").delete(delete(&list, false));
    assert_eq!(code(&elsewhere.send().await), "NoSuchBucket");
}

/// Sends a list of keys to delete with a checksum of it.
async fn send(cognito: &TestCognito, body: &str, checksum: Option<(&str, &str)>) -> Answer {
    let target = format!("{BUCKET}/?delete");
    let headers: Vec<(&str, &str)> = checksum.into_iter().collect();
    let raw = Raw { method: "POST", target: &target, headers: &headers, body };
    raw.send(cognito, Some(&keys(ADA))).await
}

/// The SHA-256 of a text in base64, as the signature has it in hexadecimal.
fn checksum(cognito: &TestCognito, body: &str) -> String {
    use base64::Engine;
    let raw = Raw { method: "POST", target: "", headers: &[], body };
    let signature = raw.signature(cognito, &keys(ADA));
    let (_, hash) = signature.iter().find(|(name, _)| name == "x-amz-content-sha256").unwrap();
    let bytes: Vec<u8> = (0..hash.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&hash[at..at + 2], 16).unwrap())
        .collect();
    base64::prelude::BASE64_STANDARD.encode(bytes)
}

#[tokio::test]
async fn list_of_keys_has_to_be_whole() {
    let cognito = serve().await;
    let ada = cognito.s3(keys(ADA));
    let key = own(ADA, "note");
    assert_eq!(put(&ada, &key, "x").await, "done");
    let object = format!("<Object><Key>{key}</Key></Object>");
    let version = format!("<Object><Key>{key}</Key><VersionId>1</VersionId></Object>");
    let size = format!("<Object><Key>{key}</Key><Size>1</Size></Object>");
    for (inside, expected) in [
        (String::new(), "MalformedXML"),
        (object.repeat(1001), "MalformedXML"),
        (version, "NotImplemented"),
        (size, "NotImplemented"),
        ("<Object></Object>".to_owned(), "MalformedXML"),
        ("<Object><Key>".to_owned(), "MalformedXML"),
        (format!("<Object><Key><![CDATA[{key}]]></Key></Object>"), "MalformedXML"),
        (format!("<Object><Key>{key}<![CDATA[more]]></Key></Object>"), "MalformedXML"),
    ] {
        let body = format!("<Delete>{inside}</Delete>");
        let sum = checksum(&cognito, &body);
        let answer = send(&cognito, &body, Some(("x-amz-checksum-sha256", &sum))).await;
        assert_eq!(answer.code, expected, "{}", &body[..body.len().min(200)]);
    }
    let body = format!("<Delete>{object}</Delete>");
    let sum = checksum(&cognito, "another list");
    for (checksum, expected) in [
        (None, "InvalidRequest"),
        (Some(("x-amz-checksum-sha256", sum.as_str())), "BadDigest"),
        (Some(("x-amz-checksum-sha256", "x")), "BadDigest"),
        (Some(("content-md5", "x")), "BadDigest"),
    ] {
        assert_eq!(send(&cognito, &body, checksum).await.code, expected, "{checksum:?}");
    }
    assert_eq!(get(&ada, &key).await, Ok("x".to_owned()));
    let sum = checksum(&cognito, &body);
    assert_eq!(send(&cognito, &body, Some(("x-amz-checksum-sha256", &sum))).await.status, 200);
    assert_eq!(get(&cognito.s3(administrator()), &key).await, Err("NoSuchKey".to_owned()));
    let thousand: Vec<String> = (0..1000).map(|number| own(ADA, &number.to_string())).collect();
    let answer = ada.delete_objects().bucket(BUCKET).delete(delete(&thousand, false)).send().await;
    assert_eq!(answer.unwrap().deleted().len(), 1000);
}

#[tokio::test]
async fn upload_with_a_wrong_checksum_is_refused() {
    let cognito = serve().await;
    let ada = keys(ADA);
    let target = format!("{BUCKET}/{}", own(ADA, "note"));
    for (header, expected) in [
        (("content-md5", "XUFAKrxLKna5cZ2REBfFkg=="), "no code"),
        (("x-amz-checksum-crc32", "NhCmhg=="), "no code"),
        (("content-md5", "XUFAKrxLKna5cZ2REBfFkQ=="), "BadDigest"),
        (("x-amz-checksum-crc32", "NhCmhQ=="), "BadDigest"),
        (("x-amz-checksum-crc64nvme", ""), "BadDigest"),
    ] {
        let raw = Raw { method: "PUT", target: &target, headers: &[header], body: "hello" };
        assert_eq!(raw.send(&cognito, Some(&ada)).await.code, expected, "{header:?}");
    }
}

#[tokio::test]
async fn first_version_lists_the_own_prefix_by_pages() {
    let cognito = serve().await;
    let ada = cognito.s3(keys(ADA));
    let names = ["a b", "b/1", "b/2", "c+ü", "d"];
    for name in names {
        assert_eq!(put(&ada, &own(ADA, name), "x").await, "done");
    }
    let list = |marker: Option<String>, delimiter: Option<&str>, most: i32| {
        let list = ada.list_objects().bucket(BUCKET).prefix(own(ADA, "")).max_keys(most);
        list.set_marker(marker).set_delimiter(delimiter.map(str::to_owned)).send()
    };
    for (delimiter, expected) in
        [(None, &names[..]), (Some("/"), &["a b", "b/", "c+ü", "d"]), (Some("/b/"), &names)]
    {
        for most in 1..=6 {
            let (mut marker, mut found) = (None, Vec::new());
            loop {
                let page = list(marker.clone(), delimiter, most).await.unwrap();
                assert_eq!(page.max_keys(), Some(most));
                assert_eq!(page.marker().unwrap_or_default(), marker.unwrap_or_default());
                let keys = page.contents().iter().map(|object| object.key().unwrap());
                let folders = page.common_prefixes().iter().map(|folder| folder.prefix().unwrap());
                let mut both: Vec<String> = keys.chain(folders).map(str::to_owned).collect();
                both.sort();
                assert_eq!(
                    page.next_marker().is_some(),
                    delimiter.is_some() && page.is_truncated == Some(true)
                );
                marker = page.next_marker().map(str::to_owned).or(both.last().cloned());
                found.extend(both);
                if page.is_truncated != Some(true) {
                    break;
                }
            }
            let expected: Vec<String> = expected.iter().map(|name| own(ADA, name)).collect();
            assert_eq!(found, expected, "{delimiter:?} {most}");
        }
    }
    let nothing = list(None, None, 0).await.unwrap();
    assert_eq!((nothing.contents().len(), nothing.is_truncated()), (0, Some(false)));
}

#[tokio::test]
async fn keys_are_encoded_on_request_in_both_versions() {
    let cognito = serve().await;
    let ada = cognito.s3(keys(ADA));
    assert_eq!(put(&ada, &own(ADA, "a b+\u{1}/c"), "x").await, "done");
    let prefix = own(ADA, "a b");
    let (one, two) = (ada.list_objects(), ada.list_objects_v2());
    let one = one.bucket(BUCKET).prefix(&prefix).encoding_type(EncodingType::Url).send().await;
    let two = two.bucket(BUCKET).prefix(&prefix).encoding_type(EncodingType::Url).send().await;
    let (one, two) = (one.unwrap(), two.unwrap());
    let encoded = "private/eu-west-1%3Aada/a+b";
    for (prefix, kind, contents) in [
        (one.prefix(), one.encoding_type(), one.contents()),
        (two.prefix(), two.encoding_type(), two.contents()),
    ] {
        assert_eq!((prefix, kind), (Some(encoded), Some(&EncodingType::Url)));
        assert_eq!(contents[0].key(), Some(format!("{encoded}%2B%01/c").as_str()));
    }
    let target = format!("{BUCKET}/?encoding-type=hex&prefix={}", own(ADA, ""));
    let raw = Raw { method: "GET", target: &target, headers: &[], body: "" };
    assert_eq!(raw.send(&cognito, Some(&keys(ADA))).await.code, "InvalidArgument");
}

#[tokio::test]
async fn first_version_needs_the_permission_of_the_second() {
    let cognito = serve().await;
    let ada = cognito.s3(keys(ADA));
    for prefix in
        [None, Some(""), Some("private/"), Some("private/eu-west-1:ada"), Some("private/*")]
    {
        let list = ada.list_objects().bucket(BUCKET).set_prefix(prefix.map(str::to_owned));
        assert_eq!(code(&list.send().await), "AccessDenied", "{prefix:?}");
    }
    let list = ada.list_objects().bucket(BUCKET).prefix(own(BOB, ""));
    assert_eq!(code(&list.send().await), "AccessDenied");
    let marker = ada.list_objects().bucket(BUCKET).marker(own(ADA, "a"));
    assert_eq!(code(&marker.send().await), "AccessDenied");
    let list = ada.list_objects().bucket(BUCKET).prefix(own(ADA, ""));
    assert_eq!(code(&list.send().await), "done");
}
