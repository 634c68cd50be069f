//! Cases 129 and 130: the members of a password proof, and what SRP shows of an unknown name.

use local_cognito::user_pool::FakeUserName;
use local_cognito_testing::{GENERIC, NOOR, OTHER_PASSWORD, PASSWORD, POOL_NAME, Run, TestCognito};
use serde_json::{Value, json};

use crate::srp::{proof, proof_at, public_value};

const LIV: &str = "liv@example.com";
const WRONG: &str = "NotAuthorizedException: Incorrect username or password.";

async fn start_as(cognito: &TestCognito, user: &str) -> Run {
    start_with(cognito, json!({"USERNAME": user, "SRP_A": public_value()})).await
}

async fn start_with(cognito: &TestCognito, parameters: Value) -> Run {
    let input = json!({"AuthFlow": "USER_SRP_AUTH", "AuthParameters": parameters});
    cognito.run("InitiateAuth", input).await
}

/// `tokens`, or type and text of the error.
fn outcome(run: Run) -> String {
    match run.result {
        Ok(answer) if answer["AuthenticationResult"]["IdToken"].is_string() => "tokens".to_owned(),
        Ok(answer) => answer["ChallengeName"].to_string(),
        Err(error) => error.to_string(),
    }
}

/// Sets one member of the responses, or takes it out.
fn set(input: &mut Value, name: &str, value: Option<&str>) {
    let responses = input["ChallengeResponses"].as_object_mut().unwrap();
    match value {
        Some(value) => responses.insert(name.to_owned(), json!(value)),
        None => responses.remove(name),
    };
}

#[tokio::test]
async fn case_129_proof_needs_four_responses_and_no_session() {
    let missing =
        |name: &str| format!("InvalidParameterException: Missing required parameter {name}");
    let cognito = TestCognito::with_triggers();
    cognito.join(NOOR).await;
    cognito.join(LIV).await;
    let name = cognito.user(NOOR).await.ok()["Username"].as_str().unwrap().to_owned();
    type Change = Box<dyn Fn(&mut Value)>;
    let response = |name: &'static str, value: Option<&'static str>| -> Change {
        Box::new(move |input| set(input, name, value))
    };
    let member = |name: &'static str, value: Value| -> Change {
        Box::new(move |input| input[name] = value.clone())
    };
    let context = json!({
        "IpAddress": "203.0.113.7",
        "ServerName": "app.example.com",
        "ServerPath": "/sign-in",
        "HttpHeaders": [],
    });
    let cases: Vec<(Change, String)> = vec![
        (Box::new(|_| {}), "tokens".into()),
        (Box::new(|input| drop(input.as_object_mut().unwrap().remove("Session"))), "tokens".into()),
        (member("Session", Value::Null), "tokens".into()),
        (member("ClientMetadata", json!({})), "tokens".into()),
        (member("AnalyticsMetadata", json!({})), "tokens".into()),
        (member("UserContextData", json!({})), "tokens".into()),
        (member("ContextData", context), "tokens".into()),
        (member("SomethingNew", json!([1])), "tokens".into()),
        (response("USERNAME", Some(NOOR)), "tokens".into()),
        (response("DEVICE_KEY", Some("eu-west-1_device")), "tokens".into()),
        (response("NEW_PASSWORD", Some("ignored")), "tokens".into()),
        (response("USERNAME", None), missing("USERNAME")),
        (response("TIMESTAMP", None), missing("TIMESTAMP")),
        (response("PASSWORD_CLAIM_SIGNATURE", None), missing("PASSWORD_CLAIM_SIGNATURE")),
        (response("PASSWORD_CLAIM_SECRET_BLOCK", None), missing("PASSWORD_CLAIM_SECRET_BLOCK")),
        (member("ChallengeResponses", json!({})), missing("challenge responses.")),
        (
            response("TIMESTAMP", Some("lun. nov. 23 09:05:07 UTC 2026")),
            "InvalidParameterException: TIMESTAMP format should be EEE MMM d HH:mm:ss z yyyy in \
             english."
                .into(),
        ),
        (
            response("PASSWORD_CLAIM_SIGNATURE", Some("not base64!")),
            "InvalidParameterException: Invalid PASSWORD_CLAIM_SIGNATURE format. Must be a Base64 \
             string."
                .into(),
        ),
        (response("PASSWORD_CLAIM_SIGNATURE", Some("AAAA")), WRONG.into()),
        (response("PASSWORD_CLAIM_SECRET_BLOCK", Some("AAAA")), WRONG.into()),
        (response("PASSWORD_CLAIM_SECRET_BLOCK", Some("not base64!")), WRONG.into()),
        (response("USERNAME", Some(LIV)), WRONG.into()),
        (response("USERNAME", Some("unknown@example.com")), WRONG.into()),
        (
            member("Session", json!("x".repeat(20))),
            "NotAuthorizedException: Invalid session for the user.".into(),
        ),
    ];
    for (place, (change, wanted)) in cases.iter().enumerate() {
        for action in ["RespondToAuthChallenge", "AdminRespondToAuthChallenge"] {
            let open = start_as(&cognito, NOOR).await.ok();
            assert_eq!(open["ChallengeParameters"]["USERNAME"], name);
            let mut input = proof(POOL_NAME, &open, PASSWORD);
            change(&mut input);
            let run = if action.starts_with("Admin") {
                cognito.run_signed(action, input.clone()).await
            } else {
                cognito.run(action, input.clone()).await
            };
            assert_eq!(outcome(run), *wanted, "case {place} of {action}: {input}");
        }
        cognito.wait(16 * 60);
    }
}

