//! Authentication methods: the `amr` of tokens and of trust policies.

use super::login::{Login, LoginKind};

/// Returns the methods of a user who proved these logins, in this order; without a login those of
/// a guest.
pub(crate) fn methods(pool: &str, proved: &[(LoginKind, &Login)]) -> Vec<String> {
    if proved.is_empty() {
        return vec!["unauthenticated".to_owned()];
    }
    let mut methods = vec!["authenticated".to_owned()];
    for (kind, Login { provider, subject }) in proved {
        methods.push(provider.clone());
        methods.push(match kind {
            LoginKind::Developer => format!("{provider}:{pool}:{subject}"),
            LoginKind::UserPool => format!("{provider}:CognitoSignIn:{subject}"),
            LoginKind::Social => format!("{provider}:OIDC:{subject}"),
        });
    }
    methods
}
