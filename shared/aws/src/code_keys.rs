//! The versions of the code key, read from Secrets Manager once per instance.

use std::collections::BTreeMap;
use std::error::Error;

use aws_sdk_secretsmanager::Config;
use aws_sdk_secretsmanager::config::retry::RetryConfig;
use aws_sdk_secretsmanager::error::SdkError;
use aws_sdk_secretsmanager::operation::get_secret_value::{
    GetSecretValueError, GetSecretValueOutput,
};
use aws_types::SdkConfig;
use lifeguard_sign_in::code_key::{CodeKey, KeyError};
use thiserror::Error;
use tokio::sync::Mutex;

use crate::failed_call::failed_call;

/// The least time in seconds between two readings of the secret.
const PAUSE: u64 = 60;
/// Seconds for which keys are known: after this time, no instance uses a key that was taken out
/// of the secret.
const LIFE: u64 = 15 * 60;
/// Seconds for which keys are known while the secret cannot be read.
const LONGEST: u64 = 60 * 60;

/// Error of a look-up of a key.
#[derive(Debug, Error)]
pub enum KeyFault {
    /// Secrets Manager did not give the secret.
    #[error("failed to read the code key")]
    Read(#[source] Box<dyn Error + Send + Sync>),
    /// The secret's document is not usable.
    #[error("failed to use the code key")]
    Use(#[source] KeyError),
}

/// Source of the key document.
pub trait KeySource {
    /// Reads the document once.
    ///
    /// # Errors
    /// [`KeyFault::Read`] if the secret cannot be read.
    fn read(&self) -> impl Future<Output = Result<String, KeyFault>>;

    /// Reads the document in one attempt, where [`KeySource::read`] may make several.
    ///
    /// # Errors
    /// [`KeyFault::Read`] if the secret cannot be read.
    fn read_at_once(&self) -> impl Future<Output = Result<String, KeyFault>> {
        self.read()
    }
}

/// The secret in Secrets Manager.
pub struct SecretsManager {
    client: aws_sdk_secretsmanager::Client,
    secret: String,
}

impl SecretsManager {
    /// Creates a source from the name or ARN of a secret.
    #[must_use]
    pub fn new(config: &SdkConfig, secret: String) -> Self {
        Self { client: aws_sdk_secretsmanager::Client::new(config), secret }
    }
}

impl KeySource for SecretsManager {
    async fn read(&self) -> Result<String, KeyFault> {
        document(self.client.get_secret_value().secret_id(&self.secret).send().await)
    }

    async fn read_at_once(&self) -> Result<String, KeyFault> {
        let once = Config::builder().retry_config(RetryConfig::disabled());
        let request = self.client.get_secret_value().secret_id(&self.secret);
        document(request.customize().config_override(once).send().await)
    }
}

fn document(
    answer: Result<GetSecretValueOutput, SdkError<GetSecretValueError>>,
) -> Result<String, KeyFault> {
    let answer = answer.map_err(|error| KeyFault::Read(failed_call(error)))?;
    answer.secret_string.ok_or(KeyFault::Use(KeyError::Shape))
}

/// The keys an instance knows. A version it does not know makes it read again, at most once a
/// minute: a new key is found without a restart, and invented versions cost one call a minute.
/// Keys are read again after a quarter of an hour, so that a leaked key can be taken out.
pub struct CodeKeys<Source> {
    source: Source,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    keys: BTreeMap<u16, CodeKey>,
    /// Time of the last successful read, in seconds since 1970.
    read_at: Option<u64>,
    /// Time of the last attempt to read, in seconds since 1970.
    tried_at: Option<u64>,
}

impl<Source: KeySource> CodeKeys<Source> {
    /// Creates a store of keys that reads them when they are first needed.
    #[must_use]
    pub fn new(source: Source) -> Self {
        Self { source, known: Mutex::default() }
    }

    /// Returns the key of a version, `None` if the secret has no such version. `now` is in seconds since 1970.
    ///
    /// # Errors
    /// [`KeyFault`] if the secret cannot be read or used and the version is not known yet.
    pub async fn key(&self, version: u16, now: u64) -> Result<Option<CodeKey>, KeyFault> {
        let mut known = self.known.lock().await;
        let since = |at: Option<u64>| at.map_or(u64::MAX, |at| now.abs_diff(at));
        if since(known.read_at) >= LONGEST {
            // Without any key there is nothing to protect, and every event may try.
            *known = Known::default();
        }
        let wanted = since(known.read_at) >= LIFE || !known.keys.contains_key(&version);
        if wanted && since(known.tried_at) >= PAUSE {
            // Set before the reading: while it fails, made-up versions cost no more than this.
            known.tried_at = known.read_at.map(|_| now);
            match known.keep(self.source.read().await, now) {
                Ok(()) => {}
                // A secret that cannot be used is an error at once: an operator must repair it.
                Err(KeyFault::Read(_)) if known.keys.contains_key(&version) => {}
                Err(fault) => return Err(fault),
            }
        }
        Ok(known.keys.get(&version).cloned())
    }

    /// Returns the key of a version if the instance knows it, without a call.
    pub async fn known(&self, version: u16) -> Option<CodeKey> {
        self.known.lock().await.keys.get(&version).cloned()
    }

    /// Reads the keys ahead of the first event, in one attempt. After a failure the first event
    /// that needs a key reads them.
    ///
    /// # Errors
    /// [`KeyFault`] if the secret cannot be read or used.
    pub async fn preload(&self, now: u64) -> Result<(), KeyFault> {
        let mut known = self.known.lock().await;
        known.keep(self.source.read_at_once().await, now)
    }
}

impl Known {
    /// Keeps the keys of a document that was read.
    fn keep(&mut self, document: Result<String, KeyFault>, now: u64) -> Result<(), KeyFault> {
        let keys = CodeKey::parse_all(&document?).map_err(KeyFault::Use)?;
        *self = Self { keys, read_at: Some(now), tried_at: Some(now) };
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{CodeKeys, KeyFault, KeySource};
    use std::cell::Cell;

    const ONE: &str = r#"{"1":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}"#;
    const TWO: &str = r#"{"1":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=","2":"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="}"#;

    struct Scripted<'a> {
        document: &'a Cell<&'static str>,
        reads: &'a Cell<u32>,
    }

    impl KeySource for Scripted<'_> {
        async fn read(&self) -> Result<String, KeyFault> {
            self.reads.set(self.reads.get() + 1);
            match self.document.get() {
                "" => Err(KeyFault::Read("unreachable".into())),
                document => Ok(document.to_owned()),
            }
        }
    }

    #[tokio::test]
    async fn t72_rotated_key_is_found_and_unknown_versions_cost_one_read() {
        let (document, reads) = (Cell::new(ONE), Cell::new(0));
        let keys = CodeKeys::new(Scripted { document: &document, reads: &reads });
        assert_eq!(keys.key(1, 1_000).await.unwrap().unwrap().version(), 1);
        document.set(TWO);
        for now in 1_000..1_060 {
            assert!(keys.key(2, now).await.unwrap().is_none());
        }
        assert_eq!(reads.get(), 1);
        assert_eq!(keys.key(2, 1_060).await.unwrap().unwrap().version(), 2);
        assert_eq!(keys.key(1, 1_060).await.unwrap().unwrap().version(), 1);
        assert_eq!(reads.get(), 2);
    }

    #[tokio::test]
    async fn removed_key_is_unknown_after_a_quarter_of_an_hour() {
        let (document, reads) = (Cell::new(TWO), Cell::new(0));
        let keys = CodeKeys::new(Scripted { document: &document, reads: &reads });
        assert!(keys.key(2, 1_000).await.unwrap().is_some());
        document.set(ONE);
        assert!(keys.key(2, 1_899).await.unwrap().is_some());
        assert!(keys.key(2, 1_900).await.unwrap().is_none());
        assert_eq!(reads.get(), 2);
    }

    #[tokio::test]
    async fn known_key_serves_an_hour_while_the_secret_is_unreachable() {
        let (document, reads) = (Cell::new(TWO), Cell::new(0));
        let keys = CodeKeys::new(Scripted { document: &document, reads: &reads });
        assert!(keys.key(2, 1_000).await.unwrap().is_some());
        document.set("");
        assert!(keys.key(2, 1_900).await.unwrap().is_some(), "a known key serves meanwhile");
        assert!(keys.key(2, 4_599).await.unwrap().is_some());
        assert!(matches!(keys.key(2, 4_600).await, Err(KeyFault::Read(_))));
        document.set(ONE);
        assert!(keys.key(2, 4_600).await.unwrap().is_none());
    }

    #[tokio::test]
    async fn removed_key_is_unknown_a_minute_after_the_secret_is_back() {
        let (document, reads) = (Cell::new(TWO), Cell::new(0));
        let keys = CodeKeys::new(Scripted { document: &document, reads: &reads });
        assert!(keys.key(2, 1_000).await.unwrap().is_some());
        document.set("");
        assert!(keys.key(2, 1_900).await.unwrap().is_some());
        document.set(ONE);
        assert!(keys.key(2, 1_959).await.unwrap().is_some());
        assert!(keys.key(2, 1_960).await.unwrap().is_none());
        assert_eq!(reads.get(), 3);
    }

    #[tokio::test]
    async fn unknown_versions_cost_one_read_a_minute_during_an_outage() {
        let (document, reads) = (Cell::new(ONE), Cell::new(0));
        let keys = CodeKeys::new(Scripted { document: &document, reads: &reads });
        assert!(keys.key(1, 1_000).await.unwrap().is_some());
        document.set("");
        for now in 1_060..1_120 {
            let _ = keys.key(2, now).await;
        }
        assert_eq!(reads.get(), 2);
        assert!(keys.key(1, 1_119).await.unwrap().is_some(), "a known key serves meanwhile");
    }

    #[tokio::test]
    async fn keys_read_ahead_serve_the_first_event_without_a_call() {
        let (document, reads) = (Cell::new(ONE), Cell::new(0));
        let keys = CodeKeys::new(Scripted { document: &document, reads: &reads });
        keys.preload(1_000).await.unwrap();
        assert_eq!(keys.key(1, 1_001).await.unwrap().unwrap().version(), 1);
        assert_eq!(reads.get(), 1);
    }

    #[tokio::test]
    async fn keys_not_read_ahead_are_read_by_the_first_event() {
        let (document, reads) = (Cell::new(""), Cell::new(0));
        let keys = CodeKeys::new(Scripted { document: &document, reads: &reads });
        assert!(matches!(keys.preload(1_000).await, Err(KeyFault::Read(_))));
        document.set("{}");
        assert!(matches!(keys.preload(1_000).await, Err(KeyFault::Use(_))));
        document.set(ONE);
        assert_eq!(keys.key(1, 1_000).await.unwrap().unwrap().version(), 1);
        assert_eq!(reads.get(), 3);
    }

    #[tokio::test]
    async fn a_failed_read_is_a_fault_and_the_next_event_tries_again() {
        let (document, reads) = (Cell::new(""), Cell::new(0));
        let keys = CodeKeys::new(Scripted { document: &document, reads: &reads });
        assert!(matches!(keys.key(1, 1_000).await, Err(KeyFault::Read(_))));
        document.set("{}");
        assert!(matches!(keys.key(1, 1_000).await, Err(KeyFault::Use(_))));
        document.set(ONE);
        assert!(keys.key(1, 1_000).await.unwrap().is_some());
    }
}
