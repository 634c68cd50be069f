//! `docs/costs.md`: what Lifeguard costs, from prices, guesses, the functions and the template.

pub mod memory;
pub mod month;
pub mod prices;
pub mod text;
pub mod usage;

use std::collections::BTreeMap;

use anyhow::Context;
use serde_json::Value;

use self::memory::Speed;
use self::month::{Line, Month};
use self::prices::Prices;
use self::text::{dollars, table, whole};
use self::usage::Usage;
use crate::template::declared;
use crate::template::document::Document;

/// Path of the page in the repository.
pub const PAGE: &str = "docs/costs.md";
/// Path of the folder with the prices, the guesses and the frame of the page.
pub const SOURCES: &str = "infra/costs";

const SIZES: [(&str, f64); 3] = [("10 k", 1e4), ("1 M", 1e6), ("100 M", 1e8)];
const PLANS: [(&str, &str); 3] =
    [("Lite", "cognito_lite"), ("Essentials", "cognito_essentials"), ("Plus", "cognito_plus")];

/// Texts from which the page is made.
#[derive(Clone, Debug)]
pub struct Sources {
    /// Frame of the page, with a mark for each table.
    pub frame: String,
    /// Content of `prices.yaml`.
    pub prices: String,
    /// Content of `usage.yaml`.
    pub usage: String,
    /// Content of `speed.yaml`.
    pub speed: String,
    /// The template.
    pub template: String,
    /// The packages of the functions, as `cargo metadata` describes them, by name.
    pub packages: BTreeMap<String, Value>,
}

impl Sources {
    fn prices(&self) -> anyhow::Result<Prices> {
        Prices::parse(&self.prices).context("prices.yaml")
    }

    fn usage(&self, template: &Document) -> anyhow::Result<Usage> {
        let usage = Usage::load(&self.usage, &self.packages, template);
        usage.context("usage.yaml and the functions")
    }
}

/// Returns `docs/performance.md` with its generated block written anew.
///
/// # Errors
/// As [`page`]; or the block is not where it should be.
pub fn performance(page: &str, sources: &Sources) -> anyhow::Result<String> {
    let usage = sources.usage(&Document::parse(&sources.template)?)?;
    let speed = Speed::parse(&sources.speed).context("speed.yaml")?;
    memory::regenerated(page, &speed, &usage, &sources.prices()?).context(memory::PAGE)
}

/// Returns the page.
///
/// # Errors
/// A source cannot be read, or a function says nothing of its costs.
pub fn page(sources: &Sources) -> anyhow::Result<String> {
    let template = Document::parse(&sources.template)?;
    let (prices, usage) = (sources.prices()?, sources.usage(&template)?);
    let standing = standing(&template)?;
    let mut shown = Vec::new();
    for (name, price, number) in standing.iter().filter(|(_, _, number)| *number > 0.0) {
        shown.push(format!("{number} {name} at {}", dollars(prices.price(price, 1.0)?, 2)));
    }
    let parts = [
        ("thousand", by_thousand(&usage, &prices)?),
        ("month", by_month(&usage, &prices, &standing)?),
        ("standing", shown.join(", ")),
        ("token", by_token(&usage, &prices)?),
        ("waiting", waiting(&usage, &prices, &template)?),
        ("assumed", assumed(&usage)),
        ("prices", price_table(&prices)?),
    ];
    let mut page = sources.frame.clone();
    for (name, part) in parts {
        page = page.replace(&format!("<!-- {name} -->"), &part);
    }
    Ok(page)
}

