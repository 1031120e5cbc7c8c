//! What a line's adapter says about its position beside its value: how it answers to the asset's price, what it owes,
//! how far it is from liquidation, and how easily it could be left.

use anchor_lang::prelude::*;

/// What a position is. A kind decides what [`Exposure::terms`] mean, and so how a stress revalues it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u16)]
pub enum PositionKind {
    /// Answers to prices by `delta` and `gamma` alone; no terms.
    Linear = 0,
    /// Supplied to a lending market, in the base asset or in a traded token; no terms.
    Lending = 1,
    /// Collateral that a debt was drawn against. Terms: value of the collateral and of the debt, base units; threshold
    /// of liquidation, basis points of the collateral's value; 1 when the debt moves with the asset and the collateral
    /// does not, 0 for the reverse.
    Loop = 2,
    /// A concentrated liquidity position. Terms: value, base units; lower and upper end of its range as √(end / price)
    /// in Q32.32; unused.
    Liquidity = 3,
    /// The asset held, and a perpetual future sold against it. Terms: value of the asset, value of the future's size at
    /// the present price, margin at the perpetual's venue, base units; maintenance margin, basis points.
    Hedged = 4,
    /// A European call. Terms: value of the units of the asset that it is on, base units; strike / price in Q32.32;
    /// years to expiry in Q32.32; yearly volatility in Q32.32. The rate is `carry_bps`; a negative `gamma` means that it
    /// was written.
    Call = 5,
    /// A European put. Terms as [`Self::Call`].
    Put = 6,
}

impl PositionKind {
    /// The kind of a stored number; `None` for one that names none.
    pub const fn from_number(number: u16) -> Option<Self> {
        match number {
            0 => Some(Self::Linear),
            1 => Some(Self::Lending),
            2 => Some(Self::Loop),
            3 => Some(Self::Liquidity),
            4 => Some(Self::Hedged),
            5 => Some(Self::Call),
            6 => Some(Self::Put),
            _ => None,
        }
    }
}

/// The exposure of one row of a ledger, before a move. All amounts are base units of the vault's asset.
///
/// Its Borsh form and its form in an account are the same 88 bytes: every field little-endian, in this order, no gaps.
#[derive(AnchorSerialize, AnchorDeserialize, bytemuck::Pod, bytemuck::Zeroable, Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub struct Exposure {
    /// Change of the position's value per +100% of the asset's price (dollar delta); negative when it gains from a fall.
    pub delta: i64,
    /// Second derivative by the price times the price squared (dollar gamma); negative where moves in either direction
    /// cost.
    pub gamma: i64,
    /// What the position owes.
    pub debt: u64,
    /// What the venue could pay out now, to everybody; `u64::MAX` where nothing bounds it.
    pub liquidity: u64,
    /// What the kind needs for a full revaluation; see [`PositionKind`].
    pub terms: [u64; 4],
    /// What the position earns a year as things stand, basis points of its value.
    pub carry_bps: i32,
    /// `delta` that one unit of new money would add, in basis points of the unit: 10,000 for a token bought outright.
    pub delta_bps: i32,
    /// `gamma` that one unit of new money would add, in basis points of the unit.
    pub gamma_bps: i32,
    /// Debt that one unit of new money would add, in basis points of the unit.
    pub debt_bps: u32,
    /// Adverse move of the asset's price at which liquidation begins, basis points of the price;
    /// [`Self::NO_LIQUIDATION`] where there is none.
    pub liquidation_bps: u16,
    /// Share of the venue that is lent out, basis points; 0 where nothing is lent.
    pub utilisation_bps: u16,
    /// What a forced exit would lose beside the price's move (penalty, slippage, fees), basis points.
    pub cost_bps: u16,
    /// Number of the [`PositionKind`].
    pub kind: u16,
}

const _: () = assert!(core::mem::size_of::<Exposure>() == 8 * 8 + 4 * 4 + 4 * 2);
const _: () = assert!(core::mem::size_of::<Exposure>() == 88 && core::mem::align_of::<Exposure>() == 8);

impl Exposure {
    /// `liquidation_bps` of a position that cannot be liquidated.
    pub const NO_LIQUIDATION: u16 = u16::MAX;

    /// A position whose value no price moves and whose venue nothing bounds: cash, and rows without a line.
    pub const fn none() -> Self {
        Self {
            delta: 0,
            gamma: 0,
            debt: 0,
            liquidity: u64::MAX,
            terms: [0; 4],
            carry_bps: 0,
            delta_bps: 0,
            gamma_bps: 0,
            debt_bps: 0,
            liquidation_bps: Self::NO_LIQUIDATION,
            utilisation_bps: 0,
            cost_bps: 0,
            kind: PositionKind::Linear as u16,
        }
    }

    /// Whether the asset's price moves the position, or would move new money in it.
    pub const fn is_moved_by_price(&self) -> bool {
        self.delta != 0 || self.gamma != 0 || self.delta_bps != 0 || self.gamma_bps != 0
    }
}
