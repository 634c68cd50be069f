//! Issuing a challenge: one update, on condition of the steps between mails.

use lifeguard_sign_in::automaton::Existence;
use lifeguard_sign_in::budget::{DAY, MAILS_KEPT, STEPS, UNKNOWN_ROW_LIFE, long_code_life};
use lifeguard_sign_in::ticket::Challenge;

use crate::challenges::{Issued, NewChallenge};
use crate::error::LayoutError;
use crate::item::{Item, b, bytes, n, number, s, shift};
use crate::ties::Tie;
use crate::times;
use crate::update::Update;

/// Returns the update that issues `new` with a tie.
pub(crate) fn update_tied(new: &NewChallenge, tie: &Tie) -> Update {
    update_setting(new, "tie = :tie, ").value(":tie", b(tie.bytes()))
}

/// Returns the update that issues `new`.
///
/// A new row counts from the time in seconds, not from 1: were it deleted and made again, no number
/// of the old one would be valid in the new one, and a link that was used stays used.
pub(crate) fn update(new: &NewChallenge) -> Update {
    update_setting(new, "")
}

/// Returns the update that issues `new` and sets something more.
fn update_setting(new: &NewChallenge, more: &str) -> Update {
    let ttl = match new.user {
        Existence::Known => " REMOVE #ttl",
        Existence::Unknown => ", #ttl = :ttl",
    };
    let expression = format!(
        "SET {more}seq = if_not_exists(seq, :now) + :one, done = if_not_exists(done, :now), \
         sent = if_not_exists(sent, :now), cid = :cid, iat = :now, kv = :kv, cl = :cl, \
         own = :own, #out = :out, {}{ttl}",
        shift('s', MAILS_KEPT)
    );
    let update = Update::new(expression, condition())
        .returning_the_row()
        .name("#out", "out")
        .name("#ttl", "ttl")
        .value(":zero", n(0u64))
        .value(":one", n(1u64))
        .value(":cid", b(&new.id))
        .value(":now", n(new.now))
        .value(":kv", n(new.key_version))
        .value(":cl", s(&new.client))
        .value(":own", b(&new.session))
        .value(":out", s(&new.outgoing.encode()))
        .value(":day", n(new.now.saturating_sub(DAY)));
    let update = match new.user {
        Existence::Known => update,
        Existence::Unknown => update.value(":ttl", n(new.now + UNKNOWN_ROW_LIFE)),
    };
    STEPS.iter().fold(update, |update, step| {
        update.value(format!(":gap{}", step.mails), n(new.now.saturating_sub(step.gap)))
    })
}

/// A mail may go if there is no row, if the newest challenge is spent, or if the newest mail is as
/// old as every step that the mails of the day have reached demands.
fn condition() -> String {
    let steps = STEPS.iter().map(|step| match step.mails {
        1 => "s1 <= :gap1".to_owned(),
        mails => format!("(s{mails} <= :day OR s1 <= :gap{mails})"),
    });
    let steps = steps.collect::<Vec<_>>().join(" AND ");
    format!("attribute_not_exists(seq) OR done = seq OR ({steps})")
}

/// Reads the written row.
pub(crate) fn fresh(row: &Item) -> Result<Issued, LayoutError> {
    newest(row).map(Issued::Fresh)
}

/// Reads the row of a refused update: its newest challenge is joined, whatever method it was asked
/// for by.
pub(crate) fn join(row: &Item, new: &NewChallenge) -> Result<Issued, LayoutError> {
    let challenge = newest(row)?;
    let spent = u64::from(challenge.number) <= number(row, "done")?;
    Ok(match bytes(row, "own")? == new.session {
        _ if spent || challenge.long_expires() <= new.now => Issued::Unanswerable,
        true => Issued::Again(challenge),
        false => Issued::Joined(challenge),
    })
}

/// Reads the newest challenge of a row. Its life follows from the mails of the day before it.
pub(crate) fn newest(row: &Item) -> Result<Challenge, LayoutError> {
    let issued = number(row, "iat")?;
    let day = issued.saturating_sub(DAY);
    let mails = times::read(row, 's', MAILS_KEPT)?.iter().filter(|at| **at > day).count();
    Ok(Challenge {
        id: bytes(row, "cid")?.try_into().map_err(|_| LayoutError::Attribute("cid"))?,
        number: number(row, "seq")?.try_into().map_err(|_| LayoutError::Attribute("seq"))?,
        issued,
        life: long_code_life(mails),
        key_version: number(row, "kv")?.try_into().map_err(|_| LayoutError::Attribute("kv"))?,
    })
}
