use gimbal::instructions::oracle::{set_line_risk, set_risk};
use risk_oracle::{AssessArgs, Exposure, Verdict};
use sha2::{Digest, Sha256};

use super::world::*;

const OPEN: u64 = u64::MAX;

/// Line 1: assets SOL and venue A, at most 30% and 400. Line 2: SOL and venue B. SOL is capped at 50%, venue A at 350.
fn with_limits() -> World {
    let mut world = World::new();
    let (owner, book) = (pubkey("owner"), world.book);
    let instructions = [
        set_risk(&owner, &book, risk(0, "asset:SOL", 5_000, OPEN)),
        set_risk(&owner, &book, risk(1, "venue:A", 10_000, 350)),
        set_risk(&owner, &book, risk(2, "venue:B", 10_000, OPEN)),
        set_line_risk(&owner, &book, line_risk(1, &[0, 1], 3_000, 400)),
        set_line_risk(&owner, &book, line_risk(2, &[0, 2], 10_000, OPEN)),
    ];
    for instruction in instructions {
        world.send(&[instruction], &["owner"]).unwrap();
    }
    world
}

/// NAV 1,000; line 1 (row 0) holds 100, line 2 (row 3) 200.
fn question(row: u8, amount: u64) -> AssessArgs {
    let mut args = AssessArgs { nav: 1_000, line: row, amount, values: [0; 16], line_ids: [0; 16], exposures: vec![] };
    (args.line_ids[0], args.values[0]) = (1, 100);
    (args.line_ids[3], args.values[3]) = (2, 200);
    args
}

// Access

#[test]
fn only_the_books_ledger_asks() {
    let mut world = with_limits();
    let book = world.book;
    for role in ["owner", "curator", "guardian", "stranger"] {
        world.refuse("WrongLedger", assess(role, book, question(0, 1)), &[role]);
    }
    let mut unsigned = assess("ledger", book, question(0, 1));
    unsigned.accounts[0].is_signer = false;
    world.refuse("AccountNotSigner", unsigned, &[]);
}

#[test]
fn a_ledger_cannot_use_anothers_book() {
    let mut world = with_limits();
    world.send(&[create_book("another ledger", book_roles())], &["another ledger"]).unwrap();
    let book = world.book;
    world.refuse("WrongLedger", assess("another ledger", book, question(0, 1)), &["another ledger"]);
    let feed = world.feed;
    world.refuse("AccountDiscriminatorMismatch", assess("ledger", feed, question(0, 1)), &["ledger"]);
}

// The ordinary path

#[test]
fn a_move_within_every_limit_is_allowed() {
    let mut world = with_limits();
    // Rooms: 30% of 1,000 - 100 = 200; 400 - 100; SOL 500 - 300 = 200; venue A 350 - 100 = 250.
    assert_eq!(world.assess(question(0, 200)), Verdict { flags: 0, room: 200 });
    let book = world.book();
    assert_eq!((book.nav, book.assessed_at, book.last_flags), (1_000, world.now(), 0));
    assert_eq!((book.assessments, book.refusals), (1, 0));
    assert_eq!([0, 1, 2].map(|row| book.risks[row].exposure), [300, 100, 200]);
    assert_eq!([1, 2].map(|id| book.line(id).map(|line| line.exposure)), [Some(100), Some(200)]);
}

#[test]
fn a_breach_is_an_answer_and_is_counted() {
    let mut world = with_limits();
    let flags = Verdict::LINE_CAP_BPS | Verdict::RISK_CAP_BPS;
    assert_eq!(world.assess(question(0, 201)), Verdict { flags, room: 200 });
    let flags = flags | Verdict::LINE_CAP | Verdict::RISK_CAP;
    assert_eq!(world.assess(question(0, 301)), Verdict { flags, room: 200 });
    // Line 2 is stopped by SOL alone.
    assert_eq!(world.assess(question(3, 201)), Verdict { flags: Verdict::RISK_CAP_BPS, room: 200 });
    let book = world.book();
    assert_eq!((book.assessments, book.refusals, book.last_flags), (3, 3, Verdict::RISK_CAP_BPS));
}

