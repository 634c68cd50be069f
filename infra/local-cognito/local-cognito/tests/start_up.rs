//! Start-ups that fail: each names its cause in one sentence.
//!
//! These tests call the start itself, since what `TestCognito` starts must start.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests"
)]

use std::net::TcpListener;
use std::path::{Path, PathBuf};

use local_cognito::banner;
use local_cognito::functions::{Functions, Outcome};
use local_cognito::origins::Origin;
use local_cognito::{FunctionSource, StartOptions};
use local_cognito_testing::empty_folder;
use serde_json::json;

/// Returns an empty folder of one test.
#[track_caller]
fn folder(name: &str) -> PathBuf {
    empty_folder(env!("CARGO_TARGET_TMPDIR"), &format!("start-up/{name}"))
}

/// Returns functions with this pre sign-up.
fn scripted(outcome: fn(serde_json::Value) -> Outcome) -> FunctionSource {
    let functions = Functions::default();
    functions.script("pre-sign-up", outcome);
    FunctionSource::Given(functions)
}

fn willing() -> FunctionSource {
    scripted(|event| Outcome::json(&event))
}

/// Starts a local Cognito that must not start; the sentence is what the program prints.
#[track_caller]
fn check(name: &str, options: StartOptions, expected: &str) -> impl Future<Output = ()> {
    let (name, expected) = (name.to_owned(), expected.to_owned());
    async move {
        let error = local_cognito::start(&options).await.err().expect(&name);
        let sentence = format!("{error:#}");
        assert!(sentence.starts_with(&expected), "{name}: {sentence}");
        assert!(!sentence.contains('\n'), "{name}: {sentence}");
    }
}

fn seeded(name: &str, text: &str, functions: FunctionSource) -> StartOptions {
    let seed = folder(name).join("seed.json");
    std::fs::write(&seed, text).unwrap();
    StartOptions { seed: Some(seed), functions, ..StartOptions::default() }
}

const ADA: &str = r#"{"users": [{"username": "ada@example.com", "password": "Correct-horse-1"}]}"#;

