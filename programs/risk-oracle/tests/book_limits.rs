//! Limits of the risk engine: each flag by itself, its room, and that what lowers risk is never held up. Expected numbers are
//! worked out by hand.

mod support;

use risk_oracle::policy::limits::assess;
use risk_oracle::state::{PriceRisk, ReturnRing};
use risk_oracle::{AssessArgs, Book, Exposure, RiskParams, Verdict};
use support::*;

const NOTHING: [Exposure; 3] = [Exposure::none(); 3];

/// Line 1 holds a tenth of NAV in a token of 4% a day, nothing else; new money for it.
fn one_line(amount: u64) -> AssessArgs {
    ask(0, amount, [TENTH, 0, 0], [outright(TENTH), outright(0), Exposure::none()])
}

/// `days` rows of residuals that repeat `pattern`, all with one weight.
fn correlate(book: &mut Book, days: usize, pattern: &[[i16; 2]]) {
    book.params.decay_bps = 10_000;
    book.returns.clear();
    for (day, [first, second]) in (1..).zip(pattern.iter().cycle()).take(days) {
        book.returns.append(day, &[*first, *second, 0, 0, 0, 0, 0, 0], 10_000).unwrap();
    }
}

#[track_caller]
fn near(value: u64, expected: u64, by: u64) {
    assert!(value.abs_diff(expected) <= by, "{value} is not within {by} of {expected}");
}

// Nothing is limited by default

#[test]
fn a_new_book_limits_nothing() {
    let mut book = book();
    book.params = RiskParams::NONE;
    let everything = ask(0, 9 * TENTH, [TENTH, 0, 0], [outright(TENTH), outright(0), Exposure::none()]);
    assert_eq!(assess(&mut book, &everything, NOW).unwrap(), Verdict { flags: 0, room: 9 * TENTH });
    // Not even where nothing was ever observed and the exposure is absurd.
    book.assets[0].publish_time = 0;
    book.assets[0].variance = 0;
    let absurd = Exposure { debt: u64::MAX, liquidation_bps: 0, liquidity: 0, ..outright(u64::MAX >> 1) };
    let args = ask(0, 1, [TENTH, 0, 0], [absurd; 3]);
    assert_eq!(assess(&mut book, &args, NOW).unwrap(), Verdict { flags: 0, room: 9 * TENTH });
}

// Value at risk

#[test]
fn the_value_at_risk_of_one_asset_is_its_own() {
    let mut book = book();
    flags(&mut book, &reported(&one_line(0)));
    // 10^11 · 4% = 4·10^9; · 2.6 = 1.04·10^10; · 3.2 = 1.28·10^10; · 2.327 = 9.308·10^9.
    near(book.figures.deviation, 4_000_000_000, 100);
    near(book.figures.value_at_risk, 10_400_000_000, 300);
    near(book.figures.shortfall, 12_800_000_000, 300);
    near(book.figures.normal_value_at_risk, 9_308_000_000, 300);
    assert_eq!(book.figures.multipliers_milli, [2_600, 3_200]);
    assert_eq!(book.figures.deltas[..2], [TENTH as i64, 0]);
    near(book.figures.components[0].unsigned_abs(), 10_400_000_000, 300);
}

#[test]
fn the_horizon_counts_by_its_root() {
    let mut book = with(|params| params.horizon_days = 9);
    flags(&mut book, &reported(&one_line(0)));
    near(book.figures.deviation, 12_000_000_000, 200);
    near(book.figures.value_at_risk, 31_200_000_000, 600);
}

#[test]
fn a_limit_of_value_at_risk_leaves_its_room() {
    let mut book = with(|params| params.max_var_bps = 200);
    // 2% of NAV is 2·10^10; / 2.6 / 4% is a delta of 192,307,692,307, of which 10^11 are held.
    let room = room(&mut book, &one_line(1), Verdict::VAR);
    near(room, 92_307_692_307, 2_000);
    // With the room in the line the limit holds, and a thousandth more breaks it.
    let held = TENTH + room;
    let filled = |value: u64| ask(0, 1, [value, 0, 0], [outright(value), outright(0), Exposure::none()]);
    assert_eq!(flags(&mut book, &reported(&filled(held))), 0);
    assert_eq!(flags(&mut book, &reported(&filled(held + held / 1_000))), Verdict::VAR);
    assert_eq!(assess(&mut book, &filled(held + held / 1_000), NOW).unwrap(), Verdict { flags: Verdict::VAR, room: 0 });
}

