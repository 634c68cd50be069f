//! Conditions on the object that is read.
//!
//! Contract: RFC 9110, section 13.2.2, and
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-reads.html>

use s3s::dto::{ETag, ETagCondition, Timestamp};
use s3s::{S3Error, s3_error};

/// Conditions of a request; those that are absent hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Conditions {
    pub(super) matches: Option<ETagCondition>,
    pub(super) none_match: Option<ETagCondition>,
    pub(super) modified_since: Option<Timestamp>,
    pub(super) unmodified_since: Option<Timestamp>,
}

/// Condition that does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unmet {
    /// The client has this version already.
    NotModified,
    /// The object is another one than the client expects.
    Failed,
}

impl From<Unmet> for S3Error {
    fn from(unmet: Unmet) -> Self {
        match unmet {
            Unmet::NotModified => s3_error!(NotModified, "Not Modified"),
            Unmet::Failed => s3_error!(
                PreconditionFailed,
                "At least one of the pre-conditions you specified did not hold"
            ),
        }
    }
}

impl Conditions {
    /// Checks the conditions against an object; a condition on the tag outweighs the one on the
    /// date.
    pub(super) fn check(&self, etag: &str, modified: &Timestamp) -> Result<(), Unmet> {
        let is_it = |condition: &ETagCondition| match condition {
            ETagCondition::Any => true,
            ETagCondition::ETag(tag) => tag.weak_cmp(&ETag::Strong(etag.to_owned())),
        };
        let is_expected = match (&self.matches, &self.unmodified_since) {
            (Some(condition), _) => is_it(condition),
            (None, Some(since)) => modified <= since,
            (None, None) => true,
        };
        if !is_expected {
            return Err(Unmet::Failed);
        }
        let is_known = match (&self.none_match, &self.modified_since) {
            (Some(condition), _) => is_it(condition),
            (None, Some(since)) => modified <= since,
            (None, None) => false,
        };
        if is_known { Err(Unmet::NotModified) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use s3s::dto::Timestamp;

    use super::{Conditions, Unmet};

    fn at(seconds: u64) -> Timestamp {
        (UNIX_EPOCH + Duration::from_secs(seconds)).into()
    }

    /// Checks what conditions say to the object `"a"` of second 100.
    #[track_caller]
    fn check(
        tags: (Option<&str>, Option<&str>),
        (modified, unmodified): (Option<u64>, Option<u64>),
        expected: Result<(), Unmet>,
    ) {
        let tag = |text: &str| text.parse().unwrap();
        let conditions = Conditions {
            matches: tags.0.map(tag),
            none_match: tags.1.map(tag),
            modified_since: modified.map(at),
            unmodified_since: unmodified.map(at),
        };
        assert_eq!(conditions.check("a", &at(100)), expected, "{conditions:?}");
    }

    #[test]
    fn conditions_on_the_tag_outweigh_those_on_the_date() {
        let (own, other, any) = (Some("\"a\""), Some("\"b\""), Some("*"));
        let (failed, known) = (Err(Unmet::Failed), Err(Unmet::NotModified));
        check((None, None), (None, None), Ok(()));

        check((own, None), (None, None), Ok(()));
        check((any, None), (None, None), Ok(()));
        check((other, None), (None, None), failed);
        check((own, None), (None, Some(99)), Ok(()));
        check((other, None), (None, Some(100)), failed);
        check((None, None), (None, Some(100)), Ok(()));
        check((None, None), (None, Some(99)), failed);

        check((None, own), (None, None), known);
        check((None, Some("W/\"a\"")), (None, None), known);
        check((None, any), (None, None), known);
        check((None, other), (None, None), Ok(()));
        check((None, other), (Some(100), None), Ok(()));
        check((None, own), (Some(99), None), known);
        check((None, None), (Some(99), None), Ok(()));
        check((None, None), (Some(100), None), known);

        check((own, own), (None, None), known);
        check((other, own), (None, None), failed);
    }
}
