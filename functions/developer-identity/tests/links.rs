//! Linking and unlinking of logins at other providers, and attacks on both.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod support;

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

use lifeguard_identity::account::AccountKey;
use lifeguard_sign_up::email::Email;
use lifeguard_store::accounts::{Account, Accounts as _};
use lifeguard_testkit::Behaviour;
use serde_json::{Value, json};
use support::issuer;
use support::logins::{AUDIENCE, SOCIAL, SOCIAL_SEED, USER_POOL, USER_POOL_SEED, claims, id_token};
use support::tokens::{self, with};
use support::{Answer, Deployment, EVE, NOOR, NOW, PASSWORD, text};

const LINKS: &str = "/v1/identity/links";
const NONCE: &str = "/v1/identity/links/nonce";

/// A user who has signed in.
struct Person {
    access: String,
    identity: String,
    refresh: String,
}

impl Deployment {
    async fn arrive(&self, email: &str) -> Person {
        self.sign_up(email).await;
        self.return_of(email).await
    }

    async fn return_of(&self, email: &str) -> Person {
        let body = self.password(email, PASSWORD).await.body;
        Person {
            access: text(&body["access_token"]),
            identity: text(&body["identity_id"]),
            refresh: text(&body["refresh_token"]),
        }
    }

    async fn nonce(&self, access: &str) -> String {
        let answer = self.with_token("POST", NONCE, access, None).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        assert_eq!(answer.body["expires_in"], 600);
        text(&answer.body["nonce"])
    }

    async fn link(&self, access: &str, id_token: &str) -> Answer {
        self.with_token("POST", LINKS, access, Some(&json!({"id_token": id_token}))).await
    }

    /// Links a login with a valid proof.
    async fn link_now(&self, access: &str, provider: &str, sub: &str) -> Answer {
        let nonce = self.nonce(access).await;
        self.link(access, &id_token(&claims(provider, sub, &nonce, self.now.get()))).await
    }

    async fn unlink(&self, access: &str, provider: &str) -> Answer {
        self.with_token("DELETE", &format!("{LINKS}/{provider}"), access, None).await
    }

    async fn row(&self, email: &str) -> Account {
        let key = AccountKey::from_address(&Email::parse(email).unwrap());
        self.table.rows.read(&key, self.now.get()).await.unwrap().unwrap()
    }

    /// Returns the identity of a login, if it has one.
    fn led(&self, provider: &str, sub: &str) -> Option<String> {
        let login = (provider.to_owned(), sub.to_owned());
        self.pool.known.leads_to.borrow().get(&login).cloned()
    }
}

#[track_caller]
fn check(answer: &Answer, status: u64, code: &str) {
    let found = answer.body.get("code").and_then(Value::as_str).unwrap_or_default();
    assert_eq!((answer.status, found), (status, code), "{}", answer.body);
}

#[tokio::test]
async fn two_logins_lead_to_one_identity_until_they_are_unlinked() {
    let stage = Deployment::new();
    let noor = stage.arrive(NOOR).await;
    for (provider, sub) in [(SOCIAL, "s-1"), (USER_POOL, "u-1")] {
        let linked = stage.link_now(&noor.access, provider, sub).await;
        assert_eq!(linked.status, 200, "{}", linked.body);
        assert_eq!(linked.body, json!({"provider": provider, "since": NOW}));
        assert_eq!(stage.led(provider, sub).as_ref(), Some(&noor.identity));
    }
    let who = stage.get("/v1/identity", &noor.access).await.body;
    let one = |provider| json!({"provider": provider, "since": NOW});
    assert_eq!(who["links"], json!([one(SOCIAL), one(USER_POOL)]));

    for name in [SOCIAL.to_owned(), USER_POOL.replace('/', "%2F")] {
        assert_eq!(stage.unlink(&noor.access, &name).await.status, 204);
        check(&stage.unlink(&noor.access, &name).await, 404, "no_such_link");
    }
    assert_eq!(stage.link_now(&noor.access, USER_POOL, "u-1").await.status, 200);
    assert_eq!(stage.unlink(&noor.access, USER_POOL).await.status, 204, "slashes as they are");
    assert!(stage.row(NOOR).await.links.is_empty());
    assert!(stage.pool.known.leads_to.borrow().is_empty());
    assert_eq!(stage.get("/v1/identity", &noor.access).await.body["links"], json!([]));
    assert_eq!(stage.pool.known.merged.get(), 0);
}

