//! Functions from their source into place.

use std::sync::Arc;
use std::time::Duration;

use anyhow::anyhow;

use super::options::{FunctionSource, StartOptions};
use crate::default_pool::{self, Setup};
use crate::instance::LocalCognito;
use crate::seed::SeedError;
use local_cognito_aws_emulation::functions::Functions;
use local_cognito_lambda::function_binaries::{self, Binaries};
use local_cognito_lambda::{Endpoint, FunctionSettings, Lambda};
use local_cognito_sam_template::Template;

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
    let known: Vec<&str> =
        template.functions.iter().map(|function| function.name.as_str()).collect();
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
            for (name, value) in default_pool::every_variable(&template.functions, setup) {
                eprintln!("  {name}='{value}'");
            }
            return Ok(());
        }
    };
    for function in &template.functions {
        let name = &function.name;
        let Some(program) = binaries.get(name) else {
            eprintln!("There is no binary of {name}: invoking it is refused");
            continue;
        };
        let mut environment = default_pool::environment(function, setup);
        environment.extend(options.variables.iter().cloned());
        let settings = FunctionSettings {
            name: name.clone(),
            program: program.clone(),
            environment,
            memory: function.memory,
            timeout: function.timeout,
        };
        functions.put(name, lambda.function(settings));
    }
    Ok(())
}

/// Names the cause of a seed that was not planted: for a trigger that fails, whether its function
/// is missing or out of reach.
pub(super) async fn explain(
    error: SeedError,
    options: &StartOptions,
    started: &LocalCognito,
    client: &reqwest::Client,
) -> anyhow::Error {
    let SeedError::Trigger { path, message } = &error else {
        return error.into();
    };
    let mut triggers = started.template.triggers.iter();
    let trigger = triggers.find(|trigger| message.starts_with(&trigger.name));
    match (trigger.map(|trigger| &trigger.function), &options.functions) {
        (Some(function), _) if !started.functions.contains(function) => {
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
