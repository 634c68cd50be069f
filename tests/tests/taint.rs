//! Marked secrets and personal data through every flow, with the functions told to log all they
//! can: nothing of it shows in a log line, an error or an answer.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

mod embedded;
mod forms;
mod sign_ins;

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use forms::{forms, shows};
use lifeguard_testkit::answers::{code_in, fragment_in, long_code_in};
use local_cognito::default_pool::CODE_KEY_SECRET;
use local_cognito::functions::Outcome;
use local_cognito::journal::Entry;
use local_cognito::mail::MailMode;
use local_cognito_testing::{PASSWORD, Reply, TestCognito};
use local_cognito_tour::log_text::without_time;
use serde_json::{Map, Value, json};
use sign_ins::{ANYWHERE, BOUND, CODES, LINKS, Pending, REDIRECT, RUNTIME, SignIns};
use tokio::sync::OnceCell;

const ADDRESS: &str = "sentinel-person@private.example";
const OTHER: &str = "sentinel-other@private.example";
const REFUSED: &str = "sentinel-refused@refused.example";
const UNKNOWN: &str = "sentinel-unknown@private.example";
const NAME: &str = "Sentinelgivenname";
const NEW_PASSWORD: &str = "Sentinel-Passw0rd-after";
const METADATA: &str = "sentinel-metadata-value";
const ANSWER: &str = "sentinelanswer";
const QUERY: &str = "sentinelquery";
/// In place of any part of an event; not of the form of an id.
const PART: &str = "sentinel:part@of.an.event";
/// A name that tries to end its line, to start another, and to color the terminal.
const INJECTED: &str = "sentinel\r\n{\"level\":\"INFO\",\"message\":\"forged\"}\u{1b}[31m\u{7f}";
/// The longest line that says nothing but what it must.
const LONGEST_LINE: usize = 1024;

/// Output of all flows.
struct Evidence {
    /// Every function that the user pool or the stream of its table invokes.
    functions: BTreeSet<String>,
    /// Every log line of a function.
    lines: Vec<(String, String)>,
    /// Every error that a function reported, with its type.
    errors: BTreeSet<String>,
    /// Everything else that a person outside could read, and where.
    shown: Vec<(String, String)>,
    /// Secrets that must not be in any of it, by their names.
    secrets: BTreeMap<String, String>,
}

static EVIDENCE: OnceCell<Evidence> = OnceCell::const_new();

async fn evidence() -> &'static Evidence {
    EVIDENCE.get_or_init(gather).await
}

/// Plays everything once and keeps what came out.
async fn gather() -> Evidence {
    let cognito = sign_ins::start(&[("RUST_LOG", "trace")]).await;
    let mark = cognito.server().journal().mark();
    let mut play =
        Play { cognito: &cognito, replies: Vec::new(), secrets: code_key(&cognito).await };
    play.users().await;
    play.codes().await;
    play.links().await;
    play.refusals().await;
    cognito.settle().await;
    play.broken_services().await;

    let Play { replies, mut secrets, .. } = play;
    for (number, mail) in cognito.server().outbox().all().iter().enumerate() {
        if mail.sender == "ses" {
            secrets.insert(format!("code {number}"), code_in(&mail.text));
            let long = long_code_in(&mail.text);
            secrets.insert(format!("long code {number}, plain"), long.replace('-', ""));
            secrets.insert(format!("long code {number}"), long);
        }
        if mail.text.contains('#') {
            let fragment = fragment_in(&mail.text);
            let (payload, mac) = fragment.split_once('.').unwrap();
            secrets.insert(format!("payload {number}"), payload.to_owned());
            secrets.insert(format!("MAC {number}"), mac.to_owned());
        }
    }
    let entries = cognito.server().journal().since(mark);
    let (malformed, events) = mutate(&cognito, &entries).await;
    assert!(events > 500, "only {events} malformed events");
    cognito.settle().await;
    let triggers = cognito.server().template().triggers.iter();
    let mut evidence = Evidence {
        functions: triggers
            .map(|trigger| trigger.function.clone())
            .chain(["deliver-message".to_owned()])
            .collect(),
        lines: Vec::new(),
        errors: BTreeSet::new(),
        shown: replies.into_iter().map(|reply| ("a client".to_owned(), shown_by(&reply))).collect(),
        secrets,
    };
    for (function, event, outcome) in entries.into_iter().filter_map(invoked).chain(malformed) {
        match outcome {
            Ok(answer) => {
                let written = answer_of(&function, &event, answer);
                evidence.shown.push((function, written.to_string()));
            }
            Err(error) => drop(evidence.errors.insert(error)),
        }
    }
    let lines = cognito.server().logs().all();
    evidence.lines = lines.into_iter().map(|line| (line.function, line.text)).collect();
    evidence
}

