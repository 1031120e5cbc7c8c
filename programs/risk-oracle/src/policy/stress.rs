//! Stress scenarios by full revaluation.
//!
//! A line's loss in a scenario is kept as a part of its value, so that an assessment between two runs counts what the line
//! is worth then, and what new money would add. A run is of the positions as they were reported last.

use core::ops::Range;

use gimbal_math::muldiv::{div_u128_down, mul_div_up};
use gimbal_math::option::Kind;
use gimbal_math::position::hedge::Hedged;
use gimbal_math::position::leverage::Leveraged;
use gimbal_math::scenario::{Position, Present, Shock};
use gimbal_math::Bps;

use crate::policy::limits::{Target, Verdict};
use crate::state::{cap_of_nav_down, Book, Exposure, PositionKind, RiskParams, Scenario, SCENARIOS};

/// The whole in basis points.
const BPS: u64 = 10_000;
/// New money whose loss stands for that of any amount: large enough that its rounding is far below a basis point.
const UNIT: u64 = 1_000_000_000;
/// A basis point of it.
const UNIT_BPS: i64 = 100_000;

/// Works out what every line loses in scenario `index`, if it is defined, and counts it as of `now`.
pub fn run(book: &mut Book, index: usize, now: i64) {
    run_all(book, index..index.saturating_add(1), now);
}

/// The same for every defined scenario of some rows: what a line is worth at present is worked out once.
pub fn run_all(book: &mut Book, rows: Range<usize>, now: i64) {
    let Book { lines, models, scenarios, stressed_at, .. } = book;
    let defined = || {
        let rows = scenarios.iter().enumerate().take(rows.end).skip(rows.start);
        rows.filter(|(_, scenario)| scenario.is_used())
    };
    for (line, model) in lines.iter().zip(models) {
        let held = Held::of(&model.exposure, line.exposure);
        for (index, scenario) in defined() {
            if let Some(place) = model.stress_bps.get_mut(index) {
                *place = held.loss_bps(&shock_of(scenario, model.asset));
                model.stressed |= 1 << (index & 7);
            }
        }
    }
    for (index, _) in defined() {
        if let Some(at) = stressed_at.get_mut(index) {
            *at = now;
        }
    }
}

/// What a scenario does to the price that moves a line; nothing to a line that no asset moves.
fn shock_of(scenario: &Scenario, asset: u8) -> Shock {
    let price_bps = scenario.shocks_bps.get(usize::from(asset)).copied().unwrap_or(0);
    Shock { price_bps, volatility_bps: scenario.volatility_bps }
}

/// What a line holds, valued at the present price; new money for a line without value.
struct Held {
    /// None for terms that make no sense.
    position: Option<Present>,
    /// Base units.
    value: u64,
}

impl Held {
    #[inline(never)]
    fn of(exposure: &Exposure, value: u64) -> Self {
        let (position, value) =
            if value == 0 { (of_new_money(exposure), UNIT) } else { (of_row(exposure, value), value) };
        Self { position: position.and_then(|position| Present::of(&position).ok()), value }
    }

    /// The loss in basis points of the value, rounded up. Terms that make no sense count as the loss of everything.
    #[inline(never)]
    fn loss_bps(&self, shock: &Shock) -> i32 {
        let profit = self.position.as_ref().and_then(|position| position.revalue(shock).ok());
        let Some(profit) = profit else { return BPS as i32 };
        let size = mul_div_up(profit.unsigned_abs(), BPS, self.value);
        let size = i32::try_from(size.unwrap_or(u64::MAX)).unwrap_or(i32::MAX);
        match profit {
            ..0 => size,
            // A gain is rounded down.
            0.. => 0i32.saturating_sub(size.saturating_sub(1).max(0)),
        }
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
    let size = exact.unsigned_abs();
    let size = if exact > 0 { size.saturating_add(u128::from(BPS).saturating_sub(1)) } else { size };
    let whole = div_u128_down(size, BPS.into()).unwrap_or(u128::MAX);
    let whole = i64::try_from(whole).unwrap_or(i64::MAX);
    if exact < 0 {
        0i64.saturating_sub(whole)
    } else {
        whole
    }
}

/// Σ value · loss of all lines in basis points of base units.
fn total(book: &Book, index: usize) -> i128 {
    // A value in parts of 20, 22 and 22 bits: times a loss of 31 bits, sixteen times, each stays within 57 bits.
    const BITS: u32 = 22;
    const PART: u64 = (1 << BITS) - 1;
    let (mut high, mut middle, mut low) = (0i64, 0i64, 0i64);
    for (line, model) in book.lines.iter().zip(&book.models) {
        let loss = i64::from(model.stress_bps.get(index).copied().unwrap_or(0));
        let part = |of: u64| ((of & PART) as i64).wrapping_mul(loss);
        high = high.wrapping_add(part(line.exposure >> (2 * BITS)));
        middle = middle.wrapping_add(part(line.exposure >> BITS));
        low = low.wrapping_add(part(line.exposure));
    }
    (i128::from(high) << (2 * BITS)).wrapping_add(i128::from(middle) << BITS).wrapping_add(low.into())
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
    let most = i128::from(cap_of_nav_down(nav, bps)).saturating_mul(BPS.into());
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
        let room = div_u128_down(left.unsigned_abs(), loss.unsigned_abs());
        let room = room.ok().and_then(|room| u64::try_from(room).ok()).unwrap_or(u64::MAX);
        verdict.bound(Verdict::STRESS, target.amount, room);
    }
}
