//! Verdicts: each reason by itself, the largest move, and agreement of the two.

use bytemuck::Zeroable;
use proptest::prelude::*;
use risk_oracle::policy::limits::assess;
use risk_oracle::{AssessArgs, Book, LineRisk, RiskLimit, Verdict, LINES, NO_RISK};

const MANY: u64 = u64::MAX;
const NOW: i64 = 1_767_225_600;

fn line(line_id: u16, risks: [u8; 4], cap: u64, cap_bps: u16) -> LineRisk {
    LineRisk { line_id, cap_bps, risks, cap, exposure: 0 }
}

fn risk(cap: u64, cap_bps: u16) -> RiskLimit {
    RiskLimit { label: *b"asset:USDC\0\0\0\0\0\0", cap, cap_bps, used: 1, _pad: [0; 5], exposure: 0 }
}

/// Lines 1 (risks 0 and 1), 2 (risk 0) and 3 (no risk); every cap is open.
fn book() -> Book {
    let mut book = Book::zeroed();
    book.start_engine();
    book.lines = [LineRisk::FREE; LINES];
    book.lines[0] = line(1, [0, 1, NO_RISK, NO_RISK], MANY, 10_000);
    book.lines[1] = line(2, [NO_RISK, 0, NO_RISK, NO_RISK], MANY, 10_000);
    book.lines[2] = line(3, [NO_RISK; 4], MANY, 10_000);
    book.risks[0] = risk(MANY, 10_000);
    book.risks[1] = risk(MANY, 10_000);
    book.risk_count = 2;
    book.invariant().unwrap();
    book
}

/// NAV 1,000,000: line 1 holds 100,000, line 2 200,000, line 3 50,000. New money for line 1.
fn args(amount: u64) -> AssessArgs {
    let mut args =
        AssessArgs { nav: 1_000_000, line: 0, amount, values: [0; LINES], line_ids: [0; LINES], exposures: vec![] };
    args.line_ids[..3].copy_from_slice(&[1, 2, 3]);
    args.values[..3].copy_from_slice(&[100_000, 200_000, 50_000]);
    args
}

#[track_caller]
fn expect(book: &mut Book, args: &AssessArgs, flags: u32, room: u64) {
    assert_eq!(assess(book, args, NOW).unwrap(), Verdict { flags, room });
}

#[test]
fn open_caps_leave_room_up_to_nav() {
    // Risk 0 carries 300,000 of 1,000,000.
    expect(&mut book(), &args(700_000), 0, 700_000);
    expect(&mut book(), &args(700_001), Verdict::RISK_CAP_BPS, 700_000);
}

#[test]
fn exposures_are_stored_as_they_were_before_the_move() {
    let mut book = book();
    assess(&mut book, &args(10), NOW).unwrap();
    assert_eq!([0, 1, 2].map(|at| book.lines[at].exposure), [100_000, 200_000, 50_000]);
    assert_eq!([0, 1].map(|at| book.risks[at].exposure), [300_000, 100_000]);
    // And made anew each time.
    let mut emptied = args(10);
    emptied.values[1] = 0;
    assess(&mut book, &emptied, NOW).unwrap();
    assert_eq!([0, 1, 2].map(|at| book.lines[at].exposure), [100_000, 0, 50_000]);
    assert_eq!([0, 1].map(|at| book.risks[at].exposure), [100_000, 100_000]);
}

#[test]
fn each_cap_is_named() {
    let mut one = book();
    one.lines[0].cap = 130_000;
    expect(&mut one, &args(30_000), 0, 30_000);
    expect(&mut one, &args(30_001), Verdict::LINE_CAP, 30_000);

    let mut one = book();
    one.lines[0].cap_bps = 1_200;
    expect(&mut one, &args(20_000), 0, 20_000);
    expect(&mut one, &args(20_001), Verdict::LINE_CAP_BPS, 20_000);

    let mut one = book();
    one.risks[0].cap = 310_000;
    expect(&mut one, &args(10_000), 0, 10_000);
    expect(&mut one, &args(10_001), Verdict::RISK_CAP, 10_000);

    let mut one = book();
    one.risks[1].cap_bps = 1_050;
    expect(&mut one, &args(5_000), 0, 5_000);
    expect(&mut one, &args(5_001), Verdict::RISK_CAP_BPS, 5_000);
}

