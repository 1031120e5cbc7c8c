//! No answer of the oracle lets more be lost than its limits say, or than is lost already: whatever was asked, the move is made
//! and the whole book measured anew.

use super::Random;
use bytemuck::Zeroable;
use risk_oracle::policy::limits::{assess, Verdict};
use risk_oracle::policy::stress;
use risk_oracle::state::{AssetRisk, Book, Exposure, LineRisk, TailRisk, LINES, NO_RISK};
use risk_oracle::{AssessArgs, RiskParams, NO_ROW};

const NOW: i64 = 1_767_225_600;
const NAV: u64 = 1_000_000_000_000;
/// Rows of the ledger that are in use.
const HELD: usize = 5;
/// Assets that move them.
const ASSETS: usize = 3;

impl Random {
    /// A size of up to half of NAV, of either sign or none.
    fn size(&mut self) -> i64 {
        let size = (NAV >> (1 + self.below(12))) as i64 + self.below(1_000) as i64;
        self.either(&[size, size, -size, 0])
    }

    fn exposure(&mut self) -> Exposure {
        Exposure {
            delta: self.size(),
            gamma: self.either(&[0, 0, 1]) * self.size() * 4,
            debt: self.either(&[0, 0, NAV / 20, NAV / 5]),
            debt_bps: self.either(&[0, 0, 5_000, 30_000]),
            delta_bps: self.either(&[10_000, -10_000, 5_000, -25_000, 0]),
            gamma_bps: self.either(&[0, 0, -10_000, 10_000, -80_000]),
            ..Exposure::none()
        }
    }

    /// Three assets that have moved together in any way for up to 64 days; limits that may be breached already.
    fn book(&mut self) -> Box<Book> {
        let mut book = Box::new(Book::zeroed());
        book.start_engine();
        book.params = RiskParams {
            max_var_bps: self.either(&[50, 200, 500, 1_500]),
            max_shortfall_bps: self.either(&[60, 300, 700, u16::MAX]),
            max_concentration_bps: self.either(&[100, 1_000, 5_000]),
            max_leverage_bps: self.either(&[12_000, 20_000, u32::MAX]),
            horizon_days: self.either(&[1, 10]),
            ..RiskParams::NONE
        };
        book.lines = [LineRisk::FREE; LINES];
        for (id, (line, model)) in (1..).zip(book.lines.iter_mut().zip(&mut book.models)).take(HELD) {
            *line = LineRisk { line_id: id, cap_bps: 10_000, risks: [NO_RISK; 4], cap: u64::MAX, exposure: 0 };
            model.asset = self.below(ASSETS as u64) as u8;
        }
        for (number, asset) in (1u8..).zip(&mut book.assets).take(ASSETS) {
            let tail = |random: &mut Self| {
                let quantile_milli = 2_000 + random.below(3_000) as u32;
                TailRisk { quantile_milli, shortfall_milli: quantile_milli + random.below(1_500) as u32 }
            };
            // From half a percent to eight percent a day.
            let deviation = 50 + self.below(750);
            *asset = AssetRisk {
                feed: anchor_lang::prelude::Pubkey::new_from_array([number; 32]),
                variance: (u128::from(deviation * deviation) * (1 << 56) / 100_000_000) as u64,
                long_run: 1 << 40,
                price: 1_000_000_000_000,
                publish_time: NOW,
                tail_low: tail(self),
                tail_high: tail(self),
                ..AssetRisk::default()
            };
        }
        let together = self.either(&[0, 500, 900, -900]);
        for day in 1..=self.either(&[10, 30, 64]) {
            let common = self.below(4_001) as i64 - 2_000;
            let mut row = [0; 8];
            for (place, sign) in row.iter_mut().zip([1, 1, -1]) {
                let own = self.below(4_001) as i64 - 2_000;
                *place = ((common * together * sign + own * (1_000 - together.abs())) / 1_000) as i16;
            }
            book.returns.append(day, &row, 9_700).expect("a day");
        }
        book
    }
}

/// What a book measures of a ledger: value at risk, shortfall, Σ value².
struct Measured {
    value_at_risk: u64,
    shortfall: u64,
    squares: u128,
}

fn measure(book: &Book, args: &AssessArgs) -> Measured {
    let mut book = Box::new(*book);
    assess(&mut book, &AssessArgs { line: NO_ROW, amount: 0, ..args.clone() }, NOW).expect("a report");
    let squares = args.values.iter().map(|value| u128::from(*value) * u128::from(*value)).sum();
    Measured { value_at_risk: book.figures.value_at_risk, shortfall: book.figures.shortfall, squares }
}

/// The ledger after `amount` has gone into the row that was asked about.
fn moved(args: &AssessArgs, amount: u64) -> AssessArgs {
    let mut after = args.clone();
    let row = usize::from(args.line);
    let part = |bps: i64| (i128::from(amount) * i128::from(bps) / 10_000) as i64;
    let exposure = &mut after.exposures[row];
    exposure.delta += part(exposure.delta_bps.into());
    exposure.gamma += part(exposure.gamma_bps.into());
    exposure.debt += part(exposure.debt_bps.into()) as u64;
    after.values[row] += amount;
    after
}

/// Whether `after` is within `limit` basis points of NAV, or no more than `before`, up to rounding.
fn holds(before: u64, after: u64, limit: u16) -> bool {
    let most = if limit == u16::MAX { u64::MAX } else { NAV / 10_000 * u64::from(limit) };
    after <= most.max(before).saturating_add(before / 100_000 + 1_000)
}

