//! What shares cost, first in, first out.

use std::collections::VecDeque;

/// Shares that came at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lot {
    /// Unix seconds.
    pub acquired_at: i64,
    /// How, as a flow's name.
    pub how: &'static str,
    /// Shares left of it, share units; above zero.
    pub shares: u64,
    /// What these cost, base units.
    pub cost: u64,
}

/// Shares of one lot that left at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disposal {
    /// Unix seconds.
    pub at: i64,
    /// How, as a flow's name.
    pub how: &'static str,
    /// When they had come, Unix seconds.
    pub acquired_at: i64,
    /// Share units.
    pub shares: u64,
    /// What they cost, base units.
    pub cost: u64,
    /// What they brought, base units.
    pub proceeds: u64,
}

impl Disposal {
    /// Proceeds less cost.
    pub fn gain(&self) -> i128 {
        i128::from(self.proceeds) - i128::from(self.cost)
    }
}

/// All lots of one holder, the oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lots(VecDeque<Lot>);

impl Lots {
    /// Adds shares that cost `cost` base units. None is no lot.
    pub fn add(&mut self, acquired_at: i64, how: &'static str, shares: u64, cost: u64) {
        if shares > 0 {
            self.0.push_back(Lot { acquired_at, how, shares, cost });
        }
    }

    /// Takes `shares` from the oldest lots, which brought `proceeds` base units together. Cost and proceeds are divided by
    /// shares and rounded down, what is left over staying with the part that comes last, so that nothing is lost. Of more
    /// shares than there are, those that are there.
    pub fn take(&mut self, at: i64, how: &'static str, shares: u64, proceeds: u64) -> Vec<Disposal> {
        let mut disposals = Vec::new();
        let (mut shares, mut proceeds) = (shares.min(self.shares()), proceeds);
        while shares > 0 {
            let Some(lot) = self.0.front_mut() else { break };
            let taken = shares.min(lot.shares);
            let cost = part_down(lot.cost, taken, lot.shares);
            let brought = part_down(proceeds, taken, shares);
            disposals.push(Disposal { at, how, acquired_at: lot.acquired_at, shares: taken, cost, proceeds: brought });
            lot.shares -= taken;
            lot.cost -= cost;
            shares -= taken;
            proceeds -= brought;
            if lot.shares == 0 {
                self.0.pop_front();
            }
        }
        disposals
    }

    /// All shares, share units.
    pub fn shares(&self) -> u64 {
        self.0.iter().map(|lot| lot.shares).sum()
    }

    /// What they cost, base units.
    pub fn cost(&self) -> u64 {
        self.0.iter().map(|lot| lot.cost).sum()
    }

    /// The lots, the oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &Lot> {
        self.0.iter()
    }
}

/// amount · part / whole, rounded down; all of it for all.
fn part_down(amount: u64, part: u64, whole: u64) -> u64 {
    u64::try_from(u128::from(amount) * u128::from(part) / u128::from(whole.max(1))).unwrap_or(amount)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The textbook case of three purchases and two sales: 100 at 10, 50 at 12, 75 at 15; 120 sold at 14, then 60 at 16. By
    /// hand: the first sale takes 100 at 10 and 20 at 12 (cost 1,240, gain 440), the second 30 at 12 and 30 at 15 (cost
    /// 810, gain 150); 45 at 15 stay, which cost 675.
    #[test]
    fn the_oldest_leave_first() {
        let mut lots = Lots::default();
        lots.add(1, "deposit", 100, 1_000);
        lots.add(2, "deposit", 50, 600);
        lots.add(3, "deposit", 75, 1_125);
        let first = lots.take(4, "redeem", 120, 1_680);
        assert_eq!(
            first.iter().map(|it| (it.acquired_at, it.shares, it.cost, it.proceeds)).collect::<Vec<_>>(),
            [(1, 100, 1_000, 1_400), (2, 20, 240, 280),]
        );
        let second = lots.take(5, "redeem", 60, 960);
        assert_eq!(second.iter().map(Disposal::gain).collect::<Vec<_>>(), [120, 30]);
        assert_eq!(first.iter().map(Disposal::gain).sum::<i128>(), 440);
        assert_eq!((lots.shares(), lots.cost(), lots.iter().count()), (45, 675, 1));
    }

    #[test]
    fn rounding_loses_nothing() {
        let mut lots = Lots::default();
        lots.add(1, "deposit", 3, 10);
        let parts: Vec<Disposal> = (0..3).flat_map(|at| lots.take(at, "redeem", 1, 4)).collect();
        // ⌊10/3⌋ = 3, ⌊7/2⌋ = 3, and the rest.
        assert_eq!(parts.iter().map(|it| it.cost).collect::<Vec<_>>(), [3, 3, 4]);
        assert_eq!((lots.shares(), lots.cost()), (0, 0));

        lots.add(1, "deposit", 1, 5);
        lots.add(2, "deposit", 2, 5);
        let split = lots.take(3, "fill", 3, 8);
        // ⌊8 · 1/3⌋ = 2, and the rest.
        assert_eq!(split.iter().map(|it| it.proceeds).collect::<Vec<_>>(), [2, 6]);
    }

    #[test]
    fn no_more_is_taken_than_there_is() {
        let mut lots = Lots::default();
        lots.add(1, "deposit", 0, 9);
        assert!(lots.take(1, "redeem", 5, 5).is_empty());
        lots.add(1, "deposit", u64::MAX, u64::MAX);
        let all = lots.take(2, "redeem", u64::MAX, u64::MAX);
        assert_eq!((all.len(), all[0].gain(), all[0].shares), (1, 0, u64::MAX));
    }
}
