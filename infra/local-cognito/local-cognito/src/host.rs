//! One host: every part of the local Cognito, wired together and served.

mod access;
mod function_source;
mod kept_state;
mod options;
mod ports;
mod resources;

use anyhow::Context;
use axum::middleware::{from_fn, from_fn_with_state};
use tokio::sync::watch;
use tokio::task::JoinHandle;

pub use self::function_source::FunctionSource;
use self::function_source::{explain, put_functions};
use self::kept_state::Kept;
pub use self::options::HostOptions;
use self::ports::Ports;
use crate::api_gateway::{self, Authorizers, Gateway};
use crate::aws_api::wire;
use crate::clock::Clock;
use crate::credentials::Credentials;
use crate::data_folder::DataFolder;
use crate::default_pool::{self, CODE_KEY_SECRET, Setup};
use crate::dynamo::{CHALLENGES, Dynamo};
use crate::front::{self, Front, Services};
use crate::functions::Functions;
use crate::iam::Roles;
use crate::identity_pool::{self, IdentityPools};
use crate::issuer::Issuer;
use crate::journal::Journal;
use crate::lambda::Lambda;
use crate::listen::Port;
use crate::local_api::Local;
use crate::logs::Logs;
use crate::mail::Mail;
use crate::origins::{Origin, Origins, refuse_other_sites};
use crate::outbox::Outbox;
use crate::page;
use crate::secrets::Secrets;
use crate::seed::Seed;
use crate::stream::{Source, Stream};
use crate::template::Template;
use crate::trail::Trail;
use crate::user_pool::{Settings, UserPools};

/// A running host; dropping it stops its servers and kills its function processes.
pub struct Host {
    url: String,
    s3_url: String,
    dynamo_url: String,
    region: String,
    origins: Vec<Origin>,
    seeded: Vec<String>,
    pools: UserPools,
    identity_pools: IdentityPools,
    functions: Functions,
    template: Template,
    roles: Roles,
    parts: Parts,
    data: Option<DataFolder>,
    tasks: Vec<JoinHandle<()>>,
    _stop: watch::Sender<()>,
}

/// The parts that know nothing of each other.
struct Parts {
    clock: Clock,
    credentials: Credentials,
    journal: Journal,
    outbox: Outbox,
    logs: Logs,
    mail: Mail,
    secrets: Secrets,
    stream: Stream,
    trail: Trail,
}

impl Host {
    /// Starts a host: takes the ports, finds or builds the functions, creates or restores the
    /// pools, and serves.
    ///
    /// # Errors
    /// A sentence for the person who started it: a port in use, functions that do not build, a
    /// mistake in the template or the seed file, a data folder that cannot be used.
    pub async fn start(options: &HostOptions) -> anyhow::Result<Self> {
        let seed = options.seed.as_deref().map(Seed::load).transpose()?;
        let seeded_form = seed.as_ref().map(Seed::issuer_form).transpose()?.flatten();
        let issuer_form = options.issuer_form.or(seeded_form).unwrap_or_default();
        let ports = Ports::take(options.port).await?;
        let data = options.data.as_deref().map(DataFolder::open).transpose()?;
        let parts = Parts::new(options.clock.clone());
        let url = ports.main.url();
        let deployment = default_pool::deployment(&url, &options.origins, &options.region);
        let template = Template::read(&options.template, &deployment)
            .context("The template cannot be played")?;
        let dynamo =
            Dynamo::start(data.as_ref().map(DataFolder::path), &parts.clock, &template.tables)
                .await?;
        let client = reqwest::Client::builder().no_proxy().build()?;
        let (stop, stopped) = watch::channel(());

        let inner_url = format!("http://127.0.0.1:{}", ports.main.number);
        let lambda = Lambda::new(&inner_url, &options.region, parts.logs.clone(), stopped.clone());
        let functions = match &options.functions {
            FunctionSource::Given(functions) => functions.clone(),
            _ => Functions::default(),
        };
        let setup = Setup { url: &inner_url, region: &options.region, issuer_form };
        put_functions(options, &functions, &lambda, &client, &setup, &template).await?;
        parts.secrets.put(CODE_KEY_SECRET, &kept_state::code_key(data.as_ref())?);

        let pools = UserPools::new(
            Settings {
                issuer_base: url.clone(),
                issuer_form,
                region: options.region.clone(),
                ..options.user_pools.clone()
            },
            parts.clock.clone(),
            functions.clone(),
            parts.journal.clone(),
            parts.outbox.clone(),
        );
        let roles = Roles::new(template.roles.iter().cloned());
        let identity_pools = IdentityPools::new(
            identity_pool::Settings {
                url: url.clone(),
                region: options.region.clone(),
                ..options.identity_pools.clone()
            },
            parts.clock.clone(),
            pools.clone(),
            parts.credentials.clone(),
            roles.clone(),
        );
        let mut host = Self {
            url,
            s3_url: ports.s3.url(),
            dynamo_url: ports.dynamo.url(),
            region: options.region.clone(),
            origins: options.origins.clone(),
            seeded: Vec::new(),
            pools,
            identity_pools,
            functions,
            template,
            roles,
            parts,
            data,
            tasks: Vec::new(),
            _stop: stop,
        };
        host.serve_s3(ports.s3)?;
        host.serve(ports.main, ports.dynamo, &lambda, client.clone(), &dynamo);
        host.feed(&dynamo, stopped)?;
        let is_new =
            kept_state::restore(host.data.as_ref(), host.kept(), &host.template, &host.region)
                .await?;
        match seed {
            Some(seed) if is_new => match seed.plant(&host.pools, &host.region).await {
                Ok(names) => host.seeded = names,
                Err(error) => return Err(explain(error, options, &host, &client).await),
            },
            Some(_) => eprintln!("The data folder holds pools already: nothing is seeded"),
            None => {}
        }
        if !matches!(options.functions, FunctionSource::Given(_)) {
            host.tasks.push(tokio::spawn(host.identity_pools.clone().make_key()));
        }
        if let Some(data) = host.data.clone() {
            host.tasks.push(tokio::spawn(kept_state::keep_saving(data, host.kept())));
        }
        Ok(host)
    }