#[tokio::test]
async fn case_129_start_needs_a_name_and_a_public_value() {
    let cognito = TestCognito::with_triggers();
    cognito.join(NOOR).await;
    let hexadecimal = |value: &str| {
        format!(
            "InvalidParameterException: 1 validation error detected: Value '{value}' at 'sRPA' \
             failed to satisfy constraint: Member must satisfy regular expression pattern: \
             ^[0-9a-fA-F]+$"
        )
    };
    let missing =
        |name: &str| format!("InvalidParameterException: Missing required parameter {name}");
    let verifier = || "\"PASSWORD_VERIFIER\"".to_owned();
    let public = public_value();
    for (parameters, wanted) in [
        (json!({"USERNAME": NOOR, "SRP_A": public}), verifier()),
        (json!({"USERNAME": NOOR, "SRP_A": public.to_uppercase()}), verifier()),
        (json!({"USERNAME": NOOR, "SRP_A": format!("00{public}")}), verifier()),
        (json!({"USERNAME": NOOR, "SRP_A": public, "CHALLENGE_NAME": "SRP_A"}), verifier()),
        (json!({"USERNAME": NOOR, "SRP_A": public, "DEVICE_KEY": "key"}), verifier()),
        (json!({"USERNAME": NOOR, "SRP_A": public, "DEVICE_KEY": null}), verifier()),
        (json!({"USERNAME": NOOR, "SRP_A": public, "SomethingNew": "1"}), verifier()),
        (json!({"USERNAME": NOOR}), missing("SRP_A")),
        (json!({"USERNAME": NOOR, "SRP_A": ""}), missing("SRP_A")),
        (json!({"SRP_A": public}), missing("USERNAME")),
        (json!({"USERNAME": NOOR, "SRP_A": "xyz"}), hexadecimal("xyz")),
        (json!({"USERNAME": NOOR, "SRP_A": "+1"}), hexadecimal("+1")),
        (json!({"USERNAME": NOOR, "SRP_A": "1_1"}), hexadecimal("1_1")),
        (
            json!({"USERNAME": NOOR, "SRP_A": "0"}),
            "InvalidParameterException: SRP_A is not valid".into(),
        ),
    ] {
        let run = start_with(&cognito, parameters.clone()).await;
        assert_eq!(outcome(run), wanted, "{parameters}");
    }
    for (name, value) in [
        ("ClientMetadata", json!({})),
        ("AnalyticsMetadata", json!({})),
        ("UserContextData", json!({})),
        ("Session", Value::Null),
        ("SomethingNew", json!([1])),
    ] {
        let parameters = json!({"USERNAME": NOOR, "SRP_A": public});
        let mut input = json!({"AuthFlow": "USER_SRP_AUTH", "AuthParameters": parameters});
        input[name] = value;
        assert_eq!(outcome(cognito.run("InitiateAuth", input).await), verifier(), "{name}");
    }
}

