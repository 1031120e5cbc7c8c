use anchor_lang::prelude::Pubkey;
use gimbal::instructions::changes::{presenting, Queue};
use gimbal::instructions::network::{create_network, network_address, set_network, set_protocol, solve_contagion};
use risk_oracle::events::NetworkSet;
use risk_oracle::{CreateNetworkArgs, Verdict};
use solana_instruction::Instruction;

use super::graph::*;
use super::world::*;

fn by(world: &World, role: &str, network: Pubkey) -> Instruction {
    set_network(&pubkey(role), &world.book, &network)
}

/// A second network of the owner, solved.
fn another(world: &mut World) -> Pubkey {
    let owner = pubkey("owner");
    let address = network_address(&owner, 9);
    let create = create_network(&owner, &pubkey("payer"), CreateNetworkArgs { id: 9, ..creation() });
    let define = set_protocol(&owner, &address, protocol(0, 0));
    world.send(&[create, define, solve_contagion(&address, Some(&owner))], &["owner"]).expect("another network");
    address
}

// Access

#[test]
fn only_the_books_owner_chooses() {
    let mut world = with_lines();
    for role in ["stranger", "curator", "guardian", "ledger", "poster"] {
        world.refuse("NotOwner", by(&world, role, address()), &[role]);
    }
    world.refuse("AccountNotSigner", unsigned(by(&world, "owner", address())), &[]);
}

// The ordinary path

#[test]
fn a_first_network_is_at_once_and_stops_new_money_until_it_is_taken_over() {
    let mut world = with_lines();
    let receipt = world.send(&[by(&world, "owner", address())], &["owner"]).unwrap();
    let book = world.book();
    assert_eq!((book.network, book.contagion_at, book.contagion_max_age), (address(), 0, 2 * 86_400));
    assert!(book.models.iter().all(|model| model.contagion_bps == 10_000));
    let told: NetworkSet = event(&receipt);
    assert_eq!((told.book, told.slot, told.time), (world.book, receipt.slot, world.now()));
    assert_eq!(told.network, address());

    let verdict = world.assess(question(1, 1));
    assert_eq!((verdict.flags, verdict.room), (Verdict::CONTAGION, 0));
    assert!(world.assess(question(2, 1_000)).allows(), "a line that rests on no protocol");
    world.send(&[sync(&world)], &[]).unwrap();
    assert!(world.assess(question(1, 1_000)).allows());
}

#[test]
fn another_network_or_none_waits_on_a_live_book() {
    let mut world = followed();
    let other = another(&mut world);
    world.refuse("ChangeRequired", by(&world, "owner", other), &["owner"]);
    world.refuse("ChangeRequired", by(&world, "owner", Pubkey::default()), &["owner"]);
    // The one that it follows already may be named again.
    world.send(&[by(&world, "owner", address())], &["owner"]).unwrap();

    let guarded = by(&world, "owner", other);
    let waited = world.waited(world.book, guarded);
    world.send(&[waited], &["owner"]).unwrap();
    assert_eq!((world.book().network, world.book().contagion_at), (other, 0));
    let guarded = by(&world, "owner", Pubkey::default());
    let waited = world.waited(world.book, guarded);
    world.send(&[waited], &["owner"]).unwrap();
    assert!(!world.book().follows_network());
    assert!(world.assess(question(1, 1_000)).allows(), "without a network contagion limits nothing");
}

/// What one network has taken, the next one gives back at the book's rate only.
#[test]
fn another_network_does_not_loosen_at_once() {
    let mut world = followed();
    let other = another(&mut world);
    let defaulted = lose(&world, COIN, 10_000);
    world.send(&[defaulted, solve(), sync(&world)], &["poster"]).unwrap();
    assert_eq!(world.book().models[0].contagion_bps, 7_999);
    let guarded = by(&world, "owner", other);
    let waited = world.waited(world.book, guarded);
    let take = gimbal::instructions::network::sync_contagion(&world.book, &other);
    world.send(&[waited, solve_contagion(&other, None), take], &["owner"]).unwrap();
    // A day's worth of 500.
    assert_eq!(world.book().models[0].contagion_bps, 8_499);
}

// Edges

#[test]
fn the_network_is_the_one_that_is_passed() {
    let mut world = with_lines();
    let mut other = by(&world, "owner", pubkey("nothing"));
    other.accounts[2].pubkey = address();
    world.refuse("WrongNetwork", other, &["owner"]);
    let mut none = by(&world, "owner", address());
    none.accounts[2].pubkey = risk_oracle::ID;
    world.refuse("WrongNetwork", none, &["owner"]);
    let mut zero = by(&world, "owner", Pubkey::default());
    zero.accounts[2].pubkey = address();
    world.refuse("WrongNetwork", zero, &["owner"]);
    world.refuse("AccountDiscriminatorMismatch", by(&world, "owner", world.feed), &["owner"]);
    world.refuse("AccountOwnedByWrongProgram", by(&world, "owner", world.posted), &["owner"]);
}

#[test]
fn a_draft_is_followed_by_nobody() {
    let mut world = draft();
    world.refuse("NetworkNotOpened", by(&world, "owner", address()), &["owner"]);
}

#[test]
fn a_change_is_bound_to_the_network_that_it_replaces() {
    let mut world = followed();
    let other = another(&mut world);
    let book = world.book;
    let first = by(&world, "owner", other);
    world.propose(book, &first).unwrap();
    let guarded = by(&world, "owner", Pubkey::default());
    let waited = world.waited(book, guarded);
    world.send(&[waited], &["owner"]).unwrap();
    // Following one again is at once; what waited for the old choice is void.
    world.send(&[by(&world, "owner", address())], &["owner"]).unwrap();
    let applied = presenting(first, &Queue::Oracle(book).change(0));
    world.send(&[applied], &["owner"]).expect("bound to the network itself, which is followed again");
    assert_eq!(world.book().network, other);
}
