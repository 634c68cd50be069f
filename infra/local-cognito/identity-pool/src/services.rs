//! Services of the identity pools, by the actor that each one plays.

use std::sync::Arc;

use super::credential_issuer::CredentialIssuer;
use super::developer_identities::DeveloperIdentities;
use super::directory::{DirectoryRules, IdentityDirectory};
use super::login_verifier::LoginVerifier;
use super::resolver::IdentityResolver;
use super::role_chooser::RoleChooser;
use super::settings::{Settings, Uncertain};
use super::social::SocialProvider;
use super::token_issuer::TokenIssuer;
use super::user_pool_verifier::UserPoolVerifier;
use local_cognito_aws_emulation::clock::Clock;
use local_cognito_aws_emulation::credentials::Credentials;
use local_cognito_iam::Roles;

/// Services that the actions use.
pub(crate) struct Services {
    pub(crate) directory: IdentityDirectory,
    pub(crate) resolver: IdentityResolver,
    pub(crate) developers: DeveloperIdentities,
    pub(crate) roles: RoleChooser,
    pub(crate) credentials: CredentialIssuer,
    pub(crate) tokens: TokenIssuer,
    pub(crate) social: SocialProvider,
    /// Address of the local Cognito.
    pub(crate) url: String,
    /// True if `DeleteIdentities` lists unknown identities as unprocessed.
    pub(crate) unknown_identities_unprocessed: bool,
}

impl Services {
    pub(crate) fn new(
        settings: Settings,
        clock: Clock,
        user_pools: Arc<dyn UserPoolVerifier>,
        credentials: Credentials,
        roles: Roles,
    ) -> Self {
        let Settings { region, url, credential_life, uncertain } = settings;
        let Uncertain {
            unknown_developer_provider_kind,
            developer_login_of_client_kind,
            too_many_logins_kind,
            unknown_identities_unprocessed,
            survivor,
        } = uncertain;
        let tokens = TokenIssuer::new(&region, clock.clone());
        let social = SocialProvider::new(&url, clock.clone());
        let rules = DirectoryRules { region, url: url.clone(), survivor, too_many_logins_kind };
        let directory = IdentityDirectory::new(clock.clone(), rules);
        let logins = LoginVerifier {
            directory: directory.clone(),
            user_pools,
            social: social.clone(),
            tokens: tokens.clone(),
            clock: clock.clone(),
            developer_login_kind: developer_login_of_client_kind,
        };
        Self {
            resolver: IdentityResolver { directory: directory.clone(), logins: logins.clone() },
            developers: DeveloperIdentities {
                directory: directory.clone(),
                logins,
                unknown_provider_kind: unknown_developer_provider_kind,
            },
            roles: RoleChooser { roles },
            credentials: CredentialIssuer { credentials, clock, life: credential_life },
            directory,
            tokens,
            social,
            url,
            unknown_identities_unprocessed,
        }
    }
}
