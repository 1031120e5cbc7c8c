//! What a ticket is paid, in whole and in part, with and without a fee.

use super::*;

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
