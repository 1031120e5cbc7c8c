//! How much worse than previewed a flow may come out.

use serde::Serialize;
use vault::math::Flow;

use super::flow::Kind;
use super::units::Amount;

/// Basis points of one.
const BPS: u64 = 10_000;

/// The worst result that the signer accepts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Bound {
    /// `min_shares`, `max_assets`, `max_shares` or `min_assets`.
    pub what: &'static str,
    /// The amount.
    pub amount: Amount,
}

impl Bound {
    /// The bound of a flow whose free side comes to `result` units, `slippage_bps` worse: least rounded up, most rounded
    /// down, so that it is never looser than asked.
    pub fn within(kind: Kind, result: u64, slippage_bps: u16, decimals: u8) -> Self {
        let (result, slippage) = (u128::from(result), u128::from(slippage_bps));
        let units = match kind {
            Kind::Deposit | Kind::Redeem => {
                (result * u128::from(BPS).saturating_sub(slippage)).div_ceil(u128::from(BPS))
            }
            Kind::Mint | Kind::Withdraw => result * (u128::from(BPS) + slippage) / u128::from(BPS),
        };
        Self::exactly(kind, u64::try_from(units).unwrap_or(u64::MAX), decimals)
    }

    /// A bound that was given.
    pub fn exactly(kind: Kind, units: u64, decimals: u8) -> Self {
        let what = match kind {
            Kind::Deposit => "min_shares",
            Kind::Mint => "max_assets",
            Kind::Withdraw => "max_shares",
            Kind::Redeem => "min_assets",
        };
        Self { what, amount: Amount::new(units, decimals) }
    }

    /// Whether a result meets the bound.
    pub fn accepts(&self, kind: Kind, flow: &Flow) -> bool {
        let bound = self.amount.base_units;
        match kind {
            Kind::Deposit => flow.shares.0 >= bound,
            Kind::Mint => flow.assets.0 <= bound,
            Kind::Withdraw => flow.shares.0 <= bound,
            Kind::Redeem => flow.assets.0 >= bound,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gimbal_math::{Assets, Shares};

    #[test]
    fn bounds_are_never_looser_than_asked() {
        // 0.1% of 12,345 is 12.345: at least 12,332.655, so 12,333; at most 12,357.345, so 12,357.
        for (kind, what, bound) in [
            (Kind::Deposit, "min_shares", 12_333),
            (Kind::Redeem, "min_assets", 12_333),
            (Kind::Mint, "max_assets", 12_357),
            (Kind::Withdraw, "max_shares", 12_357),
        ] {
            let found = Bound::within(kind, 12_345, 10, 6);
            assert_eq!((found.what, found.amount.base_units), (what, bound));
            assert_eq!(Bound::within(kind, 12_345, 0, 6).amount.base_units, 12_345);
        }
        assert_eq!(Bound::within(Kind::Deposit, u64::MAX, 10_000, 6).amount.base_units, 0);
        assert_eq!(Bound::within(Kind::Mint, u64::MAX, 1, 6).amount.base_units, u64::MAX);
    }

    #[test]
    fn a_bound_is_met_or_not() {
        let flow = Flow { assets: Assets(100), shares: Shares(90), fee: Assets(1) };
        let accepts = |kind, units| Bound::exactly(kind, units, 6).accepts(kind, &flow);
        assert!(accepts(Kind::Deposit, 90) && !accepts(Kind::Deposit, 91));
        assert!(accepts(Kind::Redeem, 100) && !accepts(Kind::Redeem, 101));
        assert!(accepts(Kind::Mint, 100) && !accepts(Kind::Mint, 99));
        assert!(accepts(Kind::Withdraw, 90) && !accepts(Kind::Withdraw, 89));
    }
}
