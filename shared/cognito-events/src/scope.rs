//! Events that a function takes: of one pool in its Regions, its configured clients, the sources
//! that the function is made for.

use std::collections::BTreeSet;

use thiserror::Error;

use crate::caller::Caller;
use crate::envelope::Envelope;
use crate::source::{ClientRule, TriggerSource};

/// The pool, its Regions and the app clients that this deployment serves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    pool: String,
    regions: BTreeSet<String>,
    clients: BTreeSet<String>,
}

/// Part of an event's header that is not configured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum OutOfScope {
    /// The trigger source is not one that the function handles.
    #[error("the trigger source is not one of this function")]
    Source,
    /// The event comes from another pool.
    #[error("the user pool is not the configured one")]
    Pool,
    /// The event comes from another Region; a replica of the pool has the pool's id and a Region
    /// of its own.
    #[error("the Region is not a configured one")]
    Region,
    /// The app client is not configured, or there is none and the source needs one.
    #[error("the app client is not configured")]
    Client,
}

impl Scope {
    /// Creates a scope of one pool, the Regions that events are taken from, and its clients.
    #[must_use]
    pub fn new(pool: String, regions: BTreeSet<String>, clients: BTreeSet<String>) -> Self {
        Self { pool, regions, clients }
    }

    /// The pool's id.
    #[must_use]
    pub fn pool(&self) -> &str {
        &self.pool
    }

    /// The Regions that events are taken from.
    #[must_use]
    pub fn regions(&self) -> &BTreeSet<String> {
        &self.regions
    }

