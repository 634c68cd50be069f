//! Is this a password that others try first?

use std::collections::BTreeSet;
use std::sync::LazyLock;

use crate::password::MOST_BYTES;
use crate::problem::Problem;

/// The least characters of a password that stands alone (NIST SP 800-63B-4, 3.1.1.2).
const LEAST: usize = 15;
/// What must be left of a password once the words that everybody knows are taken out.
const LEAST_OWN: usize = 8;

/// The most common passwords, and all long ones that are known; see `data/README.md`.
static COMMON: LazyLock<BTreeSet<&str>> =
    LazyLock::new(|| include_str!("../data/common-passwords.txt").lines().collect());

/// Decides about a new password. `context` holds what everybody knows of the account, such as its
/// address and the application's name. There is no rule about kinds of letters.
pub(crate) fn judge(password: &str, context: &[&str]) -> Result<(), Problem> {
    if password.len() > MOST_BYTES {
        return Err(Problem::PasswordTooLong);
    }
    if password.chars().count() < LEAST {
        return Err(Problem::PasswordTooShort);
    }
    let folded = password.to_lowercase();
    let common = is_made_of_common(&folded) || is_repeated(&folded) || !has_own(&folded, context);
    if common { Err(Problem::PasswordTooCommon) } else { Ok(()) }
}

/// One common password, or two in a row.
fn is_made_of_common(password: &str) -> bool {
    let halves = password.char_indices().map(|(place, _)| password.split_at(place));
    COMMON.contains(password)
        || halves.into_iter().any(|(head, tail)| COMMON.contains(head) && COMMON.contains(tail))
}

/// The same few letters over and over, or letters in the order of the alphabet.
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

fn has_own(password: &str, context: &[&str]) -> bool {
    let words = context.iter().flat_map(|text| text.split(['@', '.', ' ', '-', '_', '+']));
    let mut words: Vec<String> =
        words.filter(|word| word.chars().count() >= 3).map(str::to_lowercase).collect();
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
        assert_eq!(judge(password, &context), expected, "{password}");
    }

    #[test]
    fn length_is_counted_in_characters_and_capped_in_bytes() {
        check("fourteen-chars", Err(Problem::PasswordTooShort));
        check("fifteen-chars-x", Ok(()));
        check("ééééééàààààèè", Err(Problem::PasswordTooShort));
        check(&"xk2-".repeat(256).replace("k2-xk2", "q"), Err(Problem::PasswordTooCommon));
        check(&"correct horse ".repeat(80), Err(Problem::PasswordTooLong));
    }

    #[test]
    fn t63_what_others_try_first_is_refused() {
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
