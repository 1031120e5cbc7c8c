//! The four flows with entry and exit fees.

use super::*;
use vault::error::VaultError;
use vault::math::{deposit, fee_up, gross_up, mint, redeem, withdraw, Exit, Flow};

const BPS: u128 = 10_000;
/// Rates that small amounts feel: the vault's caps are 100, but its functions know no cap.
const RATES: [u16; 6] = [0, 1, 100, 1_000, 3_333, 9_999];

fn exit<const V: u64>(pool: Pool<V>, fee_bps: u16) -> Exit<V> {
    Exit { pool, supply: pool.shares, fee_bps }
}

/// None where one side rounds to nothing, which is refused by name.
fn or_nothing(flow: Result<Flow, VaultError>) -> Option<Flow> {
    match flow {
        Ok(flow) => Some(flow),
        Err(VaultError::ZeroAssets | VaultError::ZeroShares) => None,
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn fees_round_for_the_pool_and_optimally() {
    for amount in 0..=400_u64 {
        for bps in (0..=9_999_u16).step_by(37).chain(RATES) {
            let (fee, gross) = (fee_up(Assets(amount), bps).unwrap().0, gross_up(Assets(amount), bps).unwrap().0);
            let (fee, gross, m, b) = (u128::from(fee), u128::from(gross), u128::from(amount), u128::from(bps));
            assert!(fee * BPS >= m * b && (fee == 0 || (fee - 1) * BPS < m * b) && fee <= m);
            assert!(gross * (BPS - b) >= m * BPS && (gross == 0 || (gross - 1) * (BPS - b) < m * BPS));
            // The least gross amount leaves at least the net one, and one unit less does not.
            let left = |gross: u128| gross - u128::from(fee_up(Assets(gross as u64), bps).unwrap().0);
            assert!(left(gross) >= m && (gross == 0 || left(gross - 1) < m));
        }
    }
}

fn entries<const V: u64>() {
    for pool in pools::<V>(20) {
        for bps in RATES {
            for amount in 0..=40_u64 {
                if let Some(flow) = or_nothing(deposit(Assets(amount), bps, pool)) {
                    assert_eq!(flow.assets.0, amount);
                    assert_eq!(flow.fee, fee_up(flow.assets, bps).unwrap());
                    let after = Pool::<V> {
                        assets: Assets(pool.assets.0 + amount),
                        shares: Shares(pool.shares.0 + flow.shares.0),
                    };
                    assert!(is_worth_at_least(after, pool));
                }
                if let Some(flow) = or_nothing(mint(Shares(amount), bps, pool)) {
                    assert_eq!(flow.shares.0, amount);
                    // A deposit of as much buys at least as many, of one unit less fewer: the mint is the cheapest way.
                    let same = or_nothing(deposit(flow.assets, bps, pool)).unwrap();
                    assert!(same.shares >= flow.shares);
                    let less = or_nothing(deposit(Assets(flow.assets.0 - 1), bps, pool));
                    assert!(less.is_none_or(|less| less.shares < flow.shares));
                    let after = Pool::<V> {
                        assets: Assets(pool.assets.0 + flow.assets.0),
                        shares: Shares(pool.shares.0 + amount),
                    };
                    assert!(is_worth_at_least(after, pool));
                }
            }
        }
    }
}

#[test]
fn entries_never_lower_the_price_and_a_mint_costs_the_least() {
    entries::<1>();
    entries::<2>();
    entries::<3>();
}

fn exits<const V: u64>() {
    for pool in pools::<V>(20) {
        for bps in RATES {
            let exit = exit(pool, bps);
            let mut before = 0;
            for amount in 0..=pool.shares.0 {
                let Some(flow) = or_nothing(redeem(Shares(amount), &exit)) else { continue };
                assert!(flow.assets.0 + flow.fee.0 <= pool.assets.0 && flow.assets.0 >= before);
                assert_eq!(flow.fee.is_zero(), bps == 0 || amount == pool.shares.0);
                before = flow.assets.0;
                let after =
                    Pool::<V> { assets: Assets(pool.assets.0 - flow.assets.0), shares: Shares(pool.shares.0 - amount) };
                assert!(is_worth_at_least(after, pool));
            }
            for amount in 0..=pool.assets.0 {
                let Some(flow) = or_nothing(withdraw(Assets(amount), &exit)) else { continue };
                assert_eq!(flow.assets.0, amount);
                // More shares than there are burn nowhere. After a loss the virtual assets count for more than there
                // is, and what leaves last is bounded by the pool instead of by its price.
                if flow.shares > pool.shares || flow.assets.0 + flow.fee.0 > pool.assets.0 {
                    continue;
                }
                // The fewest shares that pay it.
                let same = or_nothing(redeem(flow.shares, &exit));
                assert!(same.is_some_and(|same| same.assets.0 >= amount));
                let fewer = or_nothing(redeem(Shares(flow.shares.0 - 1), &exit));
                assert!(fewer.is_none_or(|fewer| fewer.assets.0 < amount));
                let after =
                    Pool::<V> { assets: Assets(pool.assets.0 - amount), shares: Shares(pool.shares.0 - flow.shares.0) };
                assert!(is_worth_at_least(after, pool));
            }
        }
    }
}

#[test]
fn exits_never_lower_the_price_and_a_withdrawal_burns_the_fewest() {
    exits::<1>();
    exits::<2>();
    exits::<3>();
}

fn round_trips<const V: u64>() {
    const FELT: [u16; 4] = [0, 100, 3_333, 9_999];
    for pool in pools::<V>(11) {
        for (entry, out) in FELT.into_iter().flat_map(|entry| FELT.map(|out| (entry, out))) {
            for amount in 1..=24_u64 {
                for flow in [deposit(Assets(amount), entry, pool), mint(Shares(amount), entry, pool)] {
                    let Some(paid) = or_nothing(flow) else { continue };
                    let inside = Pool::<V> {
                        assets: Assets(pool.assets.0 + paid.assets.0),
                        shares: Shares(pool.shares.0 + paid.shares.0),
                    };
                    let back = or_nothing(redeem(paid.shares, &exit(inside, out)));
                    assert!(back.is_none_or(|back| back.assets <= paid.assets));
                    // In two pieces: the fee on the first is shared by what is left, never more than all was worth.
                    for first in 1..paid.shares.0 {
                        let Some(one) = or_nothing(redeem(Shares(first), &exit(inside, out))) else { continue };
                        let between = Pool::<V> {
                            assets: Assets(inside.assets.0 - one.assets.0),
                            shares: Shares(inside.shares.0 - first),
                        };
                        let rest = Shares(paid.shares.0 - first);
                        let two = or_nothing(redeem(rest, &exit(between, out))).map_or(0, |flow| flow.assets.0);
                        assert!(one.assets.0 + two <= paid.assets.0);
                    }
                }
            }
        }
    }
}

#[test]
fn no_round_trip_profits_with_any_fees() {
    round_trips::<1>();
    round_trips::<2>();
}

fn splits<const V: u64>() {
    for pool in pools::<V>(16) {
        for bps in RATES {
            for first in 0..=pool.shares.0 {
                for second in 0..=pool.shares.0 - first {
                    let paid = |pool: Pool<V>, shares: u64, bps: u16| {
                        or_nothing(redeem(Shares(shares), &exit(pool, bps))).map_or(0, |flow| flow.assets.0)
                    };
                    let one = paid(pool, first, bps);
                    let between =
                        Pool::<V> { assets: Assets(pool.assets.0 - one), shares: Shares(pool.shares.0 - first) };
                    assert!(one + paid(between, second, bps) <= paid(pool, first + second, 0));
                }
            }
        }
    }
}

#[test]
fn an_exit_in_pieces_never_pays_more_than_the_shares_were_worth() {
    splits::<1>();
    splits::<2>();
    splits::<3>();
}
