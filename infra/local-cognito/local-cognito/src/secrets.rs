//! The stand-in for Secrets Manager.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};
use uuid::Uuid;

use local_cognito_aws_emulation::aws_error::{AwsError, in_json};
use local_cognito_sam_template::{ACCOUNT, PARTITION};

/// Actions that are served.
pub(crate) const SERVED: [&str; 1] = ["GetSecretValue"];

/// The secrets of one local Cognito; cloning shares them.
#[derive(Clone, Default)]
pub struct Secrets(Arc<Mutex<BTreeMap<String, Secret>>>);

struct Secret {
    value: String,
    version: String,
}

/// The six characters that Secrets Manager adds to the name of a secret, with their hyphen.
const SUFFIX: &str = "-LOCAL1";

/// The ARN of a secret, from its name or from its ARN.
pub(crate) fn arn(region: &str, id: &str) -> String {
    match id.starts_with("arn:") {
        true => id.to_owned(),
        false => format!("{}{id}{SUFFIX}", prefix(region)),
    }
}

fn prefix(region: &str) -> String {
    format!("arn:{PARTITION}:secretsmanager:{region}:{ACCOUNT}:secret:")
}

/// Returns the name of a secret that a request names or names by its ARN.
fn name<'a>(region: &str, id: &'a str) -> &'a str {
    let name = id.strip_prefix(&prefix(region)).and_then(|name| name.strip_suffix(SUFFIX));
    name.unwrap_or(id)
}

impl Secrets {
    /// Stores a value under an id; an earlier value is replaced, as rotation does.
    pub fn put(&self, id: &str, value: &str) {
        let secret = Secret { value: value.to_owned(), version: Uuid::new_v4().to_string() };
        self.lock().insert(id.to_owned(), secret);
    }

    /// `GetSecretValue` with its JSON body.
    pub(crate) fn get_secret_value(&self, region: &str, body: &[u8]) -> Result<Value, AwsError> {
        let input: Value = in_json(body)?;
        let id = input
            .get("SecretId")
            .and_then(Value::as_str)
            .ok_or_else(|| AwsError::new("InvalidParameterException", "SecretId is required."))?;
        let id = name(region, id);
        let missing = |message: &str| AwsError::new("ResourceNotFoundException", message);
        let secrets = self.lock();
        let secret = secrets
            .get(id)
            .ok_or_else(|| missing("Secrets Manager can't find the specified secret."))?;
        let stage = input.get("VersionStage").and_then(Value::as_str);
        if stage.is_some_and(|stage| stage != "AWSCURRENT") {
            return Err(missing(
                "Secrets Manager can't find the specified secret value for that staging label.",
            ));
        }
        Ok(json!({
            "ARN": arn(region, id),
            "Name": id,
            "SecretString": secret.value,
            "VersionId": secret.version,
            "VersionStages": ["AWSCURRENT"],
        }))
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Secret>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
