//! The bill of a month: how often each price is due.

use std::collections::BTreeMap;

use anyhow::Context;
use serde_json::Value;

use super::prices::Prices;
use super::usage::{FunctionCosts, Usage};

/// A part of the bill: its name, the prices in it, dollars.
pub struct Line {
    /// Name of the part.
    pub name: &'static str,
    /// Names of the prices in it.
    pub prices: Vec<&'static str>,
    /// US dollars.
    pub dollars: f64,
}

/// Prices a thousand sign-ins at the margin: the difference between two months so far apart.
///
/// # Errors
/// A guess or a price is missing.
pub fn of_thousand_sign_ins(
    usage: &Usage,
    prices: &Prices,
    rounds: f64,
) -> anyhow::Result<Vec<Line>> {
    let people = 1e6;
    let more = 1000.0 / usage.number("people", "sign-ins of one person a month")?;
    let dear = Month::of_users(usage, people + more, rounds)?.lines(prices)?;
    let cheap = Month::of_users(usage, people, rounds)?.lines(prices)?;
    let pairs = dear.into_iter().zip(cheap);
    Ok(pairs.map(|(a, b)| Line { dollars: a.dollars - b.dollars, ..a }).collect())
}

/// Invocations and calls of a month.
pub struct Month<'a> {
    usage: &'a Usage,
    count: BTreeMap<String, f64>,
    runs: BTreeMap<String, f64>,
}

impl<'a> Month<'a> {
    /// A month of so many active users, with so many rounds in a sign-in.
    ///
    /// # Errors
    /// A guess is missing.
    pub fn of_users(usage: &'a Usage, users: f64, rounds: f64) -> anyhow::Result<Self> {
        let mut month = Self { usage, count: BTreeMap::new(), runs: BTreeMap::new() };
        let people = |name| usage.number("people", name);
        let sign_ins = users * people("sign-ins of one person a month")?;
        let starts = sign_ins * (1.0 + people("further mails for one sign-in")?);
        month.add("start", starts);
        month.add("first_round", starts * (rounds - 1.0));
        month.add("answer", sign_ins);
        month.add("wrong_answer", sign_ins * people("wrong codes for one sign-in")?);
        month.add("new_person", users * people("part of the people who are new")?);
        let row = |name| usage.number("rows", name);
        let stored = row("challenge_bytes")? + row("profile_bytes")? + 2.0 * row("overhead_bytes")?;
        month.count.insert("stored_gb".to_owned(), stored / 1e9 * users);
        Ok(month)
    }

    /// A month of so many tokens of developer-identity and nothing else.
    #[must_use]
    pub fn of_tokens(usage: &'a Usage, tokens: f64) -> Self {
        let mut month = Self { usage, count: BTreeMap::new(), runs: BTreeMap::new() };
        month.add("token", tokens);
        month
    }

    /// Returns how often something happens.
    #[must_use]
    pub fn counted(&self, what: &str) -> f64 {
        self.count.get(what).copied().unwrap_or_default()
    }

    fn add(&mut self, occasion: &str, times: f64) {
        let usage = self.usage;
        for function in &usage.functions {
            for (name, number) in function.occasions.get(occasion).into_iter().flatten() {
                let (counts, name) = match name.as_str() {
                    "invocations" => (&mut self.runs, &function.name),
                    _ => (&mut self.count, name),
                };
                *counts.entry(name.clone()).or_default() += number * times;
            }
        }
        let beside = usage.guesses.pointer(&format!("/occasions/{occasion}"));
        for (name, number) in beside.and_then(Value::as_object).into_iter().flatten() {
            let number = number.as_f64().unwrap_or_default();
            *self.count.entry(name.clone()).or_default() += number * times;
        }
    }

