//! How somebody was authenticated: the `amr` of tokens and of trust policies.

use super::state::Login;

/// Where a login was proved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Developer,
    UserPool,
    Social,
}

/// The methods of somebody who proved these logins, in this order; nobody's are a guest's.
pub(crate) fn methods(pool: &str, proved: &[(Kind, &Login)]) -> Vec<String> {
    if proved.is_empty() {
        return vec!["unauthenticated".to_owned()];
    }
    let mut methods = vec!["authenticated".to_owned()];
    for (kind, Login { provider, subject }) in proved {
        methods.push(provider.clone());
        methods.push(match kind {
            Kind::Developer => format!("{provider}:{pool}:{subject}"),
            Kind::UserPool => format!("{provider}:CognitoSignIn:{subject}"),
            Kind::Social => format!("{provider}:OIDC:{subject}"),
        });
    }
    methods
}
