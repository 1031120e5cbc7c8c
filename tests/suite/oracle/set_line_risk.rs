use gimbal::instructions::oracle::{set_line_risk, set_risk};
use risk_oracle::events::LineRiskSet;
use risk_oracle::{LineRisk, SetLineRiskArgs};
use solana_instruction::Instruction;

use super::world::*;

fn by(world: &World, role: &str, args: SetLineRiskArgs) -> Instruction {
    set_line_risk(&pubkey(role), &world.book, args)
}

/// Risks 0 and 1 are defined; line 5 carries risk 0 with caps of 30% and 1,000.
fn with_line() -> World {
    let mut world = World::new();
    let define = |index, label| set_risk(&pubkey("owner"), &world.book, risk(index, label, 10_000, u64::MAX));
    let instructions =
        [define(0, "asset:SOL"), define(1, "venue:klend"), by(&world, "owner", line_risk(5, &[0], 3_000, 1_000))];
    world.send(&instructions, &["owner"]).unwrap();
    world
}

// Access

#[test]
fn strangers_and_the_ledger_set_nothing() {
    let mut world = with_line();
    for role in ["stranger", "ledger"] {
        world.refuse("NotGuardian", by(&world, role, line_risk(5, &[0], 0, 0)), &[role]);
    }
    let mut unsigned = by(&world, "owner", line_risk(5, &[0], 0, 0));
    unsigned.accounts[0].is_signer = false;
    world.refuse("AccountNotSigner", unsigned, &[]);
}

#[test]
fn curator_and_guardian_only_lower_caps() {
    for role in ["curator", "guardian"] {
        let mut world = with_line();
        for raised in [
            line_risk(5, &[0], 3_001, 1_000),
            line_risk(5, &[0], 3_000, 1_001),
            line_risk(5, &[], 3_000, 1_000),
            line_risk(5, &[], 0, 0),
            line_risk(5, &[0, 1], 3_000, 1_000),
            line_risk(6, &[0], 1, 1),
        ] {
            world.refuse("OnlyOwnerMayRaise", by(&world, role, raised), &[role]);
        }
        world.send(&[by(&world, role, line_risk(5, &[0], 2_999, 1_000))], &[role]).unwrap();
        world.send(&[by(&world, role, line_risk(5, &[0], 0, 0))], &[role]).unwrap();
        let line = *world.book().line(5).expect("a closed line is still known");
        assert_eq!((line.cap_bps, line.cap, line.risks), (0, 0, [0, 255, 255, 255]));
    }
}

// The ordinary path

#[test]
fn the_owner_registers_changes_and_frees_a_line() {
    let mut world = with_line();
    let receipt = world.send(&[by(&world, "owner", line_risk(9, &[1, 0], 10_000, u64::MAX))], &["owner"]).unwrap();
    let expected = LineRisk { line_id: 9, cap_bps: 10_000, risks: [1, 0, 255, 255], cap: u64::MAX, exposure: 0 };
    assert_eq!(world.book().lines[1], expected);
    let told: LineRiskSet = event(&receipt);
    assert_eq!((told.book, told.slot, told.time), (world.book, receipt.slot, world.now()));
    assert_eq!((told.by, told.line, told.risks), (pubkey("owner"), 9, [1, 0, 255, 255]));
    assert_eq!((told.cap_bps, told.cap), (10_000, u64::MAX));

    world.send(&[by(&world, "owner", line_risk(5, &[1], 5_000, 7))], &["owner"]).unwrap();
    assert_eq!(
        world.book().lines[0],
        LineRisk { line_id: 5, cap_bps: 5_000, risks: [1, 255, 255, 255], cap: 7, exposure: 0 }
    );

    world.send(&[by(&world, "owner", line_risk(5, &[], 0, 0))], &["owner"]).unwrap();
    assert_eq!((world.book().lines[0], world.book().line(5)), (LineRisk::FREE, None));
    world.send(&[by(&world, "owner", line_risk(12, &[0], 1, 1))], &["owner"]).unwrap();
    assert_eq!(world.book().lines[0].line_id, 12, "a freed row is used again");
}

#[test]
fn a_line_without_risks_still_has_caps() {
    let mut world = with_line();
    world.send(&[by(&world, "owner", line_risk(6, &[], 0, 1))], &["owner"]).unwrap();
    assert_eq!(world.book().line(6).map(|line| (line.cap_bps, line.cap)), Some((0, 1)));
}

// Edges

#[test]
fn the_table_holds_sixteen_lines() {
    let mut world = World::new();
    for id in 1..=16 {
        world.send(&[by(&world, "owner", line_risk(id, &[], 100, 1))], &["owner"]).unwrap();
    }
    world.refuse("LineTableFull", by(&world, "owner", line_risk(17, &[], 100, 1)), &["owner"]);
    world.send(&[by(&world, "owner", line_risk(16, &[], 200, 1))], &["owner"]).unwrap();
}

#[test]
fn ids_risks_and_caps_have_bounds() {
    let mut world = with_line();
    let cases = [
        (line_risk(0, &[0], 1, 1), "ZeroLineId"),
        (line_risk(6, &[0], 10_001, 1), "CapBpsOutOfRange"),
        (line_risk(6, &[32], 1, 1), "RiskOutOfRange"),
        (line_risk(6, &[254], 1, 1), "RiskOutOfRange"),
        (line_risk(6, &[2], 1, 1), "RiskUndefined"),
        (line_risk(6, &[0, 1, 0], 1, 1), "RiskRepeated"),
    ];
    for (args, error) in cases {
        world.refuse(error, by(&world, "owner", args), &["owner"]);
    }
}
