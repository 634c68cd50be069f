//! Pools, clients and attributes after their deletion.

use local_cognito::user_pool::Caller;
use local_cognito_testing::{CLIENT, NOOR, PASSWORD, POOL, TestCognito, error};
use serde_json::{Value, json};

#[tokio::test]
async fn protected_pool_is_deleted_only_after_its_protection() {
    let cognito = TestCognito::new();
    cognito.signed("UpdateUserPool", json!({"DeletionProtection": "ACTIVE"})).await.unwrap();
    assert_eq!(
        error(cognito.signed("DeleteUserPool", json!({})).await),
        "InvalidParameterException: The user pool cannot be deleted because deletion protection \
         is activated. Deletion protection must be inactivated first."
    );
    assert!(cognito.sign_in(NOOR, PASSWORD).await.is_ok());
    cognito.signed("UpdateUserPool", json!({"DeletionProtection": "INACTIVE"})).await.unwrap();
    cognito.signed("DeleteUserPool", json!({})).await.unwrap();
    assert!(cognito.user_pools.create_pool_with_id(POOL, json!({"PoolName": "again"})).is_ok());
}

#[tokio::test]
async fn deleted_pool_is_unknown_to_every_action() {
    let cognito = TestCognito::new();
    let tokens = cognito.sign_in(NOOR, PASSWORD).await.unwrap();
    cognito.signed("DeleteUserPool", json!({})).await.unwrap();
    let gone = format!("ResourceNotFoundException: User pool {POOL} does not exist.");
    for action in ["DeleteUserPool", "DescribeUserPool", "ListUsers", "ListGroups"] {
        assert_eq!(error(cognito.signed(action, json!({})).await), gone, "{action}");
    }
    let listed = cognito
        .user_pools
        .call(Caller::Signed, "ListUserPools", json!({"MaxResults": 1}))
        .await
        .unwrap();
    assert_eq!(listed["UserPools"], json!([]));
    let client = format!("ResourceNotFoundException: User pool client {CLIENT} does not exist.");
    assert_eq!(error(cognito.sign_in(NOOR, PASSWORD).await), client);
    let outcome = error(cognito.get_user(&tokens["AccessToken"]).await);
    assert!(outcome.starts_with("NotAuthorizedException"), "{outcome}");
}

