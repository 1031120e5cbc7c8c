//! European options: textbook examples, mpmath, and 96 digits over the whole grid; order, bounds and edges.

mod reference;

use dashu_float::round::mode::HalfEven;
use dashu_float::DBig;
use dashu_int::IBig;
use gimbal_math::functions::exp;
use gimbal_math::option::{European, Greeks, Kind, SECONDS_PER_YEAR};
use gimbal_math::{MathError, Q64Signed, Q64};
use proptest::prelude::*;
use reference::european::{Derivatives, Market};
use reference::{abs, decimal, int, max, q64, scaled, sqrt, Normal, Real};

const KINDS: [Kind; 2] = [Kind::Call, Kind::Put];

fn number(text: &str) -> Real {
    let decimal: DBig = text.parse().unwrap();
    decimal.with_rounding::<HalfEven>().with_base_and_precision::<2>(320).value()
}

fn fixed(text: &str) -> Q64Signed {
    let nearest: IBig = (number(text) * scaled(1, 64)).round().to_int().value();
    Q64Signed(nearest.try_into().unwrap())
}

fn unsigned(text: &str) -> Q64 {
    fixed(text).to_unsigned().unwrap()
}

fn european(spot: &str, strike: &str, rate: &str, volatility: &str, years: &str) -> European {
    European {
        spot: unsigned(spot),
        strike: unsigned(strike),
        rate: fixed(rate),
        volatility: unsigned(volatility),
        years: unsigned(years),
    }
}

/// Whether `x` rounds to `expected`, printed with that many decimals.
fn assert_prints(x: i128, expected: &str) {
    let decimals = expected.split('.').nth(1).map_or(0, str::len);
    let half = number("0.5") / number(&format!("1e{decimals}"));
    let error = abs(q64(x) - number(expected));
    assert!(error <= half, "{} is not {expected}", decimal(&q64(x)));
}

/// Hull, Options, Futures, and Other Derivatives: the Black–Scholes–Merton example.
#[test]
fn hull_prices() {
    let option = european("42", "40", "0.1", "0.2", "0.5");
    assert_prints(option.price(Kind::Call).unwrap().0 as i128, "4.76");
    assert_prints(option.price(Kind::Put).unwrap().0 as i128, "0.81");
}

/// Hull: the running example of the chapter on the Greek letters, twenty weeks to expiry.
#[test]
fn hull_greeks() {
    let Greeks { delta, gamma, vega, theta, rho } =
        european("49", "50", "0.05", "0.2", "0.3846").greeks(Kind::Call).unwrap();
    assert_prints(delta.0, "0.522");
    assert_prints(gamma.0, "0.0655");
    assert_prints(vega.0, "12.1");
    assert_prints(theta.0, "-4.31");
    assert_prints(rho.0, "8.91");
}

