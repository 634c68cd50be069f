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

use crate::answer::Answered;
use crate::ask::{Confirm, Register};
use crate::chance::Chance;
use crate::directory::{Recipient, Wanted, not_accepted};
use crate::fault::Failure;
use crate::password::Hashing;
use crate::problem::Problem;
use crate::provider::{Provider, World};
use crate::reason::Reason;

impl<W: World> Provider<W> {
    /// Registers an address. Taken and free addresses are answered alike, after the same calls;
    /// only the note of the challenge says whether anybody is written to.
    pub(crate) async fn register(
        &self,
        register: &Register,
        chance: &Chance,
    ) -> Result<Answered, Failure<Problem>> {
        self.demand_directory()?;
        let (email, password) = self.admit(register)?;
        let registration = Registration {
            key: AccountKey::from_address(&email),
            id: AccountId::from_random(chance.account),
            registration: chance.registration,
            hash: self.hashing.hash(&password, chance.salt)?,
            now: chance.now,
        };
        let key = self.newest_key(chance.now).await?;
        let recipient = match self.accounts.register(&registration).await? {
            Registered::Reserved => Recipient::Somebody {
                address: register.email.expose().to_owned(),
                tie: tie(chance.registration),
            },
            Registered::Taken => Recipient::Nobody,
        };
        let wanted = Wanted {
            account: registration.key,
            flow: Flow::Registration(chance.registration),
            recipient,
            language: register.language,
            // Whether there is an account or not, the row is cleared when its budgets are old.
            person: Existence::Unknown,
        };
        Ok(self.mail_code(wanted, &key, chance).await?.accepted("registration"))
    }

    /// Confirms a registration.
    pub(crate) async fn confirm(
        &self,
        confirm: &Confirm,
        now: u64,
    ) -> Result<Answered, Failure<Problem>> {
        self.demand_directory()?;
        let (handle, key) = self.read_handle(&confirm.handle, now).await?;
        let registration = match handle.flow {
            Flow::Registration(registration) => registration,
            Flow::Recovery(_) => return Err(not_accepted(Reason::ForeignHandle)),
        };
        let tie = tie(registration);
        self.spend_code(&handle, Some(&tie), &key, &confirm.code, now).await?;
        match self.accounts.confirm(&handle.account, registration, now).await? {
            Written::Done => Ok(Answered::empty("confirmed")),
            Written::Refused => Err(not_accepted(Reason::Overtaken)),
        }
    }

    /// The address and the normal form of the password, if the rules of sign-up admit the one and
    /// the other is no common one.
    fn admit(&self, register: &Register) -> Result<(Email, Secret), Failure<Problem>> {
        let address = Address::parse(register.email.expose());
        let sign_up = SignUp {
            origin: SignUpOrigin::Person,
            address: address.clone(),
            attributes: [].into(),
        };
        match sign_up_policy::judge(&self.policy.sign_up, &sign_up) {
            Decision::Admit | Decision::AdmitDespite(_) => {}
            Decision::Refuse(denial) => return Err(Failure::Refused(denial.into())),
        }
        let Address::Usable(email) = address else {
            return Err(Failure::Refused(Problem::AddressNotUsable));
        };
        let password = self.admit_password(&register.password, &register.email)?;
        Ok((email, password))
    }
}

/// A code belongs to the registration that it was mailed for.
fn tie(registration: [u8; 16]) -> String {
    URL_SAFE_NO_PAD.encode(registration)
}
