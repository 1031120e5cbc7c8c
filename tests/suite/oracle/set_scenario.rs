use gimbal::instructions::oracle;
use risk_oracle::events::{ChangeApplied, ScenarioSet};
use risk_oracle::state::Scenario;
use risk_oracle::SetScenarioArgs;
use solana_instruction::Instruction;

use super::engine::*;
use super::world::*;

fn by(role: &str, args: SetScenarioArgs) -> Instruction {
    oracle::set_scenario(&pubkey(role), &book(), args)
}

fn free(index: u8) -> SetScenarioArgs {
    SetScenarioArgs { index, scenario: Scenario::default() }
}

/// Row 1 holds a crash.
fn with_crash() -> World {
    let mut world = with_assets();
    world.send(&[by("owner", scenario(1, "crash", [-5_000, -4_000]))], &["owner"]).unwrap();
    world
}

// Access

#[test]
fn strangers_and_the_ledger_set_nothing() {
    let mut world = with_crash();
    for role in ["stranger", "ledger"] {
        world.refuse("NotGuardian", by(role, scenario(2, "calm", [0, 0])), &[role]);
    }
    let mut unsigned = by("owner", free(1));
    unsigned.accounts[0].is_signer = false;
    world.refuse("AccountNotSigner", unsigned, &[]);
}

#[test]
fn curator_and_guardian_only_add() {
    for role in ["curator", "guardian"] {
        let mut world = with_crash();
        for args in [free(1), scenario(1, "crash", [-9_000, -9_000]), scenario(1, "calm", [0, 0]), free(2)] {
            world.refuse("OnlyOwnerMayRaise", by(role, args), &[role]);
        }
        world.send(&[by(role, scenario(2, "depeg", [0, -9_000]))], &[role]).unwrap();
        assert_eq!(world.book().scenarios.iter().filter(|row| row.is_used()).count(), 2);
    }
}

// The ordinary path

#[test]
fn the_owner_defines_changes_and_frees() {
    let mut world = with_crash();
    let args = scenario(1, "crash", [-6_000, 0]);
    let receipt = world.send(&[by("owner", args)], &["owner"]).unwrap();
    let told: ScenarioSet = event(&receipt);
    assert_eq!((told.book, told.slot, told.time), (world.book, receipt.slot, world.now()));
    assert_eq!((told.by, told.index, told.scenario), (pubkey("owner"), 1, args.scenario));
    assert_eq!(world.book().scenarios[1], args.scenario);
    world.send(&[by("owner", free(1))], &["owner"]).unwrap();
    assert_eq!(world.book().scenarios[1], Scenario::default());
}

#[test]
fn in_a_live_book_a_new_one_is_at_once_and_the_rest_waits() {
    let mut world = with_crash();
    world.assess(report());
    world.send(&[by("owner", scenario(2, "depeg", [0, -9_000]))], &["owner"]).unwrap();
    for args in [free(1), scenario(1, "crash", [-9_000, -9_000])] {
        world.refuse("ChangeRequired", by("owner", args), &["owner"]);
        let mut world = world.clone();
        let waited = world.waited(world.book, by("owner", args));
        let receipt = world.send(&[waited], &["owner"]).unwrap();
        assert_eq!(event::<ChangeApplied>(&receipt).target, world.book);
        assert_eq!(world.book().scenarios[1], args.scenario);
    }
}

#[test]
fn what_is_set_anew_has_to_be_worked_out_anew() {
    let mut world = with_crash();
    world.assess(report());
    world.send(&[oracle::stress(&book(), 0, 8)], &[]).unwrap();
    assert!(world.book().models[0].is_stressed(1) && world.book().stressed_at[1] > 0);
    let waited = world.waited(world.book, by("owner", scenario(1, "crash", [-1, -1])));
    world.send(&[waited], &["owner"]).unwrap();
    let book = world.book();
    assert!(book.stressed_at[1] == 0 && book.models.iter().all(|model| !model.is_stressed(1)));
}

// Edges

#[test]
fn rows_labels_and_moves_have_their_ranges() {
    let mut world = with_crash();
    world.refuse("ScenarioOutOfRange", by("owner", scenario(8, "crash", [0, 0])), &["owner"]);
    world.refuse("ShockOutOfRange", by("owner", scenario(0, "crash", [-10_001, 0])), &["owner"]);
    world.refuse("ShockOutOfRange", by("owner", scenario(0, "crash", [0, 100_001])), &["owner"]);
    world.refuse("LabelInvalid", by("owner", scenario(0, "", [0, 0])), &["owner"]);
    world.refuse("LabelInvalid", by("owner", scenario(0, "a crash", [0, 0])), &["owner"]);
    let mut unused = scenario(0, "crash", [0, 0]);
    unused.scenario.used = 0;
    world.refuse("ShockOutOfRange", by("owner", unused), &["owner"]);
}