#[test]
fn all_reasons_are_told_and_the_smallest_room() {
    let mut one = book();
    one.lines[0] = line(1, [0, 1, NO_RISK, NO_RISK], 130_000, 1_200);
    one.risks[0] = risk(310_000, 3_050);
    let flags = Verdict::LINE_CAP | Verdict::LINE_CAP_BPS | Verdict::RISK_CAP | Verdict::RISK_CAP_BPS;
    expect(&mut one, &args(40_000), flags, 5_000);
    expect(&mut one, &args(5_000), 0, 5_000);
}

#[test]
fn a_breach_that_exists_already_leaves_no_room() {
    let mut one = book();
    one.risks[0].cap = 250_000;
    expect(&mut one, &args(1), Verdict::RISK_CAP, 0);
    // A line without that risk is not concerned.
    let mut other = args(1);
    other.line = 2;
    expect(&mut one, &other, 0, 950_000);
}

#[test]
fn caps_of_nav_round_down() {
    let mut one = book();
    one.lines[0].cap_bps = 3_333;
    let mut odd = args(0);
    odd.nav = 1_000_001;
    // 33.33% of 1,000,001 is 333,300.3333.
    odd.amount = 233_300;
    expect(&mut one, &odd, 0, 233_300);
    odd.amount = 233_301;
    expect(&mut one, &odd, Verdict::LINE_CAP_BPS, 233_300);
}

#[test]
fn an_unknown_line_may_take_nothing() {
    let mut one = book();
    let mut unknown = args(1);
    unknown.line_ids[3] = 9;
    unknown.line = 3;
    expect(&mut one, &unknown, Verdict::LINE_UNREGISTERED, 0);
    unknown.line = 15;
    expect(&mut one, &unknown, Verdict::LINE_UNREGISTERED, 0);
}

#[test]
fn an_unknown_line_with_value_stops_every_line() {
    let mut one = book();
    let mut hidden = args(1);
    hidden.line_ids[3] = 9;
    expect(&mut one, &hidden, 0, 700_000);
    hidden.values[3] = 1;
    expect(&mut one, &hidden, Verdict::LINE_UNREGISTERED, 0);
    hidden.line_ids[3] = 0;
    expect(&mut one, &hidden, Verdict::LINE_UNREGISTERED, 0);
}

#[test]
fn without_nav_nothing_may_be_added() {
    let mut none = args(1);
    none.nav = 0;
    none.values = [0; LINES];
    let flags = Verdict::NAV_ZERO | Verdict::LINE_CAP_BPS | Verdict::RISK_CAP_BPS;
    expect(&mut book(), &none, flags, 0);
}

#[test]
fn a_row_beyond_the_ledger_is_an_error() {
    let mut beyond = args(1);
    beyond.line = 16;
    assert!(assess(&mut book(), &beyond, NOW).is_err());
}

#[test]
fn sums_beyond_64_bits_refuse() {
    let mut one = book();
    let mut huge = args(u64::MAX);
    huge.nav = u64::MAX;
    huge.values[..2].copy_from_slice(&[u64::MAX - 5, u64::MAX - 5]);
    one.lines[0].cap = u64::MAX - 1;
    one.risks[0].cap = u64::MAX - 1;
    expect(&mut one, &huge, Verdict::LINE_CAP | Verdict::RISK_CAP, 0);
    assert_eq!(one.risks[0].exposure, u64::MAX);
}

