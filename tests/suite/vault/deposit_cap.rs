//! The deposit cap: most that NAV high may be after an entry.

use super::terms::*;
use super::*;
use ::vault::{FeesArgs, VaultLimitsArgs};

fn capped() -> (Fixture, User) {
    let terms = VaultLimitsArgs { deposit_cap: 1_200 * USDC, ..Default::default() };
    let (fx, _, alice) = vault_with(FeesArgs::default(), terms, true);
    (fx, alice)
}

#[test]
fn entries_end_at_the_cap() {
    let (mut fx, alice) = capped();
    fx.assert_refused("DepositCapExceeded", |fx| fx.vault().deposit(&alice, 200 * USDC + 1, 0));
    fx.assert_refused("DepositCapExceeded", |fx| fx.vault().mint(&alice, 200 * USDC + 1, u64::MAX));
    fx.assert_refused("DepositCapExceeded", |fx| fx.vault().deposit_and_allocate(&alice, 200 * USDC + 1, 0, 0));
    fx.vault().deposit(&alice, 200 * USDC, 0).unwrap();
    fx.assert_refused("DepositCapExceeded", |fx| fx.vault().deposit(&alice, 1, 0));
    // Who leaves makes room.
    fx.vault().redeem(&alice, 50 * USDC, 0).unwrap();
    fx.vault().mint(&alice, 50 * USDC, u64::MAX).unwrap();
    assert_eq!(fx.ledger().cash_tracked, 1_200 * USDC);
    fx.assert_identities();
}

#[test]
fn gains_count_and_never_stand_in_an_exits_way() {
    let (mut fx, alice) = capped();
    // Adopted and locked, they are in NAV high.
    give(&mut fx, 150 * USDC);
    fx.assert_refused("DepositCapExceeded", |fx| fx.vault().deposit(&alice, 50 * USDC + 1, 0));
    fx.vault().deposit(&alice, 50 * USDC, 0).unwrap();
    give(&mut fx, 500 * USDC);
    fx.pass(UNLOCK);
    fx.assert_refused("DepositCapExceeded", |fx| fx.vault().deposit(&alice, 2, 0));
    fx.vault().redeem(&alice, 100 * USDC, 0).unwrap();
    fx.vault().request_redeem(&alice, 100 * USDC).unwrap();
    fx.vault().fill_tickets(1).unwrap();
    fx.assert_identities();
}

#[test]
fn a_preview_knows_the_cap() {
    let (fx, _) = capped();
    let preview = gimbal::preview::Preview::read(&fx.chain, &fx.deployment.vault.addresses.vault).unwrap();
    assert!(preview.deposit(200 * USDC).is_ok());
    let refused = preview.deposit(200 * USDC + 1).unwrap_err();
    assert!(refused.to_string().starts_with("DepositCapExceeded"), "{refused}");
}
