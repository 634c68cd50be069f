//! Settings of the pools of a test, which it changes before they are made.

use local_cognito::{identity_pool, user_pool};
use serde_json::{Value, json};

use crate::fixtures::{
    CLIENT, COGNITO, DEVELOPER_PROVIDER, GOOGLE, GOOGLE_CLIENT, GUEST_ROLE, IDENTITY_POOL,
    OTHER_ROLE, ROLE, USERS,
};
use crate::input::arn;

/// Settings of the user pool and the identity pool of a test.
pub struct Setup {
    /// Input of `CreateUserPool`.
    pub pool: Value,
    /// Input of `CreateUserPoolClient`.
    pub client: Value,
    /// Ids of the app clients with this input.
    pub clients: Vec<&'static str>,
    /// Settings of all user pools.
    pub settings: user_pool::Settings,
    /// Addresses of confirmed users with the common password.
    pub users: Vec<&'static str>,
    /// Input of `CreateIdentityPool`.
    pub identity_pool: Value,
    /// Settings of all identity pools.
    pub identity_settings: identity_pool::Settings,
    /// Input of `SetIdentityPoolRoles`.
    pub roles: Value,
    /// Trust policies by role.
    pub trust: Vec<(&'static str, Value)>,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            pool: json!({
                "PoolName": "test",
                "UsernameAttributes": ["email"],
                "AutoVerifiedAttributes": ["email"],
            }),
            client: json!({
                "ClientName": "test",
                "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
            }),
            clients: vec![CLIENT],
            settings: user_pool::Settings::default(),
            users: Vec::new(),
            identity_pool: json!({
                "IdentityPoolName": "test",
                "AllowUnauthenticatedIdentities": true,
                "AllowClassicFlow": true,
                "DeveloperProviderName": DEVELOPER_PROVIDER,
                "SupportedLoginProviders": {GOOGLE: GOOGLE_CLIENT},
                "CognitoIdentityProviders": [
                    {"ProviderName": USERS, "ClientId": CLIENT, "ServerSideTokenCheck": true},
                ],
            }),
            identity_settings: identity_pool::Settings::default(),
            roles: json!({"Roles": {"authenticated": ROLE, "unauthenticated": GUEST_ROLE}}),
            trust: vec![
                (ROLE, trust(&["authenticated"], &["sts:TagSession"])),
                (GUEST_ROLE, trust(&["unauthenticated"], &[])),
                (OTHER_ROLE, trust(&["authenticated"], &[])),
            ],
        }
    }
}

impl Setup {
    /// Changes settings of the client.
    #[track_caller]
    pub fn change_client(&mut self, changes: &Value) {
        let client = self.client.as_object_mut().unwrap();
        client.extend(changes.as_object().unwrap().clone());
    }

    /// Allows a further flow to the client.
    #[track_caller]
    pub fn allow(&mut self, flow: &str) {
        self.client["ExplicitAuthFlows"].as_array_mut().unwrap().push(json!(flow));
    }

    /// Names a function as a trigger of the user pool.
    pub fn trigger(&mut self, trigger: &str, function: &str) {
        self.pool["LambdaConfig"][trigger] = json!(arn(function));
    }

    /// Leaves a trigger out.
    #[track_caller]
    pub fn no_trigger(&mut self, trigger: &str) {
        self.pool["LambdaConfig"].as_object_mut().unwrap().remove(trigger);
    }

    /// Hides from the client if a user exists.
    pub fn hide_existence(&mut self) {
        self.client["PreventUserExistenceErrors"] = json!("ENABLED");
    }

    /// Lets users choose their names, with addresses as aliases.
    #[track_caller]
    pub fn aliases(&mut self) {
        let pool = self.pool.as_object_mut().unwrap();
        pool.remove("UsernameAttributes");
        pool.insert("AliasAttributes".to_owned(), json!(["email"]));
    }
}

/// Returns a trust policy for these methods that allows these actions beside the usual one.
#[must_use]
pub fn trust(amr: &[&str], actions: &[&str]) -> Value {
    let all = [&["sts:AssumeRoleWithWebIdentity"], actions].concat();
    json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow",
            "Principal": {"Federated": COGNITO},
            "Action": all,
            "Condition": {
                "StringEquals": {"cognito-identity.amazonaws.com:aud": IDENTITY_POOL},
                "ForAnyValue:StringLike": {"cognito-identity.amazonaws.com:amr": amr},
            },
        }],
    })
}
