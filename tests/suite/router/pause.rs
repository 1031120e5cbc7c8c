//! `pause` and `lift`: new money stands still at once; recalls and payments never do.

use super::*;

use gimbal_control::Direction;

#[test]
fn who_may_reduce_risk_pauses_new_money() {
    let mut fx = Fixture::from_plan(quiet(1));
    let cast = Cast::of(&fx);
    fx.assert_refused("NotGuardian", |fx| fx.router().pause(&cast.stranger, Direction::NewMoney));
    let ledger = fx.deployment.vault.addresses.ledger;
    let pause = gimbal::instructions::router::pause(&cast.owner.pubkey(), &ledger, Direction::NewMoney);
    fx.assert_refused("AccountNotSigner", |fx| fx.send(&[unsigned(pause, 0)], &[]));
    for key in [&cast.guardian, &cast.curator, &cast.owner] {
        let mut fx = fx.clone();
        let receipt = fx.router().pause(key, Direction::NewMoney).unwrap();
        let until = now(&fx) + 14 * 86_400;
        assert!(fx.ledger().pauses.is_paused(Direction::NewMoney, until - 1));
        assert!(!fx.ledger().pauses.is_paused(Direction::NewMoney, until), "it ends by itself");
        let RouterEvent::PauseChanged(event) = event(&receipt) else { panic!("a pause was set") };
        assert_eq!((event.by, event.direction, event.paused), (key.pubkey(), Direction::NewMoney, true));
    }
}

#[test]
fn the_guardian_does_not_lift() {
    let (mut fx, _) = funded(quiet(1), 1_000 * USDC);
    let cast = Cast::of(&fx);
    fx.router().pause(&cast.guardian, Direction::NewMoney).unwrap();
    for key in [&cast.guardian, &cast.stranger] {
        fx.assert_refused("NotCurator", |fx| fx.router().lift(key, Direction::NewMoney));
    }
    for key in [&cast.curator, &cast.owner] {
        let mut fx = fx.clone();
        let receipt = fx.router().lift(key, Direction::NewMoney).unwrap();
        let RouterEvent::PauseChanged(event) = event(&receipt) else { panic!("a pause was lifted") };
        assert_eq!((event.by, event.paused, event.time), (key.pubkey(), false, now(&fx)));
        fx.router().rebalance(0).unwrap();
        assert_eq!(fx.line(0).position, 900 * USDC);
    }
}

#[test]
fn the_other_directions_are_the_vaults() {
    let mut fx = Fixture::from_plan(quiet(1));
    let owner = fx.deployment.actors.owner.insecure_clone();
    for direction in [Direction::Deposits, Direction::InstantExits] {
        fx.assert_refused("DirectionNotUsed", |fx| fx.router().pause(&owner, direction));
        fx.assert_refused("DirectionNotUsed", |fx| fx.router().lift(&owner, direction));
    }
}

#[test]
fn a_pause_ends_after_fourteen_days_unless_renewed() {
    let (mut fx, _) = funded(quiet(1), 1_000 * USDC);
    let guardian = fx.deployment.actors.guardian.insecure_clone();
    fx.router().pause(&guardian, Direction::NewMoney).unwrap();
    fx.pass(13 * DAY);
    fx.router().pause(&guardian, Direction::NewMoney).unwrap();
    fx.pass(14 * DAY - 1);
    fx.assert_refused("NewMoneyPaused", |fx| fx.router().rebalance(0));
    fx.pass(1);
    fx.router().rebalance(0).unwrap();
}

#[test]
fn money_comes_back_all_the_same() {
    let (mut fx, alice) = invested();
    let cast = Cast::of(&fx);
    fx.router().pause(&cast.guardian, Direction::NewMoney).unwrap();
    fx.router().recall(&cast.guardian, 0, 100 * USDC).unwrap();
    assert_eq!(fx.ledger().cash_tracked, 200 * USDC);
    fx.vault().withdraw(&alice, 150 * USDC, u64::MAX).unwrap();
    // A keeper's recall for lacking cash is no new money either: 2.5% of 850 are 21.25, 50 are at hand, so more must leave.
    fx.vault().withdraw(&alice, 40 * USDC, u64::MAX).unwrap();
    fx.router().rebalance(0).unwrap();
    // 5% of the 810 that are left.
    assert_eq!(fx.ledger().cash_tracked, 40_500_000);
    fx.router().set_status(&cast.guardian, 0, WINDING_DOWN).unwrap();
    fx.router().derisk(&cast.stranger, 0).unwrap();
    assert_eq!((fx.ledger().cash_tracked, fx.line(0).position), (810 * USDC, 0));
    fx.assert_identities();
}
