//! Decides the linking of a login of another provider to an account.
//!
//! Both sides are proved afresh: ours by a sign-in of a moment ago, the other by an ID token for a
//! nonce that this session was given and that is used once. A login of another account, or with an
//! identity of its own, is never taken over: merging is for administrators. An identity that a
//! client names, such as a guest's, plays no part.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use thiserror::Error;

use crate::account::hash_of;
use crate::limits::{RECENT, SKEW};
use crate::token::access::Proof;

/// Nonce that the proof of the other side must name: random, issued to one session, used once.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Nonce(pub [u8; 16]);

/// Hash of a nonce, as the row holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NonceTag(String);

/// Login of another provider: a hash of provider and subject, so that a row names no user.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LoginKey(String);

/// Login that is linked to an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The provider, as the identity pool names it; of each there is one login at most.
    pub provider: String,
    /// The login.
    pub login: LoginKey,
    /// Time of the linking, in seconds since 1970.
    pub since: u64,
}

/// Claims of an ID token of the other side, after signature, issuer and audience are verified.
#[derive(Clone, Copy, Debug)]
pub struct Claims<'a> {
    /// Its nonce.
    pub nonce: Option<&'a str>,
    /// Time of the user's authentication at the provider, in seconds since 1970.
    pub authenticated: Option<u64>,
}

/// Result of checking the proof of the other side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OtherProof {
    /// It belongs to this session and is recent.
    Fresh,
    /// The authentication was too long ago, or its time is unknown.
    Stale,
    /// Its nonce was used already, or has expired.
    Replayed,
    /// It cannot be verified, or was made for another session.
    Foreign,
}

/// Owner of a login before it is linked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoginOwner {
    /// Neither an account nor an identity.
    Unlinked,
    /// This account.
    ThisAccount,
    /// No account, but another login of the same provider is linked to this one.
    OtherLogin,
    /// Another account.
    AnotherAccount,
    /// An identity of its own in the pool.
    OwnIdentity,
}

/// Decision on a requested link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Linking {
    /// The link is made.
    Link,
    /// The link exists.
    Keep,
    /// The link is not made.
    Refuse(NotLinked),
}

/// Reason for refusing a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum NotLinked {
    /// Our own side is not fresh.
    #[error("Sign in again")]
    SignInAgain,
    /// The other side is not fresh.
    #[error("Sign in again at the other provider")]
    StaleProof,
    /// The nonce exists no more.
    #[error("Ask for another nonce")]
    ReplayedProof,
    /// The other side proves nothing here.
    #[error("The token is not valid here")]
    ForeignProof,
    /// The login belongs elsewhere, or another login of this provider is linked.
    #[error("The login cannot be linked")]
    AlreadyLinked,
}

/// Decision on removing a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unlinking<'a> {
    /// The link is removed.
    Remove(&'a Link),
    /// It is the account's own login, and stays.
    OwnLogin,
    /// No login of this provider is linked.
    Absent,
}

impl Nonce {
    /// Returns the nonce as text.
    #[must_use]
    pub fn text(self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }
}

impl NonceTag {
    /// Hashes a nonce.
    #[must_use]
    pub fn new(nonce: &str) -> Self {
        Self(hash_of("link-nonce", &[nonce]))
    }

    /// Wraps a hash that was read from a row.
    #[must_use]
    pub fn from_stored(text: String) -> Self {
        Self(text)
    }

    /// Returns the tag as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl LoginKey {
    /// Hashes the login of this subject at this provider, both as exact strings.
    #[must_use]
    pub fn new(provider: &str, subject: &str) -> Self {
        Self(format!("link#v1#{}", hash_of("link", &[provider, subject])))
    }

    /// Wraps a key that was read from a row.
    #[must_use]
    pub fn from_stored(text: String) -> Self {
        Self(text)
    }

    /// Returns the key as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl NotLinked {
    /// Returns a stable word for clients and metrics.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::SignInAgain => "sign_in_again",
            Self::StaleProof => "stale_proof",
            Self::ReplayedProof => "replayed_proof",
            Self::ForeignProof => "foreign_proof",
            Self::AlreadyLinked => "already_linked",
        }
    }
}

/// Checks an ID token for the session that was given the nonce `issued`; `None` means a token
/// that was not verified, and for a nonce that was used or has expired.
#[must_use]
pub fn assess(claims: Option<Claims<'_>>, issued: Option<&NonceTag>, now: u64) -> OtherProof {
    let Some(Claims { nonce: Some(nonce), authenticated }) = claims else {
        return OtherProof::Foreign;
    };
    let recent = |at: u64| at <= now.saturating_add(SKEW) && now < at.saturating_add(RECENT);
    match issued {
        None => OtherProof::Replayed,
        Some(issued) if *issued != NonceTag::new(nonce) => OtherProof::Foreign,
        Some(_) if authenticated.is_some_and(recent) => OtherProof::Fresh,
        Some(_) => OtherProof::Stale,
    }
}

/// Decides on a link. A caller who has not proved both sides learns nothing about the owner of a
/// login.
#[must_use]
pub fn judge(own: Proof, other: OtherProof, login: LoginOwner) -> Linking {
    match (own, other, login) {
        (Proof::Stale, _, _) => Linking::Refuse(NotLinked::SignInAgain),
        (Proof::Fresh, OtherProof::Foreign, _) => Linking::Refuse(NotLinked::ForeignProof),
        (Proof::Fresh, OtherProof::Replayed, _) => Linking::Refuse(NotLinked::ReplayedProof),
        (Proof::Fresh, OtherProof::Stale, _) => Linking::Refuse(NotLinked::StaleProof),
        (Proof::Fresh, OtherProof::Fresh, LoginOwner::Unlinked) => Linking::Link,
        (Proof::Fresh, OtherProof::Fresh, LoginOwner::ThisAccount) => Linking::Keep,
        (
            Proof::Fresh,
            OtherProof::Fresh,
            LoginOwner::OtherLogin | LoginOwner::AnotherAccount | LoginOwner::OwnIdentity,
        ) => Linking::Refuse(NotLinked::AlreadyLinked),
    }
}

