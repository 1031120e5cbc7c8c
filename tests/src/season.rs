//! A past for a feed, so that a test need not live through a year to meet a seasoned engine.

use anchor_lang::{prelude::Pubkey, Discriminator};
use gimbal::chain::Sandbox;
use gimbal::readers;
use risk_oracle::state::{Feed, Sample, SECONDS_PER_DAY};

/// Rewrites the feed at `key` as if it had closed `days` daily bars of four samples before its present one, within 2% about
/// its present price. The program's own state transition makes them; price, status and counters stay as they are.
///
/// # Panics
///
/// If there is no feed with a price.
pub fn season(chain: &mut impl Sandbox, key: &Pubkey, days: u32) {
    let now: Feed = readers::read(chain, key).expect("a feed");
    assert!(now.price > 0, "the feed needs a price");
    let mut feed = now;
    feed.bars = bytemuck::Zeroable::zeroed();
    feed.engine.start(&now.engine.params);
    let today = now.publish_time.div_euclid(SECONDS_PER_DAY);
    let mut take = |publish_time: i64, price: u64| {
        let sample = Sample { price, confidence: now.confidence, publish_time, posted_slot: now.posted_slot };
        feed.take_first(&sample).expect("a day of this century");
    };
    let mut state = 1u64;
    for day in (1..=i64::from(days)).rev() {
        for part in 0..4 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let price = now.price / 10_000 * (9_800 + (state >> 33) % 401);
            take((today - day) * SECONDS_PER_DAY + part * SECONDS_PER_DAY / 4, price);
        }
    }
    take(now.publish_time, now.price);
    (feed.stable_price, feed.stable_at) = (now.stable_price, now.stable_at);
    feed.invariant().expect("a feed that the program could have made");
    let mut account = chain.require_account(key).expect("the feed");
    account.data = [Feed::DISCRIMINATOR, bytemuck::bytes_of(&feed)].concat();
    chain.set_account(key, account).expect("the feed");
}
