//! `InitiateAuth`: who knocks, by which flow, and what happens before any challenge.

use hmac::digest::Digest as _;
use serde_json::{Value, json};
use sha2::Sha256;

use crate::user_pool::Host;
use crate::user_pool::chance;
use crate::user_pool::client::Client;
use crate::user_pool::error::ApiError;
use crate::user_pool::input::{Input, Texts, constraint, parameter};
use crate::user_pool::password::Password;
use crate::user_pool::session::{Round, Step, Who};
use crate::user_pool::settings::MadeUp;
use crate::user_pool::srp::Exchange;
use crate::user_pool::state::Pool;
use crate::user_pool::token::Issue;
use crate::user_pool::trigger::{Request, Scene, Trigger};
use crate::user_pool::user::{Status, User};

/// One call that wants to sign somebody in.
pub(super) struct Attempt {
    pub(super) pool: String,
    pub(super) client: Client,
    /// The call's `ClientMetadata`.
    pub(super) metadata: Option<Texts>,
}

impl Attempt {
    pub(super) fn scene<'a>(&'a self, user_name: &'a str) -> Scene<'a> {
        Scene {
            pool: &self.pool,
            client: Some(&self.client.id),
            user_name,
        }
    }
}

impl Host {
    pub(super) async fn initiate_auth(&self, input: &Input) -> Result<Value, ApiError> {
        let attempt = self.attempt(input)?;
        match input.required("AuthFlow")? {
            "ADMIN_USER_PASSWORD_AUTH" | "ADMIN_NO_SRP_AUTH" => {
                Err(ApiError::invalid("Initiate Auth method not supported."))
            }
            _ => self.initiate(attempt, input).await,
        }
    }

    pub(super) async fn initiate_auth_as_admin(&self, input: &Input) -> Result<Value, ApiError> {
        let attempt = self.admin_attempt(input)?;
        self.initiate(attempt, input).await
    }

    pub(super) fn attempt(&self, input: &Input) -> Result<Attempt, ApiError> {
        let state = self.state();
        let (pool, client) = state.client(input.required("ClientId")?)?;
        Ok(Attempt {
            pool: pool.id.clone(),
            client: client.clone(),
            metadata: input.metadata()?,
        })
    }

    pub(super) fn admin_attempt(&self, input: &Input) -> Result<Attempt, ApiError> {
        let state = self.state();
        let pool = state.pool(input.required("UserPoolId")?)?;
        Ok(Attempt {
            pool: pool.id.clone(),
            client: pool.client(input.required("ClientId")?)?.clone(),
            metadata: input.metadata()?,
        })
    }

    async fn initiate(&self, attempt: Attempt, input: &Input) -> Result<Value, ApiError> {
        let parameters = input.texts("AuthParameters")?.unwrap_or_default();
        let flow = input.required("AuthFlow")?;
        let allowed = |flows: &[&str], text: &str| {
            if attempt.client.allows(flows) {
                Ok(())
            } else {
                Err(ApiError::invalid(text))
            }
        };
        match flow {
            "USER_PASSWORD_AUTH" => {
                allowed(
                    &["ALLOW_USER_PASSWORD_AUTH", "USER_PASSWORD_AUTH"],
                    "USER_PASSWORD_AUTH flow not enabled for this client",
                )?;
                self.by_password(&attempt, &parameters).await
            }
            "ADMIN_USER_PASSWORD_AUTH" | "ADMIN_NO_SRP_AUTH" => {
                allowed(
                    &["ALLOW_ADMIN_USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH"],
                    "Auth flow not enabled for this client",
                )?;
                self.by_password(&attempt, &parameters).await
            }
            "USER_SRP_AUTH" => {
                allowed(
                    &["ALLOW_USER_SRP_AUTH"],
                    "USER_SRP_AUTH is not enabled for the client.",
                )?;
                self.by_srp(&attempt, &parameters).await
            }
            "CUSTOM_AUTH" => {
                allowed(
                    &["ALLOW_CUSTOM_AUTH", "CUSTOM_AUTH_FLOW_ONLY"],
                    "CUSTOM_AUTH is not enabled for the client.",
                )?;
                self.by_challenges(&attempt, &parameters).await
            }
            "REFRESH_TOKEN_AUTH" | "REFRESH_TOKEN" => {
                allowed(
                    &["ALLOW_REFRESH_TOKEN_AUTH"],
                    "Auth flow not enabled for this client",
                )?;
                self.by_refresh_token(&attempt, &parameters).await
            }
            other => Err(constraint(
                &format!("'{other}'"),
                "authFlow",
                "Member must satisfy enum value set: [USER_SRP_AUTH, REFRESH_TOKEN_AUTH, \
                 REFRESH_TOKEN, CUSTOM_AUTH, ADMIN_NO_SRP_AUTH, USER_PASSWORD_AUTH, \
                 ADMIN_USER_PASSWORD_AUTH]",
            )),
        }
    }

