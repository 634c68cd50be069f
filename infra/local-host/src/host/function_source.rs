//! Where functions come from, and how they get into place.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::HostOptions;
use crate::default_pool;
use crate::function_binaries::{self, Binaries};
use crate::functions::Functions;
use crate::lambda::{Endpoint, FunctionSettings, Lambda};
use crate::stream;
use crate::template::Template;

/// The time-out of the function that the stream feeds; nobody waits for it.
const DELIVERY_TIMEOUT: Duration = Duration::from_secs(30);

/// Where functions come from.
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

/// Puts the functions of a source in place.
pub(super) async fn put_functions(
    options: &HostOptions,
    functions: &Functions,
    lambda: &Lambda,
    client: &reqwest::Client,
    url: &str,
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
            for (name, value) in default_pool::every_variable(url, &options.region) {
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
        let mut environment = default_pool::environment(&name, url, &options.region);
        environment.extend(options.variables.iter().cloned());
        let function =
            lambda.function(FunctionSettings { name: name.clone(), program, environment, timeout });
        functions.put(&name, function);
    }
    Ok(())
}
