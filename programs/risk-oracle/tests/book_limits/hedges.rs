//! Hedges: what lowers the risk of a book is not held up.

use super::*;

/// Of new money that shorts its line's asset.
const SHORT: Exposure = Exposure { delta_bps: -10_000, ..Exposure::none() };
/// Four tenths of NAV in asset 0: σ = 1.6·10^10, value at risk 4.16·10^10, more than twice a limit of 2%.
const LONG: u64 = 4 * TENTH;

#[test]
fn a_hedge_is_never_held_up_by_a_limit_that_it_helps() {
    let mut book = with(|params| (params.max_var_bps, params.max_shortfall_bps) = (200, 200));
    correlate(&mut book, 20, &[[1_000, 1_000]]);
    (book.params.max_var_bps, book.models[1].asset) = (200, 0);
    // Line 2 sells the asset that line 1 holds.
    let exposures = [outright(LONG), SHORT, Exposure::none()];
    let args = |amount| ask(1, amount, [LONG, 0, 0], exposures);
    assert_eq!(flags(&mut book, &reported(&args(0))), Verdict::VAR | Verdict::SHORTFALL);
    assert_eq!(flags(&mut book, &args(TENTH)), 0);
    assert_eq!(flags(&mut book, &args(LONG)), 0);
    // Until it is as short as it was long: 8·10^11.
    let room = assess(&mut book, &args(1), NOW).unwrap().room;
    near(room, 2 * LONG, 2 * LONG / 500_000);
    assert_eq!(flags(&mut book, &args(room + room / 100_000)), Verdict::VAR | Verdict::SHORTFALL);
    // More of the long is refused, and so is a first unit of it.
    let more = ask(0, 1, [LONG, 0, 0], exposures);
    let verdict = assess(&mut book, &more, NOW).unwrap();
    assert_eq!(verdict, Verdict { flags: Verdict::VAR | Verdict::SHORTFALL, room: 0 });
}

/// Asset 0 held over the limit, and new money that shorts asset 1, of which the book holds nothing.
fn across(book: &mut Book, days: usize, pattern: &[[i16; 2]]) -> impl Fn(u64) -> AssessArgs {
    correlate(book, days, pattern);
    (book.params.max_var_bps, book.params.max_shortfall_bps) = (200, 200);
    |amount| ask(1, amount, [LONG, 0, 0], [outright(LONG), SHORT, Exposure::none()])
}

#[test]
fn a_first_position_in_a_correlated_asset_is_a_hedge_too() {
    let mut book = book();
    // 13 days together and 7 apart of 20: ρ = 0.3.
    let pattern: Vec<[i16; 2]> = (0..20).map(|day| [1_000, if day < 13 { 1_000 } else { -1_000 }]).collect();
    let args = across(&mut book, 20, &pattern);
    assert_eq!(flags(&mut book, &reported(&args(0))), Verdict::VAR | Verdict::SHORTFALL);
    assert_eq!(flags(&mut book, &args(1)), 0);
    // As much is lost as before at 2 ρ · 1.6·10^10 / 3% = 3.2·10^11.
    let room = assess(&mut book, &args(1), NOW).unwrap().room;
    near(room, 320_000_000_000, 5_000_000);
    assert_eq!(flags(&mut book, &args(room + room / 100_000)), Verdict::VAR | Verdict::SHORTFALL);
    // Its other side is none.
    let long = ask(1, 1, [LONG, 0, 0], [outright(LONG), outright(0), Exposure::none()]);
    assert_eq!(assess(&mut book, &long, NOW).unwrap(), Verdict { flags: Verdict::VAR | Verdict::SHORTFALL, room: 0 });
}

#[test]
fn the_other_sides_tail_counts_from_where_the_position_turns() {
    let mut book = with(|params| (params.max_var_bps, params.max_shortfall_bps) = (200, 200));
    correlate(&mut book, 20, &[[1_000, 1_000]]);
    book.params.max_var_bps = 200;
    book.models[1].asset = 0;
    book.assets[0].tail_high.quantile_milli = 5_200;
    let args = |amount| ask(1, amount, [LONG, 0, 0], [outright(LONG), SHORT, Exposure::none()]);
    assert_eq!(flags(&mut book, &args(1)), 0, "what is long fears no rise, however much of it is hedged");
    assert_eq!(flags(&mut book, &args(LONG)), 0);
    // As short as half of what was long, at twice the multiplier.
    let room = assess(&mut book, &args(1), NOW).unwrap().room;
    near(room, LONG + LONG / 2, LONG / 250_000);
    assert_eq!(flags(&mut book, &args(room)), 0);
    assert_eq!(flags(&mut book, &args(room + room / 100_000)), Verdict::VAR);
}

#[test]
fn a_hedge_by_a_worse_tail_is_taken_whole_or_not_at_all() {
    let mut book = book();
    let args = across(&mut book, 20, &[[1_000, 1_000]]);
    // Who is short of asset 1 fears rises, of 5.2 deviations: with any of it the multiplier doubles, so that no more is lost
    // than before once the deviation is halved: from 8·10^9 / 3% = 266,666,666,667 to 24·10^9 / 3% = 800,000,000,000.
    book.assets[1].tail_high.quantile_milli = 5_200;
    for (amount, expected) in [
        (1, Verdict::VAR),
        (266_600_000_000, Verdict::VAR),
        (266_700_000_000, 0),
        (LONG, 0),
        (799_900_000_000, 0),
        (800_100_000_000, Verdict::VAR),
    ] {
        let verdict = assess(&mut book, &args(amount), NOW).unwrap();
        let other = verdict.flags & !Verdict::VAR;
        assert_eq!((verdict.flags & Verdict::VAR, verdict.room), (expected, 0), "{amount}");
        assert!(other == 0 || (other == Verdict::SHORTFALL && amount > 800_000_000_000), "{amount}: {other}");
    }
}

#[test]
fn a_hedge_below_the_limit_is_held_to_the_limit() {
    let mut book = book();
    let args = across(&mut book, 20, &[[1_000, 1_000]]);
    // 4.16% of NAV are lost; with any short of asset 1 twice that, over a limit of 5% until the deviation is
    // 5·10^10 / 5.2 = 9.615·10^9: 6.385·10^9 / 3% = 212,820,512,821 less.
    (book.params.max_var_bps, book.params.max_shortfall_bps) = (500, 10_000);
    book.assets[1].tail_high.quantile_milli = 5_200;
    assert_eq!(flags(&mut book, &reported(&args(0))), 0);
    assert_eq!(flags(&mut book, &args(212_800_000_000)), Verdict::VAR);
    assert_eq!(flags(&mut book, &args(212_900_000_000)), 0);
}

#[test]
fn what_is_not_correlated_or_not_known_is_no_hedge() {
    for (days, pattern) in [(20, [[1_000, 1_000], [1_000, -1_000]]), (0, [[0; 2]; 2])] {
        let mut book = book();
        let args = across(&mut book, days, &pattern);
        assert_eq!(flags(&mut book, &args(1)), Verdict::VAR | Verdict::SHORTFALL);
    }
}
