//! Every mail in every language, byte for byte.

#![allow(clippy::unwrap_used, reason = "tests")]

use deliver_message::message::compose;
use deliver_message::notice::{Link, Notice, TimedCode, Topic};
use lifeguard_sign_in::language::Language;
use lifeguard_sign_in::occasion::Occasion;
use lifeguard_sign_in::secret::Secret;

/// An application's name and a link that hold each letter with a meaning in HTML.
const APPLICATION: &str = "A&B <i> \"C\" 'D' {{ code }} Ünï";
/// A client's name likewise.
const CLIENT: &str = "Web & <b> 'app'";
const LINK: &str = "https://app.example.com/in?a=b&c='d'\"e\"<f>#eyJ.mac";

/// A short code with 8 minutes left.
fn short_code() -> TimedCode {
    TimedCode { code: Secret::new("04719382".to_owned()), minutes: 8 }
}

/// Returns the mails of one language, each with names of application and client and without, and each
/// after its short code has expired.
fn mails(language: Language) -> String {
    let link = Link { address: Secret::new(LINK.to_owned()), minutes: 9 };
    let topics = [
        ("code", Topic::Code),
        ("link", Topic::Link(link)),
        ("registration", Topic::Directory(Occasion::Registration)),
        ("recovery", Topic::Directory(Occasion::Recovery)),
    ];
    let mut mails = String::new();
    for (name, topic) in topics {
        for (late, application, client, short_code) in [
            ("", None, None, Some(short_code())),
            ("", Some(APPLICATION), Some(CLIENT), Some(short_code())),
            (" (late)", None, None, None),
        ] {
            let notice = Notice {
                topic: topic.clone(),
                application,
                client,
                short_code,
                long_code: TimedCode {
                    code: Secret::new("7XK2-9QFM-0RTA-V3HE".to_owned()),
                    minutes: 25,
                },
                mark: "KX".to_owned(),
                issued: 1_800_000_122,
            };
            let mail = compose(&notice, language).unwrap();
            let (subject, text, html) = (&mail.subject, mail.text.expose(), mail.html.expose());
            mails += &format!("=== {name}{late}: {subject}\n{text}---\n{html}");
        }
    }
    mails
}

#[test]
fn mails_read_as_recorded() {
    for (language, recorded) in [
        (Language::English, include_str!("mails/en.txt")),
        (Language::Dutch, include_str!("mails/nl.txt")),
        (Language::German, include_str!("mails/de.txt")),
    ] {
        assert_eq!(mails(language), recorded, "{language:?}");
    }
}
