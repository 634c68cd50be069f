//! App clients as the control plane sees them.

use serde_json::{Value, json};

use super::unserved::VALUES;
use crate::aws_api::input::Input;
use crate::aws_api::listing::page;
use crate::aws_api::{ApiError, chance, inputs};
use crate::user_pool::Host;
use crate::user_pool::client::{self, Client};
use crate::user_pool::state::no_such_client;

const LETTERS: &str = "abcdefghijklmnopqrstuvwxyz0123456789";

impl Host {
    pub(super) fn create_client(&self, input: &Input) -> Result<Value, ApiError> {
        let pool = input.required("UserPoolId")?;
        let id = chance::word(LETTERS, 26)?;
        self.add_client(pool, &id, input)
    }

    /// Creates a client under an id that no call could give it, input and id checked as in a call.
    pub(in crate::user_pool) fn add_seeded_client(
        &self,
        pool: &str,
        id: &str,
        mut input: Value,
    ) -> Result<Value, ApiError> {
        if let Some(members) = input.as_object_mut() {
            members.insert("UserPoolId".to_owned(), pool.into());
        }
        let input = Input::of(input)?;
        inputs::check("CreateUserPoolClient", &input, &VALUES)?;
        let named = Input::of(json!({"UserPoolId": pool, "ClientId": id}))?;
        inputs::check("DescribeUserPoolClient", &named, &VALUES)?;
        self.add_client(pool, id, &input)
    }

    /// Creates a client under this id, which no other pool may use either.
    fn add_client(&self, pool: &str, id: &str, input: &Input) -> Result<Value, ApiError> {
        input.required("ClientName")?;
        let secret =
            if input.flag("GenerateSecret")? { Some(chance::word(LETTERS, 51)?) } else { None };
        let now = self.clock.now();
        let client = Client {
            id: id.to_owned(),
            secret,
            config: client::config(input)?,
            created: now,
            modified: now,
        };
        let mut state = self.state();
        if state.client(id).is_ok() {
            return Err(ApiError::invalid(format!("User pool client {id} already exists.")));
        }
        let pool = state.pool_mut(pool)?;
        let shown = client.describe(&pool.id);
        pool.clients.insert(id.to_owned(), client);
        Ok(json!({"UserPoolClient": shown}))
    }

    pub(super) fn describe_client(&self, input: &Input) -> Result<Value, ApiError> {
        let state = self.state();
        let pool = state.pool(input.required("UserPoolId")?)?;
        let client = pool.client(input.required("ClientId")?)?;
        Ok(json!({"UserPoolClient": client.describe(&pool.id)}))
    }

    /// Replaces a client's settings; what the input leaves out falls back to its default.
    pub(super) fn update_client(&self, input: &Input) -> Result<Value, ApiError> {
        let id = input.required("ClientId")?;
        let now = self.clock.now();
        let mut state = self.state();
        let pool = state.pool_mut(input.required("UserPoolId")?)?;
        let pool_id = pool.id.clone();
        let client = pool.clients.get_mut(id).ok_or_else(|| no_such_client(id))?;
        let name = client.config.get("ClientName").cloned();
        client.config = client::config(input)?;
        if let Some(name) = name {
            client.config.entry("ClientName").or_insert(name);
        }
        client.modified = now;
        Ok(json!({"UserPoolClient": client.describe(&pool_id)}))
    }

    /// Deletes a client; its sessions and sign-ins end with it.
    pub(super) fn delete_client(&self, input: &Input) -> Result<Value, ApiError> {
        let id = input.required("ClientId")?;
        let mut state = self.state();
        let pool = state.pool_mut(input.required("UserPoolId")?)?;
        pool.clients.remove(id).ok_or_else(|| no_such_client(id))?;
        pool.sessions.retain(|_, session| session.client != id);
        pool.grants.retain(|_, grant| grant.client != id);
        Ok(json!({}))
    }

    pub(super) fn list_clients(&self, input: &Input) -> Result<Value, ApiError> {
        let limit = input.number("MaxResults", 1, 60)?;
        let state = self.state();
        let pool = state.pool(input.required("UserPoolId")?)?;
        let clients: Vec<Value> = pool
            .clients
            .values()
            .map(|client| {
                json!({
                    "ClientId": client.id,
                    "ClientName": client.config.get("ClientName"),
                    "UserPoolId": pool.id,
                })
            })
            .collect();
        page("UserPoolClients", clients, limit, "NextToken", input)
    }
}