#[tokio::test]
async fn deleted_client_takes_its_tokens_and_not_those_of_others() {
    let cognito = TestCognito::new();
    let other = json!({"ClientName": "other", "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"]});
    let other = cognito.signed("CreateUserPoolClient", other).await.unwrap();
    let other = other["UserPoolClient"]["ClientId"].clone();
    let sign_in = json!({
        "ClientId": other,
        "AuthFlow": "USER_PASSWORD_AUTH",
        "AuthParameters": {"USERNAME": NOOR, "PASSWORD": PASSWORD},
    });
    let kept = cognito.public("InitiateAuth", sign_in).await.unwrap();
    let kept = &kept["AuthenticationResult"]["AccessToken"];
    let tokens = cognito.sign_in(NOOR, PASSWORD).await.unwrap();
    cognito.signed("DeleteUserPoolClient", json!({"ClientId": CLIENT})).await.unwrap();
    let gone = format!("ResourceNotFoundException: User pool client {CLIENT} does not exist.");
    for action in ["DeleteUserPoolClient", "DescribeUserPoolClient", "UpdateUserPoolClient"] {
        let outcome = cognito.signed(action, json!({"ClientId": CLIENT})).await;
        assert_eq!(error(outcome), gone, "{action}");
    }
    assert_eq!(error(cognito.sign_in(NOOR, PASSWORD).await), gone);
    let outcome = error(cognito.get_user(&tokens["AccessToken"]).await);
    assert!(outcome.starts_with("NotAuthorizedException"), "{outcome}");
    assert!(cognito.get_user(kept).await.is_ok());
    let listed = cognito.signed("ListUserPoolClients", json!({})).await.unwrap();
    assert_eq!(listed["UserPoolClients"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn deleted_address_takes_its_verification_along() {
    for by_admin in [true, false] {
        let cognito = TestCognito::new();
        let tokens = cognito.sign_in(NOOR, PASSWORD).await.unwrap();
        let update = json!({
            "Username": NOOR, "UserAttributes": [{"Name": "given_name", "Value": "Noor"}],
        });
        cognito.signed("AdminUpdateUserAttributes", update).await.unwrap();
        let names = json!(["given_name", "email"]);
        if by_admin {
            let input = json!({"Username": NOOR, "UserAttributeNames": names});
            cognito.signed("AdminDeleteUserAttributes", input).await.unwrap();
        } else {
            let token = &tokens["AccessToken"];
            let input = json!({"AccessToken": token, "UserAttributeNames": names});
            cognito.public("DeleteUserAttributes", input).await.unwrap();
        }
        let user = cognito.get_user(&tokens["AccessToken"]).await.unwrap();
        let left: Vec<&Value> =
            user["UserAttributes"].as_array().unwrap().iter().map(|it| &it["Name"]).collect();
        assert_eq!(left, ["sub"], "by_admin {by_admin}");
    }
}

#[tokio::test]
async fn attribute_that_is_unknown_or_fixed_cannot_be_deleted() {
    let cognito = TestCognito::new();
    for (name, complaint) in [
        ("sub", "Cannot modify the non-mutable attribute sub"),
        ("custom:none", "could not be determined"),
        ("none", "could not be determined"),
    ] {
        let input = json!({"Username": NOOR, "UserAttributeNames": [name]});
        let outcome = error(cognito.signed("AdminDeleteUserAttributes", input).await);
        assert!(outcome.starts_with("InvalidParameterException"), "{outcome}");
        assert!(outcome.contains(complaint), "{outcome}");
    }
}

/// Neither tokens nor an open sign-in of a deleted user are those of the next one of that name.
#[tokio::test]
async fn recreated_user_inherits_no_tokens_and_no_session() {
    const OWN_NAMES: &str = "eu-west-1_Again";
    for by_admin in [true, false] {
        let cognito = TestCognito::new();
        cognito.user_pools.create_pool_with_id(OWN_NAMES, json!({"PoolName": "again"})).unwrap();
        let flows = json!(["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]);
        let client = json!({"ClientName": "again", "ExplicitAuthFlows": flows});
        cognito.user_pools.create_client_with_id(OWN_NAMES, "again", client).unwrap();
        let signed = async |action: &'static str, mut input: Value| {
            input["UserPoolId"] = json!(OWN_NAMES);
            input["Username"] = json!("ada");
            cognito.user_pools.call(Caller::Signed, action, input).await.unwrap()
        };
        let initiate = async |flow: &'static str, parameters: Value| {
            let input =
                json!({"ClientId": "again", "AuthFlow": flow, "AuthParameters": parameters});
            cognito.public("InitiateAuth", input).await
        };
        let password = json!({"USERNAME": "ada", "PASSWORD": PASSWORD});
        let create = json!({"TemporaryPassword": PASSWORD, "MessageAction": "SUPPRESS"});
        signed("AdminCreateUser", create.clone()).await;
        let open = initiate("USER_PASSWORD_AUTH", password.clone()).await.unwrap();
        assert_eq!(open["ChallengeName"], "NEW_PASSWORD_REQUIRED");
        let permanent = json!({"Password": PASSWORD, "Permanent": true});
        signed("AdminSetUserPassword", permanent).await;
        let tokens = initiate("USER_PASSWORD_AUTH", password).await.unwrap();
        let tokens = &tokens["AuthenticationResult"];
        if by_admin {
            signed("AdminDeleteUser", json!({})).await;
        } else {
            let input = json!({"AccessToken": tokens["AccessToken"]});
            cognito.public("DeleteUser", input).await.unwrap();
        }
        let gone = "UserNotFoundException: User does not exist.";
        assert_eq!(error(cognito.get_user(&tokens["AccessToken"]).await), gone);
        signed("AdminCreateUser", create).await;
        assert_eq!(
            error(cognito.get_user(&tokens["AccessToken"]).await),
            "NotAuthorizedException: Access Token has been revoked"
        );
        let refresh = json!({"REFRESH_TOKEN": tokens["RefreshToken"]});
        assert_eq!(
            error(initiate("REFRESH_TOKEN_AUTH", refresh).await),
            "NotAuthorizedException: Invalid Refresh Token"
        );
        let respond = json!({
            "ClientId": "again",
            "ChallengeName": "NEW_PASSWORD_REQUIRED",
            "Session": open["Session"],
            "ChallengeResponses": {"USERNAME": "ada", "NEW_PASSWORD": PASSWORD},
        });
        assert_eq!(
            error(cognito.public("RespondToAuthChallenge", respond).await),
            "NotAuthorizedException: Invalid session for the user."
        );
    }
}
