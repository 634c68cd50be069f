//! Users of the operator's own directory.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod support;

use serde_json::json;

use support::issuer::DIRECTORY;
use support::{Deployment, policy, text};

const PASSWORD: &str = "seven grey herons";

fn stage(names: &str) -> Deployment {
    let mut policy = policy();
    policy["identity"]["directory"] = json!({"url": DIRECTORY, "names": names});
    let stage = Deployment::with(&policy);
    let user = ("id-1".to_owned(), PASSWORD.to_owned());
    stage.network.users.borrow_mut().insert("noor".to_owned(), user);
    stage
}

#[tokio::test]
async fn user_of_operators_directory_signs_in_under_every_spelling() {
    let stage = stage("folded");
    let identity = stage.password("noor", PASSWORD).await.body["identity_id"].clone();
    assert_eq!(stage.password(" NOOR", PASSWORD).await.body["identity_id"], identity);
    let refused = stage.password("noor", "wrong").await;
    assert_eq!((refused.status, text(&refused.body["error"])), (400, "invalid_grant".to_owned()));
    assert_eq!(stage.password("unknown", PASSWORD).await.body, refused.body);
}

/// The operator's directory compares with hashes of its own, in a form that it alone knows.
#[tokio::test]
async fn password_for_the_operators_directory_stays_as_typed() {
    let stage = stage("folded");
    for (name, password) in
        [("composed", "zw\u{f6}lf"), ("decomposed", "zwo\u{308}lf\u{a0}\u{200b}")]
    {
        let user = (name.to_owned(), password.to_owned());
        stage.network.users.borrow_mut().insert(name.to_owned(), user);
        assert_eq!(stage.password(name, password).await.status, 200, "{password:?}");
    }
    assert_eq!(stage.password("composed", "zwo\u{308}lf").await.status, 400);
    assert_eq!(stage.password("decomposed", "zw\u{f6}lf ").await.status, 400);
}

#[tokio::test]
async fn t62_spellings_of_a_name_share_one_budget() {
    let stage = stage("folded");
    let spellings = ["noor", "Noor", "nOOR", "noor ", " NOOR", "no\u{200b}or"];
    for turn in 0..60 {
        let spelling = spellings.get(turn % spellings.len()).unwrap();
        assert_eq!(stage.password(spelling, "a guess").await.status, 400);
    }
    assert_eq!(stage.network.requests.get(), 10, "guesses that reached the directory");
    assert_eq!(stage.password("noor", PASSWORD).await.status, 400, "over the attempt limit");
}

#[tokio::test]
async fn each_name_of_an_exact_directory_has_its_own_budget() {
    let stage = stage("exact");
    for _ in 0..20 {
        assert_eq!(stage.password("Noor", "a guess").await.status, 400);
    }
    assert_eq!(stage.network.requests.get(), 10);
    assert_eq!(stage.password("noor", PASSWORD).await.status, 200);
}
