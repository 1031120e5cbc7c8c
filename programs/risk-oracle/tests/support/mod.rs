//! Books for the tests of the risk engine, worked out for easy arithmetic.

// Each test file uses its own part.
#![allow(dead_code)]

use anchor_lang::prelude::Pubkey;
use bytemuck::Zeroable;
use risk_oracle::policy::limits::assess;
use risk_oracle::state::{AssetRisk, TailRisk, NO_RISK};
use risk_oracle::{AssessArgs, Book, Exposure, LineRisk, RiskParams, Verdict, LINES, NO_ROW};

/// Midnight of 2026-01-01, UTC.
pub const NOW: i64 = 1_767_225_600;
pub const DAY: i64 = 86_400;
/// NAV of the tests' ledger.
pub const NAV: u64 = 1_000_000_000_000;
/// A tenth of it.
pub const TENTH: u64 = NAV / 10;
/// (4%)² = 0.0016 per day, in units of 2^-56: 0.0016 · 72,057,594,037,927,936, rounded up.
pub const FOUR_PERCENT: u64 = 115_292_150_460_685;
/// (3%)² = 0.0009.
pub const THREE_PERCENT: u64 = 64_851_834_634_136;

/// An asset that was observed at [`NOW`], with a quantile of 2.6 and a shortfall of 3.2 deviations on both sides.
pub fn asset(number: u8, variance: u64) -> AssetRisk {
    let tail = TailRisk { quantile_milli: 2_600, shortfall_milli: 3_200 };
    AssetRisk {
        feed: Pubkey::new_from_array([number + 1; 32]),
        variance,
        long_run: variance,
        price: 1_000_000_000_000,
        publish_time: NOW,
        tail_low: tail,
        tail_high: tail,
        ..AssetRisk::default()
    }
}

/// Lines 1 (asset 0 at 4% a day), 2 (asset 1 at 3%) and 3 (no asset), without caps; no limit is set.
pub fn book() -> Box<Book> {
    let mut book = Box::new(Book::zeroed());
    book.start_engine();
    book.lines = [LineRisk::FREE; LINES];
    for (at, id) in [1, 2, 3].into_iter().enumerate() {
        book.lines[at] = LineRisk { line_id: id, cap_bps: 10_000, risks: [NO_RISK; 4], cap: u64::MAX, exposure: 0 };
    }
    book.assets[0] = asset(0, FOUR_PERCENT);
    book.assets[1] = asset(1, THREE_PERCENT);
    (book.models[0].asset, book.models[1].asset) = (0, 1);
    book.invariant().unwrap();
    book
}

/// The book with other parameters.
pub fn with(change: impl FnOnce(&mut RiskParams)) -> Box<Book> {
    let mut book = book();
    change(&mut book.params);
    book.params.validate().unwrap();
    book
}

/// A token bought outright: all of the value moves with the price.
pub fn outright(value: u64) -> Exposure {
    Exposure { delta: value as i64, delta_bps: 10_000, kind: 1, ..Exposure::none() }
}

/// New money of `amount` for row `row`; the rows hold lines 1, 2, 3 with these values and exposures.
pub fn ask(row: u8, amount: u64, values: [u64; 3], exposures: [Exposure; 3]) -> AssessArgs {
    let mut args = AssessArgs {
        nav: NAV,
        line: row,
        amount,
        values: [0; LINES],
        line_ids: [0; LINES],
        exposures: exposures.to_vec(),
    };
    args.line_ids[..3].copy_from_slice(&[1, 2, 3]);
    args.values[..3].copy_from_slice(&values);
    args
}

/// The same ledger, nothing to be moved.
pub fn reported(args: &AssessArgs) -> AssessArgs {
    AssessArgs { line: NO_ROW, amount: 0, ..args.clone() }
}

/// Flags of a verdict.
pub fn flags(book: &mut Book, args: &AssessArgs) -> u32 {
    assess(book, args, NOW).unwrap().flags
}

/// Asserts that the room is what nothing breaches, that one unit more raises `flag` alone, and returns it.
#[track_caller]
pub fn room(book: &mut Book, args: &AssessArgs, flag: u32) -> u64 {
    let asked = |amount| AssessArgs { amount, ..args.clone() };
    let room = assess(book, args, NOW).unwrap().room;
    assert!(room < u64::MAX, "something bounds the room");
    let within = assess(book, &asked(room), NOW).unwrap();
    assert_eq!(within, Verdict { flags: 0, room }, "the room itself is within");
    let beyond = assess(book, &asked(room + 1), NOW).unwrap();
    assert_eq!(beyond.flags, flag, "one unit more breaches");
    room
}
