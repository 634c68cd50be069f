//! The connections of the SDK's clients, to servers of this test.
#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper fails the test it helps by a panic"
)]

mod server;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::config::SharedHttpClient;
use aws_sdk_secretsmanager::config::timeout::TimeoutConfig;
use aws_sdk_secretsmanager::error::SdkError;
use aws_smithy_runtime_api::client::http::{HttpClient, http_client_fn};
use aws_smithy_runtime_api::client::result::DispatchFailure;
use lifeguard_aws::{
    CodeKeys, KeyFault, Roots, RootsError, SdkConfig, SecretsManager, http_client,
    is_not_connected, one_attempt, opening, stand_in,
};
use server::{Behaviour, Server};

const AUTHORITY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/authority.pem");
/// A time-out that a test waits for.
const SHORT: Duration = Duration::from_millis(50);
/// A time-out that no test reaches.
const LONG: Duration = Duration::from_secs(10);

fn bundle() -> Roots {
    Roots::choose(Some("eu-west-1"), Some(AUTHORITY.to_owned()))
}

/// Returns a configuration for the server, with these roots, and the number of attempts that its
/// clients make.
async fn configuration(server: &Server, roots: &Roots) -> (SdkConfig, Arc<AtomicUsize>) {
    let (http, attempts) = counted(http_client(roots).unwrap());
    let timeouts = TimeoutConfig::builder().connect_timeout(LONG).operation_timeout(LONG).build();
    let configuration = stand_in(&server.url()).into_builder();
    (configuration.http_client(http).timeout_config(timeouts).build(), attempts)
}

/// Counts how often the SDK asks a client for a connector: once for each attempt.
fn counted(http: SharedHttpClient) -> (SharedHttpClient, Arc<AtomicUsize>) {
    let attempts = Arc::new(AtomicUsize::new(0));
    let count = attempts.clone();
    let http = http_client_fn(move |settings, components| {
        count.fetch_add(1, Ordering::SeqCst);
        http.http_connector(settings, components)
    });
    (http, attempts)
}

async fn call(client: &Client) -> Result<String, SdkError<impl std::error::Error>> {
    let answer = client.get_secret_value().secret_id("code-key").send().await;
    answer.map(|answer| answer.secret_string.unwrap())
}

