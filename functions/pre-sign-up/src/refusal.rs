//! Sentences for users of refused sign-ups.

use lifeguard_sign_up::sign_up_policy::Denial;
use thiserror::Error;

/// A refusal. No sentence depends on existing accounts, because no rule looks at them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Refusal {
    /// The address is missing and required.
    #[error("An e-mail address is required")]
    AddressRequired,
    /// The address is malformed or not accepted.
    #[error("This e-mail address cannot be used")]
    AddressNotUsable,
    /// The domain is on the list of denied domains.
    #[error("Addresses of this domain cannot sign up")]
    DomainDenied,
    /// The domain is not on the list of allowed domains.
    #[error("Addresses of this domain cannot sign up")]
    DomainNotAllowed,
    /// The sign-up sets an attribute that a user may not set.
    #[error("This sign-up sets an attribute that it may not set")]
    AttributeNotAllowed,
}

impl From<Denial> for Refusal {
    fn from(denial: Denial) -> Self {
        match denial {
            Denial::AddressMissing => Self::AddressRequired,
            Denial::AddressUnusable => Self::AddressNotUsable,
            Denial::DomainDenied => Self::DomainDenied,
            Denial::DomainNotAllowed => Self::DomainNotAllowed,
            Denial::AttributeNotAllowed => Self::AttributeNotAllowed,
        }
    }
}

impl lifeguard_runtime::Refusal for Refusal {
    fn code(self) -> &'static str {
        match self {
            Self::AddressRequired => "AddressRequired",
            Self::AddressNotUsable => "AddressNotUsable",
            Self::DomainDenied => "DomainDenied",
            Self::DomainNotAllowed => "DomainNotAllowed",
            Self::AttributeNotAllowed => "AttributeNotAllowed",
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::Refusal;
    use lifeguard_runtime::Refusal as _;
    use lifeguard_sign_up::sign_up_policy::Denial;

    #[test]
    fn sentence_suits_the_text_around_it_in_cognito() {
        for denial in Denial::ALL {
            let sentence = Refusal::from(denial).to_string();
            assert!(sentence.starts_with(char::is_uppercase), "{sentence}");
            assert!(!sentence.ends_with('.'), "{sentence}");
        }
    }

    #[test]
    fn every_denial_has_a_code_of_its_own() {
        let codes: BTreeSet<&str> =
            Denial::ALL.into_iter().map(|denial| Refusal::from(denial).code()).collect();
        assert_eq!(codes.len(), Denial::ALL.len());
    }
}
