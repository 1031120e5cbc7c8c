//! Options, concentrated liquidity, loans and hedges.

use gimbal_math::functions::exp;
use gimbal_math::option::{European, Kind, SECONDS_PER_YEAR};
use gimbal_math::position::hedge::Hedged;
use gimbal_math::position::leverage::Leveraged;
use gimbal_math::position::liquidity::{moved_down, sqrt_price_down, Range};
use gimbal_math::{Bps, Price, Q64Signed, Q64};

use crate::reference::european::{Derivatives, Market};
use crate::reference::liquidity::Position;
use crate::reference::{abs, decimal, int, max, q64, ratio, sqrt, ulps, Normal, Real};
use crate::{absolute, row, Points};

/// Of each kind of option: seven prices of 96 digits are behind each point.
const OPTIONS: u32 = 1_000;

/// e^x for x uniform between the logarithms of two ratios of which the first is less.
fn log_uniform(points: &mut Points, least: (i128, i128), most: (i128, i128)) -> Q64 {
    let logarithm = |(numerator, denominator): (i128, i128)| {
        let ratio = Q64Signed::from_ratio_down(numerator, denominator).and_then(Q64Signed::to_unsigned);
        ratio.and_then(gimbal_math::functions::ln).expect("a positive ratio").0
    };
    let (low, high) = (logarithm(least), logarithm(most));
    exp(Q64Signed(low + uniform(points, high - low))).expect("in range")
}

/// Uniform from zero to a number below 2^31.
fn uniform(points: &mut Points, width: i128) -> i128 {
    ((width >> 31) * i128::from(points.next() >> 31)) >> 2
}

fn option(points: &mut Points) -> European {
    let spot = log_uniform(points, (1, 10_000), (10_000_000, 1));
    let moneyness = log_uniform(points, (1, 5), (5, 1));
    European {
        spot,
        strike: spot.div_down(moneyness).expect("in range"),
        rate: Q64Signed(-(1i128 << 64) / 50 + uniform(points, (22i128 << 64) / 100)),
        volatility: log_uniform(points, (5, 100), (3, 1)),
        years: log_uniform(points, (3_600, i128::from(SECONDS_PER_YEAR)), (3, 1)),
    }
}

/// A number's greatest error in its natural unit, and as a part of max(10^-6 relative, 10^-9 · min(S, that unit)).
struct Worst {
    name: &'static str,
    unit: &'static str,
    error: Real,
    part: Real,
}

impl Worst {
    fn new(name: &'static str, unit: &'static str) -> Self {
        Self { name, unit, error: int(0), part: int(0) }
    }

    fn note(&mut self, result: i128, exact: &Real, unit: &Real, spot: &Real) {
        let error = absolute(result, exact);
        let least = if unit < spot { unit.clone() } else { spot.clone() };
        let bound = max(abs(exact.clone()) / int(1_000_000), least / int(1_000_000_000));
        self.error = max(self.error.clone(), error.clone() / unit.clone());
        self.part = max(self.part.clone(), error / bound);
    }
}

/// A second table: errors of options against their bound.
pub fn options() {
    println!("\n## Options\n");
    println!(
        "European calls and puts by Black and Scholes, {OPTIONS} points each: moneyness 0.2 to 5, volatility 5% to 300%, an\n\
         hour to three years, rates of −2% to 20%, spot S from 10^-4 to 10^7. The Greeks' reference is the central\n\
         difference of the exact price. The bound is max(10^-6 relative, 10^-9 · S); here the smaller of S and the unit stands\n\
         for S, which is stricter.\n"
    );
    println!("| number | unit | maximum error, in units | largest part of the bound |");
    println!("|---|---|---|---|");
    let normal = Normal::new();
    for (kind, name) in [(Kind::Call, "call"), (Kind::Put, "put")] {
        let mut worst =
            [("price", "S"), ("delta", "1"), ("gamma", "1/S"), ("vega", "S"), ("theta", "S a year"), ("rho", "S")]
                .map(|(name, unit)| Worst::new(name, unit));
        let mut points = Points(20);
        for _ in 0..OPTIONS {
            let option = option(&mut points);
            let market = Market {
                spot: q64(option.spot.0),
                strike: q64(option.strike.0),
                rate: q64(option.rate.0),
                volatility: q64(option.volatility.0),
                years: q64(option.years.0),
            };
            let (price, greeks) = option.price_and_greeks(kind).expect("in range");
            let call = kind == Kind::Call;
            let Derivatives { delta, gamma, vega, theta, rho } = market.derivatives(&normal, call);
            let price = (i128::try_from(price.0).expect("below 2^63"), market.price(&normal, call));
            let results = [greeks.delta, greeks.gamma, greeks.vega, greeks.theta, greeks.rho].map(|greek| greek.0);
            let pairs = [price].into_iter().chain(results.into_iter().zip([delta, gamma, vega, theta, rho]));
            let spot = &market.spot;
            for (worst, (result, exact)) in worst.iter_mut().zip(pairs) {
                let unit = match worst.unit {
                    "1" => int(1),
                    "1/S" => int(1) / spot.clone(),
                    _ => spot.clone(),
                };
                worst.note(result, &exact, &unit, spot);
            }
        }
        for Worst { name: number, unit, error, part } in worst {
            println!("| {number} of a {name} | {unit} | {} | {} |", decimal(&error), decimal(&part));
        }
    }
}

