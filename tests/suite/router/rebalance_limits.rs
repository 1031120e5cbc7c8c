//! What a keeper's move is held to: bounds, statuses, the oracle's verdict, the venue's own limits, the loss budgets.

use super::*;

use gimbal::pda::router_seeds::keeper_address;
use gimbal_control::Direction;
use lending_venue::ReserveConfig;
use risk_oracle::SetLineRiskArgs;
use strategy_router::{Keeper, LimitsArgs, LineParams};

fn set(fx: &mut Fixture, place: usize, change: impl FnOnce(&mut LineParams)) {
    let owner = fx.deployment.actors.owner.insecure_clone();
    let mut params = LineParams::of(&fx.line(place));
    change(&mut params);
    fx.router().set_bounds(&owner, place, params).unwrap();
}

/// The first line's caps in the book, over the risks that the deployment gave it.
fn set_risk(fx: &mut Fixture, cap_bps: u16, cap: u64) {
    let owner = fx.deployment.actors.owner.insecure_clone();
    let risks = [0, 1, risk_oracle::NO_RISK, risk_oracle::NO_RISK];
    fx.oracle().set_line_risk(&owner, SetLineRiskArgs { line: 1, risks, cap_bps, cap }).unwrap();
}

#[test]
fn a_lines_cap_holds_its_target() {
    let (mut fx, _) = funded(quiet(1), 1_000 * USDC);
    set(&mut fx, 0, |params| params.cap = 300 * USDC);
    fx.router().rebalance(0).unwrap();
    assert_eq!(fx.line(0).mid, 300 * USDC);
    // A lower cap brings the rest back.
    set(&mut fx, 0, |params| params.cap = 120 * USDC);
    fx.pass(600);
    fx.router().rebalance(0).unwrap();
    assert_eq!((fx.line(0).mid, fx.ledger().cash_tracked), (120 * USDC, 880 * USDC));
}

#[test]
fn a_verdict_holds_new_money_and_none_is_a_refusal() {
    let (mut fx, _) = funded(quiet(1), 1_000 * USDC);
    set_risk(&mut fx, 10_000, 0);
    fx.assert_refused("RiskLimit", |fx| fx.router().rebalance(0));
    set_risk(&mut fx, 2_500, u64::MAX);
    fx.router().rebalance(0).unwrap();
    assert_eq!(fx.line(0).mid, 250 * USDC);
    fx.pass(600);
    fx.assert_refused("RiskLimit", |fx| fx.router().rebalance(0));
    set_risk(&mut fx, 2_500, 100 * USDC);
    fx.assert_refused("RiskLimit", |fx| fx.router().rebalance(0));
    // Money that comes back asks nobody.
    set(&mut fx, 0, |params| (params.target_bps, params.max_bps) = (1_000, 1_000));
    fx.router().rebalance(0).unwrap();
    assert_eq!(fx.line(0).mid, 100 * USDC);
}

#[test]
fn a_risk_that_lines_share_holds_them_together() {
    let (mut fx, _) = funded(quiet(2), 1_000 * USDC);
    let owner = fx.deployment.actors.owner.insecure_clone();
    // Row 0 is the issuer of the base asset, which both lines depend on.
    let shared = risk_oracle::SetRiskArgs { index: 0, label: *b"issuer:Circle\0\0\0", cap_bps: 6_000, cap: u64::MAX };
    fx.oracle().set_risk(&owner, shared).unwrap();
    fx.router().rebalance(0).unwrap();
    fx.router().rebalance(1).unwrap();
    assert_eq!((fx.line(0).mid, fx.line(1).mid), (450 * USDC, 150 * USDC));
}

