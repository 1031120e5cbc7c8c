//! Leverage, its margin, and the distance to liquidation.

use super::*;

#[test]
fn leverage_has_a_limit_and_a_margin() {
    // Value 10^11, debt 10^11: twice. New money borrows twice itself: three times.
    let looped = Exposure { debt: TENTH, debt_bps: 20_000, delta_bps: 30_000, kind: 2, ..outright(2 * TENTH) };
    let args = ask(0, 1, [TENTH, 0, 0], [looped, outright(0), Exposure::none()]);
    // (2·10^11 + 3a) ≤ 2.5 (10^11 + a): a ≤ 10^11.
    let mut book = with(|params| params.max_leverage_bps = 25_000);
    assert_eq!(room(&mut book, &args, Verdict::LEVERAGE), TENTH);
    // A line that is over it already takes nothing that borrows as much as the line has.
    book.params.max_leverage_bps = 19_999;
    assert_eq!(assess(&mut book, &args, NOW).unwrap(), Verdict { flags: Verdict::LEVERAGE, room: 0 });
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
fn a_line_over_its_leverage_or_near_its_liquidation_takes_what_lowers_both() {
    let mut book = with(|params| (params.max_leverage_bps, params.min_liquidation_sigma_milli) = (15_000, 5_000));
    // Twice, where one and a half is the most; 10% from its liquidation, where five deviations of 4% are the least.
    let looped = Exposure { debt: TENTH, liquidation_bps: 1_000, kind: 2, ..outright(2 * TENTH) };
    let both = Verdict::LEVERAGE | Verdict::LIQUIDATION;
    let asked = |book: &mut Book, value, debt_bps| {
        let exposure = Exposure { debt_bps, ..looped };
        assess(book, &ask(0, TENTH, [value, 0, 0], [exposure, outright(0), Exposure::none()]), NOW).unwrap()
    };
    for (debt_bps, expected) in [(0, 0), (9_999, 0), (10_000, both), (20_000, both)] {
        assert_eq!(asked(&mut book, TENTH, debt_bps).flags, expected, "{debt_bps}");
    }
    assert_eq!(asked(&mut book, TENTH, 0).room, NAV - TENTH, "only the cap of all NAV bounds it");
    // Under water it only follows what was lost.
    assert_eq!(asked(&mut book, 0, 0).flags, both);
    // A line without debt has another cause to be liquidated, which money does not take away by itself.
    let short = Exposure { debt: 0, liquidation_bps: 1_000, ..outright(TENTH) };
    let args = ask(0, TENTH, [TENTH, 0, 0], [short, outright(0), Exposure::none()]);
    assert_eq!(flags(&mut book, &args), Verdict::LIQUIDATION);
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
