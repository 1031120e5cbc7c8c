//! What an action costs and brings, in lamports.

use gimbal_math::{value::convert_down, Price};
use risk_oracle::state::{Action as Use, Feed};

use super::action::ActionKind;
use super::config::KeeperConfig;
use crate::{bundle::UNITS_PER_INSTRUCTION, transaction};

/// Decimals of SOL.
const SOL_DECIMALS: u8 = 9;
/// A millionth of a dollar, as prices count.
const MICRO_USD: u64 = Price::SCALE / 1_000_000;

/// What things are worth when a plan is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rates {
    /// USD per SOL × 10^12.
    pub sol: Price,
    /// Micro-lamports per compute unit.
    pub compute_unit_price: u64,
}

impl Rates {
    /// The configuration's price of SOL, or the feed's where it has one that is fit to value by at `now`, Unix seconds.
    pub fn new(config: &KeeperConfig, sol_feed: Option<&Feed>, compute_unit_price: u64, now: i64) -> Self {
        let told = Price(config.profit.micro_usd_per_sol.saturating_mul(MICRO_USD));
        let fed = sol_feed.filter(|feed| feed.require(Use::Value, now).is_ok()).map(|feed| Price(feed.price));
        Self { sol: fed.unwrap_or(told), compute_unit_price }
    }

    /// Lamports for `amount` smallest units of an asset at `price` (USD per whole token × 10^12), rounded down; nothing for
    /// an asset without a price.
    pub fn lamports_down(&self, amount: u64, decimals: u8, price: Option<u64>) -> u64 {
        let Some(price) = price else { return 0 };
        convert_down(amount, decimals, Price(price), SOL_DECIMALS, self.sol).unwrap_or(u64::MAX)
    }

    /// What an action costs in a transaction of its own, lamports, rounded up, rent apart.
    pub fn cost_up(&self, kind: ActionKind) -> u64 {
        let units = u64::from(UNITS_PER_INSTRUCTION).saturating_mul(instructions(kind));
        self.fee_up(units)
    }

    /// What a transaction with one signature costs that asks for `units` compute units, lamports, rounded up.
    pub fn fee_up(&self, units: u64) -> u64 {
        transaction::network_fee(1, u32::try_from(units).unwrap_or(u32::MAX), self.compute_unit_price)
    }
}

/// Instructions of an action: what is refused at an old venue state brings the venue up to date first.
fn instructions(kind: ActionKind) -> u64 {
    match kind {
        ActionKind::Refresh | ActionKind::Rebalance | ActionKind::Harvest | ActionKind::CollectPay => 2,
        ActionKind::Stress => 3,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rates(compute_unit_price: u64) -> Rates {
        Rates::new(&KeeperConfig::new("k"), None, compute_unit_price, 0)
    }

    #[test]
    fn a_cent_is_worth_its_part_of_a_sol() {
        // One SOL costs 150 dollars: 0.01 / 150 SOL = 66,666.67 lamports.
        assert_eq!(rates(0).lamports_down(10_000, 6, Some(Price::SCALE)), 66_666);
        // At half a dollar half of it, and nothing without a price.
        assert_eq!(rates(0).lamports_down(10_000, 6, Some(Price::SCALE / 2)), 33_333);
        assert_eq!(rates(0).lamports_down(10_000, 6, None), 0);
        assert_eq!(rates(0).lamports_down(u64::MAX, 0, Some(u64::MAX)), u64::MAX);
    }

    #[test]
    fn a_fee_is_the_signature_and_the_units() {
        assert_eq!(rates(0).cost_up(ActionKind::Fill), 5_000);
        // 200,000 units at 10 micro-lamports are 2 lamports; at 1 a fifth, rounded up.
        assert_eq!(rates(10).cost_up(ActionKind::Fill), 5_002);
        assert_eq!(rates(1).cost_up(ActionKind::Fill), 5_001);
        assert_eq!(rates(10).cost_up(ActionKind::Rebalance), 5_004);
    }
}
