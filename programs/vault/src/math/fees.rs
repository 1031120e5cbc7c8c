//! What managers are paid: a part of NAV for time, a part of gains above a mark, both in new shares.
//!
//! # Crystallisation
//!
//! With L = NAV low, S = all shares (accrued fee shares included) and V = the virtual amount:
//!
//! - management = ⌊L · bps · seconds / (year · 10^4)⌋, at most L/2;
//! - price = ⌊(L − management + V) · 2^40 / (S + V)⌋;
//! - performance = ⌊⌊(price − mark) · S / 2^40⌋ · bps / 10^4⌋ where the price is above the mark;
//! - with F = management + performance, fee shares = ⌊F · (S + V) / (L + V − F)⌋, which after they are made are worth at
//!   most F, since each rounding is against the recipient;
//! - mark = the larger of the mark and the price after, rounded up.
//!
//! Done twice at one time the second finds no second passed and no price above the mark: nothing is charged twice. The
//! mark never falls while anybody holds a share, so what was charged for once is not charged again after a fall and a
//! recovery. It is set anew only by the first deposit into a vault without any shares, to the price that it pays.
//!
//! # Between crystallisations
//!
//! At most daily, so that noise in a price is not sampled for its maxima. In between, who leaves is priced with the shares
//! that a crystallisation at that moment would make ([`Due::shares_up`]), and pays the running day's fee into the
//! pool. Who enters is priced without them, and then bears their part of a fee that accrued before: at most that of the time
//! since the last crystallisation, which a flow after more than a day makes first. On both sides the difference is
//! the pool's, so that nobody gains by being on either side of a crystallisation.
//!
//! # Who enters below the mark
//!
//! There is one mark for all. Who enters at a price e below the mark M pays no performance fee on the way from e to M.
//! *This is a choice.* Nobody else loses by it: no fee shares are made, every share is worth the same, and the price of a
//! share does not depend on who holds it. Only the recipient forgoes something, and exactly
//! performance_bps · (M − e) · shares, which he would have been paid by the newcomer if each had a mark of his own. The
//! alternatives are worse: a mark per deposit needs an account per deposit and shares that are not alike, so that
//! they cannot be traded; a mark lowered for newcomers charges those who were there twice.
//!
//! # Range
//!
//! Every function takes 64 bits and cannot fail or overflow: products have 128 bits, quotients are bounded as each
//! comment says. What cannot be represented is not charged: no exit may ever fail for the sake of a fee.

use gimbal_math::muldiv::mul_div_down;
use gimbal_math::{Assets, Pool, Shares};

use super::flows::BPS;
use super::price::{share_price_down, share_price_up, PRICE_BITS};
use crate::state::Fees;

/// Seconds of the management fee's year: 365 days.
pub const YEAR: u64 = 31_536_000;
/// Least seconds between two crystallisations.
pub const CRYSTALLISE_EVERY: i64 = 86_400;

/// YEAR · 10^4: the divisor of the management fee.
const YEAR_BPS: u64 = 315_360_000_000;
/// Half of that: the most that management takes at once, as a part of NAV over `YEAR_BPS`.
const HALF: u64 = 157_680_000_000;

/// What is due at one moment, and what charging it would do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Due {
    /// Management fee, base units.
    pub management: Assets,
    /// Performance fee, base units.
    pub performance: Assets,
    /// Fee shares for both, rounded down, share units.
    pub shares: Shares,
}

impl Due {
    /// The fee shares rounded up: what leavers count as being there already.
    pub fn shares_up(&self) -> Shares {
        if self.management.is_zero() && self.performance.is_zero() {
            return Shares::ZERO;
        }
        Shares(self.shares.0.saturating_add(1))
    }
}

/// low · bps · seconds / (year · 10^4), rounded down and at most half of `low`, base units. A time that ran backwards
/// is none.
pub fn management_down(low: Assets, bps: u16, seconds: i64) -> Assets {
    let seconds = u64::try_from(seconds).unwrap_or(0);
    // Saturated, it is above the half that it is bounded by.
    let part = u64::from(bps).saturating_mul(seconds).min(HALF);
    // part / YEAR_BPS ≤ 1/2: the quotient fits.
    Assets(mul_div_down(low.0, part, YEAR_BPS).unwrap_or(0))
}

/// bps of what `pool.shares` gained from `mark` to the pool's price, each step rounded down, base units.
pub fn performance_down<const V: u64>(pool: Pool<V>, mark: u64, bps: u16) -> Assets {
    let above = share_price_down(pool).saturating_sub(mark);
    // Two factors of 64 bits fit 128. The price is at most (assets + V) · 2^40 / (shares + V): after the shift the gain is
    // at most assets + V, which fits 64 bits.
    let gain = u128::from(above).saturating_mul(u128::from(pool.shares.0)) >> PRICE_BITS;
    let gain = u64::try_from(gain).unwrap_or(u64::MAX);
    // bps < 10^4: the quotient fits.
    Assets(mul_div_down(gain, u64::from(bps), BPS).unwrap_or(0))
}

/// The shares that are worth at most `fee` once they are made: fee · (S + V) / (L + V − fee), rounded down, share units.
pub fn fee_shares_down<const V: u64>(fee: Assets, pool: Pool<V>) -> Shares {
    // Of a fee within the caps at least 7/20 of L + V is left: L − management ≥ L/2, and of that with V seven tenths.
    let left = pool.assets.0.saturating_add(V).saturating_sub(fee.0);
    let priced = pool.shares.0.saturating_add(V);
    // So many that all shares and V still fit 64 bits.
    let room = u64::MAX.saturating_sub(priced);
    Shares(mul_div_down(fee.0, priced, left).unwrap_or(0).min(room))
}

/// What is due at `now` at the pool of NAV low and all shares. Nothing while nobody holds a share: there is nobody to
/// charge, and the fee would be taken from whoever comes next.
pub fn due<const V: u64>(fees: &Fees, pool: Pool<V>, now: i64) -> Due {
    if pool.shares.is_zero() || !fees.accrue() {
        return Due::default();
    }
    let management = management_down(pool.assets, fees.management_bps, now.saturating_sub(fees.crystallised_at));
    let net = Pool::<V> { assets: Assets(pool.assets.0.saturating_sub(management.0)), shares: pool.shares };
    let performance = match fees.performance_bps {
        0 => Assets::ZERO,
        bps => performance_down(net, fees.mark, bps),
    };
    let shares = fee_shares_down(Assets(management.0.saturating_add(performance.0)), pool);
    Due { management, performance, shares }
}

/// The mark after `made` fee shares joined the pool: the larger of the mark and the price then, rounded up.
pub fn mark_up<const V: u64>(mark: u64, pool: Pool<V>, made: Shares) -> u64 {
    let after = Pool::<V> { assets: pool.assets, shares: Shares(pool.shares.0.saturating_add(made.0)) };
    mark.max(share_price_up(after))
}

/// Whether a crystallisation is due at `now`: a day after the last.
pub fn is_due(fees: &Fees, now: i64) -> bool {
    now.saturating_sub(fees.crystallised_at) >= CRYSTALLISE_EVERY
}
