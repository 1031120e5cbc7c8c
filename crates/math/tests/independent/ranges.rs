//! A range of a SOL and USDC pool at its very edges and far outside, by mpmath at 60 digits.

use gimbal_math::position::liquidity::Range;
use gimbal_math::Q64;

/// √0.12 and √0.18 in units of 2^-64, rounded down.
const LOWER: u128 = 6_390_139_593_977_006_040;
const UPPER: u128 = 7_826_290_695_199_669_327;

/// √P in units of 2^-64; the integer parts of A, B, value and P·Δ, and P²·Γ rounded down.
#[rustfmt::skip]
const POINTS: [(u128, [u64; 4], i64); 9] = [
    (LOWER / 1_000,  [529_728_741_992_970, 0, 63_567_449, 63_567_449], 0),
    (LOWER - 1,      [529_728_741_992_970, 0, 63_567_449_039_156, 63_567_449_039_156], 0),
    (LOWER,          [529_728_741_992_970, 0, 63_567_449_039_156, 63_567_449_039_156], -173_205_080_756_888),
    (LOWER + 1,      [529_728_741_992_970, 0, 63_567_449_039_156, 63_567_449_039_156], -173_205_080_756_888),
    (7_144_393_258_922_745_604,
                     [224_966_293_516_452, 40_888_173_106_966, 74_633_117_134_434, 33_744_944_027_467], -193_649_167_310_371),
    (UPPER - 1,      [0, 77_853_907_198_153, 77_853_907_198_153, 0], -212_132_034_355_965),
    (UPPER,          [0, 77_853_907_198_153, 77_853_907_198_153, 0], -212_132_034_355_965),
    (UPPER + 1,      [0, 77_853_907_198_153, 77_853_907_198_153, 0], 0),
    (UPPER * 1_000,  [0, 77_853_907_198_153, 77_853_907_198_153, 0], 0),
];

#[test]
fn amounts_value_delta_and_gamma_at_the_edges() {
    let range = Range::new(1_000_000_000_000_000, Q64(LOWER), Q64(UPPER)).unwrap();
    for (root, [a, b, value, delta], gamma) in POINTS {
        let root = Q64(root);
        let amounts = range.amounts_down(root).unwrap();
        assert_eq!((amounts.a, amounts.b), (a, b), "{root:?}");
        // Within the three units that are documented, below and above.
        let (below, above) = (range.value_down(root).unwrap(), range.value_up(root).unwrap());
        assert!((value - 2..=value).contains(&below) && (value..=value + 3).contains(&above), "{below} and {above}");
        let found = range.dollar_delta_up(root).unwrap();
        assert!((delta..=delta + 3).contains(&found), "{found} for {delta}");
        assert_eq!(range.dollar_gamma_down(root), Ok(gamma), "{root:?}");
    }
}
