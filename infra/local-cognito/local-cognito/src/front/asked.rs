//! Questions of a function's call to IAM: an action, and the ARNs of what it is done to.
//!
//! A call that is not understood asks for nothing, which no policy allows.
//! Contract: <https://docs.aws.amazon.com/service-authorization/latest/reference/reference.html>

use serde_json::Value;

use super::call::Call;
use crate::secrets;
use local_cognito_dynamodb::{LeadingKeys, touched};
use local_cognito_iam::Context;
use local_cognito_sam_template::{ACCOUNT, PARTITION};

/// Resource of an action that IAM knows none for.
const ANY: &str = "*";

/// Identity of a mail: beside that of the sender's domain, SES asks for the sender's own and for that
/// of a recipient, where there is one, and in the sandbox each recipient has one.
const ANY_IDENTITY: &str = "identity/*";

/// The actions of identity pools that are held against the pool; IAM knows no resource for what
/// is done to one identity.
const ON_IDENTITY_POOLS: [&str; 9] = [
    "DeleteIdentityPool",
    "DescribeIdentityPool",
    "GetIdentityPoolRoles",
    "GetOpenIdTokenForDeveloperIdentity",
    "ListIdentities",
    "LookupDeveloperIdentity",
    "MergeDeveloperIdentities",
    "UnlinkDeveloperIdentity",
    "UpdateIdentityPool",
];

/// One action on one or more resources.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Asked {
    /// The action, such as `dynamodb:GetItem`.
    pub(super) action: String,
    /// The ARNs; none if the call is not understood.
    pub(super) resources: Vec<String>,
    /// Condition keys of the call.
    pub(super) context: Context,
}

/// Returns the questions of a call.
pub(super) fn asked(call: &Call, body: &[u8], region: &str, leading: &LeadingKeys) -> Asked {
    let input: Value = serde_json::from_slice(body).unwrap_or_default();
    let text = |member: &str| input.get(member).and_then(Value::as_str);
    let arn =
        |resource: &str| format!("arn:{PARTITION}:{}:{region}:{ACCOUNT}:{resource}", call.service);
    let mut context = Context::default();
    let resources = match call.service.as_str() {
        "dynamodb" => {
            let keys = keys(&call.action, &input, leading);
            context = context.with_all("dynamodb:LeadingKeys", keys);
            tables(&call.action, &input).map(|tables| tables.iter().map(|it| arn(it)).collect())
        }
        "secretsmanager" => text("SecretId").map(|id| vec![secrets::arn(region, id)]),
        "ses" => text("FromEmailAddress").and_then(|sender| {
            let address = address(sender);
            context = context.clone().with("ses:FromAddress", address);
            let (_, domain) = address.rsplit_once('@')?;
            (!domain.is_empty()).then(|| vec![arn(ANY_IDENTITY)])
        }),
        "cognito-idp" => Some(vec![
            text("UserPoolId").map_or(ANY.to_owned(), |pool| arn(&format!("userpool/{pool}"))),
        ]),
        "cognito-identity" if ON_IDENTITY_POOLS.contains(&call.action.as_str()) => {
            text("IdentityPoolId").map(|pool| vec![arn(&format!("identitypool/{pool}"))])
        }
        "cognito-identity" => Some(vec![ANY.to_owned()]),
        _ => None,
    };
    Asked {
        action: format!("{}:{}", call.service, call.action),
        resources: resources.unwrap_or_default(),
        context,
    }
}

/// The tables and indexes of a call, as their ARNs end; nothing for a call over several actions.
fn tables(action: &str, input: &Value) -> Option<Vec<String>> {
    match action {
        "ListTables" => Some(vec![ANY.to_owned()]),
        "BatchGetItem" | "BatchWriteItem" => {
            let tables = input.get("RequestItems")?.as_object()?;
            Some(tables.keys().map(|table| format!("table/{table}")).collect())
        }
        _ => {
            let table = input.get("TableName")?.as_str()?;
            Some(vec![match input.get("IndexName").and_then(Value::as_str) {
                Some(index) => format!("table/{table}/index/{index}"),
                None => format!("table/{table}"),
            }])
        }
    }
}

