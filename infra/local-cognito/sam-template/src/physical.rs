//! The deployment of a template: its parameters, and the ids of what it creates.

use std::collections::BTreeMap;

use serde_json::Value;

/// The partition of every ARN.
pub const PARTITION: &str = "aws";
/// The account of every ARN.
pub const ACCOUNT: &str = "000000000000";
/// The name of the stack, which the names of its resources begin with.
pub const STACK: &str = "lifeguard";

/// Facts of a deployment beside its template.
#[derive(Clone, Debug)]
pub struct Deployment {
    /// The region.
    pub region: String,
    /// The values of parameters; the others have their defaults.
    pub parameters: BTreeMap<String, Value>,
    /// Values of `!Ref` of resources, by their logical ids; the others get a name out of the
    /// stack's and their own.
    pub ids: BTreeMap<String, String>,
}

impl Deployment {
    /// The value of a pseudo parameter.
    pub(super) fn pseudo_parameter(&self, name: &str) -> Option<&str> {
        match name {
            "AWS::Partition" => Some(PARTITION),
            "AWS::Region" => Some(&self.region),
            "AWS::AccountId" => Some(ACCOUNT),
            "AWS::StackName" => Some(STACK),
            "AWS::URLSuffix" => Some("amazonaws.com"),
            _ => None,
        }
    }

    /// Returns the value of `!Ref` of a resource.
    pub(super) fn id(&self, logical_id: &str, kind: &str) -> String {
        if let Some(id) = self.ids.get(logical_id) {
            return id.clone();
        }
        match kind {
            // Their ids are one word, since a host name begins with it.
            "AWS::ApiGatewayV2::Api" => logical_id.to_ascii_lowercase(),
            _ => format!("{STACK}-{}", kebab(logical_id)),
        }
    }

    /// Returns the value of `!GetAtt` of a resource, if it has that attribute here.
    pub(super) fn attribute(&self, id: &str, kind: &str, attribute: &str) -> Option<String> {
        let arn = |service: &str, resource: &str| {
            format!("arn:{PARTITION}:{service}:{}:{ACCOUNT}:{resource}", self.region)
        };
        Some(match (kind, attribute) {
            ("AWS::Cognito::UserPool", "Arn") => arn("cognito-idp", &format!("userpool/{id}")),
            ("AWS::Cognito::UserPool", "ProviderName") => {
                format!("cognito-idp.{}.amazonaws.com/{id}", self.region)
            }
            ("AWS::Cognito::UserPool", "ProviderURL") => {
                format!("https://cognito-idp.{}.amazonaws.com/{id}", self.region)
            }
            ("AWS::IAM::Role", "Arn") => format!("arn:{PARTITION}:iam::{ACCOUNT}:role/{id}"),
            ("AWS::S3::Bucket", "Arn") => format!("arn:{PARTITION}:s3:::{id}"),
            ("AWS::DynamoDB::Table", "Arn") => arn("dynamodb", &format!("table/{id}")),
            ("AWS::DynamoDB::Table", "StreamArn") => {
                arn("dynamodb", &format!("table/{id}/stream/latest"))
            }
            ("AWS::KMS::Key", "Arn") => arn("kms", &format!("key/{id}")),
            ("AWS::Logs::LogGroup", "Arn") => arn("logs", &format!("log-group:{id}:*")),
            ("AWS::SQS::Queue", "Arn") => arn("sqs", id),
            ("AWS::WAFv2::IPSet", "Arn") => arn("wafv2", &format!("regional/ipset/{id}")),
            ("AWS::SQS::Queue", "QueueName") => id.to_owned(),
            ("AWS::Serverless::Function" | "AWS::Lambda::Function", "Arn") => {
                arn("lambda", &format!("function:{id}"))
            }
            _ => return None,
        })
    }
}

/// `DeveloperIdentity` as `developer-identity`.
fn kebab(name: &str) -> String {
    let mut words = String::new();
    for character in name.chars() {
        if character.is_ascii_uppercase() && !words.is_empty() {
            words.push('-');
        }
        words.push(character.to_ascii_lowercase());
    }
    words
}

#[cfg(test)]
mod tests {
    use super::kebab;

    #[test]
    fn words_are_parted_by_hyphens() {
        assert_eq!(kebab("DeveloperIdentity"), "developer-identity");
        assert_eq!(kebab("Notes"), "notes");
    }
}
