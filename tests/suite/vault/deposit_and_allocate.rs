//! `deposit_and_allocate`: money that works from the first slot, and never a deposit that a venue can refuse.

use super::*;
use gimbal_control::Direction;

#[test]
fn the_depositor_signs() {
    let mut fx = Fixture::new();
    let alice = fx.depositor(500 * USDC);
    let line = fx.deployment.lines[0].context.clone();
    let deposit = unsigned(fx.deployment.vault.deposit_and_allocate(&alice.pubkey(), 100 * USDC, 0, &line), 0);
    fx.assert_refused("AccountNotSigner", |fx| fx.send(&[deposit], &[]));
}

#[test]
fn the_line_takes_its_most_and_the_rest_is_cash() {
    let mut fx = Fixture::new();
    let alice = fx.depositor(1_000 * USDC);
    let receipt = fx.vault().deposit_and_allocate(&alice, 1_000 * USDC, 1_000 * USDC, 0).unwrap();
    assert_eq!(fx.balance(&alice.shares), 1_000 * USDC);
    let (ledger, line) = (fx.ledger(), fx.line(0));
    // 60% is the line's most.
    assert_eq!((ledger.cash_tracked, line.invested), (400 * USDC, 600 * USDC));
    assert!(line.mid <= 600 * USDC && line.mid >= 600 * USDC - 2, "a venue rounds by a unit, not by {}", line.mid);
    let names: Vec<_> = receipt.events().iter().map(|event| event.name()).collect();
    assert!(names.contains(&"Deposited") && names.contains(&"Allocated"), "{names:?}");
    fx.assert_identities();
}

#[test]
fn a_line_that_takes_nothing_stands_in_no_deposits_way() {
    let mut fx = Fixture::new();
    let alice = fx.depositor(1_000 * USDC);
    let guardian = fx.deployment.actors.guardian.insecure_clone();
    fx.router().set_status(&guardian, 0, 2).unwrap();
    fx.vault().deposit_and_allocate(&alice, 100 * USDC, 0, 0).unwrap();
    assert_eq!(fx.ledger().cash_tracked, 100 * USDC);
    fx.router().pause(&guardian, Direction::NewMoney).unwrap();
    fx.vault().deposit_and_allocate(&alice, 100 * USDC, 0, 1).unwrap();
    assert_eq!(fx.ledger().cash_tracked, 200 * USDC);
    assert_eq!((fx.line(0).invested, fx.line(1).invested), (0, 0));
    fx.assert_identities();
}

#[test]
fn it_is_a_deposit_like_any_other() {
    let mut fx = Fixture::new();
    let alice = fx.depositor(1_000 * USDC);
    fx.assert_refused("ZeroAssets", |fx| fx.vault().deposit_and_allocate(&alice, 0, 0, 0));
    fx.assert_refused("SlippageExceeded", |fx| fx.vault().deposit_and_allocate(&alice, 100 * USDC, 100 * USDC + 1, 0));
    let guardian = fx.deployment.actors.guardian.insecure_clone();
    fx.vault().pause(&guardian, Direction::Deposits).unwrap();
    fx.assert_refused("DepositsPaused", |fx| fx.vault().deposit_and_allocate(&alice, 100 * USDC, 0, 0));
}

#[test]
fn the_venues_accounts_are_matched_in_order() {
    let mut fx = Fixture::new();
    let alice = fx.depositor(1_000 * USDC);
    let line = fx.deployment.lines[0].context.clone();
    let mut deposit = fx.deployment.vault.deposit_and_allocate(&alice.pubkey(), 100 * USDC, 0, &line);
    let last = deposit.accounts.len() - 1;
    deposit.accounts.swap(last, last - 1);
    fx.assert_refused("VenueAccountMismatch", |fx| fx.send(&[deposit], &[&alice.key]));
}
