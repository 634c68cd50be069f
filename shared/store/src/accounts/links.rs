//! Logins of other providers that are linked to an account.
//!
//! The account's own row lists them; a row for each login reserves it. The list is written first,
//! so that the erasure of an account finds every reservation, at whichever step the linking
//! stopped.

use lifeguard_identity::account::{AccountId, AccountKey, Status};
use lifeguard_identity::limits::NONCE_LIFE;
use lifeguard_identity::linking::{Link, LoginKey, NonceTag};
use lifeguard_identity::session::SessionTag;

use super::operations::Written;
use super::row::status_label;
use super::sessions::ACTIVE_FAMILY;
use super::table::AccountTable;
use crate::error::{Operation, StoreError};
use crate::item::{m, n, s};
use crate::update::Update;

/// Session in which a link is made.
#[derive(Clone, Debug)]
pub struct LinkSession {
    /// The account's row.
    pub key: AccountKey,
    /// The account that was read.
    pub id: AccountId,
    /// The version that was read.
    pub version: u64,
    /// The family.
    pub family: SessionTag,
    /// The nonce that was issued to it.
    pub nonce: NonceTag,
    /// Now, in seconds since 1970.
    pub now: u64,
}

/// Links. Every operation is one call.
pub trait Links {
    /// Issues a nonce to an active family of an active account and replaces an earlier one.
    ///
    /// # Errors
    /// [`StoreError`] if the table did not answer; of every operation.
    fn give_nonce(
        &self,
        session: &LinkSession,
    ) -> impl Future<Output = Result<Written, StoreError>> + Send;

    /// Uses the nonce up and lists the link; refused if the nonce is not there any more, or
    /// another login of this provider is listed.
    fn list_link(
        &self,
        session: &LinkSession,
        link: &Link,
    ) -> impl Future<Output = Result<Written, StoreError>> + Send;

    /// Reserves a login for an account; refused if it is reserved for another one.
    fn reserve_login(
        &self,
        login: &LoginKey,
        key: &AccountKey,
    ) -> impl Future<Output = Result<Written, StoreError>> + Send;

    /// Frees a login if it is reserved for this account.
    fn free_login(
        &self,
        login: &LoginKey,
        key: &AccountKey,
    ) -> impl Future<Output = Result<Written, StoreError>> + Send;

    /// Removes a link from the list, whatever the account's status; to be called once its login is
    /// free.
    fn unlist_link(
        &self,
        key: &AccountKey,
        link: &Link,
    ) -> impl Future<Output = Result<Written, StoreError>> + Send;
}

impl Links for AccountTable {
    async fn give_nonce(&self, session: &LinkSession) -> Result<Written, StoreError> {
        let expression = "SET fam.#f.n = :n, fam.#f.x = :x".to_owned();
        let update = in_session(Update::new(expression, ACTIVE_FAMILY.to_owned()), session)
            .value(":x", n(session.now + NONCE_LIFE));
        self.write(&session.key, update).await.map_err(Operation::GiveNonce.failed())
    }

    async fn list_link(&self, session: &LinkSession, link: &Link) -> Result<Written, StoreError> {
        let expression = "SET lk.#p = :link REMOVE fam.#f.n, fam.#f.x".to_owned();
        let condition = format!(
            "{ACTIVE_FAMILY} AND ((fam.#f.n = :n AND fam.#f.x > :now \
             AND (attribute_not_exists(lk.#p) OR lk.#p.k = :k)) \
             OR (lk.#p.k = :k AND lk.#p.n = :n))"
        );
        let entry = m([
            ("k", s(link.login.as_str())),
            ("s", n(link.since)),
            ("n", s(session.nonce.as_str())),
        ]);
        let update = in_session(Update::new(expression, condition), session)
            .name("#p", &link.provider)
            .value(":k", s(link.login.as_str()))
            .value(":link", entry);
        self.write(&session.key, update).await.map_err(Operation::ListLink.failed())
    }

    async fn reserve_login(
        &self,
        login: &LoginKey,
        key: &AccountKey,
    ) -> Result<Written, StoreError> {
        let condition = "attribute_not_exists(ac) OR ac = :ac".to_owned();
        let update =
            Update::new("SET ac = :ac".to_owned(), condition).value(":ac", s(key.as_str()));
        self.write(&reservation(login), update).await.map_err(Operation::ReserveLogin.failed())
    }

    async fn free_login(&self, login: &LoginKey, key: &AccountKey) -> Result<Written, StoreError> {
        let values = [(":ac", s(key.as_str()))];
        let written = self.delete(&reservation(login), "ac = :ac", values).await;
        written.map_err(Operation::FreeLogin.failed())
    }

    async fn unlist_link(&self, key: &AccountKey, link: &Link) -> Result<Written, StoreError> {
        let condition =
            "attribute_exists(st) AND (attribute_not_exists(lk.#p) OR lk.#p.k = :k)".to_owned();
        let update = Update::new("REMOVE lk.#p".to_owned(), condition)
            .name("#p", &link.provider)
            .value(":k", s(link.login.as_str()));
        self.write(key, update).await.map_err(Operation::UnlistLink.failed())
    }
}

fn in_session(update: Update, session: &LinkSession) -> Update {
    update
        .name("#f", session.family.as_str())
        .value(":id", s(session.id.as_str()))
        .value(":active", s(status_label(Status::Active)))
        .value(":ver", n(session.version))
        .value(":now", n(session.now))
        .value(":n", s(session.nonce.as_str()))
}

/// The row of a login.
fn reservation(login: &LoginKey) -> AccountKey {
    AccountKey::from_stored(login.as_str().to_owned())
}
