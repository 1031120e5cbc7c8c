//! What a ledger may add to a line: the whole computation of a verdict, without accounts.

use anchor_lang::prelude::*;

use crate::error::OracleError;
use crate::policy::{caps, exposures, frontier, lines, regime, stress, tail};
use crate::state::{cap_of_nav_down, Book, Exposure, RiskParams, LINES, NO_ASSET};

/// [`AssessArgs::line`] of a report: nothing is to be moved.
pub const NO_ROW: u8 = u8::MAX;

/// What the router asks.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Debug, PartialEq, Eq)]
pub struct AssessArgs {
    /// NAV of the ledger, base units. Moving cash into a line does not change it.
    pub nav: u64,
    /// The row that new money is meant for, 0 to 15; [`NO_ROW`] when nothing is to be moved.
    pub line: u8,
    /// The new money, base units; of no meaning with [`NO_ROW`].
    pub amount: u64,
    /// Value of each row before the move, base units.
    pub values: [u64; LINES],
    /// Id of each row's line; 0 for an empty row.
    pub line_ids: [u16; LINES],
    /// Exposure of each row before the move, at most 16; rows beyond the last one given have none.
    pub exposures: Vec<Exposure>,
}

/// What the oracle answers. The move is allowed when `flags` is 0.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Why not, one bit per reason.
    pub flags: u32,
    /// Largest new money for the line that breaches nothing, and of which no part does, base units. A hedge may be allowed
    /// as a whole that has less room.
    pub room: u64,
}

impl Verdict {
    /// The line, or another one that holds value, is unknown to the book.
    pub const LINE_UNREGISTERED: u32 = 1;
    /// The line would exceed its cap in base units.
    pub const LINE_CAP: u32 = 2;
    /// The line would exceed its cap in basis points of NAV.
    pub const LINE_CAP_BPS: u32 = 4;
    /// A risk of the line would exceed its cap in base units.
    pub const RISK_CAP: u32 = 8;
    /// A risk of the line would exceed its cap in basis points of NAV.
    pub const RISK_CAP_BPS: u32 = 16;
    /// There is no NAV to take a part of.
    pub const NAV_ZERO: u32 = 32;
    /// The book's value at risk would exceed its limit.
    pub const VAR: u32 = 64;
    /// The book's expected shortfall would exceed its limit.
    pub const SHORTFALL: u32 = 128;
    /// A scenario would lose more than its limit.
    pub const STRESS: u32 = 256;
    /// The line would be leveraged beyond its limit, or beyond what its margin allows.
    pub const LEVERAGE: u32 = 512;
    /// The line's liquidation is too near.
    pub const LIQUIDATION: u32 = 1_024;
    /// The book would be too concentrated.
    pub const CONCENTRATION: u32 = 2_048;
    /// The line could not be left in time, or would be too large a part of what its venue can pay out.
    pub const LIQUIDITY: u32 = 4_096;
    /// The line would exceed what the regime leaves of its caps.
    pub const REGIME: u32 = 8_192;
    /// The line would exceed what contagion leaves of its caps.
    pub const CONTAGION: u32 = 16_384;
    /// Prices were not observed, or scenarios not worked out, for longer than the parameters allow.
    pub const STALE_RISK: u32 = 32_768;
    /// A price moves the line or another one, and there is no asset or no forecast for it.
    pub const UNMODELLED: u32 = 65_536;

    /// Whether the move may be made.
    pub const fn allows(&self) -> bool {
        self.flags == 0
    }

    /// Takes one cap into account: `exposure` may grow to `cap`.
    pub(super) fn limit(&mut self, flag: u32, exposure: u64, amount: u64, cap: u64) {
        if exposure.saturating_add(amount) > cap {
            self.flags |= flag;
        }
        self.room = self.room.min(cap.saturating_sub(exposure));
    }

    /// Takes one limit into account that leaves `room` for new money.
    pub(super) fn bound(&mut self, flag: u32, amount: u64, room: u64) {
        if amount > room {
            self.flags |= flag;
        }
        self.room = self.room.min(room);
    }

    /// Leaves no room.
    pub(super) fn refuse(&mut self, flag: u32) {
        self.flags |= flag;
        self.room = 0;
    }

    /// Raises a flag where a state breaches a limit, without any move.
    fn note(&mut self, flag: u32, condition: bool) {
        if condition {
            self.flags |= flag;
        }
    }
}

/// Where new money is meant to go.
pub struct Target {
    /// The line's place in the book.
    pub at: usize,
    /// Row of the asset that moves the line; [`NO_ASSET`] for none.
    pub asset: u8,
    /// The line's value before the move, base units.
    pub value: u64,
    /// The new money, base units.
    pub amount: u64,
    /// The line's exposure before the move.
    pub exposure: Exposure,
}