/// Decides on removing a link: an account never loses its own login, which is that of `own`, our
/// provider, so one always remains.
#[must_use]
pub fn unlink<'a>(links: &'a [Link], own: &str, provider: &str) -> Unlinking<'a> {
    match links.iter().find(|link| link.provider == provider) {
        _ if provider == own => Unlinking::OwnLogin,
        Some(link) => Unlinking::Remove(link),
        None => Unlinking::Absent,
    }
}

#[cfg(test)]
mod tests {
    use super::{
        Claims, Link, Linking, LoginKey, LoginOwner, Nonce, NonceTag, NotLinked, OtherProof,
        Unlinking, assess, judge, unlink,
    };
    use crate::token::access::Proof;

    const OWN: [Proof; 2] = [Proof::Fresh, Proof::Stale];
    const OTHER: [OtherProof; 4] =
        [OtherProof::Fresh, OtherProof::Stale, OtherProof::Replayed, OtherProof::Foreign];
    const LOGIN: [LoginOwner; 5] = [
        LoginOwner::Unlinked,
        LoginOwner::ThisAccount,
        LoginOwner::OtherLogin,
        LoginOwner::AnotherAccount,
        LoginOwner::OwnIdentity,
    ];

    /// Every state, and what it comes to: told by rows, so that the code's order plays no part.
    #[test]
    fn t56_link_takes_two_fresh_proofs_and_an_unlinked_login() {
        let mut states = 0;
        let mut linked = Vec::new();
        for own in OWN {
            for other in OTHER {
                for login in LOGIN {
                    states += 1;
                    let expected = match own {
                        Proof::Stale => Linking::Refuse(NotLinked::SignInAgain),
                        Proof::Fresh => match other {
                            OtherProof::Stale => Linking::Refuse(NotLinked::StaleProof),
                            OtherProof::Replayed => Linking::Refuse(NotLinked::ReplayedProof),
                            OtherProof::Foreign => Linking::Refuse(NotLinked::ForeignProof),
                            OtherProof::Fresh => match login {
                                LoginOwner::Unlinked => Linking::Link,
                                LoginOwner::ThisAccount => Linking::Keep,
                                LoginOwner::OtherLogin
                                | LoginOwner::AnotherAccount
                                | LoginOwner::OwnIdentity => {
                                    Linking::Refuse(NotLinked::AlreadyLinked)
                                }
                            },
                        },
                    };
                    let linking = judge(own, other, login);
                    assert_eq!(linking, expected, "{own:?}, {other:?}, {login:?}");
                    if linking == Linking::Link {
                        linked.push((own, other, login));
                    }
                }
            }
        }
        println!("{states} states of a link");
        assert_eq!(states, 40);
        assert_eq!(linked, [(Proof::Fresh, OtherProof::Fresh, LoginOwner::Unlinked)]);
    }

    #[track_caller]
    fn check(nonce: Option<&str>, authenticated: Option<u64>, expected: OtherProof) {
        let issued = NonceTag::new("nonce");
        let claims = Some(Claims { nonce, authenticated });
        assert_eq!(assess(claims, Some(&issued), 10_000), expected);
        assert_ne!(assess(claims, None, 10_000), OtherProof::Fresh, "without a nonce");
    }

    #[test]
    fn t56_a_proof_is_of_this_session_and_of_the_last_five_minutes() {
        check(Some("nonce"), Some(10_000), OtherProof::Fresh);
        check(Some("nonce"), Some(9_701), OtherProof::Fresh);
        check(Some("nonce"), Some(9_700), OtherProof::Stale);
        check(Some("nonce"), Some(10_060), OtherProof::Fresh);
        check(Some("nonce"), Some(10_061), OtherProof::Stale);
        check(Some("nonce"), Some(u64::MAX), OtherProof::Stale);
        check(Some("nonce"), None, OtherProof::Stale);
        check(Some("other"), Some(10_000), OtherProof::Foreign);
        check(Some(""), Some(10_000), OtherProof::Foreign);
        check(None, Some(10_000), OtherProof::Foreign);
        assert_eq!(assess(None, Some(&NonceTag::new("nonce")), 10_000), OtherProof::Foreign);
        let claims = Claims { nonce: Some("nonce"), authenticated: Some(10_000) };
        assert_eq!(assess(Some(claims), None, 10_000), OtherProof::Replayed);
    }

    #[test]
    fn an_account_never_loses_its_own_login() {
        let link = |provider: &str| Link {
            provider: provider.to_owned(),
            login: LoginKey::new(provider, "sub"),
            since: 1,
        };
        let links = [link("accounts.example"), link("lifeguard")];
        assert_eq!(unlink(&links, "lifeguard", "accounts.example"), Unlinking::Remove(&links[0]));
        assert_eq!(unlink(&links, "lifeguard", "lifeguard"), Unlinking::OwnLogin);
        assert_eq!(unlink(&links, "lifeguard", "other.example"), Unlinking::Absent);
    }

    #[test]
    fn provider_and_subject_each_make_another_login() {
        assert_ne!(LoginKey::new("a", "bc"), LoginKey::new("ab", "c"));
        assert_ne!(LoginKey::new("a", "Bob"), LoginKey::new("a", "bob"));
        assert_eq!(Nonce([0xff; 16]).text().len(), 22);
    }
}
