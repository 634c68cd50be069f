//! Every operation of the API: it is served and judged, or `NotImplemented` for every caller.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use aws_sdk_s3::config::Credentials as Keys;
use local_cognito_testing::{ADA, BOB, administrator, keys};
use serde_json::Value;

use super::own;
use super::raw::Raw;

use crate::start::{BUCKET, serve};

/// The operations that are served.
const SERVED: [&str; 14] = [
    "AbortMultipartUpload",
    "CompleteMultipartUpload",
    "CopyObject",
    "CreateMultipartUpload",
    "DeleteObject",
    "DeleteObjects",
    "GetObject",
    "HeadBucket",
    "HeadObject",
    "ListBuckets",
    "ListObjects",
    "ListObjectsV2",
    "PutObject",
    "UploadPart",
];

/// An operation as the SDK sends it.
struct Operation {
    name: String,
    method: String,
    /// Path and query.
    target: String,
    is_copy: bool,
}

impl Operation {
    /// The headers without which it is another operation, or none.
    fn headers(&self) -> Vec<(&'static str, String)> {
        let mut headers = Vec::new();
        if self.is_copy {
            headers.push(("x-amz-copy-source", format!("{BUCKET}/{}", own(BOB, "note"))));
        }
        if self.name == "DeleteObjects" {
            headers.push(("content-md5", "1B2M2Y8AsgTpgAmY7PhCfg==".to_owned()));
        }
        headers
    }
}

/// The folder of the SDK's operations, one file each.
fn sdk_operations() -> PathBuf {
    let versions = Command::new("rustc").arg("-vV").output().unwrap();
    let versions = String::from_utf8(versions.stdout).unwrap();
    let platform = versions.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    // Crates of other platforms have not been fetched.
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--offline", "--locked"])
        .args(["--filter-platform", platform, "--manifest-path"])
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml"))
        .output()
        .unwrap();
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let sdk = packages.iter().find(|package| package["name"] == "aws-sdk-s3").unwrap();
    let manifest = Path::new(sdk["manifest_path"].as_str().unwrap());
    manifest.parent().unwrap().join("src/operation")
}

/// Every operation of the SDK, read from the code that builds its requests.
fn every_operation() -> Vec<Operation> {
    let folder = sdk_operations();
    let files = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    let mut operations: Vec<Operation> =
        files.filter(|path| path.is_file()).map(|path| read_operation(&path)).collect();
    operations.sort_by(|one, next| one.name.cmp(&next.name));
    operations
}

fn read_operation(file: &Path) -> Operation {
    let code = fs::read_to_string(file).unwrap();
    let between = |start: &str, end: &str| {
        let (_, rest) = code.split_once(start).unwrap_or_else(|| panic!("{file:?} has no {start}"));
        rest.split_once(end).unwrap().0.to_owned()
    };
    let name = between("pub struct ", ";");
    let module = file.file_stem().unwrap().to_str().unwrap();
    let input = file.with_extension("").join(format!("_{module}_input.rs"));
    let has_bucket = fs::read_to_string(input).unwrap().contains("pub bucket:");
    let path = between("::std::write!(output, \"", "\"");
    let path = path.replace("{Key}", &own(BOB, "note"));
    let path = if has_bucket { format!("{BUCKET}{path}") } else { path[1..].to_owned() };
    // What stands less deep is sent always; the rest is optional.
    let members = code.lines().filter_map(|line| line.strip_prefix("                query.push_"));
    let query: Vec<String> = members.filter_map(query_member).collect();
    let query = if query.is_empty() { String::new() } else { format!("?{}", query.join("&")) };
    Operation {
        method: between("builder.method(\"", "\""),
        target: format!("{path}{query}"),
        is_copy: name.contains("Copy"),
        name,
    }
}

/// `v("acl");` is a name, `kv("list-type", "2");` has a value, which may be computed.
fn query_member(call: &str) -> Option<String> {
    let literals: Vec<&str> = call.split('"').skip(1).step_by(2).collect();
    match literals[..] {
        [name] if call.starts_with("v(") => Some(name.to_owned()),
        [name] => Some(format!("{name}=1")),
        [name, value] => Some(format!("{name}={value}")),
        _ => None,
    }
}

