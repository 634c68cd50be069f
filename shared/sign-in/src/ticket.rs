//! A challenge as it is carried through the rounds of a session.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::budget::CODE_LIFE;
use crate::client_policy::Method;

/// What the client is told in the first of two rounds: it is to name a method.
pub const ASK_FOR_METHOD: &str = "PROVIDE_AUTH_PARAMETERS";

/// What the first of two rounds carries instead of a ticket: the session's nonce.
#[must_use]
pub fn ask_for_method(nonce: &[u8; 16]) -> String {
    format!("{ASK_FOR_METHOD}.{}", URL_SAFE_NO_PAD.encode(nonce))
}

/// The nonce of a first round; `None` for anything that [`ask_for_method`] did not write.
#[must_use]
pub fn asked_for_method(text: &str) -> Option<[u8; 16]> {
    let nonce = text.strip_prefix(ASK_FOR_METHOD)?.strip_prefix('.')?;
    URL_SAFE_NO_PAD.decode(nonce).ok()?.try_into().ok()
}

/// Marks the layout of [`Ticket::encode`].
const LAYOUT: u8 = 1;
/// Flag: the message carries a long code.
const LONG_CODE: u8 = 0x80;
/// Flag: the session joined a challenge that another one caused.
const JOINED: u8 = 0x40;
const LONG_AND_JOINED: u8 = LONG_CODE | JOINED;
/// Flag bits that name the method.
const METHOD: u8 = 0x0f;
const SIZE: usize = 46;

/// How long the code of a challenge is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeLength {
    /// Digits: few enough to be guessed, so every wrong answer counts.
    Short,
    /// 80 bits: not guessed, so a wrong answer is refused without a write.
    Long,
}

/// One issued challenge: it names what the code is derived from and reveals nothing of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    /// Drawn at random when it was issued.
    pub id: [u8; 16],
    /// The row's issue number; 0 marks a blank challenge, which no answer fits.
    pub number: u32,
    /// When it was issued, in seconds since 1970.
    pub issued: u64,
    /// From when on it is dead, in seconds since 1970.
    pub expires: u64,
    /// The version of the code key.
    pub key_version: u16,
    /// Fixed once the challenge is issued.
    pub method: Method,
    /// How long its code is.
    pub code_length: CodeLength,
}

impl Challenge {
    /// From when on its code is dead: a link may live longer than the code beside it.
    #[must_use]
    pub fn code_expires(&self) -> u64 {
        self.expires.min(self.issued.saturating_add(CODE_LIFE))
    }
}

/// How a session came by its challenge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// It caused the message.
    Caused,
    /// It joined a challenge that another session caused.
    Joined,
}

/// A challenge together with the nonce of the session that carries it.
///
/// It travels in `privateChallengeParameters` and `challengeMetadata`, which Cognito keeps from
/// the client; 62 characters, because the whole history must fit Cognito's session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket {
    /// What was issued.
    pub challenge: Challenge,
    /// Random, one for each session: the same right answer under another nonce is a replay.
    pub nonce: [u8; 16],
    /// How the session came by the challenge.
    pub origin: Origin,
}

