//! The alarms that every function has, in `docs/operations.md`: each function says in its own
//! folder what to do about them.

use std::fs;

use anyhow::{Context, ensure};

use crate::template::declared;
use crate::template::document::Document;
use crate::workspace;

/// Path of the page in the repository.
pub const PAGE: &str = "docs/operations.md";

const BEGIN: &str = "<!-- generated: begin -->\n";
const END: &str = "<!-- generated: end -->\n";
/// Ends of the names of the alarms that every function has.
const ALARMS: [&str; 3] = ["Errors", "Throttles", "Duration"];

/// Returns the page with its generated block written anew.
///
/// # Errors
/// The block is not where it should be, or functions lack `alarms.md` or a heading in it; all of
/// them are named at once.
pub fn regenerated(page: &str, template: &str) -> anyhow::Result<String> {
    let (above, rest) = page.split_once(BEGIN).context("there is no generated block")?;
    let (_, below) = rest.split_once(END).context("the generated block has no end")?;
    let (mut block, mut missing) = (String::new(), Vec::new());
    for function in declared::functions(&Document::parse(template)?)? {
        let path = format!("functions/{}/alarms.md", function.name);
        let text = fs::read_to_string(workspace::root().join(&path)).unwrap_or_default();
        for alarm in ALARMS {
            let heading = format!("### {}{alarm}\n", function.id);
            if !text.contains(&heading) {
                missing.push(format!("{path} lacks the heading {}", heading.trim()));
            }
        }
        block.push_str(text.trim());
        block.push_str("\n\n");
    }
    ensure!(missing.is_empty(), "{}", missing.join("\n"));
    Ok(format!("{above}{BEGIN}\n{block}{END}{below}"))
}
