//! The table of the actions that a service serves, and the order of the checks in front of it.

use crate::caller::Caller;
use crate::error::ApiError;
use crate::operations::{self, Access};

/// One action that is served; each service has a type of handlers of its own.
#[derive(Clone, Copy, Debug)]
pub struct ServedAction<Handler> {
    /// Name of the action, such as `SignUp`.
    pub name: &'static str,
    /// Access that it needs.
    pub access: Access,
    /// Handler of its input.
    pub handler: Handler,
}

/// Returns an action that a browser or an app calls without a signature.
pub const fn public<Handler>(name: &'static str, handler: Handler) -> ServedAction<Handler> {
    ServedAction { name, access: Access::Public, handler }
}

/// Returns an action that demands a signature.
pub const fn signed<Handler>(name: &'static str, handler: Handler) -> ServedAction<Handler> {
    ServedAction { name, access: Access::Signed, handler }
}

/// Returns the names of a table of `N` actions, in its order.
pub const fn names<Handler, const N: usize>(
    actions: &[ServedAction<Handler>],
) -> [&'static str; N] {
    let mut names = [""; N];
    let mut rest: (&mut [&str], &[ServedAction<Handler>]) = (&mut names, actions);
    while let (Some((name, names)), Some((action, actions))) =
        (rest.0.split_first_mut(), rest.1.split_first())
    {
        *name = action.name;
        rest = (names, actions);
    }
    names
}

/// Finds an action and demands its signature, as AWS does: an unserved action is refused alike to
/// every caller.
///
/// # Errors
/// The error for an action that is not served, or for a missing signature.
pub fn admit<'a, Handler>(
    service: &str,
    actions: &'a [ServedAction<Handler>],
    caller: Caller,
    name: &str,
) -> Result<&'a ServedAction<Handler>, ApiError> {
    let Some(action) = actions.iter().find(|action| action.name == name) else {
        return Err(operations::not_served(service, name));
    };
    match action.access {
        Access::Public => {}
        Access::Signed => caller.demand_signature()?,
    }
    Ok(action)
}

#[cfg(test)]
mod tests {
    use super::{ServedAction, admit, names, public, signed};
    use crate::caller::Caller;

    const ACTIONS: [ServedAction<u8>; 2] = [public("GetId", 1), signed("ListIdentities", 2)];

    #[test]
    fn names_follow_the_order_of_the_table() {
        assert_eq!(names::<u8, 2>(&ACTIONS), ["GetId", "ListIdentities"]);
    }

    #[test]
    fn action_is_found_before_its_signature_is_demanded() {
        for (caller, name, expected) in [
            (Caller::Public, "GetId", Ok(1)),
            (Caller::Signed, "GetId", Ok(1)),
            (Caller::Signed, "ListIdentities", Ok(2)),
            (Caller::Public, "ListIdentities", Err("MissingAuthenticationTokenException")),
            (Caller::Public, "NoSuchAction", Err("UnknownOperationException")),
            (Caller::Signed, "NoSuchAction", Err("UnknownOperationException")),
        ] {
            let found = admit("cognito-identity", &ACTIONS, caller, name);
            let found = found.map(|action| action.handler).map_err(|error| error.kind);
            assert_eq!(found, expected.map_err(str::to_owned), "{name}");
        }
    }
}