#[tokio::test]
async fn case_129_flows_of_a_client_are_those_of_its_list() {
    for (listed, srp, custom, refresh, password) in [
        (Value::Null, true, true, true, false),
        (json!([]), true, true, true, false),
        (json!(["ADMIN_NO_SRP_AUTH"]), true, true, true, false),
        (json!(["USER_PASSWORD_AUTH"]), true, true, true, true),
        (json!(["CUSTOM_AUTH_FLOW_ONLY"]), false, true, true, false),
        (json!(["ALLOW_USER_SRP_AUTH"]), true, false, false, false),
        (json!(["ALLOW_CUSTOM_AUTH"]), false, true, false, false),
        (json!(["ALLOW_REFRESH_TOKEN_AUTH"]), false, false, true, false),
        (json!(["ALLOW_USER_PASSWORD_AUTH"]), false, false, false, true),
    ] {
        let cognito = TestCognito::with_triggers_and(|setup| {
            setup.client["ExplicitAuthFlows"] = listed.clone()
        });
        cognito.join(NOOR).await;
        for (flow, allowed) in [
            ("USER_SRP_AUTH", srp),
            ("CUSTOM_AUTH", custom),
            ("REFRESH_TOKEN_AUTH", refresh),
            ("USER_PASSWORD_AUTH", password),
        ] {
            let parameters = json!({
                "USERNAME": NOOR,
                "PASSWORD": PASSWORD,
                "SRP_A": public_value(),
                "REFRESH_TOKEN": "made up",
            });
            let input = json!({"AuthFlow": flow, "AuthParameters": parameters});
            let found = outcome(cognito.run("InitiateAuth", input).await);
            let refused = found.starts_with("InvalidParameterException: ");
            assert_eq!(!refused, allowed, "{flow} of {listed}: {found}");
        }
    }
}

#[tokio::test]
async fn case_129_timestamp_is_signed_without_leading_zeros() {
    let cognito = TestCognito::with_triggers();
    cognito.join(NOOR).await;
    for (timestamp, wanted) in [
        ("Mon Nov 9 09:05:07 UTC 2026", "tokens"),
        ("Mon Nov 09 09:05:07 UTC 2026", WRONG),
        ("Tue Nov 9 09:05:07 UTC 2026", WRONG),
        ("mon nov 9 09:05:07 UTC 2026", WRONG),
        ("Mon Nov 9 09:05:07 GMT 2026", WRONG),
    ] {
        let open = start_as(&cognito, NOOR).await.ok();
        let input = proof_at(POOL_NAME, &open, PASSWORD, timestamp);
        let run = cognito.run("RespondToAuthChallenge", input).await;
        assert_eq!(outcome(run), wanted, "{timestamp}");
    }
}

#[tokio::test]
async fn case_129_secret_block_serves_one_user_client_and_password() {
    let cognito = TestCognito::with_triggers();
    cognito.join(NOOR).await;
    cognito.join(LIV).await;
    let respond = async |input: Value| outcome(cognito.run("RespondToAuthChallenge", input).await);

    let of_liv = start_as(&cognito, LIV).await.ok();
    let mut input = proof(POOL_NAME, &start_as(&cognito, NOOR).await.ok(), PASSWORD);
    let block = of_liv["ChallengeParameters"]["SECRET_BLOCK"].as_str().unwrap().to_owned();
    set(&mut input, "PASSWORD_CLAIM_SECRET_BLOCK", Some(&block));
    assert_eq!(respond(input).await, WRONG, "the block of another user");

    let flows = ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"];
    let other = json!({"ClientName": "other", "ExplicitAuthFlows": flows});
    let other = cognito.run_signed("CreateUserPoolClient", other).await.ok();
    let mut input = proof(POOL_NAME, &start_as(&cognito, NOOR).await.ok(), PASSWORD);
    input["ClientId"] = other["UserPoolClient"]["ClientId"].clone();
    assert_eq!(respond(input).await, WRONG, "the block of another client");

    let input = proof(POOL_NAME, &start_as(&cognito, NOOR).await.ok(), PASSWORD);
    cognito.wait(120);
    assert_eq!(respond(input.clone()).await, "tokens", "within three minutes");
    cognito.wait(61);
    assert_eq!(respond(input).await, WRONG, "after three minutes");

    let input = proof(POOL_NAME, &start_as(&cognito, NOOR).await.ok(), PASSWORD);
    let changed = json!({"Username": NOOR, "Password": OTHER_PASSWORD, "Permanent": true});
    cognito.run_signed("AdminSetUserPassword", changed).await.ok();
    assert_eq!(respond(input).await, WRONG, "a password that was replaced");

    let input = proof(POOL_NAME, &start_as(&cognito, NOOR).await.ok(), OTHER_PASSWORD);
    cognito.run_signed("AdminDisableUser", json!({"Username": NOOR})).await.ok();
    assert_eq!(respond(input).await, "NotAuthorizedException: User is disabled.");

    let input = proof(POOL_NAME, &start_as(&cognito, LIV).await.ok(), PASSWORD);
    cognito.run_signed("AdminDeleteUser", json!({"Username": LIV})).await.ok();
    assert_eq!(respond(input).await, WRONG, "a user who was deleted");
}

