//! The sample page for links waits for its button, and needs nothing but the user pool.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use regex::Regex;
use serde_json::Value;
use sha2::{Digest, Sha256};

const PAGE: &str = include_str!("../../docs/link-page.html");

/// The text between two marks of which there is one each.
#[track_caller]
fn between<'t>(text: &'t str, open: &str, close: &str) -> &'t str {
    assert_eq!(text.matches(open).count(), 1, "{open}");
    text.split_once(open).unwrap().1.split_once(close).unwrap().0
}

fn script() -> &'static str {
    between(PAGE, "<script type=\"module\">", "</script>")
}

fn comment() -> &'static str {
    between(PAGE, "<!--", "-->")
}

fn body() -> &'static str {
    between(PAGE, "<body>", "<script type=\"module\">")
}

#[test]
fn only_a_button_answers() {
    assert!(body().contains("<button type=\"button\" id=\"sign-in\" hidden>"));
    let script = script();
    let caller = Regex::new(r"\b(signIn|goOn)\(").unwrap();
    let places: Vec<&str> =
        script.lines().filter(|line| caller.is_match(line)).map(str::trim).collect();
    let expected = ["async function signIn() {", "goOn();", "function goOn() {"];
    assert_eq!(places, expected, "nothing starts it but the listener of the button");
    for listener in ["signInButton, signIn", "goOnButton, goOn"] {
        let (button, handler) = listener.split_once(", ").unwrap();
        assert!(script.contains(&format!("{button}.addEventListener(\"click\", {handler});")));
    }
    assert_eq!(script.matches("fetch(").count(), 1);
    assert_eq!(script.matches("answerLink()").count(), 2, "its definition and its call in signIn");
    for mark in [".click(", "submit", "dispatchEvent", "setTimeout", "setInterval", "import"] {
        assert!(!script.contains(mark), "the script contains {mark}");
    }
    for mark in ["<form", "<iframe", "<img", "http-equiv", "autofocus", " onload", " onclick"] {
        assert!(!PAGE.contains(mark), "the page contains {mark}");
    }
}

#[test]
fn nothing_comes_from_or_goes_to_another_host() {
    let page = PAGE.replace(comment(), "");
    let address = Regex::new(r#"(?:https?:)?//[a-z0-9.-]+[^\s"]*"#).unwrap();
    let named: Vec<&str> = address.find_iter(&page).map(|found| found.as_str()).collect();
    assert_eq!(named, ["https://cognito-idp.eu-west-1.amazonaws.com/"], "the configured endpoint");
    for mark in [" src=", " href=", "@import", "url(", "sendBeacon", "WebSocket", "XMLHttp"] {
        assert!(!page.contains(mark), "the page contains {mark}");
    }
}

#[test]
fn the_link_leaves_the_address_bar_and_no_text_becomes_markup() {
    assert!(PAGE.contains("<meta name=\"referrer\" content=\"no-referrer\">"));
    let offer = between(script(), "function offer() {", "\n}\n");
    let replaced = offer.find("history.replaceState(null, \"\", location.pathname");
    assert!(replaced.unwrap() < offer.find("if (").unwrap(), "before anything else is decided");
    for mark in ["innerHTML", "outerHTML", "insertAdjacent", "document.write", "eval(", "pushState"]
    {
        assert!(!script().contains(mark), "the script contains {mark}");
    }
}

#[test]
fn every_setting_of_the_page_is_explained() {
    let block =
        between(PAGE, "<script type=\"application/json\" id=\"configuration\">", "</script>");
    let settings: Value = serde_json::from_str(block).unwrap();
    let given: BTreeSet<&str> = settings.as_object().unwrap().keys().map(String::as_str).collect();
    let explained = Regex::new(r"(?m)^  ([a-zA-Z]+)  +\S").unwrap();
    let explained: BTreeSet<&str> =
        explained.captures_iter(comment()).map(|found| found.get(1).unwrap().as_str()).collect();
    assert_eq!(given, explained);
    let read = between(script(), "\nconst { ", " } = JSON").split(',').map(str::trim);
    assert_eq!(read.collect::<BTreeSet<_>>(), given);
    assert_eq!(settings["linkBinding"], "same_session", "the default of the functions");
}

#[test]
fn the_policy_in_the_page_knows_its_script_and_its_style() {
    let style = between(PAGE, "<style>", "</style>");
    for (name, text) in [("script-src", script()), ("style-src", style)] {
        let hash = STANDARD.encode(Sha256::digest(text));
        assert!(comment().contains(&format!("{name} 'sha256-{hash}';")), "{name}: sha256-{hash}");
    }
    for part in
        ["default-src 'none'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"]
    {
        assert!(comment().contains(part), "{part}");
    }
}

#[test]
fn whatever_is_said_is_said_to_a_screen_reader_too() {
    assert!(PAGE.contains("<html lang=\"en\">"));
    for place in ["<p id=\"outcome\" role=\"status\">", "<p id=\"trouble\" role=\"alert\">", "<h1>"]
    {
        assert_eq!(body().matches(place).count(), 1, "{place}");
    }
    assert!(body().contains("<noscript>"));
}
