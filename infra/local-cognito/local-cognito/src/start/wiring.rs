//! The services of one local Cognito, each over the parts that they share.

use std::sync::Arc;

use axum::Router;
use local_cognito_api_gateway::{self as api_gateway, Authorizers, Gateway};
use local_cognito_dynamodb::LeadingKeys;
use local_cognito_dynamodb::stream::Source;
use local_cognito_iam::Roles;
use local_cognito_identity_pool::{self as identity_pool, IdentityPools};
use local_cognito_lambda::Lambda;
use local_cognito_openid::issuer::Issuer;
use local_cognito_s3::S3;
use local_cognito_sam_template::EventSourceMapping;
use local_cognito_sigv4::Verifier;
use local_cognito_user_pool::{IssuerForm, Settings, UserPools};

use super::foundation::Foundation;
use super::options::StartOptions;
use crate::front::{Front, Rights, Services};
use crate::local_api::{Addresses, DeploymentDocument, Local};
use crate::page;
use crate::pool_tokens::PoolTokens;

/// Pools, and the checks of a caller that stand before the other services.
pub(super) struct Wiring {
    pub(super) user_pools: UserPools,
    pub(super) identity_pools: IdentityPools,
    roles: Roles,
    verifier: Verifier,
}

impl Wiring {
    /// Makes the pools, which are empty, and the checks.
    pub(super) fn new(base: &Foundation, options: &StartOptions, issuer_form: IssuerForm) -> Self {
        let user_pools = UserPools::new(
            Settings {
                issuer_base: base.url.clone(),
                issuer_form,
                region: base.region.clone(),
                ..options.user_pools.clone()
            },
            base.clock.clone(),
            base.functions.clone(),
            base.journal.clone(),
            base.outbox.clone(),
        );
        let roles = Roles::new(base.template.roles.iter().cloned());
        let identity_pools = IdentityPools::new(
            identity_pool::Settings {
                url: base.url.clone(),
                region: base.region.clone(),
                ..options.identity_pools.clone()
            },
            base.clock.clone(),
            PoolTokens(user_pools.clone()),
            base.credentials.clone(),
            roles.clone(),
        );
        let verifier = Verifier::new(
            &base.region,
            base.functions.clone(),
            base.credentials.clone(),
            base.clock.clone(),
        );
        Self { user_pools, identity_pools, roles, verifier }
    }

    /// Makes the bucket.
    pub(super) fn s3(&self, base: &Foundation) -> S3 {
        S3 {
            bucket: base.template.bucket.clone(),
            cors: base.template.bucket_cors.clone(),
            page: base.url.clone(),
            region: base.region.clone(),
            verifier: self.verifier.clone(),
            roles: self.roles.clone(),
            journal: base.journal.clone(),
            clock: base.clock.clone(),
            data: base.data.clone(),
        }
    }

    /// Makes the front of AWS calls.
    pub(super) fn front(&self, base: &Foundation) -> Front {
        Front::new(Services {
            functions: base.functions.clone(),
            identity_pools: self.identity_pools.clone(),
            journal: base.journal.clone(),
            mail: base.mail.clone(),
            secrets: base.secrets.clone(),
            stream: base.stream.clone(),
            rights: Rights {
                region: base.region.clone(),
                verifier: self.verifier.clone(),
                roles: self.roles.clone(),
                function_roles: base.template.function_roles.clone(),
                trail: base.trail.clone(),
                leading_keys: LeadingKeys::new(&base.template.tables),
            },
            client: base.client.clone(),
            dynamo_url: base.dynamo.inner_url().to_owned(),
            region: base.region.clone(),
        })
    }

    /// Makes the HTTP APIs.
    pub(super) fn gateway(&self, base: &Foundation) -> Gateway {
        Gateway::new(api_gateway::Dependencies {
            apis: base.template.http_apis.clone(),
            authorizers: Authorizers {
                clock: base.clock.clone(),
                tokens: Arc::new(PoolTokens(self.user_pools.clone())),
                verifier: self.verifier.clone(),
                roles: self.roles.clone(),
            },
            functions: base.functions.clone(),
            journal: base.journal.clone(),
            clock: base.clock.clone(),
            region: base.region.clone(),
        })
    }

    /// Makes the routes of the main port that are neither AWS calls nor HTTP APIs.
    pub(super) fn router(&self, base: &Foundation, lambda: &Lambda) -> Router {
        let addresses = Addresses { main: &base.url, s3: &base.s3_url, dynamo: &base.dynamo_url };
        let local = Local {
            outbox: base.outbox.clone(),
            journal: base.journal.clone(),
            logs: base.logs.clone(),
            clock: base.clock.clone(),
            dynamo: base.dynamo.clone(),
            deployment: DeploymentDocument::new(&base.region, addresses, &base.template),
            user_pools: self.user_pools.clone(),
        };
        page::router(&base.s3_url)
            .merge(self.user_pools.router())
            .merge(self.identity_pools.router())
            .merge(lambda.router(base.functions.clone()))
            .merge(local.router())
            .merge(Issuer::new(&base.url, base.clock.clone()).router())
    }
}

/// Returns the facts that the pump of the table's stream needs.
pub(super) fn stream_source(base: &Foundation, mapping: EventSourceMapping) -> Source {
    Source {
        functions: base.functions.clone(),
        journal: base.journal.clone(),
        logs: base.logs.clone(),
        region: base.region.clone(),
        clock: base.clock.clone(),
        mapping,
    }
}
