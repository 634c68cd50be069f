//! Temporary credentials, drawn and remembered.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::Host;
use crate::aws_api::{ApiError, chance};
use crate::credentials::{Holder, Session};

const KEY_ID_LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

impl Host {
    /// New credentials for a holder, as `GetCredentialsForIdentity` answers them.
    pub(crate) fn hand_out(&self, holder: Holder) -> Result<Value, ApiError> {
        let life = self.settings.credential_life.as_secs();
        let session = Session {
            access_key_id: format!("ASIA{}", chance::word(KEY_ID_LETTERS, 16)?),
            secret_key: STANDARD.encode(chance::bytes::<30>()?),
            session_token: STANDARD.encode(chance::bytes::<252>()?),
            expires: self.clock.now().saturating_add(life),
            holder,
        };
        let answer = json!({
            "AccessKeyId": session.access_key_id,
            "SecretKey": session.secret_key,
            "SessionToken": session.session_token,
            "Expiration": session.expires,
        });
        self.credentials.put(session);
        Ok(answer)
    }
}
