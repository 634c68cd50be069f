//! The decision about a pending message: sent or not, and in which form.

use lifeguard_policy::Policy;
use lifeguard_sign_in::client_policy::{ClientPolicy, LinkBinding, Method};
use lifeguard_sign_in::language::Language;
use lifeguard_sign_in::link;
use lifeguard_sign_in::occasion::{self, Occasion};
use lifeguard_sign_in::outgoing::Delivery;
use lifeguard_sign_in::redirect::RedirectUri;
use lifeguard_store::stream::PendingMessage;

use crate::recipient::Recipient;

/// Decision about one pending message.
#[derive(Debug, PartialEq, Eq)]
pub enum DeliveryDecision {
    /// The message is sent.
    Send {
        /// The address.
        recipient: Recipient,
        /// The language of the mail.
        language: Language,
        /// Digits of a short code at this client.
        digits: u8,
        /// Minutes for which the short code is still valid, counted up; none if it has expired.
        minutes: Option<u64>,
        /// Minutes for which the long code is still valid, counted up.
        long_minutes: u64,
        /// The subject matter.
        topic: TopicPlan,
    },
    /// No message is to be sent: the challenge belongs to an unknown user, or to one without a
    /// verified address.
    NoRecipient,
    /// The long code has expired, and with it everything in the message.
    Expired,
    /// The settings do not know the app client, so no answer would be accepted.
    UnknownClient,
    /// The address is malformed.
    UnusableAddress,
    /// The message was to carry a link, and its redirect is none of the client's.
    UnknownRedirect,
}

/// Subject matter of a message.
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
    /// Minutes for which the link is still valid, counted up.
    pub minutes: u64,
}

/// Decides about a message at `now`.
#[must_use]
pub fn decide(due: &PendingMessage, policy: &Policy, now: u64) -> DeliveryDecision {
    let client = sender(due, policy);
    let recipient = Recipient::parse(&due.outgoing.destination);
    let minutes = minutes_until(due.challenge.short_expires(), now);
    let long_minutes = minutes_until(due.challenge.long_expires(), now);
    match (due.outgoing.delivery, long_minutes, client, recipient) {
        (Delivery::Drop, ..) => DeliveryDecision::NoRecipient,
        (Delivery::Send, None, ..) => DeliveryDecision::Expired,
        (Delivery::Send, _, None, _) => DeliveryDecision::UnknownClient,
        (Delivery::Send, _, Some(_), None) => DeliveryDecision::UnusableAddress,
        (Delivery::Send, Some(long_minutes), Some(client), Some(recipient)) => {
            let (topic, digits) = match client {
                Client::App(client) => (plan_topic(due, client, now), client.digits),
                Client::Directory(occasion) => {
                    (Ok(TopicPlan::Directory(occasion)), occasion::rules().digits)
                }
            };
            let Ok(topic) = topic else { return DeliveryDecision::UnknownRedirect };
            let language = due.outgoing.language;
            DeliveryDecision::Send { recipient, language, digits, minutes, long_minutes, topic }
        }
    }
}

/// Returns the minutes until a time, counted up; none if it has passed.
fn minutes_until(time: u64, now: u64) -> Option<u64> {
    Some(time.saturating_sub(now).div_ceil(60)).filter(|minutes| *minutes > 0)
}

/// The client for which a message was issued.
enum Client<'a> {
    App(&'a ClientPolicy),
    Directory(Occasion),
}

/// Returns the client for which a message was issued, if the settings know it.
fn sender<'a>(due: &PendingMessage, policy: &'a Policy) -> Option<Client<'a>> {
    let directory = policy.identity.as_ref().and_then(|_| Occasion::from_client(&due.client));
    let app = policy.clients.get(&due.client).map(Client::App);
    app.or(directory.map(Client::Directory))
}

/// Returns the subject matter for an app client: every mail of a client with links has a link, unless
/// the link has expired before the codes. The redirect was matched when the challenge was issued; it
/// is matched again, because the note lay in a table meanwhile and the settings may be newer.
fn plan_topic(
    due: &PendingMessage,
    client: &ClientPolicy,
    now: u64,
) -> Result<TopicPlan, UnknownRedirect> {
    let links = client.methods.contains(&Method::MagicLink);
    if !links || due.outgoing.redirect.is_empty() {
        return Ok(TopicPlan::Code);
    }
    let redirect = client.redirects.admit(&due.outgoing.redirect).ok_or(UnknownRedirect)?;
    let binding = client.link_binding;
    Ok(match minutes_until(link::expires(&due.challenge, binding), now) {
        Some(minutes) => TopicPlan::Link(LinkPlan { redirect, binding, minutes }),
        None => TopicPlan::Code,
    })
}

