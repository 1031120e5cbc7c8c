//! What keepers crank, and when: no more than is useful, since every transaction costs.

use super::record::{Sender, Tally};
use crate::demo::world::{Fault, KeeperAction, Outcome, VaultState, World};

/// Tickets per filling.
const FILL: u8 = 4;
/// Days between two harvests of a line, and between two collections of pay.
const HARVEST_EVERY: usize = 7;
const COLLECT_EVERY: usize = 7;
/// Smaller amounts are not worth recalling, base units.
const DUST: u64 = 1_000_000;

/// Sends a keeper's transaction and counts it.
pub fn crank(world: &mut dyn World, tally: &mut Tally, action: KeeperAction) -> Result<Outcome, Fault> {
    let outcome = world.keeper(action)?;
    tally.count(Sender::Keeper, action.instruction(), &outcome);
    Ok(outcome)
}

/// The day's round after the opening prices: one line towards its target, and the rarer chores in turn.
pub fn daily_round(
    world: &mut dyn World,
    tally: &mut Tally,
    day: usize,
    lines: usize,
    closed: Option<usize>,
) -> Result<(), Fault> {
    let line = day % lines.max(1);
    if closed != Some(line) {
        crank(world, tally, KeeperAction::Rebalance(line))?;
    }
    match day % HARVEST_EVERY {
        1 => drop(crank(world, tally, KeeperAction::Harvest((day / HARVEST_EVERY) % lines.max(1)))?),
        2 => drop(crank(world, tally, KeeperAction::HarvestCash)?),
        _ => {}
    }
    if day % COLLECT_EVERY == 3 {
        crank(world, tally, KeeperAction::CollectPay)?;
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
    while vault.queued_shares > 0 && free_cash(&vault) > 0 {
        let before = (vault.queued_shares, vault.ticket_head);
        crank(world, tally, KeeperAction::FillTickets(FILL))?;
        vault = world.vault()?;
        if (vault.queued_shares, vault.ticket_head) == before {
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

/// What the queue is worth at the low NAV beyond the free cash.
fn lacking_cash(vault: &VaultState) -> u64 {
    super::value_down(vault.queued_shares, vault.nav[0], vault.shares).saturating_sub(free_cash(vault))
}
