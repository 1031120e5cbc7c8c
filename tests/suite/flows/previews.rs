//! What a preview shows is what the flow does, to the unit.

use gimbal::preview::{Preview, PreviewError};
use gimbal_tests::*;
use vault::VaultError;

/// A vault with money at work in a market, days after its last deposit, so that no amount is round.
fn seasoned() -> (Fixture, User, User) {
    let mut fx = Fixture::new();
    let first = fx.depositor(77_777 * USDC + 13);
    fx.vault().deposit(&first, 77_777 * USDC + 13, 0).unwrap();
    for place in 0..3 {
        fx.refresh_all();
        fx.router().rebalance(place).unwrap();
    }
    fx.pass(7 * DAY + 1_234);
    let user = fx.depositor(50_000 * USDC);
    (fx, user, first)
}

fn preview(fx: &Fixture) -> Preview {
    Preview::read(&fx.chain, &fx.deployment.vault.addresses.vault).unwrap()
}

#[test]
fn every_flow_does_what_its_preview_showed() {
    let (mut fx, user, _) = seasoned();

    let shown = preview(&fx).deposit(12_345_678_901).unwrap();
    fx.vault().deposit(&user, shown.assets.0, shown.shares.0).unwrap();
    assert_eq!(fx.balance(&user.shares), shown.shares.0);

    let before = fx.balance(&user.base);
    let shown = preview(&fx).mint(1_000_000_007).unwrap();
    fx.vault().mint(&user, shown.shares.0, shown.assets.0).unwrap();
    assert_eq!(before - fx.balance(&user.base), shown.assets.0);

    let before = fx.balance(&user.shares);
    let shown = preview(&fx).withdraw(987_654_321).unwrap();
    fx.vault().withdraw(&user, shown.assets.0, shown.shares.0).unwrap();
    assert_eq!(before - fx.balance(&user.shares), shown.shares.0);

    let before = fx.balance(&user.base);
    let shown = preview(&fx).redeem(555_555_555).unwrap();
    fx.vault().redeem(&user, shown.shares.0, shown.assets.0).unwrap();
    assert_eq!(fx.balance(&user.base) - before, shown.assets.0);
    fx.assert_identities();
}

#[test]
fn one_unit_beyond_a_preview_is_refused() {
    let (mut fx, user, _) = seasoned();
    let shown = preview(&fx).deposit(1_000 * USDC).unwrap();
    fx.assert_refused("SlippageExceeded", |fx| fx.vault().deposit(&user, shown.assets.0, shown.shares.0 + 1));
    let shown = preview(&fx).mint(1_000 * USDC).unwrap();
    fx.assert_refused("SlippageExceeded", |fx| fx.vault().mint(&user, shown.shares.0, shown.assets.0 - 1));
    fx.vault().deposit(&user, 2_000 * USDC, 0).unwrap();
    let shown = preview(&fx).withdraw(1_000 * USDC).unwrap();
    fx.assert_refused("SlippageExceeded", |fx| fx.vault().withdraw(&user, shown.assets.0, shown.shares.0 - 1));
    let shown = preview(&fx).redeem(1_000 * USDC).unwrap();
    fx.assert_refused("SlippageExceeded", |fx| fx.vault().redeem(&user, shown.shares.0, shown.assets.0 + 1));
}

#[test]
fn a_preview_refuses_what_the_flow_would() {
    let (mut fx, user, first) = seasoned();
    let refusal = |result: Result<_, PreviewError>| match result {
        Err(PreviewError::Vault { error }) => error,
        other => panic!("{other:?}"),
    };
    let now = preview(&fx);
    assert!(refusal(now.deposit(0)) == VaultError::ZeroAssets);
    assert!(refusal(now.redeem(0)) == VaultError::ZeroShares);
    let too_much = now.free_cash().unwrap() + 1;
    assert!(refusal(now.withdraw(too_much)) == VaultError::InsufficientCash);

    // The same bound on the chain: all of free cash can be taken, and not a unit more.
    fx.vault().deposit(&user, 50_000 * USDC, 0).unwrap();
    let all = preview(&fx).free_cash().unwrap();
    fx.assert_refused("InsufficientCash", |fx| fx.vault().withdraw(&first, all + 1, u64::MAX));
    fx.vault().withdraw(&first, all, u64::MAX).unwrap();
    assert_eq!(preview(&fx).free_cash().unwrap(), 0);

    fx.warp(601);
    match Preview::read(&fx.chain, &fx.deployment.vault.addresses.vault) {
        Err(PreviewError::Ledger(reason)) => assert!(reason.starts_with("StaleNav"), "{reason}"),
        other => panic!("{other:?}"),
    }
}