/// Path and query without `x-id`.
fn without_name(target: &str) -> String {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let query = query.split('&').filter(|member| !member.starts_with("x-id="));
    format!("{path}?{}", query.collect::<Vec<_>>().join("&"))
}

#[test]
fn operations_of_the_sdk_are_read_as_it_sends_them() {
    let operations = every_operation();
    let lines: Vec<String> = operations
        .iter()
        .map(|operation| format!("{} {} {}", operation.name, operation.method, operation.target))
        .collect();
    for line in [
        "ListBuckets GET ?x-id=ListBuckets".to_owned(),
        format!("GetBucketAcl GET {BUCKET}/?acl"),
        format!("ListObjectsV2 GET {BUCKET}/?list-type=2"),
        format!(
            "UploadPart PUT {BUCKET}/{}?x-id=UploadPart&partNumber=1&uploadId=1",
            own(BOB, "note")
        ),
        "WriteGetObjectResponse POST WriteGetObjectResponse".to_owned(),
    ] {
        assert!(lines.contains(&line), "{line} is not among {lines:#?}");
    }
    let served = |name: &&str| operations.iter().any(|operation| operation.name == **name);
    assert_eq!(SERVED.iter().filter(|name| served(name)).count(), SERVED.len());
    assert!(operations.len() > 100, "{}", operations.len());
}

#[tokio::test]
async fn operation_that_is_not_served_says_so_to_every_caller() {
    let cognito = serve().await;
    let (ada, bob, local) = (keys(ADA), keys(BOB), administrator());
    for operation in every_operation() {
        if SERVED.contains(&operation.name.as_str()) {
            continue;
        }
        let headers = operation.headers();
        let headers: Vec<(&str, &str)> =
            headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        // The SDK's own note of the name is not what counts, but where nothing else does.
        let without = without_name(&operation.target);
        let targets = match operation.name.as_str() {
            "ListDirectoryBuckets" => vec![&operation.target],
            _ => vec![&operation.target, &without],
        };
        for target in targets {
            let raw = Raw { method: &operation.method, target, headers: &headers, body: "" };
            let mut answers = vec![
                raw.send_with(&cognito, &[]).await,
                raw.send_with(&cognito, &[("authorization", "Bearer token")]).await,
                raw.send(&cognito, Some(&ada)).await,
                raw.send(&cognito, Some(&bob)).await,
                raw.send(&cognito, Some(&local)).await,
            ];
            let forged = raw.signature(&cognito, &ada);
            let forged: Vec<(&str, &str)> = forged
                .iter()
                .map(|(name, value)| match name.as_str() {
                    "x-amz-security-token" => (name.as_str(), "another"),
                    _ => (name.as_str(), value.as_str()),
                })
                .collect();
            answers.push(raw.send_with(&cognito, &forged).await);
            for (caller, answer) in answers.iter().enumerate() {
                let place = format!("{} {target} by {caller}: {}", operation.name, answer.text);
                assert_eq!(answer.status, 501, "{place}");
                if operation.method != "HEAD" {
                    assert_eq!(answer.code, "NotImplemented", "{place}");
                }
            }
        }
    }
    assert_eq!(cognito.journal.newest_since(0, usize::MAX).len(), 0);
}

#[tokio::test]
async fn operation_that_is_served_needs_a_signature_and_a_permission() {
    let cognito = serve().await;
    let ada = keys(ADA);
    for operation in every_operation() {
        if !SERVED.contains(&operation.name.as_str()) {
            continue;
        }
        let headers = operation.headers();
        let headers: Vec<(&str, &str)> =
            headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let Operation { name, method, target, .. } = &operation;
        let body = match name.as_str() {
            "CompleteMultipartUpload" => "<CompleteMultipartUpload></CompleteMultipartUpload>",
            _ => "",
        };
        let raw = Raw { method, target, headers: &headers, body };
        let unsigned = raw.send(&cognito, None).await;
        assert_eq!(unsigned.status, 403, "{name}: {}", unsigned.text);
        // Its keys are judged one by one, elsewhere.
        if name == "DeleteObjects" {
            continue;
        }
        let denied = raw.send(&cognito, Some(&ada)).await;
        assert_eq!(denied.status, 403, "{name}: {}", denied.text);
        if method != "HEAD" {
            assert_eq!(unsigned.code, "AccessDenied", "{name}");
            assert_eq!(denied.code, "AccessDenied", "{name}");
        }
    }
}