    /// Saves the state, if it is kept, and stops.
    ///
    /// # Errors
    /// A state that cannot be saved; the host is stopped all the same.
    pub fn shutdown(self) -> anyhow::Result<()> {
        match &self.data {
            Some(data) => kept_state::save(data, &self.kept()),
            None => Ok(()),
        }
    }

    fn kept(&self) -> Kept {
        Kept { pools: self.pools.clone(), identity_pools: self.identity_pools.clone() }
    }

    fn serve(
        &mut self,
        port: Port,
        dynamo_port: Port,
        lambda: &Lambda,
        client: reqwest::Client,
        dynamo: &Dynamo,
    ) {
        let parts = &self.parts;
        let front = Front::new(Services {
            functions: self.functions.clone(),
            identity_pools: self.identity_pools.clone(),
            journal: parts.journal.clone(),
            mail: parts.mail.clone(),
            secrets: parts.secrets.clone(),
            stream: parts.stream.clone(),
            rights: self.rights(),
            client,
            dynamo_url: dynamo.inner_url().to_owned(),
            region: self.region.clone(),
        });
        let local = Local {
            outbox: parts.outbox.clone(),
            journal: parts.journal.clone(),
            clock: parts.clock.clone(),
            dynamo: dynamo.clone(),
            deployment: self.deployment(),
            user_pools: self.pools.clone(),
        };
        let router = page::router(&self.s3_url)
            .merge(self.pools.router())
            .merge(self.identity_pools.router())
            .merge(lambda.router(self.functions.clone()))
            .merge(local.router())
            .merge(Issuer::new(&self.url, parts.clock.clone()).router())
            .layer(from_fn_with_state(self.gateway(), api_gateway::dispatch))
            .layer(from_fn_with_state(front.clone(), front::dispatch));
        let dynamo_router = axum::Router::new()
            .layer(from_fn_with_state(front, front::dispatch))
            .layer(from_fn(wire::cors));
        self.open(port, router);
        self.open(dynamo_port, dynamo_router);
    }

    /// Serves a port, for the pages that may use it.
    fn open(&mut self, port: Port, router: axum::Router) {
        let origins = Origins::new(&self.origins);
        let guarded = router.layer(from_fn_with_state(origins, refuse_other_sites));
        self.tasks.extend(port.serve(&guarded));
    }

    fn gateway(&self) -> Gateway {
        let Parts { clock, journal, .. } = &self.parts;
        Gateway::new(api_gateway::Parts {
            apis: self.template.http_apis.clone(),
            authorizers: Authorizers {
                clock: clock.clone(),
                user_pools: self.pools.clone(),
                verifier: self.verifier(),
                roles: self.roles.clone(),
            },
            functions: self.functions.clone(),
            journal: journal.clone(),
            clock: clock.clone(),
            region: self.region.clone(),
        })
    }

    fn feed(&mut self, dynamo: &Dynamo, stopped: watch::Receiver<()>) -> anyhow::Result<()> {
        let source = Source {
            functions: self.functions.clone(),
            journal: self.parts.journal.clone(),
            logs: self.parts.logs.clone(),
            region: self.region.clone(),
        };
        let reader = dynamo.stream(CHALLENGES)?;
        let pump = self.parts.stream.clone().pump(reader, source, stopped);
        self.tasks.push(tokio::spawn(pump));
        Ok(())
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

impl Parts {
    fn new(clock: Clock) -> Self {
        let outbox = Outbox::default();
        Self {
            mail: Mail::new(outbox.clone(), clock.clone()),
            credentials: Credentials::default(),
            journal: Journal::new(clock.clone()),
            clock,
            outbox,
            logs: Logs::default(),
            secrets: Secrets::default(),
            stream: Stream::default(),
            trail: Trail::default(),
        }
    }
}
