//! The description of an object, which is kept beside its bytes.

use std::collections::HashMap;

use s3s::dto::{CopyObjectInput, CreateMultipartUploadInput, PutObjectInput, Timestamp};
use serde::{Deserialize, Serialize};

/// Description of an object; data folders of before a member was known lack it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Label {
    pub(super) content_type: Option<String>,
    pub(super) content_encoding: Option<String>,
    pub(super) content_disposition: Option<String>,
    #[serde(default)]
    pub(super) content_language: Option<String>,
    pub(super) cache_control: Option<String>,
    #[serde(default)]
    pub(super) expires: Option<Timestamp>,
    pub(super) metadata: HashMap<String, String>,
}

/// Takes the description out of the input of an operation.
macro_rules! take_label {
    ($input:expr) => {
        Label {
            content_type: $input.content_type.take(),
            content_encoding: without_chunks($input.content_encoding.take()),
            content_disposition: $input.content_disposition.take(),
            content_language: $input.content_language.take(),
            cache_control: $input.cache_control.take(),
            expires: $input.expires.take(),
            metadata: $input.metadata.take().unwrap_or_default(),
        }
    };
}

impl From<&mut PutObjectInput> for Label {
    fn from(input: &mut PutObjectInput) -> Self {
        take_label!(input)
    }
}

impl From<&mut CopyObjectInput> for Label {
    fn from(input: &mut CopyObjectInput) -> Self {
        take_label!(input)
    }
}

impl From<&mut CreateMultipartUploadInput> for Label {
    fn from(input: &mut CreateMultipartUploadInput) -> Self {
        take_label!(input)
    }
}

/// Returns the encodings of the object itself, without that of the transfer.
fn without_chunks(encoding: Option<String>) -> Option<String> {
    let kept: Vec<&str> = encoding
        .as_deref()?
        .split(',')
        .map(str::trim)
        .filter(|each| !each.is_empty() && *each != "aws-chunked")
        .collect();
    (!kept.is_empty()).then(|| kept.join(","))
}

#[cfg(test)]
mod tests {
    use super::{Label, without_chunks};

    #[test]
    fn label_of_an_older_data_folder_is_read() {
        let kept = r#"{"content_type": "text/plain", "content_encoding": null,
            "content_disposition": null, "cache_control": null, "metadata": {"mood": "good"}}"#;
        let label: Label = serde_json::from_str(kept).unwrap();
        assert_eq!(label.content_type.as_deref(), Some("text/plain"));
        assert_eq!(label.metadata["mood"], "good");
        assert_eq!((label.content_language, label.expires), (None, None));
    }

    #[test]
    fn encoding_of_the_transfer_is_left_out() {
        for (encoding, expected) in [
            ("aws-chunked", None),
            ("gzip,aws-chunked", Some("gzip")),
            ("aws-chunked, gzip", Some("gzip")),
            ("gzip", Some("gzip")),
            ("", None),
        ] {
            assert_eq!(without_chunks(Some(encoding.to_owned())).as_deref(), expected);
        }
        assert_eq!(without_chunks(None), None);
    }
}
