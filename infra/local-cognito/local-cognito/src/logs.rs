//! What function processes write, line by line, under the function's name.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::Serialize;

/// How many lines are kept; older ones are forgotten.
const KEPT: usize = 10_000;

/// One line of one function.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    /// Its place among all lines, forgotten ones included, from 1.
    pub number: usize,
    /// The function's name.
    pub function: String,
    /// The line without its line break.
    pub text: String,
}

/// The newest lines of all functions; cloning shares them.
#[derive(Clone, Debug, Default)]
pub struct Logs {
    lines: Arc<Mutex<VecDeque<Line>>>,
    silent: Arc<AtomicBool>,
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
        let mut lines = self.lines();
        let number = lines.back().map_or(1, |newest| newest.number + 1);
        if lines.len() == KEPT {
            lines.pop_front();
        }
        lines.push_back(Line { number, function: function.to_owned(), text: text.to_owned() });
    }

    /// All lines that are kept, oldest first.
    #[must_use]
    pub fn all(&self) -> Vec<Line> {
        self.lines().iter().cloned().collect()
    }

    /// The lines of one function, oldest first.
    #[must_use]
    pub fn of(&self, function: &str) -> Vec<String> {
        self.lines()
            .iter()
            .filter(|line| line.function == function)
            .map(|line| line.text.clone())
            .collect()
    }

    fn lines(&self) -> MutexGuard<'_, VecDeque<Line>> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::{KEPT, Logs};

    #[test]
    fn line_keeps_its_number_when_older_ones_are_forgotten() {
        let logs = Logs::default();
        logs.hush();
        for count in 1..=KEPT + 2 {
            logs.write("pre-sign-up", &count.to_string());
        }
        let lines = logs.all();
        assert_eq!((lines[0].number, lines[0].text.as_str()), (3, "3"));
        assert_eq!((lines.len(), lines[KEPT - 1].number), (KEPT, KEPT + 2));
    }
}
