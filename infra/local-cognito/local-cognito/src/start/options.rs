//! Options of a start.

use std::path::PathBuf;

use local_cognito_aws_emulation::clock::Clock;
use local_cognito_aws_emulation::functions::Functions;
use local_cognito_aws_emulation::origins::Origin;
use local_cognito_identity_pool as identity_pool;
use local_cognito_sam_template as template;
use local_cognito_user_pool::{IssuerForm, Settings};

/// Options of a start.
#[derive(Clone, Debug)]
pub struct StartOptions {
    /// The port, 0 for any; S3 listens one above, DynamoDB two.
    pub port: u16,
    /// The region in ids, ARNs and events.
    pub region: String,
    /// Source of the functions.
    pub functions: FunctionSource,
    /// Variables that every function is given, beside its own or instead of them.
    pub variables: Vec<(String, String)>,
    /// The template with the functions, the triggers, the HTTP APIs, the identity pool, its roles,
    /// the bucket and the tables.
    pub template: String,
    /// A file of users, pools and clients to create.
    pub seed: Option<PathBuf>,
    /// Form of the issuer of the user pools' tokens; without it the seed file's, or the local one.
    pub issuer_form: Option<IssuerForm>,
    /// Origins of web pages that are answered beside those of this machine; the HTTP APIs and the
    /// bucket know them as the template's `WebOrigins`.
    pub origins: Vec<Origin>,
    /// A folder to keep the state in; in memory without it.
    pub data: Option<PathBuf>,
    /// The clock, which a test may have moved already.
    pub clock: Clock,
    /// The settings of the user pools; region and issuer are set by the start.
    pub user_pools: Settings,
    /// The settings of the identity pools; region and address are set by the start.
    pub identity_pools: identity_pool::Settings,
}

impl Default for StartOptions {
    fn default() -> Self {
        Self {
            port: 0,
            region: "eu-west-1".to_owned(),
            functions: FunctionSource::Given(Functions::default()),
            variables: Vec::new(),
            template: template::OWN.to_owned(),
            seed: None,
            issuer_form: None,
            origins: Vec::new(),
            data: None,
            clock: Clock::default(),
            user_pools: Settings::default(),
            identity_pools: identity_pool::Settings::default(),
        }
    }
}

/// Source of the functions.
#[derive(Clone, Debug)]
pub enum FunctionSource {
    /// Build the packages under `functions/` of this workspace.
    Workspace(PathBuf),
    /// Take the binaries of this folder.
    Folder(PathBuf),
    /// Invoke them behind this URL.
    Endpoint(String),
    /// Take these, which a test has filled with scripts; more can be put in place later.
    Given(Functions),
}
