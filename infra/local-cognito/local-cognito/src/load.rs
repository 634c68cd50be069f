//! The load: many sign-ins by a mailed code, end to end, and their times.

mod measurement;
mod options;
mod progress;
mod report;
mod resident;
mod sign_in;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use anyhow::{Context, ensure};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

pub use self::measurement::{Measurement, Sample, Stretch};
pub use self::options::LoadOptions;
use self::progress::ProgressBar;
use self::resident::{peak_memory, resident_memory};
use self::sign_in::Mailbox;
use crate::instance::LocalCognito;

/// Creates the users, lets them sign in, and returns the times.
///
/// A user signs in at one place at a time, so fewer users than sign-ins at once are an error.
///
/// # Errors
/// The first sign-in that fails.
pub async fn run(
    local_cognito: &LocalCognito,
    options: &LoadOptions,
) -> anyhow::Result<Measurement> {
    let (all, lanes) = (options.sign_ins.get(), options.concurrency.get());
    let users = options.users.get();
    ensure!(lanes <= users, "{lanes} sign-ins at once need as many --users");
    let mailboxes = sign_in::create_users(local_cognito, users).await?;
    let mut lanes: Vec<Vec<Mailbox>> = (0..lanes).map(|_| Vec::new()).collect();
    let count = lanes.len();
    for (number, mailbox) in mailboxes.into_iter().enumerate() {
        lanes.get_mut(number % count).context("there is no lane")?.push(mailbox);
    }
    warm_up(&lanes).await?;

    let left = Arc::new(AtomicUsize::new(all));
    let (sender, mut samples) = mpsc::unbounded_channel();
    let started = Instant::now();
    let mut running = JoinSet::new();
    for lane in lanes {
        running.spawn(work(lane, Arc::clone(&left), started, sender.clone()));
    }
    drop(sender);
    let mut measurement = Measurement::new(*options, resident_memory());
    let mut bar = ProgressBar::new(all);
    while let Some(sample) = samples.recv().await {
        measurement.add(sample, resident_memory);
        bar.show(measurement.count(), sample.ended);
    }
    bar.clear();
    while let Some(ended) = running.join_next().await {
        ended.context("a lane broke")??;
    }
    measurement.end(peak_memory());
    Ok(measurement)
}

/// Signs one user of each lane in, all at once, so that no function starts while it is measured.
async fn warm_up(lanes: &[Vec<Mailbox>]) -> anyhow::Result<()> {
    let mut running = JoinSet::new();
    for mailbox in lanes.iter().filter_map(|lane| lane.first()) {
        let mailbox = mailbox.clone();
        running.spawn(async move { mailbox.sign_in().await });
    }
    while let Some(ended) = running.join_next().await {
        ended.context("a lane broke")??;
    }
    Ok(())
}

/// Signs users in until no sign-in is left.
async fn work(
    lane: Vec<Mailbox>,
    left: Arc<AtomicUsize>,
    started: Instant,
    samples: mpsc::UnboundedSender<Sample>,
) -> anyhow::Result<()> {
    let take = |left: usize| left.checked_sub(1);
    for mailbox in lane.iter().cycle() {
        if left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, take).is_err() {
            break;
        }
        let began = Instant::now();
        if let Err(error) = mailbox.sign_in().await {
            // The other lanes end too.
            left.store(0, Ordering::SeqCst);
            return Err(error);
        }
        let sample = Sample { ended: started.elapsed(), took: began.elapsed() };
        // The receiver outlives every lane.
        samples.send(sample).ok();
    }
    Ok(())
}