/// Returns the parts of the bill that do not grow: name, price, number.
fn standing(template: &Document) -> anyhow::Result<[(&'static str, &'static str, f64); 7]> {
    let number = |kind: &str| template.of_type(kind).map(|_| 1.0).sum::<f64>();
    // An alarm is paid for by the metrics it looks at.
    let metrics = template.of_type("AWS::CloudWatch::Alarm").map(|(_, alarm)| {
        let metrics = alarm.pointer("/Properties/Metrics").and_then(Value::as_array);
        let metrics = metrics.into_iter().flatten();
        metrics.filter(|metric| metric.get("MetricStat").is_some()).map(|_| 1.0).sum::<f64>()
    });
    let rules = template.of_type("AWS::WAFv2::WebACL").map(|(_, firewall)| {
        let rules = firewall.pointer("/Properties/Rules").and_then(Value::as_array);
        rules.into_iter().flatten().map(|_| 1.0).sum::<f64>()
    });
    let own = number("AWS::Logs::MetricFilter") + embedded(template)?;
    Ok([
        ("metrics under alarm", "alarm", metrics.map(|metrics| metrics.max(1.0)).sum()),
        ("metrics of our own", "metric", own),
        ("dashboard", "dashboard", number("AWS::CloudWatch::Dashboard")),
        ("secret", "secret", number("AWS::SecretsManager::Secret")),
        ("key", "kms_key", number("AWS::KMS::Key")),
        ("firewall", "waf_acl", number("AWS::WAFv2::WebACL")),
        ("rules in it", "waf_rule", rules.sum()),
    ])
}

/// Counts the metrics that log lines make by themselves: of each set of dimensions one for every
/// combination of the values that they may have.
fn embedded(template: &Document) -> anyhow::Result<f64> {
    let clients = template.of_type("AWS::Cognito::UserPoolClient").map(|_| 1.0).sum::<f64>();
    let methods = template.sections.pointer("/Parameters/Methods/Default");
    let methods = methods.and_then(Value::as_str).context("Methods has no default")?;
    let methods = methods.split(',').map(|_| 1.0).sum::<f64>();
    let values = |(member, values): &(String, Vec<String>)| match member.as_str() {
        "client" => clients,
        "method" => methods,
        "service" => 1.0,
        _ => values.iter().map(|_| 1.0).sum(),
    };
    let functions = declared::functions(template)?;
    let counts = functions.iter().flat_map(|function| &function.counts);
    let sets = counts.flat_map(|count| &count.by);
    Ok(sets.map(|set| set.iter().map(values).product::<f64>()).sum())
}

fn by_month(
    usage: &Usage,
    prices: &Prices,
    standing: &[(&str, &str, f64)],
) -> anyhow::Result<String> {
    let (mut columns, mut mails) = (Vec::new(), Vec::new());
    for (_, users) in SIZES {
        let month = Month::of_users(usage, users, 1.0)?;
        columns.push(month.lines(prices)?);
        mails.push(month.counted("mail"));
    }
    let mut fixed = 0.0;
    for (_, price, number) in standing {
        fixed += prices.price(price, *number)?;
    }
    let mut rows = rows(prices, &columns, 2);
    let names: Vec<&str> = standing.iter().map(|(_, price, _)| *price).collect();
    let mut row = vec![prices.marked("what stands anyway", &names)];
    row.extend(columns.iter().map(|_| dollars(fixed, 2)));
    rows.push(row);
    let ours: Vec<f64> = columns.iter().map(|column| fixed + sum(column)).collect();
    let mut row = vec!["**Lifeguard**".to_owned()];
    row.extend(ours.iter().map(|cost| format!("**{}**", dollars(*cost, 2))));
    rows.push(row);
    let mut row = vec!["the same with mails à la carte".to_owned()];
    for (cost, number) in ours.iter().zip(mails) {
        let dear = prices.price("ses_essentials", number)?;
        row.push(dollars(cost - dear + prices.price("ses_a_la_carte", number)?, 2));
    }
    rows.push(row);
    for (plan, price) in PLANS {
        let mut row = vec![prices.marked(&format!("the user pool itself, plan {plan}"), &[price])];
        for (_, users) in SIZES {
            row.push(dollars(prices.price(price, users)?, 2));
        }
        rows.push(row);
    }
    let mut head = vec!["active people"];
    head.extend(SIZES.map(|(name, _)| name));
    Ok(table(&head, &rows, true))
}

