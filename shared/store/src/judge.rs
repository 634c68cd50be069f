//! Recording a verdict: right and wrong are one update on one row under one condition.

use sign_in::budget::{
    DAY, QUARTER, SEND_GAP, SENDS_A_DAY, SKEW, WRONG_A_DAY, WRONG_A_QUARTER, WRONG_IN_A_ROW,
};
use sign_in::ticket::CodeLength;
use sign_in::verdict::{Judgement, Verdict};

use crate::challenges::Recorded;
use crate::fault::StoreFault;
use crate::item::{Item, b, bytes, n, number, shift};
use crate::update::Update;

/// The update that records `judgement`.
///
/// Right and wrong differ in what they set and in nothing else: were they different calls, the
/// right guess of a thousand parallel ones could overtake the wrong ones and the budget would be
/// larger than it says.
pub(crate) fn update(judgement: &Judgement) -> Update {
    let spent = "seq >= :number AND done < :number";
    let again = "(attribute_not_exists(wt) OR wt <> :tag)";
    let condition = match judgement.code_length {
        CodeLength::Short => format!(
            "{spent} AND {again} \
             AND (attribute_not_exists(t{WRONG_A_QUARTER}) OR t{WRONG_A_QUARTER} <= :quarter) \
             AND (attribute_not_exists(t{WRONG_A_DAY}) OR t{WRONG_A_DAY} <= :day) \
             AND (attribute_not_exists(bad) OR bad < :most)"
        ),
        CodeLength::Long => format!("{spent} AND {again}"),
    };
    let update = match judgement.verdict {
        Verdict::Right => {
            let sends: Vec<String> = (2..=SENDS_A_DAY).map(|place| format!("s{place}")).collect();
            let expression = format!(
                "SET done = seq, bad = :zero, un = :number, ut = :tag, ua = :now \
                 REMOVE wt, #out, {}",
                sends.join(", ")
            );
            Update::new(expression, condition)
        }
        Verdict::Wrong => {
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
            .value(":quarter", n(judgement.now.saturating_sub(QUARTER)))
            .value(":day", n(judgement.now.saturating_sub(DAY)))
            .value(":most", n(WRONG_IN_A_ROW)),
        CodeLength::Long => update,
    }
}

/// What the row of a refused update says: whether this right answer was counted a moment ago.
pub(crate) fn refused(row: &Item, judgement: &Judgement) -> Result<Recorded, StoreFault> {
    let same = number(row, "un")? == u64::from(judgement.number)
        && judgement.number > 0
        && bytes(row, "ut")? == judgement.tag;
    let at = number(row, "ua")?;
    let recent =
        judgement.now <= at.saturating_add(SEND_GAP) && at <= judgement.now.saturating_add(SKEW);
    Ok(match judgement.verdict {
        Verdict::Right if same && recent => Recorded::Repeated,
        Verdict::Right | Verdict::Wrong => Recorded::Refused,
    })
}
