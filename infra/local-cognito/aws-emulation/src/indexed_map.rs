//! A map that finds its values by terms of theirs as well as by their keys.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A value of an [`IndexedMap`].
pub trait Indexed {
    /// A term by which it is found.
    type Term: Ord;

    /// Returns its key, which never changes.
    fn key(&self) -> &str;

    /// Returns its terms as it is now.
    fn terms(&self) -> Vec<Self::Term>;
}

/// Values by their key, in which form they are saved, with an index over their terms.
pub struct IndexedMap<V: Indexed> {
    by_key: BTreeMap<String, V>,
    /// Terms, each with the key of a value.
    index: BTreeSet<(V::Term, String)>,
    /// The value that was lent last to be changed, which is not in the index.
    changing: Option<String>,
}

impl<V: Indexed> IndexedMap<V> {
    /// Adds a value, in place of one of the same key.
    pub fn insert(&mut self, value: V) {
        self.remove(value.key());
        let key = value.key().to_owned();
        self.add_terms(&value);
        self.by_key.insert(key, value);
    }

    /// Removes a value; true if it was there.
    pub fn remove(&mut self, key: &str) -> bool {
        self.settle();
        let removed = self.by_key.remove(key);
        removed.iter().for_each(|value| self.remove_terms(value));
        removed.is_some()
    }

    /// Returns a value by its key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&V> {
        self.by_key.get(key)
    }

    /// Returns a value by its key, to change it.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut V> {
        self.settle();
        let (key, value) = self.by_key.remove_entry(key)?;
        self.remove_terms(&value);
        self.changing = Some(key.clone());
        Some(self.by_key.entry(key).or_insert(value))
    }

    /// Returns all values in the order of their keys.
    pub fn all(&self) -> impl Iterator<Item = &V> {
        self.by_key.values()
    }

    /// Returns all values in the order of their keys, to change what is none of their terms.
    pub fn all_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.by_key.values_mut()
    }

    /// Returns the number of values.
    #[must_use]
    pub fn count(&self) -> usize {
        self.by_key.len()
    }

    /// Returns the values that may have this term, in the order of their keys: every one that has
    /// it, and perhaps the one that was lent last.
    pub fn candidates(&self, term: V::Term) -> impl Iterator<Item = &V> {
        let from = (term, String::new());
        let indexed = self.index.range(&from..).take_while(|(found, _)| *found == from.0);
        let keys: BTreeSet<&String> = indexed.map(|(_, key)| key).chain(&self.changing).collect();
        keys.into_iter().filter_map(|key| self.by_key.get(key))
    }

    /// Returns the number of entries of the index, those of the value that was lent last included.
    pub fn index_size(&mut self) -> usize {
        self.settle();
        self.index.len()
    }

    /// Puts the value that was lent back into the index.
    fn settle(&mut self) {
        let lent = self.changing.take().and_then(|key| self.by_key.remove_entry(&key));
        if let Some((key, value)) = lent {
            self.add_terms(&value);
            self.by_key.insert(key, value);
        }
    }

    fn add_terms(&mut self, value: &V) {
        let key = value.key();
        self.index.extend(value.terms().into_iter().map(|term| (term, key.to_owned())));
    }

    fn remove_terms(&mut self, value: &V) {
        for term in value.terms() {
            self.index.remove(&(term, value.key().to_owned()));
        }
    }
}

impl<V: Indexed> Default for IndexedMap<V> {
    fn default() -> Self {
        Self { by_key: BTreeMap::new(), index: BTreeSet::new(), changing: None }
    }
}

impl<V: Indexed + Serialize> Serialize for IndexedMap<V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.by_key.serialize(serializer)
    }
}

impl<'de, V: Indexed + Deserialize<'de>> Deserialize<'de> for IndexedMap<V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut map = Self::default();
        let saved = BTreeMap::<String, V>::deserialize(deserializer)?;
        saved.into_values().for_each(|value| map.insert(value));
        Ok(map)
    }
}
