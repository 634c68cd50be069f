//! The checksums that a request announces for its body.

use axum::http::HeaderMap;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use s3s::crypto::{Checksum, Crc32, Crc32c, Crc64Nvme, Md5, Sha1, Sha256};
use s3s::{S3Result, s3_error};

const TRAILER: &str = "x-amz-trailer";

/// Function that computes a checksum in base64.
type Compute = fn(&[u8]) -> String;

/// The headers of checksums.
const CHECKSUMS: [(&str, Compute); 6] = [
    ("content-md5", compute::<Md5>),
    ("x-amz-checksum-crc32", compute::<Crc32>),
    ("x-amz-checksum-crc32c", compute::<Crc32c>),
    ("x-amz-checksum-crc64nvme", compute::<Crc64Nvme>),
    ("x-amz-checksum-sha1", compute::<Sha1>),
    ("x-amz-checksum-sha256", compute::<Sha256>),
];

fn compute<C: Checksum>(body: &[u8]) -> String {
    BASE64_STANDARD.encode(C::checksum(body))
}

/// Verifies every checksum of a body, before it or behind it; returns true if there was one.
///
/// # Errors
/// A checksum of another body, or one that was announced and did not come.
pub(super) fn verify(
    headers: &HeaderMap,
    trailers: Option<&HeaderMap>,
    body: &[u8],
) -> S3Result<bool> {
    let mut is_checked = false;
    for (name, compute) in CHECKSUMS {
        let is_announced = headers.get(TRAILER).is_some_and(|trailer| trailer == name);
        let behind = trailers.and_then(|trailers| trailers.get(name));
        if is_announced && behind.is_none() {
            return Err(s3_error!(InvalidRequest, "The trailer {name} did not come"));
        }
        for expected in headers.get(name).into_iter().chain(behind) {
            if compute(body).as_bytes() != expected.as_bytes() {
                return Err(s3_error!(BadDigest, "The {name} is not the one of the body"));
            }
            is_checked = true;
        }
    }
    Ok(is_checked)
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderName};

    use super::verify;

    /// Checksums of `hello`, computed with other programs.
    const HELLO: [(&str, &str); 6] = [
        ("content-md5", "XUFAKrxLKna5cZ2REBfFkg=="),
        ("x-amz-checksum-crc32", "NhCmhg=="),
        ("x-amz-checksum-crc32c", "mnG7TA=="),
        ("x-amz-checksum-crc64nvme", "M3eFcAZSQlc="),
        ("x-amz-checksum-sha1", "qvTGHdzF6KLavt4PO0gs2a6pQ00="),
        ("x-amz-checksum-sha256", "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ="),
    ];

    fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
        let pair = |(name, value): &(&str, &str)| {
            (HeaderName::from_bytes(name.as_bytes()).unwrap(), value.parse().unwrap())
        };
        pairs.iter().map(pair).collect()
    }

    fn code(result: s3s::S3Result<bool>) -> Result<bool, String> {
        result.map_err(|error| error.code().as_str().to_owned())
    }

    #[test]
    fn right_checksum_is_accepted_and_wrong_one_refused() {
        assert_eq!(code(verify(&HeaderMap::new(), None, b"hello")), Ok(false));
        for (name, value) in HELLO {
            let with = headers(&[(name, value)]);
            assert_eq!(code(verify(&with, None, b"hello")), Ok(true), "{name}");
            let bad = Err("BadDigest".to_owned());
            assert_eq!(code(verify(&with, None, b"hullo")), bad, "{name}");
            assert_eq!(code(verify(&headers(&[(name, "")]), None, b"hello")), bad, "{name}");
        }
        let two = headers(&[HELLO[0], ("x-amz-checksum-sha1", "x")]);
        assert_eq!(code(verify(&two, None, b"hello")), Err("BadDigest".to_owned()));
    }

    #[test]
    fn announced_trailer_has_to_come() {
        let announced = headers(&[("x-amz-trailer", "x-amz-checksum-crc32")]);
        let missing = Err("InvalidRequest".to_owned());
        assert_eq!(code(verify(&announced, None, b"hello")), missing);
        assert_eq!(code(verify(&announced, Some(&HeaderMap::new()), b"hello")), missing);
        let right = headers(&[HELLO[1]]);
        assert_eq!(code(verify(&announced, Some(&right), b"hello")), Ok(true));
        let wrong = headers(&[("x-amz-checksum-crc32", "NhCmhw==")]);
        assert_eq!(code(verify(&announced, Some(&wrong), b"hello")), Err("BadDigest".to_owned()));
    }
}
