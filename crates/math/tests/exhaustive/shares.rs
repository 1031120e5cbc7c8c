//! Every flow over every small pool.

use super::*;
use gimbal_math::shares::{price_per_share_down, PRICE_PER_SHARE_SCALE};
use gimbal_math::MathError;

fn rounds_for_the_pool_and_optimally<const V: u64>() {
    for books in pools::<V>(POOL) {
        let (a, s) = (books.assets + V, books.shares + V);
        for m in 0..=AMOUNT {
            let minted = books.deposit(m);
            assert!(minted * a <= m * s && (minted + 1) * a > m * s);
            let paid = books.mint(m);
            assert!(paid * s >= m * a && (paid == 0 || (paid - 1) * s < m * a));
            let burnt = books.withdraw(m);
            assert!(burnt * a >= m * s && (burnt == 0 || (burnt - 1) * a < m * s));
            let received = books.redeem(m);
            assert!(received * s <= m * a && received <= books.assets);
            assert!(received == books.assets || (received + 1) * s > m * a);
        }
        let price = u128::from(price_per_share_down(books.pool()).unwrap());
        let exact = u128::from(PRICE_PER_SHARE_SCALE) * u128::from(a);
        assert!(price * u128::from(s) <= exact && (price + 1) * u128::from(s) > exact);
    }
}

#[test]
fn every_flow_rounds_for_the_pool_and_optimally() {
    for_each_virtual!(rounds_for_the_pool_and_optimally);
}

fn unpriced<const V: u64>() {
    for amount in 0..=AMOUNT {
        for other in 0..=POOL {
            let (no_assets, no_shares) = (pool::<V>(0, other), pool::<V>(other, 0));
            assert_eq!(shares_for_deposit_down(Assets(amount), no_assets).is_err(), V == 0);
            assert_eq!(shares_for_withdraw_up(Assets(amount), no_assets).is_err(), V == 0);
            assert_eq!(assets_for_mint_up(Shares(amount), no_shares).is_err(), V == 0);
            assert_eq!(assets_for_redeem_down(Shares(amount), no_shares).is_err(), V == 0);
            if V == 0 {
                assert_eq!(price_per_share_down(no_shares), Err(MathError::DivisionByZero));
            }
        }
    }
}

/// The virtual amounts are what gives an empty pool a price.
#[test]
fn only_an_empty_side_without_virtual_amounts_has_no_price() {
    for_each_virtual!(unpriced);
}

fn is_monotone<const V: u64>() {
    for books in pools::<V>(POOL) {
        let richer = Books::<V> { assets: books.assets + 1, ..books };
        let wider = Books::<V> { shares: books.shares + 1, ..books };
        for m in 0..AMOUNT {
            assert!(books.deposit(m) <= books.deposit(m + 1) && books.mint(m) <= books.mint(m + 1));
            assert!(books.withdraw(m) <= books.withdraw(m + 1) && books.redeem(m) <= books.redeem(m + 1));
            // Dearer shares: fewer for the same assets, more assets for the same shares. More shares: the reverse.
            assert!(richer.deposit(m) <= books.deposit(m) && richer.mint(m) >= books.mint(m));
            assert!(richer.withdraw(m) <= books.withdraw(m) && richer.redeem(m) >= books.redeem(m));
            assert!(wider.deposit(m) >= books.deposit(m) && wider.mint(m) <= books.mint(m));
            assert!(wider.withdraw(m) >= books.withdraw(m) && wider.redeem(m) <= books.redeem(m));
        }
    }
}

#[test]
fn every_flow_is_monotone_in_amount_assets_and_shares() {
    for_each_virtual!(is_monotone);
}

fn round_trips_and_price<const V: u64>() {
    for books in pools::<V>(POOL) {
        for m in 0..=AMOUNT {
            let minted = books.deposit(m);
            let inside = books.entered(m, minted);
            assert!(inside.is_worth_at_least(books));
            assert!(inside.redeem(minted) <= m && inside.withdraw(m) >= minted);

            let paid = books.mint(m);
            let inside = books.entered(paid, m);
            assert!(inside.is_worth_at_least(books));
            assert!(inside.redeem(m) <= paid && inside.withdraw(paid) >= m);

            // Out and in again: never more shares than before.
            if m <= books.shares {
                let received = books.redeem(m);
                let outside = books.left(received, m);
                assert!(outside.is_worth_at_least(books));
                let priced = outside.assets + V > 0 && outside.shares + V > 0;
                assert!(!priced || outside.deposit(received) <= m);
            }
            if m <= books.assets && books.withdraw(m) <= books.shares {
                let burnt = books.withdraw(m);
                let outside = books.left(m, burnt);
                assert!(outside.is_worth_at_least(books));
                let priced = outside.assets + V > 0 && outside.shares + V > 0;
                assert!(!priced || outside.deposit(m) <= burnt);
            }
        }
    }
}

#[test]
fn no_round_trip_profits_and_the_price_of_a_share_never_falls() {
    for_each_virtual!(round_trips_and_price);
}
