//! A client of the local Cognito as an application has one: HTTP, and a mailbox.

mod administration;
mod answer;
mod cloud;
mod connection;
mod local;
mod logins;
mod mailbox;
mod passwords;
mod provider;

pub(crate) use self::administration::As;
pub(crate) use self::answer::{Answer, Pending, Refused, at, pending, refused, tokens};
pub(crate) use self::cloud::{FileAnswer, Keys, OWN_TOKEN, text};
pub(crate) use self::connection::Client;
pub(crate) use self::local::{Event, Marks};
pub(crate) use self::logins::Said;
pub use self::mailbox::short_code;
pub(crate) use self::mailbox::{long_code, longest_run_of_digits};
pub(crate) use self::passwords::Reply;
pub(crate) use self::provider::Grant;
