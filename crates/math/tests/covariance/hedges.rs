//! What hedges a portfolio: the sign of its deviation's slope, of an asset that it holds and of another one.

use super::properties::{decay, delta, ordinary_rows, variance};
use super::*;
use proptest::prelude::*;

/// For the first three assets: whether a rise hedges, and whether a fall does.
fn hedges(gram: &Gram, deltas: [i64; 2]) -> [[bool; 2]; 3] {
    let (deltas, variances) = (assets(deltas, 0), [volatility(4, 100); ASSETS]);
    let portfolio = Portfolio::new(gram, &deltas, &variances);
    [0, 1, 2].map(|asset| [true, false].map(|rising| portfolio.is_hedged_by(asset, rising)))
}

/// Twenty days on `together` of which two assets move alike, and move against each other on the rest.
fn moving(together: usize) -> Gram {
    let rows: Vec<Row> = (0..20).map(|day| assets([1_000, if day < together { 1_000 } else { -1_000 }], 0)).collect();
    gram_of(&rows, 10_000)
}

const NEITHER: [bool; 2] = [false; 2];
const BY_A_RISE: [bool; 2] = [true, false];
const BY_A_FALL: [bool; 2] = [false, true];

#[test]
fn an_asset_that_moves_alike_hedges_by_the_other_side() {
    // The third asset is not known: it hedges nothing but itself.
    assert_eq!(hedges(&moving(13), [1_000_000, 0]), [BY_A_FALL, BY_A_FALL, NEITHER]);
    assert_eq!(hedges(&moving(13), [-1_000_000, 0]), [BY_A_RISE, BY_A_RISE, NEITHER]);
}

#[test]
fn an_asset_that_moves_against_hedges_by_the_same_side() {
    assert_eq!(hedges(&moving(7), [1_000_000, 0]), [BY_A_FALL, BY_A_RISE, NEITHER]);
}

#[test]
fn an_uncorrelated_asset_hedges_nothing() {
    assert_eq!(hedges(&moving(10), [1_000_000, 0]), [BY_A_FALL, NEITHER, NEITHER]);
    assert_eq!(hedges(&moving(13), [0, 0]), [NEITHER; 3]);
}

#[test]
fn past_its_best_a_hedge_is_none() {
    // The least deviation is at −ρ · 1,000,000 = −300,000 of the second asset.
    assert_eq!(hedges(&moving(13), [1_000_000, -299_000])[1], BY_A_FALL);
    assert_eq!(hedges(&moving(13), [1_000_000, -301_000])[1], BY_A_RISE);
}

#[test]
fn what_is_not_known_hedges_itself_alone() {
    let unknown = Gram::default();
    assert_eq!(hedges(&unknown, [1_000_000, 0]), [BY_A_FALL, NEITHER, NEITHER]);
    assert_eq!(hedges(&unknown, [0, -1_000_000]), [NEITHER, BY_A_RISE, NEITHER]);
    let (deltas, variances) = ([1; ASSETS], [volatility(4, 100); ASSETS]);
    assert!(!Portfolio::new(&unknown, &deltas, &variances).is_hedged_by(ASSETS, false), "there is no such asset");
}

proptest! {
    /// With a slope of none or less √(σ² + ε²) is the most that an addition of ε can make of σ; with another one it never lowers σ.
    #[test]
    fn the_slope_is_that_of_the_exact_deviation(
        rows in ordinary_rows(), decay in decay(),
        deltas in prop::array::uniform8(delta()), variances in prop::array::uniform8(variance()),
        asset in 0usize..ASSETS, rising in any::<bool>(), part in 1u32..20,
    ) {
        let gram = gram_of(&rows, decay);
        let portfolio = Portfolio::new(&gram, &deltas, &variances);
        let held = portfolio.deviation_up();
        // A leg whose own deviation is 2^-part of the whole.
        let size = (u128::from(held) << 64 >> part) / variances[asset].deviation_up().0;
        let Ok(size) = i64::try_from(size) else { return Ok(()) };
        let mut with = deltas;
        let Some(sum) = with[asset].checked_add(if rising { size } else { -size }) else { return Ok(()) };
        with[asset] = sum;
        let before = exact(&rows, decay, &deltas, &variances);
        let after = exact(&rows, decay, &with, &variances);
        if portfolio.is_hedged_by(asset, rising) {
            let curve = before.clone() * (scaled(1, -1 - 2 * part as isize) + scaled(1, -20)) + int(2);
            prop_assert!(after <= before + curve);
        } else {
            prop_assert!(after + before.clone() * scaled(1, -20) + int(2) >= before);
        }
    }
}
