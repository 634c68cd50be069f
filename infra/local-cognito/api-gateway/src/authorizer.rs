//! Access to routes, and the facts about the caller for the function.

use std::sync::Arc;

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use serde_json::{Map, Value, json};

use super::claims::{self, Demand};
use super::refusal::Refusal;
use local_cognito_aws_emulation::clock::Clock;
use local_cognito_aws_emulation::credentials::Holder;
use local_cognito_iam::{Context, Decision, Roles};
use local_cognito_sam_template::{ACCOUNT, Access, PARTITION};
use local_cognito_sigv4::{Caller, Verifier};

/// Name of the session of credentials from an identity pool.
const SESSION: &str = "CognitoIdentityCredentials";

/// Tokens of user pools, as JWT authorizers accept them. The gateway does not know the user pools:
/// the program that wires both implements it.
pub trait UserPoolTokens: Send + Sync {
    /// Returns every issuer that a token of a pool may name.
    fn issuers(&self, pool: &str) -> Vec<String>;

    /// Returns the claims of an ID or access token that a pool signed, whatever its times say.
    fn claims(&self, pool: &str, token: &str) -> Option<Map<String, Value>>;
}

/// The authorizers of one local Cognito.
pub struct Authorizers {
    /// Clock that tokens expire by.
    pub clock: Clock,
    /// Tokens of the user pools.
    pub tokens: Arc<dyn UserPoolTokens>,
    /// Signatures that count.
    pub verifier: Verifier,
    /// Roles of the holders of temporary credentials.
    pub roles: Roles,
}

impl Authorizers {
    /// Returns `requestContext.authorizer` for a caller that may use the route; `place` is the
    /// ARN of the request.
    pub(super) fn admit(
        &self,
        access: &Access,
        parts: &Parts,
        body: &[u8],
        place: &str,
    ) -> Result<Option<Value>, Refusal> {
        match access {
            Access::Open => Ok(None),
            Access::Iam => self.admit_signed(parts, body, place).map(Some),
            Access::Jwt { issuer, audience, scopes } => {
                self.admit_token(&parts.headers, issuer, audience, scopes).map(Some)
            }
        }
    }

    fn admit_signed(&self, parts: &Parts, body: &[u8], place: &str) -> Result<Value, Refusal> {
        let caller = self.verifier.verify(parts, body, "execute-api");
        match caller.map_err(|_| Refusal::Forbidden)? {
            Caller::Holder(holder) => {
                let context = Context::from_holder(&holder);
                match self.roles.decide(&holder, "execute-api:Invoke", place, &context) {
                    Decision::Allowed => Ok(of_holder(&holder, access_key(&parts.headers))),
                    Decision::Denied | Decision::NotAllowed => Err(Refusal::Forbidden),
                }
            }
            Caller::Administrator => Ok(of_administrator(access_key(&parts.headers))),
            // No function's role allows it to call an API.
            Caller::Function(_) => Err(Refusal::Forbidden),
        }
    }

    fn admit_token(
        &self,
        headers: &HeaderMap,
        issuer: &str,
        audience: &[String],
        scopes: &[String],
    ) -> Result<Value, Refusal> {
        let header = headers.get(AUTHORIZATION).ok_or(Refusal::NoToken)?;
        let text = header.to_str().map_err(|_| Refusal::NoToken)?;
        let token = text.strip_prefix("Bearer ").unwrap_or(text);
        // The template names AWS's issuer of a user pool; its tokens may name another form of it.
        let pool = issuer.rsplit('/').next().unwrap_or_default();
        let issuers = self.tokens.issuers(pool);
        let claims = self
            .tokens
            .claims(pool, token)
            .filter(|_| issuers.iter().any(|known| known == issuer))
            .ok_or(Refusal::BadToken("the token's signature is not valid"))?;
        let demand = Demand { issuers: &issuers, audience, scopes };
        claims::judge(&claims, &demand, self.clock.now())?;
        let scopes = if scopes.is_empty() { Value::Null } else { json!(scopes) };
        Ok(json!({"jwt": {"claims": claims::as_texts(&claims), "scopes": scopes}}))
    }
}

/// Describes a holder of credentials of an identity pool.
fn of_holder(holder: &Holder, access_key: &str) -> Value {
    let role = holder.role.rsplit('/').next().unwrap_or_default();
    let arn = format!("arn:{PARTITION}:sts::{ACCOUNT}:assumed-role/{role}/{SESSION}");
    let identity = json!({
        "amr": holder.amr,
        "identityId": holder.identity,
        "identityPoolId": holder.identity_pool,
    });
    of_caller(access_key, &format!("AROALOCAL:{SESSION}"), &arn, &identity)
}

/// Describes the developer at this machine, who is in no identity pool.
fn of_administrator(access_key: &str) -> Value {
    let arn = format!("arn:{PARTITION}:iam::{ACCOUNT}:user/local");
    of_caller(access_key, "AIDALOCAL", &arn, &Value::Null)
}

fn of_caller(access_key: &str, id: &str, arn: &str, identity: &Value) -> Value {
    json!({"iam": {
        "accessKey": access_key,
        "accountId": ACCOUNT,
        "callerId": id,
        "cognitoIdentity": identity,
        "principalOrgId": null,
        "userArn": arn,
        "userId": id,
    }})
}

/// The access key id of a signed request.
fn access_key(headers: &HeaderMap) -> &str {
    local_cognito_sigv4::credential_scope(headers)
        .and_then(|scope| scope.split('/').next())
        .unwrap_or_default()
}
