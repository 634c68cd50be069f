//! Servers of the three ports, for the pages that may use them.

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use local_cognito_api_gateway::{self as api_gateway, Gateway};
use local_cognito_aws_emulation::origins::{Origin, Origins, refuse_other_sites};
use local_cognito_aws_emulation::wire;
use tokio::task::JoinHandle;

use crate::front::{self, Front};
use crate::listen::Port;

/// Serves the main port: AWS calls go to the front, requests to an HTTP API to the gateway, and all
/// others to the router below.
pub(super) fn serve_main(
    port: Port,
    origins: &[Origin],
    router: Router,
    gateway: Gateway,
    front: Front,
) -> Vec<JoinHandle<()>> {
    let router = router
        .layer(from_fn_with_state(gateway, api_gateway::dispatch))
        .layer(from_fn_with_state(front, front::dispatch));
    serve(port, origins, router)
}

/// Serves the port of DynamoDB.
pub(super) fn serve_dynamo(port: Port, origins: &[Origin], front: Front) -> Vec<JoinHandle<()>> {
    let router =
        Router::new().layer(from_fn_with_state(front, front::dispatch)).layer(from_fn(wire::cors));
    serve(port, origins, router)
}

/// Serves a port for pages of this machine and of the named origins.
pub(super) fn serve(port: Port, origins: &[Origin], router: Router) -> Vec<JoinHandle<()>> {
    let guarded = router.layer(from_fn_with_state(Origins::new(origins), refuse_other_sites));
    port.serve(&guarded)
}
