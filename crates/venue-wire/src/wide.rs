//! Products wider than 128 bits, divided back into 64.

/// The quotient and whether the division left a remainder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Quotient {
    pub floor: u64,
    pub inexact: bool,
}

impl Quotient {
    /// The quotient rounded up; `None` beyond 64 bits.
    pub fn ceil(self) -> Option<u64> {
        self.floor.checked_add(u64::from(self.inexact))
    }
}

const LIMB: u32 = 64;
const LOW: u128 = u64::MAX as u128;

/// `a · b ÷ d` over the exact 192-bit product; `None` if `d` is 0 or the quotient exceeds 64 bits.
///
/// One 128-bit by 64-bit hardware-style division: Knuth, The Art of Computer Programming vol. 2,
/// 4.3.1, algorithm D, for three limbs by two, where the first correction already is exact.
pub(crate) fn mul_div(a: u128, b: u64, d: u128) -> Option<Quotient> {
    let b = u128::from(b);
    let low = (a & LOW) * b;
    // < 2^128 − 2^64, so the carry of the low product fits.
    let high = (a >> LIMB) * b + (low >> LIMB);
    let low = low & LOW;
    // The product is high · 2^64 + low. A quotient of 64 bits needs product < d · 2^64.
    if high >= d {
        return None;
    }
    if d <= LOW {
        let n = (high << LIMB) | low;
        return Some(Quotient { floor: (n / d) as u64, inexact: !n.is_multiple_of(d) });
    }
    let shift = d.leading_zeros();
    let d = d << shift;
    // high < the unshifted d, so the shift loses nothing.
    let high = (high << shift) | ((low << shift) >> LIMB);
    let low = (low << shift) & LOW;
    let (d1, d0) = (d >> LIMB, d & LOW);
    let mut q = (high / d1).min(LOW);
    let mut rest = high - q * d1;
    while rest <= LOW && q * d0 > ((rest << LIMB) | low) {
        q -= 1;
        rest += d1;
    }
    // Below d, so the true value survives the wrapping.
    let remainder = ((high << LIMB) | low).wrapping_sub(q.wrapping_mul(d));
    Some(Quotient { floor: q as u64, inexact: remainder != 0 })
}

/// `a · b ÷ 2^60` rounded down over the exact product; `None` beyond 128 bits.
pub(crate) fn mul_sf_down(a: u128, b: u128) -> Option<u128> {
    let (a1, a0) = (a >> LIMB, a & LOW);
    let (b1, b0) = (b >> LIMB, b & LOW);
    let low = a0 * b0;
    let mid1 = a1 * b0 + (low >> LIMB);
    let mid2 = a0 * b1 + (mid1 & LOW);
    let high = a1 * b1 + (mid1 >> LIMB) + (mid2 >> LIMB);
    let low = (mid2 << LIMB) | (low & LOW);
    if high >> 60 != 0 {
        return None;
    }
    Some((high << 68) | (low >> 60))
}

/// `a · 2^60 ÷ b` rounded down; `None` if `b` is 0 or beyond 128 bits.
///
/// Long division by one bit at a time would cost 60 steps; instead the quotient's integer part and
/// its fraction are found separately, the fraction being below one.
pub(crate) fn div_sf_down(a: u128, b: u128) -> Option<u128> {
    if b == 0 {
        return None;
    }
    let whole = a / b;
    if whole >> 68 != 0 {
        return None;
    }
    let rest = a % b;
    let fraction = mul_div(rest, 1 << 60, b)?.floor;
    Some((whole << 60) | u128::from(fraction))
}

/// `a · b ÷ 2^60` for a 256-bit `a` in little-endian limbs, rounded down; `None` beyond 256 bits.
pub(crate) fn mul_limbs_sf_down(a: [u64; 4], b: u128) -> Option<[u64; 4]> {
    let b = [b & LOW, b >> LIMB];
    let mut product = [0u64; 6];
    for (i, limb) in a.iter().enumerate() {
        let mut carry = 0;
        for (j, factor) in b.iter().enumerate() {
            let sum = u128::from(*limb) * factor + u128::from(product[i + j]) + carry;
            product[i + j] = sum as u64;
            carry = sum >> LIMB;
        }
        product[i + 2] = carry as u64;
    }
    // Limb 4 contributes its low 60 bits; everything above must be empty.
    if product[4] >> 60 != 0 || product[5] != 0 {
        return None;
    }
    Some(core::array::from_fn(|i| (product[i] >> 60) | (product[i + 1] << 4)))
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use num_bigint::BigUint;
    use proptest::prelude::*;

    /// Spreads cases over all magnitudes; uniform u128 would nearly always be huge.
    fn any_width() -> impl Strategy<Value = u128> {
        (any::<u128>(), 0u32..128).prop_map(|(x, s)| x >> s)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4096))]

        #[test]
        fn mul_div_agrees_with_big_integers(a in any_width(), b in any::<u64>(), s in 0u32..64, d in any_width()) {
            let b = b >> s;
            let got = mul_div(a, b, d);
            if d == 0 {
                prop_assert_eq!(got, None);
            } else {
                let n = BigUint::from(a) * b;
                let q = &n / d;
                let want = u64::try_from(&q).ok().map(|floor| Quotient { floor, inexact: q * d != n });
                prop_assert_eq!(got, want);
            }
        }

        #[test]
        fn mul_div_is_exact_next_to_the_largest_quotient(d in any_width(), b in any::<u64>()) {
            prop_assume!(d > 0 && b > 0);
            // a ≈ d · 2^64 / b puts the quotient at the edge of 64 bits.
            let edge = (BigUint::from(d) << 64u32) / b;
            if let Ok(a) = u128::try_from(&edge) {
                for a in [a.saturating_sub(1), a, a.saturating_add(1)] {
                    let n = BigUint::from(a) * b;
                    let q = &n / d;
                    let want = u64::try_from(&q).ok().map(|floor| Quotient { floor, inexact: q * d != n });
                    prop_assert_eq!(mul_div(a, b, d), want);
                }
            }
        }

        #[test]
        fn scaled_multiplication_agrees_with_big_integers(a in any_width(), b in any_width()) {
            let want: BigUint = (BigUint::from(a) * b) >> 60u32;
            prop_assert_eq!(mul_sf_down(a, b), u128::try_from(want).ok());
        }

        #[test]
        fn scaled_division_agrees_with_big_integers(a in any_width(), b in any_width()) {
            let want = (b != 0).then(|| (BigUint::from(a) << 60u32) / b).and_then(|q| u128::try_from(q).ok());
            prop_assert_eq!(div_sf_down(a, b), want);
        }

        #[test]
        fn limb_multiplication_agrees_with_big_integers(a in any::<[u64; 4]>(), top in 0usize..5, b in any_width()) {
            let a: [u64; 4] = core::array::from_fn(|i| if i < top { a[i] } else { 0 });
            let big = |limbs: &[u64]| {
                limbs.iter().rev().fold(BigUint::from(0u8), |sum, limb| (sum << 64u32) + *limb)
            };
            let want: BigUint = (big(&a) * b) >> 60u32;
            let got = mul_limbs_sf_down(a, b);
            if want.bits() > 256 {
                prop_assert_eq!(got, None);
            } else {
                prop_assert_eq!(got.map(|limbs| big(&limbs)), Some(want));
            }
        }
    }
}
