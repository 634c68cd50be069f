//! Functions as the part of the template above the generated block declares them.

use anyhow::Context;
use serde_json::Value;

use super::dimensions::{self, DimensionSet};
use super::document::{Document, members, to_json};

/// A function, with what makes its generated resources differ from those of others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Function {
    /// Logical id, such as `PreSignUp`.
    pub id: String,
    /// Name without that of the stack, such as `pre-sign-up`.
    pub name: String,
    /// True if the user pool names it as a trigger.
    pub is_trigger: bool,
    /// Integrations of HTTP APIs with it.
    pub integrations: Vec<Integration>,
    /// Seconds that it may run for, if it differs from the other functions.
    pub timeout: Option<u64>,
    /// True if it answers some events with an error on purpose.
    pub refuses: bool,
    /// Lines of its log that are counted.
    pub counts: Vec<Count>,
    /// Alarms beside those that every function has.
    pub alarms: Vec<Alarm>,
    /// Alarms on the lines of one metric that have no counterpart in another.
    pub gaps: Vec<Gap>,
}

/// An integration of an HTTP API with a function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Integration {
    /// Logical id.
    pub id: String,
    /// Logical id of the API.
    pub api: String,
}

/// A metric that counts lines of a function's log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Count {
    /// Name of the metric.
    pub metric: String,
    /// Filter pattern of CloudWatch Logs; none if the lines themselves say that they count.
    pub pattern: Option<String>,
    /// Sets of members of such a line that are dimensions.
    pub by: Vec<DimensionSet>,
    /// Alarm on the number of lines in five minutes.
    pub alarm: Option<Alarm>,
}

/// An alarm on the difference of two metrics of our own, such as mails without an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// Logical id and name.
    pub name: String,
    /// Sentence for the operator.
    pub description: String,
    /// Difference from which on it rings, or the parameter that says it.
    pub threshold: String,
    /// Seconds of one point.
    pub period: String,
    /// Name of the metric that counts the beginnings.
    pub metric: String,
    /// Name of the metric that counts the ends.
    pub less: String,
    /// Name of a dimension of both and its value, as YAML.
    pub dimension: Option<(String, String)>,
}

/// An alarm on one metric.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alarm {
    /// Logical id and name.
    pub name: String,
    /// Sentence for the operator.
    pub description: String,
    /// Value from which on it rings, or the parameter that says it.
    pub threshold: String,
    /// Condition under which the stack has it.
    pub condition: Option<String>,
    /// Namespace, as YAML.
    pub namespace: String,
    /// Name of the metric.
    pub metric: String,
    /// Name of a dimension and the resource or attribute that it has as its value.
    pub dimension: Option<(String, String)>,
    /// Statistic of CloudWatch.
    pub statistic: String,
    /// Unit of the metric.
    pub unit: Option<String>,
    /// Seconds of one point.
    pub period: String,
    /// Points above the threshold and points looked at, unless both are one.
    pub points: Option<(String, String)>,
}

/// Reads the functions in the order of the text.
///
/// # Errors
/// A function lacks a name, or its `Metadata` holds something that is not known here.
pub fn functions(document: &Document) -> anyhow::Result<Vec<Function>> {
    let functions = document.of_type("AWS::Serverless::Function");
    functions
        .map(|(id, function)| {
            read(document, id, function).with_context(|| format!("the function {id}"))
        })
        .collect()
}

/// Returns the triggers of the user pool and the functions that it names for them.
///
/// # Errors
/// The pool has no triggers, or one that is not a function of the stack.
pub fn triggers(document: &Document) -> anyhow::Result<Vec<(String, String)>> {
    let (_, pool) = document.of_type("AWS::Cognito::UserPool").next().context("no user pool")?;
    let triggers = pool.pointer("/Properties/LambdaConfig");
    // They stand below a condition: a pool may be made without them.
    let triggers = triggers.map(|given| given.pointer("/Fn::If/1").unwrap_or(given));
    let triggers = triggers.and_then(Value::as_object).context("the user pool has no triggers")?;
    triggers
        .iter()
        .map(|(trigger, arn)| {
            let arn = arn.get("Fn::Sub").and_then(Value::as_str);
            let name = arn.and_then(|arn| arn.split_once(":function:${AWS::StackName}-"));
            let (_, name) =
                name.with_context(|| format!("{trigger} is no function of the stack"))?;
            Ok((trigger.clone(), name.to_owned()))
        })
        .collect()
}