#[test]
fn without_the_book_or_the_oracle_there_is_no_verdict() {
    let (mut fx, _) = funded(quiet(1), 1_000 * USDC);
    let keeper = fx.router().keeper(0);
    let line = fx.deployment.lines[0].context.clone();
    let good = gimbal::instructions::router::rebalance(&fx.deployment.vault, &line, &keeper.pubkey());
    let book = fx.deployment.vault.addresses.book;
    own::with_book(&mut fx);
    let foreign = fx.deployment.vault.addresses.book;
    for (name, from, to) in [("ForeignAccount", book, foreign), ("InvalidProgramId", risk_oracle::ID, swap_venue::ID)] {
        let mut wrong = good.clone();
        wrong.accounts.iter_mut().filter(|account| account.pubkey == from).for_each(|account| account.pubkey = to);
        fx.assert_refused(name, |fx| fx.send(&gimbal::bundle::with_budget(&[wrong]), &[&keeper]));
    }
}

#[test]
fn a_pause_stops_new_money_only() {
    let (mut fx, _) = invested();
    let guardian = fx.deployment.actors.guardian.insecure_clone();
    fx.router().pause(&guardian, Direction::NewMoney).unwrap();
    set(&mut fx, 0, |params| params.target_bps = 5_000);
    fx.pass(600);
    fx.router().rebalance(0).unwrap();
    set(&mut fx, 0, |params| params.target_bps = 9_000);
    fx.pass(600);
    fx.assert_refused("NewMoneyPaused", |fx| fx.router().rebalance(0));
}

#[test]
fn a_frozen_line_only_comes_down() {
    let (mut fx, alice) = invested();
    let guardian = fx.deployment.actors.guardian.insecure_clone();
    fx.router().set_status(&guardian, 0, FROZEN).unwrap();
    fx.pass(600);
    fx.vault().deposit(&alice, 1_000 * USDC, 0).unwrap();
    fx.assert_refused("InsideBand", |fx| fx.router().rebalance(0));
    set(&mut fx, 0, |params| params.target_bps = 2_000);
    fx.router().rebalance(0).unwrap();
    assert_eq!(fx.line(0).mid, 400 * USDC);
}

#[test]
fn a_line_that_winds_down_goes_to_nothing_whatever_its_band() {
    let (mut fx, _) = invested();
    let guardian = fx.deployment.actors.guardian.insecure_clone();
    set(&mut fx, 0, |params| (params.min_bps, params.band_bps) = (5_000, 5_000));
    fx.router().set_status(&guardian, 0, WINDING_DOWN).unwrap();
    fx.pass(600);
    fx.router().rebalance(0).unwrap();
    assert_eq!((fx.line(0).position, fx.ledger().cash_tracked), (0, 1_000 * USDC));
}

#[test]
fn the_venues_limits_hold() {
    let (mut fx, _) = funded(quiet(1), 1_000 * USDC);
    let config = quiet(1).lines[0].reserve;
    let limit = ReserveConfig { deposit_limit: 5_000_070 * USDC + INITIAL_DEPOSIT, ..config };
    fx.lending().set_config(0, limit).unwrap();
    fx.router().rebalance(0).unwrap();
    assert_eq!(fx.line(0).mid, 70 * USDC);
    fx.pass(600);
    fx.assert_refused("VenueClosed", |fx| fx.router().rebalance(0));
    fx.lending().set_config(0, ReserveConfig { block_ctoken_usage: true, ..config }).unwrap();
    fx.assert_refused("VenueClosed", |fx| fx.router().rebalance(0));
    fx.lending().set_config(0, config).unwrap();
    // 1 is obsolete: no deposits, but withdrawals.
    fx.lending().set_status(0, 1).unwrap();
    fx.assert_refused("VenueClosed", |fx| fx.router().rebalance(0));
    set(&mut fx, 0, |params| params.target_bps = 0);
    fx.router().rebalance(0).unwrap();
    assert_eq!(fx.line(0).position, 0);
}

#[test]
fn a_market_that_lent_all_pays_nothing() {
    let (mut fx, _) = invested();
    fx.lending().borrow(0, u64::MAX).unwrap();
    set(&mut fx, 0, |params| params.target_bps = 5_000);
    fx.chain.advance_slots(1_500).unwrap();
    fx.refresh_all();
    fx.assert_refused("VenueIlliquid", |fx| fx.router().rebalance(0));
    fx.lending().repay(0, 100 * USDC).unwrap();
    fx.router().rebalance(0).unwrap();
    assert!(fx.ledger().cash_tracked.abs_diff(200 * USDC) <= 1, "{}", fx.ledger().cash_tracked);
}

