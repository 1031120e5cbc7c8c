//! The four flows: exact rounding, optimal to the unit, and no way to profit from it. Built with the feature
//! `mutant-rounding` this suite must fail.

use dashu_int::UBig;
use gimbal_math::shares::*;
use gimbal_math::{Assets, MathError, Pool, Shares};
use proptest::prelude::*;

fn pool(assets: u64, shares: u64) -> Pool {
    Pool { assets: Assets(assets), shares: Shares(shares) }
}

/// Amounts of every magnitude up to what a pool may hold.
fn amount() -> impl Strategy<Value = u64> {
    prop_oneof![
        (any::<u64>(), 0u32..64).prop_map(|(value, shift)| (value >> shift).min(u64::MAX - VIRTUAL)),
        Just(0),
        Just(1),
        Just(u64::MAX - VIRTUAL)
    ]
}

/// Amounts whose sums and products of two stay in range.
fn modest() -> impl Strategy<Value = u64> {
    (1u64..1 << 40, 0u32..40).prop_map(|(value, shift)| (value >> shift).max(1))
}

fn floor(a: u64, b: u64, d: u64) -> Result<u64, MathError> {
    u64::try_from(UBig::from(a) * UBig::from(b) / UBig::from(d)).map_err(|_| MathError::Overflow)
}

fn ceil(a: u64, b: u64, d: u64) -> Result<u64, MathError> {
    let exact = UBig::from(a) * UBig::from(b) + UBig::from(d) - UBig::ONE;
    u64::try_from(exact / UBig::from(d)).map_err(|_| MathError::Overflow)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn every_flow_is_the_exact_ratio_rounded_for_the_pool(moved in amount(), assets in amount(), shares in amount()) {
        let pool = pool(assets, shares);
        let (a, s) = (assets + VIRTUAL, shares + VIRTUAL);
        prop_assert_eq!(shares_for_deposit_down(Assets(moved), pool), floor(moved, s, a).map(Shares));
        prop_assert_eq!(assets_for_mint_up(Shares(moved), pool), ceil(moved, a, s).map(Assets));
        prop_assert_eq!(shares_for_withdraw_up(Assets(moved), pool), ceil(moved, s, a).map(Shares));
        prop_assert_eq!(assets_for_redeem_down(Shares(moved), pool), floor(moved, a, s).map(|exact| Assets(exact.min(assets))));
        prop_assert_eq!(price_per_share_down(pool), floor(PRICE_PER_SHARE_SCALE, a, s));
    }

    /// One unit more to the mover would be paid by the pool: a · (S + V) against shares · (A + V), in integers of any size.
    #[test]
    fn rounding_is_optimal(moved in modest(), assets in modest(), shares in modest()) {
        let pool = pool(assets, shares);
        let (a, s) = (UBig::from(assets + VIRTUAL), UBig::from(shares + VIRTUAL));
        let m = UBig::from(moved);

        let minted = UBig::from(shares_for_deposit_down(Assets(moved), pool).unwrap().0);
        prop_assert!(&minted * &a <= &m * &s);
        prop_assert!((&minted + UBig::ONE) * &a > &m * &s);

        let paid = UBig::from(assets_for_mint_up(Shares(moved), pool).unwrap().0);
        prop_assert!(&paid * &s >= &m * &a);
        prop_assert!((&paid - UBig::ONE) * &s < &m * &a);

        let burnt = UBig::from(shares_for_withdraw_up(Assets(moved), pool).unwrap().0);
        prop_assert!(&burnt * &a >= &m * &s);
        prop_assert!((&burnt - UBig::ONE) * &a < &m * &s);

        let received = UBig::from(assets_for_redeem_down(Shares(moved), pool).unwrap().0);
        prop_assert!(&received * &s <= &m * &a);
        prop_assert!(received == UBig::from(assets) || (&received + UBig::ONE) * &s > &m * &a);
    }

    /// In by either door and out by either, in the pool as each step leaves it.
    #[test]
    fn a_round_trip_never_profits(moved in modest(), assets in modest(), shares in modest()) {
        let before = pool(assets, shares);

        let minted = shares_for_deposit_down(Assets(moved), before).unwrap();
        let inside = pool(assets + moved, shares + minted.0);
        prop_assert!(assets_for_redeem_down(minted, inside).unwrap() <= Assets(moved));
        prop_assert!(shares_for_withdraw_up(Assets(moved), inside).unwrap() >= minted);

        let paid = assets_for_mint_up(Shares(moved), before).unwrap();
        let inside = pool(assets + paid.0, shares + moved);
        prop_assert!(assets_for_redeem_down(Shares(moved), inside).unwrap() <= paid);
        prop_assert!(shares_for_withdraw_up(paid, inside).unwrap() >= Shares(moved));
    }

    /// Whatever a mover does, those who stay hold shares worth at least as much as before.
    #[test]
    fn the_price_of_a_share_never_falls(moved in modest(), assets in modest(), shares in modest()) {
        let before = pool(assets, shares);
        let not_below = |after: Pool| {
            let left = UBig::from(after.assets.0 + VIRTUAL) * UBig::from(shares + VIRTUAL);
            left >= UBig::from(assets + VIRTUAL) * UBig::from(after.shares.0 + VIRTUAL)
        };
        let minted = shares_for_deposit_down(Assets(moved), before).unwrap();
        prop_assert!(not_below(pool(assets + moved, shares + minted.0)));
        let paid = assets_for_mint_up(Shares(moved), before).unwrap();
        prop_assert!(not_below(pool(assets + paid.0, shares + moved)));
        let redeemed = moved.min(shares);
        let received = assets_for_redeem_down(Shares(redeemed), before).unwrap();
        prop_assert!(not_below(pool(assets - received.0, shares - redeemed)));
    }

    #[test]
    fn flows_are_monotone(a in modest(), b in modest(), assets in modest(), shares in modest()) {
        let pool = pool(assets, shares);
        let (less, more) = (a.min(b), a.max(b));
        prop_assert!(shares_for_deposit_down(Assets(less), pool) .unwrap()<= shares_for_deposit_down(Assets(more), pool).unwrap());
        prop_assert!(assets_for_mint_up(Shares(less), pool).unwrap() <= assets_for_mint_up(Shares(more), pool).unwrap());
        prop_assert!(shares_for_withdraw_up(Assets(less), pool).unwrap() <= shares_for_withdraw_up(Assets(more), pool).unwrap());
        prop_assert!(assets_for_redeem_down(Shares(less), pool).unwrap() <= assets_for_redeem_down(Shares(more), pool).unwrap());
    }

    /// The first depositor donates to inflate the price, the second loses at most what a share is worth; the attacker loses
    /// the virtual shares' part of the donation, which is more than the victim's dust.
    #[test]
    fn inflating_an_empty_pool_costs_more_than_it_steals(seed in 0u64..1_000_000, donation in modest(), victim in modest()) {
        let own = shares_for_deposit_down(Assets(seed), pool(0, 0)).unwrap();
        let inflated = pool(seed + donation, own.0);
        let minted = shares_for_deposit_down(Assets(victim), inflated).unwrap();
        let after = pool(seed + donation + victim, own.0 + minted.0);
        let back = assets_for_redeem_down(own, after).unwrap();
        prop_assert!(back.0 <= seed + donation);
    }
}

