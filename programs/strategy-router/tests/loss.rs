//! Keeper losses and pay.

use bytemuck::Zeroable;
use strategy_router::{
    policy::loss::{charge, charge_both, charge_ledger, of_move, pay, sellable_down},
    state::{Epoch, Limits},
    Keeper, LimitsArgs, Line, RouterError,
};

const HOUR: u32 = 3_600;
const NAV: u64 = 1_000_000;

fn limits() -> Limits {
    Limits::try_from(LimitsArgs {
        max_valuation_age: 60,
        epoch: HOUR,
        min_cash_bps: 0,
        loss_budget_bps: 20,
        keeper_loss_budget_bps: 10,
        keeper_pay: 40,
        keeper_pay_budget: 100,
        target_volatility_bps: 0,
        bounty_bps: 20,
        bounty_budget: 50,
    })
    .unwrap()
}

#[test]
fn a_loss_is_what_cash_and_line_are_worth_less() {
    assert_eq!(of_move(1_000, 500, 900, 599), 1);
    assert_eq!(of_move(1_000, 500, 900, 600), 0);
    // A gain is no negative loss.
    assert_eq!(of_move(1_000, 500, 900, 700), 0);
    assert_eq!(of_move(u64::MAX, u64::MAX, 0, 0), u64::MAX);
}

#[test]
fn a_budget_is_a_part_of_nav_at_the_start() {
    // 10 bps of 1,000,000 is 1,000.
    assert_eq!(charge(0, 1_000, 10, 1_000_000), Ok(1_000));
    assert_eq!(charge(1, 1_000, 10, 1_000_000), Err(RouterError::LossBudgetExceeded));
    // A move without loss is always in the budget, even with none left.
    assert_eq!(charge(1_000, 0, 10, 1_000_000), Ok(1_000));
    assert_eq!(charge(0, 0, 0, 0), Ok(0));
    assert_eq!(charge(0, 1, 0, 1_000_000), Err(RouterError::LossBudgetExceeded));
    // 10 bps of 9,999 is 9.999: rounded down.
    assert_eq!(charge(0, 10, 10, 9_999), Err(RouterError::LossBudgetExceeded));
}

#[test]
fn what_may_be_sold_at_once_cannot_lose_more_than_is_left() {
    let mut line = Line::zeroed();
    (line.mid, line.low, line.max_slippage_bps) = (100_000, 99_700, 69);
    let mut epoch = Epoch::zeroed();
    epoch.roll(HOUR, 10_000, NAV);
    let of = |epoch: &Epoch, line: &Line, amount, nav| sellable_down(epoch, &limits(), line, amount, nav).unwrap();
    // 20 bps of 1,000,000 are 2,000: of what may lose 30 bps to the least favourable reading, 69 below that and one for
    // rounding, 200,000.
    assert_eq!(of(&epoch, &line, 500_000, NAV), 200_000);
    assert_eq!(of(&epoch, &line, 100_000, NAV), 100_000);
    // What is left of it, and of the smaller NAV.
    epoch.loss_used = 1_500;
    assert_eq!(of(&epoch, &line, 500_000, NAV), 50_000);
    assert_eq!(of(&epoch, &line, 500_000, 800_000), 10_000);
    epoch.loss_used = 2_001;
    assert_eq!(of(&epoch, &line, 500_000, NAV), 0);
    // A line without value, and numbers that leave 64 bits.
    assert_eq!(of(&Epoch::zeroed(), &Line::zeroed(), 5, NAV), 0);
    let rich = Epoch { nav_at_start: u64::MAX, ..Epoch::zeroed() };
    assert_eq!(of(&rich, &Line::zeroed(), u64::MAX, u64::MAX), u64::MAX);
}

#[test]
fn one_keeper_and_all_keepers_have_their_own_budgets() {
    let limits = limits();
    let mut epoch = Epoch::zeroed();
    epoch.roll(HOUR, 10_000, 1_000_000);
    let mut keepers = [Keeper::zeroed(), Keeper::zeroed(), Keeper::zeroed()];
    // 1,000 each (10 bps), 2,000 together (20 bps).
    charge_both(&mut epoch, &mut keepers[0], &limits, 1_000, NAV).unwrap();
    assert_eq!(charge_both(&mut epoch, &mut keepers[0], &limits, 1, NAV), Err(RouterError::LossBudgetExceeded));
    charge_both(&mut epoch, &mut keepers[1], &limits, 1_000, NAV).unwrap();
    assert_eq!(charge_both(&mut epoch, &mut keepers[2], &limits, 1, NAV), Err(RouterError::LossBudgetExceeded));
}

