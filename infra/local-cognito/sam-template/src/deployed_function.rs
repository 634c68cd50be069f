//! The functions, as Lambda is told about them, and the triggers of the user pool.

use std::time::Duration;

use serde_json::{Map, Value};

use super::complaint::{Complaint, TemplateError};
use super::physical::STACK;
use super::properties::{Resource, Stack};

const FUNCTION: &str = "AWS::Serverless::Function";
const USER_POOL: &str = "AWS::Cognito::UserPool";
/// Settings document of the functions, which the local Cognito writes for its own pool and clients.
const POLICY: &str = "POLICY";
/// Time-out in seconds and memory in MB of a function that names neither.
const DEFAULTS: (u64, u64) = (3, 128);

/// A function as the stack deploys it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeployedFunction {
    /// Name without that of the stack, such as `pre-sign-up`.
    pub name: String,
    /// Environment variables, without `POLICY`.
    pub environment: Vec<(String, String)>,
    /// Memory in MB.
    pub memory: u64,
    /// Reserved concurrency, if some is reserved.
    pub reserved_concurrency: Option<u64>,
    /// Time-out of one invocation.
    pub timeout: Duration,
}

/// A trigger of the user pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeployedTrigger {
    /// Name in `LambdaConfig`, such as `PreSignUp`.
    pub name: String,
    /// Name of the function without that of the stack.
    pub function: String,
}

/// Reads every function.
pub(super) fn functions(stack: &Stack<'_>) -> Result<Vec<DeployedFunction>, TemplateError> {
    stack.all(FUNCTION).map(|function| deployed(stack, function)).collect()
}

/// Reads the triggers of the user pool; none if there is no pool.
pub(super) fn triggers(stack: &Stack<'_>) -> Result<Vec<DeployedTrigger>, TemplateError> {
    let Some(pool) = stack.all(USER_POOL).next() else { return Ok(Vec::new()) };
    let path = format!("Resources/{}/Properties/LambdaConfig", pool.logical_id);
    let Some(Value::Object(triggers)) = stack.property(pool, "LambdaConfig")? else {
        return Ok(Vec::new());
    };
    triggers
        .into_iter()
        .map(|(name, arn)| {
            let function = arn.as_str().and_then(|arn| arn.split_once(":function:"));
            let (_, function) =
                function.ok_or_else(|| Complaint::Expected("the ARN of a function").at(&path))?;
            Ok(DeployedTrigger { function: short(function), name })
        })
        .collect()
}

fn deployed(stack: &Stack<'_>, function: Resource<'_>) -> Result<DeployedFunction, TemplateError> {
    let path = format!("Resources/{}/Properties", function.logical_id);
    let (timeout, memory) = DEFAULTS;
    let number = |name: &str| {
        let path = format!("{path}/{name}");
        let number = match own_or_global(stack, function, name)? {
            None => return Ok(None),
            Some(Value::String(text)) => text.parse().ok(),
            Some(number) => number.as_u64(),
        };
        number.map(Some).ok_or_else(|| Complaint::Expected("a number").at(&path))
    };
    Ok(DeployedFunction {
        name: short(&stack.id(function.logical_id, "Resources")?),
        environment: environment(stack, function)?,
        memory: number("MemorySize")?.unwrap_or(memory),
        reserved_concurrency: number("ReservedConcurrentExecutions")?,
        timeout: Duration::from_secs(number("Timeout")?.unwrap_or(timeout)),
    })
}

/// Returns a property of a function, or that of all functions if the function names none; one that
/// comes to nothing is named nevertheless.
fn own_or_global(
    stack: &Stack<'_>,
    function: Resource<'_>,
    name: &str,
) -> Result<Option<Value>, TemplateError> {
    let is_named = stack.unresolved(function, name).is_some();
    match stack.document.function_globals.get(name) {
        Some(global) if !is_named => stack.resolve(global, &format!("Globals/Function/{name}")),
        Some(_) | None => stack.property(function, name),
    }
}

/// Returns the variables of all functions and then the function's own.
fn environment(
    stack: &Stack<'_>,
    function: Resource<'_>,
) -> Result<Vec<(String, String)>, TemplateError> {
    let global = stack.document.function_globals.get("Environment");
    let variables = |environment: Option<&Value>| -> Map<String, Value> {
        let variables = environment.and_then(|environment| environment.get("Variables"));
        variables.and_then(Value::as_object).cloned().unwrap_or_default()
    };
    let path = format!("Resources/{}/Properties/Environment/Variables", function.logical_id);
    let mut members = variables(global);
    members.remove(POLICY);
    members.extend(variables(stack.unresolved(function, "Environment")));
    let mut environment = Vec::new();
    for (name, value) in members {
        let path = format!("{path}/{name}");
        match stack.resolve(&value, &path)? {
            None => {}
            Some(Value::String(text)) => environment.push((name, text)),
            Some(_) => return Err(Complaint::Expected("a text").at(&path)),
        }
    }
    Ok(environment)
}

/// Leaves out the name of the stack in front.
pub(super) fn short(name: &str) -> String {
    let prefix = format!("{STACK}-");
    name.strip_prefix(&prefix).unwrap_or(name).to_owned()
}
