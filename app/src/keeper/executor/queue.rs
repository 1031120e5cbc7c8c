//! Which packages can begin now: what they stand on has landed, and nothing is in their way.

use std::collections::HashSet;

use crate::keeper::planner::Package;

/// A plan on its way. Pure: it is told what became of its packages, by their places.
#[derive(Debug, Default)]
pub(super) struct Queue {
    waiting: Vec<Option<Package>>,
    /// Before this place nothing waits any more.
    first: usize,
    /// Landed.
    done: HashSet<usize>,
    /// Not to be done in this cycle.
    void: HashSet<usize>,
}

impl Queue {
    pub(super) fn new(packages: Vec<Package>) -> Self {
        Self { waiting: packages.into_iter().map(Some).collect(), ..Self::default() }
    }

    /// The first package that can begin, taken out, with its place. `busy` says whether something stands in a package's
    /// way now. What stands on something that will not be done is not done either, and given to `dropped`.
    pub(super) fn next(
        &mut self,
        busy: impl Fn(&Package) -> bool,
        mut dropped: impl FnMut(&Package),
    ) -> Option<(usize, Package)> {
        while self.waiting.get(self.first).is_some_and(Option::is_none) {
            self.first += 1;
        }
        for place in self.first..self.waiting.len() {
            let Some(package) = &self.waiting[place] else { continue };
            if package.after.iter().any(|before| self.void.contains(before)) {
                dropped(package);
                self.waiting[place] = None;
                self.void.insert(place);
            } else if package.after.iter().all(|before| self.done.contains(before)) && !busy(package) {
                return self.waiting[place].take().map(|package| (place, package));
            }
        }
        None
    }

    /// A package has landed.
    pub(super) fn done(&mut self, place: usize) {
        self.done.insert(place);
    }

    /// A package will not be done in this cycle.
    pub(super) fn void(&mut self, place: usize) {
        self.void.insert(place);
    }

    /// The packages that have not begun.
    pub(super) fn waiting(&self) -> impl Iterator<Item = &Package> {
        self.waiting.iter().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packages(after: &[&[usize]]) -> Queue {
        // The number of the unit's tables is not looked at; `after` tells packages apart well enough here.
        Queue::new(after.iter().map(|after| Package { after: after.to_vec(), ..Package::default() }).collect())
    }

    fn next(queue: &mut Queue) -> Option<usize> {
        queue.next(|_| false, |_| panic!("nothing is dropped here")).map(|(place, _)| place)
    }

    #[test]
    fn what_others_stand_on_runs_first() {
        let mut queue = packages(&[&[1], &[], &[0, 1], &[]]);
        assert_eq!((next(&mut queue), next(&mut queue), next(&mut queue)), (Some(1), Some(3), None));
        queue.done(3);
        assert_eq!(next(&mut queue), None);
        queue.done(1);
        assert_eq!((next(&mut queue), next(&mut queue)), (Some(0), None));
        assert_eq!(queue.waiting().count(), 1);
        queue.done(0);
        assert_eq!((next(&mut queue), next(&mut queue)), (Some(2), None));
    }

    #[test]
    fn what_failed_takes_its_dependants_along_and_nobody_else() {
        let mut queue = packages(&[&[], &[0], &[1], &[]]);
        assert_eq!(next(&mut queue), Some(0));
        queue.void(0);
        let mut dropped = Vec::new();
        let last = queue.next(|_| false, |package| dropped.push(package.after.clone()));
        assert_eq!((last.map(|(place, _)| place), dropped), (Some(3), vec![vec![0], vec![1]]));
        assert_eq!(queue.waiting().count(), 0);
    }

    #[test]
    fn what_is_busy_lets_others_pass() {
        let mut queue = packages(&[&[], &[]]);
        let first_seen = std::cell::Cell::new(true);
        let busy_once = |_: &Package| first_seen.replace(false);
        assert_eq!(queue.next(busy_once, |_| ()).map(|(place, _)| place), Some(1));
        assert_eq!(next(&mut queue), Some(0));
    }
}
