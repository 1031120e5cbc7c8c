//! The states of a ticket, from request to claim.

use super::*;

#[test]
fn a_ticket_lives_from_request_to_claim() {
    let mut ticket = open_ticket(100);
    assert_eq!(ticket.claim(), Err(VaultError::NothingToClaim));
    assert_eq!(ticket.fill(paid(60, 90, 0)), Ok(()));
    assert_eq!(ticket.claim(), Ok(Assets(90)));
    assert_eq!(ticket.claim(), Err(VaultError::NothingToClaim), "claimed once");
    assert_eq!(ticket.fill(paid(41, 60, 0)), Err(VaultError::AmountOverflow), "more than is left");
    assert_eq!(ticket.fill(paid(40, 60, 0)), Ok(()));
    assert_eq!(ticket.status, TicketStatus::Filled as u8);
    assert_eq!(ticket.fill(paid(0, 1, 0)), Err(VaultError::TicketNotOpen));
    assert_eq!(ticket.cancel(), Err(VaultError::TicketNotOpen));
    assert_eq!(ticket.pass(), Err(VaultError::TicketNotOpen));
    assert_eq!(ticket.redeem_in_kind(5_000), Err(VaultError::TicketNotOpen));
    assert!(!ticket.is_spent());
    assert_eq!(ticket.claim(), Ok(Assets(60)));
    assert!(ticket.is_spent());
    assert_eq!(ticket.invariant(), Ok(()));
}

#[test]
fn a_cancelled_ticket_keeps_what_it_was_paid() {
    let mut ticket = open_ticket(100);
    assert_eq!(ticket.fill(paid(60, 90, 0)), Ok(()));
    assert_eq!(ticket.cancel(), Ok(Shares(40)));
    assert_eq!(ticket.cancel(), Err(VaultError::TicketNotOpen));
    assert_eq!(ticket.redeem_in_kind(5_000), Err(VaultError::TicketNotOpen));
    assert_eq!(ticket.claim(), Ok(Assets(90)));
    assert!(ticket.is_spent());
    assert_eq!(ticket.invariant(), Ok(()));
}

#[test]
fn a_passed_ticket_is_taken_back_or_goes_in_kind() {
    let mut ticket = open_ticket(100);
    assert_eq!(ticket.fill(paid(60, 90, 0)), Ok(()));
    assert_eq!(ticket.pass(), Ok(()));
    assert!(ticket.is_passed() && !ticket.is_open());
    assert_eq!(ticket.invariant(), Ok(()));
    assert_eq!(ticket.pass(), Err(VaultError::TicketNotOpen));
    assert_eq!(ticket.fill(paid(1, 1, 0)), Err(VaultError::TicketNotOpen));

    let mut back = ticket;
    assert_eq!(back.cancel(), Ok(Shares(40)));
    assert_eq!((back.claimable, back.invariant()), (90, Ok(())));

    assert_eq!(ticket.redeem_in_kind(2_999), Err(VaultError::TooEarlyInKind));
    assert_eq!(ticket.redeem_in_kind(3_000), Ok(Shares(40)));
    assert_eq!(ticket.redeem_in_kind(3_000), Err(VaultError::TicketNotOpen), "once");
    assert_eq!(ticket.cancel(), Err(VaultError::TicketNotOpen));
    assert_eq!((ticket.status, ticket.claimable, ticket.invariant()), (TicketStatus::Filled as u8, 90, Ok(())));
}

#[test]
fn deadlines_are_inclusive_and_a_transfer_keeps_them() {
    let mut ticket = open_ticket(100);
    let at = |ticket: &Ticket, now| {
        let waiting = ticket.waiting(now);
        (waiting.is_overdue, waiting.is_due_in_kind)
    };
    assert_eq!(at(&ticket, 1_999), (false, false));
    assert_eq!(at(&ticket, 2_000), (true, false));
    assert_eq!(at(&ticket, 2_999), (true, false));
    assert_eq!(at(&ticket, 3_000), (true, true));
    let next = anchor_lang::prelude::Pubkey::new_from_array([7; 32]);
    assert_eq!(ticket.transfer(Default::default()), Err(VaultError::ZeroKey));
    assert_eq!(ticket.transfer(next), Ok(Default::default()));
    assert_eq!((ticket.owner, at(&ticket, 2_000)), (next, (true, false)));
}