#[test]
fn a_new_epoch_gives_new_budgets_and_not_before_its_time() {
    let limits = limits();
    let mut epoch = Epoch::zeroed();
    epoch.roll(HOUR, 10_000, 1_000_000);
    let mut keeper = Keeper::zeroed();
    charge_both(&mut epoch, &mut keeper, &limits, 1_000, NAV).unwrap();
    epoch.roll(HOUR, 13_599, 9_000_000);
    assert_eq!((epoch.start, epoch.nav_at_start, epoch.loss_used), (10_000, 1_000_000, 1_000));
    epoch.roll(HOUR, 13_600, 500_000);
    assert_eq!((epoch.start, epoch.nav_at_start, epoch.loss_used), (13_600, 500_000, 0));
    // The budget is of the new NAV: 500.
    assert_eq!(charge_both(&mut epoch, &mut keeper, &limits, 501, NAV), Err(RouterError::LossBudgetExceeded));
    charge_both(&mut epoch, &mut keeper, &limits, 500, NAV).unwrap();
    assert_eq!(keeper.epoch_start, 13_600);
}

#[test]
fn money_that_has_left_gives_no_budget() {
    let limits = limits();
    let mut epoch = Epoch::zeroed();
    // A hundred times the money was there when the epoch began.
    epoch.roll(HOUR, 10_000, 100 * NAV);
    let mut keeper = Keeper::zeroed();
    assert_eq!(charge_both(&mut epoch, &mut keeper, &limits, 1_001, NAV), Err(RouterError::LossBudgetExceeded));
    assert_eq!(charge_ledger(&mut epoch, &limits, 2_001, NAV), Err(RouterError::LossBudgetExceeded));
    // And money that came later gives none either.
    epoch.roll(HOUR, 13_600, NAV);
    assert_eq!(charge_ledger(&mut epoch, &limits, 2_001, 100 * NAV), Err(RouterError::LossBudgetExceeded));
    charge_ledger(&mut epoch, &limits, 2_000, 100 * NAV).unwrap();
}

#[test]
fn pay_ends_with_the_budget() {
    let limits = limits();
    let mut epoch = Epoch { nav_at_start: NAV, ..Epoch::zeroed() };
    assert_eq!(pay(&epoch, &limits, NAV), Ok(40));
    epoch.pay_used = 60;
    assert_eq!(pay(&epoch, &limits, NAV), Ok(40));
    epoch.pay_used = 61;
    assert_eq!(pay(&epoch, &limits, NAV), Ok(0));
}

#[test]
fn pay_is_a_thousandth_of_nav_at_most() {
    let limits = limits();
    // The owner's budget is 100; 10 bps of 99,999 are 99.999, so 99: two payments of 40, not the 100 of the budget.
    let mut epoch = Epoch { nav_at_start: 99_999, ..Epoch::zeroed() };
    for (used, earned) in [(0, 40), (40, 40), (59, 40), (60, 0), (80, 0)] {
        epoch.pay_used = used;
        assert_eq!(pay(&epoch, &limits, NAV), Ok(earned), "{used}");
    }
    // Money that has left since, and money that came since, widen nothing.
    epoch.pay_used = 0;
    assert_eq!(pay(&epoch, &limits, 39_999), Ok(0));
    assert_eq!(pay(&epoch, &limits, 40_000), Ok(40));
    epoch.nav_at_start = 39_999;
    assert_eq!(pay(&epoch, &limits, u64::MAX), Ok(0));
    // With a large NAV the owner's budget holds.
    epoch.nav_at_start = u64::MAX;
    epoch.pay_used = 61;
    assert_eq!(pay(&epoch, &limits, u64::MAX), Ok(0));
}

#[test]
fn limits_outside_their_hard_ranges_are_refused() {
    let good = LimitsArgs {
        max_valuation_age: 86_400,
        epoch: 30 * 86_400,
        min_cash_bps: 10_000,
        loss_budget_bps: 500,
        keeper_loss_budget_bps: 500,
        keeper_pay: 1,
        keeper_pay_budget: 1,
        target_volatility_bps: u16::MAX,
        bounty_bps: 50,
        bounty_budget: 1,
    };
    assert!(Limits::try_from(good).is_ok());
    let bad = [
        LimitsArgs { max_valuation_age: 0, ..good },
        LimitsArgs { max_valuation_age: 86_401, ..good },
        LimitsArgs { epoch: 3_599, ..good },
        LimitsArgs { epoch: 30 * 86_400 + 1, ..good },
        LimitsArgs { min_cash_bps: 10_001, ..good },
        LimitsArgs { loss_budget_bps: 501, ..good },
        LimitsArgs { loss_budget_bps: 10, keeper_loss_budget_bps: 11, ..good },
        LimitsArgs { keeper_pay: 2, ..good },
        LimitsArgs { bounty_bps: 51, ..good },
        LimitsArgs { bounty_budget: 2, ..good },
    ];
    for limits in bad {
        assert_eq!(Limits::try_from(limits), Err(RouterError::InvalidLimits), "{limits:?}");
    }
}