#[test]
fn a_limit_of_shortfall_leaves_its_room() {
    let mut book = with(|params| params.max_shortfall_bps = 200);
    // 2·10^10 / 3.2 / 4% = 156,250,000,000.
    near(room(&mut book, &one_line(1), Verdict::SHORTFALL), 56_250_000_000, 2_000);
    // The tighter of two limits decides.
    book.params.max_var_bps = 150;
    // 1.5·10^10 / 2.6 / 4% = 144,230,769,230.
    near(room(&mut book, &one_line(1), Verdict::VAR), 44_230_769_230, 2_000);
}

#[test]
fn leveraged_money_has_less_room() {
    let mut book = with(|params| params.max_var_bps = 200);
    let tripled = Exposure { delta_bps: 30_000, ..outright(TENTH) };
    let args = ask(0, 1, [TENTH, 0, 0], [tripled, outright(0), Exposure::none()]);
    near(room(&mut book, &args, Verdict::VAR), 92_307_692_307 / 3, 1_000);
}

#[test]
fn the_normal_quantile_is_the_least() {
    let mut book = with(|params| params.max_var_bps = 200);
    book.assets[0].tail_low.quantile_milli = 1_000;
    flags(&mut book, &one_line(0));
    assert_eq!(book.figures.multipliers_milli, [2_327, 3_200]);
    // 2·10^10 / 2.327 / 4% = 214,868,929,952.
    near(room(&mut book, &one_line(1), Verdict::VAR), 114_868_929_952, 2_000);
}

#[test]
fn each_side_has_its_own_tail() {
    let mut book = book();
    book.assets[0].tail_high.quantile_milli = 4_000;
    flags(&mut book, &one_line(0));
    assert_eq!(book.figures.multipliers_milli[0], 2_600, "a long position fears falls");
    let short = Exposure { delta: -(TENTH as i64), ..outright(0) };
    flags(&mut book, &ask(2, 0, [TENTH, 0, 0], [short, outright(0), Exposure::none()]));
    assert_eq!(book.figures.multipliers_milli[0], 4_000, "a short one fears rises");
}

// Several assets

#[test]
fn risks_add_up_in_full_until_correlations_are_known() {
    let mut book = book();
    let both = ask(2, 0, [TENTH, TENTH, 0], [outright(TENTH), outright(TENTH), Exposure::none()]);
    for days in [0, 1, 19] {
        correlate(&mut book, days, &[[1_000, 1_000], [1_000, -1_000]]);
        flags(&mut book, &both);
        near(book.figures.deviation, 7_000_000_000, 100);
    }
    // Even a perfect hedge counts as two risks.
    let short = Exposure { delta: -(TENTH as i64), ..outright(0) };
    flags(&mut book, &ask(2, 0, [TENTH, TENTH, 0], [outright(TENTH), short, Exposure::none()]));
    near(book.figures.deviation, 7_000_000_000, 100);
}

#[test]
fn uncorrelated_assets_add_up_by_their_squares() {
    let mut book = book();
    correlate(&mut book, 20, &[[1_000, 1_000], [1_000, -1_000]]);
    let both = ask(2, 0, [TENTH, TENTH, 0], [outright(TENTH), outright(TENTH), Exposure::none()]);
    flags(&mut book, &both);
    // √(4² + 3²) = 5; components 16/5 and 9/5 of 10^9, times 2.6.
    near(book.figures.deviation, 5_000_000_000, 500);
    near(book.figures.components[0] as u64, 8_320_000_000, 2_000);
    near(book.figures.components[1] as u64, 4_680_000_000, 2_000);
}

