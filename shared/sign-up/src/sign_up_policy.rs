//! The rules of a sign-up, and what they decide.

use std::collections::BTreeSet;

use crate::email::{Address, EmailDomain};

/// Enforcement of refusals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Enforcement {
    /// A refusal refuses.
    Enforce,
    /// A refusal is only recorded; the answer is as if allowed.
    Observe,
}

/// The rules of a pool's sign-ups.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignUpPolicy {
    /// Enforcement of refusals.
    pub enforcement: Enforcement,
    /// If not empty, only addresses of exactly these domains may sign up: a name below one of
    /// them may belong to another owner.
    pub allowed_domains: BTreeSet<EmailDomain>,
    /// Addresses of these domains and of all names below them may not sign up, on the list above
    /// or not: the owner of a domain owns the names below it.
    pub denied_domains: BTreeSet<EmailDomain>,
    /// The attributes that a person may set at sign-up.
    pub allowed_attributes: BTreeSet<String>,
}

/// Creator of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A user, through a public app client.
    Person,
    /// An administrator, authorised by IAM.
    Administrator,
    /// A configured identity provider, for a user that it has signed in.
    Provider,
}

/// A sign-up, as far as the rules look at it.
#[derive(Clone, Debug)]
pub struct SignUp<'a> {
    /// Creator of the account.
    pub origin: Origin,
    /// The address it is to have.
    pub address: Address,
    /// The names of the attributes it is to start with.
    pub attributes: BTreeSet<&'a str>,
}

/// Rule that forbids a sign-up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Denial {
    /// Only some domains may sign up, and there is no address.
    AddressMissing,
    /// The address is not one that we take.
    AddressUnusable,
    /// The address is of a domain that may not sign up.
    DomainDenied,
    /// The address is of no domain that may sign up.
    DomainNotAllowed,
    /// A person sets an attribute that only others may set.
    AttributeNotAllowed,
}

/// Decision about a sign-up. No variant confirms the account or verifies an address: nothing in a
/// sign-up proves an address, and an account that is confirmed without a verified one never gets a
/// code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// The account may exist.
    Admit,
    /// The account may exist only because the rules are not enforced yet.
    AdmitDespite(Denial),
    /// The account may not exist.
    Refuse(Denial),
}

impl Denial {
    /// Every denial.
    pub const ALL: [Self; 5] = [
        Self::AddressMissing,
        Self::AddressUnusable,
        Self::DomainDenied,
        Self::DomainNotAllowed,
        Self::AttributeNotAllowed,
    ];
}

/// Decides on a sign-up.
///
/// The rules about addresses hold for every origin. The rule about attributes holds for a
/// user alone, because the other two origins are trusted to set attributes.
#[must_use]
pub fn judge(policy: &SignUpPolicy, sign_up: &SignUp<'_>) -> Decision {
    let denial =
        against_address(policy, &sign_up.address).or_else(|| against_attributes(policy, sign_up));
    match (denial, policy.enforcement) {
        (None, _) => Decision::Admit,
        (Some(denial), Enforcement::Observe) => Decision::AdmitDespite(denial),
        (Some(denial), Enforcement::Enforce) => Decision::Refuse(denial),
    }
}

fn against_address(policy: &SignUpPolicy, address: &Address) -> Option<Denial> {
    let SignUpPolicy { allowed_domains: allowed, denied_domains: denied, .. } = policy;
    match address {
        Address::Absent if allowed.is_empty() => None,
        Address::Absent => Some(Denial::AddressMissing),
        Address::Unusable => Some(Denial::AddressUnusable),
        Address::Usable(email) if denied.iter().any(|domain| email.domain().is_within(domain)) => {
            Some(Denial::DomainDenied)
        }
        Address::Usable(email) if allowed.is_empty() || allowed.contains(email.domain()) => None,
        Address::Usable(_) => Some(Denial::DomainNotAllowed),
    }
}

fn against_attributes(policy: &SignUpPolicy, sign_up: &SignUp<'_>) -> Option<Denial> {
    let allowed = |name: &&str| policy.allowed_attributes.contains(*name);
    match sign_up.origin {
        Origin::Administrator | Origin::Provider => None,
        Origin::Person if sign_up.attributes.iter().all(allowed) => None,
        Origin::Person => Some(Denial::AttributeNotAllowed),
    }
}

#[cfg(test)]
mod tests {
    use super::{Decision, Denial, Enforcement, Origin, SignUp, SignUpPolicy, judge};
    use crate::email::{Address, EmailDomain};
    use proptest::prelude::{Just, Strategy, prop, prop_assert_eq, prop_oneof, proptest};

    const ORIGINS: [Origin; 3] = [Origin::Person, Origin::Administrator, Origin::Provider];

    fn policy(allowed: &[&str], denied: &[&str]) -> SignUpPolicy {
        let domains = |names: &[&str]| {
            let domains = names.iter().map(|name| EmailDomain::parse(name).unwrap());
            domains.collect()
        };
        SignUpPolicy {
            enforcement: Enforcement::Enforce,
            allowed_domains: domains(allowed),
            denied_domains: domains(denied),
            allowed_attributes: ["email".to_owned(), "given_name".to_owned()].into(),
        }
    }

