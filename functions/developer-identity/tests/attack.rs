//! Attacks on the identity of another user, and on revoked sessions.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod support;

use lifeguard_identity::account::{AccountId, AccountKey};
use lifeguard_identity::limits::CREDENTIALS_LIFE;
use lifeguard_identity::token::access::{AccessToken, AccountFingerprint, GrantSource};
use lifeguard_sign_in::code_key::CodeKey;
use lifeguard_sign_up::email::Email;
use lifeguard_store::Accounts as _;
use proptest::prelude::{Strategy, any, prop, prop_assert_eq, prop_oneof, proptest};
use proptest::test_runner::TestCaseError;
use serde_json::{Value, json};
use std::sync::atomic::Ordering;
use support::tokens;
use support::{CLIENT, KEY, NOW, PASSWORD, Stage, issuer, request, text};

const NOOR: &str = "noor@example.net";
const EVE: &str = "eve@example.net";

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(future)
}

/// Members that an attacker adds to name another user, as query, form, header and JSON.
fn additions() -> impl Strategy<Value = Vec<(String, String)>> {
    let name = prop_oneof![
        prop::sample::select(vec![
            "IdentityId",
            "identity_id",
            "identityId",
            "Logins",
            "logins",
            "provider",
            "DeveloperProviderName",
            "developer_user_identifier",
            "user_id",
            "sub",
            "account",
            "PrincipalTags",
            "tags",
            "TokenDuration",
            "audience",
            "resource",
            "requested_token_type",
            "x-amzn-identity-id",
        ])
        .prop_map(str::to_owned),
        "[a-z_-]{1,12}",
    ];
    let value = prop_oneof![
        prop::sample::select(vec![
            "eu-west-1:00000000-0000-4000-8000-000000000000",
            "{\"lifeguard\":\"00000000000000000000000000000000\"}",
            "lifeguard",
            "cognito-identity.amazonaws.com",
            "86400",
            "*",
        ])
        .prop_map(str::to_owned),
        any::<String>(),
        "[ -~]{0,40}",
    ];
    prop::collection::vec((name, value), 0..6)
}

/// Sends each kind of request with additions in every place, and returns the identities.
async fn send_in_every_way(stage: &Stage, added: &[(String, String)]) -> Vec<Value> {
    let refresh = text(&stage.password(NOOR, PASSWORD).await.body["refresh_token"]);
    let credentials = stage.credentials_token(NOOR).await;
    stage.pool.requests.borrow_mut().clear();
    let forms = [
        vec![
            ("grant_type", "password"),
            ("client_id", CLIENT),
            ("username", NOOR),
            ("password", PASSWORD),
        ],
        vec![("grant_type", "refresh_token"), ("refresh_token", refresh.as_str())],
    ];
    let query = serde_urlencoded::to_string(added).unwrap();
    let with_headers = |mut headers: Value| {
        for (name, value) in added {
            if headers.get(name).is_none() {
                headers[name] = value.as_str().into();
            }
        }
        headers
    };
    let mut identities = Vec::new();
    for form in forms {
        let known = |name: &str| {
            ["grant_type", "client_id", "username", "password", "scope", "actor_token"]
                .contains(&name)
                || name.ends_with("_token")
        };
        let more = added.iter().filter(|(name, _)| !known(name));
        let mut form: Vec<(&str, &str)> =
            form.into_iter().chain(more.map(|(a, b)| (a.as_str(), b.as_str()))).collect();
        form.rotate_left(1);
        let body = serde_urlencoded::to_string(&form).unwrap();
        let headers = with_headers(json!({"content-type": "application/x-www-form-urlencoded"}));
        let event = request("POST", &format!("/v1/token?{query}"), headers, Some(&body));
        identities.push(stage.send(&event).await.body["identity_id"].clone());
    }
    let headers = with_headers(json!({"authorization": credentials}));
    let event = request("GET", &format!("/v1/credentials?{query}"), headers, None);
    identities.push(stage.send(&event).await.body["AccessKeyId"].clone());
    identities
}

proptest! {
    #![proptest_config(proptest::test_runner::Config::with_cases(64))]

    #[test]
    fn t54_logins_are_those_of_the_session_for_any_request(added in additions()) {
        let stage = Stage::new();
        run(async {
            stage.sign_up(NOOR).await;
            stage.password(NOOR, PASSWORD).await;
            let implied = stage.pool.requests.borrow()[0].0.clone();
            let answers = send_in_every_way(&stage, &added).await;
            let asked = stage.pool.requests.borrow();
            prop_assert_eq!(asked.len(), 3, "{:?}", answers);
            for (logins, tags, seconds) in asked.iter() {
                prop_assert_eq!(logins, &implied);
                prop_assert_eq!(tags, &[("source".to_owned(), "directory".to_owned())].into());
                prop_assert_eq!(*seconds, 900);
            }
            Ok::<(), TestCaseError>(())
        })?;
    }
}

