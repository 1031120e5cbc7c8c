//! Returns, for show: floats, as the only numbers of a statement.

use serde::Serialize;

/// Seconds of a year in returns: 365 days.
pub const YEAR: f64 = 31_536_000.0;

/// Time-weighted return, flow by flow: how a unit of money grew that was there all the time, whatever came and went.
///
/// Before money comes in and after money goes out the position is valued, and the parts of growth between are multiplied.
/// What entering costs falls into the part that it begins, what leaving costs into the part that it ends. While nothing is
/// held, nothing grows.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Growth {
    factor: Option<f64>,
    base: f64,
}

impl Growth {
    /// A position worth `value` at the start.
    pub fn new(value: f64) -> Self {
        Self { factor: None, base: value }
    }

    /// `amount` comes in while the position is worth `before`.
    pub fn comes_in(&mut self, before: f64, amount: f64) {
        self.grow(before);
        self.base = before + amount;
    }

    /// `amount` has gone out, and the position is worth `after`.
    pub fn goes_out(&mut self, after: f64, amount: f64) {
        self.grow(after + amount);
        self.base = after;
    }

    /// The return up to now, when the position is worth `value`: 0.05 for five per cent. None where nothing was ever held.
    pub fn total(mut self, value: f64) -> Option<f64> {
        self.grow(value);
        self.factor.map(|factor| factor - 1.0)
    }

    fn grow(&mut self, value: f64) {
        if self.base > 0.0 {
            self.factor = Some(self.factor.unwrap_or(1.0) * value / self.base);
        }
    }
}

/// Money-weighted return over a period: the rate at which all flows and the values at both ends balance, as one number for
/// the whole period (`0.05` for five per cent). `flows` are moments (Unix seconds) and amounts as the investor sees them: below zero
/// what is paid in, the opening value among it, above zero what comes out, the closing value among it.
///
/// The period is from the first to the last moment. With G = 1 + r and τ the part of the period that is over, r solves
/// Σ amount · G^(1 − τ) = 0. Where flows change sign more than once several rates may do; the one nearest to nothing is
/// taken. None where no rate does: nothing came out, or nothing went in, or no time passed.
pub fn money_weighted(flows: &[(i64, i128)]) -> Option<f64> {
    let first = flows.iter().map(|(time, _)| *time).min()?;
    let last = flows.iter().map(|(time, _)| *time).max()?;
    if last <= first {
        return None;
    }
    let length = (last - first) as f64;
    let scale = flows.iter().map(|(_, amount)| amount.unsigned_abs()).max()? as f64;
    let left = |log_growth: f64| -> f64 {
        let term = |(time, amount): &(i64, i128)| {
            let remaining = (last - time) as f64 / length;
            *amount as f64 / scale * (log_growth * remaining).exp()
        };
        flows.iter().map(term).sum()
    };
    let root = nearest_root(left)?;
    Some(root.exp_m1())
}

/// Steps of ln G in which a change of sign is looked for, and how far: from e^-40 to e^40.
const STEP: f64 = 0.05;
const STEPS: i32 = 800;

/// The root of `f` nearest to zero: found by walking outwards, then by bisection.
fn nearest_root(f: impl Fn(f64) -> f64) -> Option<f64> {
    let bracket = |near: f64, far: f64| {
        let (at_near, at_far) = (f(near), f(far));
        (at_near.is_finite() && at_far.is_finite() && at_near * at_far <= 0.0 && at_near != at_far)
            .then_some((near, far))
    };
    let found = (0..STEPS).find_map(|step| {
        let (near, far) = (f64::from(step) * STEP, f64::from(step + 1) * STEP);
        bracket(near, far).or_else(|| bracket(-near, -far))
    });
    let (mut low, mut high) = found?;
    let sign = f(low).signum();
    if f(low) == 0.0 {
        return Some(low);
    }
    // Each halving gains a bit; 100 exhaust a float.
    for _ in 0..100 {
        let middle = low + (high - low) / 2.0;
        match f(middle).signum() == sign {
            true => low = middle,
            false => high = middle,
        }
    }
    Some(low + (high - low) / 2.0)
}

/// A return over `seconds` as a yearly one, compounded; none for less than a year, of which no rate can be told that was
/// ever earned.
pub fn yearly(total: f64, seconds: i64) -> Option<f64> {
    (seconds as f64 >= YEAR).then(|| compounded(total, seconds))
}

/// A return over `seconds` as if the year went on like it.
pub fn compounded(total: f64, seconds: i64) -> f64 {
    (1.0 + total).powf(YEAR / seconds as f64) - 1.0
}