fn by_thousand(usage: &Usage, prices: &Prices) -> anyhow::Result<String> {
    let mut columns = Vec::new();
    for rounds in [1.0, 2.0] {
        columns.push(month::of_thousand_sign_ins(usage, prices, rounds)?);
    }
    Ok(summed(&["a thousand sign-ins", "one round", "two rounds"], prices, &columns))
}

fn by_token(usage: &Usage, prices: &Prices) -> anyhow::Result<String> {
    let million = Month::of_tokens(usage, 1e6).lines(prices)?.into_iter();
    let column = million.map(|line| Line { dollars: line.dollars / 1000.0, ..line }).collect();
    Ok(summed(&["of a million, a thousand tokens", "US dollars"], prices, &[column]))
}

fn summed(head: &[&str], prices: &Prices, columns: &[Vec<Line>]) -> String {
    let mut rows = rows(prices, columns, 4);
    let mut row = vec!["**together**".to_owned()];
    row.extend(columns.iter().map(|column| format!("**{}**", dollars(sum(column), 4))));
    rows.push(row);
    table(head, &rows, true)
}

fn rows(prices: &Prices, columns: &[Vec<Line>], digits: usize) -> Vec<Vec<String>> {
    let first = columns.iter().take(1).flatten().enumerate();
    first
        .map(|(place, line)| {
            let cells = columns.iter().filter_map(|column| column.get(place));
            let cells = cells.map(|line| dollars(line.dollars, digits));
            [prices.marked(line.name, &line.prices)].into_iter().chain(cells).collect()
        })
        .collect()
}

fn sum(column: &[Line]) -> f64 {
    column.iter().map(|line| line.dollars).sum()
}

/// Prices an hour in which deliver-message does nothing but wait, in every batch that a shard of the
/// stream has under way.
fn waiting(usage: &Usage, prices: &Prices, template: &Document) -> anyhow::Result<String> {
    let batches = template.sections.pointer("/Parameters/ParallelizationFactor/Default");
    let batches = batches.and_then(Value::as_f64).context("no ParallelizationFactor")?;
    let mut functions = usage.functions.iter();
    let function = functions.find(|function| function.name == "deliver-message");
    let memory = function.context("no deliver-message")?.memory;
    let hour = prices.price("lambda_gb_second", batches * memory / 1024.0 * 3600.0)?;
    Ok(format!("{batches} executions for each shard of the stream, {} an hour", dollars(hour, 2)))
}

fn assumed(usage: &Usage) -> String {
    let shown = usage.shown.iter();
    let mut rows: Vec<_> =
        shown.map(|(name, value)| vec![name.clone(), value.to_string()]).collect();
    for function in &usage.functions {
        let name = format!("`{}`: milliseconds, at {} MB", function.name, function.memory);
        rows.push(vec![name, function.milliseconds.to_string()]);
    }
    table(&["guess", "value"], &rows, true)
}

fn price_table(prices: &Prices) -> anyhow::Result<String> {
    let mut rows = Vec::new();
    for (name, entry) in prices.entries() {
        let text = |member: &str| entry.get(member).and_then(Value::as_str);
        let steps = prices.steps(name)?.into_iter().map(|(until, each)| {
            let each = format!("{each:.10}");
            let each = each.trim_end_matches('0').trim_end_matches('.').to_owned();
            if until.is_infinite() { each } else { format!("{each} up to {}", whole(until)) }
        });
        let mut source = text("source").unwrap_or("(?) from memory").to_owned();
        if let Some(doubt) = text("doubt") {
            source = format!("{source}; (?) {doubt}");
        }
        rows.push(vec![
            text("unit").unwrap_or_default().to_owned(),
            steps.collect::<Vec<_>>().join(", then "),
            text("read").unwrap_or("(?)").to_owned(),
            source,
        ]);
    }
    Ok(table(&["one", "US dollars", "as of", "where"], &rows, false))
}
