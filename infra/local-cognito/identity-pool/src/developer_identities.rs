//! Developer users: users of the developer's own directory and their identities.

use super::amr::methods;
use super::directory::IdentityDirectory;
use super::identity_claims::IdentityClaims;
use super::limits::check_length;
use super::linking::LinkRequest;
use super::login::{Login, LoginKind};
use super::login_verifier::LoginVerifier;
use super::pool::Pool;
use local_cognito_aws_emulation::ApiError;
use local_cognito_aws_emulation::input::{Texts, constraint};

const LONGEST_USER: usize = 1024;

/// Finds, links, merges and unlinks developer users.
pub(crate) struct DeveloperIdentities {
    pub(crate) directory: IdentityDirectory,
    pub(crate) logins: LoginVerifier,
    /// Type of the error for a developer provider that the pool does not have.
    pub(crate) unknown_provider_kind: String,
}

impl DeveloperIdentities {
    /// Returns the claims of the identity that a developer user's logins lead to. One login has to
    /// be at the pool's developer provider, the others at public ones.
    pub(crate) async fn identify(
        &self,
        pool_id: &str,
        identity: Option<&str>,
        mut logins: Texts,
        tags: Texts,
    ) -> Result<IdentityClaims, ApiError> {
        let developer = self.take_login(pool_id, &mut logins)?;
        let verified = self.logins.verify_public(pool_id, &logins).await?;
        let public: Vec<Login> = verified.iter().map(|one| one.login.clone()).collect();
        let request = LinkRequest { developer: Some(&developer), public: &public, identity };
        let identity = self.directory.identify(pool_id, &request)?;
        let proved: Vec<(LoginKind, &Login)> = std::iter::once((LoginKind::Developer, &developer))
            .chain(verified.iter().map(|one| (one.kind, &one.login)))
            .collect();
        Ok(IdentityClaims {
            pool: pool_id.to_owned(),
            identity,
            amr: methods(pool_id, &proved),
            tags,
        })
    }

    /// Takes the developer user out of the logins and checks that the pool knows the other
    /// providers.
    fn take_login(&self, pool_id: &str, logins: &mut Texts) -> Result<Login, ApiError> {
        let pools = self.directory.pools();
        let pool = pools.pool(pool_id)?;
        let provider = pool.settings.developer_provider();
        let user = provider.and_then(|provider| logins.remove(provider));
        let developer = match (provider, user) {
            (Some(provider), Some(user)) => developer_user(provider, &user)?,
            (None | Some(_), _) => return Err(self.unknown_provider()),
        };
        // A second developer provider looks like an unknown public one.
        if logins.keys().any(|name| self.directory.provider(pool, name).is_none()) {
            return Err(self.unknown_provider());
        }
        Ok(developer)
    }

    /// Returns an identity and its developer users, by its id, by a user, or by both, which then
    /// have to belong together.
    pub(crate) fn look_up(
        &self,
        pool_id: &str,
        identity: Option<&str>,
        user: Option<&str>,
    ) -> Result<(String, Vec<String>), ApiError> {
        let pools = self.directory.pools();
        let pool = pools.pool(pool_id)?;
        let provider = pool.settings.developer_provider().ok_or_else(|| self.unknown_provider())?;
        let found = match (identity, user) {
            (None, None) => {
                return Err(ApiError::invalid(
                    "Either IdentityId or DeveloperUserIdentifier has to be given.",
                ));
            }
            (Some(id), None) => pool.identity(id)?,
            (given, Some(user)) => {
                let login = developer_user(provider, user)?;
                let owner = pool.owner(&login).ok_or_else(no_such_user)?;
                if given.is_some_and(|given| given != owner.id) {
                    return Err(ApiError::new(
                        "ResourceConflictException",
                        "The developer user identifier belongs to another identity.",
                    ));
                }
                owner
            }
        };
        let users = found.logins.iter().filter(|login| login.provider == provider);
        Ok((found.id.clone(), users.map(|login| login.subject.clone()).collect()))
    }

    /// Gives the logins of the source's identity to that of the destination and returns the
    /// latter.
    pub(crate) fn merge(
        &self,
        pool_id: &str,
        provider: &str,
        source: &str,
        destination: &str,
    ) -> Result<String, ApiError> {
        let mut pools = self.directory.pools();
        let pool = pools.pool_mut(pool_id)?;
        check_provider(pool, provider)?;
        let owner = |user: &str| {
            let owner = pool.owner(&developer_user(provider, user)?).ok_or_else(no_such_user)?;
            Ok::<_, ApiError>(owner.id.clone())
        };
        let (from, to) = (owner(source)?, owner(destination)?);
        if from != to {
            self.directory.merge(pool, &from, &to)?;
        }
        Ok(to)
    }

    /// Takes a developer user away from an identity.
    pub(crate) fn unlink(
        &self,
        pool_id: &str,
        provider: &str,
        identity: &str,
        user: &str,
    ) -> Result<(), ApiError> {
        let now = self.directory.now();
        let mut pools = self.directory.pools();
        let pool = pools.pool_mut(pool_id)?;
        check_provider(pool, provider)?;
        let login = developer_user(provider, user)?;
        let identity = pool.identity_mut(identity)?;
        if !identity.logins.remove(&login) {
            return Err(ApiError::new(
                "ResourceConflictException",
                "The developer user identifier does not belong to the identity.",
            ));
        }
        identity.modified = now;
        Ok(())
    }

    fn unknown_provider(&self) -> ApiError {
        ApiError::new(
            &self.unknown_provider_kind,
            "This identity pool does not support the specified developer provider.",
        )
    }
}

fn developer_user(provider: &str, user: &str) -> Result<Login, ApiError> {
    check_length("DeveloperUserIdentifier", user, 1, LONGEST_USER)?;
    Ok(Login { provider: provider.to_owned(), subject: user.to_owned() })
}

/// Checks that a developer provider is the pool's.
fn check_provider(pool: &Pool, name: &str) -> Result<(), ApiError> {
    if pool.settings.developer_provider() == Some(name) {
        return Ok(());
    }
    Err(constraint(
        &format!("'{name}'"),
        "DeveloperProviderName",
        "Member must be the developer provider of the identity pool",
    ))
}

fn no_such_user() -> ApiError {
    ApiError::no_such_resource("The developer user identifier is not registered.")
}
