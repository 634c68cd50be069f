//! Tokens: what is read back, and what is refused.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use lifeguard_identity::account::{AccountId, AccountKey};
use lifeguard_identity::session::SessionId;
use lifeguard_identity::token::access::{AccessToken, AccountFingerprint, GrantSource};
use lifeguard_identity::token::credentials::CredentialsToken;
use lifeguard_identity::token::handle::{Flow, Handle};
use lifeguard_identity::token::refresh::RefreshToken;
use lifeguard_sign_in::client_policy::Method;
use lifeguard_sign_in::code_key::CodeKey;
use lifeguard_sign_in::secret::Secret;
use lifeguard_sign_in::ticket::{Challenge, Origin, Ticket};
use proptest::prelude::{Strategy, any, prop, prop_assert_eq, prop_oneof, proptest};

const NOW: u64 = 1_800_000_000;

/// A token of any kind.
#[derive(Clone, Debug, PartialEq)]
enum Token {
    Refresh(RefreshToken),
    Access(AccessToken),
    Credentials(CredentialsToken),
    Handle(Handle),
}

impl Token {
    fn mint(&self, key: &CodeKey) -> Secret {
        match self {
            Self::Refresh(token) => token.mint(key),
            Self::Access(token) => token.mint(key),
            Self::Credentials(token) => token.mint(key),
            Self::Handle(token) => token.mint(key).unwrap(),
        }
    }
}

