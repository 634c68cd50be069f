//! Deleting several objects by one request.

use std::collections::BTreeSet;

use s3s::dto::{Delete, DeleteObjectsInput, DeleteObjectsOutput, DeletedObject, Error};
use s3s::{S3Result, s3_error};

use super::files::Files;
use super::unsupported::Unsupported;

/// The most keys of one request.
const MOST_KEYS: usize = 1000;

/// Keys of a request that its caller may not delete.
#[derive(Clone, Debug)]
pub(super) struct Denied(pub(super) BTreeSet<String>);

/// Checks a list of keys as a whole, before any of them is judged.
pub(super) fn check(delete: &Delete) -> S3Result<()> {
    if !(1..=MOST_KEYS).contains(&delete.objects.len()) {
        return Err(s3_error!(
            MalformedXML,
            "The XML you provided was not well-formed or did not validate against our published \
             schema"
        ));
    }
    let is_plain = delete.objects.iter().all(|object| {
        object.version_id.is_none()
            && object.e_tag.is_none()
            && object.last_modified_time.is_none()
            && object.size.is_none()
    });
    if !is_plain {
        return Err(Unsupported::Parameter("Delete/Object".to_owned()).into());
    }
    Ok(())
}

impl Files {
    /// Deletes the keys that are not denied and says of each what became of it.
    pub(super) async fn delete_all(
        &self,
        input: DeleteObjectsInput,
        Denied(denied): Denied,
    ) -> S3Result<DeleteObjectsOutput> {
        self.demand_bucket(&input.bucket)?;
        let is_quiet = input.delete.quiet.unwrap_or_default();
        let (mut deleted, mut errors) = (Vec::new(), Vec::new());
        for object in input.delete.objects {
            let key = Some(object.key.clone());
            if denied.contains(&object.key) {
                errors.push(error(key, "AccessDenied", "Access Denied"));
                continue;
            }
            match self.delete(object.key).await {
                Ok(()) if is_quiet => {}
                Ok(()) => deleted.push(DeletedObject { key, ..Default::default() }),
                Err(_) => errors.push(error(key, "InternalError", "We encountered an error")),
            }
        }
        Ok(DeleteObjectsOutput {
            deleted: Some(deleted),
            errors: Some(errors),
            ..Default::default()
        })
    }
}

fn error(key: Option<String>, code: &str, message: &str) -> Error {
    Error { key, code: Some(code.to_owned()), message: Some(message.to_owned()), version_id: None }
}
