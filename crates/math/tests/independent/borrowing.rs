//! Liquidation, leverage and margin by exact fractions in Python, the distances also by moving the price a basis point at a time.

use gimbal_math::margin::{max_leverage_bps, Terms};
use gimbal_math::position::hedge::Hedged;
use gimbal_math::position::leverage::{max_leverage_bps_down, Leveraged};
use gimbal_math::volatility::Variance;
use gimbal_math::{Bps, Price};

struct Loan {
    position: Leveraged,
    price: u64,
    bonus: u16,
    /// Health factor in units of 2^-64.
    health: u128,
    liquidation_price: u64,
    /// The first fall in whole basis points at which the health factor is below one.
    first_liquidated: u16,
    leverage_bps: u32,
    /// To two and a half times, and to one and a fifth.
    repay: [u64; 2],
    /// At −5%, −20%, −35% and −99.99%.
    profits: [i64; 4],
}

#[test]
fn loans_by_fractions() {
    let loan = |collateral, debt, threshold| Leveraged { collateral, debt, threshold: Bps(threshold) };
    for case in [
        Loan {
            position: loan(7_777_777_777, 5_123_456_789, 8_250),
            price: 187_654_321_000_000,
            bonus: 500,
            health: 23_102_880_080_612_366_304,
            liquidation_price: 149_834_618_962_408,
            first_liquidated: 2_016,
            leverage_bps: 29_303,
            repay: [1_141_975_307, 4_592_592_592],
            profits: [-388_888_889, -1_555_555_556, -2_654_320_988, -2_654_320_988],
        },
        Loan {
            position: loan(3_000_000_000, 2_000_000_000, 8_500),
            price: 150 * Price::SCALE,
            bonus: 1_000,
            health: 23_519_598_693_979_678_310,
            liquidation_price: 117_647_058_823_530,
            first_liquidated: 2_157,
            leverage_bps: 30_000,
            repay: [500_000_000, 1_800_000_000],
            profits: [-150_000_000, -600_000_000, -1_000_000_000, -1_000_000_000],
        },
        Loan {
            position: loan(1_000_000_007, 900_000_001, 9_300),
            price: Price::SCALE,
            bonus: 150,
            health: 19_061_635_655_085_056_964,
            liquidation_price: 967_741_929_785,
            first_liquidated: 323,
            leverage_bps: 100_000,
            repay: [749_999_992, 880_000_000],
            profits: [-63_500_002, -100_000_006, -100_000_006, -100_000_006],
        },
        Loan {
            position: loan(12_345_678_901_234, 1_000_003, 8_000),
            price: 65_000 * Price::SCALE,
            bonus: 500,
            health: 182_189_516_717_257_318_868_899_144,
            liquidation_price: 6_581_269_803,
            first_liquidated: 10_000,
            leverage_bps: 10_001,
            repay: [0, 0],
            profits: [-617_283_945_062, -2_469_135_780_247, -4_320_987_615_432, -12_344_444_333_344],
        },
    ] {
        let Loan { position, .. } = case;
        assert_eq!(position.health_factor_down().0, case.health);
        assert_eq!(position.liquidation_price_up(Price(case.price)), Ok(Price(case.liquidation_price)));
        assert_eq!(position.drop_to_liquidation_bps_down(), Some(case.first_liquidated - 1));
        assert_eq!(position.leverage_bps_up(), case.leverage_bps);
        assert_eq!([25_000, 12_000].map(|target| position.repay_for_leverage_up(target).unwrap()), case.repay);
        let profits = [-500, -2_000, -3_500, -9_999].map(|fall| position.profit_down(fall, Bps(case.bonus)).unwrap());
        assert_eq!(profits, case.profits);
    }
}

/// (M + qP₀)/(q(1 + mm)): the third short is below its maintenance already, at a price 0.98% lower.
#[test]
fn shorts_by_fractions() {
    for (spot, short, margin, maintenance, price, liquidation, first_liquidated) in [
        (1_000_000_000, 1_000_000_000, 333_333_333, 625, 187_654_321_000_000, 235_487_775_313_677, 2_550),
        (5_000_000_000, 3_210_987_654, 400_000_001, 300, Price::SCALE, 1_091_817_731_816, 919),
        (Price::SCALE, Price::SCALE, 20_000_000_000, 300, 65_000 * Price::SCALE, 64_368_932_038_834_951, 0u32),
    ] {
        let position = Hedged { spot, short, margin, maintenance: Bps(maintenance) };
        assert_eq!(position.liquidation_price_down(Price(price)), Some(Price(liquidation)));
        assert_eq!(position.rise_to_liquidation_bps_down(), Some(first_liquidated.saturating_sub(1)));
    }
}

/// max(10%, m σ√days + ½ · shock · share + confidence), the leverage that it allows, and how many deviations 12.34% are.
#[test]
fn margins_by_mpmath() {
    for (variance, horizon_days, multiplier_milli, [shock, share, confidence], [covered, initial, leverage, sigmas]) in [
        // 5.5% a day: 4,942.956 basis points.
        (217_974_221_964_732, 10, 2_842, [1_000, 2_500, 13], [4_943, 5_081, 19_681, 709]),
        // 4.1%: 1,066.0.
        (121_128_815_577_756, 1, 2_600, [1_000, 12_000, 4], [1_066, 1_670, 59_880, 3_009]),
        // 1.2%: 279.24, below the floor.
        (10_376_293_541_461, 1, 2_327, [1_000, 100, 2], [280, 1_000, 100_000, 10_283]),
        // 9%: 16,267.36, more than the price.
        (583_666_511_707_216, 30, 3_300, [5_000, 10_000, 120], [16_268, 18_888, 10_000, 250]),
    ] {
        let terms = Terms { variance: Variance(variance), horizon_days, multiplier_milli };
        assert_eq!(terms.move_bps_up(), covered);
        assert_eq!(terms.initial_bps(shock, share, confidence, 1_000), initial);
        assert_eq!(max_leverage_bps(initial), leverage);
        assert_eq!(terms.maintenance_bps(500, 80), covered + 580);
        assert_eq!(terms.distance_sigma_milli(1_234), sigmas);
    }
    // 1/(1 − LT(1 − d)).
    let of_distance = |(threshold, distance)| max_leverage_bps_down(Bps(threshold), distance).unwrap();
    let wished = [(8_500, 1_234), (9_000, 3_000), (7_500, 0), (9_300, 10_000)];
    assert_eq!(wished.map(of_distance), [39_232, 27_027, 40_000, 10_000]);
}
