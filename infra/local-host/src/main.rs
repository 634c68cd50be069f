//! Starts a host and serves until it is told to stop, or plays the tour.

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
use local_host::banner;
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
    let shown = std::io::stdout().write_all(banner::text(host).as_bytes());
    let stopped = stop_signal().await;
    match shown.and(stopped) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
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
