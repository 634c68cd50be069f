//! Decision which identity a request's logins lead to.

use std::collections::{BTreeMap, BTreeSet};

use super::identity::{Identity, IdentityStatus};
use super::login::Login;
use super::pool::Pool;
use super::settings::Survivor;

/// Most logins that an identity may have.
const MOST_LOGINS: usize = 20;

/// Proved logins, and the identity that the request names, if any.
pub(crate) struct LinkRequest<'a> {
    /// Developer user; the signed request is the proof.
    pub(crate) developer: Option<&'a Login>,
    /// Logins at public providers.
    pub(crate) public: &'a [Login],
    pub(crate) identity: Option<&'a str>,
}

/// Identity that the logins lead to, with the change that makes it theirs.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum LinkDecision {
    /// No identity has any of the logins.
    Create,
    /// This one gets all the logins.
    Use(String),
    /// The survivor gets all the logins and those of the absorbed ones, which are disabled.
    Merge { survivor: String, absorbed: Vec<String> },
}

/// Reason why the logins lead to no identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LinkError {
    NoSuchIdentity,
    /// It was merged into another one, or its last login was unlinked.
    Inaccessible,
    /// None of its logins was proved.
    LoginsDontMatch,
    /// The developer user has another identity.
    AlreadyRegistered,
    /// Two logins at one public provider would meet.
    Conflict,
    TooManyLogins,
}

/// Decides on the identity of proved logins.
pub(crate) fn decide(
    pool: &Pool,
    request: &LinkRequest<'_>,
    survivor: Survivor,
) -> Result<LinkDecision, LinkError> {
    let logins: BTreeSet<&Login> = request.developer.into_iter().chain(request.public).collect();
    let requested = match request.identity {
        None => None,
        Some(id) => Some(requested(pool, id, request.developer, &logins)?),
    };
    let mut involved: Vec<&Identity> = requested.into_iter().collect();
    for owner in logins.iter().filter_map(|login| pool.owner(login)) {
        if !involved.iter().any(|known| known.id == owner.id) {
            involved.push(owner);
        }
    }
    check_together(pool, &involved, &logins)?;
    Ok(match involved.as_slice() {
        [] => LinkDecision::Create,
        [only] => LinkDecision::Use(only.id.clone()),
        several => merge(several, requested, survivor),
    })
}

/// Checks that two identities can become one.
pub(crate) fn check_merge(pool: &Pool, one: &Identity, other: &Identity) -> Result<(), LinkError> {
    check_together(pool, &[one, other], &BTreeSet::new())
}

fn requested<'p>(
    pool: &'p Pool,
    id: &str,
    developer: Option<&Login>,
    logins: &BTreeSet<&Login>,
) -> Result<&'p Identity, LinkError> {
    let identity = pool.identities.get(id).ok_or(LinkError::NoSuchIdentity)?;
    if developer.and_then(|login| pool.owner(login)).is_some_and(|owner| owner.id != id) {
        return Err(LinkError::AlreadyRegistered);
    }
    match identity.status {
        IdentityStatus::Guest => Ok(identity),
        IdentityStatus::Disabled => Err(LinkError::Inaccessible),
        IdentityStatus::Authenticated if identity.logins.is_empty() => Err(LinkError::Inaccessible),
        IdentityStatus::Authenticated
            if identity.logins.iter().any(|held| logins.contains(held)) =>
        {
            Ok(identity)
        }
        IdentityStatus::Authenticated => Err(LinkError::LoginsDontMatch),
    }
}

fn merge(involved: &[&Identity], requested: Option<&Identity>, survivor: Survivor) -> LinkDecision {
    let may_survive = |identity: &&Identity| match (requested, survivor) {
        (Some(requested), Survivor::Requested) if requested.status != IdentityStatus::Guest => {
            identity.id == requested.id
        }
        (Some(requested), Survivor::Requested | Survivor::Other) => identity.id != requested.id,
        (None, _) => true,
    };
    let oldest = involved
        .iter()
        .copied()
        .filter(may_survive)
        .min_by(|one, other| (one.created, &one.id).cmp(&(other.created, &other.id)));
    oldest.map_or(LinkDecision::Create, |survivor| LinkDecision::Merge {
        survivor: survivor.id.clone(),
        absorbed: involved
            .iter()
            .filter(|identity| identity.id != survivor.id)
            .map(|identity| identity.id.clone())
            .collect(),
    })
}

