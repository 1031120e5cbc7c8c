//! What more of one asset makes of a portfolio.

use super::portfolio::{alone_up, bits, scaled_up, Portfolio, BITS};
use crate::margin::{addition_fits, largest_addition};
use crate::muldiv::wide_mul;
use crate::q64::Q64;
use crate::volatility::Variance;

/// How often the rounding of the coefficients is set aside before the room to a limit is worked out: once for the
/// portfolio as it is, twice for what it will be, and once for the covariance.
const GUARD: u64 = 4;

/// A portfolio to which more of one asset is added, or which has some of it taken away: worked out once, for any number of limits.
#[derive(Clone, Debug)]
pub struct Addition(How);

#[derive(Clone, Debug)]
enum How {
    /// There is no such asset, or its covariance with the portfolio does not fit: nothing can be added.
    Never,
    /// An asset that is not known: its own deviation counts in full, whatever the others do.
    Alone {
        /// Size of its delta.
        held: u64,
        /// The deviation of the others.
        others: u64,
        /// Whether the addition makes the delta larger.
        grows: bool,
        /// The deviation of one unit.
        unit: Q64,
    },
    /// An asset whose correlations are known.
    Known(Known),
}

#[derive(Clone, Debug)]
struct Known {
    /// Deviation of the assets that are not known.
    unknown: u64,
    /// The asset's own deviation, and that of all known ones.
    reach: u128,
    /// Bits of the root mean square of the asset's residuals, less two.
    own_bits: i32,
    /// The coefficients' rounding, [`GUARD`] times.
    norms: u64,
    /// Of the portfolio's coefficients.
    exponent: i32,
    /// Variance of the known assets, squared base units.
    variance: u128,
    /// Covariance with one unit of the addition, units of 2^-28 base units.
    covariance: i128,
    /// Variance of one unit.
    unit: Variance,
}

impl Addition {
    pub(super) fn new(portfolio: &Portfolio, asset: usize, rising: bool) -> Self {
        Self(Self::how(portfolio, asset, rising).unwrap_or(How::Never))
    }

    fn how(portfolio: &Portfolio, asset: usize, rising: bool) -> Option<How> {
        let (delta, unit) = (*portfolio.deltas.get(asset)?, *portfolio.variances.get(asset)?);
        let held = delta.unsigned_abs();
        let alone = alone_up(held, unit);
        let Some(norm) = portfolio.gram.norm(asset) else {
            return Some(How::Alone {
                held,
                others: portfolio.deviation_up().saturating_sub(alone),
                grows: delta == 0 || (delta > 0) == rising,
                unit: unit.deviation_up(),
            });
        };
        let own = portfolio.gram.deviation_up(norm);
        let deviation = scaled_up(portfolio.root, portfolio.exponent);
        Some(How::Known(Known {
            unknown: portfolio.unknown,
            reach: u128::from(alone).saturating_add(u128::from(portfolio.known())),
            own_bits: bits(u128::from(own)).saturating_sub(2),
            norms: portfolio.rounding.saturating_add(own).saturating_mul(GUARD),
            exponent: portfolio.exponent,
            variance: wide_mul(deviation, deviation),
            covariance: portfolio.covariance_up(asset, unit, norm, rising)?,
            unit,
        }))
    }

    /// The most that may be added with [`Portfolio::deviation_up`] at most `limit`; rounded down. Zero where the limit is
    /// exceeded already, even if the addition would hedge.
    pub fn room_down(&self, limit: u64) -> u64 {
        match &self.0 {
            How::Never => 0,
            How::Alone { held, others, grows, unit } => {
                let Some(left) = limit.checked_sub(*others) else { return 0 };
                let Ok(most) = Q64::from_int(left).div_down(*unit) else { return 0 };
                let most = most.to_int_down();
                if *grows {
                    most.saturating_sub(*held)
                } else if most < *held {
                    0
                } else {
                    most.saturating_add(*held)
                }
            }
            How::Known(known) => match known.left(limit) {
                Some(left) => largest_addition(known.variance, known.covariance, known.unit, left),
                None => 0,
            },
        }
    }

    /// Whether so much may be added: as `amount <= room_down(limit)`, without its roots, and exact where that is rounded down. Nothing always may.
    pub fn fits(&self, amount: u64, limit: u64) -> bool {
        amount == 0
            || match &self.0 {
                How::Known(known) => known
                    .left(limit)
                    .is_some_and(|left| addition_fits(known.variance, known.covariance, known.unit, left, amount)),
                _ => amount <= self.room_down(limit),
            }
    }
}

impl Known {
    /// What the limit leaves to the known assets, less what rounding may take once the addition is made: the unit grows with the
    /// largest coefficient, and the asset's own deviation to at most what it is, what the rest is, and the limit.
    fn left(&self, limit: u64) -> Option<u64> {
        let left = limit.checked_sub(self.unknown)?;
        let reach = self.reach.saturating_add(u128::from(limit));
        let after = bits(reach).saturating_sub(self.own_bits).saturating_sub(BITS);
        let guard = scaled_up(self.norms, after.max(self.exponent)).saturating_add(GUARD);
        left.checked_sub(guard)
    }
}
