//! Parses a JSON object member by member and keeps every complaint.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

/// One object of the document, with its path for complaints.
pub(crate) struct Section<'a> {
    path: String,
    members: Map<String, Value>,
    complaints: &'a mut Vec<String>,
}

impl<'a> Section<'a> {
    /// Creates a section at `path`; anything but an object is a complaint and counts as empty.
    pub(crate) fn new(path: &str, value: Value, complaints: &'a mut Vec<String>) -> Self {
        let members = match value {
            Value::Object(members) => members,
            _ => {
                complaints.push(format!("{path} must be an object"));
                Map::new()
            }
        };
        Self { path: path.to_owned(), members, complaints }
    }

    /// Takes a member out of the section; `null` counts as absent.
    pub(crate) fn take(&mut self, name: &str) -> Option<Value> {
        self.members.remove(name).filter(|value| !value.is_null())
    }

    /// True if a member is an empty list.
    pub(crate) fn is_empty_list(&self, name: &str) -> bool {
        self.members.get(name).and_then(Value::as_array).is_some_and(Vec::is_empty)
    }

    /// Adds a complaint about a member.
    pub(crate) fn complain(&mut self, name: &str, what: &str) {
        self.complaints.push(format!("{}.{name} {what}", self.path));
    }

    /// Takes a section out of this one; an absent section counts as empty.
    pub(crate) fn section(&mut self, name: &str) -> Section<'_> {
        let value = self.take(name).unwrap_or_else(|| Value::Object(Map::new()));
        Section::new(&format!("{}.{name}", self.path), value, self.complaints)
    }

    /// Takes all members that are left, each to be parsed as a section of its own.
    pub(crate) fn rest(&mut self) -> Vec<(String, Value)> {
        std::mem::take(&mut self.members).into_iter().collect()
    }

    /// Creates a section for a member that [`Section::take`] or [`Section::rest`] returned.
    pub(crate) fn adopt(&mut self, name: &str, value: Value) -> Section<'_> {
        Section::new(&format!("{}.{name}", self.path), value, self.complaints)
    }

    /// Takes a text; absent is `None`, anything else a complaint.
    pub(crate) fn text(&mut self, name: &str) -> Option<String> {
        match self.take(name)? {
            Value::String(text) if !text.is_empty() => Some(text),
            _ => {
                self.complain(name, "must be a text that is not empty");
                None
            }
        }
    }

    /// Takes a text that is required.
    pub(crate) fn required_text(&mut self, name: &str) -> String {
        let complaints = self.complaints.len();
        let text = self.text(name);
        if text.is_none() && self.complaints.len() == complaints {
            self.complain(name, "is missing");
        }
        text.unwrap_or_default()
    }

    /// Takes a whole number within bounds, or returns the default.
    pub(crate) fn number(&mut self, name: &str, least: u64, most: u64, default: u64) -> u64 {
        let Some(value) = self.take(name) else {
            return default;
        };
        match value.as_u64() {
            Some(number) if (least..=most).contains(&number) => number,
            _ => {
                self.complain(name, &format!("must be a whole number from {least} to {most}"));
                default
            }
        }
    }

    /// Takes true or false, or returns the default.
    pub(crate) fn flag(&mut self, name: &str, default: bool) -> bool {
        let Some(value) = self.take(name) else {
            return default;
        };
        value.as_bool().unwrap_or_else(|| {
            self.complain(name, "must be true or false");
            default
        })
    }

    /// Takes one of the named choices, or returns the default.
    pub(crate) fn choice<Choice: Copy>(
        &mut self,
        name: &str,
        choices: &[(&str, Choice)],
        default: Choice,
    ) -> Choice {
        let Some(value) = self.take(name) else {
            return default;
        };
        let found = choices.iter().find(|(text, _)| value.as_str() == Some(text));
        match found {
            Some((_, choice)) => *choice,
            None => {
                let names: Vec<&str> = choices.iter().map(|(text, _)| *text).collect();
                self.complain(name, &format!("must be one of {}", names.join(", ")));
                default
            }
        }
    }

    /// Takes a list of texts; absent is `None`.
    pub(crate) fn texts(&mut self, name: &str) -> Option<BTreeSet<String>> {
        let value = self.take(name)?;
        let texts = value.as_array().and_then(|items| {
            items
                .iter()
                .map(|item| item.as_str().filter(|text| !text.is_empty()).map(str::to_owned))
                .collect()
        });
        if texts.is_none() {
            self.complain(name, "must be a list of texts");
        }
        texts
    }

    /// Complains about every member that is left: a misspelt setting must not go unnoticed.
    pub(crate) fn finish(mut self) {
        for (name, _) in self.rest() {
            self.complain(&name, "is not a setting");
        }
    }
}
