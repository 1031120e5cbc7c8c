//! The identities are recomputed from raw accounts: what does not belong shows up as a residual.

use gimbal::identities::{self, Identity};
use gimbal_tests::*;

fn broken(fx: &Fixture) -> Vec<(String, i128)> {
    let all = identities::check(&fx.chain, &fx.deployment.vault.addresses.vault).unwrap();
    assert!(all.len() > 20, "{}", all.len());
    all.into_iter()
        .filter(|identity| !identity.holds())
        .map(|Identity { name, residual, .. }| (name, residual))
        .collect()
}

#[test]
fn a_donation_is_a_residual_until_it_is_harvested() {
    let mut fx = Fixture::new();
    let alice = fx.depositor(10_000 * USDC);
    fx.vault().deposit(&alice, 5_000 * USDC, 0).unwrap();
    assert_eq!(broken(&fx), []);

    let cash = fx.deployment.vault.addresses.cash;
    fx.donate(&alice, &cash, 777).unwrap();
    assert_eq!(broken(&fx), [("cash balance = cash tracked".to_owned(), 777)]);
    fx.router().harvest_cash().unwrap();
    assert_eq!(broken(&fx), []);
    assert_eq!(fx.ledger().surplus_adopted, 777);
}

#[test]
fn what_a_stranger_sends_to_the_claims_account_is_told_apart_from_what_is_owed() {
    let mut fx = Fixture::new();
    let alice = fx.depositor(10_000 * USDC);
    let claims = fx.deployment.vault.addresses.claims;
    fx.donate(&alice, &claims, 5).unwrap();
    assert_eq!(broken(&fx), [("claims balance = claims owed".to_owned(), 5)]);
}

#[test]
fn books_that_were_tampered_with_do_not_add_up() {
    let mut fx = Fixture::new();
    let alice = fx.depositor(10_000 * USDC);
    fx.vault().deposit(&alice, 5_000 * USDC, 0).unwrap();
    let key = fx.deployment.vault.addresses.vault;
    let mut account = fx.chain.require_account(&key).unwrap();
    let mut state = fx.vault_state();
    state.shares += 1;
    account.data[8..].copy_from_slice(bytemuck::bytes_of(&state));
    fx.chain.set_account(&key, account).unwrap();
    assert_eq!(broken(&fx), [("share supply = shares tracked".to_owned(), -1)]);
}
