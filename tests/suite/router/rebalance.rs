//! `rebalance` by fixed targets in bands: a keeper names the line, the program finds direction and amount.

use super::*;

use gimbal::instructions::router;
use gimbal::pda::router_seeds::keeper_address;
use strategy_router::{Keeper, LineParams};

/// Half of all in the line, with a band of 10% around it.
fn halves() -> Plan {
    let mut plan = quiet(1);
    (plan.lines[0].params.target_bps, plan.lines[0].params.band_bps) = (5_000, 1_000);
    plan
}

/// Sets the line's target, and its greatest weight if that is less.
fn steer(fx: &mut Fixture, target_bps: u16) {
    let curator = fx.deployment.actors.curator.insecure_clone();
    let was = LineParams::of(&fx.line(0));
    let params = LineParams { target_bps, max_bps: was.max_bps.max(target_bps), ..was };
    fx.router().set_bounds(&curator, 0, params).unwrap();
}

#[test]
fn only_a_registered_keeper_turns_the_crank() {
    let (mut fx, _) = funded(quiet(1), 1_000 * USDC);
    let cast = Cast::of(&fx);
    for key in [&cast.owner, &cast.curator, &cast.guardian, &cast.stranger] {
        fx.assert_refused("AccountOwnedByWrongProgram", |fx| fx.router().rebalance_by(key, 0));
    }
    let [first, second] = [0, 1].map(|number| fx.router().keeper(number));
    let line = fx.deployment.lines[0].context.clone();
    let good = router::rebalance(&fx.deployment.vault, &line, &first.pubkey());
    fx.assert_refused("AccountNotSigner", |fx| fx.send(&[unsigned(good.clone(), 0)], &[]));
    // Another keeper's registration.
    let mut borrowed = router::rebalance(&fx.deployment.vault, &line, &second.pubkey());
    borrowed.accounts[1] = good.accounts[1].clone();
    fx.assert_refused("ForeignAccount", |fx| fx.send(&[borrowed], &[&second]));
    fx.router().set_keeper_active(&cast.guardian, &first.pubkey(), false).unwrap();
    fx.assert_refused("KeeperInactive", |fx| fx.router().rebalance(0));
    fx.router().rebalance_by(&second, 0).unwrap();
}

#[test]
fn a_registration_with_another_ledger_is_none() {
    let (mut fx, _) = funded(quiet(1), 1_000 * USDC);
    let cast = Cast::of(&fx);
    let (context, line) = (fx.deployment.vault, fx.deployment.lines[0].context.clone());
    own::open(&mut fx);
    fx.router().register_keeper(&cast.owner, &cast.stranger.pubkey()).unwrap();
    let elsewhere = keeper_address(&fx.deployment.vault.addresses.ledger, &cast.stranger.pubkey()).0;
    let mut rebalance = router::rebalance(&context, &line, &cast.stranger.pubkey());
    rebalance.accounts[1].pubkey = elsewhere;
    fx.assert_refused("ForeignAccount", |fx| fx.send(&[rebalance], &[&cast.stranger]));
}

#[test]
fn the_line_comes_to_its_target() {
    let mut plan = quiet(1);
    plan.limits.keeper_pay = 10_000;
    let (mut fx, _) = funded(plan, 1_000 * USDC);
    let key = fx.router().keeper(0).pubkey();
    let receipt = fx.router().rebalance(0).unwrap();
    let (ledger, line) = (fx.ledger(), fx.line(0));
    assert_eq!((ledger.cash_tracked, ledger.invested, ledger.actions), (100 * USDC, 900 * USDC, 1));
    assert_eq!((line.position, line.invested, line.keeper_loss), (900 * USDC, 900 * USDC, 0));
    assert_eq!((line.low, line.mid, line.high), (900 * USDC, 900 * USDC, 900 * USDC));
    assert_eq!((line.last_action_at, line.last_action_slot), (now(&fx), fx.chain.clock().unwrap().slot));
    assert_eq!((ledger.epoch.start, ledger.epoch.nav_at_start), (now(&fx), 1_000 * USDC));
    assert_eq!((ledger.epoch.loss_used, ledger.epoch.pay_used, ledger.keeper_owed), (0, 10_000, 10_000));
    let keeper: Keeper = fx.read(&keeper_address(&fx.deployment.vault.addresses.ledger, &key).0);
    assert_eq!((keeper.actions, keeper.owed, keeper.loss_used), (1, 10_000, 0));
    let RouterEvent::Rebalanced(event) = event(&receipt) else { panic!("a line was moved") };
    assert_eq!((event.line, event.keeper, event.deployed), (1, key, true));
    assert_eq!((event.amount, event.loss, event.pay, event.mid), (900 * USDC, 0, 10_000, 900 * USDC));
    fx.assert_identities();
}

