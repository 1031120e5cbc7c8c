//! Square root, logarithm, exponential and power.
//!
//! Between argument reduction and the final rounding these work in 64-bit fractions, whose products are cheap on
//! bytecode. An ulp is 2^-64, about 5.4e-20.

use crate::error::{MathError, Result};
use crate::muldiv::{div_4_by_2, isqrt_u256_down, wide_mul};
use crate::q64::{Q64Signed, Q64};

/// ln 2 in units of 2^-120.
const LN_2: i128 = 921_350_637_599_661_305_226_344_307_672_478_455;
/// √2 in units of 2^-63.
const SQRT_2: u64 = 13_043_817_825_332_782_212;

/// 1/3, 1/5, … 1/25 in units of 2^-64.
static ODD_RECIPROCALS: [u64; 12] = [
    6_148_914_691_236_517_205,
    3_689_348_814_741_910_323,
    2_635_249_153_387_078_802,
    2_049_638_230_412_172_402,
    1_676_976_733_973_595_601,
    1_418_980_313_362_273_201,
    1_229_782_938_247_303_441,
    1_085_102_592_571_150_095,
    970_881_267_037_344_822,
    878_416_384_462_359_601,
    802_032_351_030_850_070,
    737_869_762_948_382_065,
];

/// ln 2 / 16 in units of 2^-80.
const LN_2_OVER_16: i128 = 52_372_720_210_750_077_582_494;
/// 16 / ln 2 in units of 2^-32.
const SIXTEEN_OVER_LN_2: i64 = 99_141_248_299;

/// 2^(j/16) in units of 2^-127.
static ROOTS_OF_2: [u128; 16] = [
    0x80000000000000000000000000000000,
    0x85aac367cc487b14c5c95b8c2154c1b2,
    0x8b95c1e3ea8bd6e6fbe4628758a53c90,
    0x91c3d373ab11c3360fd6d8e0ae5ac9d8,
    0x9837f0518db8a96f46ad23182e42f6f6,
    0x9ef5326091a111ada0911f09ebb9fdd1,
    0xa5fed6a9b15138ea1cbd7f621710701b,
    0xad583eea42a14ac64980a8c8f59a2ec4,
    0xb504f333f9de6484597d89b3754abe9f,
    0xbd08a39f580c36bea8811fb66d0faf7a,
    0xc5672a115506dadd3e2ad0c964dd9f37,
    0xce248c151f8480e3e235838f95f2c6ed,
    0xd744fccad69d6af439a68bb9902d3fde,
    0xe0ccdeec2a94e111065895048dd333ca,
    0xeac0c6e7dd24392ed02d75b3706e54fa,
    0xf5257d152486cc2c7b9d0c7aed980fc3,
];

/// 1/2!, 1/3!, … 1/10! in units of 2^-64.
static RECIPROCAL_FACTORIALS: [u64; 9] = [
    9_223_372_036_854_775_808,
    3_074_457_345_618_258_603,
    768_614_336_404_564_651,
    153_722_867_280_912_930,
    25_620_477_880_152_155,
    3_660_068_268_593_165,
    457_508_533_574_146,
    50_834_281_508_238,
    5_083_428_150_824,
];

/// √x, rounded down: the greatest multiple of 2^-64 whose square is at most `x`.
pub fn sqrt_down(x: Q64) -> Q64 {
    Q64(isqrt_u256_down(x.0 >> 64, x.0 << 64))
}

/// The natural logarithm. Error at most 2 ulp (1.1e-19) on the whole domain, x > 0.
///
/// Method: x = 2^k · m with m in [√½, √2], and ln m = 2 artanh((m - 1)/(m + 1)), whose series is taken to the 25th power.
///
/// # Errors
///
/// [`MathError::Domain`] if `x` is zero.
pub fn ln(x: Q64) -> Result<Q64Signed> {
    if x.0 == 0 {
        return Err(MathError::Domain);
    }
    let zeros = x.0.leading_zeros();
    let normal = x.0 << zeros;
    // m in units of 2^-63, cut to 64 bits; what was cut adds cut/m, in units of 2^-66.
    let m = (normal >> 64) as u64;
    let cut = i128::from((normal as u64) / (m >> 2));
    let mut k = 63i128.wrapping_sub(i128::from(zeros));

    // z = |m - 1|/(m + 1) < 0.1716 in units of 2^-66.
    let above = m <= SQRT_2;
    let (difference, sum) = if above {
        (m.wrapping_sub(1 << 63), u128::from(m).wrapping_add(1 << 63))
    } else {
        k = k.wrapping_add(1);
        (0u64.wrapping_sub(m), u128::from(m).wrapping_add(1 << 64))
    };
    let z = div_4_by_2(u128::from(difference >> 62), u128::from(difference) << 66, sum).0 as u64;
    // z² < 0.0295 in units of 2^-69.
    let square = (wide_mul(z, z) >> 63) as u64;
    let mut series = 0u64;
    for reciprocal in ODD_RECIPROCALS.iter().rev() {
        series = reciprocal.wrapping_add((wide_mul(series, square) >> 69) as u64);
    }
    let tail = (wide_mul(series, square) >> 64) as u64;
    // 2z (1 + tail), in units of 2^-66.
    let artanh = i128::from(z).wrapping_add((wide_mul(z, tail) >> 69) as i128).wrapping_mul(2);

    let scale = k.wrapping_mul(LN_2) >> 54;
    let mantissa = if above { artanh } else { artanh.wrapping_neg() };
    let total = scale.wrapping_add(mantissa).wrapping_add(cut);
    Ok(Q64Signed(total.wrapping_add(2) >> 2))
}

