//! The report of a load, as text and as JSON.

use std::fmt::{Display, Formatter};
use std::time::Duration;

use serde_json::{Value, json};

use super::measurement::{Measurement, Stretch};

/// Characters of the longest bar.
const WIDTH: usize = 40;

impl Measurement {
    /// Returns the report as JSON.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let options = self.options();
        let [p50, p90, p99, max] = self.percentiles([50, 90, 99, 100]).map(millis);
        let part = |part: &Stretch| {
            json!({
                "sign_ins": part.sign_ins,
                "per_second": part.per_second,
                "resident_kib": part.resident,
            })
        };
        let rate = |part: Option<&Stretch>| part.map(|part| part.per_second);
        let (first, last) = (self.tenths().first(), self.tenths().last());
        let [start, peak] = self.memory().map(|kib| kib.map(mebibytes));
        let end = last.and_then(|part| part.resident).map(mebibytes);
        let bar = |(up_to, count): &(Duration, usize)| json!({"up_to_ms": millis(*up_to), "count": count});
        json!({
            "sign_ins": self.count(),
            "concurrency": options.concurrency,
            "users": options.users,
            "seconds": self.ended().as_secs_f64(),
            "per_second": self.per_second(),
            "ms": {"p50": p50, "p90": p90, "p99": p99, "max": max},
            "first_tenth_per_second": rate(first),
            "last_tenth_per_second": rate(last),
            "memory_mib": {"start": start, "end": end, "peak": peak},
            "tenths": self.tenths().iter().map(part).collect::<Value>(),
            "growth": self.growth().iter().map(part).collect::<Value>(),
            "histogram": self.histogram().iter().map(bar).collect::<Value>(),
        })
    }
}

impl Display for Measurement {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        let (count, at_once) = (self.count(), self.options().concurrency);
        let (seconds, rate) = (self.ended().as_secs_f64(), self.per_second());
        writeln!(f, "{count} sign-ins, {at_once} at once, in {seconds:.1} s: {rate:.1} a second")?;
        let [p50, p90, p99, max] = self.percentiles([50, 90, 99, 100]).map(millis);
        writeln!(f, "p50 {p50:.1} ms, p90 {p90:.1} ms, p99 {p99:.1} ms, longest {max:.1} ms\n")?;
        writeln!(f, "{:>10}  {:>9}", "up to ms", "sign-ins")?;
        let bars = self.histogram();
        let most = bars.iter().map(|(_, count)| *count).max().unwrap_or_default();
        for (up_to, count) in bars {
            let bar = "#".repeat((count * WIDTH).checked_div(most).unwrap_or_default());
            writeln!(f, "{:>10}  {count:>9}  {bar}", up_to.as_millis())?;
        }
        writeln!(f, "\n{:>10}  {:>9}  {:>12}", "sign-ins", "a second", "memory, MiB")?;
        for Stretch { sign_ins, per_second, resident } in self.tenths() {
            let resident = resident.map_or("?".to_owned(), |kib| kib.div_ceil(1024).to_string());
            writeln!(f, "{sign_ins:>10}  {per_second:>9.1}  {resident:>12}")?;
        }
        if let [Some(start), Some(peak)] = self.memory().map(|kib| kib.map(mebibytes)) {
            writeln!(f, "\nmemory: {start:.0} MiB at the start, at most {peak:.0} MiB")?;
        }
        Ok(())
    }
}

#[expect(clippy::cast_precision_loss, reason = "memory in KiB fits 53 bits")]
fn mebibytes(kib: u64) -> f64 {
    kib as f64 / 1_024.0
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}