#[test]
fn the_line_comes_down_to_its_target() {
    let (mut fx, _) = invested();
    steer(&mut fx, 3_333);
    fx.pass(600);
    let receipt = fx.router().rebalance(0).unwrap();
    assert_eq!((fx.ledger().cash_tracked, fx.line(0).position), (666_700_000, 333_300_000));
    assert_eq!((fx.line(0).returned, fx.ledger().returned), (566_700_000, 566_700_000));
    let RouterEvent::Rebalanced(event) = event(&receipt) else { panic!("a line was moved") };
    assert_eq!((event.deployed, event.amount, event.loss, event.mid), (false, 566_700_000, 0, 333_300_000));
    fx.assert_identities();
}

#[test]
fn a_base_asset_under_token_2022_moves_as_well() {
    let (mut fx, alice) = funded(Plan { base_program: anchor_spl::token_2022::ID, ..quiet(1) }, 1_000 * USDC);
    let guardian = fx.deployment.actors.guardian.insecure_clone();
    fx.router().rebalance(0).unwrap();
    assert_eq!((fx.ledger().cash_tracked, fx.line(0).mid), (100 * USDC, 900 * USDC));
    fx.router().recall(&guardian, 0, 400 * USDC).unwrap();
    fx.vault().withdraw(&alice, 500 * USDC, u64::MAX).unwrap();
    assert_eq!((fx.ledger().cash_tracked, fx.line(0).mid), (0, 500 * USDC));
    fx.assert_identities();
}

#[test]
fn inside_the_band_nothing_moves() {
    let (mut fx, alice) = funded(halves(), 1_000 * USDC);
    fx.router().rebalance(0).unwrap();
    assert_eq!(fx.line(0).mid, 500 * USDC);
    fx.pass(600);
    // NAV 1,250: the target is 625, the band 125 on either side.
    fx.vault().deposit(&alice, 250 * USDC, 0).unwrap();
    fx.assert_refused("InsideBand", |fx| fx.router().rebalance(0));
    // NAV 1,250.000002: the target is 625.000001, the band 125.0000002, rounded down.
    fx.vault().deposit(&alice, 2, 0).unwrap();
    fx.router().rebalance(0).unwrap();
    assert_eq!(fx.line(0).mid, 625_000_001);
}

#[test]
fn the_bands_upper_end_is_as_exact() {
    let (mut fx, alice) = funded(halves(), 1_000 * USDC);
    fx.router().rebalance(0).unwrap();
    fx.pass(600);
    // NAV 833.333335: the target is 416.666667, the band 83.333333, their sum 500.000000.
    fx.vault().withdraw(&alice, 166_666_665, u64::MAX).unwrap();
    fx.assert_refused("InsideBand", |fx| fx.router().rebalance(0));
    // NAV 833.333332: 416.666666 and 83.333333.
    fx.vault().withdraw(&alice, 3, u64::MAX).unwrap();
    fx.router().rebalance(0).unwrap();
    assert_eq!(fx.line(0).mid, 416_666_666);
}

#[test]
fn a_cooldown_runs_from_the_last_rebalance() {
    let (mut fx, _) = invested();
    steer(&mut fx, 5_000);
    fx.assert_refused("CoolingDown", |fx| fx.router().rebalance(0));
    fx.pass(599);
    fx.assert_refused("CoolingDown", |fx| fx.router().rebalance(0));
    let second = fx.router().keeper(1);
    fx.assert_refused("CoolingDown", |fx| fx.router().rebalance_by(&second, 0));
    fx.pass(1);
    fx.router().rebalance(0).unwrap();
    assert_eq!(fx.line(0).mid, 500 * USDC);
}

