//! Starts of a local Cognito: pools in process, or the whole over HTTP.

use std::time::Duration;

use local_cognito::clock::Clock;
use local_cognito::credentials::Credentials;
use local_cognito::default_pool::{WEB_CLIENT, pool_id};
use local_cognito::functions::Functions;
use local_cognito::iam::{Role, Roles, TrustPolicy};
use local_cognito::identity_pool::IdentityPools;
use local_cognito::journal::Journal;
use local_cognito::outbox::Outbox;
use local_cognito::pool_tokens::PoolTokens;
use local_cognito::user_pool::UserPools;
use local_cognito::{LocalCognito, StartOptions};
use serde_json::{Value, json};

use crate::at_once::run_at_once;
use crate::calls::Calls;
use crate::fixtures::{ADA, BOB, CLIENT, IDENTITY_POOL, NOOR, OTHER_CLIENT, POOL};
use crate::handle::TestCognito;
use crate::keys::{lend_to_identity_pools, lend_to_user_pool};
use crate::scripts::{TRIGGERS, script_all};
use crate::sessions::{LIFE, session};
use crate::setup::Setup;

impl TestCognito {
    /// Makes a user pool in process that has a client and Noor, and no triggers.
    #[must_use]
    pub fn new() -> Self {
        Self::with(|_| {})
    }

    /// Makes the user pool of [`Self::new`] with changes.
    pub fn with(change: impl FnOnce(&mut Setup)) -> Self {
        let mut setup = Setup { users: vec![NOOR], ..Setup::default() };
        change(&mut setup);
        Self::in_process(setup)
    }

    /// Makes a user pool in process without users, with scripts for all triggers but migration.
    #[must_use]
    pub fn with_triggers() -> Self {
        Self::with_triggers_and(|_| {})
    }

    /// Makes the user pool of [`Self::with_triggers`] with changes.
    pub fn with_triggers_and(change: impl FnOnce(&mut Setup)) -> Self {
        let mut setup = Setup::default();
        for flow in ["ALLOW_USER_SRP_AUTH", "ALLOW_CUSTOM_AUTH"] {
            setup.allow(flow);
        }
        setup.pool["EmailConfiguration"] = json!({
            "EmailSendingAccount": "DEVELOPER",
            "SourceArn": "arn:aws:ses:eu-west-1:123456789012:identity/example.com",
        });
        for (trigger, function) in TRIGGERS {
            setup.trigger(trigger, function);
        }
        setup.settings.trigger_limit = Duration::from_millis(20);
        change(&mut setup);
        let cognito = Self::in_process(setup);
        script_all(&cognito.functions);
        cognito
    }

    /// Makes an identity pool in process over the user pool of [`Self::new`].
    #[must_use]
    pub fn with_identity_pool() -> Self {
        Self::with_identity_pool_and(|_| {})
    }

    /// Makes the pools of [`Self::with_identity_pool`] with changes.
    pub fn with_identity_pool_and(change: impl FnOnce(&mut Setup)) -> Self {
        let mut setup =
            Setup { users: vec![NOOR], clients: vec![CLIENT, OTHER_CLIENT], ..Setup::default() };
        change(&mut setup);
        let (pool, mut roles) = (setup.identity_pool.clone(), setup.roles.clone());
        let cognito = Self::in_process(setup);
        cognito.identity_pools.create_pool_with_id(IDENTITY_POOL, pool).unwrap();
        roles["IdentityPoolId"] = json!(IDENTITY_POOL);
        run_at_once(cognito.identity_signed("SetIdentityPoolRoles", roles)).unwrap();
        lend_to_identity_pools(&cognito.identity_pools);
        cognito
    }

    /// Starts the whole local Cognito; calls are about its default pool.
    pub async fn serve(options: &StartOptions) -> Self {
        Self::served(local_cognito::start(options).await.unwrap())
    }

