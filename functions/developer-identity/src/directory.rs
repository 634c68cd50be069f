//! Rules and mailed codes of the built-in directory.

use lifeguard_identity::account::{AccountKey, Kind, Status};
use lifeguard_identity::token::handle::{Flow, Handle};
use lifeguard_policy::identity::Directory;
use lifeguard_sign_in::automaton::Existence;
use lifeguard_sign_in::budget::CODE_LIFE;
use lifeguard_sign_in::client_policy::Method;
use lifeguard_sign_in::code_key::CodeKey;
use lifeguard_sign_in::language::Language;
use lifeguard_sign_in::occasion::{self, Occasion};
use lifeguard_sign_in::outgoing::{Delivery, Outgoing};
use lifeguard_sign_in::secret::Secret;
use lifeguard_sign_in::ticket::{mark, session_tag};
use lifeguard_sign_in::verdict::{Facts, Verdict, judge};
use lifeguard_sign_up::email::Email;
use lifeguard_store::Ties;
use lifeguard_store::accounts::Account;
use lifeguard_store::challenges::{Issued, NewChallenge, count};
use lifeguard_store::ties::{Holder, Tie};

use crate::fault::{Failure, Fault};
use crate::guessable;
use crate::invocation::Invocation;
use crate::problem::Problem;
use crate::provider::{Adapters, Provider};
use crate::reason::Reason;
use crate::response::Response;
use crate::wire::accounts::HandleAnswer;

/// Builds the refusal of a code. Only the log names the reason.
pub(crate) fn not_accepted(reason: Reason) -> Failure {
    Failure::because(Problem::CodeNotAccepted, reason)
}

/// Reason why a code proves nothing. Each route has its own words for it.
pub(crate) enum Unproved {
    /// The handle or the code is not accepted.
    Refused(Reason),
    /// A fault; the log names it.
    Fault(Fault),
}

impl<E: Into<Fault>> From<E> for Unproved {
    fn from(fault: E) -> Self {
        Self::Fault(fault.into())
    }
}

/// The words of the directory's own routes.
impl From<Unproved> for Failure {
    fn from(unproved: Unproved) -> Self {
        match unproved {
            Unproved::Refused(reason) => not_accepted(reason),
            Unproved::Fault(fault) => Self::Fault(fault),
        }
    }
}

/// A request for a mail with a code.
pub(crate) struct CodeRequest {
    pub(crate) account: AccountKey,
    /// The purpose of the code.
    pub(crate) flow: Flow,
    /// The account of the address, if it has one.
    pub(crate) holder: Holder,
    pub(crate) recipient: Recipient,
    /// The value that the codes of a registration are tied to, which the row keeps.
    pub(crate) tie: Option<Tie>,
    pub(crate) language: Language,
    /// A known or an unknown user; TTL clears only the rows of unknown users.
    pub(crate) person: Existence,
}

/// Recipient of a mail with a code.
pub(crate) enum Recipient {
    /// A user with an e-mail address, and the value that the code is bound to beside the account.
    User { address: String, binding: String },
    /// None: the same calls are made, and no mail is sent.
    UnknownUser,
}

impl<A: Adapters> Provider<A> {
    /// Refuses a request if the built-in directory is not enabled.
    pub(crate) fn require_directory(&self) -> Result<(), Failure> {
        match self.identity.directory {
            Some(Directory::BuiltIn) => Ok(()),
            Some(Directory::Https { .. }) | None => Err(Problem::NotOffered.into()),
        }
    }

    /// Returns the normal form of a new password of the account with this address, if the rules for
    /// new passwords admit it.
    pub(crate) fn admit_password(
        &self,
        password: &Secret,
        address: &Secret,
    ) -> Result<Secret, Failure> {
        let application = self.policy.application.as_deref().unwrap_or_default();
        let context = [address.expose(), application];
        Ok(Secret::new(guessable::judge(password.expose(), &context)?))
    }

    /// Issues a challenge with or without a mail, and returns a handle in both cases.
    pub(crate) async fn mail_code(
        &self,
        request: CodeRequest,
        key: &CodeKey,
        invocation: &Invocation,
    ) -> Result<HandleAnswer, Failure> {
        let CodeRequest { account, flow, holder, recipient, tie, language, person } = request;
        let occasion = occasion_of(flow);
        let outgoing = match recipient {
            Recipient::User { address, binding } => Outgoing {
                delivery: Delivery::Send,
                destination: address,
                sub: binding,
                language,
                user_name: account.as_str().to_owned(),
                redirect: String::new(),
            },
            Recipient::UnknownUser => Outgoing::without_recipient(),
        };
        let new = NewChallenge {
            row: occasion.row(self.policy.scope.pool(), account.as_str()),
            id: invocation.challenge,
            now: invocation.now,
            key_version: self.policy.key_version,
            client: occasion.client().to_owned(),
            session: session_tag(&invocation.nonce),
            outgoing,
            user: person,
        };
        let issued = self.challenges.issue_for(&new, &holder, tie.as_ref()).await?;
        let ticket = answerable(issued)?.ticket(&new, invocation.nonce, Method::EmailOtp);
        let handle = Handle { flow, account, ticket }.mint(key).ok_or(Fault::OutOfRange)?;
        let mark = mark(&new.session);
        Ok(HandleAnswer { handle: handle.expose().to_owned(), mark, expires_in: CODE_LIFE })
    }