/// Price, delta, gamma, vega, theta and rho of calls and puts by mpmath 1.3 at 50 digits: erfc for the distribution, `diff`
/// for the derivatives.
#[test]
#[rustfmt::skip]
fn prices_and_greeks_by_another_library() {
    type Case<'a> = ([&'a str; 5], [&'a str; 6], [&'a str; 6]);
    let cases: [Case<'_>; 5] = [
        (["60000", "66000", "0.04", "0.65", "0.08"],
            ["2276.182851942", "0.3412370100938", "3.326288909159e-5", "6226.812837945", "-26024.3486643", "1455.843020295"],
            ["8065.320411783", "-0.6587629899062", "3.326288909159e-5", "6226.812837945", "-23392.78316191", "-3807.287984492"]),
        (["150", "120", "-0.02", "1.1", "2"],
            ["90.41420441583", "0.8147525147407", "0.001144875424449", "56.67133351024", "-14.94864325941", "63.59734559053"],
            ["65.31149731892", "-0.1852474852593", "0.001144875424449", "56.67133351024", "-17.44658911747", "-186.1972402156"]),
        (["3000", "15000", "0.2", "3", "3"],
            ["2954.123554373", "0.9918873935601", "1.423523676184e-6", "115.3054177709", "-61.96043414686", "64.61587892121"],
            ["8186.298095784", "-0.008112606439893", "1.423523676184e-6", "115.3054177709", "1584.474474135", "-24631.90774531"]),
        (["100", "100", "0", "0.05", "0.0001"],
            ["0.01994711381229", "0.5000997355691", "7.97884535869", "0.3989422679345", "-99.73556698362", "0.004999002644309"],
            ["0.01994711381229", "-0.4999002644309", "7.97884535869", "0.3989422679345", "-99.73556698362", "-0.005000997355691"]),
        (["0.00002", "0.0000125", "0.07", "1.4", "0.25"],
            ["9.240551091755e-6", "0.8523195927361", "16481.64954539", "2.307430936354e-6", "-7.007215475199e-6", "1.951460190741e-6"],
            ["1.523704037569e-6", "-0.1476804072639", "16481.64954539", "2.307430936354e-6", "-6.147394768992e-6", "-1.119328045712e-6"]),
    ];
    for ([spot, strike, rate, volatility, years], call, put) in cases {
        let option = european(spot, strike, rate, volatility, years);
        for (kind, expected) in KINDS.into_iter().zip([call, put]) {
            let (price, greeks) = option.price_and_greeks(kind).unwrap();
            assert_eq!(option.price(kind), Ok(price));
            assert_eq!(option.greeks(kind), Ok(greeks));
            let Greeks { delta, gamma, vega, theta, rho } = greeks;
            let results = [price.to_signed().unwrap(), delta, gamma, vega, theta, rho];
            for (result, expected) in results.into_iter().zip(expected) {
                let (result, exact) = (q64(result.0), number(expected));
                // Thirteen digits were printed; the smallest amounts have twelve in 64 fractional bits.
                let error = abs(result / exact - int(1));
                assert!(error <= number("2e-12"), "{kind:?} {spot}: {expected} by {}", decimal(&error));
            }
        }
    }
}

/// e^x for x uniform between the logarithms of the two.
fn log_uniform(least: f64, most: f64) -> impl Strategy<Value = Q64> {
    (least.ln()..most.ln()).prop_map(|x| exp(Q64Signed((x * 2f64.powi(64)) as i128)).unwrap())
}

/// The grid of the documented accuracy.
fn grid() -> impl Strategy<Value = European> {
    let years = log_uniform(3_600.0 / SECONDS_PER_YEAR as f64, 3.0);
    (log_uniform(1e-4, 1e7), log_uniform(0.2, 5.0), -0.02..0.20f64, log_uniform(0.05, 3.0), years).prop_map(
        |(spot, moneyness, rate, volatility, years)| European {
            spot,
            strike: spot.div_down(moneyness).unwrap(),
            rate: Q64Signed((rate * 2f64.powi(64)) as i128),
            volatility,
            years,
        },
    )
}

/// Everything that fits the types, by magnitude.
fn widest() -> impl Strategy<Value = European> {
    let any_q64 = || (any::<u128>(), 0u32..=128).prop_map(|(value, shift)| Q64(value.checked_shr(shift).unwrap_or(0)));
    let signed = (any::<i128>(), 0u32..128).prop_map(|(value, shift)| Q64Signed(value >> shift));
    (any_q64(), any_q64(), signed, any_q64(), any_q64()).prop_map(|(spot, strike, rate, volatility, years)| European {
        spot,
        strike,
        rate,
        volatility,
        years,
    })
}

fn market(option: &European) -> Market {
    Market {
        spot: q64(option.spot.0),
        strike: q64(option.strike.0),
        rate: q64(option.rate.0),
        volatility: q64(option.volatility.0),
        years: q64(option.years.0),
    }
}

