//! The template of `infra`: it fits the functions, their settings and what they call.
//!
//! `cargo xtask check-template` checks the template itself, with the tools of CI.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

mod deployments;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use developer_identity::counted;
use lifeguard_policy::identity::Directory;
use lifeguard_policy::registration::RegistrationMode;
use lifeguard_policy::{VARIABLES, Variables};
use lifeguard_runtime::{Dimension, Metric, REFUSALS};
use local_cognito::template::{self, DeployedFunction, ResolvedTemplate, Template};
use serde_json::{Value, json};

use deployments::deployment;

/// Variables that stand in the template only where a parameter asks for them.
const OPTIONAL: [&str; 1] = ["ADAPTER_KEY_SECRET"];

/// Resolves the template with these parameters.
fn resolve(parameters: &Value) -> ResolvedTemplate {
    deployments::resolve(parameters).unwrap()
}

/// Returns the properties of the resources of a type, by logical id.
#[track_caller]
fn of_type(kind: &str) -> BTreeMap<String, Value> {
    resolve(&json!({})).of_type(kind).unwrap()
}

/// Returns the properties of a resource.
#[track_caller]
fn properties(id: &str) -> Value {
    resolve(&json!({})).properties(id).unwrap()
}

/// Returns the functions by their names without that of the stack.
fn functions() -> BTreeMap<String, DeployedFunction> {
    let template = Template::parse(template::OWN, &deployment(&json!({}))).unwrap();
    template.functions.into_iter().map(|function| (function.name.clone(), function)).collect()
}

/// The `POLICY` of every function, read as a function reads it.
#[track_caller]
fn check(parameters: Value) -> lifeguard_policy::Policy {
    let text = resolve(&parameters).variable("POLICY").unwrap();
    let look_up = |name: &str| (name == "POLICY").then(|| text.clone());
    let mut variables = Variables::new(&look_up);
    let policy = variables.policy();
    variables.finish(policy).unwrap_or_else(|error| panic!("{parameters}: {error}: {text}"))
}

#[test]
fn the_settings_of_the_template_are_read_without_complaint() {
    let policy = check(json!({}));
    assert_eq!((policy.clients.len(), policy.public_clients.len()), (2, 1));
    assert!(policy.client_names.is_empty() && !policy.discard_password);
    assert_eq!(policy.default_group.as_deref(), Some("members"));
    for client in policy.clients.values() {
        assert_eq!(client.methods.len(), 2);
        assert!(client.default_method.is_some() && client.default_redirect.is_some());
    }
    let identity = policy.identity.unwrap();
    assert_eq!(identity.provider, "lifeguard");
    assert_eq!(identity.first_party.len(), 2);
}

#[test]
fn the_settings_are_read_whatever_the_parameters_choose() {
    check(json!({"DefaultMethod": "ask", "DefaultGroup": "", "PasswordRule": "first"}));
    check(json!({"DefaultMethod": "MAGIC_LINK", "LinkBinding": "any_browser", "Digits": 10}));
    check(json!({"Methods": "EMAIL_OTP", "Answers": 2, "KeyVersion": 65535}));
    check(json!({"ExistingUserPool": "eu-west-1_Ab12Cd34E", "AllowedDomains": "example.com"}));
    let discarding = json!({"DiscardPassword": "yes", "AllowedDomains": "example.com"});
    assert!(check(discarding).discard_password);
    let key = "AdapterKeySecret";
    check(json!({"AdapterUrl": "https://directory.example.com/check", key: "directory"}));
    assert!(check(json!({"CodeUnderAttack": "true"})).identity.unwrap().code_under_attack);
    let hashes = ["0a".repeat(32), "1b".repeat(32)];
    let policy = check(json!({
        "OriginSecretHashes": hashes.join(","), "ApiDomain": "id.example.com",
        "ApiCertificate": "0a0a0a0a-0a0a-0a0a-0a0a-0a0a0a0a0a0a",
    }));
    assert_eq!((policy.origin_hashes, check(json!({})).origin_hashes), (hashes.into(), vec![]));
    let registration = |parameters| check(parameters).identity.unwrap().registration;
    let default = registration(json!({}));
    assert_eq!((default.mails_a_day, default.mails_a_domain), (1_000, 200));
    assert_eq!((default.mode, default.challenge), (RegistrationMode::Accept, None));
    let own = registration(json!({
        "Registration": "closed", "RegistrationsPerDay": 80, "RegistrationsPerDomain": 1,
        "ChallengeUrl": "https://corp.example/challenge", "AdapterKeyVersion": 3, key: "corp",
    }));
    assert_eq!((own.mails_a_day, own.mails_a_domain, own.mode), (80, 1, RegistrationMode::Refuse));
    let endpoint = own.challenge.unwrap();
    assert_eq!(
        (endpoint.url.as_str(), endpoint.key_version),
        ("https://corp.example/challenge", 3)
    );
    check(json!({"OidcIssuers": "https://id.example.org", "Application": "Müller & Söhne"}));
    let issuer = r#"[{"iss":"https://id.example.com","jwks":"https://id.example.com/keys",
        "audience":"lifeguard","algorithm":"ES256"}]"#;
    let policy = check(json!({"TrustedIssuers": issuer}));
    assert_eq!(policy.identity.unwrap().issuers.len(), 1);
    let social = json!({"GoogleClientId": "1-a.apps.example", "AppleServicesId": "com.example.a"});
    for (parameters, links) in [(json!({}), 1), (social, 3)] {
        let providers = check(parameters).identity.unwrap().links;
        assert_eq!(providers.len(), links, "{providers:?}");
    }
}

