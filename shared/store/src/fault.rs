//! What can go wrong with a table.

use std::error::Error;

use thiserror::Error;

/// A call to a table that brought no answer. Its text names the operation and never a value.
#[derive(Debug, Error)]
pub enum StoreFault {
    /// A challenge could not be issued.
    #[error("failed to issue a challenge")]
    Issue(#[source] Box<dyn Error + Send + Sync>),
    /// A verdict could not be recorded; whether it was written is not known.
    #[error("failed to record a verdict")]
    Record(#[source] Box<dyn Error + Send + Sync>),
    /// A message could not be claimed.
    #[error("failed to claim a message")]
    Claim(#[source] Box<dyn Error + Send + Sync>),
    /// A claimed message could not be given back.
    #[error("failed to give a message back")]
    GiveBack(#[source] Box<dyn Error + Send + Sync>),
    /// A profile could not be created; whether it was written is not known.
    #[error("failed to create a profile")]
    CreateProfile(#[source] Box<dyn Error + Send + Sync>),
    /// A sign-in could not be recorded; whether it was is not known.
    #[error("failed to record a sign-in")]
    RecordSignIn(#[source] Box<dyn Error + Send + Sync>),
    /// An address could not be reserved; whether it was is not known.
    #[error("failed to register an account")]
    Register(#[source] Box<dyn Error + Send + Sync>),
    /// A registration could not be confirmed; whether it was is not known.
    #[error("failed to confirm an account")]
    Confirm(#[source] Box<dyn Error + Send + Sync>),
    /// An attempt at a password could not be counted: then nothing may be compared.
    #[error("failed to reserve an attempt")]
    Attempt(#[source] Box<dyn Error + Send + Sync>),
    /// Counted attempts could not be taken back.
    #[error("failed to take attempts back")]
    TakeBack(#[source] Box<dyn Error + Send + Sync>),
    /// A sign-in could not be stored; whether it was is not known.
    #[error("failed to store a sign-in")]
    Begin(#[source] Box<dyn Error + Send + Sync>),
    /// An account could not be read.
    #[error("failed to read an account")]
    ReadAccount(#[source] Box<dyn Error + Send + Sync>),
    /// A refresh token could not be used up; whether it was is not known.
    #[error("failed to use a refresh token up")]
    Rotate(#[source] Box<dyn Error + Send + Sync>),
    /// A session for credentials could not be added; whether it was is not known.
    #[error("failed to add a session for credentials")]
    AddCredentials(#[source] Box<dyn Error + Send + Sync>),
    /// A newcomer could not be admitted; whether there is an account now is not known.
    #[error("failed to admit an account")]
    Admit(#[source] Box<dyn Error + Send + Sync>),
    /// An identity could not be kept; whether it was is not known.
    #[error("failed to keep an identity")]
    KeepIdentity(#[source] Box<dyn Error + Send + Sync>),
    /// Sessions could not be ended; whether they have is not known.
    #[error("failed to end sessions")]
    End(#[source] Box<dyn Error + Send + Sync>),
    /// A password could not be replaced; whether it was is not known.
    #[error("failed to replace a password")]
    ReplacePassword(#[source] Box<dyn Error + Send + Sync>),
    /// A password could not be hashed anew; whether it was is not known.
    #[error("failed to keep a new hash")]
    Rehash(#[source] Box<dyn Error + Send + Sync>),
    /// An account could not be looked up by its id.
    #[error("failed to find an account")]
    FindAccount(#[source] Box<dyn Error + Send + Sync>),
    /// An account could not be closed or opened; whether it was is not known.
    #[error("failed to close or open an account")]
    SetStanding(#[source] Box<dyn Error + Send + Sync>),
    /// An account could not be given another identity; whether it was is not known.
    #[error("failed to change an account's identity")]
    ChangeIdentity(#[source] Box<dyn Error + Send + Sync>),
    /// An account could not be erased; whether it was is not known.
    #[error("failed to erase an account")]
    EraseAccount(#[source] Box<dyn Error + Send + Sync>),
    /// A nonce could not be given to a session.
    #[error("failed to give a nonce")]
    GiveNonce(#[source] Box<dyn Error + Send + Sync>),
    /// A link could not be listed; whether it was is not known.
    #[error("failed to list a link")]
    ListLink(#[source] Box<dyn Error + Send + Sync>),
    /// A login could not be reserved; whether it was is not known.
    #[error("failed to reserve a login")]
    ReserveLogin(#[source] Box<dyn Error + Send + Sync>),
    /// A login could not be freed; whether it was is not known.
    #[error("failed to free a login")]
    FreeLogin(#[source] Box<dyn Error + Send + Sync>),
    /// A link could not be taken off the list; whether it was is not known.
    #[error("failed to take a link off the list")]
    UnlistLink(#[source] Box<dyn Error + Send + Sync>),
    /// The counts of a row could not be read.
    #[error("failed to read counts")]
    ReadCounts(#[source] Box<dyn Error + Send + Sync>),
    /// The counts of a row could not be reset; whether they were is not known.
    #[error("failed to reset counts")]
    ResetCounts(#[source] Box<dyn Error + Send + Sync>),
    /// A row could not be erased; whether it was is not known.
    #[error("failed to erase a row")]
    EraseRow(#[source] Box<dyn Error + Send + Sync>),
    /// Profiles could not be read.
    #[error("failed to read profiles")]
    ReadProfiles(#[source] Box<dyn Error + Send + Sync>),
    /// A profile could not be erased; whether it was is not known.
    #[error("failed to erase a profile")]
    EraseProfile(#[source] Box<dyn Error + Send + Sync>),
    /// A row does not have the documented layout; the text names the attribute.
    #[error("a row has no usable `{0}`")]
    Layout(&'static str),
    /// A row has a layout that this code does not know, such as one that a later version writes.
    #[error("a row has a layout that this version does not know")]
    ForeignLayout,
}
