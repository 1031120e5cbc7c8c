//! The functions, each on one representative input that the compiler cannot see through.

use core::hint::black_box;

use gimbal_math::{
    backtest::{christoffersen, kupiec},
    functions::{exp, ln, pow, sqrt_down},
    muldiv::{isqrt_u128_down, isqrt_u64_down, mul_div_down, mul_div_u128_down},
    normal::{cdf, pdf, quantile},
    option::Kind,
    position::{
        leverage::max_leverage_bps_down,
        liquidity::{moved_down, sqrt_price_down},
    },
    shares::{assets_for_redeem_down, shares_for_deposit_down, Pool},
    value::convert_down,
    volatility::{blend, garch, log_return, loss_at, parkinson, qlike, residual, weights},
    Assets, Bps, MathError, Price, Q64Signed, Shares, Q64,
};

use crate::books;
use crate::positions::{hedged, leveraged, option, range, PRICE, ROOT};
use crate::volatility::{closed_bar, counts, dearest_tail, ordinary_tail, HIGH, LOW, SCORES};

type Function = fn() -> Result<(), MathError>;

fn q(thousandths: i64) -> Q64Signed {
    Q64Signed(i128::from(thousandths) * ((1i128 << 64) / 1_000))
}

fn pool() -> Pool {
    Pool { assets: Assets(black_box(1_234_567_890_123)), shares: Shares(black_box(1_198_765_432_109)) }
}

fn keep<T>(result: Result<T, MathError>) -> Result<(), MathError> {
    result.map(|value| {
        black_box(value);
    })
}

