//! One asset's days through the risk oracle, as transactions on a chain of their own.
//!
//! Each day brings four prices, as [`day`] has them. One more price on the morning after the last day closes that day's bar.
//! The chain's clock begins later than any price file: the first day falls on the chain's second day, and the gaps between
//! days are kept, which is all that the engine sees of the calendar. What is kept of each day is what the feed's account
//! says behind the update that closed the day's bar.

use sha2::{Digest, Sha256};
use solana_keypair::Keypair;
use solana_signer::Signer;

use anchor_lang::prelude::Pubkey;
use risk_oracle::state::{Bar, Feed, TailRisk, Tested};
use risk_oracle::{FeedParams, ModelParams, RegisterFeedArgs};

use super::BacktestError;
use crate::chain::{Chain, ChainError, EmbeddedChain, Mode, PriceUpdate, Sandbox};
use crate::date::Date;
use crate::instructions::oracle;
use crate::prices::day;
use crate::readers;
use crate::risk::series::Series;
use crate::setup::{feeds, keys::keypair};

/// Lamports for fees and the feed's rent: 1,000 SOL.
const LAMPORTS: u64 = 1_000_000_000_000;
/// Powers of ten of the prices that are posted: as fine as the feed, or one digit less where 63 bits do not hold it.
const EXPONENTS: [i32; 2] = [-12, -11];

/// What a feed says right behind the update that closed a bar.
#[derive(Clone, Copy, Debug)]
pub struct Close {
    /// The day in the price file.
    pub date: Date,
    /// Days since the day before it in the file; 0 for the first.
    pub gap: u32,
    /// The bar that was closed.
    pub bar: Bar,
    /// Forecasts for the next day: the four models', the mixture's; units of 2^-56 a day.
    pub variances: [u64; 5],
    /// Weights of the four models, of 65,536.
    pub weights: [u32; 4],
    /// The tail of falls, for the next day.
    pub tail: TailRisk,
    /// Bars digested so far.
    pub bars: u32,
    /// Whether the forecast may be used.
    pub seasoned: bool,
    /// The feed's own counters.
    pub tested: Tested,
}

/// What came of one asset's days.
#[derive(Clone, Debug)]
pub struct Course {
    /// The feed's address on its chain.
    pub feed: Pubkey,
    /// Transactions that the chain ran.
    pub transactions: usize,
    /// Largest compute units of an update that closed a bar, and of one that closed none.
    pub units: [u64; 2],
    /// One for each day, in order.
    pub closes: Vec<Close>,
}

/// The id of the feed of an asset of this name: no Pyth feed has it.
pub fn feed_id(asset: &str) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(b"gimbal backtest feed");
    hash.update(asset.as_bytes());
    hash.finalize().into()
}

/// The exponent that all prices of a series are posted with.
fn exponent(series: &Series) -> i32 {
    let highest = series.days.iter().map(|(_, bar)| bar.high).max().unwrap_or_default();
    EXPONENTS[usize::from(i64::try_from(highest).is_err())]
}

/// A chain with one feed on it.
struct Bench {
    chain: EmbeddedChain,
    key: Keypair,
    feed: Pubkey,
    id: [u8; 32],
    price_account: Pubkey,
    exponent: i32,
    transactions: usize,
    units: [u64; 2],
}

impl Bench {
    fn new(mode: Mode, series: &Series, params: &ModelParams) -> Result<Self, ChainError> {
        let mut chain = EmbeddedChain::new(mode)?;
        let key = keypair(0, "backtest", 0);
        let authority = key.pubkey();
        chain.fund(&authority, LAMPORTS)?;
        let id = feed_id(&series.asset);
        let feed = oracle::feed_address(&authority, &id);
        let args = RegisterFeedArgs {
            feed_id: id,
            second_feed_id: [0; 32],
            curator: Pubkey::default(),
            guardian: Pubkey::default(),
            params: widest(),
        };
        let mut instructions = vec![oracle::register_feed(&authority, &authority, args)];
        if *params != ModelParams::DEFAULT {
            instructions.push(oracle::set_model(&authority, &feed, *params));
        }
        chain.execute(&key, &instructions, &[], &[])?;
        let price_account = feeds::price_account(&id);
        let exponent = exponent(series);
        Ok(Self { chain, key, feed, id, price_account, exponent, transactions: 1, units: [0; 2] })
    }

