//! Which feeds need a newer price, and how they stand with it.

use std::collections::BTreeMap;

use anchor_lang::prelude::Pubkey;
use risk_oracle::policy::price::differ_by_more;
use risk_oracle::state::{Bar, Feed, Sample, Status};

use crate::keeper::action::{ActionKey, ActionKind, Urgency};
use crate::keeper::config::KeeperConfig;
use crate::keeper::watch::{WatchedFeed, World};

/// Feeds as they will stand, and which of them an update brings there.
pub(super) struct Feeds {
    states: BTreeMap<Pubkey, State>,
}

struct State {
    feed: Feed,
    due: Option<Due>,
}

/// An update that is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Due {
    /// How much it matters.
    pub urgency: Urgency,
    /// Whether the second source is brought as well.
    pub with_second: bool,
    /// Why.
    pub reason: String,
}

impl Feeds {
    /// Looks at every feed of the world.
    pub fn new(world: &World, config: &KeeperConfig) -> Self {
        let look = |(key, watched): (&Pubkey, &WatchedFeed)| (*key, State::new(world, config, watched));
        Self { states: world.feeds.iter().map(look).collect() }
    }

    /// The feed as it will stand.
    pub fn get(&self, key: &Pubkey) -> Option<&Feed> {
        self.states.get(key).map(|state| &state.feed)
    }

    /// The update that brings the feed there, where one is due.
    pub fn due(&self, key: &Pubkey) -> Option<&Due> {
        self.states.get(key)?.due.as_ref()
    }

    /// The keys of the updates that `feeds` wait for.
    pub fn updates_of<'a>(
        &'a self,
        feeds: impl IntoIterator<Item = Pubkey> + 'a,
    ) -> impl Iterator<Item = ActionKey> + 'a {
        let update = |feed| ActionKey { kind: ActionKind::UpdateFeed, subject: feed, line: None };
        feeds.into_iter().filter(|feed| self.due(feed).is_some()).map(update)
    }
}

impl State {
    fn new(world: &World, config: &KeeperConfig, watched: &WatchedFeed) -> Self {
        let feed = watched.feed;
        let unchanged = Self { feed, due: None };
        let since = world.slot.saturating_sub(feed.updated_slot);
        if feed.updates > 0 && since < config.limits.yield_slots {
            return unchanged;
        }
        let Some((after, due)) = updated(world, watched) else { return unchanged };
        match reason(world, config, &feed, &after) {
            Some((urgency, reason)) => Self { feed: after, due: Some(Due { urgency, with_second: due, reason }) },
            None => unchanged,
        }
    }
}

/// The feed with what is on offer, and whether that takes its second source; none where nothing on offer is newer.
fn updated(world: &World, watched: &WatchedFeed) -> Option<(Feed, bool)> {
    let sample = |offer: &Option<_>, second| -> Option<Option<Sample>> {
        let offer: &crate::keeper::source::Offer = offer.as_ref()?;
        offer.sample(&watched.feed, second, world.now).ok()
    };
    // The instruction names the first source whatever it brings, and is refused with it.
    let first = sample(&watched.offer, false)?;
    let second = sample(&watched.second_offer, true);
    if first.is_none() && second.flatten().is_none() {
        return None;
    }
    let mut after = watched.feed;
    if let Some(first) = &first {
        after.take_first(first).ok()?;
    }
    if let Some(second) = second.flatten() {
        after.take_second(&second);
    }
    after.finish_update(world.now, world.slot).ok()?;
    Some((after, second.is_some()))
}

