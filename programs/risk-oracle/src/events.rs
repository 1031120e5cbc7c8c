//! What happened, in raw integers. Each event begins with the account it concerns, the slot and the time.

use anchor_lang::prelude::*;

mod book;
mod contagion;

pub use book::*;
pub use contagion::*;

use crate::policy::volatility::Digest;
use crate::state::{Bar, Engine, Feed, FeedParams, ModelParams};

/// A feed was registered.
#[event]
pub struct FeedRegistered {
    /// The feed.
    pub feed: Pubkey,
    /// Slot of the event.
    pub slot: u64,
    /// Unix second of the event.
    pub time: i64,
    /// First owner, part of the address.
    pub authority: Pubkey,
    /// Pyth id of the asset.
    pub feed_id: [u8; 32],
    /// Pyth id of the second source; zero for none.
    pub second_feed_id: [u8; 32],
    /// Parameters as stored.
    pub params: FeedParams,
}

/// A feed's parameters were set.
#[event]
pub struct FeedParamsSet {
    /// The feed.
    pub feed: Pubkey,
    /// Slot of the event.
    pub slot: u64,
    /// Unix second of the event.
    pub time: i64,
    /// Parameters as stored.
    pub params: FeedParams,
    /// Status flags under the new parameters.
    pub flags: u8,
}

/// A feed took a newer price.
#[event]
pub struct FeedUpdated {
    /// The feed.
    pub feed: Pubkey,
    /// Slot of the event.
    pub slot: u64,
    /// Unix second of the event.
    pub time: i64,
    /// Price of the first source, USD per whole token times 10^12.
    pub price: u64,
    /// Its confidence, in the price's unit.
    pub confidence: u64,
    /// When it was published, Unix seconds.
    pub publish_time: i64,
    /// Price of the second source; 0 without one.
    pub second_price: u64,
    /// Its confidence.
    pub second_confidence: u64,
    /// When it was published.
    pub second_publish_time: i64,
    /// The stable price after the update.
    pub stable_price: u64,
    /// Updates so far, this one included.
    pub updates: u64,
    /// Status flags after the update.
    pub flags: u8,
    /// Hash of all price messages taken so far.
    pub inputs_hash: [u8; 32],
}

impl FeedUpdated {
    /// The event of a feed as it stands.
    pub fn of(key: Pubkey, clock: &Clock, feed: &Feed) -> Self {
        Self {
            feed: key,
            slot: clock.slot,
            time: clock.unix_timestamp,
            price: feed.price,
            confidence: feed.confidence,
            publish_time: feed.publish_time,
            second_price: feed.second_price,
            second_confidence: feed.second_confidence,
            second_publish_time: feed.second_publish_time,
            stable_price: feed.stable_price,
            updates: feed.updates,
            flags: feed.flags,
            inputs_hash: feed.inputs_hash,
        }
    }
}

/// The first update of a later day closed a feed's daily bar.
#[event]
pub struct BarClosed {
    /// The feed.
    pub feed: Pubkey,
    /// Slot of the event.
    pub slot: u64,
    /// Unix second of the event.
    pub time: i64,
    /// Day of the bar, days since 1970-01-01 UTC.
    pub day: u32,
    /// Updates in the bar.
    pub samples: u32,
    /// First price of the day.
    pub open: u64,
    /// Largest price of the day.
    pub high: u64,
    /// Smallest price of the day.
    pub low: u64,
    /// Last price of the day.
    pub close: u64,
}

impl BarClosed {
    /// The event of a closed bar.
    pub fn of(key: Pubkey, clock: &Clock, bar: &Bar) -> Self {
        Self {
            feed: key,
            slot: clock.slot,
            time: clock.unix_timestamp,
            day: bar.day,
            samples: bar.samples,
            open: bar.open,
            high: bar.high,
            low: bar.low,
            close: bar.close,
        }
    }
}

/// A closed bar was digested and the next day forecast. Variances are in units of 2^-56 per day.
#[event]
pub struct VarianceForecast {
    /// The feed.
    pub feed: Pubkey,
    /// Slot of the event.
    pub slot: u64,
    /// Unix second of the event.
    pub time: i64,
    /// Day of the bar; the forecasts are for the one after it.
    pub day: u32,
    /// Bars digested so far, this one included.
    pub bars: u32,
    /// Forecasts of EWMA, GARCH, HAR and range model, and their mixture.
    pub variances: [u64; 5],
    /// Weights of the models in the mixture, of 65,536.
    pub weights: [u32; 4],
    /// Quantile and shortfall of the losses, in thousandths of a standard deviation.
    pub tail_low: [u32; 2],
    /// Quantile and shortfall of the gains.
    pub tail_high: [u32; 2],
    /// The bar's return in thousandths of the standard deviation that was forecast for it; 0 of the first bar.
    pub residual: i16,
    /// The bar's return was clamped.
    pub jump: bool,
    /// The bar was held against a seasoned forecast.
    pub tested: bool,
    /// Its loss exceeded that forecast's value at risk.
    pub exception: bool,
    /// Days tested so far.
    pub days: u32,
    /// Exceptions so far.
    pub exceptions: u32,
}

