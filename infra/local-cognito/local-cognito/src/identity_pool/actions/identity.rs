//! From logins to an identity, as every action that takes logins finds it.

use serde_json::{Value, json};

use crate::aws_api::input::Input;
use crate::aws_api::{ApiError, chance};
use crate::identity_pool::linking::{self, Asked, Refusal, Way};
use crate::identity_pool::login::{DONT_MATCH, Proof, Proved};
use crate::identity_pool::state::{Identity, Login, Pool, Standing, no_such_identity};
use crate::identity_pool::{Host, rule};

const NO_GUESTS: &str = "Unauthenticated access is not supported for this identity pool.";

/// What the tokens of a request lead to.
pub(super) enum Found {
    /// A guest of the pool.
    Guest(String),
    /// An identity that logins at public providers proved.
    Public(String, Vec<Proof>),
    /// An identity that a token of this host proved.
    Own(crate::identity_pool::token::Statement),
}

impl Host {
    pub(super) async fn get_id(&self, input: &Input) -> Result<Value, ApiError> {
        let pool_id = rule::pool_id(input)?;
        let account = input.text("AccountId")?.unwrap_or("0");
        rule::check_length("AccountId", account, 1, 15)?;
        rule::check_characters("AccountId", account, r"\d+", |digit| digit.is_ascii_digit())?;
        let logins = rule::logins(input)?;
        self.state().pool(pool_id)?;
        // The pool's own tokens are for an identity that is known already.
        let proofs = match self.prove(pool_id, &logins).await? {
            Proved::Public(proofs) => proofs,
            Proved::Own(_) => return Err(ApiError::refused(DONT_MATCH)),
        };
        let id = if proofs.is_empty() {
            self.new_guest(pool_id)?
        } else {
            let public: Vec<Login> = proofs.into_iter().map(|proof| proof.login).collect();
            self.identify(pool_id, &Asked { developer: None, public: &public, identity: None })?
        };
        Ok(json!({"IdentityId": id}))
    }

    /// The identity of a request that names one and proves to hold it.
    pub(super) async fn find_identity(&self, input: &Input) -> Result<(String, Found), ApiError> {
        let id = rule::identity_id(input)?;
        let logins = rule::logins(input)?;
        let pool_id = self.state().pool_of(id)?.id.clone();
        let found = match self.prove(&pool_id, &logins).await? {
            Proved::Public(proofs) if proofs.is_empty() => {
                check_guest(self.state().pool(&pool_id)?, id)?;
                Found::Guest(id.to_owned())
            }
            Proved::Public(proofs) => {
                let public: Vec<Login> = proofs.iter().map(|proof| proof.login.clone()).collect();
                let asked = Asked { developer: None, public: &public, identity: Some(id) };
                Found::Public(self.identify(&pool_id, &asked)?, proofs)
            }
            Proved::Own(statement) => {
                if statement.identity != id {
                    return Err(ApiError::refused(DONT_MATCH));
                }
                check_alive(self.state().pool(&pool_id)?, id)?;
                Found::Own(statement)
            }
        };
        Ok((pool_id, found))
    }

    /// Finds, makes, links or merges, as the logins demand.
    pub(super) fn identify(&self, pool_id: &str, asked: &Asked<'_>) -> Result<String, ApiError> {
        let now = self.clock.now();
        let mut state = self.state();
        let pool = state.pool_mut(pool_id)?;
        let way = linking::find(pool, asked, self.settings.uncertain.survivor)
            .map_err(|refusal| self.complain(refusal, asked.identity))?;
        let id = match way {
            Way::Use(id) => id,
            Way::Create => self.add_identity(pool, now)?,
            Way::Merge { survivor, absorbed } => {
                for id in &absorbed {
                    merge(pool, id, &survivor, now)?;
                }
                survivor
            }
        };
        let logins = asked.developer.into_iter().chain(asked.public).cloned();
        pool.identity_mut(&id)?.link(logins, now);
        Ok(id)
    }

    fn new_guest(&self, pool_id: &str) -> Result<String, ApiError> {
        let mut state = self.state();
        let pool = state.pool_mut(pool_id)?;
        if !pool.has_guests() {
            return Err(ApiError::refused(NO_GUESTS));
        }
        self.add_identity(pool, self.clock.now())
    }

    fn add_identity(&self, pool: &mut Pool, now: u64) -> Result<String, ApiError> {
        let id = format!("{}:{}", self.settings.region, chance::uuid()?);
        pool.identities.insert(id.clone(), Identity::new(id.clone(), now));
        Ok(id)
    }

    /// The error that a client reads.
    pub(super) fn complain(&self, refusal: Refusal, identity: Option<&str>) -> ApiError {
        let id = identity.unwrap_or_default();
        match refusal {
            Refusal::NoSuchIdentity => no_such_identity(id),
            Refusal::Inaccessible => forbidden(id),
            Refusal::LoginsDontMatch => ApiError::refused(DONT_MATCH),
            Refusal::AlreadyRegistered => ApiError::new(
                "DeveloperUserAlreadyRegisteredException",
                "The developer user identifier is registered with another identity.",
            ),
            Refusal::Conflict => ApiError::new(
                "ResourceConflictException",
                "An identity can have one login at each public provider.",
            ),
            Refusal::TooManyLogins => ApiError::new(
                &self.settings.uncertain.too_many_logins_kind,
                "An identity can have at most 20 logins.",
            ),
        }
    }
}

/// Gives all logins of one identity to another one, and disables it.
pub(super) fn merge(pool: &mut Pool, from: &str, to: &str, now: u64) -> Result<(), ApiError> {
    let absorbed = pool.identity_mut(from)?;
    absorbed.standing = Standing::Disabled;
    absorbed.modified = now;
    let logins = std::mem::take(&mut absorbed.logins);
    pool.identity_mut(to)?.link(logins, now);
    Ok(())
}

fn check_guest(pool: &Pool, id: &str) -> Result<(), ApiError> {
    match pool.identity(id)?.standing {
        Standing::Authenticated | Standing::Disabled => Err(forbidden(id)),
        Standing::Guest if pool.has_guests() => Ok(()),
        Standing::Guest => Err(ApiError::refused(NO_GUESTS)),
    }
}

/// A developer's token does not outlive the login it was given out for.
fn check_alive(pool: &Pool, id: &str) -> Result<(), ApiError> {
    let identity = pool.identity(id)?;
    match identity.standing {
        Standing::Authenticated if !identity.logins.is_empty() => Ok(()),
        Standing::Guest | Standing::Authenticated | Standing::Disabled => Err(forbidden(id)),
    }
}

fn forbidden(id: &str) -> ApiError {
    ApiError::refused(format!("Access to Identity '{id}' is forbidden."))
}
