//! The API's actions, by the noun they are about.

mod account;
mod admin;
mod clients;
mod confirmation;
mod custom;
mod first_factor;
mod group;
mod listing;
mod managed_login;
mod migration;
mod name;
mod password;
mod pools;
mod proof;
mod refresh;
mod respond;
mod sign_in;
mod sign_up;

use serde_json::Value;

use super::{Caller, Host};
use crate::aws_api::ApiError;
use crate::aws_api::input::Input;

/// Actions that an app may call without a signature.
const PUBLIC: [&str; 17] = [
    "ChangePassword",
    "ConfirmForgotPassword",
    "ConfirmSignUp",
    "DeleteUser",
    "DeleteUserAttributes",
    "ForgotPassword",
    "GetTokensFromRefreshToken",
    "GetUser",
    "GetUserAttributeVerificationCode",
    "GlobalSignOut",
    "InitiateAuth",
    "ResendConfirmationCode",
    "RespondToAuthChallenge",
    "RevokeToken",
    "SignUp",
    "UpdateUserAttributes",
    "VerifyUserAttribute",
];

impl Host {
    pub(super) async fn call(
        &self,
        caller: Caller,
        action: &str,
        input: Value,
    ) -> Result<Value, ApiError> {
        let input = Input::of(input)?;
        if PUBLIC.contains(&action) {
            return self.call_public(action, &input).await;
        }
        caller.demand_signature()?;
        match action {
            "AdminConfirmSignUp" => self.admin_confirm_sign_up(&input).await,
            "AdminCreateUser" => self.admin_create_user(&input).await,
            "AdminInitiateAuth" => self.initiate_auth_as_admin(&input).await,
            "AdminRespondToAuthChallenge" => self.respond_as_admin(&input).await,
            "AdminUpdateUserAttributes" => self.admin_update_attributes(&input).await,
            other => self.manage(other, &input),
        }
    }

    async fn call_public(&self, action: &str, input: &Input) -> Result<Value, ApiError> {
        match action {
            "ChangePassword" => self.change_password(input),
            "ConfirmForgotPassword" => self.confirm_forgot_password(input).await,
            "ConfirmSignUp" => self.confirm_sign_up(input).await,
            "DeleteUser" => self.delete_user(input),
            "DeleteUserAttributes" => self.delete_attributes(input),
            "ForgotPassword" => self.forgot_password(input).await,
            "GetTokensFromRefreshToken" => self.tokens_from_refresh_token(input).await,
            "GetUser" => self.get_user(input),
            "GetUserAttributeVerificationCode" => self.attribute_code(input).await,
            "GlobalSignOut" => self.global_sign_out(input),
            "InitiateAuth" => self.initiate_auth(input).await,
            "ResendConfirmationCode" => self.resend_code(input).await,
            "RespondToAuthChallenge" => self.respond(input).await,
            "RevokeToken" => self.revoke_token(input),
            "SignUp" => self.sign_up(input).await,
            "UpdateUserAttributes" => self.update_attributes(input).await,
            "VerifyUserAttribute" => self.verify_attribute(input),
            other => Err(ApiError::unknown_operation(other)),
        }
    }

    /// The actions that fire no trigger.
    fn manage(&self, action: &str, input: &Input) -> Result<Value, ApiError> {
        match action {
            "AdminAddUserToGroup" => self.add_to_group(input),
            "AdminDeleteUser" => self.admin_delete_user(input),
            "AdminDisableUser" => self.admin_disable_user(input),
            "AdminEnableUser" => self.admin_enable_user(input),
            "AdminGetUser" => self.admin_get_user(input),
            "AdminListGroupsForUser" => self.list_groups_of_user(input),
            "AdminRemoveUserFromGroup" => self.remove_from_group(input),
            "AdminSetUserPassword" => self.admin_set_password(input),
            "AdminUserGlobalSignOut" => self.admin_sign_out(input),
            "CreateGroup" => self.create_group(input),
            "CreateUserPool" => self.create_pool(input),
            "CreateUserPoolClient" => self.create_client(input),
            "DescribeUserPool" => self.describe_pool(input),
            "DescribeUserPoolClient" => self.describe_client(input),
            "ListUserPoolClients" => self.list_clients(input),
            "ListUserPools" => self.list_pools(input),
            "ListUsers" => self.list_users(input),
            "UpdateUserPool" => self.update_pool(input),
            "UpdateUserPoolClient" => self.update_client(input),
            other => Err(ApiError::unknown_operation(other)),
        }
    }
}
