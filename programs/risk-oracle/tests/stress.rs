//! Scenarios: every kind of position revalued, losses that follow the values, and limits that want them fresh. Expected
//! numbers are worked out by hand.

mod support;

use risk_oracle::policy::limits::assess;
use risk_oracle::policy::stress::{measure, run};
use risk_oracle::state::{PositionKind, Scenario};
use risk_oracle::{AssessArgs, Book, Exposure, OracleError, Verdict};
use support::*;

const NOTHING: Exposure = Exposure::none();

fn scenario(shocks: [i32; 2], volatility_bps: i32) -> Scenario {
    let mut scenario =
        Scenario { label: *b"crash\0\0\0\0\0\0\0\0\0\0\0", used: 1, volatility_bps, ..Scenario::default() };
    scenario.shocks_bps[..2].copy_from_slice(&shocks);
    scenario.validate().unwrap();
    scenario
}

/// Loss of line 1, worth `value`, in a move of its asset by `bps`; basis points of the value.
fn loss(exposure: Exposure, value: u64, bps: i32) -> i32 {
    let mut book = book();
    book.scenarios[0] = scenario([bps, 0], 0);
    let args = ask(0, 0, [value, 0, 0], [exposure, NOTHING, NOTHING]);
    assess(&mut book, &reported(&args), NOW).unwrap();
    run(&mut book, 0, NOW);
    book.models[0].stress_bps[0]
}

// Kinds

#[test]
fn a_token_loses_as_its_price() {
    assert_eq!(loss(outright(TENTH), TENTH, -5_000), 5_000);
    assert_eq!(loss(outright(TENTH), TENTH, -1), 1);
    // A gain is counted a basis point short at most.
    assert!((1_999..=2_000).contains(&-loss(outright(TENTH), TENTH, 2_000)));
    assert_eq!(loss(outright(TENTH), TENTH, 0), 0);
    // The base asset, lent, loses nothing.
    assert_eq!(loss(Exposure { kind: 1, ..NOTHING }, TENTH, -9_000), 0);
}

#[test]
fn what_is_linear_has_its_gamma() {
    // −0.3 · 10^11 − ½ · 10^11 · 0.09 = −3.45·10^10.
    let curved = Exposure { gamma: -(TENTH as i64), kind: PositionKind::Linear as u16, ..outright(TENTH) };
    assert_eq!(loss(curved, TENTH, -3_000), 3_450);
}

#[test]
fn a_loop_loses_with_its_leverage_until_it_is_liquidated() {
    // Collateral 3·10^11, debt 2·10^11, threshold 85%: a fall of 10% costs 3·10^10 of 10^11.
    let looped = Exposure {
        debt: 2 * TENTH,
        terms: [3 * TENTH, 2 * TENTH, 8_500, 0],
        cost_bps: 500,
        kind: PositionKind::Loop as u16,
        ..outright(3 * TENTH)
    };
    assert_eq!(loss(looped, TENTH, -1_000), 3_000);
    // At −25% the collateral of 2.25·10^11 is worth 0.956 of what the debt needs: liquidated, 7.5·10^10 and the penalty.
    let liquidated = loss(looped, TENTH, -2_500);
    assert!((7_500 + 1..=10_000).contains(&liquidated), "{liquidated}");
    // Everything, and no more: the lender has the rest.
    assert_eq!(loss(looped, TENTH, -6_000), 10_000);
    // Where the debt moves, a rise hurts.
    let short = Exposure { terms: [3 * TENTH, 2 * TENTH, 8_500, 1], delta: -2 * TENTH as i64, ..looped };
    assert_eq!(loss(short, TENTH, 1_000), 2_000);
}

#[test]
fn a_range_loses_in_both_directions() {
    // A range from 0.25 to 4 times the price: √ is ½ and 2, in Q32.32.
    let range =
        Exposure { terms: [TENTH, 1 << 31, 1 << 33, 0], kind: PositionKind::Liquidity as u16, ..outright(TENTH / 2) };
    // Value at s = √P is L (2s − s²/2 − ½): 1 at s = 1, 0.5 at s = ½ (where all of it is the token, worth ¼ of ...).
    // At P = ¼: L (1 − 1/8 − ½) = 0.375 L: a loss of 62.5%.
    assert_eq!(loss(range, TENTH, -7_500), 6_250);
    // At P = 4: L (4 − 2 − ½) = 1.5 L: a gain of 50%, where holding half would have gained 150%.
    assert!((4_999..=5_000).contains(&-loss(range, TENTH, 30_000)));
}

