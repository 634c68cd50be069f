//! The commands of `infra` that change something, as an operator would use them: attaching and
//! detaching a pool of a local Cognito, which resets settings that UpdateUserPool leaves out, and
//! `rotate-key.sh` on a secret of a stand-in. Each promise of theirs is seen, each refusal too.

mod bench;
mod key;
mod operator;

use std::io::{Write, stdout};
use std::path::Path;
use std::process::{Command, Output};

use anyhow::{Context, ensure};
use serde_json::{Map, Value, json};

use self::bench::{Bench, equal, refused, says, succeeds, text, without};
use self::operator::{Clients, arn};
use crate::template::declared;
use crate::template::document::Document;
use crate::{template, tools, workspace};

/// Fewest promises that are kept.
const FEWEST: usize = 41;

/// A trigger for which the template has no function.
const OF_OTHERS: &str = "UserMigration";

/// Holds the members that pool-triggers knows against the model of the CLI.
const CLASSIFIED: &str = r#"
import re, sys
import botocore.session
model = botocore.session.get_session().get_service_model("cognito-idp")
shape = lambda name: set(model.shape_for(name).members)
shown, taken = shape("UserPoolType"), shape("UpdateUserPoolRequest") - {"UserPoolId", "PoolName"}
source = open(sys.argv[1]).read()
listed = lambda name: set(re.findall('"([^"]+)"', source.split(f"pub const {name}:")[1].split(";\n")[0]))
wrong = (shown - taken - listed("READ_ONLY")) | (taken - listed("WRITABLE"))
wrong |= (listed("READ_ONLY") & taken) | (taken - shown)
wrong |= shape("GetUserPoolMfaConfigResponse") ^ (shape("SetUserPoolMfaConfigRequest") - {"UserPoolId"})
sys.exit(f"not classified: {sorted(wrong)}" if wrong else 0)
"#;

/// Runs every check.
///
/// # Errors
/// A promise is not kept.
pub fn check() -> anyhow::Result<()> {
    let mut bench = Bench::start(&operator::pool())?;
    operator::add_newer_settings(&bench)?;
    let ids = Clients { web: bench.client("web")?, server: bench.server_client()? };
    operator::put_cli_in_front(&bench, &ids)?;
    let mut members = bench.command("python3");
    members.args(["-c", CLASSIFIED, "infra/pool-triggers/src/members.rs"]);
    let kept = tools::output(&mut members).map(drop);
    bench.demand("every member of the CLI's model is classified", kept)?;
    let before = Before { pool: bench.describe()?, mfa: bench.mfa()? };
    refusals(&mut bench, &before)?;
    attaching(&mut bench, &before)?;
    detaching(&mut bench, &before)?;
    key::check(&mut bench)?;
    writeln!(stdout(), "{} passed, 0 failed", bench.passed())?;
    ensure!(bench.passed() >= FEWEST, "fewer than {FEWEST} promises are kept");
    Ok(())
}

/// The pool before anything is attached.
struct Before {
    pool: Value,
    mfa: Value,
}

impl Before {
    /// Demands that the pool differs from this in its triggers alone.
    fn differs_in(&self, bench: &Bench, triggers: &Value) -> anyhow::Result<()> {
        let now = bench.describe()?;
        equal(
            &without(now.clone(), &["LambdaConfig"]),
            &without(self.pool.clone(), &["LambdaConfig"]),
        )?;
        equal(now.get("LambdaConfig").unwrap_or(&Value::Null), triggers)
    }

    fn is_now(&self, bench: &Bench) -> anyhow::Result<()> {
        equal(&bench.describe()?, &self.pool)
    }

    fn triggers(&self) -> Map<String, Value> {
        let triggers = self.pool.get("LambdaConfig").and_then(Value::as_object);
        triggers.cloned().unwrap_or_default()
    }
}

fn attach(bench: &Bench, options: &[&str], stack: &str, file: &str) -> Command {
    let file = bench.file(file).to_string_lossy().into_owned();
    let named = [bench.pool.as_str(), stack, &file];
    bench.pool_triggers(&[&["attach"], options, &named].concat())
}

fn detach(bench: &Bench, file: &Path) -> Command {
    bench.pool_triggers(&["detach", "--yes", &file.to_string_lossy()])
}