    async fn by_password(&self, attempt: &Attempt, parameters: &Texts) -> Result<Value, ApiError> {
        let typed = parameter(parameters, "USERNAME")?;
        let password = parameter(parameters, "PASSWORD")?;
        let open = &self.settings.uncertain;
        let mut migrated = false;
        let user = match self.knocking(attempt, parameters, typed)? {
            Some(user) => user,
            None => {
                migrated = true;
                match self.migrate_at_sign_in(attempt, typed, password).await? {
                    Some(user) if user.status == Status::ResetRequired => {
                        return Err(reset_required());
                    }
                    Some(user) => user,
                    None => return Err(self.turn_away(attempt, typed).await),
                }
            }
        };
        user.check_enabled()?;
        let locked = user.lockout.check(self.clock.now_millis());
        let heard = (locked.is_ok() || open.pre_authentication_while_locked)
            && (user.status != Status::Unconfirmed || open.pre_authentication_for_unconfirmed)
            && (!migrated || open.pre_authentication_after_migration);
        if heard {
            self.pre_authentication(attempt, &Who::Known(user.name.clone()))
                .await?;
        }
        locked?;
        let fits = user
            .password
            .as_ref()
            .is_some_and(|stored| stored.matches(&attempt.pool, &user.name, password));
        self.judge_password(attempt, &user.name, fits)?;
        self.admit(attempt, &user.name, None).await
    }

    /// Counts a wrong password; a right one clears the count.
    pub(super) fn judge_password(
        &self,
        attempt: &Attempt,
        user: &str,
        fits: bool,
    ) -> Result<(), ApiError> {
        let now = self.clock.now_millis();
        let mut state = self.state();
        let user = state.pool_mut(&attempt.pool)?.user_mut(user)?;
        if fits {
            user.lockout.clear();
            Ok(())
        } else {
            user.lockout.count(&self.settings, now);
            Err(ApiError::incorrect())
        }
    }

    /// Lets somebody in whose password was right, if the account's state allows it.
    pub(super) async fn admit(
        &self,
        attempt: &Attempt,
        user_name: &str,
        metadata: Option<&Texts>,
    ) -> Result<Value, ApiError> {
        let user = self.state().pool(&attempt.pool)?.user(user_name)?.clone();
        match user.status {
            Status::Unconfirmed => Err(unconfirmed()),
            Status::ResetRequired => Err(reset_required()),
            Status::ForceChangePassword => self.demand_new_password(attempt, &user),
            Status::Confirmed => {
                self.complete(attempt, user_name, "Authentication", metadata)
                    .await
            }
        }
    }

    fn demand_new_password(&self, attempt: &Attempt, user: &User) -> Result<Value, ApiError> {
        let now = self.clock.now();
        let until = user.password.as_ref().and_then(|password| password.until);
        if until.is_some_and(|until| now >= until) {
            return Err(ApiError::refused(
                "Temporary password has expired and must be reset by an administrator.",
            ));
        }
        let session = self.state().pool_mut(&attempt.pool)?.open_session(
            &attempt.client.id,
            Who::Known(user.name.clone()),
            Step::NewPassword,
            now,
        )?;
        Ok(json!({
            "ChallengeName": "NEW_PASSWORD_REQUIRED",
            "Session": session,
            "ChallengeParameters": {
                "USER_ID_FOR_SRP": user.name,
                "requiredAttributes": "[]",
                "userAttributes": json!(user.attributes).to_string(),
            },
        }))
    }

    async fn by_srp(&self, attempt: &Attempt, parameters: &Texts) -> Result<Value, ApiError> {
        let typed = parameter(parameters, "USERNAME")?;
        let public = parameter(parameters, "SRP_A")?;
        let who = match self.knocking(attempt, parameters, typed)? {
            Some(user) => {
                user.check_enabled()?;
                Who::Known(user.name)
            }
            None if attempt.client.hides_users() => self.made_up(attempt, typed)?,
            None => return Err(ApiError::no_such_user()),
        };
        self.pre_authentication(attempt, &who).await?;
        let exchange = self.exchange(attempt, &who, public)?;
        self.demand_proof(attempt, who, exchange, None)
    }

    /// Begins a password proof; without a password nothing will fit.
    pub(super) fn exchange(
        &self,
        attempt: &Attempt,
        who: &Who,
        public: &str,
    ) -> Result<Exchange, ApiError> {
        let state = self.state();
        let stored = match who {
            Who::Known(name) => state.pool(&attempt.pool)?.user(name)?.password.clone(),
            Who::Unknown { .. } => None,
        };
        let password = match stored {
            Some(password) => password,
            None => {
                let mut unfit = Password::new(&attempt.pool, "", "")?;
                unfit.hash = chance::bytes()?;
                unfit
            }
        };
        Exchange::begin(who.shown_name(), public, &password)
    }