/// The key from which codes and links are derived, as the secret has it and in hexadecimal digits.
async fn code_key(cognito: &TestCognito) -> BTreeMap<String, String> {
    let input = json!({"SecretId": CODE_KEY_SECRET});
    let secret = cognito.aws("secretsmanager.GetSecretValue", &input).await;
    let versions: Value = serde_json::from_str(secret["SecretString"].as_str().unwrap()).unwrap();
    let key = versions["1"].as_str().unwrap().to_owned();
    let bytes = STANDARD.decode(&key).unwrap();
    let digits = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    [("code key".to_owned(), key), ("code key, in digits".to_owned(), digits)].into()
}

fn invoked(entry: Entry) -> Option<(String, Value, Result<Value, String>)> {
    match entry {
        Entry::Invoked { function, event, outcome, .. } => Some((function, event, outcome)),
        Entry::Called { .. } => None,
    }
}

/// Output of a function: of a trigger event the response, since nothing else may have changed.
fn answer_of(function: &str, event: &Value, mut answer: Value) -> Value {
    if function == "deliver-message" {
        return answer;
    }
    // Post confirmation gives back what is no event: it fails open.
    if answer == *event {
        return Value::Null;
    }
    let written = answer.as_object_mut().and_then(|answer| answer.remove("response"));
    let written = written.unwrap_or_else(|| panic!("{function}: {event} {answer}"));
    let mut sent = event.as_object().unwrap().clone();
    sent.remove("response");
    assert_eq!(answer, Value::Object(sent), "{function}: the event came back changed");
    written
}

/// Part of errors and challenges that a client reads; the rest is the pool's own and belongs to it.
fn shown_by(reply: &Reply) -> String {
    let is_ours = reply.status != 200 || !reply.text("/ChallengeName").is_empty();
    if is_ours { format!("{} {}", reply.kind, sign_ins::masked(reply).body) } else { String::new() }
}

/// The flows under way.
struct Play<'a> {
    cognito: &'a TestCognito,
    replies: Vec<Reply>,
    secrets: BTreeMap<String, String>,
}