/// Name and call of each measured function.
pub const FUNCTIONS: &[(&str, Function)] = &[
    ("`mul_div_down` (u64)", || keep(mul_div_down(black_box(u64::MAX / 3), black_box(977_777), black_box(1_000_003)))),
    ("`mul_div_u128_down`, 128-bit product", || {
        keep(mul_div_u128_down(black_box(1 << 60), black_box(1 << 60), black_box(12_345_678_901)))
    }),
    ("`mul_div_u128_down`, 256-bit product", || {
        keep(mul_div_u128_down(black_box(u128::MAX / 7), black_box(u128::MAX / 11), black_box(u128::MAX / 5)))
    }),
    ("`Q64::mul_down`", || keep(Q64(black_box(3 << 64)).mul_down(Q64(black_box(7 << 61))))),
    ("`Q64::div_down`", || keep(Q64(black_box(3 << 64)).div_down(Q64(black_box(7 << 61))))),
    ("`isqrt_u64_down`", || keep(Ok(isqrt_u64_down(black_box(1_234_567_890_123_456_789))))),
    ("`isqrt_u128_down`", || keep(Ok(isqrt_u128_down(black_box(u128::MAX / 3))))),
    ("`sqrt_down`", || keep(Ok(sqrt_down(Q64(black_box(2 << 64)))))),
    ("`ln`", || keep(ln(Q64(black_box(5 << 62))))),
    ("`exp`", || keep(exp(black_box(q(1_732))))),
    ("`pow`", || keep(pow(Q64(black_box(5 << 62)), black_box(q(-750))))),
    ("`normal::pdf`", || keep(Ok(pdf(black_box(q(1_234)))))),
    ("`normal::cdf`", || keep(Ok(cdf(black_box(q(1_234)))))),
    ("`normal::quantile`", || keep(quantile(Q64(black_box((1u128 << 64) / 100))))),
    ("`shares_for_deposit_down`", || keep(shares_for_deposit_down(Assets(black_box(1_000_000_000)), pool()))),
    ("`assets_for_redeem_down`", || keep(assets_for_redeem_down(Shares(black_box(1_000_000_000)), pool()))),
    ("`convert_down`", || {
        keep(convert_down(
            black_box(1_000_000_000),
            6,
            Price(black_box(1_000_300_000_000)),
            6,
            Price(black_box(999_900_000_000)),
        ))
    }),
    ("`log_return`", || keep(log_return(black_box(98_765_432_109_876), black_box(101_234_567_890_123)))),
    ("`parkinson`", || keep(parkinson(black_box(103_456_789_012_345), black_box(97_654_321_098_765)))),
    ("`garch`", || keep(Ok(garch(black_box(LOW), black_box(HIGH), black_box(LOW), 1_000, 8_500)))),
    ("`qlike`", || keep(qlike(black_box(LOW), black_box(HIGH)))),
    ("`weights`", || keep(Ok(weights(&[500, 1_500, 3_500, 4_500], black_box(&SCORES), 1_000)))),
    ("`blend`", || keep(Ok(blend(black_box(&[16_384; 4]), black_box(&[LOW, HIGH, LOW, HIGH]))))),
    ("`residual`", || keep(Ok(residual(black_box(q(-87)), black_box(HIGH), black_box(1))))),
    ("`loss_at`", || keep(Ok(loss_at(black_box(HIGH), black_box(2_600))))),
    ("`tail` of 500 residuals, 1%", || keep(ordinary_tail())),
    ("`tail`, each residual worse than the last", || keep(dearest_tail())),
    ("`kupiec`", || keep(kupiec(black_box(1_514), black_box(15), black_box(100)))),
    ("`christoffersen`", || keep(christoffersen(&counts()))),
    ("a closed bar: all of `volatility`", || keep(closed_bar())),
    ("`European::price`", || keep(option().price(black_box(Kind::Call)))),
    ("`European::price_and_greeks`", || keep(option().price_and_greeks(black_box(Kind::Put)))),
    ("`Range::amounts_down`", || keep(range().amounts_down(black_box(ROOT)))),
    ("`Range::value_down`", || keep(range().value_down(black_box(ROOT)))),
    ("`Range::dollar_delta_up`", || keep(range().dollar_delta_up(black_box(ROOT)))),
    ("`Range::dollar_gamma_down`", || keep(range().dollar_gamma_down(black_box(ROOT)))),
    ("`sqrt_price_down`", || keep(sqrt_price_down(black_box(PRICE), 9, black_box(Price(Price::SCALE)), 6))),
    ("`moved_down`", || keep(moved_down(black_box(ROOT), black_box(-1_234)))),
    ("`Leveraged::health_factor_down`", || keep(Ok(leveraged().health_factor_down()))),
    ("`Leveraged::liquidation_price_up`", || keep(leveraged().liquidation_price_up(PRICE))),
    ("`Leveraged::drop_to_liquidation_bps_down`", || keep(Ok(leveraged().drop_to_liquidation_bps_down()))),
    ("`Leveraged::leverage_bps_up`", || keep(Ok(leveraged().leverage_bps_up()))),
    ("`Leveraged::repay_for_leverage_up`", || keep(leveraged().repay_for_leverage_up(black_box(20_000)))),
    ("`Leveraged::profit_down`", || keep(leveraged().profit_down(black_box(-3_000), Bps(500)))),
    ("`max_leverage_bps_down`", || keep(max_leverage_bps_down(black_box(Bps(8_500)), black_box(2_000)))),
    ("`Hedged::liquidation_price_down`", || keep(Ok(hedged().liquidation_price_down(PRICE)))),
    ("`Hedged::rise_to_liquidation_bps_down`", || keep(Ok(hedged().rise_to_liquidation_bps_down()))),
    ("`Hedged::profit_down`", || keep(hedged().profit_down(black_box(1_500)))),
    ("`contagion::solve`, 16 protocols, rows of 0.3", || keep(Ok(books::weak_network()))),
    ("`contagion::solve`, 16 protocols, rows of 0.9", || keep(Ok(books::strong_network()))),
    ("`contagion::solve`, 16 protocols, rows of 1.05", || keep(Ok(books::amplifying_network()))),
    ("`Returns::gram` of 64 rows of 8", || keep(books::gram())),
    ("the rows, and `Portfolio::deviation_up`", || keep(books::portfolio(|book| book.deviation_up()))),
    ("the rows, and `Portfolio::contributions`", || keep(books::portfolio(|book| book.contributions()))),
    ("the rows, and `Portfolio::room_down`", || keep(books::portfolio(|book| book.room_down(2, true, u64::MAX >> 1)))),
    ("`scenario::revalue` of a linear position", || keep(books::linear())),
    ("`scenario::revalue` of a loop", || keep(books::looped())),
    ("`scenario::revalue` of a range", || keep(books::liquidity())),
    ("`scenario::revalue` of a hedge", || keep(books::hedge())),
    ("`scenario::revalue` of an option", || keep(books::option())),
];