#[test]
fn what_is_admitted_breaches_no_limit_that_held_and_worsens_none_that_did_not() {
    let mut random = Random(0xA076_1D64_78BD_642F);
    let (mut admitted, mut relieved) = (0, 0);
    for round in 0..6_000 {
        let book = random.book();
        let most = NAV >> random.below(16);
        let mut args = AssessArgs {
            nav: NAV,
            line: random.below(HELD as u64) as u8,
            amount: 1 + random.below(most),
            values: [0; LINES],
            line_ids: [0; LINES],
            exposures: (0..HELD).map(|_| random.exposure()).collect(),
        };
        for row in 0..HELD {
            args.line_ids[row] = row as u16 + 1;
            args.values[row] = NAV >> (2 + random.below(12));
        }
        let before = measure(&book, &args);
        let verdict = assess(&mut Box::new(*book), &args, NOW).expect("an answer");
        // What was asked, where it is admitted; the room, which always is; and a part of it.
        let mut amounts = vec![verdict.room.min(NAV), verdict.room.min(NAV) / 3];
        if verdict.flags == 0 {
            amounts.push(args.amount);
        }
        for amount in amounts.into_iter().filter(|amount| *amount > 0) {
            let after = moved(&args, amount);
            let measured = measure(&book, &after);
            let (var, short) = (book.params.max_var_bps, book.params.max_shortfall_bps);
            let what =
                |name: &str| format!("round {round}, {amount} of {} with {:?}: {name}", args.amount, args.exposures);
            assert!(
                holds(before.value_at_risk, measured.value_at_risk, var),
                "{}: {} after {}",
                what("value at risk"),
                measured.value_at_risk,
                before.value_at_risk
            );
            assert!(
                holds(before.shortfall, measured.shortfall, short),
                "{}: {} after {}",
                what("shortfall"),
                measured.shortfall,
                before.shortfall
            );
            let most = u128::from(NAV) * u128::from(NAV) * u128::from(book.params.max_concentration_bps) / 10_000;
            assert!(measured.squares <= most, "{}", what("concentration"));
            let row = usize::from(args.line);
            let leverage = |args: &AssessArgs| {
                let (value, debt) = (u128::from(args.values[row]), u128::from(args.exposures[row].debt));
                (value + debt) * 10_000 / value.max(1)
            };
            let limit = u128::from(book.params.max_leverage_bps).max(leverage(&args));
            assert!(leverage(&after) <= limit + 1, "{}", what("leverage"));
            admitted += 1;
            let held = NAV / 10_000 * u64::from(var);
            relieved += u32::from(before.value_at_risk > held && measured.value_at_risk < before.value_at_risk);
        }
    }
    assert!(admitted > 3_000 && relieved > 100, "{admitted} admitted, {relieved} of them relieved a breach");
}

/// The same of scenarios, worked out anew after the move: tokens bought outright and lent.
#[test]
fn what_is_admitted_loses_no_more_in_a_scenario_than_its_limit() {
    let mut random = Random(0xE703_7ED1_A0B4_28DB);
    let mut admitted = 0;
    for round in 0..3_000 {
        let mut book = random.book();
        book.params = RiskParams { max_stress_bps: random.either(&[100, 500, 2_000]), ..RiskParams::NONE };
        for scenario in book.scenarios.iter_mut().take(3) {
            scenario.used = 1;
            scenario.label[0] = b's';
            for shock in scenario.shocks_bps.iter_mut().take(ASSETS) {
                *shock = random.below(9_001) as i32 - 6_000;
            }
        }
        let most = NAV >> random.below(10);
        let mut args = AssessArgs {
            nav: NAV,
            line: random.below(HELD as u64) as u8,
            amount: 1 + random.below(most),
            values: [0; LINES],
            line_ids: [0; LINES],
            exposures: vec![],
        };
        for row in 0..HELD {
            let value = random.either(&[0, NAV >> 3, NAV >> 6, NAV >> 9]);
            (args.line_ids[row], args.values[row]) = (row as u16 + 1, value);
            let (delta, delta_bps) = random.either(&[(value as i64, 10_000), (0, 0)]);
            args.exposures.push(Exposure { delta, delta_bps, kind: 1, ..Exposure::none() });
        }
        let worst = |args: &AssessArgs| {
            let mut book = Box::new(*book);
            let report = AssessArgs { line: NO_ROW, amount: 0, ..args.clone() };
            assess(&mut book, &report, NOW).expect("a report");
            (0..3).for_each(|index| stress::run(&mut book, index, NOW));
            assess(&mut book, &report, NOW).expect("a report");
            (book.figures.stress_losses.into_iter().max().unwrap_or(0), book)
        };
        let (before, mut ready) = worst(&args);
        let verdict = assess(&mut ready, &args, NOW).expect("an answer");
        assert_eq!(verdict.flags & Verdict::STALE_RISK, 0, "round {round}: every scenario is known");
        for amount in [verdict.room.min(NAV), if verdict.flags == 0 { args.amount } else { 0 }] {
            let most = (NAV / 10_000 * u64::from(book.params.max_stress_bps)) as i64;
            let after = worst(&moved(&args, amount)).0;
            // A basis point of each line's value for the rounding of its loss.
            let rounding = (NAV / 5_000) as i64;
            assert!(after <= most.max(before) + rounding, "round {round}: {after} after {before}, limit {most}");
            admitted += u32::from(amount > 0);
        }
    }
    assert!(admitted > 1_000, "{admitted}");
}
