//! Plots and a table of measurements, from what `local-cognito load --json` and
//! `.ci/bench --json` wrote.

mod bars;
mod canvas;
mod curves;
mod figures;
mod loads;

use std::fs;

use anyhow::Context;
use serde_json::Value;

use crate::marked_block::MarkedBlock;
use crate::workspace;

/// The folder with the measurements, unless another one is named.
pub const MEASURED: &str = "docs/plots/measured";
/// The folder of the plots.
const PLOTS: &str = "docs/plots";
/// The page with the table.
const PAGE: &str = "docs/performance.md";
const TABLE: MarkedBlock = MarkedBlock::new("<!-- loads: begin -->\n", "<!-- loads: end -->\n");

/// Measurements.
#[derive(Clone, Debug, Default)]
pub struct Measured {
    /// Loads, in no order.
    pub loads: Vec<Value>,
    /// The bench of the functions.
    pub bench: Option<Value>,
}

/// Reads the measurements of a folder: `bench.json`, and every other `.json` as a load.
///
/// # Errors
/// A file cannot be read or is no JSON.
pub fn load(folder: &str) -> anyhow::Result<Measured> {
    let folder = workspace::root().join(folder);
    let mut measured = Measured::default();
    for entry in fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let read = fs::read_to_string(&path).map_err(anyhow::Error::from);
        let value = read.and_then(|text| Ok(serde_json::from_str(&text)?));
        let value = value.with_context(|| path.display().to_string())?;
        match path.file_name().is_some_and(|name| name == "bench.json") {
            true => measured.bench = Some(value),
            false => measured.loads.push(value),
        }
    }
    Ok(measured)
}

/// Returns each plot for which there are measurements, by the name of its file.
///
/// # Errors
/// A measurement lacks a member.
pub fn plots(measured: &Measured) -> anyhow::Result<Vec<(&'static str, String)>> {
    let loads = loads::parse(&measured.loads)?;
    let mut plots = Vec::new();
    if let Some(longest) = loads.iter().max_by_key(|load| load.sign_ins) {
        plots.push(("growth.svg", figures::growth(longest)));
        plots.push(("concurrency.svg", figures::concurrency(&loads)));
    }
    if let Some(bench) = &measured.bench {
        plots.push(("start-up.svg", figures::start_up(bench)?));
        plots.push(("first-answer.svg", figures::first_answer(bench)?));
    }
    Ok(plots)
}

/// Returns the page with its table of loads written anew.
///
/// # Errors
/// The table is not where it should be, or a measurement lacks a member.
pub fn page(page: &str, measured: &Measured) -> anyhow::Result<String> {
    let table = loads::table(&loads::parse(&measured.loads)?);
    TABLE.rewrite(page, &format!("\n{table}\n\n"))
}

/// Writes the plots and the table of a folder's measurements, and returns the paths.
///
/// # Errors
/// As [`load`], [`plots`] and [`page`]; or a file cannot be written.
pub fn write(folder: &str) -> anyhow::Result<Vec<String>> {
    let measured = load(folder)?;
    fs::create_dir_all(workspace::root().join(PLOTS))?;
    let mut written = Vec::new();
    for (name, plot) in plots(&measured)? {
        let path = format!("{PLOTS}/{name}");
        workspace::write(&path, &plot)?;
        written.push(path);
    }
    if !measured.loads.is_empty() {
        workspace::write(PAGE, &page(&workspace::read(PAGE)?, &measured)?)?;
        written.push(PAGE.to_owned());
    }
    Ok(written)
}
