//! Recording a verdict: right and wrong are one update on one row under one condition.

use lifeguard_sign_in::budget::{
    DAY, MAILS_KEPT, REPEAT_WINDOW, SKEW, WRONG_A_DAY, WRONG_IN_A_ROW,
};
use lifeguard_sign_in::code::CodeLength;
use lifeguard_sign_in::verdict::{Judgement, Verdict};

use crate::challenges::Recorded;
use crate::error::LayoutError;
use crate::item::{Item, b, bytes, n, number, shift, unshift};
use crate::update::Update;

/// Returns the update that records `judgement`.
///
/// Right and wrong short codes differ in what they set and in nothing else: were they different
/// calls, the right guess of a thousand parallel ones could overtake the wrong ones and more than
/// the limit would be compared. A right answer spends every challenge up to the newest, and takes
/// one mail off the log: exactly one, or an attacker would get mails for each sign-in of the owner.
/// A late short code is a wrong one; a late long code only asks for the row, to find the repetition.
pub(crate) fn update(judgement: &Judgement) -> Update {
    let open = "seq >= :number AND done < :number AND (attribute_not_exists(wt) OR wt <> :tag)";
    let condition = match judgement.code_length {
        CodeLength::Short => format!(
            "{open} AND (attribute_not_exists(t{WRONG_A_DAY}) OR t{WRONG_A_DAY} <= :day) \
             AND (attribute_not_exists(bad) OR bad < :most)"
        ),
        CodeLength::Long => open.to_owned(),
    };
    let update = match (judgement.verdict, judgement.code_length) {
        (Verdict::Late, CodeLength::Long) => return unwritten(),
        (Verdict::Right, _) => {
            let expression = format!(
                "SET done = seq, bad = :zero, un = :number, ut = :tag, ua = :now, {} \
                 REMOVE wt, #out",
                unshift('s', MAILS_KEPT)
            );
            Update::new(expression, condition)
        }
        (Verdict::Late | Verdict::Wrong, _) => {
            let expression = format!(
                "SET bad = if_not_exists(bad, :zero) + :one, wt = :tag, {} REMOVE #out",
                shift('t', WRONG_A_DAY)
            );
            Update::new(expression, condition).value(":one", n(1u64))
        }
    };
    let update = update
        .name("#out", "out")
        .value(":zero", n(0u64))
        .value(":number", n(judgement.number))
        .value(":tag", b(&judgement.tag))
        .value(":now", n(judgement.now));
    match judgement.code_length {
        CodeLength::Short => update
            .value(":day", n(judgement.now.saturating_sub(DAY)))
            .value(":most", n(WRONG_IN_A_ROW)),
        CodeLength::Long => update,
    }
}

/// An update that no row takes, so that the row comes back with the refusal.
fn unwritten() -> Update {
    Update::new("REMOVE #out".to_owned(), "seq < :zero".to_owned())
        .name("#out", "out")
        .value(":zero", n(0u64))
}

/// Reads the row of a refused update: the same right answer may have been counted a moment ago. It
/// is the same by its tag, a MAC over session and answer, so a late one is it as well.
pub(crate) fn refused(row: &Item, judgement: &Judgement) -> Result<Recorded, LayoutError> {
    let same = number(row, "un")? == u64::from(judgement.number)
        && judgement.number > 0
        && bytes(row, "ut")? == judgement.tag;
    let at = number(row, "ua")?;
    let recent = judgement.now <= at.saturating_add(REPEAT_WINDOW)
        && at <= judgement.now.saturating_add(SKEW);
    Ok(match judgement.verdict {
        Verdict::Right | Verdict::Late if same && recent => Recorded::Repeated,
        Verdict::Right | Verdict::Late | Verdict::Wrong => Recorded::Refused,
    })
}
