//! The units that amounts, prices and times are measured in, as newtypes that cannot be confused.

use bytemuck::{Pod, Zeroable};

use crate::error::{MathError, Result};
use crate::muldiv::{mul_div_down, mul_div_up, pow10};

macro_rules! unit {
    ($(#[$doc:meta])* $name:ident($inner:ty)) => {
        $(#[$doc])*
        #[repr(transparent)]
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Pod, Zeroable)]
        #[allow(unsafe_code)] // the derives of Pod and Zeroable expand to unsafe impls
        pub struct $name(pub $inner);

        impl $name {
            /// Nothing.
            pub const ZERO: Self = Self(0);
            /// The largest that can be represented.
            pub const MAX: Self = Self(<$inner>::MAX);

            /// The exact sum, or [`MathError::Overflow`].
            pub fn checked_add(self, other: Self) -> Result<Self> {
                self.0.checked_add(other.0).map(Self).ok_or(MathError::Overflow)
            }

            /// The exact difference, or [`MathError::Overflow`].
            pub fn checked_sub(self, other: Self) -> Result<Self> {
                self.0.checked_sub(other.0).map(Self).ok_or(MathError::Overflow)
            }

            /// Whether there is nothing.
            pub const fn is_zero(self) -> bool {
                self.0 == 0
            }
        }
    };
}

unit! {
    /// An amount of a vault's base asset, in its smallest unit.
    Assets(u64)
}
unit! {
    /// An amount of a vault's share token, in its smallest unit.
    Shares(u64)
}
unit! {
    /// A proportion in basis points: 10,000 is the whole. May exceed the whole (a haircut of 150% is a fact of life).
    Bps(u16)
}
unit! {
    /// US dollars for one *whole* token, times 10^12. Range 10^-12 to about 18.4 million dollars.
    Price(u64)
}
unit! {
    /// A number of slots, or the slot itself.
    Slots(u64)
}
unit! {
    /// A duration in seconds, or a Unix time.
    Seconds(i64)
}

impl Bps {
    /// The whole: 100%.
    pub const ONE: Self = Self(10_000);

    /// This proportion of `amount`, rounded down: dust stays with whoever keeps the rest.
    pub fn of_down(self, amount: u64) -> Result<u64> {
        mul_div_down(amount, u64::from(self.0), u64::from(Self::ONE.0))
    }

    /// This proportion of `amount`, rounded up: dust goes to whoever takes the part.
    pub fn of_up(self, amount: u64) -> Result<u64> {
        mul_div_up(amount, u64::from(self.0), u64::from(Self::ONE.0))
    }
}

impl Price {
    /// One dollar.
    pub const SCALE: u64 = 1_000_000_000_000;

    /// The exponents that a Pyth price may carry here: 10^-20 to 10^12.
    pub const PYTH_EXPONENTS: core::ops::RangeInclusive<i32> = -20..=12;

    /// `mantissa · 10^exponent` dollars as Pyth publishes it, rounded down.
    ///
    /// # Errors
    ///
    /// [`MathError::Domain`] if the mantissa is not positive, the exponent is outside [`Self::PYTH_EXPONENTS`], or the
    /// price is less than 10^-12 dollars; [`MathError::Overflow`] if it is more than about 18.4 million dollars.
    pub fn from_pyth(mantissa: i64, exponent: i32) -> Result<Self> {
        if mantissa <= 0 {
            return Err(MathError::Domain);
        }
        let (numerator, denominator) = pyth_ratio(mantissa.unsigned_abs(), exponent)?;
        let price = numerator.checked_div(denominator).ok_or(MathError::DivisionByZero)?;
        match u64::try_from(price) {
            Ok(0) => Err(MathError::Domain),
            Ok(price) => Ok(Self(price)),
            Err(_) => Err(MathError::Overflow),
        }
    }
}

/// `conf · 10^exponent` dollars as Pyth publishes it, times 10^12, rounded up: uncertainty is never understated.
///
/// # Errors
///
/// [`MathError::Domain`] if the exponent is outside [`Price::PYTH_EXPONENTS`]; [`MathError::Overflow`] above about
/// 18.4 million dollars.
pub fn conf_from_pyth_up(conf: u64, exponent: i32) -> Result<u64> {
    let (numerator, denominator) = pyth_ratio(conf, exponent)?;
    if denominator == 0 {
        return Err(MathError::DivisionByZero);
    }
    u64::try_from(numerator.div_ceil(denominator)).map_err(|_| MathError::Overflow)
}

/// `mantissa · 10^(exponent + 12)` as an exact ratio.
fn pyth_ratio(mantissa: u64, exponent: i32) -> Result<(u128, u128)> {
    if !Price::PYTH_EXPONENTS.contains(&exponent) {
        return Err(MathError::Domain);
    }
    let shift = exponent.checked_add(12).ok_or(MathError::Overflow)?;
    let power = pow10(shift.unsigned_abs())?;
    let mantissa = u128::from(mantissa);
    if shift < 0 {
        Ok((mantissa, power))
    } else {
        Ok((mantissa.checked_mul(power).ok_or(MathError::Overflow)?, 1))
    }
}
