//! Composes a mail.
//!
//! Nothing of a user stands in it but the code. Every value is cleaned; the templates escape it for
//! the place where it stands, so that a value that looks like a template or like markup stays
//! text.

use askama::Template as _;
use lifeguard_sign_in::budget::DAY;
use lifeguard_sign_in::language::Language;
use lifeguard_sign_in::secret::Secret;

use crate::notice::Notice;
use crate::templates::{Html, Mail, Subject, Text, unnamed_application};

/// The longest name of an application that is shown, in characters.
const LONGEST_NAME: usize = 64;
/// The longest name of an app client that is shown, in characters.
const LONGEST_CLIENT: usize = 32;

/// A mail that is ready to go.
#[derive(Debug)]
pub struct Message {
    /// One line, without the code: subjects are shown on locked screens.
    pub subject: String,
    /// The plain text.
    pub text: Secret,
    /// The same as HTML.
    pub html: Secret,
}

/// Composes the mail in one language.
///
/// # Errors
/// The error of the template engine; no value of a notice causes one.
pub fn compose(notice: &Notice<'_>, language: Language) -> Result<Message, askama::Error> {
    let application = place(notice, language);
    let time = time_of_day(notice.issued);
    let mail = &Mail {
        language,
        topic: &notice.topic,
        application: &application,
        short_code: notice.short_code.as_ref().map(|short| short.code.expose()),
        minutes: notice.short_code.as_ref().unwrap_or(&notice.long_code).minutes,
        long_code: notice.long_code.code.expose(),
        long_minutes: notice.long_code.minutes,
        mark: &notice.mark,
        time: &time,
    };
    Ok(Message {
        subject: Subject { mail }.render()?,
        text: Secret::new(Text { mail }.render()?),
        html: Secret::new(Html { mail }.render()?),
    })
}

