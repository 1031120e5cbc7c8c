//! Risk over a run: who looks again and when, what is posted, and what was seen day by day.

use super::record::Event;
use crate::date::Date;
use crate::demo::script::{CLOSED_DAYS, PROPOSAL_DAYS};
use crate::demo::world::{ClosedBar, FeedState, KeeperAction, NetworkState, RiskState, RoleAction, VenueState};

/// The owner looks at every protocol again once in so many days.
const SCORES_EVERY: usize = 100;
/// The first day of it: a week after scores have begun to count as worse, so that renewing them makes damages smaller and has
/// to wait.
const SCORES_FROM: usize = 97;
/// Days that new scores wait, as a line's return to work does.
const SCORES_WAIT: usize = CLOSED_DAYS - PROPOSAL_DAYS;
/// What is reckoned to be lost of a venue that cannot pay anybody, basis points of its suppliers' claims: the posters'
/// judgement, which falls by itself once they stop.
const DRY_BPS: u16 = 500;
/// Units of a variance in one.
const VARIANCE_ONE: f64 = (1u64 << 56) as f64;

/// What the owner does about scores on the morning of a day.
pub fn scoring(day: usize, protocols: usize) -> Vec<RoleAction> {
    let on = |first: usize| day >= first && (day - first).is_multiple_of(SCORES_EVERY);
    let mut actions: Vec<RoleAction> = Vec::new();
    if on(SCORES_FROM) {
        actions.extend((0..protocols).map(RoleAction::ProposeScores));
    }
    if on(SCORES_FROM + SCORES_WAIT) {
        actions.extend((0..protocols).map(RoleAction::RenewScores));
    }
    actions
}

/// What a poster does about the events of a day: one post a venue, and then a solution.
pub fn losses(events: &[Event], venues: &[VenueState]) -> Vec<KeeperAction> {
    let mut posts: Vec<(usize, u16)> = Vec::new();
    for event in events {
        let (venue, bps) = match event {
            Event::BadDebt { venue, amount, .. } => (*venue, part_up(*amount, venues.get(*venue))),
            Event::Illiquid { venue, .. } => (*venue, DRY_BPS),
        };
        match posts.iter_mut().find(|(posted, _)| *posted == venue) {
            Some((_, sum)) => *sum = sum.saturating_add(bps),
            None => posts.push((venue, bps)),
        }
    }
    let mut actions: Vec<KeeperAction> =
        posts.into_iter().map(|(venue, bps)| KeeperAction::PostLoss { venue, bps }).collect();
    if !actions.is_empty() {
        actions.push(KeeperAction::SolveContagion);
    }
    actions
}

/// Basis points of what suppliers had before the loss, rounded up.
fn part_up(amount: u64, venue: Option<&VenueState>) -> u16 {
    let left = venue.map_or(0, |state| u128::from(state.available) + u128::from(state.borrowed));
    let before = left + u128::from(amount);
    let bps = (u128::from(amount) * 10_000).div_ceil(before.max(1));
    u16::try_from(bps.min(10_000)).unwrap_or(10_000)
}

/// What was seen of risk at the end of each day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RiskRecord {
    /// One for each day.
    pub days: Vec<RiskDay>,
    /// The day of the greatest damage, and the network then.
    pub worst: Option<(Date, NetworkState)>,
}

/// One day's end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RiskDay {
    /// The book's regime, 0 calm to 3 crisis.
    pub regime: u8,
    /// Exposure by risk id, base units.
    pub exposures: Vec<(String, u64)>,
    /// The feeds.
    pub feeds: Vec<FeedState>,
}

/// One day of one asset, as its feed forecast and then measured it. Parts of one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AssetDay {
    /// The day's place in the run.
    pub day: usize,
    /// Standard deviation that was forecast; none in the feed's first weeks.
    pub forecast: Option<f64>,
    /// Value at risk that was forecast, a positive number.
    pub value_at_risk: Option<f64>,
    /// Standard deviation that the day's range tells: Parkinson's.
    pub realised: f64,
    /// Natural logarithm of the close over the one before.
    pub change: f64,
}

impl AssetDay {
    /// Whether the day's fall exceeded the value at risk.
    pub fn exceeds(&self) -> bool {
        self.value_at_risk.is_some_and(|most| self.change < -most)
    }
}

impl RiskRecord {
    /// Keeps a day's end.
    pub fn add(&mut self, date: Date, state: RiskState) {
        let damage = state.network.total_damage();
        if self.worst.as_ref().is_none_or(|(_, worst)| damage > worst.total_damage()) {
            self.worst = Some((date, state.network));
        }
        self.days.push(RiskDay { regime: state.regime, exposures: state.exposures, feeds: state.feeds });
    }

    /// Rows of the network.
    pub fn protocols(&self) -> usize {
        self.worst.as_ref().map_or(0, |(_, network)| network.protocols.len())
    }

    /// How many assets have feeds.
    pub fn assets(&self) -> usize {
        self.days.first().map_or(0, |day| day.feeds.len())
    }

