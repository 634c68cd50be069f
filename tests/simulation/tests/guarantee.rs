//! Owners sign in while they are attacked: the guarantee of `docs/security.md`, a hundredth of the
//! run that CI starts.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "tests")]

use std::thread;

use simulation::run::{Store, play, replay, seeds};

/// Sign-ins of attacked owners.
const SIGN_INS: u64 = 10_000;

/// T05, T50: whatever attackers do, an owner needs two starts at most and waits for nothing but the
/// mail; every limit on mails and guesses holds meanwhile.
#[test]
fn attacked_owners_sign_in_with_two_starts_at_most() {
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let report = play(0, seeds(SIGN_INS), Store::Memory, threads).unwrap_or_else(|b| panic!("{b}"));
    println!("{report}");
    assert!(report.attacked >= SIGN_INS, "{report}");
    assert!(report.least_share() >= 10, "{report}");
}

/// The same on the expressions that DynamoDB evaluates.
#[test]
fn attacked_owners_sign_in_on_the_real_table() {
    let report = play(0, 6, Store::Embedded, 2).unwrap_or_else(|broken| panic!("{broken}"));
    assert!(report.attacked >= 200, "{report}");
}

#[test]
fn seed_plays_the_same_on_both_tables_and_again() {
    for seed in 0..2 {
        let memory = replay(seed, Store::Memory);
        assert!(memory.0.len() > 100);
        assert_eq!(memory, replay(seed, Store::Memory));
        assert_eq!(memory, replay(seed, Store::Embedded));
    }
}
