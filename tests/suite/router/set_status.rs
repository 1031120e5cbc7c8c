//! `set_status`: towards less by anybody who may reduce risk, towards more by the owner, who waits once there is money.

use super::*;

#[test]
fn who_may_reduce_risk_freezes_and_winds_down() {
    let mut fx = Fixture::from_plan(quiet(1));
    let cast = Cast::of(&fx);
    for status in [FROZEN, WINDING_DOWN] {
        fx.assert_refused("NotGuardian", |fx| fx.router().set_status(&cast.stranger, 0, status));
        for key in [&cast.guardian, &cast.curator, &cast.owner] {
            let mut fx = fx.clone();
            let receipt = fx.router().set_status(key, 0, status).unwrap();
            assert_eq!(fx.line(0).status, status);
            let RouterEvent::StatusSet(event) = event(&receipt) else { panic!("a status was set") };
            assert_eq!((event.line, event.by, event.status, event.time), (1, key.pubkey(), status, now(&fx)));
        }
    }
    let ledger = fx.deployment.vault.addresses.ledger;
    let set = gimbal::instructions::router::set_status(&cast.owner.pubkey(), &ledger, 1, FROZEN);
    fx.assert_refused("AccountNotSigner", |fx| fx.send(&[unsigned(set, 0)], &[]));
}

#[test]
fn only_the_owner_turns_back() {
    let mut fx = Fixture::from_plan(quiet(1));
    let cast = Cast::of(&fx);
    fx.router().set_status(&cast.guardian, 0, WINDING_DOWN).unwrap();
    for key in [&cast.guardian, &cast.curator, &cast.stranger] {
        for status in [ACTIVE, FROZEN] {
            fx.assert_refused("NotOwner", |fx| fx.router().set_status(key, 0, status));
        }
    }
    fx.router().set_status(&cast.owner, 0, FROZEN).unwrap();
    fx.assert_refused("NotOwner", |fx| fx.router().set_status(&cast.curator, 0, ACTIVE));
    fx.router().set_status(&cast.owner, 0, ACTIVE).unwrap();
    assert_eq!(fx.line(0).status, ACTIVE);
}

#[test]
fn there_are_three_statuses_and_the_lines_that_there_are() {
    let mut fx = Fixture::from_plan(quiet(1));
    let owner = fx.deployment.actors.owner.insecure_clone();
    for status in [0, 4, u8::MAX] {
        fx.assert_refused("UnknownStatus", |fx| fx.router().set_status(&owner, 0, status));
    }
    let ledger = fx.deployment.vault.addresses.ledger;
    for id in [0, 2, u16::MAX] {
        let set = gimbal::instructions::router::set_status(&owner.pubkey(), &ledger, id, FROZEN);
        fx.assert_refused("UnknownLine", |fx| fx.send(&[set], &[&owner]));
    }
}

#[test]
fn with_money_in_the_ledger_a_line_is_stopped_at_once_and_opened_when_it_has_waited() {
    let (mut fx, _) = invested();
    let cast = Cast::of(&fx);
    fx.router().set_status(&cast.guardian, 0, FROZEN).unwrap();
    fx.router().set_status(&cast.guardian, 0, WINDING_DOWN).unwrap();
    for (status, mut fx) in [(ACTIVE, fx.clone()), (FROZEN, fx)] {
        fx.assert_refused("ChangeRequired", |fx| fx.router().set_status(&cast.owner, 0, status));
        fx.router().queued().set_status(&cast.owner, 0, status).unwrap();
        assert_eq!(fx.line(0).status, status);
        // What is as it was asks for nothing.
        fx.router().set_status(&cast.owner, 0, status).unwrap();
        fx.router().set_status(&cast.curator, 0, WINDING_DOWN).unwrap();
    }
}