/// The rules once more, straight from their definition, in 128 bits.
fn by_definition(book: &Book, args: &AssessArgs) -> Verdict {
    let amount = u128::from(args.amount);
    let cap_of_nav = |bps: u16| u128::from(args.nav) * u128::from(bps) / 10_000;
    let limits = |id: u16| book.lines.iter().find(|line| id != 0 && line.line_id == id);
    let row = usize::from(args.line);
    let mut flags = 0;
    let mut rooms = vec![u128::from(u64::MAX)];
    let hidden = (0..LINES).any(|at| args.values[at] > 0 && limits(args.line_ids[at]).is_none());
    let target = limits(args.line_ids[row]);
    if hidden || target.is_none() {
        flags |= 1;
        rooms.push(0);
    }
    if let Some(target) = target {
        let mut cap = |flag: u32, exposure: u128, cap: u128| {
            if exposure + amount > cap {
                flags |= flag;
            }
            rooms.push(cap.saturating_sub(exposure));
        };
        let value = u128::from(args.values[row]);
        cap(2, value, u128::from(target.cap));
        cap(4, value, cap_of_nav(target.cap_bps));
        for index in target.risks.into_iter().filter(|index| *index != NO_RISK) {
            let sum = (0..LINES)
                .filter(|at| limits(args.line_ids[*at]).is_some_and(|line| line.risks.contains(&index)))
                .map(|at| u128::from(args.values[at]))
                .sum::<u128>();
            let risk = &book.risks[usize::from(index)];
            cap(8, sum, u128::from(risk.cap));
            cap(16, sum, cap_of_nav(risk.cap_bps));
        }
    }
    if args.nav == 0 {
        flags |= 32;
        rooms.push(0);
    }
    Verdict { flags, room: u64::try_from(rooms.into_iter().min().unwrap()).unwrap() }
}

prop_compose! {
    fn any_case()(
        caps in prop::collection::vec((prop_oneof![0u64..2_000_000, Just(u64::MAX)], 0u16..=10_000), 16),
        risks in prop::collection::vec((prop_oneof![0u64..4_000_000, Just(u64::MAX)], 0u16..=10_000), 8),
        carried in prop::collection::vec(prop::sample::subsequence((0u8..8).collect::<Vec<_>>(), 0..=4), 16),
        known in 1usize..=16,
        ids in Just((1u16..=16).collect::<Vec<_>>()).prop_shuffle(),
        values in prop::collection::vec(prop_oneof![Just(0u64), 0u64..500_000], 16),
        (nav, line, amount) in (prop_oneof![Just(0u64), 1u64..6_000_000], 0u8..16, 0u64..2_000_000),
    ) -> (Book, AssessArgs) {
        let mut book = Book::zeroed();
        book.start_engine();
    book.lines = [LineRisk::FREE; LINES];
        for at in 0..known {
            let mut indices = [NO_RISK; 4];
            indices[..carried[at].len()].copy_from_slice(&carried[at]);
            book.lines[at] = self::line(at as u16 + 1, indices, caps[at].0, caps[at].1);
        }
        for (at, (cap, cap_bps)) in risks.into_iter().enumerate() {
            book.risks[at] = risk(cap, cap_bps);
        }
        book.risk_count = 8;
        let args = AssessArgs {
            nav,
            line,
            amount,
            values: values.try_into().unwrap(),
            line_ids: ids.try_into().unwrap(),
            exposures: vec![],
        };
        (book, args)
    }
}

proptest! {
    #[test]
    fn verdicts_follow_their_definition((mut book, args) in any_case()) {
        let expected = by_definition(&book, &args);
        prop_assert_eq!(assess(&mut book, &args, NOW).unwrap(), expected);
    }

    /// The room is the largest move that breaches nothing: it is allowed, and one unit more is not.
    #[test]
    fn the_room_is_exact((mut book, args) in any_case()) {
        let room = assess(&mut book, &args, NOW).unwrap().room;
        if room > 0 {
            let verdict = assess(&mut book, &AssessArgs { amount: room, ..args.clone() }, NOW).unwrap();
            prop_assert!(verdict.allows());
        }
        if let Some(amount) = room.checked_add(1) {
            let verdict = assess(&mut book, &AssessArgs { amount, ..args.clone() }, NOW).unwrap();
            prop_assert!(!verdict.allows());
            prop_assert_eq!(verdict.room, room);
        }
    }

    /// More value anywhere never makes more room.
    #[test]
    fn more_exposure_never_makes_room((mut book, args) in any_case(), at in 0usize..16, more in 0u64..1_000_000) {
        let before = assess(&mut book, &args, NOW).unwrap().room;
        let mut fuller = args.clone();
        fuller.values[at] += more;
        prop_assert!(assess(&mut book, &fuller, NOW).unwrap().room <= before);
    }
}
