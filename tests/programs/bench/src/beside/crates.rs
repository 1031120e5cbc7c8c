//! What each crate calls the functions, and how it writes numbers down.

use brine_fp::{InnerUint, SignedNumeric, UnsignedNumeric};
use gimbal_math::{functions, normal, Q64Signed, Q64};
use solmath::SolMathError;

use super::{Outcome, Unit};

/// An argument in units of 2^-64.
pub const fn binary(x: i64) -> i128 {
    (x as i128) << 52
}

/// An argument in units of 10^-12.
pub const fn pico(x: i64) -> i128 {
    x as i128 * 244_140_625
}

/// An argument in units of 10^-15.
pub const fn femto(x: i64) -> i128 {
    pico(x) * 1_000
}

/// An argument in units of 10^-18, of 192 bits and a sign.
pub const fn atto(x: i64) -> SignedNumeric {
    let size = pico(x).unsigned_abs() * 1_000_000;
    let value = InnerUint([size as u64, (size >> 64) as u64, 0]);
    SignedNumeric { value: UnsignedNumeric { value }, is_negative: x < 0 }
}

fn binary_result(raw: i128) -> Option<Outcome> {
    Some(Outcome { raw, unit: Unit::Binary })
}

fn pico_result(result: Result<i128, SolMathError>) -> Option<Outcome> {
    result.ok().map(|raw| Outcome { raw, unit: Unit::Decimal(12) })
}

fn femto_result(result: Result<i128, SolMathError>) -> Option<Outcome> {
    result.ok().map(|raw| Outcome { raw, unit: Unit::Decimal(15) })
}

fn atto_result(value: &UnsignedNumeric, is_negative: bool) -> Option<Outcome> {
    let InnerUint([low, middle, high]) = value.value;
    let size = i128::try_from((u128::from(middle) << 64) | u128::from(low)).ok().filter(|_| high == 0)?;
    Some(Outcome { raw: if is_negative { -size } else { size }, unit: Unit::Decimal(18) })
}

pub fn ln(x: &i128) -> Option<Outcome> {
    binary_result(functions::ln(Q64(u128::try_from(*x).ok()?)).ok()?.0)
}

pub fn exp(x: &i128) -> Option<Outcome> {
    binary_result(i128::try_from(functions::exp(Q64Signed(*x)).ok()?.0).ok()?)
}

pub fn cdf(x: &i128) -> Option<Outcome> {
    binary_result(i128::try_from(normal::cdf(Q64Signed(*x)).0).ok()?)
}

pub fn ln_fixed_i(x: &i128) -> Option<Outcome> {
    pico_result(solmath::ln_fixed_i(u128::try_from(*x).ok()?))
}

pub fn exp_fixed_i(x: &i128) -> Option<Outcome> {
    pico_result(solmath::exp_fixed_i(*x))
}

pub fn norm_cdf_poly(x: &i128) -> Option<Outcome> {
    pico_result(solmath::norm_cdf_poly(*x))
}

pub fn ln_fixed_hp(x: &i128) -> Option<Outcome> {
    femto_result(solmath::ln_fixed_hp(*x))
}

pub fn exp_fixed_hp(x: &i128) -> Option<Outcome> {
    femto_result(solmath::exp_fixed_hp(*x))
}

pub fn norm_cdf_poly_hp(x: &i128) -> Option<Outcome> {
    femto_result(solmath::norm_cdf_poly_hp(*x))
}

pub fn log(x: &SignedNumeric) -> Option<Outcome> {
    let result = x.value.log()?;
    atto_result(&result.value, result.is_negative)
}

pub fn brine_exp(x: &SignedNumeric) -> Option<Outcome> {
    atto_result(&x.exp()?, false)
}
