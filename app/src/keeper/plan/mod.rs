//! What is due, decided purely: a [`World`] in, actions out.
//!
//! Each rule is the program's own function, run on the accounts as they were read and as they will stand after what was
//! planned before: the router's policy, its valuations and budgets, the vault's queue, the oracle's checks of a price.
//! Nothing here sends, and nothing is final: an action is simulated before it is signed.
//!
//! | module | subject |
//! |---|---|
//! | `feeds` | prices that age, change what a feed forbids, or close a day |
//! | `value` | what lines are worth now |
//! | `pool` | what a move through a pool costs |
//! | `round` | one vault while it is planned for, and what is worth doing |
//! | `refresh` | valuations that age |
//! | `risk` | the book: what its feeds say, what lies where, what scenarios make of it |
//! | `contagion` | the networks that books follow |
//! | `moves` | derisks and rebalances |
//! | `queue` | tickets and cash for them |
//! | `chores` | gains, fees, pay |

mod chores;
mod contagion;
mod feeds;
mod moves;
mod pool;
mod queue;
mod refresh;
mod risk;
mod round;
mod value;

use std::collections::{BTreeMap, BTreeSet};

use anchor_lang::prelude::Pubkey;

use super::action::{Action, ActionKey, ActionKind, Urgency};
use super::config::KeeperConfig;
use super::profit::Rates;
use super::watch::World;
use feeds::Feeds;
use round::{Ground, Round};

/// Lamports that an account without data must keep.
const LEAST_BALANCE: u64 = 890_880;

/// What may be spent now, and what the chain charges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Purse {
    /// What is left of the hour's limit, lamports.
    pub lamports_left: u64,
    /// Micro-lamports per compute unit.
    pub compute_unit_price: u64,
}

/// Something that would be due, and why it is not planned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// The vault.
    pub vault: Pubkey,
    /// What would be done.
    pub kind: ActionKind,
    /// The line, for what concerns one line.
    pub line: Option<u16>,
    /// Why not.
    pub reason: String,
}

/// What is to be done now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// In the order in which they can run: what another needs comes before it; vaults in the order of their urgency.
    pub actions: Vec<Action>,
    /// What is left, and why.
    pub skipped: Vec<Skipped>,
}

/// Plans for every vault of `world`.
pub fn plan(world: &World, config: &KeeperConfig, purse: &Purse) -> Plan {
    let rates = Rates::new(config, world.sol_feed.as_ref(), purse.compute_unit_price, world.now);
    let ground = Ground { world, config, rates, feeds: Feeds::new(world, config) };
    let mut plan = Plan::default();
    let mut vaults = Vec::new();
    for watched in &world.vaults {
        let mut round = Round::new(&ground, watched);
        round.plan_refreshes();
        round.plan_risk();
        round.plan_derisks();
        round.plan_rebalances();
        round.plan_queue();
        round.plan_harvests();
        round.plan_fees();
        round.plan_collect_pay();
        plan.skipped.append(&mut round.skipped);
        if !round.actions.is_empty() {
            vaults.push(round.actions);
        }
    }
    vaults.extend(changes(&ground));
    vaults.sort_by_key(|actions| std::cmp::Reverse(actions.iter().map(|action| action.urgency).max()));
    plan.actions = updates(&ground);
    plan.actions.extend(contagion::solutions(&ground));
    plan.actions.extend(vaults.into_iter().flatten());
    keep_needed(&mut plan, config);
    keep_affordable(&mut plan, purse.lamports_left.min(world.lamports.saturating_sub(LEAST_BALANCE)));
    plan
}

/// Every update of a feed that a vault in use depends on.
fn updates(ground: &Ground) -> Vec<Action> {
    let mut actions: BTreeMap<Pubkey, Action> = BTreeMap::new();
    for watched in ground.world.vaults.iter().filter(|watched| watched.is_in_use()) {
        for feed in watched.site.feeds() {
            let (Some(due), Some(known)) = (ground.feeds.due(&feed), ground.world.feeds.get(&feed)) else { continue };
            let expected_cost = ground.rates.cost_up(ActionKind::UpdateFeed);
            actions.entry(feed).or_insert_with(|| Action {
                vault: watched.key(),
                kind: ActionKind::UpdateFeed,
                line: None,
                account: Some(feed),
                amount: u64::from(due.with_second),
                urgency: due.urgency,
                expected_pay: 0,
                expected_cost,
                profit: 0_i64.saturating_sub_unsigned(expected_cost),
                obligatory: ground.config.is_obligatory(ActionKind::UpdateFeed),
                nonce: known.feed.updates,
                needs: Vec::new(),
                reason: due.reason.clone(),
            });
        }
    }
    let mut actions: Vec<Action> = actions.into_values().collect();
    actions.sort_by_key(|action| std::cmp::Reverse(action.urgency));
    actions
}

