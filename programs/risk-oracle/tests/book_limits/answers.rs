//! What a book answers: nothing is limited by default, what the router learns, and what is left by a report.

use super::*;
use gimbal_math::volatility::Variance;

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

#[test]
fn the_router_learns_what_moves_a_line() {
    let mut book = book();
    assert_eq!(book.price_risk(1), PriceRisk::Known(Variance(FOUR_PERCENT)));
    assert_eq!(book.price_risk(3), PriceRisk::None);
    book.assets[0].variance = 0;
    assert_eq!(book.price_risk(1), PriceRisk::Unknown);
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
