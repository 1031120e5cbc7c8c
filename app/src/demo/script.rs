//! What is staged, because prices alone do not cause it in every path: the illiquid week and the loss.
//!
//! A path of at least [`SHORTEST`] days meets both. The loss falls on the day of SOL's steepest fall, when lenders'
//! liquidators are slowest; the illiquid weeks lie apart from it, one for every two years or part of them.

use gimbal_control::{CHANGE_DELAY, CHANGE_WINDOW};

use crate::prices::{Asset, Day};

/// Fewer days than this leave no room for the staged events.
pub const SHORTEST: usize = 21;
/// An illiquid week's length in days.
pub const ILLIQUID_DAYS: usize = 7;
/// The guardian keeps a line closed for so long after a loss, days.
pub const CLOSED_DAYS: usize = 5;
/// The owner proposes so many days after a loss to open the line again: that has to wait in the ledger's change queue.
pub const PROPOSAL_DAYS: usize = 2;
/// One illiquid week for each so many days.
const ILLIQUID_EVERY: usize = 730;
/// Days kept between the loss and an illiquid week.
const APART: usize = 3;

/// Seconds of a day.
const DAY: i64 = 86_400;
// The change has waited when the line is to be opened, and has not expired.
const _: () = assert!(CHANGE_DELAY < (CLOSED_DAYS - PROPOSAL_DAYS) as i64 * DAY);
const _: () = assert!((CLOSED_DAYS - PROPOSAL_DAYS) as i64 * DAY < CHANGE_DELAY + CHANGE_WINDOW);

/// The staged events of one path, by day index.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Script {
    /// First days of the illiquid weeks.
    pub illiquid_from: Vec<usize>,
    /// The day of the loss.
    pub loss: Option<usize>,
}

impl Script {
    /// Places the events on a path.
    pub fn for_days(days: &[Day]) -> Self {
        let count = days.len();
        if count < SHORTEST {
            return Self::default();
        }
        let weeks = count.div_ceil(ILLIQUID_EVERY);
        let illiquid_from: Vec<usize> = (0..weeks).map(|week| count * (2 * week + 1) / (2 * weeks)).collect();
        let apart = |day: usize| {
            illiquid_from.iter().all(|from| day + CLOSED_DAYS + APART < *from || day > from + ILLIQUID_DAYS + APART)
        };
        // Not in the first days, when little is deposited yet, nor in the last, when nobody could react.
        let loss = (count / 8..count - 2).filter(|day| apart(*day)).max_by_key(|day| steepness(&days[*day]));
        // In the shortest paths a week leaves too little room on both sides; then the loss comes soon after the start.
        Self { illiquid_from, loss: loss.or(Some(2)) }
    }

    /// Whether the day lies in an illiquid week.
    pub fn is_illiquid(&self, day: usize) -> bool {
        self.illiquid_from.iter().any(|from| (*from..from + ILLIQUID_DAYS).contains(&day))
    }
}

/// How far SOL fell from the day's open to its low, parts per million of the open.
fn steepness(day: &Day) -> u64 {
    let bar = &day.bars[Asset::Sol.index()];
    ((u128::from(bar.open) - u128::from(bar.low)) * 1_000_000 / u128::from(bar.open)) as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prices::generate;

    #[test]
    fn any_long_path_meets_both_and_short_ones_neither() {
        for seed in 0..4 {
            for count in [21, 22, 30, 60, 365, 730, 731, 1_764] {
                let script = Script::for_days(&generate(seed, count).days);
                let count = count as usize;
                assert_eq!(script.illiquid_from.len(), count.div_ceil(730), "{count}");
                assert!(script.illiquid_from.iter().all(|from| from + ILLIQUID_DAYS <= count), "{count}");
                let loss = script.loss.expect("a loss");
                assert!(loss + 2 < count && !script.is_illiquid(loss), "{count}");
            }
            assert_eq!(Script::for_days(&generate(seed, 20).days), Script::default());
        }
    }

    #[test]
    fn the_loss_falls_on_the_steepest_day() {
        let mut days = generate(1, 100).days;
        let bar = &mut days[30].bars[Asset::Sol.index()];
        bar.low = bar.open / 10;
        let script = Script::for_days(&days);
        assert_eq!(script.loss, Some(30));
    }
}
