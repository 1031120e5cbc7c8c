//! Reading a `Reserve` in place.

use super::{exchange::Exchange, layout as at, layout::At, FRACTION_BITS};
use crate::{
    field::{check, Layout, Plain},
    WireError,
};
use solana_program::pubkey::Pubkey;

const LEN: usize = <at::Reserve as Layout>::LEN;

/// Whether a reserve is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum ReserveStatus {
    /// Open.
    Active = 0,
    /// Closed to deposits and loans; withdrawals go on.
    Obsolete = 1,
    /// Not shown by klend's own interface; open otherwise.
    Hidden = 2,
}

impl TryFrom<u8> for ReserveStatus {
    type Error = WireError;

    fn try_from(tag: u8) -> Result<Self, WireError> {
        match tag {
            0 => Ok(Self::Active),
            1 => Ok(Self::Obsolete),
            2 => Ok(Self::Hidden),
            _ => Err(WireError::UnknownTag),
        }
    }
}

/// One point of the borrow rate curve.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CurvePoint {
    /// Lent share of the total supply, basis points.
    pub utilization_bps: u32,
    /// Yearly rate at that share, basis points.
    pub borrow_rate_bps: u32,
}

/// A limit on the net outflow of an interval.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WithdrawalCap {
    /// Net outflow an interval may see, smallest units; negative: none at all.
    pub capacity: i64,
    /// Net outflow so far; negative: net inflow.
    pub current_total: i64,
    /// Unix time at which the interval began.
    pub interval_start: u64,
    /// Length of the interval, seconds; 0: no cap.
    pub interval_length: u64,
}

impl WithdrawalCap {
    /// What may still flow out at the Unix time `now`, smallest units; `u64::MAX` without a cap.
    ///
    /// An interval that has run out counts as new. 0 if the clock lies before the interval, where
    /// klend refuses with [`super::error_code::LAST_TIMESTAMP_GREATER_THAN_CURRENT`].
    pub fn room(&self, now: u64) -> u64 {
        if self.interval_length == 0 {
            return u64::MAX;
        }
        let Some(elapsed) = now.checked_sub(self.interval_start) else { return 0 };
        let used = if elapsed >= self.interval_length { 0 } else { self.current_total };
        if self.capacity < 0 {
            return 0;
        }
        u64::try_from(i128::from(self.capacity) - i128::from(used)).unwrap_or(0)
    }
}

/// A reserve's bytes, checked for length and discriminator, read in place.
#[derive(Clone, Copy)]
pub struct ReserveView<'a>(pub(super) &'a [u8; LEN]);

impl<'a> ReserveView<'a> {
    /// Checks length and discriminator. The caller checks the account's owner.
    pub fn parse(data: &'a [u8]) -> Result<Self, WireError> {
        check::<at::Reserve, LEN>(data).map(Self)
    }

    /// Any field of [`super::layout`].
    #[inline(always)]
    pub fn get<T: Plain>(&self, field: At<T>) -> T {
        field.read(self.0)
    }

    /// Version of the account; klend itself requires [`at::PROGRAM_VERSION`].
    pub fn version(&self) -> u64 {
        self.get(at::VERSION)
    }

    /// Slot up to which interest is accrued.
    pub fn last_update_slot(&self) -> u64 {
        self.get(at::LAST_UPDATE_SLOT)
    }

    /// Whether anything moved since the last refresh. A deposit or redemption sets it.
    pub fn is_marked_stale(&self) -> bool {
        self.get(at::LAST_UPDATE_STALE) != 0
    }

    /// One bit for each price check passed at the last refresh.
    pub fn price_status(&self) -> u8 {
        self.get(at::LAST_UPDATE_PRICE_STATUS)
    }

    /// The market the reserve belongs to.
    pub fn lending_market(&self) -> Pubkey {
        self.get(at::LENDING_MARKET)
    }

