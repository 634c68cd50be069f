//! A deployed stack, as CloudFormation describes it.

use serde_json::{Map, Value};

/// The outputs that name the stack's own app clients.
const CLIENTS: [&str; 2] = ["WebClientId", "ServerClientId"];
/// The output that names the client of which `POLICY` in the template says that it has a secret.
const SECRET_CLIENT: &str = "ServerClientId";

/// An account in a Region, where the functions of a stack are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The partition, such as `aws`.
    pub partition: String,
    /// The Region.
    pub region: String,
    /// The account number.
    pub account: String,
}

/// A stack with functions for one pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stack {
    /// The stack's name.
    pub name: String,
    /// The account and Region that the stack's ARN names. A pool with replicas has triggers of
    /// its own in each Region, so this is where the pool is called.
    pub place: Place,
    /// The pool that the functions are configured for.
    pub pool: String,
    /// The ids of the app clients that the functions are configured for.
    pub clients: Vec<String>,
    /// The id of the app client that the functions take for one with a secret.
    pub secret_client: String,
    /// The ARN of the stack's function for each trigger.
    pub functions: Map<String, Value>,
}

/// Reason why the description of a stack is not usable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StackError {
    /// The name is missing, or the ARN is missing or malformed.
    #[error("The stack's name and ARN cannot be read")]
    Identity,
    /// The outputs name no pool.
    #[error("The stack's pool cannot be read from its outputs")]
    Pool,
    /// The outputs do not name all app clients.
    #[error("The stack's clients cannot be read from its outputs")]
    Clients,
    /// No triggers in the template, or one that is not a function of the stack.
    #[error("The stack's triggers cannot be read from its template")]
    Triggers,
}

impl Stack {
    /// Parses the answers of `DescribeStacks` and of `GetTemplate` for the processed template.
    ///
    /// # Errors
    ///
    /// An answer lacks the stack, an output, or the triggers.
    pub fn parse(described: &Value, template: &Value) -> Result<Self, StackError> {
        let stack = described.pointer("/Stacks/0").ok_or(StackError::Identity)?;
        let text = |name: &str| stack.get(name).and_then(Value::as_str);
        let name = text("StackName").ok_or(StackError::Identity)?.to_owned();
        let place = text("StackId").and_then(Place::from_arn).ok_or(StackError::Identity)?;
        let pool = output(stack, "UserPoolId").ok_or(StackError::Pool)?;
        let clients: Option<Vec<String>> =
            CLIENTS.iter().map(|client| output(stack, client)).collect();
        let functions = triggers(template)
            .and_then(|triggers| {
                let resolved = triggers.iter().map(|(trigger, arn)| {
                    let arn = place.resolve(arn.get("Fn::Sub")?.as_str()?, &name)?;
                    Some((trigger.clone(), Value::from(arn)))
                });
                resolved.collect::<Option<Map<String, Value>>>()
            })
            .filter(|functions| !functions.is_empty())
            .ok_or(StackError::Triggers)?;
        let clients = clients.ok_or(StackError::Clients)?;
        let secret_client = output(stack, SECRET_CLIENT).ok_or(StackError::Clients)?;
        Ok(Self { name, place, pool, clients, secret_client, functions })
    }
}

impl Place {
    /// Returns the account and Region of an ARN.
    #[must_use]
    pub fn from_arn(arn: &str) -> Option<Self> {
        let parts: Vec<&str> = arn.split(':').collect();
        match parts.as_slice() {
            ["arn", partition, _, region, account, _, ..]
                if !partition.is_empty() && !region.is_empty() && !account.is_empty() =>
            {
                Some(Self {
                    partition: (*partition).to_owned(),
                    region: (*region).to_owned(),
                    account: (*account).to_owned(),
                })
            }
            _ => None,
        }
    }

    /// Returns the ARN that a stack's function for a trigger has by its name: that of the trigger
    /// with hyphens, without `Response` at its end.
    #[must_use]
    pub fn function(&self, stack: &str, trigger: &str) -> String {
        let Self { partition, region, account } = self;
        let mut words = String::new();
        for letter in trigger.strip_suffix("Response").unwrap_or(trigger).chars() {
            if letter.is_ascii_uppercase() {
                words.push('-');
            }
            words.push(letter.to_ascii_lowercase());
        }
        format!("arn:{partition}:lambda:{region}:{account}:function:{stack}{words}")
    }

    /// Fills in what an ARN of the template leaves to the stack.
    fn resolve(&self, arn: &str, stack: &str) -> Option<String> {
        let filled = arn
            .replace("${AWS::Partition}", &self.partition)
            .replace("${AWS::Region}", &self.region)
            .replace("${AWS::AccountId}", &self.account)
            .replace("${AWS::StackName}", stack);
        (!filled.contains('$')).then_some(filled)
    }
}

/// Returns the triggers that a template gives its user pool, also where the stack makes none.
fn triggers(template: &Value) -> Option<Map<String, Value>> {
    let body = match template.get("TemplateBody")? {
        Value::String(text) => serde_json::from_str(text).ok()?,
        body => body.clone(),
    };
    let resources = body.get("Resources")?.as_object()?;
    let mut pools = resources
        .values()
        .filter(|resource| resource.get("Type") == Some(&"AWS::Cognito::UserPool".into()));
    let given = pools.next()?.pointer("/Properties/LambdaConfig")?;
    // They stand below a condition: a pool of the stack may be made without them.
    given.pointer("/Fn::If/1").unwrap_or(given).as_object().cloned()
}

