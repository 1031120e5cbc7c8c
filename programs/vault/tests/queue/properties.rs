//! What filling keeps to, whatever the pool, the tickets and the cash.

use super::*;
use proptest::prelude::*;

const V: u128 = 1_000_000;

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever cash comes in whatever pieces: the sums agree, nobody behind is paid before somebody in front, every
    /// ticket gets no more than its shares were worth alone and no less than its bound, and no unit of cash is made or
    /// lost.
    #[test]
    fn filling_conserves_shares_and_cash(
        lines in 0u64..5_000_000_000,
        others in 0u64..5_000_000_000,
        tickets in prop::collection::vec((1u64..2_000_000_000, 0u64..12, 0u16..=100), 1..8),
        cash in prop::collection::vec(0u64..2_000_000_000, 1..6),
    ) {
        let queued: u64 = tickets.iter().map(|(shares, ..)| shares).sum();
        let shares = others + queued;
        let mut vault = Vault::zeroed();
        vault.shares = shares;
        vault.queued_shares = queued;
        vault.ticket_tail = tickets.len() as u64;
        let price_ten = (u128::from(lines) + V) * 10 / (u128::from(shares) + V);
        let mut left: Vec<Ticket> = tickets.iter().map(|(shares, tenths, fee)| {
            let mut ticket = open_ticket(*shares);
            // None, then from a fifth of today's price to more than it.
            let bound = u128::from(*shares) * price_ten * u128::from(*tenths) / 100;
            ticket.min_assets = u64::try_from(bound).unwrap();
            ticket.exit_fee_bps = *fee;
            ticket
        }).collect();

        let (mut held, mut came_in, mut lines) = (0u64, 0u64, lines);
        for piece in cash {
            // A recall: value moves from the lines to cash.
            let piece = piece.min(lines);
            lines -= piece;
            held += piece;
            came_in += piece;
            let nav = held + lines;
            let exit = exit(vault.pool(nav).unwrap());
            let mut queue = Queue::new(vault.ticket_head, vault.ticket_tail, exit, Assets(held));
            while !queue.is_empty() {
                let ticket = &mut left[queue.head as usize];
                let before = queue;
                let waiting = ticket.waiting(0);
                match queue.next(&waiting).unwrap() {
                    Step::Paid(paid) => {
                        let gross = u128::from(paid.assets.0 + paid.fee.0);
                        prop_assert!(gross * (u128::from(before.exit.pool.shares.0) + V)
                            <= u128::from(paid.shares.0) * (u128::from(before.exit.pool.assets.0) + V));
                        let bound = u128::from(paid.shares.0) * u128::from(ticket.min_assets);
                        let slack = if paid.shares.0 == ticket.shares { 0 } else { 2 };
                        prop_assert!(u128::from(paid.assets.0 + slack) * u128::from(ticket.shares) >= bound);
                        ticket.fill(paid).unwrap();
                    }
                    Step::Passed => {
                        prop_assert!(ticket.min_assets > 0);
                        prop_assert_eq!((queue.exit, queue.available), (before.exit, before.available));
                        ticket.pass().unwrap();
                    }
                    Step::LacksCash => {
                        prop_assert_eq!(queue, before);
                        break;
                    }
                    Step::LacksValuation => prop_assert!(false, "every line was valued now"),
                }
                prop_assert_eq!(queue.head, before.head + u64::from(!ticket.is_open()));
                if ticket.is_open() {
                    break;
                }
            }
            vault.filled(&queue).unwrap();
            prop_assert_eq!(vault.invariant(), Ok(()));
            held = queue.available.0;
            prop_assert_eq!(held + vault.claims_owed, came_in);
        }

        let claimable: u64 = left.iter().map(|ticket| ticket.claimable).sum();
        let of = |status: TicketStatus| left.iter().filter(move |ticket| ticket.status == status as u8);
        let open: u64 = of(TicketStatus::Open).map(|ticket| ticket.shares_left).sum();
        let passed: u64 = of(TicketStatus::Passed).map(|ticket| ticket.shares_left).sum();
        prop_assert_eq!(claimable, vault.claims_owed);
        prop_assert_eq!((open, passed), (vault.queued_shares, vault.passed_shares));
        prop_assert_eq!(vault.shares, others + open + passed);
        for (place, ticket) in left.iter().enumerate() {
            prop_assert_eq!(ticket.is_open(), place >= vault.ticket_head as usize);
            if place > vault.ticket_head as usize {
                prop_assert_eq!(ticket.filled_assets, 0);
            }
        }
    }

    /// What is kept for the queue always pays the queue: with that much cash, one pass fills every ticket.
    #[test]
    fn what_is_kept_pays_the_whole_queue(
        nav in 1u64..5_000_000_000,
        others in 0u64..5_000_000_000,
        tickets in prop::collection::vec((1u64..2_000_000_000, 0u16..=100), 1..8),
    ) {
        let queued: u64 = tickets.iter().map(|(shares, _)| shares).sum();
        let pool = pool(nav, others + queued);
        let kept = math::queue_value_up(Shares(queued), pool).unwrap();
        let mut queue = Queue::new(0, tickets.len() as u64, exit(pool), kept);
        for (shares, fee_bps) in tickets {
            // A fill of dust may leave nothing of NAV: then the rest waits for a recovery.
            if queue.exit.pool.assets.is_zero() {
                return Ok(());
            }
            let before = queue.available;
            match queue.next(&Waiting { fee_bps, ..waiting(shares) }).unwrap() {
                Step::Paid(paid) => prop_assert_eq!(paid.shares, Shares(shares)),
                // Fees that stayed with the pool have raised the price for those behind, beyond what was kept at first;
                // no more than they were.
                Step::LacksCash => prop_assert!(before.is_zero()),
                other => prop_assert!(false, "{:?}", other),
            }
        }
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
        let whole = fill(&waiting(first + second), u64::MAX, pool).assets.0;
        let mut queue = Queue::new(0, 2, exit(pool), Assets(u64::MAX));
        queue.next(&waiting(first)).unwrap();
        queue.next(&waiting(second)).unwrap();
        prop_assert!(queue.paid.0 <= whole && whole <= queue.paid.0 + 1);
    }

    /// Nobody who stays loses by a fill, in part or whole, with or without a fee: their price does not fall.
    #[test]
    fn who_stays_loses_nothing(
        nav in 1u64..5_000_000_000,
        others in 1u64..5_000_000_000,
        shares in 1u64..1_000_000_000,
        fee_bps in 0u16..=100,
        cash in 0u64..2_000_000_000,
    ) {
        let before = pool(nav, others + shares);
        let mut queue = Queue::new(0, 1, exit(before), Assets(cash.min(nav)));
        queue.next(&Waiting { fee_bps, ..waiting(shares) }).unwrap();
        let after = queue.exit.pool;
        prop_assert!((u128::from(after.assets.0) + V) * (u128::from(before.shares.0) + V)
            >= (u128::from(before.assets.0) + V) * (u128::from(after.shares.0) + V));
    }

    /// Whatever the age of the valuations between zero and stale, a ticket that today's last known values would pay
    /// within its bound is never passed before its first deadline.
    #[test]
    fn age_alone_passes_nobody(
        low in 1u64..5_000_000_000,
        margin in 0u64..1_000_000_000,
        others in 0u64..5_000_000_000,
        shares in 1u64..1_000_000_000,
        min_assets in 1u64..2_000_000_000,
        fee_bps in 0u16..=100,
        age in 0i64..86_400,
        cash in 0u64..5_000_000_000,
    ) {
        let ticket = Waiting { fee_bps, min_assets: Assets(min_assets), ..waiting(shares) };
        let refreshed = ticket.payment_down(Shares(shares), &exit(pool(low + margin, others + shares))).unwrap();
        let mut queue = Queue::new(0, 1, exit(pool(low, others + shares)), Assets(cash));
        queue.margin = Assets(margin);
        queue.age = age;
        let step = queue.next(&ticket).unwrap();
        if refreshed.assets.0 >= min_assets {
            prop_assert_ne!(step, Step::Passed);
        }
        if let Step::Paid(paid) = step {
            let slack = if paid.shares.0 == shares { 0 } else { 2 };
            prop_assert!(u128::from(paid.assets.0 + slack) * u128::from(shares)
                >= u128::from(min_assets) * u128::from(paid.shares.0));
        }
    }
}
