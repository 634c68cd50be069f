//! A challenge of the operator's choice, such as a CAPTCHA: its endpoint confirms the token of a
//! registration before anything is counted or mailed.

use lifeguard_policy::registration::ChallengeEndpoint;
use lifeguard_sign_in::code_key::Purpose;
use lifeguard_sign_in::secret::Secret;
use serde::{Deserialize, Serialize};

use crate::fault::{Failure, Fault};
use crate::invocation::Invocation;
use crate::problem::Problem;
use crate::provider::{Adapters, Provider};
use crate::signed_endpoint::SignedEndpoint;
use crate::web::WebFault;

/// The most bytes of a token.
const MOST_TOKEN_BYTES: usize = 4096;

#[derive(Serialize)]
struct ConfirmationRequest<'a> {
    challenge_token: &'a str,
    email: &'a str,
}

#[derive(Deserialize)]
struct ConfirmationResponse {
    status: String,
}

impl<A: Adapters> Provider<A> {
    /// Refuses a registration without a token that the operator's endpoint confirms, if there is such
    /// an endpoint. Anything but its signed answer is a fault, and nothing is mailed.
    pub(crate) async fn require_challenge(
        &self,
        token: Option<&Secret>,
        email: &Secret,
        invocation: &Invocation,
    ) -> Result<(), Failure> {
        let Some(ChallengeEndpoint { url, key_version }) = &self.identity.registration.challenge
        else {
            return Ok(());
        };
        let usable = |token: &&Secret| (1..=MOST_TOKEN_BYTES).contains(&token.expose().len());
        let token = token.filter(usable).ok_or(Problem::ChallengeRefused)?;
        let key = self.adapter_keys.as_ref().ok_or(Fault::NoKey(*key_version))?;
        let key = key.key(*key_version, invocation.now).await?;
        let endpoint = SignedEndpoint {
            url,
            key: &key.ok_or(Fault::NoKey(*key_version))?,
            purposes: (Purpose::ChallengeRequest, Purpose::ChallengeAnswer),
            now: invocation.now,
            nonce: &invocation.credentials,
        };
        let request =
            ConfirmationRequest { challenge_token: token.expose(), email: email.expose() };
        let response: ConfirmationResponse = endpoint.ask(&self.web, &request).await?;
        match response.status.as_str() {
            "confirmed" => Ok(()),
            "refused" => Err(Problem::ChallengeRefused.into()),
            _ => Err(WebFault::Form.into()),
        }
    }
}