/// Every token that this text is, by whichever way it is read.
fn accepted(text: &str, key: &CodeKey) -> Vec<Token> {
    let text = || Secret::new(text.to_owned());
    let refresh = RefreshToken::parse(text()).and_then(|token| token.verify(key));
    let access = AccessToken::parse(text()).and_then(|token| token.verify(key, NOW));
    let credentials = CredentialsToken::parse(text()).and_then(|token| token.verify(key, NOW));
    let handle = Handle::parse(&text()).and_then(|token| token.verify(key));
    [
        refresh.map(Token::Refresh),
        access.map(Token::Access),
        credentials.map(Token::Credentials),
        handle.map(Token::Handle),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn key() -> CodeKey {
    CodeKey::new(3, [7; 32])
}

fn ticket(number: u32) -> Ticket {
    Ticket {
        challenge: Challenge { id: [5; 16], number, issued: NOW, life: 600, key_version: 3 },
        nonce: [6; 16],
        origin: Origin::Caused,
        asked: Method::EmailOtp,
    }
}

fn tokens() -> impl Strategy<Value = Token> {
    let parts = any::<([u8; 16], String, u64, u32, u8)>();
    parts.prop_map(|(session, name, time, number, kind)| {
        let (account, session) = (AccountKey::from_adapter_id(&name), SessionId(session));
        let expires = NOW + 1 + time % 43_200;
        let access = |source| {
            let account = account.clone();
            Token::Access(AccessToken { account, source, authenticated: time, expires })
        };
        let handle = |flow| {
            let (account, ticket) = (account.clone(), ticket(number));
            Token::Handle(Handle { flow, account, ticket })
        };
        match kind % 8 {
            0 => access(GrantSource::SignIn(session)),
            1 => access(GrantSource::Refreshed(session)),
            2 => access(GrantSource::Exchanged(AccountFingerprint::new(
                &AccountId::from_random(session.0),
                time,
            ))),
            3 => handle(Flow::Registration),
            4 => handle(Flow::Recovery(time)),
            5 => handle(Flow::SignIn),
            6 => {
                let account = account.clone();
                Token::Credentials(CredentialsToken { account, session, expires })
            }
            _ => {
                let account = account.clone();
                Token::Refresh(RefreshToken { account, session, generation: number })
            }
        }
    })
}

proptest! {
    #[test]
    fn a_token_reads_back_as_what_it_was_and_as_nothing_else(token in tokens()) {
        let text = token.mint(&key());
        prop_assert_eq!(accepted(text.expose(), &key()), vec![token]);
    }

    #[test]
    fn any_changed_character_is_refused(
        token in tokens(), place in any::<prop::sample::Index>(), other in "[A-Za-z0-9._~ #-]",
    ) {
        let text = token.mint(&key());
        let mut changed = text.expose().to_owned();
        let place = place.index(changed.len());
        changed.replace_range(place..=place, &other);
        if changed != text.expose() {
            prop_assert_eq!(accepted(&changed, &key()), vec![]);
        }
    }

    #[test]
    fn any_other_text_is_refused_without_harm(text in prop_oneof![
        ".{0,80}", "[racnp]1\\.[A-Za-z0-9_-]{80,120}\\.[A-Za-z0-9_-]{6}\\.[A-Za-z0-9_-]{43}",
        "[racnp]1\\.[A-Za-z0-9_-]{80,120}\\.[A-Za-z0-9_-]{43}",
    ]) {
        prop_assert_eq!(accepted(&text, &key()), vec![]);
    }

    #[test]
    fn a_token_shows_neither_itself_nor_its_session(token in tokens()) {
        let text = token.mint(&key());
        let shown = format!("{token:?} {:?} {:?}", RefreshToken::parse(text.clone()), text);
        prop_assert_eq!(shown.contains(text.expose()), false);
        prop_assert_eq!(shown.matches("SessionId(").count(), shown.matches("SessionId([redacted])").count());
    }
}

#[test]
fn every_flipped_bit_and_every_cut_is_refused() {
    let account = AccountKey::from_adapter_id("noor");
    let session = SessionId([1; 16]);
    for token in [
        Token::Refresh(RefreshToken { account: account.clone(), session, generation: 1 }),
        Token::Handle(Handle {
            flow: Flow::Recovery(2),
            account: account.clone(),
            ticket: ticket(1),
        }),
        Token::Credentials(CredentialsToken { account, session, expires: NOW + 1 }),
    ] {
        let text = token.mint(&key());
        for place in 0..text.expose().len() {
            assert_eq!(accepted(&text.expose()[..place], &key()), vec![]);
            for bit in 0..7 {
                let mut bytes = text.expose().as_bytes().to_vec();
                bytes[place] ^= 1 << bit;
                let text = String::from_utf8(bytes).unwrap();
                assert_eq!(accepted(&text, &key()), vec![], "bit {bit} of {place}");
            }
        }
    }
}

#[test]
fn a_token_is_of_one_key_and_ends_in_time() {
    let account = AccountKey::from_adapter_id("noor");
    let token = CredentialsToken { account, session: SessionId([1; 16]), expires: NOW };
    let text = token.mint(&key());
    let read = || CredentialsToken::parse(text.clone()).unwrap();
    assert_eq!(read().key_version(), 3);
    assert_eq!(read().verify(&key(), NOW - 1), Some(token));
    assert_eq!(read().verify(&key(), NOW), None);
    assert_eq!(read().verify(&CodeKey::new(3, [8; 32]), NOW - 1), None);
    assert_eq!(read().verify(&CodeKey::new(4, [7; 32]), NOW - 1), None);
}

/// The number of a challenge tells if a code for this address was requested before.
#[test]
fn a_handle_hides_what_it_carries() {
    let account = AccountKey::from_adapter_id("noor");
    let content = |number, version| {
        let (flow, ticket) = (Flow::Recovery(version), ticket(number));
        let text = Handle { flow, account: account.clone(), ticket }.mint(&key()).unwrap();
        text.expose().split('.').nth(2).unwrap().to_owned()
    };
    let equal = |one: &str, other: &str| {
        one.bytes().zip(other.bytes()).filter(|(one, other)| one == other).count()
    };
    let first = content(0, 2);
    for (number, version) in [(1, 2), (u32::MAX, 2), (0, 3)] {
        let other = content(number, version);
        assert_eq!(other.len(), first.len());
        // Of about 150 characters, chance makes two or three alike.
        assert!(equal(&first, &other) < 20, "{number}: the mask repeats");
    }
}

/// Computed apart from this code as well: a change of a handle's form shows here.
#[test]
fn a_handle_has_this_form() {
    let (flow, account) = (Flow::Registration, AccountKey::from_adapter_id("noor"));
    let handle = Handle { flow, account, ticket: ticket(7) };
    let expected = "n1.AAM.1iexGQHi1CXfZ35nhGAk3XXkZWCf3iPfBUewfJELVkyXFA-mgqVCNDQz3k7sORdY_GuEKdaoJ\
         -mCB0_H9LuU3iIL6JYnl7cypRybiqqKIRpV-rK9BDO3U-rKBZL7w14GdMq4_CqLnDjmp_ZY.rYVjHJmP\
         -9gD_tGxQ8n3rRSTsEcKFJVEuVsws7BsBdo";
    assert_eq!(handle.mint(&key()).unwrap().expose(), expected);
}
