//! A feed of the risk oracle: price, how much it can be trusted, its daily bars.

use anchor_lang::prelude::Pubkey;
use risk_oracle::state::{Action, Bar, Feed, Status, SECONDS_PER_DAY};
use serde::Serialize;

use super::terms::RolesView;
use super::units::{Price, When};
use crate::bundle::PostedFeed;

/// Flags by bit, with their names.
const FLAGS: [(Status, &str); 7] = [
    (Status::STALE, "STALE"),
    (Status::WIDE_CONFIDENCE, "WIDE_CONFIDENCE"),
    (Status::DIVERGENT, "DIVERGENT"),
    (Status::SECOND_STALE, "SECOND_STALE"),
    (Status::STABLE_GAP, "STABLE_GAP"),
    (Status::DEPEGGED, "DEPEGGED"),
    (Status::EMPTY, "EMPTY"),
];

/// The names of a status's flags.
pub fn flags(status: Status) -> Vec<&'static str> {
    FLAGS.iter().filter(|(flag, _)| status.intersects(*flag)).map(|(_, name)| *name).collect()
}

/// One UTC day's prices.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BarView {
    /// The day's first moment.
    pub day: When,
    /// First price, USD.
    pub open: Price,
    /// Largest price, USD.
    pub high: Price,
    /// Smallest price, USD.
    pub low: Price,
    /// Last price, USD.
    pub close: Price,
    /// Updates in the bar.
    pub samples: u32,
    /// Whether the day is over.
    pub closed: bool,
}

impl BarView {
    fn new(bar: &Bar, closed: bool) -> Self {
        Self {
            day: When::new(i64::from(bar.day) * SECONDS_PER_DAY),
            open: Price(bar.open),
            high: Price(bar.high),
            low: Price(bar.low),
            close: Price(bar.close),
            samples: bar.samples,
            closed,
        }
    }
}

/// A second source beside the first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SecondSource {
    /// Pyth's id, hexadecimal.
    pub feed_id: String,
    /// USD per whole token.
    pub price: Price,
    /// One standard deviation, USD.
    pub confidence: Price,
    /// When it was published.
    pub published: When,
}

/// What an owner chose for a feed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FeedLimits {
    /// Oldest price that is used, seconds.
    pub max_age: u32,
    /// Confidence above this is refused, basis points.
    pub max_confidence_bps: u16,
    /// Confidence above this raises WIDE_CONFIDENCE, basis points.
    pub wide_confidence_bps: u16,
    /// Sources further apart than this raise DIVERGENT, basis points.
    pub max_divergence_bps: u16,
    /// Distance from the stable price that raises STABLE_GAP, basis points.
    pub max_stable_gap_bps: u16,
    /// Distance from the peg that raises DEPEGGED, basis points; 0 without a peg.
    pub peg_band_bps: u16,
    /// The peg, USD; none without one.
    pub peg: Option<Price>,
}

/// One feed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FeedView {
    /// Its address.
    pub address: String,
    /// Pyth's id, hexadecimal.
    pub feed_id: String,
    /// Who registered it.
    pub authority: String,
    /// The Pyth account that its prices are posted in.
    pub price_account: String,
    /// USD per whole token; none before the first update.
    pub price: Option<Price>,
    /// One standard deviation, USD.
    pub confidence: Price,
    /// Lower and upper bound that valuations use, USD; none where there are none.
    pub bounds: Option<[Price; 2]>,
    /// When the price was published; none before the first update.
    pub published: Option<When>,
    /// Seconds since then.
    pub age: i64,
    /// What is wrong with it.
    pub flags: Vec<&'static str>,
    /// Whether a vault on this base asset takes deposits.
    pub deposits: bool,
    /// Whether lines can be valued with it.
    pub values: bool,
    /// The price that follows at a limited speed, USD.
    pub stable_price: Price,
    /// The second source.
    pub second: Option<SecondSource>,
    /// Updates that changed the feed.
    pub updates: u64,
    /// The owner's parameters.
    pub limits: FeedLimits,
    /// Who may change them.
    pub roles: RolesView,
    /// The open day, then closed days, the latest first.
    pub bars: Vec<BarView>,
}

impl FeedView {
    /// The feed at `key` as it stands at `now` (Unix seconds), with at most `bars` bars.
    pub fn new(key: &Pubkey, feed: &Feed, now: i64, bars: usize) -> Self {
        let status = feed.status(now);
        let is_live = feed.is_live();
        let second = feed.has_second_source().then(|| SecondSource {
            feed_id: hex::encode(feed.second_feed_id),
            price: Price(feed.second_price),
            confidence: Price(feed.second_confidence),
            published: When::new(feed.second_publish_time),
        });
        Self {
            address: key.to_string(),
            feed_id: hex::encode(feed.feed_id),
            authority: feed.authority.to_string(),
            price_account: PostedFeed::of(key, feed).price_account.to_string(),
            price: is_live.then_some(Price(feed.price)),
            confidence: Price(feed.confidence),
            bounds: feed.bounds().ok().map(|bounds| [Price(bounds.low), Price(bounds.high)]),
            published: is_live.then(|| When::new(feed.publish_time)),
            age: if is_live { now.saturating_sub(feed.publish_time).max(0) } else { 0 },
            flags: flags(status),
            deposits: status.require(Action::Deposit).is_ok(),
            values: status.require(Action::Value).is_ok(),
            stable_price: Price(feed.stable_price),
            second,
            updates: feed.updates,
            limits: FeedLimits {
                max_age: feed.max_age,
                max_confidence_bps: feed.max_confidence_bps,
                wide_confidence_bps: feed.wide_confidence_bps,
                max_divergence_bps: feed.max_divergence_bps,
                max_stable_gap_bps: feed.max_stable_gap_bps,
                peg_band_bps: feed.peg_band_bps,
                peg: (feed.has_peg == 1).then_some(Price(feed.peg)),
            },
            roles: RolesView::new("feed", &feed.roles),
            bars: bars_of(feed, bars),
        }
    }
}

fn bars_of(feed: &Feed, most: usize) -> Vec<BarView> {
    let open = Some(&feed.bars.open).filter(|bar| bar.samples > 0).map(|bar| BarView::new(bar, false));
    let closed = (0..).map_while(|age| feed.bars.closed_bar(age)).map(|bar| BarView::new(bar, true));
    open.into_iter().chain(closed).take(most).collect()
}
