//! Life cycle of pools, and their saved state.

use local_cognito::user_pool::Caller;
use local_cognito_testing::fixtures::DEVELOPER_PROVIDER;
use local_cognito_testing::{IDENTITY_POOL, TestCognito, error};
use serde_json::{Value, json};

#[tokio::test]
async fn pool_is_created_shown_changed_listed_and_deleted() {
    let cognito = TestCognito::with_identity_pool();
    let pool = json!({"IdentityPoolName": "second", "AllowUnauthenticatedIdentities": false});
    let mut created = cognito.identity_signed("CreateIdentityPool", pool).await.unwrap();
    let id = created["IdentityPoolId"].clone();
    let about = json!({"IdentityPoolId": id});
    assert_eq!(
        cognito.identity_signed("DescribeIdentityPool", about.clone()).await.unwrap(),
        created
    );
    created["DeveloperProviderName"] = json!("own");
    let changed = cognito.identity_signed("UpdateIdentityPool", created.clone()).await.unwrap();
    assert_eq!(changed, created);
    let list =
        cognito.identity_signed("ListIdentityPools", json!({"MaxResults": 60})).await.unwrap();
    let names: Vec<&Value> = list["IdentityPools"]
        .as_array()
        .unwrap()
        .iter()
        .map(|pool| &pool["IdentityPoolName"])
        .collect();
    assert!(names.contains(&&json!("second")) && names.contains(&&json!("test")));
    assert_eq!(cognito.identity_signed("DeleteIdentityPool", about.clone()).await, Ok(json!({})));
    let outcome = error(cognito.identity_signed("DescribeIdentityPool", about).await);
    assert!(outcome.starts_with("ResourceNotFoundException: IdentityPool '"), "{outcome}");
}

#[tokio::test]
async fn developer_provider_keeps_its_name() {
    let cognito = TestCognito::with_identity_pool();
    let pool = |provider: Value| {
        json!({
            "IdentityPoolName": "test", "AllowUnauthenticatedIdentities": false,
            "DeveloperProviderName": provider,
        })
    };
    let outcome = error(cognito.identity_signed("UpdateIdentityPool", pool(json!("other"))).await);
    assert!(outcome.starts_with("InvalidParameterException"), "{outcome}");
    let changed = cognito.identity_signed("UpdateIdentityPool", pool(Value::Null)).await.unwrap();
    assert_eq!(changed["DeveloperProviderName"], DEVELOPER_PROVIDER);
    assert_eq!(changed.get("CognitoIdentityProviders"), None, "what is left out is gone");
}

#[tokio::test]
async fn inputs_outside_the_documented_limits_are_rejected() {
    let cognito = TestCognito::with_identity_pool();
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
        ("GetId", json!({"IdentityPoolId": IDENTITY_POOL, "AccountId": "abc"})),
        ("GetCredentialsForIdentity", json!({"IdentityId": "eu-west-1:XYZ"})),
        ("GetId", json!({"IdentityPoolId": IDENTITY_POOL, "Logins": {"accounts.google.com": ""}})),
    ] {
        let outcome = error(cognito.identity_signed(action, input.clone()).await);
        let start = "InvalidParameterException: 1 validation error detected: Value ";
        assert!(outcome.starts_with(start), "{action} {input}: {outcome}");
    }
}

#[tokio::test]
async fn unsigned_administrative_action_is_refused() {
    let cognito = TestCognito::with_identity_pool();
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
        let outcome =
            error(cognito.identity_public(action, json!({"IdentityPoolId": IDENTITY_POOL})).await);
        assert!(outcome.starts_with("MissingAuthenticationTokenException"), "{action}: {outcome}");
        let outcome = cognito.identity_pools.call(Caller::Signed, action, json!({})).await;
        let known = !matches!(&outcome, Err(error) if error.kind == "NotImplementedException");
        assert!(known, "{action}");
    }
}

#[tokio::test]
async fn restored_state_is_that_of_the_snapshot() {
    let cognito = TestCognito::with_identity_pool();
    let (id, token) = cognito.token("u-1").await;
    let later = TestCognito::with_identity_pool();
    later.identity_pools.restore(cognito.identity_pools.snapshot()).unwrap();
    assert_eq!(later.token("u-1").await.0, id);
    let logins = json!({"cognito-identity.amazonaws.com": token});
    later.get_credentials(&id, logins).await.unwrap();
    assert!(later.identity_pools.restore(json!({"pools": 7})).is_err());
    assert_eq!(later.token("u-1").await.0, id, "it is as before");
}
