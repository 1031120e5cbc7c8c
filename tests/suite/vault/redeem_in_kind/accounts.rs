//! Who redeems, when, and which accounts stand where.

use super::*;

#[test]
fn only_the_owner_redeems_in_kind() {
    let (mut fx, alice) = due();
    let bob = fx.depositor(0);
    let redeem = fx.deployment.vault.redeem_in_kind(&alice.pubkey(), 0, &[]);
    fx.assert_refused("AccountNotSigner", |fx| fx.send(&[unsigned(redeem, 0)], &[]));
    fx.vault().kind_receivers(&bob);
    fx.assert_refused("NotTicketOwner", |fx| in_kind_with(fx, &bob, |_| (), |_| ()));
    let owner = fx.deployment.actors.owner.insecure_clone();
    let theft = fx.deployment.vault.redeem_in_kind(&owner.pubkey(), 0, &[]);
    fx.assert_refused("NotTicketOwner", |fx| fx.send(&[theft], &[&owner]));
}

#[test]
fn every_account_is_the_vaults_own() {
    let (mut fx, alice) = due();
    let other = another_vault(&mut fx);
    let own = fx.deployment.vault.addresses;
    fx.vault().kind_receivers(&alice);
    type Change = fn(&mut of_vault::RedeemInKind, Pubkey);
    let refusals: [(&str, Change, Pubkey); 12] = [
        ("WrongLedger", |accounts, key| accounts.ledger = key, other.addresses.ledger),
        ("WrongShareMint", |accounts, key| accounts.share_mint = key, other.addresses.share_mint),
        ("WrongEscrow", |accounts, key| accounts.escrow = key, other.addresses.escrow),
        ("WrongEscrow", |accounts, key| accounts.escrow = key, alice.shares),
        ("WrongBaseMint", |accounts, key| accounts.base_mint = key, own.share_mint),
        ("ForeignAccount", |accounts, key| accounts.cash = key, other.addresses.cash),
        ("AccountDiscriminatorMismatch", |accounts, key| accounts.ticket = key, own.vault),
        ("AccountOwnedByWrongProgram", |accounts, key| accounts.ticket = key, alice.base),
        ("DuplicateTokenAccount", |accounts, key| accounts.destination = Some(key), own.cash),
        ("DuplicateTokenAccount", |accounts, key| accounts.destination = Some(key), own.claims),
        ("MintMismatch", |accounts, key| accounts.destination = Some(key), alice.shares),
        ("ConstraintAddress", |accounts, key| accounts.router_event_authority = key, own.vault),
    ];
    for (name, change, key) in refusals {
        fx.assert_refused(name, |fx| in_kind_with(fx, &alice, |accounts| change(accounts, key), |_| ()));
    }
    fx.assert_refused("WrongVault", |fx| {
        let change = |accounts: &mut of_vault::RedeemInKind| {
            accounts.vault = other.addresses.vault;
            accounts.ledger = other.addresses.ledger;
            accounts.share_mint = other.addresses.share_mint;
            accounts.escrow = other.addresses.escrow;
            accounts.cash = other.addresses.cash;
        };
        in_kind_with(fx, &alice, change, |_| ())
    });
}

#[test]
fn not_before_the_second_deadline() {
    let (mut fx, alice) = invested();
    fx.vault().request_redeem(&alice, 250 * USDC).unwrap();
    fx.vault().kind_receivers(&alice);
    fx.assert_refused("TooEarlyInKind", |fx| in_kind_with(fx, &alice, |_| (), |_| ()));
    fx.warp(DEADLINE);
    fx.assert_refused("TooEarlyInKind", |fx| in_kind_with(fx, &alice, |_| (), |_| ()));
    fx.warp(DEADLINE - 1);
    fx.assert_refused("TooEarlyInKind", |fx| in_kind_with(fx, &alice, |_| (), |_| ()));
    fx.warp(1);
    in_kind_with(&mut fx, &alice, |_| (), |_| ()).unwrap();
}

#[test]
fn every_position_is_named_once_and_in_order() {
    let (mut fx, alice) = due();
    fx.vault().kind_receivers(&alice);
    type Groups = fn(&mut Vec<AccountMeta>);
    let refusals: [(&str, Groups); 5] = [
        ("VenueAccountMismatch", |groups| groups.clear()),
        ("VenueAccountMismatch", |groups| {
            groups.pop();
        }),
        ("VenueAccountMismatch", |groups| groups.extend(groups.clone())),
        ("VenueAccountMismatch", |groups| groups.swap(0, 2)),
        ("MintMismatch", |groups| groups.swap(1, 3)),
    ];
    for (name, groups) in refusals {
        fx.assert_refused(name, |fx| in_kind_with(fx, &alice, |_| (), groups));
    }
}
