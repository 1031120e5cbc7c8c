//! Positions on representative inputs: an option a month from expiry, a range around the price, a loop at three times, and
//! a hedge.

use core::hint::black_box;

use gimbal_math::option::European;
use gimbal_math::position::{hedge::Hedged, leverage::Leveraged, liquidity::Range};
use gimbal_math::{Bps, Price, Q64Signed, Q64};

/// A price near that of SOL.
pub(super) const PRICE: Price = Price(150 * Price::SCALE);

/// The square root of a price of 0.15.
pub(super) const ROOT: Q64 = Q64(7_144_393_258_922_745_604);

pub(super) fn option() -> European {
    black_box(European {
        spot: Q64::from_int(60_000),
        strike: Q64::from_int(66_000),
        rate: Q64Signed((1 << 64) / 25),
        volatility: Q64((65 << 64) / 100),
        years: Q64((1 << 64) / 12),
    })
}

pub(super) fn range() -> Range {
    black_box(Range { liquidity: 123_456_789_012_345, lower: Q64(ROOT.0 / 10 * 9), upper: Q64(ROOT.0 / 10 * 11) })
}

pub(super) fn leveraged() -> Leveraged {
    black_box(Leveraged { collateral: 3_000_000_000_000, debt: 2_000_000_000_000, threshold: Bps(8_500) })
}

pub(super) fn hedged() -> Hedged {
    black_box(Hedged {
        spot: 1_000_000_000_000,
        short: 990_000_000_000,
        margin: 200_000_000_000,
        maintenance: Bps(500),
    })
}
