//! The bounty of whoever takes a line down that must come down: what it is paid for, and out of what.

use super::*;

use gimbal::instructions::{router::Bounty, token};
use gimbal::setup::tokens;
use strategy_router::{policy::derisk::Causes, state::GAIN_UNLOCK_SECONDS, LimitsArgs, LineParams};

/// Seconds after which money that went in counts as lying there.
const AGED: u64 = GAIN_UNLOCK_SECONDS.unsigned_abs();

/// `count` quiet lines; 5 basis points of bounty, at most 0.6 USDC a day.
fn plan(count: usize) -> Plan {
    let mut plan = quiet(count);
    plan.limits = LimitsArgs { bounty_bps: 5, bounty_budget: 600_000, ..plan.limits };
    plan
}

/// 1,000 USDC of Alice's, 900 of them in the lines for more than six hours.
fn aged(count: usize) -> (Fixture, User) {
    let (mut fx, alice) = funded(plan(count), 1_000 * USDC);
    for place in 0..count {
        fx.router().rebalance(place).unwrap();
    }
    fx.pass(AGED);
    (fx, alice)
}

fn paid_to(user: &User) -> Bounty {
    Bounty { destination: Some(user.base), network: None }
}

/// A stranger's reduction of a line for a bounty: what came back, what it earned, and why.
#[track_caller]
fn derisk(fx: &mut Fixture, stranger: &User, place: usize) -> (u64, u64, u8) {
    let (before, held) = (fx.ledger(), fx.balance(&stranger.base));
    let receipt = fx.router().derisk_for(&stranger.key, place, paid_to(stranger)).unwrap();
    let RouterEvent::Derisked(event) = event(&receipt) else { panic!("a line was taken down") };
    let after = fx.ledger();
    assert_eq!(event.by, stranger.pubkey());
    assert_eq!(fx.balance(&stranger.base), held + event.bounty);
    assert_eq!(after.cash_tracked, before.cash_tracked + event.amount - event.bounty);
    assert_eq!(after.bounties_paid, before.bounties_paid + event.bounty);
    fx.assert_identities();
    (event.amount, event.bounty, event.causes)
}

fn wind_down(fx: &mut Fixture, place: usize) {
    let guardian = fx.deployment.actors.guardian.insecure_clone();
    fx.router().set_status(&guardian, place, WINDING_DOWN).unwrap();
}

#[test]
fn a_stranger_is_paid_a_part_of_what_came_back() {
    let (mut fx, _) = aged(1);
    let stranger = fx.depositor(0);
    wind_down(&mut fx, 0);
    // 5 basis points of 900.
    assert_eq!(derisk(&mut fx, &stranger, 0), (900 * USDC, 450_000, Causes::WINDING_DOWN));
    let ledger = fx.ledger();
    assert_eq!((ledger.epoch.bounty_used, ledger.epoch.pay_used, ledger.keeper_owed), (450_000, 450_000, 0));
    assert_eq!(ledger.nav(now(&fx)).unwrap().mid, 1_000 * USDC - 450_000);
    // There is nothing left to reduce, and nothing more to earn.
    let refused = fx.assert_unchanged(|fx| fx.router().derisk_for(&stranger.key, 0, paid_to(&stranger))).unwrap_err();
    assert_eq!(refused.name(), "NothingToDerisk");
}

#[test]
fn bounties_end_with_their_budget_and_begin_with_the_next_epoch() {
    let (mut fx, _) = aged(2);
    let stranger = fx.depositor(0);
    let owner = fx.deployment.actors.owner.insecure_clone();
    let tight = LimitsArgs { bounty_budget: 300_000, ..fx.deployment.plan.limits };
    fx.router().set_limits(&owner, tight).unwrap();
    wind_down(&mut fx, 0);
    wind_down(&mut fx, 1);
    // 5 basis points of 450 are 0.225; of the second only what is left of 0.3 is paid.
    assert_eq!(derisk(&mut fx, &stranger, 0), (450 * USDC, 225_000, Causes::WINDING_DOWN));
    let mut later = fx.clone();
    assert_eq!(derisk(&mut fx, &stranger, 1), (450 * USDC, 75_000, Causes::WINDING_DOWN));
    later.pass(DAY);
    assert_eq!(derisk(&mut later, &stranger, 1), (450 * USDC, 225_000, Causes::WINDING_DOWN));
    assert_eq!(later.ledger().epoch.bounty_used, 225_000);
}

