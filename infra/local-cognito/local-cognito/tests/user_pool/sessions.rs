//! Challenge sessions under pressure.

use local_cognito::functions::Outcome;
use local_cognito_testing::{CLIENT, NOOR, POOL, TestCognito};
use serde_json::{Value, json};

/// A pool with functions that take `right` as the answer and allow one round.
async fn with_functions() -> TestCognito {
    let cognito = TestCognito::with(|setup| {
        setup.change_client(&json!({"ExplicitAuthFlows": ["ALLOW_CUSTOM_AUTH"]}))
    });
    let arn = |name: &str| format!("arn:aws:lambda:eu-west-1:123456789012:function:{name}");
    let config = json!({
        "DefineAuthChallenge": arn("define"),
        "CreateAuthChallenge": arn("create"),
        "VerifyAuthChallengeResponse": arn("verify"),
    });
    cognito.signed("UpdateUserPool", json!({"LambdaConfig": config})).await.unwrap();
    cognito.functions.script("define", |mut event| {
        match event["request"]["session"].as_array().unwrap().last() {
            None => event["response"]["challengeName"] = json!("CUSTOM_CHALLENGE"),
            Some(last) if last["challengeResult"] == true => {
                event["response"]["issueTokens"] = json!(true);
            }
            Some(_) => event["response"]["failAuthentication"] = json!(true),
        }
        Outcome::json(&event)
    });
    cognito.functions.script("create", |mut event| {
        event["response"]["privateChallengeParameters"] = json!({"answer": "right"});
        event["response"]["challengeMetadata"] = json!("only the server sees this");
        Outcome::json(&event)
    });
    cognito.functions.script("verify", |mut event| {
        let request = &event["request"];
        let right = request["challengeAnswer"] == request["privateChallengeParameters"]["answer"];
        event["response"]["answerCorrect"] = json!(right);
        Outcome::json(&event)
    });
    cognito
}

async fn start(cognito: &TestCognito) -> Value {
    let input = json!({
        "ClientId": CLIENT, "AuthFlow": "CUSTOM_AUTH", "AuthParameters": {"USERNAME": NOOR},
    });
    cognito.public("InitiateAuth", input).await.unwrap()
}

fn answer(challenge: &Value, client: &str) -> Value {
    json!({
        "ClientId": client,
        "ChallengeName": "CUSTOM_CHALLENGE",
        "Session": challenge["Session"],
        "ChallengeResponses": {"USERNAME": NOOR, "ANSWER": "right"},
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_of_many_parallel_answers_in_a_session_is_judged() {
    let cognito = with_functions().await;
    let challenge = start(&cognito).await;
    let answers: Vec<_> = (0..32)
        .map(|_| {
            let (pools, input) = (cognito.user_pools.clone(), answer(&challenge, CLIENT));
            tokio::spawn(async move {
                pools
                    .call(local_cognito::user_pool::Caller::Public, "RespondToAuthChallenge", input)
                    .await
            })
        })
        .collect();
    let mut signed_in = 0;
    for answer in answers {
        match answer.await.unwrap() {
            Ok(tokens) => {
                assert!(tokens["AuthenticationResult"]["IdToken"].is_string());
                signed_in += 1;
            }
            Err(error) => assert_eq!(
                error.message,
                "Invalid session for the user, session can only be used once."
            ),
        }
    }
    assert_eq!(signed_in, 1);
}

#[tokio::test]
async fn session_of_another_client_is_refused() {
    let cognito = with_functions().await;
    let client = json!({"ClientName": "other", "ExplicitAuthFlows": ["ALLOW_CUSTOM_AUTH"]});
    cognito.user_pools.create_client_with_id(POOL, "other", client).unwrap();
    let challenge = start(&cognito).await;
    let outcome = cognito.public("RespondToAuthChallenge", answer(&challenge, "other")).await;
    assert_eq!(outcome.unwrap_err().message, "Invalid session for the user.");
    let own = cognito.public("RespondToAuthChallenge", answer(&challenge, CLIENT)).await;
    assert!(own.is_ok(), "the other client's try spent the session");
}

#[tokio::test]
async fn session_survives_a_restart_and_is_opaque() {
    let cognito = with_functions().await;
    let challenge = start(&cognito).await;
    let shown = challenge.to_string();
    assert!(!shown.contains("only the server sees this"));
    assert_eq!(challenge["ChallengeParameters"].as_object().unwrap().len(), 1);
    cognito.user_pools.restore(cognito.user_pools.snapshot()).unwrap();
    let outcome = cognito.public("RespondToAuthChallenge", answer(&challenge, CLIENT)).await;
    assert!(outcome.is_ok());
}
