//! Password change in the built-in directory: a new password with the current one.

use lifeguard_identity::account::{AccountKey, Kind};
use lifeguard_sign_in::secret::Secret;
use lifeguard_sign_up::email::Email;
use lifeguard_store::accounts::passwords::{NewPassword, Passwords};
use lifeguard_store::accounts::{Account, Attempt, Written};

use crate::fault::Failure;
use crate::invocation::Invocation;
use crate::password::{Comparison, Hashing, MOST_BYTES, verify_typed};
use crate::problem::Problem;
use crate::provider::{Adapters, Provider};
use crate::reason::Reason;
use crate::response::Response;
use crate::sessions::is_valid;
use crate::wire::passwords::ChangePasswordBody;

impl<A: Adapters> Provider<A> {
    /// Changes the password of the account of an access token, and revokes every session. The session
    /// is read first, so that a revoked one counts no attempt. Its attempts have a count of their own:
    /// no caller without a session adds to it.
    pub(crate) async fn change_password(
        &self,
        token: Secret,
        body: &ChangePasswordBody,
        invocation: &Invocation,
    ) -> Result<Response, Failure> {
        self.require_directory()?;
        let ChangePasswordBody { email, current_password: current, new_password: new } = body;
        let now = invocation.now;
        let (token, account) = self.session(token, now).await?;
        let named = Email::parse(email.expose()).map(|email| AccountKey::from_address(&email));
        let same = account.kind == Kind::Directory && named.as_ref() == Some(&account.key);
        if !same || current.expose().len() > MOST_BYTES {
            return Err(not_accepted(Reason::WrongPassword));
        }
        let new = self.admit_password(new, email)?;
        let account = match self.accounts.attempt_change(&account.key, &account.id, now).await? {
            Attempt::Reserved(account) => account.filter(|account| is_valid(&token, account)),
            Attempt::Blocked => return Err(not_accepted(Reason::BlockedPassword)),
        };
        let account = account.ok_or(Problem::NotAuthenticated)?;
        let (compared, _) = verify_typed(&self.hashing, current, account.hash.as_ref());
        match compared {
            Comparison::Right | Comparison::RightButWeak => {}
            Comparison::Wrong => return Err(not_accepted(Reason::WrongPassword)),
        }
        let hash = self.hashing.hash(&new, invocation.salt)?;
        let Account { key, id, version, .. } = account;
        let new = NewPassword { key, id, version, hash };
        match self.accounts.replace(&new).await? {
            Written::Done => Ok(Response::empty("password-changed")),
            // A concurrent request revoked every session between the two writes.
            Written::Refused => Err(Problem::NotAuthenticated.into()),
        }
    }
}

/// Builds the refusal of a current password. Only the log names the reason.
fn not_accepted(reason: Reason) -> Failure {
    Failure::because(Problem::PasswordNotAccepted, reason)
}
