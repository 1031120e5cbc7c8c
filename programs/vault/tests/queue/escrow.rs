//! The vault's side of its queue: what it counts, and what it lets in.

use super::*;

/// The vault's counts through every way out of the escrow.
#[test]
fn the_escrow_is_counted_through_every_way_out() {
    let mut vault = Vault::zeroed();
    vault.shares = 1_000;
    vault.limits.ticket_deadline = 3_600;
    assert_eq!(vault.deadlines(100), Ok((3_700, 7_300)));
    assert_eq!(vault.deadlines(i64::MAX), Err(VaultError::AmountOverflow));
    let tickets: Vec<Ticket> = (0..4)
        .map(|sequence| {
            assert_eq!(vault.enqueue(Shares(100)), Ok(sequence));
            let mut ticket = open_ticket(100);
            ticket.sequence = sequence;
            ticket
        })
        .collect();
    assert_eq!((vault.queued_shares, vault.escrowed_shares()), (400, 400));

    // The head is passed, then cancelled.
    let mut queue = Queue::new(0, 4, exit(pool(1_000, 1_000)), Assets(0));
    assert_eq!(queue.next(&Waiting { min_assets: Assets(u64::MAX), ..waiting(100) }), Ok(Step::Passed));
    vault.filled(&queue).unwrap();
    let mut passed = tickets[0];
    passed.pass().unwrap();
    assert_eq!((vault.queued_shares, vault.passed_shares, vault.escrowed_shares()), (300, 100, 400));
    assert!(!vault.is_head(&passed));
    vault.unescrow(&passed, Shares(100)).unwrap();
    assert_eq!((vault.queued_shares, vault.passed_shares, vault.shares), (300, 0, 1_000));

    // A ticket in the middle goes in kind: the head stays. The head does: it moves.
    vault.burn_in_kind(&tickets[2], Shares(100)).unwrap();
    assert_eq!((vault.ticket_head, vault.queued_shares, vault.shares), (1, 200, 900));
    vault.burn_in_kind(&tickets[1], Shares(100)).unwrap();
    assert_eq!((vault.ticket_head, vault.queued_shares, vault.shares), (2, 100, 800));
    vault.withdrew_in_kind(Assets(55)).unwrap();
    assert_eq!((vault.withdrawn, vault.invariant()), (55, Ok(())));
    // The last is cancelled: nothing is left, two places are.
    vault.unescrow(&tickets[3], Shares(100)).unwrap();
    assert_eq!((vault.ticket_head, vault.ticket_tail, vault.escrowed_shares()), (2, 4, 0));
    assert_eq!(vault.unescrow(&tickets[3], Shares(1)), Err(VaultError::AmountOverflow));
    assert_eq!(vault.invariant(), Ok(()));
}

#[test]
fn small_tickets_are_refused_unless_they_are_all_there_is() {
    let mut vault = Vault::zeroed();
    assert_eq!(vault.require_ticket_size(0, 0), Err(VaultError::ZeroShares));
    assert_eq!(vault.require_ticket_size(1, 5), Ok(()), "no least size");
    vault.limits.min_ticket = 100;
    assert_eq!(vault.require_ticket_size(99, 500), Err(VaultError::TicketTooSmall));
    assert_eq!(vault.require_ticket_size(100, 500), Ok(()));
    assert_eq!(vault.require_ticket_size(99, 99), Ok(()));
    assert_eq!(vault.require_ticket_size(0, 0), Err(VaultError::ZeroShares));
}
