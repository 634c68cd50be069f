//! A user, a user without a verified address and an unknown user: the same calls of the functions and the
//! same answers to the client, whatever is asked, answered and used up.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

mod sign_ins;

use lifeguard_testkit::answers::{code_in, fragment_in};
use local_cognito::user_pool::FakeUserName;
use local_cognito_testing::{Call, Reply, TestCognito};
use serde_json::json;
use sign_ins::{ANYWHERE, CODES, LINKS, Pending, RUNTIME, SignIns, WRONG, shared};

/// Client and method of every walk.
const WAYS: [(&str, &str); 4] = [
    (CODES, "EMAIL_OTP"),
    (LINKS, "MAGIC_LINK"),
    (ANYWHERE, "EMAIL_OTP"),
    (ANYWHERE, "MAGIC_LINK"),
];

/// Three people who must look the same, by the names with which they sign in.
struct Three([String; 3]);

impl Three {
    async fn new(cognito: &TestCognito, occasion: &str) -> Self {
        let names =
            ["known", "unverified", "unknown"].map(|who| format!("{who}-{occasion}@example.net"));
        cognito.add_with_address(&names[0], "true").await;
        cognito.add_with_address(&names[1], "false").await;
        Self(names)
    }
}

/// Answer of one step as the client saw it, and the calls of the functions meanwhile.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Seen {
    step: String,
    replies: Vec<Reply>,
    calls: Vec<Call>,
}

/// One user's walk through the sign-in.
struct Walk<'a> {
    cognito: &'a TestCognito,
    way: (&'static str, &'static str),
    name: &'a str,
    /// The name that trigger events have.
    user_name: String,
    pending: Option<Pending>,
    seen: Vec<Seen>,
}

impl<'a> Walk<'a> {
    fn new(cognito: &'a TestCognito, way: (&'static str, &'static str), name: &'a str) -> Self {
        Self { cognito, way, name, user_name: String::new(), pending: None, seen: Vec::new() }
    }

    async fn start(&mut self, step: &str) {
        let mark = self.cognito.calls().mark();
        let (client, method) = self.way;
        let (pending, replies) = self.cognito.begin(client, method, self.name).await;
        self.user_name = pending.as_ref().unwrap().user_name.clone();
        self.pending = pending;
        self.note(step, replies, mark);
    }

    async fn pass_the_gap(&self) {
        self.cognito.pass_the_gap(self.way.0, &self.user_name).await;
    }

    async fn answer(&mut self, step: &str, answer: &str) {
        let Some(pending) = self.pending.take() else { panic!("{step}: {:?}", self.seen.last()) };
        let mark = self.cognito.calls().mark();
        let reply = self.cognito.answer(&pending, answer).await;
        self.pending = sign_ins::pending(&pending.client, pending.method, &reply);
        self.note(step, vec![reply], mark);
    }

    /// The mail delivery goes on beside the sign-in and after it; it is looked at elsewhere.
    fn note(&mut self, step: &str, replies: Vec<Reply>, mark: usize) {
        let mut calls = self.cognito.calls().since(mark);
        calls.retain(|call| call.function != "deliver-message");
        let replies = replies.iter().map(sign_ins::masked).collect();
        self.seen.push(Seen { step: step.to_owned(), replies, calls });
    }

    /// Five answers that are wrong, each in its way.
    async fn answers(&mut self, occasion: &str, foreign_link: &str) {
        let tampered = format!("{}A", &foreign_link[..foreign_link.len() - 1]);
        let answers = [WRONG, "0000 0000", foreign_link, &tampered, "a.b"];
        for (place, answer) in answers.iter().enumerate() {
            self.answer(&format!("{occasion}, answer {place}"), answer).await;
        }
        assert!(self.pending.is_none(), "{occasion}: five answers are the end");
    }
}

/// Everything that can be asked, answered and used up without a right answer; `guesses` are the
/// wrong codes after each further message.
async fn walk<'a>(
    cognito: &'a TestCognito,
    way: (&'static str, &'static str),
    name: &'a str,
    link: &str,
    guesses: [usize; 4],
) -> Walk<'a> {
    let mut walk = Walk::new(cognito, way, name);
    walk.start("start").await;
    walk.answers("first session", link).await;
    walk.start("again within the gap").await;
    walk.answer("within the gap", WRONG).await;
    for (message, guesses) in guesses.into_iter().enumerate() {
        walk.pass_the_gap().await;
        walk.start(&format!("further message {message}")).await;
        for guess in 0..guesses {
            let step = format!("further message {message}, guess {guess}");
            walk.answer(&step, &format!("{WRONG}{guess}")).await;
        }
    }
    walk.start("before the next mail").await;
    walk.answers("before the next mail", link).await;
    walk
}

