//! Loads of the local Cognito.

use anyhow::Context;
use serde_json::Value;

use crate::costs::text;

/// One load.
#[derive(Clone, Debug)]
pub(super) struct Load {
    pub(super) sign_ins: u64,
    pub(super) concurrency: u64,
    pub(super) users: u64,
    pub(super) per_second: f64,
    /// Points in the order of time.
    pub(super) growth: Vec<Point>,
    /// Cells of its row in the table, after those of the members above.
    cells: Vec<String>,
}

/// One point of a load.
#[derive(Clone, Copy, Debug)]
pub(super) struct Point {
    pub(super) sign_ins: f64,
    pub(super) per_second: f64,
    pub(super) mebibytes: Option<f64>,
}

/// Parses loads and orders them by users, sign-ins and concurrency.
pub(super) fn parse(loads: &[Value]) -> anyhow::Result<Vec<Load>> {
    let mut loads = loads.iter().map(parse_one).collect::<anyhow::Result<Vec<Load>>>()?;
    loads.sort_by_key(|load| (load.users, load.sign_ins, load.concurrency));
    Ok(loads)
}

fn parse_one(load: &Value) -> anyhow::Result<Load> {
    let count = |name: &str| load.get(name).and_then(Value::as_u64).context(name.to_owned());
    let [first, last] =
        [number(load, "/first_tenth_per_second")?, number(load, "/last_tenth_per_second")?];
    let mut cells = Vec::new();
    for (member, digits) in [("/seconds", 1), ("/per_second", 1)] {
        cells.push(format!("{:.digits$}", number(load, member)?));
    }
    cells.push(format!("{first:.1}"));
    cells.push(format!("{last:.1}"));
    cells.push(format!("{:.0} %", 100.0 * last / first));
    for member in ["/ms/p50", "/ms/p90", "/ms/p99"] {
        cells.push(format!("{:.1}", number(load, member)?));
    }
    for member in ["/memory_mib/start", "/memory_mib/end", "/memory_mib/peak"] {
        // Only Linux tells the memory.
        let memory = load.pointer(member).and_then(Value::as_f64);
        cells.push(memory.map_or("?".to_owned(), |memory| format!("{memory:.0}")));
    }
    let points = load.get("growth").and_then(Value::as_array).context("growth")?;
    let growth = points.iter().map(|point| {
        Ok(Point {
            sign_ins: number(point, "/sign_ins")?,
            per_second: number(point, "/per_second")?,
            mebibytes: point.get("resident_kib").and_then(Value::as_f64).map(|kib| kib / 1_024.0),
        })
    });
    Ok(Load {
        sign_ins: count("sign_ins")?,
        concurrency: count("concurrency")?,
        users: count("users")?,
        per_second: number(load, "/per_second")?,
        growth: growth.collect::<anyhow::Result<_>>()?,
        cells,
    })
}

/// Returns a number by its JSON pointer.
pub(super) fn number(value: &Value, pointer: &str) -> anyhow::Result<f64> {
    let number = value.pointer(pointer).and_then(Value::as_f64);
    number.with_context(|| format!("{pointer} is no number"))
}

/// Returns the table in Markdown.
pub(super) fn table(loads: &[Load]) -> String {
    let rows = loads.iter().map(|load| {
        let counts = [load.users, load.sign_ins, load.concurrency].map(thousands);
        counts.into_iter().chain(load.cells.iter().cloned()).collect()
    });
    let head = [
        "users",
        "sign-ins",
        "at once",
        "seconds",
        "a second",
        "first tenth",
        "last tenth",
        "last of first",
        "p50, ms",
        "p90, ms",
        "p99, ms",
        "memory at the start, MiB",
        "at the end",
        "at most",
    ];
    text::table(&head, &rows.collect::<Vec<_>>(), true)
}

/// Returns a count with its thousands parted.
#[expect(clippy::cast_precision_loss, reason = "counts fit 53 bits")]
pub(super) fn thousands(count: u64) -> String {
    text::whole(count as f64)
}
