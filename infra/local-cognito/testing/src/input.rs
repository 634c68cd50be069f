//! The inputs of calls, and the answers of scripted functions.

use local_cognito::functions::Outcome;
use serde_json::{Value, json};

use crate::fixtures::PASSWORD;

/// Answer that is the event with members written into its `response`.
#[must_use]
#[track_caller]
pub fn answer(mut event: Value, response: &Value) -> Outcome {
    for (key, value) in response.as_object().unwrap() {
        event["response"][key] = value.clone();
    }
    Outcome::json(&event)
}

/// Input of `SignUp` for one address.
#[must_use]
pub fn sign_up(address: &str) -> Value {
    json!({
        "Username": address,
        "Password": PASSWORD,
        "UserAttributes": [{"Name": "email", "Value": address}],
    })
}

/// Input of `InitiateAuth` for a custom sign-in.
#[must_use]
pub fn start(address: &str) -> Value {
    json!({"AuthFlow": "CUSTOM_AUTH", "AuthParameters": {"USERNAME": address}})
}

/// Input of `RespondToAuthChallenge` for the challenge that `open` carries.
#[must_use]
pub fn response(open: &Value, text: &str) -> Value {
    json!({
        "ChallengeName": open["ChallengeName"],
        "Session": open["Session"],
        "ChallengeResponses": {
            "USERNAME": open["ChallengeParameters"]["USERNAME"],
            "ANSWER": text,
        },
    })
}

/// True for a text in the form of a UUID.
#[must_use]
pub fn is_uuid(text: &Value) -> bool {
    let parts: Vec<usize> = text.as_str().unwrap_or_default().split('-').map(str::len).collect();
    parts == [8, 4, 4, 4, 12]
}

/// ARN of a function.
#[must_use]
pub fn arn(function: &str) -> String {
    format!("arn:aws:lambda:eu-west-1:123456789012:function:{function}")
}