/// The documented accuracy, and the wider one that a risk engine needs: 10^-6 relative or 10^-9 · S.
fn assert_accurate(option: &European, normal: &Normal) {
    let market = market(option);
    let spot = market.spot.clone();
    // A unit of S · φ, times σ/√T.
    let wait = market.volatility.clone() / sqrt(&market.years) * scaled(1, -64);
    for kind in KINDS {
        let call = kind == Kind::Call;
        let (price, greeks) = option.price_and_greeks(kind).unwrap();
        let Derivatives { delta, gamma, vega, theta, rho } = market.derivatives(normal, call);
        let fine = |unit: &Real, places: &str| unit.clone() * number(places) + scaled(8, -64);
        let checks = [
            ("price", price.to_signed().unwrap(), market.price(normal, call), fine(&spot, "1e-17")),
            ("delta", greeks.delta, delta, fine(&int(1), "1e-15")),
            ("gamma", greeks.gamma, gamma, fine(&(int(1) / spot.clone()), "1e-12")),
            ("vega", greeks.vega, vega, fine(&spot, "1e-15")),
            ("theta", greeks.theta, theta, fine(&spot, "1e-14") + wait.clone()),
            ("rho", greeks.rho, rho, fine(&spot, "1e-15")),
        ];
        for (name, result, exact, fine) in checks {
            let error = abs(q64(result.0) - exact.clone());
            let demanded = max(abs(exact) / int(1_000_000), spot.clone() / int(1_000_000_000));
            assert!(error <= demanded, "{name} of {option:?} {kind:?}: {}", decimal(&error));
            assert!(error <= fine, "{name} of {option:?} {kind:?}: {} above {}", decimal(&error), decimal(&fine));
        }
    }
}

