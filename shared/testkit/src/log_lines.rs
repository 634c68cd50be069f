//! Lines of a log in memory.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

/// A log, into which a subscriber writes; cloning shares it.
#[derive(Clone, Default)]
pub struct LogLines(Arc<Mutex<Vec<u8>>>);

impl LogLines {
    /// Returns the text that was written since the last time.
    ///
    /// # Panics
    /// If it is no UTF-8.
    #[must_use]
    pub fn take(&self) -> String {
        let written = std::mem::take(&mut *self.0.lock().expect("no test panicked inside"));
        String::from_utf8(written).expect("a log is text")
    }

    /// Returns the text that was written and not taken, and keeps it.
    ///
    /// # Panics
    /// If it is no UTF-8.
    #[must_use]
    pub fn text(&self) -> String {
        let written = self.0.lock().expect("no test panicked inside").clone();
        String::from_utf8(written).expect("a log is text")
    }
}

impl Write for LogLines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no test panicked inside").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
