//! The bucket and its rules for cross-origin requests.

use serde_json::{Value, json};

use super::complaint::{Complaint, TemplateError};
use super::properties::{Properties, Stack};

/// A rule for cross-origin requests to the bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CorsRule {
    /// Origins, each with at most one `*`.
    pub origins: Vec<String>,
    /// Methods.
    pub methods: Vec<String>,
    /// Request headers, in any letter case, each with at most one `*`.
    pub headers: Vec<String>,
    /// Headers of answers that a page may read.
    pub exposed: Vec<String>,
    /// Seconds for which a browser may keep the answer to a preflight.
    pub max_age: Option<u64>,
}

/// The methods that S3 takes in a rule.
const METHODS: [&str; 5] = ["GET", "PUT", "POST", "DELETE", "HEAD"];

/// Reads the name of the bucket and its rules.
pub(super) fn read(stack: &Stack<'_>) -> Result<(String, Vec<CorsRule>), TemplateError> {
    let bucket = stack.the("AWS::S3::Bucket")?;
    let name = stack.id(bucket.logical_id, "Resources")?;
    let path = format!("Resources/{}/Properties/CorsConfiguration", bucket.logical_id);
    let configuration = stack.property(bucket, "CorsConfiguration")?.unwrap_or_else(|| json!({}));
    let configuration = Properties::new(path, configuration)?;
    configuration.allow_only(&["CorsRules"])?;
    let path = configuration.path("CorsRules");
    let rules = match configuration.get("CorsRules") {
        None => Vec::new(),
        Some(Value::Array(rules)) => rules.clone(),
        Some(_) => return Err(Complaint::Expected("a list").at(&path)),
    };
    let rules = rules.into_iter().enumerate().map(|(index, rule)| {
        let rule = Properties::new(format!("{path}/{index}"), rule)?;
        read_rule(&rule)
    });
    Ok((name, rules.collect::<Result<_, _>>()?))
}

fn read_rule(rule: &Properties) -> Result<CorsRule, TemplateError> {
    rule.allow_only(&[
        "AllowedHeaders",
        "AllowedMethods",
        "AllowedOrigins",
        "ExposedHeaders",
        "Id",
        "MaxAge",
    ])?;
    rule.need("AllowedMethods")?;
    rule.need("AllowedOrigins")?;
    let texts = |name: &str, expected, is_right: fn(&str) -> bool| {
        let texts = rule.texts(name)?;
        match texts.iter().all(|text| is_right(text)) {
            true => Ok(texts),
            false => Err(Complaint::Expected(expected).at(&rule.path(name))),
        }
    };
    let has_one_wildcard = |text: &str| text.matches('*').count() < 2;
    let max_age = match rule.get("MaxAge") {
        None => None,
        Some(age) => match age.as_u64() {
            Some(age) => Some(age),
            None => return Err(Complaint::Expected("seconds").at(&rule.path("MaxAge"))),
        },
    };
    Ok(CorsRule {
        origins: texts("AllowedOrigins", "at most one *", has_one_wildcard)?,
        methods: texts("AllowedMethods", "methods", |method| METHODS.contains(&method))?,
        headers: texts("AllowedHeaders", "at most one *", has_one_wildcard)?,
        exposed: texts("ExposedHeaders", "names without a *", |name| !name.contains('*'))?,
        max_age,
    })
}