#[test]
fn a_hedge_gains_what_the_asset_loses_until_the_short_is_liquidated() {
    // 10^11 of the asset, 10^11 sold, margin 2·10^10 at 5%: liquidated at a rise of (0.2 − 0.05)/1.05 = 14.3%.
    let hedged =
        Exposure { delta: 0, terms: [TENTH, TENTH, TENTH / 5, 500], kind: PositionKind::Hedged as u16, ..outright(0) };
    assert!(loss(hedged, TENTH * 6 / 5, -3_000).abs() <= 1);
    assert!(loss(hedged, TENTH * 6 / 5, 1_000).abs() <= 1);
    // At +20% the margin of 2·10^10 is lost; the asset has gained as much.
    assert!(loss(hedged, TENTH * 6 / 5, 2_000) >= 0);
    // A short without enough of the asset: 10^11 sold, 5·10^10 held.
    let bare = Exposure { delta: -(TENTH as i64) / 2, terms: [TENTH / 2, TENTH, TENTH / 2, 500], ..hedged };
    assert_eq!(loss(bare, TENTH, 1_000), 500);
}

#[test]
fn a_put_gains_when_the_price_falls() {
    // On 10^11 at the money, half a year, 80% volatility, without a rate. By Black–Scholes (mpmath, 30 digits):
    // 0.222703 of the notional now; after −50%, 0.520731: a gain of 0.298028 of the notional, 133.825% of the value.
    let put = Exposure {
        delta: -(TENTH as i64) * 4 / 10,
        gamma: 1,
        terms: [TENTH, 1 << 32, 1 << 31, (8 << 32) / 10],
        kind: PositionKind::Put as u16,
        ..outright(0)
    };
    let value = 22_270_000_000;
    let gained = -loss(put, value, -5_000);
    assert!((13_381..=13_383).contains(&gained), "{gained}");
    // Written, it loses as much.
    let written = Exposure { gamma: -1, ..put };
    let lost = loss(written, value, -5_000);
    assert!((gained..=gained + 2).contains(&lost), "{lost}");
}

#[test]
fn terms_that_make_no_sense_lose_everything() {
    let nonsense =
        Exposure { terms: [0, 1 << 33, 1 << 31, 0], kind: PositionKind::Liquidity as u16, ..outright(TENTH) };
    assert_eq!(loss(nonsense, TENTH, -100), 10_000);
    assert_eq!(loss(Exposure { kind: 99, ..outright(TENTH) }, TENTH, -100), 10_000);
    let threshold = Exposure { terms: [TENTH, TENTH, 70_000, 0], kind: PositionKind::Loop as u16, ..outright(TENTH) };
    assert_eq!(loss(threshold, TENTH, -100), 10_000);
}

#[test]
fn an_empty_line_loses_as_new_money_would() {
    assert_eq!(loss(outright(0), 0, -5_000), 5_000);
    let tripled = Exposure { delta_bps: 30_000, gamma_bps: -10_000, ..NOTHING };
    // 3 · 20% + ½ · 4%.
    assert_eq!(loss(tripled, 0, -2_000), 6_200);
}

// Limits

/// Two scenarios: SOL halves, and everything falls by 30%.
fn stressed() -> Box<Book> {
    let mut book = with(|params| (params.max_stress_bps, params.max_sample_age) = (1_000, 3_600));
    book.scenarios[0] = scenario([-5_000, 0], 0);
    book.scenarios[3] = scenario([-3_000, -3_000], 0);
    assess(&mut book, &reported(&question(0, 0)), NOW).unwrap();
    run(&mut book, 0, NOW);
    run(&mut book, 3, NOW);
    measure(&mut book, NOW);
    book
}

/// Lines 1 and 2 with a tenth of NAV each; new money for one of the three.
fn question(row: u8, amount: u64) -> AssessArgs {
    ask(row, amount, [TENTH, TENTH, 0], [outright(TENTH), outright(TENTH), NOTHING])
}

#[test]
fn losses_are_told_per_scenario() {
    let book = stressed();
    assert_eq!(book.figures.stress_losses, [50_000_000_000, 0, 0, 60_000_000_000, 0, 0, 0, 0]);
    assert_eq!(book.figures.stressed, 0b1001);
    assert_eq!(book.stressed_at, [NOW, 0, 0, NOW, 0, 0, 0, 0]);
}