#[test]
fn t54_similar_names_are_different_users() {
    let stage = Stage::new();
    run(async {
        for sub in ["Bob", "bob", "bob ", "a:b", "bo\u{301}b", "bób"] {
            let token = tokens::signed(
                &tokens::header(),
                &tokens::with(issuer::claims(), "sub", sub.into()),
                1,
            );
            assert_eq!(stage.exchange(&token).await.status, 200, "{sub}");
        }
    });
    let asked = stage.pool.requests.borrow();
    let ids: std::collections::BTreeSet<&String> =
        asked.iter().flat_map(|(logins, ..)| logins.values()).collect();
    assert_eq!(ids.len(), 6);
    let opaque = |id: &&String| id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    assert!(ids.iter().all(opaque));
}

#[test]
fn t55_unexpected_identity_is_an_error_and_not_stored() {
    let stage = Stage::new();
    run(async {
        stage.sign_up(NOOR).await;
        let refresh = text(&stage.password(NOOR, PASSWORD).await.body["refresh_token"]);
        let credentials = stage.credentials_token(NOOR).await;
        stage.exchange(&issuer::token()).await;
        stage.pool.renamed.set(true);
        for answer in [
            stage.password(NOOR, PASSWORD).await,
            stage.refresh(&refresh).await,
            stage.exchange(&issuer::token()).await,
            stage.get("/v1/credentials", &credentials).await,
        ] {
            assert_eq!(answer.status, 500);
            assert!(!answer.body.to_string().contains("eu-west-1:"), "{}", answer.body);
        }
        assert_eq!(stage.pool.credentials.get(), 0);
        stage.pool.renamed.set(false);
        assert_eq!(stage.refresh(&refresh).await.status, 200, "its generation was not used up");
    });
}

#[test]
fn t62_attempts_over_limit_or_length_compute_no_hash() {
    let stage = Stage::new();
    run(async {
        stage.sign_up(NOOR).await;
        for email in [NOOR, "unknown@example.net"] {
            stage.hashes.0.set(0);
            let long = "x".repeat(1025);
            assert_eq!(stage.password(email, &long).await.body["error"], "invalid_grant");
            assert_eq!(stage.hashes.0.get(), 0, "too long");
            for _ in 0..30 {
                let answer = stage.password(email, "wrong password here").await;
                assert_eq!(answer.body["error"], "invalid_grant");
            }
            assert_eq!(stage.hashes.0.get(), 10, "ten in a quarter of an hour");
            assert_eq!(stage.password(email, PASSWORD).await.status, 400, "the right one too");
            assert_eq!(stage.hashes.0.get(), 10);
        }
        let answer = stage.confirm(EVE, &json!("n1.x.y.z"), "1", &"x".repeat(1025)).await;
        assert_eq!(answer.body["code"], "PasswordTooLong");
        assert_eq!(stage.hashes.0.get(), 10);
    });
}

#[test]
fn t63_known_and_unknown_names_get_equal_calls_and_responses() {
    let stage = Stage::new();
    run(async {
        stage.sign_up(NOOR).await;
        stage.register("asked@example.net").await;
        // A text that is not its own normal form is compared as well; one without such a form alone.
        for (password, hashes) in [
            ("wrong password here", 1),
            ("wrong\u{a0}passwo\u{308}rd here", 2),
            ("wrong password\u{200b}here", 1),
        ] {
            let mut seen = Vec::new();
            for email in [NOOR, "unknown@example.net", "asked@example.net", "NOOR@example.net"] {
                stage.calls();
                stage.hashes.0.set(0);
                let answer = stage.password(email, password).await;
                seen.push((answer, stage.calls(), stage.hashes.0.get()));
            }
            assert!(seen.iter().all(|one| *one == seen[0]), "{seen:?}");
            assert_eq!((seen[0].1, seen[0].2), (1, hashes), "{password:?}");
        }
    });
}

