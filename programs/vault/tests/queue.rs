//! The queue: worked examples, bounds, fees and deadlines, and that filling conserves shares and cash in whatever pieces
//! it is done.

use bytemuck::Zeroable;
use gimbal_math::{Assets, Pool, Shares};
use proptest::prelude::*;
use vault::math::{self, Exit, Fill, Queue, Step, Waiting, SETTLED_AGE};
use vault::{Ticket, TicketStatus, Vault, VaultError};

const V: u128 = 1_000_000;

fn pool(assets: u64, shares: u64) -> Pool {
    Pool { assets: Assets(assets), shares: Shares(shares) }
}

fn paid(shares: u64, assets: u64, fee: u64) -> Fill {
    Fill { shares: Shares(shares), assets: Assets(assets), fee: Assets(fee) }
}

/// Leavers priced by a pool, all of whose shares there are, at the vault's highest exit fee: tickets bring their own.
fn exit(pool: Pool) -> Exit {
    Exit { pool, supply: pool.shares, fee_bps: 100 }
}

/// A ticket of `shares` without bound or fee, before its deadlines.
fn waiting(shares: u64) -> Waiting {
    Waiting {
        shares: Shares(shares),
        left: Shares(shares),
        min_assets: Assets(0),
        fee_bps: 0,
        is_overdue: false,
        is_due_in_kind: false,
    }
}

/// 5,000,000 assets to 3,000,000 shares: with the virtual million on both sides, 3 for 2.
fn three_for_two() -> Pool {
    pool(5_000_000, 3_000_000)
}

fn fill(ticket: &Waiting, available: u64, pool: Pool) -> Fill {
    math::fill(ticket, Assets(available), &exit(pool)).unwrap()
}

/// A queue of one place at `pool`, priced at this very moment.
fn one(pool: Pool, available: u64) -> Queue {
    Queue::new(0, 1, exit(pool), Assets(available))
}

#[test]
fn a_ticket_is_paid_whole_where_cash_suffices() {
    assert_eq!(fill(&waiting(1_001), 1_501, three_for_two()), paid(1_001, 1_501, 0), "1,501.5, rounded down");
}

/// 1,500 cash buys exactly 1,000 of 1,001 shares; 100 cash buys 66.67 of them, so 66, which are worth 99.
#[test]
fn a_ticket_is_paid_in_part_where_cash_ends() {
    let ticket = waiting(1_001);
    assert_eq!(fill(&ticket, 1_500, three_for_two()), paid(1_000, 1_500, 0));
    assert_eq!(fill(&ticket, 100, three_for_two()), paid(66, 99, 0));
    assert_eq!(fill(&ticket, 1, three_for_two()), Fill::NOTHING, "one base unit pays no share");
    assert_eq!(fill(&ticket, 0, three_for_two()), Fill::NOTHING);
    // At 2 for 3 a unit is the price of a share and a half: one share is worth nothing by itself, and is not burnt.
    assert_eq!(fill(&ticket, 1, pool(3_000_000, 5_000_000)), Fill::NOTHING);
    assert_eq!(fill(&ticket, 2, pool(3_000_000, 5_000_000)), paid(3, 2, 0));
}

/// 1% of 1,501 is 15.01: 16 stay with the others. 1,485 of cash is what 1,500 leave after 15.
#[test]
fn the_exit_fee_is_rounded_up_and_stays() {
    let ticket = Waiting { fee_bps: 100, ..waiting(1_001) };
    assert_eq!(fill(&ticket, 10_000, three_for_two()), paid(1_001, 1_485, 16));
    assert_eq!(fill(&ticket, 1_485, three_for_two()), paid(1_001, 1_485, 16));
    // 1,484 · 10,000 / 9,900 = 1,498.99 of gross are 998.67 shares; 998 of them are worth 1,497, less 14.97.
    assert_eq!(fill(&ticket, 1_484, three_for_two()), paid(998, 1_482, 15));

    let mut queue = one(three_for_two(), 10_000);
    assert_eq!(queue.next(&ticket), Ok(Step::Paid(paid(1_001, 1_485, 16))));
    assert_eq!(queue.exit.pool, pool(5_000_000 - 1_485 - 16, 3_000_000 - 1_001), "the fee is a locked gain");
    assert_eq!((queue.paid.0, queue.kept.0), (1_485, 16));
}

#[test]
fn who_leaves_nobody_behind_pays_no_fee() {
    let all = Waiting { fee_bps: 100, ..waiting(3_000_000) };
    assert_eq!(fill(&all, 5_000_000, three_for_two()), paid(3_000_000, 4_500_000, 0));
    // A unit of cash short, somebody stays: himself. All but one share would leave, were they free of the fee.
    let part = fill(&all, 4_499_999, three_for_two());
    assert_eq!(part, paid(2_999_999, 4_454_998, 45_000));
    // 3,000,000 · 6,000,000 / 4,000,001 = 4,499,998.9 while one share of somebody else's stays.
    assert_eq!(fill(&all, 5_000_000, pool(5_000_000, 3_000_001)), paid(3_000_000, 4_454_998, 45_000));
}

