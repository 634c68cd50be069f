//! Names of the kinds of accounts in responses.

use lifeguard_identity::account::Kind;

/// Returns the name of a kind of account.
pub(crate) const fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Directory => "directory",
        Kind::Adapter => "adapter",
        Kind::Issuer => "issuer",
    }
}
