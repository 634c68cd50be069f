//! The table of challenges after every step of a sign-in: a reader of it learns no code, no
//! link and, once the message has left, no address.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

mod forms;
mod sign_ins;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use forms::{forms, shows};
use lifeguard_testkit::answers::{code_in, fragment_in, long_code_in};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use sign_ins::{ANYWHERE, BOUND, CODES, LINKS, RUNTIME, SignIns, WRONG, shared};

/// The names and values of a row, as bytes.
fn values(row: &Value) -> Vec<(String, Vec<u8>)> {
    let bytes = |value: &Value| match (&value["S"], &value["N"], &value["B"]) {
        (Value::String(text), _, _) | (_, Value::String(text), _) => text.clone().into_bytes(),
        (_, _, Value::String(text)) => STANDARD.decode(text).unwrap(),
        _ => panic!("an attribute of another type: {value}"),
    };
    let row = row.as_object().unwrap();
    row.iter().map(|(name, value)| (name.clone(), bytes(value))).collect()
}

/// Forms of a secret that a reader without the key can make: itself and its hash, alone and with anything
/// that stands in the row or in the person's attributes, whole and cut to eight bytes.
fn derivations(secret: &str, salts: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let secret = secret.as_bytes().to_vec();
    let mut derived = vec![secret.clone()];
    let mut texts = vec![secret.clone()];
    for salt in salts {
        texts.push([salt.clone(), secret.clone()].concat());
        texts.push([secret.clone(), salt.clone()].concat());
    }
    for text in texts {
        let hash = Sha256::digest(&text).to_vec();
        derived.push(hash[..8].to_vec());
        derived.push(hash);
    }
    derived.iter().flat_map(|derived| forms(derived)).collect()
}

#[track_caller]
fn check(rows: &[Value], secrets: &[String], person: &[String], step: &str) {
    assert!(!rows.is_empty(), "{step}");
    for row in rows {
        let values = values(row);
        let mut salts: Vec<Vec<u8>> = values.iter().map(|(_, value)| value.clone()).collect();
        salts.extend(person.iter().map(|text| text.clone().into_bytes()));
        for secret in secrets {
            let derived = derivations(secret, &salts);
            for (name, value) in &values {
                assert!(!shows(&derived, value), "{step}: {name} tells a secret: {row}");
            }
        }
    }
}

/// T10: no code and no link, before and after the message leaves, after every kind of answer.
#[test]
fn t10_nothing_in_the_table_tells_a_code_or_a_link() {
    RUNTIME.block_on(async {
        let cognito = shared().await;
        let ways = [
            (CODES, "EMAIL_OTP"),
            (LINKS, "MAGIC_LINK"),
            (BOUND, "EMAIL_OTP"),
            (ANYWHERE, "MAGIC_LINK"),
        ];
        for (place, (client, method)) in ways.into_iter().enumerate() {
            let address = format!("at-rest-{place}@example.net");
            let sub = cognito.add_with_address(&address, "true").await;
            let person = [address.clone(), sub.clone(), client.to_owned()];
            let (pending, _) = cognito.begin(client, method, &address).await;
            let pending = pending.unwrap();
            let started = cognito.row(client, &sub).await;
            let mail = cognito.mail(&address, 1).await;
            let long = long_code_in(&mail);
            let plain = long.replace('-', "");
            let mut secrets = vec![code_in(&mail), long, plain, WRONG.to_owned()];
            if method == "MAGIC_LINK" {
                let fragment = fragment_in(&mail);
                secrets.push(fragment.split_once('.').unwrap().1.to_owned());
                secrets.push(fragment);
            }
            check(&[started], &secrets, &person, "before delivery");
            cognito.settle().await;
            check(&[cognito.row(client, &sub).await], &secrets, &person, "after delivery");
            let wrong = cognito.answer(&pending, WRONG).await;
            let again = sign_ins::pending(client, method, &wrong).unwrap();
            check(&[cognito.row(client, &sub).await], &secrets, &person, "after a wrong answer");
            let right = cognito
                .answer(
                    &again,
                    secrets.last().filter(|_| method == "MAGIC_LINK").unwrap_or(&secrets[0]),
                )
                .await;
            assert!(right.is_tokens(), "{client}: {right:?}");
            check(&[cognito.row(client, &sub).await], &secrets, &person, "after the right answer");
        }
    });
}

/// T10: the address is in the table only until its message has left, and its hash never.
#[test]
fn t10_no_address_stays_in_the_table() {
    RUNTIME.block_on(async {
        let cognito = shared().await;
        let known = "sentinel-known@private.example".to_owned();
        cognito.add_with_address(&known, "true").await;
        let unverified = "sentinel-unverified@private.example".to_owned();
        cognito.add_with_address(&unverified, "false").await;
        let people = [known, unverified, "sentinel-unknown@private.example".to_owned()];
        for (client, method) in [(CODES, "EMAIL_OTP"), (ANYWHERE, "MAGIC_LINK")] {
            for address in &people {
                let (pending, _) = cognito.begin(client, method, address).await;
                let user_name = pending.unwrap().user_name;
                let rows = cognito.settle().await;
                let names: Vec<String> =
                    people.iter().cloned().chain([user_name.clone()]).collect();
                let texts: Vec<String> = people
                    .iter()
                    .flat_map(|address| {
                        [address.clone(), address.split('@').next().unwrap().to_owned()]
                    })
                    .collect();
                check(&rows, &texts, &names, "after delivery");
                cognito.pass_the_gap(client, &user_name).await;
            }
        }
    });
}

#[test]
fn a_secret_is_found_in_every_form_and_place() {
    let secret = b"04719382";
    let forms = forms(secret);
    for before in 0..4 {
        let text = [&vec![b'x'; before][..], secret, b"yz"].concat();
        let hex: String = text.iter().map(|byte| format!("{byte:02x}")).collect();
        let reversed: Vec<u8> = text.iter().rev().copied().collect();
        let encoded = STANDARD.encode(&text).into_bytes();
        for shown in [text, hex.into_bytes(), reversed, encoded] {
            assert!(shows(&forms, &shown), "{shown:?}");
        }
    }
    assert!(!shows(&forms, b"04719381"));
    let hash = Sha256::digest([&b"salt"[..], secret].concat());
    let derived = derivations("04719382", &[b"salt".to_vec()]);
    assert!(shows(&derived, &hash[..8]));
    assert!(!shows(&derived, &Sha256::digest(b"other")));
}