#[test]
fn stack_beside_a_replica_takes_its_region_and_clients() {
    let pool = "eu-west-1_Ab12Cd34E";
    let own = check(json!({"ExistingUserPool": pool})).scope;
    assert_eq!(own.regions(), &["eu-west-1".to_owned()].into());
    let replica = json!({
        "ExistingUserPool": pool, "PoolRegions": "eu-central-1",
        "ExistingWebClient": "1web", "ExistingServerClient": "2server",
    });
    let policy = check(replica.clone());
    assert_eq!((policy.scope.pool(), policy.scope.regions().len()), (pool, 1));
    assert!(policy.scope.regions().contains("eu-central-1"));
    assert_eq!(policy.clients.keys().collect::<Vec<_>>(), ["1web", "2server"]);
    assert_eq!(policy.public_clients, ["1web".to_owned()].into(), "servers have a secret");
    assert_eq!(policy.identity.unwrap().first_party, policy.clients.into_keys().collect());
    let both = check(json!({"ExistingUserPool": pool, "PoolRegions": "eu-central-1,eu-west-1"}));
    assert_eq!(both.scope.regions().len(), 2);

    let stack = resolve(&replica);
    let clients = &stack.properties("IdentityPool").unwrap()["CognitoIdentityProviders"];
    assert_eq!([&clients[0]["ClientId"], &clients[1]["ClientId"]], ["1web", "2server"]);
    for made in ["WebClient", "ServerClient", "RepairProfiles", "RepairProfilesSchedule"] {
        assert!(!stack.has(made).unwrap(), "{made} is made beside a replica");
        assert!(resolve(&json!({})).has(made).unwrap(), "{made} is not made");
    }
}

/// A repair changes groups of users, so a pool that existed before is repaired by consent alone.
#[test]
fn existing_pool_is_repaired_only_if_a_parameter_says_so() {
    let pool = "eu-west-1_Ab12Cd34E";
    for (parameters, repairs) in [
        (json!({}), true),
        (json!({"ProfileRepair": ""}), false),
        (json!({"ProfileRepair": "", "RepairExistingPool": "yes"}), false),
        (json!({"ExistingUserPool": pool}), false),
        (json!({"ExistingUserPool": pool, "ProfileRepair": "rate(1 day)"}), false),
        (json!({"ExistingUserPool": pool, "RepairExistingPool": "no"}), false),
        (json!({"ExistingUserPool": pool, "RepairExistingPool": "yes"}), true),
        (
            json!({"ExistingUserPool": pool, "RepairExistingPool": "yes", "ProfileRepair": ""}),
            false,
        ),
    ] {
        let stack = resolve(&parameters);
        for made in [
            "RepairProfiles",
            "RepairProfilesRole",
            "RepairProfilesSchedule",
            "RepairProfilesScheduleRole",
            "RepairFails",
        ] {
            assert_eq!(stack.has(made).unwrap(), repairs, "{made} with {parameters}");
        }
    }
}

