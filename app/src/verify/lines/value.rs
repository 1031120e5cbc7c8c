//! What a line is worth at a time, from the bytes of its reserve and its feeds.
//!
//! How klend accrues interest is asked of the crate that knows its format; everything above that is computed here.

use anchor_lang::prelude::Pubkey;
use gimbal_venue_wire::klend::ReserveView;
use num_bigint::BigUint;
use risk_oracle::state::{Bounds, Feed};
use strategy_router::state::{Line, LineVenue};

use super::super::exact::{self, converted, div_down, div_up, units, Value};
use super::super::Facts;
use crate::readers;

/// Binary places of klend's fractions.
const FRACTION_BITS: u64 = 60;
/// All, basis points.
const ALL_BPS: u64 = 10_000;

/// What a line's venue gives.
pub(super) struct Recomputed {
    /// Low, mid and high.
    pub value: Value,
    /// What low would be if the venue could pay nothing at all.
    pub least_low: i128,
    /// What it could pay.
    pub liquidity: i128,
    /// The reserve's size, as a valuation stores it.
    pub supply: i128,
    /// What is lent of it.
    pub borrowed: i128,
    /// The protocol's share of the interest.
    pub take_bps: u16,
    /// The curve's points.
    pub util_bps: Vec<u16>,
    /// The rates there.
    pub rate_bps: Vec<u16>,
}

/// What a line is valued from.
pub(super) struct Source<'a> {
    /// The row.
    pub line: &'a Line,
    /// The reserve under it.
    pub reserve: ReserveView<'a>,
    /// Receipt tokens that are there.
    pub held: u64,
    /// Prices of a swapped line.
    pub prices: Option<Prices>,
}

/// Prices of a swapped line.
#[derive(Clone, Copy)]
pub(super) struct Prices {
    token: Bounds,
    base: Bounds,
    decimals: (u8, u8),
    /// The slot in which either feed took a price last.
    pub updated_slot: u64,
}

/// The prices of a swapped line, from its feeds' stored numbers.
pub(super) fn prices(facts: &Facts, line: &Line, venue: &LineVenue) -> Result<Option<Prices>, String> {
    if line.swapped == 0 {
        return Ok(None);
    }
    let read = |key: &Pubkey| -> Result<(Bounds, u64), String> {
        let feed: Feed = readers::read(&facts.chain, key).map_err(|error| error.to_string())?;
        let bounds = exact::bounds(&feed).ok_or_else(|| format!("the feed {key} has no usable price"))?;
        Ok((bounds, feed.updated_slot))
    };
    let (token, token_slot) = read(&venue.token_feed)?;
    let (base, base_slot) = read(&facts.ledger.base_feed)?;
    let decimals = (line.token_decimals, facts.ledger.base_decimals);
    Ok(Some(Prices { token, base, decimals, updated_slot: token_slot.max(base_slot) }))
}

impl Prices {
    fn low_down(&self, tokens: u64) -> i128 {
        self.base(tokens, self.token.low, self.base.high, div_down)
    }

    fn mid_down(&self, tokens: u64) -> i128 {
        self.base(tokens, self.token.mid, self.base.mid, div_down)
    }

    fn high_up(&self, tokens: u64) -> i128 {
        self.base(tokens, self.token.high, self.base.low, div_up)
    }

    fn base(&self, tokens: u64, token: u64, base: u64, divide: fn(BigUint, &BigUint) -> BigUint) -> i128 {
        let (over, under) = converted(tokens, (self.decimals.0, token), (self.decimals.1, base));
        units(&divide(over, &under))
    }
}