#[test]
fn the_room_in_a_second_asset_is_the_closed_form() {
    let mut book = book();
    correlate(&mut book, 20, &[[1_000, 1_000], [1_000, -1_000]]);
    book.params.max_var_bps = 200;
    let args = ask(1, 1, [TENTH, TENTH, 0], [outright(TENTH), outright(TENTH), Exposure::none()]);
    // σ ≤ 2·10^10 / 2.6 = 7,692,307,692; √(σ² − (4·10^9)²) / 3% = 219,016,989,785 (30 digits), less 10^11.
    near(room(&mut book, &args, Verdict::VAR), 119_016_989_785, 20_000);
}

#[test]
fn a_hedge_is_never_held_up_by_a_limit_that_it_helps() {
    let mut book = with(|params| (params.max_var_bps, params.max_shortfall_bps) = (200, 200));
    correlate(&mut book, 20, &[[1_000, 1_000]]);
    (book.params.max_var_bps, book.models[1].asset) = (200, 0);
    // Line 1 is long 4·10^11 of asset 0: σ = 1.6·10^10, twice the limit and more. Line 2 sells the same asset.
    let long = 4 * TENTH;
    let short = Exposure { delta: 0, delta_bps: -10_000, ..Exposure::none() };
    let exposures = [outright(long), short, Exposure::none()];
    let args = |amount| ask(1, amount, [long, 0, 0], exposures);
    assert_eq!(flags(&mut book, &reported(&args(0))), Verdict::VAR | Verdict::SHORTFALL);
    assert_eq!(flags(&mut book, &args(TENTH)), 0);
    assert_eq!(flags(&mut book, &args(long)), 0);
    // Until it is as short as it was long: 8·10^11.
    let room = assess(&mut book, &args(1), NOW).unwrap().room;
    near(room, 2 * long, 2 * long / 500_000);
    assert_eq!(flags(&mut book, &args(room + 1)), Verdict::VAR | Verdict::SHORTFALL);
    // More of the long is refused, and so is a first unit of it.
    let more = ask(0, 1, [long, 0, 0], exposures);
    let verdict = assess(&mut book, &more, NOW).unwrap();
    assert_eq!(verdict, Verdict { flags: Verdict::VAR | Verdict::SHORTFALL, room: 0 });
}

#[test]
fn money_that_no_price_moves_is_not_held_to_the_value_at_risk() {
    let mut book = with(|params| params.max_var_bps = 1);
    let args = ask(2, TENTH, [TENTH, 0, 0], [outright(TENTH), outright(0), Exposure::none()]);
    assert_eq!(flags(&mut book, &reported(&args)), Verdict::VAR);
    assert_eq!(flags(&mut book, &args), 0);
}

// Gamma

#[test]
fn negative_gamma_costs_at_the_tails_own_move() {
    let mut book = book();
    // ½ · 10^12 · 0.0016 = 8·10^8; · 2.6² = 5.408·10^9; · 3.2² = 8.192·10^9.
    let curved = Exposure { gamma: -1_000_000_000_000, ..outright(TENTH) };
    flags(&mut book, &ask(2, 0, [TENTH, 0, 0], [curved, outright(0), Exposure::none()]));
    near(book.figures.gamma_cost, 800_000_000, 10);
    near(book.figures.value_at_risk, 10_400_000_000 + 5_408_000_000, 400);
    near(book.figures.shortfall, 12_800_000_000 + 8_192_000_000, 400);
    // Positive gamma gains, and is not counted.
    let long = Exposure { gamma: 1_000_000_000_000, ..outright(TENTH) };
    flags(&mut book, &ask(2, 0, [TENTH, 0, 0], [long, outright(0), Exposure::none()]));
    assert_eq!(book.figures.gamma_cost, 0);
}

#[test]
fn the_room_pays_for_the_gamma_that_it_adds() {
    let mut book = with(|params| params.max_var_bps = 200);
    let held = outright(TENTH);
    // Ten times the money in gamma: the loss of a more is 2.6 · 4% · a + 2.6² · ½ · 10 · 0.0016 · a = (0.104 + 0.05408) a;
    // 2·10^10 − 1.04·10^10 = 9.6·10^9, / 0.15808 = 60,728,744,939.
    let args = ask(0, 1, [TENTH, 0, 0], [Exposure { gamma_bps: -100_000, ..held }, outright(0), Exposure::none()]);
    let exact = 60_728_744_939;
    for amount in [exact - exact / 10_000, exact / 2, 1] {
        assert_eq!(flags(&mut book, &AssessArgs { amount, ..args.clone() }), 0, "{amount}");
    }
    let verdict = assess(&mut book, &AssessArgs { amount: exact + exact / 10_000, ..args.clone() }, NOW).unwrap();
    assert_eq!(verdict.flags, Verdict::VAR);
    assert!(verdict.room <= exact && verdict.room >= exact - exact / 500, "{}", verdict.room);
    let within = assess(&mut book, &AssessArgs { amount: verdict.room, ..args }, NOW).unwrap();
    assert_eq!(within.flags, 0);
}