/// Every corner of the grid, and its middle.
#[test]
fn the_corners_are_accurate() {
    let normal = Normal::new();
    let hour = Q64::from_ratio_down(3_600, SECONDS_PER_YEAR.into()).unwrap();
    for spot in ["0.0001", "1", "10000000"].map(unsigned) {
        for moneyness in ["0.2", "1", "5"].map(unsigned) {
            for rate in ["-0.02", "0", "0.2"].map(fixed) {
                for volatility in ["0.05", "3"].map(unsigned) {
                    for years in [hour, Q64::from_int(3)] {
                        let strike = spot.mul_down(moneyness).unwrap();
                        assert_accurate(&European { spot, strike, rate, volatility, years }, &normal);
                    }
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn prices_and_greeks_are_accurate_over_the_grid(option in grid()) {
        assert_accurate(&option, &Normal::new());
    }
}

/// A few units of 2^-64 of the larger of spot and strike: what rounding may turn.
fn tolerance(option: &European) -> u128 {
    8 + (option.spot.max(option.strike).0 >> 60)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_048))]

    /// C − P = S − Ke^-rT, delta's difference is one, gamma and vega are the same and not negative.
    #[test]
    fn call_and_put_are_at_parity(option in grid()) {
        let (call, c) = option.price_and_greeks(Kind::Call).unwrap();
        let (put, p) = option.price_and_greeks(Kind::Put).unwrap();
        let certain = European { volatility: Q64::ZERO, ..option };
        let forward = certain.price(Kind::Call).unwrap().0 as i128 - certain.price(Kind::Put).unwrap().0 as i128;
        prop_assert!((call.0 as i128 - put.0 as i128 - forward).unsigned_abs() <= tolerance(&option));
        prop_assert_eq!(c.delta.0 - p.delta.0, 1i128 << 64);
        prop_assert_eq!((c.gamma, c.vega), (p.gamma, p.vega));
        prop_assert!(c.gamma.0 >= 0 && c.vega.0 >= 0 && c.rho.0 >= 0 && p.rho.0 <= 0);
        prop_assert!(c.delta.0 >= 0 && p.delta.0 <= 0);
    }

    /// A call is worth more with a higher spot, volatility or rate and a lower strike, a put the other way round but for the
    /// volatility.
    #[test]
    fn prices_follow_their_arguments(option in grid(), up in 1.0..2.0f64) {
        let times = |x: Q64| x.mul_down(Q64((up * 2f64.powi(64)) as u128)).unwrap();
        let spot = European { spot: times(option.spot), ..option };
        let strike = European { strike: times(option.strike), ..option };
        let volatile = European { volatility: times(option.volatility), ..option };
        let rate = European { rate: Q64Signed(option.rate.0 + ((up - 1.0) * 2f64.powi(60)) as i128), ..option };
        for (changed, call_rises, put_rises) in [(spot, true, false), (strike, false, true), (volatile, true, true), (rate, true, false)] {
            for (kind, rises) in [(Kind::Call, call_rises), (Kind::Put, put_rises)] {
                let (before, after) = (option.price(kind).unwrap().0, changed.price(kind).unwrap().0);
                let (low, high) = if rises { (before, after) } else { (after, before) };
                prop_assert!(low <= high + 2 * tolerance(&changed), "{:?}: {} to {}", kind, before, after);
            }
        }
    }

    /// Anything that fits the types gives a result inside the bounds of arbitrage, or a named error.
    #[test]
    fn the_widest_inputs_give_a_bounded_result_or_overflow(option in widest()) {
        for kind in KINDS {
            match option.price(kind) {
                Ok(price) => {
                    let certain = European { volatility: Q64::ZERO, ..option }.price(kind).unwrap();
                    prop_assert!(price >= certain);
                    prop_assert!(kind == Kind::Put || price <= option.spot);
                }
                Err(error) => prop_assert_eq!(error, MathError::Overflow),
            }
            match option.price_and_greeks(kind) {
                Ok((price, greeks)) => {
                    prop_assert_eq!(option.price(kind), Ok(price));
                    prop_assert!(greeks.delta.abs() <= Q64::ONE);
                    prop_assert!(greeks.gamma.0 >= 0 && greeks.vega.0 >= 0);
                }
                Err(error) => prop_assert_eq!(error, MathError::Overflow),
            }
        }
    }
}

/// Without time or volatility an option is worth what the bound of arbitrage says, and its delta is all or nothing.
#[test]
fn the_edges_are_exact() {
    let option = european("42", "40", "0", "0.2", "0");
    assert_eq!(option.price(Kind::Call), Ok(Q64::from_int(2)));
    assert_eq!(option.price(Kind::Put), Ok(Q64::ZERO));
    let all = Greeks { delta: Q64Signed::ONE, ..Greeks::default() };
    assert_eq!(option.greeks(Kind::Call), Ok(all));
    assert_eq!(option.greeks(Kind::Put), Ok(Greeks::default()));

    let fallen = European { spot: Q64::from_int(39), ..option };
    assert_eq!(fallen.price(Kind::Call), Ok(Q64::ZERO));
    assert_eq!(fallen.price(Kind::Put), Ok(Q64::ONE));
    assert_eq!(fallen.greeks(Kind::Put).unwrap().delta, Q64Signed::from_int(-1));

    let at_the_money = European { spot: Q64::from_int(40), ..option };
    assert_eq!(at_the_money.price(Kind::Call), Ok(Q64::ZERO));
    assert_eq!(at_the_money.greeks(Kind::Call).unwrap().delta, Q64Signed(1 << 63));
    assert_eq!(at_the_money.greeks(Kind::Call).unwrap().gamma, Q64Signed::ZERO);

    let worthless = European { spot: Q64::ZERO, years: Q64::ONE, ..option };
    assert_eq!(worthless.price(Kind::Call), Ok(Q64::ZERO));
    assert_eq!(worthless.price(Kind::Put), Ok(Q64::from_int(40)));
    let free = European { strike: Q64::ZERO, years: Q64::ONE, ..option };
    assert_eq!(free.price(Kind::Call), Ok(Q64::from_int(42)));
    assert_eq!(free.price(Kind::Put), Ok(Q64::ZERO));
    assert_eq!(free.greeks(Kind::Call), Ok(all));
    let nothing = European { spot: Q64::ZERO, strike: Q64::ZERO, ..option };
    assert_eq!(nothing.price(Kind::Call), Ok(Q64::ZERO));
}

#[test]
fn what_does_not_fit_is_named() {
    let option = european("42", "40", "0.1", "0.2", "0.5");
    let errors = [
        European { rate: Q64Signed::from_int(-100), years: Q64::ONE, ..option },
        European { rate: Q64Signed::MIN, ..option },
        European { rate: Q64Signed::MIN, years: Q64::MAX, ..option },
        European { volatility: Q64::MAX, years: Q64::from_int(4), ..option },
        European { years: Q64::MAX, ..option },
    ];
    for option in errors {
        for kind in KINDS {
            assert_eq!(option.price(kind), Err(MathError::Overflow), "{option:?}");
            assert_eq!(option.greeks(kind), Err(MathError::Overflow), "{option:?}");
        }
    }
    // The price fits, gamma does not.
    let tiny = European { spot: Q64(1), strike: Q64(1), rate: Q64Signed::ZERO, volatility: Q64(1 << 20), ..option };
    assert!(tiny.price(Kind::Call).is_ok());
    assert_eq!(tiny.greeks(Kind::Call), Err(MathError::Overflow));
}
