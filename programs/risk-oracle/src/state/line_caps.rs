//! What a book leaves of a line, for the router and for clients.

use gimbal_math::{volatility::Variance, Bps};

use super::{Book, LineModel, WHOLE_BPS};
use crate::policy::ratchet::ratchet;

/// What regime and contagion leave of a line's caps, basis points each; both bind, one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineScale {
    /// What the regime leaves; 10,000 for a line that is not scaled.
    pub regime_bps: u16,
    /// What contagion leaves; 10,000 for a line without a protocol, and in a book without a network.
    pub contagion_bps: u16,
}

impl LineScale {
    /// Nothing is taken.
    pub const WHOLE: Self = Self { regime_bps: WHOLE_BPS, contagion_bps: WHOLE_BPS };

    /// What both leave of an amount, rounded down; `u64::MAX`, which is no cap, stays.
    pub fn of_down(self, cap: u64) -> u64 {
        scale_down(scale_down(cap, self.regime_bps), self.contagion_bps)
    }
}

/// What a scale leaves of a cap, rounded down; `u64::MAX`, which is no cap, stays.
pub fn scale_down(cap: u64, scale_bps: u16) -> u64 {
    if cap == u64::MAX {
        return cap;
    }
    Bps(scale_bps).of_down(cap).unwrap_or(cap)
}

/// `bps` basis points of `nav`, rounded down: a cap is never larger than it says. A cap that leaves 64 bits limits
/// nothing.
pub fn cap_of_nav_down(nav: u64, bps: u16) -> u64 {
    Bps(bps).of_down(nav).unwrap_or(u64::MAX)
}

/// How far a price moves a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PriceRisk {
    /// No asset's price moves the line.
    None,
    /// The forecast variance of its asset, per day.
    Known(Variance),
    /// A price moves it, and there is no forecast of it.
    Unknown,
}

impl Book {
    /// Where a line stands in `lines` and `models`; `None` when the book does not know it.
    pub fn place_of(&self, line_id: u16) -> Option<usize> {
        self.lines.iter().position(|line| line_id != super::NO_LINE && line.line_id == line_id)
    }

    /// How the engine sees a line; `None` when the book does not know it.
    pub fn model(&self, line_id: u16) -> Option<&LineModel> {
        self.models.get(self.place_of(line_id)?)
    }

    /// What the stored ratchets leave of a line's caps; `None` when the book does not know it. The age of the contagion's
    /// solution plays no part: silence of whoever solves it stops new money, and sells nothing.
    pub fn line_scale(&self, line_id: u16) -> Option<LineScale> {
        self.model(line_id).map(|model| self.scale_of(model))
    }

    pub(crate) fn scale_of(&self, model: &LineModel) -> LineScale {
        let regime_bps = if model.scaled == 1 { self.regime.scale_bps } else { WHOLE_BPS };
        let reached = model.protocol != super::NO_LINE_PROTOCOL && self.follows_network();
        LineScale { regime_bps, contagion_bps: if reached { model.contagion_bps } else { WHOLE_BPS } }
    }

    /// What contagion leaves of a line's caps for new money at `now`: nothing while the network was not solved for longer than it
    /// allows.
    pub fn contagion_scale(&self, model: &LineModel, now: i64) -> u16 {
        let scale = self.scale_of(model).contagion_bps;
        let reached = model.protocol != super::NO_LINE_PROTOCOL && self.follows_network();
        if reached && now.saturating_sub(self.contagion_at) > i64::from(self.contagion_max_age) {
            0
        } else {
            scale
        }
    }

    /// The cap of a line at a NAV, base units: the smaller of its two caps, after the stored ratchets. `u64::MAX` when the
    /// book does not know the line.
    pub fn line_cap(&self, line_id: u16, nav: u64) -> u64 {
        let scale = self.line_scale(line_id);
        scale.map_or(u64::MAX, |scale| self.line_cap_at(line_id, nav, scale))
    }

    /// As [`Self::line_cap`], after any scale.
    pub fn line_cap_at(&self, line_id: u16, nav: u64, scale: LineScale) -> u64 {
        let Some(line) = self.line(line_id) else { return u64::MAX };
        scale.of_down(line.cap).min(scale.of_down(cap_of_nav_down(nav, line.cap_bps)))
    }

    /// How far a price moves a line, by what was last observed and reported. A line that the book does not know counts as
    /// unknown.
    pub fn price_risk(&self, line_id: u16) -> PriceRisk {
        let Some(model) = self.model(line_id) else { return PriceRisk::Unknown };
        match self.assets.get(usize::from(model.asset)) {
            Some(asset) => asset.forecast().map_or(PriceRisk::Unknown, PriceRisk::Known),
            None if model.exposure.is_moved_by_price() => PriceRisk::Unknown,
            None => PriceRisk::None,
        }
    }

    /// Whether the book follows a contagion network.
    pub fn follows_network(&self) -> bool {
        self.network != anchor_lang::prelude::Pubkey::default()
    }

    /// Lets what contagion leaves of every line with protocol `row` follow `target_bps`: down at once, up at the book's
    /// rate. Returns whether a scale moved.
    pub fn follow_contagion(&mut self, row: u8, target_bps: u16, now: i64) -> bool {
        let rate = self.params.loosen_bps_per_day;
        let mut moved = false;
        for model in self.models.iter_mut().filter(|model| model.protocol == row) {
            let before = model.contagion_bps;
            (model.contagion_bps, model.contagion_since) =
                ratchet(before, model.contagion_since, target_bps.min(WHOLE_BPS), rate, now);
            moved |= model.contagion_bps != before;
        }
        moved
    }
}