    /// Brings a price at a moment of the chain's clock.
    fn bring(&mut self, time: i64, price: u64, closes: bool) -> Result<(), ChainError> {
        let clock = self.chain.clock()?;
        let seconds = u64::try_from(time.saturating_sub(clock.unix_timestamp))
            .map_err(|_| ChainError::Backend("the days go backwards: sort them by date".to_owned()))?;
        self.chain.warp(seconds)?;
        let slot = self.chain.clock()?.slot;
        let price = if self.exponent == EXPONENTS[0] { price } else { price / 10 };
        let price = i64::try_from(price).unwrap_or(i64::MAX);
        let update = PriceUpdate::new(self.id, price, feeds::usual_confidence(price), self.exponent, time, slot);
        self.chain.set_price(&self.price_account, &update)?;
        let instruction = oracle::update_feed(&self.feed, &self.price_account, None);
        let receipt = self.chain.execute(&self.key, &[instruction], &[], &[])?;
        self.transactions += 1;
        let units = &mut self.units[usize::from(!closes)];
        *units = (*units).max(receipt.compute_units);
        Ok(())
    }

    fn feed(&self) -> Result<Feed, ChainError> {
        readers::read(&self.chain, &self.feed)
    }
}

/// Parameters under which every day's prices are taken.
fn widest() -> FeedParams {
    FeedParams {
        max_age: FeedParams::MAX_AGE,
        max_future: 0,
        max_confidence_bps: FeedParams::MAX_CONFIDENCE_BPS,
        wide_confidence_bps: FeedParams::MAX_CONFIDENCE_BPS,
        max_divergence_bps: FeedParams::MAX_DIVERGENCE_BPS,
        max_stable_gap_bps: FeedParams::MAX_STABLE_GAP_BPS,
        peg_band_bps: FeedParams::MAX_PEG_BAND_BPS,
        stable_bps_per_hour: FeedParams::MAX_STABLE_BPS_PER_HOUR,
        peg: 0,
    }
}

/// Runs all days of a series through a feed with these model parameters. `name` is the model's, for errors; `step` is called
/// once for each day.
///
/// # Errors
///
/// [`BacktestError::Chain`] with the day at which the chain refused.
pub fn run(
    mode: Mode,
    series: &Series,
    name: &'static str,
    params: &ModelParams,
    step: &(dyn Fn() + Sync),
) -> Result<Course, BacktestError> {
    let refused = |date: Date| {
        let asset = series.asset.clone();
        move |error: ChainError| BacktestError::Chain { asset, model: name, date, error: Box::new(error) }
    };
    let Some((first, _)) = series.days.first().copied() else {
        return Err(BacktestError::NoDays { asset: series.asset.clone() });
    };
    let mut bench = Bench::new(mode, series, params).map_err(refused(first))?;
    let start = bench.chain.clock().map_err(refused(first))?.unix_timestamp;
    let midnight = |date: Date| {
        // The chain's next midnight is the first day's.
        (start.div_euclid(day::SECONDS) + 1 + i64::from(date.0) - i64::from(first.0)) * day::SECONDS
    };
    let mut closes: Vec<Close> = Vec::with_capacity(series.days.len());
    let mut previous: Option<Date> = None;
    for (date, bar) in &series.days {
        for (place, (moment, price)) in day::prices(bar).into_iter().enumerate() {
            let closing = previous.filter(|_| place == 0);
            bench.bring(midnight(*date) + moment, price, closing.is_some()).map_err(refused(*date))?;
            if let Some(closed) = closing {
                closes.push(close(&bench, closed, closes.last()).map_err(refused(closed))?);
                step();
            }
        }
        previous = Some(*date);
    }
    if let (Some(date), Some((_, bar))) = (previous, series.days.last()) {
        bench.bring(midnight(date.next()) + day::MOMENTS[0], bar.close, true).map_err(refused(date))?;
        closes.push(close(&bench, date, closes.last()).map_err(refused(date))?);
        step();
    }
    Ok(Course { feed: bench.feed, transactions: bench.transactions, units: bench.units, closes })
}

/// What the feed says behind the update that closed the bar of `date`.
fn close(bench: &Bench, date: Date, before: Option<&Close>) -> Result<Close, ChainError> {
    let feed = bench.feed()?;
    let bar = feed.bars.closed_bar(0).copied().ok_or_else(|| {
        ChainError::Backend(format!("the feed closed no bar for {date}: this is a fault of the suite"))
    })?;
    let engine = &feed.engine;
    Ok(Close {
        date,
        gap: before.map_or(0, |before| date.0 - before.date.0),
        bar,
        variances: engine.variances,
        weights: engine.weights,
        tail: engine.tail_low,
        bars: engine.bars,
        seasoned: engine.is_seasoned(),
        tested: engine.tested,
    })
}
