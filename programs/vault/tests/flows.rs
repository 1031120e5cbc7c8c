//! The four flows: worked examples, and that no order of them pays anybody for coming and going.

use gimbal_math::{Assets, Pool, Shares};
use proptest::prelude::*;
use vault::math::{self, Flow};
use vault::VaultError;

const V: u128 = 1_000_000;

fn pool(assets: u64, shares: u64) -> Pool {
    Pool { assets: Assets(assets), shares: Shares(shares) }
}

fn flow(assets: u64, shares: u64) -> Flow {
    Flow { assets: Assets(assets), shares: Shares(shares) }
}

#[test]
fn the_first_share_costs_one_base_unit() {
    assert_eq!(math::deposit(Assets(1_000), pool(0, 0)), Ok(flow(1_000, 1_000)));
    assert_eq!(math::mint(Shares(1_000), pool(0, 0)), Ok(flow(1_000, 1_000)));
}

/// Worked by hand: 5,000,000 assets and 3,000,000 shares are priced as 6,000,000 to 4,000,000, so 3 for 2.
#[test]
fn a_share_at_one_and_a_half() {
    let pool = pool(5_000_000, 3_000_000);
    assert_eq!(math::deposit(Assets(300), pool), Ok(flow(300, 200)));
    assert_eq!(math::deposit(Assets(301), pool), Ok(flow(301, 200)), "200.67 shares, rounded down");
    assert_eq!(math::mint(Shares(201), pool), Ok(flow(302, 201)), "301.5 assets, rounded up");
    assert_eq!(math::withdraw(Assets(301), pool), Ok(flow(301, 201)), "200.67 shares, rounded up");
    assert_eq!(math::redeem(Shares(201), pool), Ok(flow(301, 201)), "301.5 assets, rounded down");
}

#[test]
fn nothing_for_something_is_refused() {
    let dear = pool(5_000_000, 0);
    assert_eq!(math::deposit(Assets(0), dear), Err(VaultError::ZeroAssets));
    assert_eq!(math::deposit(Assets(5), dear), Err(VaultError::ZeroShares), "5/6 of a share");
    assert_eq!(math::deposit(Assets(6), dear), Ok(flow(6, 1)));
    assert_eq!(math::mint(Shares(0), dear), Err(VaultError::ZeroShares));
    assert_eq!(math::withdraw(Assets(0), dear), Err(VaultError::ZeroAssets));
    let cheap = pool(1, 9_000_000);
    assert_eq!(math::redeem(Shares(0), cheap), Err(VaultError::ZeroShares));
    assert_eq!(math::redeem(Shares(5), cheap), Err(VaultError::ZeroAssets), "half a base unit");
}

/// After a loss, all shares together are paid what there is, not what the virtual assets would add.
#[test]
fn the_last_holder_can_leave_after_a_loss() {
    let halved = pool(500_000_000, 1_000_000_000);
    assert_eq!(math::redeem(Shares(1_000_000_000), halved), Ok(flow(500_000_000, 1_000_000_000)));
}

#[test]
fn amounts_beyond_the_range_are_named() {
    let full = pool(u64::MAX, 10);
    assert_eq!(math::deposit(Assets(1_000_000), full), Err(VaultError::AmountOverflow));
    assert_eq!(math::redeem(Shares(1), full), Err(VaultError::AmountOverflow));
}

fn pools() -> impl Strategy<Value = Pool> {
    // From an empty pool over dust to amounts that need 128 bits, and prices from a millionth to a million.
    let amount = prop_oneof![Just(0u64), 0..10_000u64, 0..10_000_000_000u64, 0..1_000_000_000_000_000_000u64];
    (amount.clone(), amount).prop_map(|(assets, shares)| pool(assets, shares))
}

/// The pool after an entry; none where the vault's counts would not hold it, and the program refuses.
fn after(pool: Pool, flow: Flow) -> Option<Pool> {
    let assets = pool.assets.checked_add(flow.assets).ok()?;
    Some(Pool { assets, shares: pool.shares.checked_add(flow.shares).ok()? })
}

fn entries(pool: Pool, amount: u64) -> impl Iterator<Item = (Flow, Pool)> {
    [math::deposit(Assets(amount), pool), math::mint(Shares(amount), pool)]
        .into_iter()
        .flatten()
        .filter_map(move |flow| Some((flow, after(pool, flow)?)))
}

