//! What the challenge triggers ask of the table.

use sign_in::automaton::Person;
use sign_in::client_policy::Method;
use sign_in::outgoing::Outgoing;
use sign_in::row::RowKey;
use sign_in::ticket::Challenge;
use sign_in::verdict::Judgement;

use crate::fault::StoreFault;

/// A challenge that is asked for.
#[derive(Clone, Debug)]
pub struct NewChallenge {
    /// The row of the person and factor.
    pub row: RowKey,
    /// Random.
    pub id: [u8; 16],
    /// Now, in seconds since 1970.
    pub now: u64,
    /// From when on the challenge is dead.
    pub expires: u64,
    /// The version of the code key.
    pub key_version: u16,
    /// The app client.
    pub client: String,
    /// The method.
    pub method: Method,
    /// A tag of the session's nonce.
    pub session: [u8; 8],
    /// What the message needs.
    pub outgoing: Outgoing,
    /// Rows of names that belong to nobody are cleared by TTL.
    pub person: Person,
}

/// What asking for a challenge came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Issued {
    /// A new challenge; its message is on its way.
    Fresh(Challenge),
    /// The challenge that this same session caused a moment ago: the trigger was invoked again.
    Again(Challenge),
    /// The newest live challenge of the same client and method, caused by another session: asked
    /// for within the gap, or over the budget of messages.
    Joined(Challenge),
    /// Over the budget, and nothing to join: the caller makes a challenge that no answer fits.
    Blank,
}

/// What recording a verdict came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recorded {
    /// It was written: a right answer now counts, once.
    Counted,
    /// The same right answer of the same session was counted within the last 30 s.
    Repeated,
    /// It was not written: the challenge is spent, a budget is exhausted, or the same wrong
    /// answer was counted already.
    Refused,
}

/// The challenge rows, one for each person and factor. Every operation is one conditional write.
pub trait Challenges {
    /// Issues a challenge, or finds the one to join.
    ///
    /// # Errors
    /// [`StoreFault`] if the table brought no answer.
    fn issue(&self, new: &NewChallenge) -> impl Future<Output = Result<Issued, StoreFault>> + Send;

    /// Records a verdict; a right answer counts only once this returned [`Recorded::Counted`] or
    /// [`Recorded::Repeated`].
    ///
    /// # Errors
    /// [`StoreFault`] if the table brought no answer: then the answer is not right.
    fn record(
        &self,
        judgement: &Judgement,
    ) -> impl Future<Output = Result<Recorded, StoreFault>> + Send;
}
