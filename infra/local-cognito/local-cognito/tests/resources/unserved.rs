//! Actions that are not served: the same answer with any signature and without one.

use std::collections::BTreeMap;

use local_cognito::sigv4::{SigningKey, sign_call};
use local_cognito_testing::{ADA, REGION, TestCognito, keys};
use reqwest::{Client, Method, RequestBuilder};
use serde_json::Value;

use crate::start::serve;

/// Every action of AWS's API models, as the local Cognito knows them.
const OPERATIONS: &str = include_str!("../../../aws-emulation/src/operations.txt");

/// Number of the actions of each service that are served.
const SERVED: [(&str, usize); 7] = [
    ("cognito-identity", 20),
    ("cognito-idp", 52),
    ("dynamodb", 24),
    ("lambda", 1),
    ("secretsmanager", 1),
    ("ses", 1),
    ("sts", 0),
];

/// An answer: its status, and the kind and the text of its error.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Answer {
    status: u16,
    kind: String,
    text: String,
}

impl Answer {
    async fn to(request: RequestBuilder) -> Self {
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let body = response.text().await.unwrap();
        if let Some((_, rest)) = body.split_once("<Code>") {
            let (kind, rest) = rest.split_once("</Code><Message>").unwrap();
            let (text, _) = rest.split_once("</Message>").unwrap();
            return Self { status, kind: kind.to_owned(), text: text.to_owned() };
        }
        let body: Value = serde_json::from_str(&body).unwrap_or_default();
        let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
        Self { status, kind: text("__type"), text: text("message") }
    }

    fn is_not_served(&self) -> bool {
        self.kind == "NotImplementedException"
    }
}

/// The requests for one action: unsigned, by the administrator, and by a holder of temporary
/// credentials.
fn requests(cognito: &TestCognito, client: &Client, words: &[&str]) -> Vec<RequestBuilder> {
    let url = format!("{}/", cognito.server().url());
    let (service, action) = (words[0], words[1]);
    if let [_, _, _, method, path] = words {
        let path = path.replace(['{', '}', '+'], "");
        let url = format!("{}{path}", cognito.server().url());
        return vec![client.request(method.parse::<Method>().unwrap(), url).body("{}")];
    }
    let target = match service {
        "cognito-identity" => format!("AWSCognitoIdentityService.{action}"),
        "cognito-idp" => format!("AWSCognitoIdentityProviderService.{action}"),
        "dynamodb" => format!("DynamoDB_20120810.{action}"),
        "sts" => {
            let form = format!("Action={action}&Version=2011-06-15");
            let kind = "application/x-www-form-urlencoded";
            let query = client.get(format!("{url}?{form}"));
            return vec![client.post(&url).header("content-type", kind).body(form), query];
        }
        other => format!("{other}.{action}"),
    };
    let local = SigningKey::administrator(REGION, service);
    let holder = keys(ADA);
    let ada = SigningKey {
        access_key_id: holder.access_key_id(),
        secret_key: holder.secret_access_key(),
        session_token: holder.session_token(),
        ..local
    };
    let unsigned = client.post(&url).header("x-amz-target", &target).body("{}");
    let signed = [local, ada].map(|key| {
        let headers = sign_call(&url, &target, "{}", &key, cognito.clock.wall()).unwrap();
        let request = client.post(&url).body("{}");
        headers.iter().fold(request, |request, (name, value)| request.header(name, value))
    });
    std::iter::once(unsigned).chain(signed).collect()
}

#[tokio::test]
async fn unserved_action_says_so_to_every_caller() {
    let (cognito, client) = (serve().await, Client::new());
    let mut served: BTreeMap<&str, usize> = SERVED.map(|(service, _)| (service, 0)).into();
    for line in OPERATIONS.lines() {
        let words: Vec<&str> = line.split(' ').collect();
        let mut answers = Vec::new();
        for request in requests(&cognito, &client, &words) {
            answers.push(Answer::to(request).await);
        }
        if !answers[0].is_not_served() {
            assert!(!answers.iter().any(Answer::is_not_served), "{line}: {answers:?}");
            assert!(answers.iter().all(|it| it.kind != "UnknownOperationException"), "{line}");
            *served.get_mut(words[0]).unwrap() += 1;
            continue;
        }
        let expected = Answer {
            status: 501,
            kind: "NotImplementedException".to_owned(),
            text: format!(
                "The action {} of {} is not served by this local Cognito.",
                words[1], words[0]
            ),
        };
        assert!(answers.iter().all(|answer| *answer == expected), "{line}: {answers:?}");
    }
    assert_eq!(served, SERVED.into());
}

#[tokio::test]
async fn action_that_aws_does_not_have_is_unknown() {
    let (cognito, client) = (serve().await, Client::new());
    for (service, action) in [
        ("cognito-identity", "getId"),
        ("cognito-idp", "NoSuchAction"),
        ("cognito-idp", ""),
        ("dynamodb", "NoSuchAction"),
        ("secretsmanager", "NoSuchAction"),
    ] {
        for request in requests(&cognito, &client, &[service, action]) {
            let answer = Answer::to(request).await;
            assert_eq!(answer.status, 400, "{service} {action}");
            assert_eq!(answer.kind, "UnknownOperationException", "{service} {action}");
        }
    }
    for request in requests(&cognito, &client, &["sts", "NoSuchAction"]) {
        let answer = Answer::to(request).await;
        assert_eq!((answer.status, answer.kind.as_str()), (400, "InvalidAction"));
    }
    let url = format!("{}/", cognito.server().url());
    for target in ["TrentService.Sign", "DynamoDBStreams_20120810.ListStreams"] {
        let request = client.post(&url).header("x-amz-target", target).body("{}");
        let answer = Answer::to(request).await;
        assert_eq!((answer.status, answer.kind.as_str()), (501, "NotImplementedException"));
        assert!(answer.text.contains(target.split('.').nth(1).unwrap()), "{answer:?}");
    }
}
