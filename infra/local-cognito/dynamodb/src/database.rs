//! The embedded DynamoDB: its tables, its HTTP server on an inner port, and its stream.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, anyhow, bail};
use dynoxide::actions::create_table::CreateTableRequest;
use dynoxide::actions::get_records::{GetRecordsRequest, GetRecordsResponse};
use dynoxide::actions::get_shard_iterator::GetShardIteratorRequest;
use dynoxide::actions::update_time_to_live::UpdateTimeToLiveRequest;
use dynoxide::storage_backend;
use dynoxide::{NativeDatabase, streams};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::retention;
use local_cognito_aws_emulation::clock::Clock;
use local_cognito_sam_template::{StartingPosition, Table};

/// The table of accounts.
pub const ACCOUNTS: &str = "lifeguard-accounts";
/// The table of challenges; its stream feeds `deliver-message`.
pub const CHALLENGES: &str = "lifeguard-challenges";
/// The table of profiles.
pub const PROFILES: &str = "lifeguard-profiles";

/// The most records that a reader takes at once, as the engine has it.
pub(super) const PAGE: usize = 1_000;

/// The database of one local Cognito; cloning shares it.
#[derive(Clone)]
pub struct Dynamo {
    database: NativeDatabase,
    url: String,
}

impl Dynamo {
    /// Opens the database in memory, or in a file of `folder`, creates the tables that are
    /// missing, and serves it on a port of its own.
    ///
    /// In memory its TTL follows the clock of the local Cognito, in a file the wall clock.
    ///
    /// # Errors
    /// A file that is no database, a table that the engine refuses, or no port to listen on.
    pub async fn start(
        folder: Option<&Path>,
        clock: &Clock,
        tables: &[Table],
    ) -> anyhow::Result<Self> {
        let database = open(folder, clock, tables)?;
        for table in tables {
            create_table(&database, table)
                .with_context(|| format!("The table {} cannot be created", table.name))?;
        }
        let listener = TcpListener::bind("127.0.0.1:0")
            .await
            .context("DynamoDB finds no port to listen on")?;
        let url = format!("http://{}", listener.local_addr()?);
        tokio::spawn(dynoxide::server::serve_with_shutdown(
            listener,
            database.clone(),
            std::future::pending(),
        ));
        Ok(Self { database, url })
    }

    /// Returns the address of the engine itself; calls made there are not in the journal.
    pub fn inner_url(&self) -> &str {
        &self.url
    }

    /// Deletes what has outlived its TTL, as DynamoDB does in the background.
    ///
    /// # Errors
    /// A fault of the engine.
    pub fn sweep(&self) -> anyhow::Result<usize> {
        Ok(self.database.sweep_ttl()?)
    }

    /// A reader of a table's stream. Its position is not kept: after a restart it begins anew.
    ///
    /// # Errors
    /// A table without a stream.
    pub fn stream(&self, table: &str, from: StartingPosition) -> anyhow::Result<StreamReader> {
        let request = GetShardIteratorRequest {
            // The engine finds the stream by the table in the name; the label does not matter.
            stream_arn: streams::stream_arn(table, "latest"),
            shard_id: streams::shard_id(table),
            shard_iterator_type: match from {
                StartingPosition::TrimHorizon => "TRIM_HORIZON".to_owned(),
                StartingPosition::Latest => "LATEST".to_owned(),
            },
            sequence_number: None,
        };
        let iterator = self.database.get_shard_iterator(request)?.shard_iterator;
        Ok(StreamReader {
            database: self.database.clone(),
            table: table.to_owned(),
            iterator: iterator.context("the stream has no shard")?,
        })
    }
}

/// A position in a stream.
pub struct StreamReader {
    database: NativeDatabase,
    table: String,
    iterator: String,
}

impl StreamReader {
    /// The records behind the position, in the shape that Lambda gets; the position moves on.
    pub fn read(&mut self) -> anyhow::Result<Vec<Value>> {
        let request =
            GetRecordsRequest { shard_iterator: self.iterator.clone(), limit: Some(PAGE) };
        let GetRecordsResponse { records, next_shard_iterator } =
            self.database.get_records(request)?;
        if let Some(next) = next_shard_iterator {
            self.iterator = next;
        }
        Ok(records.iter().map(serde_json::to_value).collect::<Result<_, _>>()?)
    }

