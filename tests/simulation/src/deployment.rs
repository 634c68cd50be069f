//! The configurations that the simulation plays, and the functions of each.

use lifeguard_sign_in::client_policy::Method;
use lifeguard_testkit::Seeded;
use lifeguard_testkit::fixtures::{POOL, REDIRECT, settings};
use serde_json::{Value, json};

/// Most app clients of one deployment.
const MOST_CLIENTS: u64 = 3;

/// One app client as the attacker and the owner see it.
#[derive(Clone, Debug)]
pub struct Client {
    /// The client id.
    pub id: String,
    /// The methods that a start may ask for.
    pub methods: Vec<Method>,
    /// True if the first challenge asks for the method.
    pub asks_for_method: bool,
    /// True if a link works in every session.
    pub any_browser: bool,
    /// True if a password comes first.
    pub password_first: bool,
    /// Answers of one session.
    pub answers: u64,
    /// Digits of a short code.
    pub digits: u32,
}

/// The functions of one deployment and its clients.
pub struct Deployment {
    /// The app clients.
    pub clients: Vec<Client>,
    /// Settings of define-auth-challenge.
    pub define: define_auth_challenge::settings::Settings,
    /// Settings of create-auth-challenge; deliver-message has the same policy.
    pub create: create_auth_challenge::settings::Settings,
    /// Settings of verify-auth-challenge.
    pub verify: verify_auth_challenge::settings::Settings,
}

impl Deployment {
    /// Builds a deployment of one to three clients, each with any combination of methods, rounds,
    /// link binding, password rule, answers and digits.
    ///
    /// # Panics
    /// If a function refuses the settings.
    #[must_use]
    pub fn draw(random: &mut Seeded) -> Self {
        let count = 1 + random.below(MOST_CLIENTS);
        let clients: Vec<Client> = (0..count).map(|place| Client::draw(place, random)).collect();
        let members = clients.iter().map(|client| (client.id.clone(), client.policy()));
        let policy = json!({
            "pool": POOL,
            "clients": members.collect::<serde_json::Map<_, _>>(),
            "mail": {"application": "Acme"},
        });
        let policy = policy.to_string();
        Self {
            clients,
            define: settings(&policy, define_auth_challenge::settings::Settings::load),
            create: settings(&policy, create_auth_challenge::settings::Settings::load),
            verify: settings(&policy, verify_auth_challenge::settings::Settings::load),
        }
    }
}

impl Client {
    fn draw(place: u64, random: &mut Seeded) -> Self {
        let methods = match random.below(3) {
            0 => vec![Method::EmailOtp],
            1 => vec![Method::MagicLink],
            _ => vec![Method::EmailOtp, Method::MagicLink],
        };
        Self {
            id: format!("{place}simulatedclient0000000000"),
            methods,
            asks_for_method: random.once_in(2),
            any_browser: random.once_in(2),
            password_first: random.once_in(5),
            answers: 2 + random.below(4),
            digits: 7 + u32::try_from(random.below(4)).unwrap_or(1),
        }
    }

    /// True if mails of this client carry a link.
    #[must_use]
    pub fn has_links(&self) -> bool {
        self.methods.contains(&Method::MagicLink)
    }

    fn policy(&self) -> Value {
        let names: Vec<&str> = self.methods.iter().map(|method| method.name()).collect();
        let mut policy = json!({
            "methods": names, "answers": self.answers, "digits": self.digits,
        });
        if self.has_links() {
            policy["redirects"] = json!([REDIRECT]);
            policy["default_redirect"] = REDIRECT.into();
            let binding = if self.any_browser { "any_browser" } else { "same_session" };
            policy["link_binding"] = binding.into();
        }
        if !self.asks_for_method {
            policy["default_method"] = names[0].into();
        }
        if self.password_first {
            policy["password"] = "first".into();
        }
        policy
    }
}