#[test]
fn it_comes_out_of_the_pay_of_all_keepers() {
    let mut plan = plan(2);
    (plan.limits.keeper_pay, plan.limits.keeper_pay_budget) = (200_000, 600_000);
    let (mut fx, _) = funded(plan, 1_000 * USDC);
    fx.router().rebalance(0).unwrap();
    fx.router().rebalance(1).unwrap();
    fx.pass(AGED);
    let stranger = fx.depositor(0);
    wind_down(&mut fx, 0);
    // Two moves have taken 0.4 of the epoch's 0.6.
    assert_eq!(derisk(&mut fx, &stranger, 0).1, 200_000);
    // So the next move earns nothing in this epoch.
    let owed = fx.ledger().keeper_owed;
    let curator = fx.deployment.actors.curator.insecure_clone();
    let params = LineParams { target_bps: 1_000, ..LineParams::of(&fx.line(1)) };
    fx.router().set_bounds(&curator, 1, params).unwrap();
    fx.router().rebalance(1).unwrap();
    assert_eq!(fx.ledger().keeper_owed, owed);
    fx.assert_identities();
}

#[test]
fn the_budget_is_a_thousandth_of_a_small_vault() {
    let mut plan = plan(1);
    plan.limits = LimitsArgs { bounty_bps: 50, bounty_budget: 100 * USDC, ..plan.limits };
    let (mut fx, _) = funded(plan, 1_000 * USDC);
    fx.router().rebalance(0).unwrap();
    fx.pass(AGED);
    let stranger = fx.depositor(0);
    wind_down(&mut fx, 0);
    // Half a percent of 900 are 4.5; a thousandth of 1,000 is 1.
    assert_eq!(derisk(&mut fx, &stranger, 0).1, USDC);
}

#[test]
fn money_that_has_just_gone_in_earns_nothing() {
    let (mut fx, _) = funded(plan(1), 1_000 * USDC);
    fx.router().rebalance(0).unwrap();
    let stranger = fx.depositor(0);
    let mut half = fx.clone();
    wind_down(&mut fx, 0);
    assert_eq!(derisk(&mut fx, &stranger, 0), (900 * USDC, 0, Causes::WINDING_DOWN));
    half.pass(AGED / 2);
    wind_down(&mut half, 0);
    assert_eq!(derisk(&mut half, &stranger, 0), (900 * USDC, 225_000, Causes::WINDING_DOWN));
}

#[test]
fn only_what_is_over_the_cap_is_paid_for() {
    let (mut fx, _) = aged(1);
    let guardian = fx.deployment.actors.guardian.insecure_clone();
    let stranger = fx.depositor(0);
    let set = |fx: &mut Fixture, max_bps, cap| {
        let params = LineParams { target_bps: max_bps, max_bps, cap, ..LineParams::of(&fx.line(0)) };
        fx.router().set_bounds(&guardian, 0, params).unwrap();
    };
    // Over its greatest weight, which whoever takes cash out brings about.
    set(&mut fx, 8_000, 1_000 * USDC);
    assert_eq!(derisk(&mut fx, &stranger, 0), (100 * USDC, 0, Causes::OVER_MAX));
    // Over both: 300 over the weight, of which 200 over the cap.
    set(&mut fx, 5_000, 600 * USDC);
    assert_eq!(derisk(&mut fx, &stranger, 0), (300 * USDC, 100_000, Causes::OVER_MAX | Causes::OVER_CAP));
}

#[test]
fn a_stale_nav_costs_the_bounty_and_not_the_reduction() {
    let (mut fx, _) = aged(2);
    let stranger = fx.depositor(0);
    wind_down(&mut fx, 0);
    fx.warp(601);
    assert_eq!(derisk(&mut fx, &stranger, 0), (450 * USDC, 0, Causes::WINDING_DOWN));
    fx.refresh_all();
    wind_down(&mut fx, 1);
    assert_eq!(derisk(&mut fx, &stranger, 1), (450 * USDC, 225_000, Causes::WINDING_DOWN));
}

