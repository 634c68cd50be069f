//! Listing the bucket, in both versions of the operation.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use s3s::dto::{
    CommonPrefix, ETag, EncodingType, ListObjectsInput, ListObjectsOutput, ListObjectsV2Input,
    ListObjectsV2Output, Object,
};
use s3s::{S3Result, s3_error};

use super::download::last_modified;
use super::files::Files;
use super::objects::{Page, Wanted};

/// The longest page of a listing.
const LONGEST_PAGE: usize = 1000;

/// Way in which keys stand in an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Encoding {
    Plain,
    Url,
}

impl Files {
    /// Lists a page, in the first version of the operation.
    pub(super) fn list(&self, input: ListObjectsInput) -> S3Result<ListObjectsOutput> {
        self.demand_bucket(&input.bucket)?;
        let encoding = Encoding::parse(input.encoding_type.as_ref())?;
        let most = most(input.max_keys)?;
        let page = self.objects().list(&Wanted {
            prefix: input.prefix.as_deref().unwrap_or_default(),
            delimiter: input.delimiter.as_deref().unwrap_or_default(),
            after: input.marker.as_deref().unwrap_or_default(),
            most,
        });
        let is_truncated = page.next.is_some();
        // Without a delimiter the last key is the marker of the next page.
        let next = page.next.clone().filter(|_| input.delimiter.is_some());
        let (contents, common_prefixes) = encoding.entries(page);
        Ok(ListObjectsOutput {
            name: Some(input.bucket),
            max_keys: i32::try_from(most).ok(),
            is_truncated: Some(is_truncated),
            next_marker: encoding.text(next),
            // An empty element stands there even if nothing was asked for.
            marker: encoding.text(Some(input.marker.unwrap_or_default())),
            prefix: encoding.text(Some(input.prefix.unwrap_or_default())),
            delimiter: encoding.text(input.delimiter),
            encoding_type: input.encoding_type,
            contents: Some(contents),
            common_prefixes: Some(common_prefixes),
            ..Default::default()
        })
    }

    /// Lists a page, in the second version of the operation.
    pub(super) fn list_v2(&self, input: ListObjectsV2Input) -> S3Result<ListObjectsV2Output> {
        self.demand_bucket(&input.bucket)?;
        let encoding = Encoding::parse(input.encoding_type.as_ref())?;
        let most = most(input.max_keys)?;
        let continued = input.continuation_token.as_deref().map(read_token).transpose()?;
        let after = continued.as_ref().or(input.start_after.as_ref());
        let page = self.objects().list(&Wanted {
            prefix: input.prefix.as_deref().unwrap_or_default(),
            delimiter: input.delimiter.as_deref().unwrap_or_default(),
            after: after.map_or("", String::as_str),
            most,
        });
        let next = page.next.as_deref().map(token);
        let (contents, common_prefixes) = encoding.entries(page);
        Ok(ListObjectsV2Output {
            name: Some(input.bucket),
            key_count: i32::try_from(contents.len() + common_prefixes.len()).ok(),
            max_keys: i32::try_from(most).ok(),
            is_truncated: Some(next.is_some()),
            next_continuation_token: next,
            continuation_token: input.continuation_token,
            start_after: encoding.text(input.start_after),
            prefix: encoding.text(Some(input.prefix.unwrap_or_default())),
            delimiter: encoding.text(input.delimiter),
            encoding_type: input.encoding_type,
            contents: Some(contents),
            common_prefixes: Some(common_prefixes),
            ..Default::default()
        })
    }
}

impl Encoding {
    fn parse(wanted: Option<&EncodingType>) -> S3Result<Self> {
        match wanted.map(EncodingType::as_str) {
            None => Ok(Self::Plain),
            Some("url") => Ok(Self::Url),
            Some(_) => {
                Err(s3_error!(InvalidArgument, "Invalid Encoding Method specified in Request"))
            }
        }
    }

    fn text(self, text: Option<String>) -> Option<String> {
        match self {
            Self::Plain => text,
            Self::Url => text.as_deref().map(url_encoded),
        }
    }

    fn entries(self, page: Page) -> (Vec<Object>, Vec<CommonPrefix>) {
        let contents = page.objects.into_iter().map(|(key, object)| Object {
            key: self.text(Some(key)),
            size: i64::try_from(object.body.len()).ok(),
            e_tag: Some(ETag::Strong(object.etag.clone())),
            last_modified: Some(last_modified(&object)),
            ..Default::default()
        });
        let folders = page.folders.into_iter();
        let folders = folders.map(|folder| CommonPrefix { prefix: self.text(Some(folder)) });
        (contents.collect(), folders.collect())
    }
}

/// Returns the length of the page that is asked for.
fn most(max_keys: Option<i32>) -> S3Result<usize> {
    match max_keys {
        None => Ok(LONGEST_PAGE),
        Some(most) => match usize::try_from(most) {
            Ok(most) => Ok(most.min(LONGEST_PAGE)),
            Err(_) => Err(s3_error!(InvalidArgument, "max-keys is negative")),
        },
    }
}

/// Returns the token of the page behind a key or folder.
fn token(last: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(last)
}

fn read_token(token: &str) -> S3Result<String> {
    let last = BASE64_URL_SAFE_NO_PAD.decode(token).ok();
    last.and_then(|last| String::from_utf8(last).ok())
        .ok_or_else(|| s3_error!(InvalidArgument, "The continuation token provided is incorrect"))
}

/// Encodes a key as forms do, but for slashes: the clients decode it in the same way.
fn url_encoded(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'*' | b'/' => {
                encoded.push(char::from(byte));
            }
            b' ' => encoded.push('+'),
            other => encoded.push_str(&format!("%{other:02X}")),
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::{most, read_token, token, url_encoded};

    #[test]
    fn keys_are_encoded_as_forms_are() {
        for (key, expected) in [
            ("a/b-c_d.e*", "a/b-c_d.e*"),
            ("test file(3).png", "test+file%283%29.png"),
            ("a+b%2F~", "a%2Bb%252F%7E"),
            ("ü\n\u{1}", "%C3%BC%0A%01"),
            ("eu-west-1:ada", "eu-west-1%3Aada"),
        ] {
            assert_eq!(url_encoded(key), expected);
        }
    }

    #[test]
    fn page_has_at_most_a_thousand_entries() {
        for (wanted, expected) in
            [(None, Some(1000)), (Some(0), Some(0)), (Some(7), Some(7)), (Some(1001), Some(1000))]
        {
            assert_eq!(most(wanted).ok(), expected, "{wanted:?}");
        }
        assert!(most(Some(-1)).is_err());
    }

    #[test]
    fn token_leads_behind_its_key() {
        for key in ["", "a/b", "ü\n\u{1}?"] {
            assert_eq!(read_token(&token(key)).ok().as_deref(), Some(key));
        }
        for other in ["a", "a/b", "%", "_w"] {
            assert!(read_token(other).is_err(), "{other}");
        }
    }
}
