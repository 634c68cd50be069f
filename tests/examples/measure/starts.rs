//! Starts: from the start of a process to its first question for an event.

use std::error::Error;
use std::path::Path;

use crate::program::{Program, Start};
use crate::spread::Spread;

/// Starts of one program.
pub(crate) struct Starts {
    pub(crate) wall: Spread,
    pub(crate) processor: Spread,
    /// Processor time of the starts in which the services answered.
    pub(crate) with_handshake: Spread,
}

/// Starts every program so often: once with an address that refuses connections, once with services
/// that answer. All of them take turns, so that each meets the machine in the same state.
pub(crate) async fn measure(
    programs: &[Program],
    times: usize,
    services: &str,
    roots: &Path,
) -> Result<Vec<Starts>, Box<dyn Error>> {
    let mut refused: Vec<Vec<Start>> = programs.iter().map(|_| Vec::new()).collect();
    let mut answered: Vec<Vec<Start>> = programs.iter().map(|_| Vec::new()).collect();
    // A port that is bound and not listened on refuses, and no other program gets it.
    let socket = tokio::net::TcpSocket::new_v4()?;
    socket.bind(([127, 0, 0, 1], 0).into())?;
    let closed = format!("https://{}", socket.local_addr()?);
    for _ in 0..times {
        for ((program, refused), answered) in programs.iter().zip(&mut refused).zip(&mut answered) {
            refused.push(program.start(&closed, None).await?.start);
            answered.push(program.start(services, Some(roots)).await?.start);
        }
    }
    let pairs = refused.iter().zip(&answered);
    Ok(pairs
        .map(|(refused, answered)| Starts {
            wall: Spread::new(refused.iter().map(|start| start.wall)),
            processor: Spread::new(refused.iter().map(|start| start.processor)),
            with_handshake: Spread::new(answered.iter().map(|start| start.processor)),
        })
        .collect())
}