/// Checks that these identities and logins can be one identity: one login at each public
/// provider, and not too many.
fn check_together(
    pool: &Pool,
    identities: &[&Identity],
    logins: &BTreeSet<&Login>,
) -> Result<(), LinkError> {
    let mut all: BTreeSet<&Login> = logins.clone();
    all.extend(identities.iter().flat_map(|identity| &identity.logins));
    let mut subjects = BTreeMap::new();
    for login in &all {
        let is_public = pool.settings.developer_provider() != Some(&login.provider);
        if is_public && subjects.insert(&login.provider, &login.subject).is_some() {
            return Err(LinkError::Conflict);
        }
    }
    if all.len() > MOST_LOGINS { Err(LinkError::TooManyLogins) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const OWN: &str = "own";

    fn login(text: &str) -> Login {
        let (provider, subject) = text.split_once(':').unwrap();
        Login { provider: provider.to_owned(), subject: subject.to_owned() }
    }

    /// Returns a pool with a guest, with identities in order of age, and with a disabled one.
    fn pool() -> Pool {
        let mut pool =
            Pool::new("p", serde_json::from_value(json!({"DeveloperProviderName": OWN})).unwrap());
        let all: [(&str, &[&str]); 5] = [
            ("guest", &[]),
            ("first", &["own:u-1"]),
            ("second", &["google:g-2", "own:u-2"]),
            ("third", &["apple:a-3"]),
            ("gone", &[]),
        ];
        for (age, (id, logins)) in (0..).zip(all) {
            let mut identity = Identity::new(id.to_owned(), age);
            identity.link(logins.iter().map(|text| login(text)), age);
            pool.identities.insert(identity);
        }
        pool.identity_mut("gone").unwrap().status = IdentityStatus::Disabled;
        pool
    }

    /// Decides on logins, of which the first is a developer user if its provider says so.
    #[track_caller]
    fn check(
        identity: Option<&str>,
        logins: &[&str],
        survivor: Survivor,
        expected: Result<LinkDecision, LinkError>,
    ) {
        let (developer, public): (Vec<Login>, Vec<Login>) =
            logins.iter().map(|text| login(text)).partition(|login| login.provider == OWN);
        let request = LinkRequest { developer: developer.first(), public: &public, identity };
        assert_eq!(decide(&pool(), &request, survivor), expected, "{identity:?} {logins:?}");
    }

    fn merged(survivor: &str, absorbed: &str) -> Result<LinkDecision, LinkError> {
        let absorbed = vec![absorbed.to_owned()];
        Ok(LinkDecision::Merge { survivor: survivor.to_owned(), absorbed })
    }

    #[test]
    fn logins_lead_to_their_identity_or_a_new_one() {
        let used = |id: &str| Ok(LinkDecision::Use(id.to_owned()));
        for survivor in [Survivor::Requested, Survivor::Other] {
            check(None, &["google:new"], survivor, Ok(LinkDecision::Create));
            check(None, &["own:u-1", "google:new"], survivor, used("first"));
            check(Some("guest"), &["own:new"], survivor, used("guest"));
            check(Some("second"), &["google:g-2"], survivor, used("second"));
            check(None, &["apple:a-3", "own:u-1"], survivor, merged("first", "third"));
            check(Some("guest"), &["apple:a-3"], survivor, merged("third", "guest"));
        }
    }

    #[test]
    fn requested_identity_survives_a_merge_by_option() {
        let logins = ["apple:a-3", "google:g-2"];
        check(Some("second"), &logins, Survivor::Requested, merged("second", "third"));
        check(Some("second"), &logins, Survivor::Other, merged("third", "second"));
    }

    #[test]
    fn identity_is_refused_without_proof_or_room() {
        let refused = |identity: Option<&str>, logins: &[&str], error| {
            check(identity, logins, Survivor::Other, Err(error));
        };
        refused(Some("unknown"), &["own:u-1"], LinkError::NoSuchIdentity);
        refused(Some("gone"), &["own:new"], LinkError::Inaccessible);
        refused(Some("third"), &["own:new"], LinkError::LoginsDontMatch);
        refused(Some("second"), &["own:u-1"], LinkError::AlreadyRegistered);
        refused(None, &["own:u-2", "google:new"], LinkError::Conflict);
        let many: Vec<String> = (0..=MOST_LOGINS).map(|n| format!("provider-{n}:u")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        refused(None, &many, LinkError::TooManyLogins);
    }
}