#[test]
fn a_position_of_gamma_alone_is_held_to_the_limit() {
    let mut book = with(|params| params.max_var_bps = 200);
    // A range hedged in delta: 2.6² · ½ · 100 · 0.0016 · a = 0.5408 a ≤ 2·10^10: 36,982,248,520.
    let curved = Exposure { gamma_bps: -1_000_000, ..Exposure::none() };
    let args = |amount| ask(0, amount, [0; 3], [curved, Exposure::none(), Exposure::none()]);
    assert_eq!(flags(&mut book, &args(36_900_000_000)), 0);
    let verdict = assess(&mut book, &args(37_000_000_000), NOW).unwrap();
    assert_eq!(verdict.flags, Verdict::VAR);
    assert!((36_800_000_000..=36_982_248_520).contains(&verdict.room), "{}", verdict.room);
}

// What cannot be reckoned

#[test]
fn what_has_no_model_takes_no_money_once_losses_are_limited() {
    let mut book = book();
    let args = |row| ask(row, 1, [TENTH, 0, TENTH], [outright(TENTH), outright(0), outright(TENTH)]);
    assert_eq!(flags(&mut book, &args(2)), 0, "without a limit it is not needed");
    for limit in 0..3 {
        let params = &mut book.params;
        *[&mut params.max_var_bps, &mut params.max_shortfall_bps, &mut params.max_stress_bps][limit] = 9_999;
        // Line 3 moves with a price of which nothing is known, and hides what the others may add.
        for row in 0..3 {
            let verdict = assess(&mut book, &args(row), NOW).unwrap();
            assert_eq!((verdict.flags & Verdict::UNMODELLED, verdict.room), (Verdict::UNMODELLED, 0));
        }
        assert_ne!(flags(&mut book, &reported(&args(0))) & Verdict::UNMODELLED, 0);
        book.params = RiskParams::NONE;
    }
}

#[test]
fn an_asset_without_a_forecast_takes_no_money_either() {
    let mut book = with(|params| params.max_var_bps = 9_999);
    book.assets[1].variance = 0;
    // Nothing is in line 2 yet: line 1 is not concerned.
    assert_eq!(flags(&mut book, &one_line(1)), 0);
    let second = ask(1, 1, [TENTH, 0, 0], [outright(TENTH), outright(0), Exposure::none()]);
    assert_eq!(assess(&mut book, &second, NOW).unwrap(), Verdict { flags: Verdict::UNMODELLED, room: 0 });
    // Money that no price moves is never concerned.
    assert_eq!(flags(&mut book, &ask(2, 1, [TENTH, TENTH, 0], [outright(TENTH), outright(TENTH), NOTHING[0]])), 0);
}

#[test]
fn old_prices_stop_new_money_of_every_line() {
    let mut book = with(|params| params.max_sample_age = 3_600);
    assert_eq!(flags(&mut book, &one_line(1)), 0);
    book.assets[1].publish_time = NOW - 3_600;
    assert_eq!(flags(&mut book, &one_line(1)), 0);
    book.assets[1].publish_time = NOW - 3_601;
    for row in 0..3 {
        let args = ask(row, 1, [TENTH, 0, 0], [outright(TENTH), outright(0), Exposure::none()]);
        assert_eq!(assess(&mut book, &args, NOW).unwrap(), Verdict { flags: Verdict::STALE_RISK, room: 0 });
        assert_eq!(flags(&mut book, &reported(&args)), Verdict::STALE_RISK);
    }
    // A book without assets has nothing that could be old.
    book.assets[0] = Default::default();
    book.assets[1] = Default::default();
    assert_eq!(flags(&mut book, &ask(2, 1, [0; 3], NOTHING)), 0);
}

