//! A stand-in of the user-pool API with one pool, which answers and misbehaves as a test says.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard};

use aws_sdk_cognitoidentityprovider::config::Credentials;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use pool_triggers::attach::{Accepted, AttachError, attach};
use pool_triggers::change::Outcome;
use pool_triggers::detach::{DetachError, detach};
use pool_triggers::members::READ_ONLY;
use pool_triggers::record::Record;
use pool_triggers::stack::{Place, Stack};
use pool_triggers::terminal::Terminal;
use pool_triggers::user_pools::UserPools;
use serde_json::{Map, Value, json};

pub(crate) const POOL: &str = "eu-west-1_Theirs";

/// Changes the pool or answers an error before the stand-in does what it would do.
type Misbehaviour = Box<dyn FnMut(&str, &mut Pool) -> Option<(u16, Value)> + Send>;

/// The pool of the stand-in.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Pool {
    pub(crate) settings: Map<String, Value>,
    pub(crate) mfa: Map<String, Value>,
    pub(crate) clients: Vec<Value>,
    /// The secret of each client, or null.
    pub(crate) secret: Value,
    /// The body of each `UpdateUserPool`.
    pub(crate) updates: Vec<Value>,
    /// All actions, in order.
    pub(crate) actions: Vec<String>,
    /// The Regions that requests were signed for.
    pub(crate) regions: Vec<String>,
}

struct Served {
    pool: Pool,
    before: Option<Misbehaviour>,
    after: Option<Misbehaviour>,
}

/// A running stand-in, and a file for the record.
pub(crate) struct StandIn {
    served: Arc<Mutex<Served>>,
    pub(crate) pools: UserPools,
    pub(crate) stack: Stack,
    pub(crate) file: PathBuf,
    pub(crate) output: Mutex<String>,
}

/// The functions of the stack in a Region, by trigger.
pub(crate) fn functions(region: &str) -> Value {
    let arn = |name| json!(format!("arn:aws:lambda:{region}:000000000000:function:guard-{name}"));
    json!({
        "PreSignUp": arn("pre-sign-up"),
        "PostConfirmation": arn("post-confirmation"),
        "DefineAuthChallenge": arn("define-auth-challenge"),
        "CreateAuthChallenge": arn("create-auth-challenge"),
        "VerifyAuthChallengeResponse": arn("verify-auth-challenge"),
    })
}

pub(crate) fn object(value: Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

impl StandIn {
    /// Serves a pool with these settings beside those that every pool has.
    pub(crate) async fn start(test: &str, settings: Value) -> Self {
        Self::start_in("eu-west-1", test, settings).await
    }

    pub(crate) async fn start_in(region: &str, test: &str, settings: Value) -> Self {
        let mut pool = object(json!({
            "Id": POOL,
            "Name": "theirs",
            "Arn": format!("arn:aws:cognito-idp:eu-west-1:000000000000:userpool/{POOL}"),
            "CreationDate": 1.5,
            "LastModifiedDate": 2.5,
            "EstimatedNumberOfUsers": 3,
            "SchemaAttributes": [{"Name": "sub"}],
            "UsernameAttributes": ["email"],
            "UsernameConfiguration": {"CaseSensitive": false},
            "Domain": "theirs",
            "MfaConfiguration": "OFF",
        }));
        pool.extend(object(settings));
        let pool = Pool {
            settings: pool,
            mfa: object(json!({"MfaConfiguration": "OFF"})),
            clients: Vec::new(),
            secret: json!("a secret of the client"),
            updates: Vec::new(),
            actions: Vec::new(),
            regions: Vec::new(),
        };
        let served = Arc::new(Mutex::new(Served { pool, before: None, after: None }));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().route("/", post(answer)).with_state(Arc::clone(&served));
        tokio::spawn(async move { axum::serve(listener, router).await });
        let credentials = Some(Credentials::new("local", "local", None, None, "test"));
        let place = Place {
            partition: "aws".to_owned(),
            region: region.to_owned(),
            account: "000000000000".to_owned(),
        };
        let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{test}.json"));
        drop(std::fs::remove_file(&file));
        Self {
            served,
            pools: UserPools::new(region, credentials, Some(&endpoint)).await.unwrap(),
            stack: Stack {
                name: "guard".to_owned(),
                place,
                pool: POOL.to_owned(),
                clients: vec!["web".to_owned(), "server".to_owned()],
                secret_client: "server".to_owned(),
                functions: object(functions(region)),
            },
            file,
            output: Mutex::default(),
        }
    }

    fn served(&self) -> MutexGuard<'_, Served> {
        self.served.lock().unwrap()
    }

    pub(crate) fn pool(&self) -> Pool {
        self.served().pool.clone()
    }

    pub(crate) fn edit(&self, edit: impl FnOnce(&mut Pool)) {
        edit(&mut self.served().pool);
    }

    /// Runs at each action before it has an effect; an answer replaces the effect.
    pub(crate) fn before_each(
        &self,
        misbehave: impl FnMut(&str, &mut Pool) -> Option<(u16, Value)> + Send + 'static,
    ) {
        self.served().before = Some(Box::new(misbehave));
    }

    /// Runs at each action after its effect; an answer replaces the right one.
    pub(crate) fn after_each(
        &self,
        misbehave: impl FnMut(&str, &mut Pool) -> Option<(u16, Value)> + Send + 'static,
    ) {
        self.served().after = Some(Box::new(misbehave));
    }

    pub(crate) async fn attach(&self) -> Result<Outcome, AttachError> {
        self.attach_accepting(Accepted::default(), "y\n").await
    }

    pub(crate) async fn attach_accepting(
        &self,
        accepted: Accepted,
        answer: &str,
    ) -> Result<Outcome, AttachError> {
        let (mut output, mut answers) = (Vec::new(), answer.as_bytes());
        let mut terminal = Terminal::asking(&mut output, &mut answers);
        let outcome =
            attach(&self.pools, &self.stack, POOL, &self.file, accepted, &mut terminal).await;
        *self.output.lock().unwrap() = String::from_utf8(output).unwrap();
        outcome
    }

    pub(crate) async fn detach(&self) -> Result<Outcome, DetachError> {
        let mut output = Vec::new();
        let record = Record::load(&self.file).unwrap();
        detach(&self.pools, &record, &mut Terminal::consenting(&mut output)).await
    }

    /// Attaches, which must fail; returns the message.
    pub(crate) async fn attach_fails(&self) -> String {
        self.attach().await.unwrap_err().to_string()
    }

    /// Demands that no call has changed the pool and no file is left.
    #[track_caller]
    pub(crate) fn untouched(&self) {
        let actions = self.pool().actions;
        assert!(
            actions
                .iter()
                .all(|action| !action.starts_with("Update") && !action.starts_with("Set")),
            "{actions:?}",
        );
        assert!(!self.file.exists());
    }
}

