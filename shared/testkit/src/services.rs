//! The services that the functions of a sign-in call: the secret with the code key, the mail
//! service and the table of challenges.

use std::sync::{Arc, Mutex};

use lifeguard_aws::{KeyFault, KeySource};
use lifeguard_sign_in::verdict::Judgement;
use lifeguard_store::challenges::{Challenges, Issued, NewChallenge, Recorded};
use lifeguard_store::{Operation, StoreError};

use crate::fixtures::key_document;
use crate::memory::MemoryChallenges;
use crate::stand_in::{Behaviour, CallError, StandIn};

/// The secret with the code key; cloning shares it.
#[derive(Clone)]
pub struct KeySecret {
    /// The calls of Secrets Manager.
    pub service: StandIn,
    document: Arc<Mutex<String>>,
}

impl Default for KeySecret {
    fn default() -> Self {
        Self::new(&[1])
    }
}

impl KeySecret {
    /// Creates a secret with the key of the tests under each of these versions.
    #[must_use]
    pub fn new(versions: &[u16]) -> Self {
        let document = Arc::new(Mutex::new(key_document(versions)));
        Self { service: StandIn::default(), document }
    }

    /// Replaces the versions of the key.
    pub fn set(&self, versions: &[u16]) {
        *self.document.lock().expect("no test panicked inside") = key_document(versions);
    }
}

impl KeySource for KeySecret {
    async fn read(&self) -> Result<String, KeyFault> {
        let read = async { self.document.lock().expect("no test panicked inside").clone() };
        self.service.call(read).await.map_err(|_| KeyFault::Read("unreachable".into()))
    }
}

/// A mail that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// The address of the recipient.
    pub to: String,
    /// The subject.
    pub subject: String,
    /// The body in plain text.
    pub text: String,
}

/// The mail service and the mails that it sent; cloning shares them.
#[derive(Clone, Default)]
pub struct Mailbox {
    /// The calls of the mail service.
    pub service: StandIn,
    sent: Arc<Mutex<Vec<Mail>>>,
}

impl Mailbox {
    /// Creates a service with these behaviours for the next mails; it sends all later ones.
    #[must_use]
    pub fn with_next(behaviours: &[Behaviour]) -> Self {
        let mailbox = Self::default();
        mailbox.service.set_next(behaviours);
        mailbox
    }

    /// Sends one mail.
    ///
    /// # Errors
    /// [`CallError`] as the behaviour of the call says.
    pub async fn send(&self, mail: Mail) -> Result<(), CallError> {
        let send = async { self.sent.lock().expect("no test panicked inside").push(mail) };
        self.service.call(send).await
    }

    /// Returns the mails that were sent, oldest first.
    #[must_use]
    pub fn sent(&self) -> Vec<Mail> {
        self.sent.lock().expect("no test panicked inside").clone()
    }

    /// Takes the mails out that were sent, oldest first.
    #[must_use]
    pub fn take(&self) -> Vec<Mail> {
        std::mem::take(&mut *self.sent.lock().expect("no test panicked inside"))
    }
}

/// The table of challenges in memory, with a record of the judgements; cloning shares it.
#[derive(Clone, Default)]
pub struct ChallengeService {
    /// The calls that record a judgement or issue a challenge.
    pub service: StandIn,
    /// The rows.
    pub rows: MemoryChallenges,
    judgements: Arc<Mutex<Vec<Judgement>>>,
}

impl ChallengeService {
    /// Creates an empty table with this behaviour in every call.
    #[must_use]
    pub fn new(behaviour: Behaviour) -> Self {
        Self { service: StandIn::new(behaviour), ..Self::default() }
    }

    /// Returns the judgements that the table was asked to record, oldest first.
    #[must_use]
    pub fn judgements(&self) -> Vec<Judgement> {
        self.judgements.lock().expect("no test panicked inside").clone()
    }
}

impl Challenges for ChallengeService {
    async fn issue(&self, new: &NewChallenge) -> Result<Issued, StoreError> {
        let issued = self.service.call(self.rows.issue(new)).await;
        issued.unwrap_or_else(|_| Err(StoreError::new(Operation::Issue, "throttled")))
    }

    async fn record(&self, judgement: &Judgement) -> Result<Recorded, StoreError> {
        self.judgements.lock().expect("no test panicked inside").push(judgement.clone());
        let recorded = self.service.call(self.rows.record(judgement)).await;
        recorded.unwrap_or_else(|_| Err(StoreError::new(Operation::Record, "throttled")))
    }
}