#[test]
fn the_arguments_are_chained_into_the_hash() {
    let mut world = with_limits();
    let mut expected = world.book().inputs_hash;
    for amount in [7, 8] {
        let mut args = question(3, amount);
        args.exposures = vec![Exposure { delta: -1, debt: 2, kind: 6, ..Exposure::none() }];
        world.assess(args.clone());
        // The discriminator, then Borsh of the arguments, by hand: fixed-size fields, little-endian, in order.
        let mut bytes = Sha256::digest("global:assess")[..8].to_vec();
        bytes.extend_from_slice(&1_000u64.to_le_bytes());
        bytes.push(3);
        bytes.extend_from_slice(&amount.to_le_bytes());
        args.values.iter().for_each(|value| bytes.extend_from_slice(&value.to_le_bytes()));
        args.line_ids.iter().for_each(|id| bytes.extend_from_slice(&id.to_le_bytes()));
        bytes.extend_from_slice(&1u32.to_le_bytes());
        bytes.extend_from_slice(&(-1i64).to_le_bytes());
        bytes.extend_from_slice(&[0; 8]);
        bytes.extend_from_slice(&2u64.to_le_bytes());
        bytes.extend_from_slice(&u64::MAX.to_le_bytes());
        bytes.extend_from_slice(&[0; 32 + 16]);
        bytes.extend_from_slice(&[0xFF, 0xFF, 0, 0, 0, 0, 6, 0]);
        assert_eq!(bytes.len(), 8 + 177 + 4 + 88);
        bytes.extend_from_slice(&world.now().to_le_bytes());
        expected = Sha256::new().chain_update(expected).chain_update(&bytes).finalize().into();
        assert_eq!(world.book().inputs_hash, expected);
    }
}

// Edges

#[test]
fn an_unknown_line_gets_no_money() {
    let mut world = with_limits();
    let mut unknown = question(5, 1);
    unknown.line_ids[5] = 77;
    assert_eq!(world.assess(unknown), Verdict { flags: Verdict::LINE_UNREGISTERED, room: 0 });
    // Its value would be seen by no limit, so that no line gets money as long as it has some.
    let mut hidden = question(0, 1);
    (hidden.line_ids[5], hidden.values[5]) = (77, 1);
    assert_eq!(world.assess(hidden), Verdict { flags: Verdict::LINE_UNREGISTERED, room: 0 });
}

#[test]
fn a_lowered_cap_stops_the_next_move() {
    let mut world = with_limits();
    let book = world.book;
    assert_eq!(world.assess(question(0, 1)).flags, 0);
    world.send(&[set_line_risk(&pubkey("guardian"), &book, line_risk(1, &[0, 1], 3_000, 0))], &["guardian"]).unwrap();
    assert_eq!(world.assess(question(0, 1)), Verdict { flags: Verdict::LINE_CAP, room: 0 });
    assert_eq!(world.assess(question(3, 1)), Verdict { flags: 0, room: 200 });
}

#[test]
fn an_empty_ledger_may_add_nothing() {
    let mut world = with_limits();
    let args = AssessArgs { nav: 0, values: [0; 16], ..question(0, 1) };
    let flags = Verdict::NAV_ZERO | Verdict::LINE_CAP_BPS | Verdict::RISK_CAP_BPS;
    assert_eq!(world.assess(args), Verdict { flags, room: 0 });
}

#[test]
fn a_row_beyond_the_ledger_is_refused() {
    let mut world = with_limits();
    let book = world.book;
    world.refuse("LineOutOfRange", assess("ledger", book, question(16, 1)), &["ledger"]);
}

#[test]
fn no_event_is_emitted_and_nothing_is_called() {
    let mut world = with_limits();
    let receipt = world.send(&[assess("ledger", world.book, question(0, 1))], &["ledger"]).unwrap();
    assert!(receipt.inner.is_empty());
}
