use std::sync::{Arc, Mutex};

use aws_sdk_secretsmanager::Client;
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::result::ConnectorError;

use super::configure;

type Variables<'a> = &'a [(&'a str, &'a str)];

const KEYS: Variables =
    &[("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"), ("AWS_SECRET_ACCESS_KEY", "a-secret")];
const DUBLIN: (&str, &str) = ("AWS_REGION", "eu-west-1");
const AUTHORITY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/authority.pem");
const TOKEN: (&str, &str) = ("AWS_SESSION_TOKEN", "a-token");

/// Parts of a request: its address, and the marks of its sender.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Sent {
    uri: String,
    authorization: String,
    token: Option<String>,
}

/// Keeps what would be sent, and answers as a network that is down.
#[derive(Clone, Debug, Default)]
struct Capture(Arc<Mutex<Vec<Sent>>>);

impl HttpConnector for Capture {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let header = |name| request.headers().get(name).map(str::to_owned);
        self.0.lock().unwrap().push(Sent {
            uri: request.uri().to_owned(),
            authorization: header("authorization").unwrap_or_default(),
            token: header("x-amz-security-token"),
        });
        HttpConnectorFuture::ready(Err(ConnectorError::user("down".into())))
    }
}

/// Returns the request that a call of Secrets Manager sends under these variables.
async fn sent(variables: &[Variables<'_>]) -> Result<Option<Sent>, String> {
    let variables: Vec<(String, String)> =
        variables.concat().iter().map(|&(name, value)| (name.into(), value.into())).collect();
    let look_up = move |name: &str| {
        variables.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
    };
    let configuration = configure(look_up).map_err(|error| error.to_string())?;
    let capture = Capture::default();
    let connector = SharedHttpConnector::new(capture.clone());
    let http = http_client_fn(move |_, _| connector.clone());
    let client = Client::new(&configuration.into_builder().http_client(http).build());
    client.get_secret_value().secret_id("code-key").send().await.unwrap_err();
    let sent = capture.0.lock().unwrap().first().cloned();
    Ok(sent)
}

#[tokio::test]
async fn calls_go_where_the_variables_say() {
    let cases: [(Variables, &str); 14] = [
        (&[DUBLIN], "https://secretsmanager.eu-west-1.amazonaws.com/"),
        (&[("AWS_DEFAULT_REGION", "us-east-2")], "https://secretsmanager.us-east-2.amazonaws.com/"),
        (
            &[DUBLIN, ("AWS_DEFAULT_REGION", "us-east-2")],
            "https://secretsmanager.eu-west-1.amazonaws.com/",
        ),
        (
            &[("AWS_REGION", " "), ("AWS_DEFAULT_REGION", "us-east-2")],
            "https://secretsmanager.us-east-2.amazonaws.com/",
        ),
        (
            &[("AWS_REGION", "us-east-1"), ("AWS_USE_FIPS_ENDPOINT", "true")],
            "https://secretsmanager-fips.us-east-1.amazonaws.com/",
        ),
        (
            &[DUBLIN, ("AWS_USE_FIPS_ENDPOINT", "false")],
            "https://secretsmanager.eu-west-1.amazonaws.com/",
        ),
        (
            &[
                ("AWS_REGION", "cn-north-1"),
                ("AWS_CA_BUNDLE", AUTHORITY),
                ("AWS_USE_FIPS_ENDPOINT", "true"),
                ("AWS_USE_DUALSTACK_ENDPOINT", "TRUE"),
            ],
            "https://secretsmanager-fips.cn-north-1.api.amazonwebservices.com.cn/",
        ),
        (&[DUBLIN, ("AWS_ENDPOINT_URL", "http://127.0.0.1:9")], "http://127.0.0.1:9/"),
        (&[DUBLIN, ("AWS_ENDPOINT_URL", " ")], "https://secretsmanager.eu-west-1.amazonaws.com/"),
        (
            &[DUBLIN, ("AWS_ENDPOINT_URL_SECRETS_MANAGER", "http://127.0.0.1:8")],
            "http://127.0.0.1:8/",
        ),
        (
            &[
                DUBLIN,
                ("AWS_ENDPOINT_URL", "http://127.0.0.1:9"),
                ("AWS_ENDPOINT_URL_SECRETS_MANAGER", "http://127.0.0.1:8"),
            ],
            "http://127.0.0.1:8/",
        ),
        (
            &[
                DUBLIN,
                ("AWS_ENDPOINT_URL", "http://127.0.0.1:9"),
                ("AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:8"),
            ],
            "http://127.0.0.1:9/",
        ),
        (
            &[
                DUBLIN,
                ("AWS_ENDPOINT_URL", "http://127.0.0.1:9"),
                ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true"),
            ],
            "https://secretsmanager.eu-west-1.amazonaws.com/",
        ),
        (
            &[
                DUBLIN,
                ("AWS_ENDPOINT_URL_SECRETS_MANAGER", "http://127.0.0.1:8"),
                ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "True"),
            ],
            "https://secretsmanager.eu-west-1.amazonaws.com/",
        ),
    ];
    for (variables, uri) in cases {
        let sent = sent(&[KEYS, variables]).await.unwrap().unwrap();
        assert_eq!(sent.uri, uri, "{variables:?}");
    }
}

