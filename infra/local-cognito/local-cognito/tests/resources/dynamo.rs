//! DynamoDB by the SDK's own client: the rows under one's own key, and all others.

use std::collections::HashMap;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::Credentials as Keys;
use aws_sdk_dynamodb::types::AttributeValue::S;
use aws_sdk_dynamodb::types::{
    AttributeValue, KeysAndAttributes, Put, PutRequest, TransactWriteItem, WriteRequest,
};
use local_cognito::sigv4::{SigningKey, Unsigned, sign};
use local_cognito_testing::{ADA, BOB, LIFE, REGION, TestCognito, administrator, keys};
use serde_json::{Value, json};

use crate::start::{NOTES, code, serve};

const DENIED: &str = "AccessDeniedException";

type Row = HashMap<String, AttributeValue>;

fn row(owner: &str, note: &str) -> Row {
    HashMap::from([("pk".to_owned(), S(owner.to_owned())), ("sk".to_owned(), S(note.to_owned()))])
}

async fn put(client: &Client, owner: &str) -> String {
    code(&client.put_item().table_name(NOTES).set_item(Some(row(owner, "1"))).send().await)
}

async fn get(client: &Client, owner: &str) -> String {
    code(&client.get_item().table_name(NOTES).set_key(Some(row(owner, "1"))).send().await)
}

/// Counts the rows that a query finds by its condition with `:own` as the owner's id.
async fn query(client: &Client, condition: &str, owner: &str) -> Result<i32, String> {
    let answer = client
        .query()
        .table_name(NOTES)
        .key_condition_expression(condition)
        .expression_attribute_values(":own", S(owner.to_owned()))
        .send()
        .await;
    answer.as_ref().map(|page| page.count()).map_err(|_| code(&answer))
}

#[tokio::test]
async fn rows_under_the_own_key_can_be_written_and_read() {
    let cognito = serve().await;
    let ada = cognito.dynamo(keys(ADA));
    assert_eq!(put(&ada, ADA).await, "done");
    assert_eq!(get(&ada, ADA).await, "done");
    assert_eq!(query(&ada, "pk = :own", ADA).await, Ok(1));
    let update = ada
        .update_item()
        .table_name(NOTES)
        .set_key(Some(row(ADA, "1")))
        .update_expression("SET #text = :text")
        .expression_attribute_names("#text", "text")
        .expression_attribute_values(":text", S("hello".to_owned()));
    assert_eq!(code(&update.send().await), "done");
    let read = KeysAndAttributes::builder().keys(row(ADA, "1")).build().unwrap();
    let batch = ada.batch_get_item().request_items(NOTES, read).send().await.unwrap();
    assert_eq!(batch.responses().unwrap()[NOTES].len(), 1);
    let delete = ada.delete_item().table_name(NOTES).set_key(Some(row(ADA, "1")));
    assert_eq!(code(&delete.send().await), "done");
    assert_eq!(query(&ada, "pk = :own", ADA).await, Ok(0));
}

#[tokio::test]
async fn rows_under_another_key_are_refused_in_every_way() {
    let cognito = serve().await;
    let (ada, bob) = (cognito.dynamo(keys(ADA)), cognito.dynamo(keys(BOB)));
    assert_eq!(put(&ada, ADA).await, "done");

    assert_eq!(put(&bob, ADA).await, DENIED);
    assert_eq!(get(&bob, ADA).await, DENIED);
    assert_eq!(query(&bob, "pk = :own", ADA).await, Err(DENIED.to_owned()));
    let update = bob.update_item().table_name(NOTES).set_key(Some(row(ADA, "1")));
    assert_eq!(code(&update.send().await), DENIED);
    let delete = bob.delete_item().table_name(NOTES).set_key(Some(row(ADA, "1")));
    assert_eq!(code(&delete.send().await), DENIED);
    for owners in [[BOB, ADA], [ADA, BOB]] {
        let rows = owners.map(|owner| row(owner, "1"));
        let read = KeysAndAttributes::builder().set_keys(Some(rows.to_vec())).build().unwrap();
        assert_eq!(code(&bob.batch_get_item().request_items(NOTES, read).send().await), DENIED);
        let writes = rows.map(|row| {
            let put = PutRequest::builder().set_item(Some(row)).build().unwrap();
            WriteRequest::builder().put_request(put).build()
        });
        let write = bob.batch_write_item().request_items(NOTES, writes.to_vec());
        assert_eq!(code(&write.send().await), DENIED);
    }
    assert_eq!(query(&ada, "pk = :own", ADA).await, Ok(1));
    assert_eq!(query(&bob, "pk = :own", BOB).await, Ok(0));
}

