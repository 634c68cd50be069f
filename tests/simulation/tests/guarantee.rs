//! Owners sign in while they are attacked: the guarantee of `docs/security.md`, a hundredth of the
//! run that CI starts.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "tests")]

use std::thread;

use simulation::directory::Directory;
use simulation::run::{Store, play, replay, seeds};
use simulation::triggers::Triggers;
use simulation::ways::Ways;

/// Sign-ins of attacked owners.
const SIGN_INS: u64 = 10_000;

/// Visits of attacked owners to the directory.
const VISITS: u64 = 1_000;

/// T05, T50: whatever attackers do, an owner needs two starts at most and waits for nothing but the
/// mail; every limit on mails and guesses holds meanwhile.
#[test]
fn attacked_owners_sign_in_with_two_starts_at_most() {
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let seeds = seeds::<Triggers>(SIGN_INS);
    let report = play::<Triggers>(0, seeds, Store::Memory, threads);
    let report = report.unwrap_or_else(|broken| panic!("{broken}"));
    println!("{report}");
    assert!(report.attacked() >= SIGN_INS, "{report}");
    assert!(report.least_share().unwrap() >= 10, "{report}");
    assert!(report.with_two_starts() > 100, "attackers cost a start: {report}");
}

/// T05: the same in the built-in directory, by recovery, registration, and the code beside a
/// password that is under attack.
#[test]
fn t05_attacked_owners_get_into_the_directory() {
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let report = play::<Directory>(0, seeds::<Directory>(VISITS), Store::Memory, threads);
    let report = report.unwrap_or_else(|broken| panic!("{broken}"));
    println!("{report}");
    assert!(report.attacked() >= VISITS, "{report}");
    assert!(report.with_two_starts() > 10, "attackers cost a start: {report}");
    assert!(report.without_mail > 0, "a password that is not locked signs in: {report}");
}

#[test]
fn attacked_owners_get_into_the_directory_on_the_real_table() {
    let report = play::<Directory>(0, 4, Store::Embedded, 2).unwrap_or_else(|b| panic!("{b}"));
    assert!(report.attacked() >= 100, "{report}");
}

/// The same on the expressions that DynamoDB evaluates.
#[test]
fn attacked_owners_sign_in_on_the_real_table() {
    let report = play::<Triggers>(0, 6, Store::Embedded, 2).unwrap_or_else(|b| panic!("{b}"));
    assert!(report.attacked() >= 200, "{report}");
}

fn assert_same_again<W: Ways>() {
    for seed in 0..2 {
        let memory = replay::<W>(seed, Store::Memory);
        assert!(memory.0.len() > 100);
        assert_eq!(memory, replay::<W>(seed, Store::Memory));
        assert_eq!(memory, replay::<W>(seed, Store::Embedded));
    }
}

#[test]
fn seed_plays_the_same_on_both_tables_and_again() {
    assert_same_again::<Triggers>();
    assert_same_again::<Directory>();
}
