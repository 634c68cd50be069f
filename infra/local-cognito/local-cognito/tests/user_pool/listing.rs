//! `ListUsers`: its filter, its requested attributes and its pages.

use local_cognito_testing::{NOOR, TestCognito, error};
use serde_json::{Value, json};

/// A pool with three users, two of them with a given name.
async fn three_users() -> TestCognito {
    let cognito = TestCognito::new();
    for (email, name) in [("liv@example.com", "Liv"), ("o@example.com", "O \"The\" Brien")] {
        cognito.add(email);
        let attributes = json!([{"Name": "given_name", "Value": name}]);
        let input = json!({"Username": email, "UserAttributes": attributes});
        cognito.signed("AdminUpdateUserAttributes", input).await.unwrap();
    }
    let liv = json!({"Username": "liv@example.com"});
    cognito.signed("AdminDisableUser", liv).await.unwrap();
    cognito
}

async fn found(cognito: &TestCognito, filter: &str) -> usize {
    let answer = cognito.signed("ListUsers", json!({"Filter": filter})).await;
    answer.unwrap_or_else(|error| panic!("{filter}: {error}"))["Users"].as_array().unwrap().len()
}

#[tokio::test]
async fn filter_finds_users_by_exact_text_or_prefix() {
    let cognito = three_users().await;
    for (filter, count) in [
        ("", 3),
        ("  ", 3),
        (r#"email = "liv@example.com""#, 1),
        (r#"email="liv""#, 0),
        (r#"email ^= "liv""#, 1),
        (r#"email ^= """#, 3),
        (r#"email = "LIV@example.com""#, 0),
        (r#"given_name ^= "L""#, 1),
        (r#"given_name ^= "l""#, 0),
        (r#"given_name = "O \"The\" Brien""#, 1),
        (r#"family_name = """#, 0),
        (r#"status = "Disabled""#, 1),
        (r#"status = "disabled""#, 0),
        (r#"cognito:user_status = "confirmed""#, 3),
        (r#"cognito:user_status ^= "UNCONF""#, 0),
        (r#"phone_number ^= "+31""#, 0),
    ] {
        assert_eq!(found(&cognito, filter).await, count, "{filter}");
    }
    let user = cognito.signed("AdminGetUser", json!({"Username": NOOR})).await.unwrap();
    for attribute in ["username", "sub"] {
        let name = user["Username"].as_str().unwrap();
        assert_eq!(found(&cognito, &format!("{attribute} = \"{name}\"")).await, 1);
    }
}

#[tokio::test]
async fn filter_with_an_unescaped_quote_is_a_parse_error() {
    let cognito = three_users().await;
    let parse = "InvalidParameterException: Error while parsing filter.";
    for (filter, expected) in [
        (r#"given_name = "O "The" Brien""#, parse),
        (r#"given_name = "Liv"#, parse),
        ("given_name", parse),
        (r#"given_name = \"Liv\""#, parse),
        (r#"locale = "nl""#, "InvalidParameterException: Invalid search attribute: locale"),
    ] {
        let outcome = cognito.signed("ListUsers", json!({"Filter": filter})).await;
        assert_eq!(error(outcome), expected, "{filter}");
    }
    let long = json!({"Filter": "a".repeat(257)});
    assert!(error(cognito.signed("ListUsers", long).await).contains("at 'filter'"));
}

#[tokio::test]
async fn requested_attributes_are_those_that_every_user_has() {
    let cognito = three_users().await;
    let list = |filter: &'static str, names: Value| {
        cognito.signed("ListUsers", json!({"Filter": filter, "AttributesToGet": names}))
    };
    let users = list("", json!(["email"])).await.unwrap();
    for user in users["Users"].as_array().unwrap() {
        let attributes = user["Attributes"].as_array().unwrap();
        assert_eq!(attributes.len(), 1);
        assert_eq!(attributes[0]["Name"], "email");
    }
    let liv = list("given_name = \"Liv\"", json!(["given_name", "sub"])).await.unwrap();
    assert_eq!(liv["Users"][0]["Attributes"].as_array().unwrap().len(), 2);
    let missing = "InvalidParameterException: One or more requested attributes do not exist.";
    for (filter, names) in [
        ("", json!(["given_name"])),
        ("", json!(["custom:none"])),
        ("given_name = \"Liv\"", json!(["none"])),
    ] {
        assert_eq!(error(list(filter, names.clone()).await), missing, "{filter} {names}");
    }
}

#[tokio::test]
async fn limit_and_token_of_a_page_are_checked() {
    let cognito = three_users().await;
    for (limit, is_allowed) in [(-1, false), (0, true), (1, true), (60, true), (61, false)] {
        let outcome = cognito.signed("ListUsers", json!({"Limit": limit})).await;
        assert_eq!(outcome.is_ok(), is_allowed, "{limit}");
    }
    let first = cognito.signed("ListUsers", json!({"Limit": 2})).await.unwrap();
    let token = &first["PaginationToken"];
    let rest = cognito.signed("ListUsers", json!({"PaginationToken": token})).await.unwrap();
    assert_eq!(rest["Users"].as_array().unwrap().len(), 1);
    assert!(rest.get("PaginationToken").is_none());
    for token in ["forged", "", "a b"] {
        let outcome = cognito.signed("ListUsers", json!({"PaginationToken": token})).await;
        assert!(error(outcome).starts_with("InvalidParameterException"), "{token}");
    }
}
