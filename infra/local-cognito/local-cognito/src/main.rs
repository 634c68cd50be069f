//! Starts a local Cognito and serves until it is told to stop, plays the tour, or plays a load.

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
use local_cognito::load::{self, LoadOptions};
use local_cognito::options::{Command, Options};
use local_cognito::{LocalCognito, banner};
use local_cognito_tour as tour;

#[tokio::main]
async fn main() -> ExitCode {
    let options = Options::parse();
    let local_cognito = match local_cognito::start(&options.start()).await {
        Ok(started) => started,
        Err(error) => {
            eprintln!("{error:#}");
            return ExitCode::FAILURE;
        }
    };
    let code = match options.command {
        Some(Command::Tour { json }) => {
            local_cognito.logs().hush();
            tour::run(local_cognito.url(), json).await
        }
        Some(Command::Load(load)) => {
            local_cognito.logs().hush();
            print_load(&local_cognito, &load).await
        }
        None => serve(&local_cognito).await,
    };
    match local_cognito.shutdown().await {
        Ok(()) => code,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn print_load(local_cognito: &LocalCognito, options: &LoadOptions) -> ExitCode {
    let printed = async {
        let measurement = load::run(local_cognito, options).await?;
        let text = match options.json {
            true => format!("{}\n", measurement.to_json()),
            false => measurement.to_string(),
        };
        anyhow::Ok(std::io::stdout().write_all(text.as_bytes())?)
    };
    match printed.await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn serve(local_cognito: &LocalCognito) -> ExitCode {
    match print_and_wait(local_cognito).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Listens for signals before it prints, since a client may stop the program once it has read.
async fn print_and_wait(local_cognito: &LocalCognito) -> std::io::Result<()> {
    let stopped = stop_signal()?;
    std::io::stdout().write_all(banner::text(local_cognito).as_bytes())?;
    stopped.await
}

/// Listens for Ctrl-C and SIGTERM from the call on; the future waits for one of them.
#[cfg(unix)]
fn stop_signal() -> std::io::Result<impl Future<Output = std::io::Result<()>>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupted = signal(SignalKind::interrupt())?;
    let mut terminated = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupted.recv() => {}
            _ = terminated.recv() => {}
        }
        Ok(())
    })
}

/// Listens for Ctrl-C from the first poll on.
#[cfg(not(unix))]
fn stop_signal() -> std::io::Result<impl Future<Output = std::io::Result<()>>> {
    Ok(tokio::signal::ctrl_c())
}
