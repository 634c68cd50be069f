//! Recovery in the built-in directory: somebody who has forgotten the password sets another one
//! with the code of a mail.

use lifeguard_identity::account::{AccountKey, Kind, Status};
use lifeguard_identity::token::handle::Flow;
use lifeguard_sign_in::automaton::Existence;
use lifeguard_sign_up::email::Email;
use lifeguard_store::Accounts;
use lifeguard_store::accounts::passwords::{NewPassword, Passwords};
use lifeguard_store::accounts::{Account, Written};

use crate::answer::Answered;
use crate::ask::{ConfirmRecovery, Recover};
use crate::chance::Chance;
use crate::directory::{Recipient, Wanted, not_accepted};
use crate::fault::Failure;
use crate::password::Hashing;
use crate::problem::Problem;
use crate::provider::{Provider, World};
use crate::reason::Reason;

/// The version that no account has.
const NOBODY: u64 = 0;

impl<W: World> Provider<W> {
    /// Asks for the code of a recovery. Everybody gets the same answer after the same calls; only
    /// the note of the challenge says whether anybody is written to.
    pub(crate) async fn recover(
        &self,
        recover: &Recover,
        chance: &Chance,
    ) -> Result<Answered, Failure<Problem>> {
        self.demand_directory()?;
        // What is no address belongs to nobody, as everybody can see.
        let email = Email::parse(recover.email.expose())
            .ok_or(Failure::Refused(Problem::AddressNotUsable))?;
        let account = AccountKey::from_address(&email);
        let key = self.newest_key(chance.now).await?;
        let found = self.accounts.read(&account, chance.now).await?;
        let (version, recipient, person) = standing(found.as_ref(), &email);
        let flow = Flow::Recovery(version);
        let wanted = Wanted { account, flow, recipient, language: recover.language, person };
        Ok(self.mail_code(wanted, &key, chance).await?.accepted("recovery"))
    }

    /// Sets another password with the code of a recovery, and ends every session.
    pub(crate) async fn confirm_recovery(
        &self,
        confirm: &ConfirmRecovery,
        now: u64,
    ) -> Result<Answered, Failure<Problem>> {
        self.demand_directory()?;
        let (handle, key) = self.read_handle(&confirm.handle, now).await?;
        let version = match handle.flow {
            Flow::Recovery(version) => version,
            Flow::Registration(_) => return Err(not_accepted(Reason::ForeignHandle)),
        };
        let foreign = || not_accepted(Reason::ForeignHandle);
        let email = Email::parse(confirm.email.expose()).ok_or_else(foreign)?;
        if AccountKey::from_address(&email) != handle.account {
            return Err(foreign());
        }
        // Before the code is spent: whoever is told that a password is too short tries another.
        let password = self.admit_password(&confirm.password, &confirm.email)?;
        let found = self.accounts.read(&handle.account, now).await?;
        let tie = found.as_ref().map(|account| account.id.as_str());
        self.spend_code(&handle, tie, &key, &confirm.code, now).await?;
        // The salt is the handle's, so the same confirmation again makes the same hash and is seen
        // to be done; another password with the same code finds that the version has risen.
        let hash = self.hashing.hash(&password, handle.ticket.nonce)?;
        let new = NewPassword { key: handle.account, version, hash };
        match self.accounts.replace(&new).await? {
            Written::Done => Ok(Answered::empty("recovered")),
            Written::Refused => Err(not_accepted(Reason::Overtaken)),
        }
    }
}

/// The version of somebody's account, whether they are written to, and whether their budgets stay.
/// The code belongs to the account's id: that is random and in no handle, so the code key alone
/// makes nobody's code, and the account that comes after an erased one is another.
fn standing(account: Option<&Account>, email: &Email) -> (u64, Recipient, Existence) {
    let directory = account.filter(|account| account.kind == Kind::Directory);
    match directory.map(|account| (account.status, account)) {
        Some((Status::Active, account)) => {
            // The domain as it is compared: nothing else was ever confirmed.
            let address = format!("{}@{}", email.local(), email.domain().as_str());
            let tie = account.id.as_str().to_owned();
            (account.version, Recipient::Somebody { address, tie }, Existence::Known)
        }
        Some((Status::Disabled, _)) => (NOBODY, Recipient::Nobody, Existence::Known),
        Some((Status::Pending, _)) | None => (NOBODY, Recipient::Nobody, Existence::Unknown),
    }
}
