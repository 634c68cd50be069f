//! The plots of `docs/plots`.

use std::collections::BTreeSet;

use anyhow::Context;
use serde_json::Value;

use super::bars::{self, Group};
use super::curves::{self, Curve};
use super::loads::{Load, number, thousands};

/// Rate and memory in the course of one load.
pub(super) fn growth(load: &Load) -> String {
    let (sign_ins, at_once) = (thousands(load.sign_ins), load.concurrency);
    let title = format!("{sign_ins} sign-ins on the local Cognito, {at_once} at once");
    let points = load.growth.iter();
    let rate = points.clone().map(|point| [point.sign_ins, point.per_second]).collect();
    let memory = points.filter_map(|point| Some([point.sign_ins, point.mebibytes?])).collect();
    let rate = Curve { name: "sign-ins a second".to_owned(), points: rate };
    let memory = Curve { name: "resident memory, MiB".to_owned(), points: memory };
    curves::draw(&title, "sign-ins done", [rate, memory])
}

/// Sign-ins a second by the number of sign-ins at once and of users.
pub(super) fn concurrency(loads: &[Load]) -> String {
    let users: BTreeSet<u64> = loads.iter().map(|load| load.users).collect();
    let at_once: BTreeSet<u64> = loads.iter().map(|load| load.concurrency).collect();
    let rate = |at_once: u64, users: u64| {
        let fitting = loads.iter();
        let fitting = fitting.filter(|load| load.concurrency == at_once && load.users == users);
        fitting.max_by_key(|load| load.sign_ins).map(|load| load.per_second)
    };
    let groups: Vec<Group> = at_once
        .iter()
        .map(|at_once| Group {
            name: format!("{at_once} at once"),
            values: users.iter().map(|users| rate(*at_once, *users)).collect(),
            limit: None,
        })
        .collect();
    let series: Vec<String> =
        users.iter().map(|users| format!("{} users", thousands(*users))).collect();
    let title = "Throughput of the local Cognito";
    bars::draw(title, "sign-ins a second", &series, &groups)
}

/// Processor time of starts, with their limits.
pub(super) fn start_up(bench: &Value) -> anyhow::Result<String> {
    let mut groups = Vec::new();
    for program in programs(bench)? {
        groups.push(Group {
            name: name(program)?,
            values: vec![Some(number(program, "/start/times_empty")?)],
            limit: program.pointer("/start/limit").and_then(Value::as_f64),
        });
    }
    let title = "Processor time of a start, beside an empty function";
    let series = ["median; the red line is the limit".to_owned()];
    Ok(bars::draw(title, "times the empty function", &series, &groups))
}

/// First answers at full speed and at the share of a small function.
pub(super) fn first_answer(bench: &Value) -> anyhow::Result<String> {
    let mut groups = Vec::new();
    for program in programs(bench)? {
        let full = number(program, "/first_answer/full_speed_ms")?;
        let small = number(program, "/first_answer/128_mb_ms")?;
        groups.push(Group {
            name: name(program)?,
            values: vec![Some(full), Some(small)],
            limit: None,
        });
    }
    let series = ["full speed".to_owned(), "128 MB".to_owned()];
    Ok(bars::draw("First answer over TLS, median", "milliseconds", &series, &groups))
}

fn programs(bench: &Value) -> anyhow::Result<&Vec<Value>> {
    bench.get("programs").and_then(Value::as_array).context("programs")
}

fn name(program: &Value) -> anyhow::Result<String> {
    Ok(program.get("name").and_then(Value::as_str).context("name")?.to_owned())
}
