//! The block of `docs/performance.md` with what a sign-in takes and costs by the memory of the
//! functions.

use anyhow::Context;
use serde_json::Value;

use super::month::{self, Line};
use super::prices::Prices;
use super::text::{dollars, table};
use super::usage::{FunctionCosts, Usage};
use crate::marked_block::MarkedBlock;
use crate::template::document::to_json;

/// Path of the page in the repository.
pub const PAGE: &str = "docs/performance.md";

/// The occasions of a sign-in: the request for a code and its answer.
const OCCASIONS: [&str; 2] = ["start", "answer"];

/// Speed of the functions and of the calls that they make.
pub struct Speed(Value);

impl Speed {
    /// Parses the text of `speed.yaml`.
    ///
    /// # Errors
    /// The text is no YAML.
    pub fn parse(text: &str) -> anyhow::Result<Self> {
        Ok(Self(to_json(serde_norway::from_str(text)?)?))
    }

    fn number(&self, pointer: &str) -> anyhow::Result<f64> {
        let number = self.0.pointer(pointer).and_then(Value::as_f64);
        number.with_context(|| format!("speed.yaml has no number at {pointer}"))
    }

    fn list(&self, name: &str) -> anyhow::Result<&Vec<Value>> {
        let list = self.0.get(name).and_then(Value::as_array);
        list.with_context(|| format!("speed.yaml has no list {name}"))
    }

    fn memory(&self) -> anyhow::Result<Vec<f64>> {
        self.list("memory")?.iter().map(|size| size.as_f64().context("a size")).collect()
    }

    /// Returns the milliseconds of one answer of a function with this memory, in MB: what the
    /// processor takes at the function's share of it, and what the calls take.
    ///
    /// # Errors
    /// A number is missing.
    pub fn milliseconds(&self, function: &FunctionCosts, memory: f64) -> anyhow::Result<f64> {
        let share = (memory / self.number("/whole_processor")?).min(1.0);
        let processor = processor(function)? * self.number("/processor of Lambda")?;
        Ok(processor / share + self.waiting(function)?)
    }

    /// Returns the milliseconds that an answer waits for calls, at the occasion that has most.
    fn waiting(&self, function: &FunctionCosts) -> anyhow::Result<f64> {
        let mut most = 0.0_f64;
        for calls in function.occasions.values() {
            let mut waiting = 0.0;
            for (call, number) in calls.iter().filter(|(call, _)| *call != "invocations") {
                waiting += number * self.number(&format!("/calls/{call}"))?;
            }
            most = most.max(waiting);
        }
        Ok(most)
    }

    fn is_beside(&self, function: &FunctionCosts) -> anyhow::Result<bool> {
        Ok(self.list("beside")?.iter().any(|name| *name == function.name))
    }
}

/// Returns the page with its generated block written anew.
///
/// # Errors
/// The block is not where it should be, or a number is missing.
pub fn regenerated(
    page: &str,
    speed: &Speed,
    usage: &Usage,
    prices: &Prices,
) -> anyhow::Result<String> {
    let block = block(speed, usage, prices)?;
    MarkedBlock::GENERATED.rewrite(page, &format!("\n{block}\n"))
}

fn block(speed: &Speed, usage: &Usage, prices: &Prices) -> anyhow::Result<String> {
    let sizes = speed.memory()?;
    let (mut rows, mut cheapest) = (Vec::new(), (f64::INFINITY, 0.0));
    for memory in &sizes {
        let usage = with_memory(speed, usage, *memory)?;
        let [start, answer] = OCCASIONS.map(|occasion| latency(speed, &usage, occasion, *memory));
        let lines = month::of_thousand_sign_ins(&usage, prices, 1.0)?;
        let together: f64 = lines.iter().map(|line| line.dollars).sum();
        let lambda = |line: &&Line| line.name == "invocations";
        let lambda: f64 = lines.iter().filter(lambda).map(|line| line.dollars).sum();
        if lambda < cheapest.0 {
            cheapest = (lambda, *memory);
        }
        rows.push(vec![
            memory.to_string(),
            format!("{:.0}", start?),
            format!("{:.0}", answer?),
            calls(&usage).to_string(),
            dollars(lambda, 4),
            dollars(together, 4),
        ]);
    }
    let head = [
        "memory, MB",
        "request for a code, ms",
        "its answer, ms",
        "calls of AWS",
        "Lambda for 1,000 sign-ins, US dollars",
        "all of 1,000 sign-ins, US dollars",
    ];
    let sign_in = table(&head, &rows, true);
    let cheapest = format!("The cheapest memory is {} MB.", cheapest.1);
    Ok(format!("{sign_in}\n\n{cheapest}\n\n{}\n", by_function(speed, usage, &sizes)?))
}