/// Writes a time as hours, minutes and seconds of its day in UTC.
fn time_of_day(time: u64) -> String {
    let seconds = time % DAY;
    format!("{:02}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60)
}

/// Returns the name of the application, with that of the client behind it if it has one.
fn place(notice: &Notice<'_>, language: Language) -> String {
    let shown = |name: Option<&str>, most| name.map(|name| clean(name, most)).unwrap_or_default();
    let application = match shown(notice.application, LONGEST_NAME).as_str() {
        "" => unnamed_application(language).to_owned(),
        name => name.to_owned(),
    };
    match shown(notice.client, LONGEST_CLIENT).as_str() {
        "" => application,
        client => format!("{application}, {client}"),
    }
}

/// Returns a name as one short line of at most `most` characters: without control characters and
/// without the invisible ones that turn the direction of the text around them.
fn clean(name: &str, most: usize) -> String {
    let visible = |letter: &char| {
        !letter.is_control()
            && !matches!(letter,
                '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    let words = name.split_whitespace().collect::<Vec<_>>().join(" ");
    let name: String = words.chars().filter(visible).take(most).collect();
    name.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::{Message, compose};
    use crate::notice::{Link, Notice, TimedCode, Topic};
    use lifeguard_sign_in::language::Language;
    use lifeguard_sign_in::occasion::Occasion;
    use lifeguard_sign_in::secret::Secret;
    use proptest::prelude::{prop_assert, prop_assert_eq, proptest};
    use scraper::{Html, Selector};

    const CODE: &str = "04719382";
    const LONG_CODE: &str = "7XK2-9QFM-0RTA-V3HE";

    fn mail(application: Option<&str>, language: Language) -> Message {
        mail_about(Topic::Code, application, language)
    }

    fn mail_about(topic: Topic, application: Option<&str>, language: Language) -> Message {
        let notice = Notice {
            topic,
            application,
            client: None,
            short_code: Some(TimedCode { code: Secret::new(CODE.to_owned()), minutes: 5 }),
            long_code: TimedCode { code: Secret::new(LONG_CODE.to_owned()), minutes: 25 },
            mark: "KX".to_owned(),
            issued: 1_800_000_122,
        };
        compose(&notice, language).unwrap()
    }

    fn link_mail(application: &str, address: &str, language: Language) -> Message {
        let link = Link { address: Secret::new(address.to_owned()), minutes: 10 };
        mail_about(Topic::Link(link), Some(application), language)
    }

    /// The elements of a page with the names of their attributes, in the order of the page.
    fn shape(html: &str) -> Vec<String> {
        let page = Html::parse_document(html);
        assert_eq!(page.errors, Vec::<String>::new(), "{html}");
        let all = Selector::parse("*").unwrap();
        page.select(&all)
            .map(|element| {
                let attributes: Vec<&str> = element.value().attrs().map(|(name, _)| name).collect();
                format!("{} {}", element.value().name(), attributes.join(" "))
            })
            .collect()
    }

    fn text_of(html: &str, selector: &str) -> Vec<String> {
        Html::parse_document(html)
            .select(&Selector::parse(selector).unwrap())
            .map(|element| element.text().collect())
            .collect()
    }

    /// Returns the mail of a client with this name.
    fn mail_of_client(client: &str, language: Language) -> Message {
        let notice = Notice {
            topic: Topic::Code,
            application: Some("Acme"),
            client: Some(client),
            short_code: Some(TimedCode { code: Secret::new(CODE.to_owned()), minutes: 5 }),
            long_code: TimedCode { code: Secret::new(LONG_CODE.to_owned()), minutes: 25 },
            mark: "KX".to_owned(),
            issued: 1_800_000_122,
        };
        compose(&notice, language).unwrap()
    }

    #[test]
    fn subject_names_application_client_mark_and_time() {
        for (language, subject) in [
            (Language::English, "Your sign-in code for Acme, Staff portal (KX, 08:02:02 UTC)"),
            (Language::Dutch, "Je inlogcode voor Acme, Staff portal (KX, 08:02:02 UTC)"),
            (Language::German, "Ihr Anmeldecode für Acme, Staff portal (KX, 08:02:02 UTC)"),
        ] {
            let message = mail_of_client("Staff portal", language);
            assert_eq!(message.subject, subject);
            assert!(message.text.expose().contains("Acme, Staff portal"));
            assert_eq!(text_of(message.html.expose(), "bdi"), ["Acme, Staff portal"]);
            let plain = mail(Some("Acme"), language).subject;
            for nothing in ["", " \r\n", "\u{200b}\u{202e}"] {
                assert_eq!(mail_of_client(nothing, language).subject, plain, "{nothing:?}");
            }
        }
    }

    /// No name of a client ends the subject's line, adds a header or markup, or hides mark and time.
    #[test]
    fn t52_name_of_a_client_stays_part_of_one_line() {
        for name in [
            "Staff\r\nBcc: eve@example.org\r\n\r\nHello",
            "Staff\u{85}\u{2028}\u{2029}\u{0}\u{b}next",
            "</title><script>alert(1)</script>",
            "{code} {{code}} {{ mail.code }}",
            "\u{202e}ffatS\u{2066}\u{200f}",
            &"x".repeat(5_000),
        ] {
            for language in Language::ALL {
                let Message { subject, text, html } = mail_of_client(name, language);
                let (text, html) = (text.expose(), html.expose());
                assert!(!subject.contains(char::is_control), "{subject:?}");
                assert!(!subject.contains(CODE) && !subject.contains(LONG_CODE), "{subject:?}");
                assert!(subject.ends_with(" (KX, 08:02:02 UTC)"), "{subject:?}");
                assert!(subject.chars().count() < 90, "{subject:?}");
                assert_eq!(shape(html), shape(mail(Some("Acme"), language).html.expose()));
                assert_eq!(text_of(html, ".code"), [CODE]);
                assert_eq!(text.matches(CODE).count(), 1);
                let plain = mail(Some("Acme"), language);
                assert_eq!(text.lines().count(), plain.text.expose().lines().count());
            }
        }
    }

    #[track_caller]
    fn check(application: &str) {
        for language in Language::ALL {
            let Message { subject, text, html } = mail(Some(application), language);
            let (text, html) = (text.expose(), html.expose());
            let plain = mail(Some("Acme"), language);
            assert_eq!(shape(html), shape(plain.html.expose()), "{application:?}");
            assert_eq!(text_of(html, ".code"), [CODE], "{application:?}");
            assert_eq!(html.matches(CODE).count(), 1, "{application:?}");
            assert_eq!(text.matches(CODE).count(), 1, "{application:?}");
            assert_eq!(text_of(html, ".long-code"), [LONG_CODE], "{application:?}");
            assert_eq!(text.matches(LONG_CODE).count(), 1, "{application:?}");
            assert!(!subject.contains(LONG_CODE), "{application:?}");
            assert_eq!(text.lines().count(), plain.text.expose().lines().count());
            assert!(!subject.contains(CODE), "{application:?}");
            assert!(!subject.chars().any(char::is_control), "{application:?}");
            assert!(subject.chars().count() < 130, "{application:?}");
            for turner in ['\u{200f}', '\u{202e}', '\u{2066}'] {
                assert!(!format!("{subject}{text}{html}").contains(turner));
            }
        }
    }

    #[test]
    fn t52_markup_in_mail_stays_text() {
        check("<script>alert(1)</script>");
        check("</p></body><a href=\"https://evil.example\">here</a>");
        check("\" onload='x' <!-- ]]> &amp; &#60;img src=x&#62;");
        check("</title><title>");
        check("{code} {{code}} {application} {minutes} {");
        check("Acme\r\nBcc: eve@example.org\r\n\r\nHello");
        check("Acme\u{85}\u{2028}\u{2029}\u{0}\u{b}next");
        check("\u{202e}emcA\u{2066}\u{200f}");
        check(&"<b>".repeat(3_500));
        check("אקמה");
    }

    /// S1: the redirect is matched before it comes here; were it not, it would still be text.
    #[test]
    fn t52_hostile_address_adds_no_link_and_no_code() {
        let plain = "https://app.example.com/signin?a=b&c=d#eyJ.mac";
        let hostile = [
            "https://app.example.com/?\"><h1>Hi</h1><a href=\"https://evil.example",
            "https://app.example.com/'onclick='x' {code} <script>",
            "javascript:alert(1)//\r\n<img src=x>",
        ];
        for language in Language::ALL {
            let expected = shape(link_mail("Acme", plain, language).html.expose());
            for address in hostile.into_iter().chain([plain]) {
                let message = link_mail("<b>Acme</b>", address, language);
                let html = message.html.expose();
                assert_eq!(shape(html), expected, "{address}");
                let page = Html::parse_document(html);
                let links: Vec<_> = page
                    .select(&Selector::parse("[href], [src], [action]").unwrap())
                    .map(|link| link.value().attr("href").unwrap().replace("\r\n", "\n"))
                    .collect();
                assert_eq!(links, [address.replace("\r\n", "\n")]);
                assert_eq!(text_of(html, ".code"), [CODE]);
                assert_eq!(message.text.expose().matches(address).count(), 1);
                assert!(!message.subject.contains("://"));
                assert!(html.contains("10 min") && html.contains("5 min"));
            }
        }
    }

    /// Every template in every language: SES rewrites the links of an HTML body that are not
    /// marked, and none of plain text.
    #[test]
    fn only_link_of_any_mail_is_marked_against_rewriting() {
        let address = "https://app.example.com/signin?a=b&c=d#eyJ.mac";
        let link = Link { address: Secret::new(address.to_owned()), minutes: 10 };
        let topics = [
            (Topic::Code, 0),
            (Topic::Link(link), 1),
            (Topic::Directory(Occasion::Registration), 0),
            (Topic::Directory(Occasion::Recovery), 0),
        ];
        for language in Language::ALL {
            for (topic, links) in topics.clone() {
                let message = mail_about(topic, Some("Acme"), language);
                let (text, html) = (message.text.expose(), message.html.expose());
                let page = Html::parse_document(html);
                let targets: Vec<_> = page
                    .select(&Selector::parse("a, area, form, [href], [src], [action]").unwrap())
                    .map(|element| {
                        (element.value().attr("ses:no-track"), element.value().attr("href"))
                    })
                    .collect();
                assert_eq!(targets, vec![(Some(""), Some(address)); links], "{html}");
                assert_eq!(html.matches("://").count(), links, "{html}");
                assert_eq!(html.matches("<a ses:no-track class=").count(), links, "{html}");
                assert_eq!(text.matches("://").count(), links, "{text}");
                assert_eq!(text.matches(address).count(), links, "{text}");
                assert!(!format!("{text}{html}").contains("ses:openTracker"));
            }
        }
    }

    #[test]
    fn t53_mail_names_its_application_and_is_no_bait() {
        for (language, warning) in [
            (Language::English, "If it was not you"),
            (Language::Dutch, "Heb je hier niet om gevraagd"),
            (Language::German, "Haben Sie ihn nicht angefordert"),
        ] {
            let message = mail(Some("Acme & Sons"), language);
            assert!(message.subject.contains("Acme & Sons"));
            let html = message.html.expose();
            assert_eq!(text_of(html, "bdi"), ["Acme & Sons"]);
            let links = "a, img, link, script, form, iframe, [href], [src]";
            assert_eq!(text_of(html, links), Vec::<String>::new());
            for body in [message.text.expose(), html] {
                assert!(body.contains(warning), "{body}");
                assert!(body.contains("5 min"), "{body}");
                assert!(!body.contains("://"), "{body}");
            }
        }
    }

    #[test]
    fn mail_of_directory_tells_use_of_its_code() {
        for language in Language::ALL {
            let mut seen = vec![mail(Some("Acme"), language).text.expose().to_owned()];
            for occasion in Occasion::ALL {
                let message = mail_about(Topic::Directory(occasion), Some("Acme & <i>"), language);
                let (text, html) = (message.text.expose(), message.html.expose());
                assert!(message.subject.contains("Acme & <i>"));
                assert_eq!(text_of(html, "title"), [message.subject.as_str()]);
                assert_eq!(text_of(html, "bdi"), ["Acme & <i>"]);
                assert_eq!(text_of(html, ".code"), [CODE]);
                assert_eq!(text.matches(CODE).count(), 1);
                assert!(text.contains("5 min") && html.contains("5 min"));
                assert!(!format!("{}{text}{html}", message.subject).contains(['{', '}']));
                assert_eq!(text_of(html, "a, img, link, [href], [src]"), Vec::<String>::new());
                assert!(!seen.contains(&text.to_owned()));
                seen.push(text.to_owned());
            }
        }
    }

    #[test]
    fn mail_in_english_reads_as_recorded() {
        let message = mail(None, Language::English);
        assert_eq!(message.subject, "Your sign-in code for your account (KX, 08:02:02 UTC)");
        assert_eq!(
            message.text.expose(),
            "This is the sign-in code for your account:\n\n    04719382\n\n\
             It works once, for 5 min, and only where it was asked for.\n\
             If it is refused, this longer code works there, for 25 min:\n\n    \
             7XK2-9QFM-0RTA-V3HE\n\n\
             Request KX of 08:02:02 UTC. If the page shows other letters, the codes of this mail \
             work there too, as long as no newer mail has come.\n\
             If it was not you who asked for it, ignore this message and do not share the code.\n"
        );
        assert!(!format!("{message:?}").contains(CODE));
    }

    #[test]
    fn late_mail_shows_the_long_code_alone() {
        let link = Link { address: Secret::new("https://a.example/#x".to_owned()), minutes: 20 };
        let mut topics = vec![Topic::Code, Topic::Link(link)];
        topics.extend(Occasion::ALL.map(Topic::Directory));
        for (language, topic) in Language::ALL
            .into_iter()
            .flat_map(|language| topics.iter().map(move |topic| (language, topic.clone())))
        {
            let notice = Notice {
                topic,
                application: Some("Acme"),
                client: None,
                short_code: None,
                long_code: TimedCode { code: Secret::new(LONG_CODE.to_owned()), minutes: 15 },
                mark: "KX".to_owned(),
                issued: 1_800_000_122,
            };
            let message = compose(&notice, language).unwrap();
            let (text, html) = (message.text.expose(), message.html.expose());
            assert_eq!(text_of(html, ".code"), Vec::<String>::new());
            assert_eq!(text_of(html, ".long-code"), [LONG_CODE]);
            for body in [text, html] {
                assert_eq!(body.matches(LONG_CODE).count(), 1, "{body}");
                assert_eq!(body.matches("15 min").count(), 1, "{body}");
                assert!(!body.contains(" 0 min"), "{body}");
            }
        }
    }

    #[test]
    fn mail_in_any_language_has_no_open_placeholder() {
        for language in Language::ALL {
            let message = mail(None, language);
            let (text, html) = (message.text.expose(), message.html.expose());
            assert!(!format!("{}{text}{html}", message.subject).contains(['{', '}']));
            assert_eq!(text_of(html, "title"), [message.subject]);
        }
    }

    #[test]
    fn invisible_name_counts_as_none() {
        let named = mail(Some(" \u{202e}\r\n\u{200b} "), Language::Dutch);
        assert_eq!(named.subject, mail(None, Language::Dutch).subject);
    }

    proptest! {
        #[test]
        fn any_name_leaves_shape_of_mail_alone(name in "(?s).{0,80}") {
            let message = mail(Some(&name), Language::German);
            let html = message.html.expose();
            prop_assert_eq!(shape(html), shape(mail(None, Language::German).html.expose()));
            prop_assert_eq!(text_of(html, ".code"), [CODE]);
            prop_assert!(!message.subject.chars().any(char::is_control));
        }
    }
}