/// Types of resources that name a pool and change nothing of it: clients stand beside each other,
/// the rest is what others may do with the pool.
const BESIDE_A_POOL: [&str; 5] = [
    "AWS::Cognito::IdentityPool",
    "AWS::Cognito::IdentityPoolPrincipalTag",
    "AWS::Cognito::UserPoolClient",
    "AWS::IAM::Role",
    "AWS::Lambda::Permission",
];

#[test]
fn existing_pool_is_named_only_where_nothing_of_it_changes() {
    let pool = "eu-west-1_Ab12Cd34E";
    let types: BTreeSet<&str> =
        template::OWN.lines().filter_map(|line| line.strip_prefix("    Type: AWS::")).collect();
    let named_by = |parameters: Value| -> BTreeSet<String> {
        let stack = resolve(&parameters);
        let types = types.iter().map(|kind| format!("AWS::{kind}"));
        types
            .filter(|kind| {
                stack.of_type(kind).unwrap().values().any(|all| all.to_string().contains(pool))
            })
            .collect()
    };
    let beside: BTreeSet<String> = BESIDE_A_POOL.map(str::to_owned).into();
    let switched = json!({
        "ExistingUserPool": pool, "DeletionProtection": "ACTIVE", "DefaultGroup": "staff",
        "WafRequests": 100, "UserPoolTier": "PLUS", "RepairExistingPool": "yes",
        "Administrators": "arn:aws:iam::000000000000:role/a", "DiscardPassword": "yes",
        "PoolTriggers": "none",
    });
    for parameters in [json!({"ExistingUserPool": pool}), switched] {
        assert_eq!(named_by(parameters.clone()), beside, "{parameters}");
        for made in ["UserPool", "DefaultGroupOfPool", "FirewallOfPool"] {
            assert!(!resolve(&parameters).has(made).unwrap(), "{made} with {parameters}");
        }
    }
    let consent = json!({"ExistingUserPool": pool, "AttachFirewall": "yes"});
    assert!(resolve(&consent).has("FirewallOfPool").unwrap());
}

/// A protected pool keeps the first deployment from rolling back, and a web ACL is not ready right
/// after its creation.
#[test]
fn first_deployment_leaves_protection_and_firewall_to_an_update() {
    let first = resolve(&json!({}));
    assert_eq!(first.properties("UserPool").unwrap()["DeletionProtection"], "INACTIVE");
    assert!(first.has("Firewall").unwrap() && !first.has("FirewallOfPool").unwrap());
    let second = resolve(&json!({"DeletionProtection": "ACTIVE", "AttachFirewall": "yes"}));
    assert_eq!(second.properties("UserPool").unwrap()["DeletionProtection"], "ACTIVE");
    assert!(second.has("FirewallOfPool").unwrap());
}

#[test]
fn pool_without_triggers_differs_in_nothing_else() {
    let pool = |triggers: &str| {
        let pool = resolve(&json!({"PoolTriggers": triggers})).properties("UserPool").unwrap();
        pool.as_object().unwrap().clone()
    };
    let mut named = pool("named");
    assert!(named.remove("LambdaConfig").unwrap().as_object().unwrap().len() >= 5);
    assert_eq!(named, pool("none"));
}

/// Runs the state machine of the template by hand: its requests to the function, until it ends.
fn requests_of_the_repair(pages: &[Value]) -> Vec<Value> {
    let machine = properties("RepairProfiles");
    let schedule = properties("RepairProfilesSchedule");
    let operator = "arn:aws:lambda:eu-west-1:000000000000:function:lifeguard-operator";
    assert_eq!(machine["DefinitionSubstitutions"]["Operator"], operator);
    let (mut requests, mut pages) = (Vec::new(), pages.iter());
    let mut data: Value =
        serde_json::from_str(schedule["Target"]["Input"].as_str().unwrap()).unwrap();
    let mut name = machine["Definition"]["StartAt"].clone();
    loop {
        let state = &machine["Definition"]["States"][name.as_str().unwrap()];
        match state["Type"].as_str().unwrap() {
            "Task" => {
                assert_eq!(state["Resource"], "${Operator}");
                let members = state["Parameters"].as_object().unwrap().iter();
                let read =
                    |path: &Value| data[path.as_str().unwrap().trim_start_matches("$.")].clone();
                let members = members.map(|(name, value)| match name.strip_suffix(".$") {
                    Some(name) => (name.to_owned(), read(value)),
                    None => (name.clone(), value.clone()),
                });
                requests.push(Value::Object(members.collect()));
                data = json!({"looked_at": 20, "missing": 0, "next": pages.next().unwrap()});
                name = state["Next"].clone();
            }
            "Choice" => {
                let [choice] = state["Choices"].as_array().unwrap().as_slice() else { panic!() };
                assert_eq!(
                    (&choice["Variable"], &choice["IsNull"]),
                    (&"$.next".into(), &true.into())
                );
                let chosen =
                    if data["next"].is_null() { &choice["Next"] } else { &state["Default"] };
                name = chosen.clone();
            }
            "Succeed" => return requests,
            other => panic!("{other}"),
        }
    }
}

