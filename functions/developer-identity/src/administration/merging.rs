//! Plans the merge of two accounts of one user.
//!
//! The identity pool is changed first and the table second. In between, the pool returns another
//! identity for the source than the stored one, so the source gets no token; the same request again
//! completes the merge. In the other order, the source could get a token of the old identity with a
//! row that names the new one.

use std::collections::BTreeSet;

use lifeguard_identity::account::{AccountId, Kind, Status};
use thiserror::Error;

use crate::identity_pool::developer_users::DeveloperIdentity;

/// The most logins of one identity.
/// <https://docs.aws.amazon.com/cognitoidentity/latest/APIReference/API_MergeDeveloperIdentities.html>
const MOST_LOGINS: usize = 20;

/// One of the two accounts, with the facts of table and pool.
#[derive(Clone, Debug)]
pub(crate) struct MergeParty<'a> {
    pub(crate) id: &'a AccountId,
    pub(crate) kind: Kind,
    pub(crate) status: Status,
    /// The identity in the account's row.
    pub(crate) stored: Option<&'a str>,
    /// The providers of the linked logins.
    pub(crate) providers: Vec<&'a str>,
    /// The identity in the pool, if there is one.
    pub(crate) in_pool: Option<&'a DeveloperIdentity>,
}

/// Plan of a merge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Merging<'a> {
    /// Merge in the pool, then update the rows of every account of `from`.
    Merge { from: &'a str, to: &'a str },
    /// The pool has merged them; update the rows.
    Settle { to: &'a str },
    /// Both have one identity already.
    Settled { to: &'a str },
    /// The accounts cannot be merged.
    Refuse(NotMerged),
}

/// Reason why two accounts cannot be merged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum NotMerged {
    #[error("Source and destination are the same account")]
    SameAccount,
    #[error("Accounts of different kinds cannot be merged")]
    KindsDiffer,
    #[error("A disabled account cannot be merged")]
    AccountDisabled,
    #[error("An account without an identity cannot be merged")]
    NoIdentity,
    #[error("The table and the identity pool name different identities")]
    IdentitiesDiffer,
    #[error("Both accounts have a login of the same provider")]
    SameProvider,
    #[error("An identity has at most 20 logins")]
    TooManyLogins,
}

/// Plans a merge.
pub(crate) fn plan<'a>(source: &MergeParty<'a>, destination: &MergeParty<'a>) -> Merging<'a> {
    let refuse = Merging::Refuse;
    match (source.in_pool, destination.in_pool) {
        _ if source.id == destination.id => refuse(NotMerged::SameAccount),
        _ if source.kind != destination.kind => refuse(NotMerged::KindsDiffer),
        (None, _) | (_, None) => refuse(NotMerged::NoIdentity),
        (Some(_), Some(to)) if destination.differs_from(to) => refuse(NotMerged::IdentitiesDiffer),
        (Some(from), Some(to)) if from.identity == to.identity => match source.stored {
            Some(stored) if stored == to.identity => Merging::Settled { to: &to.identity },
            Some(_) | None => Merging::Settle { to: &to.identity },
        },
        (Some(from), Some(_)) if source.differs_from(from) => refuse(NotMerged::IdentitiesDiffer),
        (Some(from), Some(to)) => match obstacle(source, destination, from, to) {
            Some(reason) => refuse(reason),
            None => Merging::Merge { from: &from.identity, to: &to.identity },
        },
    }
}

impl MergeParty<'_> {
    /// True if the row names another identity than the pool.
    fn differs_from(&self, in_pool: &DeveloperIdentity) -> bool {
        self.stored.is_some_and(|stored| stored != in_pool.identity)
    }
}

