//! The terminal of the operator: prints lines and asks for consent.

use std::io::{self, BufRead, Write};

/// Output for the operator, and the operator's answers.
pub struct Terminal<'a> {
    out: &'a mut dyn Write,
    answers: Option<&'a mut dyn BufRead>,
}

impl<'a> Terminal<'a> {
    /// Creates a terminal that asks before each change.
    pub fn asking(out: &'a mut dyn Write, answers: &'a mut dyn BufRead) -> Self {
        Self { out, answers: Some(answers) }
    }

    /// Creates a terminal that needs no consent.
    pub fn consenting(out: &'a mut dyn Write) -> Self {
        Self { out, answers: None }
    }

    /// Writes a line.
    ///
    /// # Errors
    ///
    /// The output is closed.
    pub fn say(&mut self, line: &str) -> io::Result<()> {
        writeln!(self.out, "{line}")
    }

    /// Asks a question; returns true if the answer is `y`, or consent is given.
    ///
    /// # Errors
    ///
    /// The output or the input cannot be used.
    pub fn consents(&mut self, question: &str) -> io::Result<bool> {
        let Some(answers) = &mut self.answers else {
            return Ok(true);
        };
        write!(self.out, "{question} [y/N] ")?;
        self.out.flush()?;
        let mut answer = String::new();
        answers.read_line(&mut answer)?;
        Ok(answer.trim_end() == "y")
    }
}
