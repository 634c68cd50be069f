//! Plans of steps: their names and what has to happen.

/// Expectations of a step, stated before it is taken.
pub(crate) struct Plan<'a> {
    /// The step's name.
    pub(crate) name: &'a str,
    /// The outcome, in words.
    pub(crate) expected: &'a str,
    /// Triggers and AWS calls behind it.
    pub(crate) happens: Happens<'a>,
}

/// Triggers and AWS calls behind a step.
pub(crate) enum Happens<'a> {
    /// Exactly this, in this order.
    InTurn {
        /// The trigger sources.
        triggers: &'a [&'a str],
        /// The AWS calls of the functions, as `function service:Action`; reading the code key is
        /// a cold extra and is shown apart.
        aws_calls: &'a [&'a str],
    },
    /// Many things at once: only the outcome counts.
    AtOnce,
}

/// No trigger and no call.
pub(crate) const NOTHING: Happens<'static> = Happens::InTurn { triggers: &[], aws_calls: &[] };

pub(crate) const DEFINE: &str = "DefineAuthChallenge_Authentication";
pub(crate) const CREATE: &str = "CreateAuthChallenge_Authentication";
pub(crate) const VERIFY: &str = "VerifyAuthChallengeResponse_Authentication";
/// Stands among triggers and among calls for those that follow a successful sign-in: the
/// deployment tells them.
pub(crate) const SIGNED_IN: &str = "(after a successful sign-in)";
pub(crate) const ISSUE_CALL: &str = "create-auth-challenge dynamodb:UpdateItem";
pub(crate) const JUDGE_CALL: &str = "verify-auth-challenge dynamodb:UpdateItem";

/// Returns a list of a plan with the entries that follow a sign-in in place of [`SIGNED_IN`].
pub(crate) fn with_sign_in(list: &[&str], after: &[String]) -> Vec<String> {
    list.iter()
        .flat_map(|entry| match *entry {
            SIGNED_IN => after.to_vec(),
            entry => vec![entry.to_owned()],
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{DEFINE, SIGNED_IN, VERIFY, with_sign_in};

    #[track_caller]
    fn check(list: &[&str], after: &[&str], expected: &[&str]) {
        let after: Vec<String> = after.iter().map(|entry| (*entry).to_owned()).collect();
        assert_eq!(with_sign_in(list, &after), expected, "{list:?} {after:?}");
    }

    #[test]
    fn entries_after_a_sign_in_stand_in_their_place() {
        check(&[VERIFY, DEFINE], &["A"], &[VERIFY, DEFINE]);
        check(&[VERIFY, SIGNED_IN, DEFINE], &[], &[VERIFY, DEFINE]);
        check(&[VERIFY, SIGNED_IN, DEFINE], &["A", "B"], &[VERIFY, "A", "B", DEFINE]);
    }
}
