//! Which identity do these logins lead to?

use std::collections::{BTreeMap, BTreeSet};

use super::settings::Survivor;
use super::state::{Identity, Login, Pool, Standing};

/// How many logins an identity may have.
pub(crate) const MOST_LOGINS: usize = 20;

/// Logins that are proved, and the identity that is asked for, if any.
pub(crate) struct Asked<'a> {
    /// The developer user; the developer's word is the proof.
    pub(crate) developer: Option<&'a Login>,
    /// Logins at public providers.
    pub(crate) public: &'a [Login],
    pub(crate) identity: Option<&'a str>,
}

/// The identity, and what has to be done before it is the one.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// Nobody has any of the logins.
    Create,
    /// This one, with all the logins.
    Use(String),
    /// This one, with all the logins and those of the others, which are no more.
    Merge { survivor: String, absorbed: Vec<String> },
}

/// Why there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    NoSuchIdentity,
    /// It was merged away, or its last login was unlinked.
    Inaccessible,
    /// None of its logins was proved.
    LoginsDontMatch,
    /// The developer user has another identity.
    AlreadyRegistered,
    /// Two logins at one public provider would meet.
    Conflict,
    TooManyLogins,
}

/// Finds the way.
pub(crate) fn find(pool: &Pool, asked: &Asked<'_>, survivor: Survivor) -> Result<Way, Refusal> {
    let logins: BTreeSet<&Login> = asked.developer.into_iter().chain(asked.public).collect();
    let requested = match asked.identity {
        None => None,
        Some(id) => Some(requested(pool, id, asked.developer, &logins)?),
    };
    let mut involved: Vec<&Identity> = requested.into_iter().collect();
    for owner in logins.iter().filter_map(|login| pool.owner(login)) {
        if !involved.iter().any(|known| known.id == owner.id) {
            involved.push(owner);
        }
    }
    check_together(pool, &involved, &logins)?;
    Ok(match involved.as_slice() {
        [] => Way::Create,
        [only] => Way::Use(only.id.clone()),
        several => merge(several, requested, survivor),
    })
}

/// Whether two identities can become one.
pub(crate) fn check_merge(pool: &Pool, one: &Identity, other: &Identity) -> Result<(), Refusal> {
    check_together(pool, &[one, other], &BTreeSet::new())
}

fn requested<'p>(
    pool: &'p Pool,
    id: &str,
    developer: Option<&Login>,
    logins: &BTreeSet<&Login>,
) -> Result<&'p Identity, Refusal> {
    let identity = pool.identities.get(id).ok_or(Refusal::NoSuchIdentity)?;
    if developer.and_then(|login| pool.owner(login)).is_some_and(|owner| owner.id != id) {
        return Err(Refusal::AlreadyRegistered);
    }
    match identity.standing {
        Standing::Guest => Ok(identity),
        Standing::Disabled => Err(Refusal::Inaccessible),
        Standing::Authenticated if identity.logins.is_empty() => Err(Refusal::Inaccessible),
        Standing::Authenticated if identity.logins.iter().any(|held| logins.contains(held)) => {
            Ok(identity)
        }
        Standing::Authenticated => Err(Refusal::LoginsDontMatch),
    }
}

fn merge(involved: &[&Identity], requested: Option<&Identity>, survivor: Survivor) -> Way {
    let stays = |identity: &&Identity| match (requested, survivor) {
        (Some(requested), Survivor::Requested) if requested.standing != Standing::Guest => {
            identity.id == requested.id
        }
        (Some(requested), Survivor::Requested | Survivor::Other) => identity.id != requested.id,
        (None, _) => true,
    };
    let oldest = involved
        .iter()
        .copied()
        .filter(stays)
        .min_by(|one, other| (one.created, &one.id).cmp(&(other.created, &other.id)));
    oldest.map_or(Way::Create, |survivor| Way::Merge {
        survivor: survivor.id.clone(),
        absorbed: involved
            .iter()
            .filter(|identity| identity.id != survivor.id)
            .map(|identity| identity.id.clone())
            .collect(),
    })
}

/// Whether these identities and logins can be one identity: one login at each public provider,
/// and not too many.
fn check_together(
    pool: &Pool,
    identities: &[&Identity],
    logins: &BTreeSet<&Login>,
) -> Result<(), Refusal> {
    let mut all: BTreeSet<&Login> = logins.clone();
    all.extend(identities.iter().flat_map(|identity| &identity.logins));
    let mut subjects = BTreeMap::new();
    for login in &all {
        let is_public = pool.developer_provider() != Some(&login.provider);
        if is_public && subjects.insert(&login.provider, &login.subject).is_some() {
            return Err(Refusal::Conflict);
        }
    }
    if all.len() > MOST_LOGINS { Err(Refusal::TooManyLogins) } else { Ok(()) }
}
