//! A list that keeps its newest items and the number of all.

use std::collections::VecDeque;

/// The newest items of a list; each has its number from 1, which stays when older ones are
/// forgotten.
#[derive(Clone, Debug)]
pub struct Ring<T> {
    items: VecDeque<T>,
    most: usize,
    added: usize,
}

impl<T> Ring<T> {
    /// Returns an empty list that keeps at most `most` items.
    #[must_use]
    pub const fn new(most: usize) -> Self {
        Self { items: VecDeque::new(), most, added: 0 }
    }

    /// Adds an item, and forgets the oldest one that is too many.
    pub fn push(&mut self, item: T) {
        self.items.push_back(item);
        self.added += 1;
        if self.items.len() > self.most {
            self.items.pop_front();
        }
    }

    /// Returns the number of all items that were ever added.
    #[must_use]
    pub const fn added(&self) -> usize {
        self.added
    }

    /// Returns the items that are kept, oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &T> {
        self.items.iter()
    }

    /// Returns the newest items behind the first `mark` of all, at most `most` of them, oldest
    /// first, with their numbers.
    pub fn newest_since(&self, mark: usize, most: usize) -> impl Iterator<Item = (usize, &T)> {
        let forgotten = self.added - self.items.len();
        let after = mark.max(self.added.saturating_sub(most)).clamp(forgotten, self.added);
        (after + 1..).zip(self.items.iter().skip(after - forgotten))
    }
}

#[cfg(test)]
mod tests {
    use super::Ring;

    const MOST: usize = 5;

    #[track_caller]
    fn check(added: usize, mark: usize, most: usize, expected: &[usize]) {
        let mut ring = Ring::new(MOST);
        (1..=added).for_each(|number| ring.push(number));
        assert_eq!(ring.added(), added);
        assert_eq!(ring.iter().count(), added.min(MOST));
        let found: Vec<(usize, &usize)> = ring.newest_since(mark, most).collect();
        assert!(found.iter().all(|(number, item)| number == *item), "{found:?}");
        let numbers: Vec<usize> = found.into_iter().map(|(number, _)| number).collect();
        assert_eq!(numbers, expected, "{added} added, after {mark}, at most {most}");
    }

    #[test]
    fn newest_items_after_a_mark_are_found() {
        check(0, 0, 9, &[]);
        check(0, 3, 9, &[]);
        check(5, 0, 9, &[1, 2, 3, 4, 5]);
        check(5, 3, 9, &[4, 5]);
        check(5, 0, 2, &[4, 5]);
        check(5, 4, 2, &[5]);
        check(5, 5, 2, &[]);
        check(5, 9, 2, &[]);
        check(5, 0, 0, &[]);
    }

    #[test]
    fn forgotten_items_leave_the_numbers_of_the_others() {
        check(6, 0, 9, &[2, 3, 4, 5, 6]);
        check(1_000, 0, usize::MAX, &[996, 997, 998, 999, 1_000]);
        check(1_000, 997, 9, &[998, 999, 1_000]);
        check(1_000, 0, 1, &[1_000]);
        check(1_000, usize::MAX, 9, &[]);
    }
}
