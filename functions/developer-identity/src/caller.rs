//! Callers that API Gateway's IAM authorizer has verified. A client cannot write these facts.

use serde_json::Value;

/// The session name of credentials from an identity pool.
const POOL_SESSION: &str = "CognitoIdentityCredentials";

/// A caller with credentials of an identity pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PoolCaller {
    /// The identity.
    pub(crate) identity_id: String,
    /// The pool of the identity.
    pub(crate) identity_pool_id: String,
}

/// A caller with credentials of IAM that are not from an identity pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct IamPrincipal {
    /// The unique id of the user or role.
    pub(crate) id: String,
    /// The id of the access key.
    pub(crate) key: String,
}

impl PoolCaller {
    /// Reads the caller of an event; `None` if it has no credentials of an identity pool.
    pub(crate) fn from_event(event: &Value) -> Option<Self> {
        let identity = event.pointer("/requestContext/authorizer/iam/cognitoIdentity")?;
        let text = |name| identity.get(name).and_then(Value::as_str).map(str::to_owned);
        Some(Self { identity_id: text("identityId")?, identity_pool_id: text("identityPoolId")? })
    }
}

impl IamPrincipal {
    /// Reads the caller of an event; `None` if any fact about it names an identity pool.
    pub(crate) fn from_event(event: &Value) -> Option<Self> {
        let caller = event.pointer("/requestContext/authorizer/iam")?.as_object()?;
        let of_a_pool = |(name, value): (&String, &Value)| {
            name.to_ascii_lowercase().starts_with("cognito") && !is_blank(value)
        };
        if caller.iter().any(of_a_pool) {
            return None;
        }
        let text = |name| caller.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
        let (id, session) = text("callerId")?.split_once(':').unwrap_or((text("callerId")?, ""));
        let is_from_pool = session == POOL_SESSION || text("userArn")?.ends_with(POOL_SESSION);
        let principal = Self { id: id.to_owned(), key: text("accessKey")?.to_owned() };
        (!is_from_pool).then_some(principal)
    }
}

/// True for a value without content.
fn is_blank(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.iter().all(is_blank),
        Value::Object(members) => members.values().all(is_blank),
        Value::Bool(_) | Value::Number(_) => false,
    }
}
