//! Commands of administrators, their authorization, and their repetition after an interruption.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod support;

use serde_json::{Value, json};
use support::administration::{account, admin, administrator, arrive, look_up, merge, signed};
use support::fuse::Break;
use support::tokens;
use support::{IDENTITY_POOL, PASSWORD, Stage, issuer, request, text};

const NOOR: &str = "noor@example.net";
const EVE: &str = "eve@example.net";

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(future)
}

/// Returns the state of two users in table and pool.
async fn everything(stage: &Stage) -> (Value, Value) {
    let found = async |email: &str| look_up(stage, json!({"address": email})).await;
    (found(NOOR).await, found(EVE).await)
}

#[test]
fn account_is_found_by_id_address_or_identity() {
    let stage = Stage::new();
    run(async {
        let (id, identity) = arrive(&stage, NOOR).await;
        stage.credentials_token(NOOR).await;
        let expected = json!([{
            "account_id": id, "kind": "directory", "status": "active", "identity_id": identity,
            "identity_id_in_pool": identity, "shares_identity_with": [], "sessions": 2,
            "credentials_sessions": 1, "links": [],
        }]);
        for query in [
            json!({"account_id": id}),
            json!({"address": NOOR}),
            json!({"address": "NOOR@example.net"}),
            json!({"identity_id": identity}),
        ] {
            assert_eq!(look_up(&stage, query.clone()).await, expected, "{query}");
        }
        for unknown in [
            json!({"account_id": "0".repeat(32)}),
            json!({"address": EVE}),
            json!({"address": "noor"}),
            json!({"identity_id": "eu-west-1:00000000-0000-4000-8000-000000000000"}),
        ] {
            let answer = admin(&stage, "look-up", unknown.clone()).await;
            let found = (answer.status, text(&answer.body["code"]));
            assert_eq!(found, (404, "NoSuchAccount".to_owned()), "{unknown}");
        }
    });
}

#[test]
fn t68_disabled_account_is_refused_and_enabling_revives_no_session() {
    let stage = Stage::new();
    run(async {
        let (id, _) = arrive(&stage, NOOR).await;
        let signed_in = stage.password(NOOR, PASSWORD).await.body;
        let (access, refresh) =
            (text(&signed_in["access_token"]), text(&signed_in["refresh_token"]));
        let credentials = stage.credentials_token(NOOR).await;
        let all = async || {
            [
                stage.password(NOOR, PASSWORD).await.status,
                stage.refresh(&refresh).await.status,
                stage.get("/v1/identity", &access).await.status,
                stage.get("/v1/credentials", &credentials).await.status,
            ]
        };
        assert_eq!(all().await, [200; 4]);
        let said = |outcome: &str, status: &str, ended: u64| {
            json!({
                "outcome": outcome, "account_id": id, "status": status, "ended_sessions": ended,
            })
        };
        let dry = admin(&stage, "disable", account(&id, "dry_run")).await;
        assert_eq!((dry.status, dry.body), (200, said("would_be_done", "disabled", 5)));
        assert_eq!(stage.get("/v1/identity", &access).await.status, 200, "nothing has changed");

        let done = admin(&stage, "disable", account(&id, "apply")).await;
        assert_eq!((done.status, done.body), (200, said("done", "disabled", 5)));
        stage.calls();
        assert_eq!(all().await, [400, 400, 401, 401]);
        assert_eq!(stage.pool.calls(), 0, "the identity pool is not called");
        let again = admin(&stage, "disable", account(&id, "apply")).await;
        assert_eq!(again.body, said("already_done", "disabled", 0));

        let enabled = admin(&stage, "enable", account(&id, "apply")).await;
        assert_eq!(enabled.body, said("done", "active", 0));
        assert_eq!(all().await, [200, 400, 401, 401], "earlier tokens stay revoked");
        let again = admin(&stage, "enable", account(&id, "apply")).await;
        assert_eq!(again.body, said("already_done", "active", 0));
    });
}

