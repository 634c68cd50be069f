//! Proxy between the functions and AWS: it records every call and forwards it.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, OnceLock};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// One AWS call of a function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// Name of the function.
    pub function: String,
    /// Service and action, where a header names them; else the path.
    pub action: String,
    /// Table; empty for other services.
    pub table: String,
    /// Kind and length of the key; empty for other services.
    pub key_class: String,
    /// Length of the request's body.
    pub size: usize,
}

/// AWS calls of the functions of a local Cognito until now; cloning shares them.
#[derive(Clone)]
pub struct Calls(Arc<CallsState>);

struct CallsState {
    url: String,
    host: OnceLock<String>,
    http: reqwest::Client,
    seen: Mutex<Vec<Call>>,
    /// Message that every call is refused with, if any.
    refusal: Mutex<Option<String>>,
}

impl Calls {
    /// Starts the proxy, which refuses every call until it knows where to forward it.
    pub(crate) async fn listen() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let calls = Self(Arc::new(CallsState {
            url: format!("http://{}", listener.local_addr().unwrap()),
            host: OnceLock::new(),
            http: reqwest::Client::builder().no_proxy().build().unwrap(),
            seen: Mutex::default(),
            refusal: Mutex::default(),
        }));
        let router = Router::new().fallback(forward).with_state(calls.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        calls
    }

    pub(crate) fn url(&self) -> &str {
        &self.0.url
    }

    pub(crate) fn forward_to(&self, url: &str) {
        self.0.host.set(url.to_owned()).unwrap();
    }

    /// Refuses every call with this message from now on, or forwards them again.
    pub fn refuse(&self, message: Option<&str>) {
        *self.0.refusal.lock().unwrap() = message.map(str::to_owned);
    }

    /// Returns a mark for [`Self::since`].
    #[must_use]
    pub fn mark(&self) -> usize {
        self.0.seen.lock().unwrap().len()
    }

    /// Returns the calls after a mark, in order.
    #[must_use]
    pub fn since(&self, mark: usize) -> Vec<Call> {
        self.0.seen.lock().unwrap()[mark..].to_vec()
    }
}

async fn forward(
    State(calls): State<Calls>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    calls.0.seen.lock().unwrap().push(read(&uri, &headers, &body));
    let refusal = calls.0.refusal.lock().unwrap().clone();
    if let Some(message) = refusal {
        let kind = [("x-amzn-errortype", "ValidationException")];
        let error = json!({"__type": "ValidationException", "message": message});
        return (StatusCode::BAD_REQUEST, kind, axum::Json(error)).into_response();
    }
    let Some(host) = calls.0.host.get() else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    let mut request = calls.0.http.request(method, format!("{host}{uri}")).body(body);
    // The name of the host was signed as well.
    for (name, value) in &headers {
        if !["content-length", "connection"].contains(&name.as_str()) {
            request = request.header(name, value);
        }
    }
    let answer = request.send().await.unwrap();
    let (status, mut headers) = (answer.status(), answer.headers().clone());
    if headers.get("x-amzn-errortype").is_some_and(|kind| kind == "AccessDeniedException") {
        // Some functions go on after a refusal, and a local Cognito that tests share has no end at
        // which a test could look for it: so the process ends here, with a message on the stream
        // that the harness does not capture.
        let refusal = answer.text().await.unwrap_or_default();
        let _ = writeln!(io::stderr(), "not granted by the template: {refusal}");
        std::process::exit(101);
    }
    headers.remove("transfer-encoding");
    headers.remove("content-length");
    (status, headers, Body::from(answer.bytes().await.unwrap())).into_response()
}

fn read(uri: &Uri, headers: &HeaderMap, body: &[u8]) -> Call {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let function = text("authorization")
        .split_once("Credential=")
        .and_then(|(_, scope)| scope.split('/').next())
        .unwrap_or_default();
    let action = match text("x-amz-target") {
        "" => uri.path(),
        target => target,
    };
    let input: Value = serde_json::from_slice(body).unwrap_or_default();
    let key = input.pointer("/Key/pk/S").and_then(Value::as_str).unwrap_or_default();
    let class = key.split_once('#').map_or("", |(class, _)| class);
    Call {
        function: function.to_owned(),
        action: action.to_owned(),
        table: input["TableName"].as_str().unwrap_or_default().to_owned(),
        key_class: match key {
            "" => String::new(),
            key => format!("{class} of {}", key.len()),
        },
        size: body.len(),
    }
}
