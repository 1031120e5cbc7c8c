//! What keeps a vault's book up to date: what the feeds say, what lies where, what stresses and contagion make of it.

use risk_oracle::state::{Book, RiskParams, Scenario};

use super::round::{Draft, Round};
use crate::keeper::action::{ActionKey, ActionKind, Urgency};
use crate::keeper::sentence;

/// New money is admitted on evidence of a certain age; it is renewed at half of that.
pub(super) const RENEWED_AT: i64 = 2;
/// What venues show is looked at again after this part of the time for which it must be shown.
const LOOKED_AT: i64 = 4;

impl Round<'_> {
    /// Plans to have the book observe its feeds, to report to it what lies where, and to have it stressed; and to have
    /// it take over what its contagion network says.
    pub fn plan_risk(&mut self) {
        let Some(book) = self.book() else { return };
        if book.follows_network() {
            self.plan_sync(book);
        }
        if !has_engine(book) {
            return;
        }
        if book.used_assets().next().is_some() {
            self.plan_observe(book);
        }
        // A report before the first deposit is refused.
        if self.ledger.is_live() {
            let reported = self.plan_report(book);
            self.plan_stress(book, reported);
        }
    }

    fn plan_observe(&mut self, book: &Book) {
        let age = self.now().saturating_sub(book.observed_at);
        let most = oldest(book, self.ground.config.freshness.observe_seconds);
        let (urgency, reason) = if let Some(day) = self.closed_day(book) {
            (Urgency::Soon, format!("every feed has closed day {day}"))
        } else if age >= most {
            (
                Urgency::Routine,
                since(book.observed_at, age, "the book observed its feeds", "the book has never observed its feeds"),
            )
        } else {
            return;
        };
        let feeds = book.used_assets().map(|(_, asset)| asset.feed);
        let needs = self.ground.feeds.updates_of(feeds).collect();
        self.propose(Draft { needs, ..Draft::new(ActionKind::Observe, urgency, reason) });
    }

    /// The day that all of the book's feeds have closed and it has not seen, where all of them are watched.
    fn closed_day(&self, book: &Book) -> Option<u32> {
        let day_of = |key| self.ground.feeds.get(&key)?.last_bar_day();
        let days: Option<Vec<u32>> = book.used_assets().map(|(_, asset)| day_of(asset.feed)).collect();
        days?.into_iter().min().filter(|day| *day > book.returns.day)
    }

    fn plan_report(&mut self, book: &Book) -> Option<ActionKey> {
        let age = self.now().saturating_sub(book.assessed_at);
        // What venues show counts once it was shown for some time without a break. Whoever empties a venue for the length of
        // a transaction, twice, makes it seem so, unless somebody looks in between.
        let shown = book.regime.venue_since.iter().any(|since| *since > 0);
        let confirm = (i64::from(book.params.venue_confirm_seconds) / LOOKED_AT).max(1);
        let most = i64::from(self.ground.config.freshness.report_seconds);
        let (urgency, reason) = if shown && age >= confirm {
            (Urgency::Soon, format!("what its venues showed {age} s ago is not confirmed"))
        } else if age >= most {
            (
                Urgency::Routine,
                since(book.assessed_at, age, "what lies where was reported", "what lies where was never reported"),
            )
        } else {
            return None;
        };
        if let Err(error) = self.ledger.nav(self.now()) {
            self.skip(ActionKind::Report, None, sentence(&error));
            return None;
        }
        let needs = self.refreshes().collect();
        self.propose(Draft { needs, ..Draft::new(ActionKind::Report, urgency, reason) })
    }

    fn plan_stress(&mut self, book: &Book, reported: Option<ActionKey>) {
        let used = book.scenarios.iter().zip(book.stressed_at).filter(|(scenario, _)| Scenario::is_used(scenario));
        let Some(oldest_at) = used.map(|(_, at)| at).min() else { return };
        let age = self.now().saturating_sub(oldest_at);
        if age < oldest(book, self.ground.config.freshness.report_seconds) {
            return;
        }
        let reason = since(oldest_at, age, "a scenario was worked out", "a scenario was never worked out");
        let needs = reported.into_iter().collect();
        self.propose(Draft { needs, ..Draft::new(ActionKind::Stress, Urgency::Routine, reason) });
    }
}

/// How long ago something was done, or that it never was: its second is 0.
fn since(at: i64, age: i64, done: &str, never: &str) -> String {
    match at {
        0 => never.to_owned(),
        _ => format!("{done} {age} s ago"),
    }
}

/// Oldest evidence that the book is left with, seconds: what the operator says, and half of what new money is admitted on.
fn oldest(book: &Book, configured: u32) -> i64 {
    i64::from(configured).min(i64::from(book.params.max_sample_age) / RENEWED_AT)
}

/// Whether the owner has given the book anything to judge by: a plain book's reports would serve nobody.
fn has_engine(book: &Book) -> bool {
    book.params != RiskParams::NONE || book.used_assets().next().is_some()
}