impl VarianceForecast {
    /// The event of an engine that has just digested a bar.
    pub fn of(key: Pubkey, clock: &Clock, engine: &Engine, digest: &Digest) -> Self {
        let (low, high) = (engine.tail_low, engine.tail_high);
        Self {
            feed: key,
            slot: clock.slot,
            time: clock.unix_timestamp,
            day: engine.last_day,
            bars: engine.bars,
            variances: engine.variances,
            weights: engine.weights,
            tail_low: [low.quantile_milli, low.shortfall_milli],
            tail_high: [high.quantile_milli, high.shortfall_milli],
            residual: engine.last_residual,
            jump: digest.jump,
            tested: digest.tested,
            exception: digest.exception,
            days: engine.tested.days,
            exceptions: engine.tested.exceptions,
        }
    }
}

/// The coefficients of a feed's volatility models were set.
#[event]
pub struct ModelSet {
    /// The feed.
    pub feed: Pubkey,
    /// Slot of the event.
    pub slot: u64,
    /// Unix second of the event.
    pub time: i64,
    /// Coefficients as stored.
    pub params: ModelParams,
    /// Times that they were set on this feed since it has prices.
    pub refits: u32,
    /// Hash of all inputs so far, these included.
    pub inputs_hash: [u8; 32],
}

/// A ledger's book was created.
#[event]
pub struct BookCreated {
    /// The book.
    pub book: Pubkey,
    /// Slot of the event.
    pub slot: u64,
    /// Unix second of the event.
    pub time: i64,
    /// The ledger.
    pub ledger: Pubkey,
    /// Owner of the book.
    pub owner: Pubkey,
    /// Curator; zero for none.
    pub curator: Pubkey,
    /// Guardian; zero for none.
    pub guardian: Pubkey,
}

/// A row of a book's risk table was set.
#[event]
pub struct RiskLimitSet {
    /// The book.
    pub book: Pubkey,
    /// Slot of the event.
    pub slot: u64,
    /// Unix second of the event.
    pub time: i64,
    /// Who set it.
    pub by: Pubkey,
    /// Row of the table.
    pub index: u8,
    /// Name of the risk.
    pub label: [u8; 16],
    /// Cap in basis points of NAV.
    pub cap_bps: u16,
    /// Cap in base units.
    pub cap: u64,
}

/// A line's risks and caps were set; all none and zero: its row was freed.
#[event]
pub struct LineRiskSet {
    /// The book.
    pub book: Pubkey,
    /// Slot of the event.
    pub slot: u64,
    /// Unix second of the event.
    pub time: i64,
    /// Who set it.
    pub by: Pubkey,
    /// The ledger's id of the line.
    pub line: u16,
    /// Rows of the risk table; 255 for none.
    pub risks: [u8; 4],
    /// Cap in basis points of NAV.
    pub cap_bps: u16,
    /// Cap in base units.
    pub cap: u64,
}

/// What about a role changed.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub enum RoleChange {
    /// The owner proposed a successor, or withdrew one.
    OwnerProposed,
    /// The proposed owner became owner.
    OwnerAccepted,
    /// The curator was named, or the post left empty.
    CuratorSet,
    /// The guardian was named, or the post left empty.
    GuardianSet,
    /// The owner gave ownership up for ever.
    OwnerRenounced,
    /// The curator's post was given up for ever.
    CuratorRenounced,
    /// The guardian gave its post up for ever.
    GuardianRenounced,
}

/// A role of a feed or a book changed.
#[event]
pub struct RoleChanged {
    /// The feed or the book.
    pub account: Pubkey,
    /// Slot of the event.
    pub slot: u64,
    /// Unix second of the event.
    pub time: i64,
    /// Who changed it.
    pub by: Pubkey,
    /// What changed.
    pub change: RoleChange,
    /// The key that was proposed or named; zero for nobody.
    pub key: Pubkey,
}

/// The owner proposed a change: an instruction that waits.
#[event]
pub struct ChangeProposed {
    /// The feed or the book.
    pub target: Pubkey,
    /// Slot of the event.
    pub slot: u64,
    /// Unix second of the event.
    pub time: i64,
    /// The change's account.
    pub change: Pubkey,
    /// Its number among the target's changes, from 0.
    pub nonce: u64,
    /// Unix second from which it can be applied.
    pub ready_at: i64,
    /// Unix second from which it cannot be applied any more.
    pub expires_at: i64,
    /// The instruction's data: discriminator and arguments.
    pub data: Vec<u8>,
}

/// A change was vetoed, or withdrawn by the owner.
#[event]
pub struct ChangeVetoed {
    /// The feed or the book.
    pub target: Pubkey,
    /// Slot of the event.
    pub slot: u64,
    /// Unix second of the event.
    pub time: i64,
    /// The change's account.
    pub change: Pubkey,
    /// Who signed.
    pub by: Pubkey,
}

/// A change that had waited was applied; what it set is told by an event of its own.
#[event]
pub struct ChangeApplied {
    /// The feed or the book.
    pub target: Pubkey,
    /// Slot of the event.
    pub slot: u64,
    /// Unix second of the event.
    pub time: i64,
    /// The change's account.
    pub change: Pubkey,
}
