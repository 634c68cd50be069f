//! Reads the row of an account.

use lifeguard_identity::account::{AccountId, AccountKey, Kind, Status};
use lifeguard_identity::linking::{Link, LoginKey, NonceTag};
use lifeguard_identity::session::{CredentialsSession, Family, SessionTag};
use lifeguard_sign_in::secret::Secret;

use super::account::{Account, LinkNonce};
use crate::error::LayoutError;
use crate::item::{Item, map, number, text};

/// All families of a row and all sessions for credentials, expired ones too.
pub(crate) struct Sessions {
    pub(crate) families: Vec<Family>,
    pub(crate) credentials: Vec<CredentialsSession>,
}

/// Returns the stored text of a kind.
pub(crate) const fn kind_label(kind: Kind) -> &'static str {
    match kind {
        Kind::Directory => "directory",
        Kind::Adapter => "adapter",
        Kind::Issuer => "issuer",
    }
}

/// Returns the stored text of a status.
pub(crate) const fn status_label(status: Status) -> &'static str {
    match status {
        Status::Active => "active",
        Status::Disabled => "disabled",
    }
}

/// Returns the account of a row at `now`; `None` if the row only counts.
pub(crate) fn account(
    row: &Item,
    key: &AccountKey,
    now: u64,
) -> Result<Option<Account>, LayoutError> {
    let Some(status) = status(row)? else { return Ok(None) };
    let Sessions { mut families, mut credentials } = sessions(row)?;
    families.retain(|family| family.is_active(now));
    credentials.retain(|session| is_active(session, &families, now));
    Ok(Some(Account {
        key: key.clone(),
        id: AccountId::parse(text(row, "id")?).ok_or(LayoutError::Attribute("id"))?,
        kind: kind(row)?,
        status,
        version: number(row, "ver")?,
        hash: filled(row, "ph")?.map(Secret::new),
        identity: filled(row, "idn")?,
        families,
        credentials,
        links: links(row)?,
        nonces: nonces(row, now)?,
    }))
}

/// Returns the status; `None` if the row has no account.
pub(crate) fn status(row: &Item) -> Result<Option<Status>, LayoutError> {
    match text(row, "st")? {
        "" => Ok(None),
        "active" => Ok(Some(Status::Active)),
        "disabled" => Ok(Some(Status::Disabled)),
        _ => Err(LayoutError::Attribute("st")),
    }
}

/// Returns the sessions of a row.
pub(crate) fn sessions(row: &Item) -> Result<Sessions, LayoutError> {
    let families = map(row, "fam")?.map(|(tag, entry)| family(tag, entry));
    let credentials = map(row, "cs")?.map(|(tag, entry)| credentials(tag, entry));
    Ok(Sessions {
        families: families.collect::<Result<_, _>>()?,
        credentials: credentials.collect::<Result<_, _>>()?,
    })
}

/// True if a session for credentials is active beside these active families.
pub(crate) fn is_active(session: &CredentialsSession, active: &[Family], now: u64) -> bool {
    now < session.expires && active.iter().any(|family| family.tag == session.family)
}

fn kind(row: &Item) -> Result<Kind, LayoutError> {
    match text(row, "kd")? {
        "directory" => Ok(Kind::Directory),
        "adapter" => Ok(Kind::Adapter),
        "issuer" => Ok(Kind::Issuer),
        _ => Err(LayoutError::Attribute("kd")),
    }
}

fn family(tag: &str, entry: &Item) -> Result<Family, LayoutError> {
    Ok(Family {
        tag: SessionTag::from_stored(tag.to_owned()),
        generation: number(entry, "g")?.try_into().map_err(|_| LayoutError::Attribute("fam"))?,
        rotated: number(entry, "r")?,
        authenticated: number(entry, "a")?,
        idle: number(entry, "i")?,
        ends: number(entry, "e")?,
    })
}

fn credentials(tag: &str, entry: &Item) -> Result<CredentialsSession, LayoutError> {
    Ok(CredentialsSession {
        tag: SessionTag::from_stored(tag.to_owned()),
        family: SessionTag::from_stored(text(entry, "f")?.to_owned()),
        created: number(entry, "c")?,
        expires: number(entry, "x")?,
    })
}

/// Returns the links that a row lists.
fn links(row: &Item) -> Result<Vec<Link>, LayoutError> {
    let link = |(provider, entry): (&str, &Item)| {
        Ok(Link {
            provider: provider.to_owned(),
            login: LoginKey::from_stored(text(entry, "k")?.to_owned()),
            since: number(entry, "s")?,
        })
    };
    let mut links = map(row, "lk")?.map(link).collect::<Result<Vec<_>, _>>()?;
    links.sort_by(|one, other| one.provider.cmp(&other.provider));
    Ok(links)
}

/// Returns the nonces that may be used at `now`.
fn nonces(row: &Item, now: u64) -> Result<Vec<LinkNonce>, LayoutError> {
    let mut nonces = Vec::new();
    for (family, entry) in map(row, "fam")? {
        let nonce = text(entry, "n")?;
        if !nonce.is_empty() && now < number(entry, "x")? {
            nonces.push(LinkNonce {
                family: SessionTag::from_stored(family.to_owned()),
                nonce: NonceTag::from_stored(nonce.to_owned()),
            });
        }
    }
    Ok(nonces)
}

fn filled(row: &Item, name: &'static str) -> Result<Option<String>, LayoutError> {
    let text = text(row, name)?;
    Ok((!text.is_empty()).then(|| text.to_owned()))
}
