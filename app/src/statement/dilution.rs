//! Who bears management and performance fees.
//!
//! Both are charged as new shares, which make every share that is there worth a little less. A charge is therefore borne by
//! all shares alike, accrued fee shares that wait to be minted among them: each holder bears the part of it that his
//! shares are of all shares just before. Base units that rounding leaves over go to the largest remainders, one each, so
//! that the parts add up to the charge.

/// Splits `amount` by `weights`, of which `whole` is the sum or more; the last part is what falls on weight that nobody here
/// has.
pub fn split(amount: u64, weights: &[u64], whole: u64) -> Vec<u64> {
    let known: u128 = weights.iter().map(|weight| u128::from(*weight)).sum();
    let whole = u128::from(whole).max(known).max(1);
    let rest = u64::try_from(whole - known).unwrap_or(u64::MAX);
    let shares = |weight: u64| {
        let product = u128::from(amount) * u128::from(weight);
        (u64::try_from(product / whole).unwrap_or(amount), product % whole)
    };
    let mut parts: Vec<(u64, u128)> = weights.iter().copied().chain([rest]).map(shares).collect();
    let given: u64 = parts.iter().map(|(part, _)| part).sum();
    let left = usize::try_from(amount.saturating_sub(given)).unwrap_or(0);
    let mut order: Vec<usize> = (0..parts.len()).collect();
    // The first of equal remainders goes first: the same history gives the same parts.
    order.sort_by_key(|place| std::cmp::Reverse(parts[*place].1));
    for place in order.into_iter().take(left) {
        parts[place].0 += 1;
    }
    parts.into_iter().map(|(part, _)| part).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_add_up_and_the_largest_remainders_get_the_rest() {
        // 10 by 1 : 1 : 1 is 3 each, and one unit more for the first.
        assert_eq!(split(10, &[1, 1, 1], 3), [4, 3, 3, 0]);
        // 7 by 5 : 3 : 2 is 3.5, 2.1, 1.4.
        assert_eq!(split(7, &[5, 3, 2], 10), [4, 2, 1, 0]);
        // A fifth is nobody's here: 100 by 3 : 1 of 5.
        assert_eq!(split(100, &[3, 1], 5), [60, 20, 20]);
        // Where nobody holds anything it is nobody's, and still there.
        assert_eq!(split(9, &[], 0), [9]);
        assert_eq!(split(0, &[1, 2], 3), [0, 0, 0]);
        let parts = split(u64::MAX, &[u64::MAX / 2, u64::MAX / 2], u64::MAX);
        assert_eq!(parts.iter().map(|part| u128::from(*part)).sum::<u128>(), u128::from(u64::MAX));
    }

    #[test]
    fn weight_that_exceeds_the_whole_is_the_whole() {
        assert_eq!(split(10, &[6, 6], 10), [5, 5, 0]);
    }
}
