//! A vault with a risk engine, and a market that is lived through day by day.

use anchor_lang::prelude::Pubkey;
use gimbal::bundle::with_budget;
use gimbal::instructions::{oracle, router::Bounty};
use gimbal_tests::*;
use risk_oracle::state::{Book, RiskParams, SECONDS_PER_DAY};
use risk_oracle::{SetAssetArgs, SetLineModelArgs};
use solana_instruction::Instruction;
use strategy_router::state::LimitsArgs;

use super::paths::{Candle, Days, MARKETS};

/// Rows of the book's assets: the three markets, and the token of the swapped line.
pub const TOKEN_ROW: u8 = 3;
/// The line over the token, and the two that lend the base asset, by their place.
pub const TOKEN_LINE: usize = 2;
pub const LENDING: [usize; 2] = [0, 1];
/// What is deposited: 100,000 USDC.
pub const DEPOSIT: u64 = 100_000 * USDC;
/// No asset, no protocol.
pub const NONE: u8 = 255;

/// A fixture whose days can be lived.
pub struct Market {
    pub fx: Fixture,
    pub alice: User,
    pub stranger: User,
    /// Prices that the present path begins with.
    begin: [i64; 3],
}

/// Two lines that lend the base asset, up to 40% each, and one over a token that moves, up to 25%; weights by inverse
/// variance at 6% a year; a cautious book that scales them all.
pub fn plan() -> Plan {
    let mut plan = Plan::with_lines(3);
    plan.policy = 2;
    plan.limits = LimitsArgs {
        keeper_pay: 0,
        target_volatility_bps: 600,
        bounty_bps: 10,
        bounty_budget: 50 * USDC,
        loss_budget_bps: 200,
        keeper_loss_budget_bps: 100,
        ..plan.limits
    };
    for (place, line) in plan.lines.iter_mut().enumerate() {
        let most = if place == TOKEN_LINE { 2_500 } else { 4_000 };
        (line.params.target_bps, line.params.max_bps) = (most / 2, most);
        (line.risk_cap_bps, line.borrowed) = (most, 0);
    }
    plan
}

/// What the book is judged by: the engine's cautious parameters; stresses have tests of their own.
pub fn params() -> RiskParams {
    RiskParams { max_stress_bps: u16::MAX, max_concentration_bps: u16::MAX, ..RiskParams::CAUTIOUS }
}

impl Market {
    /// A market at rest: the engine is set up, 45 ordinary days have passed, Alice's deposit is placed by the policy, and
    /// has lain there for a day.
    pub fn settled() -> Self {
        Self::with(plan(), &params(), |_| ())
    }

    /// As [`Self::settled`], by any plan and parameters; `prepare` does what must be done before the book is live.
    pub fn with(plan: Plan, params: &RiskParams, prepare: impl FnOnce(&mut Self)) -> Self {
        let mut fx = Fixture::from_plan(plan);
        let (alice, stranger) = (fx.depositor(2 * DEPOSIT), fx.depositor(10 * DEPOSIT));
        let mut market = Self { fx, alice, stranger, begin: [0; 3] };
        market.model(params);
        market.live(&super::paths::calm(45));
        prepare(&mut market);
        market.fx.refresh_all();
        market.observe();
        market.fx.vault().deposit(&market.alice, DEPOSIT, 0).expect("a deposit");
        market.place();
        market.live(&super::paths::calm(1));
        market
    }

    /// Names assets and models before anything depends on the book.
    fn model(&mut self, params: &RiskParams) {
        let owner = self.owner();
        // The token has no peg: it moves with its market.
        let token = self.fx.deployment.feeds.get(Asset::Token).key;
        let free = risk_oracle::FeedParams { peg: 0, ..self.fx.deployment.plan.feed_params };
        let free = oracle::set_feed_params(&owner.pubkey(), &token, free);
        self.fx.through_queue(self.fx.feed_queue(Asset::Token), free).expect("a feed without a peg");
        let (key, book) = (owner.pubkey(), self.book_key());
        let assets = MARKETS.into_iter().chain([Asset::Token]);
        let feeds = assets.map(|asset| self.fx.deployment.feeds.get(asset).key);
        let mut setup: Vec<Instruction> = (0u8..)
            .zip(feeds)
            .map(|(index, feed)| oracle::set_asset(&key, &book, SetAssetArgs { index, feed }))
            .collect();
        setup.push(oracle::set_risk_params(&key, &book, *params));
        for place in 0..self.fx.deployment.lines.len() {
            let line = self.fx.deployment.lines[place].addresses.id;
            let asset = if place == TOKEN_LINE { TOKEN_ROW } else { NONE };
            let model = SetLineModelArgs { line, asset, protocol: NONE, scaled: true };
            setup.push(oracle::set_line_model(&key, &book, model));
        }
        for instruction in setup {
            self.fx.send(&[instruction], &[&owner]).expect("a model of the vault");
        }
    }

    pub fn owner(&self) -> Keypair {
        self.fx.deployment.actors.owner.insecure_clone()
    }

    pub fn book_key(&self) -> Pubkey {
        self.fx.deployment.vault.addresses.book
    }

