//! The deployed template: what it declares, and the block that follows from it.

pub mod block;
pub mod declared;
pub mod dimensions;
pub mod document;

use self::document::Document;
use crate::marked_block::MarkedBlock;

/// Path of the template in the repository.
pub const PATH: &str = "infra/template.yaml";

const BLOCK: MarkedBlock = MarkedBlock::new("  # generated: begin\n", "  # generated: end\n");

/// Returns the template with its generated block written anew.
///
/// # Errors
/// The block is not where it should be, or a function cannot be read.
pub fn regenerated(text: &str) -> anyhow::Result<String> {
    let (above, _) = BLOCK.around(text)?;
    let functions = declared::functions(&Document::parse(above)?)?;
    let block = block::text(&functions);
    BLOCK.rewrite(text, &format!("{}\n", block.trim_end()))
}

/// Returns the number of lines outside the generated block.
#[must_use]
pub fn lines_by_hand(text: &str) -> usize {
    let (above, below) = BLOCK.around(text).unwrap_or((text, ""));
    above.lines().count() + below.lines().count()
}