#[test]
fn repair_asks_the_operator_until_there_is_no_page() {
    let request = |next: Value| json!({"action": "repair_profiles", "mode": "apply", "next": next});
    for pages in [vec![], vec!["a"], vec!["a", "b", "c"]] {
        let mut answers: Vec<Value> = pages.iter().map(|page| json!(page)).collect();
        let mut expected = vec![request(Value::Null)];
        expected.extend(answers.iter().cloned().map(request));
        answers.push(Value::Null);
        assert_eq!(requests_of_the_repair(&answers), expected, "{pages:?}");
    }
}

/// Nothing in the environment of a function is a secret: those variables name secrets, and no value
/// is filled in from a secret when the stack is deployed.
#[test]
fn t71_environment_of_the_template_names_secrets_alone() {
    let adapter =
        json!({"AdapterUrl": "https://people.example/judge", "AdapterKeySecret": "people"});
    let functions = resolve(&adapter).of_type("AWS::Serverless::Function").unwrap();
    let mut named = 0;
    for (id, function) in functions {
        let variables = function["Environment"]["Variables"].as_object().cloned();
        for (name, value) in variables.unwrap_or_default() {
            let text = value.to_string();
            let names_one = text.contains("code-key") || text == r#""people""#;
            assert_eq!(name.ends_with("_SECRET"), names_one, "{id}: {name} = {text}");
            named += usize::from(names_one);
        }
    }
    assert!(named >= 4, "{named} names of secrets");
    let own = include_str!("../../infra/template.yaml");
    assert!(!own.contains("{{resolve:") && !own.contains(" SecretString:"));
}

#[test]
fn the_key_of_the_adapter_can_be_turned() {
    let url = "https://directory.example.com/check";
    for version in [1, 2, 65535] {
        let policy = check(
            json!({"AdapterUrl": url, "AdapterKeyVersion": version, "AdapterKeySecret": "key"}),
        );
        let directory = policy.identity.unwrap().directory;
        let Some(Directory::Https { key_version, .. }) = directory else {
            panic!("there is no adapter")
        };
        assert_eq!(u64::from(key_version), version);
    }
}

#[test]
fn every_function_is_in_the_template_and_no_other() {
    let template: BTreeSet<String> = functions().into_keys().collect();
    assert_eq!(template, built());
}

#[test]
fn every_function_gets_the_variables_that_it_reads_and_no_other() {
    for (name, function) in functions() {
        let is_reader = |readers: &str| readers.split(", ").any(|reader| reader == name);
        let read: BTreeSet<&str> = VARIABLES
            .iter()
            .filter(|(variable, readers, _)| is_reader(readers) && !OPTIONAL.contains(variable))
            .map(|(variable, ..)| *variable)
            .collect();
        let given = function.environment.iter().map(|(name, _)| name.as_str());
        let given: BTreeSet<&str> = given.filter(|name| !OPTIONAL.contains(name)).collect();
        assert_eq!(given, read, "the variables of {name}");
    }
}

/// The clock of a function moves in a local Cognito only.
#[test]
fn templates_never_move_the_clock_of_a_function() {
    let files = fs::read_dir(root().join("infra")).unwrap().map(|file| file.unwrap().path());
    let templates: Vec<_> =
        files.filter(|path| path.extension() == Some("yaml".as_ref())).collect();
    assert!(templates.iter().any(|path| path.ends_with("template.yaml")));
    for path in templates {
        let template = fs::read_to_string(&path).unwrap();
        assert!(!template.contains("LOCAL_COGNITO"), "{}", path.display());
    }
}

