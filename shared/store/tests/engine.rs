//! Behaviour of the engine that the challenge row relies on, pinned on the embedded one: a release
//! that reads right-hand sides from the new item, say, would silently widen the budgets.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod support;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValuesOnConditionCheckFailure};
use lifeguard_sign_in::verdict::Verdict::{Right, Wrong};
use lifeguard_store::challenges::Recorded;
use lifeguard_store::outbox::Outbox;
use lifeguard_testkit::EmbeddedDynamo;
use lifeguard_testkit::embedded::CHALLENGES;

use support::{FIRST, Steps as _, row, table, token};

async fn update(
    client: &Client,
    expression: &str,
    condition: Option<&str>,
    value: u64,
) -> Result<(), UpdateItemError> {
    let request = client
        .update_item()
        .table_name(CHALLENGES)
        .key("pk", AttributeValue::S("row".to_owned()))
        .update_expression(expression)
        .set_condition_expression(condition.map(str::to_owned))
        .expression_attribute_values(":v", AttributeValue::N(value.to_string()))
        .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
    request.send().await.map(drop).map_err(|error| error.into_service_error())
}

fn number(dynamo: &EmbeddedDynamo, name: &str) -> String {
    dynamo.item(CHALLENGES, "row")[name]["N"].as_str().unwrap_or_default().to_owned()
}

async fn start() -> (EmbeddedDynamo, Client) {
    let dynamo = EmbeddedDynamo::start();
    let client = Client::new(&lifeguard_aws::stand_in(dynamo.url()));
    (dynamo, client)
}

#[tokio::test]
async fn right_hand_sides_read_the_item_before_the_update() {
    let (dynamo, client) = start().await;
    for value in [1, 2, 3] {
        let shift = "SET a = :v, b = if_not_exists(a, :v), c = if_not_exists(b, :v)";
        update(&client, shift, None, value).await.unwrap();
    }
    assert_eq!(["a", "b", "c"].map(|name| number(&dynamo, name)), ["3", "2", "1"]);
}

#[tokio::test]
async fn a_failed_condition_returns_the_old_item_and_changes_nothing() {
    let (dynamo, client) = start().await;
    update(&client, "SET a = :v", None, 7).await.unwrap();
    let refused = update(&client, "SET a = :v", Some("a < :v"), 5).await.unwrap_err();
    let UpdateItemError::ConditionalCheckFailedException(refused) = refused else {
        panic!("{refused}")
    };
    assert_eq!(refused.item.unwrap()["a"], AttributeValue::N("7".to_owned()));
    assert_eq!(number(&dynamo, "a"), "7");
}

#[tokio::test]
async fn an_absent_number_counts_from_the_given_one() {
    let (dynamo, client) = start().await;
    for _ in 0..3 {
        update(&client, "SET a = if_not_exists(a, :v) + :v", None, 2).await.unwrap();
    }
    assert_eq!(number(&dynamo, "a"), "8");
}

#[tokio::test]
async fn a_comparison_with_an_absent_attribute_does_not_hold() {
    let (_dynamo, client) = start().await;
    assert!(update(&client, "SET a = :v", Some("b < :v"), 1).await.is_err());
}

/// The newest challenge is spent where `done = seq`: two attributes are compared and assigned.
#[tokio::test]
async fn attributes_are_compared_and_assigned_to_each_other() {
    let (dynamo, client) = start().await;
    update(&client, "SET seq = :v, done = if_not_exists(done, :v)", None, 4).await.unwrap();
    update(&client, "SET a = :v", Some("done = seq"), 1).await.unwrap();
    update(&client, "SET seq = seq + :v", None, 1).await.unwrap();
    assert!(update(&client, "SET a = :v", Some("done = seq"), 2).await.is_err());
    update(&client, "SET done = seq, a = :v", None, 3).await.unwrap();
    update(&client, "SET a = :v", Some("done = seq"), 4).await.unwrap();
    assert_eq!(["seq", "done", "a"].map(|name| number(&dynamo, name)), ["5", "5", "4"]);
}

/// An assignment from an absent attribute is refused: each has an `if_not_exists`.
#[tokio::test]
async fn assignment_from_an_absent_attribute_is_refused() {
    let (_dynamo, client) = start().await;
    assert!(update(&client, "SET a = b, c = :v", None, 1).await.is_err());
}

/// The filter of the event source mapping is "the new image has the text `out`": the issue
/// matches it, and neither the verdict nor the claim does.
#[tokio::test]
async fn the_stream_shows_the_note_of_an_issue_and_of_nothing_else() {
    let dynamo = EmbeddedDynamo::start();
    let store = table(&dynamo).await;
    let number = store.issue_fresh(0).await;
    store.answer(number, Wrong, 1, 1).await;
    store.issue_fresh(60).await;
    store.claim(&row(), FIRST + 1, token(1)).await.unwrap();
    let noted: Vec<bool> = dynamo
        .stream(CHALLENGES)
        .iter()
        .map(|record| record["dynamodb"]["NewImage"]["out"]["S"].is_string())
        .collect();
    assert_eq!(noted, [true, false, true, false]);
    let first = &dynamo.stream(CHALLENGES)[0]["dynamodb"]["NewImage"];
    assert_eq!(first["seq"]["N"], FIRST.to_string());
    assert_eq!(first["pk"]["S"], row().as_str());
}

/// An operator deletes the row of a user who has just used a link.
#[tokio::test]
async fn t03_row_that_is_made_again_takes_no_answer_a_second_time() {
    let dynamo = EmbeddedDynamo::start();
    let store = table(&dynamo).await;
    let number = store.issue_fresh(0).await;
    assert_eq!(store.answer(number, Right, 1, 30).await, Recorded::Counted);
    let client = Client::new(&lifeguard_aws::stand_in(dynamo.url()));
    let key = AttributeValue::S(row().as_str().to_owned());
    client.delete_item().table_name(CHALLENGES).key("pk", key).send().await.unwrap();

    assert_eq!(store.answer(number, Right, 2, 31).await, Recorded::Refused, "there is no row");
    store.issue_fresh(32).await;
    assert_eq!(store.answer(number, Right, 2, 33).await, Recorded::Refused, "it is another row");
}
