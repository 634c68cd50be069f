//! Parts that the services of one local Cognito share.

use anyhow::Context;
use local_cognito_aws_emulation::clock::Clock;
use local_cognito_aws_emulation::credentials::Credentials;
use local_cognito_aws_emulation::data_folder::DataFolder;
use local_cognito_aws_emulation::functions::Functions;
use local_cognito_aws_emulation::journal::Journal;
use local_cognito_aws_emulation::logs::Logs;
use local_cognito_aws_emulation::outbox::Outbox;
use local_cognito_dynamodb::Dynamo;
use local_cognito_dynamodb::stream::Stream;
use local_cognito_iam::trail::Trail;
use local_cognito_sam_template::Template;

use super::options::{FunctionSource, StartOptions};
use super::ports::Ports;
use crate::default_pool;
use crate::mail::Mail;
use crate::secrets::Secrets;

/// Addresses, template and state that more than one service needs; each handle is shared by
/// cloning it.
pub(super) struct Foundation {
    pub(super) url: String,
    pub(super) s3_url: String,
    pub(super) dynamo_url: String,
    /// Address of the main port that needs no name of a host, for the processes of functions.
    pub(super) inner_url: String,
    pub(super) region: String,
    pub(super) template: Template,
    /// Folder of the state; in memory without it.
    pub(super) data: Option<DataFolder>,
    pub(super) client: reqwest::Client,
    pub(super) clock: Clock,
    pub(super) credentials: Credentials,
    pub(super) dynamo: Dynamo,
    pub(super) functions: Functions,
    pub(super) journal: Journal,
    pub(super) logs: Logs,
    pub(super) mail: Mail,
    pub(super) outbox: Outbox,
    pub(super) secrets: Secrets,
    pub(super) stream: Stream,
    pub(super) trail: Trail,
}

impl Foundation {
    /// Opens the data folder, reads the template and starts the database.
    pub(super) async fn new(options: &StartOptions, ports: &Ports) -> anyhow::Result<Self> {
        let data = options.data.as_deref().map(DataFolder::open).transpose()?;
        let url = ports.main.url();
        let deployment = default_pool::deployment(&url, &options.origins, &options.region);
        let template = Template::parse(&options.template, &deployment)
            .context("The template cannot be played")?;
        let (clock, outbox) = (options.clock.clone(), Outbox::default());
        let folder = data.as_ref().map(DataFolder::path);
        let dynamo = Dynamo::start(folder, &clock, &template.tables).await?;
        Ok(Self {
            url,
            s3_url: ports.s3.url(),
            dynamo_url: ports.dynamo.url(),
            inner_url: format!("http://127.0.0.1:{}", ports.main.number),
            region: options.region.clone(),
            template,
            data,
            client: reqwest::Client::builder().no_proxy().build()?,
            credentials: Credentials::default(),
            dynamo,
            functions: match &options.functions {
                FunctionSource::Given(functions) => functions.clone(),
                _ => Functions::default(),
            },
            journal: Journal::new(clock.clone()),
            logs: Logs::default(),
            mail: Mail::new(outbox.clone(), clock.clone()),
            clock,
            outbox,
            secrets: Secrets::default(),
            stream: Stream::default(),
            trail: Trail::default(),
        })
    }
}
