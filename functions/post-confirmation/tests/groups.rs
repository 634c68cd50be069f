//! What the user pool is asked, and how much of its answer is kept.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::thread::{JoinHandle, spawn};

use post_confirmation::groups::{GroupFault, Groups, UserPoolGroups};
use serde_json::{Value, json};

/// Answers one request; the thread returns its target and its body.
fn pool(status: &'static str, body: Value) -> (String, JoinHandle<(String, Value)>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let answered = spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = BufReader::new(stream.try_clone().unwrap());
        let (mut target, mut length) = (String::new(), 0);
        loop {
            let mut line = String::new();
            request.read_line(&mut line).unwrap();
            match line.trim_end().split_once(": ") {
                Some((name, value)) if name.eq_ignore_ascii_case("x-amz-target") => {
                    target = value.to_owned();
                }
                Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                    length = value.parse().unwrap();
                }
                None if line.trim_end().is_empty() => break,
                _ => {}
            }
        }
        let mut asked = vec![0; length];
        request.read_exact(&mut asked).unwrap();
        let body = body.to_string();
        let head = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n", body.len());
        write!(stream, "{head}content-type: application/x-amz-json-1.1\r\n\r\n{body}").unwrap();
        (target, serde_json::from_slice(&asked).unwrap())
    });
    (url, answered)
}

#[tokio::test]
async fn a_user_is_added_by_the_name_the_event_has() {
    let (url, answered) = pool("200 OK", json!({}));
    let groups = UserPoolGroups::new(&lifeguard_aws::stand_in(&url).await);
    assert_eq!(groups.add("eu-west-1_Pool", "noor", "members").await, Ok(()));
    let (target, body) = answered.join().unwrap();
    assert_eq!(target, "AWSCognitoIdentityProviderService.AdminAddUserToGroup");
    let asked = json!({"UserPoolId": "eu-west-1_Pool", "Username": "noor", "GroupName": "members"});
    assert_eq!(body, asked);
}

#[tokio::test]
async fn an_error_that_repeats_the_name_leaves_its_code_only() {
    let error = json!({
        "__type": "InvalidParameterException",
        "message": "Value 'noor@example.net' at 'username' failed to satisfy constraint",
    });
    let (url, answered) = pool("400 Bad Request", error);
    let groups = UserPoolGroups::new(&lifeguard_aws::stand_in(&url).await);
    let fault = groups.add("eu-west-1_Pool", "noor@example.net", "members").await;
    assert_eq!(fault, Err(GroupFault("InvalidParameterException".to_owned())));
    answered.join().unwrap();
}