#[test]
fn t56_merge_announces_its_identity_and_revokes_source_sessions() {
    let stage = Stage::new();
    run(async {
        let (noor, from) = arrive(&stage, NOOR).await;
        let (eve, to) = arrive(&stage, EVE).await;
        let of_source = text(&stage.password(NOOR, PASSWORD).await.body["refresh_token"]);
        let of_destination = text(&stage.password(EVE, PASSWORD).await.body["refresh_token"]);
        let before = everything(&stage).await;
        let expected = |outcome: &str| {
            json!({
                "outcome": outcome,
                "source": {"account_id": noor, "identity_id": from},
                "destination": {"account_id": eve, "identity_id": to},
                "remaining_identity_id": to,
                "disabled_identity_id": from,
            })
        };
        let dry = admin(&stage, "merge", merge(&noor, &eve, "dry_run")).await;
        assert_eq!((dry.status, dry.body), (200, expected("would_be_done")));
        assert_eq!(everything(&stage).await, before, "a dry run changes nothing");

        let done = admin(&stage, "merge", merge(&noor, &eve, "apply")).await;
        assert_eq!((done.status, done.body), (200, expected("done")));
        let (noors, eves) = everything(&stage).await;
        for (found, other) in [(&noors[0], &eve), (&eves[0], &noor)] {
            let identities = [&found["identity_id"], &found["identity_id_in_pool"]];
            assert_eq!(identities, [&json!(to); 2]);
            assert_eq!(found["shares_identity_with"], json!([other]));
        }
        assert_eq!(stage.refresh(&of_source).await.status, 400);
        assert_eq!(stage.refresh(&of_destination).await.status, 200);
        for email in [NOOR, EVE] {
            let answer = stage.password(email, PASSWORD).await;
            assert_eq!(answer.body["identity_id"], to, "{email}");
        }
        let again = admin(&stage, "merge", merge(&noor, &eve, "apply")).await;
        assert_eq!(again.body["outcome"], "already_done");
        assert_eq!(again.body.get("disabled_identity_id"), None);
    });
}

#[test]
fn t56_accounts_that_share_the_source_identity_are_merged_too() {
    let stage = Stage::new();
    run(async {
        let (noor, _) = arrive(&stage, NOOR).await;
        let (eve, _) = arrive(&stage, EVE).await;
        let (ada, to) = arrive(&stage, "ada@example.net").await;
        admin(&stage, "merge", merge(&noor, &eve, "apply")).await;
        let answer = admin(&stage, "merge", merge(&eve, &ada, "apply")).await;
        assert_eq!(answer.body["outcome"], "done");
        for email in [NOOR, EVE, "ada@example.net"] {
            assert_eq!(stage.password(email, PASSWORD).await.body["identity_id"], to, "{email}");
        }
    });
}

/// Every call fails once, before it arrives and after it was done. A sign-in to the source in between
/// is refused, or gets the identity on which pool and table agree.
#[test]
fn t56_interrupted_merge_is_completed_by_the_same_request() {
    let mut interrupted = 0;
    for how in [Break::Before, Break::After] {
        for call in 1..=12 {
            let stage = Stage::new();
            run(async {
                let (noor, from) = arrive(&stage, NOOR).await;
                let (eve, to) = arrive(&stage, EVE).await;
                let ask = async || admin(&stage, "merge", merge(&noor, &eve, "apply")).await;
                stage.pool.fuse.set(call, how);
                let first = ask().await;
                let broken = stage.pool.fuse.mend() >= call;
                assert_eq!(first.status, if broken { 500 } else { 200 }, "{call} {how:?}");
                interrupted += usize::from(broken);

                let between = stage.password(NOOR, PASSWORD).await;
                match between.status {
                    200 => assert!([&from, &to].contains(&&text(&between.body["identity_id"]))),
                    status => assert_eq!(status, 500, "the pool and the table differ"),
                }
                assert_eq!(ask().await.status, 200, "{call} {how:?}");
                assert_eq!(ask().await.body["outcome"], "already_done");
                for email in [NOOR, EVE] {
                    let answer = stage.password(email, PASSWORD).await;
                    assert_eq!(answer.body["identity_id"], to, "{call} {how:?} {email}");
                }
            });
        }
    }
    // Two rows found, two identities looked up, the merge, the source's row found and changed.
    assert_eq!(interrupted, 2 * 7);
}

#[test]
fn t56_interrupted_unlinking_is_completed_by_the_same_request() {
    let mut interrupted = 0;
    for how in [Break::Before, Break::After] {
        for call in 1..=8 {
            for sign_in_between in [false, true] {
                let stage = Stage::new();
                run(async {
                    let (noor, _) = arrive(&stage, NOOR).await;
                    let (eve, shared) = arrive(&stage, EVE).await;
                    admin(&stage, "merge", merge(&noor, &eve, "apply")).await;
                    let ask = async || admin(&stage, "unlink", account(&noor, "apply")).await;
                    stage.pool.fuse.set(call, how);
                    let first = ask().await;
                    let broken = stage.pool.fuse.mend() >= call;
                    assert_eq!(first.status, if broken { 500 } else { 200 }, "{call} {how:?}");
                    interrupted += usize::from(broken);
                    if sign_in_between {
                        stage.password(NOOR, PASSWORD).await;
                    }
                    let second = ask().await;
                    let finished = second.status == 200;
                    let code = second.body["code"].as_str();
                    let had = matches!(code, Some("NoIdentity" | "OnlyAccount"));
                    assert!(finished || had, "{call} {how:?}: {}", second.body);
                    let own = text(&stage.password(NOOR, PASSWORD).await.body["identity_id"]);
                    assert_ne!(own, shared, "{call} {how:?}");
                    let others = stage.password(EVE, PASSWORD).await;
                    assert_eq!(others.body["identity_id"], shared, "{call} {how:?}");
                });
            }
        }
    }
    // The row found, its identity looked up, the unlinking, the row changed.
    assert_eq!(interrupted, 2 * 2 * 4);
}

