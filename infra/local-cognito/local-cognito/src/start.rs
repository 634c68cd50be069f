//! The start of a local Cognito: its services are wired together and served.

mod foundation;
mod function_source;
mod options;
mod ports;
mod serving;
mod wiring;

use std::sync::Arc;

use local_cognito_dynamodb::{CHALLENGES, stream};
use local_cognito_lambda::Lambda;
use local_cognito_user_pool::IssuerForm;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use self::foundation::Foundation;
use self::function_source::{explain, put_functions};
pub use self::options::{FunctionSource, StartOptions};
use self::ports::Ports;
use self::serving::{serve, serve_dynamo, serve_main};
use self::wiring::{Wiring, stream_source};
use crate::default_pool::{CODE_KEY_SECRET, Setup};
use crate::instance::LocalCognito;
use crate::saved_state::{self, SavedState};
use crate::seed::Seed;

/// Starts a local Cognito: takes the ports, finds or builds the functions, creates or restores the
/// pools, and serves.
///
/// # Errors
/// A sentence for the developer who started it: a port in use, functions that do not build, a
/// mistake in the template or the seed file, a data folder that cannot be used.
pub async fn start(options: &StartOptions) -> anyhow::Result<LocalCognito> {
    let seed = options.seed.as_deref().map(Seed::load).transpose()?;
    let issuer_form = issuer_form(options, seed.as_ref())?;
    let ports = Ports::take(options.port).await?;
    let base = Foundation::new(options, &ports).await?;
    let (stop, stopped) = watch::channel(());
    let (logs, clock) = (base.logs.clone(), base.clock.clone());
    let lambda = Lambda::new(&base.inner_url, &base.region, logs, clock, stopped.clone());
    let setup = Setup { url: &base.inner_url, region: &base.region, issuer_form };
    put_functions(options, &base.functions, &lambda, &base.client, &setup, &base.template).await?;
    base.secrets.put(CODE_KEY_SECRET, &saved_state::code_key(base.data.as_ref())?);

    let wiring = Wiring::new(&base, options, issuer_form);
    let tasks = serve_all(&base, &wiring, &lambda, ports, options, stopped)?;
    let client = base.client.clone();
    // From here on an error drops the whole, which stops what is served already.
    let mut started = running(base, wiring, options, tasks, stop);
    fill(&mut started, seed, options, &client).await?;
    if !matches!(options.functions, FunctionSource::Given(_)) {
        started.tasks.push(tokio::spawn(started.identity_pools.clone().make_key()));
    }
    started.tasks.push(tokio::spawn(started.saved_state.clone().keep_saving()));
    Ok(started)
}

/// Returns the form of the issuer: that of the options, else of the seed file, else the local one.
fn issuer_form(options: &StartOptions, seed: Option<&Seed>) -> anyhow::Result<IssuerForm> {
    let seeded = seed.map(Seed::issuer_form).transpose()?.flatten();
    Ok(options.issuer_form.or(seeded).unwrap_or_default())
}

/// Serves the three ports and the stream of the table of challenges.
fn serve_all(
    base: &Foundation,
    wiring: &Wiring,
    lambda: &Lambda,
    ports: Ports,
    options: &StartOptions,
    stopped: watch::Receiver<()>,
) -> anyhow::Result<Vec<JoinHandle<()>>> {
    let (origins, front) = (&options.origins, wiring.front(base));
    let s3_router = wiring.s3(base).router()?;
    let mapping = base.template.stream.clone();
    let reader = mapping.as_ref().map(|it| base.dynamo.stream(CHALLENGES, it.starting_position));
    let reader = reader.transpose()?;
    let (router, gateway) = (wiring.router(base, lambda), wiring.gateway(base));
    let mut tasks = serve(ports.s3, origins, s3_router);
    tasks.extend(serve_main(ports.main, origins, router, gateway, front.clone()));
    tasks.extend(serve_dynamo(ports.dynamo, origins, front));
    if let Some((mapping, reader)) = mapping.zip(reader) {
        let source = stream_source(base, mapping);
        tasks.push(tokio::spawn(stream::pump(base.stream.clone(), reader, source, stopped)));
    }
    Ok(tasks)
}

/// Makes the handle on everything that runs.
fn running(
    base: Foundation,
    wiring: Wiring,
    options: &StartOptions,
    tasks: Vec<JoinHandle<()>>,
    stop: watch::Sender<()>,
) -> LocalCognito {
    let Wiring { user_pools, identity_pools, .. } = wiring;
    LocalCognito {
        saved_state: SavedState {
            data: base.data,
            user_pools: user_pools.clone(),
            identity_pools: identity_pools.clone(),
            writing: Arc::default(),
        },
        url: base.url,
        s3_url: base.s3_url,
        dynamo_url: base.dynamo_url,
        region: base.region,
        origins: options.origins.clone(),
        seeded: Vec::new(),
        clock: base.clock,
        credentials: base.credentials,
        functions: base.functions,
        identity_pools,
        journal: base.journal,
        logs: base.logs,
        mail: base.mail,
        outbox: base.outbox,
        secrets: base.secrets,
        stream: base.stream,
        template: base.template,
        trail: base.trail,
        user_pools,
        tasks,
        _stop: stop,
    }
}

/// Restores the pools, or creates the default ones and those of the seed file.
async fn fill(
    started: &mut LocalCognito,
    seed: Option<Seed>,
    options: &StartOptions,
    client: &reqwest::Client,
) -> anyhow::Result<()> {
    let is_new = started.saved_state.restore(&started.template, &started.region).await?;
    match seed {
        Some(seed) if is_new => match seed.plant(&started.user_pools, &started.region).await {
            Ok(names) => started.seeded = names,
            Err(error) => return Err(explain(error, options, started, client).await),
        },
        Some(_) => eprintln!("The data folder holds pools already: nothing is seeded"),
        None => {}
    }
    Ok(())
}