/// Changes that nothing can come of any more: the rent goes to who paid it.
fn changes(ground: &Ground) -> Vec<Vec<Action>> {
    let world = ground.world;
    let over = world.changes.iter().filter(|(_, record)| record.is_over(world.now));
    let close = over.filter_map(|(site, record)| {
        let expected_cost = ground.rates.cost_up(ActionKind::CloseChange);
        let rent = world.venues.get(&site.key).map_or(0, |account| account.lamports);
        let back = if record.payer == world.keeper { rent } else { 0 };
        let profit = i64::try_from(i128::from(back) - i128::from(expected_cost)).unwrap_or(i64::MAX);
        let least = i64::try_from(ground.config.profit.min_profit_lamports).unwrap_or(i64::MAX);
        let obligatory = ground.config.is_obligatory(ActionKind::CloseChange);
        let action = Action {
            vault: site.vault,
            kind: ActionKind::CloseChange,
            line: None,
            account: Some(site.key),
            amount: 0,
            urgency: Urgency::Idle,
            expected_pay: 0,
            expected_cost,
            profit,
            obligatory,
            nonce: site.nonce,
            needs: Vec::new(),
            reason: format!("change {} is over", site.nonce),
        };
        (obligatory || (back > 0 && profit >= least)).then(|| vec![action])
    });
    close.collect()
}

/// Drops updates, valuations and solutions that the operator does not want for their own sake and nothing planned needs.
fn keep_needed(plan: &mut Plan, config: &KeeperConfig) {
    let mut needed: BTreeSet<ActionKey> = BTreeSet::new();
    // What needs comes after what is needed.
    for action in plan.actions.iter().rev() {
        let serves_others = matches!(action.kind, ActionKind::UpdateFeed | ActionKind::Refresh | ActionKind::Solve);
        if !serves_others || config.is_obligatory(action.kind) || needed.contains(&action.key()) {
            needed.extend(action.needs.iter().copied());
            needed.insert(action.key());
        }
    }
    plan.actions.retain(|action| needed.contains(&action.key()));
    // An update that was not planned (its feed serves no vault in use) is not waited for either.
    for action in &mut plan.actions {
        action.needs.retain(|key| needed.contains(key));
        action.needs.sort_unstable();
        action.needs.dedup();
    }
}

/// Drops what the lamports do not reach for: the most urgent comes first, with all that it needs.
fn keep_affordable(plan: &mut Plan, lamports: u64) {
    let all: u64 = plan.actions.iter().fold(0, |sum, action| sum.saturating_add(action.expected_cost));
    if all <= lamports {
        return;
    }
    let places: BTreeMap<ActionKey, usize> =
        plan.actions.iter().enumerate().map(|(place, action)| (action.key(), place)).collect();
    let mut order: Vec<usize> = (0..plan.actions.len()).collect();
    order.sort_by_key(|place| std::cmp::Reverse(plan.actions[*place].urgency));
    let (mut left, mut kept) = (lamports, BTreeSet::new());
    for place in order {
        let mut chain = BTreeSet::new();
        reach(place, &plan.actions, &places, &mut chain);
        let new: Vec<usize> = chain.difference(&kept).copied().collect();
        let cost = new.iter().fold(0_u64, |sum, place| sum.saturating_add(plan.actions[*place].expected_cost));
        if cost <= left {
            left -= cost;
            kept.extend(new);
        }
    }
    for (place, action) in std::mem::take(&mut plan.actions).into_iter().enumerate() {
        if kept.contains(&place) {
            plan.actions.push(action);
        } else {
            let reason =
                format!("{left} lamports are left to spend of what limits.max_lamports_per_hour and the key hold");
            plan.skipped.push(Skipped { vault: action.vault, kind: action.kind, line: action.line, reason });
        }
    }
}

/// The action at `place` and all that it needs.
fn reach(place: usize, actions: &[Action], places: &BTreeMap<ActionKey, usize>, into: &mut BTreeSet<usize>) {
    if into.insert(place) {
        for need in actions[place].needs.iter().filter_map(|key| places.get(key)) {
            reach(*need, actions, places, into);
        }
    }
}
