//! Registration in the built-in directory: an address, a password, and the code of a mail.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use lifeguard_identity::account::{AccountId, AccountKey};
use lifeguard_identity::token::handle::Flow;
use lifeguard_sign_in::automaton::Existence;
use lifeguard_sign_in::secret::Secret;
use lifeguard_sign_up::email::{Address, Email};
use lifeguard_sign_up::sign_up_policy::{self, Decision, Origin as SignUpOrigin, SignUp};
use lifeguard_store::Accounts;
use lifeguard_store::accounts::{Registered, Registration, Written};

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
    /// Registers an e-mail address. Taken and free addresses get the same response after the same
    /// calls; only the pending message of the challenge differs.
    pub(crate) async fn register(
        &self,
        body: &RegisterBody,
        invocation: &Invocation,
    ) -> Result<Response, Failure> {
        self.require_directory()?;
        self.require_open_registration()?;
        let (email, password) = self.admit(body)?;
        // Before it is counted: a registration without the challenge costs no quota.
        self.require_challenge(body.challenge_token.as_ref(), &body.email, invocation).await?;
        let used = self.count_registration(&email, invocation.now).await?;
        let registration = Registration {
            key: AccountKey::from_address(&email),
            id: AccountId::from_random(invocation.account),
            registration: invocation.registration,
            hash: self.hashing.hash(&password, invocation.salt)?,
            now: invocation.now,
        };
        let key = self.newest_key(invocation.now).await?;
        let recipient = match self.accounts.register(&registration).await? {
            Registered::Reserved => Recipient::User {
                address: body.email.expose().to_owned(),
                binding: binding(invocation.registration),
            },
            Registered::Taken => Recipient::UnknownUser,
        };
        let request = CodeRequest {
            account: registration.key,
            flow: Flow::Registration(invocation.registration),
            recipient,
            language: body.locale,
            // The row is cleared when its counters are old, for known and unknown users alike.
            person: Existence::Unknown,
        };
        let answer = self.mail_code(request, &key, invocation).await?;
        Ok(answer.accepted("registration").with_code(used.code()))
    }

    /// Confirms a registration.
    pub(crate) async fn confirm(&self, body: &ConfirmBody, now: u64) -> Result<Response, Failure> {
        self.require_directory()?;
        let (handle, key) = self.verify_handle(&body.handle, now).await?;
        let registration = match handle.flow {
            Flow::Registration(registration) => registration,
            Flow::Recovery(_) => return Err(not_accepted(Reason::ForeignHandle)),
        };
        let binding = binding(registration);
        self.use_code(&handle, Some(&binding), &key, &body.code, now).await?;
        match self.accounts.confirm(&handle.account, registration, now).await? {
            Written::Done => Ok(Response::empty("confirmed")),
            Written::Refused => Err(not_accepted(Reason::Overtaken)),
        }
    }

    /// Returns the e-mail address and the normal form of the password, if the sign-up policy admits
    /// the one and the rules for new passwords the other.
    fn admit(&self, body: &RegisterBody) -> Result<(Email, Secret), Failure> {
        let address = Address::parse(body.email.expose());
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
        let password = self.admit_password(&body.password, &body.email)?;
        Ok((email, password))
    }
}

/// Returns the value that binds a code to the registration of its mail.
fn binding(registration: [u8; 16]) -> String {
    URL_SAFE_NO_PAD.encode(registration)
}
