//! The built-in directory with one address, its owner's account and what the owner has of it.

pub mod accounts;
pub mod adapters;
pub mod events;
pub mod requests;

use developer_identity::settings::Settings;
use developer_identity::{Dependencies, Provider};
use lifeguard_identity::account::AccountKey;
use lifeguard_sign_in::occasion::Occasion;
use lifeguard_sign_in::row::RowKey;
use lifeguard_sign_in::ticket::Challenge;
use lifeguard_sign_up::email::Email;
use lifeguard_testkit::Seeded;
use lifeguard_testkit::fixtures::{CLIENT, IDENTITY_POOL, POOL, settings};
use serde_json::json;

use self::accounts::AccountsTable;
use self::adapters::{Hasher, IdentityPool, NoWeb, Simulated};
use crate::faults::Faults;
use crate::keys::SimulatedSecret;
use crate::ledger::PasswordLedger;
use crate::rows::Rows;
use crate::table::Table;

/// The app client of every request.
pub const APP: &str = "app";

/// Way in which attackers spend wrong passwords, beside their mails and codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guesser {
    /// They have other means.
    Never,
    /// Now and then they send a few.
    Seldom,
    /// They send them until the password is locked, all the time.
    Always,
}

/// The owner's newest session.
#[derive(Clone, Debug)]
pub struct Tokens {
    /// The access token.
    pub access: String,
    /// The refresh token.
    pub refresh: String,
    /// Time of issue.
    pub issued: u64,
}

/// Sender of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caller {
    /// The owner of the mailbox.
    Owner,
    /// An attacker.
    Attacker,
}

/// A request that waits for the code of a mail.
#[derive(Clone, Debug)]
pub struct PendingCode {
    /// The place of its kind.
    pub place: usize,
    /// The challenge of its handle.
    pub challenge: Challenge,
    handle: String,
    password: String,
    by: Caller,
}

/// The directory; each kind of mail is a place.
pub struct Directory {
    /// True if a password under attack is asked for with a mailed code, instead of being refused.
    pub code_under_attack: bool,
    /// Wrong passwords of the attackers.
    pub guesser: Guesser,
    /// The owner's password, once there is an account.
    pub password: Option<String>,
    /// The owner's newest session.
    pub tokens: Option<Tokens>,
    /// True if the owner tries the password before a recovery.
    pub tries_password: bool,
    provider: Provider<Simulated>,
    accounts: AccountsTable,
    hasher: Hasher,
    guesses: PasswordLedger,
    email: String,
    account: AccountKey,
    /// Number of passwords that the owner has chosen.
    chosen: u64,
}

impl Directory {
    /// Deploys a directory on these tables and returns it with the settings of its mails.
    ///
    /// # Panics
    /// If the function refuses the settings.
    #[must_use]
    pub fn deploy(
        seed: u64,
        random: &mut Seeded,
        rows: &Rows,
        table: &Table,
        faults: &Faults,
    ) -> (Self, lifeguard_policy::Policy) {
        let code_under_attack = random.once_in(2);
        let policy = json!({
            "pool": POOL,
            "clients": {CLIENT: {}},
            "mail": {"application": "Acme"},
            "identity": {
                "identity_pool": IDENTITY_POOL,
                "provider": "lifeguard",
                "directory": "built_in",
                "first_party": [APP],
                "code_under_attack": code_under_attack,
                // The limits of a day are another matter: they refuse owner and attacker alike.
                "registration": {"mails_a_day": 1_000_000, "mails_a_domain": 1_000_000},
            },
        });
        let settings = settings(&policy.to_string(), Settings::load);
        let policy = settings.policy.clone();
        let accounts = AccountsTable::new(rows, faults.clone());
        let hasher = Hasher::default();
        let dependencies = Dependencies::<Simulated> {
            accounts: accounts.clone(),
            challenges: table.clone(),
            keys: SimulatedSecret,
            adapter_keys: None,
            pool: IdentityPool::new(faults.clone()),
            web: NoWeb,
            hashing: hasher.clone(),
        };
        let email = format!("owner-{seed}@example.net");
        let account = AccountKey::from_address(&Email::parse(&email).expect("an address"));
        let guesser = [Guesser::Never, Guesser::Seldom, Guesser::Always][random.below(3) as usize];
        let directory = Self {
            code_under_attack,
            guesser,
            password: None,
            tokens: None,
            tries_password: false,
            provider: Provider::new(settings, dependencies),
            accounts,
            hasher,
            guesses: PasswordLedger::default(),
            email,
            account,
            chosen: 0,
        };
        (directory, policy)
    }

    /// Returns the rows of the places.
    #[must_use]
    pub fn rows(&self) -> [RowKey; 3] {
        Occasion::ALL.map(|occasion| occasion.row(POOL, self.account.as_str()))
    }

    /// Returns a password that the owner has not had before.
    pub fn next_password(&mut self) -> String {
        self.chosen += 1;
        format!("rivers run to the sea {}", self.chosen)
    }
}

/// Returns the place of a kind of mail.
#[must_use]
pub const fn place_of(occasion: Occasion) -> usize {
    match occasion {
        Occasion::Registration => 0,
        Occasion::Recovery => 1,
        Occasion::SignIn => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::place_of;
    use lifeguard_sign_in::occasion::Occasion;

    #[test]
    fn places_are_in_the_order_of_the_occasions() {
        for (place, occasion) in Occasion::ALL.into_iter().enumerate() {
            assert_eq!(place_of(occasion), place);
        }
    }
}
