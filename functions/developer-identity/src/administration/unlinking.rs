//! Plans the unlinking of an account from an identity that it shares.
//!
//! The identity pool is changed first and the table second, for the same reason as in a merge.

use lifeguard_identity::account::{AccountId, Status};
use thiserror::Error;

use crate::identity_pool::developer_users::DeveloperIdentity;

/// An account, with the facts of table and pool.
#[derive(Clone, Debug)]
pub(crate) struct SharedAccount<'a> {
    pub(crate) id: &'a AccountId,
    pub(crate) status: Status,
    /// The identity in the account's row.
    pub(crate) stored: Option<&'a str>,
    /// The number of linked logins at other providers.
    pub(crate) links: usize,
    /// The identity in the pool, if there is one.
    pub(crate) in_pool: Option<&'a DeveloperIdentity>,
}

/// Plan of an unlinking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unlinking<'a> {
    /// Unlink in the pool, then update the row.
    Unlink { from: &'a str },
    /// The pool has unlinked it; update the row.
    Settle { from: &'a str },
    /// The account cannot be unlinked.
    Refuse(NotUnlinked),
}

/// Reason why an account cannot be unlinked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum NotUnlinked {
    #[error("The account has no identity")]
    NoIdentity,
    #[error("The only account of an identity cannot be unlinked")]
    OnlyAccount,
    #[error("The account has linked logins at other providers; unlink them first")]
    LinksRemain,
    #[error("The table and the identity pool name different identities")]
    IdentitiesDiffer,
}

/// Plans an unlinking.
pub(crate) fn plan<'a>(account: &SharedAccount<'a>) -> Unlinking<'a> {
    let refuse = Unlinking::Refuse;
    match (account.status, account.stored, account.in_pool) {
        (Status::Active | Status::Disabled, None, None) => refuse(NotUnlinked::NoIdentity),
        (Status::Active | Status::Disabled, Some(from), None) => Unlinking::Settle { from },
        (Status::Active | Status::Disabled, stored, Some(in_pool)) => {
            let alone = in_pool.users.iter().all(|user| user == account.id);
            match stored {
                // A sign-in after the change in the pool created another identity.
                Some(from) if from != in_pool.identity && alone => Unlinking::Settle { from },
                Some(from) if from != in_pool.identity => refuse(NotUnlinked::IdentitiesDiffer),
                Some(_) | None if alone => refuse(NotUnlinked::OnlyAccount),
                Some(_) | None if account.links > 0 => refuse(NotUnlinked::LinksRemain),
                Some(_) | None => Unlinking::Unlink { from: &in_pool.identity },
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{NotUnlinked, SharedAccount, Unlinking, plan};
    use crate::identity_pool::developer_users::DeveloperIdentity;
    use lifeguard_identity::account::{AccountId, Status};

    #[track_caller]
    fn check(
        stored: Option<&str>,
        known: Option<(&str, &[u8])>,
        links: usize,
        expected: Unlinking<'_>,
    ) {
        let id = AccountId::from_random([1; 16]);
        let user = |byte: &u8| AccountId::from_random([*byte; 16]);
        let known = known.map(|(identity, users)| DeveloperIdentity {
            identity: identity.to_owned(),
            users: users.iter().map(user).collect(),
        });
        for status in [Status::Active, Status::Disabled] {
            let in_pool = known.as_ref();
            let account = SharedAccount { id: &id, status, stored, links, in_pool };
            assert_eq!(plan(&account), expected);
        }
    }

    #[test]
    fn one_account_of_several_is_unlinked_without_leaving_logins() {
        check(Some("a"), Some(("a", &[1, 2])), 0, Unlinking::Unlink { from: "a" });
        check(None, Some(("a", &[1, 2])), 0, Unlinking::Unlink { from: "a" });
        let refuse = Unlinking::Refuse;
        check(Some("a"), Some(("a", &[1, 2])), 1, refuse(NotUnlinked::LinksRemain));
        check(Some("a"), Some(("a", &[1])), 0, refuse(NotUnlinked::OnlyAccount));
        check(Some("a"), Some(("a", &[1])), 1, refuse(NotUnlinked::OnlyAccount));
        check(None, None, 0, refuse(NotUnlinked::NoIdentity));
    }

    #[test]
    fn interrupted_unlinking_is_settled_and_undoes_no_merge() {
        check(Some("a"), None, 0, Unlinking::Settle { from: "a" });
        check(Some("a"), Some(("b", &[1])), 0, Unlinking::Settle { from: "a" });
        let refused = Unlinking::Refuse(NotUnlinked::IdentitiesDiffer);
        check(Some("a"), Some(("b", &[1, 2])), 0, refused);
    }
}
