//! The texts of mails in each language.

use lifeguard_sign_in::language::Language;

/// The texts of one language; `{name}` is a placeholder.
pub(crate) struct Templates {
    pub(crate) code: Mail,
    pub(crate) link: Mail,
    pub(crate) registration: Mail,
    pub(crate) recovery: Mail,
    /// Name of the application where the settings give it none.
    pub(crate) application: &'static str,
}

/// The texts of one kind of mail.
pub(crate) struct Mail {
    pub(crate) subject: &'static str,
    pub(crate) text: &'static str,
    pub(crate) html: &'static str,
}

/// The texts of this language.
pub(crate) const fn templates(language: Language) -> Templates {
    match language {
        Language::English => Templates {
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
        Language::Dutch => Templates {
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
        Language::German => Templates {
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
