//! Functions call exactly what the template grants them: the grants, by action and by resource,
//! against the tour and everything that an operator asks for.
//!
//! That no function calls more is seen wherever a local Cognito runs: it holds each call against
//! the role that the template gives the function, and the tests that record calls end at the first
//! refusal.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

mod operating;

use std::collections::{BTreeMap, BTreeSet};
use std::process::ExitCode;

use local_cognito::iam::{self, Context, Decision, Policy, Request};
use local_cognito::journal::Entry;
use local_cognito::template::{self, Deployment, Template};
use local_cognito::trail::Question;
use local_cognito::{LocalCognito, StartOptions};
use local_cognito_testing::{PASSWORD, TestCognito, code_in, with_real_functions};
use local_cognito_tour as tour;
use serde_json::{Value, json};

/// Grants that Lambda itself uses in the name of a function, which no function calls.
const OF_LAMBDA: [(&str, &str); 9] = [
    ("logs:CreateLogStream", "the log of an instance"),
    ("logs:PutLogEvents", "the lines of a function"),
    ("xray:PutTraceSegments", "the trace of an invocation"),
    ("xray:PutTelemetryRecords", "the trace of an invocation"),
    ("dynamodb:DescribeStream", "the stream is read for the function"),
    ("dynamodb:GetRecords", "the stream is read for the function"),
    ("dynamodb:GetShardIterator", "the stream is read for the function"),
    ("dynamodb:ListStreams", "the stream is found for the function"),
    ("sqs:SendMessage", "records that were given up"),
];

/// One thing that is granted or done: the function, the action, the resource.
type Grant = (String, String, String);

#[tokio::test]
async fn t61_functions_call_what_the_template_grants_and_nothing_else() {
    let cognito = with_functions(template::OWN.to_owned()).await;
    let host = cognito.server();
    let exit = tour::run(host.url(), true).await;
    assert_eq!(format!("{exit:?}"), format!("{:?}", ExitCode::SUCCESS), "the tour failed");
    operating::play(&cognito).await;
    reject_password(&cognito).await;

    assert_eq!(refused(host), Vec::<Question>::new(), "asked for, and not granted");
    let asked = host.trail().all().into_iter();
    let called: BTreeSet<Grant> = asked
        .map(|Question { function, action, resource, .. }| (function, action, resource))
        .collect();
    assert_eq!(without_resources(&called), in_journal(host), "every call was held against a role");
    // A wider grant than what is called allows it too, so it is the names that have to be equal.
    assert_eq!(differing(&called, host.template()), BTreeSet::new(), "granted or called alone");

    for (mistake, old, new) in PLANTED {
        let planted = scripted(planted(old, new)).await;
        assert!(
            !differing(&called, planted.server().template()).is_empty(),
            "not noticed: {mistake}"
        );
    }
}

const WRITE_CHALLENGE: &str = "Action: dynamodb:UpdateItem, Resource: !GetAtt Challenges.Arn";
const WRITE_PROFILE: &str = "Action: dynamodb:PutItem, Resource: !GetAtt Profiles.Arn";

/// Grants that are wider than what is called: the mistake, what stands in the template, and what
/// would.
const PLANTED: [(&str, &str, &str); 4] = [
    (
        "a function may do everything with a table",
        WRITE_CHALLENGE,
        "Action: dynamodb:*, Resource: !GetAtt Challenges.Arn",
    ),
    (
        "a function may change what it only writes",
        WRITE_PROFILE,
        "Action: [dynamodb:PutItem, dynamodb:UpdateItem], Resource: !GetAtt Profiles.Arn",
    ),
    (
        "a function may write into every table",
        WRITE_PROFILE,
        "Action: dynamodb:PutItem, \
         Resource: !Sub \"arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/*\"",
    ),
    (
        "a function may write into a second table",
        WRITE_PROFILE,
        "Action: dynamodb:PutItem, Resource: [!GetAtt Profiles.Arn, !GetAtt Notes.Arn]",
    ),
];

