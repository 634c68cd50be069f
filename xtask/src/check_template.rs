//! The templates and the scripts beside them: translated as AWS does, linted before and after (a
//! dangling reference is found only after), held against our own rules and against the published
//! schemas of the resource types, and all of that seen to turn red on planted mistakes. At the end
//! what `cargo lambda deploy` would do.

use std::fs;
use std::io::{Write, stdout};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};
use serde_json::Value;

use crate::tools::{self, header};
use crate::{create_only, template, workspace};

/// Fewest mistakes that are planted.
const FEWEST: usize = 96;

/// Finder of a parameter that reaches what only a creation can set.
const CREATE_ONLY: &str = "create-only";

/// Each template with the rules that it is held against.
const TEMPLATES: [(&str, &str); 2] = [
    (template::PATH, "infra/guard/lifeguard.guard"),
    ("infra/edge.yaml", "infra/guard/edge.guard"),
];

/// Runs every check.
///
/// # Errors
/// A check finds something, or does not find a planted mistake.
pub fn check() -> anyhow::Result<()> {
    let work = tools::folder().join("check-template");
    drop(fs::remove_dir_all(&work));
    fs::create_dir_all(work.join("copy/infra"))?;
    let checks = Checks { translated: work.join("translated.json") };
    let mut out = stdout();
    writeln!(out, "The templates.")?;
    for (path, rules) in TEMPLATES {
        let template = workspace::root().join(path);
        checks.lint(&template)?;
        checks.judge(&template, rules)?;
    }
    checks.create_only(&workspace::root().join(template::PATH))?;
    let rules = rules()?;
    writeln!(out, "{} rules of our own hold.", rules.len())?;
    tools::output(tools::command("python3").args(["-B", "tests/template/judge_test.py"]))?;
    writeln!(out, "{}", checks.types(&templates()?)?)?;
    mistakes(&checks, &work.join("copy"), &rules)?;
    writeln!(out, "\nThe scripts.")?;
    scripts()?;
    writeln!(out, "\nWhat cargo lambda deploy would do.")?;
    deploy(&work.join("lambda"))
}

struct Checks {
    translated: PathBuf,
}

impl Checks {
    /// Fails with what cfn-lint finds before and after the translation.
    fn lint(&self, template: &Path) -> anyhow::Result<()> {
        let lint = |file: &Path| {
            let mut lint = tools::command("cfn-lint");
            tools::output(lint.args(["--non-zero-exit-code", "warning"]).arg(file))
        };
        lint(template)?;
        self.translate(template)?;
        lint(&self.translated).map(drop)
    }

    /// Fails with what our own rules find after the translation.
    fn judge(&self, template: &Path, rules: &str) -> anyhow::Result<()> {
        self.translate(template)?;
        let folder = format!(
            "node_modules/@cdklabs/cdk-validator-cfnguard/bin/ubuntu/{}/cfn-guard",
            std::env::consts::ARCH
        );
        let guard = tools::folder().join(folder);
        let mut guard = tools::command(&guard.to_string_lossy());
        guard.args(["validate", "--rules", rules, "--data"]).arg(&self.translated);
        tools::output(guard.args(["--show-summary", "fail"])).map(drop)
    }

    /// Fails with the parameters that reach what only a creation can set.
    fn create_only(&self, template: &Path) -> anyhow::Result<()> {
        self.translate(template)?;
        create_only::check(&self.translated)
    }

    /// Fails with each property of a value that has not the type that the published schema asks for;
    /// returns the number of those that have it.
    fn types(&self, templates: &[PathBuf]) -> anyhow::Result<String> {
        let mut types = tools::command(".ci/property-types");
        for template in templates {
            let name = template.file_name().unwrap_or_default();
            let translated = self.translated.with_file_name(name).with_extension("json");
            translate(template, &translated)?;
            types.arg(template).arg(translated);
        }
        tools::output(&mut types)
    }

    fn translate(&self, template: &Path) -> anyhow::Result<()> {
        translate(template, &self.translated)
    }
}

fn translate(template: &Path, translated: &Path) -> anyhow::Result<()> {
    tools::output(tools::command(".ci/translate").arg(template).arg(translated)).map(drop)
}

/// Returns each template of infra.
fn templates() -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(workspace::root().join("infra"))? {
        let path = entry?.path();
        let is_yaml = path.extension().is_some_and(|extension| extension == "yaml");
        if is_yaml && fs::read_to_string(&path)?.lines().any(|line| line == "Resources:") {
            found.push(path);
        }
    }
    found.sort();
    ensure!(found.contains(&workspace::root().join(template::PATH)), "the template is not found");
    Ok(found)
}

fn rules() -> anyhow::Result<Vec<String>> {
    let mut names = Vec::new();
    for (_, path) in TEMPLATES {
        let rules = workspace::read(path)?;
        let rules = rules.lines().filter_map(|line| line.strip_prefix("rule ")?.split(' ').next());
        names.extend(rules.map(str::to_owned));
    }
    Ok(names)
}

