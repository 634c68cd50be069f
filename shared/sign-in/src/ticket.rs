//! A challenge as it is carried through the rounds of a session.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::budget::CODE_LIFE;
use crate::client_policy::Method;
use crate::encode::length_prefixed;

/// Challenge name in the first of two rounds, which asks the client for its method.
pub const ASK_FOR_METHOD: &str = "PROVIDE_AUTH_PARAMETERS";

/// Returns the text that the first of two rounds carries instead of a ticket: the session's nonce.
#[must_use]
pub fn ask_for_method(nonce: &[u8; 16]) -> String {
    format!("{ASK_FOR_METHOD}.{}", URL_SAFE_NO_PAD.encode(nonce))
}

/// Returns the nonce of a first round; `None` for anything that [`ask_for_method`] did not write.
#[must_use]
pub fn asked_for_method(text: &str) -> Option<[u8; 16]> {
    let nonce = text.strip_prefix(ASK_FOR_METHOD)?.strip_prefix('.')?;
    URL_SAFE_NO_PAD.decode(nonce).ok()?.try_into().ok()
}

/// Layout of [`Ticket::encode`]; a ticket of another one is foreign.
const LAYOUT: u8 = 2;
/// Flag: the session joined a challenge that another one caused.
const JOINED: u8 = 0x40;
/// Flag bits that name the method.
const METHOD: u8 = 0x0f;
const SIZE: usize = 46;

/// One issued challenge: it names what codes and link are derived from and reveals nothing of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    /// Drawn at random when it was issued.
    pub id: [u8; 16],
    /// The row's issue number; 0 marks a challenge that no answer fits.
    pub number: u32,
    /// Time of issue, in seconds since 1970.
    pub issued: u64,
    /// Life of its long code and of a link for any browser, in seconds.
    pub life: u64,
    /// Version of the code key.
    pub key_version: u16,
}

impl Challenge {
    /// Time from which on its short code, and a link bound to its session, is expired.
    #[must_use]
    pub fn short_expires(&self) -> u64 {
        self.issued.saturating_add(CODE_LIFE)
    }

    /// Time from which on its long code, and a link for any browser, is expired.
    #[must_use]
    pub fn long_expires(&self) -> u64 {
        self.issued.saturating_add(self.life)
    }
}

/// The way in which a session came by its challenge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// It caused the mail.
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
    /// The challenge.
    pub challenge: Challenge,
    /// Random, one for each session: the same right answer under another nonce is a replay.
    pub nonce: [u8; 16],
    /// The way in which the session came by the challenge.
    pub origin: Origin,
    /// The method that this session asked for, shown in every round. It is no part of the
    /// challenge, so that a session which joins another one's challenge cannot tell.
    pub asked: Method,
}

impl Ticket {
    /// Writes the ticket as text; `None` if a time or number is out of range (after the year 2106).
    #[must_use]
    pub fn encode(&self) -> Option<String> {
        let Challenge { id, number, issued, life, key_version } = &self.challenge;
        let flags = match self.asked {
            Method::EmailOtp => 0,
            Method::MagicLink => 1,
        } | match self.origin {
            Origin::Caused => 0,
            Origin::Joined => JOINED,
        };
        let mut bytes = Vec::with_capacity(SIZE);
        bytes.extend_from_slice(&[LAYOUT, flags]);
        bytes.extend_from_slice(id);
        bytes.extend_from_slice(&number.to_be_bytes());
        bytes.extend_from_slice(&u32::try_from(*issued).ok()?.to_be_bytes());
        bytes.extend_from_slice(&u16::try_from(*life).ok()?.to_be_bytes());
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
        let asked = match flags & METHOD {
            0 => Method::EmailOtp,
            1 => Method::MagicLink,
            _ => return None,
        };
        let origin = match flags & !METHOD {
            0 => Origin::Caused,
            JOINED => Origin::Joined,
            _ => return None,
        };
        (layout == LAYOUT).then(|| Self {
            challenge: Challenge {
                id: *id,
                number: u32::from_be_bytes(*number),
                issued: u64::from(u32::from_be_bytes(*issued)),
                life: u64::from(u16::from_be_bytes(*life)),
                key_version: u16::from_be_bytes(*key_version),
            },
            nonce,
            origin,
            asked,
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

/// Letters of a mark: those that are not mistaken for digits.
const MARK_LETTERS: &[u8; 24] = b"ABCDEFGHJKLMNPQRSTUVWXYZ";

/// Returns the mark of a session: two letters that page and mail show alike. It is made from the
/// [`session_tag`] alone and never from the challenge: a mark that changed with the challenge would
/// tell when another session of the user succeeded.
#[must_use]
pub fn mark(session: &[u8]) -> String {
    let hash = Sha256::digest(length_prefixed(&[b"mark", session]));
    let letter = |byte: &u8| {
        MARK_LETTERS.get(usize::from(*byte) % MARK_LETTERS.len()).copied().unwrap_or(b'A')
    };
    hash.iter().take(2).map(|byte| char::from(letter(byte))).collect()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::{Challenge, Origin, Ticket, ask_for_method, asked_for_method, mark, session_tag};
    use crate::client_policy::Method;
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use proptest::prelude::{any, prop_assert_eq, proptest};

    pub(crate) fn ticket() -> Ticket {
        Ticket {
            challenge: Challenge {
                id: [7; 16],
                number: 3,
                issued: 1_800_000_000,
                life: 1_500,
                key_version: 1,
            },
            nonce: [9; 16],
            origin: Origin::Caused,
            asked: Method::EmailOtp,
        }
    }

    proptest! {
        #[test]
        fn a_ticket_reads_back_as_it_was(
            id in any::<[u8; 16]>(), nonce in any::<[u8; 16]>(), number in any::<u32>(),
            issued in any::<u32>(), life in any::<u16>(), key_version in any::<u16>(),
            (link, joined) in any::<(bool, bool)>(),
        ) {
            let (issued, life) = (u64::from(issued), u64::from(life));
            let ticket = Ticket {
                challenge: Challenge { id, number, issued, life, key_version },
                nonce,
                origin: if joined { Origin::Joined } else { Origin::Caused },
                asked: if link { Method::MagicLink } else { Method::EmailOtp },
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
    fn ticket_of_another_layout_is_foreign() {
        let bytes = URL_SAFE_NO_PAD.decode(ticket().encode().unwrap()).unwrap();
        for layout in (0..=u8::MAX).filter(|layout| *layout != 2) {
            let mut other = bytes.clone();
            other[0] = layout;
            assert_eq!(Ticket::decode(&URL_SAFE_NO_PAD.encode(other)), None, "{layout}");
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
        late.challenge.life = 70_000;
        assert_eq!(late.encode(), None);
        late.challenge.life = 600;
        late.challenge.issued = u64::from(u32::MAX) + 1;
        assert_eq!(late.encode(), None);
    }

    #[test]
    fn mark_is_two_plain_letters_of_the_session() {
        let marks: std::collections::BTreeSet<String> =
            (0..=u8::MAX).map(|byte| mark(&session_tag(&[byte; 16]))).collect();
        assert!(marks.len() > 150, "{} marks", marks.len());
        for mark in marks {
            assert_eq!(mark.len(), 2);
            assert!(mark.bytes().all(|letter| letter.is_ascii_uppercase()));
            assert!(!mark.contains(['I', 'O']));
        }
        assert_eq!(mark(&session_tag(&[9; 16])), mark(&session_tag(&[9; 16])));
    }
}