    /// Mint of the asset.
    pub fn liquidity_mint(&self) -> Pubkey {
        self.get(at::LIQUIDITY_MINT)
    }

    /// Token account that holds the asset.
    pub fn supply_vault(&self) -> Pubkey {
        self.get(at::LIQUIDITY_SUPPLY_VAULT)
    }

    /// Token account of the fees taken.
    pub fn fee_vault(&self) -> Pubkey {
        self.get(at::LIQUIDITY_FEE_VAULT)
    }

    /// The asset in the vault, smallest units.
    pub fn available_amount(&self) -> u64 {
        self.get(at::AVAILABLE_AMOUNT)
    }

    /// The asset lent, with interest up to [`Self::last_update_slot`], U68F60 units.
    pub fn borrowed_amount_sf(&self) -> u128 {
        self.get(at::BORROWED_AMOUNT_SF)
    }

    /// Price of one whole token in the market's quote currency, U68F60.
    pub fn market_price_sf(&self) -> u128 {
        self.get(at::MARKET_PRICE_SF)
    }

    /// Unix time of that price, seconds.
    pub fn market_price_last_updated_ts(&self) -> u64 {
        self.get(at::MARKET_PRICE_LAST_UPDATED_TS)
    }

    /// Decimals of the asset.
    pub fn mint_decimals(&self) -> u64 {
        self.get(at::MINT_DECIMALS)
    }

    /// Unix time at which deposits first exceeded their limit, 0 while they do not.
    pub fn deposit_limit_crossed_ts(&self) -> u64 {
        self.get(at::DEPOSIT_LIMIT_CROSSED_TS)
    }

    /// Unix time at which loans first exceeded their limit, 0 while they do not.
    pub fn borrow_limit_crossed_ts(&self) -> u64 {
        self.get(at::BORROW_LIMIT_CROSSED_TS)
    }

    /// The protocol's interest share not yet taken out, U68F60 units.
    pub fn accumulated_protocol_fees_sf(&self) -> u128 {
        self.get(at::ACCUMULATED_PROTOCOL_FEES_SF)
    }

    /// Referrers' share assigned and not yet taken out, U68F60 units.
    pub fn accumulated_referrer_fees_sf(&self) -> u128 {
        self.get(at::ACCUMULATED_REFERRER_FEES_SF)
    }

    /// Referrers' share not yet assigned, U68F60 units.
    pub fn pending_referrer_fees_sf(&self) -> u128 {
        self.get(at::PENDING_REFERRER_FEES_SF)
    }

    /// Token program of the asset's mint.
    pub fn liquidity_token_program(&self) -> Pubkey {
        self.get(at::LIQUIDITY_TOKEN_PROGRAM)
    }

    /// Mint of the cToken. Its token program always is the classic one.
    pub fn collateral_mint(&self) -> Pubkey {
        self.get(at::COLLATERAL_MINT)
    }

    /// cTokens in existence, smallest units.
    pub fn collateral_mint_total_supply(&self) -> u64 {
        self.get(at::COLLATERAL_MINT_TOTAL_SUPPLY)
    }

    /// Token account of the cTokens pledged in obligations.
    pub fn collateral_supply_vault(&self) -> Pubkey {
        self.get(at::COLLATERAL_SUPPLY_VAULT)
    }

    /// Whether the reserve is open.
    pub fn status(&self) -> Result<ReserveStatus, WireError> {
        ReserveStatus::try_from(self.get(at::STATUS))
    }

    /// Whether plain deposits may mint no cTokens.
    pub fn is_ctoken_usage_blocked(&self) -> bool {
        self.get(at::BLOCK_CTOKEN_USAGE) != 0
    }

    /// Whether the reserve is halted.
    pub fn is_in_emergency_mode(&self) -> bool {
        self.get(at::EMERGENCY_MODE) != 0
    }

