//! Likelihood ratios, zones and the quantile loss.

mod reference;

use gimbal_math::backtest::*;
use gimbal_math::{MathError, Q64Signed, Q64};
use proptest::prelude::*;
use reference::{abs, decimal, int, q64, scaled, Real};

fn float(value: Q64) -> f64 {
    value.0 as f64 / 2f64.powi(64)
}

fn counts(n00: u32, n01: u32, n10: u32, n11: u32) -> Counts {
    // A first day without an exception, where the counts allow it.
    let exceptions = (n01 + n11).max(n10 + n11);
    Counts { days: n00 + n01 + n10 + n11 + 1, exceptions, n00, n01, n10, n11 }
}

/// k ln p + (n − k) ln(1 − p), where 0 ln 0 is 0.
fn log_likelihood(k: u32, n: u32, p: &Real) -> Real {
    let term = |count: u32, p: Real| if count == 0 { int(0) } else { int(count) * p.ln() };
    term(k, p.clone()) + term(n - k, int(1) - p.clone())
}

fn share(k: u32, n: u32) -> Real {
    if n == 0 {
        int(0)
    } else {
        int(k) / int(n)
    }
}

/// As Christoffersen wrote it: two rates against one.
fn exact_independence(c: &Counts) -> Real {
    let (row_0, row_1) = (c.n00 + c.n01, c.n10 + c.n11);
    let two = log_likelihood(c.n01, row_0, &share(c.n01, row_0)) + log_likelihood(c.n11, row_1, &share(c.n11, row_1));
    let one = log_likelihood(c.n01 + c.n11, row_0 + row_1, &share(c.n01 + c.n11, row_0 + row_1));
    int(2) * (two - one)
}

