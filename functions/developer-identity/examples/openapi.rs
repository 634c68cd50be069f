//! Prints `docs/openapi.json`.
#![allow(clippy::print_stdout, reason = "printing is all it does")]

fn main() -> Result<(), serde_json::Error> {
    println!("{}", developer_identity::openapi().to_pretty_json()?);
    Ok(())
}
