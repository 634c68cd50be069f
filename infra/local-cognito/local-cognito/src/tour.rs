//! The tour: the whole picture once, step by step, by a client of the host's own HTTP interface.
//!
//! Every step says beforehand what is to happen: the outcome, the triggers in order, and the AWS
//! calls that the functions make. Anything else fails the tour.

mod account;
mod administration;
mod attack;
mod audit;
mod client;
mod credentials;
mod developer;
mod link;
mod logins;
mod program;
mod recovery;
mod report;
mod sign_in;
mod stranger;

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::time::Instant;

use self::client::Client;
use self::report::{Finding, Report};
use crate::host::Host;
use crate::journal::Entry;

/// Plays the tour and prints its account: lines for people, or one JSON object a line.
pub async fn run(host: &Host, json: bool) -> ExitCode {
    host.logs().hush();
    let client = match Client::new(host) {
        Ok(client) => client,
        Err(error) => {
            eprintln!("{error:#}");
            return ExitCode::FAILURE;
        }
    };
    let mut tour = Tour { host, client, report: Report::new(json) };
    for chapter in Chapter::ALL {
        // A chapter ends at its first step that fails; the report has it.
        let _ = tour.play(chapter).await;
    }
    if tour.report.close() { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

#[derive(Clone, Copy)]
enum Chapter {
    Account,
    SignIn,
    Link,
    Stranger,
    Attack,
    Developer,
    Logins,
    Credentials,
    Program,
    Recovery,
    Administration,
    Audit,
}

impl Chapter {
    const ALL: [Self; 12] = [
        Self::Account,
        Self::SignIn,
        Self::Link,
        Self::Stranger,
        Self::Attack,
        Self::Developer,
        Self::Logins,
        Self::Credentials,
        Self::Program,
        Self::Recovery,
        Self::Administration,
        Self::Audit,
    ];
}

/// The tour under way.
struct Tour<'a> {
    host: &'a Host,
    client: Client<'a>,
    report: Report,
}

/// A step that did not go as expected; the report says how.
struct Stopped;

/// What a step says beforehand.
struct Plan<'a> {
    /// The step's name.
    name: &'a str,
    /// The outcome, in words.
    expected: &'a str,
    /// What happens behind it.
    happens: Happens<'a>,
}

/// What happens behind a step.
enum Happens<'a> {
    /// Exactly this, in this order.
    InTurn {
        /// The trigger sources.
        triggers: &'a [&'a str],
        /// The AWS calls of the functions, as `function service:Action`; reading the code key is
        /// a cold extra and is shown apart.
        aws_calls: &'a [&'a str],
    },
    /// Many things at once: only the outcome counts.
    AtOnce,
}

/// No trigger and no call.
const NOTHING: Happens<'static> = Happens::InTurn { triggers: &[], aws_calls: &[] };

const DEFINE: &str = "DefineAuthChallenge_Authentication";
const CREATE: &str = "CreateAuthChallenge_Authentication";
const VERIFY: &str = "VerifyAuthChallengeResponse_Authentication";
/// Stands among triggers and among calls for those that follow a successful sign-in: the template
/// says which.
const SIGNED_IN: &str = "(after a successful sign-in)";
const ISSUE_CALL: &str = "create-auth-challenge dynamodb:UpdateItem";
const JUDGE_CALL: &str = "verify-auth-challenge dynamodb:UpdateItem";

