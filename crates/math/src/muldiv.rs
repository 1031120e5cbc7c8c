//! Multiplication followed by division without losing the intermediate, and integer square roots.
//!
//! The bytecode machine divides 64 by 64 bits natively and everything wider in software. Hence the shape of this file:
//! all divisions reduce to one of two digits by one, which takes two native divisions; a 128-bit product over 64 bits then
//! costs about a third of what the compiler's 128-bit routine takes. The method is Knuth's Algorithm D (The Art of Computer
//! Programming, vol. 2, 4.3.1), in the two-digit form of Warren, Hacker's Delight, 9-4.

use crate::error::{MathError, Result};

const LOW_32: u64 = 0xffff_ffff;
const BASE_32: u64 = 1 << 32;

/// floor(a · b / d). Units: those of `a · b / d`. Exact 128-bit intermediate.
///
/// # Errors
///
/// [`MathError::DivisionByZero`] if `d` is zero, [`MathError::Overflow`] if the quotient exceeds 64 bits.
pub fn mul_div_down(a: u64, b: u64, d: u64) -> Result<u64> {
    Ok(mul_div_rem(a, b, d)?.0)
}

/// ceil(a · b / d). As [`mul_div_down`], rounded up.
pub fn mul_div_up(a: u64, b: u64, d: u64) -> Result<u64> {
    match mul_div_rem(a, b, d)? {
        (quotient, 0) => Ok(quotient),
        (quotient, _) => quotient.checked_add(1).ok_or(MathError::Overflow),
    }
}

fn mul_div_rem(a: u64, b: u64, d: u64) -> Result<(u64, u64)> {
    if d == 0 {
        return Err(MathError::DivisionByZero);
    }
    let (high, low) = split(wide_mul(a, b));
    if high >= d {
        return Err(MathError::Overflow);
    }
    Ok(div_2_by_1(high, low, d))
}

/// floor(a · b / d) with an exact 256-bit intermediate.
///
/// # Errors
///
/// [`MathError::DivisionByZero`] if `d` is zero, [`MathError::Overflow`] if the quotient exceeds 128 bits.
pub fn mul_div_u128_down(a: u128, b: u128, d: u128) -> Result<u128> {
    Ok(mul_div_u128_rem(a, b, d)?.0)
}

/// ceil(a · b / d). As [`mul_div_u128_down`], rounded up.
pub fn mul_div_u128_up(a: u128, b: u128, d: u128) -> Result<u128> {
    match mul_div_u128_rem(a, b, d)? {
        (quotient, 0) => Ok(quotient),
        (quotient, _) => quotient.checked_add(1).ok_or(MathError::Overflow),
    }
}

fn mul_div_u128_rem(a: u128, b: u128, d: u128) -> Result<(u128, u128)> {
    if d == 0 {
        return Err(MathError::DivisionByZero);
    }
    let (high, low) = wide_mul_u128(a, b);
    if high >= d {
        return Err(MathError::Overflow);
    }
    Ok(div_4_by_2(high, low, d))
}

/// floor(n / d) in 128 bits; somewhat cheaper on bytecode than the operator.
///
/// # Errors
///
/// [`MathError::DivisionByZero`] if `d` is zero.
pub fn div_u128_down(n: u128, d: u128) -> Result<u128> {
    if d == 0 {
        return Err(MathError::DivisionByZero);
    }
    Ok(div_4_by_2(0, n, d).0)
}

/// ceil(n / d). As [`div_u128_down`], rounded up.
pub fn div_u128_up(n: u128, d: u128) -> Result<u128> {
    mul_div_u128_up(n, 1, d)
}

/// floor(a · b / 2^shift) with an exact 256-bit intermediate; `shift` is 0 to 255.
///
/// # Errors
///
/// [`MathError::Domain`] if `shift` exceeds 255, [`MathError::Overflow`] if the result exceeds 128 bits.
pub fn mul_shift_down(a: u128, b: u128, shift: u32) -> Result<u128> {
    Ok(mul_shift_rem(a, b, shift)?.0)
}