/// Both returns of a statement.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Returns {
    /// Seconds from the first moment with something at stake to the last.
    pub seconds: i64,
    /// Over the period.
    pub time_weighted: Option<f64>,
    /// A year; none for shorter periods.
    pub time_weighted_yearly: Option<f64>,
    /// Over the period.
    pub money_weighted: Option<f64>,
    /// A year (XIRR); none for shorter periods.
    pub money_weighted_yearly: Option<f64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 86_400;

    fn close(found: Option<f64>, expected: f64) {
        let found = found.expect("a return");
        assert!((found - expected).abs() < 1e-6, "{found} instead of {expected}");
    }

    /// The classic pair of investors: a fund gains 50 %, then loses 20 %. Who puts 100 in and 100 more between has 150 + 100 =
    /// 250, then 200. Time-weighted 1.5 · 0.8 − 1 = 20 %. Money-weighted over both halves: 100 G + 100 √G = 200, so that
    /// √G = 1 and r = 0, by hand.
    #[test]
    fn flows_in_time() {
        let mut growth = Growth::new(100.0);
        growth.comes_in(150.0, 100.0);
        close(growth.total(200.0), 0.2);
        let money = money_weighted(&[(0, -100), (100, -100), (200, 200)]);
        close(money, 0.0);
        // Who takes 50 out instead has 100, then 80: the same 20 % by time, and 100 G = 50 √G + 80. By the formula √G =
        // (50 + √(2500 + 32000)) / 200 = 1.178709, G = 1.389355 (Python).
        let mut growth = Growth::new(100.0);
        growth.goes_out(100.0, 50.0);
        close(growth.total(80.0), 0.2);
        close(money_weighted(&[(0, -100), (100, 50), (200, 80)]), 0.389_354_5);
    }

    #[test]
    fn costs_of_entering_and_leaving_count() {
        // 100 paid in buy 99; they grow to 108.9 and are paid with 108: 8 % in all, by hand.
        let mut growth = Growth::default();
        growth.comes_in(0.0, 100.0);
        growth.goes_out(0.0, 108.0);
        close(growth.total(0.0), 0.08);
        // A pause without a position is no loss; a second stay multiplies: 1.08 · 1.25.
        growth.comes_in(0.0, 40.0);
        close(growth.total(50.0), 0.35);
        assert_eq!(Growth::default().total(0.0), None);
    }

    /// The example of Microsoft's documentation of XIRR: −10,000 on 2008-01-01, 2,750 on 2008-03-01, 4,250 on 2008-10-30, 3,250
    /// on 2009-02-15, 2,750 on 2009-04-01 give 0.373362535 a year.
    #[test]
    fn xirr_as_published() {
        let flows = [(13_879, -10_000), (13_939, 2_750), (14_182, 4_250), (14_290, 3_250), (14_335, 2_750)];
        let flows: Vec<(i64, i128)> = flows.into_iter().map(|(day, amount)| (day * DAY, amount)).collect();
        let total = money_weighted(&flows).expect("a rate");
        let seconds = (14_335 - 13_879) * DAY;
        close(yearly(total, seconds), 0.373_362_535);
    }

    #[test]
    fn extremes_have_a_rate_and_nonsense_has_none() {
        // All but a millionth lost, and a thousandfold gain, in a day.
        close(money_weighted(&[(0, -1_000_000), (DAY, 1)]), -0.999_999);
        close(money_weighted(&[(0, -1), (DAY, 1_000)]), 999.0);
        assert_eq!(money_weighted(&[(0, -5), (DAY, -5)]), None);
        assert_eq!(money_weighted(&[(0, 5), (DAY, 5)]), None);
        assert_eq!(money_weighted(&[(0, -5), (0, 5)]), None);
        assert_eq!(money_weighted(&[]), None);
        assert_eq!(money_weighted(&[(0, 0), (DAY, 0)]), None);
        // Amounts of any size.
        close(money_weighted(&[(0, -i128::from(u64::MAX)), (DAY, i128::from(u64::MAX) / 2)]), -0.5);
        // Two rates do: −1000 + 2300 − 1320 has 10 % and 20 % a period; the nearer one is taken.
        close(money_weighted(&[(0, -1_000), (1, 2_300), (2, -1_320)]), 0.21);
    }

    #[test]
    fn a_year_is_needed_for_a_yearly_return() {
        assert_eq!(yearly(0.05, 364 * DAY), None);
        close(yearly(0.05, 365 * DAY), 0.05);
        // 1.21 in two years is 10 % a year.
        close(yearly(0.21, 730 * DAY), 0.1);
    }
}
