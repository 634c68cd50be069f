//! Triggers and AWS calls that follow a successful sign-in, as the template deploys them.

use serde_json::Value;

use super::deployed_function::DeployedTrigger;
use super::function::FunctionRole;

/// Triggers that fire between the last decision and the tokens, in AWS's order: the names that
/// `LambdaConfig` has for each, and the source of its event.
const TRIGGERS: [(&[&str], &str); 2] = [
    (&["PostAuthentication"], "PostAuthentication_Authentication"),
    (&["PreTokenGeneration", "PreTokenGenerationConfig"], "TokenGeneration_Authentication"),
];

/// Services that every function may call, which no journal shows, and the secret with the code key,
/// which is read once.
const BESIDE: [&str; 3] = ["logs", "xray", "secretsmanager"];

/// Triggers and AWS calls that follow a successful sign-in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AfterSignIn {
    /// Trigger sources.
    pub triggers: Vec<String>,
    /// Calls of their functions, as `function service:Action`: each that their roles allow, once.
    pub aws_calls: Vec<String>,
}

impl AfterSignIn {
    pub(super) fn new(triggers: &[DeployedTrigger], roles: &[FunctionRole]) -> Self {
        let mut after = Self::default();
        for (names, source) in TRIGGERS {
            let mut deployed = triggers.iter();
            let Some(trigger) = deployed.find(|trigger| names.contains(&trigger.name.as_str()))
            else {
                continue;
            };
            after.triggers.push(source.to_owned());
            let roles = roles.iter().filter(|role| role.function == trigger.function);
            after.aws_calls.extend(roles.flat_map(calls));
        }
        after
    }
}

fn calls(role: &FunctionRole) -> Vec<String> {
    let statements = role.documents.iter().filter_map(|document| document.get("Statement"));
    let statements = statements.filter_map(Value::as_array).flatten();
    let actions = statements.filter_map(|statement| statement.get("Action")).flat_map(texts);
    let own = actions.filter(|action| !BESIDE.iter().any(|service| action.starts_with(service)));
    own.map(|action| format!("{} {action}", role.function)).collect()
}

/// Returns a text or a list of texts.
fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::Array(list) => list.iter().filter_map(Value::as_str).collect(),
        one => one.as_str().into_iter().collect(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{AfterSignIn, DeployedTrigger, FunctionRole};

    #[track_caller]
    fn check(triggers: &[(&str, &str)], sources: &[&str], calls: &[&str]) {
        let owned = |text: &&str| (*text).to_owned();
        let triggers: Vec<DeployedTrigger> = triggers
            .iter()
            .map(|(name, function)| DeployedTrigger {
                name: owned(name),
                function: owned(function),
            })
            .collect();
        let statement = |action| json!({"Effect": "Allow", "Action": action, "Resource": "*"});
        let role = FunctionRole {
            function: "after".to_owned(),
            arn: "arn".to_owned(),
            policies: Vec::new(),
            documents: vec![json!({"Statement": [
                statement(json!(["logs:CreateLogStream", "logs:PutLogEvents"])),
                statement(json!("dynamodb:UpdateItem")),
            ]})],
        };
        let after = AfterSignIn::new(&triggers, &[role]);
        let texts = |list: &[&str]| list.iter().map(owned).collect::<Vec<String>>();
        assert_eq!(after.triggers, texts(sources), "{triggers:?}");
        assert_eq!(after.aws_calls, texts(calls), "{triggers:?}");
    }

    #[test]
    fn triggers_after_a_sign_in_follow_in_the_order_of_aws() {
        let call = "after dynamodb:UpdateItem";
        let (post, claims) =
            ("PostAuthentication_Authentication", "TokenGeneration_Authentication");
        check(&[("PreSignUp", "after")], &[], &[]);
        check(&[("PostAuthentication", "after")], &[post], &[call]);
        check(&[("PostAuthentication", "other")], &[post], &[]);
        let both = [("PreTokenGenerationConfig", "claims"), ("PostAuthentication", "after")];
        check(&both, &[post, claims], &[call]);
    }
}
