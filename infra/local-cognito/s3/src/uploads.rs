//! Uploads in several parts, until they are put together.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::Bytes;
use s3s::{S3Error, s3_error};

use super::label::Label;

/// An upload that is under way.
#[derive(Clone, Debug)]
struct Upload {
    key: String,
    label: Label,
    parts: BTreeMap<i32, Part>,
}

#[derive(Clone, Debug)]
struct Part {
    body: Bytes,
    etag: String,
}

/// Reason why parts cannot be put together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum UploadError {
    /// There is no such upload to this key.
    Unknown,
    /// A part that is named was not uploaded, or is another one.
    InvalidPart,
    /// The parts are not named in the order of their numbers.
    InvalidPartOrder,
}

impl From<UploadError> for S3Error {
    fn from(error: UploadError) -> Self {
        match error {
            UploadError::Unknown => s3_error!(NoSuchUpload),
            UploadError::InvalidPart => s3_error!(InvalidPart),
            UploadError::InvalidPartOrder => s3_error!(InvalidPartOrder),
        }
    }
}

/// The uploads of one local Cognito; cloning shares them.
#[derive(Clone, Default)]
pub(super) struct Uploads(Arc<Mutex<HashMap<String, Upload>>>);

impl Uploads {
    /// Begins an upload to a key.
    pub(super) fn begin(&self, id: String, key: String, label: Label) {
        self.locked().insert(id, Upload { key, label, parts: BTreeMap::new() });
    }

    /// Adds a part; the id counts only together with the key, for which the caller was judged.
    pub(super) fn add(
        &self,
        id: &str,
        key: &str,
        number: i32,
        body: Bytes,
        etag: String,
    ) -> Result<(), UploadError> {
        let mut uploads = self.locked();
        let upload = uploads.get_mut(id).filter(|upload| upload.key == key);
        upload.ok_or(UploadError::Unknown)?.parts.insert(number, Part { body, etag });
        Ok(())
    }

    /// Puts the named parts together; the upload stays until the object is in its place.
    pub(super) fn assemble(
        &self,
        id: &str,
        key: &str,
        named: &[(i32, String)],
    ) -> Result<(Bytes, Label), UploadError> {
        let uploads = self.locked();
        let upload = uploads.get(id).filter(|upload| upload.key == key);
        let upload = upload.ok_or(UploadError::Unknown)?;
        if !named.is_sorted_by(|(one, _), (next, _)| one < next) {
            return Err(UploadError::InvalidPartOrder);
        }
        if named.is_empty() {
            return Err(UploadError::InvalidPart);
        }
        let mut body = Vec::new();
        for (number, etag) in named {
            let part = upload.parts.get(number).filter(|part| part.etag == *etag);
            body.extend_from_slice(&part.ok_or(UploadError::InvalidPart)?.body);
        }
        Ok((body.into(), upload.label.clone()))
    }

    /// Forgets an upload that is complete or aborted.
    pub(super) fn remove(&self, id: &str, key: &str) -> Result<(), UploadError> {
        let mut uploads = self.locked();
        match uploads.get(id) {
            Some(upload) if upload.key == key => {
                uploads.remove(id);
                Ok(())
            }
            Some(_) | None => Err(UploadError::Unknown),
        }
    }

    fn locked(&self) -> MutexGuard<'_, HashMap<String, Upload>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::{Label, UploadError, Uploads};

    fn uploads() -> Uploads {
        let uploads = Uploads::default();
        uploads.begin("id".to_owned(), "mine".to_owned(), Label::default());
        for (number, body) in [(2, "two"), (1, "one"), (7, "seven")] {
            uploads.add("id", "mine", number, body.into(), body.to_owned()).unwrap();
        }
        uploads
    }

    #[track_caller]
    fn check(key: &str, named: &[(i32, &str)], expected: Result<&'static str, UploadError>) {
        let named: Vec<(i32, String)> =
            named.iter().map(|(number, etag)| (*number, (*etag).to_owned())).collect();
        let body = uploads().assemble("id", key, &named).map(|(body, _)| body);
        assert_eq!(body, expected.map(Into::into), "{key} {named:?}");
    }

    #[test]
    fn the_named_parts_are_put_together_in_order() {
        check("mine", &[(1, "one"), (2, "two"), (7, "seven")], Ok("onetwoseven"));
        check("mine", &[(2, "two")], Ok("two"));
        check("mine", &[(2, "two"), (1, "one")], Err(UploadError::InvalidPartOrder));
        check("mine", &[(1, "one"), (1, "one")], Err(UploadError::InvalidPartOrder));
        check("mine", &[(3, "three")], Err(UploadError::InvalidPart));
        check("mine", &[(1, "two")], Err(UploadError::InvalidPart));
        check("mine", &[], Err(UploadError::InvalidPart));
    }

    #[test]
    fn an_upload_belongs_to_the_key_it_was_begun_for() {
        check("theirs", &[(1, "one")], Err(UploadError::Unknown));
        let uploads = uploads();
        let added = uploads.add("id", "theirs", 1, "x".into(), String::new());
        assert_eq!(added, Err(UploadError::Unknown));
        assert_eq!(uploads.remove("id", "theirs"), Err(UploadError::Unknown));
        assert_eq!(uploads.remove("id", "mine"), Ok(()));
        assert_eq!(uploads.remove("id", "mine"), Err(UploadError::Unknown));
    }
}