#[test]
fn an_empty_pool_prices_one_to_one() {
    let empty = pool(0, 0);
    assert_eq!(shares_for_deposit_down(Assets(1_000), empty), Ok(Shares(1_000)));
    assert_eq!(assets_for_mint_up(Shares(1_000), empty), Ok(Assets(1_000)));
    assert_eq!(shares_for_withdraw_up(Assets(1_000), empty), Ok(Shares(1_000)));
    assert_eq!(price_per_share_down(empty), Ok(PRICE_PER_SHARE_SCALE));
}

/// By hand: 2,000,000 assets and 1,000,000 shares are priced as 3,000,000 to 2,000,000, three halves.
#[test]
fn a_grown_pool_prices_by_hand() {
    let grown = pool(2_000_000, 1_000_000);
    assert_eq!(shares_for_deposit_down(Assets(100), grown), Ok(Shares(66)));
    assert_eq!(assets_for_mint_up(Shares(67), grown), Ok(Assets(101)));
    assert_eq!(shares_for_withdraw_up(Assets(100), grown), Ok(Shares(67)));
    assert_eq!(assets_for_redeem_down(Shares(67), grown), Ok(Assets(100)));
    assert_eq!(price_per_share_down(grown), Ok(1_500_000_000_000));
}

/// By hand: half of 4,000,000 assets is lost. The formula would owe 4,000,000 · 3,000,000 / 5,000,000 = 2,400,000.
#[test]
fn redeeming_everything_after_a_loss_pays_what_there_is() {
    let after_loss = pool(2_000_000, 4_000_000);
    assert_eq!(assets_for_redeem_down(Shares(4_000_000), after_loss), Ok(Assets(2_000_000)));
    assert_eq!(assets_for_redeem_down(Shares(1_000_000), after_loss), Ok(Assets(600_000)));
}

#[test]
fn a_pool_beyond_its_range_is_refused() {
    let full = u64::MAX - VIRTUAL;
    assert_eq!(shares_for_deposit_down(Assets(1), pool(full + 1, 0)), Err(MathError::Overflow));
    assert_eq!(assets_for_redeem_down(Shares(1), pool(0, full + 1)), Err(MathError::Overflow));
    assert_eq!(assets_for_redeem_down(Shares(full), pool(full, full)), Ok(Assets(full)));
}