/// ceil(a · b / 2^shift). As [`mul_shift_down`], rounded up.
pub fn mul_shift_up(a: u128, b: u128, shift: u32) -> Result<u128> {
    match mul_shift_rem(a, b, shift)? {
        (shifted, false) => Ok(shifted),
        (shifted, true) => shifted.checked_add(1).ok_or(MathError::Overflow),
    }
}

/// The shifted product, and whether a one was shifted out.
fn mul_shift_rem(a: u128, b: u128, shift: u32) -> Result<(u128, bool)> {
    let (high, low) = wide_mul_u128(a, b);
    match shift {
        0 if high == 0 => Ok((low, false)),
        0 => Err(MathError::Overflow),
        1..=127 if high >> shift == 0 => {
            let kept = (high << (128 - shift)) | (low >> shift);
            Ok((kept, low << (128 - shift) != 0))
        }
        1..=127 => Err(MathError::Overflow),
        128 => Ok((high, low != 0)),
        129..=255 => Ok((high >> (shift - 128), low != 0 || high << (256 - shift) != 0)),
        _ => Err(MathError::Domain),
    }
}

/// 10^exponent.
///
/// # Errors
///
/// [`MathError::Overflow`] above 10^38.
pub const fn pow10(exponent: u32) -> Result<u128> {
    match 10u128.checked_pow(exponent) {
        Some(power) => Ok(power),
        None => Err(MathError::Overflow),
    }
}

/// The exact product.
pub(crate) fn wide_mul(a: u64, b: u64) -> u128 {
    u128::from(a).wrapping_mul(u128::from(b))
}

/// The exact product as (high, low).
pub(crate) fn wide_mul_u128(a: u128, b: u128) -> (u128, u128) {
    let (a1, a0) = split(a);
    let (b1, b0) = split(b);
    if a1 == 0 && b1 == 0 {
        return (0, wide_mul(a0, b0));
    }
    let low = wide_mul(a0, b0);
    let cross = wide_mul(a1, b0);
    let other = wide_mul(a0, b1);
    // Each addend is below 2^64 after the shift or mask, so neither sum can overflow.
    let middle = (low >> 64).wrapping_add(cross & u128::from(u64::MAX)).wrapping_add(other & u128::from(u64::MAX));
    let high = wide_mul(a1, b1).wrapping_add(cross >> 64).wrapping_add(other >> 64).wrapping_add(middle >> 64);
    (high, (middle << 64) | (low & u128::from(u64::MAX)))
}

const fn split(value: u128) -> (u64, u64) {
    ((value >> 64) as u64, value as u64)
}

const fn join(high: u64, low: u64) -> u128 {
    ((high as u128) << 64) | low as u128
}

/// Quotient and remainder of a two-digit number by one digit, digits of 64 bits. Requires `high < d`, so that the
/// quotient is one digit. All wrapping is modulo 2^64 and cancels, as in the cited algorithm.
pub(crate) fn div_2_by_1(high: u64, low: u64, d: u64) -> (u64, u64) {
    debug_assert!(high < d);
    if high == 0 {
        return (low / d, low % d);
    }
    let shift = d.leading_zeros();
    let d = d << shift;
    let (d1, d0) = (d >> 32, d & LOW_32);
    let (high, low) = split(join(high, low) << shift);

    let (q1, rest) = div_step(high, low >> 32, d, d1, d0);
    let (q0, rest) = div_step(rest, low & LOW_32, d, d1, d0);
    ((q1 << 32) | q0, rest >> shift)
}

/// One digit of 32 bits of the quotient of (`n`, `next`) by the normalised `d` = (`d1`, `d0`), and the remainder.
fn div_step(n: u64, next: u64, d: u64, d1: u64, d0: u64) -> (u64, u64) {
    let mut q = n / d1;
    let mut rest = n % d1;
    // Knuth: the estimate is at most two too large.
    while q >= BASE_32 || q.wrapping_mul(d0) > ((rest << 32) | next) {
        q = q.wrapping_sub(1);
        rest = rest.wrapping_add(d1);
        if rest >= BASE_32 {
            break;
        }
    }
    (q, (n << 32).wrapping_add(next).wrapping_sub(q.wrapping_mul(d)))
}

