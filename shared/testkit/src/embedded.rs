//! An embedded DynamoDB behind its own HTTP server, so that the real store code talks to it.

use std::thread;

use dynoxide::actions::create_table::CreateTableRequest;
use dynoxide::actions::get_item::GetItemRequest;
use dynoxide::actions::get_records::GetRecordsRequest;
use dynoxide::actions::get_shard_iterator::GetShardIteratorRequest;
use dynoxide::actions::put_item::PutItemRequest;
use dynoxide::actions::scan::ScanRequest;
use dynoxide::{NativeDatabase, streams};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

/// The table of challenges in every embedded database.
pub const CHALLENGES: &str = "challenges";
/// The table of profiles in every embedded database.
pub const PROFILES: &str = "profiles";

/// The table of accounts in every embedded database.
pub const ACCOUNTS: &str = "accounts";

/// A database in memory with the tables of this project, served on a port of its own until it is
/// dropped.
pub struct EmbeddedDynamo {
    database: NativeDatabase,
    url: String,
    _stop: oneshot::Sender<()>,
}

impl EmbeddedDynamo {
    /// Starts a database of its own.
    #[must_use]
    pub fn start() -> Self {
        let database = NativeDatabase::memory().expect("a database in memory opens");
        for (table, stream) in [(CHALLENGES, true), (PROFILES, false)] {
            database.create_table(schema(table, stream)).expect("a table is created");
        }
        database.create_table(accounts()).expect("a table is created");
        let (url, stop) = serve(database.clone());
        Self { database, url, _stop: stop }
    }

    /// Returns its address.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The item under `pk`, in DynamoDB's JSON; `null` if there is none.
    #[must_use]
    pub fn item(&self, table: &str, pk: &str) -> Value {
        let request = json!({"TableName": table, "Key": {"pk": {"S": pk}}});
        let request: GetItemRequest = serde_json::from_value(request).expect("a request");
        let answer = self.database.get_item(request).expect("an item is read");
        serde_json::to_value(answer.item).expect("an item is JSON")
    }

    /// Puts an item, in DynamoDB's JSON, as it is.
    pub fn put(&self, table: &str, item: Value) {
        let request = json!({"TableName": table, "Item": item});
        let request: PutItemRequest = serde_json::from_value(request).expect("a request");
        self.database.put_item(request).expect("an item is written");
    }

    /// Every item of a table, in DynamoDB's JSON.
    #[must_use]
    pub fn items(&self, table: &str) -> Vec<Value> {
        let request: ScanRequest =
            serde_json::from_value(json!({"TableName": table})).expect("a request");
        let answer = serde_json::to_value(self.database.scan(request).expect("a table is read"));
        answer.expect("items are JSON")["Items"].as_array().cloned().unwrap_or_default()
    }

    /// Every record of a table's stream, in DynamoDB's JSON, oldest first.
    #[must_use]
    pub fn stream(&self, table: &str) -> Vec<Value> {
        let request = GetShardIteratorRequest {
            stream_arn: streams::stream_arn(table, "any"),
            shard_id: streams::shard_id(table),
            shard_iterator_type: "TRIM_HORIZON".to_owned(),
            sequence_number: None,
        };
        let start = self.database.get_shard_iterator(request).expect("a table with a stream");
        let shard_iterator = start.shard_iterator.expect("a shard");
        let request = GetRecordsRequest { shard_iterator, limit: None };
        let records = self.database.get_records(request).expect("records are read").records;
        records
            .iter()
            .map(|record| serde_json::to_value(record).expect("a record is JSON"))
            .collect()
    }
}

fn schema(table: &str, stream: bool) -> CreateTableRequest {
    let mut schema = json!({
        "TableName": table,
        "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
        "BillingMode": "PAY_PER_REQUEST",
    });
    if stream {
        schema["StreamSpecification"] =
            json!({"StreamEnabled": true, "StreamViewType": "NEW_IMAGE"});
    }
    serde_json::from_value(schema).expect("a schema")
}

/// The accounts, which administrators also find by their id.
fn accounts() -> CreateTableRequest {
    let attribute = |name: &str| json!({"AttributeName": name, "AttributeType": "S"});
    let key = |name: &str| json!([{"AttributeName": name, "KeyType": "HASH"}]);
    let schema = json!({
        "TableName": ACCOUNTS,
        "AttributeDefinitions": [attribute("pk"), attribute("id")],
        "KeySchema": key("pk"),
        "GlobalSecondaryIndexes": [{
            "IndexName": "by_id",
            "KeySchema": key("id"),
            "Projection": {"ProjectionType": "KEYS_ONLY"},
        }],
        "BillingMode": "PAY_PER_REQUEST",
    });
    serde_json::from_value(schema).expect("a schema")
}

/// Serves the database from a thread with a runtime of its own, so that a test may use any.
fn serve(database: NativeDatabase) -> (String, oneshot::Sender<()>) {
    let (stop, stopped) = oneshot::channel::<()>();
    let (address, bound) = std::sync::mpsc::channel();
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.expect("a runtime starts").block_on(async move {
            let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
            let _ = address.send(listener.local_addr().expect("a bound port has an address"));
            let stopped = async move { drop(stopped.await) };
            let _ = dynoxide::server::serve_with_shutdown(listener, database, stopped).await;
        });
    });
    let address = bound.recv().expect("the server listens");
    (format!("http://{address}"), stop)
}
