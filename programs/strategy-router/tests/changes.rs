//! Which settings wait.

use strategy_router::{
    policy::changes::{bounds_raise, limits_raise, status_raises},
    state::{Limits, LineStatus},
    LimitsArgs, LineParams,
};

const LIMITS: LimitsArgs = LimitsArgs {
    max_valuation_age: 600,
    epoch: 86_400,
    min_cash_bps: 500,
    loss_budget_bps: 50,
    keeper_loss_budget_bps: 30,
    keeper_pay: 10,
    keeper_pay_budget: 100,
    target_volatility_bps: 2_000,
    bounty_bps: 10,
    bounty_budget: 50,
};

const PARAMS: LineParams = LineParams {
    min_bps: 1_000,
    target_bps: 2_000,
    max_bps: 3_000,
    band_bps: 100,
    cooldown: 600,
    cap: 1_000_000,
    widen_rate: 500,
    max_slippage_bps: 50,
    haircut_bps: 100,
    max_venue_age: 150,
};

fn limits_wait(after: LimitsArgs) -> bool {
    limits_raise(&Limits::try_from(LIMITS).unwrap(), &Limits::try_from(after).unwrap())
}

#[test]
fn tighter_limits_are_at_once() {
    let tighter = [
        LIMITS,
        LimitsArgs { max_valuation_age: 599, ..LIMITS },
        LimitsArgs { min_cash_bps: 501, ..LIMITS },
        LimitsArgs { loss_budget_bps: 49, ..LIMITS },
        LimitsArgs { keeper_loss_budget_bps: 29, ..LIMITS },
        LimitsArgs { keeper_pay: 9, ..LIMITS },
        LimitsArgs { keeper_pay_budget: 99, ..LIMITS },
        LimitsArgs { target_volatility_bps: 1_999, ..LIMITS },
        LimitsArgs { bounty_bps: 9, ..LIMITS },
        LimitsArgs { bounty_budget: 49, ..LIMITS },
        LimitsArgs {
            max_valuation_age: 1,
            epoch: 86_400,
            min_cash_bps: 10_000,
            loss_budget_bps: 0,
            keeper_loss_budget_bps: 0,
            keeper_pay: 0,
            keeper_pay_budget: 0,
            target_volatility_bps: 0,
            bounty_bps: 0,
            bounty_budget: 0,
        },
    ];
    for after in tighter {
        assert!(!limits_wait(after), "{after:?}");
    }
}

#[test]
fn a_single_looser_limit_waits_whatever_the_others_do() {
    let looser = [
        LimitsArgs { max_valuation_age: 601, ..LIMITS },
        LimitsArgs { epoch: 86_399, ..LIMITS },
        LimitsArgs { epoch: 86_401, ..LIMITS },
        LimitsArgs { min_cash_bps: 499, ..LIMITS },
        LimitsArgs { loss_budget_bps: 51, ..LIMITS },
        LimitsArgs { keeper_loss_budget_bps: 31, ..LIMITS },
        LimitsArgs { keeper_pay: 11, ..LIMITS },
        LimitsArgs { keeper_pay_budget: 101, ..LIMITS },
        LimitsArgs { target_volatility_bps: 2_001, ..LIMITS },
        LimitsArgs { bounty_bps: 11, ..LIMITS },
        LimitsArgs { bounty_budget: 51, ..LIMITS },
    ];
    for after in looser {
        assert!(limits_wait(after), "{after:?}");
        // Something else that is tightened does not pay for it.
        let bargain = if after.max_valuation_age == 600 {
            LimitsArgs { max_valuation_age: 60, ..after }
        } else {
            LimitsArgs { min_cash_bps: 600, ..after }
        };
        assert!(limits_wait(bargain), "{bargain:?}");
    }
}

#[test]
fn what_the_curator_may_move_is_at_once() {
    let free = [
        PARAMS,
        LineParams { min_bps: 0, target_bps: 10_000, max_bps: 10_000, ..PARAMS },
        LineParams { band_bps: 0, cooldown: 0, ..PARAMS },
        LineParams { band_bps: 5_000, cooldown: 604_800, ..PARAMS },
        LineParams { cap: 0, ..PARAMS },
        LineParams { max_slippage_bps: 49, ..PARAMS },
        LineParams { max_venue_age: 149, ..PARAMS },
    ];
    for after in free {
        assert!(!bounds_raise(&PARAMS, &after), "{after:?}");
    }
}

#[test]
fn a_greater_cap_and_another_valuation_wait() {
    let raised = [
        LineParams { cap: 1_000_001, ..PARAMS },
        LineParams { max_slippage_bps: 51, ..PARAMS },
        LineParams { max_venue_age: 151, ..PARAMS },
        LineParams { widen_rate: 501, ..PARAMS },
        LineParams { widen_rate: 499, ..PARAMS },
        LineParams { haircut_bps: 101, ..PARAMS },
        LineParams { haircut_bps: 99, ..PARAMS },
        // With everything else lowered.
        LineParams { min_bps: 0, target_bps: 0, max_bps: 0, cap: 1_000_001, max_slippage_bps: 0, ..PARAMS },
    ];
    for after in raised {
        assert!(bounds_raise(&PARAMS, &after), "{after:?}");
    }
}

#[test]
fn a_line_that_may_do_more_waits() {
    use LineStatus::{Active, Frozen, WindingDown};
    for (before, after) in [(Frozen, Active), (WindingDown, Active), (WindingDown, Frozen)] {
        assert!(status_raises(before, after));
        assert!(!status_raises(after, before));
    }
    for same in [Active, Frozen, WindingDown] {
        assert!(!status_raises(same, same));
    }
}
