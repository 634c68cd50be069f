//! A running local Cognito, as programs and tests see it.

use std::time::Duration;

use local_cognito_aws_emulation::clock::Clock;
use local_cognito_aws_emulation::credentials::Credentials;
use local_cognito_aws_emulation::functions::Functions;
use local_cognito_aws_emulation::journal::Journal;
use local_cognito_aws_emulation::logs::Logs;
use local_cognito_aws_emulation::origins::Origin;
use local_cognito_aws_emulation::outbox::Outbox;
use local_cognito_dynamodb::stream::{DeadLetter, Stream};
use local_cognito_iam::trail::Trail;
use local_cognito_sam_template::Template;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::mail::Mail;
use crate::saved_state::SavedState;
use crate::secrets::Secrets;
use local_cognito_identity_pool::IdentityPools;
use local_cognito_user_pool::UserPools;

/// The longest that a shutdown waits for deliveries under way.
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// A running local Cognito; dropping it stops its servers and kills its function processes.
pub struct LocalCognito {
    pub(crate) url: String,
    pub(crate) s3_url: String,
    pub(crate) dynamo_url: String,
    pub(crate) region: String,
    pub(crate) origins: Vec<Origin>,
    pub(crate) seeded: Vec<String>,
    pub(crate) clock: Clock,
    pub(crate) credentials: Credentials,
    pub(crate) functions: Functions,
    pub(crate) identity_pools: IdentityPools,
    pub(crate) journal: Journal,
    pub(crate) logs: Logs,
    pub(crate) mail: Mail,
    pub(crate) outbox: Outbox,
    pub(crate) secrets: Secrets,
    pub(crate) stream: Stream,
    pub(crate) template: Template,
    pub(crate) trail: Trail,
    pub(crate) user_pools: UserPools,
    pub(crate) saved_state: SavedState,
    pub(crate) tasks: Vec<JoinHandle<()>>,
    /// Function processes end when it is dropped.
    pub(crate) _stop: watch::Sender<()>,
}

impl LocalCognito {
    /// The base of everything it serves, such as `http://localhost:4480`.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Address of DynamoDB; the main port takes its calls as well.
    #[must_use]
    pub fn dynamo_url(&self) -> &str {
        &self.dynamo_url
    }

    /// The origins of web pages that are answered beside those of this machine.
    #[must_use]
    pub fn origins(&self) -> &[Origin] {
        &self.origins
    }

    /// The names of the users that the seed file created at this start.
    #[must_use]
    pub fn seeded(&self) -> &[String] {
        &self.seeded
    }

    /// The region of its ids and ARNs.
    #[must_use]
    pub fn region(&self) -> &str {
        &self.region
    }

    /// The user pools.
    #[must_use]
    pub fn user_pools(&self) -> &UserPools {
        &self.user_pools
    }

    /// The identity pools.
    #[must_use]
    pub fn identity_pools(&self) -> &IdentityPools {
        &self.identity_pools
    }

    /// The temporary credentials that were issued.
    #[must_use]
    pub fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    /// The functions; a test may put scripts in place.
    #[must_use]
    pub fn functions(&self) -> &Functions {
        &self.functions
    }

    /// The messages that were sent.
    #[must_use]
    pub fn outbox(&self) -> &Outbox {
        &self.outbox
    }

    /// The trigger events and AWS calls.
    #[must_use]
    pub fn journal(&self) -> &Journal {
        &self.journal
    }

    /// The clock, which function processes see as well.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Lines that the function processes wrote.
    #[must_use]
    pub fn logs(&self) -> &Logs {
        &self.logs
    }

    /// The mail service.
    #[must_use]
    pub fn mail(&self) -> &Mail {
        &self.mail
    }

    /// The secrets.
    #[must_use]
    pub fn secrets(&self) -> &Secrets {
        &self.secrets
    }

    /// The stream of challenges.
    #[must_use]
    pub fn stream(&self) -> &Stream {
        &self.stream
    }

    /// The stream records that were given up.
    #[must_use]
    pub fn dead_letters(&self) -> Vec<DeadLetter> {
        self.stream.dead_letters()
    }

    /// Questions that functions asked of their roles.
    #[must_use]
    pub fn trail(&self) -> &Trail {
        &self.trail
    }

    /// The template as it is deployed here.
    #[must_use]
    pub fn template(&self) -> &Template {
        &self.template
    }

    /// Address of S3; buckets stand in the path.
    #[must_use]
    pub fn s3_url(&self) -> &str {
        &self.s3_url
    }

    /// Waits up to five seconds for deliveries of the stream that are under way, because a Lambda
    /// function is not stopped amid an invocation either and a message that is claimed then is
    /// never sent; saves the state, if it is kept, and stops.
    ///
    /// # Errors
    /// A state that cannot be saved; the local Cognito is stopped all the same.
    pub async fn shutdown(self) -> anyhow::Result<()> {
        let paused = tokio::time::timeout(LONGEST_WAIT, self.stream.pause()).await;
        let saved = self.saved_state.save();
        // In this order no delivery begins before its function has been stopped.
        drop(self);
        drop(paused);
        saved
    }
}

impl Drop for LocalCognito {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}