#[test]
fn t63_taken_and_free_addresses_get_equal_calls_and_responses() {
    let stage = Stage::new();
    run(async {
        stage.sign_up(NOOR).await;
        let mut seen = Vec::new();
        for email in [NOOR, "free@example.net"] {
            stage.now.set(NOW + 3600);
            stage.calls();
            stage.hashes.0.set(0);
            let answer = stage.register(email).await;
            let handle = text(&answer.body["handle"]).len();
            let members: Vec<String> = answer.body.as_object().unwrap().keys().cloned().collect();
            seen.push((answer.status, members, handle, stage.calls(), stage.hashes.0.get()));
        }
        assert_eq!(seen[0], seen[1]);
        assert_eq!(stage.mailed(NOOR), None, "no mail is sent");
        assert!(stage.mailed("free@example.net").is_some());
    });
}

/// The code of a registration confirms no other address, neither by its own handle.
#[test]
fn t63_code_confirms_only_its_own_registration() {
    let stage = Stage::new();
    run(async {
        let first = stage.register(NOOR).await;
        let code = stage.mailed(NOOR).unwrap();
        let other = stage.register(EVE).await;
        let confirm =
            async |handle: &Value, code: &str| stage.confirm(NOOR, handle, code, PASSWORD).await;
        let own = &first.body["handle"];
        for answer in [
            confirm(&other.body["handle"], &code).await,
            confirm(&json!("n1.x.y.z"), &code).await,
            stage.confirm(EVE, own, &code, PASSWORD).await,
            stage.confirm(EVE, &other.body["handle"], &code, PASSWORD).await,
        ] {
            assert_eq!((answer.status, &answer.body["code"]), (400, &json!("CodeNotAccepted")));
        }
        let wrong = if code == "00000000" { "00000001" } else { "00000000" };
        assert_eq!(confirm(&first.body["handle"], wrong).await.status, 400);
        assert_eq!(confirm(&first.body["handle"], &code).await.status, 204);
        stage.now.set(NOW + 60);
        assert_eq!(confirm(&first.body["handle"], &code).await.status, 400, "once");
    });
}

#[test]
fn t64_sign_in_replaces_an_old_hash_once() {
    let stage = Stage::new();
    run(async {
        stage.sign_up(NOOR).await;
        stage.weaken(NOOR).await;
        stage.calls();
        assert_eq!(stage.password(NOOR, "wrong password here").await.status, 400);
        assert_eq!(stage.calls(), 1, "a wrong one replaces nothing");
        assert_eq!(stage.password(NOOR, PASSWORD).await.status, 200);
        assert_eq!(stage.calls(), 4);
        assert_eq!(stage.password(NOOR, PASSWORD).await.status, 200);
        assert_eq!(stage.calls(), 3);
    });
}

#[test]
fn t65_reused_refresh_token_revokes_its_session() {
    let stage = Stage::new();
    run(async {
        stage.sign_up(NOOR).await;
        let first = text(&stage.password(NOOR, PASSWORD).await.body["refresh_token"]);
        let second = text(&stage.refresh(&first).await.body["refresh_token"]);
        let again = text(&stage.refresh(&first).await.body["refresh_token"]);
        assert_eq!(second, again, "within the grace period the successor is the same");
        stage.now.set(NOW + 11);
        assert_eq!(stage.refresh(&first).await.body["error"], "invalid_grant");
        assert_eq!(stage.refresh(&second).await.body["error"], "invalid_grant");
    });
}

#[test]
fn t65_fault_of_the_pool_costs_no_session() {
    let stage = Stage::new();
    run(async {
        stage.sign_up(NOOR).await;
        let token = text(&stage.password(NOOR, PASSWORD).await.body["refresh_token"]);
        stage.pool.throttled.set(true);
        let throttled = stage.refresh(&token).await;
        assert_eq!((throttled.status, &throttled.headers["retry-after"]), (429, &json!("1")));
        stage.pool.throttled.set(false);
        stage.now.set(NOW + 3600);
        assert_eq!(stage.refresh(&token).await.status, 200);
    });
}