    fn sign_up<'a>(origin: Origin, address: &str, attributes: &[&'a str]) -> SignUp<'a> {
        SignUp {
            origin,
            address: Address::parse(address),
            attributes: attributes.iter().copied().collect(),
        }
    }

    fn refused_or_admitted(denial: Option<Denial>) -> Decision {
        denial.map_or(Decision::Admit, Decision::Refuse)
    }

    #[track_caller]
    fn check(allowed: &[&str], denied: &[&str], address: &str, denial: Option<Denial>) {
        for origin in ORIGINS {
            let decision = judge(&policy(allowed, denied), &sign_up(origin, address, &["email"]));
            assert_eq!(decision, refused_or_admitted(denial), "{address} of {origin:?}");
        }
    }

    #[test]
    fn without_lists_every_usable_or_missing_address_may_sign_up() {
        check(&[], &[], "noor@corp.example", None);
        check(&[], &[], "", None);
        check(&[], &[], "noor@corp", Some(Denial::AddressUnusable));
    }

    #[test]
    fn an_allowed_domain_is_meant_exactly() {
        let allowed = ["corp.example", "xn--mnchen-3ya.example"];
        check(&allowed, &[], "noor@corp.example", None);
        check(&allowed, &[], "noor@CORP.Example", None);
        check(&allowed, &[], "noor@münchen.example", None);
        let other = Some(Denial::DomainNotAllowed);
        check(&allowed, &[], "noor@guest.corp.example", other);
        check(&allowed, &[], "noor@evilcorp.example", other);
        check(&allowed, &[], "noor@corp.example.evil.example", other);
        check(&allowed, &[], "", Some(Denial::AddressMissing));
    }

    #[test]
    fn a_denied_domain_is_meant_with_all_names_below_it() {
        let denied = ["bin.example"];
        check(&[], &denied, "noor@bin.example", Some(Denial::DomainDenied));
        check(&[], &denied, "noor@a.b.bin.example", Some(Denial::DomainDenied));
        check(&[], &denied, "noor@robin.example", None);
        check(&[], &denied, "", None);
        let allowed = ["mail.bin.example"];
        check(&allowed, &denied, "noor@mail.bin.example", Some(Denial::DomainDenied));
    }

    #[test]
    fn t44_only_listed_attributes_may_be_set_by_a_person() {
        let check = |origin, attributes: &[&str], denial| {
            let sign_up = sign_up(origin, "noor@corp.example", attributes);
            let decision = judge(&policy(&[], &[]), &sign_up);
            assert_eq!(decision, refused_or_admitted(denial), "{attributes:?} of {origin:?}");
        };
        let denial = Some(Denial::AttributeNotAllowed);
        check(Origin::Person, &[], None);
        check(Origin::Person, &["email", "given_name"], None);
        for name in ["custom:role", "custom:tenant", "email_verified", "Email", "email ", "sub"] {
            check(Origin::Person, &["email", name], denial);
            check(Origin::Administrator, &["email", name], None);
            check(Origin::Provider, &["email", name], None);
        }
    }

    fn address() -> impl Strategy<Value = &'static str> {
        prop_oneof![
            Just(""),
            Just("noor"),
            Just("noor@corp.example"),
            Just("noor@bin.example"),
            Just("noor@a.bin.example"),
        ]
    }

    fn any_policy() -> impl Strategy<Value = SignUpPolicy> {
        let domains = || prop::sample::subsequence(vec!["corp.example", "bin.example"], 0..=2);
        (domains(), domains()).prop_map(|(allowed, denied)| policy(&allowed, &denied))
    }

    fn attributes() -> impl Strategy<Value = Vec<&'static str>> {
        prop::sample::subsequence(vec!["email", "given_name", "custom:role"], 0..=3)
    }

    fn origin() -> impl Strategy<Value = Origin> {
        prop::sample::select(ORIGINS.to_vec())
    }

    proptest! {
        #[test]
        fn observed_refusal_is_the_one_that_enforcing_makes(
            policy in any_policy(), origin in origin(), address in address(), names in attributes(),
        ) {
            let sign_up = sign_up(origin, address, &names);
            let observed = judge(&SignUpPolicy { enforcement: Enforcement::Observe, ..policy.clone() }, &sign_up);
            match judge(&policy, &sign_up) {
                Decision::Refuse(denial) => prop_assert_eq!(observed, Decision::AdmitDespite(denial)),
                admitted @ (Decision::Admit | Decision::AdmitDespite(_)) => prop_assert_eq!(observed, admitted),
            }
        }

        #[test]
        fn t44_an_attribute_of_any_other_name_is_refused(name in ".{0,20}", origin in origin()) {
            let policy = policy(&[], &[]);
            let names = ["email", name.as_str()];
            let listed = policy.allowed_attributes.contains(&name);
            let refused = judge(&policy, &sign_up(origin, "", &names)) == Decision::Refuse(Denial::AttributeNotAllowed);
            prop_assert_eq!(refused, origin == Origin::Person && !listed);
        }
    }
}
