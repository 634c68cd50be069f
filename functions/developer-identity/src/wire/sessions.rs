//! Bodies of identity, sessions and logout.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::wire::links::LinkAnswer;

/// The identity of an account, with its sessions and links.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct IdentityAnswer {
    /// The identity in the identity pool; absent before the first token.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 55)]
    pub(crate) identity_id: Option<String>,
    /// `directory`, `adapter` or `issuer`.
    #[schema(max_length = 16)]
    pub(crate) kind: &'static str,
    /// The credentials sessions that are not expired or revoked.
    #[schema(max_items = 5)]
    pub(crate) sessions: Vec<SessionAnswer>,
    /// The linked logins at other providers.
    #[schema(max_items = 19)]
    pub(crate) links: Vec<LinkAnswer>,
}

/// A credentials session.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SessionAnswer {
    /// The name of the session, for a logout.
    #[schema(max_length = 64)]
    pub(crate) session: String,
    /// The creation time, in seconds since 1970.
    pub(crate) created: u64,
    /// The expiry time, in seconds since 1970.
    pub(crate) expires: u64,
}

/// The session to revoke.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LogoutBody {
    /// The name of a credentials session; without it, the session of the token itself.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 64)]
    pub(crate) session: Option<String>,
}

/// The identity that signed the request, as API Gateway verified it.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WhoAmIAnswer {
    /// The identity.
    #[schema(max_length = 55)]
    pub(crate) identity_id: String,
    /// Its identity pool.
    #[schema(max_length = 55)]
    pub(crate) identity_pool_id: String,
}
