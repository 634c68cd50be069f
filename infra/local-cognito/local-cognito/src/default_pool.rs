//! Content of a new local Cognito: one pool, its clients, one group, and the functions' settings.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::secrets;
use local_cognito_aws_emulation::origins::Origin;
use local_cognito_identity_pool::{SOCIAL_CLIENT, SOCIAL_PROVIDER};
use local_cognito_openid::issuer;
use local_cognito_sam_template::{ACCOUNT, DeployedFunction, Deployment, PARTITION, Template};
use local_cognito_user_pool::{ApiError, Caller, IssuerForm, UserPools};

/// The client with one round: its first challenge is already the real one.
pub const WEB_CLIENT: &str = "1webclient0000000000000000";
/// The client with a link as its first challenge, which works only in the session that asked for it.
pub const LINK_CLIENT: &str = "1linkclient000000000000000";
/// The client that names its method in a first round, and takes links in any browser.
pub const PASSWORDLESS_CLIENT: &str = "1passwordless0000000000000";
/// The client that may send passwords of the own directory.
pub const DIRECTORY_CLIENT: &str = "1directoryclient00000000000";
/// The developer provider's name in the identity pool.
pub const DEVELOPER_PROVIDER: &str = "lifeguard";
/// The group of every confirmed user.
pub const GROUP: &str = "members";
/// The secret from which codes are derived.
pub const CODE_KEY_SECRET: &str = "lifeguard/code-key";
/// The domain that mails come from.
const MAIL_DOMAIN: &str = "lifeguard.example";

/// Facts of a local Cognito that the settings of its functions depend on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Setup<'a> {
    /// The address where functions reach it.
    pub(crate) url: &'a str,
    pub(crate) region: &'a str,
    /// Form of the issuer of the user pool's tokens.
    pub(crate) issuer_form: IssuerForm,
}

/// The id of the pool in a region.
#[must_use]
pub fn pool_id(region: &str) -> String {
    format!("{region}_Lifeguard")
}

/// The id of the identity pool in a region.
#[must_use]
pub fn identity_pool_id(region: &str) -> String {
    format!("{region}:11111111-2222-4333-8444-555555555555")
}

/// The name that identity pools have for the user pool in a region.
#[must_use]
pub fn user_pool_provider(region: &str) -> String {
    format!("cognito-idp.{region}.amazonaws.com/{}", pool_id(region))
}

/// Returns what the local Cognito gives the template: the origins of its own page and of those that
/// `origins` names, its sender, and the ids of what it names by itself.
pub(crate) fn deployment(url: &str, origins: &[Origin], region: &str) -> Deployment {
    let web_origins: Vec<&str> =
        std::iter::once(url).chain(origins.iter().map(Origin::as_str)).collect();
    let ids = [
        ("UserPool", pool_id(region)),
        ("WebClient", WEB_CLIENT.to_owned()),
        ("IdentityPool", identity_pool_id(region)),
        ("CodeKey", secrets::arn(region, CODE_KEY_SECRET)),
    ];
    let parameters = [
        ("WebOrigins", json!(web_origins)),
        ("MailFrom", json!(format!("no-reply@{MAIL_DOMAIN}"))),
        ("MailIdentity", json!(MAIL_DOMAIN)),
        ("DiscardPassword", json!("yes")),
    ];
    Deployment {
        region: region.to_owned(),
        parameters: parameters.map(|(name, value)| (name.to_owned(), value)).into(),
        ids: ids.map(|(logical_id, id)| (logical_id.to_owned(), id)).into(),
    }
}

