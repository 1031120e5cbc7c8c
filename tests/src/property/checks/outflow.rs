//! No more leaves at once than the limit of a day, net of what comes in.

use super::{hold, Call, Violation};
use crate::property::seen::Seen;
use crate::property::world::World;

const DAY: u128 = 86_400;
const BPS: u128 = 10_000;

/// Takes note of entries and exits, and holds every stretch of the past against the limit: what left in it, net, is at most
/// a full bucket, what leaks from one meanwhile, and what had come in before the stretch, net, which is credit. The bucket
/// is a part of the shares there were before the exits that it holds, at most bps / (10^4 − bps) of those that stayed.
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
        Call::Withdraw { .. } | Call::Redeem { .. } | Call::RedeemRecall { .. } => {}
        // Tickets are not limited: what was paid to one is in the claims.
        Call::Foreign { .. } if after.vault.claims_owed == before.vault.claims_owed => {}
        Call::Deposit { .. } | Call::DepositInto { .. } | Call::Mint { .. } => {}
        _ => return Ok(()),
    }
    world.outflow.push((after.now, left, before.pool_shares()));
    if bps == BPS || left <= 0 {
        return Ok(());
    }
    let (mut net, mut most) = (0, after.pool_shares());
    // The largest net inflow that ends where a stretch begins: its credit, had none of it faded.
    let credits: Vec<i128> = world
        .outflow
        .iter()
        .scan(0, |credit, (_, left, _)| {
            let before = *credit;
            *credit = (*credit - left).max(0);
            Some(before)
        })
        .collect();
    for ((at, left, supply), credit) in world.outflow.iter().zip(credits).rev() {
        net += left;
        most = most.max(*supply);
        let elapsed = u128::from(after.now.abs_diff(*at));
        let limit = most * bps / (BPS - bps) * (DAY + elapsed) / DAY + 2;
        let most_net = limit as i128 + credit;
        hold!("the outflow limit holds", net <= most_net, "{net} shares left within {elapsed} s, at most {most_net}");
    }
    Ok(())
}
