//! The worlds that sequences begin in.

use gimbal::setup::keys::keypair;
use vault::{FeesArgs, VaultLimitsArgs};

use super::world::MANAGER;
use crate::{LinePlan, Plan, Signer, DAY, USDC};

/// How many worlds there are.
pub const COUNT: u64 = 7;

/// Widening of plain lines, parts per 10^9 per √second: so wide that the interest of ten minutes at the dearest rate of
/// the markets' curves (120% a year) stays within it. What a valuation does not cover, nobody can be protected from.
const WIDEN_RATE: u32 = 2_000;

/// The plan of the world with this number.
///
/// 0: three lines held at fixed targets, the third swapped; no fees. 1: two lines filled by marginal rate, all fees, the
/// base asset under Token-2022. 2: one small market, valuations of up to an hour, no keeper pay; all limits. 3: as 0, with
/// fees and limits. 4: two lines, and a third over a venue that lies and steals; all fees. 5 and 6: three lines, the third
/// swapped, under the whole risk engine: 5 weighs them by inverse variance and aims at a volatility, 6 holds them at fixed
/// targets, with fees and a small budget of losses.
pub fn plan(number: u64) -> Plan {
    let seed = 1_000 + number;
    let mut plan = match number {
        0 => Plan::with_lines(3),
        1 => {
            let base_program = anchor_spl::token_2022::ID;
            Plan { policy: 1, fees: fees(seed), base_program, ..Plan::with_lines(2) }
        }
        2 => Plan { terms: limits(), ..small() },
        3 => Plan { fees: fees(seed), terms: limits(), ..Plan::with_lines(3) },
        5 => Plan { policy: 2, ..under_the_engine() },
        6 => {
            let mut plan = Plan { fees: fees(seed), ..under_the_engine() };
            (plan.limits.loss_budget_bps, plan.limits.keeper_loss_budget_bps) = (5, 3);
            plan
        }
        _ => beside_a_thief(seed),
    };
    // But for the world whose keepers work for nothing.
    if plan.limits.keeper_pay_budget > 0 {
        (plan.limits.bounty_bps, plan.limits.bounty_budget) = (20, 10 * USDC);
    }
    // Keys must differ from those of the suites' fixtures, or their cached plans would be shared.
    plan.seed = seed;
    for line in plan.lines.iter_mut().filter(|line| !line.swapped) {
        line.params.widen_rate = line.params.widen_rate.max(WIDEN_RATE);
    }
    plan
}

/// The wallet that fees are minted to.
pub fn manager(seed: u64) -> anchor_lang::prelude::Pubkey {
    keypair(seed, "test user", MANAGER as u64).pubkey()
}

fn fees(seed: u64) -> FeesArgs {
    FeesArgs { recipient: manager(seed), management_bps: 200, performance_bps: 2_000, entry_bps: 5, exit_bps: 10 }
}

fn limits() -> VaultLimitsArgs {
    VaultLimitsArgs {
        deposit_cap: 2_500_000 * USDC,
        min_ticket: USDC,
        ticket_deadline: 2 * DAY as u32,
        ticket_min_age: 60,
        outflow_bps: 4_000,
        speed_up_bps: 200,
        speed_down_bps: 300,
    }
}

/// The world in which the last line's venue steals.
pub const WITH_A_THIEF: u64 = 4;

/// The worlds whose book has assets, limits, scenarios and a network.
pub fn has_engine(number: u64) -> bool {
    matches!(number, 5 | 6)
}

/// Lines that may be larger than they steer for, so that there is something to cut; losses of a third of a percent of NAV
/// in an epoch.
fn under_the_engine() -> Plan {
    let mut plan = Plan::with_lines(3);
    plan.limits.target_volatility_bps = 800;
    (plan.limits.loss_budget_bps, plan.limits.keeper_loss_budget_bps) = (30, 20);
    for line in &mut plan.lines {
        (line.params.target_bps, line.params.max_bps, line.risk_cap_bps) = (2_500, 4_000, 4_000);
    }
    plan
}

/// Two honest lines that leave half of everything to the thief's, which the world adds.
fn beside_a_thief(seed: u64) -> Plan {
    let mut plan = Plan { fees: fees(seed), ..Plan::with_lines(2) };
    for line in &mut plan.lines {
        (line.params.target_bps, line.params.max_bps) = (2_000, 4_000);
    }
    plan
}

fn small() -> Plan {
    let mut plan = Plan::with_lines(1);
    plan.limits.max_valuation_age = 3_600;
    plan.limits.keeper_pay = 0;
    plan.limits.keeper_pay_budget = 0;
    let line: &mut LinePlan = &mut plan.lines[0];
    line.liquidity = 50_000 * USDC;
    line.borrowed = 40_000 * USDC;
    line.params.widen_rate = 3 * WIDEN_RATE;
    line.params.haircut_bps = 1_000;
    plan
}