#[test]
fn t68_revoked_session_gets_nothing_on_the_next_call() {
    let stage = Stage::new();
    run(async {
        stage.sign_up(NOOR).await;
        let signed_in = stage.password(NOOR, PASSWORD).await;
        let access = text(&signed_in.body["access_token"]);
        let refresh = text(&signed_in.body["refresh_token"]);
        let credentials = stage.credentials_token(NOOR).await;
        let exchanged = text(&stage.exchange(&issuer::token()).await.body["access_token"]);
        assert_eq!(stage.get("/v1/credentials", &credentials).await.status, 200);

        stage.table.disabled.store(true, Ordering::SeqCst);
        stage.calls();
        assert_eq!(stage.get("/v1/credentials", &credentials).await.status, 401);
        assert_eq!(stage.get("/v1/identity", &access).await.status, 401);
        assert_eq!(stage.get("/v1/identity", &exchanged).await.status, 401);
        assert_eq!(stage.refresh(&refresh).await.body["error"], "invalid_grant");
        assert_eq!(stage.password(NOOR, PASSWORD).await.body["error"], "invalid_grant");
        assert_eq!(stage.exchange(&issuer::token()).await.body["error"], "invalid_grant");
        assert_eq!(stage.pool.calls(), 0, "the pool is not called for a disabled account");
        stage.table.disabled.store(false, Ordering::SeqCst);

        stage.now.set(NOW + 12 * 60 * 60);
        assert_eq!(stage.get("/v1/credentials", &credentials).await.status, 401, "12 hours");
        assert_eq!(stage.get("/v1/identity", &access).await.status, 401, "15 minutes");
    });
}

#[test]
fn t68_token_is_valid_at_its_own_routes_only() {
    let stage = Stage::new();
    run(async {
        stage.sign_up(NOOR).await;
        let signed_in = stage.password(NOOR, PASSWORD).await;
        let access = text(&signed_in.body["access_token"]);
        let refresh = text(&signed_in.body["refresh_token"]);
        let openid = text(&signed_in.body["token"]);
        let credentials = stage.credentials_token(NOOR).await;
        for token in [&access, &refresh, &openid] {
            assert_eq!(stage.get("/v1/credentials", token).await.status, 401);
        }
        for token in [&credentials, &refresh, &openid] {
            assert_eq!(stage.get("/v1/identity", token).await.status, 401);
        }
        for token in [&access, &credentials, &openid] {
            assert_eq!(stage.refresh(token).await.body["error"], "invalid_grant");
        }
    });
}

#[test]
fn t62_right_password_without_session_counts_no_attempt() {
    run(async {
        let stage = Stage::new();
        stage.sign_up(NOOR).await;
        stage.pool.throttled.set(true);
        for _ in 0..30 {
            assert_eq!(stage.password(NOOR, PASSWORD).await.status, 429);
        }
        stage.pool.throttled.set(false);
        for _ in 0..5 {
            stage.credentials_token(NOOR).await;
        }
        for _ in 0..30 {
            let answer = stage.password_for(NOOR, PASSWORD, "credentials").await;
            assert_eq!(answer.body["error"], "invalid_scope");
        }
        assert_eq!(stage.password(NOOR, PASSWORD).await.status, 200);
    });
}

#[test]
fn t05_guesses_before_a_registration_do_not_block_its_owner() {
    run(async {
        let stage = Stage::new();
        for _ in 0..30 {
            assert_eq!(stage.password(NOOR, "a wrong guess").await.status, 400);
        }
        stage.sign_up(NOOR).await;
        assert_eq!(stage.password(NOOR, PASSWORD).await.status, 200);
    });
}

#[test]
fn t68_session_without_refresh_token_expires_with_its_credentials() {
    run(async {
        let stage = Stage::new();
        stage.sign_up(NOOR).await;
        let answer = stage.password_for(NOOR, PASSWORD, "credentials").await;
        assert_eq!(answer.status, 200);
        let key = AccountKey::from_address(&Email::parse(NOOR).unwrap());
        let after = stage.now.get() + CREDENTIALS_LIFE;
        let account = stage.table.read(&key, after - 1).await.unwrap().unwrap();
        assert_eq!(account.families.len(), 1);
        let account = stage.table.read(&key, after).await.unwrap().unwrap();
        assert_eq!(account.families.len(), 0);
    });
}

/// An attacker with the code key and a user's address still does not know the account's id.
#[test]
fn t68_code_key_alone_makes_no_access_token() {
    run(async {
        let stage = Stage::new();
        stage.sign_up(NOOR).await;
        let key = AccountKey::from_address(&Email::parse(NOOR).unwrap());
        let account = stage.table.read(&key, stage.now.get()).await.unwrap().unwrap();
        let forged = |source| AccessToken {
            account: key.clone(),
            source,
            authenticated: stage.now.get(),
            expires: stage.now.get() + 900,
        };
        let guessed = AccountFingerprint::new(&AccountId::from_random([0; 16]), account.version);
        let known = AccountFingerprint::new(&account.id, account.version);
        for fingerprint in [guessed, known] {
            let token = forged(GrantSource::Exchanged(fingerprint)).mint(&CodeKey::new(1, KEY));
            assert_eq!(stage.get("/v1/identity", token.expose()).await.status, 401);
        }
    });
}
