//! Tokens that must not be exchanged.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod support;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use support::issuer::{self, ISS, claims};
use support::tokens::{self, header, signed, with};
use support::{Deployment, NOW};

fn part(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

/// Returns a token with a MAC that is computed with the public key.
fn by_hmac(algorithm: &str, key: &[u8]) -> String {
    let message = format!("{}.{}", part(&with(header(), "alg", algorithm.into())), part(&claims()));
    let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(key).unwrap();
    mac.update(message.as_bytes());
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
}

/// Every hostile token, with its fault.
fn hostile() -> Vec<(String, String)> {
    let mut tokens: Vec<(String, String)> = Vec::new();
    let mut add = |what: String, token: String| tokens.push((what, token));
    let good = issuer::token();
    let parts: Vec<&str> = good.split('.').collect();
    let [head, body, signature] = parts[..] else { panic!("three parts") };

    for algorithm in [
        "none",
        "None",
        "NONE",
        "nOnE",
        "",
        "HS256",
        "HS384",
        "HS512",
        "RS256",
        "RS384",
        "RS512",
        "PS256",
        "PS384",
        "PS512",
        "ES384",
        "ES512",
        "ES256K",
        "EdDSA",
        "es256",
        "ES256 ",
        "ES256\0",
        "dir",
        "A128KW",
        "RSA1_5",
        "ES256,none",
    ] {
        let other = with(header(), "alg", algorithm.into());
        add(format!("alg {algorithm:?}, signed"), signed(&other, &claims(), 1));
        add(format!("alg {algorithm:?}, bare"), format!("{}.{body}.", part(&other)));
        add(format!("alg {algorithm:?}, kept"), format!("{}.{body}.{signature}", part(&other)));
    }
    for algorithm in ["HS256", "ES256"] {
        let public = tokens::public(1, "one");
        let x = URL_SAFE_NO_PAD.decode(public["x"].as_str().unwrap()).unwrap();
        let y = URL_SAFE_NO_PAD.decode(public["y"].as_str().unwrap()).unwrap();
        let point = [&[4][..], &x, &y].concat();
        for key in [public.to_string().into_bytes(), x, y, point, b"".to_vec(), vec![0; 32]] {
            add(format!("{algorithm} as HMAC"), by_hmac(algorithm, &key));
        }
    }
    let eve = tokens::public(9, "one");
    for (name, value) in [
        ("jwk", eve.clone()),
        ("jku", json!("https://evil.example/keys")),
        ("x5u", json!("https://evil.example/cert")),
        ("x5c", json!(["MIIB"])),
        ("x5t", json!("AAAA")),
        ("x5t#S256", json!("AAAA")),
    ] {
        add(format!("own key in {name}"), signed(&with(header(), name, value), &claims(), 9));
    }
    for kid in [
        "two",
        "three",
        "",
        "One",
        "one ",
        "../one",
        "/etc/passwd",
        "one\0",
        "'; --",
        "oct",
        "https://evil.example/keys",
        "one/../two",
    ] {
        add(format!("kid {kid:?}"), signed(&with(header(), "kid", kid.into()), &claims(), 1));
        if kid != "two" {
            add(
                format!("kid {kid:?}, key 2"),
                signed(&with(header(), "kid", kid.into()), &claims(), 2),
            );
        }
    }
    for kid in [json!(1), json!(["one"]), json!({}), json!(true), Value::Null] {
        add(format!("kid {kid}"), signed(&with(header(), "kid", kid.clone()), &claims(), 1));
    }
    for typ in ["at+jwt", "JWS", "logout+jwt", "dpop+jwt", "", "JWT ", "text/jwt", "secevent+jwt"] {
        add(format!("typ {typ:?}"), signed(&with(header(), "typ", typ.into()), &claims(), 1));
    }
    for (name, value) in [("crit", json!(["exp"])), ("crit", json!([])), ("crit", json!("b64"))] {
        add(format!("{name} {value}"), signed(&with(header(), name, value), &claims(), 1));
    }
    let number = |value: u64| json!(value);
    for (name, values) in [
        (
            "iss",
            vec![
                json!("https://evil.example"),
                json!("https://id.example.com/"),
                json!("https://ID.example.com"),
                json!([ISS]),
                json!(1),
                Value::Null,
            ],
        ),
        (
            "aud",
            vec![
                json!("other"),
                json!("Lifeguard"),
                json!("lifeguard "),
                json!([]),
                json!(["other"]),
                json!([["lifeguard"]]),
                json!({"lifeguard": 1}),
                json!(1),
                Value::Null,
            ],
        ),
        (
            "sub",
            vec![json!(""), json!(17), json!(["user-17"]), json!("x".repeat(1025)), Value::Null],
        ),
        (
            "exp",
            vec![
                number(NOW),
                number(NOW - 1),
                json!(0),
                json!(-1),
                json!("4000000000"),
                json!(null),
                json!([]),
            ],
        ),
        (
            "iat",
            vec![
                number(NOW - 301),
                number(NOW + 61),
                json!(0),
                json!(-1),
                json!("now"),
                Value::Null,
            ],
        ),
        ("nbf", vec![number(NOW + 61), number(u64::MAX), json!("now"), json!(-1)]),
        ("tenant_id", vec![json!("a*"), json!(""), json!(1), json!(["acme"]), json!("${aws:x}")]),
    ] {
        for value in values {
            let other = with(claims(), name, value.clone());
            add(format!("{name} {value}"), signed(&header(), &other, 1));
        }
    }
    for (what, text) in [
        ("empty", String::new()),
        ("dots", "..".to_owned()),
        ("two parts", format!("{head}.{body}")),
        ("four parts", format!("{good}.x")),
        ("five parts", format!("{good}.x.y")),
        ("no signature", format!("{head}.{body}.")),
        ("zero signature", format!("{head}.{body}.{}", URL_SAFE_NO_PAD.encode([0; 64]))),
        ("short signature", format!("{head}.{body}.{}", &signature[..40])),
        ("long signature", format!("{good}AAAA")),
        ("padded", format!("{good}=")),
        ("spaced", format!(" {good}")),
        ("spaced within", format!("{head}. {body}.{signature}")),
        ("line at the end", format!("{good}\n")),
        ("swapped", format!("{body}.{head}.{signature}")),
        ("header no JSON", format!("{}.{body}.{signature}", URL_SAFE_NO_PAD.encode("{"))),
        ("header a list", format!("{}.{body}.{signature}", URL_SAFE_NO_PAD.encode("[]"))),
        ("claims a list", format!("{head}.{}.{signature}", URL_SAFE_NO_PAD.encode("[]"))),
        ("claims empty", signed(&header(), &json!({}), 1)),
        ("header empty", signed(&json!({}), &claims(), 1)),
        ("other key", signed(&header(), &claims(), 9)),
        ("second key", signed(&header(), &claims(), 2)),
        ("too long", signed(&header(), &with(claims(), "pad", "x".repeat(10_800).into()), 1)),
        ("not base64", format!("{head}.{body}.!!!!")),
        (
            "JSON form",
            json!({"payload": body, "protected": head, "signature": signature}).to_string(),
        ),
        ("encrypted form", format!("{head}..{body}.{signature}.x")),
    ] {
        add(what.to_owned(), text);
    }
    let twice = r#"{"alg":"none","alg":"ES256","typ":"JWT","kid":"one"}"#;
    add("alg twice".to_owned(), format!("{}.{body}.{signature}", URL_SAFE_NO_PAD.encode(twice)));
    for place in [head.len() + 3, head.len() + 40, good.len() - 20, good.len() - 60] {
        let mut changed = good.clone().into_bytes();
        changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
        add(format!("byte {place}"), String::from_utf8(changed).unwrap());
    }
    tokens
}

#[tokio::test]
async fn t66_hostile_tokens_are_refused_and_cost_one_request_for_keys() {
    let stage = Deployment::new();
    let tokens = hostile();
    assert!(tokens.len() >= 200, "only {}", tokens.len());
    for (what, token) in &tokens {
        let answer = stage.exchange(token).await;
        let error = answer.body["error"].as_str().unwrap_or_default();
        let refused = ["invalid_grant", "invalid_request"].contains(&error);
        assert!(answer.status == 400 && refused, "{what}: {}", answer.body);
    }
    assert_eq!(stage.network.requests.get(), 1, "one window");
    assert_eq!(stage.pool.calls(), 0);
    assert_eq!(stage.table.calls.get(), 0);
    assert_eq!(stage.exchange(&issuer::token()).await.status, 200);
    println!("{} hostile tokens", tokens.len());
}

#[tokio::test]
async fn t66_malformed_key_set_is_a_fault_and_grants_nothing() {
    use developer_identity::web::WebFault;
    for answer in [
        Ok(String::new()),
        Ok(r#"{"keys":17}"#.to_owned()),
        Err(WebFault::Size),
        Err(WebFault::Timeout),
        Err(WebFault::Status(302)),
    ] {
        let stage = Deployment::new();
        stage.network.instead.replace(Some(answer.clone()));
        let given = stage.exchange(&issuer::token()).await;
        assert_eq!(
            (given.status, &given.body["error"]),
            (500, &json!("server_error")),
            "{answer:?}"
        );
    }
    let stage = Deployment::new();
    let weak = json!({"keys": [with(tokens::public(1, "one"), "use", "enc".into())]});
    stage.network.instead.replace(Some(Ok(weak.to_string())));
    assert_eq!(stage.exchange(&issuer::token()).await.body["error"], "invalid_grant");
}

/// Each claim right, wrong in each way, in every combination: only all right ones are exchanged.
#[tokio::test]
async fn t67_only_a_token_with_every_field_right_is_exchanged() {
    let choices: [(&str, Vec<Value>); 6] = [
        ("iss", vec![json!(ISS), json!("https://other.example.com")]),
        ("aud", vec![json!("lifeguard"), json!(["x", "lifeguard"]), json!("other"), json!(["x"])]),
        ("exp", vec![json!(NOW + 300), json!(NOW + 1), json!(NOW)]),
        (
            "iat",
            vec![json!(NOW), json!(NOW - 300), json!(NOW + 60), json!(NOW - 301), json!(NOW + 61)],
        ),
        ("nbf", vec![Value::Null, json!(NOW + 60), json!(NOW + 61)]),
        ("typ", vec![json!("JWT"), json!("at+jwt")]),
    ];
    let good = [1, 2, 2, 3, 2, 1];
    let sizes: Vec<usize> = choices.iter().map(|(_, values)| values.len()).collect();
    let (mut seen, mut granted) = (0, 0);
    for number in 0..sizes.iter().product() {
        let mut rest: usize = number;
        let places: Vec<usize> = sizes
            .iter()
            .map(|size| {
                let place = rest % size;
                rest /= size;
                place
            })
            .collect();
        let (mut head, mut body) = (header(), claims());
        for ((name, values), place) in choices.iter().zip(&places) {
            match *name {
                "typ" => head = with(head, name, values[*place].clone()),
                name => body = with(body, name, values[*place].clone()),
            }
        }
        let right = places.iter().zip(good).all(|(place, good)| *place < good);
        let stage = Deployment::new();
        let answer = stage.exchange(&signed(&head, &body, 1)).await;
        assert_eq!(answer.status == 200, right, "{head} {body}: {}", answer.body);
        seen += 1;
        granted += usize::from(right);
    }
    assert_eq!((seen, granted), (720, 24));
}
