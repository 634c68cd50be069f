//! Prices of AWS, step by step.

use anyhow::Context;
use serde_json::Value;

use crate::template::document::{members, to_json};

/// The prices with the names of their units, in the order of the file.
#[derive(Clone, Debug)]
pub struct Prices(Vec<(String, Value)>);

/// Units of a month up to which a price holds, and the price of one.
pub type Step = (f64, f64);

impl Prices {
    /// Parses the text of `prices.yaml`.
    ///
    /// # Errors
    /// The text is no map.
    pub fn parse(text: &str) -> anyhow::Result<Self> {
        let entries = members(&serde_norway::from_str(text)?)?.into_iter();
        let entries = entries.map(|(name, entry)| Ok((name, to_json(entry)?)));
        Ok(Self(entries.collect::<anyhow::Result<_>>()?))
    }

    /// Returns every entry with its name.
    pub fn entries(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(name, entry)| (name.as_str(), entry))
    }

    fn get(&self, name: &str) -> Option<&Value> {
        self.entries().find(|(entry, _)| *entry == name).map(|(_, entry)| entry)
    }

    /// Returns the steps of a price.
    ///
    /// # Errors
    /// There is no such price, or its steps cannot be read.
    pub fn steps(&self, name: &str) -> anyhow::Result<Vec<Step>> {
        let steps = self.get(name).and_then(|entry| entry.get("steps")?.as_array());
        let steps = steps.with_context(|| format!("there is no price of {name}"))?;
        let steps = steps.iter().map(|step| {
            // A step without an end has no number that JSON could hold.
            let until = step.get(0)?.as_f64().unwrap_or(f64::INFINITY);
            Some((until, step.get(1)?.as_f64()?))
        });
        steps.collect::<Option<_>>().with_context(|| format!("the steps of {name}"))
    }

    /// Returns the price of so many units of a month.
    ///
    /// # Errors
    /// As [`Prices::steps`].
    pub fn price(&self, name: &str, units: f64) -> anyhow::Result<f64> {
        let (mut total, mut below) = (0.0, 0.0);
        for (until, each) in self.steps(name)? {
            total += (units.min(until) - below).max(0.0) * each;
            below = until;
        }
        Ok(total)
    }

    /// Returns the name of a line, with a mark if one of its prices could not be looked up.
    #[must_use]
    pub fn marked(&self, name: &str, prices: &[&str]) -> String {
        let known = prices.iter().all(|price| {
            let entry = self.get(price);
            entry.is_some_and(|entry| entry.get("source").is_some() && entry.get("doubt").is_none())
        });
        if known { name.to_owned() } else { format!("{name} (?)") }
    }
}

#[cfg(test)]
mod tests {
    use super::Prices;

    #[test]
    fn units_are_priced_step_by_step() {
        let text = "a: {steps: [[10, 0.0], [20, 2.0], [.inf, 1e0]], source: x}\nb: {}\n";
        let prices = Prices::parse(text).unwrap();
        for (units, expected) in [(0.0, 0.0), (10.0, 0.0), (15.0, 10.0), (30.0, 30.0)] {
            assert_eq!(prices.price("a", units).unwrap(), expected);
        }
        assert!(prices.price("b", 1.0).is_err());
        assert_eq!(prices.marked("line", &["a"]), "line");
        assert_eq!(prices.marked("line", &["a", "b"]), "line (?)");
    }
}
