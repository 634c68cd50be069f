//! Requests to the directory, as API Gateway passes them on.

use developer_identity::Invocation;
use lifeguard_identity::token::handle::Handle;
use lifeguard_sign_in::code_key::CodeKey;
use lifeguard_sign_in::occasion::Occasion;
use lifeguard_sign_in::secret::Secret;
use lifeguard_sign_in::ticket::Ticket;
use lifeguard_testkit::fixtures::KEY;
use serde_json::{Value, json};

use super::events::{authorized, form_of, grant, post};
use super::{APP, Caller, Directory, PendingCode, Tokens, place_of};
use crate::clause::Clause;
use crate::system::System;
use crate::system::changes::fault;

/// One request in so many is sent twice.
const TWICE: u64 = 10;
/// Most calls of one request.
const MOST_CALLS: u64 = 5;
/// Times that a client sends a request again which met a fault, and the seconds before each.
const AGAIN: (usize, u64) = (3, 1);

/// A response.
#[derive(Clone, Debug)]
pub struct Response {
    /// The status.
    pub status: u64,
    /// The body.
    pub body: Value,
    /// True if an injected fault hit the request.
    pub disturbed: bool,
    /// True if a right code was counted.
    pub right: bool,
}

/// Result of asking for a code.
#[derive(Clone, Debug)]
pub enum Requested {
    /// A mail has the code, or will have it.
    Pending(PendingCode),
    /// No code is needed: these are the tokens.
    Granted(Tokens),
    /// Neither.
    Refused,
    /// An injected fault hit the request.
    Disturbed,
}

impl System<Directory> {
    /// Requests the code of a place; a sign-in by sending the password. Now and then the client
    /// sends the request twice: either response may count.
    ///
    /// # Errors
    /// A clause that is broken; of every operation.
    pub async fn request_code(
        &mut self,
        place: usize,
        by: Caller,
        password: String,
    ) -> Result<Requested, Clause> {
        let email = self.functions.email.clone();
        let request = match Occasion::ALL[place] {
            Occasion::Registration => post("/v1/accounts", &json!({"email": email})),
            Occasion::Recovery => post("/v1/accounts/recovery", &json!({"email": email})),
            Occasion::SignIn => grant(&[("username", &email), ("password", &password)]),
        };
        let mut response = self.send(place, &request, "").await?;
        if self.random.once_in(TWICE) {
            let second = self.send(place, &request, "").await?;
            if self.random.once_in(2) {
                response = second;
            }
        }
        let Response { status, body, disturbed, .. } = response;
        let Some(handle) = body["handle"].as_str() else {
            return Ok(match (status, disturbed) {
                (200, _) => Requested::Granted(tokens(&body, self.now)?),
                (_, true) => Requested::Disturbed,
                (_, false) => Requested::Refused,
            });
        };
        let ticket = ticket_of(handle)?;
        let mark = body["mark"].as_str().unwrap_or_default();
        self.enter(place, ticket.challenge.number, ticket.origin, mark)?;
        let (handle, challenge) = (handle.to_owned(), ticket.challenge);
        Ok(Requested::Pending(PendingCode { place, challenge, handle, password, by }))
    }

    /// Sends a code.
    pub async fn send_code(
        &mut self,
        pending: &PendingCode,
        code: &str,
    ) -> Result<Response, Clause> {
        let request = self.confirmation(pending, code);
        self.send_until_told(pending.place, &request, code).await
    }

    /// Signs in by password alone; `None` if it is refused.
    pub async fn send_password(&mut self, password: &str) -> Result<Option<Tokens>, Clause> {
        let place = place_of(Occasion::SignIn);
        let email = self.functions.email.clone();
        let request = grant(&[("username", &email), ("password", password)]);
        let response = self.send_until_told(place, &request, "").await?;
        match response.status {
            200 => tokens(&response.body, self.now).map(Some),
            _ => Ok(None),
        }
    }

    /// Uses the access token, and now and then the refresh token too. What is looked at are
    /// attackers, so that no fault is injected.
    pub async fn use_session(&mut self, refreshes: bool) -> Result<(), Clause> {
        let Some(mut tokens) = self.functions.tokens.take() else { return Ok(()) };
        let failures = std::mem::take(&mut self.hazards.failures);
        let place = place_of(Occasion::SignIn);
        if self.now < tokens.issued + ACCESS_LIFE {
            let request = authorized("GET", "/v1/identity", &tokens.access);
            if self.send(place, &request, "").await?.status != 200 {
                return Err(Clause::Session);
            }
        }
        if refreshes {
            let form = [("grant_type", "refresh_token"), ("refresh_token", &tokens.refresh)];
            let response = self.send(place, &form_of(&form), "").await?;
            if response.status != 200 {
                return Err(Clause::Session);
            }
            tokens = self::tokens(&response.body, self.now)?;
        }
        self.functions.tokens = Some(tokens);
        self.hazards.failures = failures;
        Ok(())
    }

