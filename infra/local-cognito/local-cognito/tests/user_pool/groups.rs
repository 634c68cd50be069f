//! Groups: their life, their members, and what tokens say of them.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use local_cognito_testing::{CLIENT, NOOR, PASSWORD, TestCognito, error};
use serde_json::{Value, json};

const LIV: &str = "liv@example.com";
const ROLE: &str = "arn:aws:iam::000000000000:role/editor";

/// The `cognito:groups` of a token.
fn groups(token: &Value) -> Value {
    let payload = token.as_str().unwrap().split('.').nth(1).unwrap();
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap();
    claims["cognito:groups"].clone()
}

#[tokio::test]
async fn group_names_its_members_and_must_exist() {
    let cognito = TestCognito::new();
    cognito.add(LIV);
    let liv = json!({"Username": LIV, "GroupName": "editors"});
    let outcome = cognito.signed("AdminAddUserToGroup", liv.clone()).await;
    assert!(error(outcome).starts_with("ResourceNotFoundException"));
    let group = json!({"GroupName": "editors"});
    cognito.signed("CreateGroup", group.clone()).await.unwrap();
    let outcome = cognito.signed("CreateGroup", group.clone()).await;
    assert!(error(outcome).starts_with("GroupExistsException"));
    cognito.signed("AdminAddUserToGroup", liv.clone()).await.unwrap();
    let listed = || cognito.signed("AdminListGroupsForUser", json!({"Username": LIV}));
    let members = || cognito.signed("ListUsersInGroup", group.clone());
    assert_eq!(listed().await.unwrap()["Groups"][0]["GroupName"], "editors");
    let found = members().await.unwrap();
    assert_eq!(found["Users"].as_array().unwrap().len(), 1);
    assert!(
        found["Users"][0]["Attributes"]
            .as_array()
            .unwrap()
            .contains(&json!({"Name": "email", "Value": LIV}))
    );
    cognito.signed("AdminRemoveUserFromGroup", liv).await.unwrap();
    assert_eq!(listed().await.unwrap()["Groups"], json!([]));
    assert_eq!(members().await.unwrap()["Users"], json!([]));
}

#[tokio::test]
async fn unknown_group_is_not_found_by_any_action() {
    let cognito = TestCognito::new();
    for action in [
        "AdminAddUserToGroup",
        "AdminRemoveUserFromGroup",
        "DeleteGroup",
        "GetGroup",
        "ListUsersInGroup",
        "UpdateGroup",
    ] {
        let input = json!({"GroupName": "none", "Username": NOOR});
        let outcome = error(cognito.signed(action, input).await);
        assert_eq!(outcome, "ResourceNotFoundException: Group not found.", "{action}");
    }
}

#[tokio::test]
async fn update_changes_what_it_names_and_keeps_the_rest() {
    let cognito = TestCognito::new();
    let input = json!({
        "GroupName": "editors", "Description": "first", "RoleArn": ROLE, "Precedence": 3,
    });
    let created = cognito.signed("CreateGroup", input).await.unwrap();
    cognito.clock.advance(std::time::Duration::from_secs(60));
    let input = json!({"GroupName": "editors", "Precedence": 0});
    let updated = cognito.signed("UpdateGroup", input).await.unwrap();
    let shown = cognito.signed("GetGroup", json!({"GroupName": "editors"})).await.unwrap();
    assert_eq!(updated, shown);
    let group = &shown["Group"];
    assert_eq!(group["Description"], "first");
    assert_eq!(group["RoleArn"], ROLE);
    assert_eq!(group["Precedence"], 0);
    assert_eq!(group["CreationDate"], created["Group"]["CreationDate"]);
    let seconds = |date: &str| group[date].as_u64().unwrap();
    assert_eq!(seconds("LastModifiedDate") - seconds("CreationDate"), 60);
}

#[tokio::test]
async fn deleted_group_leaves_tokens_and_its_name_starts_empty() {
    let cognito = TestCognito::new();
    let (editors, authors) = (json!({"GroupName": "editors"}), json!({"GroupName": "authors"}));
    for group in [&editors, &authors] {
        cognito.signed("CreateGroup", group.clone()).await.unwrap();
        let mut noor = group.clone();
        noor["Username"] = json!(NOOR);
        cognito.signed("AdminAddUserToGroup", noor).await.unwrap();
    }
    let tokens = cognito.sign_in(NOOR, PASSWORD).await.unwrap();
    assert_eq!(groups(&tokens["IdToken"]), json!(["authors", "editors"]));
    cognito.signed("DeleteGroup", editors.clone()).await.unwrap();
    let input = json!({
        "ClientId": CLIENT,
        "AuthFlow": "REFRESH_TOKEN_AUTH",
        "AuthParameters": {"REFRESH_TOKEN": tokens["RefreshToken"]},
    });
    let refreshed = cognito.public("InitiateAuth", input).await.unwrap();
    for token in ["IdToken", "AccessToken"] {
        let token = &refreshed["AuthenticationResult"][token];
        assert_eq!(groups(token), json!(["authors"]));
    }
    cognito.signed("CreateGroup", editors.clone()).await.unwrap();
    let members = cognito.signed("ListUsersInGroup", editors).await.unwrap();
    assert_eq!(members["Users"], json!([]));
}

#[tokio::test]
async fn lists_of_groups_and_members_come_in_pages() {
    let cognito = TestCognito::new();
    for number in 0..5 {
        let name = format!("group{number}");
        cognito.signed("CreateGroup", json!({"GroupName": name})).await.unwrap();
        let input = json!({"GroupName": name, "Username": NOOR});
        cognito.signed("AdminAddUserToGroup", input).await.unwrap();
        let email = format!("user{number}@example.com");
        cognito.add(&email);
        let input = json!({"GroupName": "group0", "Username": email});
        cognito.signed("AdminAddUserToGroup", input).await.unwrap();
    }
    for (action, input, list, count) in [
        ("ListGroups", json!({}), "Groups", 5),
        ("AdminListGroupsForUser", json!({"Username": NOOR}), "Groups", 5),
        ("ListUsersInGroup", json!({"GroupName": "group0"}), "Users", 6),
    ] {
        for limit in [0, 1, 2, 60] {
            let mut input = input.clone();
            input["Limit"] = json!(limit);
            let (mut seen, mut pages) = (Vec::new(), 0);
            loop {
                let page = cognito.signed(action, input.clone()).await.unwrap();
                seen.extend(page[list].as_array().unwrap().clone());
                pages += 1;
                match page.get("NextToken") {
                    Some(token) => input["NextToken"] = token.clone(),
                    None => break,
                }
            }
            assert_eq!(seen.len(), count, "{action} {limit}");
            let size = if limit == 0 { 60 } else { limit };
            assert_eq!(pages, count.div_ceil(size), "{action} {limit}");
            seen.dedup();
            assert_eq!(seen.len(), count, "{action} {limit}");
        }
        for (member, value) in
            [("Limit", json!(61)), ("Limit", json!(-1)), ("NextToken", json!("a b"))]
        {
            let mut input = input.clone();
            input[member] = value;
            let outcome = error(cognito.signed(action, input).await);
            assert!(outcome.contains("1 validation error detected"), "{action}: {outcome}");
        }
        let mut input = input;
        input["NextToken"] = json!("forged");
        let outcome = error(cognito.signed(action, input).await);
        assert_eq!(outcome, "InvalidParameterException: Invalid pagination token.");
    }
}