#[test]
fn what_is_decided_rests_on_fresh_values() {
    let (mut fx, _) = funded(quiet(2), 1_000 * USDC);
    fx.router().rebalance(0).unwrap();
    fx.warp(61);
    fx.assert_refused("StaleVenue", |fx| fx.router().rebalance(1));
    fx.lending().refresh(1).unwrap();
    // Ten minutes are allowed for the other line's valuation.
    fx.router().rebalance(1).unwrap();
    fx.warp(600);
    fx.lending().refresh(1).unwrap();
    fx.assert_refused("StaleNav", |fx| fx.router().rebalance(1));
}

/// A market of 600 USDC, 480 of them lent for 150 slots at 4%: a token is worth 1.0000000684932, so that a deposit of
/// 400 USDC buys 399.999972 tokens worth 399.999999, a unit less than is paid.
fn rounding_market(loss_budget_bps: u16, keeper_loss_budget_bps: u16) -> (Fixture, User) {
    let mut plan = quiet(1);
    (plan.limits.loss_budget_bps, plan.limits.keeper_loss_budget_bps) = (loss_budget_bps, keeper_loss_budget_bps);
    let line = &mut plan.lines[0];
    line.liquidity = 600 * USDC - INITIAL_DEPOSIT;
    (line.params.target_bps, line.params.max_bps) = (4_000, 10_000);
    let (mut fx, alice) = funded(plan, 1_000 * USDC);
    fx.lending().borrow(0, 480 * USDC).unwrap();
    fx.pass(60);
    (fx, alice)
}

#[test]
fn a_loss_is_charged_to_the_unit() {
    let (mut fx, _) = rounding_market(1, 1);
    let receipt = fx.router().rebalance(0).unwrap();
    let line = fx.line(0);
    assert_eq!((line.invested, line.position, line.mid), (400_000_000, 399_999_972, 399_999_999));
    assert_eq!((line.keeper_loss, fx.ledger().epoch.loss_used), (1, 1));
    let key = fx.router().keeper(0).pubkey();
    let keeper: Keeper = fx.read(&keeper_address(&fx.deployment.vault.addresses.ledger, &key).0);
    assert_eq!((keeper.loss_used, keeper.epoch_start), (1, now(&fx)));
    let RouterEvent::Rebalanced(event) = event(&receipt) else { panic!("a line was moved") };
    assert_eq!((event.amount, event.loss, event.mid), (400_000_000, 1, 399_999_999));
    fx.assert_identities();
}

#[test]
fn without_a_budget_not_a_unit_may_be_lost() {
    for (all, each) in [(0, 0), (1, 0)] {
        let (mut fx, _) = rounding_market(all, each);
        fx.assert_refused("LossBudgetExceeded", |fx| fx.router().rebalance(0));
    }
}

#[test]
fn bringing_lacking_cash_back_is_exempt_from_the_budget() {
    let (mut fx, alice) = rounding_market(1, 1);
    fx.router().rebalance(0).unwrap();
    let owner = fx.deployment.actors.owner.insecure_clone();
    let none = LimitsArgs { loss_budget_bps: 0, keeper_loss_budget_bps: 0, ..fx.deployment.plan.limits };
    fx.router().set_limits(&owner, none).unwrap();
    // 651.2 are queued and 50 wanted besides; 600 are at hand.
    fx.vault().request_redeem(&alice, 651_200_000).unwrap();
    assert_eq!(fx.ledger().reserved, 651_200_000);
    let receipt = fx.router().rebalance(0).unwrap();
    let RouterEvent::Rebalanced(event) = event(&receipt) else { panic!("a line was moved") };
    // The tokens for 101.2 are worth a unit more than is paid.
    assert_eq!((event.amount, event.loss), (101_200_000, 1));
    assert_eq!((fx.line(0).keeper_loss, fx.ledger().epoch.loss_used), (1, 1));
}