    /// Starts the whole local Cognito, and gives its default pool the keys that all tests share.
    pub async fn serve_with_keys(options: &StartOptions) -> Self {
        let cognito = Self::serve(options).await;
        lend_to_user_pool(&cognito.user_pools, &cognito.pool);
        cognito
    }

    /// Starts the whole local Cognito, and records the AWS calls of its functions.
    pub async fn serve_recorded(mut options: StartOptions) -> Self {
        let calls = Calls::listen().await;
        options.variables.push(("AWS_ENDPOINT_URL".to_owned(), calls.url().to_owned()));
        let cognito = Self::serve(&options).await;
        calls.forward_to(cognito.server().url());
        Self { calls: Some(calls), ..cognito }
    }

    /// Starts the whole local Cognito with temporary credentials of Ada and Bob.
    pub async fn serve_with_sessions(options: &StartOptions) -> Self {
        let cognito = Self::serve(options).await;
        for identity in [ADA, BOB] {
            let now = cognito.clock.now();
            cognito.credentials.put(session(identity, now + LIFE), now);
        }
        cognito
    }

    /// Starts the whole local Cognito with the user pool of the tests, which calls are about.
    pub async fn serve_with_pool(options: &StartOptions) -> Self {
        let mut cognito = Self::serve(options).await;
        cognito.pool = POOL.to_owned();
        cognito.client = CLIENT.to_owned();
        let setup = Setup::default();
        create_pool(&cognito.user_pools, setup.pool, &setup.client, &[CLIENT, OTHER_CLIENT]);
        cognito
    }

    /// Returns the handle on a running local Cognito.
    #[must_use]
    pub fn served(server: LocalCognito) -> Self {
        Self {
            clock: server.clock().clone(),
            credentials: server.credentials().clone(),
            functions: server.functions().clone(),
            journal: server.journal().clone(),
            outbox: server.outbox().clone(),
            user_pools: server.user_pools().clone(),
            identity_pools: server.identity_pools().clone(),
            pool: pool_id(server.region()),
            client: WEB_CLIENT.to_owned(),
            http: reqwest::Client::builder().no_proxy().build().unwrap(),
            server: Some(server),
            calls: None,
        }
    }

    fn in_process(setup: Setup) -> Self {
        let (clock, credentials) = (Clock::default(), Credentials::default());
        let (functions, outbox) = (Functions::default(), Outbox::default());
        let journal = Journal::default();
        let user_pools = UserPools::new(
            setup.settings,
            clock.clone(),
            functions.clone(),
            journal.clone(),
            outbox.clone(),
        );
        let roles = setup.trust.iter().map(|(arn, trust)| Role {
            arn: (*arn).to_owned(),
            trust: TrustPolicy::parse(trust, arn).unwrap(),
            policies: Vec::new(),
        });
        let identity_pools = IdentityPools::new(
            setup.identity_settings,
            clock.clone(),
            PoolTokens(user_pools.clone()),
            credentials.clone(),
            Roles::new(roles),
        );
        create_pool(&user_pools, setup.pool, &setup.client, &setup.clients);
        let cognito = Self {
            clock,
            credentials,
            functions,
            journal,
            outbox,
            user_pools,
            identity_pools,
            pool: POOL.to_owned(),
            client: CLIENT.to_owned(),
            http: reqwest::Client::builder().no_proxy().build().unwrap(),
            server: None,
            calls: None,
        };
        for user in setup.users {
            cognito.add(user);
        }
        cognito
    }
}

impl Default for TestCognito {
    fn default() -> Self {
        Self::new()
    }
}

/// Creates the user pool of the tests with these clients and the shared keys.
fn create_pool(pools: &UserPools, pool: Value, client: &Value, ids: &[&str]) {
    pools.create_pool_with_id(POOL, pool).unwrap();
    for id in ids {
        pools.create_client_with_id(POOL, id, client.clone()).unwrap();
    }
    lend_to_user_pool(pools, POOL);
}
