//! What everything at the built-in directory has in common: its rules and its mailed codes.

use lifeguard_identity::account::AccountKey;
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
use lifeguard_sign_in::ticket::session_tag;
use lifeguard_sign_in::verdict::{Facts, Verdict, judge};
use lifeguard_store::Challenges;
use lifeguard_store::challenges::{NewChallenge, count};

use crate::answer::Answered;
use crate::chance::Chance;
use crate::fault::{Failure, Fault};
use crate::guessable;
use crate::problem::Problem;
use crate::provider::{Provider, World};
use crate::reason::Reason;
use crate::routes::accounts::HandleAnswer;

/// Only the log says which of handle, code and account was not as it should be.
pub(crate) fn not_accepted(reason: Reason) -> Failure<Problem> {
    Failure::NotAccepted(Problem::CodeNotAccepted, reason)
}

/// A mail with a code that somebody asks for.
pub(crate) struct Wanted {
    pub(crate) account: AccountKey,
    /// What the code is for.
    pub(crate) flow: Flow,
    pub(crate) recipient: Recipient,
    pub(crate) language: Language,
    /// Whose budgets TTL may clear when they are old.
    pub(crate) person: Existence,
}

/// Whom a code is mailed to.
pub(crate) enum Recipient {
    /// Somebody at an address, and what the code belongs to beside the account.
    Somebody { address: String, tie: String },
    /// Nobody, which is not to be seen.
    Nobody,
}

impl<W: World> Provider<W> {
    pub(crate) fn demand_directory(&self) -> Result<(), Failure<Problem>> {
        match self.identity.directory {
            Some(Directory::BuiltIn) => Ok(()),
            Some(Directory::Https { .. }) | None => Err(Failure::Refused(Problem::NotOffered)),
        }
    }

    /// The normal form of a new password of the account with this address, if it is none that
    /// attackers try first.
    pub(crate) fn admit_password(
        &self,
        password: &Secret,
        address: &Secret,
    ) -> Result<Secret, Failure<Problem>> {
        let application = self.policy.application.as_deref().unwrap_or_default();
        let context = [address.expose(), application];
        let judged = guessable::judge(password.expose(), &context);
        judged.map(Secret::new).map_err(Failure::Refused)
    }

    /// Asks for a mail with a code, or for one to nobody, and answers with a handle in both cases.
    pub(crate) async fn mail_code(
        &self,
        wanted: Wanted,
        key: &CodeKey,
        chance: &Chance,
    ) -> Result<HandleAnswer, Failure<Problem>> {
        let Wanted { account, flow, recipient, language, person } = wanted;
        let occasion = occasion_of(flow);
        let outgoing = match recipient {
            Recipient::Somebody { address, tie } => Outgoing {
                delivery: Delivery::Send,
                destination: address,
                sub: tie,
                language,
                user_name: account.as_str().to_owned(),
                redirect: String::new(),
            },
            Recipient::Nobody => Outgoing::without_recipient(),
        };
        let new = NewChallenge {
            row: occasion.row(self.policy.scope.pool(), account.as_str()),
            id: chance.challenge,
            now: chance.now,
            key_version: self.policy.key_version,
            client: occasion.client().to_owned(),
            session: session_tag(&chance.nonce),
            outgoing,
            user: person,
        };
        let issued = self.challenges.issue(&new).await?;
        let ticket = issued.ticket(&new, chance.nonce, Method::EmailOtp);
        let handle = Handle { flow, account, ticket }.mint(key).ok_or(Fault::OutOfRange)?;
        Ok(HandleAnswer { handle: handle.expose().to_owned(), expires_in: CODE_LIFE })
    }

    /// The handle that a text is, if it is one of ours.
    pub(crate) async fn read_handle(
        &self,
        text: &Secret,
        now: u64,
    ) -> Result<(Handle, CodeKey), Failure<Problem>> {
        let foreign = || not_accepted(Reason::ForeignHandle);
        let unverified = Handle::parse(text).ok_or_else(foreign)?;
        let key = self.key(unverified.key_version(), now).await?.ok_or_else(foreign)?;
        let handle = unverified.verify(&key).ok_or_else(foreign)?;
        Ok((handle, key))
    }

    /// Spends the code of a handle; it counts once, and again for the same answer within 30 s. No
    /// code is right where there is nothing that it could belong to.
    pub(crate) async fn spend_code(
        &self,
        handle: &Handle,
        tie: Option<&str>,
        key: &CodeKey,
        code: &Secret,
        now: u64,
    ) -> Result<(), Failure<Problem>> {
        let occasion = occasion_of(handle.flow);
        let (pool, account) = (self.policy.scope.pool(), handle.account.as_str());
        let facts = Facts {
            challenge: &handle.ticket.challenge,
            nonce: &handle.ticket.nonce,
            asked: Some(handle.ticket.asked),
            policy: &occasion::rules(),
            key: Some(key),
            addressee: tie.map(|tie| occasion.addressee(pool, account, tie)),
            answer: code,
            now,
        };
        let judgement = judge(occasion.row(pool, account), facts);
        match count(&self.challenges, &judgement).await? {
            Some(Verdict::Right) => Ok(()),
            Some(Verdict::Wrong) => Err(not_accepted(Reason::WrongCode)),
            None => Err(not_accepted(Reason::UncountedCode)),
        }
    }
}

impl HandleAnswer {
    /// The answer to whoever asked for a code, which says nothing of who has an account.
    pub(crate) fn accepted(&self, word: &'static str) -> Answered {
        Answered::of(202, self, word)
    }
}

const fn occasion_of(flow: Flow) -> Occasion {
    match flow {
        Flow::Registration(_) => Occasion::Registration,
        Flow::Recovery(_) => Occasion::Recovery,
    }
}
