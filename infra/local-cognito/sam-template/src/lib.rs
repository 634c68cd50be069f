#![doc = include_str!("../README.md")]

mod after_sign_in;
mod bucket;
mod complaint;
mod condition;
mod deployed_function;
mod document;
mod event_source_mapping;
mod function;
mod http_api;
mod identity;
mod intrinsic;
mod parameters;
mod physical;
mod properties;
mod resolved_template;
mod route;
pub mod route_key;
mod rules;
mod stages;
mod storage;
mod template;

pub use self::after_sign_in::AfterSignIn;
pub use self::bucket::CorsRule;
pub use self::complaint::{Complaint, TemplateError};
pub use self::deployed_function::{DeployedFunction, DeployedTrigger};
pub use self::event_source_mapping::{EventSourceMapping, StartingPosition};
pub use self::function::FunctionRole;
pub use self::http_api::{Cors, HttpApi};
pub use self::physical::{ACCOUNT, Deployment, PARTITION, STACK};
pub use self::resolved_template::ResolvedTemplate;
pub use self::route::{Access, Route};
pub use self::storage::Table;
pub use self::template::{OWN, Template};
