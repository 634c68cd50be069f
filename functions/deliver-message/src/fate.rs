//! Is this message still to be sent, and how?

use policy::Policy;
use sign_in::client_policy::{ClientPolicy, Method};
use sign_in::language::Language;
use sign_in::occasion::{self, Occasion};
use sign_in::outgoing::Delivery;
use sign_in::redirect::RedirectUri;
use store::stream::Due;

use crate::recipient::Recipient;

/// What becomes of a message.
#[derive(Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is sent.
    Send {
        /// To this address.
        recipient: Recipient,
        /// In this language.
        language: Language,
        /// How many digits a short code has at this client.
        digits: u8,
        /// How many minutes the code still lives, counted up.
        minutes: u64,
        /// What it is about.
        topic: TopicPlan,
    },
    /// Nobody was to be written to: the challenge belongs to a name that has no verified address,
    /// or to none at all.
    Nobody,
    /// Its code is dead by now.
    Expired,
    /// The settings do not know its client, so nobody could answer it.
    UnknownClient,
    /// Its address is none that can be written to.
    NoAddress,
    /// It was to carry a link, and its redirect is none of the client's.
    NoRedirect,
}

/// What a message is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TopicPlan {
    /// A sign-in by a code.
    Code,
    /// A sign-in by a link, with a code beside it.
    Link(LinkPlan),
    /// A code of the built-in directory.
    Directory(Occasion),
}

/// The link of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkPlan {
    /// Where it leads.
    pub redirect: RedirectUri,
    /// How many minutes it still lives, counted up.
    pub minutes: u64,
}

/// Decides about a message at `now`.
#[must_use]
pub fn decide(due: &Due, policy: &Policy, now: u64) -> Fate {
    let client = sender(due, policy);
    let recipient = Recipient::parse(&due.outgoing.destination);
    let seconds = due.challenge.code_expires().saturating_sub(now);
    match (due.outgoing.delivery, seconds, client, recipient) {
        (Delivery::Drop, ..) => Fate::Nobody,
        (Delivery::Send, 0, ..) => Fate::Expired,
        (Delivery::Send, _, None, _) => Fate::UnknownClient,
        (Delivery::Send, _, Some(_), None) => Fate::NoAddress,
        (Delivery::Send, seconds, Some(client), Some(recipient)) => {
            let (topic, digits) = match client {
                Client::App(client) => (plan_topic(due, client, now), client.digits),
                Client::Directory(occasion) => {
                    (Ok(TopicPlan::Directory(occasion)), occasion::rules().digits)
                }
            };
            let Ok(topic) = topic else { return Fate::NoRedirect };
            let language = due.outgoing.language;
            Fate::Send { recipient, language, digits, minutes: seconds.div_ceil(60), topic }
        }
    }
}

/// Who asked for a message.
enum Client<'a> {
    App(&'a ClientPolicy),
    Directory(Occasion),
}

/// Who asked for the message, if the settings know them.
fn sender<'a>(due: &Due, policy: &'a Policy) -> Option<Client<'a>> {
    let directory = policy.identity.as_ref().and_then(|_| Occasion::of_client(&due.client));
    let app = policy.clients.get(&due.client).map(Client::App);
    app.or(directory.map(Client::Directory))
}

/// The redirect was matched when the challenge was issued; it is matched again, because the note
/// lay in a table meanwhile and the settings may be newer.
fn plan_topic(due: &Due, client: &ClientPolicy, now: u64) -> Result<TopicPlan, NoRedirect> {
    match due.challenge.method {
        Method::EmailOtp => Ok(TopicPlan::Code),
        Method::MagicLink => {
            let redirect = client.redirects.admit(&due.outgoing.redirect).ok_or(NoRedirect)?;
            let minutes = due.challenge.expires.saturating_sub(now).div_ceil(60);
            Ok(TopicPlan::Link(LinkPlan { redirect, minutes }))
        }
    }
}

struct NoRedirect;

#[cfg(test)]
mod tests {
    use super::{Fate, TopicPlan, decide};
    use crate::recipient::Recipient;
    use policy::{Policy, Variables};
    use sign_in::client_policy::Method;
    use sign_in::language::Language;
    use sign_in::occasion::Occasion;
    use sign_in::outgoing::{Delivery, Outgoing};
    use sign_in::row::RowKey;
    use sign_in::ticket::{Challenge, CodeLength};
    use store::stream::Due;