    pub fn book(&self) -> Box<Book> {
        Box::new(self.fx.read(&self.book_key()))
    }

    /// The present regime: 0 calm, 1 elevated, 2 stressed, 3 crisis.
    pub fn regime(&self) -> u8 {
        self.book().regime.level
    }

    pub fn now(&self) -> i64 {
        self.fx.chain.clock().expect("a clock").unix_timestamp
    }

    /// Part of NAV that a line is, basis points, rounded down.
    pub fn weight(&self, place: usize) -> u64 {
        let nav = self.fx.ledger().nav(self.now()).expect("a fresh NAV").mid;
        self.fx.line(place).mid * 10_000 / nav
    }

    /// Anybody has the book observe its feeds.
    pub fn observe(&mut self) {
        let book = self.book();
        let feeds: Vec<Pubkey> = book.used_assets().map(|(_, asset)| asset.feed).collect();
        let observe = oracle::observe(&self.book_key(), &feeds);
        self.fx.send(&with_budget(&[observe]), &[]).expect("an observation");
    }

    /// Anybody refreshes every line and reports.
    pub fn report(&mut self) {
        self.fx.refresh_all();
        self.fx.router().report().expect("a report");
    }

    /// Rebalances every line that is due, the token's last, with the pool where the feed is; what is not due stays.
    pub fn place(&mut self) {
        for place in 0..self.fx.deployment.lines.len() {
            self.fx.refresh_all();
            self.rebase();
            if let Err(error) = self.fx.router().rebalance(place) {
                let name = error.name();
                assert!(["InsideBand", "CoolingDown", "RiskLimit"].contains(&name.as_str()), "line {place}: {error}");
            }
        }
        self.fx.refresh_all();
    }

    /// A stranger takes a line down for the bounty; nothing where nothing calls for it. Returns whether it came down.
    pub fn derisk(&mut self, place: usize) -> bool {
        self.fx.refresh_all();
        self.rebase();
        let bounty = Bounty { destination: Some(self.stranger.base), network: None };
        match self.fx.router().derisk_for(&self.stranger.key, place, bounty) {
            Ok(_) => true,
            Err(error) => {
                assert_eq!(error.name(), "NothingToDerisk", "line {place}: {error}");
                false
            }
        }
    }

    /// Moves the pool's price to the feed's, as those do who trade against a pool that lags behind.
    pub fn rebase(&mut self) {
        let Some(pool) = self.fx.deployment.lines.get(TOKEN_LINE).and_then(|line| line.pool) else { return };
        let price = self.fx.deployment.plan.price(Asset::Token).unsigned_abs();
        let sqrt_price = pool.context.sqrt_price(&self.fx.deployment.token.key, price, 100_000_000);
        let owner = self.fx.deployment.actors.venue_owner.insecure_clone();
        self.fx.send(&[pool.context.rebase(sqrt_price)], &[&owner]).expect("a pool at the feed's price");
    }

    /// Lives through whole days, observing after each update; `after` looks on.
    pub fn live_with(&mut self, days: &Days, mut after: impl FnMut(&mut Self, usize)) {
        self.begin = MARKETS.map(|asset| self.fx.deployment.plan.price(asset));
        let mut opens = [1_000; 3];
        for (number, day) in days.iter().enumerate() {
            self.reach_midnight();
            for quarter in 0..4 {
                let at: Vec<u64> = opens.iter().zip(day).map(|(open, candle)| sample(*open, candle, quarter)).collect();
                self.quote(&at);
                self.observe();
                after(self, number);
                if quarter < 3 {
                    self.fx.warp(if quarter == 2 { 28_797 } else { 28_800 });
                }
            }
            opens = day.map(|candle| candle.close);
        }
    }

    /// Lives through whole days.
    pub fn live(&mut self, days: &Days) {
        self.live_with(days, |_, _| ());
    }

    /// Posts prices, thousandths of the path's beginning. The token moves as SOL does.
    fn quote(&mut self, at: &[u64]) {
        for ((asset, begin), at) in MARKETS.into_iter().zip(self.begin).zip(at) {
            let price = begin / 1_000 * i64::try_from(*at).expect("a price");
            self.fx.deployment.set_price(asset, price);
            if asset == Asset::Sol {
                // 150 dollars of SOL are a dollar of the token.
                self.fx.deployment.set_price(Asset::Token, price / 150);
            }
        }
        self.fx.deployment.post_prices(&mut self.fx.chain).expect("prices");
    }

    /// Waits for the first second of the next UTC day.
    fn reach_midnight(&mut self) {
        let into_day = self.now().rem_euclid(SECONDS_PER_DAY);
        self.fx.warp((SECONDS_PER_DAY - into_day).unsigned_abs() + 1);
    }
}

/// Where a day stands at its quarter: at its open, at the end of its range that is nearer, at the other, at its close.
fn sample(open: u64, candle: &Candle, quarter: usize) -> u64 {
    let low_first = open.abs_diff(candle.low) <= open.abs_diff(candle.high);
    match (quarter, low_first) {
        (0, _) => open,
        (1, true) | (2, false) => candle.low,
        (1, false) | (2, true) => candle.high,
        _ => candle.close,
    }
}