fn absent(path: &Path) -> anyhow::Result<()> {
    ensure!(!path.exists(), "{} is there", path.display());
    Ok(())
}

/// Refuses and returns what was said.
fn demand_refused(
    bench: &mut Bench,
    what: &str,
    command: &mut Command,
    text: &str,
) -> anyhow::Result<String> {
    refused_output(bench, what, &tools::run(command)?, text)
}

fn refused_output(
    bench: &mut Bench,
    what: &str,
    output: &Output,
    text: &str,
) -> anyhow::Result<String> {
    let said = refused(output, text);
    let printed = said.as_deref().unwrap_or_default().to_owned();
    bench.demand(what, said.map(drop))?;
    Ok(printed)
}

fn refusals(bench: &mut Bench, before: &Before) -> anyhow::Result<()> {
    let new = before.pool.pointer("/NewConfiguration/Deep/0");
    let scopes = before.pool.pointer("/DcrConfiguration/AllowedScopes");
    let kept = (new == Some(&json!({"New": null})) && scopes == Some(&json!(["openid"])))
        .then_some(())
        .context("they are lost");
    bench.demand("the pool has settings that the CLI does not know", kept)?;
    let record = bench.file("pool.json");
    let mut command = attach(bench, &["--yes"], "stack", "pool.json");
    let what = "attaching refuses a trigger that is taken";
    demand_refused(bench, what, &mut command, "With --replace")?;
    bench.demand("it has changed nothing", before.is_now(bench))?;
    let theirs = bench.client("theirs")?;
    let replacing = ["--yes", "--replace"];
    let mut command = attach(bench, &replacing, "stack", "pool.json");
    let what = "attaching stops where another client would stop";
    let said = demand_refused(bench, what, &mut command, &format!("theirs {theirs}"))?;
    bench.demand("it says how to go on", says(&said, "--other-clients-stop"))?;
    let is_client = |line: &&str| {
        let words: Vec<&str> = line.split(' ').collect();
        let lower = |word: &str| word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
        words.len() == 2 && words.iter().all(|word| !word.is_empty() && lower(word))
    };
    let named = said.lines().filter(is_client).count();
    let kept = (named == 1).then_some(()).with_context(|| said.clone());
    bench.demand("it does not name the stack's own", kept)?;
    bench.demand("it has changed nothing for that client", before.is_now(bench))?;
    let mut command = attach(bench, &replacing, "another", "pool.json");
    let what = "attaching stops where the stack cannot be read";
    demand_refused(bench, what, &mut command, "Nothing was changed")?;
    let mut command = attach(bench, &replacing, "elsewhere", "pool.json");
    let what = "attaching stops where the stack has another pool";
    demand_refused(bench, what, &mut command, "the pool eu-west-1_Elsewhere")?;
    let mut command = attach(bench, &replacing, "stack", "pool.json");
    command.env("AWS_ENDPOINT_URL", "http://127.0.0.1:9");
    let what = "attaching stops where the pool cannot be read";
    demand_refused(bench, what, &mut command, "The pool cannot be read")?;
    let mut command = attach(bench, &["--yes"], "stack", "pool.json");
    without_credentials(&mut command);
    command.env("AWS_CONFIG_FILE", "/dev/null").env("AWS_SHARED_CREDENTIALS_FILE", "/dev/null");
    let what = "attaching stops without credentials";
    demand_refused(bench, what, &mut command, "Nothing was changed")?;
    bench.demand("no file is left by a refusal", absent(&record))?;
    let mut command = attach(bench, &["--replace", "--other-clients-stop"], "stack", "pool.json");
    let output = tools::run_with(&mut command, "n\n")?;
    let what = "attaching asks, and no is no";
    let said = refused_output(bench, what, &output, "Nothing was changed")?;
    let would = format!("+  \"DefineAuthChallenge\": \"{}", arn("stack"));
    bench.demand("it shows what it would have done", says(&said, &would))?;
    let unknown = says(&said, "not known here: NewConfiguration");
    bench.demand("it names settings that it does not know", unknown)?;
    bench.demand("it has changed nothing then", before.is_now(bench))?;
    bench.demand("no file is left", absent(&record))
}

