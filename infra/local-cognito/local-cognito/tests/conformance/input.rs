//! The inputs of calls, and the answers of scripted functions.

use local_cognito::functions::Outcome;
use serde_json::{Value, json};

use crate::stage::PASSWORD;

/// An answer that is the event with members written into its `response`.
pub(crate) fn answer(mut event: Value, response: &Value) -> Outcome {
    for (key, value) in response.as_object().unwrap() {
        event["response"][key] = value.clone();
    }
    Outcome::json(&event)
}

/// The input of `SignUp` for one address.
pub(crate) fn sign_up(address: &str) -> Value {
    json!({
        "Username": address,
        "Password": PASSWORD,
        "UserAttributes": [{"Name": "email", "Value": address}],
    })
}

/// The input of `InitiateAuth` for a custom sign-in.
pub(crate) fn start(address: &str) -> Value {
    json!({"AuthFlow": "CUSTOM_AUTH", "AuthParameters": {"USERNAME": address}})
}

/// The input of `RespondToAuthChallenge` for the challenge that `open` carries.
pub(crate) fn response(open: &Value, text: &str) -> Value {
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
pub(crate) fn is_uuid(text: &Value) -> bool {
    let parts: Vec<usize> = text.as_str().unwrap_or_default().split('-').map(str::len).collect();
    parts == [8, 4, 4, 4, 12]
}

/// The ARN of a function.
pub(crate) fn arn(function: &str) -> String {
    format!("arn:aws:lambda:eu-west-1:123456789012:function:{function}")
}