#[test]
fn function_deployed_alone_has_the_size_of_the_template() {
    let functions = functions();
    for name in built() {
        let path = format!("functions/{name}/Cargo.toml");
        let manifest = fs::read_to_string(root().join(&path)).unwrap();
        let deploy = manifest
            .split_once("[package.metadata.lambda.deploy]\n")
            .unwrap_or_else(|| panic!("{path} does not say how it is deployed"))
            .1;
        let deploy = deploy.split("\n\n").next().unwrap();
        let function = &functions[&name];
        let expected = format!(
            "memory = {}\ntimeout = {}\ntracing = \"active\"\nmerge_env = true",
            function.memory,
            function.timeout.as_secs()
        );
        assert_eq!(deploy.trim_end(), expected, "{path}");
    }
}

#[test]
fn pool_invokes_the_functions_of_the_template_by_name() {
    let triggers = properties("UserPool")["LambdaConfig"].clone();
    // Of an ARN or a name of a function.
    let name =
        |value: &Value| value.as_str().unwrap().rsplit_once("lifeguard-").unwrap().1.to_owned();
    let functions = functions();
    let mut called = BTreeSet::new();
    for (trigger, arn) in triggers.as_object().unwrap() {
        assert!(functions.contains_key(&name(arn)), "{trigger} is {arn}");
        called.insert(name(arn));
    }
    let permissions = of_type("AWS::Lambda::Permission").into_values();
    let permitted: BTreeSet<String> = permissions
        .filter(|permission| permission["Principal"] == "cognito-idp.amazonaws.com")
        .map(|permission| name(&permission["FunctionName"]))
        .collect();
    assert_eq!(permitted, called, "the pool may invoke what it names and nothing else");
    assert!(called.len() >= 5, "{called:?}");
}

/// Cognito sends its account beside the ARN. API Gateway need not, and would be refused at every
/// route; there the ARN names the account.
#[test]
fn t29_permissions_name_the_source_and_the_account() {
    let permissions = of_type("AWS::Lambda::Permission");
    let triggers = properties("UserPool")["LambdaConfig"].clone();
    let integrations = of_type("AWS::ApiGatewayV2::Integration").len();
    assert_eq!(permissions.len(), triggers.as_object().unwrap().len() + integrations);
    for (name, permission) in permissions {
        let source = permission["SourceArn"].as_str().unwrap();
        let principal = permission["Principal"].as_str().unwrap();
        let (expected, account) = match principal {
            "cognito-idp.amazonaws.com" => (
                "arn:aws:cognito-idp:eu-west-1:000000000000:userpool/eu-west-1_New",
                json!("000000000000"),
            ),
            "apigateway.amazonaws.com" => {
                ("arn:aws:execute-api:eu-west-1:000000000000:", Value::Null)
            }
            other => panic!("{name} lets {other} invoke a function"),
        };
        assert!(source.starts_with(expected), "{name}: {source}");
        assert_eq!(permission["SourceAccount"], account, "{name}");
    }
}

#[test]
fn t44_client_writes_no_attribute_that_grants_anything() {
    for (name, client) in of_type("AWS::Cognito::UserPoolClient") {
        let attributes = client["WriteAttributes"].as_array().unwrap();
        let harmless = ["email", "family_name", "given_name", "locale", "name", "zoneinfo"];
        assert!(attributes.iter().all(|one| harmless.contains(&one.as_str().unwrap())), "{name}");
        assert_eq!(client["PreventUserExistenceErrors"], "ENABLED", "{name}");
    }
}

#[test]
fn t45_a_new_address_is_verified_before_it_holds() {
    let pool = properties("UserPool");
    let verified =
        &pool["UserAttributeUpdateSettings"]["AttributesRequireVerificationBeforeUpdate"];
    assert_eq!(verified, &json!(["email"]));
}