impl Play<'_> {
    async fn post(&mut self, action: &str, mut input: Value) -> Reply {
        input["ClientMetadata"] = json!({"sentinel": METADATA, METADATA: "sentinel"});
        let reply = self.cognito.post(action, &input).await;
        self.replies.push(reply.clone());
        reply
    }

    async fn sign_up(&mut self, address: &str, name: &str) -> Reply {
        let input = json!({
            "ClientId": CODES,
            "Username": address,
            "Password": PASSWORD,
            "UserAttributes": [
                {"Name": "email", "Value": address}, {"Name": "given_name", "Value": name},
            ],
            "ValidationData": [{"Name": "sentinel", "Value": METADATA}],
        });
        self.post("SignUp", input).await
    }

    /// The newest code that the pool itself has sent.
    fn pool_code(&self) -> String {
        let mails = self.cognito.server().outbox().to(ADDRESS);
        let text = &mails.last().unwrap().text;
        let runs = text.split(|letter: char| !letter.is_ascii_digit());
        runs.max_by_key(|run| run.len()).unwrap().to_owned()
    }

    /// Sign-up, confirmation, recovery, and signing in with a password.
    async fn users(&mut self) {
        let secrets = [
            ("address", ADDRESS),
            ("address of another", OTHER),
            ("refused address", REFUSED),
            ("address of an unknown user", UNKNOWN),
            ("name", NAME),
            ("password", PASSWORD),
            ("new password", NEW_PASSWORD),
            ("metadata", METADATA),
            ("answer", ANSWER),
            ("query", QUERY),
            ("part", PART),
            ("injected", INJECTED),
        ];
        for (what, secret) in secrets {
            self.secrets.insert(what.to_owned(), secret.to_owned());
        }
        let user = self.sign_up(ADDRESS, NAME).await;
        assert_eq!(user.status, 200, "{user:?}");
        self.secrets.insert("sub".to_owned(), user.text("/UserSub"));
        let code = self.pool_code();
        self.secrets.insert("confirmation code".to_owned(), code.clone());
        let confirm = json!({"ClientId": CODES, "Username": ADDRESS, "ConfirmationCode": code});
        assert_eq!(self.post("ConfirmSignUp", confirm).await.status, 200);
        let forgotten = json!({"ClientId": CODES, "Username": ADDRESS});
        self.post("ForgotPassword", forgotten).await;
        let code = self.pool_code();
        self.secrets.insert("recovery code".to_owned(), code.clone());
        let recovered = json!({
            "ClientId": CODES, "Username": ADDRESS, "ConfirmationCode": code, "Password": NEW_PASSWORD,
        });
        assert_eq!(self.post("ConfirmForgotPassword", recovered).await.status, 200);
        for password in [PASSWORD, NEW_PASSWORD] {
            let input = json!({
                "ClientId": CODES,
                "AuthFlow": "USER_PASSWORD_AUTH",
                "AuthParameters": {"USERNAME": ADDRESS, "PASSWORD": password},
            });
            let reply = self.post("InitiateAuth", input).await;
            assert_eq!(reply.is_tokens(), password == NEW_PASSWORD);
        }
        let sub = self.cognito.add_with_address(OTHER, "true").await;
        self.secrets.insert("sub of another".to_owned(), sub);
    }

    async fn begin(&mut self, client: &str, method: &'static str, name: &str) -> Pending {
        let (pending, replies) = self.cognito.begin(client, method, name).await;
        self.replies.extend(replies);
        let pending = pending.unwrap();
        self.keep(&pending);
        pending
    }

    fn keep(&mut self, pending: &Pending) {
        let number = self.secrets.len();
        self.secrets.insert(format!("session {number}"), pending.session.clone());
    }

    async fn answer(&mut self, pending: &Pending, answer: &str) -> Option<Pending> {
        let redirect = format!("{REDIRECT}?next={QUERY}");
        let metadata = json!({
            "signInMethod": pending.method, "redirectUri": redirect, "sentinel": METADATA,
        });
        let reply = self.cognito.answer_with(pending, answer, metadata).await;
        self.replies.push(reply.clone());
        if reply.is_tokens() {
            for token in ["IdToken", "AccessToken", "RefreshToken"] {
                let number = self.secrets.len();
                let value = reply.text(&format!("/AuthenticationResult/{token}"));
                self.secrets.insert(format!("{token} {number}"), value);
            }
        }
        let next = sign_ins::pending(&pending.client, pending.method, &reply);
        next.iter().for_each(|next| self.keep(next));
        next
    }

    /// A wrong code, the right one, and the refreshed tokens.
    async fn codes(&mut self) {
        for (client, address) in [(CODES, ADDRESS), (ANYWHERE, OTHER)] {
            let count = self.cognito.server().outbox().to(address).len();
            let pending = self.begin(client, "EMAIL_OTP", address).await;
            let code = code_in(&self.cognito.mail(address, count + 1).await);
            let pending = self.answer(&pending, ANSWER).await.unwrap();
            assert!(self.answer(&pending, &code).await.is_none());
            self.cognito.pass_the_gap(client, &pending.user_name).await;
        }
        let token = self.secrets.iter().find(|(what, _)| what.starts_with("RefreshToken"));
        let refresh = json!({
            "ClientId": CODES,
            "AuthFlow": "REFRESH_TOKEN_AUTH",
            "AuthParameters": {"REFRESH_TOKEN": token.unwrap().1},
        });
        self.post("InitiateAuth", refresh).await;
    }

    /// A link that was tampered with, one of another client, and the right one.
    async fn links(&mut self) {
        for (client, address) in [(BOUND, OTHER), (ANYWHERE, ADDRESS)] {
            let count = self.cognito.server().outbox().to(address).len();
            let asked = self.cognito.start_at(client, address).await;
            let asked = sign_ins::pending(client, "MAGIC_LINK", &asked).unwrap();
            let pending = self.answer(&asked, "__dummy__").await.unwrap();
            let mail = self.cognito.mail(address, count + 1).await;
            assert!(mail.contains(QUERY), "the link leads where it was asked to");
            let fragment = fragment_in(&mail);
            let pending = self.answer(&pending, &format!("{fragment}A")).await.unwrap();
            let pending = self.answer(&pending, &format!("{ANSWER}.{ANSWER}")).await.unwrap();
            assert!(self.answer(&pending, &fragment).await.is_none());
        }
    }

    /// Plays refusals: sign-ups, methods, redirects, and unknown user names.
    async fn refusals(&mut self) {
        assert_eq!(self.sign_up(REFUSED, NAME).await.status, 400);
        self.sign_up(ADDRESS, NAME).await;
        self.sign_up("sentinel-injected@private.example", INJECTED).await;
        for name in [UNKNOWN, INJECTED] {
            let reply = self.cognito.start_at(CODES, name).await;
            self.replies.push(reply.clone());
            if let Some(pending) = sign_ins::pending(CODES, "EMAIL_OTP", &reply) {
                self.answer(&pending, ANSWER).await;
            }
        }
        for metadata in [
            json!({"signInMethod": METADATA}),
            json!({"signInMethod": "MAGIC_LINK", "redirectUri": format!("https://{METADATA}/")}),
            json!({"signInMethod": "MAGIC_LINK", "redirectUri": INJECTED}),
        ] {
            let asked = self.cognito.start_at(ANYWHERE, OTHER).await;
            let asked = sign_ins::pending(ANYWHERE, "EMAIL_OTP", &asked).unwrap();
            let reply = self.cognito.answer_with(&asked, ANSWER, metadata).await;
            assert_eq!(reply.status, 400);
            self.replies.push(reply);
        }
    }

    /// Lets each function meet an error of a service; its text may repeat the request.
    async fn broken_services(&mut self) {
        const NEWCOMER: &str = "sentinel-newcomer@private.example";
        self.secrets.insert("address of a newcomer".to_owned(), NEWCOMER.to_owned());
        let sign_up = json!({
            "ClientId": CODES, "Username": NEWCOMER, "Password": PASSWORD,
            "UserAttributes": [{"Name": "email", "Value": NEWCOMER}],
        });
        self.post("SignUp", sign_up).await;
        let mails = self.cognito.server().outbox().to(NEWCOMER);
        let code = mails[0].text.split(|letter: char| !letter.is_ascii_digit());
        let code = code.max_by_key(|run| run.len()).unwrap();
        let pending = self.begin(CODES, "EMAIL_OTP", UNKNOWN).await;
        self.cognito.settle().await;

        let message = format!("{NEWCOMER}, {METADATA} and {PART} are not valid");
        self.cognito.calls().refuse(Some(&message));
        let confirm = json!({"ClientId": CODES, "Username": NEWCOMER, "ConfirmationCode": code});
        assert_eq!(self.post("ConfirmSignUp", confirm).await.status, 200);
        let start = self.cognito.start_at(CODES, NEWCOMER).await;
        assert_eq!(start.status, 400);
        self.replies.push(start);
        self.answer(&pending, ANSWER).await.unwrap();
        self.cognito.calls().refuse(None);

        self.cognito.server().mail().set_mode(MailMode::Refuse);
        let refused = self.cognito.server().logs().lines("deliver-message").len();
        self.begin(CODES, "EMAIL_OTP", NEWCOMER).await;
        let deadline = Instant::now() + Duration::from_secs(60);
        while self.cognito.server().logs().lines("deliver-message").len() < refused + 2 {
            assert!(Instant::now() < deadline, "no mail was refused");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        self.cognito.server().mail().set_mode(MailMode::Deliver);
    }
}

