use gimbal::instructions::oracle::set_risk;
use risk_oracle::events::RiskLimitSet;
use risk_oracle::SetRiskArgs;
use solana_instruction::Instruction;

use super::world::*;

fn by(world: &World, role: &str, args: SetRiskArgs) -> Instruction {
    set_risk(&pubkey(role), &world.book, args)
}

fn with_sol() -> World {
    let mut world = World::new();
    let define = by(&world, "owner", risk(0, "asset:SOL", 4_000, 1_000));
    world.send(&[define], &["owner"]).unwrap();
    world
}

// Access

#[test]
fn strangers_and_the_ledger_set_nothing() {
    let mut world = with_sol();
    for role in ["stranger", "ledger"] {
        world.refuse("NotGuardian", by(&world, role, risk(0, "asset:SOL", 0, 0)), &[role]);
    }
    let mut unsigned = by(&world, "owner", risk(0, "asset:SOL", 0, 0));
    unsigned.accounts[0].is_signer = false;
    world.refuse("AccountNotSigner", unsigned, &[]);
}

#[test]
fn curator_and_guardian_only_lower() {
    for role in ["curator", "guardian"] {
        let mut world = with_sol();
        for raised in [
            risk(0, "asset:SOL", 4_001, 1_000),
            risk(0, "asset:SOL", 4_000, 1_001),
            risk(0, "asset:SOL", 0, 1_001),
            risk(0, "asset:ETH", 4_000, 1_000),
            risk(1, "asset:ETH", 0, 0),
        ] {
            world.refuse("OnlyOwnerMayRaise", by(&world, role, raised), &[role]);
        }
        world.send(&[by(&world, role, risk(0, "asset:SOL", 4_000, 999))], &[role]).unwrap();
        world.send(&[by(&world, role, risk(0, "asset:SOL", 0, 0))], &[role]).unwrap();
        let row = world.book().risks[0];
        assert_eq!((row.cap_bps, row.cap, row.used), (0, 0, 1));
        // What was lowered, only the owner raises again.
        world.refuse("OnlyOwnerMayRaise", by(&world, role, risk(0, "asset:SOL", 0, 1)), &[role]);
    }
}

// The ordinary path

#[test]
fn the_owner_defines_renames_and_raises() {
    let mut world = with_sol();
    let receipt =
        world.send(&[by(&world, "owner", risk(31, "issuer:Circle123", 10_000, u64::MAX))], &["owner"]).unwrap();
    let book = world.book();
    assert_eq!(book.risk_count, 2);
    let row = book.risks[31];
    assert_eq!((&row.label, row.cap_bps, row.cap, row.used), (b"issuer:Circle123", 10_000, u64::MAX, 1));
    let told: RiskLimitSet = event(&receipt);
    assert_eq!((told.book, told.slot, told.time), (world.book, receipt.slot, world.now()));
    assert_eq!((told.by, told.index, &told.label), (pubkey("owner"), 31, b"issuer:Circle123"));
    assert_eq!((told.cap_bps, told.cap), (10_000, u64::MAX));

    world.send(&[by(&world, "owner", risk(0, "asset:jitoSOL", 4_500, 2_000))], &["owner"]).unwrap();
    let book = world.book();
    assert_eq!((book.risk_count, &book.risks[0].label), (2, b"asset:jitoSOL\0\0\0"));
    assert_eq!((book.risks[0].cap_bps, book.risks[0].cap), (4_500, 2_000));
}

// Edges

#[test]
fn rows_caps_and_labels_have_bounds() {
    let mut world = with_sol();
    world.refuse("RiskOutOfRange", by(&world, "owner", risk(32, "asset:ETH", 0, 0)), &["owner"]);
    world.refuse("CapBpsOutOfRange", by(&world, "owner", risk(1, "asset:ETH", 10_001, 0)), &["owner"]);
    for label in
        [*b"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", *b"asset\0SOL\0\0\0\0\0\0\0", *b"asset SOL\0\0\0\0\0\0\0", [0xC3; 16]]
    {
        world.refuse("LabelInvalid", by(&world, "owner", SetRiskArgs { label, ..risk(1, "x", 0, 0) }), &["owner"]);
    }
}

#[test]
fn a_feed_is_no_book() {
    let mut world = with_sol();
    let feed = world.feed;
    world.refuse(
        "AccountDiscriminatorMismatch",
        set_risk(&pubkey("owner"), &feed, risk(0, "asset:SOL", 0, 0)),
        &["owner"],
    );
}
