//! Faults between the real store code and the embedded database.
//!
//! The embedded engine never conflicts with itself and never throttles. This proxy is before
//! it and does, at the calls it is told to.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex};
use std::thread;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{oneshot, watch};

use crate::embedded::EmbeddedDynamo;

/// Fault of one call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// Another transaction holds the item; nothing is written.
    Conflict,
    /// The condition is said not to hold, without the item; nothing is written.
    ConditionFailed,
    /// The table's capacity is used up; nothing is written.
    Throughput,
    /// The account is throttled; nothing is written.
    Throttled,
    /// The service has failed; nothing is written.
    Internal,
    /// No answer ever comes; nothing is written.
    HangBefore,
    /// It is written, and no answer ever comes.
    HangAfter,
    /// The connection breaks before the call arrives; nothing is written.
    LoseRequest,
    /// It is written, and the connection breaks before the answer arrives.
    LoseAnswer,
}

impl Fault {
    /// Every fault.
    pub const ALL: [Self; 9] = [
        Self::Conflict,
        Self::ConditionFailed,
        Self::Throughput,
        Self::Throttled,
        Self::Internal,
        Self::HangBefore,
        Self::HangAfter,
        Self::LoseRequest,
        Self::LoseAnswer,
    ];

    /// True if the call reaches the database in spite of it.
    #[must_use]
    pub fn executes(self) -> bool {
        matches!(self, Self::HangAfter | Self::LoseAnswer)
    }

    /// The error with which the service answers, if it answers.
    fn answer(self) -> Option<(u16, &'static str)> {
        match self {
            Self::Conflict => Some((400, "TransactionConflictException")),
            Self::ConditionFailed => Some((400, "ConditionalCheckFailedException")),
            Self::Throughput => Some((400, "ProvisionedThroughputExceededException")),
            Self::Throttled => Some((400, "ThrottlingException")),
            Self::Internal => Some((500, "InternalServerError")),
            Self::HangBefore | Self::HangAfter | Self::LoseRequest | Self::LoseAnswer => None,
        }
    }
}

/// Embedded database with faults between it and its clients.
pub struct FaultyDynamo {
    database: EmbeddedDynamo,
    url: String,
    plan: Arc<Mutex<Plan>>,
    dealt_with: watch::Sender<usize>,
    _stop: oneshot::Sender<()>,
}

#[derive(Default)]
struct Plan {
    operations: Vec<String>,
    faults: BTreeMap<usize, Fault>,
}

impl FaultyDynamo {
    /// Starts a database of its own in which nothing goes wrong yet.
    #[must_use]
    pub fn start() -> Self {
        let database = EmbeddedDynamo::start();
        let plan = Arc::<Mutex<Plan>>::default();
        let (dealt_with, _) = watch::channel(0);
        let proxy = Proxy {
            database: database.url().trim_start_matches("http://").to_owned(),
            plan: Arc::clone(&plan),
            dealt_with: dealt_with.clone(),
        };
        let (url, stop) = serve(proxy);
        Self { database, url, plan, dealt_with, _stop: stop }
    }

    /// Returns the address of the proxy.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The database behind the proxy.
    #[must_use]
    pub fn database(&self) -> &EmbeddedDynamo {
        &self.database
    }

    /// Plans faults of the next calls, counted from 1; a retry of the SDK is a call of its own.
    pub fn plan(&self, faults: impl IntoIterator<Item = (usize, Fault)>) {
        let faults = faults.into_iter().collect();
        *self.plan.lock().expect("no test panicked inside") =
            Plan { operations: Vec::new(), faults };
        self.dealt_with.send_replace(0);
    }

    /// Returns the number of calls since the last plan.
    #[must_use]
    pub fn calls(&self) -> usize {
        self.operations().len()
    }

    /// Returns the operations since the last plan, such as `PutItem`, one for each call.
    #[must_use]
    pub fn operations(&self) -> Vec<String> {
        self.plan.lock().expect("no test panicked inside").operations.clone()
    }