#[test]
fn a_recall_by_a_role_starts_no_cooldown() {
    let (mut fx, _) = invested();
    let guardian = fx.deployment.actors.guardian.insecure_clone();
    fx.pass(600);
    fx.router().recall(&guardian, 0, 300 * USDC).unwrap();
    fx.router().rebalance(0).unwrap();
    assert_eq!(fx.line(0).mid, 900 * USDC);
}

#[test]
fn the_least_cash_is_not_deployed() {
    let (mut fx, _) = funded(quiet(1), 1_000 * USDC);
    steer(&mut fx, 10_000);
    fx.router().rebalance(0).unwrap();
    assert_eq!((fx.ledger().cash_tracked, fx.line(0).mid), (50 * USDC, 950 * USDC));
    fx.pass(600);
    // The target is still not reached, and nothing is free.
    fx.assert_refused("InsideBand", |fx| fx.router().rebalance(0));
}

#[test]
fn what_the_queue_is_worth_is_not_deployed() {
    let (mut fx, alice) = funded(quiet(1), 1_000 * USDC);
    fx.vault().request_redeem(&alice, 400 * USDC).unwrap();
    fx.router().rebalance(0).unwrap();
    // 1,000 less 400 less 5% of the 1,000 that still are NAV.
    assert_eq!((fx.ledger().cash_tracked, fx.line(0).mid), (450 * USDC, 550 * USDC));
    fx.vault().fill_tickets(1).unwrap();
    assert_eq!((fx.ledger().cash_tracked, fx.ledger().reserved), (50 * USDC, 0));
}

#[test]
fn lacking_cash_comes_back_whatever_band_and_cooldown_say() {
    let mut plan = quiet(1);
    plan.limits.keeper_pay = 10_000;
    plan.lines[0].params.band_bps = 5_000;
    let (mut fx, alice) = funded(plan, 1_000 * USDC);
    fx.router().rebalance(0).unwrap();
    // 100 are at hand, 0.01 of them owed; the queue of 200 and 5% of NAV 999.99 are wanted.
    fx.vault().request_redeem(&alice, 200 * USDC).unwrap();
    let reserved = fx.ledger().reserved;
    assert!((199_990_000..=200_000_000).contains(&reserved), "{reserved}");
    let receipt = fx.router().rebalance(0).unwrap();
    let lacking = reserved + 49_999_500 - (100 * USDC - 10_000);
    assert_eq!(fx.ledger().cash_tracked, 100 * USDC + lacking);
    let RouterEvent::Rebalanced(event) = event(&receipt) else { panic!("a line was moved") };
    // Within the cooldown it is done for nothing.
    assert_eq!((event.deployed, event.amount, event.pay), (false, lacking, 0));
    fx.assert_refused("InsideBand", |fx| fx.router().rebalance(0));
    fx.vault().fill_tickets(1).unwrap();
    fx.assert_identities();
}

#[test]
fn a_little_less_than_the_least_cash_is_no_shortage() {
    let (mut fx, alice) = invested();
    // Cash 23.1, NAV 923.1: half of the least cash is 23.0775, and 97.5% of it are the 900 that lie in the line.
    fx.vault().withdraw(&alice, 76_900_000, u64::MAX).unwrap();
    steer(&mut fx, 9_750);
    fx.pass(600);
    fx.assert_refused("InsideBand", |fx| fx.router().rebalance(0));
    // Cash 23, NAV 923: less than the half of 46.15.
    fx.vault().withdraw(&alice, 100_000, u64::MAX).unwrap();
    fx.router().rebalance(0).unwrap();
    assert_eq!(fx.ledger().cash_tracked, 46_150_000);
}

#[test]
fn a_shortage_is_met_by_the_lines_that_hold_something() {
    let (mut fx, alice) = funded(quiet(2), 1_000 * USDC);
    fx.router().rebalance(0).unwrap();
    fx.vault().request_redeem(&alice, 800 * USDC).unwrap();
    fx.assert_refused("InsideBand", |fx| fx.router().rebalance(1));
    fx.router().rebalance(0).unwrap();
    assert_eq!(fx.ledger().cash_tracked, 850 * USDC);
}
