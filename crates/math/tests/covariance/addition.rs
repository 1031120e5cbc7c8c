//! What may be added, asked for one amount or for the largest.

use proptest::prelude::*;

use gimbal_math::covariance::*;
use gimbal_math::margin::{addition_fits, largest_addition};
use gimbal_math::volatility::Variance;

use super::{assets, gram_of, volatility, Row, DRAWN};

#[test]
fn what_fits_is_what_there_is_room_for() {
    // By hand: 3² + 2·0·m + m² ≤ 5² up to m = 4.
    let unit = Variance(1 << 56);
    assert_eq!(largest_addition(9, 0, unit, 5), 4);
    assert_eq!([4, 5].map(|amount| addition_fits(9, 0, unit, 5, amount)), [true, false]);
    // 9 + 2·1·m + m² ≤ 25 up to √17 − 1 = 3.12; with a covariance of −1 up to 5.12.
    for (covariance, most) in [(1i128 << 28, 3), (-(1i128 << 28), 5)] {
        assert_eq!(largest_addition(9, covariance, unit, 5), most);
        assert!(addition_fits(9, covariance, unit, 5, most) && !addition_fits(9, covariance, unit, 5, most + 1));
    }
    // Nothing fits always, and beyond the limit nothing else does, not even what would lower it.
    assert!(addition_fits(26, 0, unit, 5, 0));
    assert!(!addition_fits(26, -(4i128 << 28), unit, 5, 1));
    // The largest of everything neither wraps nor fits.
    assert!(!addition_fits(u128::MAX - 1, i128::MAX, Variance(u64::MAX), u64::MAX, u64::MAX));
    assert!(addition_fits(0, i128::MIN, Variance(u64::MAX), u64::MAX, u64::MAX));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn one_answer_follows_from_the_other(
        deltas in prop::array::uniform4(prop_oneof![Just(0i64), any::<i32>().prop_map(i64::from), -(1i64 << 55)..1 << 55]),
        parts in prop::array::uniform5(1u64..300), asset in 0usize..ASSETS + 1, rising in any::<bool>(),
        above in prop_oneof![Just(0u64), 0u64..1_000_000, 0u64..1 << 56], part in 0u64..=10_000,
    ) {
        // The fifth asset has no residuals: it is not known.
        let rows: Vec<Row> = DRAWN.iter().map(|drawn| assets(*drawn, 0)).collect();
        let gram = gram_of(&rows, 9_700);
        let deltas = assets(deltas, 1 << 30);
        let variances = assets(parts.map(|parts| volatility(parts, 10_000)), volatility(1, 100));
        let portfolio = Portfolio::new(&gram, &deltas, &variances);
        let limit = portfolio.deviation_up().saturating_add(above);
        let addition = portfolio.addition(asset, rising);
        let room = addition.room_down(limit);
        prop_assert_eq!(room, portfolio.room_down(asset, rising, limit));
        prop_assert!(addition.fits(0, limit) && addition.fits(room, limit));
        prop_assert!(addition.fits((u128::from(room) * u128::from(part) / 10_000) as u64, limit));
        // The room is rounded down: a part in 2^60 and two units more are beyond it, unless nothing bounds it.
        if let Some(more) = room.checked_add(2).and_then(|more| more.checked_add(room >> 60)) {
            prop_assert!(!addition.fits(more, limit), "{more} beyond {room}");
        }
        if let Some(less) = portfolio.deviation_up().checked_sub(1) {
            prop_assert!(!addition.fits(1, less) && addition.fits(0, less));
        }
    }
}