#[tokio::test]
async fn case_129_second_use_of_a_secret_block_is_an_option() {
    for once in [false, true] {
        let cognito = TestCognito::with_triggers_and(|setup| {
            assert!(!setup.settings.uncertain.secret_block_used_once);
            setup.settings.uncertain.secret_block_used_once = once;
        });
        cognito.join(NOOR).await;
        for first in [PASSWORD, OTHER_PASSWORD] {
            let open = start_as(&cognito, NOOR).await.ok();
            let second = if once { WRONG } else { "tokens" };
            let first_outcome = if first == PASSWORD { "tokens" } else { WRONG };
            for (password, wanted) in [(first, first_outcome), (PASSWORD, second)] {
                let input = proof(POOL_NAME, &open, password);
                let run = cognito.run("RespondToAuthChallenge", input).await;
                assert_eq!(outcome(run), wanted, "once: {once}");
            }
        }
    }
}

/// A secret block that serves often does not serve for more guesses than passwords have.
#[tokio::test]
async fn case_129_proofs_of_one_secret_block_are_locked_out() {
    let cognito = TestCognito::with_triggers();
    cognito.join(NOOR).await;
    let open = start_as(&cognito, NOOR).await.ok();
    let wrong = proof(POOL_NAME, &open, OTHER_PASSWORD);
    let right = proof(POOL_NAME, &open, PASSWORD);
    // The wait doubles, to 16 seconds in the end, so that a slow machine does not outlast it.
    for seconds in [0, 0, 0, 0, 0, 1, 2, 4, 8] {
        cognito.wait(seconds);
        let run = cognito.run("RespondToAuthChallenge", wrong.clone()).await;
        run.fails_with("NotAuthorizedException", GENERIC);
    }
    let run = cognito.run("RespondToAuthChallenge", right).await;
    run.fails_with("NotAuthorizedException", "Password attempts exceeded");
}

#[tokio::test]
async fn case_130_srp_shows_an_unknown_name_the_same_each_time() {
    let shown = |open: &Value, name: &str| open["ChallengeParameters"][name].clone();
    for kind in [FakeUserName::Fresh, FakeUserName::Typed, FakeUserName::Stable] {
        let cognito = || {
            TestCognito::with_triggers_and(|setup| {
                setup.hide_existence();
                setup.pool["UsernameConfiguration"] = json!({"CaseSensitive": false});
                setup.settings.uncertain.unknown_user_name = kind;
            })
        };
        let (one, other) = (cognito(), cognito());
        let opens = [
            start_as(&one, LIV).await.ok(),
            start_as(&one, "LIV@example.com").await.ok(),
            start_as(&one, "live@example.com").await.ok(),
            start_as(&other, LIV).await.ok(),
        ];
        for name in ["SALT", "USER_ID_FOR_SRP", "USERNAME"] {
            assert_eq!(shown(&opens[0], name), shown(&opens[1], name), "{name}, {kind:?}");
            assert_ne!(shown(&opens[0], name), shown(&opens[2], name), "{name}, {kind:?}");
            assert_ne!(shown(&opens[0], name), shown(&opens[3], name), "{name}, {kind:?}");
        }
        for name in ["SRP_B", "SECRET_BLOCK"] {
            assert_ne!(shown(&opens[0], name), shown(&opens[1], name), "{name}, {kind:?}");
        }
        for (open, user) in opens.iter().zip([LIV, "LIV@example.com", "live@example.com"]) {
            let mut input = proof(POOL_NAME, open, PASSWORD);
            one.run("RespondToAuthChallenge", input.clone())
                .await
                .fails_with("NotAuthorizedException", GENERIC);
            set(&mut input, "USERNAME", Some(user));
            one.run("RespondToAuthChallenge", input)
                .await
                .fails_with("NotAuthorizedException", GENERIC);
        }
    }
}

/// A fake id and salt have the form of real ones.
#[tokio::test]
async fn case_130_unknown_name_is_shown_in_the_form_of_a_known_one() {
    let cognito = TestCognito::with_triggers_and(|setup| setup.hide_existence());
    cognito.join(NOOR).await;
    let form = |open: &Value| {
        let text = |name: &str| open["ChallengeParameters"][name].as_str().unwrap().to_owned();
        let (id, salt) = (text("USER_ID_FOR_SRP"), text("SALT"));
        let lengths: Vec<usize> = id.split('-').map(str::len).collect();
        (lengths, id[14..15].to_owned(), "89ab".contains(&id[19..20]), salt.len())
    };
    let known = form(&start_as(&cognito, NOOR).await.ok());
    assert_eq!((&known.1[..], known.2), ("4", true));
    for number in 0..32 {
        let name = format!("unknown-{number}@example.com");
        assert_eq!(form(&start_as(&cognito, &name).await.ok()), known, "{name}");
    }
}
