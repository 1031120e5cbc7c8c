//! Any portfolio, against the exact definition.

use super::*;
use dashu_int::IBig;
use proptest::prelude::*;

pub(super) fn ordinary_rows() -> impl Strategy<Value = Vec<Row>> {
    let residual = prop_oneof![20 => -2_500i16..=2_500, 1 => -8_000i16..=8_000];
    prop::collection::vec(prop::array::uniform8(residual), 8..=64).prop_map(|mut rows| {
        // No asset is so quiet that its correlations are not believed.
        rows[0] = [1_000, -1_000, 900, -900, 800, -800, 700, -700];
        rows
    })
}

fn any_rows() -> impl Strategy<Value = Vec<Row>> {
    prop::collection::vec(prop::array::uniform8(prop_oneof![any::<i16>(), -3i16..=3, Just(0)]), 0..=64)
}

pub(super) fn delta() -> impl Strategy<Value = i64> {
    prop_oneof![1 => Just(0i64), 6 => (any::<i64>(), 2u32..60).prop_map(|(value, shift)| value >> shift)]
}

/// Daily volatilities from a hundredth of a percent to 30%.
pub(super) fn variance() -> impl Strategy<Value = Variance> {
    (1u64..3_000).prop_map(|parts| volatility(parts, 10_000))
}

fn any_variance() -> impl Strategy<Value = Variance> {
    (any::<u64>(), 0u32..64).prop_map(|(value, shift)| Variance(value >> shift))
}

pub(super) fn decay() -> impl Strategy<Value = u16> {
    8_500u16..=10_000
}