#[test]
fn account_is_unlinked_from_a_shared_identity_only() {
    let stage = Stage::new();
    run(async {
        let (noor, own) = arrive(&stage, NOOR).await;
        let (eve, shared) = arrive(&stage, EVE).await;
        let refused = admin(&stage, "unlink", account(&noor, "apply")).await;
        assert_eq!((refused.status, text(&refused.body["code"])), (409, "OnlyAccount".to_owned()));
        admin(&stage, "merge", merge(&noor, &eve, "apply")).await;
        let token = text(&stage.password(NOOR, PASSWORD).await.body["refresh_token"]);
        let expected = |outcome: &str| {
            json!({
                "outcome": outcome, "account_id": noor, "identity_id": shared,
                "remaining_accounts": [eve],
            })
        };
        let before = everything(&stage).await;
        let dry = admin(&stage, "unlink", account(&noor, "dry_run")).await;
        assert_eq!((dry.status, dry.body), (200, expected("would_be_done")));
        assert_eq!(everything(&stage).await, before);
        let done = admin(&stage, "unlink", account(&noor, "apply")).await;
        assert_eq!((done.status, done.body), (200, expected("done")));
        assert_eq!(stage.refresh(&token).await.status, 400);
        let again = text(&stage.password(NOOR, PASSWORD).await.body["identity_id"]);
        assert!(again != own && again != shared, "the old identity is never reused");
    });
}

#[test]
fn t56_refused_merge_names_its_reason_and_changes_nothing() {
    let stage = Stage::new();
    run(async {
        let (noor, _) = arrive(&stage, NOOR).await;
        let (eve, _) = arrive(&stage, EVE).await;
        stage.sign_up("new@example.net").await;
        let new = look_up(&stage, json!({"address": "new@example.net"})).await;
        let new = text(&new[0]["account_id"]);
        let token = tokens::signed(&tokens::header(), &issuer::claims(), 1);
        let foreign = text(&stage.exchange(&token).await.body["identity_id"]);
        let foreign = look_up(&stage, json!({"identity_id": foreign})).await;
        let foreign = text(&foreign[0]["account_id"]);
        let unknown = "0".repeat(32);
        let before = everything(&stage).await;
        for (source, destination, status, code) in [
            (&noor, &noor, 409, "SameAccount"),
            (&noor, &foreign, 409, "KindsDiffer"),
            (&foreign, &noor, 409, "KindsDiffer"),
            (&noor, &new, 409, "NoIdentity"),
            (&new, &noor, 409, "NoIdentity"),
            (&noor, &unknown, 404, "NoSuchAccount"),
            (&unknown, &noor, 404, "NoSuchAccount"),
        ] {
            for mode in ["dry_run", "apply"] {
                let answer = admin(&stage, "merge", merge(source, destination, mode)).await;
                let found = (answer.status, text(&answer.body["code"]));
                assert_eq!(found, (status, code.to_owned()));
            }
        }
        stage.pool.conflicts.set(true);
        let answer = admin(&stage, "merge", merge(&noor, &eve, "apply")).await;
        assert_eq!((answer.status, text(&answer.body["code"])), (409, "SameProvider".to_owned()));
        assert_eq!(everything(&stage).await, before);
        stage.pool.conflicts.set(false);

        admin(&stage, "disable", account(&eve, "apply")).await;
        for (source, destination) in [(&noor, &eve), (&eve, &noor)] {
            let answer = admin(&stage, "merge", merge(source, destination, "apply")).await;
            assert_eq!(text(&answer.body["code"]), "AccountDisabled");
        }
    });
}

