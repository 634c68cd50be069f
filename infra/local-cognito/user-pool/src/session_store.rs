//! The sessions that a pool remembers, in the order of their issue.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde::{Deserialize, Serialize, Serializer};

use super::session::{Session, SessionState};

/// Time in seconds for which a session is remembered, so that its reuse gets the right text.
const REMEMBERED: u64 = 60 * 60;

/// The most closed sessions, used or failed, that are remembered.
const MOST_CLOSED: usize = 2_000;

/// Sessions by their text, in which form they are saved: those of the last hour, of which only the
/// newest are closed ones.
#[derive(Default, Deserialize)]
#[serde(from = "BTreeMap<String, Session>")]
pub(crate) struct Sessions {
    by_text: BTreeMap<String, Session>,
    by_issue: BTreeSet<(u64, String)>,
    /// Texts by the secret block of a password proof.
    by_block: BTreeMap<String, String>,
    /// Texts in the order in which their use ended.
    closed: VecDeque<String>,
}

impl Sessions {
    /// Adds an open session, and forgets those that were issued an hour ago.
    pub(crate) fn add(&mut self, text: String, session: Session, now: u64) {
        while let Some((issued, oldest)) = self.by_issue.first()
            && now >= issued.saturating_add(REMEMBERED)
        {
            let oldest = oldest.clone();
            self.remove(&oldest);
        }
        self.index(&text, &session);
        self.by_text.insert(text, session);
    }

    /// Returns a session by its text.
    pub(crate) fn get(&self, text: &str) -> Option<&Session> {
        self.by_text.get(text)
    }

    /// Returns the session with this secret block, and its text.
    pub(crate) fn find_by_block(&self, block: &str) -> Option<(&str, &Session)> {
        let (text, session) = self.by_text.get_key_value(self.by_block.get(block)?)?;
        Some((text, session))
    }

    /// Notes how the use of a session ended.
    pub(crate) fn close(&mut self, text: &str, state: SessionState) {
        let Some(session) = self.by_text.get_mut(text) else {
            return;
        };
        let was_open = std::mem::replace(&mut session.state, state) == SessionState::Open;
        if was_open {
            self.closed.push_back(text.to_owned());
        }
        while self.closed.len() > MOST_CLOSED {
            self.closed.pop_front().into_iter().for_each(|oldest| self.remove(&oldest));
        }
    }

    /// Removes the sessions that fit.
    pub(crate) fn remove_all(&mut self, fits: impl Fn(&Session) -> bool) {
        let fitting = self.by_text.iter().filter(|(_, session)| fits(session));
        for text in fitting.map(|(text, _)| text.clone()).collect::<Vec<_>>() {
            self.remove(&text);
        }
    }

    fn remove(&mut self, text: &str) {
        if let Some((text, session)) = self.by_text.remove_entry(text) {
            if let Some(block) = session.step.secret_block() {
                self.by_block.remove(block);
            }
            self.by_issue.remove(&(session.issued, text));
        }
    }

    fn index(&mut self, text: &str, session: &Session) {
        self.by_issue.insert((session.issued, text.to_owned()));
        if let Some(block) = session.step.secret_block() {
            self.by_block.insert(block.to_owned(), text.to_owned());
        }
    }
}

impl From<BTreeMap<String, Session>> for Sessions {
    fn from(by_text: BTreeMap<String, Session>) -> Self {
        let mut sessions = Self::default();
        by_text.iter().for_each(|(text, session)| sessions.index(text, session));
        let is_closed = |text: &&String| {
            by_text.get(*text).is_some_and(|session| session.state != SessionState::Open)
        };
        let texts = sessions.by_issue.iter().map(|(_, text)| text);
        let closed = texts.filter(is_closed).cloned().collect();
        Self { by_text, closed, ..sessions }
    }
}

impl Serialize for Sessions {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.by_text.serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::{MOST_CLOSED, REMEMBERED, Session, SessionState, Sessions};
    use crate::session::{SessionUser, Step};

    fn session(issued: u64) -> Session {
        Session {
            client: "c".to_owned(),
            user: SessionUser::Known("noor".to_owned()),
            step: Step::NewPassword,
            issued,
            state: SessionState::Open,
        }
    }

    fn add(sessions: &mut Sessions, at: u64) {
        sessions.add(at.to_string(), session(at), at);
    }

    #[track_caller]
    fn check_size(sessions: &Sessions, size: usize) {
        assert_eq!((sessions.by_text.len(), sessions.by_issue.len()), (size, size));
    }

    #[test]
    fn only_expired_sessions_are_forgotten() {
        let mut sessions = Sessions::default();
        (0..10).for_each(|at| add(&mut sessions, at));
        add(&mut sessions, REMEMBERED + 3);
        assert!(sessions.get("3").is_none());
        assert!(sessions.get("4").is_some());
        check_size(&sessions, 7);
        for at in 0..3 * REMEMBERED {
            add(&mut sessions, REMEMBERED + 3 + at);
        }
        check_size(&sessions, usize::try_from(REMEMBERED).unwrap());
    }

    #[test]
    fn sessions_of_one_second_are_forgotten_in_any_order() {
        let mut sessions = Sessions::default();
        for text in ["b", "c", "a"] {
            sessions.add(text.to_owned(), session(1), 1);
        }
        sessions.add("d".to_owned(), session(REMEMBERED + 1), REMEMBERED + 1);
        check_size(&sessions, 1);
    }

    #[test]
    fn closed_sessions_are_few_and_open_ones_stay() {
        let mut sessions = Sessions::default();
        sessions.add("open".to_owned(), session(0), 0);
        for number in 0..=MOST_CLOSED {
            let text = number.to_string();
            sessions.add(text.clone(), session(1), 1);
            sessions.close(&text, SessionState::Used);
            sessions.close(&text, SessionState::Failed);
        }
        assert!(sessions.get("0").is_none(), "the oldest closed one");
        assert!(sessions.get("1").is_some_and(|closed| closed.state == SessionState::Failed));
        assert!(sessions.get("open").is_some());
        check_size(&sessions, MOST_CLOSED + 1);
        assert_eq!(sessions.closed.len(), MOST_CLOSED);
    }

    #[test]
    fn saved_sessions_are_as_they_were() {
        let mut sessions = Sessions::default();
        (0..5).for_each(|at| add(&mut sessions, at));
        sessions.close("2", SessionState::Used);
        let saved = serde_json::to_value(&sessions).unwrap();
        assert_eq!(saved["2"]["end"], "Used");
        let restored: Sessions = serde_json::from_value(saved.clone()).unwrap();
        assert_eq!(serde_json::to_value(&restored).unwrap(), saved);
        assert_eq!(restored.closed, ["2"]);
        check_size(&restored, 5);
    }
}
