//! A portfolio's deviation, its parts, and the room to a limit.

use super::{Addition, Gram, ASSETS};
use crate::muldiv::{
    div_4_by_2, div_u128_up, isqrt_u128_down, mul_div_u128_down, mul_div_u128_up, mul_shift_up, wide_mul,
};
use crate::volatility::Variance;

/// Bits of the largest coefficient.
pub(super) const BITS: i32 = 31;

/// Dollar deltas with what they make together.
///
/// Each asset's coefficient a_i = x_i √(h_i W / G_ii), its deviation over a thousandth of a residual, is a 31-bit
/// integer in units common to all, so that the form Σ a_i G_ij a_j is exact. The rounding of the coefficients, at most
/// the sum of the residuals' root mean squares in those units (about 4e-9 of the largest leg), is added to every result.
#[derive(Clone, Debug)]
pub struct Portfolio<'a> {
    pub(super) gram: &'a Gram,
    pub(super) deltas: &'a [i64; ASSETS],
    pub(super) variances: &'a [Variance; ASSETS],
    /// a_i, zero where the asset is not known.
    coefficients: [i64; ASSETS],
    /// Σ_j G_ij a_j.
    products: [i128; ASSETS],
    /// Σ_ij a_i G_ij a_j.
    form: u128,
    /// A coefficient's unit is 2^exponent base units.
    pub(super) exponent: i32,
    /// √(form / W), rounded up.
    pub(super) root: u64,
    /// By how much, in the same unit, rounding may have lowered the root.
    pub(super) rounding: u64,
    /// Σ |x_i| √h_i of the assets that are not known, rounded up.
    pub(super) unknown: u64,
}

impl<'a> Portfolio<'a> {
    /// The portfolio of `deltas` (base units: the change of value if the asset's price doubled linearly), with the
    /// forecast `variances` of the period that is asked about. An asset without delta may have any variance.
    pub fn new(gram: &'a Gram, deltas: &'a [i64; ASSETS], variances: &'a [Variance; ASSETS]) -> Self {
        let mut sizes = [(0u128, 0i32); ASSETS];
        let mut largest = None;
        let (mut norms, mut unknown) = (0u64, 0u64);
        for (i, (size, (delta, variance))) in sizes.iter_mut().zip(deltas.iter().zip(variances)).enumerate() {
            if *delta == 0 {
                continue;
            }
            let Some(norm) = gram.norm(i) else {
                unknown = unknown.saturating_add(alone_up(delta.unsigned_abs(), *variance));
                continue;
            };
            let scale = Scale::new(*variance, gram.weight(), norm);
            *size = (wide_mul(delta.unsigned_abs(), scale.mantissa), scale.exponent);
            largest = largest.max(Some(magnitude(*size)));
            norms = norms.saturating_add(gram.deviation_up(norm));
        }
        let exponent = largest.unwrap_or(BITS).saturating_sub(BITS);
        let mut coefficients = [0i64; ASSETS];
        for (coefficient, ((size, of), delta)) in coefficients.iter_mut().zip(sizes.iter().zip(deltas)) {
            let rounded = nearest(*size, exponent.saturating_add(*of)).min(1 << BITS) as i64;
            *coefficient = if *delta < 0 { rounded.wrapping_neg() } else { rounded };
        }
        let products = gram.times(&coefficients);
        // Each term is at most 2^31 · 2^90, and the sum is a square.
        let form = coefficients
            .iter()
            .zip(&products)
            .fold(0i128, |sum, (a, product)| sum.wrapping_add(i128::from(*a).wrapping_mul(*product)));
        let form = form.unsigned_abs();
        let mean = div_u128_up(form, u128::from(gram.weight())).unwrap_or(0);
        let root = isqrt_u128_down(mean);
        let root = root.saturating_add(u128::from(root.saturating_mul(root) != mean));
        let root = u64::try_from(root).unwrap_or(u64::MAX);
        Self { gram, deltas, variances, coefficients, products, form, exponent, root, rounding: norms, unknown }
    }

    /// The standard deviation of the portfolio's value, in base units: never below the exact one, above it by at most one unit and
    /// 2e-8 of the largest leg's own deviation for every asset whose residuals are of ordinary size. Cut at `u64::MAX`.
    pub fn deviation_up(&self) -> u64 {
        self.known().saturating_add(self.unknown)
    }

    /// Each asset's part of the deviation (component value at risk is the same multiple of it): x_i ∂σ/∂x_i, negative for a
    /// hedge. They add up to [`Self::deviation_up`] within one unit each; where the known assets cancel exactly, what is left is
    /// rounding, which no asset is charged with.
    pub fn contributions(&self) -> [i64; ASSETS] {
        let known = u128::from(self.known());
        let mut parts = [0i64; ASSETS];
        let legs = self.coefficients.iter().zip(&self.products).zip(self.deltas.iter().zip(self.variances));
        for (i, (part, ((a, product), (delta, variance)))) in parts.iter_mut().zip(legs).enumerate() {
            if *delta != 0 && !self.gram.is_known(i) {
                *part = i64::try_from(alone_up(delta.unsigned_abs(), *variance)).unwrap_or(i64::MAX);
                continue;
            }
            let term = i128::from(*a).wrapping_mul(*product);
            let size = mul_div_u128_down(term.unsigned_abs(), known, self.form).unwrap_or(0);
            let size = i64::try_from(size).unwrap_or(i64::MAX);
            *part = if term < 0 { size.wrapping_neg() } else { size };
        }
        parts
    }

