//! A liquidity drought: venues empty while no price moves. The regime rises all the same, once what they showed was
//! confirmed.

use super::paths;
use super::world::*;
use gimbal_tests::*;
use risk_oracle::state::{Regime, RiskParams, Signal};

/// Lines over markets that lend: 70% of what others have supplied.
fn lent() -> Market {
    let mut plan = plan();
    for line in &mut plan.lines {
        line.borrowed = line.liquidity / 10 * 7;
    }
    Market::with(plan, &RiskParams { venue_confirm_seconds: 600, ..params() }, |_| ())
}

#[test]
fn empty_venues_raise_the_regime_while_no_price_moves() {
    let mut market = lent();
    market.report();
    let prices: Vec<u64> = Asset::ALL.iter().map(|asset| market.fx.feed(*asset).price).collect();
    assert_eq!(market.regime(), Regime::Calm as u8);
    // Borrowers take all but 3.5% of the first market's money, of which 30% were there before: a fall by seven eighths.
    let supply = market.fx.line(0).curve.supply;
    let left = supply / 1_000 * 35;
    let more = market.fx.line(0).liquidity - left;
    market.fx.lending().borrow(0, more).unwrap();
    market.report();
    // Seen once, which anybody can bring about for a moment.
    assert_eq!(market.regime(), Regime::Calm as u8);
    assert!(market.book().regime.levels[Signal::Utilisation as usize] >= Regime::Stressed as u8);
    market.fx.warp(600);
    market.report();
    let book = market.book();
    assert_eq!(book.regime.level, Regime::Stressed as u8);
    assert!(book.regime.reasons & Signal::Utilisation.bit() != 0, "{:#b}", book.regime.reasons);
    // No price has moved by a unit.
    let still: Vec<u64> = Asset::ALL.iter().map(|asset| market.fx.feed(*asset).price).collect();
    assert_eq!(prices, still);
    // The other line, whose venue has money, is taken down to half of its cap by anybody; the dry one as far as it pays.
    let was = market.fx.line(1).mid;
    assert!(market.derisk(1));
    assert!(market.fx.line(1).mid <= was / 10 * 6, "{} of {was}", market.fx.line(1).mid);
    market.fx.assert_identities();
}

#[test]
fn a_venue_that_is_empty_for_a_moment_raises_nothing() {
    let mut market = lent();
    market.report();
    for _ in 0..3 {
        let liquidity = market.fx.line(0).liquidity;
        market.fx.lending().borrow(0, liquidity / 100 * 97).unwrap();
        market.report();
        assert!(market.book().regime.levels[Signal::Utilisation as usize] > 0);
        market.fx.lending().repay(0, liquidity / 100 * 97).unwrap();
        market.report();
        market.fx.warp(600);
        market.report();
        assert_eq!((market.regime(), market.book().regime.venue_since), (Regime::Calm as u8, [0; 3]));
    }
    assert!(!market.derisk(0) && !market.derisk(1));
}

#[test]
fn wider_confidence_raises_the_regime_before_the_price_moves() {
    let mut market = Market::settled();
    let feed = *market.fx.deployment.feeds.get(Asset::Sol);
    let price = market.fx.deployment.plan.price(Asset::Sol);
    market.fx.warp(60);
    // Confidence was a hundredth of a percent of the price on every day; now it is a tenth of a percent.
    feed.post(&mut market.fx.chain, price, price.unsigned_abs() / 1_000).unwrap();
    market.fx.send(&[feed.update()], &[]).unwrap();
    market.observe();
    let book = market.book();
    assert_eq!(book.regime.level, Regime::Stressed as u8);
    assert!(book.regime.reasons & Signal::Confidence.bit() != 0, "{:#b}", book.regime.reasons);
    assert!(market.derisk(LENDING[0]));
    let days = paths::calm(1);
    market.live(&days);
    assert_eq!(market.regime(), Regime::Stressed as u8, "one calmer day is not enough");
}