fn output(stack: &Value, key: &str) -> Option<String> {
    let outputs = stack.get("Outputs")?.as_array()?;
    let output = outputs.iter().find(|output| output.get("OutputKey") == Some(&key.into()))?;
    output.get("OutputValue")?.as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Place, Stack, StackError};

    fn answer() -> Value {
        json!({"Stacks": [{
            "StackName": "guard",
            "StackId": "arn:aws-cn:cloudformation:cn-north-1:123456789012:stack/guard/1-2",
            "Outputs": [
                {"OutputKey": "UserPoolId", "OutputValue": "cn-northwest-1_Pool"},
                {"OutputKey": "WebClientId", "OutputValue": "web"},
                {"OutputKey": "ServerClientId", "OutputValue": "server"},
            ],
        }]})
    }

    fn template() -> Value {
        let arn = |function| {
            let place = "lambda:${AWS::Region}:${AWS::AccountId}:function";
            json!({"Fn::Sub": format!("arn:${{AWS::Partition}}:{place}:${{AWS::StackName}}-{function}")})
        };
        json!({"TemplateBody": {"Resources": {
            "Tables": {"Type": "AWS::DynamoDB::Table"},
            "Pool": {"Type": "AWS::Cognito::UserPool", "Properties": {"LambdaConfig": {
                "PreSignUp": arn("pre-sign-up"),
                "PostConfirmation": arn("post-confirmation"),
                "DefineAuthChallenge": arn("define-auth-challenge"),
                "CreateAuthChallenge": arn("create-auth-challenge"),
                "VerifyAuthChallengeResponse": arn("verify-auth-challenge"),
            }}},
        }}})
    }

    #[test]
    fn functions_are_where_the_stack_is() {
        let stack = Stack::parse(&answer(), &template()).unwrap();
        let text = json!({"TemplateBody": template()["TemplateBody"].to_string()});
        assert_eq!(Stack::parse(&answer(), &text).unwrap(), stack);
        let mut conditional = template();
        let config = "/TemplateBody/Resources/Pool/Properties/LambdaConfig";
        let given = conditional.pointer_mut(config).unwrap();
        *given = json!({"Fn::If": ["WithTriggers", given.take(), {"Ref": "AWS::NoValue"}]});
        assert_eq!(Stack::parse(&answer(), &conditional).unwrap(), stack);
        for (trigger, function) in &stack.functions {
            assert_eq!(stack.place.function("guard", trigger), *function);
        }
        assert_eq!(stack.pool, "cn-northwest-1_Pool");
        assert_eq!(stack.clients, ["web", "server"]);
        assert_eq!(stack.secret_client, "server");
        let arn = |function| {
            format!("arn:aws-cn:lambda:cn-north-1:123456789012:function:guard-{function}")
        };
        assert_eq!(
            Value::Object(stack.functions),
            json!({
                "PreSignUp": arn("pre-sign-up"),
                "PostConfirmation": arn("post-confirmation"),
                "DefineAuthChallenge": arn("define-auth-challenge"),
                "CreateAuthChallenge": arn("create-auth-challenge"),
                "VerifyAuthChallengeResponse": arn("verify-auth-challenge"),
            }),
        );
    }

    #[test]
    fn stack_without_a_member_is_refused() {
        for (pointer, error) in [
            ("/Stacks", StackError::Identity),
            ("/Stacks/0", StackError::Identity),
            ("/Stacks/0/StackName", StackError::Identity),
            ("/Stacks/0/StackId", StackError::Identity),
            ("/Stacks/0/Outputs", StackError::Pool),
            ("/Stacks/0/Outputs/0", StackError::Pool),
            ("/Stacks/0/Outputs/1/OutputValue", StackError::Clients),
            ("/Stacks/0/Outputs/2/OutputKey", StackError::Clients),
        ] {
            let mut answer = answer();
            *answer.pointer_mut(pointer).unwrap() = Value::Null;
            assert_eq!(Stack::parse(&answer, &template()), Err(error), "without {pointer}");
        }
        let config = "/TemplateBody/Resources/Pool/Properties/LambdaConfig";
        for (pointer, value) in [
            ("/TemplateBody", Value::Null),
            ("/TemplateBody", json!("Resources:\n")),
            ("/TemplateBody/Resources/Pool/Type", json!("AWS::S3::Bucket")),
            (config, json!({})),
            (config, json!({"PreSignUp": "arn"})),
            (config, json!({"PreSignUp": {"Fn::Sub": "arn:${Other}"}})),
        ] {
            let mut template = template();
            *template.pointer_mut(pointer).unwrap() = value.clone();
            let stack = Stack::parse(&answer(), &template);
            assert_eq!(stack, Err(StackError::Triggers), "{pointer}: {value}");
        }
    }

    #[test]
    fn text_that_is_no_arn_has_no_place() {
        for text in ["", "guard", "arn:aws:iam::1:role/x", "arn:aws:lambda:eu-west-1::f", "arn:::"]
        {
            assert_eq!(Place::from_arn(text), None, "{text}");
        }
    }
}
