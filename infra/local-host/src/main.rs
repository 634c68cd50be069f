//! Starts a host and serves until it is told to stop, or plays the tour.

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
use local_host::default_pool::{
    LINK_CLIENT, PASSWORDLESS_CLIENT, WEB_CLIENT, identity_pool_id, pool_id,
};
use local_host::host::Host;
use local_host::options::{Command, Options};
use local_host::tour;

#[tokio::main]
async fn main() -> ExitCode {
    let options = Options::parse();
    let host = match Host::start(&options.host()).await {
        Ok(host) => host,
        Err(error) => {
            eprintln!("{error:#}");
            return ExitCode::FAILURE;
        }
    };
    let code = match options.command {
        Some(Command::Tour { json }) => tour::run(&host, json).await,
        None => serve(&host).await,
    };
    match host.shutdown() {
        Ok(()) => code,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn serve(host: &Host) -> ExitCode {
    let shown = std::io::stdout().write_all(greeting(host).as_bytes());
    let stopped = stop_signal().await;
    match shown.and(stopped) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn greeting(host: &Host) -> String {
    let (url, region) = (host.url(), host.region());
    format!(
        "{url}\n\
         \n\
         region                {region}\n\
         user pool             {}\n\
         identity pool         {}\n\
         client, one round     {WEB_CLIENT}\n\
         client, link          {LINK_CLIENT}\n\
         client, two rounds    {PASSWORDLESS_CLIENT}\n\
         cognito, lambda       {url}\n\
         s3                    {}  bucket {}\n\
         dynamodb              {}\n\
         outbox, events        {url}/_local/outbox  {url}/_local/events\n\
         \n\
         Ctrl-C stops it.\n",
        pool_id(region),
        identity_pool_id(region),
        host.s3_url(),
        host.template().bucket,
        host.dynamo_url(),
    )
}

/// Waits for Ctrl-C or, on Unix, SIGTERM.
async fn stop_signal() -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminated = signal(SignalKind::terminate())?;
        tokio::select! {
            pressed = tokio::signal::ctrl_c() => pressed,
            _ = terminated.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    {
        tokio::signal::ctrl_c().await
    }
}
