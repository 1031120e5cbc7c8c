//! `cancel`: the unpaid shares back, the place lost.

use super::*;
use ::vault::{accounts, instruction};
use gimbal_control::Direction;

/// A cancellation of ticket 0 with some of its accounts changed.
fn cancel_with(fx: &mut Fixture, user: &User, change: impl FnOnce(&mut accounts::Cancel)) -> Outcome {
    let vault = fx.deployment.vault;
    let mut accounts = vault.cancel_accounts(&user.pubkey(), 0);
    change(&mut accounts);
    fx.send(&[vault.instruction(accounts, instruction::Cancel {})], &[&user.key])
}

#[test]
fn only_the_owner_cancels() {
    let (mut fx, alice) = gained();
    let bob = fx.depositor(0);
    fx.vault().request_redeem(&alice, 100 * USDC).unwrap();
    let cancel = unsigned(fx.deployment.vault.cancel(&alice.pubkey(), 0), 0);
    fx.assert_refused("AccountNotSigner", |fx| fx.send(&[cancel], &[]));
    fx.assert_refused("NotTicketOwner", |fx| cancel_with(fx, &bob, |_| ()));
}

#[test]
fn every_account_is_the_vaults_own() {
    let (mut fx, alice) = gained();
    let other = another_vault(&mut fx);
    let own = fx.deployment.vault.addresses;
    fx.vault().request_redeem(&alice, 100 * USDC).unwrap();
    let refusals: [(&str, fn(&mut accounts::Cancel, Pubkey), Pubkey); 5] = [
        ("WrongLedger", |accounts, key| accounts.ledger = key, other.addresses.ledger),
        ("WrongEscrow", |accounts, key| accounts.escrow = key, other.addresses.escrow),
        ("DuplicateTokenAccount", |accounts, key| accounts.recipient = key, own.escrow),
        ("MintMismatch", |accounts, key| accounts.recipient = key, alice.base),
        ("AccountDiscriminatorMismatch", |accounts, key| accounts.ticket = key, own.vault),
    ];
    for (name, change, key) in refusals {
        fx.assert_refused(name, |fx| cancel_with(fx, &alice, |accounts| change(accounts, key)));
    }
    fx.assert_refused("WrongVault", |fx| {
        cancel_with(fx, &alice, |accounts| {
            accounts.vault = other.addresses.vault;
            accounts.ledger = other.addresses.ledger;
            accounts.escrow = other.addresses.escrow;
        })
    });
}

#[test]
fn an_unpaid_ticket_is_undone() {
    let (mut fx, alice) = gained();
    fx.vault().request_redeem(&alice, 100 * USDC).unwrap();
    let ticket = fx.deployment.vault.ticket(0);
    let receipt = fx.vault().cancel(&alice, 0).unwrap();
    assert_eq!((fx.balance(&alice.shares), fx.balance(&fx.deployment.vault.addresses.escrow)), (400 * USDC, 0));
    assert!(fx.ticket(0).is_none());
    let vault = fx.vault_state();
    assert_eq!((vault.shares, vault.queued_shares), (400 * USDC, 0));
    assert_eq!((vault.ticket_head, vault.ticket_tail), (0, 1));
    assert_eq!(fx.ledger().reserved, 0);
    let events = vault_events(&receipt);
    let [VaultEvent::TicketCancelled(event)] = events.as_slice() else { panic!("one cancellation, not {events:?}") };
    assert_eq!((event.ticket, event.owner, event.sequence), (ticket, alice.pubkey(), 0));
    assert_eq!((event.shares, event.closed), (100 * USDC, true));
    fx.assert_identities();
}

#[test]
fn what_was_paid_before_stays_claimable() {
    let (mut fx, alice) = invested();
    fx.vault().request_redeem(&alice, 900 * USDC).unwrap();
    fx.vault().fill_tickets(1).unwrap();
    let before = fx.ticket(0).unwrap();
    let receipt = fx.vault().cancel(&alice, 0).unwrap();
    let events = vault_events(&receipt);
    let [VaultEvent::TicketCancelled(event)] = events.as_slice() else { panic!("one cancellation, not {events:?}") };
    assert_eq!((event.shares, event.closed), (before.shares_left, false));
    assert_eq!(fx.balance(&alice.shares), 100 * USDC + before.shares_left);

    let ticket = fx.ticket(0).unwrap();
    assert_eq!(ticket.status, ::vault::TicketStatus::Cancelled as u8);
    assert_eq!((ticket.shares_left, ticket.claimable), (0, before.claimable));
    fx.assert_refused("TicketNotOpen", |fx| fx.vault().cancel(&alice, 0));
    fx.assert_identities();

    // Its place is passed although the account is still there.
    fx.vault().fill_tickets(1).unwrap();
    assert_eq!(fx.vault_state().ticket_head, 1);
    fx.vault().claim(&alice, 0).unwrap();
    assert!(fx.ticket(0).is_none());
    fx.assert_identities();
}