    /// Admits an event of one of `sources`, of the pool, of one of its Regions, and of a client as
    /// [`TriggerSource::client_rule`] says.
    ///
    /// # Errors
    /// [`OutOfScope`] with the first thing that does not fit.
    pub fn admit(
        &self,
        event: &Envelope,
        sources: &[TriggerSource],
    ) -> Result<TriggerSource, OutOfScope> {
        let source = event.source().filter(|source| sources.contains(source));
        let source = source.ok_or(OutOfScope::Source)?;
        if event.pool() != Some(self.pool.as_str()) {
            return Err(OutOfScope::Pool);
        }
        if !event.region().is_some_and(|region| self.regions.contains(region)) {
            return Err(OutOfScope::Region);
        }
        match (event.caller(), source.client_rule()) {
            (Caller::Client(id), _) if self.clients.contains(id) => Ok(source),
            (Caller::NoClient, ClientRule::ConfiguredOrNone) => Ok(source),
            (Caller::Client(_) | Caller::NoClient | Caller::Unusable, _) => Err(OutOfScope::Client),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{OutOfScope, Scope};
    use crate::envelope::Envelope;
    use crate::source::TriggerSource;
    use serde_json::{Value, json};

    fn event(source: TriggerSource) -> Value {
        json!({
            "triggerSource": source.name(),
            "userPoolId": "eu-west-1_Pool",
            "region": "eu-west-1",
            "callerContext": {"clientId": "client"},
        })
    }

    fn scope(regions: &[&str]) -> Scope {
        let regions = regions.iter().map(|region| (*region).to_owned()).collect();
        Scope::new("eu-west-1_Pool".to_owned(), regions, ["client".to_owned()].into())
    }

    fn admit(event: Value, source: TriggerSource) -> Result<TriggerSource, OutOfScope> {
        scope(&["eu-west-1"]).admit(&Envelope::open(event).unwrap(), &[source])
    }

    #[track_caller]
    fn check(pointer: &str, value: Value, expected: Result<(), OutOfScope>) {
        for source in TriggerSource::ALL {
            let mut event = event(source);
            *event.pointer_mut(pointer).unwrap() = value.clone();
            assert_eq!(admit(event, source), expected.map(|()| source), "{source} {value}");
        }
    }

    #[test]
    fn every_part_of_the_header_must_be_configured() {
        check("/region", json!("eu-west-1"), Ok(()));
        for region in [json!("eu-west-2"), json!("EU-WEST-1"), json!(""), json!(null), json!(1)] {
            check("/region", region, Err(OutOfScope::Region));
        }
        for pool in [json!("eu-west-1_Other"), json!("eu-west-1_pool"), json!(null), json!(7)] {
            check("/userPoolId", pool, Err(OutOfScope::Pool));
        }
        for source in [json!("PreSignUp_Tomorrow"), json!(null), json!(["PreSignUp_SignUp"])] {
            check("/triggerSource", source, Err(OutOfScope::Source));
        }
    }

    #[test]
    fn source_of_another_function_is_refused() {
        for source in TriggerSource::ALL {
            let others: Vec<TriggerSource> =
                TriggerSource::ALL.into_iter().filter(|other| *other != source).collect();
            let event = Envelope::open(event(source)).unwrap();
            let scope = scope(&["eu-west-1"]);
            assert_eq!(scope.admit(&event, &others), Err(OutOfScope::Source), "{source}");
        }
    }

    /// Sources with calls that need no client, by the names that AWS documents.
    fn may_lack_a_client(source: TriggerSource) -> bool {
        let families =
            ["PostConfirmation_", "CustomMessage_", "CustomEmailSender_", "CustomSMSSender_"];
        families.iter().any(|family| source.name().starts_with(family))
            || source.name() == "PreSignUp_AdminCreateUser"
    }

    #[test]
    fn t29_client_is_required_where_the_source_has_one() {
        use OutOfScope::Client;
        let contexts = [
            (json!({"clientId": "client"}), Ok(()), Ok(())),
            (json!({"clientId": "other"}), Err(Client), Err(Client)),
            (json!({"clientId": "Client"}), Err(Client), Err(Client)),
            (json!({"clientId": ""}), Err(Client), Err(Client)),
            (json!({"clientId": true}), Err(Client), Err(Client)),
            (json!({"clientId": 7}), Err(Client), Err(Client)),
            (json!({"clientId": ["client"]}), Err(Client), Err(Client)),
            (json!({"clientId": {"id": "client"}}), Err(Client), Err(Client)),
            (json!({"clientId": "client_id_not_applicable"}), Err(Client), Err(Client)),
            (json!(null), Err(Client), Err(Client)),
            (json!([]), Err(Client), Err(Client)),
            (json!("client"), Err(Client), Err(Client)),
            (json!({"clientId": null}), Err(Client), Ok(())),
            (json!({}), Err(Client), Ok(())),
            (json!({"clientId": "CLIENT_ID_NOT_APPLICABLE"}), Err(Client), Ok(())),
        ];
        let mut without = 0;
        for source in TriggerSource::ALL {
            for (context, with_client, without_client) in contexts.clone() {
                let may_lack = may_lack_a_client(source);
                let expected = if may_lack { without_client } else { with_client };
                let mut event = event(source);
                event["callerContext"] = context.clone();
                assert_eq!(admit(event, source), expected.map(|()| source), "{source} {context}");
                without += usize::from(may_lack);
            }
        }
        assert_eq!(without, 25 * contexts.len());
        let mut event = event(TriggerSource::PostConfirmationConfirmSignUp);
        event.as_object_mut().unwrap().remove("callerContext");
        assert_eq!(admit(event, TriggerSource::PostConfirmationConfirmSignUp), Err(Client));
    }

    #[test]
    fn region_of_a_replica_is_admitted_if_configured() {
        let source = TriggerSource::DefineAuthChallengeAuthentication;
        for (configured, region, expected) in [
            (&["eu-west-1"][..], "eu-west-1", Ok(source)),
            (&["eu-west-1"], "eu-central-1", Err(OutOfScope::Region)),
            (&["eu-central-1"], "eu-central-1", Ok(source)),
            (&["eu-central-1"], "eu-west-1", Err(OutOfScope::Region)),
            (&["eu-central-1", "eu-west-1"], "eu-west-1", Ok(source)),
            (&["eu-central-1", "eu-west-1"], "eu-central-1", Ok(source)),
            (&["eu-central-1", "eu-west-1"], "eu-central-2", Err(OutOfScope::Region)),
            (&[], "eu-west-1", Err(OutOfScope::Region)),
        ] {
            let mut event = event(source);
            event["region"] = region.into();
            let event = Envelope::open(event).unwrap();
            let admitted = scope(configured).admit(&event, &[source]);
            assert_eq!(admitted, expected, "{region} of {configured:?}");
        }
    }
}
