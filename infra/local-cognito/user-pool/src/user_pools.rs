//! All user pools of one local Cognito: the entry to the API and to the checks of tokens.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::actions;
use super::keys::Keys;
use super::managed_login;
use super::registry::PoolSet;
use super::services::Services;
use super::settings::Settings;
use local_cognito_aws_emulation::clock::Clock;
use local_cognito_aws_emulation::functions::Functions;
use local_cognito_aws_emulation::input::Input;
use local_cognito_aws_emulation::journal::Journal;
use local_cognito_aws_emulation::outbox::Outbox;
use local_cognito_aws_emulation::{ApiError, Caller};

/// All user pools of one local Cognito; cloning shares them.
#[derive(Clone)]
pub struct UserPools {
    services: Arc<Services>,
}

impl UserPools {
    /// Returns an empty set of pools over these functions, journal and outbox.
    #[must_use]
    pub fn new(
        settings: Settings,
        clock: Clock,
        functions: Functions,
        journal: Journal,
        outbox: Outbox,
    ) -> Self {
        let services = Services::new(settings, clock, functions, journal, outbox);
        Self { services: Arc::new(services) }
    }

    /// Runs one API action by its name, such as `SignUp`, with its JSON input.
    ///
    /// # Errors
    /// The error that AWS answers with HTTP 400 (500 for an internal error).
    pub async fn call(
        &self,
        caller: Caller,
        action: &str,
        input: Value,
    ) -> Result<Value, ApiError> {
        actions::call(&self.services, caller, action, input).await
    }

    /// Signs a user in with `Username`, `Password` and perhaps a `Nonce` at the pages of managed
    /// login of the client `ClientId`; returns the tokens in the form of `/oauth2/token`.
    ///
    /// # Errors
    /// The error that the page would show.
    pub async fn managed_login(&self, input: Value) -> Result<Value, ApiError> {
        let (pools, passwords) = (&self.services.pools, &self.services.sign_in.passwords);
        managed_login::sign_in(pools, passwords, &Input::new(input)?).await
    }

    /// Creates a pool like `CreateUserPool`, under an id of the caller's choice.
    ///
    /// # Errors
    /// An input that `CreateUserPool` would refuse, or an id that is taken.
    pub fn create_pool_with_id(&self, id: &str, input: Value) -> Result<Value, ApiError> {
        let Services { pools, clock, settings, .. } = &*self.services;
        actions::create_pool_with_id(pools, clock, settings, id, input)
    }

    /// Creates a client like `CreateUserPoolClient`, under an id of the caller's choice; with
    /// `ClientName` in the input, `UserPoolId` may be left out.
    ///
    /// # Errors
    /// An input that `CreateUserPoolClient` would refuse, an unknown pool, or an id that is taken.
    pub fn create_client_with_id(
        &self,
        pool: &str,
        client: &str,
        input: Value,
    ) -> Result<Value, ApiError> {
        let Services { pools, clock, .. } = &*self.services;
        actions::create_client_with_id(pools, clock, pool, client, input)
    }

    /// Returns the whole state as JSON: pools, clients, users, keys, sessions.
    #[must_use]
    pub fn snapshot(&self) -> Value {
        serde_json::to_value(&*self.services.pools.lock()).unwrap_or_default()
    }

    /// Replaces the whole state by an earlier [`UserPools::snapshot`].
    ///
    /// # Errors
    /// A value that is no snapshot; the state is then as before.
    pub fn restore(&self, snapshot: Value) -> Result<(), serde_json::Error> {
        let restored: PoolSet = serde_json::from_value(snapshot)?;
        *self.services.pools.lock() = restored;
        Ok(())
    }

    /// Returns the issuer that new tokens of `pool` name, if there is such a pool.
    #[must_use]
    pub fn issuer(&self, pool: &str) -> Option<String> {
        self.find_issuer(pool).ok()
    }

    /// Returns every issuer that a token of `pool` may name.
    pub fn issuers(&self, pool: &str) -> [String; 3] {
        self.services.settings.issuers(pool)
    }

    /// Returns the claims of an ID or access token that this pool signed; its times are not checked.
    pub fn token_claims(&self, pool: &str, token: &str) -> Option<Map<String, Value>> {
        self.services.token_check.verified_claims(pool, token)
    }