#[test]
fn a_filled_ticket_cannot_be_cancelled() {
    let (mut fx, alice) = gained();
    fx.vault().request_redeem(&alice, 100 * USDC).unwrap();
    fx.vault().fill_tickets(1).unwrap();
    fx.assert_refused("TicketNotOpen", |fx| fx.vault().cancel(&alice, 0));
}

#[test]
fn shares_may_go_to_anybody() {
    let (mut fx, alice) = gained();
    let bob = fx.depositor(0);
    fx.vault().request_redeem(&alice, 100 * USDC).unwrap();
    cancel_with(&mut fx, &alice, |accounts| accounts.recipient = bob.shares).unwrap();
    assert_eq!(fx.balance(&bob.shares), 100 * USDC);
    fx.assert_identities();
}

#[test]
fn no_pause_no_feed_and_no_valuation_stands_in_the_way() {
    let (mut fx, alice) = invested();
    let guardian = fx.deployment.actors.guardian.insecure_clone();
    fx.vault().request_redeem(&alice, 500 * USDC).unwrap();
    fx.vault().pause(&guardian, Direction::Deposits).unwrap();
    fx.vault().pause(&guardian, Direction::InstantExits).unwrap();
    fx.warp(30 * DAY);
    fx.vault().cancel(&alice, 0).unwrap();
    assert_eq!(fx.balance(&alice.shares), 1_000 * USDC);
    fx.assert_identities();
}

#[test]
fn who_cancels_and_comes_again_stands_behind() {
    let (mut fx, alice) = gained();
    let bob = fx.depositor(100 * USDC);
    fx.vault().deposit(&bob, 100 * USDC, 0).unwrap();
    fx.vault().request_redeem(&alice, 50 * USDC).unwrap();
    fx.vault().request_redeem(&bob, 50 * USDC).unwrap();
    fx.vault().cancel(&alice, 0).unwrap();
    fx.vault().request_redeem(&alice, 50 * USDC).unwrap();
    assert_eq!(fx.ticket(2).unwrap().owner, alice.pubkey());
    // Two places: the gap and Bob.
    fx.vault().fill_tickets(2).unwrap();
    assert_eq!((fx.ticket(1).unwrap().shares_left, fx.ticket(2).unwrap().shares_left), (0, 50 * USDC));
}

/// A ticket that was passed gives its shares back at any time, and what it was paid before stays claimable.
#[test]
fn a_passed_ticket_gives_its_shares_back() {
    let (mut fx, alice) = gained();
    let bob = fx.depositor(100 * USDC);
    fx.vault().deposit(&bob, 100 * USDC, 0).unwrap();
    fx.vault().request_redeem_at_least(&alice, 100 * USDC, u64::MAX).unwrap();
    fx.vault().fill_tickets(1).unwrap();
    fx.vault().request_redeem(&bob, 50 * USDC).unwrap();
    let (vault, reserved) = (fx.vault_state(), fx.ledger().reserved);
    assert_eq!((vault.passed_shares, vault.queued_shares), (100 * USDC, 50 * USDC));
    fx.assert_refused("NotTicketOwner", |fx| cancel_with(fx, &bob, |_| ()));

    let receipt = fx.vault().cancel(&alice, 0).unwrap();
    let events = vault_events(&receipt);
    let [VaultEvent::TicketCancelled(event)] = events.as_slice() else { panic!("one cancellation, not {events:?}") };
    assert_eq!((event.shares, event.closed), (100 * USDC, true));
    let vault = fx.vault_state();
    assert_eq!((vault.passed_shares, vault.queued_shares, vault.ticket_head), (0, 50 * USDC, 1));
    assert_eq!(fx.balance(&alice.shares), 400 * USDC);
    assert_eq!(fx.ledger().reserved, reserved, "nothing was kept for it");
    fx.assert_identities();
}