#[test]
fn the_fee_is_the_lower_of_the_two() {
    let mut ticket = open_ticket(1_000);
    ticket.exit_fee_bps = 30;
    // 1,500 of gross.
    for (now, assets, fee) in [(100, 1_495, 5), (30, 1_495, 5), (10, 1_498, 2), (0, 1_500, 0)] {
        let exit = Exit { fee_bps: now, ..exit(three_for_two()) };
        let fill = math::fill(&ticket.waiting(0), Assets(2_000), &exit);
        assert_eq!(fill, Ok(paid(1_000, assets, fee)), "{now} bps now, 30 at the request");
    }
}

#[test]
fn dust_never_blocks_the_queue() {
    // A share is worth a tenth of a base unit.
    let worthless = pool(0, 9_000_000);
    assert_eq!(fill(&waiting(3), 0, worthless), Fill::NOTHING, "nothing is burnt while NAV is zero");
    let dust = pool(1, 9_000_000);
    assert_eq!(fill(&waiting(3), 0, dust), paid(3, 0, 0));
    assert_eq!(fill(&Waiting { fee_bps: 100, ..waiting(3) }, 0, dust), paid(3, 0, 0));
    // Worth one unit, of which the fee is rounded up to all of it.
    assert_eq!(fill(&Waiting { fee_bps: 1, ..waiting(1) }, 0, three_for_two()), paid(1, 0, 1));
}

#[test]
fn the_last_ticket_after_a_loss_takes_what_there_is() {
    let halved = pool(500_000_000, 1_000_000_000);
    assert_eq!(fill(&waiting(1_000_000_000), 500_000_000, halved), paid(1_000_000_000, 500_000_000, 0));
}

#[test]
fn the_queue_is_kept_for_and_the_rest_is_free() {
    let pool = three_for_two();
    assert_eq!(math::queue_value_up(Shares(1_001), pool), Ok(Assets(1_502)), "1,501.5, rounded up");
    assert_eq!(math::free_cash_down(10_000, 100, Shares(1_001), pool), Ok(Assets(8_398)));
    assert_eq!(math::free_cash_down(1_000, 100, Shares(1_001), pool), Ok(Assets(0)));
    assert_eq!(math::free_cash_down(50, 100, Shares(0), pool), Ok(Assets(0)));
}

#[test]
fn a_queue_has_an_end() {
    let mut queue = Queue::new(7, 8, exit(pool(1, 1)), Assets(0));
    assert_eq!(queue.skip(), Ok(()));
    assert!(queue.is_empty());
    assert_eq!(queue.skip(), Err(VaultError::NothingToFill));
    assert_eq!(queue.next(&waiting(1)), Err(VaultError::NothingToFill));
}

mod bounds {
    use super::*;

    fn bound(shares: u64, min_assets: u64) -> Waiting {
        Waiting { min_assets: Assets(min_assets), ..waiting(shares) }
    }

    #[test]
    fn a_whole_ticket_meets_it_to_the_unit() {
        // 1,001 shares are worth 1,501.
        let mut queue = one(three_for_two(), 2_000);
        assert_eq!(queue.next(&bound(1_001, 1_501)), Ok(Step::Paid(paid(1_001, 1_501, 0))));
        let mut queue = one(three_for_two(), 2_000);
        assert_eq!(queue.next(&bound(1_001, 1_502)), Ok(Step::Passed));
        assert_eq!((queue.head, queue.passed, queue.burnt), (1, Shares(1_001), Shares(0)));
        assert_eq!((queue.exit.pool, queue.available), (three_for_two(), Assets(2_000)), "nothing was paid");
    }

    #[test]
    fn the_fee_counts() {
        let ticket = |min_assets| Waiting { fee_bps: 100, ..bound(1_001, min_assets) };
        assert_eq!(one(three_for_two(), 2_000).next(&ticket(1_485)), Ok(Step::Paid(paid(1_001, 1_485, 16))));
        assert_eq!(one(three_for_two(), 2_000).next(&ticket(1_486)), Ok(Step::Passed));
    }