async fn failure(client: &Client) -> DispatchFailure {
    match call(client).await {
        Err(SdkError::DispatchFailure(failure)) => failure,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
#[cfg(feature = "pinned-roots")]
async fn pinned_roots_refuse_another_authority() {
    let server = Server::start(Behaviour::Answer).await;
    let pinned = Roots::choose(Some("eu-west-1"), None);
    let (configuration, attempts) = configuration(&server, &pinned).await;
    let failure = failure(&Client::new(&configuration)).await;
    let text = format!("{failure:?}");
    assert!(text.contains("UnknownIssuer"), "{text}");
    assert!(failure.is_io());
    assert_eq!((server.handshakes(), server.requests()), (0, 0));
    assert_eq!(attempts.load(Ordering::SeqCst), 2, "as after any failed connection");
}

#[tokio::test]
async fn authority_of_the_bundle_is_accepted() {
    let server = Server::start(Behaviour::Answer).await;
    let (configuration, attempts) = configuration(&server, &bundle()).await;
    assert_eq!(call(&Client::new(&configuration)).await.unwrap(), "{}");
    assert_eq!((server.handshakes(), attempts.load(Ordering::SeqCst)), (1, 1));
}

#[test]
fn bundle_without_certificates_ends_the_start() {
    let load = |path: &str| http_client(&Roots::Bundle(PathBuf::from(path)));
    assert!(matches!(load("/nowhere/ca.pem"), Err(RootsError::Read(_))));
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    assert!(matches!(load(manifest), Err(RootsError::Empty)));
}

#[tokio::test]
async fn clients_of_one_configuration_share_a_connection() {
    let server = Server::start(Behaviour::Answer).await;
    let (configuration, attempts) = configuration(&server, &bundle()).await;
    let (one, another) = (Client::new(&configuration), Client::new(&configuration));
    for client in [&one, &another, &one, &another] {
        assert_eq!(call(client).await.unwrap(), "{}");
    }
    assert_eq!((server.requests(), attempts.load(Ordering::SeqCst)), (4, 4));
    assert_eq!((server.connections(), server.handshakes()), (1, 1));
}

#[tokio::test]
async fn plain_http_is_spoken_where_the_endpoint_says_so() {
    let server = Server::start(Behaviour::AnswerPlain).await;
    let (configuration, _) = configuration(&server, &bundle()).await;
    let client = Client::new(&configuration);
    assert_eq!(call(&client).await.unwrap(), "{}");
    assert_eq!(call(&client).await.unwrap(), "{}");
    assert_eq!((server.connections(), server.requests()), (1, 2));
}

/// Checks that a call ends in a time-out of the connector, after a second attempt.
async fn check_timeout(behaviour: Behaviour, timeouts: TimeoutConfig) {
    let server = Server::start(behaviour).await;
    let (configuration, attempts) = configuration(&server, &bundle()).await;
    let configuration = configuration.into_builder().timeout_config(timeouts).build();
    let failure = failure(&Client::new(&configuration)).await;
    assert!(failure.is_timeout(), "{failure:?}");
    assert_eq!(attempts.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn hanging_handshake_is_a_timeout_that_is_tried_again() {
    let timeouts = TimeoutConfig::builder().connect_timeout(SHORT).operation_timeout(LONG);
    check_timeout(Behaviour::NoHandshake, timeouts.build()).await;
}

#[tokio::test]
async fn hanging_answer_is_a_timeout_that_is_tried_again() {
    let timeouts = TimeoutConfig::builder().read_timeout(SHORT).operation_timeout(LONG);
    check_timeout(Behaviour::NoAnswer, timeouts.build()).await;
}

#[tokio::test]
async fn closed_connection_is_tried_again() {
    for behaviour in [Behaviour::CloseAtOnce, Behaviour::CloseAfterRequest] {
        let server = Server::start(behaviour).await;
        let (configuration, attempts) = configuration(&server, &bundle()).await;
        let failure = failure(&Client::new(&configuration)).await;
        assert!(failure.is_io() || failure.as_other().is_some(), "{behaviour:?} {failure:?}");
        assert_eq!((server.connections(), attempts.load(Ordering::SeqCst)), (2, 2));
    }
}

/// An endpoint closes idle connections while an instance is frozen.
#[tokio::test]
async fn stale_connection_is_replaced_by_the_second_attempt() {
    let server = Server::start(Behaviour::CloseIdle).await;
    let (configuration, attempts) = configuration(&server, &bundle()).await;
    let client = Client::new(&configuration);
    assert_eq!(call(&client).await.unwrap(), "{}");
    assert_eq!(call(&client).await.unwrap(), "{}");
    assert_eq!(attempts.load(Ordering::SeqCst), 3, "the second call made two");
    assert_eq!((server.connections(), server.requests()), (2, 2));
}

/// Calls at the same time open several connections, of which one stays: with two stale ones, both
/// attempts of the next call would fail.
#[tokio::test]
async fn second_attempt_never_meets_another_stale_connection() {
    let server = Server::start(Behaviour::CloseIdle).await;
    let (configuration, _) = configuration(&server, &bundle()).await;
    let client = Client::new(&configuration);
    let (one, two, three) = tokio::join!(call(&client), call(&client), call(&client));
    assert!(one.is_ok() && two.is_ok() && three.is_ok());
    assert_eq!(server.connections(), 3);
    assert_eq!(call(&client).await.unwrap(), "{}");
}

#[tokio::test]
async fn call_in_one_attempt_has_its_own_connection() {
    let server = Server::start(Behaviour::CloseIdle).await;
    let (configuration, attempts) = configuration(&server, &bundle()).await;
    let (pooled, once) = (Client::new(&configuration), Client::new(&one_attempt(&configuration)));
    for client in [&pooled, &once, &once, &once] {
        assert_eq!(call(client).await.unwrap(), "{}");
    }
    assert_eq!((server.connections(), attempts.load(Ordering::SeqCst)), (4, 4));
}

/// Only an error before there is a connection says that nothing of the request left.
#[tokio::test]
async fn error_tells_if_there_was_a_connection() {
    for (behaviour, expected) in [
        (Behaviour::Refuse, true),
        (Behaviour::CloseAtOnce, true),
        (Behaviour::NoHandshake, true),
        (Behaviour::CloseAfterRequest, false),
        (Behaviour::NoAnswer, false),
        (Behaviour::Fail, false),
    ] {
        let server = Server::start(behaviour).await;
        let (configuration, attempts) = configuration(&server, &bundle()).await;
        let timeouts = TimeoutConfig::builder().operation_attempt_timeout(SHORT * 20);
        let configuration = configuration.into_builder().timeout_config(timeouts.build()).build();
        let client = Client::new(&one_attempt(&configuration));
        let error = call(&client).await.unwrap_err();
        assert_eq!(is_not_connected(&error), expected, "{behaviour:?} {error:?}");
        assert_eq!(attempts.load(Ordering::SeqCst), 1, "{behaviour:?}");
    }
}

#[tokio::test]
async fn refused_connection_is_tried_again() {
    let server = Server::start(Behaviour::Refuse).await;
    let (configuration, attempts) = configuration(&server, &bundle()).await;
    let failure = failure(&Client::new(&configuration)).await;
    assert!(failure.is_io(), "{failure:?}");
    assert_eq!(attempts.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn connection_of_a_failing_server_is_not_used_again() {
    let server = Server::start(Behaviour::Fail).await;
    let (configuration, attempts) = configuration(&server, &bundle()).await;
    assert!(matches!(call(&Client::new(&configuration)).await, Err(SdkError::ServiceError(_))));
    assert_eq!((server.requests(), attempts.load(Ordering::SeqCst)), (2, 2));
    assert_eq!(server.connections(), 2, "the SDK asks for a new one after an error that may pass");
}

/// Opens a connection as a function does at its start.
async fn open(configuration: &SdkConfig) -> Result<(), SdkError<impl std::error::Error>> {
    let http = opening(configuration.http_client().unwrap());
    let opening = configuration.clone().into_builder().http_client(http).build();
    Client::new(&opening).get_secret_value().secret_id("code-key").send().await.map(drop)
}

#[tokio::test]
async fn opened_connection_serves_the_first_call() {
    let server = Server::start(Behaviour::Answer).await;
    let (configuration, _) = configuration(&server, &bundle()).await;
    open(&configuration).await.unwrap();
    assert_eq!((server.handshakes(), server.requests()), (1, 1));
    assert_eq!(call(&Client::new(&configuration)).await.unwrap(), "{}");
    assert_eq!((server.handshakes(), server.requests()), (1, 2));
}

#[tokio::test]
async fn opening_sends_no_part_of_the_call() {
    let server = Server::start(Behaviour::Answer).await;
    let (configuration, _) = configuration(&server, &bundle()).await;
    open(&configuration).await.unwrap();
    let request = server.first_request();
    assert!(request.starts_with("GET /ping HTTP/1.1\r\n"), "{request}");
    for part in ["authorization", "x-amz", "content", "code-key", "user-agent"] {
        assert!(!request.to_lowercase().contains(part), "{part}: {request}");
    }
}

#[tokio::test]
async fn keys_are_read_ahead_in_one_attempt() {
    let server = Server::start(Behaviour::Refuse).await;
    let (configuration, attempts) = configuration(&server, &bundle()).await;
    let keys = CodeKeys::new(SecretsManager::new(&configuration, "code-key".to_owned()));
    assert!(matches!(keys.preload(1_000).await, Err(KeyFault::Read(_))));
    assert_eq!(attempts.load(Ordering::SeqCst), 1);
    assert!(matches!(keys.key(1, 1_000).await, Err(KeyFault::Read(_))));
    assert_eq!(attempts.load(Ordering::SeqCst), 3, "an event tries twice");
}
