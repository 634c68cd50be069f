//! The client of SES against a service that answers as told.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use deliver_message::mailer::{Mailer, SendFault, Ses};
use deliver_message::message::compose;
use deliver_message::notice::{Notice, TimedCode, Topic};
use deliver_message::recipient::Recipient;
use lifeguard_sign_in::language::Language;
use lifeguard_sign_in::secret::Secret;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Answer to a mail that was taken; the connection stays open.
const TAKEN: &str = "HTTP/1.1 200 OK\r\nContent-Length: 17\r\n\r\n{\"MessageId\":\"1\"}";

/// Behaviour of the service on a request.
#[derive(Clone, Copy)]
enum Manner {
    /// It answers with this status, error code and body.
    Answer(u16, &'static str, &'static str),
    /// It closes the connection.
    Close,
    /// It does nothing.
    Hang,
    /// It takes one mail on each connection and leaves that open; when another request comes there,
    /// it has been closed meanwhile.
    CloseIdle,
}

/// Sends one mail to a service of this manner; returns the result, the number of requests and the
/// body of the last one.
async fn send(manner: Manner) -> (Result<(), SendFault>, usize, Value) {
    let (mut results, requests, body) = send_in_turn(manner, 1).await;
    (results.remove(0), requests, body)
}

/// Sends so many mails in turn from one instance; returns the results, the number of requests and
/// the body of the last one.
async fn send_in_turn(manner: Manner, mails: usize) -> (Vec<Result<(), SendFault>>, usize, Value) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let requests = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&requests);
    let (seen, body) = tokio::sync::watch::channel(Value::Null);
    let service = tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            seen.send_replace(read(&mut stream).await);
            counted.fetch_add(1, Ordering::SeqCst);
            match manner {
                Manner::Answer(status, code, body) => answer(&mut stream, status, code, body).await,
                Manner::Close => drop(stream),
                Manner::Hang => std::future::pending().await,
                Manner::CloseIdle => {
                    stream.write_all(TAKEN.as_bytes()).await.unwrap();
                    tokio::spawn(async move { stream.read_u8().await });
                }
            }
        }
    });
    let ses = ses(&endpoint);
    let mut results = Vec::new();
    for _ in 0..mails {
        results.push(send_one(&ses).await);
    }
    service.abort();
    let body = body.borrow().clone();
    (results, requests.load(Ordering::SeqCst), body)
}

fn ses(endpoint: &str) -> Ses {
    Ses::new(&lifeguard_aws::stand_in(endpoint), "codes@acme.example".to_owned())
}

async fn send_one(ses: &Ses) -> Result<(), SendFault> {
    let notice = Notice {
        client: None,
        application: Some("Acme"),
        short_code: Some(TimedCode { code: Secret::new("04719382".to_owned()), minutes: 5 }),
        topic: Topic::Code,
        long_code: TimedCode { code: Secret::new("7XK2-9QFM-0RTA-V3HE".to_owned()), minutes: 10 },
        mark: "KX".to_owned(),
        issued: 1_800_000_000,
    };
    let to = Recipient::parse("noor@example.net").unwrap();
    ses.send(&to, &compose(&notice, Language::English).unwrap()).await
}

async fn read(stream: &mut TcpStream) -> Value {
    let mut request = Vec::new();
    loop {
        let mut part = [0; 4096];
        let length = stream.read(&mut part).await.unwrap();
        request.extend_from_slice(&part[..length]);
        let text = String::from_utf8_lossy(&request);
        if let Some((_, body)) = text.split_once("\r\n\r\n")
            && let Ok(body) = serde_json::from_str(body)
        {
            return body;
        }
        if length == 0 {
            return Value::Null;
        }
    }
}

