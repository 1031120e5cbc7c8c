use anchor_lang::prelude::*;

use crate::{error::RouterError, state::LockedGains};

/// Points of the borrow-rate curve snapshot.
pub const CURVE_POINTS: usize = 11;

/// What may happen to a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum LineStatus {
    /// Takes and gives money.
    Active = 1,
    /// Gives only.
    Frozen = 2,
    /// To be emptied, by anyone.
    WindingDown = 3,
}

impl TryFrom<u8> for LineStatus {
    type Error = RouterError;

    fn try_from(status: u8) -> core::result::Result<Self, RouterError> {
        match status {
            1 => Ok(Self::Active),
            2 => Ok(Self::Frozen),
            3 => Ok(Self::WindingDown),
            _ => Err(RouterError::UnknownStatus),
        }
    }
}

/// A lending market's size and borrow-rate curve as of the line's last valuation, for water-filling.
#[zero_copy]
#[derive(Debug, PartialEq, Eq)]
pub struct Curve {
    /// What all depositors of the market own, base units (a swapped line's at mid prices).
    pub supply: u64,
    /// What is lent of it, base units.
    pub borrowed: u64,
    /// Share of the borrowers' interest that does not reach depositors, basis points.
    pub take_bps: u16,
    /// Points in use; 0 when the line has no lending curve.
    pub points: u8,
    /// Aligns the arrays.
    pub _pad: u8,
    /// Lent share of the supply at each point, basis points, ascending.
    pub util_bps: [u16; CURVE_POINTS],
    /// Yearly borrow rate at each point, basis points.
    pub rate_bps: [u16; CURVE_POINTS],
}

const _: () = assert!(core::mem::size_of::<Curve>() == 8 + 8 + 2 + 1 + 1 + 2 * CURVE_POINTS * 2);
const _: () = assert!(core::mem::size_of::<Curve>() == 64);

/// One row of the ledger: an adapter, one venue position, its bounds and its valuation.
#[zero_copy]
#[derive(Debug, PartialEq, Eq)]
pub struct Line {
    /// Number of the line; never given again.
    pub id: u16,
    /// Adapter kind; 0 marks an empty row.
    pub adapter: u8,
    /// A [`LineStatus`].
    pub status: u8,
    /// Decimals of the token that the venue holds (the base asset's for a same-asset line).
    pub token_decimals: u8,
    /// 1 when the base asset is swapped into another token before it is deposited.
    pub swapped: u8,
    /// Bump of the address of the account for receipt tokens.
    pub position_bump: u8,
    /// Bump of the address of the account for a swapped line's token; 0 for a same-asset line.
    pub token_bump: u8,
    /// Least weight of the line, basis points of mid NAV.
    pub min_bps: u16,
    /// Weight the fixed-target policy steers for, basis points.
    pub target_bps: u16,
    /// Greatest weight, basis points.
    pub max_bps: u16,
    /// Distance from the target within which nothing is moved, basis points of mid NAV.
    pub band_bps: u16,
    /// Least seconds between two rebalances.
    pub cooldown: u32,
    /// Widening of the valuation with age: parts per 10^9 of mid per √second.
    pub widen_rate: u32,
    /// Greatest loss of one move against the bound from prices, basis points.
    pub max_slippage_bps: u16,
    /// Taken off the part of the value that the venue could not pay now; in low only, basis points.
    pub haircut_bps: u16,
    /// Oldest venue state that may be valued, slots.
    pub max_venue_age: u32,
    /// Greatest value, base units; raised by the owner only.
    pub cap: u64,
    /// Value at the least favourable reading, base units.
    pub low: u64,
    /// Value at the central reading, base units.
    pub mid: u64,
    /// Value at the most favourable reading, base units.
    pub high: u64,
    /// Slot of the valuation.
    pub valued_slot: u64,
    /// Unix second of the valuation; 0: never valued.
    pub valued_at: i64,
    /// Receipt tokens, tracked.
    pub position: u64,
    /// Base units ever moved in.
    pub invested: u64,
    /// Base units ever moved out.
    pub returned: u64,
    /// Token units of a swapped line that lie in its token account, tracked.
    pub in_flight: u64,
    /// Base units ever adopted from surplus receipt tokens, at mid.
    pub harvested: u64,
    /// Base units lost in keepers' moves.
    pub keeper_loss: u64,
    /// Unix second of the last rebalance.
    pub last_action_at: i64,
    /// Slot of the last move of any kind.
    pub last_action_slot: u64,
    /// What the venue could pay out at the valuation, base units.
    pub liquidity: u64,
    /// The venue's lending curve at the valuation.
    pub curve: Curve,
    /// New money of the last hours, fading as locked gains do: its coming back earns nobody a bounty.
    pub fresh: LockedGains,
    /// What regime and contagion left of the line's caps in the book when money last went in, basis points.
    pub entry_scale_bps: u16,
    /// Room to 256 bytes.
    pub _pad1: [u8; 14],
}

const _: () = assert!(
    core::mem::size_of::<Line>()
        == 8 + 4 * 2 + 2 * 4 + 2 * 2 + 4 + 8 + 5 * 8 + 6 * 8 + 2 * 8 + 8 + core::mem::size_of::<Curve>() + 24 + 2 + 14
);
const _: () = assert!(core::mem::size_of::<Line>() == 256);
const _: () = assert!(core::mem::align_of::<Line>() == 8);

impl Line {
    /// Whether the row holds a line.
    pub fn is_used(&self) -> bool {
        self.adapter != 0
    }

    /// Whether the line counts in NAV and therefore must be valued in time.
    pub fn is_valued(&self) -> bool {
        self.is_used() && (self.position != 0 || self.in_flight != 0 || self.high != 0)
    }

    /// Whether the line holds nothing and is worth nothing.
    pub fn is_empty(&self) -> bool {
        self.position == 0 && self.in_flight == 0 && self.low == 0 && self.mid == 0 && self.high == 0
    }

    /// The line's status.
    ///
    /// # Errors
    /// [`RouterError::UnknownStatus`] if the row was written by something else than the router.
    pub fn status(&self) -> core::result::Result<LineStatus, RouterError> {
        LineStatus::try_from(self.status)
    }

    /// The order and range of the stored valuation and bounds.
    ///
    /// # Errors
    /// [`RouterError::InvariantViolated`].
    pub fn invariant(&self) -> Result<()> {
        require!(self.low <= self.mid && self.mid <= self.high, RouterError::InvariantViolated);
        require!(
            self.min_bps <= self.target_bps && self.target_bps <= self.max_bps && self.max_bps <= 10_000,
            RouterError::InvariantViolated
        );
        Ok(())
    }
}
