//! Events and invocations of the functions behind the APIs.

use local_cognito_testing::TestCognito;
use reqwest::RequestBuilder;
use serde_json::Value;

/// Returns the event that a request leads to.
pub(crate) async fn event(request: RequestBuilder) -> Value {
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 200, "{response:?}");
    response.json().await.unwrap()
}

/// Returns how often a function was invoked.
pub(crate) fn invocations(cognito: &TestCognito) -> usize {
    cognito.journal.sources_since(0).len()
}
