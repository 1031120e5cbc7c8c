//! Events of a book's risk engine.

use anchor_lang::prelude::*;

use crate::state::{Book, RegimeState, RiskParams, Scenario};

/// An asset of a book was named, or its row freed.
#[event]
pub struct AssetSet {
    /// The book.
    pub book: Pubkey,
    /// Slot of the event.
    pub slot: u64,
    /// Unix second of the event.
    pub time: i64,
    /// Row of the asset.
    pub index: u8,
    /// Its feed; zero for none.
    pub feed: Pubkey,
}

/// How a book sees a line was set.
#[event]
pub struct LineModelSet {
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
    /// Row of its asset; 255 for none.
    pub asset: u8,
    /// Row of its protocol; 255 for none.
    pub protocol: u8,
    /// Whether the regime scales its caps.
    pub scaled: bool,
}

/// A book's limits and coefficients were set.
#[event]
pub struct RiskParamsSet {
    /// The book.
    pub book: Pubkey,
    /// Slot of the event.
    pub slot: u64,
    /// Unix second of the event.
    pub time: i64,
    /// Who set them.
    pub by: Pubkey,
    /// All of them, as stored.
    pub params: RiskParams,
}

/// A scenario of a book was defined, changed or freed.
#[event]
pub struct ScenarioSet {
    /// The book.
    pub book: Pubkey,
    /// Slot of the event.
    pub slot: u64,
    /// Unix second of the event.
    pub time: i64,
    /// Who set it.
    pub by: Pubkey,
    /// The row.
    pub index: u8,
    /// As stored; all zero when the row was freed.
    pub scenario: Scenario,
}

/// A book read its feeds.
#[event]
pub struct BookObserved {
    /// The book.
    pub book: Pubkey,
    /// Slot of the event.
    pub slot: u64,
    /// Unix second of the event.
    pub time: i64,
    /// Day of the newest row of residuals, days since 1970-01-01 UTC.
    pub day: u32,
    /// Whether that row is new.
    pub appended: bool,
    /// The regime, 0 calm to 3 crisis.
    pub regime: u8,
    /// What the signals say now, without hysteresis.
    pub measured: u8,
    /// One bit per signal that reached the regime.
    pub reasons: u8,
    /// Level of each signal: volatility, drawdown, jumps, confidence, move, utilisation, depth.
    pub levels: [u8; 7],
    /// What the regime leaves of scaled caps and of leverage, basis points.
    pub scale_bps: u16,
    /// Hash of all inputs so far.
    pub inputs_hash: [u8; 32],
}

impl BookObserved {
    /// The event of a book as it stands.
    pub fn of(key: Pubkey, clock: &Clock, book: &Book, appended: bool) -> Self {
        Self {
            book: key,
            slot: clock.slot,
            time: clock.unix_timestamp,
            day: book.returns.day,
            appended,
            regime: book.regime.level,
            measured: book.regime.measured,
            reasons: book.regime.reasons,
            levels: book.regime.levels,
            scale_bps: book.regime.scale_bps,
            inputs_hash: book.inputs_hash,
        }
    }
}

/// A book's regime is another than the last event told. Assessments raise it without an event, so that this may come
/// later.
#[event]
pub struct RegimeChanged {
    /// The book.
    pub book: Pubkey,
    /// Slot of the event.
    pub slot: u64,
    /// Unix second of the event.
    pub time: i64,
    /// The regime told last, 0 calm to 3 crisis.
    pub from: u8,
    /// The regime now.
    pub to: u8,
    /// When it was entered, Unix second.
    pub entered_at: i64,
    /// One bit per signal that reached it.
    pub reasons: u8,
}

impl RegimeChanged {
    /// The event, when the regime is not the one told last.
    pub fn of(key: Pubkey, clock: &Clock, regime: &RegimeState, told: u8) -> Option<Self> {
        (regime.level != told).then_some(Self {
            book: key,
            slot: clock.slot,
            time: clock.unix_timestamp,
            from: told,
            to: regime.level,
            entered_at: regime.entered_at,
            reasons: regime.reasons,
        })
    }
}

/// Scenarios of a book were worked out.
#[event]
pub struct BookStressed {
    /// The book.
    pub book: Pubkey,
    /// Slot of the event.
    pub slot: u64,
    /// Unix second of the event.
    pub time: i64,
    /// First row.
    pub from: u8,
    /// Rows.
    pub count: u8,
    /// What each scenario loses, base units; negative where it gains; 0 where none is defined.
    pub losses: [i64; 8],
    /// Hash of all inputs so far.
    pub inputs_hash: [u8; 32],
}

impl BookStressed {
    /// The event of a book as it stands, after `count` rows from row `from` on were worked out.
    pub fn of(key: Pubkey, clock: &Clock, book: &Book, from: u8, count: u8) -> Self {
        Self {
            book: key,
            slot: clock.slot,
            time: clock.unix_timestamp,
            from,
            count,
            losses: book.figures.stress_losses,
            inputs_hash: book.inputs_hash,
        }
    }
}
