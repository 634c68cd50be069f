//! Another password for somebody who knows the current one.

use lifeguard_identity::account::{AccountKey, Kind};
use lifeguard_sign_up::email::Email;
use lifeguard_store::Accounts;
use lifeguard_store::accounts::passwords::{NewPassword, Passwords};
use lifeguard_store::accounts::{Attempt, Written};

use crate::answer::Answered;
use crate::ask::ChangePassword;
use crate::chance::Chance;
use crate::fault::Failure;
use crate::password::{Hashing, MOST_BYTES, Verified, verify_typed};
use crate::problem::Problem;
use crate::provider::{Provider, World};
use crate::reason::Reason;
use crate::sessions::{REFUSED, lives};

impl<W: World> Provider<W> {
    /// Changes the password of the owner of an access token, and ends every session. The session
    /// is read first, so that one that has ended counts no attempt; what is counted is counted
    /// with the attempts to sign in.
    pub(crate) async fn change_password(
        &self,
        change: ChangePassword,
        chance: &Chance,
    ) -> Result<Answered, Failure<Problem>> {
        self.demand_directory()?;
        let ChangePassword { token, email, current, new } = change;
        let (token, account) = self.session(token, chance.now).await?;
        let named = Email::parse(email.expose()).map(|email| AccountKey::from_address(&email));
        let same = account.kind == Kind::Directory && named.as_ref() == Some(&account.key);
        if !same || current.expose().len() > MOST_BYTES {
            return Err(not_accepted(Reason::WrongPassword));
        }
        let new = self.admit_password(&new, &email)?;
        let account = match self.accounts.attempt(&account.key, chance.now).await? {
            Attempt::Reserved(account) => account.filter(|account| lives(&token, account)),
            Attempt::Blocked => return Err(not_accepted(Reason::BlockedPassword)),
        };
        let account = account.ok_or(REFUSED)?;
        let (verified, _) = verify_typed(&self.hashing, &current, account.hash.as_ref());
        match verified {
            Verified::Right | Verified::RightButWeak => {}
            Verified::Wrong => return Err(not_accepted(Reason::WrongPassword)),
        }
        let hash = self.hashing.hash(&new, chance.salt)?;
        let new = NewPassword { key: account.key, version: account.version, hash };
        match self.accounts.replace(&new).await? {
            Written::Done => Ok(Answered::empty("password-changed")),
            // Everything ended between the two writes, this session too.
            Written::Refused => Err(REFUSED),
        }
    }
}

/// Only the log says what of address and password was not as it should be.
fn not_accepted(reason: Reason) -> Failure<Problem> {
    Failure::NotAccepted(Problem::PasswordNotAccepted, reason)
}
