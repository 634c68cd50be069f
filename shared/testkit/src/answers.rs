//! Codes and links of the mail about a challenge, made with the key of the tests.

use lifeguard_sign_in::client_policy::LinkBinding;
use lifeguard_sign_in::code::{self, Addressee};
use lifeguard_sign_in::code_key::CodeKey;
use lifeguard_sign_in::link;
use lifeguard_sign_in::ticket::Challenge;

use crate::fixtures::{ADDRESS, CLIENT, KEY, POOL, SUB};

/// The user of the sample events at the client of the sample events.
pub const SAMPLE: Addressee<'static> =
    Addressee { pool: POOL, client: CLIENT, sub: SUB, destination: ADDRESS };

fn key(challenge: &Challenge) -> CodeKey {
    CodeKey::new(challenge.key_version, KEY)
}

/// Returns the short code of a challenge, of eight digits.
#[must_use]
pub fn short_code(challenge: &Challenge, addressee: Addressee<'_>) -> String {
    code::short(&key(challenge), challenge, addressee, 8).expose().to_owned()
}

/// Returns the long code of a challenge, as the mail shows it.
#[must_use]
pub fn long_code(challenge: &Challenge, addressee: Addressee<'_>) -> String {
    code::grouped(&code::long(&key(challenge), challenge, addressee)).expose().to_owned()
}

/// Returns the fragment of the link of a challenge to the user of the sample events, under this
/// user name.
#[must_use]
pub fn link(challenge: &Challenge, binding: LinkBinding, user_name: &str) -> String {
    link_under(&key(challenge), challenge, binding, user_name)
}

/// Returns the same fragment as an attacker makes it, who does not know the key.
#[must_use]
pub fn forged_link(challenge: &Challenge, binding: LinkBinding, user_name: &str) -> String {
    link_under(&CodeKey::new(challenge.key_version, [9; 32]), challenge, binding, user_name)
}

/// Returns the same fragment under any key.
#[must_use]
pub fn link_under(
    key: &CodeKey,
    challenge: &Challenge,
    binding: LinkBinding,
    user_name: &str,
) -> String {
    link::fragment(key, challenge, binding, SAMPLE, user_name).expose().to_owned()
}

/// Returns the short code in the text of a mail: the line of six digits or more.
///
/// # Panics
/// If the mail has no such line.
#[must_use]
#[track_caller]
pub fn code_in(mail: &str) -> String {
    line_in(mail, |line| {
        let digits = line.chars().filter(char::is_ascii_digit).count();
        digits >= 6 && line.chars().all(|letter| letter.is_ascii_digit() || letter == ' ')
    })
}

/// Returns the long code in the text of a mail: the line of four groups.
///
/// # Panics
/// If the mail has no such line.
#[must_use]
#[track_caller]
pub fn long_code_in(mail: &str) -> String {
    line_in(mail, |line| {
        let groups: Vec<&str> = line.split('-').collect();
        let plain = |group: &&str| {
            group.len() == 4 && group.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase())
        };
        groups.len() == 4 && groups.iter().all(plain)
    })
}

/// Returns the fragment of the link in the text of a mail, with which the client answers.
///
/// # Panics
/// If the mail has no link.
#[must_use]
#[track_caller]
pub fn fragment_in(mail: &str) -> String {
    let link = mail.split_whitespace().find(|word| word.starts_with("https://"));
    let (_, fragment) = link.and_then(|link| link.split_once('#')).expect("a link");
    fragment.to_owned()
}

#[track_caller]
fn line_in(mail: &str, is_code: impl Fn(&str) -> bool) -> String {
    let code = mail.lines().map(str::trim).find(|line| is_code(line));
    code.unwrap_or_else(|| panic!("no code in {mail}")).to_owned()
}
