//! A book: its verdicts hold to the unit; asking it, hearing its prices and working out its scenarios keep its invariant and
//! every setting.
#![no_main]

use gimbal_fuzz::{base_of, load, Input};
use libfuzzer_sys::fuzz_target;
use risk_oracle::{
    policy::{
        limits::{assess, measure},
        regime, stress,
    },
    state::{Book, LineRisk, RiskParams, NO_RISK},
    AssessArgs, Verdict,
};

/// A moment, Unix seconds.
const NOW: i64 = 1_800_000_000;

fuzz_target!(|data: &[u8]| {
    let input = Input::new(data);
    let base = base_of::<Book>(|book| {
        book.start_engine();
        book.lines = [LineRisk::FREE; 16];
        book.lines[0] =
            LineRisk { line_id: 1, cap_bps: 6_000, risks: [0, NO_RISK, NO_RISK, NO_RISK], cap: 1 << 40, exposure: 0 };
        book.lines[1] =
            LineRisk { line_id: 2, cap_bps: 10_000, risks: [0, 1, NO_RISK, NO_RISK], cap: u64::MAX, exposure: 0 };
        for risk in &mut book.risks[..2] {
            (risk.label, risk.used, risk.cap_bps, risk.cap) = (*b"asset:SOL\0\0\0\0\0\0\0", 1, 8_000, u64::MAX);
        }
        book.risk_count = 2;
        assert!(book.validate().is_ok(), "a book that setters leave");
    });
    load::<Book>(&input.account(&base), |book| {
        for id in [0, 1, 2, input.numbers[3] as u16] {
            assert!(book.line(id).is_none_or(|line| line.line_id == id && id != 0));
        }
        if book.invariant().is_err() {
            assert!(book.validate().is_err(), "settings are the invariant and more");
            return;
        }
        for index in 0..book.scenarios.len() {
            keeps(book, "a scenario that is worked out", |book| {
                if book.scenarios[index].is_used() {
                    stress::run(book, index, NOW);
                }
                measure(book, NOW);
            });
        }
        keeps(book, "prices that are heard, and a day that is closed", |book| {
            regime::hear_assets(book);
            regime::raise(book, NOW);
            regime::close_day(book, input.numbers[2] as u32, NOW);
            regime::loosen(book, NOW);
            measure(book, NOW);
        });
        let [nav, amount, first, second] = input.numbers;
        let mut values = [0; 16];
        (values[0], values[1]) = (first, second);
        let mut line_ids = [0; 16];
        (line_ids[0], line_ids[1]) = (1, 2);
        let ask = |amount: u64| {
            verdict_of(
                book,
                AssessArgs { nav, line: (input.numbers[1] % 2) as u8, amount, values, line_ids, exposures: Vec::new() },
            )
        };
        let verdict = ask(amount);
        // The room does not depend on what is asked for, and is the largest amount that breaches nothing.
        let at_room = ask(verdict.room);
        assert_eq!(at_room.room, verdict.room);
        assert!(verdict.room == 0 || at_room.allows());
        // What the engine limits is a root or a quotient, rounded down.
        if let Some(more) = verdict.room.checked_add(1).filter(|_| book.params == RiskParams::NONE) {
            assert!(!ask(more).allows());
        }
        assert!(!verdict.allows() || amount <= verdict.room);
    });
});

fn verdict_of(book: &Book, args: AssessArgs) -> Verdict {
    keeps(book, "asking", |book| assess(book, &args, NOW).expect("a row of the ledger"))
}

/// What `act` returns; it leaves the invariant, and every setting that was there.
fn keeps<T>(book: &Book, what: &str, act: impl FnOnce(&mut Book) -> T) -> T {
    let mut after = Box::new(*book);
    let result = act(&mut after);
    assert!(after.invariant().is_ok(), "{what} keeps the invariant");
    assert!(book.validate().is_err() || after.validate().is_ok(), "{what} keeps every setting");
    assert_eq!((after.roles, after.risk_count, after.params), (book.roles, book.risk_count, book.params));
    result
}