/// price of `b` ≥ price of `a`, exactly.
fn dearer_or_equal(a: Pool, b: Pool) -> bool {
    (u128::from(b.assets.0) + V) * (u128::from(a.shares.0) + V)
        >= (u128::from(a.assets.0) + V) * (u128::from(b.shares.0) + V)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_round_trip_never_profits(pool in pools(), amount in 1..1_000_000_000_000u64) {
        for (inward, then) in entries(pool, amount) {
            let out = math::redeem(inward.shares, then);
            prop_assert!(out.map_or(0, |out| out.assets.0) <= inward.assets.0);
        }
    }

    /// Buying shares and taking the same assets out again burns at least the shares bought.
    #[test]
    fn withdrawing_an_entry_takes_all_its_shares(pool in pools(), amount in 1..1_000_000_000_000u64) {
        for (inward, then) in entries(pool, amount) {
            if let Ok(out) = math::withdraw(inward.assets, then) {
                prop_assert!(out.shares.0 >= inward.shares.0);
            }
        }
    }

    /// A wider NAV only hurts who moves: in at high and out at low never beats in and out at mid.
    #[test]
    fn uncertainty_is_paid_by_who_moves(
        mid in 1_000u64..1_000_000_000_000,
        shares in 1_000u64..1_000_000_000_000,
        width in 0u64..1_000,
        amount in 1u64..1_000_000_000,
    ) {
        let at = |assets| pool(assets, shares);
        if let (Ok(dear), Ok(fair)) = (math::deposit(Assets(amount), at(mid + width)), math::deposit(Assets(amount), at(mid))) {
            prop_assert!(dear.shares.0 <= fair.shares.0);
        }
        if let (Ok(poor), Ok(fair)) = (math::redeem(Shares(amount), at(mid - width)), math::redeem(Shares(amount), at(mid))) {
            prop_assert!(poor.assets.0 <= fair.assets.0);
        }
    }

    /// Who stays never loses by a flow: the price of the rest is at least what it was.
    #[test]
    fn every_flow_leaves_the_price_or_raises_it(pool in pools(), amount in 1..1_000_000_000_000u64) {
        for (_, then) in entries(pool, amount) {
            prop_assert!(dearer_or_equal(pool, then));
        }
        for out in [math::withdraw(Assets(amount), pool), math::redeem(Shares(amount), pool)].into_iter().flatten() {
            let assets = pool.assets.0.checked_sub(out.assets.0);
            let shares = pool.shares.0.checked_sub(out.shares.0);
            if let (Some(assets), Some(shares)) = (assets, shares) {
                let rest = Pool { assets: Assets(assets), shares: Shares(shares) };
                prop_assert!(dearer_or_equal(pool, rest));
            }
        }
    }

    /// Against the exact quotient in 128 bits: rounded by less than one unit, and to the right side.
    #[test]
    fn rounding_is_by_less_than_one_unit(pool in pools(), amount in 1..1_000_000_000_000u64) {
        let (assets, shares) = (u128::from(pool.assets.0) + V, u128::from(pool.shares.0) + V);
        let amount_wide = u128::from(amount);
        if let Ok(flow) = math::deposit(Assets(amount), pool) {
            let exact = amount_wide * shares;
            let given = u128::from(flow.shares.0) * assets;
            prop_assert!(given <= exact && exact - given < assets);
        }
        if let Ok(flow) = math::mint(Shares(amount), pool) {
            let exact = amount_wide * assets;
            let taken = u128::from(flow.assets.0) * shares;
            prop_assert!(taken >= exact && taken - exact < shares);
        }
        if let Ok(flow) = math::withdraw(Assets(amount), pool) {
            let exact = amount_wide * shares;
            let taken = u128::from(flow.shares.0) * assets;
            prop_assert!(taken >= exact && taken - exact < assets);
        }
        if let Ok(flow) = math::redeem(Shares(amount), pool) {
            let exact = amount_wide * assets;
            let given = u128::from(flow.assets.0) * shares;
            prop_assert!(given <= exact);
            prop_assert!(exact - given < shares || flow.assets == pool.assets);
        }
    }
}
