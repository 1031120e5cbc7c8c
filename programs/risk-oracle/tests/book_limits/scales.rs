//! The scales of regime and contagion on the caps of lines.

use super::*;

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
