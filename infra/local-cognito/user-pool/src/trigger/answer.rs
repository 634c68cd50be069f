//! Judges what a function returned, as strictly as the service does.

use serde_json::{Map, Value};

use super::hook::{Hook, Trigger, Version};
use crate::settings::Uncertain;
use local_cognito_aws_emulation::ApiError;

const TEXTS: [&str; 5] = ["version", "triggerSource", "region", "userPoolId", "userName"];

/// The type of a member of a response; null is always allowed.
#[derive(Clone, Copy)]
enum Shape {
    Flag,
    Text,
    TextMap,
    TextList,
    ValueMap,
    Structure(&'static [(&'static str, Shape)]),
}

const GROUPS: Shape = Shape::Structure(&[
    ("groupsToOverride", Shape::TextList),
    ("iamRolesToOverride", Shape::TextList),
    ("preferredRole", Shape::Text),
]);

const CLAIMS: Shape = Shape::Structure(&[
    ("claimsToAddOrOverride", Shape::TextMap),
    ("claimsToSuppress", Shape::TextList),
    ("groupOverrideDetails", GROUPS),
]);

const CLAIMS_AND_SCOPES: Shape = Shape::Structure(&[
    (
        "idTokenGeneration",
        Shape::Structure(&[
            ("claimsToAddOrOverride", Shape::ValueMap),
            ("claimsToSuppress", Shape::TextList),
        ]),
    ),
    (
        "accessTokenGeneration",
        Shape::Structure(&[
            ("claimsToAddOrOverride", Shape::ValueMap),
            ("claimsToSuppress", Shape::TextList),
            ("scopesToAdd", Shape::TextList),
            ("scopesToSuppress", Shape::TextList),
        ]),
    ),
    ("groupOverrideDetails", GROUPS),
]);

/// Returns the `response` of an answer that the service accepts.
pub(super) fn judge(
    hook: &Hook,
    sent: &Value,
    payload: &[u8],
    options: &Uncertain,
) -> Result<Map<String, Value>, ApiError> {
    let Ok(returned) = serde_json::from_slice::<Value>(payload) else {
        return Err(not_json());
    };
    if returned.is_null() {
        return Err(not_json());
    }
    if !keeps_envelope(sent, &returned, options) {
        return Err(unrecognizable());
    }
    let Some(Value::Object(response)) = returned.get("response") else {
        return Err(unrecognizable());
    };
    if fits_structure(response, members(hook), options.unknown_response_keys_accepted) {
        Ok(response.clone())
    } else {
        Err(unrecognizable())
    }
}

/// Reports an answer that the service does not accept.
pub(crate) fn unrecognizable() -> ApiError {
    ApiError::new("InvalidLambdaResponseException", "Unrecognizable lambda output")
}

fn not_json() -> ApiError {
    ApiError::new("InvalidLambdaResponseException", "Invalid lambda function output : Invalid JSON")
}

fn keeps_envelope(sent: &Value, returned: &Value, options: &Uncertain) -> bool {
    let texts = TEXTS.iter().all(|name| returned.get(name).is_some_and(Value::is_string));
    let structures = ["callerContext", "request"]
        .iter()
        .all(|name| returned.get(name).is_some_and(Value::is_object));
    let attributes = returned
        .pointer("/request/userAttributes")
        .is_none_or(|attributes| fits(attributes, Shape::TextMap, false));
    texts
        && structures
        && attributes
        && (options.added_nulls_accepted || adds_no_null(sent, returned))
}

/// True if the function left absent every member that the event did not have.
fn adds_no_null(sent: &Value, returned: &Value) -> bool {
    ["", "/callerContext", "/request"].iter().all(|path| {
        let sent = sent.pointer(path);
        returned.pointer(path).and_then(Value::as_object).is_none_or(|members| {
            members.iter().all(|(name, value)| {
                !value.is_null() || sent.is_some_and(|sent| sent.get(name) == Some(value))
            })
        })
    })
}

fn members(hook: &Hook) -> &'static [(&'static str, Shape)] {
    match (hook.trigger, hook.version) {
        (Trigger::PreSignUp, _) => &[
            ("autoConfirmUser", Shape::Flag),
            ("autoVerifyEmail", Shape::Flag),
            ("autoVerifyPhone", Shape::Flag),
        ],
        (Trigger::DefineAuthChallenge, _) => &[
            ("challengeName", Shape::Text),
            ("issueTokens", Shape::Flag),
            ("failAuthentication", Shape::Flag),
        ],
        (Trigger::CreateAuthChallenge, _) => &[
            ("publicChallengeParameters", Shape::TextMap),
            ("privateChallengeParameters", Shape::TextMap),
            ("challengeMetadata", Shape::Text),
        ],
        (Trigger::VerifyAuthChallengeResponse, _) => &[("answerCorrect", Shape::Flag)],
        (Trigger::PreTokenGeneration, Version::One) => &[("claimsOverrideDetails", CLAIMS)],
        (Trigger::PreTokenGeneration, Version::Two | Version::Three) => {
            &[("claimsAndScopeOverrideDetails", CLAIMS_AND_SCOPES)]
        }
        (Trigger::UserMigration, _) => &[
            ("userAttributes", Shape::TextMap),
            ("forceAliasCreation", Shape::Flag),
            ("enableSMSMFA", Shape::Flag),
            ("finalUserStatus", Shape::Text),
            ("messageAction", Shape::Text),
            ("desiredDeliveryMediums", Shape::TextList),
        ],
        (Trigger::CustomMessage, _) => &[
            ("smsMessage", Shape::Text),
            ("emailMessage", Shape::Text),
            ("emailSubject", Shape::Text),
        ],
        (
            Trigger::PostConfirmation
            | Trigger::PreAuthentication
            | Trigger::PostAuthentication
            | Trigger::CustomEmailSender
            | Trigger::CustomSmsSender,
            _,
        ) => &[],
    }
}