    /// Deletes the records up to the one of this number in the engine, for every reader.
    pub(super) fn delete(&self, up_to: u64) -> anyhow::Result<()> {
        retention::delete(&self.database, &self.table, up_to)
    }
}

fn open(folder: Option<&Path>, clock: &Clock, tables: &[Table]) -> anyhow::Result<NativeDatabase> {
    let names: Vec<&str> = tables.iter().map(|table| table.name.as_str()).collect();
    let Some(folder) = folder else {
        let database = NativeDatabase::memory_with_clock(Arc::new(HostClock(clock.clone())))?;
        retention::prepare_memory(&database, &names)?;
        return Ok(database);
    };
    let file = folder.join("dynamodb.sqlite");
    let name = file.to_str().with_context(|| format!("{} is not valid text", file.display()))?;
    let unopened = || format!("{} cannot be opened", file.display());
    let database = NativeDatabase::new(name).with_context(unopened)?;
    retention::prepare_file(name, &names).with_context(unopened)?;
    Ok(database)
}

fn create_table(database: &NativeDatabase, table: &Table) -> anyhow::Result<()> {
    if let Some(existing) = database.get_table_metadata(&table.name)? {
        let key: Value = serde_json::from_str(&existing.key_schema)?;
        if table.definition.get("KeySchema") != Some(&key) {
            bail!(
                "the one in the data folder has another key, so it is of another version; choose \
                 another --data folder"
            );
        }
        return Ok(());
    }
    database.create_table(request::<CreateTableRequest>(table.definition.clone())?)?;
    if let Some(attribute) = &table.time_to_live {
        let time_to_live = json!({
            "TableName": table.name,
            "TimeToLiveSpecification": {"AttributeName": attribute, "Enabled": true},
        });
        database.update_time_to_live(request::<UpdateTimeToLiveRequest>(time_to_live)?)?;
    }
    Ok(())
}

fn request<T: DeserializeOwned>(value: Value) -> anyhow::Result<T> {
    serde_json::from_value(value).map_err(|error| anyhow!("the engine refuses a table: {error}"))
}

/// The local Cognito's clock as the engine reads it, for stream records and TTL.
struct HostClock(Clock);

impl storage_backend::Clock for HostClock {
    fn now_unix_secs(&self) -> u64 {
        self.0.now()
    }

