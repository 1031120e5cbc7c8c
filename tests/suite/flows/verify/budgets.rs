//! Budgets of an epoch, limits and fresh money: what was paid holds, and what was changed behind the router's back is named.

use super::super::risk::contagion::{bounty, connected, fail};
use super::corruptions::found;
use super::*;

/// Names of what is broken after a change of the ledger of a busy vault.
fn of_ledger(change: impl FnOnce(&mut Ledger)) -> Vec<String> {
    found(|fx| alter_ledger(fx, change))
}

#[test]
fn a_bounty_that_was_paid_holds() {
    let mut market = connected();
    fail(&mut market);
    let stranger = market.fx.depositor(0);
    let to = bounty(&market, &stranger);
    market.fx.router().derisk_for(&stranger.key, 0, to).unwrap();
    let mut fx = market.fx;
    let (epoch, paid) = (fx.ledger().epoch, fx.ledger().bounties_paid);
    assert!(epoch.bounty_used > 0 && paid == epoch.bounty_used && fx.balance(&stranger.base) == paid);
    assert_eq!(broken(&fx), [""; 0], "{}", report(&fx).text());
    for name in ["bounty", "bounty_pay", "bounty_paid", "promised", "pay", "epoch"] {
        assert_eq!(named(&report(&fx), &format!("budget.{name}")).status, Status::Holds, "{name}");
    }
    // One unit more than was taken out of cash, or than the epoch knows.
    let ledger = |fx: &mut Fixture, change: fn(&mut Ledger)| {
        let mut fx = fx.clone();
        alter_ledger(&mut fx, change);
        broken(&fx)
    };
    assert_eq!(ledger(&mut fx, |ledger| ledger.bounties_paid -= 1), ["cash.flows", "budget.bounty_paid"]);
    assert_eq!(ledger(&mut fx, |ledger| ledger.epoch.bounty_used += 1), ["budget.bounty_pay", "budget.bounty_paid"]);
    assert_eq!(ledger(&mut fx, |ledger| ledger.epoch.pay_used -= 1), ["budget.bounty_pay"]);
    // A budget that the owner lowers below what was paid is no fault of anybody's.
    alter_ledger(&mut fx, |ledger| ledger.limits.bounty_budget = paid - 1);
    assert_eq!((broken(&fx), named(&report(&fx), "budget.bounty").status), (Vec::new(), Status::Noted));
}

#[test]
fn what_was_never_promised_or_paid() {
    assert_eq!(of_ledger(|ledger| ledger.epoch.bounty_used = 1), ["budget.bounty_paid"]);
    let promised = |ledger: &mut Ledger| ledger.epoch.pay_used = ledger.keeper_owed + ledger.keeper_paid + 1;
    assert_eq!(of_ledger(promised), ["budget.promised"]);
    assert_eq!(of_ledger(|ledger| ledger.epoch.start += 30 * 86_400), ["budget.epoch"]);
}

#[test]
fn limits_and_a_policy_that_no_owner_can_choose() {
    // What waits for the limits is bound to what they were.
    let limits = ["limits.ledger", "change.ledger.0.hash"];
    assert_eq!(of_ledger(|ledger| ledger.limits.bounty_bps = 51), limits);
    assert_eq!(of_ledger(|ledger| ledger.limits.bounty_budget = u64::MAX), limits);
    assert_eq!(of_ledger(|ledger| ledger.limits.loss_budget_bps = 501), limits);
    assert_eq!(of_ledger(|ledger| ledger.policy = 3), ["policy"]);
}

#[test]
fn fresh_money_that_never_went_in() {
    assert_eq!(of_ledger(|ledger| ledger.lines[0].fresh.amount = ledger.lines[0].invested + 1), ["lines.fresh"]);
    assert_eq!(of_ledger(|ledger| ledger.lines[1].fresh.end += 86_400), ["lines.fresh"]);
    assert_eq!(of_ledger(|ledger| ledger.lines[1].entry_scale_bps = 10_001), ["lines.fresh"]);
}
