//! The API's actions, by the noun they are about.

mod account;
mod admin;
mod clients;
mod confirmation;
mod custom;
mod first_factor;
mod group;
mod group_members;
mod listing;
mod managed_login;
mod mfa_config;
mod migration;
mod name;
mod new_password;
mod password;
mod pools;
mod proof;
mod refresh;
mod reset;
mod respond;
mod sign_in;
mod sign_up;
mod unserved;

use serde_json::Value;

use super::{Caller, Host};
use crate::aws_api::input::Input;
use crate::aws_api::operations::{self, Access};
use crate::aws_api::{ApiError, inputs};

/// Name of the service in signatures and in the API model.
pub(crate) const SERVICE: &str = "cognito-idp";

/// Actions that are served; the API model says which of them need a signature.
pub(crate) const SERVED: [&str; 52] = [
    "AdminAddUserToGroup",
    "AdminConfirmSignUp",
    "AdminCreateUser",
    "AdminDeleteUser",
    "AdminDeleteUserAttributes",
    "AdminDisableUser",
    "AdminEnableUser",
    "AdminGetUser",
    "AdminInitiateAuth",
    "AdminListGroupsForUser",
    "AdminRemoveUserFromGroup",
    "AdminResetUserPassword",
    "AdminRespondToAuthChallenge",
    "AdminSetUserPassword",
    "AdminUpdateUserAttributes",
    "AdminUserGlobalSignOut",
    "ChangePassword",
    "ConfirmForgotPassword",
    "ConfirmSignUp",
    "CreateGroup",
    "CreateUserPool",
    "CreateUserPoolClient",
    "DeleteGroup",
    "DeleteUser",
    "DeleteUserAttributes",
    "DeleteUserPool",
    "DeleteUserPoolClient",
    "DescribeUserPool",
    "DescribeUserPoolClient",
    "ForgotPassword",
    "GetGroup",
    "GetTokensFromRefreshToken",
    "GetUser",
    "GetUserAttributeVerificationCode",
    "GetUserPoolMfaConfig",
    "GlobalSignOut",
    "InitiateAuth",
    "ListGroups",
    "ListUserPoolClients",
    "ListUserPools",
    "ListUsers",
    "ListUsersInGroup",
    "ResendConfirmationCode",
    "RespondToAuthChallenge",
    "RevokeToken",
    "SetUserPoolMfaConfig",
    "SignUp",
    "UpdateGroup",
    "UpdateUserAttributes",
    "UpdateUserPool",
    "UpdateUserPoolClient",
    "VerifyUserAttribute",
];

impl Host {
    /// Answers an action: an unserved one alike to every caller, then the signature, then the
    /// constraints on the input, as AWS does.
    pub(super) async fn call(
        &self,
        caller: Caller,
        action: &str,
        input: Value,
    ) -> Result<Value, ApiError> {
        match operations::find(SERVICE, action).map(|operation| operation.access) {
            Some(Access::Public) if SERVED.contains(&action) => {}
            Some(Access::Signed) if SERVED.contains(&action) => caller.demand_signature()?,
            _ => return Err(operations::not_served(SERVICE, action)),
        }
        let input = Input::of(input)?;
        inputs::check(action, &input, &unserved::VALUES)?;
        self.dispatch(action, &input).await
    }

    async fn dispatch(&self, action: &str, input: &Input) -> Result<Value, ApiError> {
        match action {
            "AdminConfirmSignUp" => self.admin_confirm_sign_up(input).await,
            "AdminCreateUser" => self.admin_create_user(input).await,
            "AdminInitiateAuth" => self.initiate_auth_as_admin(input).await,
            "AdminResetUserPassword" => self.admin_reset_password(input).await,
            "AdminRespondToAuthChallenge" => self.respond_as_admin(input).await,
            "AdminUpdateUserAttributes" => self.admin_update_attributes(input).await,
            "ConfirmForgotPassword" => self.confirm_forgot_password(input).await,
            "ConfirmSignUp" => self.confirm_sign_up(input).await,
            "ForgotPassword" => self.forgot_password(input).await,
            "GetTokensFromRefreshToken" => self.tokens_from_refresh_token(input).await,
            "GetUserAttributeVerificationCode" => self.attribute_code(input).await,
            "InitiateAuth" => self.initiate_auth(input).await,
            "ResendConfirmationCode" => self.resend_code(input).await,
            "RespondToAuthChallenge" => self.respond(input).await,
            "SignUp" => self.sign_up(input).await,
            "UpdateUserAttributes" => self.update_attributes(input).await,
            other => self.dispatch_without_trigger(other, input),
        }
    }

    /// Actions that invoke no trigger.
    fn dispatch_without_trigger(&self, action: &str, input: &Input) -> Result<Value, ApiError> {
        match action {
            "AdminAddUserToGroup" => self.add_to_group(input),
            "AdminDeleteUser" => self.admin_delete_user(input),
            "AdminDeleteUserAttributes" => self.admin_delete_attributes(input),
            "AdminDisableUser" => self.admin_disable_user(input),
            "AdminEnableUser" => self.admin_enable_user(input),
            "AdminGetUser" => self.admin_get_user(input),
            "AdminListGroupsForUser" => self.list_groups_of_user(input),
            "AdminRemoveUserFromGroup" => self.remove_from_group(input),
            "AdminSetUserPassword" => self.admin_set_password(input),
            "AdminUserGlobalSignOut" => self.admin_sign_out(input),
            "ChangePassword" => self.change_password(input),
            "CreateGroup" => self.create_group(input),
            "CreateUserPool" => self.create_pool(input),
            "CreateUserPoolClient" => self.create_client(input),
            "DeleteGroup" => self.delete_group(input),
            "DeleteUser" => self.delete_user(input),
            "DeleteUserAttributes" => self.delete_attributes(input),
            "DeleteUserPool" => self.delete_pool(input),
            "DeleteUserPoolClient" => self.delete_client(input),
            "DescribeUserPool" => self.describe_pool(input),
            "DescribeUserPoolClient" => self.describe_client(input),
            "GetGroup" => self.get_group(input),
            "GetUser" => self.get_user(input),
            "GetUserPoolMfaConfig" => self.mfa_config(input),
            "GlobalSignOut" => self.global_sign_out(input),
            "ListGroups" => self.list_groups(input),
            "ListUserPoolClients" => self.list_clients(input),
            "ListUserPools" => self.list_pools(input),
            "ListUsers" => self.list_users(input),
            "ListUsersInGroup" => self.list_users_in_group(input),
            "RevokeToken" => self.revoke_token(input),
            "SetUserPoolMfaConfig" => self.set_mfa_config(input),
            "UpdateGroup" => self.update_group(input),
            "UpdateUserPool" => self.update_pool(input),
            "UpdateUserPoolClient" => self.update_client(input),
            "VerifyUserAttribute" => self.verify_attribute(input),
            other => Err(operations::not_served(SERVICE, other)),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{SERVED, SERVICE, unserved};
    use crate::aws_api::inputs::samples::{enum_values, sample_input};
    use crate::aws_api::operations::{self, Access};
    use crate::clock::Clock;
    use crate::functions::Functions;
    use crate::journal::Journal;
    use crate::outbox::Outbox;
    use crate::user_pool::{Caller, Settings, UserPools};

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
                    && kind != "InternalErrorException"
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
