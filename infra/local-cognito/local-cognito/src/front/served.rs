//! Actions that are served, and the one answer to every other.

use axum::response::Response;

use super::call::Call;
use crate::{mail, secrets};
use local_cognito_aws_emulation::{operations, wire};
use local_cognito_dynamodb as dynamo;
use local_cognito_identity_pool as identity_pool;
use local_cognito_user_pool as user_pool;

/// Services behind the front, with the actions that each serves.
const SERVED: [(&str, &[&str]); 5] = [
    ("cognito-identity", &identity_pool::SERVED),
    ("cognito-idp", &user_pool::SERVED),
    ("dynamodb", &dynamo::SERVED),
    ("secretsmanager", &secrets::SERVED),
    ("ses", &mail::SERVED),
];

pub(super) fn is_served(call: &Call) -> bool {
    SERVED.iter().any(|(service, actions)| {
        *service == call.service && actions.contains(&call.action.as_str())
    })
}

/// Refuses an action that is not served, alike with any signature and without one.
pub(super) fn refuse(call: &Call) -> Response {
    let mut error = operations::not_served(&call.service, &call.action);
    if call.is_query {
        // The query protocol has another name for an action that does not exist.
        if error.kind == "UnknownOperationException" {
            error.kind = "InvalidAction".to_owned();
        }
        return wire::refuse_in_xml(&error);
    }
    wire::readable(wire::respond(Err(error)))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::SERVED;
    use local_cognito_aws_emulation::operations;

    #[test]
    fn every_served_action_is_in_one_class_of_access() {
        for (service, actions) in SERVED {
            let distinct: BTreeSet<&&str> = actions.iter().collect();
            assert_eq!(distinct.len(), actions.len(), "{service}");
            assert!(actions.is_sorted(), "{service}");
            for action in actions {
                let classes = operations::all()
                    .iter()
                    .filter(|known| known.service == service && known.name == *action)
                    .count();
                assert_eq!(classes, 1, "{service} {action}");
            }
        }
    }
}
