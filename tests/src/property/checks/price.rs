//! A share's price falls by nothing that somebody does.
//!
//! Compared at one and the same moment, before and after a transaction, as exact fractions: no flow, ticket, donation or
//! parameter makes a share cheaper to who leaves (low), to weigh (mid) or to who enters (high). What may: a valuation that
//! books a loss, and a move that loses within its bounds; both are held to what the house really owns by
//! [`super::value`].

use super::{hold, Call, Violation};
use crate::property::model::Pool;
use crate::property::seen::Seen;

/// The share's three prices.
pub(super) fn check(call: &Call, before: &Seen, after: &Seen) -> Result<(), Violation> {
    let books_values = matches!(
        call,
        Call::Value { .. }
            | Call::Rebalance { .. }
            | Call::Recall { .. }
            | Call::Derisk { .. }
            | Call::Harvest { .. }
            | Call::DepositInto { .. }
            | Call::RedeemRecall { .. }
            | Call::Foreign { .. }
    );
    if let Call::InKind { .. } = call {
        return in_kind(before, after);
    }
    let (Some(was), Some(is)) = (&before.nav, &after.nav) else { return Ok(()) };
    if books_values || before.now != after.now {
        return Ok(());
    }
    for (side, was, is) in [("low", was.low, is.low), ("mid", was.mid, is.mid), ("high", was.high, is.high)] {
        // Fees are what else may make a share cheaper; how many shares they make is held to their definition elsewhere.
        let made = u128::from(after.vault.fee_shares_made) - u128::from(before.vault.fee_shares_made);
        let (mut was, is) = (Pool::at(before, was), Pool::at(after, is));
        was.shares += made;
        hold!("a share's price does not fall", !is.is_cheaper_than(was), "{side}: {call:?} made {was:?} into {is:?}");
    }
    Ok(())
}

/// Who leaves in kind takes the same part of everything, so that as much lies behind each share that stays as before. (Its
/// price at the counter may still move a little towards one: the part of gains that belongs to the virtual shares, which
/// nobody owns, is shared out to who leaves in kind, and stays behind when somebody leaves for cash. All of it is at most
/// one virtual share times what a share has gained.)
fn in_kind(before: &Seen, after: &Seen) -> Result<(), Violation> {
    let (Some(was), Some(is)) = (&before.nav, &after.nav) else { return Ok(()) };
    // One base unit for each line's value, for the width, for cash and for locked gains.
    let roundings = after.lines.len() as u128 + 4;
    for (side, was, is) in [("low", was.low, is.low), ("mid", was.mid, is.mid), ("high", was.high, is.high)] {
        let (was, is) = (Pool::at(before, was), Pool::at(after, is));
        let holds = (is.assets + roundings) * was.shares >= was.assets * is.shares;
        hold!("in kind takes no more than its part", holds, "{side}: {was:?} became {is:?}");
    }
    Ok(())
}