#[tokio::test]
async fn parameter_that_is_not_honoured_says_so_to_every_caller() {
    let cognito = serve().await;
    let callers = [None, Some(keys(ADA)), Some(keys(BOB)), Some(administrator())];
    let (own_key, source) = (own(ADA, "note"), format!("{BUCKET}/{}", own(ADA, "old")));
    let object = format!("{BUCKET}/{own_key}");
    let version = format!("{source}?versionId=1");
    let access_point = "arn:aws:s3:eu-west-1:000000000000:accesspoint/files/object/note";
    let uploads = format!("{object}?uploads");
    let part = format!("{object}?partNumber=1&uploadId=a");
    let with = |query: &str| format!("{object}?{query}");
    let (versioned, parted) = (with("versionId=1"), with("partNumber=1"));
    let owners = format!("{BUCKET}/?list-type=2&fetch-owner=true");
    let directory_buckets = "?x-id=ListDirectoryBuckets";
    for (method, target, header) in [
        ("PUT", object.as_str(), ("if-none-match", "*")),
        ("PUT", &object, ("if-match", "\"a\"")),
        ("PUT", &object, ("x-amz-acl", "public-read")),
        ("PUT", &object, ("x-amz-grant-read", "id=1")),
        ("PUT", &object, ("x-amz-tagging", "a=b")),
        ("PUT", &object, ("x-amz-server-side-encryption", "aws:kms")),
        ("PUT", &object, ("x-amz-server-side-encryption-customer-algorithm", "AES256")),
        ("PUT", &object, ("x-amz-object-lock-legal-hold", "ON")),
        ("PUT", &object, ("x-amz-website-redirect-location", "/")),
        ("PUT", &object, ("x-amz-write-offset-bytes", "0")),
        ("PUT", &object, ("x-amz-copy-source", &version)),
        ("PUT", &object, ("x-amz-copy-source", access_point)),
        ("PUT", &part, ("x-amz-copy-source", &source)),
        ("POST", &uploads, ("x-amz-tagging", "a=b")),
        ("DELETE", &object, ("if-match", "*")),
        ("DELETE", &object, ("x-amz-mfa", "serial 1")),
        ("GET", &versioned, ("accept", "*/*")),
        ("GET", &parted, ("accept", "*/*")),
        ("DELETE", &versioned, ("accept", "*/*")),
        ("GET", &owners, ("accept", "*/*")),
        ("GET", directory_buckets, ("accept", "*/*")),
    ] {
        for caller in &callers {
            let raw = Raw { method, target, headers: &[header], body: "" };
            let answer = raw.send(&cognito, caller.as_ref()).await;
            assert_eq!(answer.code, "NotImplemented", "{method} {target} {header:?}");
            assert_eq!(answer.status, 501, "{method} {target} {header:?}");
        }
    }
}

#[tokio::test]
async fn form_of_a_page_is_not_served() {
    let cognito = serve().await;
    let form = "--b\r\ncontent-disposition: form-data; name=\"key\"\r\n\r\nnote\r\n--b--\r\n";
    for target in [BUCKET.to_owned(), format!("{BUCKET}/?delete"), format!("{BUCKET}/k?uploads")] {
        for kind in ["multipart/form-data; boundary=b", "Multipart/Form-Data; boundary=b"] {
            let headers = [("content-type", kind)];
            let raw = Raw { method: "POST", target: &target, headers: &headers, body: form };
            for caller in [None, Some(&keys(ADA)), Some(&administrator())] {
                assert_eq!(raw.send(&cognito, caller).await.code, "NotImplemented", "{target}");
            }
        }
    }
}