/// Calls of AWS that one invocation may make at most, reads of a secret in a new instance included.
const MOST_CALLS: [(&str, usize); 7] = [
    ("pre-sign-up", 0),
    ("post-confirmation", 4),
    ("define-auth-challenge", 0),
    ("create-auth-challenge", 1),
    ("verify-auth-challenge", 2),
    ("post-authentication", 1),
    ("deliver-message", 3),
];

/// A flood of starts and guesses costs a fixed number of calls for each event; an event of a client
/// that is not configured costs none.
#[tokio::test]
async fn t73_every_trigger_makes_a_fixed_number_of_calls() {
    let cognito = with_functions(template::OWN.to_owned()).await;
    let host = cognito.server();
    reject_password(&cognito).await;
    for name in ["owner@example.net", "unknown@example.net"] {
        for _ in 0..3 {
            let mut asked = cognito.start(name).await.ok();
            while asked["Session"].is_string() {
                let Ok(next) = cognito.respond(&asked, "00000000").await.result else { break };
                asked = next;
            }
        }
    }
    let entries = host.journal().since(0);
    for (function, most) in MOST_CALLS {
        let invoked = entries.iter().filter(|entry| match entry {
            Entry::Invoked { function: name, .. } => name == function,
            Entry::Called { .. } => false,
        });
        let called = entries.iter().filter(|entry| match entry {
            Entry::Called { function: name, .. } => name == function,
            Entry::Invoked { .. } => false,
        });
        let (invoked, called) = (invoked.count(), called.count());
        assert!(called <= most * invoked, "{function}: {called} calls in {invoked} invocations");
    }
    let foreign = json!({
        "version": "1", "triggerSource": "CreateAuthChallenge_Authentication",
        "region": "eu-west-1", "userPoolId": cognito.pool, "userName": "noor",
        "callerContext": {"clientId": "another"}, "request": {}, "response": {},
    });
    let mark = host.journal().mark();
    for _ in 0..5 {
        let payload = foreign.to_string().into_bytes();
        let limit = std::time::Duration::from_secs(5);
        cognito.functions.invoke("create-auth-challenge", payload, limit).await;
    }
    let called = |entry: &Entry| match entry {
        Entry::Called { function, .. } => function == "create-auth-challenge",
        Entry::Invoked { .. } => false,
    };
    assert!(!host.journal().since(mark).iter().any(called));
}

#[tokio::test]
async fn t61_a_call_that_the_template_does_not_grant_is_refused() {
    let missing = planted(WRITE_CHALLENGE, &WRITE_CHALLENGE.replace("UpdateItem", "DeleteItem"));
    let cognito = with_functions(missing).await;
    let error = cognito.start("unknown@example.net").await.result.unwrap_err();
    assert!(error.message.contains("Try again later"), "{error}");
    let table = "arn:aws:dynamodb:eu-west-1:000000000000:table/lifeguard-challenges";
    let question = Question {
        function: "create-auth-challenge".to_owned(),
        action: "dynamodb:UpdateItem".to_owned(),
        resource: table.to_owned(),
        answer: Decision::NotAllowed,
    };
    assert_eq!(refused(cognito.server()), [question]);
}

#[test]
fn lambda_uses_every_grant_that_is_left_to_it() {
    let grants = grants(&template(&[]));
    for (action, reason) in OF_LAMBDA {
        let used = grants.iter().any(|(_, granted, _)| granted == action);
        assert!(used, "{action} ({reason}) is granted to no function: strike it off the list");
    }
}