    /// The days of an asset whose bar the feed has closed, after the first one. A bar is closed by the next day's open, so
    /// the last day is missing.
    pub fn course(&self, asset: usize) -> Vec<AssetDay> {
        let one = |(day, pair): (usize, &[RiskDay])| {
            let [today, tomorrow] = pair else { return None };
            let (running, after) = (today.feeds.get(asset)?, tomorrow.feeds.get(asset)?);
            let (before, closed) = (running.closed?, after.closed?);
            let forecast = running.variance.map(|variance| (variance as f64 / VARIANCE_ONE).sqrt());
            Some(AssetDay {
                day,
                forecast,
                value_at_risk: forecast.map(|deviation| deviation * f64::from(running.tail_milli) / 1_000.0),
                realised: range_deviation(&closed),
                change: (closed.close as f64 / before.close as f64).ln(),
            })
        };
        self.days.windows(2).enumerate().filter_map(one).collect()
    }
}

/// √(ln²(high/low) / (4 ln 2)).
fn range_deviation(bar: &ClosedBar) -> f64 {
    (bar.high as f64 / bar.low as f64).ln() / (4.0 * std::f64::consts::LN_2).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::world::ProtocolState;

    fn venue(available: u64, borrowed: u64) -> VenueState {
        VenueState { available, borrowed, ..VenueState::default() }
    }

    #[test]
    fn losses_are_parts_of_what_suppliers_had_and_one_post_a_venue() {
        let date = Date(19_000);
        let debt = |venue, amount| Event::BadDebt { date, venue, amount, staged: false };
        let venues = [venue(600, 300), venue(0, 0)];
        // 100 of 1,000 are 10%; all of 5 is all.
        assert_eq!(
            losses(&[debt(0, 100), debt(1, 5)], &venues),
            [
                KeeperAction::PostLoss { venue: 0, bps: 1_000 },
                KeeperAction::PostLoss { venue: 1, bps: 10_000 },
                KeeperAction::SolveContagion
            ]
        );
        let dry = Event::Illiquid { from: date, to: date, venue: 0 };
        assert_eq!(
            losses(&[debt(0, 1), dry], &[venue(99_999, 0)]),
            // One of 100,000 is a tenth of a basis point, rounded up.
            [KeeperAction::PostLoss { venue: 0, bps: 501 }, KeeperAction::SolveContagion]
        );
        assert!(losses(&[], &venues).is_empty());
    }

    #[test]
    fn scores_are_renewed_a_week_after_they_begin_to_count_as_worse() {
        let days: Vec<usize> = (0..400).filter(|day| scoring(*day, 2).contains(&RoleAction::RenewScores(1))).collect();
        assert_eq!(days, [100, 200, 300]);
        for renewal in days {
            assert_eq!(scoring(renewal - 3, 2), [RoleAction::ProposeScores(0), RoleAction::ProposeScores(1)]);
        }
        assert!(scoring(97, 0).is_empty());
    }

    #[test]
    fn a_course_pairs_each_forecast_with_the_bar_that_it_was_made_for() {
        let bar = |day, high, low, close| Some(ClosedBar { day, high, low, close });
        let feed = |variance, closed| FeedState {
            asset: "X".to_owned(),
            variance,
            tail_milli: 2_000,
            closed,
            ..FeedState::default()
        };
        // 4% a day is a variance of 0.0016.
        let variance = Some((0.0016 * VARIANCE_ONE) as u64);
        let states = [
            feed(None, None),
            feed(None, bar(1, 110, 90, 100)),
            feed(variance, bar(2, 105, 95, 104)),
            feed(variance, bar(3, 104, 90, 94)),
        ];
        let mut record = RiskRecord::default();
        for (day, feed) in (0..).zip(states) {
            record.add(Date(day), RiskState { feeds: vec![feed], ..RiskState::default() });
        }
        let course = record.course(0);
        assert_eq!(course.iter().map(|day| day.day).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(course[0].forecast, None);
        let last = course[1];
        assert!((last.forecast.expect("seasoned") - 0.04).abs() < 1e-9);
        assert!((last.value_at_risk.expect("seasoned") - 0.08).abs() < 1e-9);
        // ln(94/104) = −0.10110; ln(104/90)/√(4 ln 2) = 0.14458/1.66511 = 0.08683.
        assert!((last.change + 0.10110).abs() < 1e-5 && (last.realised - 0.08683).abs() < 1e-5);
        assert!(last.exceeds() && !course[0].exceeds());
    }

    #[test]
    fn the_worst_day_is_kept() {
        let state = |damage| RiskState {
            network: NetworkState {
                protocols: vec![ProtocolState { label: "m".to_owned(), damage }],
                edges_bps: vec![vec![0]],
            },
            ..RiskState::default()
        };
        let mut record = RiskRecord::default();
        for (day, damage) in [(0, 5), (1, 9), (2, 9), (3, 1)] {
            record.add(Date(day), state(damage));
        }
        assert_eq!(record.worst.map(|(date, network)| (date, network.total_damage())), Some((Date(1), 9)));
    }
}
