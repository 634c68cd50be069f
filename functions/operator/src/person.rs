//! Whom a request is about.

use lifeguard_identity::account::{AccountId, AccountKey};
use lifeguard_policy::identity::Directory;
use lifeguard_runtime::Failure;
use lifeguard_sign_up::directory_name::DirectoryName;
use lifeguard_sign_up::email::Email;
use lifeguard_store::accounts::administration::Administration;

use crate::request::{AccountName, Person};
use crate::users::{User, Users};
use crate::{Denial, Desk, Fault};

/// A person as the user pool and the table of accounts know them.
pub struct Found {
    /// What the pool's triggers call the person, or what the request did, if the pool knows nobody.
    pub user_name: Option<String>,
    /// The user, if there is one.
    pub user: Option<User>,
    /// The row of the account, if the request names one that exists or an address.
    pub account: Option<AccountKey>,
}

/// Finds a person.
///
/// # Errors
/// A refusal if the request names nobody, a fault if a service brought no answer.
pub async fn find<U: Users, I>(desk: &Desk<U, I>, person: &Person) -> Result<Found, Failure> {
    let Person { user_name, account } = person;
    if user_name.is_none() && account.is_none() {
        return Err(Failure::refused(Denial::NobodyNamed));
    }
    let user = match user_name {
        Some(name) => desk.users.find(desk.policy.scope.pool(), name).await.map_err(Fault::from)?,
        None => None,
    };
    let account = match account {
        Some(name) => row(desk, name).await?,
        None => None,
    };
    // Rows are kept under the name that the triggers see, which need not be the one asked for.
    let seen = user.as_ref().map(|user| user.user_name.clone());
    Ok(Found { user_name: seen.or_else(|| user_name.clone()), user, account })
}

async fn row<U, I>(desk: &Desk<U, I>, name: &AccountName) -> Result<Option<AccountKey>, Failure> {
    let unreadable = || Failure::refused(Denial::NobodyNamed);
    match name {
        AccountName::Address(address) => {
            let address = Email::parse(address).ok_or_else(unreadable)?;
            Ok(Some(AccountKey::from_address(&address)))
        }
        AccountName::Id(id) => {
            let id = AccountId::parse(id).ok_or_else(unreadable)?;
            Ok(desk.accounts.find(&id).await.map_err(Fault::from)?)
        }
        AccountName::Adapter(id) => Ok(Some(AccountKey::from_adapter_id(id))),
        AccountName::AdapterName(name) => {
            let name = counted(desk, name).ok_or_else(unreadable)?;
            Ok(Some(AccountKey::from_adapter_name(&name)))
        }
        AccountName::Issuer { iss, sub } => Ok(Some(AccountKey::from_issuer(iss, sub))),
    }
}

/// A name of the operator's own directory as its attempts are counted.
fn counted<U, I>(desk: &Desk<U, I>, name: &str) -> Option<DirectoryName> {
    match desk.policy.identity.as_ref()?.directory.as_ref()? {
        Directory::BuiltIn => None,
        Directory::Https { names, .. } => DirectoryName::parse(name, *names),
    }
}
