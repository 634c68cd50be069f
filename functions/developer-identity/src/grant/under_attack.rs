//! The code beside a password that is under attack.
//!
//! While the limit of wrong passwords of a name is reached, its password is compared only with the
//! code of a mail. That follows from the count of the name alone, before any comparison, and costs
//! the same calls for every name.

use lifeguard_identity::account::AccountKey;
use lifeguard_identity::token::handle::Flow;
use lifeguard_sign_up::email::Email;
use lifeguard_store::Accounts;
use lifeguard_store::accounts::passwords::Passwords;
use lifeguard_store::accounts::{Account, Attempt};
use lifeguard_store::ties::Holder;

use super::granted::refused;
use crate::command::MailedCode;
use crate::directory::{CodeRequest, Unproved, recipient};
use crate::fault::Failure;
use crate::invocation::Invocation;
use crate::problem::TokenProblem;
use crate::provider::{Adapters, Provider};
use crate::reason::Reason;
use crate::response::Response;

impl<A: Adapters> Provider<A> {
    /// Uses the mailed code up and returns the account that its password may be compared for; a
    /// request without a code is refused, and a mail with one is on its way.
    ///
    /// A right code is accepted again for half a minute, so the passwords beside it are counted in
    /// advance: in the log of the current password, which no anonymous request reaches.
    pub(super) async fn prove_mailbox(
        &self,
        email: &Email,
        mailed: &MailedCode,
        invocation: &Invocation,
    ) -> Result<Option<Account>, Failure> {
        let account = AccountKey::from_address(email);
        let now = invocation.now;
        let found = self.accounts.read(&account, now).await?;
        let Some((handle, code)) = &mailed.given else {
            let key = self.newest_key(now).await?;
            let (_, recipient, person) = recipient(found.as_ref(), email);
            let (flow, tie, language) = (Flow::SignIn, None, mailed.language);
            let holder = Holder::new(found.as_ref().map(|account| &account.id));
            let request = CodeRequest { account, flow, holder, recipient, tie, language, person };
            let answer = self.mail_code(request, &key, invocation).await?;
            let members = [("handle", answer.handle), ("mark", answer.mark)];
            let response = Response::from(TokenProblem::CodeRequired).with_members(members);
            let response = response.because(Reason::BlockedPassword);
            return Err(Failure::Refused(response.with_outcome("code-required")));
        };
        let (handle, key) = self.verify_handle(handle, now).await.map_err(unproved)?;
        if handle.flow != Flow::SignIn || handle.account != account {
            return Err(refused(Reason::ForeignHandle));
        }
        let binding = found.as_ref().map(|account| account.id.as_str());
        self.use_code(&handle, binding, &key, code, now).await.map_err(unproved)?;
        let Some(one) = found else { return Err(refused(Reason::WrongCode)) };
        match self.accounts.attempt_change(&account, &one.id, now).await? {
            Attempt::Reserved(found) => Ok(found),
            Attempt::Blocked => Err(refused(Reason::BlockedPassword)),
        }
    }
}

/// Builds the refusal in the words of the token endpoint.
fn unproved(unproved: Unproved) -> Failure {
    match unproved {
        Unproved::Refused(reason) => refused(reason),
        Unproved::Fault(fault) => Failure::Fault(fault),
    }
}
