//! Handle of a client between requesting a code and answering it:
//! `<prefix>.<key version>.<hidden content>.<MAC>`.
//!
//! The content is hidden, because the number of a challenge tells how often an address was asked
//! for, and so if the user has an account. It is hidden by the SIV construction (Rogaway and
//! Shrimpton, "Deterministic Authenticated-Encryption", 2006; RFC 5297 has it with AES): the MAC of
//! the content is both tag and initialisation vector of a key stream in counter mode, under another
//! key. Tag and stream are HMAC-SHA-256, which everything else here uses too. The MAC must never be
//! shortened, nothing may be read before it is compared, and every flow has a MAC key of its own.

use lifeguard_sign_in::code_key::{CodeKey, Purpose};
use lifeguard_sign_in::secret::Secret;
use lifeguard_sign_in::ticket::Ticket;
use subtle::ConstantTimeEq;

use super::{decoded, encoded, parts, row};
use crate::account::AccountKey;

/// Flow that the code is for, with the value of the account's row that it is bound to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// To confirm the address of a registration. Nothing that its code is tied to is in the handle.
    Registration,
    /// To set another password: the version that the account had then. No account has version 0.
    Recovery(u64),
    /// To sign in with a password that is under attack.
    SignIn,
}

/// Handle of a requested code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handle {
    /// The flow.
    pub flow: Flow,
    /// The row of the account.
    pub account: AccountKey,
    /// The challenge of the mailed code, or one that no answer fits.
    pub ticket: Ticket,
}

/// Text with the form of a handle; nothing of it is proved.
#[derive(Clone)]
pub struct UnverifiedHandle {
    kind: FlowKind,
    key_version: u16,
    hidden: Vec<u8>,
    mac: [u8; 32],
}

/// Kind of a flow.
#[derive(Clone, Copy)]
enum FlowKind {
    Registration,
    Recovery,
    SignIn,
}

impl Flow {
    const fn kind(self) -> FlowKind {
        match self {
            Self::Registration => FlowKind::Registration,
            Self::Recovery(_) => FlowKind::Recovery,
            Self::SignIn => FlowKind::SignIn,
        }
    }

    fn bytes(self) -> [u8; 16] {
        match self {
            Self::Registration | Self::SignIn => [0; 16],
            Self::Recovery(version) => u128::from(version).to_be_bytes(),
        }
    }
}

impl FlowKind {
    const ALL: [Self; 3] = [Self::Registration, Self::Recovery, Self::SignIn];

    fn with_bytes(self, bytes: [u8; 16]) -> Option<Flow> {
        match self {
            Self::Registration => (bytes == [0; 16]).then_some(Flow::Registration),
            Self::Recovery => Some(Flow::Recovery(u128::from_be_bytes(bytes).try_into().ok()?)),
            Self::SignIn => (bytes == [0; 16]).then_some(Flow::SignIn),
        }
    }

    const fn prefix(self) -> &'static str {
        match self {
            Self::Registration => "n1",
            Self::Recovery => "p1",
            Self::SignIn => "s1",
        }
    }

    const fn purpose(self) -> Purpose {
        match self {
            Self::Registration => Purpose::Registration,
            Self::Recovery => Purpose::Recovery,
            Self::SignIn => Purpose::SignIn,
        }
    }
}

impl Handle {
    /// Returns the handle as text; `None` if the ticket cannot be written.
    #[must_use]
    pub fn mint(&self, key: &CodeKey) -> Option<Secret> {
        let Self { flow, account, ticket } = self;
        let (kind, ticket) = (flow.kind(), decoded(&ticket.encode()?)?);
        let content = [&flow.bytes()[..], &ticket, account.as_str().as_bytes()].concat();
        let mac = key.mac(kind.purpose(), &content);
        let hidden = encoded(&[&masked(key, &mac, content)]);
        let version = encoded(&[&key.version().to_be_bytes()]);
        let mac = encoded(&[&mac]);
        Some(Secret::new(format!("{}.{version}.{hidden}.{mac}", kind.prefix())))
    }

    /// Reads a text; `None` if it has not the form of a handle.
    #[must_use]
    pub fn parse(text: &Secret) -> Option<UnverifiedHandle> {
        FlowKind::ALL.into_iter().find_map(|kind| {
            let [version, hidden, mac] = parts(text, kind.prefix())?;
            Some(UnverifiedHandle {
                kind,
                key_version: u16::from_be_bytes(decoded(version)?.try_into().ok()?),
                hidden: decoded(hidden)?,
                mac: decoded(mac)?.try_into().ok()?,
            })
        })
    }
}

impl UnverifiedHandle {
    /// Returns the version of the key that it claims to be made with.
    #[must_use]
    pub fn key_version(&self) -> u16 {
        self.key_version
    }

    /// Returns the handle, if this key made it. Its ticket has the expiry of its code.
    #[must_use]
    pub fn verify(self, key: &CodeKey) -> Option<Handle> {
        let Self { kind, key_version, hidden, mac } = self;
        let content = masked(key, &mac, hidden);
        let ours: bool = key.mac(kind.purpose(), &content).ct_eq(&mac).into();
        (ours && key.version() == key_version).then_some(())?;
        let (flow, rest) = content.split_first_chunk::<16>()?;
        let (ticket, account) = rest.split_first_chunk::<TICKET>()?;
        let ticket = Ticket::decode(&encoded(&[ticket]))?;
        Some(Handle { flow: kind.with_bytes(*flow)?, account: row(account)?, ticket })
    }
}

/// The bytes of a ticket.
const TICKET: usize = 46;

/// Masks bytes, or takes the mask off again.
fn masked(key: &CodeKey, mac: &[u8; 32], mut bytes: Vec<u8>) -> Vec<u8> {
    for (block, number) in bytes.chunks_mut(32).zip(0u64..) {
        let mask = key.mac(Purpose::Concealment, &[&mac[..], &number.to_be_bytes()].concat());
        block.iter_mut().zip(mask).for_each(|(byte, mask)| *byte ^= mask);
    }
    bytes
}
