//! `claim`: what was paid goes out once, to whom it belongs.

use super::*;
use ::vault::{accounts, instruction};
use gimbal_control::Direction;

/// Alice's ticket 0 of 40.1 shares, filled with 50.1 USDC.
fn filled() -> (Fixture, User) {
    let (mut fx, alice) = appreciated();
    fx.vault().request_redeem(&alice, 40_100_000).unwrap();
    fx.vault().fill_tickets(1).unwrap();
    (fx, alice)
}

/// A claim of ticket 0 with some of its accounts changed.
fn claim_with(fx: &mut Fixture, user: &User, change: impl FnOnce(&mut accounts::Claim)) -> Outcome {
    let vault = fx.deployment.vault;
    let mut accounts = vault.claim_accounts(&user.pubkey(), 0);
    change(&mut accounts);
    fx.send(&[vault.instruction(accounts, instruction::Claim {})], &[&user.key])
}

#[test]
fn only_the_owner_claims() {
    let (mut fx, alice) = filled();
    let bob = fx.depositor(0);
    let claim = unsigned(fx.deployment.vault.claim(&alice.pubkey(), 0), 0);
    fx.assert_refused("AccountNotSigner", |fx| fx.send(&[claim], &[]));
    fx.assert_refused("NotTicketOwner", |fx| claim_with(fx, &bob, |_| ()));
}

#[test]
fn every_account_is_the_vaults_own() {
    let (mut fx, alice) = filled();
    let other = another_vault(&mut fx);
    let own = fx.deployment.vault.addresses;
    let token = fx.deployment.token.key;
    let refusals: [(&str, fn(&mut accounts::Claim, Pubkey), Pubkey); 6] = [
        ("WrongClaims", |accounts, key| accounts.claims = key, other.addresses.claims),
        ("WrongBaseMint", |accounts, key| accounts.base_mint = key, token),
        ("AccountDiscriminatorMismatch", |accounts, key| accounts.ticket = key, own.vault),
        ("AccountOwnedByWrongProgram", |accounts, key| accounts.ticket = key, alice.base),
        ("DuplicateTokenAccount", |accounts, key| accounts.destination = key, own.claims),
        ("MintMismatch", |accounts, key| accounts.destination = key, alice.shares),
    ];
    for (name, change, key) in refusals {
        fx.assert_refused(name, |fx| claim_with(fx, &alice, |accounts| change(accounts, key)));
    }
    fx.assert_refused("WrongVault", |fx| {
        claim_with(fx, &alice, |accounts| {
            accounts.vault = other.addresses.vault;
            accounts.claims = other.addresses.claims;
        })
    });
}

#[test]
fn a_filled_ticket_is_paid_out_and_closed() {
    let (mut fx, alice) = filled();
    let ticket = fx.deployment.vault.ticket(0);
    let rent = fx.chain.get_account(&ticket).unwrap().unwrap().lamports;
    let lamports = |fx: &Fixture| fx.chain.get_account(&alice.pubkey()).unwrap().unwrap().lamports;
    let before = lamports(&fx);
    let receipt = fx.vault().claim(&alice, 0).unwrap();

    assert_eq!(fx.balance(&alice.base), 650_100_000);
    assert_eq!(fx.balance(&fx.deployment.vault.addresses.claims), 0);
    assert_eq!((fx.vault_state().claims_owed, lamports(&fx) - before), (0, rent));
    assert!(fx.ticket(0).is_none());
    let events = vault_events(&receipt);
    let [VaultEvent::Claimed(event)] = events.as_slice() else { panic!("one claim, not {events:?}") };
    assert_eq!((event.ticket, event.owner, event.destination), (ticket, alice.pubkey(), alice.base));
    assert_eq!((event.sequence, event.assets, event.closed), (0, 50_100_000, true));
    fx.assert_identities();
}

