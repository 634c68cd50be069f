//! Registration in the built-in directory: an address, a password, and the code of a mail.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use identity::account::{AccountId, AccountKey};
use identity::token::handle::{Flow, Handle};
use policy::identity::Directory;
use sign_in::automaton::Person;
use sign_in::budget::CODE_LIFE;
use sign_in::client_policy::Method;
use sign_in::occasion::{self, Occasion};
use sign_in::outgoing::{Delivery, Outgoing};
use sign_in::row::RowKey;
use sign_in::ticket::{Ticket, session_tag};
use sign_in::verdict::{Facts, judge};
use sign_up::email::{Address, Email};
use sign_up::sign_up_policy::{self, Decision, Origin as SignUpOrigin, SignUp};
use store::accounts::{Registered, Registration, Written};
use store::challenges::{NewChallenge, Settled, settle};
use store::{Accounts, Challenges, StoreFault};

use crate::answer::Answered;
use crate::ask::{Confirm, Register};
use crate::chance::Chance;
use crate::fault::{Failure, Fault};
use crate::guessable;
use crate::password::Hashing;
use crate::problem::Problem;
use crate::provider::{Provider, World};
use crate::routes::accounts::RegisterAnswer;

impl<W: World> Provider<W> {
    /// Registers an address. Taken and free addresses are answered alike, after the same calls;
    /// only the note of the challenge says whether anybody is written to.
    pub(crate) async fn register(
        &self,
        register: &Register,
        chance: &Chance,
    ) -> Result<Answered, Failure<Problem>> {
        self.demand_directory()?;
        let email = self.admit(register)?;
        let salt = chance.salt;
        let registration = Registration {
            key: AccountKey::of_address(&email),
            id: AccountId::draw(chance.account),
            registration: chance.registration,
            hash: self.hashing.hash(&register.password, salt)?,
            now: chance.now,
        };
        let key = self.newest_key(chance.now).await?;
        let outgoing = match self.accounts.register(&registration).await? {
            Registered::Reserved => Outgoing {
                delivery: Delivery::Send,
                destination: register.email.expose().to_owned(),
                sub: nonce_text(&chance.registration),
                locale: register.locale.clone(),
                user_name: registration.key.as_str().to_owned(),
                redirect: String::new(),
            },
            Registered::Taken => Outgoing::nobody(),
        };
        let ticket = self.challenge(&registration.key, outgoing, chance).await?;
        let (account, nonce) = (registration.key, chance.registration);
        let handle = Handle { flow: Flow::Registration, account, nonce, ticket };
        let handle = handle.mint(&key).ok_or(Fault::OutOfRange)?;
        let body = RegisterAnswer { handle: handle.expose().to_owned(), expires_in: CODE_LIFE };
        Ok(Answered::of(202, &body, "registration"))
    }

    /// Confirms a registration.
    pub(crate) async fn confirm(
        &self,
        confirm: &Confirm,
        now: u64,
    ) -> Result<Answered, Failure<Problem>> {
        self.demand_directory()?;
        let refused = || Failure::Refused(Problem::CodeNotAccepted);
        let unverified = Handle::read(&confirm.handle).ok_or_else(refused)?;
        let key = self.key(unverified.key_version(), now).await?.ok_or_else(refused)?;
        let handle = unverified.verify(&key).ok_or_else(refused)?;
        let occasion = match handle.flow {
            Flow::Registration => Occasion::Registration,
            Flow::Recovery => return Err(refused()),
        };
        let nonce = nonce_text(&handle.nonce);
        let account = handle.account.as_str();
        let pool = self.policy.scope.pool();
        let facts = Facts {
            challenge: &handle.ticket.challenge,
            nonce: &handle.ticket.nonce,
            policy: &occasion::rules(),
            key: Some(&key),
            addressee: Some(occasion.addressee(pool, account, &nonce)),
            answer: &confirm.code,
            now,
        };
        let judgement = judge(RowKey::of(pool, occasion.factor(), account), facts);
        match settle(&self.challenges, &judgement).await? {
            Settled::Right => {}
            Settled::Wrong | Settled::Refused => return Err(refused()),
        }
        match self.accounts.confirm(&handle.account, handle.nonce, now).await? {
            Written::Done => Ok(Answered::empty("confirmed")),
            Written::Refused => Err(refused()),
        }
    }

    fn demand_directory(&self) -> Result<(), Failure<Problem>> {
        match self.identity.directory {
            Some(Directory::BuiltIn) => Ok(()),
            Some(Directory::Https { .. }) | None => Err(Failure::Refused(Problem::NotOffered)),
        }
    }

    /// The address, if the rules of sign-up admit it and the password is no common one.
    fn admit(&self, register: &Register) -> Result<Email, Failure<Problem>> {
        let text = register.email.expose();
        let address = Address::of(text);
        let sign_up = SignUp {
            origin: SignUpOrigin::Person,
            address: address.clone(),
            attributes: [].into(),
        };
        match sign_up_policy::judge(&self.policy.sign_up, &sign_up) {
            Decision::Admit(_) | Decision::AdmitDespite(..) => {}
            Decision::Refuse(denial) => return Err(Failure::Refused(denial.into())),
        }
        let Address::Usable(email) = address else {
            return Err(Failure::Refused(Problem::AddressNotUsable));
        };
        let application = self.policy.application.as_deref().unwrap_or_default();
        guessable::judge(register.password.expose(), &[text, application])
            .map_err(Failure::Refused)?;
        Ok(email)
    }

    /// Asks for the mail of a registration.
    async fn challenge(
        &self,
        account: &AccountKey,
        outgoing: Outgoing,
        chance: &Chance,
    ) -> Result<Ticket, StoreFault> {
        let occasion = Occasion::Registration;
        let new = NewChallenge {
            row: RowKey::of(self.policy.scope.pool(), occasion.factor(), account.as_str()),
            id: chance.challenge,
            now: chance.now,
            expires: chance.now + CODE_LIFE,
            key_version: self.policy.key_version,
            client: occasion.client().to_owned(),
            method: Method::EmailOtp,
            session: session_tag(&chance.nonce),
            outgoing,
            // Whether there is an account or not, the row is cleared when its budgets are old.
            person: Person::Unknown,
        };
        Ok(self.challenges.issue(&new).await?.ticket(&new, chance.nonce))
    }
}

fn nonce_text(nonce: &[u8; 16]) -> String {
    URL_SAFE_NO_PAD.encode(nonce)
}
