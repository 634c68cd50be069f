//! A local Cognito with a pool of an operator, and a search path with a front of the AWS CLI.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{Write, stdout};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread::sleep;
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use serde_json::{Value, json};

use crate::{tools, workspace};

/// Region of everything.
pub(super) const REGION: &str = "eu-west-1";

/// A running local Cognito and a folder for files; dropping it ends the server.
pub(super) struct Bench {
    server: Child,
    url: String,
    path: OsString,
    work: PathBuf,
    passed: usize,
    /// Id of the operator's pool.
    pub(super) pool: String,
}

impl Bench {
    /// Builds and starts a local Cognito that calls no function, and creates the pool.
    pub(super) fn start(pool: &Value) -> anyhow::Result<Self> {
        let work = tools::folder().join("attach");
        drop(fs::remove_dir_all(&work));
        fs::create_dir_all(&work)?;
        tools::build_binaries()?;
        let log = work.join("local-cognito.log");
        let program = workspace::root().join("target/debug/local-cognito");
        let server = Command::new(program)
            .args(["--port", "0", "--lambda-endpoint", "http://127.0.0.1:9"])
            .stdin(Stdio::null())
            .stdout(File::create(&log)?)
            .stderr(File::create(work.join("local-cognito.err"))?)
            .spawn()?;
        let path = tools::in_front(&work.join("front"), &tools::path());
        let (url, pool_id) = (String::new(), String::new());
        let mut bench = Self { server, url, path, work, passed: 0, pool: pool_id };
        bench.url = bench.listening(&log)?;
        let created = bench.cognito("CreateUserPool", pool)?;
        bench.pool = text(&created, "/UserPool/Id")?;
        Ok(bench)
    }

    fn listening(&mut self, log: &Path) -> anyhow::Result<String> {
        for _ in 0..1_200 {
            let text = fs::read_to_string(log).unwrap_or_default();
            let url = text.lines().map(str::trim).find(|line| {
                line.strip_prefix("http://localhost:")
                    .is_some_and(|port| port.parse::<u16>().is_ok())
            });
            if let Some(url) = url {
                return Ok(url.to_owned());
            }
            ensure!(self.server.try_wait()?.is_none(), "the local Cognito has ended");
            sleep(Duration::from_millis(100));
        }
        bail!("the local Cognito does not say where it listens")
    }

    /// Sends a signed call with a request and an answer that no model touches.
    pub(super) fn cognito(&self, action: &str, input: &Value) -> anyhow::Result<Value> {
        let mut curl = tools::command("curl");
        curl.args(["-sS", "--fail-with-body", "--user", "local:local"])
            .args(["--aws-sigv4", &format!("aws:amz:{REGION}:cognito-idp")])
            .args(["-H", "content-type: application/x-amz-json-1.1"])
            .args(["-H", &format!("x-amz-target: AWSCognitoIdentityProviderService.{action}")])
            .args(["--data-binary", &input.to_string(), &format!("{}/", self.url)]);
        let answer = tools::output(&mut curl)?;
        if answer.trim().is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_str(&answer).with_context(|| format!("{action}: {answer}"))
    }

    /// Describes the pool without the time of its last change.
    pub(super) fn describe(&self) -> anyhow::Result<Value> {
        let answer = self.cognito("DescribeUserPool", &json!({"UserPoolId": self.pool}))?;
        let pool = answer.get("UserPool").cloned().unwrap_or_default();
        Ok(without(pool, &["LastModifiedDate"]))
    }

    /// Returns the settings of MFA and passkeys.
    pub(super) fn mfa(&self) -> anyhow::Result<Value> {
        self.cognito("GetUserPoolMfaConfig", &json!({"UserPoolId": self.pool}))
    }

    /// Sends the pool back with changes, as another program would.
    pub(super) fn update(&self, change: impl FnOnce(&mut Value)) -> anyhow::Result<()> {
        let mut pool = self.describe()?;
        change(&mut pool);
        if let Some(members) = pool.as_object_mut() {
            for (name, old) in [("PoolName", "Name"), ("UserPoolId", "Id")] {
                let value = members.remove(old).unwrap_or_default();
                members.insert(name.to_owned(), value);
            }
        }
        let read_only = ["Arn", "CreationDate", "EstimatedNumberOfUsers", "SchemaAttributes"];
        self.cognito("UpdateUserPool", &without(pool, &read_only)).map(drop)
    }