#[test]
fn it_is_claimed_once() {
    let (mut fx, alice) = filled();
    let claim = fx.deployment.vault.claim(&alice.pubkey(), 0);
    fx.assert_refused("AccountOwnedByWrongProgram", |fx| fx.send(&[claim.clone(), claim.clone()], &[&alice.key]));
    fx.vault().claim(&alice, 0).unwrap();
    fx.assert_refused("AccountOwnedByWrongProgram", |fx| fx.vault().claim(&alice, 0));
}

#[test]
fn a_ticket_that_waits_has_nothing_to_claim() {
    let (mut fx, alice) = invested();
    fx.vault().request_redeem(&alice, 900 * USDC).unwrap();
    fx.assert_refused("NothingToClaim", |fx| fx.vault().claim(&alice, 0));

    fx.vault().fill_tickets(1).unwrap();
    let paid = fx.ticket(0).unwrap().claimable;
    let before = fx.balance(&alice.base);
    let receipt = fx.vault().claim(&alice, 0).unwrap();
    assert_eq!(fx.balance(&alice.base) - before, paid);
    let events = vault_events(&receipt);
    let [VaultEvent::Claimed(event)] = events.as_slice() else { panic!("one claim, not {events:?}") };
    assert!(!event.closed);

    let ticket = fx.ticket(0).unwrap();
    assert!(ticket.is_open());
    assert_eq!((ticket.claimable, ticket.filled_assets), (0, paid));
    fx.assert_refused("NothingToClaim", |fx| fx.vault().claim(&alice, 0));
    fx.assert_identities();
}

#[test]
fn it_goes_to_any_account_of_the_base_asset() {
    let (mut fx, alice) = filled();
    let bob = fx.depositor(0);
    claim_with(&mut fx, &alice, |accounts| accounts.destination = bob.base).unwrap();
    assert_eq!(fx.balance(&bob.base), 50_100_000);
    fx.assert_identities();
}

#[test]
fn what_is_owed_is_no_part_of_nav_and_no_later_loss_touches_it() {
    let (mut fx, alice) = filled();
    let nav = fx.ledger().nav(fx.chain.clock().unwrap().unix_timestamp).unwrap();
    assert_eq!((nav.low, nav.high), (449_900_000, 449_900_000));
    let guardian = fx.deployment.actors.guardian.insecure_clone();
    fx.vault().pause(&guardian, Direction::Deposits).unwrap();
    fx.vault().pause(&guardian, Direction::InstantExits).unwrap();
    fx.warp(1);
    fx.set_price(Asset::Base, 50_000_000).unwrap();
    fx.warp(365 * DAY);
    fx.vault().claim(&alice, 0).unwrap();
    assert_eq!(fx.balance(&alice.base), 650_100_000);
}

/// A ticket that was paid in part and then passed: the payment is claimed, the ticket stays with its shares.
#[test]
fn a_passed_ticket_is_claimed_and_stays() {
    let (mut fx, alice) = invested();
    fx.vault().request_redeem_at_least(&alice, 900 * USDC, 890 * USDC).unwrap();
    fx.vault().fill_tickets(1).unwrap();
    let paid = fx.ticket(0).unwrap();
    assert!(paid.is_open() && paid.claimable > 0);
    let args =
        lending_venue::WriteOffArgs { borrower: lending_venue::state::Borrowers::OPERATOR, amount: 1_000_000 * USDC };
    fx.lending().write_off(0, args).unwrap();
    fx.refresh_all();
    fx.vault().fill_tickets(1).unwrap();
    assert!(fx.ticket(0).unwrap().is_passed());
    fx.assert_identities();

    let before = fx.balance(&alice.base);
    let receipt = fx.vault().claim(&alice, 0).unwrap();
    assert_eq!(fx.balance(&alice.base) - before, paid.claimable);
    let events = vault_events(&receipt);
    let [VaultEvent::Claimed(event)] = events.as_slice() else { panic!("one claim, not {events:?}") };
    assert!(!event.closed);
    fx.assert_refused("NothingToClaim", |fx| fx.vault().claim(&alice, 0));
    assert_eq!(fx.ticket(0).unwrap().shares_left, paid.shares_left);
    fx.assert_identities();
}
