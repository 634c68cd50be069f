//! Files that follow from the template and from what each function says of itself.

use crate::costs::{self, Sources, memory};
use crate::{runbook, template, workspace};

/// A file and the text that it should have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Generated {
    /// Path in the repository.
    pub path: &'static str,
    /// Text that follows from its sources.
    pub text: String,
}

/// Returns every generated file as it should be.
///
/// # Errors
/// Sources lack something: all that they lack is in one message.
pub fn all() -> anyhow::Result<Vec<Generated>> {
    let template = template::regenerated(&workspace::read(template::PATH)?)?;
    let runbook = runbook::regenerated(&workspace::read(runbook::PAGE)?, &template);
    let costs = sources(&template).and_then(|sources| {
        let performance = costs::performance(&workspace::read(memory::PAGE)?, &sources)?;
        Ok((costs::page(&sources)?, performance))
    });
    let (runbook, (costs, performance)) = match (runbook, costs) {
        (Ok(runbook), Ok(costs)) => (runbook, costs),
        (runbook, costs) => {
            let complaints = [runbook.err(), costs.err()];
            let complaints = complaints.iter().flatten().map(|error| format!("{error:#}"));
            anyhow::bail!("{}", complaints.collect::<Vec<_>>().join("\n"))
        }
    };
    Ok(vec![
        Generated { path: template::PATH, text: template },
        Generated { path: runbook::PAGE, text: runbook },
        Generated { path: costs::PAGE, text: costs },
        Generated { path: memory::PAGE, text: performance },
    ])
}

/// Reads the sources of the pages about costs beside a template.
///
/// # Errors
/// A file cannot be read.
pub fn sources(template: &str) -> anyhow::Result<Sources> {
    let source = |name: &str| workspace::read(&format!("{}/{name}", costs::SOURCES));
    Ok(Sources {
        frame: source("page.md")?,
        prices: source("prices.yaml")?,
        usage: source("usage.yaml")?,
        speed: source("speed.yaml")?,
        template: template.to_owned(),
        packages: workspace::function_packages()?,
    })
}

/// Writes the files that are not as they should be, and returns their paths.
///
/// # Errors
/// As [`all`]; or a file cannot be written.
pub fn write() -> anyhow::Result<Vec<&'static str>> {
    let mut written = Vec::new();
    for Generated { path, text } in all()? {
        if workspace::read(path)? != text {
            workspace::write(path, &text)?;
            written.push(path);
        }
    }
    Ok(written)
}
