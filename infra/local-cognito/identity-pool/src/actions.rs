//! Actions of the API: the one table of them, by the noun they are about.

mod credentials;
mod developer;
mod identities;
mod logins;
mod pools;
mod request;
mod roles;
mod tags;

use std::pin::Pin;

use serde_json::Value;

use self::Handler::{Later, Now};
use self::request::Request;
use super::services::Services;
use local_cognito_aws_emulation::input::Input;
use local_cognito_aws_emulation::served::{ServedAction, admit, names, public, signed};
use local_cognito_aws_emulation::{ApiError, Caller};

/// Name of the service in signatures and in the API model.
const SERVICE: &str = "cognito-identity";

/// Function that parses an action's input and answers it.
enum Handler {
    /// Answers from the directory.
    Now(fn(&Services, &Input) -> Answer),
    /// Verifies or signs tokens, which may wait for a key to be made.
    Later(for<'a> fn(&'a Services, &'a Input) -> PendingAnswer<'a>),
}

type Answer = Result<Value, ApiError>;
type PendingAnswer<'a> = Pin<Box<dyn Future<Output = Answer> + Send + 'a>>;

/// Every action that is served, in the order of the names.
const ACTIONS: [ServedAction<Handler>; 20] = [
    signed("CreateIdentityPool", Now(|all, input| pools::create(&all.directory, parse(input)?))),
    signed(
        "DeleteIdentities",
        Now(|all, input| {
            identities::delete(&all.directory, all.unknown_identities_unprocessed, parse(input)?)
        }),
    ),
    signed("DeleteIdentityPool", Now(|all, input| pools::delete(&all.directory, parse(input)?))),
    signed(
        "DescribeIdentity",
        Now(|all, input| identities::describe(&all.directory, parse(input)?)),
    ),
    signed(
        "DescribeIdentityPool",
        Now(|all, input| pools::describe(&all.directory, parse(input)?)),
    ),
    public(
        "GetCredentialsForIdentity",
        Later(|all, input| {
            Box::pin(async {
                let Services { directory, resolver, roles, credentials, .. } = all;
                credentials::issue(directory, resolver, roles, credentials, parse(input)?).await
            })
        }),
    ),
    public(
        "GetId",
        Later(|all, input| Box::pin(async { logins::get_id(&all.resolver, parse(input)?).await })),
    ),
    signed("GetIdentityPoolRoles", Now(|all, input| roles::get(&all.directory, parse(input)?))),
    public(
        "GetOpenIdToken",
        Later(|all, input| {
            Box::pin(async {
                let Services { directory, resolver, tokens, .. } = all;
                credentials::issue_token(directory, resolver, tokens, parse(input)?).await
            })
        }),
    ),
    signed(
        "GetOpenIdTokenForDeveloperIdentity",
        Later(|all, input| {
            Box::pin(async {
                developer::issue_token(&all.developers, &all.tokens, parse(input)?).await
            })
        }),
    ),
    signed(
        "GetPrincipalTagAttributeMap",
        Now(|all, input| tags::get(&all.directory, parse(input)?)),
    ),
    signed("ListIdentities", Now(|all, input| identities::list(&all.directory, parse(input)?))),
    signed("ListIdentityPools", Now(|all, input| pools::list(&all.directory, parse(input)?))),
    signed(
        "LookupDeveloperIdentity",
        Now(|all, input| developer::look_up(&all.developers, parse(input)?)),
    ),
    signed(
        "MergeDeveloperIdentities",
        Now(|all, input| developer::merge(&all.developers, parse(input)?)),
    ),
    signed("SetIdentityPoolRoles", Now(|all, input| roles::set(&all.directory, parse(input)?))),
    signed(
        "SetPrincipalTagAttributeMap",
        Now(|all, input| tags::set(&all.directory, parse(input)?)),
    ),
    signed(
        "UnlinkDeveloperIdentity",
        Now(|all, input| developer::unlink(&all.developers, parse(input)?)),
    ),
    public(
        "UnlinkIdentity",
        Later(|all, input| {
            Box::pin(async { logins::unlink(&all.directory, &all.resolver, parse(input)?).await })
        }),
    ),
    signed("UpdateIdentityPool", Now(|all, input| pools::update(&all.directory, parse(input)?))),
];

/// Names of the actions, in the order of the table.
pub const SERVED: [&str; ACTIONS.len()] = names(&ACTIONS);

fn parse<R: Request>(input: &Input) -> Result<R, ApiError> {
    R::parse(input)
}

/// Answers an action: an unserved one alike to every caller, then the signature, then the input.
pub(super) async fn call(
    services: &Services,
    caller: Caller,
    name: &str,
    input: Value,
) -> Result<Value, ApiError> {
    let action = admit(SERVICE, &ACTIONS, caller, name)?;
    let input = Input::new(input)?;
    match action.handler {
        Now(handler) => handler(services, &input),
        Later(handler) => handler(services, &input).await,
    }
}

/// Creates a pool like `CreateIdentityPool`, under an id of the caller's choice.
pub(crate) fn create_pool_with_id(services: &Services, id: &str, input: Value) -> Answer {
    pools::create_with_id(&services.directory, id, parse(&Input::new(input)?)?)
}

#[cfg(test)]
mod tests {
    use super::{ACTIONS, SERVICE};
    use local_cognito_aws_emulation::operations;

    #[test]
    fn access_of_each_action_is_that_of_the_api_model() {
        for action in &ACTIONS {
            let modelled = operations::find(SERVICE, action.name).map(|known| known.access);
            assert_eq!(modelled, Some(action.access), "{}", action.name);
        }
    }
}