    /// Whether the first bit of a rise of the delta of `asset` (or of a fall, if `rising` is false) lowers the deviation: what the
    /// portfolio holds moves against it. An asset that is not known hedges nothing but itself.
    pub fn is_hedged_by(&self, asset: usize, rising: bool) -> bool {
        let (Some(delta), Some(product)) = (self.deltas.get(asset), self.products.get(asset)) else { return false };
        let slope = if self.gram.is_known(asset) { product.signum() as i64 } else { delta.signum() };
        slope == if rising { -1 } else { 1 }
    }

    /// The portfolio with more of `asset` (or with less, if `rising` is false).
    pub fn addition(&self, asset: usize, rising: bool) -> Addition {
        Addition::new(self, asset, rising)
    }

    /// The most by which the delta of `asset` may rise (or fall, if `rising` is false) with [`Self::deviation_up`] at most `limit`:
    /// [`Addition::room_down`].
    pub fn room_down(&self, asset: usize, rising: bool, limit: u64) -> u64 {
        self.addition(asset, rising).room_down(limit)
    }

    /// √(form / W) in base units, with what rounding may have taken, rounded up.
    pub(super) fn known(&self) -> u64 {
        scaled_up(self.root.saturating_add(self.rounding), self.exponent)
    }

    /// The covariance of the portfolio with one unit of delta of the asset (less than none, if `rising` is false), in
    /// units of 2^-28 base units, rounded towards plus infinity; none if it does not fit.
    pub(super) fn covariance_up(&self, asset: usize, variance: Variance, norm: u64, rising: bool) -> Option<i128> {
        let scale = Scale::new(variance, self.gram.weight(), norm);
        let product = self.products.get(asset)?;
        let size = u128::from(scale.mantissa);
        let weight = u128::from(self.gram.weight());
        let shift = self.exponent.saturating_add(28).saturating_sub(scale.exponent);
        if (*product < 0) == rising {
            let size = mul_div_u128_down(product.unsigned_abs(), size, weight).ok()?;
            i128::try_from(shifted_down(size, shift)?).ok()?.checked_neg()
        } else {
            // A mantissa is rounded down, by less than one.
            let size = mul_div_u128_up(product.unsigned_abs(), size.saturating_add(1), weight).ok()?;
            i128::try_from(shifted_down(size, shift)?.checked_add(1)?).ok()
        }
    }
}

/// √(h W / G) as mantissa · 2^-exponent, the mantissa of 35 bits or more and rounded down.
struct Scale {
    mantissa: u64,
    exponent: i32,
}

impl Scale {
    fn new(variance: Variance, weight: u64, norm: u64) -> Self {
        let product = wide_mul(variance.0, weight);
        // Even, and at most 128.
        let shift = product.leading_zeros() & !1;
        let filled = product.checked_shl(shift).unwrap_or(0);
        // h is in units of 2^-56, of which this is the square root.
        let quotient = if norm == 0 { 0 } else { div_4_by_2(0, filled, u128::from(norm)).0 };
        Self {
            mantissa: u64::try_from(isqrt_u128_down(quotient)).unwrap_or(u64::MAX),
            exponent: 28i32.wrapping_add((shift >> 1) as i32),
        }
    }
}

/// |x| √h, rounded up.
pub(super) fn alone_up(delta: u64, variance: Variance) -> u64 {
    let product = mul_shift_up(u128::from(delta), variance.deviation_up().0, 64).unwrap_or(u128::MAX);
    u64::try_from(product).unwrap_or(u64::MAX)
}

/// The exponent of the least power of two above mantissa · 2^-exponent.
fn magnitude((mantissa, exponent): (u128, i32)) -> i32 {
    bits(mantissa).saturating_sub(exponent)
}

pub(super) fn bits(value: u128) -> i32 {
    // At most 128.
    128u32.wrapping_sub(value.leading_zeros()) as i32
}

/// size · 2^-shift, rounded to nearest. The callers' shift is positive.
fn nearest(size: u128, shift: i32) -> u128 {
    let Ok(shift @ 1..=127) = u32::try_from(shift) else { return 0 };
    (size >> shift.wrapping_sub(1)).wrapping_add(1) >> 1
}

/// value · 2^exponent, rounded down; none if it does not fit.
fn shifted_down(value: u128, exponent: i32) -> Option<u128> {
    let Ok(left) = u32::try_from(exponent) else {
        return Some(value.checked_shr(exponent.unsigned_abs()).unwrap_or(0));
    };
    let shifted = value.checked_shl(left)?;
    (shifted >> left == value).then_some(shifted)
}

/// value · 2^exponent, rounded up and cut at `u64::MAX`.
pub(super) fn scaled_up(value: u64, exponent: i32) -> u64 {
    let value = u128::from(value);
    let scaled = match u32::try_from(exponent) {
        Ok(left @ 0..=63) => value << left,
        Ok(_) => value.saturating_mul(u128::MAX),
        Err(_) => {
            let right = exponent.unsigned_abs().min(127);
            value.saturating_add((1u128 << right).wrapping_sub(1)) >> right
        }
    };
    u64::try_from(scaled).unwrap_or(u64::MAX)
}
