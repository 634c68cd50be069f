//! Families of refresh tokens and sessions for credentials, as maps in the row.
//!
//! An entry's name is in the update, so an update that makes room must name what it removes. The
//! first try knows nothing and is on condition that there is room; the row of a refused one tells
//! what the second may take away, on condition that all of it is still there.

use aws_sdk_dynamodb::types::AttributeValue;
use lifeguard_identity::account::{AccountId, Status};
use lifeguard_identity::limits::{CREDENTIALS_SESSIONS, FAMILIES, FAMILY_IDLE, GRACE};
use lifeguard_identity::refresh::{Use, judge};
use lifeguard_identity::session::{CredentialsSession, Family, SessionTag};

use super::account::Account;
use super::attempts::counted;
use super::operations::{NewSession, Revocation, Rotation};
use super::row::{Sessions, account, is_active, sessions, status, status_label};
use crate::error::LayoutError;
use crate::item::{Item, m, n, number, s, text};
use crate::update::Update;

/// Sessions to remove for another one.
#[derive(Default)]
pub(crate) struct Room {
    families: Vec<SessionTag>,
    credentials: Vec<SessionTag>,
}

/// Returns the update that stores a sign-in.
pub(crate) fn begin(new: &NewSession, room: &Room) -> Update {
    let mut sets = "idn = :idn, bad = :zero, fam.#f = :f".to_owned();
    let mut condition = format!(
        "id = :id AND st = :active AND ver = :ver \
         AND (attribute_not_exists(idn) OR idn = :idn) AND {}",
        has_room("fam", "#f", &room.families)
    );
    if new.credentials.is_some() {
        sets.push_str(", cs.#c = :c");
        condition.push_str(" AND ");
        condition.push_str(&has_room("cs", "#c", &room.credentials));
    }
    let removed: String = removals("fam", "#f", &room.families)
        .chain(removals("cs", "#c", &room.credentials))
        .map(|name| format!(", {name}"))
        .collect();
    let update = Update::new(format!("SET {sets} REMOVE {}{removed}", counted()), condition)
        .name("#f", new.family.tag.as_str())
        .value(":id", s(new.id.as_str()))
        .value(":idn", s(&new.identity))
        .value(":zero", n(0u64))
        .value(":f", family(&new.family))
        .value(":active", s(status_label(Status::Active)))
        .value(":ver", n(new.version))
        .value(":fam", n((FAMILIES + room.families.len()) as u64));
    let update = named(named(update, "#f", &room.families), "#c", &room.credentials);
    match &new.credentials {
        Some(session) => with_credentials(update, session, room),
        None => update,
    }
}

/// Returns the sessions to remove before a refused sign-in can be stored; `None` if it never can.
pub(crate) fn room_to_begin(row: &Item, new: &NewSession) -> Result<Option<Room>, LayoutError> {
    let stored = text(row, "idn")?;
    let fits = text(row, "id")? == new.id.as_str()
        && status(row)? == Some(Status::Active)
        && number(row, "ver")? == new.version
        && (stored.is_empty() || stored == new.identity);
    let Sessions { mut families, credentials } = sessions(row)?;
    let gone = match families.iter().any(|family| family.tag == new.family.tag) {
        true => Vec::new(),
        false => too_many(&mut families, new.now),
    };
    let credentials = match &new.credentials {
        None => Some(Vec::new()),
        Some(session) => too_many_credentials(&credentials, &families, session, new.now),
    };
    Ok(credentials.filter(|_| fits).map(|credentials| Room { families: gone, credentials }))
}

/// Returns the update that uses up a generation.
pub(crate) fn rotate(rotation: &Rotation) -> Update {
    let expression = "SET fam.#f.g = :next, fam.#f.r = :now, fam.#f.i = :idle".to_owned();
    let condition = format!("{ACTIVE_FAMILY} AND fam.#f.g = :g");
    used(Update::new(expression, condition), rotation).value(":idle", n(rotation.now + FAMILY_IDLE))
}

/// True if the row of a refused rotation says that it was done within the last seconds.
pub(crate) fn was_rotated(row: &Item, rotation: &Rotation) -> Result<bool, LayoutError> {
    let Rotation { family, generation, now, .. } = rotation;
    Ok(read_before(row, rotation)?.is_some_and(|account| {
        match judge(account.status, account.family(family), *generation, *now) {
            Use::SameSuccessor => true,
            Use::Rotate | Use::Reuse | Use::Inactive => false,
        }
    }))
}

/// Returns the update that adds a session for credentials to a family.
pub(crate) fn add(rotation: &Rotation, session: &CredentialsSession, room: &Room) -> Update {
    let removed: Vec<String> = removals("cs", "#c", &room.credentials).collect();
    let removed = match removed.as_slice() {
        [] => String::new(),
        removed => format!(" REMOVE {}", removed.join(", ")),
    };
    let condition = format!(
        "{ACTIVE_FAMILY} AND (fam.#f.g = :g OR (fam.#f.g = :next AND fam.#f.r >= :grace)) AND {}",
        has_room("cs", "#c", &room.credentials)
    );
    let update = used(Update::new(format!("SET cs.#c = :c{removed}"), condition), rotation)
        .value(":grace", n(rotation.now.saturating_sub(GRACE)));
    with_credentials(named(update, "#c", &room.credentials), session, room)
}

