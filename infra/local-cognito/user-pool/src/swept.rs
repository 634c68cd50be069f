//! A map that forgets entries which are over, at a cost that does not grow with it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The fewest entries that are looked through.
const FEWEST: usize = 64;

/// Entries by their key. They are looked through for those that are over whenever the map has
/// doubled, so an addition costs the same on average however many there are, and there are at most
/// [`FEWEST`], or twice as many as were in force at the last look.
#[derive(Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct SweptMap<V> {
    entries: BTreeMap<String, V>,
    /// Number of entries at which they are looked through.
    #[serde(skip)]
    limit: usize,
}

impl<V> Default for SweptMap<V> {
    fn default() -> Self {
        Self { entries: BTreeMap::new(), limit: 0 }
    }
}

impl<V: Default> SweptMap<V> {
    /// Returns an entry, added if need be.
    pub(crate) fn entry(&mut self, key: String, is_over: impl Fn(&V) -> bool) -> &mut V {
        if self.entries.len() >= self.limit.max(FEWEST) {
            self.entries.retain(|_, entry| !is_over(entry));
            self.limit = self.entries.len().saturating_mul(2);
        }
        self.entries.entry(key).or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::{FEWEST, SweptMap};

    #[test]
    fn entries_that_are_over_are_forgotten_in_time() {
        let mut map = SweptMap::<usize>::default();
        let mut judged = 0;
        for now in 0..20_000 {
            let counted = std::cell::Cell::new(0);
            *map.entry(now.to_string(), |begun| {
                counted.set(counted.get() + 1);
                begun + 500 < now
            }) = now;
            judged += counted.get();
            assert!(map.entries.len() <= 1_002, "{} at {now}", map.entries.len());
        }
        assert!(judged < 60_000, "{judged} entries were judged for 20,000 additions");
    }

    #[test]
    fn few_entries_stay() {
        let mut map = SweptMap::<usize>::default();
        (0..FEWEST).for_each(|number| *map.entry(number.to_string(), |_| true) = number);
        assert_eq!(map.entries.len(), FEWEST);
        map.entry("next".to_owned(), |_| true);
        assert_eq!(map.entries.len(), 1);
    }
}
