//! The queue: worked examples, and that filling conserves shares and cash in whatever pieces it is done.

use bytemuck::Zeroable;
use gimbal_math::{Assets, Pool, Shares};
use proptest::prelude::*;
use vault::math::{self, Fill, Queue};
use vault::{preview, Ticket, TicketStatus, Vault, VaultError};

fn pool(assets: u64, shares: u64) -> Pool {
    Pool { assets: Assets(assets), shares: Shares(shares) }
}

fn fill(shares: u64, assets: u64) -> Fill {
    Fill { shares: Shares(shares), assets: Assets(assets) }
}

/// 5,000,000 assets to 3,000,000 shares: with the virtual million on both sides, 3 for 2.
const THREE_FOR_TWO: (u64, u64) = (5_000_000, 3_000_000);

#[test]
fn a_ticket_is_paid_whole_where_cash_suffices() {
    let pool = pool(THREE_FOR_TWO.0, THREE_FOR_TWO.1);
    assert_eq!(math::fill(Shares(1_001), Assets(1_501), pool), Ok(fill(1_001, 1_501)), "1,501.5, rounded down");
}

/// 1,500 cash buys exactly 1,000 of 1,001 shares; 100 cash buys 66.67 of them, so 66, which are worth 99.
#[test]
fn a_ticket_is_paid_in_part_where_cash_ends() {
    let pool = pool(THREE_FOR_TWO.0, THREE_FOR_TWO.1);
    assert_eq!(math::fill(Shares(1_001), Assets(1_500), pool), Ok(fill(1_000, 1_500)));
    assert_eq!(math::fill(Shares(1_001), Assets(100), pool), Ok(fill(66, 99)));
    assert_eq!(math::fill(Shares(1_001), Assets(1), pool), Ok(fill(0, 0)), "one base unit pays no share");
    assert_eq!(math::fill(Shares(1_001), Assets(0), pool), Ok(fill(0, 0)));
}

#[test]
fn dust_never_blocks_the_queue() {
    // A share is worth a tenth of a base unit.
    let pool = pool(0, 9_000_000);
    assert_eq!(math::fill(Shares(3), Assets(0), pool), Ok(fill(0, 0)), "nothing is burnt while NAV is zero");
    let pool = Pool { assets: Assets(1), ..pool };
    assert_eq!(math::fill(Shares(3), Assets(0), pool), Ok(fill(3, 0)));
}

#[test]
fn the_last_ticket_after_a_loss_takes_what_there_is() {
    let halved = pool(500_000_000, 1_000_000_000);
    assert_eq!(math::fill(Shares(1_000_000_000), Assets(500_000_000), halved), Ok(fill(1_000_000_000, 500_000_000)));
}

#[test]
fn the_queue_is_kept_for_and_the_rest_is_free() {
    let pool = pool(THREE_FOR_TWO.0, THREE_FOR_TWO.1);
    assert_eq!(math::queue_value_up(Shares(1_001), pool), Ok(Assets(1_502)), "1,501.5, rounded up");
    assert_eq!(math::free_cash_down(10_000, 100, Shares(1_001), pool), Ok(Assets(8_398)));
    assert_eq!(math::free_cash_down(1_000, 100, Shares(1_001), pool), Ok(Assets(0)));
    assert_eq!(math::free_cash_down(50, 100, Shares(0), pool), Ok(Assets(0)));
}

#[test]
fn a_queue_has_an_end() {
    let mut queue = Queue::new(7, 8, pool(0, 0), Assets(0));
    assert_eq!(queue.pass(), Ok(()));
    assert!(queue.is_empty());
    assert_eq!(queue.pass(), Err(VaultError::NothingToFill));
}

fn open_ticket(shares: u64) -> Ticket {
    let mut ticket = Ticket::zeroed();
    ticket.status = TicketStatus::Open as u8;
    ticket.shares = shares;
    ticket.shares_left = shares;
    ticket
}

#[test]
fn a_ticket_lives_from_request_to_claim() {
    let mut ticket = open_ticket(100);
    assert_eq!(ticket.claim(), Err(VaultError::NothingToClaim));
    assert_eq!(ticket.fill(fill(60, 90)), Ok(()));
    assert_eq!(ticket.claim(), Ok(Assets(90)));
    assert_eq!(ticket.claim(), Err(VaultError::NothingToClaim), "claimed once");
    assert_eq!(ticket.fill(fill(41, 60)), Err(VaultError::AmountOverflow), "more than is left");
    assert_eq!(ticket.fill(fill(40, 60)), Ok(()));
    assert_eq!(ticket.status, TicketStatus::Filled as u8);
    assert_eq!(ticket.fill(fill(0, 1)), Err(VaultError::TicketNotOpen));
    assert_eq!(ticket.cancel(), Err(VaultError::TicketNotOpen));
    assert!(!ticket.is_spent());
    assert_eq!(ticket.claim(), Ok(Assets(60)));
    assert!(ticket.is_spent());
    assert_eq!(ticket.invariant(), Ok(()));
}

