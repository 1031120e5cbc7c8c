//! Which of several nodes are believed: pure functions over what they say of slots and heights.

use std::time::{Duration, Instant};

/// A node that has not moved for so long, while another has, is taken for stuck.
const STUCK_AFTER: Duration = Duration::from_secs(15);

/// What one node said of where the chain is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reading {
    pub slot: u64,
    pub height: u64,
}

/// How many of `all` are a majority: more than half.
pub(super) fn majority(all: usize) -> usize {
    all / 2 + 1
}

/// The highest number that a majority of `all` nodes reaches; where fewer than that answered, a majority of the answers.
/// One node that claims too much cannot raise it, one that claims too little cannot lower it.
pub(super) fn reached_by_majority(all: usize, said: &[u64]) -> Option<u64> {
    let needed = if said.len() >= majority(all) { majority(all) } else { majority(said.len()) };
    let mut said = said.to_vec();
    said.sort_unstable_by(|one, other| other.cmp(one));
    said.get(needed - 1).copied()
}

/// What the nodes said last, and since when each has stood still.
#[derive(Clone, Debug)]
pub(super) struct Observations {
    nodes: Vec<Observed>,
    /// When they were last asked.
    pub at: Option<Instant>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Observed {
    /// What it answered when last asked; none where it did not.
    now: Option<Reading>,
    /// The highest slot it ever named, and when it first did.
    top: Option<(u64, Instant)>,
}

/// Whom to believe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Verdict {
    /// The nodes that may be read from.
    pub trusted: Vec<usize>,
    /// The slot that the majority reaches.
    pub slot: u64,
    /// The block height that the majority reaches.
    pub height: u64,
}

impl Observations {
    pub fn new(nodes: usize) -> Self {
        Self { nodes: vec![Observed::default(); nodes], at: None }
    }

    /// Takes down a round of answers, one place a node.
    pub fn record(&mut self, now: Instant, readings: &[Option<Reading>]) {
        self.at = Some(now);
        for (node, reading) in self.nodes.iter_mut().zip(readings) {
            node.now = *reading;
            if let Some(reading) = reading {
                let rose = node.top.is_none_or(|(slot, _)| reading.slot > slot);
                if rose {
                    node.top = Some((reading.slot, now));
                }
            }
        }
    }

    fn last_rise(&self, place: usize) -> Option<Instant> {
        self.nodes[place].top.map(|(_, since)| since)
    }

    /// Whether a node stood still while another moved on.
    fn is_stuck(&self, place: usize) -> bool {
        let (Some(asked), Some(rose)) = (self.at, self.last_rise(place)) else { return false };
        let other_rose = |other: usize| self.last_rise(other).is_some_and(|other| other > rose);
        asked.duration_since(rose) >= STUCK_AFTER && (0..self.nodes.len()).any(other_rose)
    }

