//! Callers of the APIs: users with tokens, and identities with temporary credentials.

use local_cognito::credentials::{Holder, Session};
use local_cognito::default_pool::identity_pool_id;
use local_cognito_testing::{ADA, LIFE, PASSWORD, TestCognito, session, text};
use serde_json::json;

/// Returns the ID and the access token of a new user in two groups.
pub(crate) async fn tokens(cognito: &TestCognito, email: &str, client: &str) -> (String, String) {
    cognito.add_user(email, PASSWORD, json!([])).await;
    for group in ["admin", "power"] {
        // The first user creates the groups.
        cognito.signed("CreateGroup", json!({"GroupName": group})).await.ok();
        let member = json!({"Username": email, "GroupName": group});
        cognito.admin("AdminAddUserToGroup", member).await;
    }
    let tokens = cognito.sign_in_at(client, email, PASSWORD).await.unwrap();
    (text(&tokens["IdToken"]), text(&tokens["AccessToken"]))
}

/// Puts credentials in place as the identity pool issues them.
pub(crate) fn vend(cognito: &TestCognito, role: &str) -> Session {
    let identity_pool = identity_pool_id(cognito.server().region());
    let mut session = session(ADA, cognito.clock.now() + LIFE);
    session.holder = Holder {
        role: role.to_owned(),
        amr: vec![
            "authenticated".to_owned(),
            "lifeguard".to_owned(),
            format!("lifeguard:{identity_pool}:a-person"),
        ],
        identity_pool,
        ..session.holder
    };
    cognito.credentials.put(session.clone(), cognito.clock.now());
    session
}

/// Returns the role of authenticated users.
pub(crate) fn role(cognito: &TestCognito) -> String {
    cognito.server().template().roles[0].arn.clone()
}
