//! The operator's AWS CLI, for the stack and for credentials.

use std::io;
use std::process::{Command, Stdio};

use aws_sdk_cognitoidentityprovider::config::Credentials;
use serde_json::Value;

use crate::stack::{Stack, StackError};

/// Reason why the CLI gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// The command cannot be started.
    #[error("The AWS CLI cannot be started: {0}. Nothing was changed.")]
    Missing(#[from] io::Error),
    /// The command failed and has printed the reason.
    #[error("`aws {0}` failed, see above. Nothing was changed.")]
    Failed(String),
    /// The command printed something unexpected.
    #[error("`aws {0}` printed something unexpected. Nothing was changed.")]
    Unexpected(String),
    /// The stack is not usable.
    #[error("{error}: {stack}. Nothing was changed.")]
    Stack {
        /// The name of the stack.
        stack: String,
        /// The fault.
        error: StackError,
    },
}

/// Returns the stack of this name.
///
/// # Errors
///
/// The CLI fails, or the stack is not usable.
pub fn stack(name: &str) -> Result<Stack, CliError> {
    let ask = |action: &str, more: &[&str]| {
        run(&[&["cloudformation", action, "--stack-name", name, "--output", "json"], more].concat())
    };
    let described = ask("describe-stacks", &[])?;
    let template = ask("get-template", &["--template-stage", "Processed"])?;
    Stack::parse(&described, &template)
        .map_err(|error| CliError::Stack { stack: name.to_owned(), error })
}

/// Returns the credentials that the CLI uses; none for version 1, which cannot export them.
///
/// # Errors
///
/// The CLI fails or has none.
pub fn credentials() -> Result<Option<Credentials>, CliError> {
    if is_version_1(&output(&["--version"])?) {
        return Ok(None);
    }
    let command = ["configure", "export-credentials", "--format", "process"];
    let answer = run(&command)?;
    let text = |name: &str| answer.get(name).and_then(Value::as_str).map(str::to_owned);
    match (text("AccessKeyId"), text("SecretAccessKey")) {
        (Some(id), Some(secret)) => {
            Ok(Some(Credentials::new(id, secret, text("SessionToken"), None, "AwsCli")))
        }
        _ => Err(CliError::Unexpected(command.join(" "))),
    }
}

fn is_version_1(version: &[u8]) -> bool {
    version.starts_with(b"aws-cli/1.")
}

fn run(arguments: &[&str]) -> Result<Value, CliError> {
    serde_json::from_slice(&output(arguments)?)
        .map_err(|_| CliError::Unexpected(arguments.join(" ")))
}

fn output(arguments: &[&str]) -> Result<Vec<u8>, CliError> {
    let output = Command::new("aws")
        .args(arguments)
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()?;
    if !output.status.success() {
        return Err(CliError::Failed(arguments.join(" ")));
    }
    Ok(output.stdout)
}

#[cfg(test)]
mod tests {
    use super::is_version_1;

    #[test]
    fn version_follows_from_the_first_number() {
        for (version, expected) in [
            ("aws-cli/1.46.3 Python/3.12.1 Linux/6.1 botocore/1.44.5\n", true),
            ("aws-cli/1.9.0", true),
            ("aws-cli/2.31.0 Python/3.13.7 Linux/6.1 exe/x86_64\n", false),
            ("aws-cli/10.0.0", false),
            ("", false),
        ] {
            assert_eq!(is_version_1(version.as_bytes()), expected, "{version}");
        }
    }
}