#[test]
fn t61_parameters_grant_what_they_need_and_nothing_else() {
    let usual = grants(&template(&[]));
    let with_adapter = grants(&template(&[
        ("AdapterUrl", "https://people.example/judge"),
        ("AdapterKeySecret", "people"),
    ]));
    let key = "arn:aws:secretsmanager:eu-west-1:000000000000:secret:people-??????";
    let added: Vec<&Grant> = with_adapter.difference(&usual).collect();
    assert_eq!(added, [&grant("developer-identity", "secretsmanager:GetSecretValue", key)]);
    assert!(with_adapter.is_superset(&usual));

    let pool = "arn:aws:cognito-idp:eu-west-1:000000000000:userpool/lifeguard-user-pool";
    let discarding = grants(&template(&[("DiscardPassword", "yes")]));
    let added: Vec<&Grant> = discarding.difference(&usual).collect();
    let expected = [
        &grant("post-confirmation", "cognito-idp:AdminSetUserPassword", pool),
        &grant("post-confirmation", "cognito-idp:AdminUserGlobalSignOut", pool),
    ];
    assert_eq!(added, expected);
    assert!(discarding.is_superset(&usual));

    let without_group = grants(&template(&[("DefaultGroup", "")]));
    let profiles = "arn:aws:dynamodb:eu-west-1:000000000000:table/lifeguard-profiles";
    let taken: Vec<&Grant> = usual.difference(&without_group).collect();
    let expected = [
        &grant("operator", "cognito-idp:AdminAddUserToGroup", pool),
        &grant("post-confirmation", "cognito-idp:AdminAddUserToGroup", pool),
        &grant("post-confirmation", "dynamodb:GetItem", profiles),
    ];
    assert_eq!(taken, expected);
    assert!(usual.is_superset(&without_group));
}

#[test]
fn t61_a_mail_may_be_sent_by_one_address_alone() {
    let template = template(&[]);
    let conditions: Vec<(String, Value)> = statements(&template)
        .filter(|(_, statement)| statement["Condition"] != Value::Null)
        .map(|(function, statement)| (function, statement["Condition"].clone()))
        .collect();
    let sender = json!({"StringEquals": {"ses:FromAddress": "no-reply@example.com"}});
    assert_eq!(conditions, [("deliver-message".to_owned(), sender)]);
}

/// The right to send names every identity, so the address of the sender is all that limits it.
#[test]
fn t61_a_mail_from_another_address_is_refused() {
    let template = template(&[]);
    let role = template.function_roles.iter().find(|role| role.function == "deliver-message");
    let documents = role.unwrap().documents.iter();
    let policies: Vec<Policy> =
        documents.map(|document| Policy::parse(document, "role").unwrap()).collect();
    let account = "arn:aws:ses:eu-west-1:000000000000:identity";
    let decide = |action: &str, resource: &str, context: Context| {
        iam::decide(&policies, &Request { action, resource, context: &context })
    };
    for identity in ["example.com", "no-reply@example.com", "owner@example.net", "*"] {
        let resource = format!("{account}/{identity}");
        let by = |sender: &str| {
            let context = Context::default().with("ses:FromAddress", sender);
            decide("ses:SendEmail", &resource, context)
        };
        assert_eq!(by("no-reply@example.com"), Decision::Allowed, "{identity}");
        for other in [
            "support@example.com",
            "No-Reply@example.com",
            "no-reply@example.com.evil.example",
            "no-reply+a@example.com",
            "*",
            "",
        ] {
            assert_eq!(by(other), Decision::NotAllowed, "{other} with {identity}");
        }
        let unnamed = decide("ses:SendEmail", &resource, Context::default());
        assert_eq!(unnamed, Decision::NotAllowed, "a call that names no sender");
        let context = Context::default().with("ses:FromAddress", "no-reply@example.com");
        for action in ["ses:SendRawEmail", "ses:SendBulkEmail", "ses:SendTemplatedEmail"] {
            assert_eq!(
                decide(action, &resource, context.clone()),
                Decision::NotAllowed,
                "{action}"
            );
        }
    }
    let elsewhere = "arn:aws:ses:eu-west-1:000000000000:configuration-set/a";
    let context = Context::default().with("ses:FromAddress", "no-reply@example.com");
    assert_eq!(decide("ses:SendEmail", elsewhere, context), Decision::NotAllowed);
}

/// Every role of the template, not only those of functions.
#[test]
fn t61_no_other_role_sends_a_mail() {
    let sends = |id: &str| template::OWN.matches(id).count();
    assert_eq!((sends("ses:Send"), sends("Action: ses:SendEmail\n")), (1, 1));
}

