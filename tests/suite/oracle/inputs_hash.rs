//! The hash of a book's inputs: one rule for every instruction that changes more than roles and the queue's number. The
//! expected hashes are put together here from the bytes that were sent.

use gimbal::instructions::network::{set_network, sync_contagion};
use gimbal::instructions::oracle::{self, set_line_model, set_line_risk, set_risk};
use risk_oracle::seeds::find_book;
use risk_oracle::{Book, RiskParams};
use sha2::{Digest, Sha256};
use solana_instruction::Instruction;

use super::engine::{feeds, model, report, scenario, set_asset, set_params, with_feeds};
use super::graph::*;
use super::world::*;

/// SHA-256 of the previous hash, data, what was read and the second.
fn chained(previous: [u8; 32], data: &[u8], read: &[u8], now: i64) -> [u8; 32] {
    let hash = Sha256::new().chain_update(previous).chain_update(data).chain_update(read);
    hash.chain_update(now.to_le_bytes()).finalize().into()
}

/// Sends the instruction alone and holds the hash behind it against what was sent and `read`.
#[track_caller]
fn chains(world: &mut World, name: &str, instruction: Instruction, read: &[u8], signer: &str) {
    assert_eq!(instruction.data[..8], Sha256::digest(format!("global:{name}"))[..8], "{name}");
    world.warp(7);
    let before = world.book().inputs_hash;
    let data = instruction.data.clone();
    world.send(&[instruction], &[signer]).expect(name);
    assert_eq!(world.book().inputs_hash, chained(before, &data, read, world.now()), "{name}");
}

#[test]
fn the_creation_begins_it() {
    let mut world = World::new();
    let create = create_book("another ledger", book_roles());
    let mut data = Sha256::digest("global:create_book")[..8].to_vec();
    for role in ["owner", "curator", "guardian"] {
        data.extend_from_slice(pubkey(role).as_ref());
    }
    assert_eq!(create.data, data);
    world.send(&[create], &["another ledger"]).unwrap();
    let book: Book = gimbal::readers::read(&world.chain, &find_book(&pubkey("another ledger")).0).unwrap();
    assert_eq!(book.inputs_hash, chained([0; 32], &data, &[], world.now()));
}

#[test]
fn everything_that_is_set_is_in_it() {
    let mut world = with_feeds();
    let (owner, book) = (pubkey("owner"), world.book);
    let params = RiskParams { max_var_bps: 900, ..RiskParams::NONE };
    let sent = [
        ("set_risk", set_risk(&owner, &book, risk(3, "asset:SOL", 4_000, 1_000)), "owner"),
        ("set_risk", set_risk(&pubkey("guardian"), &book, risk(3, "asset:SOL", 3_000, 1_000)), "guardian"),
        ("set_line_risk", set_line_risk(&owner, &book, line_risk(1, &[3], 4_000, 500)), "owner"),
        ("set_line_risk", set_line_risk(&owner, &book, line_risk(9, &[], 0, 0)), "owner"),
        ("set_asset", set_asset(1, feeds()[0]), "owner"),
        ("set_line_model", set_line_model(&owner, &book, model(1, 1)), "owner"),
        ("set_risk_params", set_params("owner", params), "owner"),
        ("set_scenario", oracle::set_scenario(&owner, &book, scenario(5, "sol-halves", [0, -5_000])), "owner"),
        ("assess", assess("ledger", book, report()), "ledger"),
        ("stress", oracle::stress(&book, 4, 2), "payer"),
    ];
    for (name, instruction, signer) in sent {
        chains(&mut world, name, instruction, &[], signer);
    }
}

#[test]
fn what_is_read_of_a_network_is_in_it() {
    let mut world = with_lines();
    let (owner, book) = (pubkey("owner"), world.book);
    // Two days.
    let age = 172_800u32.to_le_bytes();
    chains(&mut world, "set_network", set_network(&owner, &book, &address()), &age, "owner");
    let defaulted = lose(&world, COIN, 10_000);
    world.send(&[defaulted, solve()], &["poster"]).unwrap();
    let solved_at = world.now();
    // The coin is gone, the lender had 0.4 of itself in it, the aggregator half of itself in the lender; rows that are not
    // defined count as lost.
    let damages = damages(&world).into_iter().chain([ALL; 13]);
    let mut read = [&solved_at.to_le_bytes()[..], &age].concat();
    read.extend(damages.flat_map(u32::to_le_bytes));
    assert_eq!(read.len(), 8 + 4 + 16 * 4);
    chains(&mut world, "sync_contagion", sync_contagion(&book, &address()), &read, "payer");
    // A book that follows none may be told so.
    let mut world = World::new();
    chains(&mut world, "set_network", set_network(&owner, &book, &Default::default()), &[0; 4], "owner");
}

#[test]
fn roles_and_the_queue_are_not() {
    let mut world = World::live();
    let (owner, book) = (pubkey("owner"), world.book);
    let before = world.book().inputs_hash;
    world.propose(book, &set_risk(&owner, &book, risk(3, "asset:SOL", 4_000, 1_000))).unwrap();
    world.send(&[oracle::propose_owner(&owner, &book, &pubkey("curator"))], &["owner"]).unwrap();
    assert_eq!((world.book().change_nonce, world.book().roles.pending_owner), (1, pubkey("curator")));
    assert_eq!(world.book().inputs_hash, before);
}
