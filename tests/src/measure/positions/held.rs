//! Sixteen positions: four of concentrated liquidity, two options, four leveraged loops, three hedged holdings, three supplied
//! to lending markets. Their Greeks are the mathematics' own.

use gimbal_math::option::{European, Kind};
use gimbal_math::position::hedge::Hedged;
use gimbal_math::position::leverage::Leveraged;
use gimbal_math::position::liquidity::Range;
use gimbal_math::{Bps, Q64Signed, Q64};
use risk_oracle::state::{PositionKind, LINES};
use risk_oracle::Exposure;

/// One, as a ratio of an exposure's terms.
pub const RATIO: u64 = 1 << 32;
/// What a line is worth, base units: a million USDC.
const VALUE: u64 = 1_000_000_000_000;

/// A line's value and exposure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    /// Base units.
    pub value: u64,
    /// What an adapter would report.
    pub exposure: Exposure,
}

/// All sixteen, by row.
pub fn held() -> [Held; LINES] {
    [
        liquidity(94, 106),
        liquidity(80, 125),
        liquidity(99, 101),
        liquidity(50, 200),
        option(Kind::Call, 105, 65, false),
        option(Kind::Put, 95, 80, true),
        looped(30, false),
        looped(20, false),
        looped(25, true),
        looped(15, true),
        hedged(2),
        hedged(3),
        hedged(4),
        lending(true),
        lending(true),
        lending(false),
    ]
}

/// Per unit of new money, of what the whole line has, basis points.
fn per_unit(part: i64, value: u64) -> i32 {
    i32::try_from(i128::from(part) * 10_000 / i128::from(value)).expect("a ratio")
}

/// The exposure of a kind, with the Greeks of the whole line and of new money that enters in the same proportions.
fn with_greeks(kind: PositionKind, terms: [u64; 4], value: u64, delta: i64, gamma: i64) -> Exposure {
    Exposure {
        delta,
        gamma,
        liquidity: 20 * VALUE,
        terms,
        delta_bps: per_unit(delta, value),
        gamma_bps: per_unit(gamma, value),
        cost_bps: 50,
        kind: kind as u16,
        ..Exposure::none()
    }
}

/// Between two prices, in hundredths of the present one.
fn liquidity(lowest: u64, highest: u64) -> Held {
    // √(h / 100) in units of 2^-64.
    let root = |hundredths: u64| (u128::from(hundredths) << 64).isqrt() * (1 << 32) / 10;
    let (lower, upper) = (root(lowest), root(highest));
    let range = Range::new(1 << 54, Q64(lower), Q64(upper)).expect("a range");
    let unit = i128::from(range.value_up(Q64::ONE).expect("a value"));
    let part = |of: i128| i64::try_from(of * i128::from(VALUE) / unit).expect("a Greek");
    let delta = part(range.dollar_delta_up(Q64::ONE).expect("a delta").into());
    let gamma = part(range.dollar_gamma_down(Q64::ONE).expect("a gamma").into());
    let terms = [VALUE, (lower >> 32) as u64, (upper >> 32) as u64, 0];
    Held { value: VALUE, exposure: with_greeks(PositionKind::Liquidity, terms, VALUE, delta, gamma) }
}

/// A month to run; strike and volatility in hundredths. A written one is backed by the asset's whole value.
fn option(kind: Kind, strike: u64, volatility: u64, written: bool) -> Held {
    let terms = [VALUE, RATIO / 100 * strike, RATIO / 12, RATIO / 100 * volatility];
    let [_, strike, years, volatility] = terms.map(|term| Q64(u128::from(term) << 32));
    let rate = Q64Signed((1i128 << 64) / 25);
    let terms_of = European { spot: Q64::ONE, strike, rate, volatility, years };
    let (price, greeks) = terms_of.price_and_greeks(kind).expect("a price");
    let part = |of: i128| (((of >> 24) * i128::from(VALUE)) >> 40) as i64;
    let (delta, gamma) = (part(greeks.delta.0), part(greeks.gamma.0));
    let (delta, gamma) = if written { (-delta, -gamma) } else { (delta, gamma) };
    let value = if written { VALUE } else { part(price.0 as i128).unsigned_abs() };
    let number = if kind == Kind::Call { PositionKind::Call } else { PositionKind::Put };
    let exposure = with_greeks(number, terms, value, delta, gamma);
    Held { value, exposure: Exposure { carry_bps: 400, ..exposure } }
}

/// So many tenths of leverage. Either the collateral moves with the asset or the debt.
fn looped(tenths: u64, debt_moves: bool) -> Held {
    let (collateral, debt) = (VALUE * tenths / 10, VALUE * (tenths - 10) / 10);
    let position = Leveraged { collateral, debt, threshold: Bps(8_500) };
    let delta = if debt_moves { -(debt as i64) } else { collateral as i64 };
    let terms = [collateral, debt, 8_500, debt_moves.into()];
    let exposure = with_greeks(PositionKind::Loop, terms, VALUE, delta, 0);
    let liquidation_bps = position.drop_to_liquidation_bps_down().expect("a debt");
    let debt_bps = u32::try_from(tenths * 1_000 - 10_000).expect("a ratio");
    Held { value: VALUE, exposure: Exposure { debt, debt_bps, liquidation_bps, utilisation_bps: 8_000, ..exposure } }
}

/// The asset, sold short on a margin of one part of so many.
fn hedged(parts: u64) -> Held {
    let margin = VALUE / parts;
    let spot = VALUE - margin;
    let position = Hedged { spot, short: spot + spot / 100, margin, maintenance: Bps(500) };
    let terms = [spot, position.short, margin, 500];
    let exposure = with_greeks(PositionKind::Hedged, terms, VALUE, position.dollar_delta(), 0);
    let rise = position.rise_to_liquidation_bps_down().expect("a short");
    let liquidation_bps = u16::try_from(rise).unwrap_or(Exposure::NO_LIQUIDATION - 1);
    Held { value: VALUE, exposure: Exposure { liquidation_bps, ..exposure } }
}

/// Supplied in a traded token or in the base asset.
fn lending(moved: bool) -> Held {
    let delta = if moved { VALUE as i64 } else { 0 };
    let exposure = with_greeks(PositionKind::Lending, [0; 4], VALUE, delta, 0);
    Held { value: VALUE, exposure: Exposure { utilisation_bps: 8_000, ..exposure } }
}