    pub(super) fn demand_proof(
        &self,
        attempt: &Attempt,
        who: Who,
        exchange: Exchange,
        custom: Option<Vec<Round>>,
    ) -> Result<Value, ApiError> {
        let parameters = exchange.parameters();
        let session = self.state().pool_mut(&attempt.pool)?.open_session(
            &attempt.client.id,
            who,
            Step::Password { exchange, custom },
            self.clock.now(),
        )?;
        Ok(json!({
            "ChallengeName": "PASSWORD_VERIFIER",
            "Session": session,
            "ChallengeParameters": parameters,
        }))
    }

    /// The user of this name, the secret hash checked.
    pub(super) fn knocking(
        &self,
        attempt: &Attempt,
        parameters: &Texts,
        typed: &str,
    ) -> Result<Option<User>, ApiError> {
        let state = self.state();
        let user = state.pool(&attempt.pool)?.find(typed);
        let known = user.map_or(typed, |user| &user.name);
        let hash = parameters.get("SECRET_HASH").map(String::as_str);
        attempt.client.check_secret_hash(hash, &[typed, known])?;
        Ok(user.cloned())
    }

    /// What somebody hears whom nobody knows.
    async fn turn_away(&self, attempt: &Attempt, typed: &str) -> ApiError {
        if !attempt.client.hides_users() {
            return ApiError::no_such_user();
        }
        let heard = match self.made_up(attempt, typed) {
            Ok(who) => self.pre_authentication(attempt, &who).await,
            Err(error) => Err(error),
        };
        heard.err().unwrap_or_else(ApiError::incorrect)
    }

    /// The identity of somebody who does not exist.
    pub(super) fn made_up(&self, attempt: &Attempt, typed: &str) -> Result<Who, ApiError> {
        let digest: [u8; 32] = Sha256::new()
            .chain_update(&attempt.pool)
            .chain_update(typed)
            .finalize()
            .into();
        let stable = chance::stable_uuid(digest.first_chunk().unwrap_or(&[0; 16]));
        Ok(match self.settings.uncertain.unknown_user_name {
            MadeUp::Fresh => {
                let name = chance::uuid()?;
                Who::Unknown {
                    event: name.clone(),
                    shown: name,
                }
            }
            MadeUp::Typed => Who::Unknown {
                event: typed.to_owned(),
                shown: stable,
            },
            MadeUp::Stable => Who::Unknown {
                event: stable.clone(),
                shown: stable,
            },
        })
    }

    /// A request about a known user's attributes, or about nobody's.
    pub(super) fn about(&self, attempt: &Attempt, who: &Who) -> Result<Request, ApiError> {
        let state = self.state();
        let pool: &Pool = state.pool(&attempt.pool)?;
        Ok(match who {
            Who::Known(name) => {
                let user = pool.user(name)?;
                user.check_enabled()?;
                Request::about(&pool.event_attributes(user))
            }
            Who::Unknown { .. } => Request::about(&Texts::new()),
        }
        .with_user_not_found(matches!(who, Who::Unknown { .. })))
    }

    pub(super) async fn pre_authentication(
        &self,
        attempt: &Attempt,
        who: &Who,
    ) -> Result<(), ApiError> {
        let request = self
            .about(attempt, who)?
            .with("validationData", json!(attempt.metadata));
        let scene = attempt.scene(who.event_name());
        self.fire(
            &scene,
            Trigger::PreAuthentication,
            "Authentication",
            request,
        )
        .await
        .map(drop)
    }

    /// Post authentication, then tokens.
    pub(super) async fn complete(
        &self,
        attempt: &Attempt,
        user: &str,
        occasion: &str,
        metadata: Option<&Texts>,
    ) -> Result<Value, ApiError> {
        let open = &self.settings.uncertain;
        if occasion != "NewPasswordChallenge" || open.post_authentication_after_new_password {
            let mut request = self.about(attempt, &Who::Known(user.to_owned()))?;
            if let Some(used) = open.new_device_used {
                request = request.with("newDeviceUsed", json!(used));
            }
            let request = request.with_metadata(metadata);
            let scene = attempt.scene(user);
            self.fire(
                &scene,
                Trigger::PostAuthentication,
                "Authentication",
                request,
            )
            .await?;
        }
        let issue = Issue {
            pool: &attempt.pool,
            client: &attempt.client.id,
            occasion,
            metadata,
        };
        self.sign_in(&issue, user).await
    }
}

fn reset_required() -> ApiError {
    ApiError::new(
        "PasswordResetRequiredException",
        "Password reset required for the user",
    )
}

pub(super) fn unconfirmed() -> ApiError {
    ApiError::new("UserNotConfirmedException", "User is not confirmed.")
}