fn range(points: &mut Points) -> (Range, Position, Q64) {
    let root = log_uniform(points, (1, 4_096), (4_096, 1));
    let mut beside = || log_uniform(points, (1, 4), (4, 1)).mul_down(root).expect("in range");
    let (first, second) = (beside(), beside());
    let liquidity = u128::from(points.next() >> (14 + points.next() % 16));
    let range = Range::new(liquidity, first.min(second), first.max(second)).expect("two different roots");
    let position = Position { liquidity: int(liquidity), lower: q64(range.lower.0), upper: q64(range.upper.0) };
    (range, position, root)
}

/// Rows of the first table.
pub fn positions() {
    let domain = "√P and the range's edges in [2^-14, 2^14], L < 2^50";
    let method = "exact, in 320 bits; the reference's derivatives are central differences";
    row("`Range::value_down`", domain, "units below", method, |points| {
        let (range, position, root) = range(points);
        position.value(&q64(root.0)) - int(range.value_down(root).expect("in range"))
    });
    row("`Range::value_up`", domain, "units above", method, |points| {
        let (range, position, root) = range(points);
        int(range.value_up(root).expect("in range")) - position.value(&q64(root.0))
    });
    row("`Range::dollar_delta_up`", domain, "units above", method, |points| {
        let (range, position, root) = range(points);
        int(range.dollar_delta_up(root).expect("in range")) - position.dollar_derivatives(&q64(root.0)).0
    });
    row("`Range::dollar_gamma_down`", domain, "units below", method, |points| {
        let (range, position, root) = range(points);
        position.dollar_derivatives(&q64(root.0)).1 - int(range.dollar_gamma_down(root).expect("in range"))
    });
    row("`sqrt_price_down`", "prices of every magnitude, 0 to 18 decimals", "ulp", "exact, rounded once", |points| {
        let mut price = || points.next().max(1) >> (points.next() % 32) | 1;
        let (a, b) = (price(), price());
        let decimals = [points.next() % 19, points.next() % 19];
        let [scale_a, scale_b] = decimals.map(|decimals| int(10u128.pow(decimals as u32)));
        let exact = sqrt(&(int(a) * scale_b / (int(b) * scale_a)));
        let root = sqrt_price_down(Price(a), decimals[0] as u8, Price(b), decimals[1] as u8).expect("in range");
        ulps(root.0, &exact)
    });
    row(
        "`moved_down`",
        "√P in [2^-12, 2^12], −100% to +300%",
        "· (1 + √P/100) ulp",
        "one square root",
        |points| {
            let root = log_uniform(points, (1, 4_096), (4_096, 1));
            let bps = (points.next() % 40_001) as i32 - 10_000;
            let exact = q64(root.0) * sqrt(&ratio(10_000 + i64::from(bps), 10_000));
            ulps(moved_down(root, bps).expect("in range").0, &exact) / (int(1) + q64(root.0) / int(100))
        },
    );
    loans();
    hedges();
}

fn loans() {
    let draw = |points: &mut Points| {
        let debt = (points.next() >> (points.next() % 32)).max(1);
        let collateral = points.next() >> (points.next() % 24);
        Leveraged { collateral, debt, threshold: Bps(1 + (points.next() % 10_000) as u16) }
    };
    let exactly = |loan: &Leveraged| int(loan.collateral) * int(loan.threshold.0) / (int(loan.debt) * int(10_000));
    let domain = "amounts of 32 to 64 bits, LT of 0.01% to 100%";
    row("`Leveraged::health_factor_down`", domain, "ulp", "exact, rounded once", |points| {
        let loan = draw(points);
        ulps(loan.health_factor_down().0, &exactly(&loan))
    });
    row("`Leveraged::liquidation_price_up`", domain, "· 10^-12 dollars", "exact, rounded once", |points| loop {
        let loan = draw(points);
        let price = points.next() >> 20;
        if let Ok(trigger) = loan.liquidation_price_up(Price(price)) {
            return int(trigger.0) - int(price) / exactly(&loan);
        }
    });
}

fn hedges() {
    let domain = "amounts of 32 to 64 bits, maintenance up to 100%";
    row("`Hedged::liquidation_price_down`", domain, "· 10^-12 dollars", "exact, rounded once", |points| loop {
        let mut amount = || (points.next() >> (points.next() % 32)).max(1);
        let (spot, short, margin) = (amount(), amount(), amount());
        let maintenance = Bps((points.next() % 10_001) as u16);
        let reference = points.next() >> 20;
        let hedged = Hedged { spot, short, margin, maintenance };
        if let Some(trigger) = hedged.liquidation_price_down(Price(reference)) {
            let required = int(short) * int(10_000 + u32::from(maintenance.0));
            return int(reference) * (int(margin) + int(short)) * int(10_000) / required - int(trigger.0);
        }
    });
}
