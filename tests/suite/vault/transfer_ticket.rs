//! `transfer_ticket`: a ticket goes to another owner with all that it will be paid.

use super::*;
use ::vault::{accounts, instruction};
use gimbal_control::Direction;

/// Alice's ticket 0 of 100 shares; Bob is somebody else.
fn requested() -> (Fixture, User, User) {
    let (mut fx, alice) = appreciated();
    let bob = fx.depositor(0);
    fx.vault().request_redeem_at_least(&alice, 40_100_000, 50_000_000).unwrap();
    (fx, alice, bob)
}

/// A transfer of ticket 0 to `new_owner` with some of its accounts changed.
fn transfer_with(
    fx: &mut Fixture,
    user: &User,
    new_owner: Pubkey,
    change: impl FnOnce(&mut accounts::TransferTicket),
) -> Outcome {
    let vault = fx.deployment.vault;
    let mut accounts = vault.transfer_ticket_accounts(&user.pubkey(), 0);
    change(&mut accounts);
    fx.send(&[vault.instruction(accounts, instruction::TransferTicket { new_owner })], &[&user.key])
}

#[test]
fn only_the_owner_hands_it_on() {
    let (mut fx, alice, bob) = requested();
    let transfer = unsigned(fx.deployment.vault.transfer_ticket(&alice.pubkey(), 0, &bob.pubkey()), 0);
    fx.assert_refused("AccountNotSigner", |fx| fx.send(&[transfer], &[]));
    fx.assert_refused("NotTicketOwner", |fx| transfer_with(fx, &bob, bob.pubkey(), |_| ()));
    let owner = fx.deployment.actors.owner.insecure_clone();
    let theft = fx.deployment.vault.transfer_ticket(&owner.pubkey(), 0, &owner.pubkey());
    fx.assert_refused("NotTicketOwner", |fx| fx.send(&[theft], &[&owner]));
}

#[test]
fn the_ticket_is_one_of_this_vault() {
    let (mut fx, alice, bob) = requested();
    let other = another_vault(&mut fx);
    let own = fx.deployment.vault.addresses;
    let refusals: [(&str, fn(&mut accounts::TransferTicket, Pubkey), Pubkey); 3] = [
        ("WrongVault", |accounts, key| accounts.vault = key, other.addresses.vault),
        ("AccountDiscriminatorMismatch", |accounts, key| accounts.ticket = key, own.vault),
        ("AccountOwnedByWrongProgram", |accounts, key| accounts.ticket = key, alice.base),
    ];
    for (name, change, key) in refusals {
        fx.assert_refused(name, |fx| transfer_with(fx, &alice, bob.pubkey(), |accounts| change(accounts, key)));
    }
}

#[test]
fn nobody_is_no_owner() {
    let (mut fx, alice, _) = requested();
    fx.assert_refused("ZeroKey", |fx| transfer_with(fx, &alice, Pubkey::default(), |_| ()));
}

#[test]
fn only_the_owner_changes() {
    let (mut fx, alice, bob) = requested();
    let (ticket, vault, ledger) = (fx.ticket(0).unwrap(), fx.vault_state(), fx.ledger());
    let receipt = fx.vault().transfer_ticket(&alice, 0, &bob.pubkey()).unwrap();

    let after = fx.ticket(0).unwrap();
    assert_eq!((ticket.owner, after.owner), (alice.pubkey(), bob.pubkey()));
    let rest = |ticket: &::vault::Ticket| {
        let terms = (ticket.overdue_at, ticket.in_kind_at, ticket.exit_fee_bps, ticket.requested_at);
        (ticket.status, ticket.sequence, ticket.shares, ticket.shares_left, ticket.min_assets, terms)
    };
    assert_eq!(rest(&after), rest(&ticket));
    assert_eq!((fx.vault_state().queued_shares, fx.ledger().reserved), (vault.queued_shares, ledger.reserved));
    let events = vault_events(&receipt);
    let [VaultEvent::TicketTransferred(event)] = events.as_slice() else { panic!("one transfer, not {events:?}") };
    assert_eq!((event.ticket, event.sequence), (fx.deployment.vault.ticket(0), 0));
    assert_eq!((event.previous, event.owner), (alice.pubkey(), bob.pubkey()));
    fx.assert_identities();
}

#[test]
fn all_that_it_is_paid_and_its_rent_are_the_new_owners() {
    let (mut fx, alice, bob) = requested();
    fx.vault().transfer_ticket(&alice, 0, &bob.pubkey()).unwrap();
    fx.assert_refused("NotTicketOwner", |fx| fx.vault().cancel(&alice, 0));
    fx.vault().fill_tickets(1).unwrap();
    fx.assert_refused("NotTicketOwner", |fx| fx.vault().claim(&alice, 0));

    let lamports = |fx: &Fixture| fx.chain.get_account(&bob.pubkey()).unwrap().unwrap().lamports;
    let before = lamports(&fx);
    let rent = fx.chain.get_account(&fx.deployment.vault.ticket(0)).unwrap().unwrap().lamports;
    fx.vault().claim(&bob, 0).unwrap();
    assert_eq!((fx.balance(&bob.base), lamports(&fx) - before), (50_100_000, rent));
    fx.assert_identities();
}

/// A ticket that was filled in part, filled, cancelled or passed is handed on with what is still in it.
#[test]
fn it_is_handed_on_in_every_state() {
    let (mut fx, alice) = invested();
    let bob = fx.depositor(0);
    fx.vault().request_redeem(&alice, 900 * USDC).unwrap();
    fx.vault().fill_tickets(1).unwrap();
    let paid = fx.ticket(0).unwrap().claimable;
    fx.vault().transfer_ticket(&alice, 0, &bob.pubkey()).unwrap();
    fx.vault().cancel(&bob, 0).unwrap();
    assert!(fx.balance(&bob.shares) > 0);
    // And back: what was paid before the first transfer is Alice's again.
    fx.vault().transfer_ticket(&bob, 0, &alice.pubkey()).unwrap();
    let before = fx.balance(&alice.base);
    fx.vault().claim(&alice, 0).unwrap();
    assert_eq!(fx.balance(&alice.base) - before, paid);
    // A closed one is no more.
    fx.assert_refused("AccountOwnedByWrongProgram", |fx| fx.vault().transfer_ticket(&alice, 0, &bob.pubkey()));
    fx.assert_identities();
}

#[test]
fn no_pause_no_feed_and_no_valuation_stands_in_the_way() {
    let (mut fx, alice) = invested();
    let bob = fx.depositor(0);
    let guardian = fx.deployment.actors.guardian.insecure_clone();
    fx.vault().request_redeem(&alice, 500 * USDC).unwrap();
    fx.vault().pause(&guardian, Direction::Deposits).unwrap();
    fx.vault().pause(&guardian, Direction::InstantExits).unwrap();
    fx.warp(30 * DAY);
    fx.vault().transfer_ticket(&alice, 0, &bob.pubkey()).unwrap();
    assert_eq!(fx.ticket(0).unwrap().owner, bob.pubkey());
}