/// Returns the sessions to remove before a refused session for credentials can be added; `None` if
/// it never can.
pub(crate) fn room_to_add(
    row: &Item,
    rotation: &Rotation,
    session: &CredentialsSession,
) -> Result<Option<Room>, LayoutError> {
    let Rotation { family, generation, now, .. } = rotation;
    let Some(account) = read_before(row, rotation)? else { return Ok(None) };
    match judge(account.status, account.family(family), *generation, *now) {
        Use::Rotate | Use::SameSuccessor => {
            let Sessions { families, credentials } = sessions(row)?;
            let gone = too_many_credentials(&credentials, &families, session, *now);
            Ok(gone.map(|credentials| Room { families: Vec::new(), credentials }))
        }
        Use::Reuse | Use::Inactive => Ok(None),
    }
}

/// Returns the account of a row, if it is the one that was read before a rotation.
fn read_before(row: &Item, rotation: &Rotation) -> Result<Option<Account>, LayoutError> {
    let Rotation { key, id, version, now, .. } = rotation;
    let account = account(row, key, *now)?;
    Ok(account.filter(|account| account.id == *id && account.version == *version))
}

/// Returns the update that revokes sessions. Those for credentials end with the entry of their
/// family.
pub(crate) fn revoke(id: &AccountId, revocation: &Revocation) -> Update {
    let condition = "id = :id".to_owned();
    let update = match revocation {
        Revocation::Family(tag) => {
            Update::new("REMOVE fam.#f".to_owned(), condition).name("#f", tag.as_str())
        }
        Revocation::Credentials(tag) => {
            Update::new("REMOVE cs.#c".to_owned(), condition).name("#c", tag.as_str())
        }
        Revocation::All => {
            Update::new("SET fam = :none, cs = :none, ver = ver + :one".to_owned(), condition)
                .value(":none", m([]))
                .value(":one", n(1u64))
        }
    };
    update.value(":id", s(id.as_str()))
}

/// Condition: the active account that was read, of the same version, and a family that is active.
pub(super) const ACTIVE_FAMILY: &str =
    "id = :id AND st = :active AND ver = :ver AND fam.#f.i > :now AND fam.#f.e > :now";

/// Names and values of [`ACTIVE_FAMILY`] and of the generation.
fn used(update: Update, rotation: &Rotation) -> Update {
    update
        .name("#f", rotation.family.as_str())
        .value(":id", s(rotation.id.as_str()))
        .value(":active", s(status_label(Status::Active)))
        .value(":ver", n(rotation.version))
        .value(":now", n(rotation.now))
        .value(":g", n(rotation.generation))
        .value(":next", n(u64::from(rotation.generation) + 1))
}

/// Returns the condition that a map has room for an entry without these, or holds it already.
fn has_room(map: &str, own: &str, gone: &[SessionTag]) -> String {
    match gone {
        [] => format!("(size({map}) < :{map} OR attribute_exists({map}.{own}))"),
        gone => removals(map, own, gone)
            .map(|name| format!(" AND attribute_exists({name})"))
            .fold(format!("size({map}) < :{map}"), |condition, more| condition + &more),
    }
}

/// The paths of the entries that go.
fn removals(map: &str, own: &str, gone: &[SessionTag]) -> impl Iterator<Item = String> {
    (0..gone.len()).map(move |place| format!("{map}.{own}{place}"))
}

fn named(update: Update, own: &str, gone: &[SessionTag]) -> Update {
    gone.iter()
        .enumerate()
        .fold(update, |update, (place, tag)| update.name(format!("{own}{place}"), tag.as_str()))
}

fn with_credentials(update: Update, session: &CredentialsSession, room: &Room) -> Update {
    let entry = m([
        ("f", s(session.family.as_str())),
        ("c", n(session.created)),
        ("x", n(session.expires)),
    ]);
    update
        .name("#c", session.tag.as_str())
        .value(":c", entry)
        .value(":cs", n((CREDENTIALS_SESSIONS + room.credentials.len()) as u64))
}

fn family(family: &Family) -> AttributeValue {
    m([
        ("g", n(family.generation)),
        ("r", n(family.rotated)),
        ("a", n(family.authenticated)),
        ("i", n(family.idle)),
        ("e", n(family.ends)),
    ])
}

/// Takes the families to remove for another one out of the list: the expired ones, then the
/// oldest.
fn too_many(families: &mut Vec<Family>, now: u64) -> Vec<SessionTag> {
    if families.len() < FAMILIES {
        return Vec::new();
    }
    families
        .sort_by_key(|family| (family.is_active(now), family.authenticated, family.tag.clone()));
    let expired = families.iter().filter(|family| !family.is_active(now)).count();
    let gone = expired.max(families.len() + 1 - FAMILIES);
    families.drain(..gone).map(|family| family.tag).collect()
}

/// Returns the sessions for credentials to remove for another one: the expired ones, if there are
/// too many; `None` if all are active.
fn too_many_credentials(
    sessions: &[CredentialsSession],
    families: &[Family],
    new: &CredentialsSession,
    now: u64,
) -> Option<Vec<SessionTag>> {
    if sessions.len() < CREDENTIALS_SESSIONS
        || sessions.iter().any(|session| session.tag == new.tag)
    {
        return Some(Vec::new());
    }
    let active: Vec<Family> =
        families.iter().filter(|family| family.is_active(now)).cloned().collect();
    let (kept, expired): (Vec<_>, Vec<_>) =
        sessions.iter().partition(|session| is_active(session, &active, now));
    (kept.len() < CREDENTIALS_SESSIONS)
        .then(|| expired.into_iter().map(|session| session.tag.clone()).collect())
}
