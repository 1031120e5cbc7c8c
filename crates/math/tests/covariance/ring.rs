//! The ring of residuals.

use super::*;
use gimbal_math::MathError;

#[test]
fn a_ring_is_read_back_from_its_newest_row() {
    let rows: Vec<Row> = DRAWN.map(|row| assets(row, 7)).to_vec();
    let expected = gram_of(&rows[..9], 9_700);
    for next in 0..=12usize {
        // Place the newest row before `next`, older ones before it, round the end; the rest is never read.
        let mut ring = [[i16::MAX; ASSETS]; 12];
        for (age, row) in rows.iter().take(9).enumerate() {
            ring[(next + 24 - 1 - age) % 12] = *row;
        }
        let mut gram = Gram::default();
        Returns { rows: &ring, next, count: 9, decay_bps: 9_700 }.gram(&mut gram).unwrap();
        assert_eq!(gram, expected);
    }
}

#[test]
fn what_is_not_a_ring_is_refused() {
    let rows = [[1_000; ASSETS]; MAX_ROWS + 1];
    let whole = Returns { rows: &rows[..MAX_ROWS], next: 0, count: MAX_ROWS, decay_bps: 9_400 };
    let mut gram = Gram::default();
    whole.gram(&mut gram).unwrap();
    let before = gram;
    for wrong in [
        Returns { rows: &rows, ..whole },
        Returns { next: MAX_ROWS + 1, ..whole },
        Returns { count: MAX_ROWS + 1, ..whole },
        Returns { decay_bps: 10_001, ..whole },
    ] {
        assert_eq!(wrong.gram(&mut gram), Err(MathError::Domain));
        assert_eq!(gram, before);
    }
    assert_eq!(Returns { rows: &[], next: 0, count: 0, decay_bps: 0 }.gram(&mut gram), Ok(()));
    assert_eq!(gram, Gram::default());
}

#[test]
fn a_decay_of_zero_leaves_one_row() {
    let rows: Vec<Row> = DRAWN.map(|row| assets(row, 0)).to_vec();
    assert_eq!(gram_of(&rows, 0), gram_of(&rows[..1], 9_400));
}
