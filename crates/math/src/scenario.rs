//! What a position gains or loses in a scenario: full revaluation at other prices and volatilities.
//!
//! A scenario is instantaneous: no time passes, no interest accrues, nobody adds or takes anything. Positions are given
//! without decimals and prices, by values in base units at the present price and by ratios to it, so that the present
//! price is one.

use crate::error::{MathError, Result};
use crate::muldiv::{mul_div_down, mul_div_u128_down, mul_div_u128_up, mul_shift_down, wide_mul};
use crate::option::{European, Kind};
use crate::position::hedge::Hedged;
use crate::position::leverage::Leveraged;
use crate::position::liquidity::{moved_down, Range};
use crate::position::{difference, moved_bps, FULL};
use crate::q64::{Q64Signed, Q64};
use crate::units::Bps;

/// Fractional bits that ratios lack to become a [`Q64`].
const RATIO_SHIFT: u32 = 32;
/// The liquidity in which a range is valued before it is scaled to the position's value. Even a price 200,000 times the present one keeps
/// values within 64 bits.
const UNIT_LIQUIDITY: u128 = 1 << 54;
/// More than the error of an option's price, in units of 2^-64 of the spot (10^-15 is 18,447).
const PRICE_ERROR: u128 = 20_000;

/// What happens to an asset.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Shock {
    /// The move of its price in the base asset, in basis points of the present one: not below −10,000.
    pub price_bps: i32,
    /// The move of its implied volatility, in basis points of the present one: not below −10,000.
    pub volatility_bps: i32,
}

/// A position, in base units at the present price. Ratios have 32 fractional bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Position {
    /// Value that no price moves.
    Cash,
    /// Known by its derivatives alone: δ·m + ½γ·m² for a move m.
    Linear {
        /// The change of value for a move by +100%.
        delta: i64,
        /// The second derivative by the move.
        gamma: i64,
    },
    /// Supplied to a lending market: worth what was supplied, whatever the market's state.
    Lending {
        /// The value of what is supplied, if the asset is not the base asset.
        delta: i64,
    },
    /// Collateral that a debt was drawn against, one of which moves with the asset.
    Loop {
        /// Collateral, debt and threshold.
        position: Leveraged,
        /// Whether it is the debt that moves.
        debt_moves: bool,
        /// What a liquidation costs, in basis points of the debt.
        bonus: Bps,
    },
    /// Concentrated liquidity.
    Liquidity {
        /// The value.
        value: u64,
        /// √(lowest price of the range / present price).
        lower: u64,
        /// √(highest price of the range / present price).
        upper: u64,
    },
    /// The asset, and a perpetual future sold against it.
    Hedged(Hedged),
    /// A European option on an amount of the asset.
    Option {
        /// The right.
        kind: Kind,
        /// The value of that amount.
        notional: u64,
        /// Strike / present price.
        strike: u64,
        /// Years to expiry.
        years: u64,
        /// The yearly volatility.
        volatility: u64,
        /// The yearly riskless rate, continuously compounded, in basis points.
        rate_bps: i32,
        /// Whether it was written, not bought.
        written: bool,
    },
}

/// The position's profit, or loss if negative, in base units. Rounded down: a loss is never understated.
///
/// - [`Position::Linear`] and [`Position::Lending`] are rounded once, [`Position::Loop`] and [`Position::Hedged`] as
///   [`Leveraged::profit_down`] and [`Hedged::profit_down`] say: a shock past the threshold liquidates.
/// - [`Position::Liquidity`] is less than one unit and 2^-36 of the value (before or after, whichever is larger) below the
///   exact profit, if the range is at least one basis point wide and no farther off than a third of the price.
/// - [`Position::Option`] is less than one unit and 10^-14 of the notional below it, on the grid of
///   [`option`](crate::option) and for a price up to three times the present one.
///
/// # Errors
///
/// [`MathError::Domain`](crate::MathError::Domain) for a fall of price or volatility by more than 100%, and for a range that is none;
/// [`MathError::DivisionByZero`](crate::MathError::DivisionByZero) for a range so far away that one unit of liquidity is worth nothing;
/// [`MathError::Overflow`](crate::MathError::Overflow) if the profit exceeds 63 bits, or as [`European::price`].
pub fn revalue(position: &Position, shock: &Shock) -> Result<i64> {
    moved_bps(shock.price_bps)?;
    Present::of(position)?.revalue(shock)
}

/// A position with what it is worth at the present price, which is worked out once for any number of scenarios.
#[derive(Clone, Copy, Debug)]
pub struct Present {
    position: Position,
    worth: Worth,
}

#[derive(Clone, Copy, Debug)]
enum Worth {
    /// What the position's own numbers say.
    Given,
    /// A range of [`UNIT_LIQUIDITY`] and its value, rounded up.
    Range(Range, u64),
    /// An option and its price.
    Option(European, Q64),
}

