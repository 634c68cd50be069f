//! Access to a service: for every caller with a signature, and for functions and holders of
//! credentials what the policies of their role allow.

use axum::body::Bytes;
use axum::http::request::Parts;
use serde_json::Value;

use super::asked::{Asked, asked};
use super::call::Call;
use local_cognito_aws_emulation::aws_error::{AwsError, in_json};
use local_cognito_dynamodb::{LeadingKeys, Touched, touched};
use local_cognito_iam::trail::{Question, Trail};
use local_cognito_iam::{Context, Decision, Request, Roles, decide};
use local_cognito_sam_template::{ACCOUNT, FunctionRole, PARTITION};
use local_cognito_sigv4::{Caller, SignatureError, Verifier};

/// The services with signed calls, by the names that stand in signatures.
const SIGNED: [&str; 3] = ["dynamodb", "secretsmanager", "ses"];
/// The services with some signed calls; they look for themselves.
const PARTLY_SIGNED: [&str; 2] = ["cognito-identity", "cognito-idp"];

/// Dependencies of the judgement of rights.
pub(crate) struct Rights {
    pub(crate) region: String,
    pub(crate) verifier: Verifier,
    pub(crate) roles: Roles,
    pub(crate) function_roles: Vec<FunctionRole>,
    pub(crate) leading_keys: LeadingKeys,
    pub(crate) trail: Trail,
}

impl Rights {
    /// Returns the caller that signed a call; none for a service that is not here, and for a call
    /// without a signature where that may be.
    pub(super) fn signer(
        &self,
        parts: &Parts,
        body: &[u8],
        call: &Call,
    ) -> Result<Option<Caller>, SignatureError> {
        let service = call.service.as_str();
        let may_be_unsigned = PARTLY_SIGNED.contains(&service);
        if !may_be_unsigned && !SIGNED.contains(&service) {
            return Ok(None);
        }
        match self.verifier.verify(parts, body, service) {
            Err(SignatureError::Missing) if may_be_unsigned => Ok(None),
            verified => verified.map(Some),
        }
    }

    /// Holds a call against the role of the function that signed it; a function for which the
    /// template names no role is not bound, and others are judged elsewhere.
    pub(super) fn admit_function(
        &self,
        signer: &Caller,
        call: &Call,
        body: &[u8],
    ) -> Result<(), AwsError> {
        let role = match signer {
            Caller::Function(name) => {
                self.function_roles.iter().find(|role| role.function == *name)
            }
            Caller::Administrator | Caller::Holder(_) => None,
        };
        let Some(role) = role else {
            return Ok(());
        };
        let Asked { action, resources, context } =
            asked(call, body, &self.region, &self.leading_keys);
        let ask = |resource: &String| {
            let request = Request { action: &action, resource, context: &context };
            let answer = decide(&role.policies, &request);
            self.trail.note(Question {
                function: role.function.clone(),
                action: action.clone(),
                resource: resource.clone(),
                answer,
            });
            answer
        };
        // Every one is asked for, so that the trail is complete.
        let answers: Vec<Decision> = resources.iter().map(ask).collect();
        let is_allowed = !answers.is_empty()
            && answers.iter().all(|answer| match answer {
                Decision::Allowed => true,
                Decision::Denied | Decision::NotAllowed => false,
            });
        if is_allowed {
            return Ok(());
        }
        let message = not_granted(&role.arn, &action, &resources);
        // A function logs the kind of the error and nothing that AWS says about it.
        eprintln!("{message}");
        Err(AwsError::new("AccessDeniedException", message))
    }

    /// The body of a call that may pass, as it was judged.
    pub(super) fn admit(
        &self,
        caller: Option<&Caller>,
        call: &Call,
        body: Bytes,
    ) -> Result<Bytes, AwsError> {
        let holder = match caller {
            Some(Caller::Holder(holder)) => holder,
            Some(Caller::Administrator | Caller::Function(_)) | None => return Ok(body),
        };
        if call.service != "dynamodb" {
            return Err(denied());
        }
        let input = in_json(&body)?;
        let touched = input
            .as_object()
            .and_then(|input| touched(&call.action, input, &self.leading_keys))
            .filter(|touched| !touched.is_empty())
            .ok_or_else(denied)?;
        let is_allowed = |Touched { action, table, keys }: &Touched| {
            let resource =
                format!("arn:{PARTITION}:dynamodb:{}:{ACCOUNT}:table/{table}", self.region);
            let context =
                Context::from_holder(holder).with_all("dynamodb:LeadingKeys", keys.iter().cloned());
            match self.roles.decide(holder, action, &resource, &context) {
                Decision::Allowed => true,
                Decision::Denied | Decision::NotAllowed => false,
            }
        };
        if !touched.iter().all(is_allowed) {
            return Err(denied());
        }
        // Written anew, so that no other reader takes it in another way.
        Ok(Value::to_string(&input).into())
    }
}

fn denied() -> AwsError {
    AwsError::new("AccessDeniedException", "User is not authorized to perform this operation")
}

/// Returns the sentence for the developer who mends the template.
fn not_granted(role: &str, action: &str, resources: &[String]) -> String {
    let resources = resources.join(", ");
    format!("{role} is not authorized to perform: {action} on resource: {resources}")
}
