//! Valuations that are about to be too old.

use super::round::{Draft, Round};
use crate::keeper::action::{ActionKey, ActionKind, Urgency};
use crate::keeper::watch::LineSite;

impl Round<'_> {
    /// Plans a valuation of every line that counts in NAV and is old enough.
    pub fn plan_refreshes(&mut self) {
        let max = self.ledger.limits.max_valuation_age;
        let limit = i64::from(max) * i64::from(self.ground.config.freshness.valuation_age_percent) / 100;
        for line in self.lines() {
            let Some(row) = self.row(line).filter(|row| row.is_valued()) else { continue };
            let age = self.now().saturating_sub(row.valued_at);
            if age >= limit {
                let urgency = if age > i64::from(max) { Urgency::Urgent } else { Urgency::Soon };
                self.plan_refresh(line, urgency, format!("it was valued {age} s ago of at most {max}"));
            }
        }
    }

    /// Plans a valuation of every line that counts in NAV and is older than `age` seconds: somebody waits for it.
    pub fn plan_refreshes_beyond(&mut self, age: i64, reason: &str) {
        for line in self.lines() {
            let Some(row) = self.row(line).filter(|row| row.is_valued()) else { continue };
            if self.now().saturating_sub(row.valued_at) > age {
                self.plan_refresh(line, Urgency::Urgent, reason.to_owned());
            }
        }
    }

    fn plan_refresh(&mut self, line: &LineSite, urgency: Urgency, reason: String) {
        let id = line.context.addresses.id;
        let valued = self.quote(line).and_then(|quote| self.valued(line, &quote));
        match valued {
            Ok((ledger, _)) => {
                let needs = self.feed_updates(line);
                let draft = Draft { needs, ..Draft::new(ActionKind::Refresh, urgency, reason).of_line(id) };
                if self.propose(draft).is_some() {
                    self.ledger = ledger;
                }
            }
            Err(reason) => self.skip(ActionKind::Refresh, Some(id), reason),
        }
    }

    /// The valuations that were planned.
    pub fn refreshes(&self) -> impl Iterator<Item = ActionKey> + '_ {
        self.actions.iter().filter(|action| action.kind == ActionKind::Refresh).map(|action| action.key())
    }
}
