//! No more leaves at once than the limit of a day, net of what comes in.

use super::{hold, Call, Violation};
use crate::property::seen::Seen;
use crate::property::world::World;

const DAY: u128 = 86_400;
const BPS: u128 = 10_000;

/// Takes note of entries and exits, and holds every stretch of the past against the limit: what left in it, net, is at most
/// a full bucket and what leaks from one meanwhile. The bucket is a part of the shares there were before the exits that
/// it holds, at most bps / (10^4 − bps) of those that stayed.
///
/// # Errors
///
/// The stretch in which more has left.
pub fn note(world: &mut World, call: &Call, before: &Seen, after: &Seen) -> Result<(), Violation> {
    let bps = u128::from(after.vault.limits.outflow_bps);
    if before.vault.limits.outflow_bps != after.vault.limits.outflow_bps || bps == 0 {
        world.outflow.clear();
        return Ok(());
    }
    let left = i128::from(before.vault.shares) - i128::from(after.vault.shares);
    match call {
        Call::Withdraw { .. } | Call::Redeem { .. } | Call::RedeemRecall { .. } | Call::Foreign { .. } => {}
        Call::Deposit { .. } | Call::DepositInto { .. } | Call::Mint { .. } => {}
        _ => return Ok(()),
    }
    world.outflow.push((after.now, left, before.pool_shares()));
    if bps == BPS || left <= 0 {
        return Ok(());
    }
    let (mut net, mut most) = (0, after.pool_shares());
    for (at, left, supply) in world.outflow.iter().rev() {
        net += left;
        most = most.max(*supply);
        let elapsed = u128::from(after.now.abs_diff(*at));
        let limit = most * bps / (BPS - bps) * (DAY + elapsed) / DAY + 2;
        hold!("the outflow limit holds", net <= limit as i128, "{net} shares left within {elapsed} s, at most {limit}");
    }
    Ok(())
}
