//! The deployed template: what it declares, and the block that follows from it.

pub mod block;
pub mod declared;
pub mod dimensions;
pub mod document;

use anyhow::Context;

use self::document::Document;

/// Path of the template in the repository.
pub const PATH: &str = "infra/template.yaml";

const BEGIN: &str = "  # generated: begin\n";
const END: &str = "  # generated: end\n";

/// Returns the template with its generated block written anew.
///
/// # Errors
/// The block is not where it should be, or a function cannot be read.
pub fn regenerated(text: &str) -> anyhow::Result<String> {
    let (above, rest) = text.split_once(BEGIN).context("there is no line `# generated: begin`")?;
    let (_, below) = rest.split_once(END).context("there is no line `# generated: end`")?;
    let functions = declared::functions(&Document::parse(above)?)?;
    let block = block::text(&functions);
    Ok(format!("{above}{BEGIN}{}\n{END}{below}", block.trim_end()))
}

/// Returns the number of lines outside the generated block.
#[must_use]
pub fn lines_by_hand(text: &str) -> usize {
    let above = text.split(BEGIN).next().unwrap_or_default();
    let below = text.split_once(END).map_or("", |(_, below)| below);
    above.lines().count() + below.lines().count()
}
