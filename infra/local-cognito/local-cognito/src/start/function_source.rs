//! Functions from their source into place.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use anyhow::anyhow;

use super::options::{FunctionSource, StartOptions};
use crate::default_pool::{self, Setup};
use crate::seed::SeedError;
use local_cognito_aws_emulation::functions::Functions;
use local_cognito_dynamodb::stream;
use local_cognito_lambda::function_binaries::{self, Binaries};
use local_cognito_lambda::{Endpoint, FunctionSettings, Lambda};
use local_cognito_sam_template::Template;

/// The time-out of the function that the stream feeds; no caller waits for it.
const DELIVERY_TIMEOUT: Duration = Duration::from_secs(30);

/// Time in which an endpoint of functions must show that it is there.
const REACH_LIMIT: Duration = Duration::from_secs(2);

/// Puts the functions of a source in place.
pub(super) async fn put_functions(
    options: &StartOptions,
    functions: &Functions,
    lambda: &Lambda,
    client: &reqwest::Client,
    setup: &Setup<'_>,
    template: &Template,
) -> anyhow::Result<()> {
    let triggers = default_pool::TRIGGERS.iter().map(|(_, function)| *function);
    let routes = template.http_apis.iter().flat_map(|api| &api.routes);
    let behind_apis = routes.map(|route| route.function.as_str());
    let with_a_role = template.function_roles.iter().map(|role| role.function.as_str());
    let known: BTreeSet<&str> =
        triggers.chain([stream::TARGET]).chain(behind_apis).chain(with_a_role).collect();
    let known: Vec<&str> = known.into_iter().collect();
    let binaries: Binaries = match &options.functions {
        FunctionSource::Workspace(workspace) => function_binaries::build(workspace).await?,
        FunctionSource::Folder(folder) => function_binaries::find(folder, &known)?,
        FunctionSource::Given(_) => return Ok(()),
        FunctionSource::Endpoint(base) => {
            for name in known {
                let endpoint = Endpoint::new(client.clone(), base, name);
                functions.put(name, Arc::new(endpoint));
            }
            eprintln!("The functions behind {base} need these variables:");
            for (name, value) in default_pool::every_variable(setup) {
                eprintln!("  {name}='{value}'");
            }
            return Ok(());
        }
    };
    for name in known.iter().filter(|name| !binaries.contains_key(**name)) {
        eprintln!("There is no binary of {name}: invoking it is refused");
    }
    for (name, program) in binaries {
        let timeout =
            if name == stream::TARGET { DELIVERY_TIMEOUT } else { options.function_timeout };
        let mut environment = default_pool::environment(&name, setup);
        environment.extend(options.variables.iter().cloned());
        let function =
            lambda.function(FunctionSettings { name: name.clone(), program, environment, timeout });
        functions.put(&name, function);
    }
    Ok(())
}

/// Names the cause of a seed that was not planted: for a trigger that fails, whether its function
/// is missing or out of reach.
pub(super) async fn explain(
    error: SeedError,
    options: &StartOptions,
    functions: &Functions,
    client: &reqwest::Client,
) -> anyhow::Error {
    let SeedError::Trigger { path, message } = &error else {
        return error.into();
    };
    let function = default_pool::TRIGGERS
        .iter()
        .find_map(|(trigger, function)| message.starts_with(trigger).then_some(function));
    match (function, &options.functions) {
        (Some(function), _) if !functions.contains(function) => {
            anyhow!("There is no binary of {function}, which {path} of the seed file needs")
        }
        (_, FunctionSource::Endpoint(base)) if !answers(client, base).await => anyhow!(
            "Nothing answers at {base}, and {path} of the seed file needs the functions there: \
             start them first, with the variables above"
        ),
        _ => error.into(),
    }
}

async fn answers(client: &reqwest::Client, base: &str) -> bool {
    client.get(base).timeout(REACH_LIMIT).send().await.is_ok()
}
