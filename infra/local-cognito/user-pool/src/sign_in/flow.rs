//! The sign-in flow: starts the flow that a client asks for, and takes the responses to challenges.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::Value;

use super::attempt::Attempt;
use super::authentication::Authentication;
use super::custom_auth::CustomAuth;
use super::new_password::{self, NewPasswords};
use super::password::PasswordSignIn;
use super::refresh::TokenRefresh;
use super::srp::SrpSignIn;
use crate::directory::UserDirectory;
use crate::registry::PoolRegistry;
use crate::session::{ChallengeName, Session, Step};
use crate::sessions::{self, SessionClaim, session_missing};
use crate::settings::Settings;
use crate::srp::{Proof, Timestamp};
use crate::trigger::TriggerRunner;
use crate::{password_policy, schema};
use local_cognito_aws_emulation::ApiError;
use local_cognito_aws_emulation::clock::Clock;
use local_cognito_aws_emulation::input::{Texts, parameter};

/// Runs the sign-in flows of all pools; cloning shares it.
#[derive(Clone)]
pub(crate) struct SignInFlow {
    pub(crate) settings: Arc<Settings>,
    pub(crate) clock: Clock,
    pub(crate) pools: PoolRegistry,
    pub(crate) directory: UserDirectory,
    pub(crate) triggers: TriggerRunner,
    pub(crate) authentication: Authentication,
    pub(crate) passwords: PasswordSignIn,
    pub(crate) new_passwords: NewPasswords,
    pub(crate) srp: SrpSignIn,
    pub(crate) custom_auth: CustomAuth,
    pub(crate) refresh: TokenRefresh,
}

/// A value of `AuthFlow` that is served.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum AuthFlow {
    UserPasswordAuth,
    AdminUserPasswordAuth,
    AdminNoSrpAuth,
    UserSrpAuth,
    CustomAuth,
    RefreshTokenAuth,
    RefreshToken,
}

/// The response of a client to a challenge, as it came.
pub(crate) struct ChallengeResponse {
    pub(crate) challenge: ChallengeName,
    pub(crate) responses: Texts,
    pub(crate) session: Option<String>,
}

/// A response that is complete, before its session is used.
enum ParsedResponse<'a> {
    Answer(&'a str),
    NewPassword { password: &'a str, attributes: Texts },
    Proof(Proof),
}

impl AuthFlow {
    /// True for a flow of administrators alone.
    pub(crate) fn is_for_admins(self) -> bool {
        matches!(self, Self::AdminUserPasswordAuth | Self::AdminNoSrpAuth)
    }

    /// Returns the values of `ExplicitAuthFlows` that allow the flow, and the text of its refusal.
    fn permission(self) -> (&'static [&'static str], &'static str) {
        match self {
            Self::UserPasswordAuth => (
                &["ALLOW_USER_PASSWORD_AUTH", "USER_PASSWORD_AUTH"],
                "USER_PASSWORD_AUTH flow not enabled for this client",
            ),
            Self::AdminUserPasswordAuth | Self::AdminNoSrpAuth => (
                &["ALLOW_ADMIN_USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH"],
                "Auth flow not enabled for this client",
            ),
            Self::UserSrpAuth => {
                (&["ALLOW_USER_SRP_AUTH"], "USER_SRP_AUTH is not enabled for the client.")
            }
            Self::CustomAuth => (
                &["ALLOW_CUSTOM_AUTH", "CUSTOM_AUTH_FLOW_ONLY"],
                "CUSTOM_AUTH is not enabled for the client.",
            ),
            Self::RefreshTokenAuth | Self::RefreshToken => {
                (&["ALLOW_REFRESH_TOKEN_AUTH"], "Auth flow not enabled for this client")
            }
        }
    }
}

impl SignInFlow {
    /// Starts a flow, if the client allows it.
    pub(crate) async fn start(
        &self,
        attempt: &Attempt,
        flow: AuthFlow,
        parameters: &Texts,
    ) -> Result<Value, ApiError> {
        let (values, refusal) = flow.permission();
        if !attempt.client.allows(values) {
            return Err(ApiError::invalid(refusal));
        }
        match flow {
            AuthFlow::UserPasswordAuth
            | AuthFlow::AdminUserPasswordAuth
            | AuthFlow::AdminNoSrpAuth => self.passwords.sign_in(attempt, parameters).await,
            AuthFlow::UserSrpAuth => self.srp.start(attempt, parameters).await,
            AuthFlow::CustomAuth => self.custom_auth.start(attempt, parameters).await,
            AuthFlow::RefreshTokenAuth | AuthFlow::RefreshToken => {
                self.refresh.refresh(attempt, parameters).await
            }
        }
    }

