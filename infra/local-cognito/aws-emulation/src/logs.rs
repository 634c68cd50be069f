//! Logs of function processes, line by line, under the function's name.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::ring::Ring;

/// The most lines that are kept; older ones are forgotten.
const MOST_LINES: usize = 10_000;

/// One line of one function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The function's name.
    pub function: String,
    /// The line without its line break.
    pub text: String,
}

/// The newest lines of all functions; cloning shares them.
#[derive(Clone, Debug)]
pub struct Logs {
    kept: Arc<Mutex<Ring<Line>>>,
    silent: Arc<AtomicBool>,
}

impl Default for Logs {
    fn default() -> Self {
        Self { kept: Arc::new(Mutex::new(Ring::new(MOST_LINES))), silent: Arc::default() }
    }
}

impl Logs {
    /// From now on lines are only kept.
    pub fn hush(&self) {
        self.silent.store(true, Ordering::Relaxed);
    }

    /// Keeps a line and shows it on standard error.
    pub fn write(&self, function: &str, text: &str) {
        if !self.silent.load(Ordering::Relaxed) {
            eprintln!("[{function}] {text}");
        }
        self.kept().push(Line { function: function.to_owned(), text: text.to_owned() });
    }

    /// All lines that are kept, oldest first.
    #[must_use]
    pub fn all(&self) -> Vec<Line> {
        self.kept().iter().cloned().collect()
    }

    /// Returns the newest lines written after the first `mark`, at most `most` of them, oldest
    /// first, each with its number from 1.
    #[must_use]
    pub fn newest_since(&self, mark: usize, most: usize) -> Vec<(usize, Line)> {
        let kept = self.kept();
        kept.newest_since(mark, most).map(|(number, line)| (number, line.clone())).collect()
    }

    /// Returns the lines of one function, oldest first.
    #[must_use]
    pub fn lines(&self, function: &str) -> Vec<String> {
        self.kept()
            .iter()
            .filter(|line| line.function == function)
            .map(|line| line.text.clone())
            .collect()
    }

    fn kept(&self) -> MutexGuard<'_, Ring<Line>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::{Logs, MOST_LINES};

    #[track_caller]
    fn check(written: usize, mark: usize, most: usize, expected: &[usize]) {
        let logs = Logs::default();
        logs.hush();
        (1..=written).for_each(|number| logs.write("f", &number.to_string()));
        let found = logs.newest_since(mark, most);
        let numbers: Vec<usize> = found.iter().map(|(number, _)| *number).collect();
        assert_eq!(numbers, expected, "{written} written, after {mark}, at most {most}");
        assert!(found.iter().all(|(number, line)| line.text == number.to_string()));
    }

    #[test]
    fn newest_lines_after_a_mark_are_found() {
        check(0, 0, 9, &[]);
        check(5, 0, 9, &[1, 2, 3, 4, 5]);
        check(5, 3, 9, &[4, 5]);
        check(5, 0, 1, &[5]);
        check(5, 9, 9, &[]);
    }

    #[test]
    fn forgotten_lines_keep_their_numbers() {
        let last = MOST_LINES + 2;
        check(last, last - 1, 9, &[last]);
        check(last, 0, 1, &[last]);
    }
}