/// A history in which exceptions cluster more or less.
fn history() -> impl Strategy<Value = Vec<bool>> {
    (0u32..100, prop::collection::vec(0u32..100, 0..400))
        .prop_map(|(percent, draws)| draws.into_iter().map(|draw| draw < percent).collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn coverage_is_within_its_bound(days in 1u32..1_000_000, part in 0u32..=1_000, shift in 0u32..20, level in 1u16..10_000) {
        let exceptions = (u64::from(days) * u64::from(part) / 1_000) as u32 >> shift;
        let p = int(level) / int(10_000);
        let exact = int(2) * (log_likelihood(exceptions, days, &share(exceptions, days)) - log_likelihood(exceptions, days, &p));
        let error = abs(q64(kupiec(days, exceptions, level).unwrap().0) - exact);
        prop_assert!(error <= int(days) * scaled(1, -61), "{}", decimal(&error));
    }

    #[test]
    fn independence_is_within_its_bound(n00 in 0u32..1_000_000, n01 in 0u32..2_000, n11 in 0u32..2_000, more in 0u32..2) {
        let c = counts(n00, n01, n01.saturating_sub(more), n11);
        prop_assume!(c.days > 1);
        let error = abs(q64(christoffersen(&c).unwrap().0) - exact_independence(&c));
        prop_assert!(error <= int(c.days) * scaled(1, -61), "{}", decimal(&error));
    }

    #[test]
    fn recording_counts_days_and_pairs(history in history()) {
        let mut recorded = Counts::default();
        for (day, exception) in history.iter().enumerate() {
            recorded.record(*exception);
            prop_assert_eq!(recorded.days as usize, day + 1);
            prop_assert_eq!(recorded.ended_with_exception(), *exception);
            prop_assert!(recorded.is_consistent());
        }
        let pairs = |a: bool, b: bool| history.windows(2).filter(|pair| **pair == [a, b]).count() as u32;
        let expected = Counts {
            days: history.len() as u32,
            exceptions: history.iter().filter(|exception| **exception).count() as u32,
            n00: pairs(false, false),
            n01: pairs(false, true),
            n10: pairs(true, false),
            n11: pairs(true, true),
        };
        prop_assert_eq!(recorded, expected);
    }

    /// A window's counts are those of its days and of the pairs that end in it.
    #[test]
    fn a_window_is_a_difference(before in history(), after in history()) {
        let mut all = Counts::default();
        before.iter().for_each(|exception| all.record(*exception));
        let earlier = all;
        after.iter().for_each(|exception| all.record(*exception));
        let window = all.since(&earlier).unwrap();
        prop_assert_eq!(window.days as usize, after.len());
        let pairs = window.n00 + window.n01 + window.n10 + window.n11;
        prop_assert_eq!(pairs as usize, after.len() - usize::from(before.is_empty() && !after.is_empty()));
        if earlier.days > 0 && !after.is_empty() {
            prop_assert_eq!(earlier.since(&all), Err(MathError::Domain));
        }
    }

    /// The level less one for each exception, times the distance; the least mean loss is the true quantile's.
    #[test]
    fn the_quantile_loss_is_exact(r in -1i128 << 70..1i128 << 70, var in 0u128..1 << 70, level in 0u16..=10_000) {
        let distance = r + var as i128;
        let share = if distance < 0 { 10_000 - u128::from(level) } else { level.into() };
        let found = quantile_loss(Q64Signed(r), Q64(var), level).unwrap();
        prop_assert_eq!(found.0, distance.unsigned_abs() * share / 10_000);
    }
}

/// SciPy 1.17.1: 2 (binom.logpmf(x, n, x/n) − binom.logpmf(x, n, p)).
#[test]
fn kupiec_against_scipy() {
    for (days, exceptions, level, expected) in [
        (250, 0, 100, 5.025_167_926_750_721),
        (250, 2, 100, 0.108_435_216_236_799),
        (250, 5, 100, 1.956_809_788_230_626),
        (250, 7, 100, 5.496_990_447_792_69),
        (250, 10, 100, 12.955_491_062_356_03),
        (1_000, 10, 100, 0.0),
        (1_514, 24, 100, 4.446_728_323_179_15),
        (1_514, 15, 100, 0.001_311_668_984_98),
        (500, 16, 500, 3.888_272_112_057_38),
        (250, 250, 100, 2_302.585_092_994_046),
        (255, 1, 250, 7.160_604_978_866_38),
    ] {
        let found = float(kupiec(days, exceptions, level).unwrap());
        assert!((found - expected).abs() < 1e-11, "{exceptions} of {days}: {found} against {expected}");
    }
}

/// SciPy 1.17.1: chi2_contingency(table, correction=False, lambda_="log-likelihood").
#[test]
fn christoffersen_against_scipy() {
    for ([n00, n01, n10, n11], expected) in [
        ([1_484, 15, 15, 0], 0.300_205_143_636_322),
        ([1_490, 10, 10, 3], 15.376_191_085_250_905),
        ([1_480, 14, 14, 6], 29.738_444_573_187_48),
        ([240, 4, 4, 1], 3.153_989_286_651_484),
        ([100, 20, 20, 10], 3.795_186_835_854_487),
        ([30, 30, 30, 30], 0.0),
    ] {
        let found = float(christoffersen(&counts(n00, n01, n10, n11)).unwrap());
        assert!((found - expected).abs() < 1e-11, "{n00} {n01} {n10} {n11}: {found} against {expected}");
    }
}

/// The critical values decide as the tables say: at 99% over 250 days Kupiec accepts 1 to 6 exceptions at 95%.
#[test]
fn a_year_of_99_percent() {
    let accepted = |exceptions| float(kupiec(250, exceptions, 100).unwrap()) < 3.84;
    assert!(!accepted(0) && (1..=6).all(accepted) && (7..=250).all(|exceptions| !accepted(exceptions)));
}

#[test]
fn nothing_speaks_against_nothing() {
    assert_eq!(kupiec(0, 0, 100), Ok(Q64::ZERO));
    assert_eq!(christoffersen(&Counts::default()), Ok(Q64::ZERO));
    assert_eq!(christoffersen(&counts(250, 0, 0, 0)), Ok(Q64::ZERO));
    assert_eq!(christoffersen(&counts(0, 0, 0, 250)), Ok(Q64::ZERO));
}

#[test]
fn impossible_arguments_are_named() {
    assert_eq!(kupiec(10, 11, 100), Err(MathError::Domain));
    assert_eq!(kupiec(10, 1, 0), Err(MathError::Domain));
    assert_eq!(kupiec(10, 1, 10_000), Err(MathError::Domain));
    assert_eq!(kupiec(10, 1, u16::MAX), Err(MathError::Domain));
    let too_many = Counts { n00: u32::MAX, n01: 1, ..Counts::default() };
    assert_eq!(christoffersen(&too_many), Err(MathError::Overflow));
    assert_eq!(quantile_loss(Q64Signed::ZERO, Q64::ZERO, 10_001), Err(MathError::Domain));
    assert_eq!(quantile_loss(Q64Signed::MAX, Q64::ONE, 100), Err(MathError::Overflow));
    assert_eq!(quantile_loss(Q64Signed::ZERO, Q64::MAX, 100), Err(MathError::Overflow));
}

#[test]
fn the_largest_counts_fit() {
    let half = u32::MAX / 2;
    assert!(float(kupiec(u32::MAX, u32::MAX, 1).unwrap()) > 7e10);
    assert!(float(kupiec(u32::MAX, 0, 9_999).unwrap()) > 7e10);
    let opposite = Counts { days: u32::MAX, exceptions: half, n00: half, n01: 0, n10: 0, n11: half };
    assert!(float(christoffersen(&opposite).unwrap()) > 5e9);
    let mut full = Counts { days: u32::MAX, ..Counts::default() };
    full.record(true);
    assert_eq!(full, Counts { days: u32::MAX, ..Counts::default() });
}

#[test]
fn counts_that_no_history_makes_are_inconsistent() {
    let three = Counts { days: 4, exceptions: 2, n00: 1, n01: 1, n10: 1, n11: 0 };
    assert!(three.is_consistent());
    for wrong in [
        Counts { days: 5, ..three },
        Counts { exceptions: 5, ..three },
        Counts { exceptions: 0, ..three },
        Counts { n11: 1, ..three },
        Counts { n00: 0, n01: 2, exceptions: 3, ..three },
        Counts { n00: 0, n10: 2, exceptions: 3, ..three },
    ] {
        assert!(!wrong.is_consistent(), "{wrong:?}");
    }
}

/// Of all counts of up to six days the consistent ones are those of the 127 histories of up to six days.
#[test]
fn consistent_is_what_some_history_makes() {
    let mut reached = std::collections::HashSet::new();
    for days in 0..=6u32 {
        for history in 0..1u32 << days {
            let mut recorded = Counts::default();
            (0..days).for_each(|day| recorded.record(history >> day & 1 == 1));
            reached.insert(recorded);
        }
    }
    let mut consistent = 0;
    for number in 0..7u32.pow(6) {
        let digit = |place: u32| number / 7u32.pow(place) % 7;
        let [days, exceptions, n00, n01, n10, n11] = [0, 1, 2, 3, 4, 5].map(digit);
        let counts = Counts { days, exceptions, n00, n01, n10, n11 };
        assert_eq!(counts.is_consistent(), reached.contains(&counts), "{counts:?}");
        consistent += usize::from(counts.is_consistent());
    }
    assert_eq!(consistent, reached.len());
}

/// The Basel Committee's table of 1996.
#[test]
fn basel_zones() {
    for exceptions in 0..=4 {
        assert_eq!(basel_zone(exceptions), Zone::Green);
    }
    for exceptions in 5..=9 {
        assert_eq!(basel_zone(exceptions), Zone::Yellow);
    }
    for exceptions in [10, 11, 250, u32::MAX] {
        assert_eq!(basel_zone(exceptions), Zone::Red);
    }
    assert!(Zone::Green < Zone::Yellow && Zone::Yellow < Zone::Red);
}

/// A VaR of 5% at 1%: a fall of 8% costs 0.99 · 3%, a rise of 5% costs 0.01 · 10%.
#[test]
fn quantile_losses_by_hand() {
    let percent = |n: i128| Q64Signed::from_ratio_down(n, 100).unwrap();
    let var = Q64::from_ratio_down(5, 100).unwrap();
    let loss = |r| float(quantile_loss(r, var, 100).unwrap());
    assert!((loss(percent(-8)) - 0.0297).abs() < 1e-15);
    assert!((loss(percent(5)) - 0.001).abs() < 1e-15);
    assert!(loss(percent(-5)) < 1e-15);
}