fn obstacle(
    source: &MergeParty<'_>,
    destination: &MergeParty<'_>,
    from: &DeveloperIdentity,
    to: &DeveloperIdentity,
) -> Option<NotMerged> {
    let providers: BTreeSet<_> = source.providers.iter().collect();
    let links = source.providers.len() + destination.providers.len();
    let logins = from.users.len() + to.users.len() + links;
    match (source.status, destination.status) {
        (Status::Disabled, _) | (_, Status::Disabled) => Some(NotMerged::AccountDisabled),
        (Status::Active, Status::Active)
            if destination.providers.iter().any(|one| providers.contains(one)) =>
        {
            Some(NotMerged::SameProvider)
        }
        (Status::Active, Status::Active) if logins > MOST_LOGINS => Some(NotMerged::TooManyLogins),
        (Status::Active, Status::Active) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{MergeParty, Merging, NotMerged, plan};
    use crate::identity_pool::developer_users::DeveloperIdentity;
    use lifeguard_identity::account::{AccountId, Kind, Status};

    const KINDS: [Kind; 3] = [Kind::Directory, Kind::Adapter, Kind::Issuer];
    const STATUSES: [Status; 2] = [Status::Active, Status::Disabled];

    fn id(byte: u8) -> AccountId {
        AccountId::from_random([byte; 16])
    }

    fn known(identity: &str, users: usize) -> DeveloperIdentity {
        let user = |number| id(u8::try_from(number).unwrap());
        DeveloperIdentity { identity: identity.to_owned(), users: (1..=users).map(user).collect() }
    }

    fn party<'a>(id: &'a AccountId, known: &'a DeveloperIdentity) -> MergeParty<'a> {
        MergeParty {
            id,
            kind: Kind::Directory,
            status: Status::Active,
            stored: Some(&known.identity),
            providers: Vec::new(),
            in_pool: Some(known),
        }
    }

    #[track_caller]
    fn check(change: impl FnOnce(&mut MergeParty<'_>, &mut MergeParty<'_>), expected: Merging<'_>) {
        let (one, two, a, b) = (id(1), id(2), known("a", 1), known("b", 1));
        let (mut source, mut destination) = (party(&one, &a), party(&two, &b));
        change(&mut source, &mut destination);
        assert_eq!(plan(&source, &destination), expected);
    }

    #[test]
    fn t56_accounts_that_agree_with_the_pool_are_merged() {
        check(|_, _| {}, Merging::Merge { from: "a", to: "b" });
        check(|source, _| source.stored = None, Merging::Merge { from: "a", to: "b" });
        check(|_, destination| destination.stored = None, Merging::Merge { from: "a", to: "b" });
        let linked = |source: &mut MergeParty<'_>, destination: &mut MergeParty<'_>| {
            source.providers = vec!["google"];
            destination.providers = vec!["apple"];
        };
        check(linked, Merging::Merge { from: "a", to: "b" });
    }

    #[test]
    fn t56_each_obstacle_to_a_merge_has_a_name() {
        use NotMerged::{IdentitiesDiffer, KindsDiffer, NoIdentity, SameAccount, SameProvider};
        let refused = |change: fn(&mut MergeParty<'_>, &mut MergeParty<'_>), why| {
            check(change, Merging::Refuse(why));
        };
        let (one, a) = (id(1), known("a", 1));
        let same = plan(&party(&one, &a), &party(&one, &a));
        assert_eq!(same, Merging::Refuse(SameAccount));
        refused(|source, _| source.kind = Kind::Issuer, KindsDiffer);
        refused(|source, _| source.in_pool = None, NoIdentity);
        refused(|_, destination| destination.in_pool = None, NoIdentity);
        refused(|source, _| source.stored = Some("c"), IdentitiesDiffer);
        refused(|_, destination| destination.stored = Some("c"), IdentitiesDiffer);
        let both = |source: &mut MergeParty<'_>, destination: &mut MergeParty<'_>| {
            source.providers = vec!["apple", "google"];
            destination.providers = vec!["google"];
        };
        refused(both, SameProvider);
    }

    #[test]
    fn identity_has_at_most_20_logins() {
        for (users, expected) in [
            (18, Merging::Merge { from: "a", to: "b" }),
            (19, Merging::Refuse(NotMerged::TooManyLogins)),
        ] {
            let (one, two, a, b) = (id(1), id(2), known("a", users), known("b", 1));
            let source = MergeParty { providers: vec!["google"], ..party(&one, &a) };
            assert_eq!(plan(&source, &party(&two, &b)), expected, "{users}");
        }
    }

    #[test]
    fn interrupted_merge_is_settled_for_every_status() {
        let (one, two, shared) = (id(1), id(2), known("b", 2));
        for status in STATUSES {
            for (stored, expected) in [
                (Some("a"), Merging::Settle { to: "b" }),
                (None, Merging::Settle { to: "b" }),
                (Some("b"), Merging::Settled { to: "b" }),
            ] {
                let source = MergeParty { stored, status, ..party(&one, &shared) };
                assert_eq!(plan(&source, &party(&two, &shared)), expected, "{stored:?}");
            }
        }
    }

    /// Every kind, status, stored identity and identity of the pool on both sides.
    #[test]
    fn t56_only_active_accounts_of_one_kind_are_merged() {
        let (one, two) = (id(1), id(2));
        let pools = [None, Some(known("a", 1)), Some(known("b", 1))];
        let mut sides = Vec::new();
        for kind in KINDS {
            for status in STATUSES {
                for stored in [None, Some("a"), Some("b")] {
                    for in_pool in &pools {
                        sides.push((kind, status, stored, in_pool.as_ref()));
                    }
                }
            }
        }
        let (mut states, mut merges) = (0, 0);
        for &(kind, status, stored, in_pool) in &sides {
            let source = MergeParty { id: &one, kind, status, stored, providers: vec![], in_pool };
            for &(kind, status, stored, in_pool) in &sides {
                let other =
                    MergeParty { id: &two, kind, status, stored, providers: vec![], in_pool };
                states += 1;
                if let Merging::Merge { from, to } = plan(&source, &other) {
                    merges += 1;
                    let both = |status| source.status == status && other.status == status;
                    assert!(both(Status::Active) && source.kind == other.kind && from != to);
                    assert!(source.stored.is_none_or(|stored| stored == from), "{source:?}");
                    assert!(other.stored.is_none_or(|stored| stored == to), "{other:?}");
                }
            }
        }
        assert_eq!((states, merges), (2_916, 24));
    }
}
