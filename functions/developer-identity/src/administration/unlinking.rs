//! May an account be taken off its identity, and what is there to do?
//!
//! The identity pool first and the table second, for the reason that merging has.

use lifeguard_identity::account::{AccountId, Status};
use thiserror::Error;

use crate::identity_pool::developer_users::Known;

/// An account, as table and pool know it.
#[derive(Clone, Debug)]
pub(crate) struct Standing<'a> {
    pub(crate) id: &'a AccountId,
    pub(crate) status: Status,
    /// The identity in the account's row.
    pub(crate) stored: Option<&'a str>,
    /// How many logins of other providers lead to the account.
    pub(crate) links: usize,
    /// What the pool knows, if anything.
    pub(crate) known: Option<&'a Known>,
}

/// What there is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unlinking<'a> {
    /// The pool is to be asked, and the row is to follow.
    Unlink { from: &'a str },
    /// The pool has done it; the row is to follow.
    Settle { from: &'a str },
    /// It is not to be.
    Refuse(NotUnlinked),
}

/// Why an account stays on its identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum NotUnlinked {
    #[error("An account that is not confirmed has no identity")]
    NotConfirmed,
    #[error("The account has no identity")]
    NoIdentity,
    #[error("The only account of an identity is not unlinked")]
    OnlyAccount,
    #[error("Logins of other providers lead to this account and would stay behind")]
    LinksRemain,
    #[error("The table and the identity pool name different identities")]
    IdentitiesDiffer,
}

/// Decides what there is to do.
pub(crate) fn plan<'a>(account: &Standing<'a>) -> Unlinking<'a> {
    let refuse = Unlinking::Refuse;
    match (account.status, account.stored, account.known) {
        (Status::Pending, _, _) => refuse(NotUnlinked::NotConfirmed),
        (Status::Active | Status::Disabled, None, None) => refuse(NotUnlinked::NoIdentity),
        (Status::Active | Status::Disabled, Some(from), None) => Unlinking::Settle { from },
        (Status::Active | Status::Disabled, stored, Some(known)) => {
            let alone = known.users.iter().all(|user| user == account.id);
            match stored {
                // Somebody tried to sign in after the pool had done it, and was given another.
                Some(from) if from != known.identity && alone => Unlinking::Settle { from },
                Some(from) if from != known.identity => refuse(NotUnlinked::IdentitiesDiffer),
                Some(_) | None if alone => refuse(NotUnlinked::OnlyAccount),
                Some(_) | None if account.links > 0 => refuse(NotUnlinked::LinksRemain),
                Some(_) | None => Unlinking::Unlink { from: &known.identity },
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{NotUnlinked, Standing, Unlinking, plan};
    use crate::identity_pool::developer_users::Known;
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
        let known = known.map(|(identity, users)| Known {
            identity: identity.to_owned(),
            users: users.iter().map(user).collect(),
        });
        for status in [Status::Active, Status::Disabled] {
            let known = known.as_ref();
            let account = Standing { id: &id, status, stored, links, known };
            assert_eq!(plan(&account), expected);
            let pending = Standing { status: Status::Pending, ..account };
            assert_eq!(plan(&pending), Unlinking::Refuse(NotUnlinked::NotConfirmed));
        }
    }

    #[test]
    fn one_account_of_several_is_unlinked_and_no_login_stays_behind() {
        check(Some("a"), Some(("a", &[1, 2])), 0, Unlinking::Unlink { from: "a" });
        check(None, Some(("a", &[1, 2])), 0, Unlinking::Unlink { from: "a" });
        let refuse = Unlinking::Refuse;
        check(Some("a"), Some(("a", &[1, 2])), 1, refuse(NotUnlinked::LinksRemain));
        check(Some("a"), Some(("a", &[1])), 0, refuse(NotUnlinked::OnlyAccount));
        check(Some("a"), Some(("a", &[1])), 1, refuse(NotUnlinked::OnlyAccount));
        check(None, None, 0, refuse(NotUnlinked::NoIdentity));
    }

    #[test]
    fn an_unlinking_that_stopped_in_between_is_settled_and_a_merge_is_not_undone_by_it() {
        check(Some("a"), None, 0, Unlinking::Settle { from: "a" });
        check(Some("a"), Some(("b", &[1])), 0, Unlinking::Settle { from: "a" });
        let refused = Unlinking::Refuse(NotUnlinked::IdentitiesDiffer);
        check(Some("a"), Some(("b", &[1, 2])), 0, refused);
    }
}
