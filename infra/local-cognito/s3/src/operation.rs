//! The operations of S3 that are served, and all that each of them honours in a request.
//!
//! A request for anything else is `NotImplemented` for every caller: that is decided before its
//! signature is looked at, so a gap is never taken for a missing permission, and a parameter is
//! never ignored. A storage class is judged first, since a permission may depend on it.
//! Contract: <https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html>

use axum::http::{HeaderMap, Method};

use super::unsupported::Unsupported;
use local_cognito_sigv4::{OLD_MEMBERS, SIGNATURE_MEMBERS};

type Names = [&'static str];

/// Part of the bucket's address space that an operation is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Target {
    Service,
    Bucket,
    Object,
}

/// An operation that is served.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Operation {
    /// Name in the API.
    pub(super) name: &'static str,
    method: &'static str,
    target: Target,
    /// Members of the query that name it; an empty value stands for any.
    needs: &'static [(&'static str, &'static str)],
    /// Header that names it.
    needs_header: Option<&'static str>,
    /// Other members of the query that it honours.
    query: &'static Names,
    /// Headers that it honours, beside those of every operation.
    headers: &'static [&'static Names],
}

/// Parameters by which a download asks for another description of the object.
const OVERRIDES: &Names = &[
    "response-cache-control",
    "response-content-disposition",
    "response-content-encoding",
    "response-content-language",
    "response-content-type",
    "response-expires",
];
/// Conditions of a download.
const CONDITIONS: &Names =
    &["if-match", "if-modified-since", "if-none-match", "if-range", "if-unmodified-since"];
const CHECKSUM_MODE: &Names = &["x-amz-checksum-mode"];
/// Headers about the body of an upload.
const BODY: &Names = &[
    "x-amz-checksum-crc32",
    "x-amz-checksum-crc32c",
    "x-amz-checksum-crc64nvme",
    "x-amz-checksum-sha1",
    "x-amz-checksum-sha256",
    "x-amz-decoded-content-length",
    "x-amz-sdk-checksum-algorithm",
    "x-amz-trailer",
];
/// Headers that are kept with an object, and the way in which it is kept.
const DESCRIPTION: &Names =
    &["x-amz-meta-*", "x-amz-server-side-encryption", "x-amz-storage-class"];
const COPY: &Names = &[
    "x-amz-copy-source",
    "x-amz-copy-source-if-match",
    "x-amz-copy-source-if-modified-since",
    "x-amz-copy-source-if-none-match",
    "x-amz-copy-source-if-unmodified-since",
    "x-amz-metadata-directive",
    "x-amz-source-expected-bucket-owner",
    "x-amz-tagging-directive",
];
/// Headers that every operation honours.
const COMMON: &Names = &[
    "x-amz-content-sha256",
    "x-amz-date",
    "x-amz-expected-bucket-owner",
    "x-amz-request-payer",
    "x-amz-security-token",
    "x-amz-user-agent",
];

/// Parameters that are honoured with these values only: with them, the bucket does as it does
/// without.
const ONLY: [(&str, &Names); 7] = [
    ("fetch-owner", &["false"]),
    ("x-amz-checksum-mode", &["ENABLED"]),
    ("x-amz-checksum-type", &["COMPOSITE"]),
    ("x-amz-request-payer", &["requester"]),
    ("x-amz-server-side-encryption", &["AES256"]),
    ("x-amz-tagging-directive", &["COPY", "REPLACE"]),
    ("x-amz-trailer", BODY),
];

const fn operation(name: &'static str, method: &'static str, target: Target) -> Operation {
    Operation { name, method, target, needs: &[], needs_header: None, query: &[], headers: &[] }
}

/// Every operation that is served; of two that fit, the first is meant.
pub(super) static SERVED: [Operation; 14] = [
    operation("ListBuckets", "GET", Target::Service),
    operation("HeadBucket", "HEAD", Target::Bucket),
    Operation {
        needs: &[("list-type", "2")],
        query: &[
            "continuation-token",
            "delimiter",
            "encoding-type",
            "fetch-owner",
            "max-keys",
            "prefix",
            "start-after",
        ],
        ..operation("ListObjectsV2", "GET", Target::Bucket)
    },
    Operation {
        query: &["delimiter", "encoding-type", "marker", "max-keys", "prefix"],
        ..operation("ListObjects", "GET", Target::Bucket)
    },
    Operation {
        needs: &[("delete", "")],
        headers: &[BODY],
        ..operation("DeleteObjects", "POST", Target::Bucket)
    },
    Operation {
        query: OVERRIDES,
        headers: &[CONDITIONS, CHECKSUM_MODE],
        ..operation("GetObject", "GET", Target::Object)
    },
    Operation {
        query: OVERRIDES,
        headers: &[CONDITIONS, CHECKSUM_MODE],
        ..operation("HeadObject", "HEAD", Target::Object)
    },
    Operation {
        needs: &[("partNumber", ""), ("uploadId", "")],
        headers: &[BODY],
        ..operation("UploadPart", "PUT", Target::Object)
    },
    Operation {
        needs_header: Some("x-amz-copy-source"),
        headers: &[COPY, DESCRIPTION],
        ..operation("CopyObject", "PUT", Target::Object)
    },
    Operation { headers: &[BODY, DESCRIPTION], ..operation("PutObject", "PUT", Target::Object) },
    Operation {
        needs: &[("uploadId", "")],
        ..operation("AbortMultipartUpload", "DELETE", Target::Object)
    },
    operation("DeleteObject", "DELETE", Target::Object),
    Operation {
        needs: &[("uploads", "")],
        headers: &[DESCRIPTION, &["x-amz-checksum-algorithm", "x-amz-checksum-type"]],
        ..operation("CreateMultipartUpload", "POST", Target::Object)
    },
    Operation {
        needs: &[("uploadId", "")],
        headers: &[&["x-amz-checksum-type"]],
        ..operation("CompleteMultipartUpload", "POST", Target::Object)
    },
];