#[tokio::test]
async fn parameter_that_changes_nothing_is_accepted() {
    let cognito = serve().await;
    let ada = keys(ADA);
    let object = format!("{BUCKET}/{}", own(ADA, "note"));
    for header in [
        ("x-amz-storage-class", "STANDARD"),
        ("x-amz-server-side-encryption", "AES256"),
        ("x-amz-request-payer", "requester"),
        ("x-amz-expected-bucket-owner", "000000000000"),
        ("cache-control", "no-store"),
    ] {
        let raw = Raw { method: "PUT", target: &object, headers: &[header], body: "hello" };
        assert_eq!(raw.send(&cognito, Some(&ada)).await.status, 200, "{header:?}");
    }
    let owner = [("x-amz-expected-bucket-owner", "111111111111")];
    let raw = Raw { method: "PUT", target: &object, headers: &owner, body: "hello" };
    assert_eq!(raw.send(&cognito, Some(&ada)).await.code, "AccessDenied");
}

/// The alarm about the size of the bucket measures the standard class alone. An administrator may
/// choose another one, which is not served.
#[tokio::test]
async fn user_stores_in_the_standard_class_alone() {
    let cognito = serve().await;
    let (ada, administrator) = (keys(ADA), administrator());
    let object = format!("{BUCKET}/{}", own(ADA, "note"));
    let (copy, uploads) = (format!("{object}-copy"), format!("{object}?uploads"));
    let source = [("x-amz-copy-source", object.as_str())];
    let send = async |caller: &Keys, method: &str, target: &str, headers: &[(&str, &str)]| {
        let raw = Raw { method, target, headers, body: "" };
        let answer = raw.send(&cognito, Some(caller)).await;
        (answer.status, answer.code)
    };
    let writes =
        [("PUT", object.as_str(), &[][..]), ("PUT", &copy, &source), ("POST", &uploads, &[])];
    for (method, target, headers) in writes {
        for class in [&[][..], &[("x-amz-storage-class", "STANDARD")]] {
            let answer = send(&ada, method, target, &[headers, class].concat()).await;
            assert_eq!(answer.0, 200, "{method} {target} {class:?}: {}", answer.1);
        }
        for class in ["STANDARD_IA", "GLACIER", "INTELLIGENT_TIERING", "standard"] {
            let headers = [headers, &[("x-amz-storage-class", class)]].concat();
            let answer = send(&ada, method, target, &headers).await;
            assert_eq!(answer, (403, "AccessDenied".to_owned()), "{method} {target} {class}");
            let answer = send(&administrator, method, target, &headers).await;
            assert_eq!(answer, (501, "NotImplemented".to_owned()), "{method} {target} {class}");
        }
    }
    for method in ["GET", "DELETE"] {
        assert!(send(&ada, method, &object, &[]).await.0 < 300, "{method}");
    }
}

#[tokio::test]
async fn parameter_that_stands_twice_is_refused() {
    let cognito = serve().await;
    let ada = keys(ADA);
    let bobs = own(BOB, "");
    for target in [
        format!("{BUCKET}/?list-type=2&prefix={}&prefix={bobs}", own(ADA, "")),
        format!("{BUCKET}/?list-type=2&list-type=2&prefix={}", own(ADA, "")),
    ] {
        let raw = Raw { method: "GET", target: &target, headers: &[], body: "" };
        assert_eq!(raw.send(&cognito, Some(&ada)).await.code, "InvalidArgument", "{target}");
    }
    let (one, two) = (own(ADA, "old"), own(BOB, "note"));
    let (one, two) = (format!("{BUCKET}/{one}"), format!("{BUCKET}/{two}"));
    let sources = [("x-amz-copy-source", one.as_str()), ("x-amz-copy-source", two.as_str())];
    let target = format!("{BUCKET}/{}", own(ADA, "note"));
    let raw = Raw { method: "PUT", target: &target, headers: &sources, body: "" };
    assert_eq!(raw.send(&cognito, Some(&ada)).await.code, "InvalidArgument");
}
