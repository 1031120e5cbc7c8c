//! The four flows: worked examples, an independent model of arbitrary precision, and that no order of them pays anybody for
//! coming and going.

use gimbal_math::{Assets, Pool, Shares};
use num_bigint::BigUint;
use proptest::prelude::*;
use vault::math::{self, Exit, Flow};
use vault::VaultError;

const V: u128 = 1_000_000;

fn pool(assets: u64, shares: u64) -> Pool {
    Pool { assets: Assets(assets), shares: Shares(shares) }
}

/// An exit from a pool in which nothing is due.
fn exit(pool: Pool, fee_bps: u16) -> Exit {
    Exit { pool, supply: pool.shares, fee_bps }
}

fn flow(assets: u64, shares: u64, fee: u64) -> Flow {
    Flow { assets: Assets(assets), shares: Shares(shares), fee: Assets(fee) }
}

#[test]
fn the_first_share_costs_one_base_unit() {
    assert_eq!(math::deposit(Assets(1_000), 0, pool(0, 0)), Ok(flow(1_000, 1_000, 0)));
    assert_eq!(math::mint(Shares(1_000), 0, pool(0, 0)), Ok(flow(1_000, 1_000, 0)));
}

/// Worked by hand: 5,000,000 assets and 3,000,000 shares are priced as 6,000,000 to 4,000,000, so 3 for 2.
#[test]
fn a_share_at_one_and_a_half() {
    let pool = pool(5_000_000, 3_000_000);
    let exit = exit(pool, 0);
    assert_eq!(math::deposit(Assets(300), 0, pool), Ok(flow(300, 200, 0)));
    assert_eq!(math::deposit(Assets(301), 0, pool), Ok(flow(301, 200, 0)), "200.67 shares, rounded down");
    assert_eq!(math::mint(Shares(201), 0, pool), Ok(flow(302, 201, 0)), "301.5 assets, rounded up");
    assert_eq!(math::withdraw(Assets(301), &exit), Ok(flow(301, 201, 0)), "200.67 shares, rounded up");
    assert_eq!(math::redeem(Shares(201), &exit), Ok(flow(301, 201, 0)), "301.5 assets, rounded down");
}

/// Worked by hand at the same price of 3 for 2, with fees of 1%.
#[test]
fn fees_stay_in_the_pool_and_are_rounded_up() {
    let pool = pool(5_000_000, 3_000_000);
    let exit = exit(pool, 100);
    assert_eq!(math::deposit(Assets(30_000), 100, pool), Ok(flow(30_000, 19_800, 300)), "29,700 buy");
    assert_eq!(math::deposit(Assets(30_001), 100, pool), Ok(flow(30_001, 19_800, 301)), "300.01, rounded up");
    assert_eq!(math::mint(Shares(19_800), 100, pool), Ok(flow(30_000, 19_800, 300)), "29,700 / 0.99");
    assert_eq!(math::mint(Shares(19_801), 100, pool), Ok(flow(30_003, 19_801, 301)), "29,702 / 0.99 = 30,002.02");
    assert_eq!(math::redeem(Shares(20_000), &exit), Ok(flow(29_700, 20_000, 300)));
    assert_eq!(math::redeem(Shares(20_001), &exit), Ok(flow(29_700, 20_001, 301)), "30,001 less 300.01, rounded up");
    assert_eq!(math::withdraw(Assets(29_700), &exit), Ok(flow(29_700, 20_000, 300)), "30,000 gross");
    assert_eq!(math::withdraw(Assets(29_701), &exit), Ok(flow(29_701, 20_002, 301)), "30,001.01 gross, as 30,002");
}

/// Whoever takes all shares leaves nobody to whom a fee could stay.
#[test]
fn the_last_to_leave_pays_no_exit_fee() {
    let pool = pool(5_000_000, 3_000_000);
    let all = exit(pool, 100);
    assert_eq!(math::redeem(Shares(3_000_000), &all), Ok(flow(4_500_000, 3_000_000, 0)));
    assert_eq!(math::withdraw(Assets(4_500_000), &all), Ok(flow(4_500_000, 3_000_000, 0)));
    assert_eq!(math::redeem(Shares(2_999_999), &all), Ok(flow(4_454_998, 2_999_999, 45_000)), "44,999.98 of 4,499,998");
    // The running day's fee shares are priced in, but nobody holds them yet.
    let due = Exit { pool: Pool { shares: Shares(4_000_000), ..pool }, supply: Shares(3_000_000), fee_bps: 100 };
    assert_eq!(math::redeem(Shares(3_000_000), &due), Ok(flow(3_600_000, 3_000_000, 0)), "6 for 5");
}

