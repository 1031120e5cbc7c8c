//! Options beyond the documented grid: a second to expiry, hardly any volatility, a hundred times in or out of the money; by mpmath at 60
//! digits in closed form.

use gimbal_math::option::{European, Greeks, Kind};
use gimbal_math::{Q64Signed, Q64};

use super::reference::{abs, decimal, int, max, q64, Real};

struct Case {
    name: &'static str,
    /// Spot, strike, rate, volatility and years as fractions.
    inputs: [(i128, i128); 5],
    /// Price, delta, gamma, vega, theta and rho.
    call: [&'static str; 6],
    put: [&'static str; 6],
}

#[rustfmt::skip]
const CASES: [Case; 9] = [
    Case { name: "a second to expiry, at the money", inputs: [(100, 1), (100, 1), (0, 1), (60, 100), (1, 31_536_000)],
        call: ["0.004262437387433288", "0.5000213121869372", "37.33895147839989", "0.007104062305630763", "-67210.1126611198", "1.585422018686584e-6"],
        put: ["0.004262437387433288", "-0.4999786878130628", "37.33895147839989", "0.007104062305630763", "-67210.1126611198", "-1.585557179689484e-6"] },
    Case { name: "a second to expiry, a thousandth in", inputs: [(1_001, 10), (100, 1), (5, 100), (60, 100), (1, 31_536_000)],
        call: ["0.1000001585489598", "1.0", "3.70132382720476e-18", "7.056183744639536e-22", "-4.999999992072559", "3.170979193348514e-6"],
        put: ["4.680763554970917e-24", "-4.184780884315302e-21", "3.70132382720476e-18", "7.056183744639536e-22", "-6.67569337206703e-15", "-1.328327141309821e-26"] },
    Case { name: "a minute to expiry, half a per cent out", inputs: [(100, 1), (1_005, 10), (5, 100), (80, 100), (60, 31_536_000)],
        call: ["6.97019765808559e-8", "3.1034807745639e-6", "0.0001328267194761835", "2.021715669348284e-6", "-0.4250610162425611", "5.903317646115037e-10"],
        put: ["0.4999905092001482", "-0.9999968965192254", "0.0001328267194761835", "2.021715669348284e-6", "4.599938505732347", "-0.0001912094371406426"] },
    Case { name: "a volatility of a thousandth", inputs: [(100, 1), (100, 1), (0, 1), (1, 1_000), (1, 1)],
        call: ["0.03989422637788383", "0.5001994711318894", "3.989422305336508", "39.89422305336507", "-0.01994711152668254", "49.98005288681106"],
        put: ["0.03989422637788383", "-0.4998005288681106", "3.989422305336508", "39.89422305336507", "-0.01994711152668254", "-50.01994711318894"] },
    Case { name: "a volatility of a hundred thousandth", inputs: [(100, 1), (100, 1), (0, 1), (1, 100_000), (1, 1)],
        call: ["0.0003989422803997693", "0.500001994711402", "398.942280396447", "39.89422803964459", "-0.0001994711401982224", "49.9998005288598"],
        put: ["0.0003989422803997693", "-0.499998005288598", "398.942280396447", "39.89422803964459", "-0.0001994711401982224", "-50.0001994711402"] },
    Case { name: "a hundred times in", inputs: [(10_000, 1), (100, 1), (3, 100), (50, 100), (1, 2)],
        call: ["9901.488806039694", "1.0", "9.133971380238165e-43", "2.283492845059541e-35", "-2.955335818809188", "49.25559698015313"],
        put: ["6.572963500699989e-38", "-2.424569661472872e-40", "9.133971380238165e-43", "2.283492845059541e-35", "-1.134275524640331e-35", "-1.245149648239936e-36"] },
    Case { name: "a hundred times out", inputs: [(100, 1), (10_000, 1), (3, 100), (50, 100), (1, 2)],
        call: ["2.010594101616476e-37", "7.569826354296218e-38", "2.758415258385302e-38", "6.896038145963256e-35", "-3.470125373814032e-35", "3.684383472067285e-36"],
        put: ["9751.119396030627", "-1.0", "2.758415258385302e-38", "6.896038145963256e-35", "295.5335818809188", "-4925.559698015313"] },
    Case { name: "a volatility of ten for ten years", inputs: [(100, 1), (100, 1), (5, 100), (10, 1), (10, 1)],
        call: ["100.0", "1.0", "5.075419227727338e-59", "5.075419227727338e-53", "-2.542769990955313e-53", "1.012075418328751e-53"],
        put: ["60.65306597126334", "-1.010065388518739e-56", "5.075419227727338e-59", "5.075419227727338e-53", "3.032653298563167", "-606.5306597126334"] },
    Case { name: "five hundred times out, five years at 200%", inputs: [(1, 10), (50, 1), (1, 100), (2, 1), (5, 1)],
        call: ["0.07328903944338267", "0.8044487536452761", "0.617562282662575", "0.0617562282662575", "-0.01242280401246295", "0.03577917960572469"],
        put: ["47.53476026447908", "-0.1955512463547239", "0.617562282662575", "0.0617562282662575", "0.4631919082378941", "-237.7715769455728"] },
];

/// The bound that a risk engine needs, 10^-6 relative or 10^-9 of the larger of spot and strike, whichever is larger, holds there too.
#[test]
fn the_extremes_are_within_the_bound_of_a_risk_engine() {
    for Case { name, inputs, call, put } in CASES {
        let [spot, strike, rate, volatility, years] = inputs;
        let unsigned = |(n, d): (i128, i128)| Q64::from_ratio_down(n.unsigned_abs(), d.unsigned_abs()).unwrap();
        let option = European {
            spot: unsigned(spot),
            strike: unsigned(strike),
            rate: Q64Signed::from_ratio_down(rate.0, rate.1).unwrap(),
            volatility: unsigned(volatility),
            years: unsigned(years),
        };
        let scale = max(q64(option.spot.0), q64(option.strike.0));
        for (kind, expected) in [(Kind::Call, call), (Kind::Put, put)] {
            let (price, Greeks { delta, gamma, vega, theta, rho }) = option.price_and_greeks(kind).unwrap();
            for (found, expected) in
                [price.to_signed().unwrap(), delta, gamma, vega, theta, rho].into_iter().zip(expected)
            {
                let exact = number(expected);
                let bound = max(abs(exact.clone()) * number("1e-6"), scale.clone() * number("1e-9"));
                let error = abs(q64(found.0) - exact);
                assert!(error <= bound, "{name}, {kind:?}: {expected} by {}", decimal(&error));
            }
            // No rounding turns a price's sign or lets it leave the bounds of arbitrage.
            assert!(price.0 <= max_price(&option, kind));
        }
        let (call, put) = (option.greeks(Kind::Call).unwrap(), option.greeks(Kind::Put).unwrap());
        assert_eq!((call.gamma, call.vega), (put.gamma, put.vega), "{name}");
        assert!(int(call.delta.0 - put.delta.0) == int(1i128 << 64), "{name}: the deltas' difference is one");
    }
}

fn max_price(option: &European, kind: Kind) -> u128 {
    match kind {
        Kind::Call => option.spot.0,
        // A rate below zero would need more; there is none here.
        Kind::Put => option.strike.0,
    }
}

fn number(text: &str) -> Real {
    use core::str::FromStr;
    let decimal = dashu_float::DBig::from_str(text).unwrap();
    decimal.with_base_and_precision::<2>(320).value().with_rounding()
}
