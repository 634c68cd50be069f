//! Operations of the challenge triggers on the table.

use lifeguard_sign_in::automaton::Existence;
use lifeguard_sign_in::budget::CODE_LIFE;
use lifeguard_sign_in::client_policy::Method;
use lifeguard_sign_in::code::CodeLength;
use lifeguard_sign_in::outgoing::Outgoing;
use lifeguard_sign_in::row::RowKey;
use lifeguard_sign_in::ticket::{Challenge, Origin, Ticket};
use lifeguard_sign_in::verdict::{Judgement, Verdict};

use crate::error::StoreError;

/// A challenge that is asked for.
#[derive(Clone, Debug)]
pub struct NewChallenge {
    /// The row of the user, factor and client.
    pub row: RowKey,
    /// Random.
    pub id: [u8; 16],
    /// Now, in seconds since 1970.
    pub now: u64,
    /// The version of the code key.
    pub key_version: u16,
    /// The app client.
    pub client: String,
    /// A tag of the session's nonce.
    pub session: [u8; 8],
    /// Note of the message.
    pub outgoing: Outgoing,
    /// Rows of unknown names are cleared by TTL.
    pub user: Existence,
}

/// Result of asking for a challenge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Issued {
    /// A new challenge; its message is on its way.
    Fresh(Challenge),
    /// The challenge that this same session caused a moment ago: the trigger was invoked again.
    Again(Challenge),
    /// The newest challenge, caused by another session: asked for before another mail may go. It
    /// is valid, because a long code outlives the gap.
    Joined(Challenge),
    /// No challenge: its ticket is one that no answer fits. The layout of the row leaves no way to
    /// it, so it is a fault to look into.
    Unanswerable,
}

/// Result of recording a verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recorded {
    /// It was written: a right answer now counts, once.
    Counted,
    /// The same right answer of the same session was counted within the last 30 s.
    Repeated,
    /// It was not written: the challenge is spent, a limit is reached, or the same wrong answer was
    /// counted already.
    Refused,
}

impl Issued {
    /// Returns the ticket of the session that asked, by the method that it named.
    #[must_use]
    pub fn ticket(self, new: &NewChallenge, nonce: [u8; 16], asked: Method) -> Ticket {
        let (challenge, origin) = match self {
            Self::Fresh(challenge) | Self::Again(challenge) => (challenge, Origin::Caused),
            Self::Joined(challenge) => (challenge, Origin::Joined),
            Self::Unanswerable => (unanswerable(new), Origin::Caused),
        };
        Ticket { challenge, nonce, origin, asked }
    }
}

/// A challenge that looks like any other and that no answer fits.
fn unanswerable(new: &NewChallenge) -> Challenge {
    Challenge {
        id: new.id,
        number: 0,
        issued: new.now,
        life: CODE_LIFE,
        key_version: new.key_version,
    }
}

/// Records a verdict and returns it, right or wrong; `None` if it was not counted, so that the answer is not right.
/// A wrong link or long code is no guess worth counting: its chance is at most 2⁻⁸⁰, and it must
/// not spend the limits of short codes. A late answer is right if it was counted right in time:
/// promise 3, the same event gets the same verdict, also across the end of a code.
///
/// # Errors
/// [`StoreError`] if the table did not answer: then the answer is not right.
pub async fn count(
    challenges: &impl Challenges,
    judgement: &Judgement,
) -> Result<Option<Verdict>, StoreError> {
    if judgement.code_length == CodeLength::Long && judgement.verdict == Verdict::Wrong {
        return Ok(Some(Verdict::Wrong));
    }
    let recorded = challenges.record(judgement).await?;
    Ok(match (judgement.verdict, recorded) {
        (Verdict::Right, Recorded::Counted)
        | (Verdict::Right | Verdict::Late, Recorded::Repeated) => Some(Verdict::Right),
        (Verdict::Late | Verdict::Wrong, Recorded::Counted) => Some(Verdict::Wrong),
        (Verdict::Wrong, Recorded::Repeated) | (_, Recorded::Refused) => None,
    })
}

/// The challenge rows, one for each user, factor and client. Every operation is one conditional
/// write.
pub trait Challenges {
    /// Issues a challenge, or finds the one to join.
    ///
    /// # Errors
    /// [`StoreError`] if the table did not answer.
    fn issue(&self, new: &NewChallenge) -> impl Future<Output = Result<Issued, StoreError>> + Send;

    /// Records a verdict; a right answer counts only once this returned [`Recorded::Counted`] or
    /// [`Recorded::Repeated`].
    ///
    /// # Errors
    /// [`StoreError`] if the table did not answer: then the answer is not right.
    fn record(
        &self,
        judgement: &Judgement,
    ) -> impl Future<Output = Result<Recorded, StoreError>> + Send;
}
