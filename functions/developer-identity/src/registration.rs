//! Registration in the built-in directory: an address, and then the code of a mail with a password.
//!
//! Nothing is kept of a caller who has proved nothing: no address is reserved and no password is
//! stored. The password comes with the code, from the reader of the mailbox.

use lifeguard_identity::account::{AccountId, AccountKey};
use lifeguard_identity::token::handle::Flow;
use lifeguard_sign_in::automaton::Existence;
use lifeguard_sign_in::secret::Secret;
use lifeguard_sign_up::email::{Address, Email};
use lifeguard_sign_up::sign_up_policy::{self, Decision, Origin as SignUpOrigin, SignUp};
use lifeguard_store::Accounts;
use lifeguard_store::accounts::{Registration, Written};
use lifeguard_store::ties::{Holder, Tie};

use crate::directory::{CodeRequest, Recipient, not_accepted};
use crate::fault::Failure;
use crate::invocation::Invocation;
use crate::password::Hashing;
use crate::problem::Problem;
use crate::provider::{Adapters, Provider};
use crate::reason::Reason;
use crate::response::Response;
use crate::wire::accounts::{ConfirmBody, RegisterBody};

impl<A: Adapters> Provider<A> {
    /// Requests the code that confirms an e-mail address. Taken and free addresses get the same
    /// response after the same calls; only the pending message of the challenge differs.
    pub(crate) async fn register(
        &self,
        body: &RegisterBody,
        invocation: &Invocation,
    ) -> Result<Response, Failure> {
        self.require_directory()?;
        self.require_open_registration()?;
        let email = self.admit_address(&body.email)?;
        // Before it is counted: a registration without the challenge costs no quota.
        self.require_challenge(body.challenge_token.as_ref(), &body.email, invocation).await?;
        let used = self.count_registration(&email, invocation.now).await?;
        let account = AccountKey::from_address(&email);
        let key = self.newest_key(invocation.now).await?;
        let tie = Tie::new(invocation.tie);
        let found = self.accounts.read(&account, invocation.now).await?;
        let holder = Holder::new(found.as_ref().map(|account| &account.id));
        let recipient = match found {
            None => {
                Recipient::User { address: body.email.expose().to_owned(), binding: tie.text() }
            }
            Some(_) => Recipient::UnknownUser,
        };
        let request = CodeRequest {
            account,
            flow: Flow::Registration,
            holder,
            recipient,
            tie: Some(tie),
            language: body.locale,
            // The row is cleared when its counters are old, for known and unknown users alike.
            person: Existence::Unknown,
        };
        let answer = self.mail_code(request, &key, invocation).await?;
        Ok(answer.accepted("registration").with_code(used.code()))
    }

    /// Creates the account of an address with the code of its mail and a password.
    pub(crate) async fn confirm(
        &self,
        body: &ConfirmBody,
        invocation: &Invocation,
    ) -> Result<Response, Failure> {
        self.require_directory()?;
        // Before the code is used up, so that a user can try another password.
        let email = self.admit_address(&body.email)?;
        let password = self.admit_password(&body.password, &body.email)?;
        let now = invocation.now;
        let (handle, key) = self.verify_handle(&body.handle, now).await?;
        let is_own = match handle.flow {
            Flow::Registration => AccountKey::from_address(&email) == handle.account,
            Flow::Recovery(_) | Flow::SignIn => false,
        };
        if !is_own {
            return Err(not_accepted(Reason::ForeignHandle));
        }
        let binding = self.binding_of_registration(&handle.account).await?;
        self.use_code(&handle, binding.as_deref(), &key, &body.code, now).await?;
        // The salt is the handle's, so the same confirmation again makes the same hash and succeeds;
        // another password with the same code finds the account there.
        let registration = Registration {
            key: handle.account,
            id: AccountId::from_random(invocation.account),
            hash: self.hashing.hash(&password, handle.ticket.nonce)?,
        };
        match self.accounts.register(&registration).await? {
            Written::Done => Ok(Response::empty("confirmed")),
            Written::Refused => Err(not_accepted(Reason::Overtaken)),
        }
    }

    /// Returns the e-mail address, if the sign-up policy admits it.
    fn admit_address(&self, typed: &Secret) -> Result<Email, Failure> {
        let address = Address::parse(typed.expose());
        let sign_up = SignUp {
            origin: SignUpOrigin::Person,
            address: address.clone(),
            attributes: [].into(),
        };
        match sign_up_policy::judge(&self.policy.sign_up, &sign_up) {
            Decision::Admit | Decision::AdmitDespite(_) => {}
            Decision::Refuse(denial) => return Err(Problem::from(denial).into()),
        }
        let Address::Usable(email) = address else {
            return Err(Problem::AddressNotUsable.into());
        };
        Ok(email)
    }
}