fn read(document: &Document, id: &str, function: &Value) -> anyhow::Result<Function> {
    let name = function.pointer("/Properties/FunctionName/Fn::Sub").and_then(Value::as_str);
    let name = name.and_then(|name| name.strip_prefix("${AWS::StackName}-"));
    let name = name.context("its name does not begin with that of the stack")?;
    let mut own = Function {
        id: id.to_owned(),
        name: name.to_owned(),
        is_trigger: triggers(document)?.iter().any(|(_, function)| function == name),
        integrations: integrations(document, id),
        timeout: function.pointer("/Properties/Timeout").and_then(Value::as_u64),
        refuses: false,
        counts: Vec::new(),
        alarms: Vec::new(),
        gaps: Vec::new(),
    };
    for (member, value) in document.metadata(id)? {
        match member.as_str() {
            "Refuses" => own.refuses = value == true,
            "Counts" => {
                for (metric, count) in members(&value)? {
                    let count = read_count(&metric, &to_json(count)?);
                    own.counts.push(count.with_context(|| metric.clone())?);
                }
            }
            "Alarms" => {
                for (name, alarm) in members(&value)? {
                    let alarm = read_alarm(&name, &to_json(alarm)?);
                    own.alarms.push(alarm.with_context(|| name.clone())?);
                }
            }
            "Gaps" => {
                for (name, gap) in members(&value)? {
                    let gaps = read_gaps(document, &name, &to_json(gap)?);
                    own.gaps.extend(gaps.with_context(|| name.clone())?);
                }
            }
            "BuildMethod" | "BuildProperties" | "aws:asset:path" | "aws:asset:property" => {}
            other => anyhow::bail!("its metadata has {other}, which is not known"),
        }
    }
    Ok(own)
}

fn integrations(document: &Document, function: &str) -> Vec<Integration> {
    let integrations = document.of_type("AWS::ApiGatewayV2::Integration");
    integrations
        .filter(|(_, integration)| {
            integration.pointer("/Properties/IntegrationUri/Fn::GetAtt/0") == Some(&function.into())
        })
        .filter_map(|(id, integration)| {
            let api = integration.pointer("/Properties/ApiId/Ref")?.as_str()?;
            Some(Integration { id: id.to_owned(), api: api.to_owned() })
        })
        .collect()
}

fn read_count(metric: &str, count: &Value) -> anyhow::Result<Count> {
    let alarm = match count.get("Alarm").and_then(Value::as_str) {
        None => None,
        Some(alarm) => Some(Alarm {
            name: alarm.to_owned(),
            description: text(count, "Description")?,
            threshold: text(count, "Threshold")?,
            condition: None,
            namespace: "!Sub Lifeguard/${AWS::StackName}".to_owned(),
            metric: metric.to_owned(),
            dimension: None,
            statistic: "Sum".to_owned(),
            unit: None,
            period: "300".to_owned(),
            points: None,
        }),
    };
    let pattern = text(count, "Pattern").ok();
    let by = dimensions::read(count)?;
    anyhow::ensure!(pattern.is_some() == by.is_empty(), "it has a Pattern or By, not both");
    // The metric of an alarm has no dimension: it would count nothing.
    let is_whole = pattern.is_some() || by.iter().any(Vec::is_empty);
    anyhow::ensure!(alarm.is_none() || is_whole, "an alarm needs an empty set in By");
    Ok(Count { metric: metric.to_owned(), pattern, by, alarm })
}

/// Reads a gap: one alarm, or one for each app client of the stack.
fn read_gaps(document: &Document, name: &str, gap: &Value) -> anyhow::Result<Vec<Gap>> {
    let whole = Gap {
        name: name.to_owned(),
        description: text(gap, "Description")?,
        threshold: text(gap, "Threshold")?,
        period: text(gap, "Period")?,
        metric: text(gap, "Metric")?,
        less: text(gap, "Less")?,
        dimension: None,
    };
    match text(gap, "By").ok().as_deref() {
        None => Ok(vec![whole]),
        Some("client") => {
            let clients = document.of_type("AWS::Cognito::UserPoolClient");
            Ok(clients.map(|(id, client)| of_client(&whole, id, client)).collect())
        }
        Some(other) => anyhow::bail!("it is by {other}, which is not known"),
    }
}

/// A client with a condition may exist already; a parameter names it then.
fn of_client(gap: &Gap, id: &str, client: &Value) -> Gap {
    let value = match client.get("Condition").and_then(Value::as_str) {
        None => format!("!Ref {id}"),
        Some(condition) => format!("!If [{condition}, !Ref {id}, !Ref Existing{id}]"),
    };
    Gap {
        name: format!("{}Of{id}", gap.name),
        dimension: Some(("client".to_owned(), value)),
        ..gap.clone()
    }
}

fn read_alarm(name: &str, alarm: &Value) -> anyhow::Result<Alarm> {
    let watched = alarm.get("Watched").context("there is no Watched")?;
    let pair = |member: &str, between: &str| match text(watched, member) {
        Err(_) => Ok(None),
        Ok(text) => match text.split_once(between) {
            Some((first, second)) => Ok(Some((first.to_owned(), second.to_owned()))),
            None => anyhow::bail!("{member} is not two words with{between}between them"),
        },
    };
    let (namespace, metric) = pair("Metric", " ")?.context("there is no Metric")?;
    Ok(Alarm {
        name: name.to_owned(),
        description: text(alarm, "Description")?,
        threshold: text(watched, "Threshold")?,
        condition: text(watched, "Condition").ok(),
        namespace,
        metric,
        dimension: pair("Dimension", " ")?,
        statistic: text(watched, "Statistic")?,
        unit: text(watched, "Unit").ok(),
        period: text(watched, "Period")?,
        points: pair("Points", " of ")?,
    })
}

fn text(value: &Value, member: &str) -> anyhow::Result<String> {
    match value.get(member) {
        Some(Value::String(text)) => Ok(text.clone()),
        Some(Value::Number(number)) => Ok(number.to_string()),
        _ => anyhow::bail!("there is no {member}"),
    }
}
