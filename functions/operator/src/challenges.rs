//! Erases challenge rows that no release reads any more.

use lifeguard_runtime::Failure;
use serde_json::{Value, json};

use crate::dependencies::Dependencies;
use crate::fault::Fault;
use crate::report::audit;
use crate::request::Mode;

/// Rows that one invocation looks at; each that is erased costs a call.
const SWEPT: i32 = 100;

/// Erases the rows of earlier layouts, for one page of the table. Rows of this layout and of later
/// ones are left alone: after a roll-back the later ones are those of the next release.
///
/// # Errors
/// A fault if a call of the table failed; the same request again does the rest.
pub async fn sweep<U, I>(
    dependencies: &Dependencies<U, I>,
    next: Option<&str>,
    mode: Mode,
) -> Result<Value, Failure> {
    let page = dependencies.challenges.page(next, SWEPT).await.map_err(Fault::from)?;
    for row in &page.earlier {
        audit("sweep_challenges", mode, row.as_str());
        match mode {
            Mode::DryRun => {}
            Mode::Apply => {
                dependencies.challenges.erase_earlier(row).await.map_err(Fault::from)?;
            }
        }
    }
    Ok(json!({"looked_at": page.rows, "earlier": page.earlier.len(), "next": page.next}))
}
