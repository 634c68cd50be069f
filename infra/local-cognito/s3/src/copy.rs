//! Copying an object within the bucket.

use s3s::dto::{CopyObjectInput, CopyObjectOutput, CopyObjectResult, MetadataDirective};
use s3s::{S3Result, s3_error};

use super::conditions::{Conditions, Unmet};
use super::download::last_modified;
use super::files::Files;
use super::label::Label;
use super::missing::Missing;
use super::unsupported::source;

impl Files {
    /// Copies an object; both sides have been judged.
    pub(super) async fn copy(
        &self,
        mut input: CopyObjectInput,
        missing: Missing,
    ) -> S3Result<CopyObjectOutput> {
        self.demand_bucket(&input.bucket)?;
        let replaced = match input.metadata_directive.as_ref().map(MetadataDirective::as_str) {
            None | Some("COPY") => None,
            Some("REPLACE") => Some(Label::from(&mut input)),
            Some(_) => return Err(s3_error!(InvalidArgument, "Unknown metadata directive.")),
        };
        let (bucket, key) = source(&input.copy_source)?;
        let object = self.find(bucket, key, missing)?;
        let conditions = Conditions {
            matches: input.copy_source_if_match,
            none_match: input.copy_source_if_none_match,
            modified_since: input.copy_source_if_modified_since,
            unmodified_since: input.copy_source_if_unmodified_since,
        };
        // There is nothing that the client could have already.
        conditions.check(&object.etag, &last_modified(&object)).map_err(|_| Unmet::Failed)?;
        if replaced.is_none() && key == input.key {
            return Err(s3_error!(
                InvalidRequest,
                "This copy request is illegal because it is trying to copy an object to itself \
                 without changing the object's metadata, storage class, website redirect location \
                 or encryption attributes."
            ));
        }
        let label = replaced.unwrap_or_else(|| object.label.clone());
        let copied = self.put(input.key, object.body.clone(), label).await?;
        Ok(CopyObjectOutput {
            copy_object_result: Some(CopyObjectResult {
                e_tag: Some(copied.etag()),
                last_modified: Some(last_modified(&copied)),
                ..Default::default()
            }),
            ..Default::default()
        })
    }
}
