//! Every mail in every language, byte for byte.

#![allow(clippy::unwrap_used, reason = "tests")]

use deliver_message::message::compose;
use deliver_message::notice::{Link, Notice, Topic};
use lifeguard_sign_in::language::Language;
use lifeguard_sign_in::occasion::Occasion;
use lifeguard_sign_in::secret::Secret;

/// An application's name and a link that hold each letter with a meaning in HTML.
const APPLICATION: &str = "A&B <i> \"C\" 'D' {{ code }} Ünï";
/// A client's name likewise.
const CLIENT: &str = "Web & <b> 'app'";
const LINK: &str = "https://app.example.com/in?a=b&c='d'\"e\"<f>#eyJ.mac";

/// Returns the mails of one language, each with names of application and client and without.
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
        for (application, client) in [(None, None), (Some(APPLICATION), Some(CLIENT))] {
            let notice = Notice {
                topic: topic.clone(),
                application,
                client,
                code: Secret::new("04719382".to_owned()),
                minutes: 8,
                long_code: Secret::new("7XK2-9QFM-0RTA-V3HE".to_owned()),
                long_minutes: 25,
                mark: "KX".to_owned(),
                issued: 1_800_000_122,
            };
            let mail = compose(&notice, language).unwrap();
            let (subject, text, html) = (&mail.subject, mail.text.expose(), mail.html.expose());
            mails += &format!("=== {name}: {subject}\n{text}---\n{html}");
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
