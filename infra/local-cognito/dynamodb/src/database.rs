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

use local_cognito_aws_emulation::clock::Clock;
use local_cognito_sam_template::{StartingPosition, Table};

/// The table of accounts.
pub const ACCOUNTS: &str = "lifeguard-accounts";
/// The table of challenges; its stream feeds `deliver-message`.
pub const CHALLENGES: &str = "lifeguard-challenges";
/// The table of profiles.
pub const PROFILES: &str = "lifeguard-profiles";

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
        let database = open(folder, clock)?;
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
            iterator: iterator.context("the stream has no shard")?,
        })
    }
}

/// A position in a stream.
pub struct StreamReader {
    database: NativeDatabase,
    iterator: String,
}

impl StreamReader {
    /// The records behind the position, in the shape that Lambda gets; the position moves on.
    pub fn read(&mut self) -> anyhow::Result<Vec<Value>> {
        let request = GetRecordsRequest { shard_iterator: self.iterator.clone(), limit: None };
        let GetRecordsResponse { records, next_shard_iterator } =
            self.database.get_records(request)?;
        if let Some(next) = next_shard_iterator {
            self.iterator = next;
        }
        Ok(records.iter().map(serde_json::to_value).collect::<Result<_, _>>()?)
    }
}

fn open(folder: Option<&Path>, clock: &Clock) -> anyhow::Result<NativeDatabase> {
    let Some(folder) = folder else {
        return Ok(NativeDatabase::memory_with_clock(Arc::new(HostClock(clock.clone())))?);
    };
    let file = folder.join("dynamodb.sqlite");
    let name = file.to_str().with_context(|| format!("{} is not valid text", file.display()))?;
    NativeDatabase::new(name).with_context(|| format!("{} cannot be opened", file.display()))
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