/// Plants each mistake in a copy and demands that the named tool finds it.
fn mistakes(checks: &Checks, copy: &Path, rules: &[String]) -> anyhow::Result<()> {
    let mut out = stdout();
    writeln!(out, "{:<62} {:<42} red seen", "mistake", "found by")?;
    let patches = tools::patches("tests/planted-template")?;
    let mut finders = Vec::new();
    for (path, text) in &patches {
        let (mistake, finder) = (header(text, "Mistake:")?, header(text, "Found by:")?);
        let changes = |(path, _): &&(&str, &str)| text.contains(&format!("\n--- a/{path}\n"));
        let (path_of_template, guard) = TEMPLATES
            .iter()
            .find(changes)
            .with_context(|| format!("{} changes no template", path.display()))?;
        let file = copy.join(path_of_template);
        workspace::read(path_of_template).and_then(|text| Ok(fs::write(&file, text)?))?;
        let mut apply = tools::command("git");
        apply.current_dir(copy).env("GIT_CEILING_DIRECTORIES", copy.parent().unwrap_or(copy));
        tools::output(apply.args(["apply", "-C1"]).arg(path))?;
        let checked = if finder.starts_with('E') {
            checks.lint(&file)
        } else if rules.iter().any(|rule| rule == finder) {
            checks.judge(&file, guard)
        } else if finder == CREATE_ONLY {
            checks.create_only(&file)
        } else {
            checks.types(std::slice::from_ref(&file)).map(drop)
        };
        match checked {
            Ok(()) => bail!("The checks pass although {mistake}."),
            Err(found) if !format!("{found:#}").contains(finder) => {
                bail!("The checks are red, but {finder} does not say that {mistake}:\n{found:#}")
            }
            Err(_) => writeln!(out, "{mistake:<62} {finder:<42} yes")?,
        }
        finders.push(finder);
    }
    writeln!(out, "{} passed, 0 failed", patches.len())?;
    ensure!(patches.len() >= FEWEST, "fewer than {FEWEST} mistakes are planted");
    let unseen: Vec<&String> =
        rules.iter().filter(|rule| !finders.contains(&rule.as_str())).collect();
    ensure!(unseen.is_empty(), "no planted mistake turns {unseen:?} red");
    Ok(())
}

/// Runs shellcheck over every script of bash.
fn scripts() -> anyhow::Result<()> {
    let mut scripts = Vec::new();
    for folder in [".ci", "infra"] {
        for entry in fs::read_dir(workspace::root().join(folder))? {
            let path = entry?.path();
            let text = fs::read(&path).unwrap_or_default();
            let first = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
            if first.starts_with(b"#!") && first.ends_with(b"bash") {
                scripts.push(path);
            }
        }
    }
    ensure!(scripts.len() > 5, "only {} scripts are found", scripts.len());
    let mut shellcheck = tools::command("shellcheck");
    tools::output(shellcheck.args(["--external-sources", "--severity=warning"]).args(&scripts))?;
    writeln!(stdout(), "{} scripts have nothing that shellcheck finds.", scripts.len())?;
    Ok(())
}

/// Asks cargo lambda what it would deploy.
fn deploy(folder: &Path) -> anyhow::Result<()> {
    tools::build_binaries()?;
    for (name, package) in workspace::function_packages()? {
        fs::create_dir_all(folder.join(&name))?;
        let built = workspace::root().join("target/debug").join(&name);
        fs::copy(built, folder.join(&name).join("bootstrap"))?;
        let mut deploy = tools::command("cargo");
        deploy.args(["lambda", "deploy", "--dry", "--output-format", "json", "--lambda-dir"]);
        deploy.arg(folder).args(["--binary-name", &name, &format!("lifeguard-{name}")]);
        let said = tools::output(&mut deploy)?;
        let begin = said.find("\n{").map_or(0, |place| place + 1);
        let would: Value = serde_json::from_str(said.get(begin..).unwrap_or_default())
            .with_context(|| said.clone())?;
        let timeout = package.pointer("/metadata/lambda/deploy/timeout").and_then(Value::as_u64);
        ensure!(is_as_declared(&would, timeout), "{name}: {would}");
        let config = would.get("config").unwrap_or(&Value::Null);
        let shown = ["memory", "timeout", "tracing"].map(|name| config.get(name).cloned());
        writeln!(stdout(), "{name:<30} {shown:?}")?;
    }
    Ok(())
}

fn is_as_declared(would: &Value, timeout: Option<u64>) -> bool {
    let config = |name: &str| would.get("config").and_then(|config| config.get(name));
    would.get("kind") == Some(&"function".into())
        && would.get("files") == Some(&serde_json::json!(["bootstrap"]))
        && config("memory").and_then(Value::as_u64).is_some_and(|memory| memory >= 128)
        && timeout.is_some()
        && config("timeout").and_then(Value::as_u64) == timeout
        && config("tracing") == Some(&"Active".into())
        && config("env_var").is_none_or(Value::is_null)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::is_as_declared;

    #[test]
    fn deployment_differs_in_no_member() {
        let right = json!({"kind": "function", "files": ["bootstrap"],
            "config": {"memory": 256, "timeout": 5, "tracing": "Active", "env_var": null}});
        assert!(is_as_declared(&right, Some(5)));
        assert!(!is_as_declared(&right, None));
        for (pointer, value) in [
            ("/kind", json!("layer")),
            ("/files", json!([])),
            ("/config/memory", json!(64)),
            ("/config/timeout", json!(3)),
            ("/config/tracing", json!("PassThrough")),
            ("/config/env_var", json!({"A": "b"})),
            ("/config", Value::Null),
        ] {
            let mut wrong = right.clone();
            *wrong.pointer_mut(pointer).unwrap() = value;
            assert!(!is_as_declared(&wrong, Some(5)), "{pointer}");
        }
    }
}
