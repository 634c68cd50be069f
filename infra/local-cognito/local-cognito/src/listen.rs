//! Listening on this machine only: 127.0.0.1, and `[::1]` where it exists.

use std::io::ErrorKind;

use anyhow::{Context, bail};
use axum::Router;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// A port of this machine that is not served yet.
#[derive(Debug)]
pub(crate) struct Port {
    pub(crate) number: u16,
    listeners: Vec<TcpListener>,
}

impl Port {
    /// Takes a port, 0 for any.
    pub(crate) async fn take(wanted: u16) -> anyhow::Result<Self> {
        let first = match TcpListener::bind(("127.0.0.1", wanted)).await {
            Ok(listener) => listener,
            Err(error) if error.kind() == ErrorKind::AddrInUse => return Err(in_use(wanted)),
            Err(error) => {
                return Err(error).with_context(|| format!("Port {wanted} cannot be used"));
            }
        };
        let number = first.local_addr()?.port();
        let mut listeners = vec![first];
        match TcpListener::bind(("::1", number)).await {
            Ok(listener) => listeners.push(listener),
            Err(error) if error.kind() == ErrorKind::AddrInUse && wanted != 0 => {
                return Err(in_use(wanted));
            }
            Err(error) => eprintln!("Not listening on [::1]:{number}: {error}"),
        }
        Ok(Self { number, listeners })
    }

    /// Its address, by the name that passkeys need.
    pub(crate) fn url(&self) -> String {
        format!("http://localhost:{}", self.number)
    }

    /// Serves until the tasks are aborted.
    pub(crate) fn serve(self, router: &Router) -> Vec<JoinHandle<()>> {
        self.listeners
            .into_iter()
            .map(|listener| {
                let router = router.clone();
                tokio::spawn(async move {
                    if let Err(error) = axum::serve(listener, router).await {
                        eprintln!("A port is no longer served: {error}");
                    }
                })
            })
            .collect()
    }
}

/// The port that lies `above` another one; any port if that one was any.
pub(crate) fn port_above(port: u16, above: u16) -> anyhow::Result<u16> {
    match port {
        0 => Ok(0),
        port => match port.checked_add(above) {
            Some(port) => Ok(port),
            None => bail!("Port {port} leaves no room for the ports above it"),
        },
    }
}

fn in_use(port: u16) -> anyhow::Error {
    anyhow::anyhow!("Port {port} is in use; stop the other program or choose another --port")
}