    #[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 fit 53 bits")]
    fn now_unix_secs_f64(&self) -> f64 {
        self.0.now_millis() as f64 / 1000.0
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::time::Duration;

    use rusqlite::{Connection, StatementStatus};
    use serde_json::{Value, json};
    use tokio::sync::watch;
    use uuid::Uuid;

    use super::{CHALLENGES, Dynamo, request};
    use crate::retention::stored_number;
    use crate::stream::{Source, Stream, TARGET, pump};
    use local_cognito_aws_emulation::clock::Clock;
    use local_cognito_aws_emulation::functions::{Functions, Outcome};
    use local_cognito_aws_emulation::journal::{Entry, Journal};
    use local_cognito_aws_emulation::logs::Logs;
    use local_cognito_sam_template::{EventSourceMapping, StartingPosition, Table};

    /// More than a page.
    const WRITES: usize = 1_200;

    /// A database with the table of challenges, and the pump of its stream.
    struct PumpedTable {
        dynamo: Dynamo,
        functions: Functions,
        journal: Journal,
        stream: Stream,
        clock: Clock,
        stop: watch::Sender<()>,
    }

    impl PumpedTable {
        async fn new(folder: Option<&Path>) -> Self {
            let definition = json!({
                "TableName": CHALLENGES,
                "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
                "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
                "BillingMode": "PAY_PER_REQUEST",
                "StreamSpecification": {"StreamEnabled": true, "StreamViewType": "NEW_IMAGE"},
            });
            let time_to_live = Some("ttl".to_owned());
            let table = Table { name: CHALLENGES.to_owned(), definition, time_to_live };
            let clock = Clock::default();
            Self {
                dynamo: Dynamo::start(folder, &clock, &[table]).await.unwrap(),
                functions: Functions::default(),
                journal: Journal::default(),
                stream: Stream::default(),
                clock,
                stop: watch::channel(()).0,
            }
        }

        fn answer(&self, answer: Value) {
            self.functions.script(TARGET, move |_| Outcome::json(&answer));
        }

        fn pump(&self) {
            let source = Source {
                functions: self.functions.clone(),
                journal: self.journal.clone(),
                logs: Logs::default(),
                region: "eu-west-1".to_owned(),
                clock: self.clock.clone(),
                mapping: EventSourceMapping {
                    function: TARGET.to_owned(),
                    starting_position: StartingPosition::TrimHorizon,
                    batch_size: 10,
                    parallelization_factor: 2,
                    partial_failures: true,
                    bisects: true,
                    retries: None,
                    record_age: Some(Duration::from_secs(300)),
                    on_failure: None,
                },
            };
            let reader = self.dynamo.stream(CHALLENGES, StartingPosition::TrimHorizon).unwrap();
            tokio::spawn(pump(self.stream.clone(), reader, source, self.stop.subscribe()));
        }

        fn write(&self, pk: &str, message: bool) {
            let mut item = json!({"pk": {"S": pk}, "ttl": {"N": "1"}});
            if message {
                item["out"] = json!({"S": "{}"});
            }
            let put = json!({"TableName": CHALLENGES, "Item": item});
            self.dynamo.database.put_item(request(put).unwrap()).unwrap();
            self.stream.announce();
        }

        /// Number of records in the database.
        fn kept(&self) -> usize {
            let mut reader = self.dynamo.stream(CHALLENGES, StartingPosition::TrimHorizon).unwrap();
            std::iter::from_fn(|| Some(reader.read().unwrap().len())).take_while(|it| *it > 0).sum()
        }

        /// Keys of the records that were delivered.
        fn delivered(&self) -> Vec<String> {
            let mut keys = Vec::new();
            for entry in self.journal.since(0) {
                let Entry::Invoked { event, .. } = entry else { continue };
                for record in event["Records"].as_array().unwrap() {
                    keys.push(record["dynamodb"]["Keys"]["pk"]["S"].as_str().unwrap().to_owned());
                }
            }
            keys
        }

        /// Waits until at most this many records are kept.
        async fn keeps_at_most(&self, most: usize) {
            for _ in 0..12_000 {
                if self.kept() <= most {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            panic!("{} records are kept", self.kept());
        }
    }

    fn folder() -> std::path::PathBuf {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../target/tmp/retention");
        let folder = folder.join(Uuid::new_v4().to_string());
        std::fs::create_dir_all(&folder).unwrap();
        folder
    }

    async fn check_bound(folder: Option<&Path>) {
        let bench = PumpedTable::new(folder).await;
        bench.answer(Value::Null);
        bench.pump();
        for number in 0..WRITES {
            bench.write(&number.to_string(), number % 3 == 0);
        }
        bench.keeps_at_most(256).await;
        assert!(bench.kept() > 0, "the newest record is gone");
    }

    #[tokio::test]
    async fn done_records_are_deleted_in_memory() {
        check_bound(None).await;
    }

    #[tokio::test]
    async fn done_records_are_deleted_in_a_file() {
        let folder = folder();
        check_bound(Some(&folder)).await;
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[tokio::test]
    async fn record_that_is_not_delivered_is_kept() {
        let bench = PumpedTable::new(None).await;
        bench.answer(json!({"batchItemFailures": [{"itemIdentifier": "none of these"}]}));
        bench.pump();
        for number in 0..WRITES {
            bench.write(&number.to_string(), number == 700);
        }
        // The done record before it stays too, as the newest of those that are done.
        bench.keeps_at_most(WRITES - 699).await;
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert_eq!(bench.kept(), WRITES - 699);
        bench.answer(Value::Null);
        bench.keeps_at_most(256).await;
    }

    #[tokio::test]
    async fn numbers_rise_after_a_deletion() {
        let bench = PumpedTable::new(None).await;
        let mut reader = bench.dynamo.stream(CHALLENGES, StartingPosition::TrimHorizon).unwrap();
        let number = |records: &[Value]| {
            stored_number(records[0]["dynamodb"]["SequenceNumber"].as_str().unwrap()).unwrap()
        };
        bench.write("a", false);
        let first = number(&reader.read().unwrap());
        bench.write("b", false);
        let second = number(&reader.read().unwrap());
        reader.delete(second - 1).unwrap();
        assert_eq!(bench.kept(), 1);
        bench.write("c", false);
        let third = number(&reader.read().unwrap());
        assert!(first < second && second < third, "{first} {second} {third}");
    }

    #[tokio::test(start_paused = true)]
    async fn pages_are_read_without_a_pause_between_them() {
        let bench = PumpedTable::new(None).await;
        for number in 0..4 * super::PAGE {
            bench.write(&number.to_string(), false);
        }
        bench.pump();
        // Every pause is over at once in this time, so it has one reading in it, not five.
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert!(bench.kept() <= 256, "{} records are kept", bench.kept());
    }

    #[tokio::test]
    async fn old_records_of_every_page_are_not_delivered() {
        let folder = folder();
        let bench = PumpedTable::new(Some(&folder)).await;
        for number in 0..WRITES {
            bench.write(&number.to_string(), true);
        }
        let aged = "UPDATE _stream_records SET created_at = created_at - 400";
        let file = Connection::open(folder.join("dynamodb.sqlite")).unwrap();
        file.execute(aged, []).unwrap();
        bench.answer(Value::Null);
        bench.pump();
        bench.keeps_at_most(256).await;
        bench.write("new", true);
        for _ in 0..400 {
            if bench.delivered().contains(&"new".to_owned()) {
                break;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert_eq!(bench.delivered(), ["new"], "old records were delivered");
        std::fs::remove_dir_all(folder).unwrap();
    }

    /// Steps of SQLite's machine for a statement that the engine runs, or that deletes.
    fn steps(file: &Connection, statement: &str) -> i32 {
        let mut statement = file.prepare(statement).unwrap();
        let _row = statement.raw_query().next().unwrap();
        statement.get_status(StatementStatus::VmStep)
    }

    #[tokio::test]
    async fn work_of_a_write_does_not_grow_with_the_records() {
        let folder = folder();
        let _bench = PumpedTable::new(Some(&folder)).await;
        let file = Connection::open(folder.join("dynamodb.sqlite")).unwrap();
        let statements = [
            "SELECT COALESCE(MAX(CAST(sequence_number AS INTEGER)), 0) + 1 FROM _stream_records \
             WHERE table_name = 't'",
            "SELECT event_name FROM _stream_records WHERE table_name = 't' AND shard_id = 's' \
             AND CAST(sequence_number AS INTEGER) > 5000 \
             ORDER BY CAST(sequence_number AS INTEGER) ASC LIMIT 9",
            "DELETE FROM _stream_records WHERE table_name = 't' \
             AND CAST(sequence_number AS INTEGER) <= CAST(0.0 AS INTEGER)",
        ];
        let mut before = [0; 3];
        for records in 1..=2_000 {
            let insert = "INSERT INTO _stream_records (table_name, event_name, keys_json, \
                          sequence_number, shard_id, created_at) VALUES ('t', 'e', '{}', ?1, 's', 0)";
            if records == 11 {
                before = statements.map(|statement| steps(&file, statement));
            }
            file.execute(insert, [records.to_string()]).unwrap();
        }
        for (statement, before) in statements.iter().zip(before) {
            let after = steps(&file, statement);
            assert!(after <= before + 20, "{before} steps became {after}: {statement}");
        }
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[tokio::test]
    async fn deletion_is_hidden_from_clients() {
        let bench = PumpedTable::new(None).await;
        let listed = bench.dynamo.database.list_tables(request(json!({})).unwrap()).unwrap();
        assert_eq!(serde_json::to_value(listed).unwrap()["TableNames"], json!([CHALLENGES]));
    }

    #[tokio::test]
    async fn rows_in_memory_expire_by_the_moved_clock() {
        let bench = PumpedTable::new(None).await;
        let ttl = (bench.clock.now() + 60).to_string();
        let put = json!({"TableName": CHALLENGES, "Item": {"pk": {"S": "a"}, "ttl": {"N": ttl}}});
        bench.dynamo.database.put_item(request(put).unwrap()).unwrap();
        assert_eq!(bench.dynamo.sweep().unwrap(), 0);
        bench.clock.advance(Duration::from_secs(90));
        assert_eq!(bench.dynamo.sweep().unwrap(), 1);
    }
}
