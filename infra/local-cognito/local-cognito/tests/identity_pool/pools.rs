//! Life cycle of pools, and their saved state.

use local_cognito::user_pool::Caller;
use serde_json::{Value, json};

use crate::stage::{OWN, POOL, Stage, error};

#[tokio::test]
async fn pool_is_created_shown_changed_listed_and_deleted() {
    let stage = Stage::new();
    let pool = json!({"IdentityPoolName": "second", "AllowUnauthenticatedIdentities": false});
    let mut created = stage.signed("CreateIdentityPool", pool).await.unwrap();
    let id = created["IdentityPoolId"].clone();
    let about = json!({"IdentityPoolId": id});
    assert_eq!(stage.signed("DescribeIdentityPool", about.clone()).await.unwrap(), created);
    created["DeveloperProviderName"] = json!("own");
    let changed = stage.signed("UpdateIdentityPool", created.clone()).await.unwrap();
    assert_eq!(changed, created);
    let list = stage.signed("ListIdentityPools", json!({"MaxResults": 60})).await.unwrap();
    let names: Vec<&Value> = list["IdentityPools"]
        .as_array()
        .unwrap()
        .iter()
        .map(|pool| &pool["IdentityPoolName"])
        .collect();
    assert!(names.contains(&&json!("second")) && names.contains(&&json!("stage")));
    assert_eq!(stage.signed("DeleteIdentityPool", about.clone()).await, Ok(json!({})));
    let outcome = error(stage.signed("DescribeIdentityPool", about).await);
    assert!(outcome.starts_with("ResourceNotFoundException: IdentityPool '"), "{outcome}");
}

#[tokio::test]
async fn developer_provider_keeps_its_name() {
    let stage = Stage::new();
    let pool = |provider: Value| {
        json!({
            "IdentityPoolName": "stage", "AllowUnauthenticatedIdentities": false,
            "DeveloperProviderName": provider,
        })
    };
    let outcome = error(stage.signed("UpdateIdentityPool", pool(json!("other"))).await);
    assert!(outcome.starts_with("InvalidParameterException"), "{outcome}");
    let changed = stage.signed("UpdateIdentityPool", pool(Value::Null)).await.unwrap();
    assert_eq!(changed["DeveloperProviderName"], OWN);
    assert_eq!(changed.get("CognitoIdentityProviders"), None, "what is left out is gone");
}

#[tokio::test]
async fn inputs_outside_the_documented_limits_are_rejected() {
    let stage = Stage::new();
    let name =
        |name: &str| json!({"IdentityPoolName": name, "AllowUnauthenticatedIdentities": true});
    let developer = |name: &str| {
        json!({
            "IdentityPoolName": "p", "AllowUnauthenticatedIdentities": true,
            "DeveloperProviderName": name,
        })
    };
    for (action, input) in [
        ("CreateIdentityPool", name("")),
        ("CreateIdentityPool", name("a/b")),
        ("CreateIdentityPool", name(&"n".repeat(129))),
        ("CreateIdentityPool", json!({"IdentityPoolName": "p"})),
        ("CreateIdentityPool", developer("a b")),
        ("CreateIdentityPool", developer(&"n".repeat(129))),
        ("DescribeIdentityPool", json!({"IdentityPoolId": "nonsense"})),
        ("ListIdentityPools", json!({"MaxResults": 61})),
        ("ListIdentityPools", json!({})),
        ("GetId", json!({"IdentityPoolId": POOL, "AccountId": "abc"})),
        ("GetCredentialsForIdentity", json!({"IdentityId": "eu-west-1:XYZ"})),
        ("GetId", json!({"IdentityPoolId": POOL, "Logins": {"accounts.google.com": ""}})),
    ] {
        let outcome = error(stage.signed(action, input.clone()).await);
        let start = "InvalidParameterException: 1 validation error detected: Value ";
        assert!(outcome.starts_with(start), "{action} {input}: {outcome}");
    }
}

#[tokio::test]
async fn unsigned_administrative_action_is_refused() {
    let stage = Stage::new();
    for action in [
        "CreateIdentityPool",
        "DeleteIdentities",
        "DeleteIdentityPool",
        "DescribeIdentity",
        "DescribeIdentityPool",
        "GetIdentityPoolRoles",
        "GetOpenIdTokenForDeveloperIdentity",
        "GetPrincipalTagAttributeMap",
        "ListIdentities",
        "ListIdentityPools",
        "LookupDeveloperIdentity",
        "MergeDeveloperIdentities",
        "SetIdentityPoolRoles",
        "SetPrincipalTagAttributeMap",
        "UnlinkDeveloperIdentity",
        "UpdateIdentityPool",
    ] {
        let outcome = error(stage.public(action, json!({"IdentityPoolId": POOL})).await);
        assert!(outcome.starts_with("MissingAuthenticationTokenException"), "{action}: {outcome}");
        let outcome = stage.identities.call(Caller::Signed, action, json!({})).await;
        let known = !matches!(&outcome, Err(error) if error.kind == "NotImplementedException");
        assert!(known, "{action}");
    }
}

#[tokio::test]
async fn restored_state_is_that_of_the_snapshot() {
    let stage = Stage::new();
    let (id, token) = stage.token("u-1").await;
    let later = Stage::new();
    later.identities.restore(stage.identities.snapshot()).unwrap();
    assert_eq!(later.token("u-1").await.0, id);
    let logins = json!({"cognito-identity.amazonaws.com": token});
    later.get_credentials(&id, logins).await.unwrap();
    assert!(later.identities.restore(json!({"pools": 7})).is_err());
    assert_eq!(later.token("u-1").await.0, id, "it is as before");
}
