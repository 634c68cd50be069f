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
pub(crate) const ISSUE_CALL: &str = "create-auth-challenge dynamodb:UpdateItem";
pub(crate) const JUDGE_CALL: &str = "verify-auth-challenge dynamodb:UpdateItem";
