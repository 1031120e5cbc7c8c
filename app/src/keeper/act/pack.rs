//! Actions into as few transactions as fit.

use std::collections::{BTreeMap, BTreeSet};

use anchor_lang::prelude::Pubkey;
use solana_instruction::Instruction;
use solana_message::AddressLookupTableAccount;

use super::instructions::{instructions, update};
use crate::bundle::split;
use crate::chain::{Chain, ChainError};
use crate::keeper::action::{Action, ActionKey, ActionKind};
use crate::keeper::planner::{Left, Package, Packed};
use crate::keeper::source::{Delivery, PriceSource, SourceError};
use crate::keeper::watch::{Roster, World};

/// Vaults that share a transaction: each brings its lookup table along, which takes room itself.
const VAULTS_TOGETHER: usize = 4;

/// An action with its instructions, and the package that it waits for besides what it needs.
struct Group {
    action: Action,
    instructions: Vec<Instruction>,
    after: Option<usize>,
}

/// Puts `actions`, in the order of their plan, into transactions. What cannot be built is left. What needs an action that
/// was left, or that is not among `actions`, is left out without a word: the next plan finds it again.
///
/// # Errors
///
/// The chain's, where a price's delivery asks it and gets no answer.
pub fn pack(
    chain: &dyn Chain,
    world: &World,
    roster: &Roster,
    source: &mut dyn PriceSource,
    actions: Vec<Action>,
) -> Result<Packed, ChainError> {
    let mut packed = Packed::default();
    let mut there: BTreeSet<ActionKey> = BTreeSet::new();
    let mut groups = Vec::with_capacity(actions.len());
    for action in actions {
        if !action.needs.iter().all(|need| there.contains(need)) {
            continue;
        }
        let built = match action.kind {
            ActionKind::UpdateFeed => deliver(chain, world, source, &action, &mut packed.packages)?,
            _ => instructions(world, &action).map(|instructions| (instructions, None)),
        };
        match built {
            Ok((instructions, after)) => {
                there.insert(action.key());
                groups.push(Group { action, instructions, after });
            }
            Err(reason) => packed.left.push(Left { action, name: "NotBuilt".to_owned(), reason }),
        }
    }
    for chunk in chunks(groups) {
        fill(world, roster, chunk, &mut packed);
    }
    order(&mut packed.packages);
    Ok(packed)
}

/// Instructions, and the place of the package that they stand on; or why there are none.
type Delivered = Result<(Vec<Instruction>, Option<usize>), String>;

/// The update's instructions, with what delivers its prices in packages before it.
fn deliver(
    chain: &dyn Chain,
    world: &World,
    source: &mut dyn PriceSource,
    action: &Action,
    packages: &mut Vec<Package>,
) -> Result<Delivered, ChainError> {
    let Some(watched) = world.feeds.get(&action.key().subject) else {
        return Ok(Err("the feed is not kept".to_owned()));
    };
    let second = watched.site.second_id.filter(|_| action.amount > 0);
    let mut deliveries: Vec<Delivery> = Vec::with_capacity(2);
    for id in std::iter::once(watched.site.price_id).chain(second) {
        match source.delivery(chain, &world.keeper, &id) {
            Ok(delivery) => deliveries.push(delivery),
            Err(SourceError::Chain(error)) if error.refused().is_none() => return Err(error),
            Err(error) => return Ok(Err(error.to_string())),
        }
    }
    let accounts: Vec<Pubkey> = deliveries.iter().map(|delivery| delivery.account).collect();
    let Some(first) = accounts.first() else { return Ok(Err("no price was delivered".to_owned())) };
    let mut instructions = vec![update(action, first, accounts.get(1))];
    let mut after = None;
    for delivery in deliveries {
        for (before, signers) in delivery.before {
            packages.push(Package {
                prepares: vec![action.clone()],
                instructions: before,
                signers,
                after: after.into_iter().collect(),
                ..Package::default()
            });
            after = packages.len().checked_sub(1);
        }
        instructions.extend(delivery.after);
    }
    Ok(Ok((instructions, after)))
}

/// Neighbours of the plan, no more than [`VAULTS_TOGETHER`] vaults at a time.
fn chunks(groups: Vec<Group>) -> Vec<Vec<Group>> {
    let mut chunks: Vec<Vec<Group>> = Vec::new();
    let mut vaults: BTreeSet<Pubkey> = BTreeSet::new();
    for group in groups {
        let joins = vaults.contains(&group.action.vault) || vaults.len() < VAULTS_TOGETHER;
        if !joins {
            vaults.clear();
        }
        vaults.insert(group.action.vault);
        match chunks.last_mut().filter(|_| joins) {
            Some(chunk) => chunk.push(group),
            None => chunks.push(vec![group]),
        }
    }
    chunks
}

/// Packs one chunk.
fn fill(world: &World, roster: &Roster, chunk: Vec<Group>, packed: &mut Packed) {
    let mut tables: BTreeMap<Pubkey, AddressLookupTableAccount> = BTreeMap::new();
    for vault in chunk.iter().map(|group| group.action.vault) {
        let site = roster.vault(&vault);
        let of_vault = site.into_iter().flat_map(|site| roster.tables_of(site));
        tables.extend(of_vault.map(|table| (table.key, table.clone())));
    }
    let tables: Vec<AddressLookupTableAccount> = tables.into_values().collect();
    let mut fitting = Vec::with_capacity(chunk.len());
    for group in chunk {
        match split(&world.keeper, vec![group.instructions.clone()], &tables) {
            Ok(_) => fitting.push(group),
            Err(error) => {
                let error = ChainError::from(error);
                packed.left.push(Left { action: group.action, name: error.name(), reason: error.to_string() });
            }
        }
    }
    let all = fitting.iter().map(|group| group.instructions.clone()).collect();
    // Each fits alone, so that together they can be split.
    let Ok(transactions) = split(&world.keeper, all, &tables) else { return };
    let mut groups = fitting.into_iter();
    for instructions in transactions {
        let mut package = Package { tables: tables.clone(), ..Package::default() };
        let mut room = instructions.len();
        while room > 0 {
            let Some(group) = groups.next() else { break };
            room = room.saturating_sub(group.instructions.len());
            package.parts.push(group.instructions.len());
            package.after.extend(group.after);
            package.completes.push(group.action);
        }
        package.instructions = instructions;
        packed.packages.push(package);
    }
}

/// Says of each package which others must have landed before, by what its actions need.
fn order(packages: &mut [Package]) {
    let mut places: BTreeMap<ActionKey, usize> = BTreeMap::new();
    for (place, package) in packages.iter().enumerate() {
        places.extend(package.completes.iter().map(|action| (action.key(), place)));
    }
    for (place, package) in packages.iter_mut().enumerate() {
        let needs = package.completes.iter().flat_map(|action| &action.needs);
        package.after.extend(needs.filter_map(|need| places.get(need)).filter(|before| **before != place));
        package.after.sort_unstable();
        package.after.dedup();
    }
}