#[test]
fn nothing_for_something_is_refused() {
    let dear = pool(5_000_000, 0);
    assert_eq!(math::deposit(Assets(0), 0, dear), Err(VaultError::ZeroAssets));
    assert_eq!(math::deposit(Assets(5), 0, dear), Err(VaultError::ZeroShares), "5/6 of a share");
    assert_eq!(math::deposit(Assets(6), 0, dear), Ok(flow(6, 1, 0)));
    assert_eq!(math::deposit(Assets(6), 1, dear), Err(VaultError::ZeroShares), "the fee takes a unit");
    assert_eq!(math::deposit(Assets(1), 1, pool(0, 0)), Err(VaultError::ZeroShares), "the fee takes all");
    assert_eq!(math::mint(Shares(0), 0, dear), Err(VaultError::ZeroShares));
    assert_eq!(math::withdraw(Assets(0), &exit(dear, 0)), Err(VaultError::ZeroAssets));
    let cheap = pool(1, 9_000_000);
    assert_eq!(math::redeem(Shares(0), &exit(cheap, 0)), Err(VaultError::ZeroShares));
    assert_eq!(math::redeem(Shares(5), &exit(cheap, 0)), Err(VaultError::ZeroAssets), "half a base unit");
    let even = pool(9_000_000, 9_000_000);
    assert_eq!(math::redeem(Shares(1), &exit(even, 1)), Err(VaultError::ZeroAssets), "the fee takes all");
}

/// After a loss, all shares together are paid what there is, not what the virtual assets would add.
#[test]
fn the_last_holder_can_leave_after_a_loss() {
    let halved = pool(500_000_000, 1_000_000_000);
    assert_eq!(math::redeem(Shares(1_000_000_000), &exit(halved, 100)), Ok(flow(500_000_000, 1_000_000_000, 0)));
}

#[test]
fn amounts_beyond_the_range_are_named() {
    let full = pool(u64::MAX, 10);
    assert_eq!(math::deposit(Assets(1_000_000), 0, full), Err(VaultError::AmountOverflow));
    assert_eq!(math::redeem(Shares(1), &exit(full, 0)), Err(VaultError::AmountOverflow));
}

fn pools() -> impl Strategy<Value = Pool> {
    // From an empty pool over dust to amounts that need 128 bits, and prices from a millionth to a million.
    let amount = prop_oneof![Just(0u64), 0..10_000u64, 0..10_000_000_000u64, 0..1_000_000_000_000_000_000u64];
    (amount.clone(), amount).prop_map(|(assets, shares)| pool(assets, shares))
}

/// No fee, or any up to the caps.
fn rates() -> impl Strategy<Value = u16> {
    prop_oneof![Just(0u16), 0..=100u16]
}

/// The pool after an entry; none where the vault's counts would not hold it, and the program refuses.
fn after(pool: Pool, flow: Flow) -> Option<Pool> {
    let assets = pool.assets.checked_add(flow.assets).ok()?;
    Some(Pool { assets, shares: pool.shares.checked_add(flow.shares).ok()? })
}

fn entries(pool: Pool, amount: u64, bps: u16) -> impl Iterator<Item = (Flow, Pool)> {
    [math::deposit(Assets(amount), bps, pool), math::mint(Shares(amount), bps, pool)]
        .into_iter()
        .flatten()
        .filter_map(move |flow| Some((flow, after(pool, flow)?)))
}

/// price of `b` ≥ price of `a`, exactly.
fn dearer_or_equal(a: Pool, b: Pool) -> bool {
    (u128::from(b.assets.0) + V) * (u128::from(a.shares.0) + V)
        >= (u128::from(a.assets.0) + V) * (u128::from(b.shares.0) + V)
}

/// What the documentation says, in numbers of any length.
mod model {
    use super::*;

    pub fn big(value: u64) -> BigUint {
        BigUint::from(value)
    }

    pub fn up(numerator: BigUint, denominator: &BigUint) -> BigUint {
        (numerator + denominator - 1u8) / denominator
    }

    /// Assets and shares of a pool as they are priced.
    pub fn priced(pool: Pool) -> (BigUint, BigUint) {
        (big(pool.assets.0) + V, big(pool.shares.0) + V)
    }

    /// (shares, fee) of a deposit.
    pub fn deposit(assets: u64, bps: u16, pool: Pool) -> (BigUint, BigUint) {
        let (held, issued) = priced(pool);
        let fee = up(big(assets) * bps, &big(10_000));
        ((big(assets) - &fee) * issued / held, fee)
    }

    /// (assets, fee) of a mint.
    pub fn mint(shares: u64, bps: u16, pool: Pool) -> (BigUint, BigUint) {
        let (held, issued) = priced(pool);
        let net = up(big(shares) * held, &issued);
        let gross = up(&net * 10_000u16, &big(10_000 - u64::from(bps)));
        (gross.clone(), gross - net)
    }

    /// (shares, fee) of a withdrawal.
    pub fn withdraw(assets: u64, bps: u16, pool: Pool) -> (BigUint, BigUint) {
        let (held, issued) = priced(pool);
        let free = up(big(assets) * &issued, &held);
        if free >= big(pool.shares.0) {
            return (free, big(0));
        }
        let gross = up(big(assets) * 10_000u16, &big(10_000 - u64::from(bps)));
        (up(&gross * issued, &held), gross - assets)
    }

