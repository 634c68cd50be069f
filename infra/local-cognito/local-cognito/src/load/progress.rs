//! The progress bar, on a terminal only.

use std::io::{IsTerminal, Write, stderr};
use std::time::Duration;

/// Time between two pictures of the bar.
const PAUSE: Duration = Duration::from_millis(200);
/// Characters of the whole bar.
const WIDTH: usize = 40;

/// A line on standard error that is written again and again.
pub(super) struct ProgressBar {
    all: usize,
    is_shown: bool,
    next: Duration,
}

impl ProgressBar {
    pub(super) fn new(all: usize) -> Self {
        Self { all, is_shown: stderr().is_terminal(), next: Duration::ZERO }
    }

    /// Shows how many sign-ins are done at a time since the start.
    pub(super) fn show(&mut self, done: usize, at: Duration) {
        if self.is_shown && at >= self.next {
            self.next = at.saturating_add(PAUSE);
            // A bar that cannot be written is no reason to stop.
            drop(write!(stderr(), "\r{}", picture(done, self.all)));
        }
    }

    /// Takes the bar away.
    pub(super) fn clear(&self) {
        if self.is_shown {
            drop(write!(stderr(), "\r{:width$}\r", "", width = picture(0, self.all).len() + 20));
        }
    }
}

fn picture(done: usize, all: usize) -> String {
    let filled = done.min(all).saturating_mul(WIDTH).checked_div(all).unwrap_or_default();
    let (full, rest) = ("#".repeat(filled), "-".repeat(WIDTH - filled));
    format!("[{full}{rest}] {done} of {all} sign-ins")
}

#[cfg(test)]
mod tests {
    use super::picture;

    #[test]
    fn bar_is_filled_as_far_as_sign_ins_are_done() {
        for (done, all, filled) in [(0, 10, 0), (1, 10, 4), (10, 10, 40), (11, 10, 40), (0, 0, 0)] {
            let shown = picture(done, all);
            assert_eq!(shown.matches('#').count(), filled, "{shown}");
            assert_eq!(
                shown.matches(['#', '-']).count() - usize::from(shown.contains("sign-")),
                40
            );
        }
    }
}