/// Callers that the authorizer verified in another way, or not at all.
fn others() -> Vec<(&'static str, Value)> {
    let with = |name: &str, value: Value| {
        let mut caller = administrator();
        caller[name] = value;
        json!({ "iam": caller })
    };
    let identity = json!({
        "amr": ["authenticated"],
        "identityId": "eu-west-1:7a1f0c52-9f3d-4b7e-8a64-0d2c5e9b1f33",
        "identityPoolId": IDENTITY_POOL,
    });
    let mut other_pool = identity.clone();
    other_pool["identityPoolId"] = json!("eu-west-1:other");
    vec![
        ("a person of the identity pool", with("cognitoIdentity", identity)),
        ("a person of another identity pool", with("cognitoIdentity", other_pool)),
        ("caller with an amr only", with("cognitoIdentity", json!({"amr": ["authenticated"]}))),
        ("caller with the older members", with("cognitoAmr", json!("authenticated"))),
        ("caller with an identity of a REST API", with("cognitoIdentityId", json!("eu-west-1:1"))),
        (
            "a session of the pool",
            with("callerId", json!("AROAEXAMPLE:CognitoIdentityCredentials")),
        ),
        (
            "a role of the pool",
            with("userArn", json!("arn:aws:sts::1:assumed-role/a/CognitoIdentityCredentials")),
        ),
        ("caller without an id", with("callerId", Value::Null)),
        ("caller without a key", with("accessKey", Value::Null)),
        ("caller without an ARN", with("userArn", json!(""))),
        ("caller with a token", json!({"jwt": {"claims": {"sub": "noor"}, "scopes": null}})),
        ("an authorizer that says nothing", json!({"iam": null})),
        ("no caller", Value::Null),
    ]
}

#[test]
fn t56_only_an_iam_principal_administers() {
    let stage = Stage::new();
    run(async {
        let (noor, _) = arrive(&stage, NOOR).await;
        let (eve, _) = arrive(&stage, EVE).await;
        let before = everything(&stage).await;
        stage.calls();
        for (who, authorizer) in others() {
            for (what, body) in [
                ("merge", merge(&noor, &eve, "apply")),
                ("merge", merge(&noor, &eve, "dry_run")),
                ("disable", account(&eve, "apply")),
                ("enable", account(&eve, "apply")),
                ("unlink", account(&eve, "apply")),
                ("look-up", json!({"address": EVE})),
            ] {
                let mut event = signed(what, &body, Value::Null);
                event["requestContext"]["authorizer"] = authorizer.clone();
                let answer = stage.send(&event).await;
                let found = (answer.status, text(&answer.body["code"]));
                assert_eq!(found, (403, "NotAllowed".to_owned()), "{what} by {who}");
            }
        }
        let token = text(&stage.password(EVE, PASSWORD).await.body["access_token"]);
        stage.calls();
        for headers in [
            json!({"authorization": format!("Bearer {token}")}),
            json!({"x-amzn-iam": administrator().to_string(), "callerid": "AROAADMIN"}),
        ] {
            let mut headers = headers;
            headers["content-type"] = json!("application/json");
            let body = merge(&noor, &eve, "apply").to_string();
            let event = request("POST", "/v1/admin/accounts/merge", headers, Some(&body));
            assert_eq!(stage.send(&event).await.status, 403);
        }
        assert_eq!(stage.calls(), 0, "no call is made for them");
        let after = everything(&stage).await;
        assert_eq!(before.0, after.0);
        assert_eq!(before.1[0]["status"], after.1[0]["status"]);
        assert_eq!(before.1[0]["identity_id"], after.1[0]["identity_id"]);
    });
}

#[test]
fn invalid_bodies_are_refused() {
    let stage = Stage::new();
    let id = "0123456789abcdef0123456789abcdef";
    run(async {
        for (what, body) in [
            ("look-up", json!({})),
            ("look-up", json!({"account_id": id, "address": NOOR})),
            ("look-up", json!({"account_id": "noor"})),
            ("look-up", json!({"identity_id": "noor"})),
            ("look-up", json!({"identity_id": "eu-west-1:' or 1"})),
            ("look-up", json!({"user": NOOR})),
            ("disable", json!({"account_id": id})),
            ("disable", json!({"account_id": id, "mode": "really"})),
            ("enable", json!({"account_id": id.to_uppercase(), "mode": "apply"})),
            ("unlink", json!({"account_id": id, "mode": "apply", "force": true})),
            ("merge", json!({"source": id, "mode": "apply"})),
            ("merge", json!({"source": id, "destination": NOOR, "mode": "apply"})),
        ] {
            let answer = admin(&stage, what, body.clone()).await;
            let found = (answer.status, text(&answer.body["code"]));
            assert_eq!(found, (400, "Malformed".to_owned()), "{what} {body}");
        }
        assert_eq!(stage.calls(), 0);
    });
}
