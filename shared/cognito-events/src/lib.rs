//! The user-pool trigger contract on the wire.
//!
//! An event is kept as the JSON object that Cognito sent ([`Envelope`]); a function reads a typed
//! view of `request` and writes its answer over `response`, so that everything it does not know
//! goes back as it came.
//! Contract: <https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-working-with-lambda-triggers.html>

pub mod attributes;
pub mod caller;
pub mod challenge;
pub mod confirmation;
pub mod envelope;
pub mod scope;
pub mod sign_up;
pub mod source;

pub use attributes::Attributes;
pub use envelope::{Envelope, Malformed};
pub use scope::{OutOfScope, Scope};
pub use source::TriggerSource;
