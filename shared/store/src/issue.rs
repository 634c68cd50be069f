//! Issuing a challenge: one update, on condition of the send budget.

use sign_in::automaton::Person;
use sign_in::budget::{
    DAY, HOUR, SEND_GAP, SENDS_A_DAY, SENDS_AN_HOUR, UNKNOWN_ROW_LIFE, WrongAnswers,
};
use sign_in::client_policy::Method;
use sign_in::ticket::{Challenge, CodeLength};

use crate::challenges::{Issued, NewChallenge};
use crate::fault::StoreFault;
use crate::item::{Item, b, bytes, n, number, s, shift, text};
use crate::update::Update;

/// The update that issues `new`.
///
/// A new row counts from the time in seconds, not from 1: were it deleted and made again, no number
/// of the old one would be alive in the new one, and a link that was used stays used.
pub(crate) fn update(new: &NewChallenge) -> Update {
    let ttl = match new.person {
        Person::Known => " REMOVE #ttl",
        Person::Unknown => ", #ttl = :ttl",
    };
    let expression = format!(
        "SET seq = if_not_exists(seq, :now) + :one, done = if_not_exists(done, :now), \
         sent = if_not_exists(sent, :now), cid = :cid, iat = :now, #exp = :exp, \
         kv = :kv, cl = :cl, fl = :fl, own = :own, #out = :out, \
         cb = if_not_exists(bad, :zero), c10 = if_not_exists(t10, :zero), \
         c20 = if_not_exists(t20, :zero), {}{ttl}",
        shift('s', SENDS_A_DAY)
    );
    let condition = format!(
        "(attribute_not_exists(s1) OR s1 <= :gap) \
         AND (attribute_not_exists(s{SENDS_AN_HOUR}) OR s{SENDS_AN_HOUR} <= :hour) \
         AND (attribute_not_exists(s{SENDS_A_DAY}) OR s{SENDS_A_DAY} <= :day)"
    );
    let mut update = Update::new(expression, condition)
        .returning_the_row()
        .name("#exp", "exp")
        .name("#out", "out")
        .name("#ttl", "ttl")
        .value(":zero", n(0u64))
        .value(":one", n(1u64))
        .value(":cid", b(&new.id))
        .value(":now", n(new.now))
        .value(":exp", n(new.expires))
        .value(":kv", n(new.key_version))
        .value(":cl", s(&new.client))
        .value(":fl", s(new.method.name()))
        .value(":own", b(&new.session))
        .value(":out", s(&new.outgoing.encode()))
        .value(":gap", n(new.now.saturating_sub(SEND_GAP)))
        .value(":hour", n(new.now.saturating_sub(HOUR)))
        .value(":day", n(new.now.saturating_sub(DAY)));
    if new.person == Person::Unknown {
        update = update.value(":ttl", n(new.now + UNKNOWN_ROW_LIFE));
    }
    update
}

/// What the written row says.
pub(crate) fn fresh(row: &Item) -> Result<Issued, StoreFault> {
    newest(row).map(Issued::Fresh)
}

/// What the row of a refused update says: its newest challenge, if it may be joined.
pub(crate) fn join(row: &Item, new: &NewChallenge) -> Result<Issued, StoreFault> {
    let challenge = newest(row)?;
    let spent = number(row, "done")?;
    let live = challenge.expires > new.now && u64::from(challenge.number) > spent;
    let same = text(row, "cl")? == new.client && challenge.method == new.method;
    Ok(match bytes(row, "own")? == new.session {
        _ if !(live && same) => Issued::Blank,
        true => Issued::Again(challenge),
        false => Issued::Joined(challenge),
    })
}

/// The newest challenge of a row.
pub(crate) fn newest(row: &Item) -> Result<Challenge, StoreFault> {
    let issued = number(row, "iat")?;
    let wrong = WrongAnswers {
        in_a_row: number(row, "cb")?,
        tenth: number(row, "c10")?,
        twentieth: number(row, "c20")?,
    };
    let short = |number: u64, name| number.try_into().map_err(|_| StoreFault::Layout(name));
    Ok(Challenge {
        id: bytes(row, "cid")?.try_into().map_err(|_| StoreFault::Layout("cid"))?,
        number: short(number(row, "seq")?, "seq")?,
        issued,
        expires: number(row, "exp")?,
        key_version: number(row, "kv")?.try_into().map_err(|_| StoreFault::Layout("kv"))?,
        method: Method::parse(text(row, "fl")?).ok_or(StoreFault::Layout("fl"))?,
        code_length: match wrong.block_short_codes(issued) {
            false => CodeLength::Short,
            true => CodeLength::Long,
        },
    })
}