async fn answer(stream: &mut TcpStream, status: u16, code: &str, body: &str) {
    let named = match code {
        "" => String::new(),
        code => format!("x-amzn-ErrorType: {code}\r\n"),
    };
    let head = format!(
        "HTTP/1.1 {status} Said\r\nContent-Type: application/json\r\n\
         {named}Content-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    let answer = head + body;
    stream.write_all(answer.as_bytes()).await.unwrap();
}

#[tokio::test]
async fn mail_goes_untracked_to_one_address_with_both_bodies() {
    let taken = Manner::Answer(200, "", r#"{"MessageId":"1"}"#);
    let (result, requests, body) = send(taken).await;
    assert_eq!((result, requests), (Ok(()), 1));
    assert_eq!(body["FromEmailAddress"], "codes@acme.example");
    assert_eq!(body["Destination"], json!({"ToAddresses": ["noor@example.net"]}));
    assert!(body.get("ConfigurationSetName").is_none());
    let tracking = json!({"OpenTrackingEnabled": "DISABLED", "ClickTrackingEnabled": "DISABLED"});
    assert_eq!(body["ConfigurationOverrides"], json!({"Tracking": tracking}), "no link is changed");
    let simple = &body["Content"]["Simple"];
    let subject =
        json!({"Data": "Your sign-in code for Acme (KX, 08:00:00 UTC)", "Charset": "UTF-8"});
    assert_eq!(simple["Subject"], subject);
    for kind in ["Text", "Html"] {
        let text = simple["Body"][kind]["Data"].as_str().unwrap();
        assert_eq!(text.matches("04719382").count(), 1, "{kind}");
    }
}

#[tokio::test]
async fn refusal_keeps_its_code_alone_after_one_attempt() {
    let quote = r#"{"message":"Email address is not verified: noor@example.net"}"#;
    let throttled: fn(String) -> SendFault = SendFault::Throttled;
    let refused: fn(String) -> SendFault = SendFault::Refused;
    for (status, code, fault) in [
        (429, "TooManyRequestsException", throttled),
        (429, "AnyOtherException", throttled),
        (400, "TooManyRequestsException", throttled),
        (400, "ThrottlingException", throttled),
        (400, "Throttling", throttled),
        (400, "LimitExceededException", throttled),
        (400, "SendingPausedException", throttled),
        (400, "AccountSuspendedException", refused),
        (400, "BadRequestException", refused),
        (400, "MailFromDomainNotVerifiedException", refused),
        (400, "MessageRejected", refused),
        (403, "AccessDeniedException", refused),
        (404, "NotFoundException", refused),
    ] {
        let (result, requests, _) = send(Manner::Answer(status, code, quote)).await;
        assert_eq!((result, requests), (Err(fault(code.to_owned())), 1), "{code}");
    }
}

#[tokio::test]
async fn answer_without_a_verdict_on_the_mail_is_no_refusal() {
    for manner in [
        Manner::Answer(408, "RequestTimeoutException", "{}"),
        Manner::Answer(504, "GatewayTimeout", "<html>"),
        Manner::Answer(400, "RequestTimeout", "{}"),
        Manner::Answer(500, "InternalServiceErrorException", "{}"),
        Manner::Answer(502, "", "<html>Bad gateway</html>"),
        Manner::Answer(429, "", "<html>Slow down</html>"),
        Manner::Answer(500, "TooManyRequestsException", "{}"),
        Manner::Answer(503, "ServiceUnavailable", "{}"),
        Manner::Answer(200, "", "{"),
        Manner::Close,
    ] {
        let (result, requests, _) = send(manner).await;
        assert_eq!((result, requests), (Err(SendFault::Unknown), 1));
    }
}

#[tokio::test]
async fn service_that_never_answers_gets_one_attempt() {
    // The clock stands still until nothing else is left to do; then the time-out has come.
    tokio::time::pause();
    let started = tokio::time::Instant::now();
    let (result, requests, _) = send(Manner::Hang).await;
    assert_eq!(result, Err(SendFault::Unknown));
    assert!(requests <= 1);
    assert!(started.elapsed() < Duration::from_millis(1500));
}

/// A frozen instance does not see that SES closes its idle connections.
#[tokio::test]
async fn mail_never_goes_over_a_connection_that_was_idle() {
    let (results, requests, _) = send_in_turn(Manner::CloseIdle, 3).await;
    assert_eq!((results, requests), (vec![Ok(()), Ok(()), Ok(())], 3));
}

/// Each way in which no connection comes about: nothing of the mail has left.
#[tokio::test]
async fn mail_without_a_connection_is_unreachable() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let open = listener.local_addr().unwrap();
    let closed = {
        let closed = TcpListener::bind("127.0.0.1:0").await.unwrap();
        closed.local_addr().unwrap()
    };
    let handshake = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let broken = handshake.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            drop(handshake.accept().await);
        }
    });
    for (endpoint, way) in [
        (format!("http://{closed}"), "refused"),
        ("http://ses.invalid".to_owned(), "name without an address"),
        (format!("https://{broken}"), "handshake that fails"),
        (format!("https://{open}"), "handshake that hangs"),
    ] {
        let started = tokio::time::Instant::now();
        assert_eq!(send_one(&ses(&endpoint)).await, Err(SendFault::Unreachable), "{way}");
        assert!(started.elapsed() < Duration::from_millis(950), "{way}: before the attempt ends");
    }
}
