//! The column *not* of the table of terms.

use regex::Regex;

/// The names and words that have a better term.
pub(crate) struct Terms {
    /// Names of types and variants.
    pub(crate) types: Vec<String>,
    /// Names of functions, modules and variables.
    names: Regex,
    /// Words and phrases of texts.
    words: Regex,
}

impl Terms {
    /// Parses the table with the head `say`, `not`, `for`.
    ///
    /// An entry in backquotes is a name, of a type if it begins with a capital letter.
    /// An entry in parentheses is an ordinary word, which is not looked for by itself.
    /// Every other entry is a word or phrase, with or without a plural `s`.
    pub(crate) fn parse(page: &str) -> Self {
        let (mut types, mut names, mut words) = (Vec::new(), Vec::new(), Vec::new());
        for entry in not_column(page).iter().flat_map(|cell| cell.split(", ")) {
            let entry = entry.trim();
            if entry.starts_with('(') {
                continue;
            }
            match entry.strip_prefix('`').and_then(|rest| rest.strip_suffix('`')) {
                Some(name) if name.starts_with(|first: char| first.is_uppercase()) => {
                    types.push(name.to_owned());
                }
                Some(name) => names.push(regex::escape(name)),
                None => words.push(regex::escape(entry.trim_matches('"')).replace(' ', r"\s+")),
            }
        }
        let any =
            |words: &[String]| if words.is_empty() { "$^".to_owned() } else { words.join("|") };
        Self {
            types,
            names: Regex::new(&format!(r"(?-u)\b(?:{})\b", any(&names))).unwrap(),
            words: Regex::new(&format!(r"(?i-u)\b(?:{})s?\b", any(&words))).unwrap(),
        }
    }

    /// Returns the offsets of the excluded names of a text, and of the excluded words of the same
    /// text with blanks in place of underscores.
    pub(crate) fn places(&self, text: &str, words: &str) -> Vec<usize> {
        let names = self.names.find_iter(text);
        names.chain(self.words.find_iter(words)).map(|found| found.start()).collect()
    }
}

/// The cells of the column *not*.
fn not_column(page: &str) -> Vec<String> {
    let rows = page.lines().skip_while(|line| !is_head(line)).skip(2);
    rows.take_while(|line| line.starts_with('|'))
        .map(|line| line.split('|').nth(2).unwrap().trim().to_owned())
        .collect()
}

/// The page with an empty column *not*, where alone the excluded words may stand.
pub(crate) fn without_not_column(page: &str) -> String {
    let cells = not_column(page);
    page.lines()
        .map(|line| match line.split('|').nth(2).map(str::trim) {
            Some(cell) if cells.iter().any(|known| known == cell) => line.replacen(cell, "", 1),
            _ => line.to_owned(),
        })
        .collect::<Vec<_>>()
        .join("\n")
}

fn is_head(line: &str) -> bool {
    line.split('|').map(str::trim).collect::<Vec<_>>() == ["", "say", "not", "for", ""]
}
