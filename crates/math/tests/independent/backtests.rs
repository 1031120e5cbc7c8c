//! Coverage, independence and zones as they are printed.

use dashu_int::UBig;
use gimbal_math::backtest::{basel_zone, christoffersen, kupiec, Counts, Zone};
use gimbal_math::Q64;

/// 95% of χ² with one degree of freedom, as the tables use it.
fn rejected(ratio: Q64) -> bool {
    ratio.0 * 100 >= 384 << 64
}

/// Kupiec (1995), table of non-rejection regions at 95%: with a probability of (basis points) and so many days, the model is kept
/// for more failures than the first number and fewer than the second. Where the table has only an upper end for 1% of 255 days,
/// its own statistic rejects zero failures (5.13), which is the end given here.
#[test]
fn kupiecs_table() {
    for (level, [short, middle, long]) in [
        (100, [(0, 7), (1, 11), (4, 17)]),
        (250, [(2, 12), (6, 21), (15, 36)]),
        (500, [(6, 21), (16, 36), (37, 65)]),
        (750, [(11, 28), (27, 51), (59, 92)]),
        (1_000, [(16, 36), (38, 65), (81, 120)]),
    ] {
        for (days, (below, above)) in [(255, short), (510, middle), (1_000, long)] {
            for failures in 0..=days {
                let kept = !rejected(kupiec(days, failures, level).unwrap());
                assert_eq!(kept, below < failures && failures < above, "{failures} of {days} at {level}");
            }
        }
    }
}

/// Jorion, Value at Risk, third edition, chapter on backtesting: 252 days at 95% with 20 exceptions, six of them after another. LR of
/// coverage 3.91, of independence 9.53, together 13.44.
#[test]
fn jorions_bank() {
    let counts = Counts { days: 253, exceptions: 20, n00: 218, n01: 14, n10: 14, n11: 6 };
    assert!(counts.is_consistent());
    let coverage = kupiec(252, 20, 500).unwrap();
    let independence = christoffersen(&counts).unwrap();
    let hundredths = |ratio: Q64| (ratio.0 * 100 + (1 << 63)) >> 64;
    assert_eq!([coverage, independence].map(hundredths), [391, 953]);
    assert_eq!(hundredths(Q64(coverage.0 + independence.0)), 1_344);
}

/// The Committee's own definition (1996): yellow begins where a right model has at most so many exceptions with 95%, red where with
/// 99.99%. The binomial sums are exact integers here: Σ C(250, i) 99^(250 − i) of 100^250.
#[test]
fn the_zones_are_the_binomials() {
    let mut choose = UBig::ONE;
    let mut sum = UBig::ZERO;
    let whole = UBig::from(100u8).pow(250);
    for exceptions in 0..=20u32 {
        sum += &choose * UBig::from(99u8).pow(250 - exceptions as usize);
        choose = choose * UBig::from(250 - exceptions) / UBig::from(exceptions + 1);
        let reaches = |of_ten_thousand: u32| &sum * UBig::from(10_000u32) >= &whole * UBig::from(of_ten_thousand);
        // 99.9946% is printed as 99.99%, and 99.975% before it as 99.97%.
        let expected = match (reaches(9_500), reaches(9_999)) {
            (false, _) => Zone::Green,
            (true, false) => Zone::Yellow,
            (true, true) => Zone::Red,
        };
        assert_eq!(basel_zone(exceptions), expected, "{exceptions}");
    }
}
