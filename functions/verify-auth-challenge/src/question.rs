//! Which challenge an answer is to be judged by.

use sign_in::client_policy::{ClientPolicy, LinkBinding, Method};
use sign_in::link;
use sign_in::secret::Secret;
use sign_in::ticket::{Challenge, Origin, Ticket, asked_for_method};

/// What the round asked, as our create function kept it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// For the method; with the session's nonce.
    Method([u8; 16]),
    /// For the answer to a challenge.
    Answer(Ticket),
}

impl Asked {
    /// Reads what create kept; `None` for anything it did not write.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let method = asked_for_method(text).map(Self::Method);
        method.or_else(|| Ticket::decode(text).map(Self::Answer))
    }
}

/// How an answer is to be judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// As a code.
    Code,
    /// As a link.
    Link,
}

/// An answer's challenge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The challenge; of a link answered elsewhere it is what the link claims, unproved.
    pub challenge: Challenge,
    /// The session's nonce.
    pub nonce: [u8; 16],
    /// As what the answer is judged.
    pub kind: Kind,
}

/// The challenge that an answer is judged by; `None` if nothing could make it right, which needs
/// no call: the client only named its method, its link is not for this session, or the challenge
/// was not to be answered by a link.
#[must_use]
pub fn question(asked: Asked, policy: &ClientPolicy, answer: &Secret) -> Option<Question> {
    let ticket = match (asked, policy.link_binding) {
        (Asked::Method(nonce), LinkBinding::AnyBrowser) => return claimed(answer, nonce),
        (Asked::Method(_), LinkBinding::SameSession) => return None,
        (Asked::Answer(ticket), _) => ticket,
    };
    let Ticket { challenge, nonce, origin } = ticket;
    let by_link = link::is_meant(answer, policy.digits, challenge.code_length);
    match (by_link, challenge.method, policy.link_binding, origin) {
        (false, ..) => Some(Question { challenge, nonce, kind: Kind::Code }),
        (true, Method::EmailOtp, ..) => None,
        (true, Method::MagicLink, LinkBinding::AnyBrowser, _) => claimed(answer, nonce),
        (true, Method::MagicLink, LinkBinding::SameSession, Origin::Caused) => {
            Some(Question { challenge, nonce, kind: Kind::Link })
        }
        (true, Method::MagicLink, LinkBinding::SameSession, Origin::Joined) => None,
    }
}

fn claimed(answer: &Secret, nonce: [u8; 16]) -> Option<Question> {
    link::read(answer).map(|link| Question { challenge: link.challenge, nonce, kind: Kind::Link })
}
