//! The table of the actions that are served.

use std::future::{Future, ready};
use std::pin::Pin;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::{
    account, admin_account, admin_create_user, attributes, clients, confirmation, group_members,
    groups, list_users, mfa_config, pools, recovery, sign_in, sign_up, tokens,
};
use crate::services::Services;
use crate::{request, unserved};
use local_cognito_aws_emulation::input::Input;
use local_cognito_aws_emulation::served::{ServedAction, admit, names, public, signed};
use local_cognito_aws_emulation::{ApiError, Caller, inputs};

/// Name of the service in signatures and in the API model.
pub(crate) const SERVICE: &str = "cognito-idp";

/// Names of the actions that are served, in alphabetical order.
pub const SERVED: [&str; ACTIONS.len()] = names(ACTIONS);

/// The answer of a handler, at once or after triggers have run.
type Answer<'a> = Pin<Box<dyn Future<Output = Result<Value, ApiError>> + Send + 'a>>;

/// Handles the members of an input.
type Handler = for<'a> fn(&'a Services, Map<String, Value>) -> Answer<'a>;

/// Every action that is served, with the access that it needs and its handler.
const ACTIONS: &[ServedAction<Handler>] = &[
    signed("AdminAddUserToGroup", |it, input| {
        answer(input, |request| group_members::add(&it.directory, &it.pools, request))
    }),
    signed("AdminConfirmSignUp", |it, input| {
        answer_async(input, |request| {
            confirmation::admin_confirm(&it.directory, &it.confirmation, request)
        })
    }),
    signed("AdminCreateUser", |it, input| {
        answer_async(input, |request| {
            admin_create_user::create(&it.directory, &it.pools, &it.triggers, &it.messages, request)
        })
    }),
    signed("AdminDeleteUser", |it, input| {
        answer(input, |request| admin_account::delete_user(&it.directory, &it.pools, request))
    }),
    signed("AdminDeleteUserAttributes", |it, input| {
        answer(input, |request| attributes::admin_delete(&it.directory, &it.pools, request))
    }),
    signed("AdminDisableUser", |it, input| {
        answer(input, |request| admin_account::disable_user(&it.directory, &it.pools, request))
    }),
    signed("AdminEnableUser", |it, input| {
        answer(input, |request| admin_account::enable_user(&it.directory, request))
    }),
    signed("AdminGetUser", |it, input| {
        answer(input, |request| admin_account::get_user(&it.directory, &it.pools, request))
    }),
    signed("AdminInitiateAuth", |it, input| {
        answer_async(input, |request| sign_in::admin_initiate(&it.pools, &it.sign_in, request))
    }),
    signed("AdminListGroupsForUser", |it, input| {
        answer(input, |request| {
            group_members::list_groups_of_user(&it.directory, &it.pools, request)
        })
    }),
    signed("AdminRemoveUserFromGroup", |it, input| {
        answer(input, |request| group_members::remove(&it.directory, &it.pools, request))
    }),
    signed("AdminResetUserPassword", |it, input| {
        answer_async(input, |request| {
            recovery::admin_reset_password(&it.directory, &it.messages, request)
        })
    }),
    signed("AdminRespondToAuthChallenge", |it, input| {
        answer_async(input, |request| sign_in::admin_respond(&it.pools, &it.sign_in, request))
    }),
    signed("AdminSetUserPassword", |it, input| {
        answer(input, |request| admin_account::set_password(&it.directory, &it.pools, request))
    }),
    signed("AdminUpdateUserAttributes", |it, input| {
        answer_async(input, |request| {
            attributes::admin_update(&it.directory, &it.attributes, request)
        })
    }),
    signed("AdminUserGlobalSignOut", |it, input| {
        answer(input, |request| admin_account::sign_out(&it.directory, &it.pools, request))
    }),
    public("ChangePassword", |it, input| {
        answer(input, |request| {
            account::change_password(&it.token_check, &it.pools, &it.clock, &it.settings, request)
        })
    }),
    public("ConfirmForgotPassword", |it, input| {
        answer_async(input, |request| {
            recovery::confirm_forgot_password(&it.pools, &it.directory, &it.confirmation, request)
        })
    }),
    public("ConfirmSignUp", |it, input| {
        answer_async(input, |request| confirmation::confirm(&it.pools, &it.confirmation, request))
    }),
    signed("CreateGroup", |it, input| {
        answer(input, |request| groups::create(&it.pools, &it.clock, request))
    }),
    signed("CreateUserPool", |it, input| {
        answer(input, |request| pools::create(&it.pools, &it.clock, &it.settings, request))
    }),
    signed("CreateUserPoolClient", |it, input| {
        answer(input, |request| clients::create(&it.pools, &it.clock, request))
    }),
    signed("DeleteGroup", |it, input| answer(input, |request| groups::delete(&it.pools, request))),
    public("DeleteUser", |it, input| {
        answer(input, |request| account::delete_user(&it.token_check, &it.pools, request))
    }),
    public("DeleteUserAttributes", |it, input| {
        answer(input, |request| attributes::delete(&it.token_check, &it.pools, &it.clock, request))
    }),
    signed("DeleteUserPool", |it, input| {
        answer(input, |request| pools::delete(&it.pools, request))
    }),
    signed("DeleteUserPoolClient", |it, input| {
        answer(input, |request| clients::delete(&it.pools, request))
    }),
    signed("DescribeUserPool", |it, input| {
        answer(input, |request| pools::describe(&it.pools, &it.settings, request))
    }),
    signed("DescribeUserPoolClient", |it, input| {
        answer(input, |request| clients::describe(&it.pools, request))
    }),
    public("ForgotPassword", |it, input| {
        answer_async(input, |request| {
            recovery::forgot_password(
                &it.pools,
                &it.directory,
                &it.migration,
                &it.messages,
                request,
            )
        })
    }),
    signed("GetGroup", |it, input| answer(input, |request| groups::get(&it.pools, request))),
    public("GetTokensFromRefreshToken", |it, input| {
        answer_async(input, |request| tokens::refresh(&it.pools, &it.sign_in.refresh, request))
    }),
    public("GetUser", |it, input| {
        answer(input, |request| account::get_user(&it.token_check, &it.pools, request))
    }),
    public("GetUserAttributeVerificationCode", |it, input| {
        answer_async(input, |request| {
            attributes::send_code(&it.token_check, &it.attributes, request)
        })
    }),
    signed("GetUserPoolMfaConfig", |it, input| {
        answer(input, |request| mfa_config::get(&it.pools, request))
    }),
    public("GlobalSignOut", |it, input| {
        answer(input, |request| account::global_sign_out(&it.token_check, &it.pools, request))
    }),
    public("InitiateAuth", |it, input| {
        answer_async(input, |request| sign_in::initiate(&it.pools, &it.sign_in, request))
    }),
    signed("ListGroups", |it, input| answer(input, |request| groups::list(&it.pools, request))),
    signed("ListUserPoolClients", |it, input| {
        answer(input, |request| clients::list(&it.pools, request))
    }),
    signed("ListUserPools", |it, input| answer(input, |request| pools::list(&it.pools, request))),
    signed("ListUsers", |it, input| {
        answer(input, |request| list_users::list_users(&it.pools, request))
    }),
    signed("ListUsersInGroup", |it, input| {
        answer(input, |request| group_members::list_users(&it.pools, request))
    }),
    public("ResendConfirmationCode", |it, input| {
        answer_async(input, |request| {
            confirmation::resend_code(&it.pools, &it.confirmation, request)
        })
    }),
    public("RespondToAuthChallenge", |it, input| {
        answer_async(input, |request| sign_in::respond(&it.pools, &it.sign_in, request))
    }),
    public("RevokeToken", |it, input| {
        answer(input, |request| tokens::revoke(&it.pools, &it.clock, request))
    }),
    signed("SetUserPoolMfaConfig", |it, input| {
        answer(input, |request| mfa_config::set(&it.pools, &it.clock, request))
    }),
    public("SignUp", |it, input| {
        answer_async(input, |request| {
            sign_up::sign_up(
                &it.pools,
                &it.clock,
                &it.settings,
                &it.triggers,
                &it.confirmation,
                request,
            )
        })
    }),
    signed("UpdateGroup", |it, input| {
        answer(input, |request| groups::update(&it.pools, &it.clock, request))
    }),
    public("UpdateUserAttributes", |it, input| {
        answer_async(input, |request| {
            attributes::update(&it.token_check, &it.pools, &it.attributes, request)
        })
    }),
    signed("UpdateUserPool", |it, input| {
        answer(input, |request| pools::update(&it.pools, &it.clock, request))
    }),
    signed("UpdateUserPoolClient", |it, input| {
        answer(input, |request| clients::update(&it.pools, &it.clock, request))
    }),
    public("VerifyUserAttribute", |it, input| {
        answer(input, |request| attributes::verify(&it.token_check, &it.attributes, request))
    }),
];

/// Answers an action: an unserved one alike to every caller, then the signature, then the
/// constraints on the input, as AWS does.
pub(crate) async fn call(
    services: &Services,
    caller: Caller,
    name: &str,
    input: Value,
) -> Result<Value, ApiError> {
    let action = admit(SERVICE, ACTIONS, caller, name)?;
    let input = Input::new(input)?;
    inputs::check(name, &input, &unserved::VALUES)?;
    (action.handler)(services, input.members()).await
}

/// Answers by a handler that invokes no trigger.
fn answer<'a, R: DeserializeOwned>(
    input: Map<String, Value>,
    handle: impl FnOnce(R) -> Result<Value, ApiError>,
) -> Answer<'a> {
    Box::pin(ready(request::parse(input).and_then(handle)))
}

/// Answers by a handler that may invoke triggers.
fn answer_async<'a, R: DeserializeOwned, F>(
    input: Map<String, Value>,
    handle: impl FnOnce(R) -> F,
) -> Answer<'a>
where
    F: Future<Output = Result<Value, ApiError>> + Send + 'a,
{
    match request::parse(input) {
        Ok(request) => Box::pin(handle(request)),
        Err(error) => Box::pin(ready(Err(error))),
    }
}
