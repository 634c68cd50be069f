//! Reading an object: its bytes or a part of them, and its description.

use std::time::{Duration, UNIX_EPOCH};

use axum::body::Bytes;
use axum::http::HeaderMap;
use axum::http::header::IF_RANGE;
use s3s::S3Result;
use s3s::dto::{
    ETag, GetObjectInput, GetObjectOutput, HeadObjectInput, HeadObjectOutput, Range, Timestamp,
    TimestampFormat,
};

use super::body::part;
use super::conditions::Conditions;
use super::files::Files;
use super::label::Label;
use super::missing::Missing;
use super::object::Object;

/// An object that is asked for, and in which way.
pub(super) struct Download {
    bucket: String,
    key: String,
    range: Option<Range>,
    conditions: Conditions,
    /// Description that the answer has instead of the object's own.
    overrides: Label,
}

/// Takes a download out of the input of an operation.
macro_rules! download {
    ($input:expr) => {
        Download {
            bucket: $input.bucket,
            key: $input.key,
            range: $input.range,
            conditions: Conditions {
                matches: $input.if_match,
                none_match: $input.if_none_match,
                modified_since: $input.if_modified_since,
                unmodified_since: $input.if_unmodified_since,
            },
            overrides: Label {
                content_type: $input.response_content_type,
                content_encoding: $input.response_content_encoding,
                content_disposition: $input.response_content_disposition,
                content_language: $input.response_content_language,
                cache_control: $input.response_cache_control,
                expires: $input.response_expires,
                ..Default::default()
            },
        }
    };
}

impl From<GetObjectInput> for Download {
    fn from(input: GetObjectInput) -> Self {
        download!(input)
    }
}

impl From<HeadObjectInput> for Download {
    fn from(input: HeadObjectInput) -> Self {
        download!(input)
    }
}

impl Files {
    /// Returns the part of an object that is asked for, and everything that goes with it.
    pub(super) fn download(
        &self,
        wanted: Download,
        headers: &HeaderMap,
        missing: Missing,
    ) -> S3Result<(Bytes, GetObjectOutput)> {
        let object = self.find(&wanted.bucket, &wanted.key, missing)?;
        let modified = last_modified(&object);
        wanted.conditions.check(&object.etag, &modified)?;
        let range = wanted.range.filter(|_| is_in_range(headers, &object, &modified));
        let (body, content_range) = part(&object.body, range)?;
        let (label, overrides) = (&object.label, wanted.overrides);
        let described = GetObjectOutput {
            accept_ranges: Some("bytes".to_owned()),
            content_length: i64::try_from(body.len()).ok(),
            content_range,
            content_type: overrides.content_type.or_else(|| label.content_type.clone()),
            content_encoding: overrides.content_encoding.or_else(|| label.content_encoding.clone()),
            content_disposition: overrides
                .content_disposition
                .or_else(|| label.content_disposition.clone()),
            content_language: overrides.content_language.or_else(|| label.content_language.clone()),
            cache_control: overrides.cache_control.or_else(|| label.cache_control.clone()),
            expires: overrides.expires.or_else(|| label.expires.clone()),
            metadata: Some(label.metadata.clone()),
            e_tag: Some(ETag::Strong(object.etag.clone())),
            last_modified: Some(modified),
            ..Default::default()
        };
        Ok((body, described))
    }
}

/// Returns the answer to HEAD, which is that to GET without the bytes.
pub(super) fn head(described: GetObjectOutput) -> HeadObjectOutput {
    HeadObjectOutput {
        accept_ranges: described.accept_ranges,
        content_length: described.content_length,
        content_range: described.content_range,
        content_type: described.content_type,
        content_encoding: described.content_encoding,
        content_disposition: described.content_disposition,
        content_language: described.content_language,
        cache_control: described.cache_control,
        expires: described.expires,
        metadata: described.metadata,
        e_tag: described.e_tag,
        last_modified: described.last_modified,
        ..Default::default()
    }
}

/// Returns the time of the last change in whole seconds, as headers and conditions have it.
pub(super) fn last_modified(object: &Object) -> Timestamp {
    (UNIX_EPOCH + Duration::from_secs(object.modified / 1000)).into()
}

/// True unless the range is asked for only if the object is another one than this.
fn is_in_range(headers: &HeaderMap, object: &Object, modified: &Timestamp) -> bool {
    let Some(condition) = headers.get(IF_RANGE) else {
        return true;
    };
    let Ok(text) = condition.to_str() else {
        return false;
    };
    if text.contains('"') {
        return text == format!("\"{}\"", object.etag);
    }
    Timestamp::parse(TimestampFormat::HttpDate, text).is_ok_and(|date| date == *modified)
}
