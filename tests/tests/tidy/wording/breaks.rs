//! The rules for words and the places that break them.

use std::collections::BTreeMap;

/// From the rule and the path to each place that breaks the rule there.
pub(crate) type Breaks = BTreeMap<(Rule, String), Vec<String>>;

/// A rule for words.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Rule {
    /// A doc comment starts with a verb or a noun.
    Doc,
    /// A pronoun stands for no actor.
    Pronoun,
    /// A term of the glossary is used in place of its other names in text.
    Term,
    /// The name of a test has at most 60 characters.
    Test,
    /// A type name is defined once in a crate.
    Twice,
    /// A type or variant has none of the names that the glossary excludes.
    Type,
}

/// Notes a break.
pub(crate) fn note(found: &mut Breaks, rule: Rule, path: &str, line: usize, text: &str) {
    let place = format!("{path}:{line}: {}", text.trim());
    found.entry((rule, path.to_owned())).or_default().push(place);
}