/// Finds the operation that a request names, if all that it asks for is served.
///
/// # Errors
/// The first thing that it asks for and that is not served.
pub(super) fn find(
    method: &Method,
    path: &str,
    query: &[(String, String)],
    headers: &HeaderMap,
) -> Result<&'static Operation, Unsupported> {
    let target = target(path);
    let value = |wanted: &str| {
        query.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str())
    };
    let is_named = |operation: &&Operation| {
        operation.method == method.as_str()
            && operation.target == target
            && operation.needs_header.is_none_or(|header| headers.contains_key(header))
            && operation.needs.iter().all(|(name, needed)| {
                value(name).is_some_and(|value| needed.is_empty() || value == *needed)
            })
    };
    let operation = SERVED.iter().find(is_named).ok_or(Unsupported::Operation)?;
    // The SDKs put the name of the operation here; it tells apart what nothing else does.
    let is_served = |name: &str| SERVED.iter().any(|operation| operation.name == name);
    if value("x-id").is_some_and(|name| !is_served(name)) {
        return Err(Unsupported::Operation);
    }
    for (name, value) in query {
        let is_needed = operation.needs.iter().any(|(needed, _)| needed == name);
        if !is_needed && !operation.query.contains(&&**name) && !is_neutral(name) {
            return Err(Unsupported::Parameter(name.clone()));
        }
        check_value(name, value.as_bytes())?;
    }
    for (name, value) in headers {
        let name = name.as_str();
        if is_governed(name) && !COMMON.contains(&name) && !operation.honours_header(name) {
            return Err(Unsupported::Parameter(name.to_owned()));
        }
        check_value(name, value.as_bytes())?;
    }
    Ok(operation)
}

impl Operation {
    fn honours_header(&self, name: &str) -> bool {
        self.headers.iter().copied().flatten().any(|honoured| match honoured.strip_suffix('*') {
            Some(prefix) => name.starts_with(prefix),
            None => name == *honoured,
        })
    }
}

/// Returns the part of the address space that a path is in, an encoded slash being a slash.
fn target(path: &str) -> Target {
    let path = path.replace("%2F", "/").replace("%2f", "/");
    match path.strip_prefix('/').unwrap_or(&path).split_once('/') {
        None if path.len() < 2 => Target::Service,
        None | Some((_, "")) => Target::Bucket,
        Some(_) => Target::Object,
    }
}

/// True for a member of the query that changes nothing: it belongs to the signature, or is for the
/// access log.
fn is_neutral(name: &str) -> bool {
    SIGNATURE_MEMBERS.contains(&name)
        || OLD_MEMBERS.contains(&name)
        || name.starts_with("x-") && !name.starts_with("x-amz-")
}

/// True for a header that changes the meaning of a request to S3.
fn is_governed(name: &str) -> bool {
    name.starts_with("x-amz-") || name.starts_with("if-")
}

