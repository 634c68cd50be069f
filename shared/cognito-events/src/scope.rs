//! Whose events a function takes: one pool, its configured clients, the sources it is made for.

use std::collections::BTreeSet;

use thiserror::Error;

use crate::envelope::Envelope;
use crate::source::TriggerSource;

/// What Cognito sends as the client of an API call that has none, such as `AdminCreateUser`.
pub const NO_CLIENT: &str = "CLIENT_ID_NOT_APPLICABLE";

/// The pool and the app clients that this deployment serves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    pool: String,
    clients: BTreeSet<String>,
}

/// Why an event is none of our business.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum OutOfScope {
    /// The trigger source is not one that the function handles.
    #[error("the trigger source is not one of this function")]
    Source,
    /// The event comes from another pool, or another Region.
    #[error("the user pool is not the configured one")]
    Pool,
    /// The app client is not configured; neither is `null`.
    #[error("the app client is not configured")]
    Client,
}

impl Scope {
    /// A scope of one pool and its clients; the Region is the part of the pool's id before `_`.
    #[must_use]
    pub fn new(pool: String, clients: BTreeSet<String>) -> Self {
        Self { pool, clients }
    }

    /// The pool's id.
    #[must_use]
    pub fn pool(&self) -> &str {
        &self.pool
    }

    /// Admits an event of one of `sources` that a configured client caused.
    ///
    /// # Errors
    /// [`OutOfScope`] with the first thing that does not fit.
    pub fn admit(
        &self,
        event: &Envelope,
        sources: &[TriggerSource],
    ) -> Result<TriggerSource, OutOfScope> {
        let source = self.admit_pool(event, sources)?;
        match event.client() {
            Some(client) if self.clients.contains(client) => Ok(source),
            _ => Err(OutOfScope::Client),
        }
    }

    /// Admits what [`Scope::admit`] does, and calls without a client: those are administrative
    /// and were authorised by IAM.
    ///
    /// # Errors
    /// [`OutOfScope`] with the first thing that does not fit.
    pub fn admit_with_administrators(
        &self,
        event: &Envelope,
        sources: &[TriggerSource],
    ) -> Result<TriggerSource, OutOfScope> {
        match event.client() {
            Some(NO_CLIENT) => self.admit_pool(event, sources),
            _ => self.admit(event, sources),
        }
    }

    fn admit_pool(
        &self,
        event: &Envelope,
        sources: &[TriggerSource],
    ) -> Result<TriggerSource, OutOfScope> {
        let source = event.source().filter(|source| sources.contains(source));
        let region = self.pool.split_once('_').map(|(region, _)| region);
        match source {
            None => Err(OutOfScope::Source),
            Some(_) if event.pool() != Some(self.pool.as_str()) => Err(OutOfScope::Pool),
            Some(_) if event.region() != region => Err(OutOfScope::Pool),
            Some(source) => Ok(source),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{OutOfScope, Scope};
    use crate::envelope::Envelope;
    use crate::source::TriggerSource;
    use serde_json::{Value, json};

    fn event() -> Value {
        json!({
            "triggerSource": "PreSignUp_SignUp",
            "userPoolId": "eu-west-1_Pool",
            "region": "eu-west-1",
            "callerContext": {"clientId": "client"},
        })
    }

    #[track_caller]
    fn check(pointer: &str, value: Value, expected: Result<TriggerSource, OutOfScope>) {
        let mut event = event();
        *event.pointer_mut(pointer).unwrap() = value;
        let scope = Scope::new("eu-west-1_Pool".to_owned(), ["client".to_owned()].into());
        let event = Envelope::open(event).unwrap();
        assert_eq!(scope.admit(&event, &[TriggerSource::PreSignUpSignUp]), expected);
    }

    #[test]
    fn every_part_of_the_header_must_be_configured() {
        check("/region", json!("eu-west-1"), Ok(TriggerSource::PreSignUpSignUp));
        check("/region", json!("eu-west-2"), Err(OutOfScope::Pool));
        check("/userPoolId", json!("eu-west-1_Other"), Err(OutOfScope::Pool));
        check("/userPoolId", json!(null), Err(OutOfScope::Pool));
        check("/callerContext/clientId", json!("other"), Err(OutOfScope::Client));
        check("/callerContext/clientId", json!(null), Err(OutOfScope::Client));
        check("/callerContext", json!(null), Err(OutOfScope::Client));
        check(
            "/callerContext/clientId",
            json!("CLIENT_ID_NOT_APPLICABLE"),
            Err(OutOfScope::Client),
        );
        check("/triggerSource", json!("PreSignUp_ExternalProvider"), Err(OutOfScope::Source));
        check("/triggerSource", json!("PreSignUp_Tomorrow"), Err(OutOfScope::Source));
    }

    #[test]
    fn administrators_have_no_client() {
        let mut event = event();
        event["callerContext"]["clientId"] = json!("CLIENT_ID_NOT_APPLICABLE");
        let scope = Scope::new("eu-west-1_Pool".to_owned(), ["client".to_owned()].into());
        let event = Envelope::open(event).unwrap();
        let sources = [TriggerSource::PreSignUpSignUp];
        assert_eq!(scope.admit_with_administrators(&event, &sources), Ok(sources[0]));
    }
}
