//! The file that attaching writes and detaching takes.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::snapshot::Snapshot;
use crate::stack::{Place, Stack};
use crate::triggers::triggers_of;

/// A pool before its triggers were changed, and the functions that were attached.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// The pool's id.
    pub pool: String,
    /// The stack's name.
    pub stack: String,
    /// The triggers as they were.
    pub triggers: Map<String, Value>,
    /// The Region in which the pool was changed; files of the earlier attach.sh lack it.
    #[serde(default)]
    pub region: Option<String>,
    /// The functions that were attached, by trigger; files of the earlier attach.sh lack them.
    #[serde(default)]
    pub functions: Option<Map<String, Value>>,
    /// The whole description as it was, for setting a member back by hand.
    #[serde(default)]
    pub user_pool: Map<String, Value>,
    /// The MFA and passkey settings as they were.
    #[serde(default)]
    pub mfa_config: Map<String, Value>,
}

/// Reason why a file is not a record.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// The file cannot be read.
    #[error("it cannot be read: {0}")]
    Unreadable(#[from] io::Error),
    /// The file was not written by attaching.
    #[error("it was not written by attaching: {0}")]
    Malformed(#[from] serde_json::Error),
    /// The file names no Region and no functions, and these do not follow from the pool.
    #[error("it names neither Region nor functions")]
    Incomplete,
}

impl Record {
    /// Describes a pool that is about to be attached.
    #[must_use]
    pub fn new(pool: &str, stack: &Stack, before: &Snapshot) -> Self {
        Self {
            pool: pool.to_owned(),
            stack: stack.name.clone(),
            triggers: triggers_of(&before.pool),
            region: Some(stack.place.region.clone()),
            functions: Some(stack.functions.clone()),
            user_pool: before.pool.clone(),
            mfa_config: before.mfa.clone(),
        }
    }

    /// Writes a new file.
    ///
    /// # Errors
    ///
    /// The file exists or cannot be written.
    pub fn write(&self, path: &Path) -> io::Result<()> {
        let text = serde_json::to_string_pretty(self)?;
        let mut file = File::create_new(path)?;
        writeln!(file, "{text}")?;
        file.sync_all()
    }

    /// Loads a file.
    ///
    /// # Errors
    ///
    /// The file cannot be read or is no record.
    pub fn load(path: &Path) -> Result<Self, RecordError> {
        Ok(serde_json::from_str(&fs::read_to_string(path)?)?)
    }

    /// Returns the Region in which the pool was changed: by default that of the pool's id.
    ///
    /// # Errors
    ///
    /// Neither names one.
    pub fn region(&self) -> Result<&str, RecordError> {
        let of_id = self.pool.split_once('_').map(|(region, _)| region);
        self.region.as_deref().or(of_id).ok_or(RecordError::Incomplete)
    }

    /// Returns the functions that were attached: by default those that the pool calls and that have
    /// the names of the stack's functions where the pool's ARN says that the pool is.
    ///
    /// # Errors
    ///
    /// There is neither.
    pub fn functions(&self, pool: &Map<String, Value>) -> Result<Map<String, Value>, RecordError> {
        let of_pool = || {
            let arn = pool.get("Arn").and_then(Value::as_str)?;
            let place = Place::from_arn(arn)?;
            let mut functions = triggers_of(pool);
            functions.retain(|trigger, arn| *arn == place.function(&self.stack, trigger));
            Some(functions)
        };
        self.functions.clone().or_else(of_pool).ok_or(RecordError::Incomplete)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value, json};

    use super::Record;

    fn record(value: Value) -> Record {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn file_of_the_earlier_script_is_read() {
        let old = record(json!({
            "pool": "eu-west-1_Pool", "stack": "guard", "triggers": {"PreSignUp": "theirs"},
        }));
        assert_eq!(old.region().unwrap(), "eu-west-1");
        let arn = "arn:aws:cognito-idp:eu-west-1:1:userpool/eu-west-1_Pool";
        let function = |name: &str| format!("arn:aws:lambda:eu-west-1:1:function:{name}");
        let own = json!({
            "PreSignUp": function("guard-pre-sign-up"),
            "VerifyAuthChallengeResponse": function("guard-verify-auth-challenge"),
        });
        let mut triggers = own.clone();
        triggers["PostAuthentication"] = function("guard-other").into();
        triggers["PostConfirmation"] = function("theirs-post-confirmation").into();
        triggers["CustomMessage"] = Value::Null;
        let pool = json!({"Arn": arn, "LambdaConfig": triggers});
        assert_eq!(Value::Object(old.functions(pool.as_object().unwrap()).unwrap()), own);
        assert!(old.functions(&Map::new()).is_err());
        assert!(record(json!({"pool": "p", "stack": "s", "triggers": {}})).region().is_err());
    }

    #[test]
    fn own_region_and_functions_come_first() {
        let new = record(json!({
            "pool": "eu-west-1_Pool", "stack": "guard", "triggers": {},
            "region": "us-east-1", "functions": {"PreSignUp": "own"},
        }));
        assert_eq!(new.region().unwrap(), "us-east-1");
        let pool = Map::from_iter([("Arn".to_owned(), json!("arn:aws:x:eu-west-1:1:y"))]);
        assert_eq!(Value::Object(new.functions(&pool).unwrap()), json!({"PreSignUp": "own"}));
    }
}
