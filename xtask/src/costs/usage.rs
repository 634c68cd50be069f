//! Guesses about users, and the work of each function for them.

use std::collections::BTreeMap;

use anyhow::{Context, bail, ensure};
use serde_json::Value;

use crate::template::declared;
use crate::template::document::{Document, members, to_json};

/// Costs of one invocation of a function.
#[derive(Clone, Debug)]
pub struct FunctionCosts {
    /// Its name.
    pub name: String,
    /// Billed milliseconds of a warm invocation.
    pub milliseconds: f64,
    /// Milliseconds of a processor for a warm invocation, where `.ci/bench` ran.
    pub processor: Option<f64>,
    /// Bytes of log of one invocation.
    pub log_bytes: f64,
    /// Memory in MB, as the template deploys it.
    pub memory: f64,
    /// Requests to the API of the user pool behind one invocation.
    pub pool_requests: f64,
    /// True if every instance reads the code key.
    pub reads_code_key: bool,
    /// Invocations and calls by occasion.
    pub occasions: BTreeMap<String, BTreeMap<String, f64>>,
}

/// Guesses about users, and the functions.
#[derive(Clone, Debug)]
pub struct Usage {
    /// Content of `usage.yaml`.
    pub guesses: Value,
    /// Names and values of the guesses about users and time, in the order of the file.
    pub shown: Vec<(String, Value)>,
    /// The functions that are counted, in the order of the template.
    pub functions: Vec<FunctionCosts>,
}

impl Usage {
    /// Reads `usage.yaml`, the packages of the functions, and their memory in the template.
    ///
    /// # Errors
    /// A function of the template lacks its costs; all of them are named at once.
    pub fn load(
        guesses: &str,
        packages: &BTreeMap<String, Value>,
        template: &Document,
    ) -> anyhow::Result<Self> {
        let guesses: serde_norway::Value = serde_norway::from_str(guesses)?;
        let mut shown = Vec::new();
        for section in ["people", "time"] {
            for (name, value) in members(guesses.get(section).context(section)?)? {
                shown.push((name, to_json(value)?));
            }
        }
        let (mut functions, mut missing) = (Vec::new(), Vec::new());
        for declared in declared::functions(template)? {
            let package = packages.get(&declared.name);
            let costs = package.and_then(|package| package.pointer("/metadata/costs"));
            match costs.map(|costs| read(&declared, costs, template)) {
                None => missing.push(format!(
                    "functions/{}/Cargo.toml lacks [package.metadata.costs]",
                    declared.name
                )),
                Some(Err(error)) => missing.push(format!(
                    "functions/{}/Cargo.toml, [package.metadata.costs]: {error:#}",
                    declared.name
                )),
                Some(Ok(function)) => functions.extend(function),
            }
        }
        ensure!(missing.is_empty(), "{}", missing.join("\n"));
        Ok(Self { guesses: to_json(guesses)?, shown, functions })
    }

    /// Returns a number of `usage.yaml`.
    ///
    /// # Errors
    /// There is no such number.
    pub fn number(&self, section: &str, name: &str) -> anyhow::Result<f64> {
        let number = self.guesses.get(section).and_then(|section| section.get(name)?.as_f64());
        number.with_context(|| format!("usage.yaml has no {name} in {section}"))
    }
}

fn read(
    declared: &declared::Function,
    costs: &Value,
    template: &Document,
) -> anyhow::Result<Option<FunctionCosts>> {
    if costs.get("left_out").is_some() {
        return Ok(None);
    }
    let number = |name: &str| costs.get(name).and_then(Value::as_f64);
    let mut occasions = BTreeMap::new();
    let all = costs.get("occasions").and_then(Value::as_object).context("occasions is missing")?;
    for (occasion, calls) in all {
        if !["start", "answer", "wrong_answer", "first_round", "new_person", "token"]
            .contains(&occasion.as_str())
        {
            bail!("{occasion} is no occasion");
        }
        let calls = calls.as_object().context("calls are no table")?;
        let calls = calls.iter().map(|(name, number)| Some((name.clone(), number.as_f64()?)));
        let calls: Option<_> = calls.collect();
        occasions.insert(occasion.clone(), calls.context("a call has no number")?);
    }
    Ok(Some(FunctionCosts {
        name: declared.name.clone(),
        milliseconds: number("milliseconds").context("milliseconds is missing")?,
        processor: number("processor"),
        log_bytes: number("log_bytes").context("log_bytes is missing")?,
        memory: memory(&declared.id, template)?,
        pool_requests: number("pool_requests").unwrap_or_default(),
        reads_code_key: costs.get("reads_code_key") == Some(&Value::Bool(true)),
        occasions,
    }))
}

/// Returns the memory of a function in MB; a parameter counts with its default.
fn memory(id: &str, template: &Document) -> anyhow::Result<f64> {
    let mut resources = template.resources.iter();
    let function = resources.find(|(name, _)| name == id).map(|(_, function)| function);
    let own = function.and_then(|function| function.pointer("/Properties/MemorySize"));
    let global = template.sections.pointer("/Globals/Function/MemorySize");
    let size = own.or(global).context("the template names no memory")?;
    let default = size.get("Ref").and_then(Value::as_str).and_then(|parameter| {
        template.sections.pointer(&format!("/Parameters/{parameter}/Default"))
    });
    default.unwrap_or(size).as_f64().context("the memory in the template is no number")
}
