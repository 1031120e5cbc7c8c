//! What a price must satisfy before it is believed, and the comparisons that flags are made of.

use anchor_lang::prelude::*;
use gimbal_math::muldiv::mul_div_up;
use gimbal_math::units::{conf_from_pyth_up, Price};
use pyth_solana_receiver_sdk::price_update::{PriceUpdateV2, VerificationLevel};

use crate::error::OracleError;
use crate::state::{FeedParams, Sample};

/// The programs that post verified Pyth prices. The second came in August 2026; both are live.
pub const RECEIVERS: [Pubkey; 2] =
    [pubkey!("rec5EKMGg6MxZYaMdyBfgwp4d5rB9T1VQH5pJv5LtFJ"), pubkey!("rec2HHDDnjLfj4kE7VyEtFA1HPGQLK33259532cRyHp")];

/// Confidences from the price to a bound, in hundredths: 2.12 (Pyth's advice for a 95% interval of a heavy-tailed
/// aggregate; docs.pyth.network, "Best practices").
const INTERVAL_HUNDREDTHS: u128 = 212;

/// Whether `part` is more than `bps` basis points of `whole`.
pub fn exceeds_bps(part: u64, whole: u64, bps: u16) -> bool {
    // Neither product leaves 128 bits: 2^64 · 2^16.
    u128::from(part).saturating_mul(10_000) > u128::from(whole).saturating_mul(u128::from(bps))
}

/// Whether two prices are further apart than `bps` basis points of `base`.
pub fn differ_by_more(a: u64, b: u64, base: u64, bps: u16) -> bool {
    exceeds_bps(a.abs_diff(b), base, bps)
}

/// `part` in parts per million of `whole`, rounded up and cut at `u32::MAX`.
pub fn parts_per_million_up(part: u64, whole: u64) -> u32 {
    mul_div_up(part, 1_000_000, whole).map_or(u32::MAX, |parts| u32::try_from(parts).unwrap_or(u32::MAX))
}

/// Price ∓ 2.12 confidences, rounded outwards.
///
/// # Errors
/// [`OracleError::ConfidenceExceedsPrice`] when the lower bound is not positive; [`OracleError::PriceOutOfRange`] when
/// the upper bound does not fit.
pub fn interval(price: u64, confidence: u64) -> Result<(u64, u64)> {
    let margin = u128::from(confidence).saturating_mul(INTERVAL_HUNDREDTHS).div_ceil(100);
    let margin = u64::try_from(margin).map_err(|_| OracleError::ConfidenceExceedsPrice)?;
    let low = price.checked_sub(margin).filter(|low| *low > 0).ok_or(OracleError::ConfidenceExceedsPrice)?;
    let high = price.checked_add(margin).ok_or(OracleError::PriceOutOfRange)?;
    Ok((low, high))
}

/// Reads a posted price update.
///
/// # Errors
/// [`OracleError::WrongPriceOwner`], [`OracleError::MalformedPrice`].
pub fn read(account: &AccountInfo) -> Result<PriceUpdateV2> {
    require!(RECEIVERS.contains(account.owner), OracleError::WrongPriceOwner);
    let data = account.try_borrow_data()?;
    PriceUpdateV2::try_deserialize(&mut &data[..]).map_err(|_| OracleError::MalformedPrice.into())
}

/// Checks a posted price update against a feed's id and parameters and against the publish time that is stored.
/// Returns it in this program's units; `None` when that very price is stored already.
///
/// # Errors
/// In this order: [`OracleError::PriceNotFullyVerified`], [`OracleError::FeedIdMismatch`],
/// [`OracleError::PriceNotPositive`], [`OracleError::ExponentOutOfRange`], [`OracleError::PriceFromFuture`],
/// [`OracleError::PriceTooOld`], [`OracleError::PriceOlderThanStored`], [`OracleError::PriceOutOfRange`],
/// [`OracleError::ConfidenceTooWide`].
pub fn check(
    update: &PriceUpdateV2,
    feed_id: &[u8; 32],
    params: &FeedParams,
    stored_publish_time: i64,
    now: i64,
) -> Result<Option<Sample>> {
    let message = &update.price_message;
    require!(update.verification_level == VerificationLevel::Full, OracleError::PriceNotFullyVerified);
    require!(message.feed_id == *feed_id, OracleError::FeedIdMismatch);
    require!(message.price > 0, OracleError::PriceNotPositive);
    require!(Price::PYTH_EXPONENTS.contains(&message.exponent), OracleError::ExponentOutOfRange);
    let age = now.saturating_sub(message.publish_time);
    require!(age >= 0_i64.saturating_sub(i64::from(params.max_future)), OracleError::PriceFromFuture);
    require!(age <= i64::from(params.max_age), OracleError::PriceTooOld);
    require!(message.publish_time >= stored_publish_time, OracleError::PriceOlderThanStored);
    if message.publish_time == stored_publish_time {
        return Ok(None);
    }
    let price = Price::from_pyth(message.price, message.exponent).map_err(|_| OracleError::PriceOutOfRange)?;
    let confidence = conf_from_pyth_up(message.conf, message.exponent).map_err(|_| OracleError::PriceOutOfRange)?;
    require!(!exceeds_bps(confidence, price.0, params.max_confidence_bps), OracleError::ConfidenceTooWide);
    Ok(Some(Sample { price: price.0, confidence, publish_time: message.publish_time, posted_slot: update.posted_slot }))
}
