//! Several assets: what their correlations take from the sum of their risks.

use super::*;

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
fn money_that_no_price_moves_is_not_held_to_the_value_at_risk() {
    let mut book = with(|params| params.max_var_bps = 1);
    let args = ask(2, TENTH, [TENTH, 0, 0], [outright(TENTH), outright(0), Exposure::none()]);
    assert_eq!(flags(&mut book, &reported(&args)), Verdict::VAR);
    assert_eq!(flags(&mut book, &args), 0);
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
