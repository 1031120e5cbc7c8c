//! The least that a ticket accepts: when it is paid, waits, or is passed.

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
