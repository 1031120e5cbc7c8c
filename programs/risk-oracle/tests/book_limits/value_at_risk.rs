//! Value at risk and shortfall of one asset.

use super::*;

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
