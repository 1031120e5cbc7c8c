//! Concentration, and what a venue can pay back.

use super::*;

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
