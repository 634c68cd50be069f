//! Functions that run elsewhere, behind a Lambda Invoke endpoint such as `cargo lambda watch`.

use std::time::Duration;

use reqwest::StatusCode;

use super::runtime_api::Report;
use local_cognito_aws_emulation::functions::{Invocation, Invoke, Outcome};

/// One function behind an Invoke endpoint.
pub struct Endpoint {
    client: reqwest::Client,
    url: String,
}

impl Endpoint {
    /// The function `name` behind `base`, such as `http://127.0.0.1:9000`.
    #[must_use]
    pub fn new(client: reqwest::Client, base: &str, name: &str) -> Self {
        let base = base.trim_end_matches('/');
        Self { client, url: format!("{base}/2015-03-31/functions/{name}/invocations") }
    }
}

impl Invoke for Endpoint {
    fn invoke(&self, payload: Vec<u8>, limit: Duration) -> Invocation {
        let request =
            self.client.post(&self.url).header("content-type", "application/json").body(payload);
        Box::pin(async move {
            tokio::time::timeout(limit, outcome(request)).await.unwrap_or(Outcome::CallerTimedOut)
        })
    }
}

async fn outcome(request: reqwest::RequestBuilder) -> Outcome {
    let Ok(response) = request.send().await else {
        return Outcome::Refused("ServiceException".to_owned());
    };
    let status = response.status();
    let is_function_error = response.headers().contains_key("x-amz-function-error");
    let Ok(body) = response.bytes().await else {
        return Outcome::Refused("ServiceException".to_owned());
    };
    match status {
        // `cargo lambda watch` answers a handler's error with 500 and the error document.
        StatusCode::INTERNAL_SERVER_ERROR => failed(&body),
        _ if is_function_error => failed(&body),
        status if status.is_success() => Outcome::Returned(body.to_vec()),
        StatusCode::NOT_FOUND => Outcome::Refused("ResourceNotFoundException".to_owned()),
        StatusCode::FORBIDDEN => Outcome::Refused("AccessDeniedException".to_owned()),
        StatusCode::TOO_MANY_REQUESTS => Outcome::Refused("TooManyRequestsException".to_owned()),
        _ => Outcome::Refused("ServiceException".to_owned()),
    }
}

fn failed(body: &[u8]) -> Outcome {
    let report = Report::parse(body);
    Outcome::Failed { error_type: report.error_type, error_message: report.error_message }
}