// Leverage and liquidation

#[test]
fn leverage_has_a_limit_and_a_margin() {
    // Value 10^11, debt 10^11: twice. New money borrows twice itself: three times.
    let looped = Exposure { debt: TENTH, debt_bps: 20_000, delta_bps: 30_000, kind: 2, ..outright(2 * TENTH) };
    let args = ask(0, 1, [TENTH, 0, 0], [looped, outright(0), Exposure::none()]);
    // (2·10^11 + 3a) ≤ 2.5 (10^11 + a): a ≤ 10^11.
    let mut book = with(|params| params.max_leverage_bps = 25_000);
    assert_eq!(room(&mut book, &args, Verdict::LEVERAGE), TENTH);
    // A line that is over it already takes nothing, whatever the new money borrows.
    book.params.max_leverage_bps = 19_999;
    assert_eq!(assess(&mut book, &args, NOW).unwrap(), Verdict { flags: Verdict::LEVERAGE, room: 0 });
    let unlevered = ask(0, 1, [TENTH, 0, 0], [Exposure { debt_bps: 0, ..looped }, outright(0), Exposure::none()]);
    assert_eq!(flags(&mut book, &unlevered), Verdict::LEVERAGE);
    // The margin: 2.6 · 4% = 10.4% of the collateral, 9.6 times; at 40% a day, 104%: no debt at all.
    book.params.max_leverage_bps = 1_000_000;
    book.params.margin_floor_bps = 1;
    assert_eq!(flags(&mut book, &args), 0);
    book.assets[0].variance = 100 * FOUR_PERCENT;
    assert_eq!(flags(&mut book, &args), Verdict::LEVERAGE);
    // A line without debt needs no margin.
    assert_eq!(flags(&mut book, &one_line(1)), 0);
}

#[test]
fn the_allowed_leverage_falls_with_volatility_size_and_regime() {
    use risk_oracle::policy::limits::Target;
    use risk_oracle::policy::lines::{initial_margin_bps, target_leverage_bps};
    let mut book = with(|params| (params.max_leverage_bps, params.margin_floor_bps) = (1_000_000, 1));
    let exposure = Exposure { debt: 1, ..outright(TENTH) };
    let target = Target { at: 0, asset: 0, value: TENTH, amount: 0, exposure };
    let deep = |liquidity| Target { exposure: Exposure { liquidity, ..exposure }, ..Target { ..copy(&target) } };
    let margin = |book: &Book, target: &Target| initial_margin_bps(&book.params, &book.assets[0], target).unwrap();
    // 1,040 basis points of price, and the rounding of the volatility's.
    assert_eq!(margin(&book, &target), 1_041);
    assert_eq!(target_leverage_bps(&book, &target, NOW), 96_061);
    // Half of the venue's liquidity: ½ · 10% · 50% more.
    assert_eq!(margin(&book, &deep(2 * TENTH)), 1_041 + 250);
    book.assets[0].confidence_bps = 30;
    assert_eq!(margin(&book, &target), 1_071);
    book.params.margin_floor_bps = 2_000;
    assert_eq!(target_leverage_bps(&book, &target, NOW), 50_000);
    // The regime leaves half of what is borrowed.
    book.regime.scale_bps = 5_000;
    assert_eq!(target_leverage_bps(&book, &target, NOW), 30_000);
    book.assets[0].variance *= 4;
    book.params.margin_floor_bps = 1;
    assert_eq!(margin(&book, &target), 2_081 + 30);
}

fn copy(target: &risk_oracle::policy::limits::Target) -> risk_oracle::policy::limits::Target {
    let risk_oracle::policy::limits::Target { at, asset, value, amount, exposure } = *target;
    risk_oracle::policy::limits::Target { at, asset, value, amount, exposure }
}