#[test]
fn the_worst_scenario_bounds_new_money() {
    let mut book = stressed();
    // A tenth of NAV may be lost. Line 1: 5·10^10 left at 50% is 10^11, 4·10^10 left at 30% is 1.33·10^11.
    assert_eq!(room(&mut book, &question(0, 1), Verdict::STRESS), TENTH);
    // Line 2 loses only in the second one: 4·10^10 / 0.3.
    assert_eq!(room(&mut book, &question(1, 1), Verdict::STRESS), 133_333_333_333);
    assert_eq!(flags(&mut book, &question(2, 5 * TENTH)), 0, "what no price moves is not concerned");
    // Losses follow the values without another run.
    let fuller = ask(0, 1, [2 * TENTH, TENTH, 0], [outright(2 * TENTH), outright(TENTH), NOTHING]);
    assert_eq!(assess(&mut book, &fuller, NOW).unwrap(), Verdict { flags: Verdict::STRESS, room: 0 });
    let over = ask(0, 1, [3 * TENTH, TENTH, 0], [outright(3 * TENTH), outright(TENTH), NOTHING]);
    assert_eq!(flags(&mut book, &reported(&over)), Verdict::STRESS);
    assert_eq!(book.figures.stress_losses[0], 150_000_000_000);
}

#[test]
fn what_was_not_stressed_or_too_long_ago_stops_new_money() {
    let stale = Verdict { flags: Verdict::STALE_RISK, room: 0 };
    let mut book = stressed();
    // The assets' prices are as old, and stop it as well.
    for asset in &mut book.assets[..2] {
        asset.publish_time = NOW + 3_601;
    }
    assert_eq!(assess(&mut book, &question(0, 1), NOW + 3_600).unwrap().flags, 0);
    assert_eq!(assess(&mut book, &question(0, 1), NOW + 3_601).unwrap(), stale);
    assert_eq!(assess(&mut book, &reported(&question(0, 1)), NOW + 3_601).unwrap().flags, Verdict::STALE_RISK);

    // A position of another kind than was stressed.
    let mut book = stressed();
    let mut other = question(0, 1);
    other.exposures[1].kind = PositionKind::Linear as u16;
    assert_eq!(assess(&mut book, &other, NOW).unwrap(), stale);
    run(&mut book, 0, NOW);
    assert_eq!(assess(&mut book, &other, NOW).unwrap(), stale, "one scenario of two");
    run(&mut book, 3, NOW);
    assert_eq!(assess(&mut book, &other, NOW).unwrap().flags, 0);

    // A line to which money never went was stressed with the others, as new money.
    let mut book = stressed();
    book.models[2].asset = 1;
    let fresh = ask(2, 1, [TENTH, TENTH, 0], [outright(TENTH), outright(TENTH), outright(0)]);
    assert_eq!(assess(&mut book, &fresh, NOW).unwrap(), stale, "its kind is new");
    run(&mut book, 0, NOW);
    run(&mut book, 3, NOW);
    assert_eq!(room(&mut book, &fresh, Verdict::STRESS), 133_333_333_333);
}

#[test]
fn a_scenario_in_which_the_money_gains_is_not_its_concern() {
    let mut book = stressed();
    book.params.max_stress_bps = 500;
    // Both are at or over the limit; a short of asset 0 in line 2 gains in either.
    book.models[1].asset = 0;
    let short = Exposure { delta: 0, delta_bps: -10_000, ..outright(0) };
    let args = ask(1, TENTH, [2 * TENTH, 0, 0], [outright(2 * TENTH), short, NOTHING]);
    assess(&mut book, &reported(&args), NOW).unwrap();
    run(&mut book, 0, NOW);
    run(&mut book, 3, NOW);
    assert_eq!(flags(&mut book, &reported(&args)), Verdict::STRESS);
    assert_eq!(flags(&mut book, &args), 0);
}

// Scenarios

#[test]
fn scenarios_have_hard_ranges() {
    let refused = |scenario: Scenario, error: OracleError| {
        assert_eq!(scenario.validate().unwrap_err(), error.into());
    };
    Scenario::default().validate().unwrap();
    let sound = scenario([-10_000, 100_000], -10_000);
    refused(Scenario { volatility_bps: 100_001, ..sound }, OracleError::ShockOutOfRange);
    refused(Scenario { volatility_bps: -10_001, ..sound }, OracleError::ShockOutOfRange);
    refused(Scenario { shocks_bps: [-10_001; 8], ..sound }, OracleError::ShockOutOfRange);
    refused(Scenario { used: 0, ..sound }, OracleError::ShockOutOfRange);
    refused(Scenario { used: 2, ..sound }, OracleError::ShockOutOfRange);
    refused(Scenario { label: [0; 16], ..sound }, OracleError::LabelInvalid);
    refused(Scenario { label: [b' '; 16], ..sound }, OracleError::LabelInvalid);
}
