//! The HTTP APIs of the template.

mod route_key;

pub use self::route_key::{Match, Rank, RouteKey};
