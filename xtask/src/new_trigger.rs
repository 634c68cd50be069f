//! The folder of a new trigger, its resources in the template and its row in the README: a function
//! that answers events as they came, to be filled in.

use std::fs;

use anyhow::{Context, bail, ensure};
use serde_json::Value;

use crate::{generated, template, workspace};

const TEMPLATE: &str = include_str!("new_trigger/pieces/template.yaml.txt");
const README_ROW: &str = include_str!("new_trigger/pieces/readme_row.txt");

/// Files of a function and their texts.
const FILES: [(&str, &str); 8] = [
    ("Cargo.toml", include_str!("new_trigger/pieces/Cargo.toml.txt")),
    ("README.md", include_str!("new_trigger/pieces/README.md.txt")),
    ("alarms.md", include_str!("new_trigger/pieces/alarms.md.txt")),
    ("src/lib.rs", include_str!("new_trigger/pieces/lib.rs.txt")),
    ("src/main.rs", include_str!("new_trigger/pieces/main.rs.txt")),
    ("src/settings.rs", include_str!("new_trigger/pieces/settings.rs.txt")),
    ("tests/golden.rs", include_str!("new_trigger/pieces/golden.rs.txt")),
    ("tests/settings.rs", include_str!("new_trigger/pieces/settings_test.rs.txt")),
];

/// Line of the template before which a new trigger stands.
const BEFORE: &str = "  # deliver-message: ";
/// End of the line of the template after which the pool's triggers end.
const LAST_TRIGGER: &str = "-verify-auth-challenge\n";
/// Beginning of the README's row before which a new one stands.
const BEFORE_ROW: &str = "| [`deliver-message`]";

/// Names of a trigger in their forms.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Names {
    kebab: String,
    pascal: String,
    sources: Vec<String>,
}

impl Names {
    fn new(kebab: &str, events: &[String]) -> anyhow::Result<Self> {
        let is_word =
            |word: &str| !word.is_empty() && word.chars().all(|letter| letter.is_ascii_lowercase());
        let words: Vec<&str> = kebab.split('-').collect();
        ensure!(words.iter().all(|word| is_word(word)), "{kebab} is not of the form pre-sign-up");
        let pascal: String = words.iter().map(|word| capital(word)).collect();
        let of = |name: &str| -> Vec<String> {
            let prefix = format!("{name}_");
            events.iter().filter(|event| event.starts_with(&prefix)).cloned().collect()
        };
        // Events of PreTokenGeneration are named TokenGeneration.
        let mut sources = of(&pascal);
        if let (true, Some(rest)) = (sources.is_empty(), pascal.strip_prefix("Pre")) {
            sources = of(rest);
        }
        if sources.is_empty() {
            sources.push(format!("{pascal}_Authentication"));
        }
        Ok(Self { kebab: kebab.to_owned(), pascal, sources })
    }

    fn fill(&self, text: &str) -> String {
        let quoted: Vec<String> =
            self.sources.iter().map(|source| format!("\"{source}\"")).collect();
        let variants: Vec<String> = self
            .sources
            .iter()
            .map(|source| format!("TriggerSource::{}", source.replace('_', "")))
            .collect();
        let words = self.kebab.replace('-', " ");
        text.replace("<name>", &self.kebab)
            .replace("<snake>", &self.kebab.replace('-', "_"))
            .replace("<words>", &words)
            .replace("<Words>", &capital(&words))
            .replace("<Trigger>", &self.pascal)
            .replace("<count>", &self.sources.len().to_string())
            .replace("<sources>", &quoted.join(", "))
            .replace("<variants>", &variants.join(", "))
    }
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_ascii_uppercase().to_string() + letters.as_str())
}

/// Makes everything for a trigger of this name, such as `post-authentication`, and returns the
/// paths of what was written.
///
/// # Errors
/// The function exists, or a place for it cannot be found.
pub fn make(name: &str) -> anyhow::Result<Vec<String>> {
    let folder = workspace::root().join("functions").join(name);
    if folder.exists() {
        bail!("functions/{name} exists");
    }
    let names = Names::new(name, &events()?)?;
    let changed_template = in_template(&workspace::read(template::PATH)?, &names)?;
    let readme = in_readme(&workspace::read("README.md")?, &names)?;
    let mut written = Vec::new();
    fs::create_dir_all(folder.join("src"))?;
    fs::create_dir_all(folder.join("tests"))?;
    let files = FILES.map(|(file, text)| (format!("functions/{name}/{file}"), names.fill(text)));
    for (path, text) in files {
        workspace::write(&path, &text)?;
        written.push(path);
    }
    for (path, text) in [(template::PATH, changed_template), ("README.md", readme)] {
        workspace::write(path, &text)?;
        written.push(path.to_owned());
    }
    written.extend(missing_event(&names)?);
    written.extend(generated::write()?.into_iter().map(str::to_owned));
    Ok(written)
}

