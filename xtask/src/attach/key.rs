//! `rotate-key.sh` on the secret of a stand-in.

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::process::Command;

use anyhow::ensure;
use serde_json::{Value, json};

use super::bench::{Bench, refused, says, succeeds};
use crate::tools;

/// A stand-in of the AWS CLI with one secret.
const AWS: &str = r#"#!/usr/bin/env bash
set -euo pipefail
case $1-$2 in
    secretsmanager-get-secret-value) cat "$STATE/secret" ;;
    secretsmanager-put-secret-value)
        [ "$5" = --secret-string ]
        cp "${6#file://}" "$STATE/secret"
        ;;
    *) exit 1 ;;
esac
"#;

/// Demands what infra/README.md says of the rotation.
pub(super) fn check(bench: &mut Bench) -> anyhow::Result<()> {
    let folder = bench.script("bin", "aws", AWS)?;
    let path = tools::in_front(&folder, &env::var_os("PATH").unwrap_or_default());
    let first = format!("{:064}", 0);
    bench.write("secret", &json!({"1": first}))?;
    let state = bench.file("");
    let rotate = |version: &str| -> Command {
        let mut rotate = tools::command("infra/rotate-key.sh");
        rotate.args(["secret", version]).env("PATH", &path).env("STATE", &state);
        rotate
    };
    let holds = |bench: &Bench, versions: &[&str]| -> anyhow::Result<Value> {
        let secret = bench.read("secret")?;
        let keys: BTreeSet<&str> =
            secret.as_object().into_iter().flatten().map(|(version, _)| version.as_str()).collect();
        ensure!(keys == versions.iter().copied().collect(), "the secret has {keys:?}");
        Ok(secret)
    };
    let key = |secret: &Value, version: &str| {
        secret.get(version).and_then(Value::as_str).unwrap_or_default().to_owned()
    };

    let said = tools::run(&mut rotate("2"))?;
    let kept = refused(&said, "does not hold").map(drop);
    bench.demand("rotate-key.sh refuses a version that is not there", kept)?;
    let said = succeeds(&tools::run(&mut rotate("1"))?);
    let output = said.as_deref().unwrap_or_default().to_owned();
    bench.demand("rotate-key.sh adds a version", said.map(drop))?;
    let secret = holds(bench, &["1", "2"]);
    let second = key(secret.as_ref().unwrap_or(&Value::Null), "2");
    let kept = says(&output, "Now set KeyVersion to 2");
    let kept = kept.and_then(|()| {
        ensure!(!second.is_empty() && !output.contains(&second), "the key is printed");
        Ok(())
    });
    bench.demand("it prints no key", kept)?;
    bench.demand("the secret holds both", secret.map(drop))?;
    fs::write(bench.file("second"), &second)?;
    let mut decode = tools::command("base64");
    decode.arg("-d").arg(bench.file("second"));
    let bytes = tools::run(&mut decode)?.stdout.len();
    let kept = match bytes {
        32 => Ok(()),
        other => Err(anyhow::anyhow!("it is {other} bytes")),
    };
    bench.demand("the new key is 32 bytes", kept)?;
    let said = tools::run(&mut rotate("1"))?;
    let kept = refused(&said, "KeyVersion").map(drop);
    bench.demand("rotate-key.sh adds no third one before the second is in use", kept)?;
    let kept = succeeds(&tools::run(&mut rotate("2"))?).map(drop);
    bench.demand("rotate-key.sh goes on from the second", kept)?;
    let kept = holds(bench, &["2", "3"]).map(drop);
    bench.demand("the first is gone", kept)
}
