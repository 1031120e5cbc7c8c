//! `collect_fees`: to whom, how much, and that it takes nothing from anybody.

use super::terms::*;
use super::*;
use ::vault::{accounts, instruction, VaultLimitsArgs};

/// 100,009 shares wait for the first user, and Alice holds 1,000 shares.
fn charged() -> (Fixture, User, User) {
    let (mut fx, recipient, alice) = vault_with(paid_to_first_user(365, 0, 0, 0), VaultLimitsArgs::default(), true);
    fx.pass(DAY);
    fx.vault().crystallise().unwrap();
    (fx, recipient, alice)
}

fn collect_with(fx: &mut Fixture, wallet: &Pubkey, change: impl FnOnce(&mut accounts::CollectFees)) -> Outcome {
    let vault = fx.deployment.vault;
    let mut accounts = vault.collect_fees_accounts(wallet);
    change(&mut accounts);
    fx.send(&[vault.instruction(accounts, instruction::CollectFees {})], &[])
}

#[test]
fn only_the_recipient_is_paid_whoever_sends_it() {
    let (mut fx, recipient, alice) = charged();
    let other = another_vault(&mut fx);
    let wallet = recipient.pubkey();
    fx.assert_refused("FeeRecipientMismatch", |fx| fx.vault().collect_fees(&alice.pubkey()));
    let escrow = fx.deployment.vault.addresses.escrow;
    let refusals: [(&str, fn(&mut accounts::CollectFees, Pubkey), Pubkey); 4] = [
        ("DuplicateTokenAccount", |accounts, key| accounts.recipient = key, escrow),
        // The right owner, and an account of another mint.
        ("MintMismatch", |accounts, key| accounts.recipient = key, recipient.base),
        ("WrongShareMint", |accounts, key| accounts.share_mint = key, other.addresses.share_mint),
        ("InvalidProgramId", |accounts, key| accounts.share_token_program = key, strategy_router::ID),
    ];
    for (name, change, key) in refusals {
        fx.assert_refused(name, |fx| collect_with(fx, &wallet, |accounts| change(accounts, key)));
    }
    // An account that is no token account has no owner to speak of.
    let mint = fx.deployment.vault.addresses.vault;
    let refused = fx.assert_unchanged(|fx| collect_with(fx, &wallet, |accounts| accounts.recipient = mint));
    assert!(refused.is_err());
}

#[test]
fn what_waited_is_minted_once() {
    let (mut fx, recipient, alice) = charged();
    let wallet = recipient.pubkey();
    let before = fx.vault_state();
    let receipt = fx.vault().collect_fees(&wallet).unwrap();
    assert_eq!(fx.balance(&recipient.shares), 100_009);
    let vault = fx.vault_state();
    assert_eq!((vault.fee_shares, vault.fees.minted, vault.fee_shares_made), (0, 100_009, 100_009));
    assert_eq!(vault.shares, before.shares + 100_009);
    let events = vault_events(&receipt);
    let [VaultEvent::FeesCollected(event)] = events.as_slice() else { panic!("one collection, not {events:?}") };
    assert_eq!((event.vault, event.slot), (fx.deployment.vault.addresses.vault, receipt.slot));
    assert_eq!((event.recipient, event.account, event.shares), (wallet, recipient.shares, 100_009));
    fx.assert_identities();
    fx.assert_refused("NothingToCollect", |fx| fx.vault().collect_fees(&wallet));

    // Shares like any other: worth the fee, rounded down. 100,009 · 1,001 / 1,001.100009 = 99,999.0…
    fx.vault().redeem(&recipient, 100_009, 0).unwrap();
    assert_eq!(fx.balance(&recipient.base), 99_998 + 1);
    fx.vault().redeem(&alice, 1_000 * USDC, 0).unwrap();
    fx.assert_identities();
}

#[test]
fn nobodys_share_is_worth_more_or_less_for_it() {
    let (mut fx, recipient, alice) = charged();
    let mut collected = fx.clone();
    collected.vault().collect_fees(&recipient.pubkey()).unwrap();
    for fx in [&mut fx, &mut collected] {
        fx.vault().redeem(&alice, 500 * USDC, 0).unwrap();
    }
    assert_eq!(fx.balance(&alice.base), collected.balance(&alice.base));
}

#[test]
fn without_a_recipient_nothing_is_collected() {
    let (mut fx, recipient, _) = charged();
    let key = owner(&fx);
    let none = ::vault::FeesArgs::default();
    let set = fx.deployment.vault.set_fees(&key.pubkey(), none);
    fx.through_queue(fx.vault_queue(), set).unwrap();
    fx.assert_refused("FeeRecipientMissing", |fx| fx.vault().collect_fees(&recipient.pubkey()));
}
