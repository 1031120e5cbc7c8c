//! `open_book`: the owner opens the ledger's one book at the risk oracle.

use super::*;

use anchor_lang::prelude::Pubkey;
use gimbal::instructions::{build, router};
use gimbal::pda::event_authorities;
use risk_oracle::Book;
use strategy_router::{accounts, instruction};

fn open_book(fx: &mut Fixture, owner: &Keypair) -> Outcome {
    let payer = fx.deployment.actors.payer.pubkey();
    let open = router::open_book(&owner.pubkey(), &payer, &fx.deployment.vault.addresses);
    fx.send(&[open], &[owner])
}

#[test]
fn only_the_owner_opens_the_book() {
    let mut fx = Fixture::with_lines(0);
    let cast = Cast::of(&fx);
    own::open(&mut fx);
    for key in [&cast.curator, &cast.guardian, &cast.stranger] {
        fx.assert_refused("NotOwner", |fx| open_book(fx, key));
    }
    let payer = fx.deployment.actors.payer.pubkey();
    let open = unsigned(router::open_book(&cast.owner.pubkey(), &payer, &fx.deployment.vault.addresses), 0);
    fx.assert_refused("AccountNotSigner", |fx| fx.send(&[open], &[]));
    open_book(&mut fx, &cast.owner).unwrap();
}

#[test]
fn the_book_is_the_ledgers_own_and_under_its_roles() {
    let mut fx = Fixture::with_lines(0);
    let cast = Cast::of(&fx);
    own::open(&mut fx);
    let receipt = open_book(&mut fx, &cast.owner).unwrap();
    let addresses = fx.deployment.vault.addresses;
    assert_eq!(fx.ledger().book, addresses.book);
    let book: Book = fx.read(&addresses.book);
    assert_eq!((book.ledger, book.risk_count), (addresses.ledger, 0));
    assert_eq!((book.roles.owner, book.roles.curator), (cast.owner.pubkey(), cast.curator.pubkey()));
    assert_eq!(book.roles.guardian, cast.guardian.pubkey());
    let RouterEvent::BookOpened(event) = event(&receipt) else { panic!("a book was opened") };
    assert_eq!((event.ledger, event.book, event.time), (addresses.ledger, addresses.book, now(&fx)));
}

#[test]
fn there_is_one_book() {
    let mut fx = Fixture::with_lines(0);
    let owner = fx.deployment.actors.owner.insecure_clone();
    fx.assert_refused("BookAlreadyOpened", |fx| open_book(fx, &owner));
}

#[test]
fn book_and_oracle_are_the_real_ones() {
    let mut fx = Fixture::with_lines(0);
    let owner = fx.deployment.actors.owner.insecure_clone();
    let of_another = fx.deployment.vault.addresses.book;
    own::open(&mut fx);
    let addresses = fx.deployment.vault.addresses;
    let accounts = accounts::OpenBook {
        owner: owner.pubkey(),
        payer: fx.deployment.actors.payer.pubkey(),
        ledger: addresses.ledger,
        book: addresses.book,
        risk_oracle: risk_oracle::ID,
        risk_oracle_event_authority: event_authorities().oracle,
        system_program: anchor_lang::system_program::ID,
        event_authority: event_authorities().router,
        program: strategy_router::ID,
    };
    let refusals: [(&str, accounts::OpenBook); 4] = [
        ("InvalidProgramId", accounts::OpenBook { risk_oracle: vault::ID, ..accounts }),
        ("ConstraintSeeds", accounts::OpenBook { book: of_another, ..accounts }),
        ("ConstraintSeeds", accounts::OpenBook { book: Pubkey::new_unique(), ..accounts }),
        (
            "ConstraintAddress",
            accounts::OpenBook { risk_oracle_event_authority: event_authorities().router, ..accounts },
        ),
    ];
    for (name, wrong) in refusals {
        let open = build(strategy_router::ID, wrong, instruction::OpenBook {});
        fx.assert_refused(name, |fx| fx.send(&[open], &[&owner]));
    }
}
