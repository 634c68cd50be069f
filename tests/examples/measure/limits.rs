//! Limits of a function, as its manifest declares them.

use std::error::Error;

/// Limits of a function.
pub(crate) struct Limit {
    pub(crate) function: String,
    /// Number of its clients of AWS.
    pub(crate) clients: f64,
    /// Size of the binary, in millions of bytes.
    pub(crate) megabytes: f64,
    /// Processor time of a start, as a multiple of that of an empty function.
    pub(crate) start: f64,
    /// Resident memory after many invocations.
    pub(crate) mebibytes: f64,
    /// Time of a first answer at the smallest share of a processor, as a multiple of that at full
    /// speed; for functions with one call of AWS in it.
    pub(crate) first_answer: Option<f64>,
}

/// Reads `package.metadata.limits` of every function.
pub(crate) fn load() -> Result<Vec<Limit>, Box<dyn Error>> {
    let (mut limits, mut missing) = (Vec::new(), Vec::new());
    for (function, package) in xtask::workspace::function_packages()? {
        let number = |name: &str| package.pointer(&format!("/metadata/limits/{name}"))?.as_f64();
        match (number("aws_clients"), number("megabytes"), number("mebibytes")) {
            (Some(clients), Some(megabytes), Some(mebibytes)) => {
                let start = number("start").unwrap_or_else(|| most_start(clients));
                let first_answer = number("first_answer");
                limits.push(Limit { function, clients, megabytes, start, mebibytes, first_answer });
            }
            _ => missing.push(function),
        }
    }
    if missing.is_empty() {
        Ok(limits)
    } else {
        let members = "aws_clients, megabytes and mebibytes in [package.metadata.limits]";
        Err(format!("{} lack {members}", missing.join(", ")).into())
    }
}

/// Returns the limit of a start with so many clients of AWS.
fn most_start(clients: f64) -> f64 {
    match clients {
        0.0 => 1.2,
        1.0 => 1.7,
        _ => 1.9,
    }
}
