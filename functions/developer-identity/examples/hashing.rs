//! Prints the cost of a password hash in each configuration of Argon2id that OWASP lists as equally
//! strong: with one reused block of memory, as in `password`, and with a new block each time.
#![allow(clippy::print_stdout, reason = "it prints a table")]

use std::error::Error;
use std::hint::black_box;
use std::time::{Duration, Instant};

use argon2::{Algorithm, Argon2, Block, Params, Version};

/// Memory in KiB and passes; the lanes are always one. The second is the one in use.
const CONFIGURATIONS: [(u32, u32); 5] =
    [(47_104, 1), (19_456, 2), (12_288, 3), (9_216, 4), (7_168, 5)];
/// The number of measurements of each, in turn. The fastest is printed: other load of the machine only
/// adds time.
const TIMES: usize = 60;
/// With this much memory in MB, a function has a whole core.
const WHOLE_CORE: f64 = 1_769.0;
/// The memory in MB of developer-identity as deployed, and of the triggers.
const MEMORIES: [f64; 2] = [1_024.0, 256.0];
const PASSWORD: &[u8] = b"quiet trains at night";
const SALT: &[u8; 16] = b"sixteen bytes !!";

/// The least times of a configuration.
struct Least {
    argon: Argon2<'static>,
    memory: u32,
    passes: u32,
    reused: Duration,
    new: Duration,
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut all = Vec::with_capacity(CONFIGURATIONS.len());
    for (memory, passes) in CONFIGURATIONS {
        let params = Params::new(memory, passes, 1, Some(32)).map_err(|error| error.to_string())?;
        let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let (reused, new) = (Duration::MAX, Duration::MAX);
        all.push(Least { argon, memory, passes, reused, new });
    }
    let mut block = Vec::new();
    for _ in 0..TIMES {
        for Least { argon, memory, reused, new, .. } in &mut all {
            let blocks = usize::try_from(*memory)?;
            block.resize(blocks.max(block.len()), Block::default());
            *reused = (*reused).min(hash(argon, &mut block)?);
            let started = Instant::now();
            hash(argon, &mut vec![Block::default(); blocks])?;
            *new = (*new).min(started.elapsed());
        }
    }
    println!("Argon2id, the fastest of {TIMES}, in ms; by a function's share of a core:");
    println!("    KiB  passes   block reused   new block   at 1,024 MB   at 256 MB");
    for Least { memory, passes, reused, new, .. } in all {
        let [reused, new] = [reused, new].map(|time| time.as_secs_f64() * 1_000.0);
        let [deployed, trigger] =
            MEMORIES.map(|megabytes| reused * (WHOLE_CORE / megabytes).max(1.0));
        println!(
            "{memory:>7} {passes:>7} {reused:>14.1} {new:>11.1} {deployed:>13.1} {trigger:>11.1}"
        );
    }
    Ok(())
}

/// Measures one hash in this block.
fn hash(argon: &Argon2<'_>, block: &mut [Block]) -> Result<Duration, Box<dyn Error>> {
    let mut hash = [0; 32];
    let started = Instant::now();
    argon
        .hash_password_into_with_memory(PASSWORD, SALT, &mut hash, block)
        .map_err(|error| error.to_string())?;
    black_box(hash);
    Ok(started.elapsed())
}
