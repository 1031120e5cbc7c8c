//! What each signal of an asset and of a venue says.

use super::*;

#[test]
fn each_signal_of_an_asset_has_its_three_levels() {
    let book = cautious();
    let level = |change: &dyn Fn(&mut risk_oracle::AssetRisk)| {
        let mut asset = asset(0, FOUR_PERCENT);
        change(&mut asset);
        of_asset(&asset, &book.params)
    };
    assert_eq!(level(&|_| ()), [0; 5]);
    // Volatility of 1.5, 2 and 3 times the usual: its square in the variance.
    for (factor, expected) in [(2.249, 0), (2.251, 1), (3.999, 1), (4.001, 2), (8.999, 2), (9.001, 3)] {
        let variance = (FOUR_PERCENT as f64 * factor) as u64;
        assert_eq!(level(&|asset| asset.variance = variance)[0], expected, "{factor}");
    }
    for (bps, expected) in [(1_999, 0), (2_000, 1), (3_499, 1), (3_500, 2), (5_000, 3)] {
        assert_eq!(level(&|asset| asset.drawdown_bps = bps)[1], expected);
    }
    for (jumps, expected) in [(1, 0), (2, 1), (3, 2), (4, 2), (5, 3), (22, 3)] {
        assert_eq!(level(&|asset| asset.jumps = jumps)[2], expected);
    }
    for (bps, expected) in [(29_999, 0), (30_000, 1), (60_000, 2), (u32::MAX, 3)] {
        assert_eq!(level(&|asset| asset.confidence_ratio_bps = bps)[3], expected);
    }
    for (milli, expected) in [(2_999, 0), (-2_999, 0), (3_000, 1), (-5_000, 2), (8_000, 3), (-32_000, 3), (i16::MIN, 3)]
    {
        assert_eq!(level(&|asset| asset.move_milli = milli)[4], expected);
    }
}

#[test]
fn what_is_never_reached_is_never_reached() {
    let mut extreme = asset(0, u64::MAX);
    (extreme.long_run, extreme.confidence_ratio_bps, extreme.drawdown_bps) = (1, u32::MAX, u16::MAX);
    (extreme.move_milli, extreme.jumps) = (i16::MIN, u8::MAX);
    assert_eq!(of_asset(&extreme, &RiskParams::NONE), [0; 5]);
    // An asset that was never observed says nothing.
    assert_eq!(of_asset(&risk_oracle::AssetRisk::default(), &RiskParams::CAUTIOUS), [0; 5]);
}

#[test]
fn a_venue_speaks_by_what_is_lent_and_what_is_left() {
    let mut book = cautious();
    book.lines[2].exposure = 1;
    let level = |utilisation_bps, liquidity, mean| {
        let mut model = book.models[2];
        model.exposure = Exposure { utilisation_bps, liquidity, ..Exposure::none() };
        model.depth_mean = mean;
        of_venue(&book.lines[2], &model, &book.params)
    };
    for (bps, expected) in [(9_199, 0), (9_200, 1), (9_600, 2), (9_899, 2), (9_900, 3), (10_000, 3)] {
        assert_eq!(level(bps, 100, 100), [expected, 0]);
    }
    for (liquidity, expected) in [(1_000, 0), (501, 0), (500, 1), (301, 1), (300, 2), (101, 2), (100, 3), (0, 3)] {
        assert_eq!(level(0, liquidity, 1_000), [0, expected], "{liquidity}");
    }
    // More than usual, or no bound at all, is no drought.
    assert_eq!(level(0, 5_000, 1_000), [0, 0]);
    assert_eq!(level(0, u64::MAX, 1_000), [0, 0]);
    // Where nothing is held, nothing is heard.
    book.lines[2].exposure = 0;
    let mut empty = book.models[2];
    empty.exposure.utilisation_bps = 10_000;
    assert_eq!(of_venue(&book.lines[2], &empty, &book.params), [0, 0]);
}

#[test]
fn the_usual_depth_moves_slowly() {
    assert_eq!(follow_depth(0, 700), 700, "the first report is the first mean");
    assert_eq!(follow_depth(2_200, 0), 2_100);
    assert_eq!(follow_depth(2_200, 1_100), 2_150);
    // A deposit of a moment: up by a 22nd of itself and no more.
    assert_eq!(follow_depth(2_200, 2_420), 2_210);
    assert_eq!(follow_depth(2_200, u64::MAX - 1), 2_300);
    assert_eq!(depth_drop_bps(999, 1_000), 10);
    assert_eq!(depth_drop_bps(0, 1_000), 10_000);
    assert_eq!(depth_drop_bps(0, 0), 0);
}