#[tokio::test]
async fn what_has_no_single_key_is_refused() {
    let cognito = serve().await;
    let ada = cognito.dynamo(keys(ADA));
    assert_eq!(put(&ada, ADA).await, "done");
    assert_eq!(code(&ada.scan().table_name(NOTES).send().await), DENIED);
    let first_page = ada.scan().table_name(NOTES).limit(1).filter_expression("pk = :own");
    let first_page = first_page.expression_attribute_values(":own", S(ADA.to_owned()));
    assert_eq!(code(&first_page.send().await), DENIED);
    for condition in ["sk = :own", "pk = :own AND pk = :own", "sk = :own AND pk = :own"] {
        assert_eq!(query(&ada, condition, ADA).await, Err(DENIED.to_owned()), "{condition}");
    }
    let elsewhere = ada
        .query()
        .table_name(NOTES)
        .key_condition_expression("pk = :own")
        .expression_attribute_values(":own", S(ADA.to_owned()))
        .set_exclusive_start_key(Some(row(BOB, "1")));
    assert_eq!(code(&elsewhere.send().await), DENIED);
    let own = Put::builder().table_name(NOTES).set_item(Some(row(ADA, "2"))).build().unwrap();
    let own = TransactWriteItem::builder().put(own).build();
    assert_eq!(code(&ada.transact_write_items().transact_items(own).send().await), DENIED);
    let sql = ada.execute_statement().statement(format!("SELECT * FROM \"{NOTES}\""));
    assert_eq!(code(&sql.send().await), DENIED);
    assert_eq!(code(&ada.list_tables().send().await), DENIED);
    assert_eq!(code(&ada.describe_table().table_name(NOTES).send().await), DENIED);
}

#[tokio::test]
async fn other_tables_and_other_services_are_refused() {
    let cognito = serve().await;
    let ada = cognito.dynamo(keys(ADA));
    for table in ["lifeguard-challenges", "lifeguard-profiles", "another"] {
        let item = ada.get_item().table_name(table).key("pk", S(ADA.to_owned()));
        assert_eq!(code(&item.send().await), DENIED, "{table}");
    }
    let secret = "secretsmanager.GetSecretValue";
    let secret = call(&cognito, "secretsmanager", secret, |_| {}).await;
    assert_eq!(secret, (400, DENIED.to_owned()));
}

#[tokio::test]
async fn every_part_of_the_credentials_must_be_right() {
    let cognito = serve().await;
    let ada = keys(ADA);
    let (id, secret) = (ada.access_key_id(), ada.secret_access_key());
    let with = |id: &str, secret: &str, token: Option<&str>| {
        cognito.dynamo(Keys::new(id, secret, token.map(str::to_owned), None, "test"))
    };
    for (client, expected) in [
        (with(id, secret, ada.session_token()), "done"),
        (with(id, secret, None), "UnrecognizedClientException"),
        (with(id, secret, keys(BOB).session_token()), "UnrecognizedClientException"),
        (with(id, "another secret", ada.session_token()), "InvalidSignatureException"),
        (with("ASIAnobody", secret, ada.session_token()), "UnrecognizedClientException"),
    ] {
        assert_eq!(put(&client, ADA).await, expected);
    }
    cognito.clock.advance(Duration::from_secs(LIFE));
    assert_eq!(put(&cognito.dynamo(keys(ADA)), ADA).await, "ExpiredTokenException");
    assert_eq!(put(&cognito.dynamo(administrator()), ADA).await, "done");
}

/// A call by hand with Ada's signature, its headers altered: the status and the error's type.
async fn call(
    cognito: &TestCognito,
    service: &str,
    target: &str,
    alter: impl Fn(&mut Vec<(String, String)>),
) -> (u16, String) {
    let ada = keys(ADA);
    let body = json!({"TableName": NOTES, "Key": {"pk": {"S": ADA}, "sk": {"S": "1"}}}).to_string();
    let unsigned = Unsigned {
        method: "POST",
        url: format!("{}/", cognito.server().url()),
        headers: vec![("content-type", "application/x-amz-json-1.0"), ("x-amz-target", target)],
        body: body.as_bytes(),
    };
    let key = SigningKey {
        access_key_id: ada.access_key_id(),
        secret_key: ada.secret_access_key(),
        session_token: ada.session_token(),
        region: REGION,
        service,
    };
    let mut headers = sign(&unsigned, &key, cognito.clock.wall()).unwrap();
    headers.extend(unsigned.headers.iter().map(|(name, value)| ((*name).into(), (*value).into())));
    alter(&mut headers);
    let request = reqwest::Client::new().post(&unsigned.url).body(body.clone());
    let request =
        headers.iter().fold(request, |request, (name, value)| request.header(name, value));
    let answer = request.send().await.unwrap();
    let status = answer.status().as_u16();
    let answer: Value = answer.json().await.unwrap();
    (status, answer["__type"].as_str().unwrap_or("done").to_owned())
}

#[tokio::test]
async fn a_request_without_a_signature_is_refused() {
    let cognito = serve().await;
    let get = "DynamoDB_20120810.GetItem";
    assert_eq!(call(&cognito, "dynamodb", get, |_| {}).await, (200, "done".to_owned()));
    let unsigned = call(&cognito, "dynamodb", get, |headers| {
        headers.retain(|(name, _)| name != "authorization");
    });
    assert_eq!(unsigned.await, (400, "MissingAuthenticationTokenException".to_owned()));
    let wrongly_signed = call(&cognito, "dynamodb", get, |headers| {
        for (name, value) in headers {
            if name == "authorization" {
                *value = value.replace("Signature=", "Signature=0");
            }
        }
    });
    assert_eq!(wrongly_signed.await, (400, "InvalidSignatureException".to_owned()));
    let other_service = call(&cognito, "s3", get, |_| {}).await;
    assert_eq!(other_service, (400, "InvalidSignatureException".to_owned()));
    let other_action = call(&cognito, "dynamodb", get, |headers| {
        for (name, value) in headers {
            if name == "x-amz-target" {
                *value = "DynamoDB_20120810.DeleteItem".to_owned();
            }
        }
    });
    assert_eq!(other_action.await, (400, "InvalidSignatureException".to_owned()));
}
