//! The instructions of an action.

use anchor_lang::prelude::Pubkey;
use solana_instruction::Instruction;

use crate::instructions::{
    network,
    oracle::{observe, stress, update_feed},
    router, token,
};
use crate::keeper::action::{Action, ActionKind};
use crate::keeper::watch::{LineSite, Watched, World};

/// Which scenarios go into one instruction: first row, and how many; all eight of sixteen lines fit the three.
const STRESSES: [(u8, u8); 3] = [(0, 3), (3, 3), (6, 2)];

/// The instructions of an action, an update of a feed apart: its price must be delivered first.
///
/// # Errors
///
/// What is missing, where the world does not hold what the action names.
pub fn instructions(world: &World, action: &Action) -> Result<Vec<Instruction>, String> {
    if action.kind == ActionKind::CloseChange {
        let key = action.key().subject;
        let (site, record) = world
            .changes
            .iter()
            .find(|(site, _)| site.key == key)
            .ok_or_else(|| format!("the change {key} does not exist any more"))?;
        return Ok(vec![site.queue.close(&record.payer, site.nonce)]);
    }
    if action.kind == ActionKind::Solve {
        return Ok(vec![network::solve_contagion(&action.key().subject, None)]);
    }
    let watched = world
        .vaults
        .iter()
        .find(|watched| watched.key() == action.vault)
        .ok_or_else(|| format!("the vault {} is not kept", action.vault))?;
    match action.line {
        Some(id) => {
            let line = watched.site.line(id).ok_or_else(|| format!("the vault has no line {id}"))?;
            Ok(of_line(world, watched, line, action))
        }
        None => Ok(of_vault(world, watched, action)),
    }
}

fn of_line(world: &World, watched: &Watched, line: &LineSite, action: &Action) -> Vec<Instruction> {
    let (vault, context, keeper) = (&watched.site.context, &line.context, &world.keeper);
    // What is decided by the value asks for a venue state of now; money that comes back brings it up to date itself.
    let fresh = |instruction| vec![line.venue_refresh.clone(), instruction];
    match action.kind {
        ActionKind::Refresh => fresh(router::refresh(vault, context)),
        ActionKind::Rebalance => fresh(router::rebalance(vault, context, keeper)),
        ActionKind::Harvest => fresh(router::harvest(vault, context)),
        ActionKind::Derisk => vec![router::derisk_for(vault, context, keeper, bounty(watched))],
        ActionKind::RecallOverdue | ActionKind::RecallForQueue => {
            vec![router::recall(vault, context, keeper, action.amount)]
        }
        _ => Vec::new(),
    }
}

/// Where the key is paid for a reduction: nowhere as long as it has no account for it.
fn bounty(watched: &Watched) -> router::Bounty {
    let destination = watched.site.has_pay_account.then_some(watched.site.pay_account);
    router::Bounty { destination, network: watched.network() }
}

fn of_vault(world: &World, watched: &Watched, action: &Action) -> Vec<Instruction> {
    let (site, vault, keeper) = (&watched.site, &watched.site.context, &world.keeper);
    let head = watched.vault.ticket_head;
    match action.kind {
        ActionKind::Demand => vec![vault.demand(head)],
        ActionKind::Fill => vec![vault.fill_tickets(head, u8::try_from(action.amount).unwrap_or(u8::MAX))],
        ActionKind::Observe => {
            let feeds = watched.book.iter().flat_map(|book| book.used_assets().map(|(_, asset)| asset.feed));
            vec![observe(&vault.addresses.book, &feeds.collect::<Vec<_>>())]
        }
        ActionKind::Report => vec![router::report(vault)],
        ActionKind::Stress => {
            let book = &vault.addresses.book;
            STRESSES.iter().map(|(from, count)| stress(book, *from, *count)).collect()
        }
        ActionKind::Sync => {
            let network = watched.network();
            network.iter().map(|key| network::sync_contagion(&vault.addresses.book, key)).collect()
        }
        ActionKind::HarvestCash => vec![router::harvest_cash(vault)],
        ActionKind::Crystallise => vec![vault.crystallise()],
        ActionKind::CollectFees => vec![vault.collect_fees(&watched.vault.fees.recipient)],
        ActionKind::CollectPay => {
            let collect = router::collect_pay(vault, keeper);
            let account = token::create_associated(keeper, keeper, &vault.base_mint, &vault.base_token_program);
            if site.has_pay_account {
                vec![collect]
            } else {
                vec![account, collect]
            }
        }
        _ => Vec::new(),
    }
}

/// The instruction that brings delivered prices to a feed.
pub(super) fn update(action: &Action, price: &Pubkey, second: Option<&Pubkey>) -> Instruction {
    update_feed(&action.key().subject, price, second)
}
