//! A stand-in for a service of AWS that speaks JSON 1.1 and answers as told.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread::{JoinHandle, spawn};

use serde_json::Value;

/// A request as it came: the header `x-amz-target` and the body.
pub type Request = (String, Value);

/// Answers one request after another, each on a connection of its own, with a status such as
/// `200 OK` and a body. Returns the URL, and a thread that ends with the requests.
#[must_use]
pub fn serve(answers: Vec<(&'static str, Value)>) -> (String, JoinHandle<Vec<Request>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let answered = spawn(move || {
        let answer = |(status, body): (&str, Value)| {
            let (mut stream, _) = listener.accept().unwrap();
            let request = receive(&stream);
            let body = body.to_string();
            let head = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n", body.len());
            let head = format!("{head}connection: close\r\n");
            write!(stream, "{head}content-type: application/x-amz-json-1.1\r\n\r\n{body}").unwrap();
            request
        };
        answers.into_iter().map(answer).collect()
    });
    (url, answered)
}

fn receive(stream: &TcpStream) -> Request {
    let mut request = BufReader::new(stream);
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
    let mut body = vec![0; length];
    request.read_exact(&mut body).unwrap();
    (target, serde_json::from_slice(&body).unwrap())
}