fn without_credentials(command: &mut Command) {
    command.env_remove("AWS_ACCESS_KEY_ID").env_remove("AWS_SECRET_ACCESS_KEY");
    command.env("AWS_EC2_METADATA_DISABLED", "true");
}

fn attaching(bench: &mut Bench, before: &Before) -> anyhow::Result<()> {
    let mut command = attach(bench, &["--replace", "--other-clients-stop"], "stack", "pool.json");
    let kept = succeeds(&tools::run_with(&mut command, "y\n")?).map(drop);
    bench.demand("attaching attaches", kept)?;
    let mut attached = before.triggers();
    let document = Document::parse(&workspace::read(template::PATH)?)?;
    for (trigger, function) in declared::triggers(&document)? {
        attached.insert(trigger, arn(&format!("stack-{function}")).into());
    }
    let kept = before.differs_in(bench, &attached.into());
    bench.demand("only the triggers have changed", kept)?;
    let kept = equal(&bench.mfa()?, &before.mfa);
    bench.demand("MFA and passkeys are as before", kept)?;
    let record = bench.read("pool.json")?;
    let pool = record.get("user_pool").cloned().unwrap_or_default();
    let kept = equal(&without(pool, &["LastModifiedDate"]), &before.pool)
        .and_then(|()| equal(record.get("mfa_config").unwrap_or(&Value::Null), &before.mfa));
    bench.demand("the file keeps the pool as it was", kept)?;
    let mut command = attach(bench, &["--yes", "--replace"], "stack", "pool.json");
    let what = "attaching does not write over what it kept";
    demand_refused(bench, what, &mut command, "exists").map(drop)
}

fn detaching(bench: &mut Bench, before: &Before) -> anyhow::Result<()> {
    let after = arn("theirs-after");
    let kept = bench.update(|pool| {
        let triggers = pool.get_mut("LambdaConfig").and_then(Value::as_object_mut);
        if let Some(triggers) = triggers {
            triggers.insert(OF_OTHERS.to_owned(), after.clone().into());
        }
    });
    bench.demand("another program adds a trigger", kept)?;
    let mut expected = before.triggers();
    expected.insert(OF_OTHERS.to_owned(), after.into());
    let expected = Value::Object(expected);
    let record = bench.file("pool.json");
    let kept = succeeds(&tools::run(&mut detach(bench, &record))?).map(drop);
    bench.demand("detaching detaches", kept)?;
    let kept = before.differs_in(bench, &expected);
    bench.demand("what stood before is back, and the other trigger stays", kept)?;
    let kept = equal(&bench.mfa()?, &before.mfa);
    bench.demand("MFA and passkeys are as before after that", kept)?;
    let said = succeeds(&tools::run(&mut detach(bench, &record))?);
    let printed = said.as_deref().unwrap_or_default().to_owned();
    bench.demand("a second time changes nothing", said.map(drop))?;
    bench.demand("it says so", says(&printed, "Nothing is to be changed"))?;
    let mut command = detach(bench, &record);
    without_credentials(&mut command);
    command.env("VERSION_2", "yes");
    let kept = succeeds(&tools::run(&mut command)?).map(drop);
    bench.demand("the credentials of a CLI of version 2 are taken", kept)?;
    let kept = earlier_file(bench);
    bench.demand("a file of the earlier attach.sh is taken", kept)?;
    let kept = before.differs_in(bench, &expected);
    bench.demand("what stood before is back again", kept)?;
    let mut command = detach(bench, &bench.file("stack.json"));
    let what = "a file that is none is refused";
    demand_refused(bench, what, &mut command, "Nothing was changed").map(drop)
}

/// Attaches again and detaches with the members that files of attach.sh had.
fn earlier_file(bench: &Bench) -> anyhow::Result<()> {
    let options = ["--replace", "--other-clients-stop", "--yes"];
    succeeds(&tools::run(&mut attach(bench, &options, "stack", "again.json"))?)?;
    let record = bench.read("again.json")?;
    let member = |name: &str| record.get(name).cloned().unwrap_or_default();
    let old = json!({
        "pool": text(&record, "/pool")?, "stack": member("stack"), "triggers": member("triggers"),
    });
    bench.write("old.json", &old)?;
    succeeds(&tools::run(&mut detach(bench, &bench.file("old.json")))?).map(drop)
}