#[test]
fn t59_credentials_reach_own_things_and_one_route() {
    const OWN: &str = "${cognito-identity.amazonaws.com:sub}";
    let role = properties("AuthenticatedRole");
    assert_eq!(role.get("ManagedPolicyArns"), None);
    let mut seen = Vec::new();
    for policy in role["Policies"].as_array().unwrap() {
        for statement in policy["PolicyDocument"]["Statement"].as_array().unwrap() {
            let resource = statement["Resource"].as_str().unwrap();
            let actions = statement["Action"].to_string();
            assert!(!actions.contains('*'), "{statement}");
            let is_own = resource.contains(OWN) || statement["Condition"].to_string().contains(OWN);
            let is_route = resource.ends_with("/$default/GET/v1/whoami");
            assert!(is_own || is_route, "{statement}");
            seen.push(statement["Sid"].as_str().unwrap().to_owned());
        }
    }
    assert_eq!(seen, ["OwnFiles", "ListOwnFiles", "OwnRows", "SampleRoute"]);
    let pool = properties("IdentityPool");
    assert_eq!(pool["AllowUnauthenticatedIdentities"], false);
    assert_eq!(pool["AllowClassicFlow"], false);
}

#[test]
fn t60_the_role_asks_for_the_audience_and_the_kind_of_login() {
    let trust = properties("AuthenticatedRole")["AssumeRolePolicyDocument"].clone();
    let pool = properties("IdentityPoolRoles")["IdentityPoolId"].clone();
    let expected = json!([{
        "Effect": "Allow",
        "Principal": {"Federated": "cognito-identity.amazonaws.com"},
        "Action": ["sts:AssumeRoleWithWebIdentity", "sts:TagSession"],
        "Condition": {
            "StringEquals": {"cognito-identity.amazonaws.com:aud": pool},
            "ForAnyValue:StringLike": {"cognito-identity.amazonaws.com:amr": "authenticated"},
        },
    }]);
    assert_eq!(trust["Statement"], expected);
}

#[test]
fn t04_what_is_counted_for_the_alarms_is_what_the_functions_log() {
    let mut counted = BTreeSet::new();
    for (name, filter) in of_type("AWS::Logs::MetricFilter") {
        let pattern = filter["FilterPattern"].as_str().unwrap();
        if pattern.contains("$.level") {
            continue;
        }
        let logs = filter["LogGroupName"].as_str().unwrap();
        let function = logs.strip_prefix("/aws/lambda/lifeguard-").unwrap();
        let log = written_by(function);
        let words: Vec<&str> = pattern.split('"').skip(1).step_by(2).collect();
        assert!(!words.is_empty(), "{name} counts everything");
        for word in words {
            let written = log.contains(&format!("\"{word}\""));
            assert!(written, "{name} counts {word}, which {function} does not log");
        }
        counted.insert(name.trim_end_matches("Metric").to_owned());
    }
    counted.extend(embedded().into_values().flatten().map(|metric| metric.name.to_owned()));
    let alarms = of_type("AWS::CloudWatch::Alarm");
    for (alarm, metric) in [
        ("GuessesRise", "WrongAnswers"),
        ("GuessesBlocked", "UncountedAnswers"),
        ("MailsBlocked", "BlankChallenges"),
        ("PasswordGuessesRise", "WrongPasswords"),
        ("PasswordGuessesBlocked", "BlockedPasswords"),
        ("AccountCodeGuessesRise", "WrongAccountCodes"),
        ("AccountMailsRise", "AccountMails"),
        ("RefreshTokensReused", "ReusedTokens"),
        ("RegistrationsRise", "RegistrationsHalfUsed"),
        ("RegistrationsStop", "RegistrationsPaused"),
    ] {
        assert_eq!(alarms[alarm]["MetricName"], metric);
        assert!(counted.contains(metric), "{alarm}");
    }
}

/// The attack on owners: mails that are asked for and never answered, of each client and of the
/// built-in directory.
#[test]
fn t05_mails_without_a_success_are_seen_for_each_client() {
    let alarms = of_type("AWS::CloudWatch::Alarm");
    let counted: Vec<Metric> = embedded().into_values().flatten().collect();
    let clients = of_type("AWS::Cognito::UserPoolClient");
    let ids = deployment(&json!({})).ids;
    let by_client = clients.keys().map(|client| {
        (format!("MailsUnansweredOf{client}"), "MailsIssued", "MailsAnswered", Some(client))
    });
    let directory =
        ("AccountMailsUnanswered".to_owned(), "AccountMails", "AccountMailsAnswered", None);
    for (name, all, less, client) in by_client.chain([directory]) {
        let alarm = &alarms[&name];
        assert_eq!(alarm["Metrics"][0]["Expression"], "FILL(all, 0) - FILL(less, 0)", "{name}");
        for (index, metric) in [(1, all), (2, less)] {
            let watched = &alarm["Metrics"][index]["MetricStat"]["Metric"];
            assert_eq!(watched["MetricName"], metric, "{name}");
            assert_eq!(watched["Namespace"], "Lifeguard/lifeguard", "{name}");
            let set = client.map_or([].as_slice(), |_| &[Dimension::Client]);
            let counted = counted.iter().find(|counted| counted.name == metric).unwrap();
            assert!(counted.by.contains(&set), "{name}");
            let dimensions = client
                .map_or(Value::Null, |client| json!([{"Name": "client", "Value": ids[client]}]));
            assert_eq!(watched["Dimensions"], dimensions, "{name}");
        }
    }
}