/// A link of another user, from a mail.
async fn foreign_link(cognito: &TestCognito, client: &str, occasion: &str) -> String {
    let eve = format!("eve-{occasion}@example.net");
    cognito.add_with_address(&eve, "true").await;
    cognito.begin(client, "MAGIC_LINK", &eve).await;
    fragment_in(&cognito.mail(&eve, 1).await)
}

#[track_caller]
fn check(way: (&str, &str), one: &[Seen], other: &[Seen], name: &str) {
    assert_eq!(one.len(), other.len());
    for (one, other) in one.iter().zip(other) {
        assert_eq!(one.step, other.step);
        assert_eq!(one.replies, other.replies, "{way:?}, {name}: {}", one.step);
        let calls = |seen: &Seen| {
            let kinds = seen.calls.iter().map(|call| Call { size: 0, ..call.clone() });
            kinds.collect::<Vec<_>>()
        };
        assert_eq!(calls(one), calls(other), "{way:?}, {name}: {}", one.step);
        for (one_call, other_call) in one.calls.iter().zip(&other.calls) {
            let difference = one_call.size.abs_diff(other_call.size);
            assert!(difference <= 64, "{way:?}, {name}: {}: {difference} bytes", one.step);
        }
    }
}

/// T12, T13: every step of every way, for three people.
#[test]
fn t12_unknown_user_is_not_told_apart_by_answers_or_calls() {
    RUNTIME.block_on(async {
        let cognito = shared().await;
        for (place, way) in WAYS.into_iter().enumerate() {
            let occasion = format!("t12-{place}");
            let client = if way.1 == "MAGIC_LINK" { way.0 } else { ANYWHERE };
            let link = foreign_link(&cognito, client, &occasion).await;
            let three = Three::new(&cognito, &occasion).await;
            let mut walks = Vec::new();
            for name in &three.0 {
                let walk = walk(&cognito, way, name, &link, [4, 4, 4, 4]).await;
                let row = cognito.row(walk.way.0, &walk.user_name).await;
                assert!(row["s5"]["N"] != "0" && row["s6"]["N"] == "0", "{name}: {row}");
                // Short codes are used up, whatever the user.
                assert!(row["bad"]["N"] == "20" && row["t20"]["N"] != "0", "{name}: {row}");
                walks.push(walk.seen);
            }
            assert!(walks[0].iter().any(|seen| !seen.calls.is_empty()));
            for (seen, name) in walks.iter().zip(&three.0).skip(1) {
                check(way, &walks[0], seen, name);
            }
        }
    });
}

/// T12: the same where every sign-in of an unknown user has another name, as long as no wrong codes are
/// used up.
#[test]
fn t12_unknown_users_with_new_names_are_not_told_apart() {
    RUNTIME.block_on(async {
        let cognito = sign_ins::start_with(&[], FakeUserName::Fresh).await;
        for (place, way) in WAYS.into_iter().enumerate() {
            let occasion = format!("fresh-{place}");
            let link = foreign_link(&cognito, ANYWHERE, &occasion).await;
            let three = Three::new(&cognito, &occasion).await;
            let known = walk(&cognito, way, &three.0[0], &link, [1, 1, 1, 0]).await;
            let unknown = walk(&cognito, way, &three.0[2], &link, [1, 1, 1, 0]).await;
            assert_ne!(known.user_name, unknown.user_name);
            check(way, &known.seen, &unknown.seen, &three.0[2]);
        }
    });
}

/// T12: what a client asks wrongly is refused in the same words for everybody.
#[test]
fn t12_refusal_says_nothing_about_the_user() {
    RUNTIME.block_on(async {
        let cognito = shared().await;
        let three = Three::new(&cognito, "refused").await;
        let requests = [
            json!({"signInMethod": "FAX"}),
            json!({"signInMethod": "FIDO2"}),
            json!({}),
            json!({"signInMethod": "MAGIC_LINK"}),
            json!({"signInMethod": "MAGIC_LINK", "redirectUri": "https://evil.example/"}),
        ];
        for request in requests {
            let mut replies = Vec::new();
            for name in &three.0 {
                let asked = cognito.start_at(ANYWHERE, name).await;
                let asked = sign_ins::pending(ANYWHERE, "", &asked).unwrap();
                let reply = cognito.answer_with(&asked, "__dummy__", request.clone()).await;
                replies.push(sign_ins::masked(&reply));
            }
            assert_eq!(replies[0].status, 400, "{request}");
            assert_eq!(replies[0], replies[1], "{request}");
            assert_eq!(replies[0], replies[2], "{request}");
        }
    });
}