#[test]
fn who_names_no_account_or_no_book_is_not_paid() {
    let (fx, _) = aged(1);
    let mut without_account = fx.clone();
    let stranger = without_account.depositor(0);
    wind_down(&mut without_account, 0);
    without_account.router().derisk(&stranger.key, 0).unwrap();
    assert_eq!((without_account.ledger().bounties_paid, without_account.ledger().cash_tracked), (0, 1_000 * USDC));
    // Whether the signer may be paid is read in the book.
    let mut without_book = fx;
    let stranger = without_book.depositor(0);
    wind_down(&mut without_book, 0);
    let (vault, line) = (without_book.deployment.vault, without_book.deployment.lines[0].context.clone());
    let mut derisk = gimbal::instructions::router::derisk_for(&vault, &line, &stranger.pubkey(), paid_to(&stranger));
    for account in derisk.accounts.iter_mut().filter(|account| account.pubkey == vault.addresses.book) {
        *account = anchor_lang::prelude::AccountMeta::new_readonly(strategy_router::ID, false);
    }
    without_book.send(&gimbal::bundle::with_budget(&[derisk]), &[&stranger.key]).unwrap();
    assert_eq!((without_book.ledger().bounties_paid, without_book.ledger().cash_tracked), (0, 1_000 * USDC));
}

#[test]
fn accounts_that_are_not_the_ledgers_or_cannot_take_it_are_refused() {
    let (mut fx, _) = aged(1);
    let stranger = fx.depositor(0);
    wind_down(&mut fx, 0);
    let vault = fx.deployment.vault;
    let to = |destination| Bounty { destination: Some(destination), network: None };
    fx.assert_refused("SameAccount", |fx| fx.router().derisk_for(&stranger.key, 0, to(vault.addresses.cash)));
    let token_mint = fx.deployment.token;
    let other = tokens::issue(&mut fx.chain, &fx.deployment.actors, &token_mint, &stranger.pubkey(), 0).unwrap();
    fx.assert_refused("MintMismatch", |fx| fx.router().derisk_for(&stranger.key, 0, to(other)));
    let missing = token::associated(&Keypair::new().pubkey(), &vault.base_mint, &vault.base_token_program);
    assert!(fx.assert_unchanged(|fx| fx.router().derisk_for(&stranger.key, 0, to(missing))).is_err());
    // Another ledger's book.
    let line = fx.deployment.lines[0].context.clone();
    let good = gimbal::instructions::router::derisk_for(&vault, &line, &stranger.pubkey(), paid_to(&stranger));
    own::with_book(&mut fx);
    let own = fx.deployment.vault.addresses;
    let mut foreign = good;
    let book = foreign.accounts.iter_mut().find(|account| account.pubkey == vault.addresses.book).unwrap();
    book.pubkey = own.book;
    fx.assert_refused("ForeignAccount", |fx| fx.send(&gimbal::bundle::with_budget(&[foreign]), &[&stranger.key]));
}

/// Whoever puts money into a line and takes cash out again makes its weight as large as he likes, in one transaction or in
/// many, and earns nothing by taking it down.
#[test]
fn an_excess_of_ones_own_making_cannot_be_milked() {
    let mut plan = plan(1);
    (plan.lines[0].params.target_bps, plan.lines[0].params.max_bps) = (4_000, 4_000);
    let (mut fx, _) = funded(plan, 1_000 * USDC);
    fx.router().rebalance(0).unwrap();
    fx.pass(AGED);
    let thief = fx.depositor(100_000 * USDC);
    for round in 0..5 {
        fx.vault().deposit_and_allocate(&thief, 10_000 * USDC, 0, 0).unwrap();
        assert!(fx.line(0).mid > 4_000 * USDC, "{}", fx.line(0).mid);
        // He takes most of it out again; the line is more than half of what stays.
        let cash = fx.ledger().cash_tracked;
        fx.vault().withdraw(&thief, cash.min(6_500 * USDC), u64::MAX).unwrap();
        if round % 2 == 1 {
            fx.pass(AGED);
        }
        let (came_back, bounty, causes) = derisk(&mut fx, &thief, 0);
        assert!(came_back > 1_000 * USDC);
        assert_eq!((bounty, causes), (0, Causes::OVER_MAX));
    }
    assert_eq!(fx.ledger().bounties_paid, 0);
}