/// Every event that was sent, once for each function and source, with each part of it replaced by
/// something marked, straight to the functions; and how many that were.
async fn mutate(
    cognito: &TestCognito,
    entries: &[Entry],
) -> (Vec<(String, Value, Result<Value, String>)>, usize) {
    let mut events = BTreeMap::new();
    for entry in entries.iter().cloned() {
        if let Some((function, event, _)) = invoked(entry) {
            let source = event["triggerSource"].as_str().unwrap_or_default().to_owned();
            // The last event of a kind has the longest history.
            events.insert((function, source), event);
        }
    }
    let mut outcomes = Vec::new();
    let mut sent = 0;
    for ((function, _), event) in events {
        for pointer in pointers(&event) {
            for part in [
                json!(PART),
                json!(INJECTED),
                json!([PART]),
                json!({PART: PART}),
                json!(PART.repeat(3000)),
            ] {
                let mut event = event.clone();
                *event.pointer_mut(&pointer).unwrap() = part;
                outcomes.extend(invoke(cognito, &function, event).await);
                sent += 1;
            }
        }
        // The id of a client that the settings do not name: it must not become a dimension.
        let mut event = event.clone();
        if let Some(client) = event.pointer_mut("/callerContext/clientId") {
            *client = json!("9unknownclient00000000000");
            outcomes.extend(invoke(cognito, &function, event).await);
            sent += 1;
        }
    }
    (outcomes, sent)
}

