use anchor_lang::prelude::*;

use super::{AssetRisk, Exposure, ASSETS, PROTOCOLS, SCENARIOS};
use crate::error::OracleError;

/// [`LineModel::asset`] of a line that no asset's price moves.
pub const NO_ASSET: u8 = u8::MAX;
/// [`LineModel::protocol`] of a line that no contagion reaches.
pub const NO_LINE_PROTOCOL: u8 = u8::MAX;
/// A scale that leaves everything, basis points.
pub const WHOLE_BPS: u16 = 10_000;

/// How the risk engine sees one line: what its price and its protocol are, and what was reported of it last. It stands
/// at the same place as the line in [`super::Book::lines`].
#[zero_copy]
#[derive(Debug, PartialEq, Eq)]
pub struct LineModel {
    /// The exposure as last reported, before the move that was assessed.
    pub exposure: Exposure,
    /// What one unit of the line's value loses in each scenario, basis points, rounded up; negative where it gains. Where the
    /// line has no value, what one unit of new money would lose.
    pub stress_bps: [i32; SCENARIOS],
    /// Slow mean of the venue's liquidity, base units; 0 before the first report. See [`crate::policy::regime`].
    pub depth_mean: u64,
    /// Until when loosening of `contagion_bps` has been paid for, Unix second.
    pub contagion_since: i64,
    /// UTC day at which `depth_mean` was moved last, days since 1970-01-01.
    pub depth_day: u32,
    /// What contagion leaves of the line's caps and leverage, basis points; ratcheted.
    pub contagion_bps: u16,
    /// Row of the asset whose price moves the line; [`NO_ASSET`] for none.
    pub asset: u8,
    /// Row of the line's protocol in the book's network; [`NO_LINE_PROTOCOL`] for none.
    pub protocol: u8,
    /// 1 when the regime scales the line's caps.
    pub scaled: u8,
    /// One bit per scenario whose `stress_bps` is of this model and a position of this kind.
    pub stressed: u8,
    /// Days that `depth_mean` is made of; stops at 255.
    pub depth_days: u8,
    /// Keeps the struct a multiple of eight bytes.
    pub _pad: [u8; 5],
}

const _: () = {
    assert!(core::mem::size_of::<LineModel>() == 88 + SCENARIOS * 4 + 8 + 8 + 4 + 2 + 5 + 5);
    assert!(core::mem::size_of::<LineModel>() == 152 && core::mem::align_of::<LineModel>() == 8);
};

impl LineModel {
    /// The model of a line of which nothing was said: no asset, no protocol; the regime scales it.
    pub const NEW: Self = Self {
        exposure: Exposure::none(),
        stress_bps: [0; SCENARIOS],
        depth_mean: 0,
        contagion_since: 0,
        depth_day: 0,
        contagion_bps: WHOLE_BPS,
        asset: NO_ASSET,
        protocol: NO_LINE_PROTOCOL,
        scaled: 1,
        stressed: 0,
        depth_days: 0,
        _pad: [0; 5],
    };

    /// The line names an asset and a protocol that there can be, or none, and no scale leaves more than everything.
    ///
    /// `assets`: those of the book.
    ///
    /// # Errors
    /// [`OracleError::AssetUndefined`], [`OracleError::ProtocolOutOfRange`]; [`OracleError::InvariantViolated`] for a scale
    /// or a mark that no setter leaves.
    pub fn validate(&self, assets: &[AssetRisk; ASSETS]) -> Result<()> {
        let asset = assets.get(usize::from(self.asset));
        require!(asset.map_or(self.asset == NO_ASSET, AssetRisk::is_used), OracleError::AssetUndefined);
        let protocol = usize::from(self.protocol) < PROTOCOLS || self.protocol == NO_LINE_PROTOCOL;
        require!(protocol, OracleError::ProtocolOutOfRange);
        require!(self.contagion_bps <= WHOLE_BPS && self.scaled <= 1, OracleError::InvariantViolated);
        Ok(())
    }

    /// Whether scenario `index` was worked out for this model and position.
    pub const fn is_stressed(&self, index: usize) -> bool {
        (self.stressed >> (index & 7)) & 1 == 1
    }
}