impl Present {
    /// Values the position at the present price.
    ///
    /// # Errors
    ///
    /// As [`revalue`], for what concerns the position alone.
    pub fn of(position: &Position) -> Result<Self> {
        let worth = match *position {
            Position::Liquidity { lower, upper, .. } => {
                let range = Range::new(UNIT_LIQUIDITY, ratio(lower.max(1)), ratio(upper))?;
                Worth::Range(range, range.value_up(Q64::ONE)?)
            }
            Position::Option { kind, strike, years, volatility, rate_bps, .. } => {
                let option = European {
                    spot: Q64::ONE,
                    strike: ratio(strike),
                    rate: Q64Signed::from_ratio_down(rate_bps.into(), FULL.into())?,
                    volatility: ratio(volatility),
                    years: ratio(years),
                };
                Worth::Option(option, option.price(kind)?)
            }
            _ => Worth::Given,
        };
        Ok(Self { position: *position, worth })
    }

    /// As [`revalue`], to the bit.
    ///
    /// # Errors
    ///
    /// As [`revalue`].
    pub fn revalue(&self, shock: &Shock) -> Result<i64> {
        let moved = moved_bps(shock.price_bps)?;
        match (self.position, self.worth) {
            (Position::Cash, _) => Ok(0),
            (Position::Linear { delta, gamma }, _) => expansion_down(delta, gamma, shock.price_bps),
            (Position::Lending { delta }, _) => expansion_down(delta, 0, shock.price_bps),
            (Position::Loop { position, debt_moves: false, bonus }, _) => position.profit_down(shock.price_bps, bonus),
            (Position::Loop { position, debt_moves: true, bonus }, _) => debt_moved_down(&position, moved, bonus),
            (Position::Liquidity { value, .. }, Worth::Range(range, before)) => {
                let after = range.value_down(moved_down(Q64::ONE, shock.price_bps)?)?;
                difference(mul_div_down(value, after, before)?.into(), value.into())
            }
            (Position::Hedged(hedged), _) => hedged.profit_down(shock.price_bps),
            (Position::Option { kind, notional, written, .. }, Worth::Option(present, before)) => {
                let volatility =
                    mul_div_u128_down(present.volatility.0, moved_bps(shock.volatility_bps)?.into(), FULL.into())?;
                let spot = mul_div_u128_down(Q64::ONE.0, moved.into(), FULL.into())?;
                let after = European { spot: Q64(spot), volatility: Q64(volatility), ..present }.price(kind)?;
                let (received, paid) = if written { (before, after) } else { (after, before) };
                let error = PRICE_ERROR.saturating_add(mul_shift_down(PRICE_ERROR, spot, 64)?);
                let received = received.to_signed()?.0;
                let paid = paid.to_signed()?.0.saturating_add_unsigned(error);
                scaled_down(notional, received.saturating_sub(paid))
            }
            // `of` has valued every range and every option.
            (Position::Liquidity { .. } | Position::Option { .. }, _) => Err(MathError::Domain),
        }
    }
}

/// δ·m + ½γ·m², rounded down.
fn expansion_down(delta: i64, gamma: i64, move_bps: i32) -> Result<i64> {
    const TWICE_SQUARED: u128 = 2 * (FULL as u128) * (FULL as u128);
    let bps = i128::from(move_bps);
    // At most 2^63 · 2^31 · 2^15 and 2^63 · 2^62.
    let linear = i128::from(delta).saturating_mul(bps).saturating_mul(2 * FULL as i128);
    let change = linear.saturating_add(i128::from(gamma).saturating_mul(bps.saturating_mul(bps)));
    quotient_down(change, |size, up| {
        let divide = if up { mul_div_u128_up } else { mul_div_u128_down };
        divide(size, 1, TWICE_SQUARED)
    })
}

/// notional · parts / 2^64, rounded down.
fn scaled_down(notional: u64, parts: i128) -> Result<i64> {
    quotient_down(parts, |size, up| {
        let divide = if up { mul_div_u128_up } else { mul_div_u128_down };
        divide(size, notional.into(), Q64::ONE.0)
    })
}

/// `divide` of the size, rounded up if the number is negative, with its sign.
fn quotient_down(number: i128, divide: impl FnOnce(u128, bool) -> Result<u128>) -> Result<i64> {
    let size = divide(number.unsigned_abs(), number < 0)?;
    if number < 0 {
        difference(0, size)
    } else {
        difference(size, 0)
    }
}

/// By how much the equity changes when the debt is worth `moved` of 10,000 times what it was, and the collateral what it was;
/// liquidation as in [`Leveraged::profit_down`].
fn debt_moved_down(position: &Leveraged, moved: u64, bonus: Bps) -> Result<i64> {
    let collateral = u128::from(position.collateral);
    let owed = wide_mul(position.debt, moved);
    // Both in units of 1/10,000: below 2^80 against below 2^83.
    let liquidated = wide_mul(position.collateral, position.threshold.0.into()) < owed;
    let factor = if liquidated { FULL.saturating_add(bonus.0.into()) } else { FULL };
    let taken = mul_div_u128_up(owed, factor.into(), u128::from(FULL).saturating_mul(FULL.into()))?;
    difference(collateral.saturating_sub(taken), collateral.saturating_sub(position.debt.into()))
}

fn ratio(value: u64) -> Q64 {
    Q64(u128::from(value) << RATIO_SHIFT)
}
