//! The alarms that every function has, in `docs/operations.md`: each function says in its own
//! folder what to do about them.

use std::fs;

use anyhow::ensure;

use crate::marked_block::MarkedBlock;
use crate::template::declared;
use crate::template::document::Document;
use crate::workspace;

/// Path of the page in the repository.
pub const PAGE: &str = "docs/operations.md";

/// Ends of the names of the alarms that every function has.
const ALARMS: [&str; 3] = ["Errors", "Throttles", "Duration"];

/// Returns the page with its generated block written anew.
///
/// # Errors
/// The block is not where it should be, or functions lack `alarms.md` or a heading in it; all of
/// them are named at once.
pub fn regenerated(page: &str, template: &str) -> anyhow::Result<String> {
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
    MarkedBlock::GENERATED.rewrite(page, &format!("\n{block}"))
}
