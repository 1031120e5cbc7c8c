//! Attack 49: what a pause stops, and that it never stops an exit for good.

use super::*;
use gimbal_control::Direction;

/// Attack 49.
#[test]
fn paused_deposits_fail_and_withdrawals_work() {
    let mut fx = Fixture::with_lines(1);
    let alice = fx.depositor(1_000 * USDC);
    let guardian = fx.deployment.actors.guardian.insecure_clone();
    fx.vault().deposit(&alice, 400 * USDC, 0).unwrap();
    fx.vault().pause(&guardian, Direction::Deposits).unwrap();
    fx.assert_refused("DepositsPaused", |fx| fx.vault().deposit(&alice, USDC, 0));
    fx.assert_refused("DepositsPaused", |fx| fx.vault().mint(&alice, USDC, u64::MAX));
    fx.assert_refused("DepositsPaused", |fx| fx.vault().deposit_and_allocate(&alice, USDC, 0, 0));
    fx.vault().redeem(&alice, 10 * USDC, 0).unwrap();
    fx.vault().withdraw(&alice, 10 * USDC, u64::MAX).unwrap();
    fx.vault().request_redeem(&alice, 10 * USDC).unwrap();
    fx.vault().fill_tickets(1).unwrap();
    fx.vault().claim(&alice, 0).unwrap();
    fx.vault().request_redeem(&alice, 10 * USDC).unwrap();
    fx.vault().cancel(&alice, 1).unwrap();
    fx.assert_identities();
}

/// Attack 49: a guardian who pauses all that can be paused holds nobody.
#[test]
fn a_guardian_cannot_lock_anybody_in() {
    const THREE_DAYS: u64 = 3 * DAY;
    let mut fx = Fixture::with_lines(1);
    let alice = fx.depositor(1_000 * USDC);
    let guardian = fx.deployment.actors.guardian.insecure_clone();
    fx.vault().deposit(&alice, 400 * USDC, 0).unwrap();
    fx.refresh_all();
    fx.router().rebalance(0).unwrap();
    fx.vault().pause(&guardian, Direction::Deposits).unwrap();
    fx.vault().pause(&guardian, Direction::InstantExits).unwrap();
    fx.router().pause(&guardian, Direction::NewMoney).unwrap();
    fx.assert_refused("InstantExitsPaused", |fx| fx.vault().redeem(&alice, USDC, 0));
    fx.assert_refused("InstantExitsPaused", |fx| fx.vault().withdraw(&alice, USDC, u64::MAX));

    // The queue runs: requested, recalled for by anybody, filled, claimed.
    fx.vault().request_redeem(&alice, 300 * USDC).unwrap();
    let lacking = fx.ledger().queue_need();
    fx.router().recall(&alice.key, 0, lacking).unwrap();
    fx.vault().fill_tickets(1).unwrap();
    fx.vault().claim(&alice, 0).unwrap();
    assert!(fx.balance(&alice.base) > 898 * USDC);

    // The pause cannot be drawn out, and ends by itself; the next must wait.
    fx.assert_refused("PauseCoolingDown", |fx| fx.vault().pause(&guardian, Direction::InstantExits));
    fx.pass(THREE_DAYS);
    fx.router().recall(&guardian, 0, 10 * USDC).unwrap();
    fx.vault().redeem(&alice, USDC, 0).unwrap();
    fx.assert_refused("PauseCoolingDown", |fx| fx.vault().pause(&guardian, Direction::InstantExits));
    fx.assert_refused("DepositsPaused", |fx| fx.vault().deposit(&alice, USDC, 0));
    fx.assert_refused("NotCurator", |fx| fx.vault().lift(&guardian, Direction::Deposits));
    fx.assert_refused("NotCurator", |fx| fx.router().lift(&guardian, Direction::NewMoney));
    fx.assert_identities();
}

/// Attack 49, of the router: new money stands still, money comes back.
#[test]
fn paused_new_money_stays_in_cash_and_comes_back_from_lines() {
    let mut fx = Fixture::with_lines(1);
    let alice = fx.depositor(2_000 * USDC);
    let thief = fx.depositor(USDC);
    let guardian = fx.deployment.actors.guardian.insecure_clone();
    fx.vault().deposit_and_allocate(&alice, 400 * USDC, 0, 0).unwrap();
    fx.assert_refused("NotGuardian", |fx| fx.router().pause(&thief.key, Direction::NewMoney));
    fx.router().pause(&guardian, Direction::NewMoney).unwrap();
    let invested = fx.line(0).invested;
    fx.vault().deposit_and_allocate(&alice, 1_000 * USDC, 0, 0).unwrap();
    assert_eq!(fx.line(0).invested, invested);
    fx.warp(600);
    fx.refresh_all();
    fx.assert_refused("NewMoneyPaused", |fx| fx.router().rebalance(0));
    fx.router().recall(&guardian, 0, 100 * USDC).unwrap();
    assert!(fx.line(0).returned > 0);
    fx.assert_identities();
}