/// Why a feed should become `after` now, if it should.
fn reason(world: &World, config: &KeeperConfig, before: &Feed, after: &Feed) -> Option<(Urgency, String)> {
    let (was, will) = (before.status(world.now), after.status(world.now));
    if was.intersects(Status::EMPTY) {
        return Some((Urgency::Urgent, "it has no price yet".to_owned()));
    }
    if was != will {
        return Some((Urgency::Urgent, format!("its flags go from {} to {}", was.bits(), will.bits())));
    }
    let limit = i64::from(before.max_age) * i64::from(config.freshness.feed_age_percent) / 100;
    let aged = |then: i64, newer: i64| newer > then && world.now.saturating_sub(then) >= limit;
    if aged(before.publish_time, after.publish_time) {
        let age = world.now.saturating_sub(before.publish_time);
        return Some((Urgency::Soon, format!("its price is {age} s old of at most {}", before.max_age)));
    }
    if before.has_second_source() && aged(before.second_publish_time, after.second_publish_time) {
        let age = world.now.saturating_sub(before.second_publish_time);
        return Some((Urgency::Soon, format!("its second price is {age} s old of at most {}", before.max_age)));
    }
    let bps = config.freshness.deviation_bps;
    if bps > 0 && differ_by_more(before.price, after.price, before.price, bps) {
        return Some((Urgency::Soon, format!("its price has moved by more than {bps} basis points")));
    }
    let day = Bar::day_of(after.publish_time).ok()?;
    let closes = before.bars.open.samples > 0 && day > before.bars.open.day;
    (config.freshness.close_bars && closes)
        .then(|| (Urgency::Routine, format!("a new day closes the bar of day {}", before.bars.open.day)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain::PriceUpdate;
    use crate::keeper::source::Offer;
    use crate::keeper::watch::{Accounts, FeedSite};
    use bytemuck::Zeroable;
    use risk_oracle::ModelParams;

    const NOW: i64 = 1_800_000_000;
    const IDS: [[u8; 32]; 2] = [[1; 32], [2; 32]];

    /// An offer of a dollar and some basis points, published `age` seconds ago.
    fn offer(id: [u8; 32], bps: i64, age: i64) -> Offer {
        let update = PriceUpdate::new(id, 100_000_000 + bps * 10_000, 1_000, -8, NOW - age, 1);
        Offer { receiver: update.receiver, data: update.pack(&Pubkey::default()) }
    }

    /// A feed with two sources, both stored 500 of at most 600 seconds ago.
    fn watched(first: Option<Offer>, second: Option<Offer>) -> WatchedFeed {
        let mut feed = Feed::zeroed();
        (feed.version, feed.feed_id, feed.second_feed_id) = (1, IDS[0], IDS[1]);
        feed.engine.start(&ModelParams::DEFAULT);
        (feed.max_age, feed.max_future, feed.updates) = (600, 60, 1);
        (feed.max_confidence_bps, feed.wide_confidence_bps) = (500, 200);
        (feed.max_divergence_bps, feed.max_stable_gap_bps) = (200, 3_000);
        for price in [&mut feed.price, &mut feed.second_price, &mut feed.stable_price] {
            *price = 1_000_000_000_000;
        }
        for time in [&mut feed.publish_time, &mut feed.second_publish_time, &mut feed.stable_at] {
            *time = NOW - 500;
        }
        let site = FeedSite::of(&Pubkey::default(), &feed);
        WatchedFeed { site, feed, offer: first, second_offer: second }
    }

    fn due(watched: WatchedFeed) -> Option<Due> {
        let key = watched.site.key;
        let world = World {
            keeper: Pubkey::default(),
            lamports: 0,
            token_account_rent: 0,
            slot: 1_000,
            now: NOW,
            vaults: Vec::new(),
            feeds: BTreeMap::from([(key, watched)]),
            networks: BTreeMap::new(),
            changes: Vec::new(),
            sol_feed: None,
            venues: Accounts::default(),
            codes: Default::default(),
            outdated: false,
            problems: Vec::new(),
            batches: 0,
        };
        Feeds::new(&world, &KeeperConfig::new("k")).due(&key).cloned()
    }

    #[test]
    fn both_sources_are_brought_where_both_are_newer() {
        let found = due(watched(Some(offer(IDS[0], 0, 5)), Some(offer(IDS[1], 1, 5)))).unwrap();
        assert!(found.with_second);
        assert_eq!(found.reason, "its price is 500 s old of at most 600");
    }

    #[test]
    fn a_second_source_that_would_be_refused_is_left_out() {
        // Too old, of another asset, not there: the first alone.
        for second in [Some(offer(IDS[1], 0, 601)), Some(offer(IDS[0], 0, 5)), None] {
            assert!(!due(watched(Some(offer(IDS[0], 0, 5)), second)).unwrap().with_second);
        }
        // A newer second price counts even where the first is stored already.
        let found = due(watched(Some(offer(IDS[0], 0, 500)), Some(offer(IDS[1], 1, 5)))).unwrap();
        assert_eq!((found.with_second, found.reason.as_str()), (true, "its second price is 500 s old of at most 600"));
    }

    #[test]
    fn nothing_is_brought_without_the_first_source() {
        assert_eq!(due(watched(None, Some(offer(IDS[1], 1, 5)))), None);
        assert_eq!(due(watched(Some(offer(IDS[0], 0, 601)), Some(offer(IDS[1], 1, 5)))), None);
        assert_eq!(due(watched(Some(offer(IDS[0], 0, 500)), Some(offer(IDS[1], 0, 500)))), None);
    }

    #[test]
    fn sources_that_part_are_urgent() {
        // Three percent apart, where two are allowed: flag 4.
        let found = due(watched(Some(offer(IDS[0], 0, 5)), Some(offer(IDS[1], 300, 5)))).unwrap();
        assert_eq!((found.urgency, found.reason.as_str()), (Urgency::Urgent, "its flags go from 0 to 4"));
    }
}