    const ISSUED: u64 = 1_800_000_000;
    const POLICY: &str = r#"{"pool":"eu-west-1_Pool","clients":{"web":{"digits":6,"redirects":["https://app.example.com/"]}}}"#;

    fn policy() -> Policy {
        let look_up = |name: &str| (name == "POLICY").then(|| POLICY.to_owned());
        let mut variables = Variables::new(&look_up);
        variables.policy().unwrap()
    }

    fn due() -> Due {
        Due {
            row: RowKey::stored("v1#row".to_owned()),
            challenge: Challenge {
                id: [7; 16],
                number: 1,
                issued: ISSUED,
                expires: ISSUED + 300,
                key_version: 1,
                method: Method::EmailOtp,
                code_length: CodeLength::Short,
            },
            client: "web".to_owned(),
            outgoing: Outgoing {
                delivery: Delivery::Send,
                destination: "noor@example.net".to_owned(),
                sub: "sub-1".to_owned(),
                language: Language::Dutch,
                user_name: "noor".to_owned(),
                redirect: String::new(),
            },
        }
    }

    #[track_caller]
    fn check(due: &Due, now: u64, expected: &Fate) {
        assert_eq!(&decide(due, &policy(), now), expected);
    }

    #[test]
    fn a_living_code_is_sent_with_the_time_it_has_left() {
        let send = |minutes| Fate::Send {
            recipient: Recipient::parse("noor@example.net").unwrap(),
            language: Language::Dutch,
            digits: 6,
            minutes,
            topic: TopicPlan::Code,
        };
        check(&due(), ISSUED, &send(5));
        check(&due(), ISSUED + 2, &send(5));
        check(&due(), ISSUED + 61, &send(4));
        check(&due(), ISSUED + 299, &send(1));
    }

    #[test]
    fn a_link_leads_where_its_client_lets_it_lead() {
        let mut due = due();
        due.challenge.method = Method::MagicLink;
        due.challenge.expires = ISSUED + 600;
        due.outgoing.redirect = "https://app.example.com/signin".to_owned();
        let Fate::Send { minutes, topic: TopicPlan::Link(link), .. } =
            decide(&due, &policy(), ISSUED)
        else {
            panic!("it is sent, with a link")
        };
        assert_eq!((minutes, link.minutes), (5, 10));
        assert_eq!(link.redirect.as_str(), "https://app.example.com/signin");
        check(&due, ISSUED + 300, &Fate::Expired);
        due.outgoing.redirect = "https://evil.example/".to_owned();
        check(&due, ISSUED, &Fate::NoRedirect);
    }

    #[test]
    fn the_directory_writes_where_there_is_one() {
        let mut due = due();
        due.client = Occasion::Registration.client().to_owned();
        check(&due, ISSUED, &Fate::UnknownClient);
        let identity = r#","identity":{"identity_pool":"eu-west-1:11111111-2222-4333-8444-555555555555","provider":"lifeguard"}}"#;
        let document = format!("{}{identity}", POLICY.strip_suffix('}').unwrap());
        let look_up = |name: &str| (name == "POLICY").then(|| document.clone());
        let policy = Variables::new(&look_up).policy().unwrap();
        let Fate::Send { topic, digits, .. } = decide(&due, &policy, ISSUED) else {
            panic!("it is sent")
        };
        assert_eq!((topic, digits), (TopicPlan::Directory(Occasion::Registration), 10));
    }

    #[test]
    fn a_dead_code_is_not_sent() {
        check(&due(), ISSUED + 300, &Fate::Expired);
        check(&due(), u64::MAX, &Fate::Expired);
    }

    #[test]
    fn nobody_is_written_to_where_nobody_is_meant() {
        let mut due = due();
        due.outgoing.delivery = Delivery::Drop;
        check(&due, ISSUED, &Fate::Nobody);
        check(&due, ISSUED + 300, &Fate::Nobody);
    }

    #[test]
    fn a_client_or_an_address_that_is_none_is_told_apart() {
        let mut other = due();
        other.client = "other".to_owned();
        check(&other, ISSUED, &Fate::UnknownClient);
        let mut nowhere = due();
        nowhere.outgoing.destination = "noor@example.net, eve@example.org".to_owned();
        check(&nowhere, ISSUED, &Fate::NoAddress);
    }
}
