//! Answers of the user-pool API.

use anyhow::{Context, bail, ensure};
use serde_json::Value;

/// An answer of the user-pool API: the result, or the error's type and text.
pub(crate) type Answer = Result<Value, Refused>;

/// An error as the API reports it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Refused {
    pub(crate) kind: String,
    pub(crate) message: String,
}

/// A challenge that waits for its answer.
pub(crate) struct Pending {
    pub(crate) session: String,
    pub(crate) user_name: String,
    /// Public parameters, without the user name.
    pub(crate) parameters: Value,
}

/// A challenge from an answer that must hold one.
pub(crate) fn pending(answer: Value) -> anyhow::Result<Pending> {
    let text = |pointer: &str| answer.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
    let user_name = text("/ChallengeParameters/USERNAME").context("no challenge was given")?;
    let mut parameters = answer.get("ChallengeParameters").cloned().unwrap_or_default();
    if let Some(parameters) = parameters.as_object_mut() {
        parameters.remove("USERNAME");
    }
    Ok(Pending {
        session: text("/Session").context("no session was given")?,
        user_name,
        parameters,
    })
}

/// The member under a JSON pointer; `null` if there is none.
pub(crate) fn at<'v>(value: &'v Value, pointer: &str) -> &'v Value {
    value.pointer(pointer).unwrap_or(&Value::Null)
}

/// The tokens of an answer that must hold them.
pub(crate) fn tokens(answer: Answer) -> anyhow::Result<Value> {
    match answer {
        Ok(answer) => answer.get("AuthenticationResult").cloned().context("no tokens were given"),
        Err(Refused { kind, message }) => bail!("{kind}: {message}"),
    }
}

/// Takes an error with this text for what was to happen.
pub(crate) fn refused(answer: Answer, text: &str) -> anyhow::Result<()> {
    match answer {
        Ok(_) => anyhow::bail!("it was accepted"),
        Err(Refused { kind, message }) => {
            ensure!(message.contains(text), "another error: {kind}: {message}");
            Ok(())
        }
    }
}
