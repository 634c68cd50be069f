//! Issuer of temporary credentials.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use local_cognito_aws_emulation::clock::Clock;
use local_cognito_aws_emulation::credentials::{Credentials, Holder, Session};
use local_cognito_aws_emulation::{ApiError, randomness};

const KEY_ID_LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// Issues temporary credentials and remembers them.
pub(crate) struct CredentialIssuer {
    pub(crate) credentials: Credentials,
    pub(crate) clock: Clock,
    /// Life of new credentials, in whole seconds.
    pub(crate) life: Duration,
}

impl CredentialIssuer {
    /// Issues credentials to a holder.
    pub(crate) fn issue(&self, holder: Holder) -> Result<Session, ApiError> {
        let now = self.clock.now();
        let session = Session {
            access_key_id: format!("ASIA{}", randomness::word(KEY_ID_LETTERS, 16)?),
            secret_key: STANDARD.encode(randomness::bytes::<30>()?),
            session_token: STANDARD.encode(randomness::bytes::<252>()?),
            expires: now.saturating_add(self.life.as_secs()),
            holder,
        };
        self.credentials.put(session.clone(), now);
        Ok(session)
    }
}
