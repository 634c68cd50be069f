//! The languages that mails are written in.

/// A language with templates of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Locale {
    /// English, also for everybody whose language we do not have.
    English,
    /// Dutch.
    Dutch,
    /// German.
    German,
}

/// The texts of one language; `{name}` is a placeholder.
pub(crate) struct Templates {
    pub(crate) code: Mail,
    pub(crate) link: Mail,
    pub(crate) registration: Mail,
    pub(crate) recovery: Mail,
    /// What the application is called where the settings give it no name.
    pub(crate) application: &'static str,
}

/// The texts of one kind of mail.
pub(crate) struct Mail {
    pub(crate) subject: &'static str,
    pub(crate) text: &'static str,
    pub(crate) html: &'static str,
}

impl Locale {
    /// Every language.
    pub const ALL: [Self; 3] = [Self::English, Self::Dutch, Self::German];

    /// The language of a user's `locale` attribute, such as `nl-NL` or `de_AT`.
    #[must_use]
    pub fn of(attribute: &str) -> Self {
        let language = attribute.split(['-', '_']).next().unwrap_or_default();
        match language.to_ascii_lowercase().as_str() {
            "nl" => Self::Dutch,
            "de" => Self::German,
            _ => Self::English,
        }
    }

    pub(crate) const fn templates(self) -> Templates {
        match self {
            Self::English => Templates {
                code: Mail {
                    subject: include_str!("../templates/en/subject.txt"),
                    text: include_str!("../templates/en/body.txt"),
                    html: include_str!("../templates/en/body.html"),
                },
                link: Mail {
                    subject: include_str!("../templates/en/link-subject.txt"),
                    text: include_str!("../templates/en/link-body.txt"),
                    html: include_str!("../templates/en/link-body.html"),
                },
                registration: Mail {
                    subject: include_str!("../templates/en/registration-subject.txt"),
                    text: include_str!("../templates/en/registration-body.txt"),
                    html: include_str!("../templates/en/registration-body.html"),
                },
                recovery: Mail {
                    subject: include_str!("../templates/en/recovery-subject.txt"),
                    text: include_str!("../templates/en/recovery-body.txt"),
                    html: include_str!("../templates/en/recovery-body.html"),
                },
                application: include_str!("../templates/en/application.txt"),
            },
            Self::Dutch => Templates {
                code: Mail {
                    subject: include_str!("../templates/nl/subject.txt"),
                    text: include_str!("../templates/nl/body.txt"),
                    html: include_str!("../templates/nl/body.html"),
                },
                link: Mail {
                    subject: include_str!("../templates/nl/link-subject.txt"),
                    text: include_str!("../templates/nl/link-body.txt"),
                    html: include_str!("../templates/nl/link-body.html"),
                },
                registration: Mail {
                    subject: include_str!("../templates/nl/registration-subject.txt"),
                    text: include_str!("../templates/nl/registration-body.txt"),
                    html: include_str!("../templates/nl/registration-body.html"),
                },
                recovery: Mail {
                    subject: include_str!("../templates/nl/recovery-subject.txt"),
                    text: include_str!("../templates/nl/recovery-body.txt"),
                    html: include_str!("../templates/nl/recovery-body.html"),
                },
                application: include_str!("../templates/nl/application.txt"),
            },
            Self::German => Templates {
                code: Mail {
                    subject: include_str!("../templates/de/subject.txt"),
                    text: include_str!("../templates/de/body.txt"),
                    html: include_str!("../templates/de/body.html"),
                },
                link: Mail {
                    subject: include_str!("../templates/de/link-subject.txt"),
                    text: include_str!("../templates/de/link-body.txt"),
                    html: include_str!("../templates/de/link-body.html"),
                },
                registration: Mail {
                    subject: include_str!("../templates/de/registration-subject.txt"),
                    text: include_str!("../templates/de/registration-body.txt"),
                    html: include_str!("../templates/de/registration-body.html"),
                },
                recovery: Mail {
                    subject: include_str!("../templates/de/recovery-subject.txt"),
                    text: include_str!("../templates/de/recovery-body.txt"),
                    html: include_str!("../templates/de/recovery-body.html"),
                },
                application: include_str!("../templates/de/application.txt"),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Locale;

    #[track_caller]
    fn check(attribute: &str, expected: Locale) {
        assert_eq!(Locale::of(attribute), expected, "for {attribute:?}");
    }

    #[test]
    fn a_locale_is_read_by_its_language() {
        check("nl-NL", Locale::Dutch);
        check("nl", Locale::Dutch);
        check("NL_be", Locale::Dutch);
        check("de-AT", Locale::German);
        check("en-GB", Locale::English);
    }

    #[test]
    fn whoever_speaks_another_language_reads_english() {
        check("", Locale::English);
        check("fr-FR", Locale::English);
        check("nld", Locale::English);
        check("-nl", Locale::English);
    }
}
