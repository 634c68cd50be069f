//! A deployed stack, as CloudFormation describes it.

use serde_json::{Map, Value};

/// The triggers and the functions of the template for them, named after the stack.
const FUNCTIONS: [(&str, &str); 5] = [
    ("PreSignUp", "pre-sign-up"),
    ("PostConfirmation", "post-confirmation"),
    ("DefineAuthChallenge", "define-auth-challenge"),
    ("CreateAuthChallenge", "create-auth-challenge"),
    ("VerifyAuthChallengeResponse", "verify-auth-challenge"),
];

/// The outputs that name the stack's own app clients.
const CLIENTS: [&str; 2] = ["WebClientId", "ServerClientId"];

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
}

impl Stack {
    /// Parses the answer of `DescribeStacks`.
    ///
    /// # Errors
    ///
    /// The answer lacks the stack or an output.
    pub fn parse(answer: &Value) -> Result<Self, StackError> {
        let stack = answer.pointer("/Stacks/0").ok_or(StackError::Identity)?;
        let text = |name: &str| stack.get(name).and_then(Value::as_str);
        let name = text("StackName").ok_or(StackError::Identity)?.to_owned();
        let place = text("StackId").and_then(Place::from_arn).ok_or(StackError::Identity)?;
        let pool = output(stack, "UserPoolId").ok_or(StackError::Pool)?;
        let clients: Option<Vec<String>> =
            CLIENTS.iter().map(|client| output(stack, client)).collect();
        Ok(Self { name, place, pool, clients: clients.ok_or(StackError::Clients)? })
    }

    /// Returns the ARN of the stack's function for each trigger.
    #[must_use]
    pub fn functions(&self) -> Map<String, Value> {
        self.place.functions(&self.name)
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

    /// Returns the ARN of the function for each trigger of a stack of this name.
    #[must_use]
    pub fn functions(&self, stack: &str) -> Map<String, Value> {
        let Self { partition, region, account } = self;
        FUNCTIONS
            .iter()
            .map(|(trigger, function)| {
                let arn = format!(
                    "arn:{partition}:lambda:{region}:{account}:function:{stack}-{function}"
                );
                ((*trigger).to_owned(), Value::from(arn))
            })
            .collect()
    }
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

    #[test]
    fn functions_are_where_the_stack_is() {
        let stack = Stack::parse(&answer()).unwrap();
        assert_eq!(stack.pool, "cn-northwest-1_Pool");
        assert_eq!(stack.clients, ["web", "server"]);
        let arn = |function| {
            format!("arn:aws-cn:lambda:cn-north-1:123456789012:function:guard-{function}")
        };
        assert_eq!(
            Value::Object(stack.functions()),
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
            assert_eq!(Stack::parse(&answer), Err(error), "without {pointer}");
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