#[tokio::test]
async fn linked_login_stays_linked_when_linked_again() {
    let stage = Deployment::new();
    let noor = stage.arrive(NOOR).await;
    assert_eq!(stage.link_now(&noor.access, SOCIAL, "s-1").await.status, 200);
    stage.now.set(NOW + 100);
    let again = stage.link_now(&noor.access, SOCIAL, "s-1").await;
    assert_eq!((again.status, &again.body["since"]), (200, &json!(NOW)));
    assert_eq!(stage.pool.known.linked.borrow().len(), 1, "the pool has the login already");
}

#[tokio::test]
async fn own_login_of_an_account_cannot_be_unlinked() {
    let stage = Deployment::new();
    let noor = stage.arrive(NOOR).await;
    check(&stage.unlink(&noor.access, "lifeguard").await, 409, "last_login");
    check(&stage.unlink(&noor.access, "unknown.example").await, 404, "no_such_link");
    check(&stage.unlink(&noor.access, &"x".repeat(129)).await, 400, "Malformed");
    check(&stage.unlink(&noor.access, "%ff").await, 400, "Malformed");
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Own {
    Fresh,
    Stale,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Other {
    Fresh,
    Stale,
    Replayed,
    Foreign,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Login {
    Free,
    ThisAccount,
    SecondOfProvider,
    AnotherAccount,
    WithOwnIdentity,
}

const OWN: [Own; 2] = [Own::Fresh, Own::Stale];
const OTHER: [Other; 4] = [Other::Fresh, Other::Stale, Other::Replayed, Other::Foreign];
const LOGIN: [Login; 5] = [
    Login::Free,
    Login::ThisAccount,
    Login::SecondOfProvider,
    Login::AnotherAccount,
    Login::WithOwnIdentity,
];

/// Tries a link in this state, and checks response and result.
async fn ask_in(own: Own, other: Other, login: Login) -> (Answer, Deployment, Person) {
    let stage = Deployment::new();
    let noor = stage.arrive(NOOR).await;
    match login {
        Login::Free => {}
        Login::ThisAccount => drop(stage.link_now(&noor.access, SOCIAL, "s-1").await),
        Login::SecondOfProvider => drop(stage.link_now(&noor.access, SOCIAL, "s-2").await),
        Login::AnotherAccount => {
            let eve = stage.arrive(EVE).await;
            assert_eq!(stage.link_now(&eve.access, SOCIAL, "s-1").await.status, 200);
        }
        Login::WithOwnIdentity => {
            stage.pool.known.now.set(NOW - 3_600);
            stage.pool.known.identity_of(SOCIAL, "s-1");
            stage.pool.known.now.set(0);
        }
    }
    let noor = match own {
        Own::Fresh => noor,
        Own::Stale => {
            let refreshed = stage.refresh(&noor.refresh).await.body;
            Person { access: text(&refreshed["access_token"]), ..noor }
        }
    };
    // A session that may not link gets no nonce either.
    let nonce = match own {
        Own::Fresh => stage.nonce(&noor.access).await,
        Own::Stale => "none".to_owned(),
    };
    let token = match other {
        Other::Fresh => id_token(&claims(SOCIAL, "s-1", &nonce, NOW)),
        Other::Stale => id_token(&claims(SOCIAL, "s-1", &nonce, NOW - 300)),
        Other::Replayed => {
            // The nonce is used up for another login, and then there is none.
            stage.link(&noor.access, &id_token(&claims(USER_POOL, "u-9", &nonce, NOW))).await;
            id_token(&claims(SOCIAL, "s-1", &nonce, NOW))
        }
        Other::Foreign => id_token(&claims(SOCIAL, "s-1", "of-another-session", NOW)),
    };
    stage.pool.known.linked.borrow_mut().clear();
    (stage.link(&noor.access, &token).await, stage, noor)
}

#[tokio::test]
async fn t56_link_needs_two_recent_proofs_and_a_free_login() {
    let mut states = 0;
    for own in OWN {
        for other in OTHER {
            for login in LOGIN {
                states += 1;
                let (answer, stage, noor) = ask_in(own, other, login).await;
                let expected = match (own, other, login) {
                    (Own::Stale, ..) => (403, "sign_in_again"),
                    (Own::Fresh, Other::Stale, _) => (400, "stale_proof"),
                    (Own::Fresh, Other::Replayed, _) => (400, "replayed_proof"),
                    (Own::Fresh, Other::Foreign, _) => (400, "foreign_proof"),
                    (Own::Fresh, Other::Fresh, Login::Free | Login::ThisAccount) => (200, ""),
                    (Own::Fresh, Other::Fresh, _) => (409, "already_linked"),
                };
                let code = answer.body.get("code").and_then(Value::as_str).unwrap_or_default();
                assert_eq!((answer.status, code), expected, "{own:?} {other:?} {login:?}");
                let leads_here = stage.led(SOCIAL, "s-1").as_ref() == Some(&noor.identity);
                let linked = expected.0 == 200 || login == Login::ThisAccount;
                assert_eq!(leads_here, linked, "{own:?} {other:?} {login:?}");
                let calls = usize::from(expected.0 == 200 && login == Login::Free);
                assert_eq!(stage.pool.known.linked.borrow().len(), calls);
                assert_eq!(stage.pool.known.merged.get(), 0);
                let listed = stage.row(NOOR).await.links;
                let listed = listed.iter().any(|link| link.provider == SOCIAL);
                assert_eq!(listed, linked || login == Login::SecondOfProvider);
            }
        }
    }
    println!("{states} states of a link, by the route");
    assert_eq!(states, 40);
}

#[tokio::test]
async fn t56_token_of_another_session_links_nothing() {
    let stage = Deployment::new();
    let (noor, eve) = (stage.arrive(NOOR).await, stage.arrive(EVE).await);
    let nonce = stage.nonce(&noor.access).await;
    let stolen = id_token(&claims(SOCIAL, "s-noor", &nonce, NOW));
    check(&stage.link(&eve.access, &stolen).await, 400, "replayed_proof");
    stage.nonce(&eve.access).await;
    check(&stage.link(&eve.access, &stolen).await, 400, "foreign_proof");
    let second = stage.return_of(NOOR).await;
    stage.nonce(&second.access).await;
    check(&stage.link(&second.access, &stolen).await, 400, "foreign_proof");
    assert_eq!(stage.link(&noor.access, &stolen).await.status, 200, "Noor can still use it");
    check(&stage.link(&noor.access, &stolen).await, 400, "replayed_proof");
    assert_eq!(stage.led(SOCIAL, "s-noor"), Some(noor.identity));
}

#[tokio::test]
async fn t56_one_proof_alone_links_nothing() {
    let stage = Deployment::new();
    let noor = stage.arrive(NOOR).await;
    let nonce = stage.nonce(&noor.access).await;
    let token = id_token(&claims(SOCIAL, "s-1", &nonce, NOW));
    for access in ["", "made-up", token.as_str(), noor.refresh.as_str()] {
        check(&stage.link(access, &token).await, 401, "NotAuthenticated");
        check(&stage.unlink(access, SOCIAL).await, 401, "NotAuthenticated");
    }
    for proof in ["", "made-up", noor.access.as_str()] {
        check(&stage.link(&noor.access, proof).await, 400, "foreign_proof");
    }
    let exchanged = text(&stage.exchange(&issuer::token()).await.body["access_token"]);
    check(&stage.link(&exchanged, &token).await, 403, "sign_in_again");
    let credentials = stage.credentials_token(NOOR).await;
    check(&stage.link(&credentials, &token).await, 401, "NotAuthenticated");
    assert!(stage.pool.known.leads_to.borrow().is_empty());
}

/// Every fault of an ID token.
#[tokio::test]
async fn t56_forged_or_foreign_id_token_links_nothing() {
    let stage = Deployment::new();
    let noor = stage.arrive(NOOR).await;
    let nonce = stage.nonce(&noor.access).await;
    let good = claims(USER_POOL, "u-1", &nonce, NOW);
    let header = with(with(tokens::header(), "kid", "user-pool".into()), "typ", Value::Null);
    let headers: Vec<Value> = [
        ("alg", json!("none")),
        ("alg", json!("HS256")),
        ("alg", json!("ES384")),
        ("typ", json!("at+jwt")),
        ("kid", json!("social")),
        ("kid", json!(1)),
        ("crit", json!(["exp"])),
    ]
    .into_iter()
    .map(|(member, value)| with(header.clone(), member, value))
    .collect();
    for header in headers {
        let token = tokens::signed(&header, &good, USER_POOL_SEED);
        check(&stage.link(&noor.access, &token).await, 400, "foreign_proof");
    }
    for (member, value) in [
        ("iss", json!("https://accounts.example")),
        ("iss", json!("https://unknown.example")),
        ("iss", json!(issuer::ISS)),
        ("iss", json!(format!("https://{USER_POOL}/"))),
        ("aud", json!("another")),
        ("aud", json!([AUDIENCE, "another"])),
        ("aud", Value::Null),
        ("token_use", json!("access")),
        ("exp", json!(NOW)),
        ("exp", Value::Null),
        ("iat", json!(NOW + 61)),
        ("nbf", json!(NOW + 61)),
        ("sub", json!("")),
        ("sub", json!("x".repeat(256))),
        ("sub", Value::Null),
        ("nonce", Value::Null),
        ("nonce", json!(["a"])),
    ] {
        let claims = with(good.clone(), member, value.clone());
        let token = tokens::signed(&header, &claims, USER_POOL_SEED);
        let answer = stage.link(&noor.access, &token).await;
        assert_eq!(answer.body["code"], "foreign_proof", "{member} {value}");
    }
    for seed in [1, SOCIAL_SEED, 9] {
        let token = tokens::signed(&header, &good, seed);
        check(&stage.link(&noor.access, &token).await, 400, "foreign_proof");
    }
    let undated = with(good.clone(), "auth_time", Value::Null);
    check(&stage.link(&noor.access, &id_token(&undated)).await, 400, "stale_proof");
    assert!(stage.pool.known.leads_to.borrow().is_empty(), "the pool was not called");
    assert!(stage.row(NOOR).await.links.is_empty());
    let audiences = with(good, "aud", json!(["other"]));
    assert_eq!(stage.link(&noor.access, &id_token(&audiences)).await.status, 200);
}

/// Headers and times as the standards allow them; the log names the check that an ID token failed.
#[tokio::test]
async fn id_token_is_read_as_widely_as_the_standards_allow() {
    let stage = Deployment::new();
    let noor = stage.arrive(NOOR).await;
    let named = with(tokens::header(), "kid", "user-pool".into());
    for (header, change, code) in [
        (with(named.clone(), "typ", "application/jwt".into()), ("x", Value::Null), ""),
        (with(named.clone(), "typ", "jwt".into()), ("auth_time", json!(NOW as f64 - 0.5)), ""),
        (with(named.clone(), "kid", Value::Null), ("iat", json!(NOW as f64 - 0.5)), ""),
        (named.clone(), ("iss", json!(format!("https://issuer-{USER_POOL}"))), ""),
        (with(named.clone(), "typ", "at+jwt".into()), ("x", Value::Null), "WrongType"),
        (named.clone(), ("iss", json!(USER_POOL)), "UnknownIssuer"),
        (named.clone(), ("iss", json!(issuer::ISS)), "UnknownIssuer"),
        (named.clone(), ("aud", json!([AUDIENCE, "another"])), "WrongAudience"),
        (named.clone(), ("token_use", json!("access")), "WrongUse"),
        (named.clone(), ("token_use", json!(1)), "MalformedClaim"),
        (named.clone(), ("auth_time", json!("now")), "MalformedClaim"),
        (named.clone(), ("nonce", json!(1)), "MalformedClaim"),
        (named, ("exp", json!(NOW)), "ExpiredToken"),
    ] {
        let nonce = stage.nonce(&noor.access).await;
        let claims = with(claims(USER_POOL, "u-1", &nonce, NOW), change.0, change.1.clone());
        let token = tokens::signed(&header, &claims, USER_POOL_SEED);
        let answer = stage.link(&noor.access, &token).await;
        assert_eq!(stage.logged.borrow().0, code, "{header} {change:?}");
        assert_eq!(answer.status, if code.is_empty() { 200 } else { 400 }, "{header} {change:?}");
    }
}

#[tokio::test]
async fn t54_pool_receives_account_id_and_proof_alone() {
    let stage = Deployment::new();
    let noor = stage.arrive(NOOR).await;
    let nonce = stage.nonce(&noor.access).await;
    let token = id_token(&claims(SOCIAL, "s-1", &nonce, NOW));
    for added in ["provider", "Logins", "identity_id", "sub", "account"] {
        let body = json!({"id_token": token, added: "eu-west-1:0"});
        let answer = stage.with_token("POST", LINKS, &noor.access, Some(&body)).await;
        check(&answer, 400, "Malformed");
    }
    assert_eq!(stage.link(&noor.access, &token).await.status, 200);
    let id = stage.row(NOOR).await.id.as_str().to_owned();
    let logins = BTreeMap::from([("lifeguard".to_owned(), id), (SOCIAL.to_owned(), token)]);
    assert_eq!(*stage.pool.known.linked.borrow(), [(noor.identity, logins)]);
}

/// An identity of a guest that the user was lured into, and one of another user.
#[tokio::test]
async fn t55_link_never_changes_the_identity_of_an_account() {
    let stage = Deployment::new();
    let noor = stage.arrive(NOOR).await;
    for at in [NOW - 86_400, NOW - 6] {
        stage.pool.known.now.set(at);
        let theirs = stage.pool.known.identity_of(SOCIAL, "s-1");
        stage.pool.known.now.set(0);
        let refused = stage.link_now(&noor.access, SOCIAL, "s-1").await;
        check(&refused, 409, "already_linked");
        assert_eq!(stage.led(SOCIAL, "s-1"), Some(theirs), "it keeps its identity");
        stage.pool.known.leads_to.borrow_mut().clear();
    }
    assert_eq!(stage.row(NOOR).await.identity, Some(noor.identity));
    assert!(stage.row(NOOR).await.links.is_empty());
    stage.pool.renamed.set(true);
    let answer = stage.unlink(&noor.access, SOCIAL).await;
    check(&answer, 404, "no_such_link");
}

#[tokio::test]
async fn t56_login_that_the_pool_rejects_is_not_linked() {
    let stage = Deployment::new();
    let noor = stage.arrive(NOOR).await;
    let nonce = stage.nonce(&noor.access).await;
    stage.pool.known.refuses.set(true);
    let token = id_token(&claims(SOCIAL, "s-1", &nonce, NOW));
    check(&stage.link(&noor.access, &token).await, 400, "foreign_proof");
    assert!(stage.row(NOOR).await.links.is_empty());
    stage.pool.known.refuses.set(false);
    let eve = stage.arrive(EVE).await;
    assert_eq!(stage.link_now(&eve.access, SOCIAL, "s-1").await.status, 200, "the login is free");
}

/// Every call of a link breaks once, before it arrives or with its answer lost; then another try
/// completes it, or unlinking undoes it, or another user finds the login free.
#[tokio::test]
async fn t56_interrupted_link_is_completed_or_undone() {
    let stage = Deployment::new();
    let noor = stage.arrive(NOOR).await;
    stage.pool.service.mend();
    assert_eq!(stage.link_now(&noor.access, SOCIAL, "s-1").await.status, 200);
    let calls = stage.pool.service.mend();
    assert_eq!(calls, 7, "nonce, list, reserve; find, describe, release, link");
    for call in 2..=calls {
        for how in [Behaviour::LosesRequest, Behaviour::LosesResponse] {
            for complete in [true, false] {
                let stage = Deployment::new();
                let noor = stage.arrive(NOOR).await;
                stage.pool.service.set_at(call, how);
                let broken = stage.link_now(&noor.access, SOCIAL, "s-1").await;
                check(&broken, 500, "Fault");
                stage.pool.service.mend();
                // Long after, so that what the first try left is not of now.
                stage.now.set(NOW + 200);
                stage.pool.known.now.set(NOW + 200);
                let listed = stage.row(NOOR).await.links.len();
                assert_eq!(listed == 0, (call, how) == (2, Behaviour::LosesRequest));
                if complete {
                    let again = stage.link_now(&noor.access, SOCIAL, "s-1").await;
                    assert_eq!(again.status, 200, "call {call} {how:?}: {}", again.body);
                    assert_eq!(stage.led(SOCIAL, "s-1"), Some(noor.identity.clone()));
                    assert_eq!(stage.unlink(&noor.access, SOCIAL).await.status, 204);
                } else if listed == 1 {
                    let undone = stage.unlink(&noor.access, SOCIAL).await;
                    assert_eq!(undone.status, 204, "call {call} {how:?}: {}", undone.body);
                }
                assert!(stage.row(NOOR).await.links.is_empty());
                assert_ne!(stage.led(SOCIAL, "s-1"), Some(noor.identity.clone()));
                assert_eq!(stage.pool.known.merged.get(), 0);
            }
        }
    }
}

#[tokio::test]
async fn t56_interrupted_unlink_is_completed() {
    let ready = async || {
        let stage = Deployment::new();
        let noor = stage.arrive(NOOR).await;
        assert_eq!(stage.link_now(&noor.access, SOCIAL, "s-1").await.status, 200);
        stage.pool.service.mend();
        (stage, noor)
    };
    let (stage, noor) = ready().await;
    assert_eq!(stage.unlink(&noor.access, SOCIAL).await.status, 204);
    let calls = stage.pool.service.mend();
    assert_eq!(calls, 5, "token, describe, unlink; free, take off the list");
    for call in 1..=calls {
        for how in [Behaviour::LosesRequest, Behaviour::LosesResponse] {
            let (stage, noor) = ready().await;
            stage.pool.service.set_at(call, how);
            check(&stage.unlink(&noor.access, SOCIAL).await, 500, "Fault");
            stage.pool.service.mend();
            let done = (call, how) == (calls, Behaviour::LosesResponse);
            let again = stage.unlink(&noor.access, SOCIAL).await;
            assert_eq!(again.status, if done { 404 } else { 204 }, "call {call} {how:?}");
            assert!(stage.row(NOOR).await.links.is_empty());
            assert_eq!(stage.led(SOCIAL, "s-1"), None);
            let eve = stage.arrive(EVE).await;
            assert_eq!(stage.link_now(&eve.access, SOCIAL, "s-1").await.status, 200);
        }
    }
}

/// Two accounts with a fresh proof each, in every order of their calls that the seeds bring.
#[tokio::test]
async fn t56_one_of_two_concurrent_links_of_a_login_succeeds() {
    let (mut noors, mut eves) = (0, 0);
    for round in 1..=200 {
        let stage = Deployment::new();
        let (noor, eve) = (stage.arrive(NOOR).await, stage.arrive(EVE).await);
        let token =
            async |access: &str| id_token(&claims(SOCIAL, "s-1", &stage.nonce(access).await, NOW));
        let (first, second) = (token(&noor.access).await, token(&eve.access).await);
        stage.pool.service.shuffle(round * 1_000);
        let (one, other) =
            tokio::join!(stage.link(&noor.access, &first), stage.link(&eve.access, &second));
        let (winner, loser, refused) = match (one.status, other.status) {
            (200, _) => (&noor, EVE, &other),
            _ => (&eve, NOOR, &one),
        };
        assert_eq!(one.status + other.status, 200 + 409, "round {round}");
        check(refused, 409, "already_linked");
        match loser {
            EVE => noors += 1,
            _ => eves += 1,
        }
        assert_eq!(stage.led(SOCIAL, "s-1").as_ref(), Some(&winner.identity), "round {round}");
        assert!(stage.row(loser).await.links.is_empty(), "round {round}");
        assert_eq!(stage.pool.known.merged.get(), 0, "round {round}");
    }
    println!("200 rounds: {noors} to one, {eves} to the other");
    assert!(noors > 20 && eves > 20, "the order was mixed: {noors}, {eves}");
}

#[tokio::test]
async fn t65_refreshed_and_old_sessions_link_nothing() {
    let stage = Deployment::new();
    let noor = stage.arrive(NOOR).await;
    let nonce = stage.nonce(&noor.access).await;
    let refreshed = text(&stage.refresh(&noor.refresh).await.body["access_token"]);
    let token = id_token(&claims(SOCIAL, "s-1", &nonce, NOW));
    check(&stage.link(&refreshed, &token).await, 403, "sign_in_again");
    check(&stage.with_token("POST", NONCE, &refreshed, None).await, 403, "sign_in_again");
    check(&stage.unlink(&refreshed, SOCIAL).await, 403, "sign_in_again");
    stage.now.set(NOW + 300);
    let token = id_token(&claims(SOCIAL, "s-1", &nonce, NOW + 299));
    check(&stage.link(&noor.access, &token).await, 403, "sign_in_again");
    check(&stage.unlink(&noor.access, SOCIAL).await, 403, "sign_in_again");
    stage.now.set(NOW + 299);
    stage.pool.known.now.set(NOW + 299);
    assert_eq!(stage.link(&noor.access, &token).await.status, 200);
}

#[tokio::test]
async fn t68_revoked_session_links_and_unlinks_nothing() {
    let stage = Deployment::new();
    let noor = stage.arrive(NOOR).await;
    let nonce = stage.nonce(&noor.access).await;
    let token = id_token(&claims(SOCIAL, "s-1", &nonce, NOW));
    stage.table.disabled.store(true, Ordering::SeqCst);
    check(&stage.link(&noor.access, &token).await, 401, "NotAuthenticated");
    stage.table.disabled.store(false, Ordering::SeqCst);
    let logged_out = stage.with_token("POST", "/v1/logout", &noor.access, Some(&json!({}))).await;
    assert_eq!(logged_out.status, 204);
    check(&stage.link(&noor.access, &token).await, 401, "NotAuthenticated");
    check(&stage.unlink(&noor.access, SOCIAL).await, 401, "NotAuthenticated");
    let again = stage.return_of(NOOR).await;
    check(&stage.link(&again.access, &token).await, 400, "replayed_proof");
    assert!(stage.pool.known.leads_to.borrow().is_empty());
}
