//! The flows over pools and amounts at the ends of their range, with the programs' own virtual amounts.

use super::*;
use gimbal_math::shares::VIRTUAL;
use gimbal_math::MathError;

/// Whatever the numbers, a flow returns or names its error; where it returns, the cross-multiplied inequality holds.
#[test]
fn flows_at_the_widest_numbers_return_or_name_their_error() {
    let v = u128::from(VIRTUAL);
    let mut all: Vec<u64> = boundaries(&[20, 32, 63], 64).into_iter().map(|value| value as u64).collect();
    all.extend([VIRTUAL - 1, VIRTUAL, VIRTUAL + 1, u64::MAX - VIRTUAL - 1, u64::MAX - VIRTUAL, u64::MAX - VIRTUAL + 1]);
    for &assets in &all {
        for &shares in &all {
            for &moved in &all {
                let pool: Pool = Pool { assets: Assets(assets), shares: Shares(shares) };
                let results = [
                    shares_for_deposit_down(Assets(moved), pool).map(|minted| minted.0),
                    shares_for_withdraw_up(Assets(moved), pool).map(|burnt| burnt.0),
                    assets_for_mint_up(Shares(moved), pool).map(|paid| paid.0),
                    assets_for_redeem_down(Shares(moved), pool).map(|received| received.0),
                ];
                let (a, s, m) = (u128::from(assets) + v, u128::from(shares) + v, u128::from(moved));
                let in_range = a <= u128::from(u64::MAX) && s <= u128::from(u64::MAX);
                let fits = |numerator: u128, divisor: u128, up: bool| {
                    let exact = if up { numerator.div_ceil(divisor) } else { numerator / divisor };
                    in_range && exact <= u128::from(u64::MAX)
                };
                if !in_range {
                    assert_eq!(results, [Err(MathError::Overflow); 4]);
                    continue;
                }
                let expected =
                    [fits(m * s, a, false), fits(m * s, a, true), fits(m * a, s, true), fits(m * a, s, false)];
                assert_eq!(results.map(|result| result.is_ok()), expected);
                if let [Ok(minted), Ok(burnt), ..] = results.map(|result| result.map(u128::from)) {
                    assert!(minted * a <= m * s && burnt * a >= m * s && burnt - minted <= 1);
                }
                if let [.., Ok(paid), Ok(received)] = results.map(|result| result.map(u128::from)) {
                    assert!(paid * s >= m * a && received * s <= m * a);
                    assert!(received == u128::from(assets) || paid - received <= 1);
                }
            }
        }
    }
}