impl Ticket {
    /// The ticket as text; `None` if a time or number is out of range (after the year 2106).
    #[must_use]
    pub fn encode(&self) -> Option<String> {
        let Challenge { id, number, issued, expires, key_version, method, code_length } =
            &self.challenge;
        let flags = match method {
            Method::EmailOtp => 0,
            Method::MagicLink => 1,
        } | match code_length {
            CodeLength::Short => 0,
            CodeLength::Long => LONG_CODE,
        } | match self.origin {
            Origin::Caused => 0,
            Origin::Joined => JOINED,
        };
        let life = u16::try_from(expires.checked_sub(*issued)?).ok()?;
        let mut bytes = Vec::with_capacity(SIZE);
        bytes.extend_from_slice(&[LAYOUT, flags]);
        bytes.extend_from_slice(id);
        bytes.extend_from_slice(&number.to_be_bytes());
        bytes.extend_from_slice(&u32::try_from(*issued).ok()?.to_be_bytes());
        bytes.extend_from_slice(&life.to_be_bytes());
        bytes.extend_from_slice(&key_version.to_be_bytes());
        bytes.extend_from_slice(&self.nonce);
        Some(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// Reads a ticket back; `None` for anything that [`Ticket::encode`] did not write.
    #[must_use]
    pub fn decode(text: &str) -> Option<Self> {
        let bytes: [u8; SIZE] = URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()?;
        let (&[layout, flags], rest) = bytes.split_first_chunk::<2>()?;
        let (id, rest) = rest.split_first_chunk::<16>()?;
        let (number, rest) = rest.split_first_chunk::<4>()?;
        let (issued, rest) = rest.split_first_chunk::<4>()?;
        let (life, rest) = rest.split_first_chunk::<2>()?;
        let (key_version, rest) = rest.split_first_chunk::<2>()?;
        let nonce: [u8; 16] = rest.try_into().ok()?;
        let method = match flags & METHOD {
            0 => Method::EmailOtp,
            1 => Method::MagicLink,
            _ => return None,
        };
        let (code_length, origin) = match flags & !METHOD {
            0 => (CodeLength::Short, Origin::Caused),
            JOINED => (CodeLength::Short, Origin::Joined),
            LONG_CODE => (CodeLength::Long, Origin::Caused),
            LONG_AND_JOINED => (CodeLength::Long, Origin::Joined),
            _ => return None,
        };
        let issued = u64::from(u32::from_be_bytes(*issued));
        (layout == LAYOUT).then(|| Self {
            challenge: Challenge {
                id: *id,
                number: u32::from_be_bytes(*number),
                issued,
                expires: issued + u64::from(u16::from_be_bytes(*life)),
                key_version: u16::from_be_bytes(*key_version),
                method,
                code_length,
            },
            nonce,
            origin,
        })
    }
}

/// A tag of a session's nonce, for the row: it tells sessions apart and reveals no nonce.
#[must_use]
pub fn session_tag(nonce: &[u8; 16]) -> [u8; 8] {
    let mut tag = [0; 8];
    tag.iter_mut().zip(Sha256::digest(nonce)).for_each(|(to, from)| *to = from);
    tag
}

#[cfg(test)]
pub(crate) mod tests {
    use super::{Challenge, CodeLength, Origin, Ticket, ask_for_method, asked_for_method};
    use crate::client_policy::Method;
    use proptest::prelude::{any, prop_assert_eq, proptest};

    pub(crate) fn ticket() -> Ticket {
        Ticket {
            challenge: Challenge {
                id: [7; 16],
                number: 3,
                issued: 1_800_000_000,
                expires: 1_800_000_300,
                key_version: 1,
                method: Method::EmailOtp,
                code_length: CodeLength::Short,
            },
            nonce: [9; 16],
            origin: Origin::Caused,
        }
    }

    proptest! {
        #[test]
        fn a_ticket_reads_back_as_it_was(
            id in any::<[u8; 16]>(), nonce in any::<[u8; 16]>(), number in any::<u32>(),
            issued in any::<u32>(), life in any::<u16>(), key_version in any::<u16>(),
            (long, link, joined) in any::<(bool, bool, bool)>(),
        ) {
            let issued = u64::from(issued);
            let ticket = Ticket {
                challenge: Challenge {
                    id, number, issued, key_version,
                    expires: issued + u64::from(life),
                    method: if link { Method::MagicLink } else { Method::EmailOtp },
                    code_length: if long { CodeLength::Long } else { CodeLength::Short },
                },
                nonce,
                origin: if joined { Origin::Joined } else { Origin::Caused },
            };
            let text = ticket.encode().unwrap();
            prop_assert_eq!(text.len(), 62);
            prop_assert_eq!(Ticket::decode(&text), Some(ticket));
        }

        #[test]
        fn any_other_text_is_no_ticket(text in ".{0,70}") {
            if let Some(ticket) = Ticket::decode(&text) {
                prop_assert_eq!(ticket.encode(), Some(text));
            }
        }
    }

    #[test]
    fn the_first_round_carries_the_nonce() {
        let text = ask_for_method(&[9; 16]);
        assert_eq!(asked_for_method(&text), Some([9; 16]));
        assert_eq!(Ticket::decode(&text), None);
        for other in ["PROVIDE_AUTH_PARAMETERS", "PROVIDE_AUTH_PARAMETERS.AAAA", ""] {
            assert_eq!(asked_for_method(other), None);
        }
    }

    #[test]
    fn a_ticket_outside_its_ranges_is_not_written() {
        let mut late = ticket();
        late.challenge.expires = late.challenge.issued + 70_000;
        assert_eq!(late.encode(), None);
        late.challenge.issued = u64::from(u32::MAX) + 1;
        late.challenge.expires = late.challenge.issued;
        assert_eq!(late.encode(), None);
    }
}
