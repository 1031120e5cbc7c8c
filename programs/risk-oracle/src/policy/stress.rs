//! Stress scenarios by full revaluation.
//!
//! A line's loss in a scenario is kept as a part of its value, so that an assessment between two runs counts what the line
//! is worth then, and what new money would add. A run is of the positions as they were reported last.

use gimbal_math::muldiv::mul_div_u128_up;
use gimbal_math::option::Kind;
use gimbal_math::position::hedge::Hedged;
use gimbal_math::position::leverage::Leveraged;
use gimbal_math::scenario::{revalue, Position, Shock};
use gimbal_math::Bps;

use crate::policy::limits::{Target, Verdict};
use crate::state::{cap_of_nav_down, Book, Exposure, PositionKind, RiskParams, Scenario, SCENARIOS};

/// The whole in basis points.
const BPS: i128 = 10_000;
/// New money whose loss stands for that of any amount: large enough that its rounding is far below a basis point.
const UNIT: u64 = 1_000_000_000;
/// A basis point of it.
const UNIT_BPS: i64 = 100_000;

/// Works out what every line loses in scenario `index`, which must be defined, and counts it as of `now`.
pub fn run(book: &mut Book, index: usize, now: i64) {
    let Some(scenario) = book.scenarios.get(index).copied() else { return };
    for (line, model) in book.lines.iter().zip(&mut book.models) {
        let loss = loss_bps(&model.exposure, line.exposure, &shock_of(&scenario, model.asset));
        if let Some(place) = model.stress_bps.get_mut(index) {
            *place = loss;
            model.stressed |= 1 << (index & 7);
        }
    }
    if let Some(at) = book.stressed_at.get_mut(index) {
        *at = now;
    }
}

/// What a scenario does to the price that moves a line; nothing to a line that no asset moves.
fn shock_of(scenario: &Scenario, asset: u8) -> Shock {
    let price_bps = scenario.shocks_bps.get(usize::from(asset)).copied().unwrap_or(0);
    Shock { price_bps, volatility_bps: scenario.volatility_bps }
}

/// The loss of a position in basis points of its value, rounded up; of a position without value, that of new money. Terms
/// that make no sense count as the loss of everything.
#[inline(never)]
fn loss_bps(exposure: &Exposure, value: u64, shock: &Shock) -> i32 {
    let (position, value) = if value == 0 { (of_new_money(exposure), UNIT) } else { (of_row(exposure, value), value) };
    let Some(profit) = position.and_then(|position| revalue(&position, shock).ok()) else { return BPS as i32 };
    let size = mul_div_u128_up(u128::from(profit.unsigned_abs()), BPS.unsigned_abs(), u128::from(value));
    let size = i32::try_from(size.unwrap_or(u128::MAX)).unwrap_or(i32::MAX);
    match profit {
        ..0 => size,
        // A gain is rounded down.
        0.. => 0i32.saturating_sub(size.saturating_sub(1).max(0)),
    }
}

/// New money by the derivatives that it would add.
fn of_new_money(exposure: &Exposure) -> Option<Position> {
    let part = |bps: i32| UNIT_BPS.checked_mul(i64::from(bps));
    Some(Position::Linear { delta: part(exposure.delta_bps)?, gamma: part(exposure.gamma_bps)? })
}

/// The position that a row reports; `None` for terms that name none.
fn of_row(exposure: &Exposure, value: u64) -> Option<Position> {
    let [first, second, third, fourth] = exposure.terms;
    let bps = |term: u64| u16::try_from(term).ok().map(Bps);
    let option = |kind: Kind| Position::Option {
        kind,
        notional: first,
        strike: second,
        years: third,
        volatility: fourth,
        rate_bps: exposure.carry_bps,
        written: exposure.gamma < 0,
    };
    Some(match PositionKind::from_number(exposure.kind)? {
        PositionKind::Linear => Position::Linear { delta: exposure.delta, gamma: exposure.gamma },
        PositionKind::Lending => Position::Lending { delta: exposure.delta },
        PositionKind::Loop => Position::Loop {
            position: Leveraged { collateral: first, debt: second, threshold: bps(third)? },
            debt_moves: fourth == 1,
            bonus: Bps(exposure.cost_bps),
        },
        PositionKind::Liquidity => Position::Liquidity { value, lower: second, upper: third },
        PositionKind::Hedged => {
            Position::Hedged(Hedged { spot: first, short: second, margin: third, maintenance: bps(fourth)? })
        }
        PositionKind::Call => option(Kind::Call),
        PositionKind::Put => option(Kind::Put),
    })
}

