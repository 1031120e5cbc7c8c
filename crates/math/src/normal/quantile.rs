//! The normal quantile.

use super::{cdf, pdf};
use crate::error::{MathError, Result};
use crate::functions::{ln, sqrt_down};
use crate::q64::{Q64Signed, Q64};

/// Coefficients of the powers 0 to 7, in units of 2^-64.
type Polynomial = [u128; 8];

/// Wichura's Algorithm AS 241, PPND16 (Applied Statistics 37, 1988), coefficients a.
static CENTRE_NUMERATOR: Polynomial = [
    62_481_573_248_123_184_266,
    2_456_030_273_146_578_755_729,
    36_369_433_678_346_760_903_577,
    253_305_040_590_906_049_334_752,
    847_110_531_539_980_635_625_335,
    1_240_834_461_211_302_004_542_253,
    616_685_272_027_253_537_123_219,
    46_284_373_752_510_048_256_847,
];
/// Coefficients b, after 1.
static CENTRE_DENOMINATOR: Polynomial = [
    18_446_744_073_709_551_616,
    780_543_182_358_669_033_427,
    12_676_362_857_984_320_466_166,
    99_505_353_490_644_669_015_488,
    391_325_434_313_685_993_834_011,
    725_102_693_900_352_783_282_037,
    529_958_092_038_522_359_607_639,
    96_411_820_811_449_845_283_384,
];
/// Coefficients c.
static TAIL_NUMERATOR: Polynomial = [
    26_257_780_087_019_972_219,
    85_414_657_222_861_301_469,
    106_428_438_678_263_733_664,
    67_290_924_466_616_960_350,
    23_435_818_239_321_119_882,
    4_460_067_159_304_334_850,
    419_180_952_887_695_820,
    14_287_833_651_960_274,
];
/// Coefficients d, after 1.
static TAIL_DENOMINATOR: Polynomial = [
    18_446_744_073_709_551_616,
    37_874_700_470_870_151_902,
    30_923_841_931_449_676_725,
    12_723_961_498_874_824_579,
    2_732_036_149_456_437_196,
    280_365_912_360_679_398,
    10_101_322_841_738_831,
    19_382_917_657,
];
/// Coefficients e.
static FAR_NUMERATOR: Polynomial = [
    122_816_663_025_827_291_070,
    100_789_041_930_040_295_696,
    32_924_238_397_818_818_415,
    5_470_576_970_873_388_408,
    489_432_509_911_906_733,
    22_923_048_466_861_333,
    500_193_716_182_531,
    3_708_412_416_632,
];
/// Coefficients f, after 1.
static FAR_DENOMINATOR: Polynomial = [
    18_446_744_073_709_551_616,
    11_064_951_201_504_949_469,
    2_525_910_469_425_231_306,
    274_401_982_736_287_045,
    14_515_173_481_745_325,
    340_585_614_817_100,
    2_622_226_360_343,
    37_710,
];

/// One half.
const HALF: Q64 = Q64(1 << 63);
/// 0.425: up to this distance of p from one half the central approximation holds.
const CENTRE: u128 = 7_839_866_231_326_559_437;
/// 0.425².
const CENTRE_SQUARED: Q64 = Q64(3_331_943_148_313_787_761);
/// 1.6, the centre of the tail approximation.
const TAIL_CENTRE: Q64 = Q64(29_514_790_517_935_282_586);
/// 5: beyond it, as √(-ln p), the far approximation holds, about which it is centred.
const FAR: Q64 = Q64(5 << 64);
/// Up to this distance from zero a Newton step improves on the approximation; farther out the distribution function's
/// last place, divided by the density, is the larger error.
const REFINED: u128 = 3 << 64;

/// The `x` with Φ(x) = p, for 0 < p < 1. Error at most 2e-16 for p from 10^-8 to 1 - 10^-8, and 5e-16 beyond; exactly
/// antisymmetric about one half.
///
/// Method: AS 241, and within ±3 one Newton step on [`cdf`].
///
/// # Errors
///
/// [`MathError::Domain`] unless 0 < p < 1.
pub fn quantile(p: Q64) -> Result<Q64Signed> {
    if p.0 == 0 || p >= Q64::ONE {
        return Err(MathError::Domain);
    }
    let upper = p > HALF;
    let tail = if upper { Q64::ONE.checked_sub(p)? } else { p };
    // The distance of the quantile from zero: the quantile of `tail` is its negative.
    let estimate = approximate(tail)?;
    let distance = if estimate.0 < REFINED { refine(estimate, tail)? } else { estimate.to_signed()? };
    if upper {
        Ok(distance)
    } else {
        distance.neg()
    }
}

/// |quantile(p)| for 0 < p ≤ ½ by AS 241.
fn approximate(p: Q64) -> Result<Q64> {
    let from_half = HALF.checked_sub(p)?;
    if from_half.0 <= CENTRE {
        let r = CENTRE_SQUARED.checked_sub(from_half.mul_down(from_half)?)?;
        return from_half.mul_down(rational(&CENTRE_NUMERATOR, &CENTRE_DENOMINATOR, r)?);
    }
    let r = sqrt_down(ln(p)?.abs());
    if r <= FAR {
        // r is at least √(-ln 0.075) = 1.609.
        rational(&TAIL_NUMERATOR, &TAIL_DENOMINATOR, r.checked_sub(TAIL_CENTRE)?)
    } else {
        rational(&FAR_NUMERATOR, &FAR_DENOMINATOR, r.checked_sub(FAR)?)
    }
}

fn rational(numerator: &Polynomial, denominator: &Polynomial, r: Q64) -> Result<Q64> {
    horner(numerator, r)?.div_down(horner(denominator, r)?)
}

fn horner(coefficients: &Polynomial, r: Q64) -> Result<Q64> {
    coefficients.iter().rev().try_fold(Q64::ZERO, |sum, &coefficient| sum.mul_down(r)?.checked_add(Q64(coefficient)))
}

/// One Newton step for Φ(-distance) = p: the distance grows by (Φ(-distance) - p)/φ(distance).
fn refine(distance: Q64, p: Q64) -> Result<Q64Signed> {
    let distance = distance.to_signed()?;
    let excess = cdf(distance.neg()?).to_signed()?.checked_sub(p.to_signed()?)?;
    distance.checked_add(excess.div_down(pdf(distance).to_signed()?)?)
}
