//! Times of sign-ins, and how they change in the course of a load.

use std::time::Duration;

use super::options::LoadOptions;

/// Parts of a load in its table.
const TENTHS: usize = 10;
/// Parts of a load in a plot of its growth.
const POINTS: usize = 50;

/// One sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    /// Time from the start of the load to its end.
    pub ended: Duration,
    /// Time from its own start to its end.
    pub took: Duration,
}

/// One part of a load.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stretch {
    /// Number of sign-ins that were done at its end.
    pub sign_ins: usize,
    /// Sign-ins a second within it.
    pub per_second: f64,
    /// Resident memory of the process at its end, in KiB, where the system tells it.
    pub resident: Option<u64>,
}

/// A load in parts of the same number of sign-ins.
#[derive(Clone, Debug)]
struct Course {
    parts: usize,
    stretches: Vec<Stretch>,
    /// Number of sign-ins and time at the end of the last part.
    mark: (usize, Duration),
}

impl Course {
    fn new(parts: usize) -> Self {
        Self { parts, stretches: Vec::new(), mark: (0, Duration::ZERO) }
    }

    /// Ends a part if `done` of `all` sign-ins reach its end.
    fn add(&mut self, done: usize, all: usize, ended: Duration, resident: fn() -> Option<u64>) {
        let part = self.stretches.len() + 1;
        if done >= all.saturating_mul(part).div_ceil(self.parts) {
            let (sign_ins, at) = self.mark;
            self.mark = (done, ended);
            self.stretches.push(Stretch {
                sign_ins: done,
                per_second: rate(done - sign_ins, ended.saturating_sub(at)),
                resident: resident(),
            });
        }
    }
}

/// The times of a load so far.
#[derive(Clone, Debug)]
pub struct Measurement {
    options: LoadOptions,
    took: Vec<Duration>,
    ended: Duration,
    tenths: Course,
    growth: Course,
    resident_at_start: Option<u64>,
    peak: Option<u64>,
}

impl Measurement {
    /// Begins a load, with the resident memory in KiB before it.
    pub(super) fn new(options: LoadOptions, resident: Option<u64>) -> Self {
        Self {
            options,
            took: Vec::new(),
            ended: Duration::ZERO,
            tenths: Course::new(TENTHS),
            growth: Course::new(POINTS),
            resident_at_start: resident,
            peak: None,
        }
    }

    /// Adds the sign-in that ended next; asks for the memory at the end of a part.
    pub(super) fn add(&mut self, sample: Sample, resident: fn() -> Option<u64>) {
        self.took.push(sample.took);
        self.ended = self.ended.max(sample.ended);
        let (done, all) = (self.took.len(), self.options.sign_ins.get());
        self.tenths.add(done, all, self.ended, resident);
        self.growth.add(done, all, self.ended, resident);
    }

    /// Ends the load with the most resident memory that it took, in KiB.
    pub(super) fn end(&mut self, peak: Option<u64>) {
        self.peak = peak;
    }

    /// Returns the resident memory before the load and the most of it until its end, in KiB.
    #[must_use]
    pub fn memory(&self) -> [Option<u64>; 2] {
        [self.resident_at_start, self.peak]
    }

    /// Returns about fifty points of the load, in the order of time.
    #[must_use]
    pub fn growth(&self) -> &[Stretch] {
        &self.growth.stretches
    }

    /// Returns the size of the load.
    #[must_use]
    pub fn options(&self) -> &LoadOptions {
        &self.options
    }

    /// Returns the number of sign-ins.
    #[must_use]
    pub fn count(&self) -> usize {
        self.took.len()
    }

    /// Returns the time from the start to the end of the last sign-in.
    #[must_use]
    pub fn ended(&self) -> Duration {
        self.ended
    }

    /// Returns the sign-ins a second.
    #[must_use]
    pub fn per_second(&self) -> f64 {
        rate(self.took.len(), self.ended)
    }

    /// Returns the tenths, in the order of time.
    #[must_use]
    pub fn tenths(&self) -> &[Stretch] {
        &self.tenths.stretches
    }

    /// Returns for each of these per-cent values the time within which so many sign-ins are done,
    /// by the nearest rank.
    #[must_use]
    pub fn percentiles<const N: usize>(&self, per_cent: [usize; N]) -> [Duration; N] {
        let mut sorted = self.took.clone();
        sorted.sort_unstable();
        per_cent.map(|per_cent| {
            let rank = sorted.len().saturating_mul(per_cent).div_ceil(100);
            sorted.get(rank.saturating_sub(1)).copied().unwrap_or_default()
        })
    }

