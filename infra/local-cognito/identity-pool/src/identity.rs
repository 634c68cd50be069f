//! Identities and their status.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::login::Login;

/// One identity.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Identity {
    pub(crate) id: String,
    /// Saved under an older name, which data folders hold.
    #[serde(rename = "standing")]
    pub(crate) status: IdentityStatus,
    pub(crate) logins: BTreeSet<Login>,
    /// In seconds since 1970.
    pub(crate) created: u64,
    /// In seconds since 1970.
    pub(crate) modified: u64,
}

/// Status of an identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum IdentityStatus {
    /// It never had a login.
    Guest,
    /// It had a login at some time; without one now, it is out of reach.
    Authenticated,
    /// It was merged into another one.
    Disabled,
}

impl Identity {
    /// Returns an identity without logins.
    pub(crate) fn new(id: String, now: u64) -> Self {
        Self {
            id,
            status: IdentityStatus::Guest,
            logins: BTreeSet::new(),
            created: now,
            modified: now,
        }
    }

    /// Adds logins, which authenticate it.
    pub(crate) fn link(&mut self, logins: impl IntoIterator<Item = Login>, now: u64) {
        let before = self.logins.len();
        self.logins.extend(logins);
        if self.logins.len() != before {
            self.modified = now;
            self.status = IdentityStatus::Authenticated;
        }
    }

    /// True if one of its logins can still prove it.
    pub(crate) fn is_reachable(&self) -> bool {
        self.status == IdentityStatus::Authenticated && !self.logins.is_empty()
    }
}