async fn invoke(
    cognito: &TestCognito,
    function: &str,
    event: Value,
) -> Option<(String, Value, Result<Value, String>)> {
    let payload = event.to_string().into_bytes();
    let limit = Duration::from_secs(5);
    let outcome = match cognito.server().functions().invoke(function, payload, limit).await {
        Outcome::Returned(answer) => Ok(serde_json::from_slice(&answer).unwrap()),
        Outcome::Failed { error_type, error_message } => {
            Err(format!("{error_type}: {error_message}"))
        }
        other => Err(format!("{other:?}")),
    };
    Some((function.to_owned(), event, outcome))
}

/// Every place of an event but those below `response`, which goes back as it came.
fn pointers(event: &Value) -> Vec<String> {
    fn below(value: &Value, path: &str, found: &mut Vec<String>) {
        found.push(path.to_owned());
        let escaped = |name: &str| name.replace('~', "~0").replace('/', "~1");
        match value {
            Value::Object(members) => members.iter().for_each(|(name, value)| {
                below(value, &format!("{path}/{}", escaped(name)), found)
            }),
            Value::Array(items) => items
                .iter()
                .enumerate()
                .for_each(|(place, value)| below(value, &format!("{path}/{place}"), found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    below(event, "", &mut found);
    found.retain(|pointer| !pointer.starts_with("/response"));
    found
}

/// Secrets that show, with the places.
fn leaks(evidence: &Evidence, is_meant: impl Fn(&str) -> bool) -> Vec<String> {
    let secrets: Vec<_> = evidence.secrets.iter().filter(|(what, _)| is_meant(what)).collect();
    assert!(!secrets.is_empty());
    let errors = evidence.errors.iter().map(|error| ("an error", error.as_str()));
    let places: Vec<(&str, &str)> = evidence
        .lines
        .iter()
        .chain(&evidence.shown)
        .map(|(place, text)| (place.as_str(), text.as_str()))
        .chain(errors)
        .collect();
    let mut found = Vec::new();
    for (what, secret) in secrets {
        assert!(secret.len() >= 6, "{what}: {secret}");
        let forms = forms(secret.as_bytes());
        for (place, text) in &places {
            if shows(&forms, without_time(text).as_bytes()) {
                found.push(format!("{what} at {place}: {text}"));
            }
        }
    }
    found
}

fn is_personal(what: &str) -> bool {
    what.contains("address")
        || what.starts_with("sub")
        || ["name", "injected", "part"].contains(&what)
}

/// T09: codes, links, passwords, tokens, sessions and what clients send beside them.
#[test]
fn t09_no_secret_shows_in_a_log_an_error_or_an_answer() {
    let evidence = RUNTIME.block_on(evidence());
    for kind in ["code ", "long code ", "MAC ", "payload ", "IdToken ", "RefreshToken ", "session "]
    {
        assert!(evidence.secrets.keys().any(|what| what.starts_with(kind)), "{kind}");
    }
    assert_eq!(leaks(evidence, |what| !is_personal(what)), [""; 0]);
}

/// T70: names and addresses, whatever part of whatever event they stand in.
#[test]
fn t70_no_person_shows_in_a_log_an_error_or_an_answer() {
    assert_eq!(leaks(RUNTIME.block_on(evidence()), is_personal), [""; 0]);
}

#[test]
fn a_planted_address_is_found_wherever_it_stands() {
    let nothing = Evidence {
        functions: BTreeSet::new(),
        lines: Vec::new(),
        errors: BTreeSet::new(),
        shown: Vec::new(),
        secrets: [("address".to_owned(), ADDRESS.to_owned())].into(),
    };
    assert_eq!(leaks(&nothing, is_personal), [""; 0]);
    let planted = || format!("something about {ADDRESS}.");
    let in_a_line = vec![("define-auth-challenge".to_owned(), planted())];
    let evidence = Evidence { lines: in_a_line.clone(), ..nothing };
    assert_eq!(leaks(&evidence, is_personal).len(), 1);
    let evidence = Evidence { lines: Vec::new(), shown: in_a_line, ..evidence };
    assert_eq!(leaks(&evidence, is_personal).len(), 1);
    let evidence = Evidence { shown: Vec::new(), errors: [planted()].into(), ..evidence };
    assert_eq!(leaks(&evidence, is_personal).len(), 1);
}

/// T70: one object a line, of fixed fields and bounded length, whatever the events held.
#[test]
fn t70_every_log_line_is_one_object_of_fixed_fields() {
    let fields = [
        "timestamp",
        "level",
        "target",
        "message",
        "service",
        "cold_start",
        "function_request_id",
        "xray_trace_id",
        "source",
        "pool",
        "client",
        "outcome",
        "code",
        "duration_ms",
        "method",
        "_aws",
        "record",
        "request",
    ];
    let evidence = RUNTIME.block_on(evidence());
    let functions: BTreeSet<String> =
        evidence.lines.iter().map(|(function, _)| function.clone()).collect();
    assert_eq!(functions, evidence.functions, "functions that wrote a line");
    let mut dimensions = BTreeSet::new();
    for (function, line) in &evidence.lines {
        let object: Map<String, Value> = serde_json::from_str(line)
            .unwrap_or_else(|error| panic!("{function}: {error}: {line}"));
        let metrics = embedded::check(&object).unwrap_or_else(|error| panic!("{error}: {line}"));
        assert_eq!(metrics, counted(&object), "{function}: {line}");
        let known = |name: &String| fields.contains(&name.as_str()) || metrics.contains(name);
        let other = object.keys().find(|name| !known(name));
        assert_eq!(other, None, "{function}: {line}");
        for (name, value) in embedded::dimensions(&object) {
            assert!(bounded(&name).contains(&value.as_str()), "{function}: {name}: {value}");
            dimensions.insert(name);
        }
        assert!(!line.chars().any(char::is_control), "{function}: {line}");
        assert!(line.len() <= LONGEST_LINE, "{function}: {} bytes: {line}", line.len());
    }
    let all = ["client", "code", "method", "service"].map(str::to_owned);
    assert_eq!(dimensions, all.into(), "dimensions that were seen");
}

/// The metrics that a line counts in, by what it says.
fn counted(line: &Map<String, Value>) -> &'static [&'static str] {
    let text = |name: &str| line.get(name).and_then(Value::as_str).unwrap_or_default();
    match (text("service"), text("outcome")) {
        ("create-auth-challenge", "issued") => &["MailsIssued"],
        ("verify-auth-challenge", "right") => &["RightAnswers", "MailsAnswered"],
        ("verify-auth-challenge", "wrong") => &["WrongAnswers"],
        (_, "refused") => &["Refusals"],
        _ => &[],
    }
}

/// The values that a dimension of a metric may have, whatever the events held: from the settings of
/// this run and from the code, so their number is known before any user comes.
fn bounded(dimension: &str) -> &'static [&'static str] {
    match dimension {
        "client" => &[CODES, ANYWHERE, LINKS, BOUND],
        "method" => &["EMAIL_OTP", "MAGIC_LINK"],
        "service" => &["pre-sign-up", "create-auth-challenge", "post-confirmation"],
        "code" => &[
            "AddressNotUsable",
            "AddressRequired",
            "AttributeNotAllowed",
            "DomainDenied",
            "DomainNotAllowed",
            "InvalidRedirect",
            "MethodNotOffered",
            "PasswordNotDiscarded",
        ],
        _ => &[],
    }
}

/// A line that CloudWatch would refuse, or of which it would make other metrics, is found.
#[test]
fn line_against_the_metric_format_is_found() {
    let line = json!({
        "_aws": {"Timestamp": 1_764_452_307_123_u64, "CloudWatchMetrics": [{
            "Namespace": "Lifeguard/x", "Dimensions": [[], ["client"]],
            "Metrics": [{"Name": "WrongAnswers", "Unit": "Count"}],
        }]},
        "WrongAnswers": 1, "client": "c",
    });
    let check = |line: &Value| embedded::check(line.as_object().unwrap());
    assert_eq!(check(&line), Ok(vec!["WrongAnswers".to_owned()]));
    assert_eq!(embedded::dimensions(line.as_object().unwrap()).len(), 1);
    let first = "/_aws/CloudWatchMetrics/0";
    for (pointer, value) in [
        ("/_aws/Timestamp".to_owned(), json!(1_764_452_307)),
        ("/_aws/Timestamp".to_owned(), json!("1764452307123")),
        (format!("{first}/Namespace"), json!("")),
        (format!("{first}/Dimensions"), json!([])),
        (format!("{first}/Dimensions"), json!([["method"]])),
        (format!("{first}/Dimensions"), json!([vec!["client"; 31]])),
        (format!("{first}/Metrics"), json!([])),
        (
            format!("{first}/Metrics"),
            vec![line["_aws"]["CloudWatchMetrics"][0]["Metrics"][0].clone(); 101].into(),
        ),
        (format!("{first}/Metrics/0/Name"), json!("client")),
        (format!("{first}/Metrics/0/Unit"), json!("count")),
        ("/WrongAnswers".to_owned(), json!("1")),
        ("/client".to_owned(), json!("")),
        ("/client".to_owned(), json!(1)),
    ] {
        let mut broken = line.clone();
        *broken.pointer_mut(&pointer).unwrap() = value;
        assert!(check(&broken).is_err(), "{pointer}: {broken}");
    }
}

/// T34: whatever broke, the caller reads one of these.
#[test]
fn t34_errors_read_as_one_of_a_few_sentences() {
    let evidence = RUNTIME.block_on(evidence());
    let expected = [
        "AddressNotUsable: This e-mail address cannot be used",
        "AddressRequired: An e-mail address is required",
        "AttributeNotAllowed: This sign-up sets an attribute that it may not set",
        "DomainDenied: Addresses of this domain cannot sign up",
        "Fault: Try again later",
        "InvalidRedirect: Invalid redirectUri",
        "MethodNotOffered: This sign-in method is not offered",
    ];
    for error in &evidence.errors {
        assert!(expected.contains(&error.as_str()), "{error}");
    }
    assert!(evidence.errors.len() >= 6, "only {:?}", evidence.errors);
}
