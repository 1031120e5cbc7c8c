//! The functions, each on one representative input that the compiler cannot see through.

use core::hint::black_box;

use gimbal_math::{
    functions::{exp, ln, pow, sqrt_down},
    muldiv::{isqrt_u128_down, isqrt_u64_down, mul_div_down, mul_div_u128_down},
    normal::{cdf, pdf, quantile},
    shares::{assets_for_redeem_down, shares_for_deposit_down, Pool},
    value::convert_down,
    Assets, MathError, Price, Q64Signed, Shares, Q64,
};

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
pub const FUNCTIONS: [(&str, Function); 17] = [
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
];
