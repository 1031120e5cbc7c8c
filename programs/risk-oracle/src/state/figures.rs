use anchor_lang::prelude::*;

use super::{ASSETS, SCENARIOS};

/// The book's risk by the exposures last reported, before the move that was assessed, and by what was observed last. All amounts
/// are base units.
#[zero_copy]
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Dollar delta per asset.
    pub deltas: [i64; ASSETS],
    /// Dollar gamma per asset.
    pub gammas: [i64; ASSETS],
    /// Each asset's part of the linear value at risk; negative for a hedge.
    pub components: [i64; ASSETS],
    /// What each scenario loses, rounded up; negative where it gains.
    pub stress_losses: [i64; SCENARIOS],
    /// Standard deviation of the book's value over the horizon, rounded up.
    pub deviation: u64,
    /// What negative gammas cost at a move of one standard deviation over the horizon, rounded up.
    pub gamma_cost: u64,
    /// Value at risk: with the larger of the normal and the observed quantile.
    pub value_at_risk: u64,
    /// Value at risk with the normal quantile at 99%.
    pub normal_value_at_risk: u64,
    /// Expected shortfall: with the larger of the normal and the observed mean beyond the quantile.
    pub shortfall: u64,
    /// Sum of the lines' debts.
    pub debt: u64,
    /// Multipliers used: quantile and mean beyond it, thousandths of a standard deviation.
    pub multipliers_milli: [u32; 2],
    /// Concentration: Σ (line's value / NAV)², basis points, rounded up, cut at `u32::MAX`.
    pub concentration_bps: u32,
    /// Longest that any line takes to leave, days, rounded up.
    pub exit_days: u32,
    /// 1 when a line that a price moves has no asset, or an asset without forecast: its risk is missing above.
    pub unmodelled: u8,
    /// One bit per scenario whose loss is of every line, none of them older than the parameters allow.
    pub stressed: u8,
    /// Keeps the struct a multiple of eight bytes.
    pub _pad: [u8; 6],
}

const _: () = {
    assert!(core::mem::size_of::<Figures>() == (3 * ASSETS + SCENARIOS) * 8 + 6 * 8 + 2 * 4 + 2 * 4 + 2 + 6);
    assert!(core::mem::align_of::<Figures>() == 8);
};
