//! What the developer's own back end asks for its users: tokens, and who is who.

use serde_json::{Value, json};

use crate::aws_api::ApiError;
use crate::aws_api::input::{Input, constraint};
use crate::aws_api::listing::page;
use crate::identity_pool::amr::{Kind, methods};
use crate::identity_pool::linking::Asked;
use crate::identity_pool::state::{Login, Pool};
use crate::identity_pool::token::Statement;
use crate::identity_pool::{Host, rule, tag};

/// How long a developer's token lives, in seconds, unless the call says otherwise.
const USUAL_LIFE: u64 = 15 * 60;
const LONGEST_LIFE: u64 = 24 * 60 * 60;
const LONGEST_USER: usize = 1024;

impl Host {
    pub(super) async fn get_developer_token(&self, input: &Input) -> Result<Value, ApiError> {
        let pool_id = rule::pool_id(input)?;
        let identity = rule::optional_identity_id(input)?;
        let life = input.number("TokenDuration", 1, LONGEST_LIFE)?.unwrap_or(USUAL_LIFE);
        let tags = tag::read(input)?;
        let mut logins = rule::logins(input)?;
        let developer = {
            let state = self.state();
            let provider = state.pool(pool_id)?.developer_provider();
            let user = provider.and_then(|provider| logins.remove(provider));
            match (provider, user) {
                (Some(provider), Some(user)) => user_of(provider, &user)?,
                (None | Some(_), _) => return Err(self.unknown_provider()),
            }
        };
        // A second developer provider looks like a public one that nobody knows.
        if logins.keys().any(|name| self.is_unknown(pool_id, name)) {
            return Err(self.unknown_provider());
        }
        let proofs = self.prove_public(pool_id, logins.iter()).await?;
        let public: Vec<Login> = proofs.iter().map(|proof| proof.login.clone()).collect();
        let asked = Asked { developer: Some(&developer), public: &public, identity };
        let id = self.identify(pool_id, &asked)?;
        let proved: Vec<(Kind, &Login)> = std::iter::once((Kind::Developer, &developer))
            .chain(proofs.iter().map(|proof| (proof.kind, &proof.login)))
            .collect();
        let statement = Statement {
            pool: pool_id.to_owned(),
            identity: id,
            amr: methods(pool_id, &proved),
            tags,
        };
        let token = self.token(&statement, life).await?;
        Ok(json!({"IdentityId": statement.identity, "Token": token}))
    }

    fn is_unknown(&self, pool_id: &str, name: &str) -> bool {
        let state = self.state();
        state.pool(pool_id).is_ok_and(|pool| pool.provider(name, &self.settings.url).is_none())
    }

    fn unknown_provider(&self) -> ApiError {
        ApiError::new(
            &self.settings.uncertain.unknown_developer_provider_kind,
            "This identity pool does not support the specified developer provider.",
        )
    }

    /// `LookupDeveloperIdentity`: by either side, or whether both belong together.
    pub(super) fn look_up(&self, input: &Input) -> Result<Value, ApiError> {
        let pool_id = rule::pool_id(input)?;
        let identity = rule::optional_identity_id(input)?;
        let user = input.text("DeveloperUserIdentifier")?;
        let most = input.number("MaxResults", 1, 60)?;
        let state = self.state();
        let pool = state.pool(pool_id)?;
        let provider = pool.developer_provider().ok_or_else(|| self.unknown_provider())?;
        match (identity, user) {
            (None, None) => Err(ApiError::invalid(
                "Either IdentityId or DeveloperUserIdentifier has to be given.",
            )),
            (Some(id), None) => list_users(pool, provider, id, most, input),
            (given, Some(user)) => {
                let login = user_of(provider, user)?;
                let owner = pool.owner(&login).ok_or_else(no_such_user)?;
                if given.is_some_and(|given| given != owner.id) {
                    return Err(ApiError::new(
                        "ResourceConflictException",
                        "The developer user identifier belongs to another identity.",
                    ));
                }
                list_users(pool, provider, &owner.id, most, input)
            }
        }
    }
}

/// A developer user.
pub(super) fn user_of(provider: &str, user: &str) -> Result<Login, ApiError> {
    rule::check_length("DeveloperUserIdentifier", user, 1, LONGEST_USER)?;
    Ok(Login { provider: provider.to_owned(), subject: user.to_owned() })
}

/// The developer provider that an input names, which must be the pool's.
pub(super) fn check_provider<'p>(pool: &'p Pool, input: &Input) -> Result<&'p str, ApiError> {
    let name = input.required("DeveloperProviderName")?;
    pool.developer_provider().filter(|provider| *provider == name).ok_or_else(|| {
        constraint(
            &format!("'{name}'"),
            "DeveloperProviderName",
            "Member must be the developer provider of the identity pool",
        )
    })
}

pub(super) fn no_such_user() -> ApiError {
    ApiError::no_such_resource("The developer user identifier is not registered.")
}

fn list_users(
    pool: &Pool,
    provider: &str,
    id: &str,
    most: Option<u64>,
    input: &Input,
) -> Result<Value, ApiError> {
    let users = pool
        .identity(id)?
        .logins
        .iter()
        .filter(|login| login.provider == provider)
        .map(|login| json!(login.subject))
        .collect();
    let mut answer = page("DeveloperUserIdentifierList", users, most, "NextToken", input)?;
    if let Some(answer) = answer.as_object_mut() {
        answer.insert("IdentityId".to_owned(), json!(id));
    }
    Ok(answer)
}
