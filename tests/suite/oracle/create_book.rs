use anchor_lang::prelude::Pubkey;
use risk_oracle::events::BookCreated;
use risk_oracle::seeds::find_book;
use risk_oracle::{Book, CreateBookArgs, LineRisk};

use super::world::*;

// Access

#[test]
fn the_ledger_must_sign() {
    let mut world = World::new();
    let mut unsigned = create_book("stranger", book_roles());
    unsigned.accounts[0].is_signer = false;
    world.refuse("AccountNotSigner", unsigned, &[]);
}

#[test]
fn nobody_takes_another_ledgers_place() {
    let mut world = World::new();
    let mut taken = create_book("stranger", book_roles());
    taken.accounts[2].pubkey = find_book(&pubkey("another ledger")).0;
    world.refuse("ConstraintSeeds", taken, &["stranger"]);
}

#[test]
fn a_ledger_has_one_book() {
    let mut world = World::new();
    world.refuse("AccountAlreadyInUse", create_book("ledger", book_roles()), &["ledger"]);
}

// The ordinary path

#[test]
fn a_new_book_knows_its_roles_and_no_line() {
    let mut world = World::new();
    let receipt = world.send(&[create_book("another ledger", book_roles())], &["another ledger"]).unwrap();
    let address = find_book(&pubkey("another ledger")).0;
    let book: Book = gimbal::readers::read(&world.chain, &address).unwrap();
    assert_eq!((book.version, book.ledger), (1, pubkey("another ledger")));
    assert_eq!((book.roles.owner, book.roles.pending_owner), (pubkey("owner"), Pubkey::default()));
    assert_eq!((book.roles.curator, book.roles.guardian), (pubkey("curator"), pubkey("guardian")));
    assert!(book.lines.iter().all(|line| *line == LineRisk::FREE));
    assert!(book.risks.iter().all(|risk| risk.used == 0));
    assert_eq!((book.risk_count, book.assessments, book.refusals), (0, 0, 0));

    let told: BookCreated = event(&receipt);
    assert_eq!((told.book, told.slot, told.time), (address, receipt.slot, world.now()));
    assert_eq!((told.ledger, told.owner), (pubkey("another ledger"), pubkey("owner")));
    assert_eq!((told.curator, told.guardian), (pubkey("curator"), pubkey("guardian")));
}

// Edges

#[test]
fn a_book_needs_an_owner_and_no_one_else() {
    let mut world = World::new();
    let nobody = CreateBookArgs { owner: Pubkey::default(), ..book_roles() };
    world.refuse("ZeroKey", create_book("another ledger", nobody), &["another ledger"]);
    let alone = CreateBookArgs { curator: Pubkey::default(), guardian: Pubkey::default(), ..book_roles() };
    world.send(&[create_book("another ledger", alone)], &["another ledger"]).unwrap();
}