    /// The protocol's share of the curve's interest, percent.
    pub fn protocol_take_rate_pct(&self) -> u8 {
        self.get(at::PROTOCOL_TAKE_RATE_PCT)
    }

    /// Yearly rate charged on top of the curve for the host, basis points.
    pub fn host_fixed_interest_rate_bps(&self) -> u16 {
        self.get(at::HOST_FIXED_INTEREST_RATE_BPS)
    }

    /// Point `index` of the borrow rate curve; `None` from the eleventh on.
    pub fn curve_point(&self, index: usize) -> Option<CurvePoint> {
        if index >= at::CURVE_POINTS {
            return None;
        }
        let offset = at::BORROW_RATE_CURVE.offset() + index * 8;
        Some(CurvePoint { utilization_bps: u32::read(self.0, offset), borrow_rate_bps: u32::read(self.0, offset + 4) })
    }

    /// Deposits end here: greatest total supply, smallest units.
    pub fn deposit_limit(&self) -> u64 {
        self.get(at::DEPOSIT_LIMIT)
    }

    /// Loans end here: greatest amount lent, smallest units.
    pub fn borrow_limit(&self) -> u64 {
        self.get(at::BORROW_LIMIT)
    }

    /// No loan may raise utilisation above this, percent; 0: no such limit.
    pub fn utilization_limit_pct(&self) -> u8 {
        self.get(at::UTILIZATION_LIMIT_PCT)
    }

    /// The cap on what depositors may withdraw in an interval.
    pub fn deposit_withdrawal_cap(&self) -> WithdrawalCap {
        WithdrawalCap {
            capacity: self.get(at::DEPOSIT_CAP_CAPACITY),
            current_total: self.get(at::DEPOSIT_CAP_CURRENT_TOTAL),
            interval_start: self.get(at::DEPOSIT_CAP_INTERVAL_START),
            interval_length: self.get(at::DEPOSIT_CAP_INTERVAL_LENGTH),
        }
    }

    /// The cap on what borrowers may draw in an interval.
    pub fn debt_withdrawal_cap(&self) -> WithdrawalCap {
        WithdrawalCap {
            capacity: self.get(at::DEBT_CAP_CAPACITY),
            current_total: self.get(at::DEBT_CAP_CURRENT_TOTAL),
            interval_start: self.get(at::DEBT_CAP_INTERVAL_START),
            interval_length: self.get(at::DEBT_CAP_INTERVAL_LENGTH),
        }
    }

    /// cTokens waiting in the withdraw queue.
    pub fn queued_collateral_amount(&self) -> u64 {
        self.get(at::QUEUED_COLLATERAL_AMOUNT)
    }

    /// What one unit of debt has grown to since the reserve began, U68F60.
    pub fn debt_index_sf(&self) -> Result<u128, WireError> {
        let bytes = self.get(at::CUMULATIVE_BORROW_RATE_BSF);
        if u128::read(&bytes, 16) != 0 {
            return Err(WireError::AmountOverflow);
        }
        Ok(u128::read(&bytes, 0))
    }

    /// What the depositors own: available + lent − fees, U68F60 units, exact.
    pub fn total_supply_sf(&self) -> Result<u128, WireError> {
        let assets = (u128::from(self.available_amount()) << FRACTION_BITS)
            .checked_add(self.borrowed_amount_sf())
            .ok_or(WireError::AmountOverflow)?;
        assets
            .checked_sub(self.accumulated_protocol_fees_sf())
            .and_then(|rest| rest.checked_sub(self.accumulated_referrer_fees_sf()))
            .and_then(|rest| rest.checked_sub(self.pending_referrer_fees_sf()))
            .ok_or(WireError::FeesExceedAssets)
    }

    /// The rate between liquidity and cTokens at [`Self::last_update_slot`].
    pub fn exchange(&self) -> Result<Exchange, WireError> {
        Ok(Exchange::new(self.total_supply_sf()?, self.collateral_mint_total_supply()))
    }
}