    /// Creates an app client and returns its id.
    pub(super) fn client(&self, name: &str) -> anyhow::Result<String> {
        let input = json!({"UserPoolId": self.pool, "ClientName": name});
        text(&self.cognito("CreateUserPoolClient", &input)?, "/UserPoolClient/ClientId")
    }

    /// Creates an app client with a secret and returns its id.
    pub(super) fn server_client(&self) -> anyhow::Result<String> {
        let input =
            json!({"UserPoolId": self.pool, "ClientName": "server", "GenerateSecret": true});
        text(&self.cognito("CreateUserPoolClient", &input)?, "/UserPoolClient/ClientId")
    }

    /// Returns the path of a file in the working folder.
    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.work.join(name)
    }

    /// Writes JSON into the working folder.
    pub(super) fn write(&self, name: &str, value: &Value) -> anyhow::Result<()> {
        Ok(fs::write(self.file(name), value.to_string())?)
    }

    /// Reads JSON from the working folder.
    pub(super) fn read(&self, name: &str) -> anyhow::Result<Value> {
        Ok(serde_json::from_str(&fs::read_to_string(self.file(name))?)?)
    }

    /// Writes a script that is found before the program of its name; returns its folder.
    pub(super) fn script(&self, folder: &str, name: &str, text: &str) -> anyhow::Result<PathBuf> {
        let folder = self.work.join(folder);
        fs::create_dir_all(&folder)?;
        let path = folder.join(name);
        fs::write(&path, text)?;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755))?;
        Ok(folder)
    }

    /// Returns a command as the operator would run it.
    pub(super) fn command(&self, program: &str) -> Command {
        let mut command = tools::command(program);
        command
            .env("PATH", &self.path)
            .env("AWS_DEFAULT_REGION", REGION)
            .env("AWS_ACCESS_KEY_ID", "local")
            .env("AWS_SECRET_ACCESS_KEY", "local")
            .env("AWS_ENDPOINT_URL", &self.url);
        command
    }

    /// Returns a command of pool-triggers.
    pub(super) fn pool_triggers(&self, arguments: &[&str]) -> Command {
        let program = workspace::root().join("target/debug/pool-triggers");
        let mut command = self.command(&program.to_string_lossy());
        command.args(arguments);
        command
    }

    /// Says what holds if the promise is kept.
    pub(super) fn demand(&mut self, what: &str, kept: anyhow::Result<()>) -> anyhow::Result<()> {
        kept.with_context(|| format!("It does not hold that {what}"))?;
        self.passed += 1;
        writeln!(stdout(), "{what}")?;
        Ok(())
    }

    /// Returns the number of promises that were kept.
    pub(super) fn passed(&self) -> usize {
        self.passed
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        drop(self.server.kill());
        drop(self.server.wait());
    }
}

/// Demands that a command has succeeded; returns what it printed.
pub(super) fn succeeds(output: &Output) -> anyhow::Result<String> {
    let said = tools::printed(output);
    ensure!(output.status.success(), "the command fails: {said}");
    Ok(said)
}

/// Demands that a command has failed and says this; returns what it printed.
pub(super) fn refused(output: &Output, text: &str) -> anyhow::Result<String> {
    let said = tools::printed(output);
    ensure!(!output.status.success(), "the command succeeds: {said}");
    ensure!(said.contains(text), "it does not say {text:?}: {said}");
    Ok(said)
}

/// Demands that a printed text contains another.
pub(super) fn says(said: &str, text: &str) -> anyhow::Result<()> {
    ensure!(said.contains(text), "{text:?} is not in: {said}");
    Ok(())
}

/// Demands that two values are equal.
pub(super) fn equal(found: &Value, expected: &Value) -> anyhow::Result<()> {
    ensure!(found == expected, "found:\n{found:#}\nexpected:\n{expected:#}");
    Ok(())
}

/// Returns a text at a pointer.
pub(super) fn text(value: &Value, pointer: &str) -> anyhow::Result<String> {
    let text = value.pointer(pointer).and_then(Value::as_str);
    Ok(text.with_context(|| format!("there is no {pointer} in {value}"))?.to_owned())
}

/// Returns a value without members.
pub(super) fn without(mut value: Value, names: &[&str]) -> Value {
    if let Some(members) = value.as_object_mut() {
        members.retain(|name, _| !names.contains(&name.as_str()));
    }
    value
}
