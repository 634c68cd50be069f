//! What temporary credentials reach on a host.

use serde_json::{Value, json};

use super::Host;
use crate::default_pool;
use crate::dynamo::LeadingKeys;
use crate::front::Rights;
use crate::listen::Port;
use crate::s3::S3;
use crate::sigv4::Verifier;

impl Host {
    /// Where S3 listens; buckets stand in the path.
    #[must_use]
    pub fn s3_url(&self) -> &str {
        &self.s3_url
    }

    /// Describes where things are, for the page and for tests.
    pub(super) fn deployment(&self) -> Value {
        let after = self.template.after_sign_in();
        json!({
            "region": self.region,
            "user_pool": default_pool::pool_id(&self.region),
            "identity_pool": default_pool::identity_pool_id(&self.region),
            "s3": self.s3_url,
            "bucket": self.template.bucket,
            "after_sign_in": {"triggers": after.triggers, "aws_calls": after.aws_calls},
        })
    }

    /// Who may call the services of the main port.
    pub(super) fn rights(&self) -> Rights {
        Rights {
            region: self.region.clone(),
            verifier: self.verifier(),
            roles: self.roles.clone(),
            function_roles: self.template.function_roles.clone(),
            trail: self.parts.trail.clone(),
            leading_keys: LeadingKeys::of(&self.template.tables),
        }
    }

    /// Who signed a request to this host.
    pub(super) fn verifier(&self) -> Verifier {
        let (credentials, clock) = (self.parts.credentials.clone(), self.parts.clock.clone());
        Verifier::new(&self.region, self.functions.clone(), credentials, clock)
    }

    pub(super) fn serve_s3(&mut self, port: Port) -> anyhow::Result<()> {
        let s3 = S3 {
            bucket: self.template.bucket.clone(),
            cors: self.template.bucket_cors.clone(),
            page: self.url.clone(),
            region: self.region.clone(),
            verifier: self.verifier(),
            roles: self.roles.clone(),
            journal: self.parts.journal.clone(),
            clock: self.parts.clock.clone(),
            data: self.data.clone(),
        };
        let router = s3.router()?;
        self.open(port, router);
        Ok(())
    }
}
