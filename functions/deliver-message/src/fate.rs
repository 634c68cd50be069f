//! The decision about a message: sent or not, and in which form.

use lifeguard_policy::Policy;
use lifeguard_sign_in::client_policy::{ClientPolicy, LinkBinding, Method};
use lifeguard_sign_in::language::Language;
use lifeguard_sign_in::link;
use lifeguard_sign_in::occasion::{self, Occasion};
use lifeguard_sign_in::outgoing::Delivery;
use lifeguard_sign_in::redirect::RedirectUri;
use lifeguard_store::stream::PendingMessage;

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
        /// Digits of a short code at this client.
        digits: u8,
        /// Minutes for which the short code is still valid, counted up; 0 if it has expired.
        minutes: u64,
        /// Minutes for which the long code is still valid, counted up.
        long_minutes: u64,
        /// The subject matter.
        topic: TopicPlan,
    },
    /// Nobody was to be written to: the challenge belongs to a name that has no verified address,
    /// or to none at all.
    Nobody,
    /// Its long code has expired, and with it everything in the message.
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
    /// The page that it leads to.
    pub redirect: RedirectUri,
    /// The sessions in which it may be answered.
    pub binding: LinkBinding,
    /// Minutes for which it is still valid, counted up; 0 if it has expired.
    pub minutes: u64,
}

/// Decides about a message at `now`.
#[must_use]
pub fn decide(due: &PendingMessage, policy: &Policy, now: u64) -> Fate {
    let client = sender(due, policy);
    let recipient = Recipient::parse(&due.outgoing.destination);
    let minutes = minutes_until(due.challenge.short_expires(), now);
    let long_minutes = minutes_until(due.challenge.long_expires(), now);
    match (due.outgoing.delivery, long_minutes, client, recipient) {
        (Delivery::Drop, ..) => Fate::Nobody,
        (Delivery::Send, 0, ..) => Fate::Expired,
        (Delivery::Send, _, None, _) => Fate::UnknownClient,
        (Delivery::Send, _, Some(_), None) => Fate::NoAddress,
        (Delivery::Send, long_minutes, Some(client), Some(recipient)) => {
            let (topic, digits) = match client {
                Client::App(client) => (plan_topic(due, client, now), client.digits),
                Client::Directory(occasion) => {
                    (Ok(TopicPlan::Directory(occasion)), occasion::rules().digits)
                }
            };
            let Ok(topic) = topic else { return Fate::NoRedirect };
            let language = due.outgoing.language;
            Fate::Send { recipient, language, digits, minutes, long_minutes, topic }
        }
    }
}

fn minutes_until(time: u64, now: u64) -> u64 {
    time.saturating_sub(now).div_ceil(60)
}

/// The client that asked for a message.
enum Client<'a> {
    App(&'a ClientPolicy),
    Directory(Occasion),
}

/// The client that asked for the message, if the settings know it.
fn sender<'a>(due: &PendingMessage, policy: &'a Policy) -> Option<Client<'a>> {
    let directory = policy.identity.as_ref().and_then(|_| Occasion::from_client(&due.client));
    let app = policy.clients.get(&due.client).map(Client::App);
    app.or(directory.map(Client::Directory))
}

/// Every mail of a client with links has one. The redirect was matched when the challenge was
/// issued; it is matched again, because the note lay in a table meanwhile and the settings may be
/// newer.
fn plan_topic(
    due: &PendingMessage,
    client: &ClientPolicy,
    now: u64,
) -> Result<TopicPlan, NoRedirect> {
    let links = client.methods.contains(&Method::MagicLink);
    if !links || due.outgoing.redirect.is_empty() {
        return Ok(TopicPlan::Code);
    }
    let redirect = client.redirects.admit(&due.outgoing.redirect).ok_or(NoRedirect)?;
    let binding = client.link_binding;
    let minutes = minutes_until(link::expires(&due.challenge, binding), now);
    Ok(TopicPlan::Link(LinkPlan { redirect, binding, minutes }))
}

struct NoRedirect;

#[cfg(test)]
mod tests {
    use super::{Fate, TopicPlan, decide};
    use crate::recipient::Recipient;
    use lifeguard_policy::{Policy, Variables};
    use lifeguard_sign_in::client_policy::LinkBinding;
    use lifeguard_sign_in::language::Language;
    use lifeguard_sign_in::occasion::Occasion;
    use lifeguard_sign_in::outgoing::{Delivery, Outgoing};
    use lifeguard_sign_in::row::RowKey;
    use lifeguard_sign_in::ticket::Challenge;
    use lifeguard_store::stream::PendingMessage;

    const ISSUED: u64 = 1_800_000_000;
    const POLICY: &str = r#"{"pool":"eu-west-1_Pool","clients":{"web":{"digits":6,"methods":["EMAIL_OTP"]},"link":{"methods":["MAGIC_LINK"],"redirects":["https://app.example.com/"],"default_redirect":"https://app.example.com/"}}}"#;

    fn policy() -> Policy {
        let look_up = |name: &str| (name == "POLICY").then(|| POLICY.to_owned());
        let mut variables = Variables::new(&look_up);
        variables.policy().unwrap()
    }

    fn due() -> PendingMessage {
        PendingMessage {
            row: RowKey::from_stored("v2#row").unwrap(),
            challenge: Challenge {
                id: [7; 16],
                number: 1,
                issued: ISSUED,
                life: 1_500,
                key_version: 1,
            },
            client: "web".to_owned(),
            session: [9; 8],
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
    fn check(due: &PendingMessage, now: u64, expected: &Fate) {
        assert_eq!(&decide(due, &policy(), now), expected);
    }

    #[test]
    fn live_codes_are_sent_with_the_minutes_left() {
        let send = |minutes, long_minutes| Fate::Send {
            recipient: Recipient::parse("noor@example.net").unwrap(),
            language: Language::Dutch,
            digits: 6,
            minutes,
            long_minutes,
            topic: TopicPlan::Code,
        };
        check(&due(), ISSUED, &send(10, 25));
        check(&due(), ISSUED + 2, &send(10, 25));
        check(&due(), ISSUED + 61, &send(9, 24));
        check(&due(), ISSUED + 599, &send(1, 16));
        check(&due(), ISSUED + 600, &send(0, 15));
        check(&due(), ISSUED + 1_499, &send(0, 1));
        check(&due(), ISSUED + 1_500, &Fate::Expired);
    }

    #[test]
    fn link_leads_where_its_client_lets_it_lead() {
        let mut due = due();
        due.outgoing.redirect = "https://app.example.com/signin".to_owned();
        let Fate::Send { topic, .. } = decide(&due, &policy(), ISSUED) else {
            panic!("it is sent")
        };
        assert_eq!(topic, TopicPlan::Code, "a client without links");
        due.client = "link".to_owned();
        let Fate::Send { topic: TopicPlan::Link(link), .. } = decide(&due, &policy(), ISSUED)
        else {
            panic!("it is sent, with a link")
        };
        assert_eq!((link.binding, link.minutes), (LinkBinding::SameSession, 10));
        assert_eq!(link.redirect.as_str(), "https://app.example.com/signin");
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
        check(&due(), ISSUED + 1_500, &Fate::Expired);
        check(&due(), u64::MAX, &Fate::Expired);
    }

    #[test]
    fn nobody_is_written_to_where_nobody_is_meant() {
        let mut due = due();
        due.outgoing.delivery = Delivery::Drop;
        check(&due, ISSUED, &Fate::Nobody);
        check(&due, ISSUED + 1_500, &Fate::Nobody);
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