/// Creates the pool with the triggers of the template, its clients and its group.
pub(crate) async fn create(
    pools: &UserPools,
    template: &Template,
    region: &str,
) -> Result<(), ApiError> {
    let pool = pool_id(region);
    let triggers: serde_json::Map<String, Value> = template
        .triggers
        .iter()
        .map(|trigger| {
            let function = &trigger.function;
            let arn = format!("arn:{PARTITION}:lambda:{region}:{ACCOUNT}:function:{function}");
            (trigger.name.clone(), arn.into())
        })
        .collect();
    pools.create_pool_with_id(
        &pool,
        json!({
            "PoolName": "lifeguard",
            "UsernameAttributes": ["email"],
            "UsernameConfiguration": {"CaseSensitive": false},
            "AutoVerifiedAttributes": ["email"],
            "LambdaConfig": triggers,
        }),
    )?;
    for (id, name, flows) in [
        (
            WEB_CLIENT,
            "web",
            &["ALLOW_CUSTOM_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"][..],
        ),
        (LINK_CLIENT, "link", &["ALLOW_CUSTOM_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"][..]),
        (
            PASSWORDLESS_CLIENT,
            "passwordless",
            &["ALLOW_CUSTOM_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"][..],
        ),
    ] {
        pools.create_client_with_id(
            &pool,
            id,
            json!({
                "UserPoolId": pool,
                "ClientName": name,
                "ExplicitAuthFlows": flows,
                "PreventUserExistenceErrors": "ENABLED",
                "AuthSessionValidity": 10,
            }),
        )?;
    }
    let group = json!({"UserPoolId": pool, "GroupName": GROUP});
    pools.call(Caller::Signed, "CreateGroup", group).await?;
    Ok(())
}

/// Returns the environment of a function beside what Lambda gives it: what the template says, the
/// settings document, and where the services are.
pub(crate) fn environment(function: &DeployedFunction, setup: &Setup<'_>) -> Vec<(String, String)> {
    let common =
        [("AWS_ENDPOINT_URL", setup.url.to_owned()), ("POLICY", policy(setup).to_string())];
    let common = common.into_iter().map(|(name, value)| (name.to_owned(), value));
    common.chain(function.environment.iter().cloned()).collect()
}

/// Returns the variables that functions behind an endpoint of their own need, all together.
pub(crate) fn every_variable(
    functions: &[DeployedFunction],
    setup: &Setup<'_>,
) -> BTreeMap<String, String> {
    let credentials = [
        ("AWS_REGION", setup.region),
        ("AWS_ACCESS_KEY_ID", "local"),
        ("AWS_SECRET_ACCESS_KEY", "local"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()));
    let own = functions.iter().flat_map(|function| environment(function, setup));
    own.chain(credentials).collect()
}

/// A code key as the secret holds it: key versions, each in base64.
pub(crate) fn code_key(bytes: [u8; 32]) -> String {
    json!({"1": STANDARD.encode(bytes)}).to_string()
}

/// The settings document of the functions; clients reach the local Cognito by the name `localhost`.
fn policy(setup: &Setup<'_>) -> Value {
    let &Setup { url, region, issuer_form } = setup;
    let public_url = url.replace("127.0.0.1", "localhost");
    let page = format!("{public_url}/");
    json!({
        "pool": pool_id(region),
        "key_version": 1,
        "clients": {
            WEB_CLIENT: {"methods": ["EMAIL_OTP"], "default_method": "EMAIL_OTP"},
            LINK_CLIENT: {
                "methods": ["MAGIC_LINK"],
                "default_method": "MAGIC_LINK",
                "redirects": [page],
                "default_redirect": page,
            },
            PASSWORDLESS_CLIENT: {
                "name": "passwordless",
                "methods": ["EMAIL_OTP", "MAGIC_LINK"],
                "link_binding": "any_browser",
                "redirects": [page],
                "default_redirect": page,
            },
        },
        "sign_up": {"confirmation": "by_code", "discard_password": true},
        "profile": {"default_group": GROUP},
        "identity": {
            "identity_pool": identity_pool_id(region),
            "provider": DEVELOPER_PROVIDER,
            "directory": "built_in",
            "first_party": [DIRECTORY_CLIENT],
            "tags": {"source": "directory"},
            "issuers": [{
                "iss": issuer::name(&public_url),
                "jwks": format!("{url}{}", issuer::KEY_SET),
                "audience": issuer::AUDIENCE,
                "algorithm": issuer::ALGORITHM,
                "typ": "JWT",
                "tags": {"tenant": "tenant"},
            }],
            "links": [
                {
                    "provider": SOCIAL_PROVIDER,
                    "iss": format!("{public_url}/social"),
                    "jwks": format!("{url}/social/.well-known/jwks.json"),
                    "audiences": [SOCIAL_CLIENT],
                },
                {
                    "provider": user_pool_provider(region),
                    "iss": issuer_form.issuer(&public_url, region, &pool_id(region)),
                    "jwks": format!("{url}/{}/.well-known/jwks.json", pool_id(region)),
                    "audiences": [WEB_CLIENT, LINK_CLIENT, PASSWORDLESS_CLIENT],
                },
            ],
        },
    })
}