    /// The bound is met exactly, and cash pays only parts, whose payments are rounded down: no part is a reason to pass.
    #[test]
    fn little_cash_is_no_reason_to_be_passed() {
        let ticket = bound(1_001, 1_501);
        // One share is worth 1.5 and its part of the bound 1.4995, rounded up to 2.
        assert_eq!(one(three_for_two(), 2).next(&ticket), Ok(Step::Paid(paid(1, 1, 0))));
        assert_eq!(one(three_for_two(), 1).next(&ticket), Ok(Step::LacksCash));
        assert_eq!(one(three_for_two(), 0).next(&ticket), Ok(Step::LacksCash));
        // The last share, after the others.
        let rest = Waiting { left: Shares(1), ..ticket };
        assert_eq!(one(three_for_two(), 2).next(&rest), Ok(Step::Paid(paid(1, 1, 0))));
    }

    #[test]
    fn a_part_that_the_fee_carries_below_it_waits_for_the_whole() {
        // Who takes all pays no fee: 4,500,000 for 3,000,000 shares. A part would pay one.
        let ticket = Waiting { fee_bps: 100, ..bound(3_000_000, 4_500_000) };
        assert_eq!(one(three_for_two(), 4_499_999).next(&ticket), Ok(Step::LacksCash));
        assert_eq!(one(three_for_two(), 4_500_000).next(&ticket), Ok(Step::Paid(paid(3_000_000, 4_500_000, 0))));
    }

    /// NAV low is 5,000,000 as aged, and 1,000,000 more if the lines were found unchanged now: 7 for 4 instead of 3 for 2.
    fn aged(age: i64) -> Queue {
        let mut queue = one(three_for_two(), 10_000);
        queue.margin = Assets(1_000_000);
        queue.age = age;
        queue
    }

    #[test]
    fn nobody_waits_for_values_to_age_until_it_is_missed() {
        // 1,000 shares: 1,500 as aged, 1,750 refreshed.
        for age in [0, SETTLED_AGE, SETTLED_AGE + 1, 86_400] {
            assert_eq!(aged(age).next(&bound(1_000, 1_750)), Ok(Step::LacksValuation), "{age} s");
            assert_eq!(aged(age).next(&bound(1_000, 1_500)), Ok(Step::Paid(paid(1_000, 1_500, 0))), "{age} s");
        }
        // Beyond what the last known values would give: those of the last minute decide, older ones do not.
        assert_eq!(aged(SETTLED_AGE).next(&bound(1_000, 1_751)), Ok(Step::Passed));
        assert_eq!(aged(SETTLED_AGE + 1).next(&bound(1_000, 1_751)), Ok(Step::LacksValuation));
    }

    #[test]
    fn a_tight_one_holds_nobody_up_beyond_the_first_deadline() {
        let overdue = Waiting { is_overdue: true, ..bound(1_000, 1_750) };
        assert_eq!(aged(SETTLED_AGE).next(&overdue), Ok(Step::Passed));
        assert_eq!(aged(SETTLED_AGE + 1).next(&overdue), Ok(Step::LacksValuation), "refresh, then fill");
    }

    #[test]
    fn without_a_nav_it_holds_nobody_up_beyond_the_second() {
        let stale = |available| Queue { is_stale: true, age: 90_000, ..one(three_for_two(), available) };
        let overdue = Waiting { is_overdue: true, ..bound(1_000, 1_501) };
        assert_eq!(stale(10_000).next(&overdue), Ok(Step::LacksValuation));
        let due_in_kind = Waiting { is_due_in_kind: true, ..overdue };
        assert_eq!(stale(10_000).next(&due_in_kind), Ok(Step::Passed));
        let content = Waiting { min_assets: Assets(1_500), ..due_in_kind };
        assert_eq!(stale(10_000).next(&content), Ok(Step::Paid(paid(1_000, 1_500, 0))));
    }

    #[test]
    fn nobody_is_passed_while_nothing_is_worth_anything() {
        assert_eq!(one(pool(0, 3_000_000), 0).next(&bound(1_000, 1)), Ok(Step::LacksCash));
    }

    #[test]
    fn any_number_is_a_bound() {
        assert_eq!(one(three_for_two(), 10_000).next(&bound(1_000, u64::MAX)), Ok(Step::Passed));
        let ticket = bound(u64::MAX, u64::MAX);
        assert_eq!(ticket.bound_up(Shares(7)), Ok(Assets(7)));
        assert_eq!(bound(3, 10).bound_up(Shares(1)), Ok(Assets(4)), "3.33, rounded up");
        assert_eq!(bound(3, 10).bound_up(Shares(4)), Err(VaultError::AmountOverflow));
        assert_eq!(waiting(0).bound_up(Shares(0)), Ok(Assets(0)));
    }
}

fn open_ticket(shares: u64) -> Ticket {
    let mut ticket = Ticket::zeroed();
    ticket.status = TicketStatus::Open as u8;
    ticket.shares = shares;
    ticket.shares_left = shares;
    ticket.requested_at = 1_000;
    ticket.overdue_at = 2_000;
    ticket.in_kind_at = 3_000;
    ticket
}

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
