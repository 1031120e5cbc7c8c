//! Parameters of a line, and who may move them.

use bytemuck::Zeroable;
use strategy_router::{
    policy::bounds::{require_sums, LineParams, Power},
    Ledger, Line, RouterError,
};

const GOOD: LineParams = LineParams {
    min_bps: 1_000,
    target_bps: 3_000,
    max_bps: 5_000,
    band_bps: 200,
    cooldown: 600,
    cap: 1_000_000,
    widen_rate: 10,
    max_slippage_bps: 30,
    haircut_bps: 500,
    max_venue_age: 1_000,
};

#[test]
fn bounds_must_be_ordered_and_in_range() {
    assert_eq!(GOOD.validate(), Ok(()));
    for bad in [
        LineParams { min_bps: 3_001, ..GOOD },
        LineParams { target_bps: 5_001, ..GOOD },
        LineParams { max_bps: 10_001, ..GOOD },
    ] {
        assert_eq!(bad.validate(), Err(RouterError::InvalidBounds), "{bad:?}");
    }
    for bad in [
        LineParams { band_bps: 5_001, ..GOOD },
        LineParams { cooldown: 7 * 86_400 + 1, ..GOOD },
        LineParams { widen_rate: 10_000_001, ..GOOD },
        LineParams { max_slippage_bps: 501, ..GOOD },
        LineParams { haircut_bps: 10_001, ..GOOD },
        LineParams { max_venue_age: 0, ..GOOD },
        LineParams { max_venue_age: 216_001, ..GOOD },
    ] {
        assert_eq!(bad.validate(), Err(RouterError::InvalidLineParams), "{bad:?}");
    }
}

#[test]
fn each_role_moves_what_it_may() {
    let refused = Err(RouterError::BoundsBeyondRole);
    let weights = LineParams { target_bps: 4_000, max_bps: 6_000, band_bps: 100, cooldown: 60, ..GOOD };
    assert_eq!(weights.allowed_from(&GOOD, Power::Curator), Ok(()));
    assert_eq!(weights.allowed_from(&GOOD, Power::Guardian), refused);

    let lower = LineParams { target_bps: 500, min_bps: 0, max_bps: 1_000, cap: 10, ..GOOD };
    for power in [Power::Owner, Power::Curator, Power::Guardian] {
        assert_eq!(lower.allowed_from(&GOOD, power), Ok(()));
    }
    let higher_cap = LineParams { cap: 1_000_001, ..GOOD };
    assert_eq!(higher_cap.allowed_from(&GOOD, Power::Owner), Ok(()));
    assert_eq!(higher_cap.allowed_from(&GOOD, Power::Curator), refused);

    for valuation in [
        LineParams { widen_rate: 0, ..GOOD },
        LineParams { max_slippage_bps: 0, ..GOOD },
        LineParams { haircut_bps: 0, ..GOOD },
        LineParams { max_venue_age: 1, ..GOOD },
    ] {
        assert_eq!(valuation.allowed_from(&GOOD, Power::Owner), Ok(()));
        assert_eq!(valuation.allowed_from(&GOOD, Power::Curator), refused);
        assert_eq!(valuation.allowed_from(&GOOD, Power::Guardian), refused);
    }
    for sideways in [LineParams { band_bps: 0, ..GOOD }, LineParams { cooldown: 0, ..GOOD }] {
        assert_eq!(sideways.allowed_from(&GOOD, Power::Guardian), refused);
    }
}

#[test]
fn parameters_survive_the_line() {
    let mut line = Line::zeroed();
    GOOD.write(&mut line);
    assert_eq!(LineParams::of(&line), GOOD);
}

#[test]
fn sums_over_lines_stay_within_the_whole() {
    let mut ledger: Box<Ledger> = Box::new(Ledger::zeroed());
    ledger.limits.min_cash_bps = 4_000;
    for (index, line) in ledger.lines.iter_mut().take(3).enumerate() {
        (line.adapter, line.id, line.min_bps, line.target_bps) = (1, index as u16 + 1, 2_000, 3_333);
    }
    assert_eq!(require_sums(&ledger), Ok(()));
    ledger.limits.min_cash_bps = 4_001;
    assert_eq!(require_sums(&ledger), Err(RouterError::InvalidBounds));
    ledger.limits.min_cash_bps = 0;
    ledger.lines[0].target_bps = 3_335;
    assert_eq!(require_sums(&ledger), Err(RouterError::InvalidBounds));
    // An empty row does not count.
    ledger.lines[0].adapter = 0;
    assert_eq!(require_sums(&ledger), Ok(()));
}