#[cfg(test)]
mod tests {
    use super::{Setup, environment, every_variable, policy};
    use local_cognito_dynamodb::{ACCOUNTS, CHALLENGES, PROFILES};
    use local_cognito_sam_template::{self as template, Template};
    use local_cognito_user_pool::IssuerForm;

    fn setup(issuer_form: IssuerForm) -> Setup<'static> {
        Setup { url: "http://127.0.0.1:1", region: "eu-west-1", issuer_form }
    }

    fn own() -> Template {
        let deployment = super::deployment("http://127.0.0.1:1", &[], "eu-west-1");
        Template::parse(template::OWN, &deployment).unwrap()
    }

    #[track_caller]
    fn check(function: &str, expected: &[&str]) {
        let template = own();
        let function = template.functions.iter().find(|deployed| deployed.name == function);
        let function = function.unwrap();
        let names: Vec<String> = environment(function, &setup(IssuerForm::Local))
            .into_iter()
            .map(|(name, _)| name)
            .collect();
        assert_eq!(names, expected, "{}", function.name);
    }

    #[test]
    fn a_function_gets_only_the_settings_it_needs() {
        let common = ["AWS_ENDPOINT_URL", "POLICY"];
        let with = |own: &[&'static str]| [&common[..], own].concat();
        check("define-auth-challenge", &common);
        check("pre-sign-up", &common);
        check("create-auth-challenge", &with(&["CHALLENGES_TABLE"]));
        check("verify-auth-challenge", &with(&["CHALLENGES_TABLE", "CODE_KEY_SECRET"]));
        check("post-confirmation", &with(&["PROFILES_TABLE"]));
        let accounts = ["ACCOUNTS_TABLE", "CHALLENGES_TABLE", "CODE_KEY_SECRET"];
        check("developer-identity", &with(&accounts));
        let tables = ["ACCOUNTS_TABLE", "CHALLENGES_TABLE", "PROFILES_TABLE"];
        check("operator", &with(&tables));
    }

    #[test]
    fn functions_of_an_endpoint_get_the_settings_of_all() {
        let variables = every_variable(&own().functions, &setup(IssuerForm::Local));
        let expected = [
            ("ACCOUNTS_TABLE", ACCOUNTS),
            ("CHALLENGES_TABLE", CHALLENGES),
            ("PROFILES_TABLE", PROFILES),
            ("MAIL_FROM", "no-reply@lifeguard.example"),
            ("AWS_REGION", "eu-west-1"),
        ];
        for (name, value) in expected {
            assert_eq!(variables.get(name).map(String::as_str), Some(value), "{name}");
        }
    }

    #[test]
    fn functions_are_told_the_issuer_and_local_keys_of_the_pool() {
        for (form, expected) in [
            (IssuerForm::Local, "http://localhost:1"),
            (IssuerForm::Original, "https://cognito-idp.eu-west-1.amazonaws.com"),
            (IssuerForm::Updated, "https://issuer-cognito-idp.eu-west-1.amazonaws.com"),
        ] {
            let policy = policy(&setup(form));
            let user_pool = &policy["identity"]["links"][1];
            assert_eq!(user_pool["iss"], format!("{expected}/eu-west-1_Lifeguard"));
            let keys = "http://127.0.0.1:1/eu-west-1_Lifeguard/.well-known/jwks.json";
            assert_eq!(user_pool["jwks"], keys, "{form:?}");
        }
    }
}
