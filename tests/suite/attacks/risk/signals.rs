//! Signals that somebody brings about: a venue filled or emptied for a moment, a market too small to matter, prices of
//! different seconds.

use super::super::oracle::World as Divergent;
use crate::oracle::engine::*;
use crate::oracle::world::*;
use gimbal_tests::USDC;
use risk_oracle::state::Signal;
use risk_oracle::{AssessArgs, Exposure, RiskParams, NO_ROW};

/// Venues are believed once they have shown something for ten minutes.
fn watchful() -> World {
    let mut world = with_assets();
    let params = RiskParams {
        scales_bps: RiskParams::CAUTIOUS.scales_bps,
        utilisation_bps: RiskParams::CAUTIOUS.utilisation_bps,
        depth_drop_bps: RiskParams::CAUTIOUS.depth_drop_bps,
        venue_confirm_seconds: 600,
        ..RiskParams::NONE
    };
    world.send(&[set_params("owner", params)], &["owner"]).unwrap();
    world
}

/// A report of line 3 alone, which lends `value` to a venue with so much left, so much of it lent.
fn report(value: u64, liquidity: u64, utilisation_bps: u16) -> AssessArgs {
    let lent = Exposure { liquidity, utilisation_bps, kind: 1, ..Exposure::none() };
    let args = ask(2, 0, [0, 0, value], [outright(0), outright(0), lent]);
    AssessArgs { line: NO_ROW, ..args }
}

/// Whoever fills a venue for the very first report must not make a drought of what is ordinary there.
#[test]
fn a_venue_filled_for_its_first_report_leaves_no_drought_behind() {
    let ordinary = report(NAV / 10, NAV, 7_000);
    // Another report follows on the same day, or only on the next.
    for pause in [60, DAY] {
        let mut world = watchful();
        world.assess(report(NAV / 10, 50 * NAV, 200));
        for wait in [pause, 600, 600, DAY, 600] {
            world.warp(wait);
            world.assess(ordinary.clone());
            let book = world.book();
            assert_eq!((book.regime.level, book.regime.levels[Signal::Depth as usize]), (0, 0), "{pause}, {wait}");
        }
        assert_eq!(world.book().models[2].depth_mean, NAV);
        // A real drought is seen as ever.
        world.warp(DAY);
        world.assess(report(NAV / 10, NAV / 5, 7_000));
        world.warp(600);
        world.assess(report(NAV / 10, NAV / 5, 7_000));
        assert_eq!((world.book().regime.level, world.book().regime.reasons), (2, Signal::Depth.bit()), "{pause}");
    }
}

/// A market in which next to nothing lies says nothing of the whole: anybody could borrow it empty for ever.
#[test]
fn a_market_of_dust_raises_nothing_for_the_whole() {
    let mut world = watchful();
    let dust = NAV / 100 - 1;
    for _ in 0..3 {
        world.assess(report(dust, 1, 10_000));
        world.warp(600);
    }
    assert_eq!((world.book().regime.level, world.book().regime.venue_since), (0, [0; 3]));
    // A hundredth of NAV is heard.
    for _ in 0..2 {
        world.assess(report(dust + 1, 1, 10_000));
        world.warp(600);
    }
    assert_eq!((world.book().regime.level, world.book().regime.reasons & Signal::Utilisation.bit()), (3, 32));
}

/// Two sources disagree when they are asked at the same time. Whoever brings an older price of one and a newer of the other
/// in a market that moves has not shown that, and sells nobody's line.
#[test]
fn prices_of_different_seconds_sell_no_line() {
    let mut divergent = Divergent::new();
    // Everything has risen by three per cent within the last minutes; both sources say so.
    divergent.fx.warp(120);
    let thief = divergent.fx.depositor(USDC);
    divergent.post_skewed([(1, 100), (120, 103)]);
    divergent.fx.assert_refused("NothingToDerisk", |fx| fx.router().derisk(&thief.key, 1));
    // It is no time for new money either: what the older source says may be true.
    divergent.fx.assert_refused("FeedConfidenceWide", |fx| fx.router().rebalance(1));
    // In the same second it is a disagreement.
    divergent.fx.warp(1);
    divergent.post_skewed([(121, 100), (121, 103)]);
    divergent.fx.router().derisk(&thief.key, 1).unwrap();
    assert_eq!(divergent.fx.line(1).position, 0);
}
