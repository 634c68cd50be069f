//! `InitiateAuth`: who knocks and by which flow; what every way in has in common.

use serde_json::{Value, json};

use crate::aws_api::input::{Input, Texts, constraint};
use crate::aws_api::{ApiError, chance};
use crate::user_pool::Host;
use crate::user_pool::client::Client;
use crate::user_pool::session::Who;
use crate::user_pool::settings::FakeUserName;
use crate::user_pool::state::Pool;
use crate::user_pool::token::Issue;
use crate::user_pool::trigger::{Request, Scene, Trigger};
use crate::user_pool::user::User;

/// One call that wants to sign somebody in.
pub(super) struct Attempt {
    pub(super) pool: String,
    pub(super) client: Client,
    /// The call's `ClientMetadata`.
    pub(super) metadata: Option<Texts>,
    pub(super) entrance: Entrance,
}

/// By which door somebody comes in.
pub(super) enum Entrance {
    /// By the API.
    Api,
    /// By the pages, perhaps with a nonce for the ID token.
    Pages { nonce: Option<String> },
}

impl Attempt {
    pub(super) fn scene<'a>(&'a self, user_name: &'a str) -> Scene<'a> {
        Scene { pool: &self.pool, client: Some(&self.client.id), user_name }
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
            entrance: Entrance::Api,
        })
    }

    pub(super) fn admin_attempt(&self, input: &Input) -> Result<Attempt, ApiError> {
        let state = self.state();
        let pool = state.pool(input.required("UserPoolId")?)?;
        Ok(Attempt {
            pool: pool.id.clone(),
            client: pool.client(input.required("ClientId")?)?.clone(),
            metadata: input.metadata()?,
            entrance: Entrance::Api,
        })
    }

    async fn initiate(&self, attempt: Attempt, input: &Input) -> Result<Value, ApiError> {
        let parameters = input.texts("AuthParameters")?.unwrap_or_default();
        let flow = input.required("AuthFlow")?;
        let allowed = |flows: &[&str], text: &str| {
            if attempt.client.allows(flows) { Ok(()) } else { Err(ApiError::invalid(text)) }
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
                allowed(&["ALLOW_USER_SRP_AUTH"], "USER_SRP_AUTH is not enabled for the client.")?;
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
                allowed(&["ALLOW_REFRESH_TOKEN_AUTH"], "Auth flow not enabled for this client")?;
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
    pub(super) async fn turn_away(&self, attempt: &Attempt, typed: &str) -> ApiError {
        if !attempt.client.hides_users() {
            return ApiError::no_such_user();
        }
        let heard = match self.unknown_user(attempt, typed) {
            Ok(who) => self.pre_authentication(attempt, &who).await,
            Err(error) => Err(error),
        };
        heard.err().unwrap_or_else(ApiError::incorrect)
    }

    /// The identity of an unknown user, as the options say.
    pub(super) fn unknown_user(&self, attempt: &Attempt, typed: &str) -> Result<Who, ApiError> {
        let stable = self.state().pool_mut(&attempt.pool)?.fake_user_id(typed)?;
        let typed = typed.to_owned();
        let (event, shown) = match self.settings.uncertain.unknown_user_name {
            FakeUserName::Fresh => {
                let name = chance::uuid()?;
                (name.clone(), name)
            }
            FakeUserName::Typed => (typed.clone(), stable),
            FakeUserName::Stable => (stable.clone(), stable),
        };
        Ok(Who::Unknown { typed, event, shown })
    }

    /// The identity that SRP shows of an unknown user: the same name each time.
    pub(super) fn unknown_user_of_srp(
        &self,
        attempt: &Attempt,
        typed: &str,
    ) -> Result<Who, ApiError> {
        let shown = self.state().pool_mut(&attempt.pool)?.fake_user_id(typed)?;
        Ok(match self.unknown_user(attempt, typed)? {
            Who::Unknown { typed, event, .. } => Who::Unknown { typed, event, shown },
            known @ Who::Known(_) => known,
        })
    }

    /// A request about an enabled user's attributes, or about an unknown user's.
    pub(super) fn about(&self, attempt: &Attempt, who: &Who) -> Result<Request, ApiError> {
        if let Who::Known(name) = who {
            self.state().pool(&attempt.pool)?.user(name)?.check_enabled()?;
        }
        self.about_anyone(attempt, who)
    }

    fn about_anyone(&self, attempt: &Attempt, who: &Who) -> Result<Request, ApiError> {
        let state = self.state();
        let pool: &Pool = state.pool(&attempt.pool)?;
        Ok(match who {
            Who::Known(name) => Request::about(&pool.event_attributes(pool.user(name)?)),
            Who::Unknown { .. } => Request::about(&Texts::new()),
        }
        .with_user_not_found(matches!(who, Who::Unknown { .. })))
    }

    pub(super) async fn pre_authentication(
        &self,
        attempt: &Attempt,
        who: &Who,
    ) -> Result<(), ApiError> {
        let request = self.about_anyone(attempt, who)?;
        let request = request.with("validationData", json!(attempt.metadata));
        let scene = attempt.scene(who.event_name());
        self.fire(&scene, Trigger::PreAuthentication, "Authentication", request).await.map(drop)
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
            self.fire(&scene, Trigger::PostAuthentication, "Authentication", request).await?;
        }
        let (occasion, nonce) = match &attempt.entrance {
            Entrance::Api => (occasion, None),
            Entrance::Pages { nonce } => ("HostedAuth", nonce.as_deref()),
        };
        let (pool, client) = (&attempt.pool, &attempt.client.id);
        self.sign_in(&Issue { pool, client, occasion, metadata, nonce }, user).await
    }
}

pub(super) fn unconfirmed() -> ApiError {
    ApiError::new("UserNotConfirmedException", "User is not confirmed.")
}
