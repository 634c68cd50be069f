//! A server of Secrets Manager, with a certificate of the authority in `tests/data`.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

const CERTIFICATE: &[u8] = include_bytes!("../data/server.pem");
const ANSWER: &str = "HTTP/1.1 200 OK\r\ncontent-length: 23\r\n\r\n{\"SecretString\": \"{}\" }";
const FAILURE: &str = "HTTP/1.1 500 Internal Server Error\r\ncontent-length: 2\r\n\r\n{}";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Behaviour {
    Answer,
    /// Without TLS.
    AnswerPlain,
    /// Answers with status 500.
    Fail,
    NoHandshake,
    NoAnswer,
    CloseAtOnce,
    CloseAfterRequest,
    /// Answers one request on each connection and leaves it open; at the next one there the
    /// connection turns out to be closed.
    CloseIdle,
    /// The port is closed.
    Refuse,
}

#[derive(Default)]
struct Seen {
    connections: AtomicUsize,
    handshakes: AtomicUsize,
    requests: Mutex<Vec<String>>,
}

pub(super) struct Server {
    address: SocketAddr,
    behaviour: Behaviour,
    seen: Arc<Seen>,
}

impl Server {
    pub(super) async fn start(behaviour: Behaviour) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Seen::default());
        if behaviour != Behaviour::Refuse {
            tokio::spawn(accept(listener, behaviour, seen.clone()));
        }
        Self { address, behaviour, seen }
    }

    pub(super) fn url(&self) -> String {
        let scheme = if self.behaviour == Behaviour::AnswerPlain { "http" } else { "https" };
        format!("{scheme}://{}", self.address)
    }

    pub(super) fn connections(&self) -> usize {
        self.seen.connections.load(Ordering::SeqCst)
    }

    /// The number of handshakes that both sides finished.
    pub(super) fn handshakes(&self) -> usize {
        self.seen.handshakes.load(Ordering::SeqCst)
    }

    pub(super) fn requests(&self) -> usize {
        self.seen.requests.lock().unwrap().len()
    }

    pub(super) fn first_request(&self) -> String {
        self.seen.requests.lock().unwrap()[0].clone()
    }
}

async fn accept(listener: TcpListener, behaviour: Behaviour, seen: Arc<Seen>) {
    let acceptor = acceptor();
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        seen.connections.fetch_add(1, Ordering::SeqCst);
        tokio::spawn(serve(stream, acceptor.clone(), behaviour, seen.clone()));
    }
}

fn acceptor() -> TlsAcceptor {
    let chain = CertificateDer::pem_slice_iter(CERTIFICATE).collect::<Result<_, _>>().unwrap();
    let key = PrivateKeyDer::from_pem_slice(CERTIFICATE).unwrap();
    let tls = ServerConfig::builder().with_no_client_auth().with_single_cert(chain, key).unwrap();
    TlsAcceptor::from(Arc::new(tls))
}

async fn serve(stream: TcpStream, tls: TlsAcceptor, behaviour: Behaviour, seen: Arc<Seen>) {
    match behaviour {
        Behaviour::CloseAtOnce => {}
        Behaviour::NoHandshake => {
            std::future::pending::<()>().await;
            drop(stream);
        }
        Behaviour::AnswerPlain => talk(stream, behaviour, &seen).await,
        _ => {
            let Ok(stream) = tls.accept(stream).await else { return };
            seen.handshakes.fetch_add(1, Ordering::SeqCst);
            talk(stream, behaviour, &seen).await;
        }
    }
}

/// Answers requests until the client closes the connection.
async fn talk(mut stream: impl AsyncRead + AsyncWrite + Unpin, behaviour: Behaviour, seen: &Seen) {
    let mut answered = 0;
    while let Some(request) = read(&mut stream).await {
        if behaviour == Behaviour::CloseIdle && answered > 0 {
            return;
        }
        answered += 1;
        seen.requests.lock().unwrap().push(request);
        let answer = match behaviour {
            Behaviour::CloseAfterRequest => return,
            Behaviour::NoAnswer => std::future::pending().await,
            Behaviour::Fail => FAILURE,
            _ => ANSWER,
        };
        if stream.write_all(answer.as_bytes()).await.is_err() || stream.flush().await.is_err() {
            return;
        }
    }
}

/// Reads one request, head and body; `None` at the end.
async fn read(stream: &mut (impl AsyncRead + Unpin)) -> Option<String> {
    let mut bytes = Vec::new();
    loop {
        if let Some(head) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            let text = String::from_utf8_lossy(&bytes).to_lowercase();
            let length = text.split("content-length: ").nth(1);
            let length = length.and_then(|rest| rest.split("\r\n").next()?.parse().ok());
            if bytes.len() >= head + 4 + length.unwrap_or(0) {
                return Some(String::from_utf8(bytes).unwrap());
            }
        }
        let mut part = [0; 4_096];
        match stream.read(&mut part).await {
            Ok(0) | Err(_) => return None,
            Ok(read) => bytes.extend_from_slice(&part[..read]),
        }
    }
}
