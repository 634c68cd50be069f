//! What each route takes. A route reads a request and says what is asked; it does nothing.

pub(crate) mod accounts;
pub(crate) mod administration;
pub(crate) mod body;
pub(crate) mod credentials;
pub(crate) mod document;
pub(crate) mod links;
pub(crate) mod passwords;
pub(crate) mod sessions;
pub(crate) mod token;
