//! Dependencies of a delivery.

use local_cognito_aws_emulation::clock::Clock;
use local_cognito_aws_emulation::functions::Functions;
use local_cognito_aws_emulation::journal::Journal;
use local_cognito_aws_emulation::logs::Logs;
use local_cognito_sam_template::EventSourceMapping;

/// The function that the stream feeds.
pub const TARGET: &str = "deliver-message";

/// Function that takes the records, and the places where its invocations are noted.
#[derive(Clone)]
pub struct Source {
    /// Functions, of which one takes the records.
    pub functions: Functions,
    /// Journal that invocations are recorded in.
    pub journal: Journal,
    /// Logs that faults are written to.
    pub logs: Logs,
    /// Region of the records.
    pub region: String,
    /// Clock by which records age.
    pub clock: Clock,
    /// Mapping of the template.
    pub mapping: EventSourceMapping,
}
