//! The handler: from an event to a command, and from a command to the response.

use std::pin::Pin;

use lifeguard_runtime::{Answer, Failure as Broken, Reply};
use serde_json::Value;

use crate::command::Command;
use crate::fault::{Failure, Fault};
use crate::identity_pool::PoolFault;
use crate::invocation::Invocation;
use crate::openapi;
use crate::origin::Origin;
use crate::problem::{Problem, TokenProblem};
use crate::provider::{Adapters, Provider};
use crate::request::{EventError, Incoming};
use crate::response::Response;
use crate::routes;

impl<A: Adapters> Provider<A> {
    /// Handles one request.
    ///
    /// # Errors
    /// A fault if the event is not a request of an HTTP API. Every other fault is a response with
    /// status 500 and an error in the log.
    pub async fn handle(&self, event: &Value, invocation: Invocation) -> Answer {
        let now = invocation.now;
        let origin = Origin::from_event(event, &self.policy.origin_hashes);
        // Boxed, because the compiler refuses to lay out futures that are nested as deeply.
        let reply: Pin<Box<dyn Future<Output = Answer> + '_>> =
            Box::pin(self.respond(event, origin, invocation));
        let reply = reply.await?;
        Ok(reply.with_source(self.source(event, origin, now).await))
    }

    async fn respond(&self, event: &Value, origin: Origin, invocation: Invocation) -> Answer {
        let command = match Incoming::from_event(event) {
            // It met no firewall, so it may do nothing at any route.
            Ok(_) | Err(EventError::Malformed) if origin == Origin::Bypassed => {
                Err(Problem::WrongOrigin.into())
            }
            Ok(incoming) => routes::parse(&incoming),
            Err(EventError::Malformed) => Err(Problem::Malformed.into()),
            Err(error @ EventError::UnknownFormat) => return Err(Broken::fault(&error)),
        };
        Ok(match command {
            Ok(command) => self.run(command, &invocation).await,
            Err(response) => response.into_reply(),
        })
    }

    async fn run(&self, command: Command, invocation: &Invocation) -> Reply {
        let now = invocation.now;
        let result = match command {
            Command::Grant(grant) => {
                return reply(self.grant(grant, invocation).await, |fault| match is_busy(fault) {
                    true => TokenProblem::TooManyRequests.into(),
                    false => TokenProblem::Fault.into(),
                });
            }
            Command::Register(body) => self.register(&body, invocation).await,
            Command::Confirm(body) => self.confirm(&body, invocation).await,
            Command::Recover(body) => self.recover(&body, invocation).await,
            Command::ConfirmRecovery(body, scope) => {
                self.confirm_recovery(&body, scope, invocation).await
            }
            Command::ChangePassword(token, body) => {
                self.change_password(token, &body, invocation).await
            }
            Command::IssueCredentials(token) => self.issue_credentials(token, now).await,
            Command::DescribeIdentity(token) => self.describe_identity(token, now).await,
            Command::IssueNonce(token) => self.issue_nonce(token, invocation).await,
            Command::Link { token, id_token } => self.link(token, &id_token, now).await,
            Command::Unlink { token, provider } => self.unlink(token, &provider, now).await,
            Command::LogOut(token, target) => self.log_out(token, target, now).await,
            Command::DescribeCaller(caller) => self.describe_caller(caller),
            Command::Administer(principal, command) => {
                self.administer(&principal, command, now).await
            }
            Command::Document { base_path } => Ok(openapi::response(&base_path)),
        };
        reply(result, |fault| match is_busy(fault) {
            true => Problem::TooManyRequests.into(),
            false => Problem::Fault.into(),
        })
    }
}

fn reply(result: Result<Response, Failure>, of_fault: impl Fn(&Fault) -> Response) -> Reply {
    match result {
        Ok(response) | Err(Failure::Refused(response)) => response.into_reply(),
        Err(Failure::Fault(fault)) => of_fault(&fault).into_reply_despite(&fault),
    }
}

/// True for a fault that a later request does not meet.
const fn is_busy(fault: &Fault) -> bool {
    matches!(fault, Fault::Pool(PoolFault::Throttled))
}
