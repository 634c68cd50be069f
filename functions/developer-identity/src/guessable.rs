//! Rules for new passwords: length, allowed characters, and passwords that attackers try first.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization as _;

use crate::opaque_string;
use crate::password::MOST_BYTES;
use crate::problem::Problem;

/// The least characters of a password that stands alone (NIST SP 800-63B-4, 3.1.1.2).
const LEAST: usize = 15;
/// The least characters of a password without the words of its context.
const LEAST_OWN: usize = 8;

/// The most common passwords, and every known long one; see `data/README.md`.
static COMMON: LazyLock<BTreeSet<&str>> =
    LazyLock::new(|| include_str!("../data/common-passwords.txt").lines().collect());

/// Judges a new password and returns its normal form, for hashing. `context` holds public facts about
/// the account, such as its e-mail address and the name of the application. Kinds of characters are
/// not counted.
///
/// The bytes are counted before any other work and again in the normal form; the characters are
/// counted there.
pub(crate) fn judge(typed: &str, context: &[&str]) -> Result<String, Problem> {
    if typed.len() > MOST_BYTES {
        return Err(Problem::PasswordTooLong);
    }
    if typed.is_empty() {
        return Err(Problem::PasswordTooShort);
    }
    let password = opaque_string::enforce(typed).ok_or(Problem::PasswordNotUsable)?;
    if password.len() > MOST_BYTES {
        return Err(Problem::PasswordTooLong);
    }
    if password.chars().count() < LEAST {
        return Err(Problem::PasswordTooShort);
    }
    if FOLDS.iter().any(|fold| is_common(&password, context, *fold)) {
        return Err(Problem::PasswordTooCommon);
    }
    Ok(password)
}

/// The forms in which a password is compared: in lower case, and also without compatibility variants,
/// such as full-width letters. The second alone would count a letter that decomposes into several as
/// that many.
const FOLDS: [fn(&str) -> String; 2] = [
    |text| text.nfc().collect::<String>().to_lowercase(),
    |text| text.nfkc().collect::<String>().to_lowercase(),
];

fn is_common(password: &str, context: &[&str], fold: fn(&str) -> String) -> bool {
    let folded = fold(password);
    is_made_of_common(&folded) || is_repeated(&folded) || !has_own(&folded, context, fold)
}

/// True for one common password, or two in a row.
fn is_made_of_common(password: &str) -> bool {
    let halves = password.char_indices().map(|(place, _)| password.split_at(place));
    COMMON.contains(password)
        || halves.into_iter().any(|(head, tail)| COMMON.contains(head) && COMMON.contains(tail))
}

/// True for the same few letters repeated, or letters in the order of the alphabet.
fn is_repeated(password: &str) -> bool {
    let letters: Vec<char> = password.chars().collect();
    let period =
        |length: usize| letters.iter().zip(letters.iter().skip(length)).all(|(a, b)| a == b);
    let code = |letter: char| i64::from(u32::from(letter));
    let next = |a: char, b: char, by: i64| {
        let wraps = a.is_ascii_digit() && b.is_ascii_digit() && (code(a) + by - code(b)) % 10 == 0;
        code(b) - code(a) == by || wraps
    };
    let step = |by| letters.iter().zip(letters.iter().skip(1)).all(|(a, b)| next(*a, *b, by));
    (1..=LEAST_OWN).any(period) || step(1) || step(-1)
}

/// True if enough of the password is left without the words of its context.
fn has_own(password: &str, context: &[&str], fold: fn(&str) -> String) -> bool {
    let words = context.iter().flat_map(|text| text.split(['@', '.', ' ', '-', '_', '+']));
    let words = words.map(fold);
    let mut words: Vec<String> = words.filter(|word| word.chars().count() >= 3).collect();
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    let own = words.iter().fold(password.to_owned(), |rest, word| rest.replace(word.as_str(), ""));
    own.chars().count() >= LEAST_OWN
}

#[cfg(test)]
mod tests {
    use super::judge;
    use crate::problem::Problem;

    #[track_caller]
    fn check(password: &str, expected: Result<(), Problem>) {
        let context = ["noor.haddad@example.net", "Acme Rocket Club"];
        assert_eq!(judge(password, &context).map(drop), expected, "{password}");
    }

    #[test]
    fn length_is_counted_in_characters_and_capped_in_bytes() {
        check("fourteen-chars", Err(Problem::PasswordTooShort));
        check("fifteen-chars-x", Ok(()));
        check("ééééééàààààèè", Err(Problem::PasswordTooShort));
        check(&"xk2-".repeat(256).replace("k2-xk2", "q"), Err(Problem::PasswordTooCommon));
        check(&"correct horse ".repeat(80), Err(Problem::PasswordTooLong));
        check("", Err(Problem::PasswordTooShort));
        // Fourteen letters and a mark that is part of the last one.
        check("fourteen-chare\u{301}", Err(Problem::PasswordTooShort));
        check("fifteen-chars-e\u{301}", Ok(()));
        // One letter of three bytes, of which the normal form has six.
        check(&"\u{958}".repeat(341), Err(Problem::PasswordTooLong));
        check(&"\u{0}".repeat(1_025), Err(Problem::PasswordTooLong));
    }

    #[test]
    fn new_password_is_accepted_in_its_normal_form() {
        let normal = "zw\u{f6}lf gr\u{fc}ne Enten";
        for typed in
            [normal, "zwo\u{308}lf gru\u{308}ne Enten", "zw\u{f6}lf\u{a0}gru\u{308}ne\u{3000}Enten"]
        {
            assert_eq!(judge(typed, &[]).as_deref(), Ok(normal), "{typed:?}");
        }
        for unusable in ["quiet trains\tat night", "quiet trains \u{200b}at night", "\u{e000}"] {
            check(unusable, Err(Problem::PasswordNotUsable));
        }
    }

    #[test]
    fn spelling_of_a_guessable_password_is_as_guessable() {
        for password in [
            "ｐａｓｓｗｏｒｄｐａｓｓｗｏｒｄ",
            "noorhaddad\u{2026}\u{2026}\u{2026}\u{2026}\u{2026}",
            "ｎｏｏｒｈａｄｄａｄ2026!",
        ] {
            check(password, Err(Problem::PasswordTooCommon));
        }
        let context = ["noor@example.net", "Cafe\u{301} Ole\u{301} Club"];
        let judged = judge("caf\u{e9}ol\u{e9}club2026", &context);
        assert_eq!(judged, Err(Problem::PasswordTooCommon));
    }

    #[test]
    fn t63_common_password_is_refused() {
        for password in [
            "passwordpassword",
            "PasswordPassword",
            "1q2w3e4r5t6y7u8i",
            "qwertyuiop12345",
            "password12345678",
            "aaaaaaaaaaaaaaaa",
            "abcabcabcabcabcabc",
            "abcdefghijklmnop",
            "9876543210987654",
            "noorhaddad2026!",
            "acmerocketclub1",
            "Noor.Haddad@Example.net",
        ] {
            check(password, Err(Problem::PasswordTooCommon));
        }
        for password in ["correct horse battery", "noor likes quiet trains", "zwölf grüne Enten"]
        {
            check(password, Ok(()));
        }
    }
}
