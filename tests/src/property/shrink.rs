//! From a long sequence that breaks a rule to a short one that breaks the same rule: delta debugging (Zeller and
//! Hildebrandt, "Simplifying and Isolating Failure-Inducing Input", 2002) over the actions, then smaller numbers.

use super::action::{Action, Sequence};
use super::checks::Violation;
use super::run::play;

/// Replays that shrinking may take: a bound on the time to a report.
const REPLAYS: usize = 2_000;

/// The shortest sequence found that breaks the same rule, and how it does.
pub fn shrink(sequence: &Sequence, violation: &Violation) -> (Sequence, Violation) {
    let mut shrinker = Shrinker { best: sequence.clone(), violation: violation.clone(), left: REPLAYS };
    shrinker.cut_tail();
    loop {
        let before = shrinker.best.clone();
        shrinker.drop_actions();
        shrinker.lower_numbers();
        if shrinker.best == before || shrinker.left == 0 {
            return (shrinker.best, shrinker.violation);
        }
    }
}

struct Shrinker {
    best: Sequence,
    violation: Violation,
    left: usize,
}

impl Shrinker {
    /// Takes the actions if they break the same rule.
    fn try_actions(&mut self, actions: Vec<Action>) -> bool {
        if self.left == 0 {
            return false;
        }
        self.left -= 1;
        let candidate = Sequence { world: self.best.world, actions };
        match play(&candidate).0 {
            Err(failure) if failure.violation.rule == self.violation.rule => {
                // What comes after the broken rule is never needed.
                let mut candidate = candidate;
                candidate.actions.truncate(failure.at + 1);
                (self.best, self.violation) = (candidate, failure.violation);
                true
            }
            _ => false,
        }
    }

    fn cut_tail(&mut self) {
        let actions = self.best.actions.clone();
        self.try_actions(actions);
    }

    /// Leaves out ever smaller pieces.
    fn drop_actions(&mut self) {
        let mut size = self.best.actions.len().div_ceil(2);
        while size > 0 {
            let mut start = 0;
            while start < self.best.actions.len() {
                let mut actions = self.best.actions.clone();
                actions.drain(start..(start + size).min(actions.len()));
                if !self.try_actions(actions) {
                    start += size;
                }
            }
            size /= 2;
        }
    }

    /// Makes each number as small as it may be: zero, then halves.
    fn lower_numbers(&mut self) {
        for place in 0..self.best.actions.len() {
            let count = self.best.actions.get(place).map_or(0, |action| action.numbers().len());
            for which in 0..count {
                self.lower_number(place, which);
            }
        }
    }

    fn lower_number(&mut self, place: usize, which: usize) {
        let (mut low, Some(mut high)) = (0, self.number(place, which)) else { return };
        // The least number that still breaks the rule, as if the rule were monotone in it.
        while low < high {
            let middle = low + (high - low) / 2;
            let Some(action) = self.best.actions.get(place) else { return };
            let mut numbers = action.numbers();
            numbers[which] = middle;
            let Some(action) = Action::make(action.word(), &numbers) else { return };
            let mut actions = self.best.actions.clone();
            actions[place] = action;
            match self.try_actions(actions) {
                true => high = middle,
                false => low = middle + 1,
            }
        }
    }

    fn number(&self, place: usize, which: usize) -> Option<u64> {
        self.best.actions.get(place)?.numbers().get(which).copied()
    }
}
