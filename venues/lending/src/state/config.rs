//! A reserve's configuration as clients give it; it is stored in klend's own fields.

use anchor_lang::prelude::*;
use gimbal_venue_wire::klend::{self, layout as at, ReserveMut};

use crate::error::LendingError;

/// One point of the borrow rate curve.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CurvePoint {
    /// Lent share of the total supply, basis points.
    pub utilization_bps: u32,
    /// Yearly rate at that share, basis points.
    pub borrow_rate_bps: u32,
}

/// A limit on the net outflow of an interval.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cap {
    /// Net outflow an interval may see, units; negative: none at all.
    pub capacity: i64,
    /// Length of the interval, seconds; 0: no cap.
    pub interval_length: u64,
}

/// Everything of a reserve that its owner sets.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReserveConfig {
    /// Name of the asset, ASCII, zero padded.
    pub token_name: [u8; 32],
    /// Greatest total supply, units.
    pub deposit_limit: u64,
    /// Greatest amount lent, units.
    pub borrow_limit: u64,
    /// The protocol's share of the curve's interest, percent.
    pub protocol_take_rate_pct: u8,
    /// No loan may raise utilisation above this, percent; 0: no such limit.
    pub utilization_limit_pct: u8,
    /// Yearly rate on top of the curve for the host, basis points.
    pub host_fixed_interest_rate_bps: u16,
    /// The borrow rate curve; unused points repeat the last.
    pub curve: [CurvePoint; at::CURVE_POINTS],
    /// Cap on depositors' withdrawals.
    pub deposit_cap: Cap,
    /// Cap on new loans.
    pub debt_cap: Cap,
    /// Stops plain deposits.
    pub block_ctoken_usage: bool,
    /// Halts the reserve.
    pub emergency_mode: bool,
    /// Pyth price update account to take prices from; the default key for none.
    pub pyth_price: Pubkey,
    /// Seconds after which a price is stale.
    pub max_age_price_seconds: u64,
}

impl ReserveConfig {
    /// An open reserve without limits, caps, oracle or fees, on the curve through `points` (2 to 11).
    pub fn open(points: &[(u32, u32)]) -> Self {
        let last = points.last().copied().unwrap_or_default();
        let point = |index: usize| points.get(index).copied().unwrap_or(last);
        Self {
            token_name: [0; 32],
            deposit_limit: u64::MAX,
            borrow_limit: u64::MAX,
            protocol_take_rate_pct: 0,
            utilization_limit_pct: 0,
            host_fixed_interest_rate_bps: 0,
            curve: core::array::from_fn(|index| {
                let (utilization_bps, borrow_rate_bps) = point(index);
                CurvePoint { utilization_bps, borrow_rate_bps }
            }),
            deposit_cap: Cap::default(),
            debt_cap: Cap::default(),
            block_ctoken_usage: false,
            emergency_mode: false,
            pyth_price: Pubkey::default(),
            max_age_price_seconds: 0,
        }
    }

    /// klend's rules for percentages and the curve: it starts at 0, ends at 100 %, and rises.
    pub fn validate(&self) -> Result<()> {
        require!(
            self.protocol_take_rate_pct <= 100
                && self.utilization_limit_pct <= 100
                && self.host_fixed_interest_rate_bps <= 10_000,
            LendingError::InvalidConfig
        );
        let ends = (self.curve.first(), self.curve.last());
        let (Some(first), Some(last)) = ends else { return err!(LendingError::InvalidBorrowRateCurvePoint) };
        let rising = self.curve.iter().zip(self.curve.iter().skip(1)).all(|(a, b)| {
            let ended = a.utilization_bps == 10_000 && b.utilization_bps == 10_000;
            (ended || a.utilization_bps < b.utilization_bps) && a.borrow_rate_bps <= b.borrow_rate_bps
        });
        require!(
            first.utilization_bps == 0 && last.utilization_bps == 10_000 && rising,
            LendingError::InvalidBorrowRateCurvePoint
        );
        Ok(())
    }

    /// Writes the configuration; the caps' counters and intervals stay as they are.
    pub fn store(&self, reserve: &mut ReserveMut) {
        reserve.set(at::TOKEN_NAME, self.token_name);
        reserve.set(at::DEPOSIT_LIMIT, self.deposit_limit);
        reserve.set(at::BORROW_LIMIT, self.borrow_limit);
        reserve.set(at::PROTOCOL_TAKE_RATE_PCT, self.protocol_take_rate_pct);
        reserve.set(at::UTILIZATION_LIMIT_PCT, self.utilization_limit_pct);
        reserve.set(at::HOST_FIXED_INTEREST_RATE_BPS, self.host_fixed_interest_rate_bps);
        reserve.set_curve(&self.curve.map(|point| klend::CurvePoint {
            utilization_bps: point.utilization_bps,
            borrow_rate_bps: point.borrow_rate_bps,
        }));
        reserve.set(at::DEPOSIT_CAP_CAPACITY, self.deposit_cap.capacity);
        reserve.set(at::DEPOSIT_CAP_INTERVAL_LENGTH, self.deposit_cap.interval_length);
        reserve.set(at::DEBT_CAP_CAPACITY, self.debt_cap.capacity);
        reserve.set(at::DEBT_CAP_INTERVAL_LENGTH, self.debt_cap.interval_length);
        reserve.set(at::BLOCK_CTOKEN_USAGE, self.block_ctoken_usage.into());
        reserve.set(at::EMERGENCY_MODE, self.emergency_mode.into());
        reserve.set(at::PYTH_PRICE, self.pyth_price);
        reserve.set(at::MAX_AGE_PRICE_SECONDS, self.max_age_price_seconds);
    }
}
