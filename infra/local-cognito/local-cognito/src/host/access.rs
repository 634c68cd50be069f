//! What a program that runs a host may look at and change.

use super::Host;
use crate::identity_pool::IdentityPools;
use crate::mail::Mail;
use crate::secrets::Secrets;
use crate::user_pool::UserPools;
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

impl Host {
    /// The base of everything it serves, such as `http://localhost:4480`.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Where DynamoDB listens; the main port takes its calls as well.
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
        &self.pools
    }

    /// The identity pools.
    #[must_use]
    pub fn identity_pools(&self) -> &IdentityPools {
        &self.identity_pools
    }

    /// The temporary credentials that were handed out.
    #[must_use]
    pub fn credentials(&self) -> &Credentials {
        &self.parts.credentials
    }

    /// The functions; a test may put scripts in place.
    #[must_use]
    pub fn functions(&self) -> &Functions {
        &self.functions
    }

    /// The messages that were sent.
    #[must_use]
    pub fn outbox(&self) -> &Outbox {
        &self.parts.outbox
    }

    /// The trigger events and AWS calls.
    #[must_use]
    pub fn journal(&self) -> &Journal {
        &self.parts.journal
    }

    /// The clock; function processes see the wall clock instead.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.parts.clock
    }

    /// What the function processes wrote.
    #[must_use]
    pub fn logs(&self) -> &Logs {
        &self.parts.logs
    }

    /// The mail service.
    #[must_use]
    pub fn mail(&self) -> &Mail {
        &self.parts.mail
    }

    /// The secrets.
    #[must_use]
    pub fn secrets(&self) -> &Secrets {
        &self.parts.secrets
    }

    /// The stream of challenges.
    #[must_use]
    pub fn stream(&self) -> &Stream {
        &self.parts.stream
    }

    /// The stream records that were given up.
    #[must_use]
    pub fn dead_letters(&self) -> Vec<DeadLetter> {
        self.parts.stream.dead_letters()
    }

    /// What functions asked of their roles.
    #[must_use]
    pub fn trail(&self) -> &Trail {
        &self.parts.trail
    }

    /// What the template comes to on this host.
    #[must_use]
    pub fn template(&self) -> &Template {
        &self.template
    }
}
