//! May this login of another provider lead to this account?
//!
//! Both sides are proved afresh: ours by a sign-in of a moment ago, the other by an ID token for a
//! nonce that this session was given and that is used once. A login that leads elsewhere already,
//! to another account or to an identity of its own, is never taken over: merging is for
//! administrators. An identity that a client names, such as a guest's, plays no part.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use thiserror::Error;

use crate::account::hash_of;
use crate::limits::{RECENT, SKEW};
use crate::token::access::Proof;

/// What the proof of the other side must name: random, given to one session, used once.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Nonce(pub [u8; 16]);

/// A nonce as the row holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NonceTag(String);

/// A login of another provider: a hash of provider and subject, so that a row names nobody.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LoginKey(String);

/// A login that leads to an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The provider, as the identity pool names it; of each there is one login at most.
    pub provider: String,
    /// The login.
    pub login: LoginKey,
    /// Since when, in seconds since 1970.
    pub since: u64,
}

/// What an ID token of the other side says, once signature, issuer and audience are verified.
#[derive(Clone, Copy, Debug)]
pub struct Claims<'a> {
    /// Its nonce.
    pub nonce: Option<&'a str>,
    /// When the person proved to the provider who they are, in seconds since 1970.
    pub authenticated: Option<u64>,
}

/// What the proof of the other side is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OtherProof {
    /// It is of this session and of a moment ago.
    Fresh,
    /// The person proved who they are too long ago, or nobody says when.
    Stale,
    /// Its nonce was used already, or has run out.
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

/// What becomes of a link that is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Linking {
    /// It is made.
    Link,
    /// It is there.
    Keep,
    /// It is not made.
    Refuse(NotLinked),
}

/// Why a link is not made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum NotLinked {
    /// Our own side is not fresh.
    #[error("Sign in again")]
    SignInAgain,
    /// The other side is not fresh.
    #[error("Sign in again at the other provider")]
    StaleProof,
    /// The nonce is not there any more.
    #[error("Ask for another nonce")]
    ReplayedProof,
    /// The other side proves nothing here.
    #[error("The token is not valid here")]
    ForeignProof,
    /// The login leads elsewhere, or there is another one of this provider.
    #[error("The login cannot be linked")]
    AlreadyLinked,
}

/// What becomes of a link that is to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unlinking<'a> {
    /// It goes.
    Remove(&'a Link),
    /// It is the login that the account consists of, and stays.
    OwnLogin,
    /// There is none of this provider.
    Absent,
}

impl Nonce {
    /// The nonce as text.
    #[must_use]
    pub fn text(self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }
}

impl NonceTag {
    /// What the row holds of a nonce.
    #[must_use]
    pub fn new(nonce: &str) -> Self {
        Self(hash_of("link-nonce", &[nonce]))
    }

    /// What was read from a row.
    #[must_use]
    pub fn from_stored(text: String) -> Self {
        Self(text)
    }

    /// The tag as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl LoginKey {
    /// The login of this subject at this provider, both as exact strings.
    #[must_use]
    pub fn new(provider: &str, subject: &str) -> Self {
        Self(format!("link#v1#{}", hash_of("link", &[provider, subject])))
    }

    /// A key that was read from a row.
    #[must_use]
    pub fn from_stored(text: String) -> Self {
        Self(text)
    }

    /// The key as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl NotLinked {
    /// A stable word for clients and metrics.
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

/// What an ID token is worth to the session that was given `issued`; `None` stands for one that
/// was not verified, and for a nonce that was used or has run out.
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

/// What becomes of a link. Where a login leads is told to nobody who has not proved both sides.
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

/// What becomes of a link that is to go: an account never loses the login it consists of, which
/// is that of `own`, our provider, so there is always one left.
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
    fn t56_a_link_takes_two_fresh_proofs_and_a_login_that_leads_nowhere_else() {
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
