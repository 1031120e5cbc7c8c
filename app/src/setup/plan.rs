//! What to set up.

use anchor_lang::prelude::Pubkey;
use anchor_spl::token;
use lending_venue::{CohortParams, ReserveConfig};
use risk_oracle::FeedParams;
use strategy_router::{state::LimitsArgs, LineParams};
use vault::{FeesArgs, VaultLimitsArgs};

use super::feeds::{Asset, DOLLAR};

/// Base units of one whole USDC.
const USDC: u64 = 1_000_000;

/// Everything that a deployment is made from.
#[derive(Clone, Debug)]
pub struct Plan {
    /// All keys follow from it.
    pub seed: u64,
    /// Number among the owner's vaults.
    pub vault_index: u16,
    /// Token program of the base mint.
    pub base_program: Pubkey,
    /// Smallest first deposit, base units.
    pub min_first_deposit: u64,
    /// The ledger's limits.
    pub limits: LimitsArgs,
    /// The vault's fees.
    pub fees: FeesArgs,
    /// The vault's own limits.
    pub terms: VaultLimitsArgs,
    /// The ledger's policy: 0 bands, 1 water-filling.
    pub policy: u8,
    /// Parameters of every feed; stable assets get a peg of one dollar.
    pub feed_params: FeedParams,
    /// First prices in the order of [`super::Asset::ALL`], exponent −8.
    pub prices: [i64; 5],
    /// Registered keepers.
    pub keepers: usize,
    /// The ledger's lines.
    pub lines: Vec<LinePlan>,
}

/// One line and the lending market under it.
#[derive(Clone, Debug)]
pub struct LinePlan {
    /// Whether the base asset is swapped into the token first, and the line priced by feeds.
    pub swapped: bool,
    /// Bounds and valuation parameters.
    pub params: LineParams,
    /// The reserve's configuration.
    pub reserve: ReserveConfig,
    /// What others have deposited when the line begins, units of the reserve's asset.
    pub liquidity: u64,
    /// How much of that the market's owner has borrowed, units.
    pub borrowed: u64,
    /// Simulated borrowers; none for a market that only moves by hand.
    pub cohorts: Vec<CohortParams>,
    /// Cap of the line in the book, basis points of NAV.
    pub risk_cap_bps: u16,
    /// Cap of the line in the book, base units.
    pub risk_cap: u64,
}

impl Default for Plan {
    fn default() -> Self {
        Self::with_lines(3)
    }
}

impl Plan {
    /// A plan with `count` lines, at most 16; where there are three or more, the third is swapped.
    ///
    /// Weights: the same target for each line, 90% in all.
    pub fn with_lines(count: usize) -> Self {
        let count = count.min(16);
        let target = u16::try_from(9_000_usize.checked_div(count).unwrap_or(0)).unwrap_or(0);
        Self {
            seed: 1,
            vault_index: 0,
            base_program: token::ID,
            min_first_deposit: USDC,
            limits: limits(),
            fees: FeesArgs::default(),
            terms: VaultLimitsArgs::default(),
            policy: 0,
            feed_params: feed_params(),
            prices: [DOLLAR, DOLLAR, 60_000 * DOLLAR, 2_500 * DOLLAR, 150 * DOLLAR],
            keepers: 2,
            lines: (0..count).map(|place| LinePlan::new(place, target)).collect(),
        }
    }
}

impl Plan {
    /// The price of `asset`, exponent −8.
    pub fn price(&self, asset: Asset) -> i64 {
        self.prices[asset.index()]
    }
}

impl LinePlan {
    /// The line at `place`, with the weight that it steers for.
    pub fn new(place: usize, target_bps: u16) -> Self {
        let swapped = place == 2;
        // Markets differ, so that policies have something to choose: each pays a little less than the one before.
        let slope = 400 - 15 * u32::try_from(place.min(16)).unwrap_or(16);
        Self {
            swapped,
            params: LineParams {
                min_bps: 0,
                target_bps,
                max_bps: (target_bps * 2).min(10_000),
                band_bps: 100,
                cooldown: 600,
                cap: 1_000_000_000 * USDC,
                widen_rate: if swapped { 20_000 } else { 500 },
                max_slippage_bps: if swapped { 100 } else { 10 },
                haircut_bps: 100,
                max_venue_age: 150,
            },
            reserve: ReserveConfig {
                deposit_limit: 100_000_000 * USDC,
                protocol_take_rate_pct: 10,
                max_age_price_seconds: u64::MAX,
                ..ReserveConfig::open(&[(0, 50), (8_000, slope), (9_500, 4 * slope), (10_000, 30 * slope)])
            },
            liquidity: 5_000_000 * USDC,
            borrowed: 3_500_000 * USDC,
            cohorts: Vec::new(),
            risk_cap_bps: 10_000,
            risk_cap: u64::MAX,
        }
    }
}

/// Limits that let a test breathe: valuations of up to ten minutes, generous budgets.
fn limits() -> LimitsArgs {
    LimitsArgs {
        max_valuation_age: 600,
        epoch: 86_400,
        min_cash_bps: 500,
        loss_budget_bps: 50,
        keeper_loss_budget_bps: 30,
        keeper_pay: USDC / 100,
        keeper_pay_budget: 100 * USDC,
        target_volatility_bps: 3_000,
        bounty_bps: 0,
        bounty_budget: 0,
    }
}

/// Feeds that take prices of up to ten minutes and flag what the defaults of the oracle's peers flag.
fn feed_params() -> FeedParams {
    FeedParams {
        max_age: 600,
        max_future: 60,
        max_confidence_bps: 500,
        wide_confidence_bps: 200,
        max_divergence_bps: 200,
        max_stable_gap_bps: 3_000,
        peg_band_bps: 200,
        stable_bps_per_hour: 600,
        peg: 0,
    }
}
