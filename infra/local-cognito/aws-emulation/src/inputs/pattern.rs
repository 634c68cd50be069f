//! Patterns of the API model, which are Java's, as patterns of the crate `regex`.

use regex::Regex;

/// Characters that Java's `\s` matches.
const SPACE: &str = r" \t\n\x0B\x0C\r";
/// Characters that Java's `\w` matches.
const WORD: &str = "0-9A-Za-z_";

/// Compiles a pattern that a whole value has to match.
///
/// Java's classes `\w`, `\s` and `\S` know ASCII only; all of them stand in brackets in the model.
pub(super) fn compile(pattern: &str) -> Option<Regex> {
    let translated =
        pattern.replace(r"[\S]", &format!("[^{SPACE}]")).replace(r"\s", SPACE).replace(r"\w", WORD);
    Regex::new(&format!(r"\A(?:{translated})\z")).ok()
}

#[cfg(test)]
mod tests {
    use super::compile;

    #[test]
    fn patterns_match_what_java_matches() {
        let name = r"[\p{L}\p{M}\p{S}\p{N}\p{P}]+";
        let password = r"^[\S]+.*[\S]+$";
        for (pattern, text, is_matched) in [
            (name, "noor", true),
            (name, "noor@example.com", true),
            (name, "Nöör+é日本", true),
            (name, "a b", false),
            (name, "a\tb", false),
            (name, "a\u{a0}b", false),
            (name, "a\u{200b}b", false),
            (name, "", false),
            (r"[\S]+", "a\u{a0}b", true),
            (r"[\S]+", "a b", false),
            (password, "a b", true),
            (password, " ab", false),
            (password, "ab ", false),
            (password, "a", false),
            (r"[\w+]+", "abc+1_", true),
            (r"[\w+]+", "é", false),
            (r"[\w-]+_[0-9a-zA-Z]+", "eu-west-1_Abc", true),
            (r"[\w-]+_[0-9a-zA-Z]+", "eu-west-1", false),
            (r"[A-Za-z0-9-_=.]+", "a-b_c=.d", true),
            (r"[A-Za-z0-9-_=.]+", "a+b", false),
        ] {
            let compiled = compile(pattern).unwrap();
            assert_eq!(compiled.is_match(text), is_matched, "{pattern} {text:?}");
        }
    }
}