#[test]
fn liquidation_must_be_far_enough() {
    let mut book = with(|params| params.min_liquidation_sigma_milli = 5_000);
    // 4% a day: five deviations are 20%.
    let at = |bps| Exposure { liquidation_bps: bps, ..outright(TENTH) };
    let args = |bps| ask(0, 1, [TENTH, 0, 0], [at(bps), outright(0), Exposure::none()]);
    assert_eq!(flags(&mut book, &args(2_001)), 0);
    assert_eq!(assess(&mut book, &args(1_999), NOW).unwrap(), Verdict { flags: Verdict::LIQUIDATION, room: 0 });
    // Twice the volatility, and 20% are two and a half.
    book.assets[0].variance *= 4;
    assert_eq!(flags(&mut book, &args(2_001)), Verdict::LIQUIDATION);
    assert_eq!(flags(&mut book, &args(Exposure::NO_LIQUIDATION)), 0);
    // Without a forecast nobody can say how far it is.
    book.assets[0].variance = 0;
    assert_eq!(flags(&mut book, &args(9_000)), Verdict::UNMODELLED);
}

// Concentration and liquidity

#[test]
fn concentration_is_the_sum_of_squared_weights() {
    let mut book = with(|params| params.max_concentration_bps = 2_500);
    let args = ask(0, 1, [TENTH, 3 * TENTH, 0], NOTHING);
    // 0.25 − 0.09 = 0.16: line 1 may be 40%, of which it holds 10%.
    assert_eq!(room(&mut book, &args, Verdict::CONCENTRATION), 3 * TENTH);
    assert_eq!(flags(&mut book, &reported(&ask(0, 1, [4 * TENTH, 3 * TENTH, 0], NOTHING))), 0);
    assert_eq!(book.figures.concentration_bps, 2_500);
    let over = ask(0, 1, [4 * TENTH + 1_000_000, 3 * TENTH, 0], NOTHING);
    assert_eq!(flags(&mut book, &reported(&over)), Verdict::CONCENTRATION);
    assert_eq!(book.figures.concentration_bps, 2_501);
}

#[test]
fn a_line_must_be_left_in_time() {
    let mut book = with(|params| (params.max_exit_days, params.exit_share_bps) = (3, 2_000));
    let venue = Exposure { liquidity: TENTH, ..Exposure::none() };
    let args = ask(2, 1, [0, 0, TENTH / 2], [NOTHING[0], NOTHING[0], venue]);
    // A fifth a day for three days is 6·10^10, of which 5·10^10 are held.
    assert_eq!(room(&mut book, &args, Verdict::LIQUIDITY), TENTH / 10);
    assert_eq!(book.figures.exit_days, 3);
    let slow = ask(2, 1, [0, 0, TENTH], [NOTHING[0], NOTHING[0], venue]);
    assert_eq!(flags(&mut book, &reported(&slow)), Verdict::LIQUIDITY);
    assert_eq!(book.figures.exit_days, 5);
}

#[test]
fn a_line_is_no_more_than_its_share_of_the_venue() {
    let mut book = with(|params| params.max_liquidity_share_bps = 2_500);
    let venue = |liquidity| Exposure { liquidity, ..Exposure::none() };
    let args = |liquidity| ask(2, 1, [0, 0, TENTH], [NOTHING[0], NOTHING[0], venue(liquidity)]);
    assert_eq!(room(&mut book, &args(8 * TENTH), Verdict::LIQUIDITY), TENTH);
    assert_eq!(flags(&mut book, &args(0)), Verdict::LIQUIDITY);
    // A venue without a bound has no share.
    assert_eq!(flags(&mut book, &args(u64::MAX)), 0);
}

// Regime and contagion

#[test]
fn the_regime_scales_the_caps_of_scaled_lines() {
    let mut book = book();
    book.lines[2].cap = 4 * TENTH;
    book.lines[2].cap_bps = 5_000;
    book.regime.scale_bps = 5_000;
    let args = ask(2, 1, [0, 0, TENTH], NOTHING);
    // Half of the smaller cap is 2·10^11.
    assert_eq!(room(&mut book, &args, Verdict::REGIME), TENTH);
    assert_eq!(book.line_cap(3, NAV), 2 * TENTH);
    book.models[2].scaled = 0;
    assert_eq!(room(&mut book, &args, Verdict::LINE_CAP), 3 * TENTH);
    assert_eq!(book.line_cap(3, NAV), 4 * TENTH);
    // A line without caps has half of NAV.
    let free = ask(0, 1, [TENTH, 0, 0], [outright(TENTH), outright(0), Exposure::none()]);
    assert_eq!(room(&mut book, &free, Verdict::REGIME), 4 * TENTH);
    assert_eq!(book.line_cap(1, NAV), 5 * TENTH);
    assert_eq!(book.line_cap(77, NAV), u64::MAX, "an unknown line has no cap to be over");
}

