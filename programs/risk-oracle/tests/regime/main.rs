//! The regime: what each signal says, that it rises at once and falls slowly, and that scales follow.

mod course;
mod params;
mod scales;
mod signals;
#[path = "../support/mod.rs"]
mod support;

use risk_oracle::policy::limits::assess;
use risk_oracle::policy::regime::{
    close_day, depth_drop_bps, follow_depth, hear_assets, hear_venues, loosen, of_asset, of_venue, raise,
};
use risk_oracle::state::Signal;
use risk_oracle::{Book, Exposure, OracleError, Regime, RiskParams};
use support::*;

/// The book with the cautious parameters; venues count at once.
fn cautious() -> Box<Book> {
    with(|params| *params = RiskParams { venue_confirm_seconds: 0, ..RiskParams::CAUTIOUS })
}

fn judge(book: &mut Book, now: i64) -> Regime {
    hear_assets(book);
    hear_venues(book, now);
    raise(book, now);
    book.regime.regime()
}

/// One calm day after another, with an observation at each midnight.
fn live_days(book: &mut Book, first: u32, days: u32) -> i64 {
    let mut now = 0;
    for day in first..first + days {
        now = i64::from(day + 1) * DAY;
        judge(book, now);
        close_day(book, day, now);
        loosen(book, now);
        book.invariant().unwrap();
    }
    now
}