    /// Erases the account, as an operator does; the owner is about to register again.
    pub async fn erase_account(&mut self) -> Result<(), Clause> {
        self.note(|| "an operator erases the account".to_owned());
        let Directory { accounts, account, .. } = &self.functions;
        let erased = accounts.erase_account(account, self.now).await;
        erased.map_err(|error| Clause::Fault(error.to_string()))?;
        (self.functions.password, self.functions.tokens) = (None, None);
        let now = self.now;
        for place in &mut self.places {
            place.ledger.change_holder(now);
        }
        Ok(())
    }

    /// Lets some seconds pass that no owner waits for.
    pub async fn pause(&mut self, seconds: u64) -> Result<(), Clause> {
        self.paused += seconds;
        self.advance(self.now + seconds).await
    }

    /// Sends a request, and again if a fault hits it. Returns true in `right` if any of them counted
    /// a right code.
    async fn send_until_told(
        &mut self,
        place: usize,
        request: &Value,
        code: &str,
    ) -> Result<Response, Clause> {
        let mut right = false;
        let mut response = self.send(place, request, code).await?;
        for _ in 0..AGAIN.0 {
            right |= response.right;
            if !response.disturbed || response.status < 300 {
                break;
            }
            self.pause(AGAIN.1).await?;
            response = self.send(place, request, code).await?;
        }
        Ok(Response { right: right || response.right, ..response })
    }

    /// Sends one request and enters what it changed at a place, to which the code belongs.
    async fn send(
        &mut self,
        place: usize,
        request: &Value,
        code: &str,
    ) -> Result<Response, Clause> {
        let now = self.instance_now();
        let draws = std::array::from_fn(|_| self.random.bytes());
        let armed = self.arm(MOST_CALLS);
        let invocation = Invocation::new(now, draws);
        let reply = Box::pin(self.functions.provider.handle(request, invocation)).await;
        let disturbed = armed && self.faults.has_struck();
        let payload = reply.map_err(fault)?.into_payload();
        let right = self.changed(place, code)?;
        self.compare()?;
        let status = payload["statusCode"].as_u64().unwrap_or_default();
        let body = payload["body"].as_str().unwrap_or_default();
        if (status >= 500 || status == 429) && !disturbed {
            return Err(Clause::Fault(format!("a request met status {status}: {body}")));
        }
        let body = serde_json::from_str(body).unwrap_or_default();
        self.note(|| format!("place {place}: {} {status}", request["rawPath"]));
        Ok(Response { status, body, disturbed, right })
    }

    /// Enters the wrong passwords that were compared.
    fn compare(&mut self) -> Result<(), Clause> {
        let Directory { accounts, hasher, guesses, .. } = &mut self.functions;
        guesses.compare(self.now, hasher.take_wrong(), accounts.resets())
    }

    /// True if no further wrong password will be compared, as the row shows it to an attacker.
    #[must_use]
    pub fn is_locked(&self) -> bool {
        self.functions.guesses.is_locked(self.now)
    }

    fn confirmation(&self, pending: &PendingCode, code: &str) -> Value {
        let PendingCode { place, handle, password, .. } = pending;
        let email = &self.functions.email;
        match Occasion::ALL[*place] {
            Occasion::Registration => post(
                "/v1/accounts/confirm",
                &json!({"email": email, "handle": handle, "code": code, "password": password}),
            ),
            Occasion::Recovery => post(
                "/v1/accounts/recovery/confirm",
                &json!({
                    "email": email, "handle": handle, "code": code, "new_password": password,
                    "client_id": APP,
                }),
            ),
            Occasion::SignIn => grant(&[
                ("username", email),
                ("password", password),
                ("handle", handle),
                ("code", code),
            ]),
        }
    }
}

/// Seconds for which an access token works, less the errors of clocks.
const ACCESS_LIFE: u64 = 15 * 60 - 10;

/// Reads the tokens of a response.
///
/// # Errors
/// A body without them.
pub fn tokens(body: &Value, issued: u64) -> Result<Tokens, Clause> {
    let token = |name: &str| body[name].as_str().map(str::to_owned);
    match (token("access_token"), token("refresh_token")) {
        (Some(access), Some(refresh)) => Ok(Tokens { access, refresh, issued }),
        _ => Err(Clause::Fault("a response of status 200 has no tokens".to_owned())),
    }
}

/// Opens a handle.
fn ticket_of(handle: &str) -> Result<Ticket, Clause> {
    let handle = Handle::parse(&Secret::new(handle.to_owned()));
    let handle = handle.and_then(|handle| handle.verify(&CodeKey::new(1, KEY)));
    let handle = handle.ok_or_else(|| Clause::Fault("a handle does not open".to_owned()))?;
    Ok(handle.ticket)
}

impl PendingCode {
    /// Returns the password that goes with the code.
    #[must_use]
    pub fn password(&self) -> &str {
        &self.password
    }

    /// True if the owner has requested it.
    #[must_use]
    pub fn is_of_owner(&self) -> bool {
        self.by == Caller::Owner
    }
}