async fn answer(
    State(served): State<Arc<Mutex<Served>>>,
    headers: HeaderMap,
    body: String,
) -> Response {
    let action = headers["x-amz-target"].to_str().unwrap();
    let action = action.strip_prefix("AWSCognitoIdentityProviderService.").unwrap();
    let request: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(request["UserPoolId"], POOL);
    let mut served = served.lock().unwrap();
    let served = &mut *served;
    let scope = headers["authorization"].to_str().unwrap();
    let region = scope.split('/').nth(2).unwrap_or_default();
    served.pool.regions.push(region.to_owned());
    served.pool.actions.push(action.to_owned());
    let mut outcome = served.before.as_mut().and_then(|hook| hook(action, &mut served.pool));
    if outcome.is_none() {
        let right = act(action, &request, &mut served.pool);
        let replaced = served.after.as_mut().and_then(|hook| hook(action, &mut served.pool));
        outcome = replaced.or(Some((200, right)));
    }
    let (status, body) = outcome.unwrap();
    let kind = [("content-type", "application/x-amz-json-1.1")];
    (StatusCode::from_u16(status).unwrap(), kind, body.to_string()).into_response()
}

fn act(action: &str, request: &Value, pool: &mut Pool) -> Value {
    match action {
        "DescribeUserPool" => json!({"UserPool": pool.settings}),
        "GetUserPoolMfaConfig" => pool.mfa.clone().into(),
        "DescribeUserPoolClient" => json!({"UserPoolClient": {
            "ClientId": request["ClientId"], "ClientSecret": pool.secret,
        }}),
        "ListUserPoolClients" => page(request, &pool.clients),
        "UpdateUserPool" => {
            pool.updates.push(request.clone());
            update(&mut pool.settings, request.as_object().unwrap().clone());
            json!({})
        }
        "SetUserPoolMfaConfig" => {
            pool.mfa = request.as_object().unwrap().clone();
            pool.mfa.remove("UserPoolId");
            pool.mfa.clone().into()
        }
        other => panic!("{other}"),
    }
}

/// Replaces every setting: a member that is left out is gone. The days of unused accounts follow
/// those of temporary passwords; tags of AWS stay.
fn update(settings: &mut Map<String, Value>, mut request: Map<String, Value>) {
    let mut tags = object(settings.get("UserPoolTags").cloned().unwrap_or_else(|| json!({})));
    tags.retain(|name, _| name.starts_with("aws:"));
    if let Some(Value::Object(kept)) = request.get_mut("UserPoolTags") {
        kept.extend(tags);
    }
    let days = request
        .get("Policies")
        .and_then(|policies| policies.pointer("/PasswordPolicy/TemporaryPasswordValidityDays"))
        .cloned();
    if let (Some(days), Some(Value::Object(admin))) =
        (days, request.get_mut("AdminCreateUserConfig"))
    {
        admin.insert("UnusedAccountValidityDays".to_owned(), days);
    }
    settings.retain(|name, _| READ_ONLY.contains(&name.as_str()));
    request.remove("UserPoolId");
    if let Some(name) = request.remove("PoolName") {
        settings.insert("Name".to_owned(), name);
    }
    settings.extend(request);
    let modified = settings["LastModifiedDate"].as_f64().unwrap() + 1.0;
    settings.insert("LastModifiedDate".to_owned(), json!(modified));
}

/// Two clients at a time.
fn page(request: &Value, clients: &[Value]) -> Value {
    let start: usize = request["NextToken"].as_str().map_or(0, |token| token.parse().unwrap());
    let mut answer = json!({
        "UserPoolClients": clients.iter().skip(start).take(2).collect::<Vec<_>>(),
    });
    if start + 2 < clients.len() {
        answer["NextToken"] = json!((start + 2).to_string());
    }
    answer
}
