//! `pause` and `lift`: who may, and for how long.

use super::*;
use gimbal_control::Direction;

#[test]
fn the_guardian_pauses_and_strangers_do_not() {
    let mut fx = Fixture::new();
    let stranger = fx.depositor(0);
    fx.assert_refused("NotGuardian", |fx| fx.vault().pause(&stranger.key, Direction::Deposits));
    let pause = fx.deployment.vault.pause(&fx.deployment.actors.guardian.pubkey(), Direction::Deposits);
    fx.assert_refused("AccountNotSigner", |fx| fx.send(&[unsigned(pause, 0)], &[]));

    let actors = &fx.deployment.actors;
    let able = [&actors.guardian, &actors.curator, &actors.owner].map(|key| key.insecure_clone());
    for key in able {
        let mut fx = fx.clone();
        let receipt = fx.vault().pause(&key, Direction::Deposits).unwrap();
        let until = fx.chain.clock().unwrap().unix_timestamp + 1_209_600;
        assert_eq!(fx.vault_state().paused_until(Direction::Deposits), until);
        let events = vault_events(&receipt);
        let [VaultEvent::PauseChanged(event)] = events.as_slice() else { panic!("one pause, not {events:?}") };
        assert_eq!((event.direction, event.authority, event.until), (0, key.pubkey(), until));
    }
}

#[test]
fn the_guardian_does_not_lift() {
    let mut fx = Fixture::new();
    let actors = &fx.deployment.actors;
    let [guardian, curator, owner] = [&actors.guardian, &actors.curator, &actors.owner].map(|key| key.insecure_clone());
    let alice = fx.depositor(500 * USDC);
    fx.vault().pause(&guardian, Direction::Deposits).unwrap();
    fx.assert_refused("NotCurator", |fx| fx.vault().lift(&guardian, Direction::Deposits));
    fx.assert_refused("NotCurator", |fx| fx.vault().lift(&alice.key, Direction::Deposits));
    for key in [curator, owner] {
        let mut fx = fx.clone();
        let receipt = fx.vault().lift(&key, Direction::Deposits).unwrap();
        let now = fx.chain.clock().unwrap().unix_timestamp;
        let events = vault_events(&receipt);
        let [VaultEvent::PauseChanged(event)] = events.as_slice() else { panic!("one lift, not {events:?}") };
        assert_eq!((event.direction, event.until, event.time), (0, now, now));
        fx.vault().deposit(&alice, 100 * USDC, 0).unwrap();
    }
}

#[test]
fn a_pause_of_deposits_ends_after_fourteen_days_unless_renewed() {
    let mut fx = Fixture::new();
    let guardian = fx.deployment.actors.guardian.insecure_clone();
    let alice = fx.depositor(500 * USDC);
    fx.vault().pause(&guardian, Direction::Deposits).unwrap();
    fx.pass(14 * DAY - 1);
    fx.assert_refused("DepositsPaused", |fx| fx.vault().deposit(&alice, 100 * USDC, 0));
    let mut renewed = fx.clone();
    renewed.vault().pause(&guardian, Direction::Deposits).unwrap();
    renewed.pass(14 * DAY - 1);
    renewed.assert_refused("DepositsPaused", |fx| fx.vault().deposit(&alice, 100 * USDC, 0));
    fx.pass(1);
    fx.vault().deposit(&alice, 100 * USDC, 0).unwrap();
}

#[test]
fn instant_exits_cannot_be_paused_again_and_again() {
    let mut fx = Fixture::new();
    let guardian = fx.deployment.actors.guardian.insecure_clone();
    let receipt = fx.vault().pause(&guardian, Direction::InstantExits).unwrap();
    let now = fx.chain.clock().unwrap().unix_timestamp;
    let events = vault_events(&receipt);
    let [VaultEvent::PauseChanged(event)] = events.as_slice() else { panic!("one pause, not {events:?}") };
    assert_eq!((event.direction, event.until), (1, now + 259_200));

    fx.assert_refused("PauseCoolingDown", |fx| fx.vault().pause(&guardian, Direction::InstantExits));
    fx.warp(6 * DAY - 1);
    fx.assert_refused("PauseCoolingDown", |fx| fx.vault().pause(&guardian, Direction::InstantExits));
    fx.warp(1);
    fx.vault().pause(&guardian, Direction::InstantExits).unwrap();
}

#[test]
fn lifting_early_does_not_shorten_the_cooldown() {
    let mut fx = Fixture::new();
    let guardian = fx.deployment.actors.guardian.insecure_clone();
    let owner = fx.deployment.actors.owner.insecure_clone();
    fx.vault().pause(&guardian, Direction::InstantExits).unwrap();
    fx.vault().lift(&owner, Direction::InstantExits).unwrap();
    fx.warp(3 * DAY);
    fx.assert_refused("PauseCoolingDown", |fx| fx.vault().pause(&guardian, Direction::InstantExits));
}

#[test]
fn new_money_is_the_routers_to_pause() {
    let mut fx = Fixture::new();
    let owner = fx.deployment.actors.owner.insecure_clone();
    fx.assert_refused("UnknownDirection", |fx| fx.vault().pause(&owner, Direction::NewMoney));
    fx.assert_refused("UnknownDirection", |fx| fx.vault().lift(&owner, Direction::NewMoney));
}
