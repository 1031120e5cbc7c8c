//! Crashes: the regime rises on the day itself, weights are cut, and a stranger's `derisk` lowers exposure.

use super::paths::{self, Days};
use super::world::*;
use gimbal_tests::*;
use risk_oracle::state::{Regime, Signal};

/// What a crash must have done by its end.
struct Seen {
    /// The worst regime, and the day on which it was first reached.
    worst: (u8, usize),
    /// Reductions by the stranger.
    reductions: usize,
    /// The token line's weight before and the least that it had at the end of a day, basis points.
    weights: (u64, u64),
}

/// Lives through a crash; at the end of each day the stranger takes down what he may, and the keeper rebalances.
fn endure(market: &mut Market, days: &Days) -> Seen {
    market.fx.refresh_all();
    let before = market.weight(TOKEN_LINE);
    let mut seen = Seen { worst: (0, 0), reductions: 0, weights: (before, before) };
    let mut quarters = 0;
    market.live_with(days, |market, day| {
        let level = market.regime();
        if level > seen.worst.0 {
            seen.worst = (level, day);
        }
        quarters += 1;
        if quarters % 4 != 0 {
            return;
        }
        for place in 0..3 {
            let was = market.fx.line(place).mid;
            if market.derisk(place) {
                seen.reductions += 1;
                assert!(market.fx.line(place).mid < was);
            }
            assert_within_the_book(market, place);
        }
        market.place();
        seen.weights.1 = seen.weights.1.min(market.weight(TOKEN_LINE));
        market.fx.assert_identities();
    });
    seen
}

/// No line is above what the book leaves of it by more than its band.
#[track_caller]
fn assert_within_the_book(market: &Market, place: usize) {
    let (ledger, line, book) = (market.fx.ledger(), market.fx.line(place), market.book());
    let nav = ledger.nav(market.now()).unwrap().mid;
    let most = book.line_cap(line.id, nav) + nav / 10_000 * u64::from(line.band_bps);
    assert!(line.mid <= most, "line {place}: {} of {most}", line.mid);
}

/// Less than half of the token line's weight was left at its least.
#[track_caller]
fn assert_token_halved(seen: &Seen) {
    let (before, least) = seen.weights;
    assert!(least * 2 < before, "the token's weight went from {before} to {least}");
}

/// Whether new money is refused to a line that the regime has taken down.
#[track_caller]
fn assert_takes_nothing(market: &mut Market, place: usize) {
    let before = market.fx.line(place).invested;
    let stranger = &market.stranger;
    market.fx.vault().deposit_and_allocate(stranger, 1_000 * USDC, 0, place).unwrap();
    let nav = market.fx.ledger().nav(market.now()).unwrap().mid;
    let room = market.book().line_cap(market.fx.line(place).id, nav).saturating_sub(market.fx.line(place).mid);
    assert!(market.fx.line(place).invested - before <= room + 1_000 * USDC / 2, "more than the cap leaves");
}

#[test]
fn the_days_of_may_2021() {
    let mut market = Market::settled();
    assert_eq!((market.regime(), market.book().regime.scale_bps), (Regime::Calm as u8, 10_000));
    let held: Vec<u64> = LENDING.iter().map(|place| market.fx.line(*place).mid).collect();
    let seen = endure(&mut market, &super::real::or("2021-05-09", paths::may_2021()));
    // The tenth day of the path is the one on which half of it was lost; the first fall came on the third.
    assert_eq!(seen.worst.0, Regime::Crisis as u8);
    assert!(seen.worst.1 <= 10, "crisis only on day {}", seen.worst.1);
    let book = market.book();
    assert!(book.regime.reasons & Signal::Drawdown.bit() != 0, "{:#b}", book.regime.reasons);
    // A quarter of the caps is left: 10% of NAV for each of the lending lines, and the band.
    assert_eq!(book.regime.scale_bps, 2_500);
    for (place, held) in LENDING.into_iter().zip(held) {
        assert!(market.fx.line(place).mid < held / 3, "line {place} still holds {}", market.fx.line(place).mid);
    }
    assert!(seen.reductions >= 2, "{}", seen.reductions);
    assert_token_halved(&seen);
    // The stranger was paid out of the epochs' budgets.
    let paid = market.fx.ledger().bounties_paid;
    assert!(paid > 0 && market.fx.balance(&market.stranger.base) == 10 * DEPOSIT + paid);
    assert_takes_nothing(&mut market, LENDING[0]);
}

#[test]
fn the_days_of_november_2022() {
    let mut market = Market::settled();
    let seen = endure(&mut market, &super::real::or("2022-11-06", paths::november_2022()));
    assert_eq!(seen.worst.0, Regime::Crisis as u8);
    assert!(seen.worst.1 <= 3, "crisis only on day {}", seen.worst.1);
    assert!(seen.reductions >= 2, "{}", seen.reductions);
    assert_token_halved(&seen);
    assert_takes_nothing(&mut market, LENDING[1]);
}

#[test]
fn ordinary_days_raise_nothing_and_give_a_stranger_nothing_to_do() {
    let mut market = Market::settled();
    let seen = endure(&mut market, &paths::calm(14));
    assert_eq!((seen.worst.0, seen.reductions), (Regime::Calm as u8, 0));
    assert_eq!((market.book().regime.scale_bps, market.fx.ledger().bounties_paid), (10_000, 0));
}
