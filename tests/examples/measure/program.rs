//! Programs that are measured, and their instances.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use axum::body::Bytes;

use crate::process;
use crate::runtime_api::RuntimeApi;

/// Name of the empty function that the others are held against.
pub(crate) const EMPTY: &str = "empty";

/// Variables with the file of the roots that a program trusts: of our functions, of libraries that
/// read the roots of the system, and of Node.
const ROOTS: [&str; 3] = ["AWS_CA_BUNDLE", "SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS"];

/// Returns the variables with which a program finds the services at this address and trusts them.
pub(crate) fn services_at(services: &str, roots: Option<&Path>) -> Vec<(String, String)> {
    let mut variables = vec![("AWS_ENDPOINT_URL".to_owned(), services.to_owned())];
    if let Some(roots) = roots {
        let roots = roots.display().to_string();
        variables.extend(ROOTS.map(|variable| (variable.to_owned(), roots.clone())));
    }
    variables
}

/// A function as it is started.
pub(crate) struct Program {
    /// Its name in the tables.
    pub(crate) name: String,
    /// Name of our function that does the same work.
    pub(crate) function: String,
    pub(crate) command: PathBuf,
    pub(crate) arguments: Vec<PathBuf>,
    pub(crate) variables: BTreeMap<String, String>,
    /// True if an answer needs a call of AWS.
    pub(crate) calls_aws: bool,
}

impl Program {
    /// A binary of the workspace with these variables.
    pub(crate) fn binary(
        name: &str,
        command: PathBuf,
        variables: BTreeMap<String, String>,
        calls_aws: bool,
    ) -> Self {
        let (name, function) = (name.to_owned(), name.to_owned());
        Self { name, function, command, arguments: Vec::new(), variables, calls_aws }
    }

    /// The Node handler that does the work of this function.
    pub(crate) fn in_node(&self, folder: &Path) -> Self {
        Self {
            name: format!("Node: {}", self.function),
            function: self.function.clone(),
            command: PathBuf::from("node"),
            arguments: vec![folder.join(&self.function).with_extension("cjs")],
            variables: self.variables.clone(),
            calls_aws: self.calls_aws,
        }
    }

    /// Starts it, with the services at this address and the roots in this file, and waits until it
    /// asks for its first event.
    pub(crate) async fn start(
        &self,
        services: &str,
        roots: Option<&Path>,
    ) -> Result<Instance, Box<dyn Error>> {
        let mut api = RuntimeApi::start().await?;
        let mut command = Command::new(&self.command);
        command
            .args(&self.arguments)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256")
            .env("AWS_LAMBDA_FUNCTION_NAME", "measured")
            .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
            .envs(self.variables.iter().filter(|(name, _)| !ROOTS.contains(&name.as_str())))
            .envs(services_at(services, roots))
            .env("AWS_LAMBDA_RUNTIME_API", &api.address)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let started = Instant::now();
        let child = Running(command.spawn()?);
        api.polled().await.map_err(|error| format!("{} does not start: {error}", self.name))?;
        let wall = started.elapsed();
        let processor = process::processor_time(child.0.id())?;
        let name = self.name.clone();
        Ok(Instance { name, start: Start { wall, processor }, child, api })
    }
}

/// From the start of a process to its first question for an event.
#[derive(Clone, Copy)]
pub(crate) struct Start {
    pub(crate) wall: Duration,
    pub(crate) processor: Duration,
}

/// A process that waits for events; dropping it ends the process.
pub(crate) struct Instance {
    name: String,
    pub(crate) start: Start,
    child: Running,
    api: RuntimeApi,
}

impl Instance {
    pub(crate) fn process(&self) -> u32 {
        self.child.0.id()
    }

    /// Returns the time that it takes to answer an event.
    pub(crate) async fn invoke(&mut self, event: &Bytes) -> Result<Duration, Box<dyn Error>> {
        let time = self.api.invoke(event).await;
        time.map_err(|error| format!("{} does not answer: {error}", self.name).into())
    }
}

struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself; nothing is left to do then.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}
