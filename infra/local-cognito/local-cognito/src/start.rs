//! The start of a local Cognito: its services are wired together and served.

mod function_source;
mod options;
mod ports;
mod serving;

use std::sync::Arc;

use anyhow::Context;
use local_cognito_api_gateway::{self as api_gateway, Authorizers, Gateway};
use local_cognito_aws_emulation::credentials::Credentials;
use local_cognito_aws_emulation::data_folder::DataFolder;
use local_cognito_aws_emulation::functions::Functions;
use local_cognito_aws_emulation::journal::Journal;
use local_cognito_aws_emulation::logs::Logs;
use local_cognito_aws_emulation::outbox::Outbox;
use local_cognito_dynamodb::stream::{self, Source, Stream};
use local_cognito_dynamodb::{CHALLENGES, Dynamo, LeadingKeys};
use local_cognito_iam::Roles;
use local_cognito_iam::trail::Trail;
use local_cognito_lambda::Lambda;
use local_cognito_openid::issuer::Issuer;
use local_cognito_s3::S3;
use local_cognito_sam_template::Template;
use local_cognito_sigv4::Verifier;
use tokio::sync::watch;

use self::function_source::{explain, put_functions};
pub use self::options::{FunctionSource, StartOptions};
use self::ports::Ports;
use self::serving::{serve, serve_dynamo, serve_main};
use crate::default_pool::{self, CODE_KEY_SECRET, Setup};
use crate::front::{Front, Rights, Services};
use crate::instance::LocalCognito;
use crate::local_api::{Addresses, DeploymentDocument, Local};
use crate::mail::Mail;
use crate::page;
use crate::pool_tokens::PoolTokens;
use crate::saved_state::{self, SavedState};
use crate::secrets::Secrets;
use crate::seed::Seed;
use local_cognito_identity_pool::{self as identity_pool, IdentityPools};
use local_cognito_user_pool::{Settings, UserPools};