/// e^x. Error at most 1 ulp plus 2^-64 of the result (5.5e-20 relative where the result is large); below e^-45 it is zero.
///
/// Method: x = n · ln 2 / 16 + s with 0 ≤ s < ln 2 / 16, 2^(n/16) from a table and e^s to the 10th power.
///
/// # Errors
///
/// [`MathError::Overflow`] if the result is 2^64 or more, that is from x = 44.36.
pub fn exp(x: Q64Signed) -> Result<Q64> {
    const LIMIT: i128 = 46 << 64;
    if x.0 >= LIMIT {
        return Err(MathError::Overflow);
    }
    if x.0 <= -LIMIT {
        return Ok(Q64::ZERO);
    }
    // x has at most 70 bits here, so nothing below wraps.
    let mut n = ((x.0 >> 44) as i64).wrapping_mul(SIXTEEN_OVER_LN_2) >> 52;
    let mut rest = (x.0 << 16).wrapping_sub(i128::from(n).wrapping_mul(LN_2_OVER_16));
    // The estimate of n can be one off at the edges.
    if rest < 0 {
        n = n.wrapping_sub(1);
        rest = rest.wrapping_add(LN_2_OVER_16);
    } else if rest >= LN_2_OVER_16 {
        n = n.wrapping_add(1);
        rest = rest.wrapping_sub(LN_2_OVER_16);
    }
    // s < 0.0434 in units of 2^-68.
    let s = (rest >> 12) as u64;
    let mut series = 0u64;
    for reciprocal in RECIPROCAL_FACTORIALS.iter().rev() {
        series = reciprocal.wrapping_add((wide_mul(series, s) >> 68) as u64);
    }
    // e^s - 1 = s + s · (s · series), in units of 2^-68.
    let growth = s.wrapping_add((wide_mul(s, (wide_mul(s, series) >> 64) as u64) >> 68) as u64);

    let root = ROOTS_OF_2.get((n & 15) as usize).copied().unwrap_or(1 << 127);
    // In units of 2^-127, below 2.
    let mantissa = root.saturating_add(wide_mul((root >> 64) as u64, growth) >> 4);
    let shift = 63i64.wrapping_sub(n >> 4);
    match u32::try_from(shift) {
        Ok(0) => Ok(Q64(mantissa)),
        Ok(shift @ 1..=128) => Ok(Q64((mantissa >> shift.wrapping_sub(1)).wrapping_add(1) >> 1)),
        Ok(_) => Ok(Q64::ZERO),
        Err(_) => Err(MathError::Overflow),
    }
}

/// base^exponent = e^(exponent · ln base), with 0^0 = 1 and 0^y = 0 for y > 0. The relative error is at most
/// 2^-63 · (|exponent| + 1), plus 1 ulp: the logarithm's error is multiplied by the exponent.
///
/// # Errors
///
/// [`MathError::Domain`] for zero to a negative power, [`MathError::Overflow`] if the result is 2^64 or more.
pub fn pow(base: Q64, exponent: Q64Signed) -> Result<Q64> {
    if exponent.0 == 0 || base == Q64::ONE {
        return Ok(Q64::ONE);
    }
    if base.0 == 0 {
        return if exponent.is_negative() { Err(MathError::Domain) } else { Ok(Q64::ZERO) };
    }
    let logarithm = ln(base)?;
    match logarithm.mul_down(exponent) {
        Ok(product) => exp(product),
        // A product too negative for the type is a power that rounds to zero.
        Err(MathError::Overflow) if logarithm.is_negative() != exponent.is_negative() => Ok(Q64::ZERO),
        Err(error) => Err(error),
    }
}