    /// Waits until the fault of this call has happened.
    pub async fn happened(&self, call: usize) {
        let mut dealt_with = self.dealt_with.subscribe();
        dealt_with.wait_for(|done| *done >= call).await.expect("the database is not dropped");
    }
}

#[derive(Clone)]
struct Proxy {
    database: String,
    plan: Arc<Mutex<Plan>>,
    dealt_with: watch::Sender<usize>,
}

/// Serves from a thread with a runtime of its own, so that a test may use any.
fn serve(proxy: Proxy) -> (String, oneshot::Sender<()>) {
    let (stop, stopped) = oneshot::channel::<()>();
    let (address, bound) = std::sync::mpsc::channel();
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.expect("a runtime starts").block_on(async move {
            let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
            let _ = address.send(listener.local_addr().expect("a bound port has an address"));
            let accept = async {
                while let Ok((client, _)) = listener.accept().await {
                    let proxy = proxy.clone();
                    tokio::spawn(async move { drop(proxy.relay(client).await) });
                }
            };
            tokio::select! { () = accept => {}, _ = stopped => {} }
        });
    });
    let address = bound.recv().expect("the proxy listens");
    (format!("http://{address}"), stop)
}

impl Proxy {
    /// Passes the calls of one connection on until one of them breaks it.
    async fn relay(&self, client: TcpStream) -> io::Result<()> {
        let mut client = BufReader::new(client);
        let mut database = BufReader::new(TcpStream::connect(&self.database).await?);
        while let Some(request) = message(&mut client).await? {
            let (call, fault) = {
                let mut plan = self.plan.lock().expect("no test panicked inside");
                plan.operations.push(operation(&request));
                let call = plan.operations.len();
                (call, plan.faults.get(&call).copied())
            };
            let mut answer = Vec::new();
            if fault.is_none_or(Fault::executes) {
                database.write_all(&request).await?;
                answer = message(&mut database).await?.unwrap_or_default();
            }
            if fault.is_some() {
                self.dealt_with.send_modify(|done| *done = call.max(*done));
            }
            match fault {
                None => {}
                Some(Fault::HangBefore | Fault::HangAfter) => std::future::pending().await,
                Some(Fault::LoseRequest | Fault::LoseAnswer) => return Ok(()),
                Some(
                    fault @ (Fault::Conflict
                    | Fault::ConditionFailed
                    | Fault::Throughput
                    | Fault::Throttled
                    | Fault::Internal),
                ) => answer = fault.answer().map(error).unwrap_or_default(),
            }
            client.write_all(&answer).await?;
        }
        Ok(())
    }
}

/// One message of HTTP/1.1 with its head, as it came; `None` at the end of the connection.
async fn message(stream: &mut BufReader<TcpStream>) -> io::Result<Option<Vec<u8>>> {
    let mut message = Vec::new();
    let mut length = 0;
    loop {
        let begin = message.len();
        if stream.read_until(b'\n', &mut message).await? == 0 {
            return Ok(None);
        }
        let line = String::from_utf8_lossy(&message[begin..]).to_ascii_lowercase();
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().map_err(io::Error::other)?;
        }
        if line == "\r\n" {
            break;
        }
    }
    let head = message.len();
    message.resize(head + length, 0);
    stream.read_exact(&mut message[head..]).await?;
    Ok(Some(message))
}

/// Returns the operation that a request names in `x-amz-target`.
fn operation(request: &[u8]) -> String {
    let request = String::from_utf8_lossy(request);
    let target = request.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("x-amz-target").then(|| value.trim().to_owned())
    });
    target.and_then(|target| Some(target.rsplit_once('.')?.1.to_owned())).unwrap_or_default()
}

/// An error as DynamoDB answers it.
fn error((status, name): (u16, &str)) -> Vec<u8> {
    let body =
        format!(r#"{{"__type":"com.amazonaws.dynamodb.v20120810#{name}","message":"told to"}}"#);
    format!(
        "HTTP/1.1 {status} Told\r\ncontent-type: application/x-amz-json-1.0\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}
