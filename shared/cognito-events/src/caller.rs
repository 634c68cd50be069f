//! The app client behind an event.

use serde_json::{Map, Value};

/// Text that Cognito sends in place of a client id for an API call that has no client, such as
/// `AdminCreateUser`.
pub const NO_CLIENT: &str = "CLIENT_ID_NOT_APPLICABLE";

/// App client that an event names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caller<'a> {
    /// The client with this id.
    Client(&'a str),
    /// No client: the member `clientId` is absent, `null` or [`NO_CLIENT`]. Calls of
    /// administrators and of the console look like this.
    NoClient,
    /// A value that Cognito does not send: not text, the empty text, or no `callerContext`.
    Unusable,
}

impl<'a> Caller<'a> {
    /// Reads `callerContext.clientId` of an event.
    pub(crate) fn parse(event: &'a Map<String, Value>) -> Self {
        let Some(Value::Object(context)) = event.get("callerContext") else {
            return Self::Unusable;
        };
        match context.get("clientId") {
            None | Some(Value::Null) => Self::NoClient,
            Some(Value::String(id)) if id == NO_CLIENT => Self::NoClient,
            Some(Value::String(id)) if !id.is_empty() => Self::Client(id),
            Some(_) => Self::Unusable,
        }
    }
}