    /// Takes the session of a response, judges the response, and goes on.
    pub(crate) async fn respond(
        &self,
        attempt: &Attempt,
        response: &ChallengeResponse,
    ) -> Result<Value, ApiError> {
        let ChallengeResponse { challenge, responses, session } = response;
        if responses.is_empty() {
            return Err(ApiError::invalid("Missing required parameter challenge responses."));
        }
        let user = parameter(responses, "USERNAME")?;
        let hash = responses.get("SECRET_HASH").map(String::as_str);
        self.directory.find_user(&attempt.pool, &attempt.client, user, hash)?;
        let parsed = self.parse(attempt, *challenge, responses)?;
        let claim = SessionClaim { client: &attempt.client.id, challenge: *challenge, user };
        let text = session.as_deref();
        let session = self.take_session(attempt, text, &parsed, &claim)?;
        let outcome = self.proceed(attempt, session, parsed).await;
        if let Some(text) = text
            && outcome.as_ref().is_err_and(|error| self.triggers.is_cause_of(error))
        {
            sessions::mark_failed(self.pools.lock().pool_mut(&attempt.pool)?, text);
        }
        outcome
    }

    fn take_session(
        &self,
        attempt: &Attempt,
        text: Option<&str>,
        response: &ParsedResponse<'_>,
        claim: &SessionClaim<'_>,
    ) -> Result<Session, ApiError> {
        let (options, now) = (&self.settings.uncertain, self.clock.now());
        let mut state = self.pools.lock();
        let pool = state.pool_mut(&attempt.pool)?;
        match (text, response) {
            (Some(text), _) => {
                if let ParsedResponse::NewPassword { attributes, .. } = response {
                    let session = sessions::check(pool, text, claim, now)?;
                    new_password::check(pool, session, attributes)?;
                }
                sessions::take(pool, text, claim, now)
            }
            (None, ParsedResponse::Proof(proof)) => {
                sessions::take_by_secret_block(pool, &proof.block, claim, options, now)
            }
            (None, ParsedResponse::Answer(_) | ParsedResponse::NewPassword { .. }) => {
                Err(session_missing())
            }
        }
    }

    fn parse<'a>(
        &self,
        attempt: &Attempt,
        challenge: ChallengeName,
        responses: &'a Texts,
    ) -> Result<ParsedResponse<'a>, ApiError> {
        match challenge {
            ChallengeName::CustomChallenge if self.settings.uncertain.verify_without_answer => {
                Ok(ParsedResponse::Answer(responses.get("ANSWER").map_or("", String::as_str)))
            }
            ChallengeName::CustomChallenge => {
                Ok(ParsedResponse::Answer(parameter(responses, "ANSWER")?))
            }
            ChallengeName::NewPasswordRequired => {
                let password = parameter(responses, "NEW_PASSWORD")?;
                let attributes = new_password::attributes(responses);
                let state = self.pools.lock();
                let config = &state.pool(&attempt.pool)?.config;
                password_policy::check(config, password)?;
                schema::check_writable(&attempt.client, &attributes)?;
                schema::check(config, &attributes)?;
                Ok(ParsedResponse::NewPassword { password, attributes })
            }
            ChallengeName::PasswordVerifier => {
                let timestamp = parameter(responses, "TIMESTAMP")?;
                let signature = parameter(responses, "PASSWORD_CLAIM_SIGNATURE")?;
                let block = parameter(responses, "PASSWORD_CLAIM_SECRET_BLOCK")?.to_owned();
                let timestamp = Timestamp::parse(timestamp)?;
                let signature = STANDARD.decode(signature).map_err(|_| {
                    ApiError::invalid(
                        "Invalid PASSWORD_CLAIM_SIGNATURE format. Must be a Base64 string.",
                    )
                })?;
                Ok(ParsedResponse::Proof(Proof { block, timestamp, signature }))
            }
        }
    }

    async fn proceed(
        &self,
        attempt: &Attempt,
        session: Session,
        response: ParsedResponse<'_>,
    ) -> Result<Value, ApiError> {
        match (session.step, response) {
            (Step::Custom(challenge), ParsedResponse::Answer(answer)) => {
                self.custom_auth.answer(attempt, session.user, challenge, answer).await
            }
            (Step::NewPassword, ParsedResponse::NewPassword { password, attributes }) => {
                let name = session.user.event_name();
                self.new_passwords.store(attempt, name, password, attributes)?;
                let (occasion, metadata) = ("NewPasswordChallenge", attempt.metadata.as_ref());
                self.authentication.complete(attempt, name, occasion, metadata).await
            }
            (Step::Password { exchange, custom }, ParsedResponse::Proof(proof)) => {
                self.srp.prove(attempt, session.user, exchange, custom, proof).await
            }
            _ => Err(ApiError::internal()),
        }
    }
}
