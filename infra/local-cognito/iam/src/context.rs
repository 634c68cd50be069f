//! The context of a request: condition keys and their values.

use std::collections::BTreeMap;

use local_cognito_aws_emulation::credentials::Holder;

const SUB: &str = "cognito-identity.amazonaws.com:sub";
const AUD: &str = "cognito-identity.amazonaws.com:aud";
const AMR: &str = "cognito-identity.amazonaws.com:amr";
const TAG: &str = "aws:PrincipalTag/";

/// The keys of requests, which are conditions but no variables.
const REQUEST_KEYS: [&str; 5] = [
    "dynamodb:LeadingKeys",
    "s3:delimiter",
    "s3:prefix",
    "s3:x-amz-storage-class",
    "ses:FromAddress",
];

/// Condition keys and their values; a key that is not there is not set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Context(BTreeMap<String, Vec<String>>);

impl Context {
    /// Returns the context of a holder of credentials of the identity pool.
    #[must_use]
    pub fn from_holder(holder: &Holder) -> Self {
        holder.tags.iter().fold(
            Self::default()
                .with(SUB, &holder.identity)
                .with(AUD, &holder.identity_pool)
                .with_all(AMR, holder.amr.iter().cloned()),
            |context, (tag, value)| context.with(&format!("{TAG}{tag}"), value),
        )
    }

    /// The same with this key set to one value.
    #[must_use]
    pub fn with(self, key: &str, value: &str) -> Self {
        self.with_all(key, [value.to_owned()])
    }

    /// The same with this key set to several values; to none is the same as not set.
    #[must_use]
    pub fn with_all(mut self, key: &str, values: impl IntoIterator<Item = String>) -> Self {
        self.0.insert(key.to_owned(), values.into_iter().collect());
        self
    }

    /// The values of a key; none if it is not set.
    pub(super) fn values(&self, key: &str) -> &[String] {
        self.0.get(key).map_or(&[], Vec::as_slice)
    }
}

/// Returns true if a policy may name this in a condition.
pub(super) fn is_key(name: &str) -> bool {
    is_variable(name) || REQUEST_KEYS.contains(&name)
}

/// Returns true if a policy may write this as `${name}`.
pub(super) fn is_variable(name: &str) -> bool {
    [SUB, AUD, AMR].contains(&name)
        || name.strip_prefix(TAG).is_some_and(|tag| {
            !tag.is_empty()
                && tag.chars().all(|each| each.is_alphanumeric() || " _.:/=+-@".contains(each))
        })
}