    /// Returns the numbers of sign-ins within 1, 2, 4, 8 … milliseconds and longer than the time
    /// before, from the first one that has any to the last.
    #[must_use]
    pub fn histogram(&self) -> Vec<(Duration, usize)> {
        let mut bounds =
            std::iter::successors(Some(Duration::from_millis(1)), |it| it.checked_mul(2));
        let mut sorted = self.took.clone();
        sorted.sort_unstable();
        let (mut rest, mut bars) = (sorted.as_slice(), Vec::new());
        while !rest.is_empty()
            && let Some(bound) = bounds.next()
        {
            let count = rest.partition_point(|took| *took <= bound);
            rest = rest.get(count..).unwrap_or_default();
            if count > 0 || !bars.is_empty() {
                bars.push((bound, count));
            }
        }
        bars
    }
}

#[expect(clippy::cast_precision_loss, reason = "fewer than 2^53 sign-ins")]
fn rate(count: usize, time: Duration) -> f64 {
    if time.is_zero() { 0.0 } else { count as f64 / time.as_secs_f64() }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;
    use std::time::Duration;

    use super::{LoadOptions, Measurement, Sample};

    /// A load in which sign-in `n` ends after `ended(n)` and took `took(n)` milliseconds.
    fn load(all: usize, ended: fn(u64) -> u64, took: fn(u64) -> u64) -> Measurement {
        let one = NonZeroUsize::MIN;
        let sign_ins = NonZeroUsize::new(all).unwrap();
        let options = LoadOptions { sign_ins, concurrency: one, users: one, json: false };
        let mut measurement = Measurement::new(options, Some(1));
        for number in 1..=u64::try_from(all).unwrap() {
            let (ended, took) = (ended(number), took(number));
            let sample =
                Sample { ended: Duration::from_millis(ended), took: Duration::from_millis(took) };
            measurement.add(sample, || Some(7));
        }
        measurement
    }

    #[test]
    fn tenths_have_their_own_rates_and_memory() {
        let slower = |number| if number <= 50 { number * 10 } else { number * 20 - 500 };
        let measurement = load(100, slower, |_| 1);
        let rates: Vec<f64> = measurement.tenths().iter().map(|it| it.per_second.round()).collect();
        assert_eq!(rates, [100.0, 100.0, 100.0, 100.0, 100.0, 50.0, 50.0, 50.0, 50.0, 50.0]);
        assert!(measurement.tenths().iter().all(|it| it.resident == Some(7)));
        assert!((measurement.per_second() - 100.0 / 1.5).abs() < 0.001);
    }

    #[test]
    fn every_sign_in_is_in_a_tenth() {
        for all in [1, 7, 10, 11, 99, 101, 1_000] {
            let measurement = load(all, |number| number, |_| 1);
            assert_eq!(measurement.tenths().last().map(|tenth| tenth.sign_ins), Some(all));
            assert_eq!(measurement.tenths().len(), all.min(10), "{all}");
            assert_eq!(measurement.growth().last().map(|point| point.sign_ins), Some(all));
            assert_eq!(measurement.growth().len(), all.min(50), "{all}");
        }
    }

    #[test]
    fn percentiles_are_times_of_sign_ins() {
        let measurement = load(200, |number| number, |number| number);
        let millis = measurement.percentiles([0, 50, 90, 99, 100]).map(|time| time.as_millis());
        assert_eq!(millis, [1, 100, 180, 198, 200]);
        let one = load(1, |_| 1, |_| 9).percentiles([50, 99, 100]);
        assert_eq!(one.map(|time| time.as_millis()), [9, 9, 9]);
    }

    #[test]
    fn histogram_has_every_sign_in_once() {
        let bars = load(20, |number| number, |number| number).histogram();
        let bars: Vec<_> = bars.into_iter().map(|(up_to, it)| (up_to.as_millis(), it)).collect();
        assert_eq!(bars, [(1, 1), (2, 1), (4, 2), (8, 4), (16, 8), (32, 4)]);
        let apart = load(2, |number| number, |number| if number == 1 { 3 } else { 15 }).histogram();
        let counts: Vec<_> = apart.into_iter().map(|(_, count)| count).collect();
        assert_eq!(counts, [1, 0, 1]);
    }
}
