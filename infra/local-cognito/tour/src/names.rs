//! Names that every new local Cognito has, as `docs/local-cognito.md` publishes them.

/// The app client with the real challenge first.
pub const WEB_CLIENT: &str = "1webclient0000000000000000";
/// The app client with a link as first challenge, which works only in the session that asked.
pub const LINK_CLIENT: &str = "1linkclient000000000000000";
/// The app client that names its method in a first round, and takes links in any browser.
pub const PASSWORDLESS_CLIENT: &str = "1passwordless0000000000000";
/// The client that may send passwords of the own directory.
pub const DIRECTORY_CLIENT: &str = "1directoryclient00000000000";
/// The developer provider's name in the identity pool.
pub const DEVELOPER_PROVIDER: &str = "lifeguard";
/// The name of the stand-in for social providers in the identity pool.
pub const SOCIAL_PROVIDER: &str = "localhost/social";
/// The group of all confirmed users.
pub const GROUP: &str = "members";
/// The table of profiles.
pub const PROFILES: &str = "lifeguard-profiles";