#[tokio::test]
async fn calls_are_signed_by_the_keys_of_the_role() {
    let sent = sent(&[KEYS, &[DUBLIN, TOKEN]]).await.unwrap().unwrap();
    assert!(sent.authorization.contains("Credential=AKIDEXAMPLE/"), "{sent:?}");
    assert!(sent.authorization.contains("/eu-west-1/secretsmanager/aws4_request"), "{sent:?}");
    assert_eq!(sent.token.as_deref(), Some("a-token"));
}

#[tokio::test]
async fn keys_of_no_session_have_no_token() {
    for more in [&[DUBLIN][..], &[DUBLIN, ("AWS_SESSION_TOKEN", " ")]] {
        assert_eq!(sent(&[KEYS, more]).await.unwrap().unwrap().token, None);
    }
}

#[tokio::test]
async fn nothing_is_sent_without_region_or_keys() {
    let cases: [&[Variables]; 5] = [
        &[KEYS],
        &[&[DUBLIN]],
        &[&[DUBLIN, TOKEN]],
        &[&[DUBLIN, ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")]],
        &[&[DUBLIN, ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"), ("AWS_SECRET_ACCESS_KEY", " ")]],
    ];
    for variables in cases {
        assert_eq!(sent(variables).await, Ok(None), "{variables:?}");
    }
}

#[tokio::test]
async fn start_ends_at_what_would_be_ignored() {
    let cases = [
        ("AWS_USE_FIPS_ENDPOINT", "yes", "AWS_USE_FIPS_ENDPOINT is neither true nor false"),
        ("AWS_USE_DUALSTACK_ENDPOINT", "1", "AWS_USE_DUALSTACK_ENDPOINT is neither true nor false"),
        ("AWS_ENDPOINT_URL", "localhost:8000", "AWS_ENDPOINT_URL is no URL of HTTP or HTTPS"),
        ("AWS_ENDPOINT_URL", "ftp://127.0.0.1", "AWS_ENDPOINT_URL is no URL of HTTP or HTTPS"),
        ("AWS_ENDPOINT_URL", "/path", "AWS_ENDPOINT_URL is no URL of HTTP or HTTPS"),
        (
            "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
            "yes",
            "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS is neither true nor false",
        ),
    ];
    for (name, value, error) in cases {
        let variables = [DUBLIN, (name, value)];
        assert_eq!(sent(&[KEYS, &variables]).await, Err(error.to_owned()), "{name}={value}");
    }
}
