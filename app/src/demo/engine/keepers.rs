//! What keepers crank, and when: no more than is useful, since every transaction costs.

use super::record::{Sender, Tally};
use crate::demo::world::{Fault, KeeperAction, Outcome, VaultState, World};

/// Tickets per filling.
const FILL: u8 = 4;
/// Days between two harvests.
const HARVEST_EVERY: usize = super::market::GIFT_EVERY;
/// Days between two collections of pay.
const COLLECT_EVERY: usize = 7;
/// Smaller amounts are not worth recalling, base units.
const DUST: u64 = 1_000_000;

/// Sends a keeper's transaction and counts it.
pub fn crank(world: &mut dyn World, tally: &mut Tally, action: KeeperAction) -> Result<Outcome, Fault> {
    let outcome = world.keeper(action)?;
    tally.count(Sender::Keeper, action.instruction(), &outcome);
    Ok(outcome)
}

/// The day's round after the opening prices: the lines that have drifted, and the rarer chores.
pub fn daily_round(world: &mut dyn World, tally: &mut Tally, day: usize, closed: Option<usize>) -> Result<(), Fault> {
    // Before the day's first flow, which would do it at its own cost.
    crank(world, tally, KeeperAction::Crystallise)?;
    let count = world.vault()?.lines.len();
    for line in 0..count {
        // Each move changes the weights of the others, so every line is looked at anew.
        let state = world.vault()?.lines[line];
        if closed != Some(line) && !state.endangered && state.has_drifted() {
            crank(world, tally, KeeperAction::Rebalance(line))?;
        }
    }
    if day % HARVEST_EVERY == 1 {
        crank(world, tally, KeeperAction::HarvestCash)?;
        crank(world, tally, KeeperAction::Harvest(super::market::receipts_given_to(day - 1, count)))?;
    }
    if day % COLLECT_EVERY == 3 {
        crank(world, tally, KeeperAction::CollectPay)?;
        crank(world, tally, KeeperAction::CollectFees)?;
    }
    Ok(())
}

/// The morning's look at risk: the book reads its feeds and the ledger's lines, and the network is solved.
pub fn watch(world: &mut dyn World, tally: &mut Tally) -> Result<(), Fault> {
    crank(world, tally, KeeperAction::Observe)?;
    crank(world, tally, KeeperAction::SolveContagion)?;
    Ok(())
}

/// Adopts whatever lies in the vault's accounts beyond what is tracked.
pub fn harvest_all(world: &mut dyn World, tally: &mut Tally) -> Result<(), Fault> {
    crank(world, tally, KeeperAction::HarvestCash)?;
    for line in 0..world.vault()?.lines.len() {
        crank(world, tally, KeeperAction::Harvest(line))?;
    }
    Ok(())
}

/// Pays the queue as far as the venues let it: recalls what the queue lacks, then fills from the head.
pub fn serve_queue(world: &mut dyn World, tally: &mut Tally, insist: bool) -> Result<(), Fault> {
    let mut vault = world.vault()?;
    if vault.queued_shares == 0 {
        return Ok(());
    }
    let mut order: Vec<usize> = (0..vault.lines.len()).collect();
    order.sort_by_key(|line| std::cmp::Reverse(vault.lines[*line].liquidity.min(vault.lines[*line].mid)));
    for line in order {
        let lacking = lacking_cash(&vault);
        let state = vault.lines[line];
        let amount = lacking.min(state.mid).min(if insist { u64::MAX } else { state.liquidity });
        if amount < DUST {
            continue;
        }
        if crank(world, tally, KeeperAction::Recall { line, amount })?.is_done() {
            vault = world.vault()?;
        }
    }
    // Each filling either pays its tickets whole or uses up the cash, so more rounds than tickets are of no use.
    let rounds = vault.ticket_tail.saturating_sub(vault.ticket_head).div_ceil(u64::from(FILL));
    for _ in 0..rounds {
        if vault.queued_shares == 0 || free_cash(&vault) < DUST {
            break;
        }
        let before = vault.queued_shares;
        crank(world, tally, KeeperAction::FillTickets(FILL))?;
        vault = world.vault()?;
        if vault.queued_shares == before {
            break;
        }
    }
    Ok(())
}

/// Empties the closed line and those whose feed calls for it, as far as their venues let it.
pub fn derisk(world: &mut dyn World, tally: &mut Tally, closed: Option<usize>) -> Result<(), Fault> {
    let lines = world.vault()?.lines;
    for (line, state) in lines.iter().enumerate() {
        if state.mid > DUST && (closed == Some(line) || state.endangered) {
            crank(world, tally, KeeperAction::Derisk(line))?;
        }
    }
    Ok(())
}

/// Cash that belongs to no keeper.
fn free_cash(vault: &VaultState) -> u64 {
    vault.cash.saturating_sub(vault.keeper_owed)
}

/// What the router knows that the queue lacks beyond the free cash: without a role, nobody may recall more.
fn lacking_cash(vault: &VaultState) -> u64 {
    vault.reserved.saturating_sub(free_cash(vault))
}
