use anchor_lang::prelude::*;
use gimbal_venue_wire::{
    klend::{layout as at, ReserveMut, FRACTION_BITS},
    pyth::{PriceUpdate, PRO_RECEIVER_ID, RECEIVER_ID},
};

use super::now;
use crate::{
    error::LendingError,
    math::{lending, Now},
    state::{reserve, Market},
};

/// Price status without the flag that says the price's age was checked (klend's `PRICE_AGE_CHECKED`).
const ALL_BUT_AGE: u8 = at::PRICE_STATUS_ALL & !0b0000_0010;

/// Accounts of `refresh_reserve`, in klend's order. An absent oracle is passed as the program's id.
#[derive(Accounts)]
pub struct RefreshReserve<'info> {
    /// The reserve.
    /// CHECK: owner, length and discriminator are checked on every access.
    #[account(
        mut,
        constraint = reserve::field(&reserve, at::LENDING_MARKET)? == lending_market.key() @ ErrorCode::ConstraintHasOne,
    )]
    pub reserve: UncheckedAccount<'info>,
    /// Its market.
    pub lending_market: AccountLoader<'info, Market>,
    /// Pyth price update, where the reserve names one.
    /// CHECK: address, owner and content are checked by the handler.
    pub pyth_oracle: Option<UncheckedAccount<'info>>,
    /// Unused: this venue reads no Switchboard feed.
    /// CHECK: not read.
    pub switchboard_price_oracle: Option<UncheckedAccount<'info>>,
    /// Unused: this venue reads no Switchboard feed.
    /// CHECK: not read.
    pub switchboard_twap_oracle: Option<UncheckedAccount<'info>>,
    /// Unused: this venue reads no Scope feed.
    /// CHECK: not read.
    pub scope_prices: Option<UncheckedAccount<'info>>,
}

/// A price as the reserve stores it.
struct ReservePrice {
    price_sf: u128,
    time: u64,
}

impl<'info> RefreshReserve<'info> {
    fn validate(&self) -> Result<()> {
        reserve::read(&self.reserve, |books| {
            require!(books.version() == at::PROGRAM_VERSION, LendingError::ReserveDeprecated);
            Ok(())
        })
    }

    /// - Books interest up to this slot and clears the stale mark.
    /// - Takes the configured oracle's price; one that is too old is taken with a status that says so.
    /// - Notes since when limits have been exceeded.
    #[access_control(ctx.accounts.validate())]
    pub fn handler(ctx: Context<'info, Self>) -> Result<()> {
        let accounts = ctx.accounts;
        let now = now()?;
        let referral_fee_bps = accounts.lending_market.load()?.referral_fee_bps;
        let price = accounts.read_price()?;
        reserve::write(&accounts.reserve, |books| {
            lending::refresh(books, now, referral_fee_bps)?;
            set_price(books, price, now);
            Ok(lending::note_crossed_limits(books, now)?)
        })
    }

    fn read_price(&self) -> Result<Option<ReservePrice>> {
        let configured = reserve::field(&self.reserve, at::PYTH_PRICE)?;
        if configured == Pubkey::default() {
            return Ok(None);
        }
        let oracle = self.pyth_oracle.as_ref().ok_or(LendingError::InvalidPythPriceAccount)?;
        require_keys_eq!(oracle.key(), configured, LendingError::InvalidPythPriceAccount);
        require!([RECEIVER_ID, PRO_RECEIVER_ID].contains(oracle.owner), LendingError::InvalidPythPriceAccount);
        let update =
            PriceUpdate::parse(&oracle.try_borrow_data()?).map_err(|_| LendingError::InvalidPythPriceAccount)?;
        let price = price_sf_down(update.price, update.exponent).ok_or(LendingError::InvalidPythPriceAccount)?;
        Ok(Some(ReservePrice { price_sf: price, time: u64::try_from(update.publish_time).unwrap_or(0) }))
    }
}

/// A Pyth price as U68F60, rounded down; `None` unless positive and representable.
fn price_sf_down(price: i64, exponent: i32) -> Option<u128> {
    let mantissa = u128::from(u64::try_from(price).ok().filter(|price| *price > 0)?);
    let power = 10u128.checked_pow(exponent.unsigned_abs())?;
    if exponent > 0 {
        return mantissa.checked_mul(power)?.checked_mul(1 << FRACTION_BITS);
    }
    mantissa.checked_mul(1 << FRACTION_BITS)?.checked_div(power)
}

fn set_price(books: &mut ReserveMut, price: Option<ReservePrice>, now: Now) {
    let max_age = books.get(at::MAX_AGE_PRICE_SECONDS);
    let is_fresh = |time: u64| now.unix.saturating_sub(time) < max_age;
    match price {
        Some(price) => {
            books.set(at::MARKET_PRICE_SF, price.price_sf);
            books.set(at::MARKET_PRICE_LAST_UPDATED_TS, price.time);
            let status = if is_fresh(price.time) { at::PRICE_STATUS_ALL } else { ALL_BUT_AGE };
            books.set(at::LAST_UPDATE_PRICE_STATUS, status);
        }
        None if !is_fresh(books.get(at::MARKET_PRICE_LAST_UPDATED_TS)) => {
            books.set(at::LAST_UPDATE_PRICE_STATUS, 0);
        }
        None => {}
    }
}