/// A redirect that the settings do not allow.
struct UnknownRedirect;

#[cfg(test)]
mod tests {
    use super::{DeliveryDecision, TopicPlan, decide};
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
    fn check(due: &PendingMessage, now: u64, expected: &DeliveryDecision) {
        assert_eq!(&decide(due, &policy(), now), expected);
    }

    #[test]
    fn valid_codes_are_sent_with_minutes_left() {
        let send = |minutes, long_minutes| DeliveryDecision::Send {
            recipient: Recipient::parse("noor@example.net").unwrap(),
            language: Language::Dutch,
            digits: 6,
            minutes,
            long_minutes,
            topic: TopicPlan::Code,
        };
        check(&due(), ISSUED, &send(Some(10), 25));
        check(&due(), ISSUED + 2, &send(Some(10), 25));
        check(&due(), ISSUED + 61, &send(Some(9), 24));
        check(&due(), ISSUED + 599, &send(Some(1), 16));
        check(&due(), ISSUED + 600, &send(None, 15));
        check(&due(), ISSUED + 1_499, &send(None, 1));
        check(&due(), ISSUED + 1_500, &DeliveryDecision::Expired);
    }

    #[test]
    fn link_follows_redirects_of_its_client() {
        let mut due = due();
        due.outgoing.redirect = "https://app.example.com/signin".to_owned();
        let DeliveryDecision::Send { topic, .. } = decide(&due, &policy(), ISSUED) else {
            panic!("it is sent")
        };
        assert_eq!(topic, TopicPlan::Code, "a client without links");
        due.client = "link".to_owned();
        let DeliveryDecision::Send { topic: TopicPlan::Link(link), .. } =
            decide(&due, &policy(), ISSUED)
        else {
            panic!("it is sent, with a link")
        };
        assert_eq!((link.binding, link.minutes), (LinkBinding::SameSession, 10));
        assert_eq!(link.redirect.as_str(), "https://app.example.com/signin");
        let DeliveryDecision::Send { minutes, topic, .. } = decide(&due, &policy(), ISSUED + 600)
        else {
            panic!("it is sent")
        };
        assert_eq!((minutes, topic), (None, TopicPlan::Code), "the long code alone is valid");
        due.outgoing.redirect = "https://evil.example/".to_owned();
        check(&due, ISSUED, &DeliveryDecision::UnknownRedirect);
    }

    #[test]
    fn directory_mail_needs_configured_directory() {
        let mut due = due();
        due.client = Occasion::Registration.client().to_owned();
        check(&due, ISSUED, &DeliveryDecision::UnknownClient);
        let identity = r#","identity":{"identity_pool":"eu-west-1:11111111-2222-4333-8444-555555555555","provider":"lifeguard"}}"#;
        let document = format!("{}{identity}", POLICY.strip_suffix('}').unwrap());
        let look_up = |name: &str| (name == "POLICY").then(|| document.clone());
        let policy = Variables::new(&look_up).policy().unwrap();
        let DeliveryDecision::Send { topic, digits, .. } = decide(&due, &policy, ISSUED) else {
            panic!("it is sent")
        };
        assert_eq!((topic, digits), (TopicPlan::Directory(Occasion::Registration), 10));
    }

    #[test]
    fn expired_code_is_not_sent() {
        check(&due(), ISSUED + 1_500, &DeliveryDecision::Expired);
        check(&due(), u64::MAX, &DeliveryDecision::Expired);
    }

    #[test]
    fn message_without_recipient_is_not_sent() {
        let mut due = due();
        due.outgoing.delivery = Delivery::Drop;
        check(&due, ISSUED, &DeliveryDecision::NoRecipient);
        check(&due, ISSUED + 1_500, &DeliveryDecision::NoRecipient);
    }

    #[test]
    fn unknown_client_differs_from_unusable_address() {
        let mut other = due();
        other.client = "other".to_owned();
        check(&other, ISSUED, &DeliveryDecision::UnknownClient);
        let mut nowhere = due();
        nowhere.outgoing.destination = "noor@example.net, eve@example.org".to_owned();
        check(&nowhere, ISSUED, &DeliveryDecision::UnusableAddress);
    }
}