/// Confirms a sign-up as the owner of an address who rejects its password.
async fn reject_password(cognito: &TestCognito) {
    let owner = "owner@example.net";
    let user = json!({"Username": owner, "Password": PASSWORD,
        "UserAttributes": [{"Name": "email", "Value": owner}]});
    cognito.run("SignUp", user).await.ok();
    let code = code_in(&cognito.mail(owner, 1).await, 6);
    let confirm = json!({"Username": owner, "ConfirmationCode": code,
        "ClientMetadata": {"discardPassword": "yes"}});
    cognito.run("ConfirmSignUp", confirm).await.ok();
}

/// The template with a mistake at the first place that reads like this.
fn planted(old: &str, new: &str) -> String {
    assert!(template::OWN.contains(old), "the template has no {old:?}");
    template::OWN.replacen(old, new, 1)
}

async fn scripted(template: String) -> TestCognito {
    TestCognito::serve(&StartOptions { template, ..StartOptions::default() }).await
}

async fn with_functions(template: String) -> TestCognito {
    let mut options = StartOptions { template, ..with_real_functions() };
    // The operator looks after what could not be deleted, which the documentation leaves open.
    options.identity_pools.uncertain.unknown_identities_unprocessed = true;
    let cognito = TestCognito::serve(&options).await;
    cognito.server().logs().hush();
    cognito
}

fn template(parameters: &[(&str, &str)]) -> Template {
    let given = [
        ("WebOrigins", "https://app.example.com"),
        ("MailFrom", "no-reply@example.com"),
        ("MailIdentity", "example.com"),
    ];
    let parameters = given.iter().chain(parameters);
    let deployment = Deployment {
        region: "eu-west-1".to_owned(),
        parameters: parameters.map(|(name, value)| (name.to_string(), json!(value))).collect(),
        ids: BTreeMap::new(),
    };
    Template::parse(template::OWN, &deployment).unwrap()
}

fn grant(function: &str, action: &str, resource: &str) -> Grant {
    (function.to_owned(), action.to_owned(), resource.to_owned())
}

/// Every action on every resource that a role of a function allows.
fn grants(template: &Template) -> BTreeSet<Grant> {
    let mut grants = BTreeSet::new();
    for (function, statement) in statements(template) {
        assert_eq!(statement["Effect"], "Allow", "{function}");
        for action in texts(&statement["Action"]) {
            for resource in texts(&statement["Resource"]) {
                grants.insert((function.clone(), action.clone(), resource));
            }
        }
    }
    grants
}

fn statements(template: &Template) -> impl Iterator<Item = (String, Value)> {
    template.function_roles.iter().flat_map(|role| {
        let statements = role.documents.iter().map(|document| &document["Statement"]);
        let statements = statements.flat_map(|statements| statements.as_array().unwrap());
        statements.map(|statement| (role.function.clone(), statement.clone()))
    })
}

/// A text or a list of texts.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(list) => list.iter().flat_map(texts).collect(),
        other => panic!("{other} is no list of texts"),
    }
}

/// Grants that are only given or only called; Lambda's own calls are left out.
fn differing(called: &BTreeSet<Grant>, template: &Template) -> BTreeSet<Grant> {
    called.symmetric_difference(&own(&grants(template))).cloned().collect()
}

fn refused(host: &LocalCognito) -> Vec<Question> {
    let asked = host.trail().all().into_iter();
    asked.filter(|question| question.answer != Decision::Allowed).collect()
}

/// The grants that functions use themselves.
fn own(grants: &BTreeSet<Grant>) -> BTreeSet<Grant> {
    let of_lambda = |action: &str| OF_LAMBDA.iter().any(|(listed, _)| *listed == action);
    grants.iter().filter(|(_, action, _)| !of_lambda(action)).cloned().collect()
}

fn without_resources(grants: &BTreeSet<Grant>) -> BTreeSet<(String, String)> {
    grants.iter().map(|(function, action, _)| (function.clone(), action.clone())).collect()
}

/// The calls of functions that the journal has.
fn in_journal(host: &LocalCognito) -> BTreeSet<(String, String)> {
    let entries = host.journal().since(0).into_iter();
    entries
        .filter_map(|entry| match entry {
            Entry::Called { function, service, action } if function != "-" => {
                Some((function, format!("{service}:{action}")))
            }
            Entry::Called { .. } | Entry::Invoked { .. } => None,
        })
        .collect()
}