impl Source<'_> {
    /// What receipt tokens are worth when `supply_sf` belongs to all of them.
    fn tokens(&self, supply_sf: u128, divide: fn(BigUint, &BigUint) -> BigUint) -> Result<u64, String> {
        let position = self.line.position.min(self.held);
        let collateral = self.reserve.collateral_mint_total_supply();
        if supply_sf == 0 || collateral == 0 {
            // klend: one to one.
            return Ok(position);
        }
        let worth = divide(BigUint::from(supply_sf) * position, &(BigUint::from(collateral) << FRACTION_BITS));
        u64::try_from(units(&worth)).map_err(|_| "its receipt tokens are worth more than 64 bits hold".to_owned())
    }

    /// Whether the line takes a venue state of that age for no price of interest. Then high is low.
    pub fn is_stale(&self, slot: u64) -> bool {
        slot.saturating_sub(self.reserve.last_update_slot()) > u64::from(self.line.max_venue_age)
    }

    /// The value at the stored valuation's time. How old a venue state may be is a setting: where it was set since, the
    /// valuation was made by the other one, and is nearer to what that gives.
    pub fn value_then(&self) -> Result<Recomputed, String> {
        let line = self.line;
        let stale = self.is_stale(line.valued_slot);
        let then = self.value_at(line.valued_slot, line.valued_at, stale)?;
        let Ok(other) = self.value_at(line.valued_slot, line.valued_at, !stale) else { return Ok(then) };
        let far = |from: &Recomputed| from.value.high.abs_diff(line.high);
        Ok(if far(&other) < far(&then) { other } else { then })
    }

    /// The value at a time; `stale` as in [`Self::is_stale`].
    pub fn value_at(&self, slot: u64, now: i64, stale: bool) -> Result<Recomputed, String> {
        let (line, reserve) = (self.line, &self.reserve);
        let wrong = |error: gimbal_venue_wire::WireError| error.to_string();
        let age = slot.checked_sub(reserve.last_update_slot()).ok_or("its reserve is of a later slot")?;
        let booked = reserve.total_supply_sf().map_err(wrong)?;
        let low = self.tokens(booked, div_down)?;
        let high = match age == 0 || stale || line.position.min(self.held) == 0 {
            true => low,
            false => self.tokens(reserve.total_supply_at(slot).map_err(wrong)?, div_up)?.max(low),
        };
        // What is free of the withdraw queue's claim and within what may still flow out.
        let collateral = BigUint::from(reserve.collateral_mint_total_supply()) << FRACTION_BITS;
        let queued = match booked == 0 || collateral == BigUint::ZERO {
            true => reserve.queued_collateral_amount(),
            false => {
                let worth = div_down(BigUint::from(booked) * reserve.queued_collateral_amount(), &collateral);
                u64::try_from(units(&worth)).unwrap_or(u64::MAX)
            }
        };
        let now_unsigned = u64::try_from(now).map_err(|_| "the clock is before 1970")?;
        let free = reserve.available_amount().saturating_sub(queued);
        let liquidity = free.min(reserve.deposit_withdrawal_cap().room(now_unsigned));

        let cut = |illiquid: u64| {
            let haircut = (u128::from(illiquid) * u128::from(line.haircut_bps)).div_ceil(u128::from(ALL_BPS));
            low.saturating_sub(u64::try_from(haircut).unwrap_or(u64::MAX)).saturating_add(line.in_flight)
        };
        let (cut_low, least_low) = (cut(low.saturating_sub(liquidity)), cut(low));
        let mid = (low + (high - low) / 2).saturating_add(line.in_flight);
        let high = high.saturating_add(line.in_flight);

        let whole_up = |amount_sf: u128| u64::try_from(amount_sf.div_ceil(1 << FRACTION_BITS)).unwrap_or(u64::MAX);
        let (supply, borrowed) = (whole_up(booked), whole_up(reserve.borrowed_amount_sf()));
        let narrow = |bps: u32| u16::try_from(bps).unwrap_or(u16::MAX);
        let points = reserve.curve();
        let priced = |tokens: u64| self.prices.map_or(i128::from(tokens), |prices| prices.mid_down(tokens));
        let mid_value = priced(mid);
        let low_value = |tokens: u64| match &self.prices {
            None => i128::from(tokens),
            Some(prices) => prices.low_down(tokens).min(mid_value),
        };
        let high_value = match &self.prices {
            None => i128::from(high),
            Some(prices) => prices.high_up(high).max(mid_value),
        };
        let fits = |value: i128| u64::try_from(value).map_err(|_| "it is worth more than 64 bits hold".to_owned());
        Ok(Recomputed {
            value: Value { low: fits(low_value(cut_low))?, mid: fits(mid_value)?, high: fits(high_value)?, at: now },
            least_low: low_value(least_low),
            liquidity: priced(liquidity),
            supply: priced(supply),
            borrowed: priced(borrowed),
            take_bps: u16::from(reserve.protocol_take_rate_pct()).saturating_mul(100),
            util_bps: points.iter().map(|point| narrow(point.utilization_bps)).collect(),
            rate_bps: points.iter().map(|point| narrow(point.borrow_rate_bps)).collect(),
        })
    }
}
