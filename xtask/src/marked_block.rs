//! Blocks of files that are written by this program, between two marks.

use anyhow::Context;

/// The marks of a block.
pub(crate) struct MarkedBlock {
    begin: &'static str,
    end: &'static str,
}

impl MarkedBlock {
    /// The generated block of a page in Markdown.
    pub(crate) const GENERATED: Self =
        Self::new("<!-- generated: begin -->\n", "<!-- generated: end -->\n");

    /// Names the marks.
    pub(crate) const fn new(begin: &'static str, end: &'static str) -> Self {
        Self { begin, end }
    }

    /// Returns the text above the block and the text below it, without the marks.
    ///
    /// # Errors
    /// A mark is missing.
    pub(crate) fn around<'t>(&self, text: &'t str) -> anyhow::Result<(&'t str, &'t str)> {
        let missing = |mark: &str| format!("there is no `{}`", mark.trim());
        let (above, rest) = text.split_once(self.begin).with_context(|| missing(self.begin))?;
        let (_, below) = rest.split_once(self.end).with_context(|| missing(self.end))?;
        Ok((above, below))
    }

    /// Returns the text with this content between the marks.
    ///
    /// # Errors
    /// A mark is missing.
    pub(crate) fn rewrite(&self, text: &str, content: &str) -> anyhow::Result<String> {
        let Self { begin, end } = self;
        let (above, below) = self.around(text)?;
        Ok(format!("{above}{begin}{content}{end}{below}"))
    }
}