#[test]
fn a_cancelled_ticket_keeps_what_it_was_paid() {
    let mut ticket = open_ticket(100);
    assert_eq!(ticket.fill(fill(60, 90)), Ok(()));
    assert_eq!(ticket.cancel(), Ok(Shares(40)));
    assert_eq!(ticket.cancel(), Err(VaultError::TicketNotOpen));
    assert_eq!(ticket.claim(), Ok(Assets(90)));
    assert!(ticket.is_spent());
    assert_eq!(ticket.invariant(), Ok(()));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever cash comes in whatever pieces: the sums agree, nobody behind is paid before somebody in front, every
    /// ticket gets no more than its shares were worth alone, and no unit of cash is made or lost.
    #[test]
    fn filling_conserves_shares_and_cash(
        lines in 0u64..5_000_000_000,
        others in 0u64..5_000_000_000,
        tickets in prop::collection::vec(0u64..2_000_000_000, 1..8),
        cash in prop::collection::vec(0u64..2_000_000_000, 1..6),
    ) {
        let queued: u64 = tickets.iter().sum();
        let shares = others + queued;
        let mut vault = Vault::zeroed();
        vault.shares = shares;
        vault.queued_shares = queued;
        vault.ticket_tail = tickets.len() as u64;
        let mut left: Vec<Ticket> = tickets.iter().map(|shares| open_ticket(*shares)).collect();

        let (mut held, mut came_in, mut lines) = (0u64, 0u64, lines);
        for piece in cash {
            // A recall: value moves from the lines to cash.
            let piece = piece.min(lines);
            lines -= piece;
            held += piece;
            came_in += piece;
            let nav = held + lines;
            let mut queue = Queue::new(vault.ticket_head, vault.ticket_tail, vault.pool(nav).unwrap(), Assets(held));
            while !queue.is_empty() {
                let ticket = &mut left[queue.head as usize];
                let before = queue;
                let paid = queue.fill_next(Shares(ticket.shares_left)).unwrap();
                prop_assert!(u128::from(paid.assets.0) * (u128::from(before.pool.shares.0) + 1_000_000)
                    <= u128::from(paid.shares.0) * (u128::from(before.pool.assets.0) + 1_000_000));
                if paid.shares.is_zero() && ticket.shares_left > 0 {
                    prop_assert_eq!(queue, before);
                    break;
                }
                if ticket.shares_left > 0 {
                    ticket.fill(paid).unwrap();
                }
                if ticket.shares_left > 0 {
                    prop_assert_eq!(queue.head, before.head);
                    break;
                }
            }
            vault.filled(&queue).unwrap();
            prop_assert_eq!(vault.invariant(), Ok(()));
            held = queue.available.0;
            prop_assert_eq!(held + vault.claims_owed, came_in);
        }

        let claimable: u64 = left.iter().map(|ticket| ticket.claimable).sum();
        let waiting: u64 = left.iter().map(|ticket| ticket.shares_left).sum();
        prop_assert_eq!(claimable, vault.claims_owed);
        prop_assert_eq!(waiting, vault.queued_shares);
        prop_assert_eq!(vault.shares, others + waiting);
        for (place, ticket) in left.iter().enumerate() {
            if place < vault.ticket_head as usize {
                prop_assert_eq!(ticket.shares_left, 0);
            } else if place > vault.ticket_head as usize {
                prop_assert_eq!(ticket.filled_assets, 0);
            }
        }
    }

    /// What is kept for the queue always pays the queue: with that much cash, one pass fills every ticket.
    #[test]
    fn what_is_kept_pays_the_whole_queue(
        nav in 1u64..5_000_000_000,
        others in 0u64..5_000_000_000,
        tickets in prop::collection::vec(1u64..2_000_000_000, 1..8),
    ) {
        let queued: u64 = tickets.iter().sum();
        let pool = pool(nav, others + queued);
        let kept = math::queue_value_up(Shares(queued), pool).unwrap();
        let mut queue = Queue::new(0, tickets.len() as u64, pool, kept);
        for shares in tickets {
            // A fill of dust may leave nothing of NAV: then the rest waits for a recovery.
            if queue.pool.assets.is_zero() {
                return Ok(());
            }
            prop_assert_eq!(queue.fill_next(Shares(shares)).unwrap().shares, Shares(shares));
        }
        prop_assert!(queue.is_empty());
    }

    /// Splitting a ticket into two does not pay more than leaving it whole, and less by at most one base unit: the dust
    /// of the first goes to all who stay, of whom the second is only one.
    #[test]
    fn splitting_a_ticket_gains_nothing(
        nav in 1u64..5_000_000_000,
        others in 0u64..5_000_000_000,
        first in 1u64..1_000_000_000,
        second in 1u64..1_000_000_000,
    ) {
        let pool = pool(nav, others + first + second);
        let whole = math::fill(Shares(first + second), Assets(u64::MAX), pool).unwrap().assets.0;
        let mut queue = Queue::new(0, 2, pool, Assets(u64::MAX));
        queue.fill_next(Shares(first)).unwrap();
        queue.fill_next(Shares(second)).unwrap();
        prop_assert!(queue.paid.0 <= whole && whole <= queue.paid.0 + 1);
    }

    /// A preview from the account is the arithmetic of the flow: shares accrued as fees count, the queue does not.
    #[test]
    fn previews_count_fee_shares(
        nav in 0u64..1_000_000_000_000,
        shares in 1u64..1_000_000_000_000,
        fee_shares in 0u64..1_000_000_000,
        amount in 1u64..1_000_000_000,
    ) {
        let mut vault = Vault::zeroed();
        vault.shares = shares;
        vault.fee_shares = fee_shares;
        vault.queued_shares = shares / 2;
        let priced = pool(nav, shares + fee_shares);
        prop_assert_eq!(preview::deposit(&vault, nav, amount), math::deposit(Assets(amount), priced));
        prop_assert_eq!(preview::mint(&vault, nav, amount), math::mint(Shares(amount), priced));
        prop_assert_eq!(preview::withdraw(&vault, nav, amount), math::withdraw(Assets(amount), priced));
        prop_assert_eq!(preview::redeem(&vault, nav, amount), math::redeem(Shares(amount), priced));
    }
}