fn deviation(gram: &Gram, deltas: &[i64; ASSETS], variances: &[Variance; ASSETS]) -> u64 {
    Portfolio::new(gram, deltas, variances).deviation_up()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn the_deviation_is_that_of_the_definition(
        rows in ordinary_rows(), decay in decay(),
        deltas in prop::array::uniform8(delta()), variances in prop::array::uniform8(variance()),
    ) {
        let gram = gram_of(&rows, decay);
        let result = int(deviation(&gram, &deltas, &variances));
        let exact = exact(&rows, decay, &deltas, &variances);
        prop_assert!(result >= exact, "{} below", reference::decimal(&(exact - result)));
        // What the rounding of the coefficients may take, and one unit.
        let allowed = int(2) + undiversified(&deltas, &variances) * scaled(1, -24);
        prop_assert!(result.clone() - exact.clone() <= allowed, "{} above", reference::decimal(&(result - exact)));
    }

    #[test]
    fn no_residuals_and_no_variances_understate(
        rows in any_rows(), decay in 0u16..=10_000,
        deltas in prop::array::uniform8(delta()), variances in prop::array::uniform8(any_variance()),
    ) {
        let gram = gram_of(&rows, decay);
        let result = deviation(&gram, &deltas, &variances);
        // Assets that are not known are not in the definition: their own deviations are added to that of the others.
        let known: [i64; ASSETS] = std::array::from_fn(|i| if gram.is_known(i) { deltas[i] } else { 0 });
        let unknown: [i64; ASSETS] = std::array::from_fn(|i| if gram.is_known(i) { 0 } else { deltas[i] });
        let exact = if rows.is_empty() { int(0) } else { exact(&rows, decay, &known, &variances) };
        let least = exact + undiversified(&unknown, &variances);
        prop_assert!(result == u64::MAX || int(result) >= least);
        prop_assert!(int(result) <= undiversified(&deltas, &variances) * int(2) + int(16));
    }

    #[test]
    fn the_gram_matrix_is_exact_and_positive_semidefinite(
        rows in any_rows(), decay in 0u16..=10_000, x in prop::array::uniform8(any::<i64>()),
    ) {
        let gram = gram_of(&rows, decay);
        let (mut form, mut squares, mut weight) = (IBig::ZERO, IBig::ZERO, 1i64 << 20);
        for row in &rows {
            let day: IBig = row.iter().zip(&x).map(|(z, x)| IBig::from(*z) * IBig::from(*x)).sum();
            squares += &day * &day * IBig::from(weight);
            weight = weight * i64::from(decay) / 10_000;
        }
        for i in 0..ASSETS {
            for j in 0..ASSETS {
                prop_assert_eq!(gram.entry(i, j), gram.entry(j, i));
                form += IBig::from(x[i]) * IBig::from(x[j]) * IBig::from(gram.entry(i, j));
            }
        }
        prop_assert!(form >= IBig::ZERO);
        prop_assert_eq!(form, squares);
    }

    #[test]
    fn an_asset_alone_has_its_own_volatility(
        rows in ordinary_rows(), decay in decay(), x in delta(), h in variance(), asset in 0usize..ASSETS,
    ) {
        let gram = gram_of(&rows, decay);
        let (mut deltas, mut variances) = ([0; ASSETS], [Variance::MAX; ASSETS]);
        (deltas[asset], variances[asset]) = (x, h);
        let exact = int(x.unsigned_abs()) * sqrt(&scaled(h.0, -56));
        let result = int(deviation(&gram, &deltas, &variances));
        prop_assert!(result >= exact);
        prop_assert!(result <= exact.clone() + exact * scaled(1, -28) + int(2));
    }

    #[test]
    fn contributions_add_up_and_none_exceeds_its_leg(
        rows in ordinary_rows(), decay in decay(),
        deltas in prop::array::uniform8(delta()), variances in prop::array::uniform8(variance()),
    ) {
        let gram = gram_of(&rows, decay);
        let portfolio = Portfolio::new(&gram, &deltas, &variances);
        let parts = portfolio.contributions();
        let sum: i128 = parts.iter().copied().map(i128::from).sum();
        let deviation = i128::from(portfolio.deviation_up());
        prop_assert!(sum.abs_diff(deviation) <= 8, "{sum} of {deviation}");
        let allowed = undiversified(&deltas, &variances) * scaled(1, -24);
        for (part, (x, h)) in parts.iter().zip(deltas.iter().zip(&variances)) {
            let own = int(x.unsigned_abs()) * sqrt(&scaled(h.0, -56));
            prop_assert!(int(part.unsigned_abs()) <= own + allowed.clone() + int(2));
        }
    }

    #[test]
    fn two_portfolios_together_are_no_riskier_than_apart(
        rows in ordinary_rows(), decay in decay(),
        a in prop::array::uniform8(delta()), b in prop::array::uniform8(delta()), variances in prop::array::uniform8(variance()),
    ) {
        let gram = gram_of(&rows, decay);
        let together: [i64; ASSETS] = std::array::from_fn(|i| a[i] + b[i]);
        let apart = int(deviation(&gram, &a, &variances)) + int(deviation(&gram, &b, &variances));
        let rounding = (undiversified(&a, &variances) + undiversified(&b, &variances)) * scaled(1, -24) + int(2);
        prop_assert!(int(deviation(&gram, &together, &variances)) <= apart + rounding);
    }

    #[test]
    fn correlations_are_those_of_the_rows(rows in ordinary_rows(), decay in decay(), i in 0usize..8, j in 0usize..8) {
        let gram = gram_of(&rows, decay);
        let bps = gram.correlation_bps(i, j).expect("known");
        let norms = int(gram.entry(i, i)) * int(gram.entry(j, j));
        let exact = int(gram.entry(i, j)) * int(10_000) / sqrt(&norms);
        prop_assert!(reference::abs(int(bps) - exact.clone()) < int(1) + scaled(1, -20));
        prop_assert!(reference::abs(int(bps)) <= reference::abs(exact) + scaled(1, -20));
        prop_assert!((-10_000..=10_000).contains(&bps));
    }

    #[test]
    fn the_room_is_the_inverse_of_the_limit(
        rows in ordinary_rows(), decay in decay(),
        deltas in prop::array::uniform8(delta()), variances in prop::array::uniform8(variance()),
        asset in 0usize..ASSETS, rising in any::<bool>(), known in prop::bool::weighted(0.8), above in 0u64..1 << 40,
    ) {
        let rows: Vec<Row> = rows.into_iter().map(|mut row| { if !known { row[asset] = 0; } row }).collect();
        let gram = gram_of(&rows, decay);
        prop_assert_eq!(gram.is_known(asset), known);
        let portfolio = Portfolio::new(&gram, &deltas, &variances);
        let limit = portfolio.deviation_up().saturating_add(above);
        let room = portfolio.room_down(asset, rising, limit);
        let with = |addition: u64| {
            let signed = if rising { i128::from(addition) } else { -i128::from(addition) };
            let mut deltas = deltas;
            deltas[asset] = i64::try_from(i128::from(deltas[asset]) + signed).ok()?;
            Some(deviation(&gram, &deltas, &variances))
        };
        if let Some(after) = with(room) {
            prop_assert!(after <= limit || room == 0, "{after} over {limit} with {room}");
        }
        // Two units more are beyond, but for what is set aside for rounding: 2^-22 of all that is in play.
        if let Some(after) = room.checked_add(2).and_then(with) {
            let set_aside = (undiversified(&deltas, &variances) + int(limit)) * scaled(1, -22) + int(16);
            prop_assert!(int(after) + set_aside > int(limit), "{after} within {limit} with {room}");
        }
        // Nothing may be added beyond the limit.
        if let Some(less) = portfolio.deviation_up().checked_sub(1) {
            prop_assert_eq!(portfolio.room_down(asset, rising, less), 0);
        }
    }
}
