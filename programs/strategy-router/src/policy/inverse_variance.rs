//! Weights inversely proportional to variance, with a volatility target.
//!
//! A line whose price moves gets λ / σ², held within its bounds; λ is one number for all such lines, the largest at
//! which what they get together is neither more than can be placed nor more volatile than the target. So a bound that
//! cuts one line leaves its excess to the others in the same proportions (water-filling), and a forecast that rises takes
//! money out of its line and, once the target binds, out of all of them.
//!
//! The volatility of the whole is taken as Σ w·σ, as if all prices moved together: never below the true one, whatever the
//! correlations, which break when they are needed. Minimums are the owner's word and come before the target.
//!
//! What the lines that move leave is placed in the lines that carry no price risk (lending the base asset), in the
//! proportions of their target weights and within their bounds. A line that carries price risk of which no forecast is
//! known gets its minimum: unknown is not calm.
//!
//! Cost: λ is found by bisection on integers, about fifty rounds of one multiplication per line.

use gimbal_math::muldiv::{isqrt_u128_down, isqrt_u64_up};

use crate::{error::RouterError, state::LINES};

/// One, as a weight.
pub const WHOLE_BPS: u16 = 10_000;
/// Binary places of a weight inside this module, so that rounding costs less than a basis point.
const WEIGHT_SHIFT: u32 = 8;
/// Binary places of a share: the calmest line has one.
const SHARE_SHIFT: u32 = 32;
/// Binary places of a variance, a day.
const VARIANCE_SHIFT: u32 = 56;
/// Days of a year of volatility: these markets never close.
const YEAR_DAYS: u128 = 365;

/// How a line's value moves against the base asset's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PriceRisk {
    /// Not at all: it holds the base asset.
    None,
    /// By this forecast variance, units of 2^-56 a day.
    Variance(u64),
    /// Nobody knows how much.
    Unknown,
}

/// A line that takes part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// How its value moves.
    pub risk: PriceRisk,
    /// Weight that the curator steers for, basis points; divides what is left among lines without price risk.
    pub target_bps: u16,
    /// Least weight, basis points.
    pub min_bps: u16,
    /// Greatest weight, basis points; holds where it is below the least.
    pub max_bps: u16,
}

/// Volatility of one day, units of 2^-28, that a yearly one of `yearly_bps` basis points is: ⌊σ / √365⌋.
pub fn daily_down(yearly_bps: u16) -> u64 {
    let yearly = u128::from(yearly_bps) << (VARIANCE_SHIFT >> 1);
    let one = u128::from(WHOLE_BPS).saturating_mul(u128::from(WHOLE_BPS)).saturating_mul(YEAR_DAYS);
    let variance = yearly.saturating_mul(yearly).checked_div(one).unwrap_or(0);
    u64::try_from(isqrt_u128_down(variance)).unwrap_or(u64::MAX)
}

