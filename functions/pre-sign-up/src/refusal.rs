//! What a person reads whose sign-up is refused.

use lifeguard_sign_up::sign_up_policy::Denial;
use thiserror::Error;

/// A refusal. No sentence depends on who has an account already, because no rule looks at that.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Refusal {
    /// There is no address and there must be one.
    #[error("An e-mail address is required")]
    AddressRequired,
    /// The address is not one that we take.
    #[error("This e-mail address cannot be used")]
    AddressNotUsable,
    /// The domain stands on the list of those that may not.
    #[error("Addresses of this domain cannot sign up")]
    DomainDenied,
    /// The domain does not stand on the list of those that may.
    #[error("Addresses of this domain cannot sign up")]
    DomainNotAllowed,
    /// An attribute is set that a person may not set.
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
    fn every_sentence_suits_the_text_that_cognito_puts_around_it() {
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
