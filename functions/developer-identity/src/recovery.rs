//! Password recovery in the built-in directory: a new password with the code of a mail.

use lifeguard_identity::account::AccountKey;
use lifeguard_identity::token::handle::Flow;
use lifeguard_sign_up::email::Email;
use lifeguard_store::Accounts;
use lifeguard_store::accounts::passwords::{NewPassword, Passwords};
use lifeguard_store::accounts::{Account, Written};

use crate::command::Scope;
use crate::directory::{CodeRequest, not_accepted, recipient};
use crate::fault::Failure;
use crate::grant::NotBegun;
use crate::invocation::Invocation;
use crate::password::Hashing;
use crate::problem::Problem;
use crate::provider::{Adapters, Provider};
use crate::reason::Reason;
use crate::response::Response;
use crate::wire::passwords::{ConfirmRecoveryBody, RecoverBody};

impl<A: Adapters> Provider<A> {
    /// Requests the code of a recovery. Known and unknown users get the same response after the same
    /// calls; only the pending message of the challenge differs.
    pub(crate) async fn recover(
        &self,
        body: &RecoverBody,
        invocation: &Invocation,
    ) -> Result<Response, Failure> {
        self.require_directory()?;
        // A malformed address belongs to no user, which reveals nothing.
        let email = Email::parse(body.email.expose()).ok_or(Problem::AddressNotUsable)?;
        let account = AccountKey::from_address(&email);
        let key = self.newest_key(invocation.now).await?;
        let found = self.accounts.read(&account, invocation.now).await?;
        let (version, recipient, person) = recipient(found.as_ref(), &email);
        let flow = Flow::Recovery(version);
        let (language, tie) = (body.locale, None);
        let request = CodeRequest { account, flow, recipient, tie, language, person };
        Ok(self.mail_code(request, &key, invocation).await?.accepted("recovery"))
    }

    /// Sets a new password with the code of a recovery, revokes every session, and begins one. The
    /// code is the proof: no count of wrong passwords is a condition of any step.
    pub(crate) async fn confirm_recovery(
        &self,
        body: &ConfirmRecoveryBody,
        scope: Scope,
        invocation: &Invocation,
    ) -> Result<Response, Failure> {
        self.require_directory()?;
        if !self.is_first_party(&body.client_id) {
            return Err(Problem::UnauthorizedClient.into());
        }
        let now = invocation.now;
        let (handle, key) = self.verify_handle(&body.handle, now).await?;
        let version = match handle.flow {
            Flow::Recovery(version) => version,
            Flow::Registration | Flow::SignIn => {
                return Err(not_accepted(Reason::ForeignHandle));
            }
        };
        let foreign = || not_accepted(Reason::ForeignHandle);
        let email = Email::parse(body.email.expose()).ok_or_else(foreign)?;
        if AccountKey::from_address(&email) != handle.account {
            return Err(foreign());
        }
        // Before the code is used up, so that a user can try another password.
        let password = self.admit_password(&body.new_password, &body.email)?;
        let found = self.accounts.read(&handle.account, now).await?;
        let binding = found.as_ref().map(|account| account.id.as_str());
        self.use_code(&handle, binding, &key, &body.code, now).await?;
        let Some(account) = found else { return Err(not_accepted(Reason::WrongCode)) };
        // The salt is the handle's, so the same confirmation again makes the same hash and succeeds;
        // another password with the same code finds a higher version.
        let hash = self.hashing.hash(&password, handle.ticket.nonce)?;
        let new = NewPassword { key: handle.account, id: account.id.clone(), version, hash };
        match self.accounts.replace(&new).await? {
            Written::Done => {}
            Written::Refused => return Err(not_accepted(Reason::Overtaken)),
        }
        let account = replaced(account, version);
        self.sign_in(account, scope, invocation, "recovered").await.map_err(not_begun)
    }
}

/// Returns an account as it is after the password of this version was replaced.
fn replaced(account: Account, version: u64) -> Account {
    Account {
        version: version + 1,
        families: Vec::new(),
        credentials: Vec::new(),
        nonces: Vec::new(),
        ..account
    }
}

/// Builds the refusal of a session after the password was set.
fn not_begun(reason: NotBegun) -> Failure {
    match reason {
        NotBegun::TooManySessions => Problem::InvalidScope.into(),
        NotBegun::Overtaken => not_accepted(Reason::Overtaken),
        NotBegun::Fault(fault) => Failure::Fault(fault),
    }
}