#[tokio::test]
async fn mistake_in_the_seed_file_is_located() {
    for (name, text, expected) in [
        ("json", "{", "is not JSON"),
        ("list", "[]", "wrong at $: an object is expected"),
        (
            "member",
            r#"{"user": []}"#,
            "wrong at $: user is not known; known are issuer, pools, users",
        ),
        (
            "issuer",
            r#"{"issuer": "aws"}"#,
            "wrong at $.issuer: one of local, original and updated is expected",
        ),
        ("issuer-type", r#"{"issuer": 1}"#, "wrong at $.issuer: text is expected"),
        ("users", r#"{"users": {}}"#, "wrong at $.users: a list is expected"),
        ("user-member", r#"{"users": [{"name": "a"}]}"#, "wrong at $.users[0]: name is not known"),
        (
            "no-name",
            r#"{"users": [{"password": "x"}]}"#,
            "wrong at $.users[0]: username is missing",
        ),
        (
            "attribute",
            r#"{"users": [{"username": "a@b.example", "attributes": {"name": 1}}]}"#,
            "wrong at $.users[0].attributes.name: text is expected",
        ),
        (
            "password",
            r#"{"users": [{"username": "a@b.example", "password": "short"}]}"#,
            "wrong at $.users[0].password: InvalidPasswordException: ",
        ),
        (
            "group",
            r#"{"users": [{"username": "a@b.example", "groups": ["crew"]}]}"#,
            "wrong at $.users[0].groups[0]: ResourceNotFoundException: ",
        ),
        (
            "twice",
            r#"{"users": [{"username": "a@b.example"}, {"username": "A@b.example"}]}"#,
            "wrong at $.users[1]: UsernameExistsException: ",
        ),
        (
            "no-pool",
            r#"{"users": [{"username": "a@b.example", "pool": "eu-west-1_None"}]}"#,
            "wrong at $.users[0]: ResourceNotFoundException: ",
        ),
        (
            "pool-twice",
            r#"{"pools": [{"id": "eu-west-1_Lifeguard", "settings": {"PoolName": "a"}}]}"#,
            "wrong at $.pools[0]: InvalidParameterException: ",
        ),
        (
            "client",
            r#"{"pools": [{"id": "eu-west-1_P", "settings": {"PoolName": "a"}, "clients": [{}]}]}"#,
            "wrong at $.pools[0].clients[0]: id is missing",
        ),
    ] {
        let options = seeded(name, text, willing());
        let expected = match expected {
            "is not JSON" => {
                format!("The seed file {} is not JSON", options.seed.as_ref().unwrap().display())
            }
            other => format!("The seed file is {other}"),
        };
        check(name, options, &expected).await;
    }
    let seed = folder("missing").join("seed.json");
    let expected = format!("The seed file {} cannot be read: ", seed.display());
    check("missing", StartOptions { seed: Some(seed), ..StartOptions::default() }, &expected).await;
}

#[tokio::test]
async fn failing_function_is_not_blamed_on_the_seed_file() {
    let refusal = scripted(|_| Outcome::error("Not from here"));
    let expected = "A trigger stops $.users[0] of the seed file: PreSignUp failed with error Not \
                    from here.";
    check("refused", seeded("refused", ADA, refusal), expected).await;

    let nonsense = scripted(|_| Outcome::json(&json!("nonsense")));
    let expected = "A trigger stops $.users[0] of the seed file: ";
    check("nonsense", seeded("nonsense", ADA, nonsense), expected).await;

    let none = FunctionSource::Given(Functions::default());
    let expected = "There is no binary of pre-sign-up, which $.users[0] of the seed file needs";
    check("no-function", seeded("no-function", ADA, none), expected).await;

    let lacking = folder("lacking").join("functions");
    std::fs::create_dir_all(&lacking).unwrap();
    std::fs::write(lacking.join("operator"), "").unwrap();
    check("lacking", seeded("lacking-seed", ADA, FunctionSource::Folder(lacking)), expected).await;

    let port = {
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        free.local_addr().unwrap().port()
    };
    let nowhere = FunctionSource::Endpoint(format!("http://127.0.0.1:{port}"));
    let expected = format!(
        "Nothing answers at http://127.0.0.1:{port}, and $.users[0] of the seed file needs the \
         functions there: start them first"
    );
    check("no-endpoint", seeded("no-endpoint", ADA, nowhere), &expected).await;
}

#[tokio::test]
async fn seed_without_users_needs_no_function() {
    let port = {
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        free.local_addr().unwrap().port()
    };
    let nowhere = FunctionSource::Endpoint(format!("http://127.0.0.1:{port}"));
    let options = seeded("pools-only", r#"{"pools": []}"#, nowhere);
    assert!(local_cognito::start(&options).await.is_ok());
}

#[tokio::test]
async fn damaged_data_folder_names_the_file() {
    let other = "in the data folder is damaged or of another version";
    for (file, content) in [
        ("user-pools.json", "{"),
        ("user-pools.json", r#"{"pools": {"p": {}}}"#),
        ("identity-pools.json", "[]"),
        ("code-key.json", "nonsense"),
    ] {
        let data = folder("damaged");
        std::fs::write(data.join(file), content).unwrap();
        let options = StartOptions { data: Some(data), ..StartOptions::default() };
        check(file, options, &format!("{file} {other}; choose another --data folder: ")).await;
    }
    let data = folder("database");
    std::fs::write(data.join("dynamodb.sqlite"), "this is no database, however long it is")
        .unwrap();
    let expected = format!("{} cannot be opened: ", data.join("dynamodb.sqlite").display());
    check("database", StartOptions { data: Some(data), ..StartOptions::default() }, &expected)
        .await;
    let file = folder("file").join("data");
    std::fs::write(&file, "").unwrap();
    let expected = format!("The folder {} cannot be created: ", file.display());
    check("file", StartOptions { data: Some(file), ..StartOptions::default() }, &expected).await;
}

#[tokio::test]
async fn table_of_another_version_is_named() {
    let data = folder("tables");
    let start = async |template: &str| {
        let (data, template) = (Some(data.clone()), template.to_owned());
        local_cognito::start(&StartOptions { data, template, ..StartOptions::default() }).await
    };
    let own = local_cognito::template::OWN;
    drop(start(own).await.unwrap());
    assert!(start(own).await.is_ok(), "the same tables are taken");
    let other = own.replace("AttributeName: pk", "AttributeName: another_key");
    assert_ne!(own, other);
    let error = format!("{:#}", start(&other).await.err().unwrap());
    assert!(error.starts_with("The table lifeguard-"), "{error}");
    assert!(error.contains("the one in the data folder has another key"), "{error}");
}

#[tokio::test]
async fn unreadable_template_is_named() {
    for (template, expected) in [
        ("{", "The template cannot be played: the template is no YAML"),
        ("Resources: {}", "The template cannot be played: "),
    ] {
        let options = StartOptions { template: template.to_owned(), ..StartOptions::default() };
        check(template, options, expected).await;
    }
}

#[tokio::test]
async fn missing_functions_are_named() {
    let nowhere = Path::new("/nowhere").to_path_buf();
    let empty = folder("empty");
    for (source, expected) in [
        (FunctionSource::Folder(nowhere.clone()), "There is no folder /nowhere".to_owned()),
        (
            FunctionSource::Folder(empty.clone()),
            format!("There is no function binary in {}", empty.display()),
        ),
        (
            FunctionSource::Workspace(nowhere),
            "There are no functions in /nowhere/functions".to_owned(),
        ),
    ] {
        let options = StartOptions { functions: source, ..StartOptions::default() };
        check(&expected, options, &expected).await;
    }
}

#[tokio::test]
async fn taken_port_is_named_with_its_service() {
    for (above, service) in [(0, ""), (1, "S3 cannot listen: "), (2, "DynamoDB cannot listen: ")] {
        // Three free ports in a row, below those that `--port 0` gets, of which one is taken.
        let (base, taken) = (20_000..32_000)
            .step_by(7)
            .find_map(|base: u16| {
                let all = [0, 1, 2].map(|more| TcpListener::bind(("127.0.0.1", base + more)));
                let [Ok(first), Ok(second), Ok(third)] = all else { return None };
                Some((base, [first, second, third].into_iter().nth(above.into()).unwrap()))
            })
            .unwrap();
        let port = base + above;
        let expected = format!("{service}Port {port} is in use; stop the other program");
        check(service, StartOptions { port: base, ..StartOptions::default() }, &expected).await;
        drop(taken);
    }
    let expected = "S3 cannot listen: Port 65535 leaves no room for the ports above it";
    check("highest", StartOptions { port: 65535, ..StartOptions::default() }, expected).await;
}

#[tokio::test]
async fn banner_names_clients_users_origins_and_issuer() {
    let origins = vec![Origin::parse("https://app.example.com").unwrap()];
    let data = folder("banner").join("data");
    let options =
        StartOptions { origins, data: Some(data), ..seeded("banner-seed", ADA, willing()) };
    let server = local_cognito::start(&options).await.unwrap();
    let text = banner::text(&server);
    for line in [
        "client web            1webclient0000000000000000",
        "client link           1linkclient000000000000000",
        "client passwordless   1passwordless0000000000000",
        "client directory      1directoryclient00000000000",
        "seeded users          ada@example.com",
        "web origins           https://app.example.com",
        &format!("issuer                {}/eu-west-1_Lifeguard", server.url()),
    ] {
        assert!(text.lines().any(|found| found == line), "{line} is not in\n{text}");
    }
    assert!(!text.contains("Correct-horse-1"), "a password is printed");
    server.shutdown().await.unwrap();
    let again = local_cognito::start(&options).await.unwrap();
    assert!(again.seeded().is_empty(), "the data folder holds the users already");
}
