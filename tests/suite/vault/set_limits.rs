//! `set_limits`: who may, within which ranges, and what must have waited.

use super::terms::*;
use super::*;
use ::vault::{FeesArgs, VaultLimitsArgs};
use gimbal_tests::queue::record;

fn set() -> VaultLimitsArgs {
    VaultLimitsArgs {
        deposit_cap: 10_000 * USDC,
        min_ticket: USDC,
        ticket_min_age: 600,
        outflow_bps: 2_000,
        speed_up_bps: 100,
        speed_down_bps: 100,
        ..Default::default()
    }
}

fn live() -> Fixture {
    vault_with(FeesArgs::default(), set(), true).0
}

#[test]
fn only_the_owner_sets_limits() {
    let mut fx = live();
    let actors = &fx.deployment.actors;
    for key in [actors.curator.insecure_clone(), actors.guardian.insecure_clone()] {
        fx.assert_refused("NotOwner", |fx| fx.vault().set_limits(&key, set()));
    }
    let instruction = fx.deployment.vault.set_limits(&owner(&fx).pubkey(), set());
    fx.assert_refused("AccountNotSigner", |fx| fx.send(&[unsigned(instruction, 0)], &[]));
}

#[test]
fn the_ranges_hold_for_the_owner_and_in_the_queue() {
    let mut fx = live();
    let key = owner(&fx);
    for (name, beyond) in [
        ("DeadlineOutOfRange", VaultLimitsArgs { ticket_deadline: 3_599, ..set() }),
        ("DeadlineOutOfRange", VaultLimitsArgs { ticket_deadline: 14 * 86_400 + 1, ..set() }),
        ("MinAgeOutOfRange", VaultLimitsArgs { ticket_min_age: 86_401, ..set() }),
        ("MinAgeOutOfRange", VaultLimitsArgs { ticket_deadline: 3_600, ticket_min_age: 3_600, ..set() }),
        ("OutflowOutOfRange", VaultLimitsArgs { outflow_bps: 499, ..set() }),
        ("SpeedOutOfRange", VaultLimitsArgs { speed_up_bps: 49, ..set() }),
        ("SpeedOutOfRange", VaultLimitsArgs { speed_down_bps: 10_001, ..set() }),
    ] {
        fx.assert_refused(name, |fx| fx.vault().set_limits(&key, beyond));
        let instruction = fx.deployment.vault.set_limits(&key.pubkey(), beyond);
        fx.assert_refused(name, |fx| fx.propose(fx.vault_queue(), &instruction));
    }
}

#[test]
fn a_lower_cap_and_a_faster_queue_are_at_once() {
    let mut fx = live();
    let key = owner(&fx);
    let tighter = VaultLimitsArgs { deposit_cap: 5_000 * USDC, ticket_deadline: 86_400, ticket_min_age: 0, ..set() };
    let receipt = fx.vault().set_limits(&key, tighter).unwrap();
    assert_eq!(fx.vault_state().limits.args(), tighter);
    let events = vault_events(&receipt);
    let [VaultEvent::VaultLimitsSet(event)] = events.as_slice() else { panic!("the limits, not {events:?}") };
    assert_eq!((event.vault, event.slot), (fx.deployment.vault.addresses.vault, receipt.slot));
    assert_eq!(event.limits, tighter);
}

#[test]
fn everything_else_waits_two_days() {
    let mut fx = live();
    let key = owner(&fx);
    for rise in [
        VaultLimitsArgs { deposit_cap: 10_000 * USDC + 1, ..set() },
        VaultLimitsArgs { deposit_cap: 0, ..set() },
        VaultLimitsArgs { min_ticket: USDC - 1, ..set() },
        VaultLimitsArgs { min_ticket: USDC + 1, ..set() },
        VaultLimitsArgs { ticket_deadline: 7 * 86_400 + 1, ..set() },
        VaultLimitsArgs { ticket_min_age: 601, ..set() },
        VaultLimitsArgs { outflow_bps: 1_999, ..set() },
        VaultLimitsArgs { outflow_bps: 0, ..set() },
        VaultLimitsArgs { speed_up_bps: 101, ..set() },
        VaultLimitsArgs { speed_down_bps: 0, ..set() },
    ] {
        fx.assert_refused("ChangeRequired", |fx| fx.vault().set_limits(&key, rise));
    }
    let off = VaultLimitsArgs::default();
    let instruction = fx.deployment.vault.set_limits(&key.pubkey(), off);
    let queue = fx.vault_queue();
    fx.propose(queue, &instruction).unwrap();
    let waiting = record(&fx.chain, &queue, 0);
    assert_eq!(waiting.ready_at - waiting.proposed_at, 2 * 86_400);
    fx.wait_for(queue, 0);
    let presented = gimbal::instructions::changes::presenting(instruction, &queue.change(0));
    fx.send(&[presented], &[&key]).unwrap();
    assert_eq!(fx.vault_state().limits.args(), off);
}

#[test]
fn before_the_first_deposit_everything_is_at_once() {
    let (mut fx, ..) = vault_with(FeesArgs::default(), set(), false);
    let key = owner(&fx);
    fx.vault().set_limits(&key, VaultLimitsArgs::default()).unwrap();
    assert_eq!(fx.vault_state().limits.args(), VaultLimitsArgs::default());
}

#[test]
fn a_proposal_is_void_when_the_limits_have_moved() {
    let mut fx = live();
    let key = owner(&fx);
    let wider = VaultLimitsArgs { outflow_bps: 0, ..set() };
    let instruction = fx.deployment.vault.set_limits(&key.pubkey(), wider);
    let presented = fx.waited(fx.vault_queue(), instruction);
    fx.vault().set_limits(&key, VaultLimitsArgs { deposit_cap: 9_000 * USDC, ..set() }).unwrap();
    fx.assert_refused("ChangeStale", |fx| fx.send(&[presented], &[&key]));
}
