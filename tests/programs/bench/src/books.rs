//! What a whole book or network costs: the dearest input of each size, not an average one.

use core::hint::black_box;

use gimbal_math::contagion::{solve, Damage, Edges, Solution, ITERATIONS, ONE, PROTOCOLS};
use gimbal_math::covariance::{Gram, Portfolio, Returns, ASSETS, MAX_ROWS};
use gimbal_math::option::Kind;
use gimbal_math::scenario::{revalue, Position, Shock};
use gimbal_math::volatility::Variance;
use gimbal_math::{Bps, MathError};

use crate::positions::{hedged, leveraged};

/// One, as a ratio of a scenario.
const RATIO: u64 = 1 << 32;

/// Sixteen protocols that all lose by each other; rows add up to what is given.
const fn dense(row_bps: u16) -> Edges {
    let mut edges = [[row_bps / 15; PROTOCOLS]; PROTOCOLS];
    let mut i = 0;
    while i < PROTOCOLS {
        edges[i][i] = 0;
        i += 1;
    }
    edges
}

static WEAK: Edges = dense(3_000);
static STRONG: Edges = dense(9_000);
static AMPLIFYING: Edges = dense(10_500);
static INITIAL: Damage = [ONE / 100; PROTOCOLS];

/// Residuals without a pattern that the arithmetic could profit from, up to ±3.2 standard deviations.
static ROWS: [[i16; ASSETS]; MAX_ROWS] = {
    let mut rows = [[0; ASSETS]; MAX_ROWS];
    let mut next = 12_345u32;
    let mut place = 0;
    while place < ASSETS * MAX_ROWS {
        next = next.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        rows[place / ASSETS][place % ASSETS] = (next >> 16) as i16 / 10;
        place += 1;
    }
    rows
};
static DELTAS: [i64; ASSETS] =
    [5_000_000_000_000, -3_000_000_000_000, 1_250_000_000_000, 40_000_000, -7, 1, 9, 1 << 50];
static VARIANCES: [Variance; ASSETS] = [Variance(115_292_150_460_685); ASSETS];

fn spread(edges: &Edges) -> Solution {
    solve(black_box(&INITIAL), black_box(edges), PROTOCOLS, ITERATIONS)
}

pub(super) fn weak_network() -> Solution {
    spread(&WEAK)
}

pub(super) fn strong_network() -> Solution {
    spread(&STRONG)
}

pub(super) fn amplifying_network() -> Solution {
    spread(&AMPLIFYING)
}

pub(super) fn gram() -> Result<Gram, MathError> {
    let mut gram = Gram::default();
    Returns { rows: black_box(&ROWS), next: 17, count: MAX_ROWS, decay_bps: 9_400 }.gram(&mut gram)?;
    Ok(gram)
}

/// From the rows to `answer`.
pub(super) fn portfolio<T>(answer: impl Fn(&Portfolio) -> T) -> Result<T, MathError> {
    let gram = gram()?;
    Ok(answer(&Portfolio::new(&gram, black_box(&DELTAS), black_box(&VARIANCES))))
}

fn fall(position: Position) -> Result<i64, MathError> {
    revalue(&black_box(position), &black_box(Shock { price_bps: -3_000, volatility_bps: 5_000 }))
}

pub(super) fn linear() -> Result<i64, MathError> {
    fall(Position::Linear { delta: 1_000_000_000_000, gamma: -400_000_000_000 })
}

pub(super) fn looped() -> Result<i64, MathError> {
    fall(Position::Loop { position: leveraged(), debt_moves: false, bonus: Bps(500) })
}

pub(super) fn liquidity() -> Result<i64, MathError> {
    fall(Position::Liquidity { value: 1_000_000_000_000, lower: RATIO / 10 * 9, upper: RATIO / 10 * 11 })
}

pub(super) fn hedge() -> Result<i64, MathError> {
    fall(Position::Hedged(hedged()))
}

pub(super) fn option() -> Result<i64, MathError> {
    fall(Position::Option {
        kind: Kind::Put,
        notional: 1_000_000_000_000,
        strike: RATIO / 10 * 11,
        years: RATIO / 12,
        volatility: RATIO / 100 * 65,
        rate_bps: 400,
        written: true,
    })
}
