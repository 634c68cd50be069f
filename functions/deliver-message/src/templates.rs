//! The parts of a mail as templates, compiled from the files in `templates`.
//!
//! Each part has one file that chooses the language, one layout, and one file of texts for each
//! language. The ending of a part's own file decides how values are escaped: `.txt` as they are,
//! `.html` for HTML.

use askama::Template;
use lifeguard_sign_in::language::Language;
use lifeguard_sign_in::occasion::Occasion;

use crate::notice::Topic;

/// Values that the templates show, the same in every part.
pub(crate) struct Mail<'a> {
    pub(crate) language: Language,
    pub(crate) topic: &'a Topic,
    pub(crate) application: &'a str,
    /// The short code, unless it has expired; then the long one takes its place.
    pub(crate) short_code: Option<&'a str>,
    /// Minutes for which the first code of the mail is valid.
    pub(crate) minutes: u64,
    pub(crate) long_code: &'a str,
    pub(crate) long_minutes: u64,
    pub(crate) mark: &'a str,
    /// Time of issue, as a time of day in UTC.
    pub(crate) time: &'a str,
}

/// The subject line.
#[derive(Template)]
#[template(path = "subject.txt")]
pub(crate) struct Subject<'a> {
    pub(crate) mail: &'a Mail<'a>,
}

/// The plain text.
#[derive(Template)]
#[template(path = "text.txt")]
pub(crate) struct Text<'a> {
    pub(crate) mail: &'a Mail<'a>,
}

/// The same as HTML.
#[derive(Template)]
#[template(path = "html.html")]
pub(crate) struct Html<'a> {
    pub(crate) mail: &'a Mail<'a>,
}

/// Returns the name of an application that the settings give none.
pub(crate) const fn unnamed_application(language: Language) -> &'static str {
    match language {
        Language::English => "your account",
        Language::Dutch => "je account",
        Language::German => "Ihr Konto",
    }
}
