//! Bodies of logins at other providers that are linked to an account.

use lifeguard_identity::limits::NONCE_LIFE;
use lifeguard_sign_in::secret::Secret;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The nonce that the proof of another login must name.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NonceAnswer {
    /// To be sent to the provider as `nonce`.
    #[schema(max_length = 64)]
    nonce: String,
    /// Lifetime of the nonce, in seconds; it can be used once.
    expires_in: u64,
}

impl NonceAnswer {
    /// Wraps a new nonce.
    pub(crate) fn new(nonce: String) -> Self {
        Self { nonce, expires_in: NONCE_LIFE }
    }
}

/// The proof of another login.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LinkBody {
    /// An ID token of a user pool or of a social provider, at most five minutes old and with the
    /// nonce of this session.
    #[serde(deserialize_with = "super::secret")]
    #[schema(value_type = String, min_length = 1, max_length = 14336)]
    pub(crate) id_token: Secret,
}

/// A login at another provider.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LinkAnswer {
    /// The provider, as the identity pool names it.
    #[schema(max_length = 128)]
    pub(crate) provider: String,
    /// The time of linking, in seconds since 1970.
    pub(crate) since: u64,
}
