//! A part of everything, taken out as it lies.

use bytemuck::Zeroable;
use num_bigint::BigUint;
use proptest::prelude::*;
use strategy_router::{
    policy::in_kind::{part_down, require_part, take, Taken},
    Line, RouterError,
};

/// 900 receipt tokens and `in_flight` tokens, worth 890 to 905.
fn line(in_flight: u64) -> Line {
    let mut line = Line::zeroed();
    (line.adapter, line.position, line.in_flight) = (1, 900, in_flight);
    (line.low, line.mid, line.high) = (890, 900, 905);
    line
}

fn values(line: &Line) -> (u64, u64, u64) {
    (line.low, line.mid, line.high)
}

#[test]
fn a_part_is_above_zero_and_at_most_the_whole() {
    assert_eq!(require_part(1, u64::MAX), Ok(()));
    assert_eq!(require_part(7, 7), Ok(()));
    for (part, whole) in [(0, 7), (8, 7), (0, 0), (1, 0)] {
        assert_eq!(require_part(part, whole), Err(RouterError::InvalidPart));
    }
}

#[test]
fn it_is_rounded_down() {
    assert_eq!(part_down(10, 1, 3), Ok(3));
    assert_eq!(part_down(11, 2, 3), Ok(7));
    assert_eq!(part_down(u64::MAX, u64::MAX, u64::MAX), Ok(u64::MAX));
    assert_eq!(part_down(u64::MAX, 1, u64::MAX), Ok(1));
    assert_eq!(part_down(2, 1, 3), Ok(0));
}

#[test]
fn values_shrink_with_what_they_are_values_of() {
    let mut line = line(0);
    let third = Taken::part_down(900, 1_000, 1, 3).unwrap();
    assert_eq!((third.units, third.rest()), (300, 600));
    take(&mut line, Some(third), None).unwrap();
    // 890 · 2/3 = 593.3 down, 905 · 2/3 = 603.3 up.
    assert_eq!((line.position, values(&line)), (600, (593, 600, 604)));
    take(&mut line, Some(Taken::part_down(600, 600, 5, 5).unwrap()), None).unwrap();
    assert_eq!((line.position, values(&line)), (0, (0, 0, 0)));
    assert!(line.is_empty());
}

#[test]
fn what_went_missing_is_missed() {
    let mut line = line(0);
    let taken = Taken::part_down(900, 600, 1, 3).unwrap();
    assert_eq!((taken.units, taken.rest()), (200, 400));
    take(&mut line, Some(taken), None).unwrap();
    // Low and mid as if all 900 had been valued: · 400/900; high as if only the 600 had been: · 400/600.
    assert_eq!((line.position, values(&line)), (400, (395, 400, 604)));
}

#[test]
fn where_nothing_is_left_only_high_stays_until_the_next_valuation() {
    let mut line = line(0);
    take(&mut line, Some(Taken::part_down(900, 0, 1, 3).unwrap()), None).unwrap();
    assert_eq!((line.position, values(&line)), (0, (0, 0, 905)));
    assert!(line.is_valued());
}

#[test]
fn two_accounts_shrink_to_the_lesser_below_and_the_greater_above() {
    // A third of both without a remainder: two thirds are left.
    let mut even = line(90);
    let thirds = |held| Some(Taken::part_down(held, held, 1, 3).unwrap());
    take(&mut even, thirds(900), thirds(90)).unwrap();
    assert_eq!((even.position, even.in_flight, values(&even)), (600, 60, (593, 600, 604)));
    // ⌊100/3⌋ = 33 leave 67: more than two thirds, so that high is 905 · 0.67 = 606.35 up.
    let mut uneven = line(100);
    take(&mut uneven, thirds(900), thirds(100)).unwrap();
    assert_eq!((uneven.position, uneven.in_flight, values(&uneven)), (600, 67, (593, 600, 607)));
}

#[test]
fn what_is_forgone_stays() {
    let mut line = line(100);
    let token = Taken::part_down(100, 100, 1, 3).unwrap();
    take(&mut line, Some(Taken::forgone(900)), Some(token)).unwrap();
    // How much of the value lies in the tokens is not known: 67 parts of 100 below, all above.
    assert_eq!((line.position, line.in_flight, values(&line)), (900, 67, (596, 603, 905)));
    let mut all = self::line(0);
    take(&mut all, Some(Taken::forgone(900)), None).unwrap();
    assert_eq!((all.position, values(&all)), (900, (890, 900, 905)));
}

proptest! {
    #[test]
    fn the_order_holds_and_low_never_exceeds_the_fair_share(
        tracked in 1u64..=u64::MAX,
        held in any::<u64>(),
        values in prop::array::uniform3(any::<u64>()),
        whole in 1u64..=u64::MAX,
        part in any::<u64>(),
    ) {
        let part = part % whole + 1;
        let mut sorted = values;
        sorted.sort_unstable();
        let mut line = Line::zeroed();
        line.position = tracked;
        (line.low, line.mid, line.high) = sorted.into();
        let taken = Taken::part_down(tracked, held, part, whole).unwrap();
        let exact = BigUint::from(tracked.min(held)) * part / whole;
        prop_assert_eq!(BigUint::from(taken.units), exact);
        take(&mut line, Some(taken), None).unwrap();
        prop_assert_eq!(line.position, tracked.min(held) - taken.units);
        prop_assert!(line.low <= line.mid && line.mid <= line.high);
        prop_assert!(BigUint::from(line.low) * tracked <= BigUint::from(sorted[0]) * line.position);
        prop_assert!(BigUint::from(line.high) * tracked >= BigUint::from(sorted[2]) * line.position);
    }
}