impl Tour<'_> {
    async fn play(&mut self, chapter: Chapter) -> Result<(), Stopped> {
        match chapter {
            Chapter::Account => account::play(self).await,
            Chapter::SignIn => sign_in::play(self).await,
            Chapter::Link => link::play(self).await,
            Chapter::Stranger => stranger::play(self).await,
            Chapter::Attack => attack::play(self).await,
            Chapter::Developer => developer::play(self).await,
            Chapter::Logins => logins::play(self).await,
            Chapter::Credentials => credentials::play(self).await,
            Chapter::Program => program::play(self).await,
            Chapter::Recovery => recovery::play(self).await,
            Chapter::Administration => administration::play(self).await,
            Chapter::Audit => audit::play(self).await,
        }
    }

    /// Takes one step and compares what happened with what was said.
    async fn step<T>(
        &mut self,
        plan: Plan<'_>,
        action: impl AsyncFnOnce(&Client<'_>) -> anyhow::Result<T>,
    ) -> Result<T, Stopped> {
        let mark = self.host.journal().mark();
        let lines_before = self.host.logs().all().len();
        let started = Instant::now();
        let outcome = action(&self.client).await;
        let millis = started.elapsed().as_millis();
        let mut seen = Seen::of(&self.host.journal().since(mark));
        let after = self.host.template().after_sign_in();
        let problem = match (&outcome, &plan.happens) {
            (Err(error), _) => Some(format!("{error:#}")),
            (Ok(_), Happens::InTurn { triggers, .. }) if seen.triggers != filled(triggers, &after.triggers) =>
            {
                Some("other triggers fired".to_owned())
            }
            (Ok(_), Happens::InTurn { aws_calls, .. }) if seen.aws_calls != filled(aws_calls, &after.aws_calls) =>
            {
                Some("other AWS calls were made".to_owned())
            }
            (Ok(_), _) => None,
        };
        if matches!(plan.happens, Happens::AtOnce) {
            seen = seen.counted();
        }
        let stopped = problem.is_some();
        self.report.add(&Finding {
            step: plan.name,
            expected: plan.expected,
            problem,
            triggers: &seen.triggers,
            aws_calls: &seen.aws_calls,
            cold_extras: &seen.cold_extras,
            millis,
        });
        if stopped {
            for line in self.host.logs().all().into_iter().skip(lines_before) {
                eprintln!("      [{}] {}", line.function, line.text);
            }
        }
        outcome.ok().filter(|_| !stopped).ok_or(Stopped)
    }
}

/// Returns a list of a plan with what follows a sign-in in its places.
fn filled(list: &[&str], after: &[String]) -> Vec<String> {
    list.iter()
        .flat_map(|entry| match *entry {
            SIGNED_IN => after.to_vec(),
            entry => vec![entry.to_owned()],
        })
        .collect()
}

/// What the journal holds of a step, without the mail delivery that goes on beside it.
struct Seen {
    triggers: Vec<String>,
    aws_calls: Vec<String>,
    cold_extras: Vec<String>,
}

/// Callers whose calls belong to no step: the mail delivery, and the tour's own client.
const BESIDE: [&str; 2] = ["deliver-message", "-"];

impl Seen {
    fn of(entries: &[Entry]) -> Self {
        let mut seen =
            Self { triggers: Vec::new(), aws_calls: Vec::new(), cold_extras: Vec::new() };
        for entry in entries {
            match entry {
                Entry::Invoked { source, .. } if !source.is_empty() => {
                    seen.triggers.push(source.clone());
                }
                Entry::Called { function, service, action }
                    if !BESIDE.contains(&function.as_str()) =>
                {
                    let calls = match service.as_str() {
                        "secretsmanager" => &mut seen.cold_extras,
                        _ => &mut seen.aws_calls,
                    };
                    calls.push(format!("{function} {service}:{action}"));
                }
                Entry::Invoked { .. } | Entry::Called { .. } => {}
            }
        }
        seen
    }

    /// The same with equal entries counted, for steps in which much happens at once.
    fn counted(self) -> Self {
        let count = |entries: Vec<String>| {
            let mut counts = BTreeMap::new();
            for entry in entries {
                *counts.entry(entry).or_insert(0u32) += 1;
            }
            counts.into_iter().map(|(entry, count)| format!("{count} × {entry}")).collect()
        };
        Self {
            triggers: count(self.triggers),
            aws_calls: count(self.aws_calls),
            cold_extras: count(self.cold_extras),
        }
    }
}
