//! Unsigned and signed fixed point with 64 fractional bits.
//!
//! The unit in the last place is 2^-64, about 5.4e-20. These types are for arithmetic, not for accounts: their alignment
//! differs between a host and the on-chain machine. Store them as two `u64`.

use crate::error::{MathError, Result};
use crate::muldiv::{mul_div_u128_down, mul_div_u128_up, mul_shift_down, mul_shift_up};

const FRACTION_BITS: u32 = 64;
const FRACTION_MASK: u128 = (1 << FRACTION_BITS) - 1;
const ONE: u128 = 1 << FRACTION_BITS;

/// A number from 0 to 2^64 - 2^-64, in units of 2^-64.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Q64(pub u128);

impl Q64 {
    /// Zero.
    pub const ZERO: Self = Self(0);
    /// One.
    pub const ONE: Self = Self(ONE);
    /// The largest.
    pub const MAX: Self = Self(u128::MAX);

    /// The integer, exactly.
    pub const fn from_int(value: u64) -> Self {
        Self((value as u128) << FRACTION_BITS)
    }

    /// numerator / denominator, rounded down.
    pub fn from_ratio_down(numerator: u128, denominator: u128) -> Result<Self> {
        mul_div_u128_down(numerator, ONE, denominator).map(Self)
    }

    /// numerator / denominator, rounded up.
    pub fn from_ratio_up(numerator: u128, denominator: u128) -> Result<Self> {
        mul_div_u128_up(numerator, ONE, denominator).map(Self)
    }

    /// The exact sum, or [`MathError::Overflow`].
    pub fn checked_add(self, other: Self) -> Result<Self> {
        self.0.checked_add(other.0).map(Self).ok_or(MathError::Overflow)
    }

    /// The exact difference, or [`MathError::Overflow`] if it is negative.
    pub fn checked_sub(self, other: Self) -> Result<Self> {
        self.0.checked_sub(other.0).map(Self).ok_or(MathError::Overflow)
    }

    /// The product, rounded down.
    pub fn mul_down(self, other: Self) -> Result<Self> {
        mul_shift_down(self.0, other.0, FRACTION_BITS).map(Self)
    }

    /// The product, rounded up.
    pub fn mul_up(self, other: Self) -> Result<Self> {
        mul_shift_up(self.0, other.0, FRACTION_BITS).map(Self)
    }

    /// The quotient, rounded down.
    pub fn div_down(self, other: Self) -> Result<Self> {
        Self::from_ratio_down(self.0, other.0)
    }

    /// The quotient, rounded up.
    pub fn div_up(self, other: Self) -> Result<Self> {
        Self::from_ratio_up(self.0, other.0)
    }

    /// The integer part.
    pub const fn to_int_down(self) -> u64 {
        (self.0 >> FRACTION_BITS) as u64
    }

    /// The least integer that is not smaller.
    pub fn to_int_up(self) -> Result<u64> {
        if self.0 & FRACTION_MASK == 0 {
            Ok(self.to_int_down())
        } else {
            self.to_int_down().checked_add(1).ok_or(MathError::Overflow)
        }
    }

    /// The same number with a sign, or [`MathError::Overflow`] from 2^63.
    pub fn to_signed(self) -> Result<Q64Signed> {
        i128::try_from(self.0).map(Q64Signed).map_err(|_| MathError::Overflow)
    }
}

/// A number from -2^63 to 2^63 - 2^-64, in units of 2^-64.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Q64Signed(pub i128);

impl Q64Signed {
    /// Zero.
    pub const ZERO: Self = Self(0);
    /// One.
    pub const ONE: Self = Self(ONE as i128);
    /// The largest.
    pub const MAX: Self = Self(i128::MAX);
    /// The least.
    pub const MIN: Self = Self(i128::MIN);

    /// The integer, exactly.
    pub const fn from_int(value: i64) -> Self {
        Self((value as i128) << FRACTION_BITS)
    }

    /// numerator / denominator, rounded towards minus infinity.
    pub fn from_ratio_down(numerator: i128, denominator: i128) -> Result<Self> {
        ratio(numerator, denominator, false)
    }

    /// numerator / denominator, rounded towards plus infinity.
    pub fn from_ratio_up(numerator: i128, denominator: i128) -> Result<Self> {
        ratio(numerator, denominator, true)
    }

    /// The exact sum, or [`MathError::Overflow`].
    pub fn checked_add(self, other: Self) -> Result<Self> {
        self.0.checked_add(other.0).map(Self).ok_or(MathError::Overflow)
    }

    /// The exact difference, or [`MathError::Overflow`].
    pub fn checked_sub(self, other: Self) -> Result<Self> {
        self.0.checked_sub(other.0).map(Self).ok_or(MathError::Overflow)
    }

    /// The product, rounded towards minus infinity.
    pub fn mul_down(self, other: Self) -> Result<Self> {
        product(self, other, false)
    }

    /// The product, rounded towards plus infinity.
    pub fn mul_up(self, other: Self) -> Result<Self> {
        product(self, other, true)
    }

    /// The quotient, rounded towards minus infinity.
    pub fn div_down(self, other: Self) -> Result<Self> {
        ratio(self.0, other.0, false)
    }

    /// The quotient, rounded towards plus infinity.
    pub fn div_up(self, other: Self) -> Result<Self> {
        ratio(self.0, other.0, true)
    }

    /// The greatest integer that is not larger.
    pub const fn to_int_down(self) -> i64 {
        (self.0 >> FRACTION_BITS) as i64
    }

    /// The least integer that is not smaller.
    pub fn to_int_up(self) -> Result<i64> {
        if self.0 as u128 & FRACTION_MASK == 0 {
            Ok(self.to_int_down())
        } else {
            self.to_int_down().checked_add(1).ok_or(MathError::Overflow)
        }
    }

    /// The negative, or [`MathError::Overflow`] for the least number.
    #[allow(clippy::should_implement_trait)] // the operator could not fail
    pub fn neg(self) -> Result<Self> {
        self.0.checked_neg().map(Self).ok_or(MathError::Overflow)
    }

    /// The absolute value; every one fits.
    pub const fn abs(self) -> Q64 {
        Q64(self.0.unsigned_abs())
    }

    /// Whether the number is below zero.
    pub const fn is_negative(self) -> bool {
        self.0 < 0
    }

    /// The same number without a sign, or [`MathError::Domain`] if it is negative.
    pub fn to_unsigned(self) -> Result<Q64> {
        u128::try_from(self.0).map(Q64).map_err(|_| MathError::Domain)
    }
}

fn product(a: Q64Signed, b: Q64Signed, up: bool) -> Result<Q64Signed> {
    let negative = a.is_negative() != b.is_negative();
    let multiply = if up != negative { Q64::mul_up } else { Q64::mul_down };
    signed(negative, multiply(a.abs(), b.abs())?.0)
}

fn ratio(numerator: i128, denominator: i128, up: bool) -> Result<Q64Signed> {
    let negative = (numerator < 0) != (denominator < 0);
    let divide = if up != negative { Q64::from_ratio_up } else { Q64::from_ratio_down };
    signed(negative, divide(numerator.unsigned_abs(), denominator.unsigned_abs())?.0)
}

fn signed(negative: bool, magnitude: u128) -> Result<Q64Signed> {
    let value = if negative { 0i128.checked_sub_unsigned(magnitude) } else { 0i128.checked_add_unsigned(magnitude) };
    value.map(Q64Signed).ok_or(MathError::Overflow)
}
