//! AWS services over TLS. First the local Cognito answers; afterwards a call is answered as the same
//! one was, or else as the last one of its kind, so that it costs the same every time.

use std::collections::BTreeMap;
use std::error::Error;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use axum::Router;
use axum::body::{Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::serve::Listener;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::server::TlsStream;

const LARGEST_BODY: usize = 1_000_000;

/// Status, content type and body of an answer.
type Recorded = (StatusCode, String, Bytes);

/// Treatment of a call.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// The local Cognito answers, and an answer to each kind of call is kept.
    Forward,
    /// The same, and the answer to each call is kept.
    Record,
    /// Kept answers are given.
    Replay,
}

/// Services behind one address; cloning shares them.
#[derive(Clone)]
pub(crate) struct Services(Arc<Inner>);

struct Inner {
    address: SocketAddr,
    /// Address of the local Cognito, once it has started.
    upstream: OnceLock<String>,
    client: reqwest::Client,
    calls: AtomicUsize,
    mode: Mutex<Mode>,
    /// Answers by kind of call, and by kind and body.
    answers: Mutex<BTreeMap<String, Recorded>>,
    /// The newest call without an answer.
    refused: Mutex<Option<String>>,
}

impl Services {
    /// Serves with the certificates in `chain.pem` and the key in `key.pem` of a folder.
    ///
    /// # Errors
    /// The files cannot be used.
    pub(crate) async fn start(folder: &Path) -> Result<Self, Box<dyn Error>> {
        let chain = CertificateDer::pem_file_iter(folder.join("chain.pem"))?;
        let key = PrivateKeyDer::from_pem_file(folder.join("key.pem"))?;
        let tls = ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(chain.collect::<Result<_, _>>()?, key)?;
        let tcp = TcpListener::bind("127.0.0.1:0").await?;
        let services = Self(Arc::new(Inner {
            address: tcp.local_addr()?,
            upstream: OnceLock::new(),
            client: reqwest::Client::new(),
            calls: AtomicUsize::new(0),
            mode: Mutex::new(Mode::Forward),
            answers: Mutex::default(),
            refused: Mutex::default(),
        }));
        let router = Router::new().fallback(answer).with_state(services.clone());
        let listener = TlsListener { tcp, acceptor: TlsAcceptor::from(Arc::new(tls)) };
        tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, router).await {
                eprintln!("the services end: {error}");
            }
        });
        Ok(services)
    }

    /// Returns the value of `AWS_ENDPOINT_URL`.
    pub(crate) fn url(&self) -> String {
        format!("https://{}", self.0.address)
    }

    /// Returns the number of calls until now.
    ///
    /// # Errors
    /// A call got no answer: then the figures are those of a failure.
    pub(crate) fn calls(&self) -> Result<usize, Box<dyn Error>> {
        match locked(&self.0.refused).take() {
            Some(refusal) => Err(refusal.into()),
            None => Ok(self.0.calls.load(Ordering::Relaxed)),
        }
    }

    /// Sets the address of the local Cognito.
    pub(crate) fn forward_to(&self, upstream: &str) {
        self.0.upstream.get_or_init(|| upstream.to_owned());
    }

    pub(crate) fn set(&self, mode: Mode) {
        *locked(&self.0.mode) = mode;
    }

    async fn answer(&self, request: Request) -> Result<Response, Box<dyn Error + Send + Sync>> {
        self.0.calls.fetch_add(1, Ordering::Relaxed);
        let (parts, body) = request.into_parts();
        let body = to_bytes(body, LARGEST_BODY).await?;
        let kind = kind(parts.uri.path(), &parts.headers);
        let exact = format!("{kind} {}", String::from_utf8_lossy(&body));
        let mode = *locked(&self.0.mode);
        let (status, content_type, body) = if mode == Mode::Replay {
            let answers = locked(&self.0.answers);
            let known = answers.get(&exact).or_else(|| answers.get(&kind)).cloned();
            known.ok_or_else(|| format!("{kind} was never answered"))?
        } else {
            let recorded = self.ask(parts, body).await?;
            let mut answers = locked(&self.0.answers);
            if mode == Mode::Record {
                answers.insert(exact, recorded.clone());
            }
            // A condition that fails is an answer as well, if there is no better one.
            if recorded.0.is_success() || !answers.contains_key(&kind) {
                answers.insert(kind, recorded.clone());
            }
            recorded
        };
        Ok((status, [(header::CONTENT_TYPE, content_type)], body).into_response())
    }

    /// Asks the local Cognito.
    async fn ask(
        &self,
        parts: Parts,
        body: Bytes,
    ) -> Result<Recorded, Box<dyn Error + Send + Sync>> {
        let upstream = self.0.upstream.get().ok_or("the local Cognito has not started")?;
        let url = format!("{upstream}{}", parts.uri);
        // The host is signed, so it stays the one of these services.
        let call = self.0.client.request(parts.method, url).headers(parts.headers).body(body);
        let answer = call.send().await?;
        let status = answer.status();
        let content_type = answer.headers().get(header::CONTENT_TYPE);
        let content_type = content_type.and_then(|value| value.to_str().ok()).unwrap_or_default();
        Ok((status, content_type.to_owned(), answer.bytes().await?))
    }
}

/// Names a kind of call by its caller, its path and its target.
fn kind(path: &str, headers: &HeaderMap) -> String {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let signed = text("authorization").unwrap_or_default();
    let caller = signed.split_once("Credential=").and_then(|(_, key)| key.split_once('/'));
    let caller = caller.map(|(key, _)| key).unwrap_or_default();
    format!("{caller} {path} {}", text("x-amz-target").unwrap_or_default())
}

async fn answer(State(services): State<Services>, request: Request) -> Response {
    match services.answer(request).await {
        Ok(response) => response,
        Err(error) => {
            *locked(&services.0.refused) = Some(error.to_string());
            StatusCode::BAD_GATEWAY.into_response()
        }
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

struct TlsListener {
    tcp: TcpListener,
    acceptor: TlsAcceptor,
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    /// A connection that breaks before its handshake is done is none.
    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            let Ok((stream, address)) = self.tcp.accept().await else { continue };
            if stream.set_nodelay(true).is_err() {
                continue;
            }
            if let Ok(stream) = self.acceptor.accept(stream).await {
                return (stream, address);
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.tcp.local_addr()
    }
}
