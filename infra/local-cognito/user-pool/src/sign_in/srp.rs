//! `USER_SRP_AUTH`, and the proof that stands ahead of custom challenges.

use std::sync::Arc;

use serde_json::Value;

use super::attempt::Attempt;
use super::authentication::Authentication;
use super::custom_auth::CustomAuth;
use super::password::{PasswordSignIn, check_disclosed};
use super::proof::PasswordProofs;
use crate::directory::UserDirectory;
use crate::session::{Round, SessionUser};
use crate::settings::Settings;
use crate::srp::{Exchange, Proof};
use local_cognito_aws_emulation::ApiError;
use local_cognito_aws_emulation::input::{Texts, parameter};

/// Signs users in with password proofs; cloning shares it.
#[derive(Clone)]
pub(crate) struct SrpSignIn {
    pub(crate) settings: Arc<Settings>,
    pub(crate) directory: UserDirectory,
    pub(crate) authentication: Authentication,
    pub(crate) passwords: PasswordSignIn,
    pub(crate) proofs: PasswordProofs,
    pub(crate) custom_auth: CustomAuth,
}

impl SrpSignIn {
    /// Starts a sign-in with a password proof.
    pub(crate) async fn start(
        &self,
        attempt: &Attempt,
        parameters: &Texts,
    ) -> Result<Value, ApiError> {
        let typed = parameter(parameters, "USERNAME")?;
        let public = parameter(parameters, "SRP_A")?;
        let hash = parameters.get("SECRET_HASH").map(String::as_str);
        let found = self.directory.find_user(&attempt.pool, &attempt.client, typed, hash)?;
        let user = match found {
            Some(user) => {
                check_disclosed(attempt, &user)?;
                self.passwords.pre_authentication(attempt, &user).await?;
                self.passwords.check_before_password(attempt, &user)?;
                SessionUser::Known(user.name)
            }
            None if attempt.client.hides_users() => {
                let user = self.directory.unknown_srp_user(&attempt.pool, typed)?;
                self.authentication.pre_authentication(attempt, &user).await?;
                user
            }
            None => return Err(ApiError::no_such_user()),
        };
        let exchange = self.proofs.begin(attempt, &user, public)?;
        self.proofs.demand(attempt, user, exchange, None)
    }

    /// Judges a password proof, and goes on with the sign-in that it belongs to; `custom` is the
    /// history of a custom one.
    pub(crate) async fn prove(
        &self,
        attempt: &Attempt,
        user: SessionUser,
        exchange: Exchange,
        custom: Option<Vec<Round>>,
        proof: Proof,
    ) -> Result<Value, ApiError> {
        let is_right = self.proofs.judge(attempt, &user, exchange, proof).await?;
        let judged = match &user {
            SessionUser::Known(name) => self.passwords.count_unless_locked(attempt, name, is_right),
            SessionUser::Unknown { .. } => Err(ApiError::incorrect()),
        };
        match (judged, custom, &user) {
            (Ok(()), None, SessionUser::Known(name)) => {
                self.passwords.finish(attempt, name, attempt.metadata.as_ref()).await
            }
            (Ok(()), Some(history), _) => {
                self.custom_auth.continue_after_proof(attempt, user, history).await
            }
            (Err(error), Some(history), _)
                if self.settings.uncertain.define_after_wrong_password =>
            {
                self.custom_auth.define_after_failure(attempt, &user, history).await?;
                Err(error)
            }
            (Err(error), _, _) => Err(error),
            (Ok(()), None, SessionUser::Unknown { .. }) => Err(ApiError::incorrect()),
        }
    }
}