fn check_value(name: &str, value: &[u8]) -> Result<(), Unsupported> {
    let values = ONLY.iter().find(|(only, _)| *only == name).map(|(_, values)| *values);
    match values {
        Some(values) if !values.iter().any(|known| known.as_bytes() == value) => {
            Err(Unsupported::Parameter(name.to_owned()))
        }
        Some(_) | None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, Method};

    use super::{SERVED, Unsupported, find};

    /// Finds the operation of a request line with headers, `name: value`.
    fn found(line: &str, headers: &[&str]) -> Result<&'static str, Unsupported> {
        let (method, target) = line.split_once(' ').unwrap();
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let query: Vec<(String, String)> = query
            .split('&')
            .filter(|member| !member.is_empty())
            .map(|member| member.split_once('=').unwrap_or((member, "")))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        let mut map = HeaderMap::new();
        for header in headers {
            let (name, value) = header.split_once(": ").unwrap();
            map.append(
                axum::http::HeaderName::from_bytes(name.as_bytes()).unwrap(),
                value.parse().unwrap(),
            );
        }
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        find(&method, path, &query, &map).map(|operation| operation.name)
    }

    #[test]
    fn request_names_one_operation() {
        for (line, headers, expected) in [
            ("GET /", &[][..], "ListBuckets"),
            ("GET /?x-id=ListBuckets", &[], "ListBuckets"),
            ("HEAD /b", &[], "HeadBucket"),
            ("HEAD /b/", &[], "HeadBucket"),
            ("GET /b?list-type=2&prefix=a&fetch-owner=false", &[], "ListObjectsV2"),
            ("GET /b", &[], "ListObjects"),
            ("GET /b/?marker=a&max-keys=1&encoding-type=url", &[], "ListObjects"),
            ("POST /b?delete", &["content-md5: x"], "DeleteObjects"),
            ("POST /b?delete=", &["x-amz-checksum-crc32: x"], "DeleteObjects"),
            ("GET /b/k?x-id=GetObject&x-custom=1", &["if-range: x"], "GetObject"),
            ("GET /b%2Fk?response-content-type=a", &["x-amz-checksum-mode: ENABLED"], "GetObject"),
            ("HEAD /b/k/", &["if-none-match: x"], "HeadObject"),
            ("PUT /b//k", &["x-amz-meta-a: b", "x-amz-storage-class: STANDARD"], "PutObject"),
            ("PUT /b/k", &["x-amz-storage-class: GLACIER"], "PutObject"),
            ("PUT /b/k", &["x-amz-copy-source: b/c"], "CopyObject"),
            ("PUT /b/k?partNumber=1&uploadId=a", &[], "UploadPart"),
            ("DELETE /b/k?uploadId=a", &[], "AbortMultipartUpload"),
            ("DELETE /b/k", &[], "DeleteObject"),
            ("POST /b/k?uploads", &["x-amz-checksum-algorithm: CRC32"], "CreateMultipartUpload"),
            ("POST /b/k?uploadId=a", &[], "CompleteMultipartUpload"),
        ] {
            assert_eq!(found(line, headers), Ok(expected), "{line}");
        }
    }

    #[test]
    fn unknown_operation_is_unsupported() {
        for line in [
            "GET /?x-id=ListDirectoryBuckets",
            "HEAD /",
            "POST /",
            "PUT /",
            "DELETE /",
            "DELETE /b",
            "POST /b",
            "PUT /b",
            "POST /b/k",
            "POST /b/k?select&select-type=2",
            "PATCH /b/k",
            "PUT /b/k?x-id=UploadPartCopy&partNumber=1&uploadId=a",
        ] {
            assert_eq!(found(line, &[]), Err(Unsupported::Operation), "{line}");
        }
    }

    #[test]
    fn parameter_that_is_not_honoured_is_unsupported() {
        let parameter = |name: &str| Err(Unsupported::Parameter(name.to_owned()));
        for (line, name) in [
            ("GET /b?acl", "acl"),
            ("GET /b?list-type=2&versions", "versions"),
            ("GET /b?list-type=2&fetch-owner=true", "fetch-owner"),
            ("GET /b/k?versionId=1", "versionId"),
            ("GET /b/k?partNumber=1", "partNumber"),
            ("GET /b/k?uploadId=a", "uploadId"),
            ("DELETE /b/k?versionId=null", "versionId"),
            ("PUT /b/k?tagging", "tagging"),
            ("PUT /b/k?x-amz-acl=public-read", "x-amz-acl"),
            ("PUT /b/k?partNumber=1", "partNumber"),
            ("GET /?prefix=a", "prefix"),
        ] {
            assert_eq!(found(line, &[]), parameter(name), "{line}");
        }
        for header in [
            "if-match: *",
            "if-none-match: *",
            "x-amz-acl: private",
            "x-amz-bypass-governance-retention: true",
            "x-amz-checksum-sha512: x",
            "x-amz-grant-read: id=1",
            "x-amz-mfa: 1",
            "x-amz-object-lock-mode: GOVERNANCE",
            "x-amz-server-side-encryption: aws:kms",
            "x-amz-server-side-encryption-customer-algorithm: AES256",
            "x-amz-tagging: a=b",
            "x-amz-trailer: x-amz-checksum-md5",
            "x-amz-unheard-of: 1",
            "x-amz-website-redirect-location: /",
            "x-amz-write-offset-bytes: 0",
        ] {
            let (name, _) = header.split_once(": ").unwrap();
            assert_eq!(found("PUT /b/k", &[header]), parameter(name), "{header}");
        }
        let copied_part = found("PUT /b/k?partNumber=1&uploadId=a", &["x-amz-copy-source: b/c"]);
        assert_eq!(copied_part, parameter("x-amz-copy-source"));
        let deleted = found("DELETE /b/k", &["x-amz-meta-a: b"]);
        assert_eq!(deleted, parameter("x-amz-meta-a"));
    }

    #[test]
    fn served_names_are_distinct() {
        let mut names: Vec<&str> = SERVED.iter().map(|operation| operation.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), SERVED.len());
    }
}