/// The leading keys of a call, as far as it is understood.
fn keys(action: &str, input: &Value, leading: &LeadingKeys) -> Vec<String> {
    let touched = input.as_object().and_then(|input| touched(action, input, leading));
    touched.into_iter().flatten().flat_map(|touched| touched.keys).collect()
}

/// The address of a sender, who may have a name before it.
fn address(sender: &str) -> &str {
    match sender.rsplit_once('<') {
        Some((_, rest)) => rest.trim_end().trim_end_matches('>'),
        None => sender,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Asked, asked};
    use crate::front::Call;
    use local_cognito_dynamodb::LeadingKeys;
    use local_cognito_iam::Context;

    fn of(service: &str, action: &str, body: &Value) -> Asked {
        let call = Call { service: service.to_owned(), action: action.to_owned(), is_query: false };
        asked(&call, body.to_string().as_bytes(), "eu-west-1", &LeadingKeys::default())
    }

    #[track_caller]
    fn check(service: &str, action: &str, body: Value, expected: &[&str]) {
        let asked = of(service, action, &body);
        assert_eq!(asked.resources, expected, "{service}:{action} {body}");
        assert_eq!(asked.action, format!("{service}:{action}"));
    }

    #[test]
    fn tables_and_their_indexes_are_resources() {
        let table = "arn:aws:dynamodb:eu-west-1:000000000000:table/accounts";
        let index = "arn:aws:dynamodb:eu-west-1:000000000000:table/accounts/index/by_id";
        check("dynamodb", "GetItem", json!({"TableName": "accounts"}), &[table]);
        check("dynamodb", "Scan", json!({"TableName": "accounts"}), &[table]);
        let query = json!({"TableName": "accounts", "IndexName": "by_id"});
        check("dynamodb", "Query", query, &[index]);
        let batch = json!({"RequestItems": {"accounts": {"Keys": []}}});
        check("dynamodb", "BatchGetItem", batch, &[table]);
    }

    #[test]
    fn a_call_that_is_not_understood_asks_for_nothing() {
        check("dynamodb", "TransactWriteItems", json!({"TransactItems": []}), &[]);
        check("dynamodb", "GetItem", json!({"TableName": 1}), &[]);
        check("dynamodb", "BatchGetItem", json!({"RequestItems": []}), &[]);
        check("secretsmanager", "GetSecretValue", json!({}), &[]);
        check("ses", "SendEmail", json!({"FromEmailAddress": "no-address"}), &[]);
        check("cognito-identity", "LookupDeveloperIdentity", json!({}), &[]);
        check("sns", "Publish", json!({}), &[]);
    }

    #[test]
    fn pools_are_resources_and_single_identities_are_none() {
        let pool = "arn:aws:cognito-idp:eu-west-1:000000000000:userpool/eu-west-1_A";
        check("cognito-idp", "AdminGetUser", json!({"UserPoolId": "eu-west-1_A"}), &[pool]);
        check("cognito-idp", "ListUserPools", json!({}), &["*"]);
        let pool = "arn:aws:cognito-identity:eu-west-1:000000000000:identitypool/eu-west-1:b";
        let body = json!({"IdentityPoolId": "eu-west-1:b"});
        check("cognito-identity", "MergeDeveloperIdentities", body, &[pool]);
        let body = json!({"IdentityIdsToDelete": ["eu-west-1:c"]});
        check("cognito-identity", "DeleteIdentities", body, &["*"]);
    }

    #[test]
    fn a_mail_asks_for_any_identity_and_names_its_sender() {
        let any = "arn:aws:ses:eu-west-1:000000000000:identity/*";
        for sender in ["no-reply@lifeguard.example", "Lifeguard <no-reply@lifeguard.example>"] {
            let body = json!({"FromEmailAddress": sender});
            check("ses", "SendEmail", body.clone(), &[any]);
            let context = Context::default().with("ses:FromAddress", "no-reply@lifeguard.example");
            assert_eq!(of("ses", "SendEmail", &body).context, context, "{sender}");
        }
    }
}
