//! Tickets that were paid in part, stand in the middle, or were passed.

use super::*;
use ::vault::TicketStatus;

/// What was paid before stays claimable, once; only the rest goes in kind.
#[test]
fn a_ticket_that_was_paid_in_part_redeems_the_rest() {
    let (mut fx, alice) = invested();
    fx.vault().request_redeem(&alice, 900 * USDC).unwrap();
    fx.vault().fill_tickets(1).unwrap();
    let ticket = fx.ticket(0).unwrap();
    let (supply, position) = (fx.vault_state().shares, fx.line(0).position);
    assert!(ticket.claimable > 399 * USDC && ticket.shares_left > 0);
    fx.warp(IN_KIND);
    let collateral = fx.vault().kind_receivers(&alice)[0].1;
    fx.vault().redeem_in_kind(&alice, 0).unwrap();
    let share = u128::from(position) * u128::from(ticket.shares_left) / u128::from(supply);
    assert_eq!(u128::from(fx.balance(&collateral)), share);

    let after = fx.ticket(0).unwrap();
    assert_eq!((after.status, after.shares_left), (TicketStatus::Filled as u8, 0));
    assert_eq!(after.claimable, ticket.claimable);
    fx.assert_identities();
    fx.assert_refused("TicketNotOpen", |fx| in_kind_with(fx, &alice, |_| (), |_| ()));
    fx.assert_refused("TicketNotOpen", |fx| fx.vault().cancel(&alice, 0));
    let before = fx.balance(&alice.base);
    fx.vault().claim(&alice, 0).unwrap();
    assert_eq!(fx.balance(&alice.base) - before, ticket.claimable);
    assert!(fx.ticket(0).is_none());
    fx.assert_identities();
}

#[test]
fn a_ticket_in_the_middle_leaves_a_place_that_is_passed() {
    let (mut fx, alice) = invested();
    let bob = fx.depositor(0);
    for shares in [100, 200, 50] {
        fx.vault().request_redeem(&alice, shares * USDC).unwrap();
    }
    fx.vault().transfer_ticket(&alice, 1, &bob.pubkey()).unwrap();
    fx.warp(IN_KIND);
    fx.vault().redeem_in_kind(&bob, 1).unwrap();
    let vault = fx.vault_state();
    assert_eq!((vault.ticket_head, vault.queued_shares, vault.shares), (0, 150 * USDC, 800 * USDC));
    fx.assert_identities();
    fx.refresh_all();
    fx.vault().fill_tickets(3).unwrap();
    assert_eq!((fx.vault_state().ticket_head, fx.vault_state().queued_shares), (3, 0));
    fx.assert_identities();
}

#[test]
fn a_ticket_that_was_passed_goes_in_kind_too() {
    let (mut fx, alice) = invested();
    fx.vault().request_redeem_at_least(&alice, 250 * USDC, u64::MAX).unwrap();
    fx.vault().fill_tickets(1).unwrap();
    assert_eq!((fx.vault_state().passed_shares, fx.vault_state().ticket_head), (250 * USDC, 1));
    // Somebody else's ticket is at the head by now, and cash is demanded for it.
    fx.vault().request_redeem(&alice, 500 * USDC).unwrap();
    fx.warp(IN_KIND);
    fx.vault().demand().unwrap();
    let overdue = fx.ledger().overdue;
    fx.vault().redeem_in_kind(&alice, 0).unwrap();
    let (vault, ledger) = (fx.vault_state(), fx.ledger());
    assert_eq!((vault.passed_shares, vault.queued_shares, vault.shares), (0, 500 * USDC, 750 * USDC));
    assert_eq!(vault.ticket_head, 1, "the head is another's");
    // A quarter of everything less for three quarters of the shares: the price is the same, up to rounding.
    assert!(ledger.overdue <= overdue && ledger.overdue + 10 > overdue, "{} of {overdue}", ledger.overdue);
    assert!(ledger.reserved >= ledger.overdue);
    fx.assert_identities();
}
