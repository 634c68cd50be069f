//! The Runtime API of Lambda for one process.
//! <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>

use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, Instant, UNIX_EPOCH};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use tokio::net::TcpListener;
use tokio::sync::{Mutex, mpsc};
use tokio::task::JoinHandle;

const PATIENCE: Duration = Duration::from_secs(20);

/// Sign of life of the process.
enum Signal {
    /// It asked for an event.
    Polled,
    /// It got an event.
    Sent(Instant),
    /// It answered.
    Responded(Instant),
    /// It told of an error.
    Failed(String),
}

#[derive(Clone)]
struct Ends {
    signals: mpsc::UnboundedSender<Signal>,
    events: Arc<Mutex<mpsc::UnboundedReceiver<Bytes>>>,
}

/// The server; dropping it stops it.
pub(crate) struct RuntimeApi {
    /// Value of `AWS_LAMBDA_RUNTIME_API`.
    pub(crate) address: String,
    events: mpsc::UnboundedSender<Bytes>,
    signals: mpsc::UnboundedReceiver<Signal>,
    server: JoinHandle<()>,
}

impl RuntimeApi {
    pub(crate) async fn start() -> Result<Self, Box<dyn Error>> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?.to_string();
        let (events, kept) = mpsc::unbounded_channel();
        let (sender, signals) = mpsc::unbounded_channel();
        let ends = Ends { signals: sender, events: Arc::new(Mutex::new(kept)) };
        let router = Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(next))
            .route("/2018-06-01/runtime/invocation/{id}/response", post(answered))
            .route("/2018-06-01/runtime/invocation/{id}/error", post(failed))
            .route("/2018-06-01/runtime/init/error", post(failed))
            .with_state(ends);
        let server = tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, router).await {
                eprintln!("the Runtime API ends: {error}");
            }
        });
        Ok(Self { address, events, signals, server })
    }

    /// Waits until the process asks for an event.
    pub(crate) async fn polled(&mut self) -> Result<(), Box<dyn Error>> {
        match self.signal().await? {
            Signal::Polled => Ok(()),
            Signal::Failed(text) => Err(text.into()),
            Signal::Sent(_) | Signal::Responded(_) => Err("it answers without an event".into()),
        }
    }

    /// Sends one event and returns the time until its answer, once the process asks for the
    /// next one.
    pub(crate) async fn invoke(&mut self, event: &Bytes) -> Result<Duration, Box<dyn Error>> {
        self.events.send(event.clone())?;
        let Signal::Sent(sent) = self.signal().await? else {
            return Err("it did not take the event".into());
        };
        let answered = match self.signal().await? {
            Signal::Responded(answered) => answered,
            Signal::Failed(text) => return Err(text.into()),
            Signal::Polled | Signal::Sent(_) => return Err("it did not answer".into()),
        };
        self.polled().await?;
        Ok(answered - sent)
    }

    async fn signal(&mut self) -> Result<Signal, Box<dyn Error>> {
        let signal = tokio::time::timeout(PATIENCE, self.signals.recv()).await?;
        signal.ok_or_else(|| "the Runtime API ended".into())
    }
}

impl Drop for RuntimeApi {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn next(State(ends): State<Ends>) -> Response {
    ends.tell(Signal::Polled);
    let Some(event) = ends.events.lock().await.recv().await else {
        return StatusCode::GONE.into_response();
    };
    let deadline = UNIX_EPOCH.elapsed().unwrap_or_default() + Duration::from_secs(5);
    let headers = [
        ("lambda-runtime-aws-request-id", "00000000-0000-4000-8000-000000000000".to_owned()),
        ("lambda-runtime-deadline-ms", deadline.as_millis().to_string()),
        (
            "lambda-runtime-invoked-function-arn",
            "arn:aws:lambda:eu-west-1:123456789012:function:measured".to_owned(),
        ),
    ];
    ends.tell(Signal::Sent(Instant::now()));
    (headers, event).into_response()
}

async fn answered(State(ends): State<Ends>, _answer: Bytes) -> StatusCode {
    ends.tell(Signal::Responded(Instant::now()));
    StatusCode::ACCEPTED
}

async fn failed(State(ends): State<Ends>, error: Bytes) -> StatusCode {
    ends.tell(Signal::Failed(String::from_utf8_lossy(&error).into_owned()));
    StatusCode::ACCEPTED
}

impl Ends {
    /// Tells the measuring side, unless it has gone.
    fn tell(&self, signal: Signal) {
        drop(self.signals.send(signal));
    }
}