#[test]
fn contagion_scales_on_top_and_silence_stops_new_money() {
    let mut book = book();
    book.network = anchor_lang::prelude::Pubkey::new_from_array([9; 32]);
    (book.contagion_at, book.contagion_max_age) = (NOW - 3_600, 3_600);
    (book.models[2].protocol, book.models[2].contagion_bps) = (4, 8_000);
    book.regime.scale_bps = 5_000;
    let args = ask(2, 1, [0, 0, TENTH], NOTHING);
    assert_eq!(room(&mut book, &args, Verdict::CONTAGION), 3 * TENTH);
    assert_eq!(book.line_cap(3, NAV), 4 * TENTH);
    let scale = book.line_scale(3).unwrap();
    assert_eq!((scale.regime_bps, scale.contagion_bps), (5_000, 8_000));
    // A second later the solution is too old: nothing may be added, and nothing has to be sold.
    let verdict = assess(&mut book, &args, NOW + 1).unwrap();
    assert_eq!(verdict, Verdict { flags: Verdict::CONTAGION, room: 0 });
    assert_eq!(book.line_cap(3, NAV), 4 * TENTH);
    // A line without a protocol is not concerned, nor a book without a network.
    let other = ask(0, 1, [0, 0, TENTH], NOTHING);
    assert_eq!(assess(&mut book, &other, NOW + 1).unwrap().flags, 0);
    book.network = Default::default();
    assert_eq!(assess(&mut book, &args, NOW + 1).unwrap().flags, 0);
}

// What the router reads

#[test]
fn the_router_learns_what_moves_a_line() {
    let mut book = book();
    assert_eq!(book.variance_of(1).map(|variance| variance.0), Some(FOUR_PERCENT));
    assert_eq!(book.price_risk(3), PriceRisk::None);
    book.assets[0].variance = 0;
    assert_eq!((book.price_risk(1), book.variance_of(1)), (PriceRisk::Unknown, None));
    // A line that a price moves and that has no asset is not without risk.
    flags(&mut book, &ask(2, 1, [0, 0, TENTH], [NOTHING[0], NOTHING[0], outright(TENTH)]));
    assert_eq!(book.price_risk(3), PriceRisk::Unknown);
    assert_eq!(book.price_risk(77), PriceRisk::Unknown);
}

#[test]
fn a_line_that_the_ledger_gave_up_leaves_nothing_behind() {
    let mut book = book();
    flags(&mut book, &one_line(1));
    assert_eq!(book.models[0].exposure, outright(TENTH));
    let mut gone = ask(2, 1, [0; 3], NOTHING);
    gone.line_ids[0] = 0;
    flags(&mut book, &gone);
    assert_eq!(book.models[0].exposure, Exposure::none());
    assert_eq!(book.figures.deltas, [0; 8]);
}

#[test]
fn a_report_leaves_no_room_and_needs_no_row() {
    let mut book = with(|params| params.max_var_bps = 50);
    let verdict = assess(&mut book, &reported(&one_line(5)), NOW).unwrap();
    assert_eq!(verdict, Verdict { flags: Verdict::VAR, room: 0 });
    let mut args = one_line(1);
    args.exposures = vec![Exposure::none(); 17];
    assert!(assess(&mut book, &args, NOW).is_err(), "a ledger has sixteen rows");
}

#[test]
fn a_ring_keeps_the_newest_days() {
    let mut ring: ReturnRing = bytemuck::Zeroable::zeroed();
    for day in 1..=70u32 {
        ring.append(day, &[1_000; 8], 10_000).unwrap();
        assert!(ring.is_consistent());
        assert_eq!(usize::from(ring.count), (day as usize).min(64));
        assert_eq!(ring.gram().is_known(0), day >= 20);
    }
    assert_eq!((ring.day, ring.next), (70, 6));
}
