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
}

/// Decides about the password of a sign-up that was confirmed, where the settings let owners reject
/// it; `value` is that of [`DISCARD_PASSWORD`].
///
/// Only the reader of the mailbox has the code of a confirmation through a client. After a recovery
/// the password is the owner's already, and an administrator who confirms has no code.
#[must_use]
pub fn decide(source: TriggerSource, caller: Caller<'_>, value: Option<&str>) -> PasswordDecision {
    let confirmed = source == TriggerSource::PostConfirmationConfirmSignUp;
    let by_client = match caller {
        Caller::Client(_) => true,
        Caller::NoClient | Caller::Unusable => false,
    };
    match confirmed && by_client && value == Some("yes") {
        true => PasswordDecision::Discard,
        false => PasswordDecision::Keep,
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
        let mut discarded = Vec::new();
        for source in TriggerSource::ALL {
            for caller in callers {
                for value in words.map(Some).into_iter().chain([None]) {
                    if decide(source, caller, value) == PasswordDecision::Discard {
                        discarded.push((source, caller, value));
                    }
                }
            }
        }
        let confirmed = TriggerSource::PostConfirmationConfirmSignUp;
        assert_eq!(discarded, [(confirmed, Caller::Client("client"), Some("yes"))]);
    }
}
