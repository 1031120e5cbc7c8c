//! The strategy router, one file per instruction.
//!
//! The markets of [`quiet`] have no borrowers: a receipt token is worth one unit there for ever, so that every amount can
//! be worked by hand. Where interest, prices or a pool matter, a test makes its own market and says its figures.

mod add_strategy;
mod add_strategy_swapped;
mod add_strategy_waiting;
mod allocate;
mod approve_venue;
mod bounty;
mod close_change;
mod credit_pay_reserve;
mod derisk;
mod harvest;
mod initialize;
mod keepers;
mod open_book;
mod overdue;
mod own;
mod pause;
mod pay_in_kind;
mod propose_change;
mod rebalance;
mod rebalance_inverse_variance;
mod rebalance_limits;
mod rebalance_water_fill;
mod recall;
mod recall_for_exit;
mod refresh;
mod refresh_swapped;
mod remove_strategy;
mod renounce;
mod report;
mod roles;
mod set_bounds;
mod set_limits;
mod set_policy;
mod set_status;
mod set_withdraw_order;
mod swapped;
mod swapped_limits;
mod veto_change;
mod waiting;

use gimbal::decode::events::{Event, RouterEvent};
use gimbal::setup::{keys::keypair, markets::INITIAL_DEPOSIT};
use gimbal_tests::*;
use solana_instruction::Instruction;

/// Status of a line that takes money.
const ACTIVE: u8 = 1;
/// Status of a line that only gives.
const FROZEN: u8 = 2;
/// Status of a line that anybody may empty.
const WINDING_DOWN: u8 = 3;

/// Who holds the roles of the deployment's ledger, and somebody who holds none.
struct Cast {
    owner: Keypair,
    curator: Keypair,
    guardian: Keypair,
    stranger: Keypair,
}

impl Cast {
    fn of(fx: &Fixture) -> Self {
        let stranger = keypair(fx.deployment.plan.seed, "stranger", 0);
        let actors = &fx.deployment.actors;
        let [owner, curator, guardian] =
            [&actors.owner, &actors.curator, &actors.guardian].map(|key| key.insecure_clone());
        Self { owner, curator, guardian, stranger }
    }
}

/// `count` plain lines over markets without borrowers; keepers work for nothing.
fn quiet(count: usize) -> Plan {
    let mut plan = Plan::with_lines(count);
    plan.limits.keeper_pay = 0;
    for line in &mut plan.lines {
        line.swapped = false;
        line.borrowed = 0;
    }
    plan
}

/// A deployment by `plan` with `amount` base units of one depositor's in cash.
fn funded(plan: Plan, amount: u64) -> (Fixture, User) {
    let mut fx = Fixture::from_plan(plan);
    let alice = fx.depositor(amount * 2);
    fx.vault().deposit(&alice, amount, 0).unwrap();
    (fx, alice)
}

/// 1,000 USDC of Alice's, 900 of them in the one line of a [`quiet`] deployment.
fn invested() -> (Fixture, User) {
    let (mut fx, alice) = funded(quiet(1), 1_000 * USDC);
    fx.router().rebalance(0).unwrap();
    assert_eq!((fx.ledger().cash_tracked, fx.line(0).position), (100 * USDC, 900 * USDC));
    (fx, alice)
}

/// A market of 1,000 USDC, lent to nobody, of which 400 are the line's; Alice's other 600 lie in cash.
fn shared_market(change: impl FnOnce(&mut LinePlan)) -> (Fixture, User) {
    let mut plan = quiet(1);
    let line = &mut plan.lines[0];
    line.liquidity = 600 * USDC - INITIAL_DEPOSIT;
    (line.params.target_bps, line.params.max_bps) = (4_000, 10_000);
    change(line);
    let (mut fx, alice) = funded(plan, 1_000 * USDC);
    fx.router().rebalance(0).unwrap();
    assert_eq!((fx.ledger().cash_tracked, fx.line(0).position), (600 * USDC, 400 * USDC));
    (fx, alice)
}

/// The router's events of a transaction, in order.
fn events(receipt: &Receipt) -> Vec<RouterEvent> {
    let of_router = |event| match event {
        Event::Router(event) => Some(event),
        _ => None,
    };
    receipt.events().into_iter().filter_map(of_router).collect()
}

/// The only event of the router in a transaction.
#[track_caller]
fn event(receipt: &Receipt) -> RouterEvent {
    let mut all = events(receipt);
    assert_eq!(all.len(), 1, "one event, not {all:?}");
    all.remove(0)
}

/// The instruction without the signature of its account at `place`.
fn unsigned(mut instruction: Instruction, place: usize) -> Instruction {
    instruction.accounts[place].is_signer = false;
    instruction
}

/// The chain's time, Unix seconds.
fn now(fx: &Fixture) -> i64 {
    fx.chain.clock().unwrap().unix_timestamp
}
