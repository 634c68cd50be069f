//! The person of a request, looked up.

use lifeguard_identity::account::{AccountId, AccountKey};
use lifeguard_policy::identity::Directory;
use lifeguard_runtime::Failure;
use lifeguard_sign_up::directory_name::DirectoryName;
use lifeguard_sign_up::email::Email;
use lifeguard_store::accounts::administration::Administration;

use crate::dependencies::Dependencies;
use crate::fault::{Denial, Fault};
use crate::request::{AccountName, Person};
use crate::users::{User, Users};

/// A person as the user pool and the table of accounts know them.
pub struct Found {
    /// The user name that the triggers see, or that of the request if the pool has no such user.
    pub user_name: Option<String>,
    /// The user, if there is one.
    pub user: Option<User>,
    /// The row of the account, if the request names one that exists or an address.
    pub account: Option<AccountKey>,
}

/// Finds a person.
///
/// # Errors
/// A refusal if the request names no person, a fault if a call of a service failed.
pub async fn find<U: Users, I>(
    dependencies: &Dependencies<U, I>,
    person: &Person,
) -> Result<Found, Failure> {
    let Person { user_name, account } = person;
    if user_name.is_none() && account.is_none() {
        return Err(Failure::refused(Denial::PersonMissing));
    }
    let user = match user_name {
        Some(name) => dependencies
            .users
            .find(dependencies.policy.scope.pool(), name)
            .await
            .map_err(Fault::from)?,
        None => None,
    };
    let account = match account {
        Some(name) => row(dependencies, name).await?,
        None => None,
    };
    // Rows are kept under the name that the triggers see, which may differ from that of the request.
    let seen = user.as_ref().map(|user| user.user_name.clone());
    Ok(Found { user_name: seen.or_else(|| user_name.clone()), user, account })
}

async fn row<U, I>(
    dependencies: &Dependencies<U, I>,
    name: &AccountName,
) -> Result<Option<AccountKey>, Failure> {
    let malformed = || Failure::refused(Denial::PersonMissing);
    match name {
        AccountName::Address(address) => {
            let address = Email::parse(address).ok_or_else(malformed)?;
            Ok(Some(AccountKey::from_address(&address)))
        }
        AccountName::Id(id) => {
            let id = AccountId::parse(id).ok_or_else(malformed)?;
            Ok(dependencies.accounts.find(&id).await.map_err(Fault::from)?)
        }
        AccountName::Adapter(id) => Ok(Some(AccountKey::from_adapter_id(id))),
        AccountName::AdapterName(name) => {
            let name = counted(dependencies, name).ok_or_else(malformed)?;
            Ok(Some(AccountKey::from_adapter_name(&name)))
        }
        AccountName::Issuer { iss, sub } => Ok(Some(AccountKey::from_issuer(iss, sub))),
    }
}

/// Returns a name of the operator's own directory in the form in which attempts are counted.
fn counted<U, I>(dependencies: &Dependencies<U, I>, name: &str) -> Option<DirectoryName> {
    match dependencies.policy.identity.as_ref()?.directory.as_ref()? {
        Directory::BuiltIn => None,
        Directory::Https { names, .. } => DirectoryName::parse(name, *names),
    }
}
