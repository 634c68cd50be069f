//! A host with two people before it: Ada and Bob, each with credentials of the template's role.

use std::collections::BTreeMap;

use aws_sdk_s3::Client;
use aws_sdk_s3::config::{BehaviorVersion, Credentials as Keys, Region};
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use local_cognito::credentials::{Holder, Session};
use local_cognito::{LocalCognito, StartOptions};

pub(crate) const REGION: &str = "eu-west-1";
pub(crate) const BUCKET: &str = "lifeguard-files";
/// The table whose rows belong to identities.
pub(crate) const NOTES: &str = "lifeguard-notes";
pub(crate) const ADA: &str = "eu-west-1:ada";
pub(crate) const BOB: &str = "eu-west-1:bob";
const POOL: &str = "eu-west-1:pool";
const ROLE: &str = "arn:aws:iam::000000000000:role/lifeguard-authenticated-role";
/// How long their credentials live, in seconds.
pub(crate) const LIFE: u64 = 3600;

pub(crate) struct Stage(pub(crate) LocalCognito);

impl Stage {
    /// A host whose credentials were handed out without the identity pool.
    pub(crate) async fn start() -> Self {
        Self::with(&StartOptions::default()).await
    }

    pub(crate) async fn with(options: &StartOptions) -> Self {
        let host = local_cognito::start(options).await.unwrap();
        for identity in [ADA, BOB] {
            host.credentials().put(session(identity, host.clock().now() + LIFE));
        }
        Self(host)
    }

    /// The SDK's client with these keys.
    pub(crate) fn s3(&self, keys: Keys) -> Client {
        self.s3_in(keys, REGION)
    }

    pub(crate) fn s3_in(&self, keys: Keys, region: &'static str) -> Client {
        let tls = Provider::Rustls(CryptoMode::Ring);
        let config = aws_sdk_s3::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::from_static(region))
            .endpoint_url(self.0.s3_url())
            .force_path_style(true)
            .retry_config(aws_sdk_s3::config::retry::RetryConfig::disabled())
            .http_client(aws_smithy_http_client::Builder::new().tls_provider(tls).build_https())
            .credentials_provider(keys);
        Client::from_conf(config.build())
    }
}

impl Stage {
    /// The SDK's client of DynamoDB with these keys.
    pub(crate) fn dynamo(&self, keys: Keys) -> aws_sdk_dynamodb::Client {
        let tls = Provider::Rustls(CryptoMode::Ring);
        let config = aws_sdk_dynamodb::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::from_static(REGION))
            .endpoint_url(self.0.url())
            .retry_config(aws_sdk_s3::config::retry::RetryConfig::disabled())
            .http_client(aws_smithy_http_client::Builder::new().tls_provider(tls).build_https())
            .credentials_provider(keys);
        aws_sdk_dynamodb::Client::from_conf(config.build())
    }
}

/// The keys of somebody's credentials, all parts right.
pub(crate) fn keys(identity: &str) -> Keys {
    let Session { access_key_id, secret_key, session_token, .. } = session(identity, 0);
    Keys::new(access_key_id, secret_key, Some(session_token), None, "test")
}

/// The keys of whoever may do everything.
pub(crate) fn administrator() -> Keys {
    Keys::new("local", "local", None, None, "test")
}

fn session(identity: &str, expires: u64) -> Session {
    let name = identity.split(':').nth(1).unwrap();
    Session {
        access_key_id: format!("ASIA{name}"),
        secret_key: format!("secret of {name}"),
        session_token: format!("token of {name}"),
        expires,
        holder: Holder {
            role: ROLE.to_owned(),
            identity_pool: POOL.to_owned(),
            identity: identity.to_owned(),
            amr: vec!["authenticated".to_owned()],
            tags: BTreeMap::new(),
        },
    }
}