/// Starts a local Cognito: takes the ports, finds or builds the functions, creates or restores the
/// pools, and serves.
///
/// # Errors
/// A sentence for the developer who started it: a port in use, functions that do not build, a
/// mistake in the template or the seed file, a data folder that cannot be used.
pub async fn start(options: &StartOptions) -> anyhow::Result<LocalCognito> {
    let region = options.region.as_str();
    let seed = options.seed.as_deref().map(Seed::load).transpose()?;
    let seeded_form = seed.as_ref().map(Seed::issuer_form).transpose()?.flatten();
    let issuer_form = options.issuer_form.or(seeded_form).unwrap_or_default();
    let ports = Ports::take(options.port).await?;
    let data = options.data.as_deref().map(DataFolder::open).transpose()?;
    let (url, s3_url, dynamo_url) = (ports.main.url(), ports.s3.url(), ports.dynamo.url());
    let deployment = default_pool::deployment(&url, &options.origins, region);
    let template =
        Template::parse(&options.template, &deployment).context("The template cannot be played")?;
    let clock = options.clock.clone();
    let (logs, outbox, secrets) = (Logs::default(), Outbox::default(), Secrets::default());
    let (stream, trail) = (Stream::default(), Trail::default());
    let (credentials, journal) = (Credentials::default(), Journal::new(clock.clone()));
    let mail = Mail::new(outbox.clone(), clock.clone());
    let folder = data.as_ref().map(DataFolder::path);
    let dynamo = Dynamo::start(folder, &clock, &template.tables).await?;
    let client = reqwest::Client::builder().no_proxy().build()?;
    let (stop, stopped) = watch::channel(());

    let inner_url = format!("http://127.0.0.1:{}", ports.main.number);
    let lambda = Lambda::new(&inner_url, region, logs.clone(), clock.clone(), stopped.clone());
    let functions = match &options.functions {
        FunctionSource::Given(functions) => functions.clone(),
        _ => Functions::default(),
    };
    let setup = Setup { url: &inner_url, region, issuer_form };
    put_functions(options, &functions, &lambda, &client, &setup, &template).await?;
    secrets.put(CODE_KEY_SECRET, &saved_state::code_key(data.as_ref())?);

    let user_pools = UserPools::new(
        Settings {
            issuer_base: url.clone(),
            issuer_form,
            region: region.to_owned(),
            ..options.user_pools.clone()
        },
        clock.clone(),
        functions.clone(),
        journal.clone(),
        outbox.clone(),
    );
    let roles = Roles::new(template.roles.iter().cloned());
    let identity_pools = IdentityPools::new(
        identity_pool::Settings {
            url: url.clone(),
            region: region.to_owned(),
            ..options.identity_pools.clone()
        },
        clock.clone(),
        PoolTokens(user_pools.clone()),
        credentials.clone(),
        roles.clone(),
    );
    let verifier = Verifier::new(region, functions.clone(), credentials.clone(), clock.clone());

    let s3 = S3 {
        bucket: template.bucket.clone(),
        cors: template.bucket_cors.clone(),
        page: url.clone(),
        region: region.to_owned(),
        verifier: verifier.clone(),
        roles: roles.clone(),
        journal: journal.clone(),
        clock: clock.clone(),
        data: data.clone(),
    };
    let front = Front::new(Services {
        functions: functions.clone(),
        identity_pools: identity_pools.clone(),
        journal: journal.clone(),
        mail: mail.clone(),
        secrets: secrets.clone(),
        stream: stream.clone(),
        rights: Rights {
            region: region.to_owned(),
            verifier: verifier.clone(),
            roles: roles.clone(),
            function_roles: template.function_roles.clone(),
            trail: trail.clone(),
            leading_keys: LeadingKeys::new(&template.tables),
        },
        client: client.clone(),
        dynamo_url: dynamo.inner_url().to_owned(),
        region: region.to_owned(),
    });
    let gateway = Gateway::new(api_gateway::Dependencies {
        apis: template.http_apis.clone(),
        authorizers: Authorizers {
            clock: clock.clone(),
            tokens: Arc::new(PoolTokens(user_pools.clone())),
            verifier,
            roles,
        },
        functions: functions.clone(),
        journal: journal.clone(),
        clock: clock.clone(),
        region: region.to_owned(),
    });
    let local = Local {
        outbox: outbox.clone(),
        journal: journal.clone(),
        logs: logs.clone(),
        clock: clock.clone(),
        dynamo: dynamo.clone(),
        deployment: DeploymentDocument::new(
            region,
            Addresses { main: &url, s3: &s3_url, dynamo: &dynamo_url },
            &template,
        ),
        user_pools: user_pools.clone(),
    };
    let router = page::router(&s3_url)
        .merge(user_pools.router())
        .merge(identity_pools.router())
        .merge(lambda.router(functions.clone()))
        .merge(local.router())
        .merge(Issuer::new(&url, clock.clone()).router());
    let origins = &options.origins;
    let (reader, s3_router) = (dynamo.stream(CHALLENGES)?, s3.router()?);
    let mut tasks = serve(ports.s3, origins, s3_router);
    tasks.extend(serve_main(ports.main, origins, router, gateway, front.clone()));
    tasks.extend(serve_dynamo(ports.dynamo, origins, front));
    let source = Source {
        functions: functions.clone(),
        journal: journal.clone(),
        logs: logs.clone(),
        region: region.to_owned(),
    };
    tasks.push(tokio::spawn(stream::pump(stream.clone(), reader, source, stopped)));

    let saved_state =
        SavedState { data, user_pools: user_pools.clone(), identity_pools: identity_pools.clone() };
    // From here on an error drops the whole, which stops what is served already.
    let mut started = LocalCognito {
        url,
        s3_url,
        dynamo_url,
        region: region.to_owned(),
        origins: origins.clone(),
        seeded: Vec::new(),
        clock,
        credentials,
        functions,
        identity_pools,
        journal,
        logs,
        mail,
        outbox,
        secrets,
        stream,
        template,
        trail,
        user_pools,
        saved_state,
        tasks,
        _stop: stop,
    };
    let is_new = started.saved_state.restore(&started.template, region).await?;
    match seed {
        Some(seed) if is_new => match seed.plant(&started.user_pools, region).await {
            Ok(names) => started.seeded = names,
            Err(error) => return Err(explain(error, options, &started, &client).await),
        },
        Some(_) => eprintln!("The data folder holds pools already: nothing is seeded"),
        None => {}
    }
    if !matches!(options.functions, FunctionSource::Given(_)) {
        started.tasks.push(tokio::spawn(started.identity_pools.clone().make_key()));
    }
    started.tasks.push(tokio::spawn(started.saved_state.clone().keep_saving()));
    Ok(started)
}
