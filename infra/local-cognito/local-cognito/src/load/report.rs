//! The report of a load, as text and as JSON.

use std::fmt::{Display, Formatter};
use std::time::Duration;

use serde_json::{Value, json};

use super::measurement::{Measurement, Tenth};

/// Characters of the longest bar.
const WIDTH: usize = 40;

impl Measurement {
    /// Returns the report as JSON.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let options = self.options();
        let [p50, p90, p99, max] = self.percentiles([50, 90, 99, 100]).map(millis);
        let tenth = |tenth: &Tenth| {
            json!({
                "sign_ins": tenth.sign_ins,
                "per_second": tenth.per_second,
                "resident_kib": tenth.resident,
            })
        };
        let bar = |(up_to, count): &(Duration, usize)| json!({"up_to_ms": millis(*up_to), "count": count});
        json!({
            "sign_ins": self.count(),
            "concurrency": options.concurrency,
            "users": options.users,
            "seconds": self.ended().as_secs_f64(),
            "per_second": self.per_second(),
            "ms": {"p50": p50, "p90": p90, "p99": p99, "max": max},
            "tenths": self.tenths().iter().map(tenth).collect::<Value>(),
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
        for Tenth { sign_ins, per_second, resident } in self.tenths() {
            let resident = resident.map_or("?".to_owned(), |kib| kib.div_ceil(1024).to_string());
            writeln!(f, "{sign_ins:>10}  {per_second:>9.1}  {resident:>12}")?;
        }
        Ok(())
    }
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}
