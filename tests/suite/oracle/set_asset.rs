use anchor_lang::prelude::Pubkey;
use gimbal::instructions::oracle;
use risk_oracle::events::{AssetSet, ChangeApplied};
use risk_oracle::SetAssetArgs;
use solana_instruction::Instruction;

use super::engine::*;
use super::world::*;

fn by(role: &str, index: u8, feed: Pubkey) -> Instruction {
    oracle::set_asset(&pubkey(role), &book(), SetAssetArgs { index, feed })
}

// Access

#[test]
fn only_the_owner_names_assets() {
    let mut world = with_feeds();
    for role in ["curator", "guardian", "stranger", "ledger"] {
        world.refuse("NotOwner", by(role, 0, feeds()[0]), &[role]);
    }
    let mut unsigned = by("owner", 0, feeds()[0]);
    unsigned.accounts[0].is_signer = false;
    world.refuse("AccountNotSigner", unsigned, &[]);
}

// The ordinary path

#[test]
fn the_owner_names_and_frees_an_asset() {
    let mut world = with_feeds();
    let receipt = world.send(&[by("owner", 5, feeds()[1])], &["owner"]).unwrap();
    let told: AssetSet = event(&receipt);
    assert_eq!((told.book, told.slot, told.time), (world.book, receipt.slot, world.now()));
    assert_eq!((told.index, told.feed), (5, feeds()[1]));
    assert_eq!(world.book().used_assets().map(|(at, asset)| (at, asset.feed)).collect::<Vec<_>>(), [(5, feeds()[1])]);
    assert_eq!(world.book().assets[5].variance, 0, "nothing was observed yet");
    world.send(&[by("owner", 5, Pubkey::default())], &["owner"]).unwrap();
    assert_eq!(world.book().used_assets().count(), 0);
}

#[test]
fn in_a_live_book_every_change_waits() {
    let mut world = with_assets();
    world.assess(report());
    let free = by("owner", 2, Pubkey::default());
    for guarded in [free.clone(), by("owner", 0, feeds()[0])] {
        world.refuse("ChangeRequired", guarded, &["owner"]);
    }
    let waited = world.waited(world.book, free);
    let receipt = world.send(&[waited], &["owner"]).unwrap();
    assert_eq!(event::<ChangeApplied>(&receipt).target, world.book);
}

#[test]
fn another_asset_makes_the_kept_days_void() {
    let mut world = with_assets();
    assert_eq!(world.book().returns.count, 1);
    world.send(&[by("owner", 0, feeds()[0])], &["owner"]).unwrap();
    let book = world.book();
    assert_eq!((book.returns.count, book.returns.day, book.assets[0].variance), (0, 0, 0));
    assert!(book.returns.rows.iter().flatten().all(|residual| *residual == 0));
}

// Edges

#[test]
fn what_is_no_feed_or_another_one_is_refused() {
    let mut world = with_feeds();
    let [sol, btc] = feeds();
    let naming = |passed: Pubkey| {
        let mut instruction = by("owner", 0, sol);
        instruction.accounts[2].pubkey = passed;
        instruction
    };
    world.refuse("AssetFeedMismatch", naming(btc), &["owner"]);
    // Anchor's way to leave an account out.
    world.refuse("AssetFeedMismatch", naming(risk_oracle::ID), &["owner"]);
    world.refuse("AccountDiscriminatorMismatch", naming(book()), &["owner"]);
    world.refuse("AccountOwnedByWrongProgram", naming(pubkey("posted price")), &["owner"]);
    let mut freeing = by("owner", 0, Pubkey::default());
    freeing.accounts[2].pubkey = sol;
    world.refuse("AssetFeedMismatch", freeing, &["owner"]);
}

#[test]
fn rows_repeats_and_assets_in_use_are_guarded() {
    let mut world = with_assets();
    world.refuse("AssetOutOfRange", by("owner", 8, feeds()[0]), &["owner"]);
    world.refuse("AssetRepeated", by("owner", 3, feeds()[0]), &["owner"]);
    world.refuse("AssetInUse", by("owner", 0, Pubkey::default()), &["owner"]);
    let unmoved = oracle::set_line_model(&pubkey("owner"), &book(), model(1, 255));
    world.send(&[unmoved, by("owner", 0, Pubkey::default())], &["owner"]).unwrap();
}
