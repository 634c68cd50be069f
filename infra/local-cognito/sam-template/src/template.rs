//! Resources that the local Cognito takes from the template that is deployed: the functions with
//! their settings and roles, the triggers, the HTTP APIs, the identity pool and its role, the
//! bucket, the tables.
//!
//! The same text is deployed, so a route or a permission that is missing there is missing here.
//! A member that is needed and cannot be read stops the start with its path; nothing is guessed.
//! Contract: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/>

use local_cognito_iam::Role;
use serde_json::Value;

use super::after_sign_in::AfterSignIn;
use super::bucket::{self, CorsRule};
use super::complaint::TemplateError;
use super::deployed_function::{self, DeployedFunction, DeployedTrigger};
use super::document::Document;
use super::event_source_mapping::{self, EventSourceMapping};
use super::function::{self, FunctionRole};
use super::http_api::{self, HttpApi};
use super::identity;
use super::parameters;
use super::physical::Deployment;
use super::properties::Stack;
use super::rules;
use super::storage::{self, Table};

/// The template that is deployed.
pub const OWN: &str = include_str!("../../../template.yaml");

/// A template as it is deployed on this local Cognito.
#[derive(Clone, Debug)]
pub struct Template {
    /// Functions with their settings.
    pub functions: Vec<DeployedFunction>,
    /// Mapping from the stream of challenges to the function that sends the messages, if any.
    pub stream: Option<EventSourceMapping>,
    /// Triggers of the user pool.
    pub triggers: Vec<DeployedTrigger>,
    /// The HTTP APIs.
    pub http_apis: Vec<HttpApi>,
    /// The identity pool, as `CreateIdentityPool` takes it.
    pub identity_pool: Value,
    /// Its roles, as `SetIdentityPoolRoles` takes them.
    pub identity_pool_roles: Value,
    /// Every role that trusts the identity pool.
    pub roles: Vec<Role>,
    /// The roles of the functions; a function that names none is bound by none.
    pub function_roles: Vec<FunctionRole>,
    /// The bucket; its prefixes belong to identities.
    pub bucket: String,
    /// Its rules for cross-origin requests, the first that allows one being taken.
    pub bucket_cors: Vec<CorsRule>,
    /// The tables.
    pub tables: Vec<Table>,
}

impl Template {
    /// Returns the triggers and AWS calls that follow a successful sign-in.
    #[must_use]
    pub fn after_sign_in(&self) -> AfterSignIn {
        AfterSignIn::new(&self.triggers, &self.function_roles)
    }

    /// Reads a template as this deployment would resolve it.
    ///
    /// # Errors
    /// A text that is no template, parameters that it refuses, or the first thing in it that is
    /// needed and cannot be read.
    pub fn parse(text: &str, deployment: &Deployment) -> Result<Self, TemplateError> {
        let document = Document::parse(text)?;
        parameters::check(&document, deployment)?;
        rules::check(&document, deployment)?;
        let stack = Stack::new(&document, deployment)?;
        let (bucket, bucket_cors) = bucket::read(&stack)?;
        Ok(Self {
            functions: deployed_function::functions(&stack)?,
            stream: event_source_mapping::read(&stack)?,
            triggers: deployed_function::triggers(&stack)?,
            http_apis: http_api::read_all(&stack)?,
            identity_pool: identity::pool(&stack)?,
            identity_pool_roles: identity::role_attachment(&stack)?,
            roles: identity::roles(&stack)?,
            function_roles: function::roles(&stack)?,
            bucket,
            bucket_cors,
            tables: storage::tables(&stack)?,
        })
    }
}