/// Quotient and remainder of (`high`, `low`) by `d`. Requires `high < d`, so that the quotient fits 128 bits.
pub(crate) fn div_4_by_2(high: u128, low: u128, d: u128) -> (u128, u128) {
    debug_assert!(high < d);
    let (d1, d0) = split(d);
    let (low1, low0) = split(low);
    if d1 == 0 {
        // Here `high < d < 2^64`: schoolbook division by one digit.
        let high = high as u64;
        let (top, rest) = if high == 0 { (low1 / d0, low1 % d0) } else { div_2_by_1(high, low1, d0) };
        let (bottom, rest) = div_2_by_1(rest, low0, d0);
        return (join(top, bottom), u128::from(rest));
    }
    let shift = d1.leading_zeros();
    let d = d << shift;
    let (d1, d0) = split(d);
    let (high, low) = if shift == 0 { (high, low) } else { ((high << shift) | (low >> (128 - shift)), low << shift) };
    let (low1, low0) = split(low);

    let (top, rest) = if high >> 64 == 0 && join(high as u64, low1) < d {
        (0, join(high as u64, low1))
    } else {
        div_3_by_2(high, low1, d, d1, d0)
    };
    let (bottom, rest) = div_3_by_2(rest, low0, d, d1, d0);
    (join(top, bottom), rest >> shift)
}

/// One digit of 64 bits of the quotient of (`n`, `next`) by the normalised `d` = (`d1`, `d0`), and the remainder.
/// Requires `n < d`.
fn div_3_by_2(n: u128, next: u64, d: u128, d1: u64, d0: u64) -> (u64, u128) {
    let (n1, n0) = split(n);
    // The estimate from the top digits saturates at 2^64 - 1 where they are equal.
    let (mut q, rest, exceeded) = if n1 == d1 {
        let (rest, exceeded) = n0.overflowing_add(d1);
        (u64::MAX, rest, exceeded)
    } else {
        let (q, rest) = div_2_by_1(n1, n0, d1);
        (q, rest, false)
    };
    // Knuth: at most two too large; a remainder beyond one digit proves the estimate.
    let mut rest = rest;
    let mut exceeded = exceeded;
    while !exceeded && wide_mul(q, d0) > join(rest, next) {
        q = q.wrapping_sub(1);
        (rest, exceeded) = rest.overflowing_add(d1);
    }
    let product = d.wrapping_mul(u128::from(q));
    (q, ((n << 64) | u128::from(next)).wrapping_sub(product))
}

/// floor(√n).
pub const fn isqrt_u64_down(n: u64) -> u64 {
    n.isqrt()
}

/// ceil(√n). At most 2^32, so it always fits.
pub const fn isqrt_u64_up(n: u64) -> u64 {
    let root = n.isqrt();
    if root.wrapping_mul(root) == n {
        root
    } else {
        root.wrapping_add(1)
    }
}

/// floor(√n).
pub const fn isqrt_u128_down(n: u128) -> u128 {
    n.isqrt()
}

/// floor(√(high · 2^128 + low)), by one step of Zimmermann's Karatsuba square root (INRIA RR-3805).
pub fn isqrt_u256_down(high: u128, low: u128) -> u128 {
    if high == 0 {
        return low.isqrt();
    }
    let shift = high.leading_zeros() & !1;
    let (high, low) = if shift == 0 { (high, low) } else { ((high << shift) | (low >> (128 - shift)), low << shift) };

    // floor(√(high, low)) is root · 2^64 + q or one less, q = floor((rest · 2^64 + low1) / (2 · root)). Numerator and
    // divisor are halved to stay within 128 bits, which leaves the floor unchanged.
    let root = high.isqrt();
    let rest = high.wrapping_sub(root.wrapping_mul(root));
    let numerator = (rest << 63) | (low >> 65);
    let q = div_4_by_2(0, numerator, root).0.min(u128::from(u64::MAX));
    let candidate = (root << 64) | q;
    let square = wide_mul_u128(candidate, candidate);
    let root = if square > (high, low) { candidate.wrapping_sub(1) } else { candidate };
    root >> (shift / 2)
}