/// Stores what the ledger reports and says what the line may take.
///
/// Each limit refuses only what it measures: new money that a price does not move is not held to the value at risk, and a hedge
/// may be added to a book that is over it. Sums that leave 64 bits stay at the largest value, which can only refuse.
///
/// `now`: Unix second.
///
/// # Errors
/// [`OracleError::LineOutOfRange`] for a row that no ledger has. Never fails on a limit.
pub fn assess(book: &mut Book, args: &AssessArgs, now: i64) -> Result<Verdict> {
    let row = usize::from(args.line);
    let moves = args.line != NO_ROW;
    require!(args.exposures.len() <= LINES && (!moves || row < LINES), OracleError::LineOutOfRange);

    book.nav = args.nav;
    let gaps = exposures::store(book, args);
    regime::hear_venues(book, now);
    regime::raise(book, now);
    measure(book, now);

    let mut verdict = Verdict { flags: 0, room: if moves { u64::MAX } else { 0 } };
    verdict.note(Verdict::LINE_UNREGISTERED, gaps.unknown);
    verdict.note(Verdict::NAV_ZERO, args.nav == 0);
    if moves {
        match target(book, args, row) {
            None => verdict.refuse(Verdict::LINE_UNREGISTERED),
            Some(target) => limit(book, args.nav, &target, now, &mut verdict),
        }
    } else {
        report(book, args.nav, now, &mut verdict);
    }
    if verdict.flags & (Verdict::LINE_UNREGISTERED | Verdict::NAV_ZERO) != 0 {
        verdict.room = 0;
    }
    Ok(verdict)
}

/// Writes the book's figures anew from what it stores: exposures, forecasts, residuals, losses of scenarios. Whatever changes one of
/// these calls it.
pub fn measure(book: &mut Book, now: i64) {
    exposures::sum(book);
    tail::measure(book);
    lines::measure(book);
    stress::measure(book, now);
}

/// The line that new money is meant for; `None` when the book does not know it.
fn target(book: &Book, args: &AssessArgs, row: usize) -> Option<Target> {
    let (line_id, value) = (*args.line_ids.get(row)?, *args.values.get(row)?);
    let at = book.place_of(line_id)?;
    let asset = book.models.get(at).map_or(NO_ASSET, |model| model.asset);
    let exposure = args.exposures.get(row).copied().unwrap_or(Exposure::none());
    Some(Target { at, asset, value, amount: args.amount, exposure })
}

/// Holds new money to every limit.
fn limit(book: &Book, nav: u64, target: &Target, now: i64, verdict: &mut Verdict) {
    caps::limit(book, nav, target, now, verdict);
    if is_blind(book, now) {
        verdict.refuse(Verdict::STALE_RISK);
    }
    if is_unmodelled(book, target) {
        verdict.refuse(Verdict::UNMODELLED);
    }
    frontier::limit(book, nav, target, verdict);
    stress::limit(book, nav, target, verdict);
    lines::limit(book, nav, target, now, verdict);
}

/// Names what the book breaches as it stands.
fn report(book: &Book, nav: u64, now: i64, verdict: &mut Verdict) {
    let (params, figures) = (&book.params, &book.figures);
    let worst = figures.stress_losses.into_iter().fold(0, i64::max).unsigned_abs();
    let used = book.scenarios.iter().enumerate().filter(|(_, scenario)| scenario.is_used());
    let missing = used.fold(0u8, |bits, (index, _)| bits | (1 << (index & 7))) & !figures.stressed != 0;
    verdict.note(Verdict::VAR, exceeds(figures.value_at_risk, nav, params.max_var_bps));
    verdict.note(Verdict::SHORTFALL, exceeds(figures.shortfall, nav, params.max_shortfall_bps));
    verdict.note(Verdict::STRESS, exceeds(worst, nav, params.max_stress_bps));
    let concentrated =
        RiskParams::limit(params.max_concentration_bps).is_some_and(|most| figures.concentration_bps > u32::from(most));
    verdict.note(Verdict::CONCENTRATION, concentrated);
    let slow = RiskParams::limit(params.max_exit_days).is_some_and(|most| figures.exit_days > u32::from(most));
    verdict.note(Verdict::LIQUIDITY, slow);
    let unstressed = RiskParams::limit(params.max_stress_bps).is_some() && missing;
    verdict.note(Verdict::STALE_RISK, is_blind(book, now) || unstressed);
    verdict.note(Verdict::UNMODELLED, params.needs_models() && figures.unmodelled == 1);
}

fn exceeds(amount: u64, nav: u64, bps: u16) -> bool {
    RiskParams::limit(bps).is_some_and(|bps| amount > cap_of_nav_down(nav, bps))
}

/// Whether any asset's price is older than new money may rely on: then neither its risk nor the regime is known.
fn is_blind(book: &Book, now: i64) -> bool {
    let most = i64::from(book.params.max_sample_age);
    book.params.max_sample_age != u32::MAX
        && book.used_assets().any(|(_, asset)| now.saturating_sub(asset.publish_time) > most)
}

/// Whether a price moves the new money, the book limits what may be lost to prices, and some of it cannot be reckoned.
fn is_unmodelled(book: &Book, target: &Target) -> bool {
    let known = book.assets.get(usize::from(target.asset)).is_some_and(|asset| asset.variance != 0);
    book.params.needs_models() && target.exposure.is_moved_by_price() && (!known || book.figures.unmodelled == 1)
}
