//! The failed tries of one sign-in, as the guarantee counts them.

/// Least time between a mail that overtakes a start and the next one, which can overtake another.
const NEXT_MAIL: u64 = 300;

/// Tries that failed, one right after the other.
#[derive(Debug, Default)]
pub(super) struct Tries {
    in_a_row: u64,
    /// The time at which the first of them began.
    first: u64,
    /// True if a start that is no try came after it.
    interrupted: bool,
}

impl Tries {
    pub(super) fn in_a_row(&self) -> u64 {
        self.in_a_row
    }

    /// A start came that is no try.
    pub(super) fn are_interrupted(&mut self) {
        self.interrupted = true;
    }

    /// Counts a try. The mail that overtook the first one was sent after it had begun. A start that
    /// is no try takes time, and once there was time for another mail, the count begins anew.
    pub(super) fn fail(&mut self, began: u64, now: u64) {
        if self.interrupted && now >= self.first + NEXT_MAIL {
            self.in_a_row = 0;
        }
        if self.in_a_row == 0 {
            (self.first, self.interrupted) = (began, false);
        }
        self.in_a_row += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::{NEXT_MAIL, Tries};

    #[test]
    fn tries_count_in_a_row_until_another_mail_could_overtake() {
        for (interrupted, second, in_a_row) in [
            (false, 1_000 + NEXT_MAIL, 2),
            (true, 1_000 + NEXT_MAIL - 1, 2),
            (true, 1_000 + NEXT_MAIL, 1),
        ] {
            let mut tries = Tries::default();
            tries.are_interrupted();
            tries.fail(1_000, 1_100);
            assert_eq!(tries.in_a_row, 1);
            if interrupted {
                tries.are_interrupted();
            }
            tries.fail(second - 50, second);
            assert_eq!(tries.in_a_row, in_a_row, "{interrupted} {second}");
        }
    }
}
