use gimbal::instructions::oracle;
use gimbal_math::volatility::Variance;
use risk_oracle::events::{ChangeApplied, LineModelSet};
use risk_oracle::state::PriceRisk;
use risk_oracle::SetLineModelArgs;
use solana_instruction::Instruction;

use super::engine::*;
use super::world::*;

fn by(role: &str, args: SetLineModelArgs) -> Instruction {
    oracle::set_line_model(&pubkey(role), &book(), args)
}

// Access

#[test]
fn strangers_and_the_ledger_set_nothing() {
    let mut world = with_assets();
    for role in ["stranger", "ledger"] {
        world.refuse("NotGuardian", by(role, model(1, 0)), &[role]);
    }
    let mut unsigned = by("owner", model(1, 0));
    unsigned.accounts[0].is_signer = false;
    world.refuse("AccountNotSigner", unsigned, &[]);
}

#[test]
fn curator_and_guardian_only_tighten() {
    for role in ["curator", "guardian"] {
        let mut world = with_assets();
        world.send(&[by("owner", SetLineModelArgs { scaled: false, ..model(1, 0) })], &["owner"]).unwrap();
        world.send(&[by("owner", SetLineModelArgs { protocol: 4, ..model(2, 1) })], &["owner"]).unwrap();
        for loosened in [
            SetLineModelArgs { scaled: false, ..model(2, 1) },
            SetLineModelArgs { protocol: 5, ..model(2, 1) },
            SetLineModelArgs { protocol: 255, ..model(2, 1) },
            model(1, 1),
            model(1, 255),
            model(3, 0),
        ] {
            world.refuse("OnlyOwnerMayRaise", by(role, loosened), &[role]);
        }
        // The regime scales it, and it gets a first protocol.
        world.send(&[by(role, SetLineModelArgs { protocol: 3, ..model(1, 0) })], &[role]).unwrap();
        let book = world.book();
        let line = book.model(1).unwrap();
        assert_eq!((line.asset, line.protocol, line.scaled), (0, 3, 1));
    }
}

// The ordinary path

#[test]
fn the_owner_says_what_moves_a_line() {
    let mut world = with_assets();
    let args = SetLineModelArgs { line: 3, asset: 1, protocol: 15, scaled: false };
    let receipt = world.send(&[by("owner", args)], &["owner"]).unwrap();
    let told: LineModelSet = event(&receipt);
    assert_eq!((told.book, told.slot, told.time), (world.book, receipt.slot, world.now()));
    assert_eq!((told.by, told.line, told.asset), (pubkey("owner"), 3, 1));
    assert_eq!((told.protocol, told.scaled), (15, false));
    let book = world.book();
    let line = book.model(3).unwrap();
    assert_eq!((line.asset, line.protocol, line.scaled), (1, 15, 0));
    assert_eq!(book.price_risk(3), PriceRisk::Known(Variance(book.assets[1].variance)));
}

#[test]
fn in_a_live_book_what_loosens_waits_and_what_tightens_does_not() {
    let mut world = with_assets();
    world.assess(report());
    let loosened = [
        SetLineModelArgs { scaled: false, ..model(1, 0) },
        model(1, 1),
        model(1, 255),
        // A first asset makes a line countable that took no money before.
        model(3, 0),
    ];
    for args in loosened {
        world.refuse("ChangeRequired", by("owner", args), &["owner"]);
        let mut world = world.clone();
        let waited = world.waited(world.book, by("owner", args));
        let receipt = world.send(&[waited], &["owner"]).unwrap();
        assert_eq!(event::<ChangeApplied>(&receipt).target, world.book);
    }
    world.send(&[by("owner", SetLineModelArgs { protocol: 2, ..model(1, 0) })], &["owner"]).unwrap();
    world.send(&[by("owner", SetLineModelArgs { protocol: 2, ..model(1, 0) })], &["owner"]).unwrap();
}

#[test]
fn a_freed_row_forgets_its_model() {
    let mut world = with_assets();
    let free = oracle::set_line_risk(&pubkey("owner"), &book(), line_risk(1, &[], 0, 0));
    let again = oracle::set_line_risk(&pubkey("owner"), &book(), line_risk(9, &[], 10_000, 7));
    world.send(&[free, again], &["owner"]).unwrap();
    let book = world.book();
    assert_eq!((book.lines[0].line_id, book.models[0].asset, book.models[0].contagion_bps), (9, 255, 10_000));
}

// Edges

#[test]
fn unknown_lines_assets_and_protocols_are_refused() {
    let mut world = with_assets();
    world.refuse("LineUnknown", by("owner", model(9, 0)), &["owner"]);
    world.refuse("LineUnknown", by("owner", model(0, 0)), &["owner"]);
    for asset in [2, 7, 8, 254] {
        world.refuse("AssetUndefined", by("owner", model(1, asset)), &["owner"]);
    }
    for protocol in [16, 254] {
        let args = SetLineModelArgs { protocol, ..model(1, 0) };
        world.refuse("ProtocolOutOfRange", by("owner", args), &["owner"]);
    }
}
