//! The challenge that an answer is judged by.

use lifeguard_sign_in::client_policy::{ClientPolicy, LinkBinding, Method};
use lifeguard_sign_in::link;
use lifeguard_sign_in::secret::Secret;
use lifeguard_sign_in::ticket::{Challenge, Origin, Ticket, asked_for_method};

/// Question of the round, as our create function stored it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RoundQuestion {
    /// For the method; with the session's nonce.
    Method([u8; 16]),
    /// For the answer to a challenge.
    Answer(Ticket),
}

impl RoundQuestion {
    /// Parses the text that create stored; `None` for anything it did not write.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let method = asked_for_method(text).map(Self::Method);
        method.or_else(|| Ticket::decode(text).map(Self::Answer))
    }
}

/// The form in which an answer is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// As a code.
    Code,
    /// As a link.
    Link,
}

/// The challenge of an answer, and the form in which it is judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The challenge; of a link for any browser it is the one that the link claims, unproved.
    pub challenge: Challenge,
    /// The session's nonce.
    pub nonce: [u8; 16],
    /// The method that the session asked for, if it asked for one yet.
    pub asked: Option<Method>,
    /// The form in which the answer is judged.
    pub kind: Kind,
}

/// Returns the challenge that an answer is judged by; `None` if nothing could make it right, which
/// needs no call: the client only named its method, or its link is not for this session.
///
/// A link for any browser is judged by its own claim, whatever challenge the session joined.
#[must_use]
pub fn question(round: RoundQuestion, policy: &ClientPolicy, answer: &Secret) -> Option<Question> {
    let ticket = match (round, policy.link_binding) {
        (RoundQuestion::Method(nonce), LinkBinding::AnyBrowser) => {
            return claimed(answer, nonce, None);
        }
        (RoundQuestion::Method(_), LinkBinding::SameSession) => return None,
        (RoundQuestion::Answer(ticket), _) => ticket,
    };
    match (link::is_meant(answer, policy.digits), policy.link_binding, ticket.origin) {
        (false, ..) => Some(of_session(ticket, Kind::Code)),
        (true, LinkBinding::AnyBrowser, _) => claimed(answer, ticket.nonce, Some(ticket.asked)),
        (true, LinkBinding::SameSession, Origin::Caused) => Some(of_session(ticket, Kind::Link)),
        (true, LinkBinding::SameSession, Origin::Joined) => None,
    }
}

fn of_session(ticket: Ticket, kind: Kind) -> Question {
    let Ticket { challenge, nonce, asked, .. } = ticket;
    Question { challenge, nonce, asked: Some(asked), kind }
}

fn claimed(answer: &Secret, nonce: [u8; 16], asked: Option<Method>) -> Option<Question> {
    let challenge = link::read(answer)?.challenge;
    Some(Question { challenge, nonce, asked, kind: Kind::Link })
}
