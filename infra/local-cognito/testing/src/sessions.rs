//! Temporary credentials that exist without a call of the identity pool.

use std::collections::BTreeMap;

use aws_sdk_s3::config::Credentials as Keys;
use local_cognito::credentials::{Holder, Session};

use crate::fixtures::TEMPLATE_ROLE;

/// Lifetime of the credentials in seconds.
pub const LIFE: u64 = 3600;

/// Returns credentials of an identity in the role of the project's own template; `expires` is in
/// seconds since 1970.
#[must_use]
#[track_caller]
pub fn session(identity: &str, expires: u64) -> Session {
    let name = identity.split(':').nth(1).unwrap();
    Session {
        access_key_id: format!("ASIA{name}"),
        secret_key: format!("secret of {name}"),
        session_token: format!("token of {name}"),
        expires,
        holder: Holder {
            role: TEMPLATE_ROLE.to_owned(),
            identity_pool: "eu-west-1:pool".to_owned(),
            identity: identity.to_owned(),
            amr: vec!["authenticated".to_owned()],
            tags: BTreeMap::new(),
        },
    }
}

/// Returns the keys of an identity's credentials, for a client of the SDK.
#[must_use]
#[track_caller]
pub fn keys(identity: &str) -> Keys {
    let Session { access_key_id, secret_key, session_token, .. } = session(identity, 0);
    Keys::new(access_key_id, secret_key, Some(session_token), None, "test")
}

/// Returns the keys of the administrator, who may call everything.
#[must_use]
pub fn administrator() -> Keys {
    Keys::new("local", "local", None, None, "test")
}
