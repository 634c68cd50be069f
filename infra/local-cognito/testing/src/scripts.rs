//! Scripted functions of every trigger.

use local_cognito::functions::{Functions, Outcome};
use serde_json::{Value, json};

use crate::fixtures::RIGHT;
use crate::handle::TestCognito;
use crate::input::answer;

/// Triggers of the user pool with their functions; migration is left out.
pub(crate) const TRIGGERS: [(&str, &str); 9] = [
    ("PreSignUp", "pre-sign-up"),
    ("PostConfirmation", "post-confirmation"),
    ("PreAuthentication", "pre-authentication"),
    ("PostAuthentication", "post-authentication"),
    ("DefineAuthChallenge", "define-auth-challenge"),
    ("CreateAuthChallenge", "create-auth-challenge"),
    ("VerifyAuthChallengeResponse", "verify-auth-challenge"),
    ("PreTokenGeneration", "pre-token-generation"),
    ("CustomMessage", "custom-message"),
];

/// Scripts the function of every trigger.
pub(crate) fn script_all(functions: &Functions) {
    for (_, function) in TRIGGERS {
        script(functions, function, json!({}));
    }
    functions.script("define-auth-challenge", |event| {
        let session = event["request"]["session"].as_array().unwrap();
        let response = match session.last() {
            Some(last) if last["challengeResult"] == json!(true) => {
                json!({"issueTokens": true, "failAuthentication": false})
            }
            _ if session.len() >= 3 => json!({"failAuthentication": true}),
            _ => json!({
                "challengeName": "CUSTOM_CHALLENGE",
                "issueTokens": false,
                "failAuthentication": false,
            }),
        };
        answer(event, &response)
    });
    let challenge = json!({
        "publicChallengeParameters": {"hint": "the question"},
        "privateChallengeParameters": {"answer": RIGHT},
        "challengeMetadata": "ROUND",
    });
    script(functions, "create-auth-challenge", challenge);
    functions.script("verify-auth-challenge", |event| {
        let right = event["request"]["challengeAnswer"]
            == event["request"]["privateChallengeParameters"]["answer"];
        answer(event, &json!({"answerCorrect": right}))
    });
}

fn script(functions: &Functions, function: &str, response: Value) {
    functions.script(function, move |event| answer(event, &response));
}

impl TestCognito {
    /// Scripts a function that returns its event with these members written into `response`.
    pub fn answers(&self, function: &str, response: Value) {
        script(&self.functions, function, response);
    }

    /// Scripts a function that returns an error of this text.
    pub fn fails(&self, function: &str, text: &'static str) {
        self.functions.script(function, move |_| Outcome::error(text));
    }

    /// Scripts a function that returns these bytes.
    pub fn returns(&self, function: &str, bytes: &'static str) {
        self.functions.script(function, move |_| Outcome::Returned(bytes.into()));
    }
}
