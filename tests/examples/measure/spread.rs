//! Least, middle and largest of times.

use std::fmt;
use std::time::Duration;

/// Times of one kind, in order.
pub(crate) struct Spread(Vec<Duration>);

impl Spread {
    pub(crate) fn new(times: impl IntoIterator<Item = Duration>) -> Self {
        let mut times: Vec<Duration> = times.into_iter().collect();
        times.sort();
        Self(times)
    }

    pub(crate) fn median(&self) -> Duration {
        self.percentile(50)
    }

    /// Returns the time that this many of a hundred do not exceed.
    pub(crate) fn percentile(&self, percent: usize) -> Duration {
        let place = (self.0.len() * percent).div_ceil(100).saturating_sub(1);
        self.0.get(place).copied().unwrap_or_default()
    }

    /// Returns the median as a multiple of another one.
    pub(crate) fn times(&self, other: &Self) -> f64 {
        self.median().as_secs_f64() / other.median().as_secs_f64()
    }
}

/// Milliseconds: least, middle, largest.
impl fmt::Display for Spread {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [least, most] = [self.0.first(), self.0.last()].map(|time| time.copied());
        let [least, middle, most] =
            [least.unwrap_or_default(), self.median(), most.unwrap_or_default()].map(millis);
        write!(out, "{least:.2} · {middle:.2} · {most:.2}")
    }
}

pub(crate) fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}
