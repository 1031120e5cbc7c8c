use gimbal::instructions::changes::Queue;
use risk_oracle::events::{ChangeApplied, RiskParamsSet};
use risk_oracle::RiskParams;

use super::engine::*;
use super::world::*;

const CAUTIOUS: RiskParams = RiskParams::CAUTIOUS;

/// With the cautious parameters.
fn cautious() -> World {
    let mut world = with_assets();
    world.send(&[set_params("owner", CAUTIOUS)], &["owner"]).unwrap();
    world
}

// Access

#[test]
fn strangers_and_the_ledger_set_nothing() {
    let mut world = cautious();
    for role in ["stranger", "ledger"] {
        world.refuse("NotGuardian", set_params(role, CAUTIOUS), &[role]);
    }
    let mut unsigned = set_params("owner", CAUTIOUS);
    unsigned.accounts[0].is_signer = false;
    world.refuse("AccountNotSigner", unsigned, &[]);
}

#[test]
fn curator_and_guardian_only_tighten() {
    for role in ["curator", "guardian"] {
        let mut world = cautious();
        let looser = [
            RiskParams { max_var_bps: 501, ..CAUTIOUS },
            RiskParams { max_sample_age: CAUTIOUS.max_sample_age + 1, max_var_bps: 1, ..CAUTIOUS },
            RiskParams { scales_bps: [10_000, 7_501, 5_000, 2_500], ..CAUTIOUS },
            RiskParams::NONE,
        ];
        for params in looser {
            world.refuse("OnlyOwnerMayRaise", set_params(role, params), &[role]);
        }
        let tighter = RiskParams { max_var_bps: 499, calm_days: 9, horizon_days: 2, ..CAUTIOUS };
        world.send(&[set_params(role, tighter)], &[role]).unwrap();
        assert_eq!(world.book().params, tighter);
    }
}

// The ordinary path

#[test]
fn a_new_book_limits_nothing_and_takes_its_owners_parameters() {
    let mut world = with_assets();
    assert_eq!(world.book().params, RiskParams::NONE);
    let receipt = world.send(&[set_params("owner", CAUTIOUS)], &["owner"]).unwrap();
    assert_eq!(world.book().params, CAUTIOUS);
    let told: RiskParamsSet = event(&receipt);
    assert_eq!((told.book, told.slot, told.time), (world.book, receipt.slot, world.now()));
    assert_eq!((told.by, told.params), (pubkey("owner"), CAUTIOUS));
    world.send(&[set_params("owner", RiskParams::NONE)], &["owner"]).unwrap();
}

#[test]
fn in_a_live_book_loosening_waits_and_tightening_does_not() {
    let mut world = cautious();
    world.assess(report());
    let looser = RiskParams { max_var_bps: 600, ..CAUTIOUS };
    world.refuse("ChangeRequired", set_params("owner", looser), &["owner"]);
    world.send(&[set_params("owner", RiskParams { max_exit_days: 3, ..CAUTIOUS })], &["owner"]).unwrap();
    let waited = world.waited(world.book, set_params("owner", looser));
    let receipt = world.send(&[waited], &["owner"]).unwrap();
    assert_eq!(event::<ChangeApplied>(&receipt).target, world.book);
    assert_eq!(world.book().params, looser);
}

#[test]
fn a_change_is_void_once_the_parameters_have_moved() {
    let mut world = cautious();
    world.assess(report());
    let waited = world.waited(world.book, set_params("owner", RiskParams { max_var_bps: 600, ..CAUTIOUS }));
    // The guardian has tightened something else meanwhile.
    world.send(&[set_params("guardian", RiskParams { max_stress_bps: 1_000, ..CAUTIOUS })], &["guardian"]).unwrap();
    world.refuse("ChangeStale", waited, &["owner"]);
    assert_eq!(world.change(world.book, 0).target, Queue::Oracle(world.book).target());
}

#[test]
fn what_tightens_is_in_force_at_once() {
    let mut world = with_assets();
    world.warp(600);
    update(&mut world, 140 * DOLLAR, 90_000 * DOLLAR);
    world.send(&[observe(&world)], &[]).unwrap();
    assert_eq!((world.book().regime.level, world.book().regime.scale_bps), (0, 10_000));
    // SOL stands some 8% below its highest close.
    limit(&mut world, |params| {
        params.drawdown_bps = [500, 5_000, 9_000];
        params.scales_bps = [10_000, 6_000, 6_000, 6_000];
    });
    assert_eq!((world.book().regime.level, world.book().regime.scale_bps), (1, 6_000));
    // What a looser scale gives back comes slowly.
    limit(&mut world, |params| params.scales_bps = [10_000; 4]);
    assert_eq!(world.book().regime.scale_bps, 6_000);
    world.warp(DAY / 2);
    update(&mut world, 140 * DOLLAR, 90_000 * DOLLAR);
    world.send(&[observe(&world)], &[]).unwrap();
    assert_eq!(world.book().regime.scale_bps, 6_250);
}

// Edges

#[test]
fn parameters_out_of_their_ranges_are_refused() {
    let mut world = cautious();
    let refusals = [
        ("MaxLeverageOutOfRange", RiskParams { max_leverage_bps: 9_999, ..CAUTIOUS }),
        ("SampleAgeOutOfRange", RiskParams { max_sample_age: 0, ..CAUTIOUS }),
        ("VenueConfirmOutOfRange", RiskParams { venue_confirm_seconds: u32::MAX, ..CAUTIOUS }),
        ("DecayOutOfRange", RiskParams { decay_bps: 0, ..CAUTIOUS }),
        ("ExitTermsOutOfRange", RiskParams { exit_share_bps: 0, ..CAUTIOUS }),
        ("HorizonOutOfRange", RiskParams { horizon_days: 0, ..CAUTIOUS }),
        ("CalmDaysOutOfRange", RiskParams { calm_days: 0, ..CAUTIOUS }),
        ("LoosenRateOutOfRange", RiskParams { loosen_bps_per_day: 10_000, ..CAUTIOUS }),
        ("MarginTermsOutOfRange", RiskParams { margin_floor_bps: 0, ..CAUTIOUS }),
        ("ScalesOutOfRange", RiskParams { scales_bps: [9_000, 8_000, 7_000, 6_000], ..CAUTIOUS }),
        ("ThresholdsOutOfRange", RiskParams { jumps: [3, 2, 1], ..CAUTIOUS }),
    ];
    for (name, params) in refusals {
        world.refuse(name, set_params("owner", params), &["owner"]);
    }
}