    /// True if the sign-in behind verified claims is not revoked and its user is enabled.
    pub fn is_signed_in(&self, pool: &str, claims: &Map<String, Value>) -> bool {
        self.services.token_check.is_signed_in(pool, claims)
    }

    /// Returns the issuer that new tokens of `pool` name.
    pub(super) fn find_issuer(&self, pool: &str) -> Result<String, ApiError> {
        Ok(self.services.pools.lock().pool(pool)?.issuer(&self.services.settings))
    }

    /// Returns the address of the key set of `pool`, which is here whatever the tokens name.
    pub(super) fn key_set_address(&self, pool: &str) -> String {
        format!("{}/{pool}/.well-known/jwks.json", self.services.settings.issuer_base)
    }

    /// Returns the signing keys of `pool`, generated on first use.
    pub(super) async fn keys(&self, pool: &str) -> Result<Keys, ApiError> {
        self.services.keys.keys(pool).await
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::UserPools;
    use crate::actions::{SERVED, SERVICE};
    use crate::settings::Settings;
    use crate::unserved;
    use local_cognito_aws_emulation::Caller;
    use local_cognito_aws_emulation::clock::Clock;
    use local_cognito_aws_emulation::functions::Functions;
    use local_cognito_aws_emulation::inputs::samples::{enum_values, sample_input};
    use local_cognito_aws_emulation::journal::Journal;
    use local_cognito_aws_emulation::operations::{self, Access};
    use local_cognito_aws_emulation::outbox::Outbox;

    /// An input that no constraint refuses, with a challenge that is served.
    fn input(action: &str) -> Value {
        let mut input = sample_input(action);
        if input.get("ChallengeName").is_some() {
            input["ChallengeName"] = json!("CUSTOM_CHALLENGE");
        }
        input
    }

    fn pools() -> UserPools {
        let (settings, functions) = (Settings::default(), Functions::default());
        let (journal, outbox) = (Journal::default(), Outbox::default());
        UserPools::new(settings, Clock::default(), functions, journal, outbox)
    }

    #[tokio::test]
    async fn every_served_action_reaches_its_handler() {
        for action in SERVED {
            let outcome = pools().call(Caller::Signed, action, input(action)).await;
            if let Err(error) = outcome {
                let kind = error.kind.as_str();
                let is_own = !["NotImplementedException", "UnknownOperationException"]
                    .contains(&kind)
                    && !["InternalErrorException", "SerializationException"].contains(&kind)
                    && !error.message.contains("validation error");
                assert!(is_own, "{action}: {error}");
            }
        }
    }

    /// Inputs with the optional members of a request, nulls among them.
    fn optional_members() -> Vec<(&'static str, Value)> {
        let pairs = json!([{"Name": "email", "Value": "a@b.example"}, {"Name": "name"}]);
        let metadata = json!({"a": "1", "b": null});
        let client = json!({"ClientMetadata": metadata, "SecretHash": "hash"});
        let page = json!({"Limit": 0, "NextToken": "token"});
        vec![
            ("AdminConfirmSignUp", json!({"ClientMetadata": metadata})),
            (
                "AdminCreateUser",
                json!({
                    "UserAttributes": pairs, "ValidationData": pairs, "ClientMetadata": metadata,
                    "TemporaryPassword": "Passw0rd!", "ForceAliasCreation": true,
                    "MessageAction": "RESEND", "DesiredDeliveryMediums": ["SMS", "EMAIL"],
                }),
            ),
            ("AdminInitiateAuth", json!({"AuthParameters": metadata, "ClientMetadata": metadata})),
            ("AdminListGroupsForUser", page.clone()),
            ("AdminSetUserPassword", json!({"Permanent": null})),
            ("ChangePassword", json!({"PreviousPassword": "Passw0rd!"})),
            ("ConfirmForgotPassword", client.clone()),
            ("ConfirmSignUp", json!({"ForceAliasCreation": false, "SecretHash": null})),
            ("CreateGroup", json!({"Description": "d", "RoleArn": null, "Precedence": 1})),
            ("CreateUserPool", json!({"Schema": [{"Name": "a"}], "AliasAttributes": ["email"]})),
            ("CreateUserPoolClient", json!({"GenerateSecret": true, "IdTokenValidity": 1})),
            ("ForgotPassword", client.clone()),
            ("GetTokensFromRefreshToken", json!({"ClientSecret": "123456789012345678901234"})),
            ("GetUserAttributeVerificationCode", json!({"ClientMetadata": metadata})),
            ("InitiateAuth", json!({"AuthParameters": metadata, "ClientMetadata": null})),
            ("ListGroups", page.clone()),
            ("ListUserPoolClients", json!({"MaxResults": 1, "NextToken": "token"})),
            ("ListUserPools", json!({"NextToken": "token"})),
            (
                "ListUsers",
                json!({
                    "AttributesToGet": ["email"], "Filter": "", "PaginationToken": "token",
                    "Limit": 1,
                }),
            ),
            ("ListUsersInGroup", page),
            ("ResendConfirmationCode", client),
            (
                "RespondToAuthChallenge",
                json!({"ChallengeResponses": metadata, "Session": "12345678901234567890"}),
            ),
            ("RevokeToken", json!({"ClientSecret": "123456789012345678901234"})),
            ("SetUserPoolMfaConfig", json!({"MfaConfiguration": "OFF"})),
            (
                "SignUp",
                json!({
                    "Password": "Passw0rd!", "UserAttributes": pairs, "ValidationData": pairs,
                    "SecretHash": "hash", "ClientMetadata": metadata,
                }),
            ),
            ("UpdateUserAttributes", json!({"ClientMetadata": metadata})),
            ("UpdateUserPool", json!({"PoolName": "name", "MfaConfiguration": "OFF"})),
        ]
    }

    #[tokio::test]
    async fn request_with_optional_members_reaches_its_handler() {
        for (action, members) in optional_members() {
            let mut input = input(action);
            input.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
            let outcome = pools().call(Caller::Signed, action, input).await;
            if let Err(error) = outcome {
                let is_own = !["InternalErrorException", "SerializationException"]
                    .contains(&error.kind.as_str())
                    && !error.message.contains("validation error");
                assert!(is_own, "{action}: {error}");
            }
        }
    }

    #[tokio::test]
    async fn every_action_of_the_model_has_one_class_of_access() {
        for operation in operations::all().iter().filter(|known| known.service == SERVICE) {
            let action = operation.name;
            let (is_served, pools) = (SERVED.contains(&action), pools());
            for caller in [Caller::Public, Caller::Holder, Caller::Signed] {
                let input = if is_served { input(action) } else { json!({}) };
                let outcome = pools.call(caller, action, input).await;
                let kind = outcome.as_ref().err().map_or("done", |error| error.kind.as_str());
                let refused = match (is_served, operation.access, caller) {
                    (false, _, _) => Some("NotImplementedException"),
                    (true, Access::Signed, Caller::Public) => {
                        Some("MissingAuthenticationTokenException")
                    }
                    (true, Access::Signed, Caller::Holder) => Some("AccessDeniedException"),
                    (true, _, _) => None,
                };
                match refused {
                    Some(refused) => assert_eq!(kind, refused, "{action} for {caller:?}"),
                    None => assert!(
                        !["NotImplementedException", "MissingAuthenticationTokenException"]
                            .contains(&kind),
                        "{action} for {caller:?}"
                    ),
                }
            }
        }
    }

    #[test]
    fn every_unserved_value_is_a_value_of_the_model() {
        let known = enum_values();
        for (member, value) in unserved::VALUES {
            assert!(known.contains(&(member.to_owned(), value.to_owned())), "{member} {value}");
        }
        assert!(unserved::VALUES.is_sorted());
        let flows: Vec<&str> = known
            .iter()
            .filter(|(member, _)| member == "AuthFlow")
            .map(|(_, value)| value.as_str())
            .filter(|value| !unserved::VALUES.contains(&("AuthFlow", value)))
            .collect();
        // As many as the flows that sign-in dispatches on, two names of refreshing among them.
        assert_eq!(flows.len(), 7, "{flows:?}");
    }
}