/// T13: the start of a sign-in is one call, of one size, and the mail is not part of it.
#[test]
fn t13_the_mail_service_is_never_on_the_path_of_a_sign_in() {
    RUNTIME.block_on(async {
        let cognito = shared().await;
        let three = Three::new(&cognito, "path").await;
        for name in &three.0 {
            let mark = cognito.calls().mark();
            cognito.begin(CODES, "EMAIL_OTP", name).await;
            cognito.settle().await;
            let calls = cognito.calls().since(mark);
            let of_create: Vec<&str> = calls
                .iter()
                .filter(|call| call.function == "create-auth-challenge")
                .map(|call| call.action.as_str())
                .collect();
            assert_eq!(of_create, ["DynamoDB_20120810.UpdateItem"], "{name}");
            let mails = calls.iter().filter(|call| call.action.starts_with("/v2/email/"));
            assert!(mails.clone().all(|call| call.function == "deliver-message"), "{name}");
        }
    });
}

/// T14: the same requests leave the same budgets behind, for known and unknown users.
#[test]
fn t14_unknown_user_has_the_budgets_of_a_known_one() {
    RUNTIME.block_on(async {
        let cognito = shared().await;
        let three = Three::new(&cognito, "budgets").await;
        let mut budgets = Vec::new();
        for name in &three.0 {
            let mut walk = Walk::new(&cognito, WAYS[0], name);
            for message in 0..6 {
                walk.start("start").await;
                for guess in 0..3 {
                    walk.answer("guess", &format!("{message}{guess}x")).await;
                }
                walk.pass_the_gap().await;
            }
            let row = cognito.row(walk.way.0, &walk.user_name).await;
            // Nothing was right, so `done` is still where the numbers of the row began.
            let number = |name: &str| row[name]["N"].as_str().unwrap().parse::<u64>().unwrap();
            let issued = number("seq") - number("done");
            let filled = |log: char, length: usize| {
                let places = (1..=length).map(|place| &row[format!("{log}{place}")]["N"]);
                places.filter(|at| at.as_str().is_some_and(|at| at != "0")).count()
            };
            assert_eq!(row.get("ttl").is_some(), name.starts_with("unknown"), "{name}: {row}");
            budgets.push((issued, filled('s', 10), filled('t', 20), row["bad"]["N"].clone()));
        }
        assert_eq!(budgets[0], (6, 6, 18, json!("18")));
        assert_eq!(budgets[0], budgets[1]);
        assert_eq!(budgets[0], budgets[2]);
    });
}

/// T17, for mail: an unknown user, or one without a verified address, costs no message.
#[test]
fn t17_names_without_a_verified_address_reach_no_mail_service() {
    RUNTIME.block_on(async {
        let cognito = shared().await;
        let three = Three::new(&cognito, "messages").await;
        for (place, way) in WAYS.into_iter().enumerate() {
            let mark = cognito.calls().mark();
            for name in &three.0 {
                let (pending, _) = cognito.begin(way.0, way.1, name).await;
                cognito.pass_the_gap(way.0, &pending.unwrap().user_name).await;
            }
            let calls = cognito.calls().since(mark);
            let of_delivery = |action: &str| {
                let calls = calls.iter().filter(|call| call.function == "deliver-message");
                calls.filter(|call| call.action.starts_with(action)).count()
            };
            assert_eq!(of_delivery("DynamoDB_20120810.UpdateItem"), 3, "{way:?}");
            cognito.mail(&three.0[0], place + 1).await;
        }
        assert_eq!(cognito.server().outbox().to(&three.0[0]).len(), WAYS.len());
        assert_eq!(cognito.server().outbox().to(&three.0[1]), []);
        assert_eq!(cognito.server().outbox().to(&three.0[2]), []);
    });
}

/// T28, through the whole sign-in: the code of another user's mail opens nothing for an unknown one.
#[test]
fn t28_code_and_link_of_a_user_fail_for_an_unknown_one() {
    RUNTIME.block_on(async {
        let cognito = shared().await;
        let three = Three::new(&cognito, "tokens").await;
        for way in [(ANYWHERE, "EMAIL_OTP"), (ANYWHERE, "MAGIC_LINK")] {
            let count = cognito.server().outbox().to(&three.0[0]).len();
            let (pending, _) = cognito.begin(way.0, way.1, &three.0[0]).await;
            let mail = cognito.mail(&three.0[0], count + 1).await;
            let mut answers = vec![code_in(&mail)];
            if way.1 == "MAGIC_LINK" {
                answers.push(fragment_in(&mail));
            }
            for answer in answers {
                for name in &three.0[1..] {
                    let (pending, _) = cognito.begin(way.0, way.1, name).await;
                    let reply = cognito.answer(&pending.unwrap(), &answer).await;
                    assert!(!reply.is_tokens(), "{name}");
                }
            }
            cognito.pass_the_gap(way.0, &pending.unwrap().user_name).await;
        }
    });
}