fn in_template(text: &str, names: &Names) -> anyhow::Result<String> {
    let place = text.find(LAST_TRIGGER).context("the template has no triggers")?;
    let (head, tail) = text.split_at(place + LAST_TRIGGER.len());
    let arn = "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function";
    let last = head.trim_end().lines().next_back().unwrap_or_default();
    let indent = last.len().saturating_sub(last.trim_start().len());
    let (pascal, kebab) = (&names.pascal, &names.kebab);
    let trigger = format!("{:indent$}{pascal}: !Sub {arn}:${{AWS::StackName}}-{kebab}\n", "");
    let text = format!("{head}{trigger}{tail}");
    before(&text, BEFORE, &names.fill(TEMPLATE)).context("the template has no deliver-message")
}

fn in_readme(text: &str, names: &Names) -> anyhow::Result<String> {
    before(text, BEFORE_ROW, &names.fill(README_ROW))
        .context("the README has no table of functions")
}

fn before(text: &str, line: &str, new: &str) -> Option<String> {
    let place = text.find(&format!("\n{line}"))? + 1;
    let (head, tail) = text.split_at(place);
    Some(format!("{head}{new}{tail}"))
}

/// Returns the names of the sample events.
fn events() -> anyhow::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(workspace::root().join("events"))? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        names.extend(name.strip_suffix(".json").map(str::to_owned));
    }
    names.sort();
    Ok(names)
}

/// Writes a sample event if the trigger has none.
fn missing_event(names: &Names) -> anyhow::Result<Option<String>> {
    let source = names.sources.first().context("there is no source")?;
    let path = format!("events/{source}.json");
    if workspace::root().join(&path).exists() {
        return Ok(None);
    }
    let mut event: Value = serde_json::from_str(&workspace::read("events/PreSignUp_SignUp.json")?)?;
    if let Some(own) = event.get_mut("triggerSource") {
        *own = source.as_str().into();
    }
    workspace::write(&path, &format!("{}\n", serde_json::to_string_pretty(&event)?))?;
    Ok(Some(path))
}

#[cfg(test)]
mod tests {
    use super::{FILES, Names, README_ROW, TEMPLATE, in_readme, in_template};
    use crate::template::{self, declared, document::Document};
    use crate::workspace;

    fn names(name: &str) -> Names {
        let events = ["CustomMessage_SignUp", "CustomMessage_ForgotPassword", "TokenGeneration_X"];
        Names::new(name, &events.map(str::to_owned)).unwrap()
    }

    #[test]
    fn sources_are_those_of_the_sample_events() {
        for (name, expected) in [
            ("custom-message", &["CustomMessage_SignUp", "CustomMessage_ForgotPassword"][..]),
            ("pre-token-generation", &["TokenGeneration_X"]),
            ("new-one", &["NewOne_Authentication"]),
        ] {
            assert_eq!(names(name).sources, expected);
        }
        for name in ["", "PreSignUp", "pre_sign_up", "-pre", "pre--sign"] {
            assert!(Names::new(name, &[]).is_err(), "{name}");
        }
    }

    #[test]
    fn every_mark_is_filled_in() {
        let names = names("custom-message");
        for text in FILES.map(|(_, text)| text).into_iter().chain([TEMPLATE, README_ROW]) {
            let filled = names.fill(text);
            let mark = filled.split('<').skip(1).find_map(|rest| {
                let word = rest.split_once('>')?.0;
                word.chars().all(char::is_alphabetic).then_some(word)
            });
            let is_type = mark.is_none_or(|mark| ["Self", "Value"].contains(&mark));
            assert!(is_type, "{mark:?} is left in:\n{filled}");
        }
    }

    #[test]
    fn template_and_readme_get_the_new_trigger() {
        let names = names("new-one");
        let text = workspace::read(template::PATH).unwrap();
        let document = Document::parse(&in_template(&text, &names).unwrap()).unwrap();
        let functions = declared::functions(&document).unwrap();
        let new = functions.iter().find(|function| function.name == "new-one").unwrap();
        assert!(new.is_trigger && new.id == "NewOne");
        let readme = in_readme(&workspace::read("README.md").unwrap(), &names).unwrap();
        assert!(readme.contains("\n| [`new-one`](functions/new-one/src/lib.rs) |"));
    }
}
