//! Tokens in the form of real issuers, and the reasons in the log for refusing others.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod support;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use support::issuer::{self, JWKS, claims};
use support::tokens::{self, header, signed, signed_text, with};
use support::{Deployment, NOW, policy};

/// Deploys the function with one issuer, which has further settings.
fn stage(iss: &Value, settings: &Value) -> Deployment {
    let mut policy = policy();
    let mut trusted =
        json!({"iss": iss, "jwks": JWKS, "audience": "lifeguard", "algorithm": "ES256"});
    for (name, value) in settings.as_object().unwrap() {
        trusted[name] = value.clone();
    }
    policy["identity"]["issuers"] = json!([trusted]);
    Deployment::with(&policy)
}

/// An issuer: its name, its settings, and the header and the claims of a token of it.
type Sample = (&'static str, Value, Value, Value);

/// Headers and claims as the issuers document or show them, signed with a key of the tests. Names
/// of keys are `one`; times are those of the tests.
fn samples() -> Vec<Sample> {
    let none = json!({});
    let kubernetes = |iss: &str| {
        json!({
            "aud": ["lifeguard"], "exp": NOW + 720, "iat": NOW - 2880, "nbf": NOW - 2880, "iss": iss,
            "jti": "11111111-2222-4333-8444-555555555555", "sub": "system:serviceaccount:shop:api",
            "kubernetes.io": {
                "namespace": "shop", "node": {"name": "node-1", "uid": "u-1"},
                "pod": {"name": "api-1", "uid": "u-2"},
                "serviceaccount": {"name": "api", "uid": "u-3"}, "warnafter": NOW - 2000,
            },
        })
    };
    let hour = json!({"max_age_minutes": 60});
    let access_token = json!({"typ": "at+jwt"});
    vec![
        (
            "Kubernetes, after four fifths of an hour",
            hour.clone(),
            json!({"alg": "ES256", "kid": "one"}),
            kubernetes("https://kubernetes.default.svc.cluster.local"),
        ),
        (
            "Kubernetes at EKS",
            hour.clone(),
            json!({"alg": "ES256", "kid": "one"}),
            kubernetes(
                "https://oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF",
            ),
        ),
        (
            "Okta, authorization server",
            none.clone(),
            json!({"kid": "one", "alg": "ES256"}),
            json!({
                "ver": 1, "jti": "AT.x", "iss": "https://tenant.okta.com/oauth2/default",
                "aud": "lifeguard", "iat": NOW, "exp": NOW + 3600, "cid": "0oa1", "uid": "00u1",
                "auth_time": NOW - 60, "scp": ["openid"], "sub": "noor@example.net",
            }),
        ),
        (
            "Okta, type of its own",
            json!({"typ": ["JWT", "application/okta-internal-at+jwt"]}),
            json!({"kid": "one", "typ": "application/okta-internal-at+jwt", "alg": "ES256"}),
            json!({
                "ver": 1, "iss": "https://tenant.okta.com", "aud": "lifeguard", "sub": "00u1",
                "iat": NOW, "exp": NOW + 3600,
            }),
        ),
        (
            "Auth0",
            none.clone(),
            json!({"alg": "ES256", "typ": "JWT", "kid": "one"}),
            json!({
                "iss": "https://tenant.eu.auth0.com/", "sub": "auth0|0123456789abcdef01234567",
                "aud": ["lifeguard", "https://tenant.eu.auth0.com/userinfo"], "iat": NOW,
                "exp": NOW + 86_400, "scope": "openid profile", "azp": "client",
            }),
        ),
        (
            "Auth0, profile of RFC 9068",
            access_token.clone(),
            json!({"alg": "ES256", "typ": "at+jwt", "kid": "one"}),
            json!({
                "iss": "https://tenant.eu.auth0.com/", "sub": "client@clients", "aud": "lifeguard",
                "iat": NOW, "exp": NOW + 86_400, "jti": "x", "client_id": "client",
            }),
        ),
        (
            "Entra, version 2",
            none.clone(),
            json!({"typ": "JWT", "alg": "ES256", "kid": "one"}),
            json!({
                "aud": "lifeguard", "ver": "2.0", "azpacr": "1", "azp": "client", "oid": "o-1",
                "iss": "https://login.microsoftonline.com/11111111-2222-4333-8444-555555555555/v2.0",
                "iat": NOW - 300, "nbf": NOW - 300, "exp": NOW + 3600, "aio": "x", "rh": "x",
                "sub": "AAAAAAAAAAAAAAAAAAAAAIkzqFVrSaSaFHy782bbtaQ", "tid": "t-1", "uti": "x",
            }),
        ),
        (
            "Entra, version 1, issued five minutes before",
            none.clone(),
            json!({"typ": "JWT", "nonce": "x", "alg": "ES256", "x5t": "one", "kid": "one"}),
            json!({
                "aud": "lifeguard", "iss": "https://sts.windows.net/11111111-2222-4333-8444-555555555555/",
                "iat": NOW - 300, "nbf": NOW - 300, "exp": NOW + 3600, "acr": "1", "amr": ["pwd"],
                "appid": "client", "sub": "s-1", "ver": "1.0", "xms_st": {"sub": "s-2"},
            }),
        ),
        (
            "Entra, with the most groups that a token lists",
            none.clone(),
            json!({"typ": "JWT", "alg": "ES256", "kid": "one"}),
            json!({
                "aud": "lifeguard", "ver": "2.0", "sub": "s-1", "tid": "t-1", "oid": "o-1",
                "iss": "https://login.microsoftonline.com/11111111-2222-4333-8444-555555555555/v2.0",
                "iat": NOW - 300, "nbf": NOW - 300, "exp": NOW + 3600,
                "groups": vec!["11111111-2222-4333-8444-555555555555"; 200],
            }),
        ),
        (
            "Keycloak",
            none.clone(),
            json!({"alg": "ES256", "typ": "JWT", "kid": "one"}),
            json!({
                "exp": NOW + 300, "iat": NOW, "auth_time": NOW - 5, "jti": "onrtac:x",
                "iss": "https://keycloak.example/realms/Staff", "aud": ["lifeguard", "account"],
                "sub": "11111111-2222-4333-8444-555555555555", "typ": "Bearer", "azp": "app",
                "sid": "x", "acr": "1", "realm_access": {"roles": ["user"]}, "scope": "openid",
            }),
        ),
        (
            "PingFederate",
            none.clone(),
            json!({"alg": "ES256", "kid": "one", "pi.atm": "kyj1"}),
            json!({
                "scope": ["openid"], "client_id": "app", "iss": "https://ping.example",
                "aud": "lifeguard", "iat": NOW, "exp": NOW + 7200, "jti": "x", "sub": "noor",
            }),
        ),
        (
            "Cognito, another user pool",
            none.clone(),
            json!({"kid": "one", "alg": "ES256"}),
            json!({
                "sub": "11111111-2222-4333-8444-555555555555", "cognito:groups": ["staff"],
                "iss": "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Other",
                "cognito:username": "noor", "origin_jti": "x", "aud": "lifeguard",
                "event_id": "x", "token_use": "id", "auth_time": NOW, "exp": NOW + 3600,
                "iat": NOW, "jti": "x", "email": "noor@example.net", "email_verified": true,
            }),
        ),
        (
            "GitHub Actions",
            none.clone(),
            json!({"typ": "JWT", "alg": "ES256", "x5t": "one", "kid": "one"}),
            json!({
                "jti": "x", "sub": "repo:acme/shop:ref:refs/heads/main", "aud": "lifeguard",
                "ref": "refs/heads/main", "repository": "acme/shop", "run_attempt": "1",
                "iss": "https://token.actions.githubusercontent.com", "nbf": NOW - 10,
                "exp": NOW + 290, "iat": NOW - 10,
            }),
        ),
        (
            "GitLab",
            none.clone(),
            json!({"kid": "one", "typ": "JWT", "alg": "ES256"}),
            json!({
                "namespace_id": "1", "project_path": "acme/shop", "user_identities": [],
                "ref_protected": "true", "jti": "x", "iat": NOW, "nbf": NOW - 5, "exp": NOW + 3600,
                "iss": "https://gitlab.com", "sub": "project_path:acme/shop:ref_type:branch:ref:main",
                "aud": "lifeguard",
            }),
        ),
        (
            "Firebase",
            hour,
            json!({"alg": "ES256", "kid": "one", "typ": "JWT"}),
            json!({
                "iss": "https://securetoken.google.com/shop", "aud": "lifeguard", "sub": "uid-1",
                "auth_time": NOW - 3000, "user_id": "uid-1", "iat": NOW - 3000, "exp": NOW + 600,
                "firebase": {"identities": {}, "sign_in_provider": "custom"},
            }),
        ),
        (
            "AWS STS, outbound federation",
            none.clone(),
            json!({"kid": "one", "typ": "JWT", "alg": "ES256"}),
            json!({
                "aud": "lifeguard", "sub": "arn:aws:iam::123456789012:role/api",
                "https://sts.amazonaws.com/": {"aws_account": "123456789012"},
                "iss": "https://11111111-2222-4333-8444-555555555555.tokens.sts.global.api.aws",
                "exp": NOW + 300, "iat": NOW, "jti": "x",
            }),
        ),
        (
            "SPIFFE",
            json!({"typ": ["JWT", "JOSE"]}),
            json!({"alg": "ES256", "kid": "one", "typ": "JOSE"}),
            json!({
                "iss": "https://spire.example", "aud": ["lifeguard"], "iat": NOW, "exp": NOW + 300,
                "sub": "spiffe://example.org/api",
            }),
        ),
        (
            "a library that writes fractions of seconds",
            none,
            json!({"alg": "ES256", "typ": "jwt", "kid": "one"}),
            json!({
                "iss": "https://python.example", "sub": "noor", "aud": "lifeguard",
                "iat": NOW as f64 - 0.25, "nbf": NOW as f64 - 0.25, "exp": NOW as f64 + 299.75,
            }),
        ),
        (
            "a name that is no address",
            access_token,
            json!({"alg": "ES256", "typ": "application/AT+JWT", "kid": "one"}),
            json!({
                "iss": "Example Corporation", "sub": "noor", "aud": "lifeguard", "iat": NOW,
                "exp": NOW + 300,
            }),
        ),
    ]
}

#[tokio::test]
async fn tokens_of_real_issuers_are_exchanged() {
    for (name, settings, header, claims) in samples() {
        let stage = stage(&claims["iss"], &settings);
        let answer = stage.exchange(&signed(&header, &claims, 1)).await;
        assert_eq!(answer.status, 200, "{name}: {}", stage.logged.borrow().0);
        let left = claims["exp"].as_f64().unwrap() as u64 - NOW;
        assert_eq!(answer.body["expires_in"], left.min(900), "{name}");
    }
}

#[tokio::test]
async fn t67_token_is_as_old_as_its_issuer_may_be() {
    for (minutes, age, expected) in [
        (json!(null), 300, ""),
        (json!(null), 301, "StaleToken"),
        (json!(1), 60, ""),
        (json!(1), 61, "StaleToken"),
        (json!(60), 3600, ""),
        (json!(60), 3601, "StaleToken"),
    ] {
        let stage = stage(&json!(issuer::ISS), &json!({"max_age_minutes": minutes}));
        let token = signed(&header(), &with(claims(), "iat", (NOW - age).into()), 1);
        stage.exchange(&token).await;
        assert_eq!(stage.logged.borrow().0, expected, "{minutes} {age}");
    }
}

#[tokio::test]
async fn t67_typ_is_absent_or_of_the_issuers_list() {
    let given = [
        json!(null),
        json!("JWT"),
        json!("jwt"),
        json!("application/jwt"),
        json!("at+jwt"),
        json!("AT+JWT"),
        json!("application/at+jwt"),
        json!("logout+jwt"),
        json!(""),
    ];
    for (listed, accepted) in [
        (json!(null), 4),
        (json!("JWT"), 4),
        (json!("application/jwt"), 4),
        (json!(["jwt", "at+jwt"]), 7),
    ] {
        let stage = stage(&json!(issuer::ISS), &json!({ "typ": listed }));
        for (place, typ) in given.iter().enumerate() {
            let token = signed(&with(header(), "typ", typ.clone()), &claims(), 1);
            let expected = if place < accepted { "" } else { "WrongType" };
            stage.exchange(&token).await;
            assert_eq!(stage.logged.borrow().0, expected, "{listed} {typ}");
        }
    }
    let stage = stage(&json!(issuer::ISS), &json!({"typ": "at+jwt"}));
    for (typ, expected) in [(Value::Null, ""), (json!("At+Jwt"), ""), (json!("JWT"), "WrongType")] {
        let token = signed(&with(header(), "typ", typ.clone()), &claims(), 1);
        stage.exchange(&token).await;
        assert_eq!(stage.logged.borrow().0, expected, "{typ}");
    }
}

/// Returns the code in the log for a token; the client reads one response for all of them.
async fn refusal(stage: &Deployment, token: &str) -> String {
    let answer = stage.exchange(token).await;
    let expected = json!({"error": "invalid_grant", "error_description": "Invalid credentials"});
    assert_eq!((answer.status, answer.body), (400, expected));
    let (code, record) = stage.logged.borrow().clone();
    assert_eq!(record, "", "nothing of the token is logged");
    code
}

#[tokio::test]
async fn t67_log_names_the_check_that_refused() {
    let stage = Deployment::new();
    let of_header = |name: &str, value: Value| signed(&with(header(), name, value), &claims(), 1);
    let of_claims = |name: &str, value: Value| signed(&header(), &with(claims(), name, value), 1);
    for (token, code) in [
        ("a.b.c".to_owned(), "MalformedToken"),
        (of_header("alg", Value::Null), "MalformedToken"),
        (of_header("alg", json!(1)), "MalformedToken"),
        (of_header("typ", json!(1)), "MalformedToken"),
        (of_header("typ", json!(["JWT"])), "MalformedToken"),
        (of_header("kid", json!(1)), "MalformedToken"),
        (of_claims("iss", Value::Null), "MalformedToken"),
        (of_claims("iss", json!([issuer::ISS])), "MalformedToken"),
        (of_header("crit", json!(["exp"])), "CriticalHeader"),
        (of_header("crit", json!(["b64"])), "CriticalHeader"),
        (of_header("crit", json!([])), "CriticalHeader"),
        (of_claims("iss", json!("https://id.example.com/")), "UnknownIssuer"),
        (of_header("alg", json!("none")), "WrongAlgorithm"),
        (of_header("alg", json!("HS256")), "WrongAlgorithm"),
        (of_header("alg", json!("es256")), "WrongAlgorithm"),
        (of_header("typ", json!("at+jwt")), "WrongType"),
        (of_header("kid", json!("three")), "UnknownKey"),
        (of_header("kid", json!("oct")), "UnknownKey"),
        (of_header("kid", Value::Null), "AmbiguousKey"),
        (of_header("kid", json!("two")), "WrongSignature"),
        (signed(&header(), &claims(), 9), "WrongSignature"),
        (of_claims("sub", Value::Null), "MissingClaim"),
        (of_claims("aud", Value::Null), "MissingClaim"),
        (of_claims("exp", Value::Null), "MissingClaim"),
        (of_claims("iat", Value::Null), "MissingClaim"),
        (of_claims("sub", json!(17)), "MalformedClaim"),
        (of_claims("aud", json!(["lifeguard", 1])), "MalformedClaim"),
        (of_claims("exp", json!("4000000000")), "MalformedClaim"),
        (of_claims("nbf", json!(true)), "MalformedClaim"),
        (of_claims("aud", json!("other")), "WrongAudience"),
        (of_claims("aud", json!([])), "WrongAudience"),
        (of_claims("sub", json!("")), "WrongSubject"),
        (of_claims("exp", json!(NOW)), "ExpiredToken"),
        (of_claims("iat", json!(NOW + 61)), "FutureToken"),
        (of_claims("nbf", json!(NOW + 61)), "FutureToken"),
        (of_claims("iat", json!(NOW - 301)), "StaleToken"),
        (of_claims("tenant_id", json!(1)), "UnusableTag"),
    ] {
        assert_eq!(refusal(&stage, &token).await, code, "{token}");
    }
}

#[tokio::test]
async fn t66_repeated_members_are_refused() {
    let stage = Deployment::new();
    let (head, body) = (header().to_string(), claims().to_string());
    let again = |text: &str, member: &str| text.replacen('{', &format!("{{{member},"), 1);
    assert_eq!(stage.exchange(&signed_text(&head, &body, 1)).await.status, 200);
    for member in [
        r#""alg":"ES256""#,
        r#""alg":"none""#,
        r#""typ":"JWT""#,
        r#""kid":"two""#,
        r#""x5t":"a","x5t":"b""#,
        r#""al\u0067":"ES256""#,
    ] {
        let token = signed_text(&again(&head, member), &body, 1);
        assert_eq!(refusal(&stage, &token).await, "MalformedToken", "{member}");
    }
    for member in [
        r#""iss":"https://evil.example""#,
        r#""sub":"user-18""#,
        r#""aud":"other""#,
        r#""exp":4000000000"#,
        r#""tenant_id":"other""#,
        r#""s\u0075b":"user-18""#,
        r#""x":{"y":1,"y":2}"#,
    ] {
        let token = signed_text(&head, &again(&body, member), 1);
        assert_eq!(refusal(&stage, &token).await, "MalformedToken", "{member}");
    }
    for (head, body) in [
        (head.as_str(), r#"{"iss":"https://id.example.com""#),
        (&format!("{head} x"), &body),
        (&format!("\u{feff}{head}"), &body),
        ("null", &body),
        (&head, "\"text\""),
        (&head, &signed_text(&head, &body, 1)),
    ] {
        assert_eq!(refusal(&stage, &signed_text(head, body, 1)).await, "MalformedToken", "{body}");
    }
}

#[tokio::test]
async fn t66_members_that_name_keys_are_not_read() {
    let stage = Deployment::new();
    for (name, value) in [
        ("jku", json!("https://evil.example/keys")),
        ("x5u", json!("https://evil.example/cert")),
        ("x5c", json!(["MIIB"])),
        ("x5t", json!("AAAA")),
        ("jwk", tokens::public(9, "one")),
        ("cty", json!("JWT")),
        ("zip", json!("DEF")),
        ("b64", json!(true)),
        ("nonce", json!("x")),
    ] {
        let header = with(header(), name, value);
        assert_eq!(stage.exchange(&signed(&header, &claims(), 1)).await.status, 200, "{name}");
        assert_eq!(
            refusal(&stage, &signed(&header, &claims(), 9)).await,
            "WrongSignature",
            "{name}"
        );
    }
    assert_eq!(stage.network.requests.get(), 1, "the address of the settings, once");
}

/// Key sets as issuers publish them, with the token's header, and what comes of it.
#[tokio::test]
async fn t66_key_sets_are_read_as_rfc_7517_says() {
    let one = tokens::public(1, "one");
    let bare = |name: &str| with(one.clone(), name, Value::Null);
    let unnamed = with(header(), "kid", Value::Null);
    let rsa =
        json!({"kty": "RSA", "kid": "one", "e": "AQAB", "n": URL_SAFE_NO_PAD.encode([255; 256])});
    let certificate = json!({"kty": "EC", "kid": "one", "x5c": ["MIIB"]});
    for (keys, header, code) in [
        (json!([one]), header(), ""),
        (json!([bare("alg")]), header(), ""),
        (json!([with(bare("use"), "key_ops", json!(["verify"]))]), header(), ""),
        (json!([bare("use")]), header(), ""),
        (json!([with(one.clone(), "x5c", json!(["MIIB"]))]), header(), ""),
        (json!([rsa, certificate, {"kty": "new", "kid": "one"}, one]), header(), ""),
        (json!([tokens::public(2, "one"), one]), header(), ""),
        (json!([one]), unnamed.clone(), ""),
        (json!([bare("kid")]), unnamed.clone(), ""),
        (json!([bare("kid"), rsa]), unnamed.clone(), ""),
        (json!([bare("kid")]), header(), "UnknownKey"),
        (json!([one, tokens::public(2, "two")]), unnamed, "AmbiguousKey"),
        (json!([with(one.clone(), "key_ops", json!(["sign"]))]), header(), "UnknownKey"),
        (json!([with(one.clone(), "use", json!("enc"))]), header(), "UnknownKey"),
        (json!([with(one.clone(), "alg", json!("ES384"))]), header(), "UnknownKey"),
        (json!([certificate]), header(), "UnknownKey"),
        (json!([rsa]), header(), "UnknownKey"),
        (json!([]), header(), "UnknownKey"),
        (json!([with(one.clone(), "y", one["x"].clone())]), header(), "WrongSignature"),
    ] {
        let stage = Deployment::new();
        stage.network.instead.replace(Some(Ok(json!({ "keys": keys }).to_string())));
        stage.exchange(&signed(&header, &claims(), 1)).await;
        assert_eq!(stage.logged.borrow().0, code, "{keys} {header}");
    }
}

#[tokio::test]
async fn every_jwt_type_of_rfc_8693_is_accepted() {
    let stage = Deployment::new();
    for (kind, status) in [
        ("urn:ietf:params:oauth:token-type:jwt", 200),
        ("urn:ietf:params:oauth:token-type:id_token", 200),
        ("urn:ietf:params:oauth:token-type:access_token", 200),
        ("urn:ietf:params:oauth:token-type:refresh_token", 400),
        ("urn:ietf:params:oauth:token-type:saml2", 400),
        ("jwt", 400),
        ("", 400),
    ] {
        let answer = stage
            .token(&[
                ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
                ("subject_token_type", kind),
                ("subject_token", &issuer::token()),
            ])
            .await;
        assert_eq!(answer.status, status, "{kind}");
    }
}

#[tokio::test]
async fn t66_public_key_as_secret_of_hmac_is_refused() {
    let stage = Deployment::new();
    let parts = [with(header(), "alg", json!("HS256")), claims()];
    let parts = parts.map(|part| URL_SAFE_NO_PAD.encode(part.to_string()));
    let token = format!("{}.{}.{}", parts[0], parts[1], URL_SAFE_NO_PAD.encode([0; 32]));
    assert_eq!(refusal(&stage, &token).await, "WrongAlgorithm");
    let mut policy = policy();
    policy["identity"]["issuers"][0]["algorithm"] = "HS256".into();
    let text = policy.to_string();
    let look_up = |name: &str| (name == "POLICY").then(|| text.clone());
    let mut variables = lifeguard_policy::Variables::new(&look_up);
    assert!(variables.policy().is_none(), "no issuer can be given that algorithm");
}