/// The weight of each line, basis points of NAV, rounded down, in the order of `parts`; `None` entries get 0. They add up
/// to `whole_bps` at most: dust, and what no line may take, stays in cash.
///
/// `whole_bps`: the part of NAV that may lie in these lines. `volatility_bps`: the target, basis points a year. Minimums
/// come first, in order, as far as `whole_bps` reaches.
///
/// # Errors
/// [`RouterError::MathOverflow`].
#[inline(never)]
pub fn weights(
    whole_bps: u16,
    volatility_bps: u16,
    parts: &[Option<Part>; LINES],
) -> Result<[u16; LINES], RouterError> {
    let whole = scaled(whole_bps.min(WHOLE_BPS));
    let mut tanks = tanks(parts)?;
    let limit = daily_down(volatility_bps).saturating_mul(scaled(WHOLE_BPS));
    // The minimums of the lines without price risk are spoken for.
    let left = whole.saturating_sub(sum(&tanks, Kind::Safe, |tank| tank.min));
    fill(&mut tanks, Kind::Risky, &Limits { whole: left, volatility: limit });
    let left = whole.saturating_sub(sum(&tanks, Kind::Risky, |tank| tank.weight));
    fill(&mut tanks, Kind::Safe, &Limits { whole: left, volatility: u64::MAX });

    let (mut left, mut weights) = (whole, [0; LINES]);
    for (weight, tank) in weights.iter_mut().zip(&tanks) {
        let taken = tank.weight.min(left);
        left = left.saturating_sub(taken);
        *weight = u16::try_from(taken >> WEIGHT_SHIFT).unwrap_or(WHOLE_BPS);
    }
    Ok(weights)
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Kind {
    /// No line, or one that takes no part.
    #[default]
    Empty,
    /// Its price moves.
    Risky,
    /// Its price does not move.
    Safe,
}

/// A line while it is being filled; weights are basis points × 2^8.
#[derive(Clone, Copy, Default)]
struct Tank {
    kind: Kind,
    min: u64,
    max: u64,
    /// Its part of λ, of 2^32.
    share: u64,
    /// λ from which on it is full.
    full_at: u64,
    /// Volatility of a day, units of 2^-28, rounded up.
    sigma: u64,
    weight: u64,
}

impl Tank {
    /// What the line gets at `level`, which is λ in units of a weight. Rounded down.
    fn at(&self, level: u64) -> u64 {
        if level >= self.full_at {
            return self.max;
        }
        // Below `full_at` the product is less than max · 2^32 + share: below 2^55.
        (level.saturating_mul(self.share) >> SHARE_SHIFT).max(self.min).min(self.max)
    }
}

/// What lines of one kind may hold together.
struct Limits {
    /// Sum of weights.
    whole: u64,
    /// Sum of weights times volatilities.
    volatility: u64,
}

/// A weight with the module's binary places.
fn scaled(bps: u16) -> u64 {
    u64::from(bps) << WEIGHT_SHIFT
}

#[inline(never)]
fn tanks(parts: &[Option<Part>; LINES]) -> Result<[Tank; LINES], RouterError> {
    let variances = parts.iter().flatten().filter_map(|part| match part.risk {
        PriceRisk::Variance(variance) => Some(variance.max(1)),
        PriceRisk::None | PriceRisk::Unknown => None,
    });
    let calmest = u128::from(variances.min().unwrap_or(1));
    let mut tanks = [Tank::default(); LINES];
    for (tank, part) in tanks.iter_mut().zip(parts) {
        let Some(part) = part else { continue };
        let max = scaled(part.max_bps.min(WHOLE_BPS));
        let (kind, share, sigma) = match part.risk {
            PriceRisk::None => (Kind::Safe, u64::from(part.target_bps), 0),
            // Where its minimum is held, no target can be kept: the others stay at theirs.
            PriceRisk::Unknown => (Kind::Risky, 0, u64::MAX),
            PriceRisk::Variance(variance) => {
                let share = (calmest << SHARE_SHIFT).checked_div(u128::from(variance.max(1))).unwrap_or(0);
                (Kind::Risky, u64::try_from(share).map_err(|_| RouterError::MathOverflow)?, isqrt_u64_up(variance))
            }
        };
        // Without a share a line is never filled beyond its minimum.
        let full_at = match (max << SHARE_SHIFT).checked_div(share) {
            Some(level) => level.saturating_add(1),
            None => u64::MAX,
        };
        *tank = Tank { kind, min: scaled(part.min_bps).min(max), max, share, full_at, sigma, weight: 0 };
    }
    Ok(tanks)
}

fn sum(tanks: &[Tank; LINES], kind: Kind, of: impl Fn(&Tank) -> u64) -> u64 {
    tanks.iter().filter(|tank| tank.kind == kind).fold(0, |sum, tank| sum.saturating_add(of(tank)))
}

/// Whether the lines of a kind stay within their limits at `level`.
fn fits(tanks: &[Tank; LINES], kind: Kind, limits: &Limits, level: u64) -> bool {
    let (mut whole, mut volatility) = (0_u64, 0_u64);
    for tank in tanks.iter().filter(|tank| tank.kind == kind) {
        let weight = tank.at(level);
        whole = whole.saturating_add(weight);
        volatility = volatility.saturating_add(weight.saturating_mul(tank.sigma));
    }
    whole <= limits.whole && volatility <= limits.volatility
}

/// The largest λ at which the lines of a kind stay within their limits; 0 where they are beyond them at their minimums.
#[inline(never)]
fn level(tanks: &[Tank; LINES], kind: Kind, limits: &Limits) -> u64 {
    let of_kind = tanks.iter().filter(|tank| tank.kind == kind && tank.share > 0);
    let mut beyond = of_kind.map(|tank| tank.full_at).max().unwrap_or(0);
    if fits(tanks, kind, limits, beyond) {
        return beyond;
    }
    let mut within = 0;
    while beyond.saturating_sub(within) > 1 {
        let middle = within.saturating_add(beyond.saturating_sub(within) >> 1);
        if fits(tanks, kind, limits, middle) {
            within = middle;
        } else {
            beyond = middle;
        }
    }
    within
}

/// Gives each line of a kind what it gets at the largest λ.
fn fill(tanks: &mut [Tank; LINES], kind: Kind, limits: &Limits) {
    let level = level(tanks, kind, limits);
    for tank in tanks.iter_mut().filter(|tank| tank.kind == kind) {
        tank.weight = tank.at(level);
    }
}
