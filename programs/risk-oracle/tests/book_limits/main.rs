//! Limits of the risk engine: each flag by itself, its room, and that what lowers risk is never held up. Expected numbers are
//! worked out by hand.

mod answers;
mod gamma;
mod hedges;
mod leverage;
mod portfolio;
mod scales;
mod size;
#[path = "../support/mod.rs"]
mod support;
mod unmodelled;
mod value_at_risk;

use risk_oracle::policy::limits::assess;
use risk_oracle::state::{PriceRisk, ReturnRing};
use risk_oracle::{AssessArgs, Book, Exposure, RiskParams, Verdict};
use support::*;

const NOTHING: [Exposure; 3] = [Exposure::none(); 3];

/// Line 1 holds a tenth of NAV in a token of 4% a day, nothing else; new money for it.
fn one_line(amount: u64) -> AssessArgs {
    ask(0, amount, [TENTH, 0, 0], [outright(TENTH), outright(0), Exposure::none()])
}

/// `days` rows of residuals that repeat `pattern`, all with one weight.
fn correlate(book: &mut Book, days: usize, pattern: &[[i16; 2]]) {
    book.params.decay_bps = 10_000;
    book.returns.clear();
    for (day, [first, second]) in (1..).zip(pattern.iter().cycle()).take(days) {
        book.returns.append(day, &[*first, *second, 0, 0, 0, 0, 0, 0], 10_000).unwrap();
    }
}

#[track_caller]
fn near(value: u64, expected: u64, by: u64) {
    assert!(value.abs_diff(expected) <= by, "{value} is not within {by} of {expected}");
}