    /// Returns the parts of the bill that grow with use.
    ///
    /// # Errors
    /// A guess or a price is missing.
    pub fn lines(&self, prices: &Prices) -> anyhow::Result<Vec<Line>> {
        let time = |name| self.usage.number("time", name);
        let all: f64 = self.runs().map(|(_, runs)| runs).sum();
        let logs: f64 = self.runs().map(|(function, runs)| runs * function.log_bytes).sum();
        let logs = logs / 1e9;
        let kept = logs * time("days that logs are kept")? / 30.0;
        let traces = all * time("part of the invocations that X-Ray samples")?;
        let (reads, stored) = (self.secret_reads()?, self.counted("stored_gb"));
        let stream = self.runs.get("deliver-message").copied().unwrap_or_default();
        let requests = self.runs().map(|(function, runs)| runs * function.pool_requests).sum();
        let parts: [(&str, Vec<(&str, f64)>); 10] = [
            ("mails", vec![("ses_essentials", self.counted("mail"))]),
            (
                "invocations",
                vec![("lambda_request", all), ("lambda_gb_second", self.gb_seconds()?)],
            ),
            ("requests of the HTTP API", vec![("http_request", self.counted("http_request"))]),
            ("writes of DynamoDB", vec![("dynamodb_write", self.counted("dynamodb_write"))]),
            ("its stream, read by Lambda", vec![("dynamodb_stream_read", stream)]),
            (
                "rows and their backup",
                vec![("dynamodb_storage", stored), ("dynamodb_backup", stored)],
            ),
            ("logs, taken in and kept", vec![("log_gb", logs), ("log_gb_month", kept)]),
            ("traces", vec![("trace", traces)]),
            (
                "the code key and its key",
                vec![("secret_read", reads), ("kms_call", reads + self.key_calls()?)],
            ),
            ("requests seen by the firewall", vec![("waf_request", requests)]),
        ];
        let mut lines = Vec::new();
        for (name, units) in parts {
            if units.iter().all(|(_, number)| *number == 0.0) {
                continue;
            }
            let mut dollars = 0.0;
            for (price, number) in &units {
                dollars += prices.price(price, *number)?;
            }
            let prices = units.into_iter().map(|(price, _)| price).collect();
            lines.push(Line { name, prices, dollars });
        }
        Ok(lines)
    }

    fn runs(&self) -> impl Iterator<Item = (&'a FunctionCosts, f64)> + '_ {
        let runs = |name: &str| self.runs.get(name).copied().unwrap_or_default();
        self.usage.functions.iter().map(move |function| (function, runs(&function.name)))
    }

    fn gb_seconds(&self) -> anyhow::Result<f64> {
        let cold = self.usage.number("time", "part of the invocations that start an instance")?
            * self.usage.number("time", "milliseconds that adds")?;
        let seconds = self.runs().map(|(function, runs)| {
            runs * function.memory / 1024.0 * (function.milliseconds + cold) / 1000.0
        });
        Ok(seconds.sum())
    }

    /// Counts reads of the code key: by every instance when it starts, and anew now and then.
    fn secret_reads(&self) -> anyhow::Result<f64> {
        let hours = self.usage.number("time", "hours of a month")?;
        let anew = hours * self.usage.number("secret", "reads_an_hour")?;
        let starts = self.usage.number("time", "part of the invocations that start an instance")?;
        let peak = self.usage.number("people", "the busiest second against the average")?;
        let readers = self.runs().filter(|(function, _)| function.reads_code_key);
        Ok(readers
            .map(|(function, runs)| {
                let busiest = runs / (hours * 3600.0) * peak;
                let instances = (busiest * function.milliseconds / 1000.0).ceil();
                instances * anew + runs * starts
            })
            .sum())
    }

    fn key_calls(&self) -> anyhow::Result<f64> {
        let hours = self.usage.number("time", "hours of a month")?;
        let calls = self.usage.number("keys", "calls_an_hour").context("keys")?;
        Ok(hours * calls * self.usage.number("keys", "tables")?)
    }
}