/// Both steps of the runbook need them: requests that the firewall saw, and addresses of callers.
#[test]
fn t49_sources_of_an_attack_are_kept_for_an_operator() {
    let firewall = properties("Firewall");
    let rules = firewall["Rules"].as_array().unwrap().iter();
    for seen in rules.chain([&firewall]).map(|rule| &rule["VisibilityConfig"]) {
        assert_eq!(seen["SampledRequestsEnabled"], true, "{seen}");
    }
    for (name, stage) in of_type("AWS::ApiGatewayV2::Stage") {
        let format = stage["AccessLogSettings"]["Format"].as_str().unwrap();
        let format: Value = serde_json::from_str(format).unwrap();
        assert_eq!(format["request"], "$context.requestId", "{name}");
        assert_eq!(format["address"], "$context.identity.sourceIp", "{name}");
    }
    let logs = properties("AccessLogs");
    assert_eq!(logs["RetentionInDays"], 3, "addresses are kept for as long as an attack takes");
}

/// The metrics that log lines of each function make by themselves.
fn embedded() -> BTreeMap<&'static str, Vec<Metric>> {
    use {create_auth_challenge as create, verify_auth_challenge as verify};
    [
        ("pre-sign-up", vec![REFUSALS]),
        ("post-confirmation", vec![REFUSALS]),
        ("create-auth-challenge", [create::METRICS, [REFUSALS]].concat()),
        ("verify-auth-challenge", [&verify::RIGHT[..], &verify::WRONGLY_ANSWERED].concat()),
        ("developer-identity", [counted::ASKED, counted::COMPLETED].concat()),
    ]
    .into()
}

/// The template, from which costs are computed, names metrics, dimensions and values as the code does.
#[test]
fn metrics_in_log_lines_are_those_of_the_template() {
    let declared = template::OWN.split("# generated: begin").next().unwrap();
    let declared = declared.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut expected = 0;
    for (function, metrics) in embedded() {
        let own = declared.split(&format!("# {function}: ")).nth(1).unwrap();
        let own = own.split("FunctionName:").next().unwrap();
        for Metric { name, by } in metrics {
            let sets: Vec<String> = by
                .iter()
                .map(|set| {
                    let members: Vec<&str> = set.iter().map(|member| member.name()).collect();
                    format!("[{}]", members.join(", "))
                })
                .collect();
            let by = format!("By: [{}]", sets.join(", "));
            let lines = own.replace('{', "");
            assert!(lines.contains(&format!("{name}: {by}")), "{function}: {name}: {by}: {lines}");
            expected += 1;
        }
        let values = own.split(['[', ']']).enumerate().filter_map(|(place, part)| {
            let before = own.split(['[', ']']).nth(place.checked_sub(1)?)?;
            (before.ends_with("Codes: ") || before.ends_with("Outcomes: ")).then_some(part)
        });
        for value in values.flat_map(|list| list.split(", ")) {
            let written = written_by(function).contains(&format!("\"{value}\""));
            assert!(written, "{function} does not log {value}");
        }
    }
    assert_eq!(declared.matches("By: [[").count(), expected);
}

/// The texts of what writes the log of a function.
fn written_by(function: &str) -> String {
    let own = text_below(&root().join(format!("functions/{function}/src")));
    own + &fs::read_to_string(root().join("shared/runtime/src/serve.rs")).unwrap()
}

/// The texts of a folder and of those in it.
fn text_below(folder: &Path) -> String {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .map(|path| match path.is_dir() {
            true => text_below(&path),
            false => fs::read_to_string(path).unwrap(),
        })
        .collect()
}

fn built() -> BTreeSet<String> {
    fs::read_dir(root().join("functions"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}