    /// Whom to believe, by the last round; none where no node answered.
    pub fn verdict(&self, max_slot_lag: u64) -> Option<Verdict> {
        let answered = |place: &usize| self.nodes[*place].now.is_some();
        let all: Vec<usize> = (0..self.nodes.len()).filter(answered).collect();
        let moving: Vec<usize> = all.iter().copied().filter(|place| !self.is_stuck(*place)).collect();
        let heard = if moving.is_empty() { all } else { moving };
        let readings: Vec<Reading> = heard.iter().filter_map(|place| self.nodes[*place].now).collect();
        // A node known to be stuck is no part of the count; one out of reach is, as long as a majority is left.
        let count = self.nodes.len() - (0..self.nodes.len()).filter(|place| self.is_stuck(*place)).count();
        let slots: Vec<u64> = readings.iter().map(|reading| reading.slot).collect();
        let heights: Vec<u64> = readings.iter().map(|reading| reading.height).collect();
        let slot = reached_by_majority(count, &slots)?;
        let height = reached_by_majority(count, &heights)?;
        let near = |place: &usize| self.nodes[*place].now.is_some_and(|said| said.slot.abs_diff(slot) <= max_slot_lag);
        Some(Verdict { trusted: heard.into_iter().filter(near).collect(), slot, height })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(slot: u64) -> Option<Reading> {
        Some(Reading { slot, height: slot.saturating_sub(10) })
    }

    fn verdict(readings: &[Option<Reading>]) -> Option<Verdict> {
        let mut observations = Observations::new(readings.len());
        observations.record(Instant::now(), readings);
        observations.verdict(50)
    }

    #[test]
    fn a_majority_is_more_than_half() {
        assert_eq!([1, 2, 3, 4, 5].map(majority), [1, 2, 2, 3, 3]);
        assert_eq!(reached_by_majority(3, &[5, 9, 7]), Some(7));
        assert_eq!(reached_by_majority(4, &[5, 9, 7, 8]), Some(7));
        assert_eq!(reached_by_majority(2, &[5, 9]), Some(5));
        assert_eq!(reached_by_majority(1, &[5]), Some(5));
        assert_eq!(reached_by_majority(3, &[5]), Some(5), "of those that answer, where a majority does not");
        assert_eq!(reached_by_majority(5, &[5, 9]), Some(5));
        assert_eq!(reached_by_majority(3, &[]), None);
    }

    #[test]
    fn a_node_far_ahead_or_behind_is_left_aside() {
        let ahead = verdict(&[at(1_000), at(9_000_000), at(1_010)]).unwrap();
        assert_eq!(ahead, Verdict { trusted: vec![0, 2], slot: 1_010, height: 1_000 });
        let behind = verdict(&[at(1_000), at(1_010), at(900)]).unwrap();
        assert_eq!(behind, Verdict { trusted: vec![0, 1], slot: 1_000, height: 990 });
        let edge = verdict(&[at(1_000), at(1_000), at(950), at(949), at(1_050)]).unwrap();
        assert_eq!((edge.trusted, edge.slot), (vec![0, 1, 2, 4], 1_000), "50 slots of lag are within the limit");
    }

    #[test]
    fn an_absent_node_changes_nothing_while_a_majority_answers() {
        let verdict = verdict(&[at(1_000), at(9_000_000), None]).unwrap();
        assert_eq!(verdict.trusted, [0], "the highest slot that two of three reach is 1,000");
        assert_eq!(super::tests::verdict(&[None, None]), None);
        assert_eq!(super::tests::verdict(&[None, at(7), None]).unwrap().trusted, [1]);
    }

    #[test]
    fn of_two_the_one_that_stands_still_is_left_aside() {
        let start = Instant::now();
        let mut observations = Observations::new(2);
        observations.record(start, &[at(1_000), at(1_000)]);
        observations.record(start + Duration::from_secs(14), &[at(1_000), at(1_035)]);
        assert_eq!(observations.verdict(50).unwrap().trusted, [0, 1]);
        observations.record(start + Duration::from_secs(40), &[at(1_000), at(1_100)]);
        assert_eq!(observations.verdict(50).unwrap(), Verdict { trusted: vec![1], slot: 1_100, height: 1_090 });
        // One that names a slot far ahead and stays there is known by the same sign.
        let mut observations = Observations::new(2);
        observations.record(start, &[at(9_000_000), at(1_000)]);
        assert_eq!(observations.verdict(50).unwrap().trusted, [1]);
        observations.record(start + Duration::from_secs(20), &[at(9_000_000), at(1_050)]);
        assert_eq!(observations.verdict(50).unwrap().slot, 1_050);
    }

    #[test]
    fn where_the_whole_chain_stands_still_nobody_is_stuck() {
        let start = Instant::now();
        let mut observations = Observations::new(2);
        observations.record(start, &[at(1_000), at(1_001)]);
        observations.record(start + Duration::from_secs(60), &[at(1_000), at(1_001)]);
        assert_eq!(observations.verdict(50).unwrap().trusted, [0, 1]);
    }
}