    /// Verifies a handle.
    pub(crate) async fn verify_handle(
        &self,
        text: &Secret,
        now: u64,
    ) -> Result<(Handle, CodeKey), Unproved> {
        let foreign = || Unproved::Refused(Reason::ForeignHandle);
        let unverified = Handle::parse(text).ok_or_else(foreign)?;
        let key = self.key(unverified.key_version(), now).await?.ok_or_else(foreign)?;
        let handle = unverified.verify(&key).ok_or_else(foreign)?;
        Ok((handle, key))
    }

    /// Returns the value that the codes of a registration are tied to beside the address.
    pub(crate) async fn binding_of_registration(
        &self,
        account: &AccountKey,
    ) -> Result<Option<String>, Failure> {
        let row = Occasion::Registration.row(self.policy.scope.pool(), account.as_str());
        Ok(self.challenges.tie(&row).await?.map(|tie| tie.text()))
    }

    /// Uses the code of a handle up; the same code is right again for 30 seconds. Without a binding
    /// no code is right.
    pub(crate) async fn use_code(
        &self,
        handle: &Handle,
        binding: Option<&str>,
        key: &CodeKey,
        code: &Secret,
        now: u64,
    ) -> Result<(), Unproved> {
        let occasion = occasion_of(handle.flow);
        let (pool, account) = (self.policy.scope.pool(), handle.account.as_str());
        let facts = Facts {
            challenge: &handle.ticket.challenge,
            nonce: &handle.ticket.nonce,
            asked: Some(handle.ticket.asked),
            policy: &occasion::rules(),
            key: Some(key),
            addressee: binding.map(|binding| occasion.addressee(pool, account, binding)),
            answer: code,
            now,
        };
        let judgement = judge(occasion.row(pool, account), facts);
        match count(&self.challenges, &judgement).await? {
            Some(Verdict::Right) => Ok(()),
            Some(Verdict::Late | Verdict::Wrong) => Err(Unproved::Refused(Reason::WrongCode)),
            None => Err(Unproved::Refused(Reason::UncountedCode)),
        }
    }
}

impl HandleAnswer {
    /// Builds the response to a request for a code, the same for known and unknown users.
    pub(crate) fn accepted(&self, outcome: &'static str) -> Response {
        Response::json(202, self, outcome)
    }
}

/// Rejects the result that the layout of a row leaves no way to: no code would fit its handle.
fn answerable(issued: Issued) -> Result<Issued, Fault> {
    match issued {
        Issued::Fresh(_) | Issued::Again(_) | Issued::Joined(_) => Ok(issued),
        Issued::Unanswerable => Err(Fault::NoChallenge),
    }
}

/// A version that no account has.
const NO_VERSION: u64 = 0;

/// Returns the version of an account, the recipient of its mail, and whether its counters stay. The
/// code is bound to the id of the account. That id is random and in no handle, so the code key alone
/// makes no code, and the next account in the row of an erased one has another id.
pub(crate) fn recipient(account: Option<&Account>, email: &Email) -> (u64, Recipient, Existence) {
    let directory = account.filter(|account| account.kind == Kind::Directory);
    match directory.map(|account| (account.status, account)) {
        Some((Status::Active, account)) => {
            // The normal form of the domain: no other address was ever confirmed.
            let address = format!("{}@{}", email.local(), email.domain().as_str());
            let binding = account.id.as_str().to_owned();
            (account.version, Recipient::User { address, binding }, Existence::Known)
        }
        Some((Status::Disabled, _)) => (NO_VERSION, Recipient::UnknownUser, Existence::Known),
        None => (NO_VERSION, Recipient::UnknownUser, Existence::Unknown),
    }
}

const fn occasion_of(flow: Flow) -> Occasion {
    match flow {
        Flow::Registration => Occasion::Registration,
        Flow::Recovery(_) => Occasion::Recovery,
        Flow::SignIn => Occasion::SignIn,
    }
}

#[cfg(test)]
mod tests {
    use super::answerable;
    use lifeguard_sign_in::ticket::Challenge;
    use lifeguard_store::challenges::Issued;

    #[test]
    fn row_without_a_challenge_is_a_fault() {
        let challenge = Challenge { id: [1; 16], number: 1, issued: 1, life: 600, key_version: 1 };
        for issued in [
            Issued::Fresh(challenge.clone()),
            Issued::Again(challenge.clone()),
            Issued::Joined(challenge),
        ] {
            assert_eq!(answerable(issued.clone()).unwrap(), issued);
        }
        assert!(answerable(Issued::Unanswerable).is_err());
    }
}
