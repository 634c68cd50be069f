//! Actions and resources of IAM for the operations of S3.

use local_cognito_iam::Context;

/// Permission that a caller needs for an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Permission {
    pub(super) action: &'static str,
    /// The ARN of what it is done to.
    pub(super) resource: String,
    /// Condition keys of the request.
    pub(super) conditions: Vec<(&'static str, String)>,
}

impl Permission {
    /// To do something to an object; the key stands as it is, dots and slashes included.
    pub(super) fn on_object(action: &'static str, bucket: &str, key: &str) -> Self {
        Self { action, resource: format!("arn:aws:s3:::{bucket}/{key}"), conditions: Vec::new() }
    }

    /// To write an object in a storage class; a request that names none sets no condition key.
    pub(super) fn to_write(bucket: &str, key: &str, class: Option<&str>) -> Self {
        let conditions = class.map(|class| ("s3:x-amz-storage-class", class.to_owned()));
        Self {
            conditions: conditions.into_iter().collect(),
            ..Self::on_object("s3:PutObject", bucket, key)
        }
    }

    /// To list a bucket below a prefix, whole or by folders.
    pub(super) fn to_list(bucket: &str, prefix: Option<&str>, delimiter: Option<&str>) -> Self {
        let asked = [("s3:prefix", prefix), ("s3:delimiter", delimiter)];
        let conditions =
            asked.into_iter().filter_map(|(key, value)| Some((key, value?.to_owned())));
        Self {
            action: "s3:ListBucket",
            resource: format!("arn:aws:s3:::{bucket}"),
            conditions: conditions.collect(),
        }
    }

    /// To do something to no bucket in particular.
    pub(super) fn on_everything(action: &'static str) -> Self {
        Self { action, resource: "*".to_owned(), conditions: Vec::new() }
    }

    /// The context of the request: what is known of the caller, and the request's own keys.
    pub(super) fn context(&self, caller: Context) -> Context {
        self.conditions.iter().fold(caller, |context, (key, value)| context.with(key, value))
    }
}