/// The functions of a sign-in one by one.
fn by_function(speed: &Speed, usage: &Usage, sizes: &[f64]) -> anyhow::Result<String> {
    let mut head = vec![
        "an answer of".to_owned(),
        "processor where it was measured, ms".to_owned(),
        "waiting for calls, ms".to_owned(),
    ];
    head.extend(sizes.iter().map(|memory| format!("{memory} MB, ms")));
    let mut rows = Vec::new();
    for function in usage.functions.iter().filter(|function| is_of_sign_in(function)) {
        let mut row = vec![
            format!("`{}`", function.name),
            format!("{:.2}", processor(function)?),
            format!("{:.0}", speed.waiting(function)?),
        ];
        for memory in sizes {
            row.push(format!("{:.1}", speed.milliseconds(function, *memory)?));
        }
        rows.push(row);
    }
    let head: Vec<&str> = head.iter().map(String::as_str).collect();
    Ok(table(&head, &rows, true))
}

/// Returns the same usage with functions of this memory. Lambda bills whole milliseconds.
fn with_memory(speed: &Speed, usage: &Usage, memory: f64) -> anyhow::Result<Usage> {
    let mut usage = usage.clone();
    for function in usage.functions.iter_mut().filter(|function| is_of_users(function)) {
        function.milliseconds = speed.milliseconds(function, memory)?.ceil();
        function.memory = memory;
    }
    Ok(usage)
}

/// Returns the milliseconds that a user waits for functions.
fn latency(speed: &Speed, usage: &Usage, occasion: &str, memory: f64) -> anyhow::Result<f64> {
    let mut all = 0.0;
    for function in &usage.functions {
        let calls = function.occasions.get(occasion);
        let invocations = calls.and_then(|calls| calls.get("invocations")).copied();
        if let Some(invocations) = invocations.filter(|_| is_of_sign_in(function))
            && !speed.is_beside(function)?
        {
            all += invocations * speed.milliseconds(function, memory)?;
        }
    }
    Ok(all)
}

fn processor(function: &FunctionCosts) -> anyhow::Result<f64> {
    let processor = function.processor;
    processor.with_context(|| {
        format!("functions/{}/Cargo.toml, [package.metadata.costs]: no processor", function.name)
    })
}

/// Counts the calls of one sign-in.
fn calls(usage: &Usage) -> f64 {
    let occasions = usage.functions.iter().flat_map(|function| {
        OCCASIONS.into_iter().filter_map(|occasion| function.occasions.get(occasion))
    });
    let calls = occasions.flatten().filter(|(call, _)| *call != "invocations");
    calls.map(|(_, number)| number).sum()
}

fn is_of_sign_in(function: &FunctionCosts) -> bool {
    OCCASIONS.iter().any(|occasion| function.occasions.contains_key(*occasion))
}

/// True for functions that an occasion of the user pool invokes.
fn is_of_users(function: &FunctionCosts) -> bool {
    function.occasions.keys().any(|occasion| occasion != "token")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::Speed;
    use crate::costs::usage::FunctionCosts;

    const SPEED: &str = "
whole_processor: 1000
processor of Lambda: 2
calls: {write: 5, mail: 40}
";

    fn function(processor: Option<f64>) -> FunctionCosts {
        let calls = |calls: &[(&str, f64)]| {
            calls.iter().map(|(name, number)| ((*name).to_owned(), *number)).collect()
        };
        FunctionCosts {
            name: "a".to_owned(),
            processor,
            milliseconds: 0.0,
            log_bytes: 0.0,
            memory: 0.0,
            pool_requests: 0.0,
            reads_code_key: false,
            occasions: BTreeMap::from([
                ("start".to_owned(), calls(&[("invocations", 1.0), ("write", 2.0)])),
                ("answer".to_owned(), calls(&[("invocations", 1.0), ("mail", 1.0)])),
            ]),
        }
    }

    #[test]
    fn share_of_a_processor_grows_with_memory() {
        let speed = Speed::parse(SPEED).unwrap();
        // 1 ms of Lambda's processor, and 40 ms for the mail.
        for (memory, expected) in [(100.0, 50.0), (500.0, 42.0), (1_000.0, 41.0), (4_000.0, 41.0)] {
            assert_eq!(speed.milliseconds(&function(Some(0.5)), memory).unwrap(), expected);
        }
        let error = speed.milliseconds(&function(None), 100.0).unwrap_err();
        let expected = "functions/a/Cargo.toml, [package.metadata.costs]: no processor";
        assert_eq!(error.to_string(), expected);
    }
}
