//! Choice of roles and principal tags.

use std::collections::BTreeMap;

use local_cognito_testing::fixtures::{COGNITO, GOOGLE, OTHER_ROLE, ROLE, USERS};
use local_cognito_testing::{CLIENT, TestCognito, error, text, trust};
use serde_json::{Value, json};

/// Returns the role that a token of Google with these claims leads to under this mapping.
async fn role(mapping: Value, claims: Value, custom: Option<&str>) -> Result<String, String> {
    let cognito = TestCognito::with_identity_pool_and(|setup| {
        setup.roles["RoleMappings"] = json!({GOOGLE: mapping});
    });
    let token = cognito.google_with("g-1", claims).await;
    let id = cognito.get_id(json!({GOOGLE: token})).await.unwrap();
    let input = json!({"IdentityId": id, "Logins": {GOOGLE: token}, "CustomRoleArn": custom});
    let answer = cognito.identity_public("GetCredentialsForIdentity", input).await;
    answer.map(|answer| cognito.session(&answer).holder.role).map_err(|error| error.to_string())
}

const DENIED: &str = "NotAuthorizedException: Access to the role is denied.";

#[tokio::test]
async fn token_chooses_among_the_roles_it_lists() {
    let token = |ambiguous: &str| json!({"Type": "Token", "AmbiguousRoleResolution": ambiguous});
    let both = json!({"cognito:roles": [ROLE, OTHER_ROLE], "cognito:preferred_role": OTHER_ROLE});
    assert_eq!(role(token("Deny"), both.clone(), None).await.unwrap(), OTHER_ROLE);
    assert_eq!(role(token("Deny"), both, Some(ROLE)).await.unwrap(), ROLE);
    let one = json!({"cognito:roles": [ROLE]});
    assert_eq!(role(token("Deny"), one.clone(), Some(OTHER_ROLE)).await.unwrap_err(), DENIED);
    assert_eq!(role(token("AuthenticatedRole"), one.clone(), None).await.unwrap(), ROLE);
    assert_eq!(role(token("Deny"), one, None).await.unwrap_err(), DENIED);
}

#[tokio::test]
async fn rules_choose_the_role_by_claims() {
    let rules = json!({
        "Type": "Rules",
        "AmbiguousRoleResolution": "Deny",
        "RulesConfiguration": {"Rules": [
            {"Claim": "team", "MatchType": "Equals", "Value": "red", "RoleARN": OTHER_ROLE},
        ]},
    });
    assert_eq!(role(rules.clone(), json!({"team": "red"}), None).await.unwrap(), OTHER_ROLE);
    assert_eq!(role(rules, json!({"team": "blue"}), None).await.unwrap_err(), DENIED);
}

#[tokio::test]
async fn custom_role_without_mapping_is_denied() {
    let cognito = TestCognito::with_identity_pool();
    let (id, token) = cognito.token("u-1").await;
    let ask = async |role: &str| {
        let input = json!({"IdentityId": id, "Logins": {COGNITO: token}, "CustomRoleArn": role});
        cognito.identity_public("GetCredentialsForIdentity", input).await
    };
    assert_eq!(error(ask(OTHER_ROLE).await), DENIED);
    assert_eq!(cognito.session(&ask(ROLE).await.unwrap()).holder.role, ROLE);
}

#[tokio::test]
async fn mapping_of_a_user_pool_is_for_one_client() {
    let rules = json!({
        "Type": "Rules",
        "AmbiguousRoleResolution": "AuthenticatedRole",
        "RulesConfiguration": {"Rules": [
            {"Claim": "sub", "MatchType": "NotEqual", "Value": "x", "RoleARN": OTHER_ROLE},
        ]},
    });
    for (client, expected) in [(CLIENT, OTHER_ROLE), ("another", ROLE)] {
        let cognito = TestCognito::with_identity_pool_and(|setup| {
            setup.roles["RoleMappings"] = json!({format!("{USERS}:{client}"): rules});
        });
        let token = cognito.id_token().await;
        let id = cognito.get_id(json!({USERS: token})).await.unwrap();
        let answer = cognito.get_credentials(&id, json!({USERS: token})).await.unwrap();
        assert_eq!(cognito.session(&answer).holder.role, expected, "{client}");
    }
}

#[tokio::test]
async fn roles_and_mappings_are_checked_and_shown_as_set() {
    let cognito = TestCognito::with_identity_pool();
    let mapping = json!({"Type": "Token", "AmbiguousRoleResolution": "Deny"});
    let roles = json!({"Roles": {"authenticated": ROLE}, "RoleMappings": {GOOGLE: mapping}});
    cognito.identity_signed("SetIdentityPoolRoles", roles.clone()).await.unwrap();
    let shown = cognito.identity_signed("GetIdentityPoolRoles", json!({})).await.unwrap();
    assert_eq!(
        (&shown["Roles"], &shown["RoleMappings"]),
        (&roles["Roles"], &roles["RoleMappings"])
    );
    let eleven: BTreeMap<String, Value> =
        (0..11).map(|n| (format!("p{n}"), mapping.clone())).collect();
    for refused in [
        json!({"Roles": {"admin": ROLE}}),
        json!({}),
        json!({"Roles": {}, "RoleMappings": {GOOGLE: {"Type": "Token"}}}),
        json!({"Roles": {}, "RoleMappings": {GOOGLE: {"Type": "Magic"}}}),
        json!({"Roles": {}, "RoleMappings": eleven}),
    ] {
        let outcome = error(cognito.identity_signed("SetIdentityPoolRoles", refused.clone()).await);
        assert!(outcome.starts_with("InvalidParameterException"), "{refused}: {outcome}");
    }
    assert_eq!(cognito.identity_signed("GetIdentityPoolRoles", json!({})).await.unwrap(), shown);
}

#[tokio::test]
async fn claims_become_tags_by_the_tag_map() {
    let cognito = TestCognito::with_identity_pool_and(|setup| {
        setup.trust = vec![(ROLE, trust(&["authenticated"], &["sts:TagSession"]))];
    });
    let map = json!({
        "IdentityProviderName": GOOGLE, "UseDefaults": false, "PrincipalTags": {"team": "hd"},
    });
    let set = cognito.identity_signed("SetPrincipalTagAttributeMap", map).await.unwrap();
    let get = json!({"IdentityProviderName": GOOGLE});
    assert_eq!(cognito.identity_signed("GetPrincipalTagAttributeMap", get).await.unwrap(), set);
    let token = cognito.google_with("g-1", json!({"hd": "red"})).await;
    let id = cognito.get_id(json!({GOOGLE: token})).await.unwrap();
    let answer = cognito.get_credentials(&id, json!({GOOGLE: token})).await.unwrap();
    let tags = BTreeMap::from([("team".to_owned(), "red".to_owned())]);
    assert_eq!(cognito.session(&answer).holder.tags, tags);
    let large = json!({
        "IdentityProviderName": GOOGLE, "PrincipalTags": {"a": "b".repeat(256), "c": "d".repeat(256)},
    });
    let outcome = error(cognito.identity_signed("SetPrincipalTagAttributeMap", large).await);
    assert!(outcome.starts_with("InvalidParameterException"), "{outcome}");
    let unknown = json!({"IdentityProviderName": "unknown", "UseDefaults": true});
    let outcome = error(cognito.identity_signed("SetPrincipalTagAttributeMap", unknown).await);
    assert!(outcome.starts_with("ResourceNotFoundException"), "{outcome}");
    assert!(text(&set["IdentityProviderName"]) == GOOGLE);
}
