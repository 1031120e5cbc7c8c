//! The deployment that the demo runs on: three lending markets that differ, and borrowers in each.

use anchor_lang::prelude::Pubkey;
use lending_venue::CohortParams;

use crate::demo::statistics::median;
use crate::prices::{Asset, Day, Prices, PRICE_SCALE};
use crate::setup::{keys::keypair, Plan};
use solana_signer::Signer;
use vault::{FeesArgs, VaultLimitsArgs};

/// Lines of the vault.
pub const LINES: usize = 3;
/// Base units of one whole USDC or USDT.
const WHOLE: u64 = 1_000_000;
/// What others keep in each venue, whole tokens.
const LIQUIDITY: [u64; LINES] = [9_000_000, 6_000_000, 4_000_000];
/// What the vault steers for in each, basis points of NAV: less behind the swap, whose price moves with the amount.
const TARGET_BPS: [u16; LINES] = [4_200, 3_600, 1_200];
/// What a move through the swap may cost against the feeds' price, basis points.
const SWAP_SLIPPAGE_BPS: u16 = 200;
/// Debt that each cohort wants at the path's middle prices, parts of ten thousand of the venue's liquidity.
const APPETITE_BPS: [u64; LINES] = [3_000, 3_400, 3_000];
/// Yearly rate at which each venue's borrowers want no more, basis points.
const CHOKE_BPS: [u32; LINES] = [1_100, 1_500, 1_300];
/// Loan to value that cohorts of BTC, ETH and SOL want, and at which they are liquidated, basis points.
const LOAN_TO_VALUE: [(u16, u16); 3] = [(5_500, 7_800), (5_500, 7_800), (5_500, 7_500)];
/// Whoever the fees go to: a wallet of its own.
pub fn fee_recipient(seed: u64) -> Pubkey {
    keypair(seed, "fee recipient", 0).pubkey()
}

/// One per cent a year, ten of the gains, five basis points to those who stay.
fn fees(seed: u64) -> FeesArgs {
    FeesArgs { recipient: fee_recipient(seed), management_bps: 100, performance_bps: 1_000, entry_bps: 0, exit_bps: 5 }
}

/// Room for everybody, a quarter of all shares a day by instant exits, and five per cent a day either way.
fn terms() -> VaultLimitsArgs {
    VaultLimitsArgs {
        deposit_cap: 1_000_000_000 * WHOLE,
        min_ticket: WHOLE,
        outflow_bps: 2_500,
        speed_up_bps: 500,
        speed_down_bps: 500,
        ..VaultLimitsArgs::default()
    }
}

/// The plan for a seed and a path: feeds begin at its first prices, borrowers are sized by its middle ones, so that in
/// poor times they want little, and in rich times more than there is.
pub fn plan(seed: u64, days: &[Day]) -> Plan {
    let first = days.first().map_or([PRICE_SCALE; 3], |day| day.steps()[0]);
    let middle = Asset::ALL.map(|asset| {
        let opens: Vec<u64> = days.iter().map(|day| day.bars[asset.index()].open).collect();
        median(&opens).unwrap_or(PRICE_SCALE)
    });
    let mut plan = Plan { seed, fees: fees(seed), terms: terms(), ..Plan::with_lines(LINES) };
    for (place, line) in plan.lines.iter_mut().enumerate() {
        line.liquidity = LIQUIDITY[place] * WHOLE;
        line.borrowed = 0;
        line.params.target_bps = TARGET_BPS[place];
        line.params.max_bps = TARGET_BPS[place] * 3 / 2;
        if line.swapped {
            line.params.max_slippage_bps = SWAP_SLIPPAGE_BPS;
        }
        line.cohorts = Asset::ALL.into_iter().map(|asset| cohort(place, asset, &middle)).collect();
    }
    for (place, price) in [2, 3, 4].into_iter().zip(first) {
        plan.prices[place] = feed_price(price);
    }
    plan
}

/// Borrowers against one asset, with collateral worth what they want to borrow at the given prices.
fn cohort(venue: usize, asset: Asset, prices: &Prices) -> CohortParams {
    let (target_ltv_bps, liquidation_ltv_bps) = LOAN_TO_VALUE[asset.index()];
    let debt = u128::from(LIQUIDITY[venue] * APPETITE_BPS[venue] / 10_000);
    let value = debt * 10_000 / u128::from(target_ltv_bps);
    // Millionths of a whole token: value in USD × 10^6 × 10^12 over USD × 10^12 a token.
    let collateral = value * 1_000_000 * 1_000_000_000_000 / u128::from(prices[asset.index()].max(1));
    let mut symbol = [0; 8];
    for (place, byte) in symbol.iter_mut().zip(asset.ticker().bytes()) {
        *place = byte;
    }
    CohortParams {
        symbol,
        collateral: u64::try_from(collateral).unwrap_or(u64::MAX),
        target_ltv_bps,
        liquidation_ltv_bps,
        bonus_bps: 600,
        close_factor_bps: 5_000,
        choke_rate_bps: CHOKE_BPS[venue],
        speed_bps: 1_500,
        refill_bps: 60,
        slow_bps: 150,
    }
}

/// A price of the demo (USD × 10^12) with Pyth's exponent −8, rounded down but never to zero.
pub fn feed_price(price: u64) -> i64 {
    i64::try_from(price / 10_000).unwrap_or(i64::MAX).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn collateral_is_worth_what_the_cohort_wants() {
        let prices = [50_000, 2_500, 100].map(|usd: u64| usd * 1_000_000_000_000);
        // 9,000,000 × 30 % = 2,700,000 at 55 % is 4,909,090 USD, or 49,090.9 SOL and 98.1818 BTC.
        assert_eq!(cohort(0, Asset::Sol, &prices).collateral, 49_090_900_000);
        assert_eq!(cohort(0, Asset::Btc, &prices).collateral, 98_181_800);
    }

    #[test]
    fn prices_change_scale() {
        assert_eq!(feed_price(1_510_000_000_000), 151_000_000);
        assert_eq!(feed_price(1), 1);
    }
}