fn fits_structure(
    value: &Map<String, Value>,
    members: &[(&str, Shape)],
    unknown_accepted: bool,
) -> bool {
    value.iter().all(|(name, value)| match members.iter().find(|(known, _)| known == name) {
        Some((_, shape)) => fits(value, *shape, unknown_accepted),
        None => unknown_accepted,
    })
}

fn fits(value: &Value, shape: Shape, unknown_accepted: bool) -> bool {
    match (value, shape) {
        (Value::Null, _)
        | (Value::Bool(_), Shape::Flag)
        | (Value::String(_), Shape::Text)
        | (Value::Object(_), Shape::ValueMap) => true,
        (Value::Object(map), Shape::TextMap) => {
            map.values().all(|value| value.is_string() || value.is_null())
        }
        (Value::Array(list), Shape::TextList) => list.iter().all(Value::is_string),
        (Value::Object(map), Shape::Structure(members)) => {
            fits_structure(map, members, unknown_accepted)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn judged(trigger: Trigger, change: impl FnOnce(&mut Value)) -> Result<(), String> {
        let sent = json!({
            "version": "1",
            "triggerSource": "any",
            "region": "eu-west-1",
            "userPoolId": "eu-west-1_Pool",
            "userName": "noor",
            "callerContext": {"awsSdkVersion": "x", "clientId": "c"},
            "request": {"userAttributes": {}, "validationData": null},
            "response": {},
        });
        let hook = Hook { trigger, function: "any".to_owned(), version: Version::One };
        let mut returned = sent.clone();
        change(&mut returned);
        judge(&hook, &sent, returned.to_string().as_bytes(), &Uncertain::default())
            .map(drop)
            .map_err(|error| error.message)
    }

    #[test]
    fn unchanged_event_is_accepted() {
        assert_eq!(judged(Trigger::PreSignUp, |_| ()), Ok(()));
    }

    #[test]
    fn null_is_invalid_json_and_other_shapes_are_unrecognizable() {
        assert_eq!(
            judged(Trigger::PreSignUp, |event| *event = Value::Null),
            Err("Invalid lambda function output : Invalid JSON".to_owned())
        );
        for shape in [json!("ok"), json!({}), json!([]), json!({"response": {}})] {
            assert_eq!(
                judged(Trigger::PreSignUp, |event| *event = shape),
                Err("Unrecognizable lambda output".to_owned())
            );
        }
    }

    #[test]
    fn missing_envelope_field_is_unrecognizable() {
        for name in ["version", "callerContext", "request", "response", "userName"] {
            let verdict = judged(Trigger::PreSignUp, |event| {
                event.as_object_mut().unwrap().remove(name);
            });
            assert_eq!(verdict, Err("Unrecognizable lambda output".to_owned()), "{name}");
        }
    }

    #[test]
    fn added_null_is_unrecognizable() {
        let verdict = judged(Trigger::PreSignUp, |event| {
            event["request"]["clientMetadata"] = Value::Null;
        });
        assert_eq!(verdict, Err("Unrecognizable lambda output".to_owned()));
    }

    #[test]
    fn response_member_of_another_type_is_unrecognizable() {
        for (trigger, response, accepted) in [
            (Trigger::PreSignUp, json!({"autoConfirmUser": "yes"}), false),
            (Trigger::PreSignUp, json!({"autoConfirmUser": true}), true),
            (Trigger::DefineAuthChallenge, json!({"issueTokens": null}), true),
            (Trigger::CreateAuthChallenge, json!({"publicChallengeParameters": {"n": 1}}), false),
            (
                Trigger::PreTokenGeneration,
                json!({"claimsOverrideDetails": {"claimsToAddOrOverride": {"a": ["b"]}}}),
                false,
            ),
            (
                Trigger::PreTokenGeneration,
                json!({"claimsOverrideDetails": {"groupOverrideDetails": {}}}),
                true,
            ),
        ] {
            let verdict = judged(trigger, |event| event["response"] = response.clone());
            assert_eq!(verdict.is_ok(), accepted, "{response}");
        }
    }
}