/// Writes every scenario's loss into the book's figures, and which of them can be relied on.
pub fn measure(book: &mut Book, now: i64) {
    let mut losses = [0; SCENARIOS];
    let mut stressed = 0u8;
    for (index, loss) in losses.iter_mut().enumerate() {
        if !book.scenarios.get(index).is_some_and(Scenario::is_used) {
            continue;
        }
        let exact = total(book, index);
        *loss = base_units_up(exact);
        if is_fresh(book, index, now) {
            stressed |= 1 << (index & 7);
        }
    }
    book.figures.stress_losses = losses;
    book.figures.stressed = stressed;
}

/// Basis points of base units in base units, rounded up: a gain is rounded down.
fn base_units_up(exact: i128) -> i64 {
    // Without signs: the chain's machine divides no other way.
    let (size, bps) = (exact.unsigned_abs(), BPS.unsigned_abs());
    let whole = if exact > 0 { size.div_ceil(bps) } else { size.checked_div(bps).unwrap_or(0) };
    let whole = i64::try_from(whole).unwrap_or(i64::MAX);
    if exact < 0 {
        0i64.saturating_sub(whole)
    } else {
        whole
    }
}

/// Σ value · loss of all lines in basis points of base units.
fn total(book: &Book, index: usize) -> i128 {
    book.lines.iter().zip(&book.models).fold(0i128, |sum, (line, model)| {
        let loss = model.stress_bps.get(index).copied().unwrap_or(0);
        // At most 2^64 · 2^31.
        sum.saturating_add(i128::from(line.exposure).saturating_mul(i128::from(loss)))
    })
}

/// Whether a scenario was worked out recently, and for every line that holds value and is moved by a price.
fn is_fresh(book: &Book, index: usize, now: i64) -> bool {
    let at = book.stressed_at.get(index).copied().unwrap_or(0);
    let recent = at != 0 && now.saturating_sub(at) <= i64::from(book.params.max_sample_age);
    let complete = book
        .lines
        .iter()
        .zip(&book.models)
        .all(|(line, model)| line.exposure == 0 || !model.exposure.is_moved_by_price() || model.is_stressed(index));
    recent && complete
}

/// Holds new money to the most that any scenario may lose. A scenario in which the new money gains is not its concern.
#[inline(never)]
pub fn limit(book: &Book, nav: u64, target: &Target, verdict: &mut Verdict) {
    let Some(bps) = RiskParams::limit(book.params.max_stress_bps) else { return };
    if !target.exposure.is_moved_by_price() {
        return;
    }
    let most = i128::from(cap_of_nav_down(nav, bps)).saturating_mul(BPS);
    let Some(model) = book.models.get(target.at) else { return };
    for (index, _) in book.scenarios.iter().enumerate().filter(|(_, scenario)| scenario.is_used()) {
        let known = (book.figures.stressed >> (index & 7)) & 1 == 1 && model.is_stressed(index);
        if !known {
            verdict.refuse(Verdict::STALE_RISK);
            continue;
        }
        let loss = i128::from(model.stress_bps.get(index).copied().unwrap_or(0));
        if loss <= 0 {
            continue;
        }
        let left = most.saturating_sub(total(book, index)).max(0);
        // Both are positive.
        let room = left.unsigned_abs().checked_div(loss.unsigned_abs());
        let room = room.and_then(|room| u64::try_from(room).ok()).unwrap_or(u64::MAX);
        verdict.bound(Verdict::STRESS, target.amount, room);
    }
}