    /// (assets, fee) of a redemption.
    pub fn redeem(shares: u64, bps: u16, pool: Pool) -> (BigUint, BigUint) {
        let (held, issued) = priced(pool);
        let gross = (big(shares) * held / issued).min(big(pool.assets.0));
        let fee = if shares >= pool.shares.0 { big(0) } else { up(&gross * bps, &big(10_000)) };
        (&gross - &fee, fee)
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    /// To the unit, wherever the flow does not refuse an amount that rounds to nothing or leaves 64 bits.
    #[test]
    fn every_flow_equals_the_model(pool in pools(), amount in 1..u64::MAX, bps in rates()) {
        let amount = amount >> (amount % 61);
        let amount = amount.max(1);
        let exit = exit(pool, bps);
        if let Ok(flow) = math::deposit(Assets(amount), bps, pool) {
            let (shares, fee) = model::deposit(amount, bps, pool);
            prop_assert_eq!((model::big(flow.shares.0), model::big(flow.fee.0)), (shares, fee));
        }
        if let Ok(flow) = math::mint(Shares(amount), bps, pool) {
            let (assets, fee) = model::mint(amount, bps, pool);
            prop_assert_eq!((model::big(flow.assets.0), model::big(flow.fee.0)), (assets, fee));
        }
        if let Ok(flow) = math::withdraw(Assets(amount), &exit) {
            let (shares, fee) = model::withdraw(amount, bps, pool);
            prop_assert_eq!((model::big(flow.shares.0), model::big(flow.fee.0)), (shares, fee));
        }
        if let Ok(flow) = math::redeem(Shares(amount), &exit) {
            let (assets, fee) = model::redeem(amount, bps, pool);
            prop_assert_eq!((model::big(flow.assets.0), model::big(flow.fee.0)), (assets, fee));
        }
    }

    #[test]
    fn a_round_trip_never_profits(
        pool in pools(), amount in 1..1_000_000_000_000u64, entry in rates(), leave in rates(),
    ) {
        for (inward, then) in entries(pool, amount, entry) {
            let out = math::redeem(inward.shares, &exit(then, leave));
            prop_assert!(out.map_or(0, |out| out.assets.0) <= inward.assets.0);
        }
    }

    /// Buying shares and taking the same assets out again burns at least the shares bought.
    #[test]
    fn withdrawing_an_entry_takes_all_its_shares(
        pool in pools(), amount in 1..1_000_000_000_000u64, entry in rates(), leave in rates(),
    ) {
        for (inward, then) in entries(pool, amount, entry) {
            if let Ok(out) = math::withdraw(inward.assets, &exit(then, leave)) {
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
        bps in rates(),
    ) {
        let at = |assets| pool(assets, shares);
        let bought = |assets| math::deposit(Assets(amount), bps, at(assets));
        if let (Ok(dear), Ok(fair)) = (bought(mid + width), bought(mid)) {
            prop_assert!(dear.shares.0 <= fair.shares.0);
        }
        let sold = |assets| math::redeem(Shares(amount), &exit(at(assets), bps));
        if let (Ok(poor), Ok(fair)) = (sold(mid - width), sold(mid)) {
            prop_assert!(poor.assets.0 <= fair.assets.0);
        }
    }

    /// Who stays never loses by a flow: the price of the rest is at least what it was.
    #[test]
    fn every_flow_leaves_the_price_or_raises_it(pool in pools(), amount in 1..1_000_000_000_000u64, bps in rates()) {
        for (_, then) in entries(pool, amount, bps) {
            prop_assert!(dearer_or_equal(pool, then));
        }
        let leaving = exit(pool, bps);
        for out in [math::withdraw(Assets(amount), &leaving), math::redeem(Shares(amount), &leaving)].into_iter().flatten() {
            let assets = pool.assets.0.checked_sub(out.assets.0);
            let shares = pool.shares.0.checked_sub(out.shares.0);
            if let (Some(assets), Some(shares)) = (assets, shares) {
                let rest = Pool { assets: Assets(assets), shares: Shares(shares) };
                prop_assert!(dearer_or_equal(pool, rest));
            }
        }
    }

    /// An exit in two pieces gets at most back, with the second, its part of the fee that the first left to all who stay.
    #[test]
    fn splitting_an_exit_saves_no_fee(
        assets in 1_000_000u64..1_000_000_000_000,
        others in 1_000_000_000u64..1_000_000_000_000,
        first in 1u64..1_000_000_000,
        second in 1u64..1_000_000_000,
        bps in rates(),
    ) {
        let before = pool(assets, others + first + second);
        let leave = |shares, pool| math::redeem(Shares(shares), &exit(pool, bps)).map_or((0, 0), |out| (out.assets.0, out.fee.0));
        let (whole, _) = leave(first + second, before);
        let (paid, fee) = leave(first, before);
        let (rest, _) = leave(second, pool(assets - paid, others + second));
        let back = u128::from(fee) * u128::from(second) / (u128::from(others) + u128::from(second) + V);
        prop_assert!(u128::from(paid + rest) <= u128::from(whole) + back + 1);
    }
}
