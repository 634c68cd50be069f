//! The decision about the password that an account was signed up with.

use lifeguard_cognito_events::TriggerSource;
use lifeguard_cognito_events::caller::Caller;

/// Member of the client metadata of `ConfirmSignUp` by which the owner of the address rejects the
/// password of the sign-up.
pub const DISCARD_PASSWORD: &str = "discardPassword";

/// Decision about the password of a sign-up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordDecision {
    /// The password stays.
    Keep,
    /// The password is replaced by one that no party knows, and all sessions end.
    Discard,
    /// The owner rejects the password and the settings do not allow it: the owner is told, or the
    /// party that knows the password would stay in unseen.
    Refuse,
}

/// Decides about the password of a sign-up that was confirmed; `allowed` is the setting that lets
/// owners reject it, and `value` is that of [`DISCARD_PASSWORD`].
///
/// Only the reader of the mailbox has the code of a confirmation through a client. After a recovery
/// the password is the owner's already, and an administrator who confirms has no code.
#[must_use]
pub fn decide(
    allowed: bool,
    source: TriggerSource,
    caller: Caller<'_>,
    value: Option<&str>,
) -> PasswordDecision {
    let confirmed = source == TriggerSource::PostConfirmationConfirmSignUp;
    let by_client = match caller {
        Caller::Client(_) => true,
        Caller::NoClient | Caller::Unusable => false,
    };
    match (confirmed && by_client && value == Some("yes"), allowed) {
        (false, _) => PasswordDecision::Keep,
        (true, true) => PasswordDecision::Discard,
        (true, false) => PasswordDecision::Refuse,
    }
}

#[cfg(test)]
mod tests {
    use super::{PasswordDecision, decide};
    use lifeguard_cognito_events::TriggerSource;
    use lifeguard_cognito_events::caller::Caller;

    #[test]
    fn password_is_discarded_at_one_source_for_one_word() {
        let callers = [Caller::Client("client"), Caller::NoClient, Caller::Unusable];
        let words =
            ["yes", "Yes", "YES", " yes", "yes ", "yes\n", "true", "1", "no", "", "y", "on"];
        for (allowed, expected) in
            [(true, PasswordDecision::Discard), (false, PasswordDecision::Refuse)]
        {
            let mut rejected = Vec::new();
            for source in TriggerSource::ALL {
                for caller in callers {
                    for value in words.map(Some).into_iter().chain([None]) {
                        let decision = decide(allowed, source, caller, value);
                        if decision != PasswordDecision::Keep {
                            rejected.push((source, caller, value, decision));
                        }
                    }
                }
            }
            let confirmed = TriggerSource::PostConfirmationConfirmSignUp;
            let caller = Caller::Client("client");
            assert_eq!(rejected, [(confirmed, caller, Some("yes"), expected)]);
        }
    }
}
