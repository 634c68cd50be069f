//! The document `GET /_local/deployment`: addresses, ids and names that a client needs.

use serde::Serialize;

use crate::default_pool::{
    DEVELOPER_PROVIDER, DIRECTORY_CLIENT, GROUP, LINK_CLIENT, PASSWORDLESS_CLIENT, WEB_CLIENT,
    identity_pool_id, pool_id, user_pool_provider,
};
use local_cognito_dynamodb::{ACCOUNTS, CHALLENGES, PROFILES};
use local_cognito_identity_pool::{OWN_PROVIDER, SOCIAL_PROVIDER};
use local_cognito_sam_template::{AfterSignIn, Template};

/// Addresses, ids and names of a running local Cognito.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct DeploymentDocument {
    region: String,
    /// Base address of all services but S3, such as `http://localhost:4480`.
    url: String,
    s3: String,
    dynamodb: String,
    user_pool: String,
    /// Issuer that new tokens of the user pool name; the pool's settings may change it.
    pub(super) issuer: Option<String>,
    clients: Clients,
    /// Group of every confirmed user.
    group: &'static str,
    identity_pool: String,
    providers: Providers,
    bucket: String,
    tables: Tables,
    after_sign_in: SignInEffects,
}

/// Client ids by purpose.
#[derive(Clone, Debug, Serialize)]
struct Clients {
    web: &'static str,
    link: &'static str,
    passwordless: &'static str,
    directory: &'static str,
}

/// Keys of `Logins` by the source of the login.
#[derive(Clone, Debug, Serialize)]
struct Providers {
    user_pool: String,
    developer: &'static str,
    social: &'static str,
    identity_pool: &'static str,
}

/// Names of the tables by content.
#[derive(Clone, Debug, Serialize)]
struct Tables {
    accounts: &'static str,
    challenges: &'static str,
    profiles: &'static str,
}

/// Triggers and AWS calls that follow a successful sign-in, in turn.
#[derive(Clone, Debug, Serialize)]
struct SignInEffects {
    triggers: Vec<String>,
    aws_calls: Vec<String>,
}

/// Base addresses of the three ports.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Addresses<'a> {
    pub(crate) main: &'a str,
    pub(crate) s3: &'a str,
    pub(crate) dynamo: &'a str,
}

impl DeploymentDocument {
    /// Describes the default pools of a region at these addresses, and the bucket and the sign-in of
    /// the template.
    pub(crate) fn new(region: &str, addresses: Addresses<'_>, template: &Template) -> Self {
        let AfterSignIn { triggers, aws_calls } = template.after_sign_in();
        Self {
            region: region.to_owned(),
            url: addresses.main.to_owned(),
            s3: addresses.s3.to_owned(),
            dynamodb: addresses.dynamo.to_owned(),
            user_pool: pool_id(region),
            issuer: None,
            clients: Clients {
                web: WEB_CLIENT,
                link: LINK_CLIENT,
                passwordless: PASSWORDLESS_CLIENT,
                directory: DIRECTORY_CLIENT,
            },
            group: GROUP,
            identity_pool: identity_pool_id(region),
            providers: Providers {
                user_pool: user_pool_provider(region),
                developer: DEVELOPER_PROVIDER,
                social: SOCIAL_PROVIDER,
                identity_pool: OWN_PROVIDER,
            },
            bucket: template.bucket.clone(),
            tables: Tables { accounts: ACCOUNTS, challenges: CHALLENGES, profiles: PROFILES },
            after_sign_in: SignInEffects { triggers, aws_calls },
        }
    }

    /// Returns the id of the default user pool.
    pub(super) fn user_pool(&self) -> &str {
        &self.user_pool
    }
}
