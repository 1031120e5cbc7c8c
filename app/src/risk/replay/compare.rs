//! Where two states of a feed differ.

use risk_oracle::state::{Engine, Feed};

/// One difference: the field, what was derived, what is stored.
pub type Difference = (String, String, String);

/// Adds the fields in which two structs differ, by name behind a prefix.
macro_rules! compare {
    ($all:expr, $left:expr, $right:expr, $prefix:expr; $($field:ident),* $(,)?) => {$(
        let name = || format!("{}{}", $prefix, stringify!($field).replace('_', " "));
        $crate::risk::replay::compare::differ($all, name, &$left.$field, &$right.$field);
    )*};
}
pub(super) use compare;

/// The derived state with what no history tells taken from the stored one: who may set parameters, the bump, the slot in
/// which the last price was posted, the number of the next change.
pub fn with_untold(derived: &Feed, stored: &Feed) -> Feed {
    let mut feed = *derived;
    feed.version = stored.version;
    feed.bump = stored.bump;
    feed.roles = stored.roles;
    feed.posted_slot = stored.posted_slot;
    feed.change_nonce = stored.change_nonce;
    feed
}

/// Every field in which they differ. Fields that are named nowhere below are told apart by their bytes.
pub fn differences(derived: &Feed, stored: &Feed) -> Vec<Difference> {
    let derived = with_untold(derived, stored);
    told_apart(&derived, stored, |all| {
        compare!(all, derived, stored, ""; flags, has_peg, authority, feed_id, second_feed_id, max_age, max_future,
            max_confidence_bps, wide_confidence_bps, max_divergence_bps, max_stable_gap_bps, peg_band_bps,
            stable_bps_per_hour, peg, price, confidence, publish_time, updated_slot, updated_at, second_price,
            second_confidence, second_publish_time, stable_price, stable_at, updates, inputs_hash, bars);
        let (left, right): (&Engine, &Engine) = (&derived.engine, &stored.engine);
        compare!(all, left, right, "engine's "; variances, long_run, ranges, scores, last_close, tested, weights,
            confidences, open_confidence, bars, last_day, jumps, jump_window, refits, tail_low, tail_high, params, residuals,
            residual_next, residual_count, last_residual, month_next);
    })
}

/// What `name` finds to differ in two accounts; where it finds nothing although their bytes differ, that.
pub(super) fn told_apart<T: bytemuck::NoUninit>(
    derived: &T,
    stored: &T,
    name: impl FnOnce(&mut Vec<Difference>),
) -> Vec<Difference> {
    let mut all = Vec::new();
    if bytemuck::bytes_of(derived) != bytemuck::bytes_of(stored) {
        name(&mut all);
        if all.is_empty() {
            all.push(("bytes without a name".to_owned(), "others".to_owned(), "these".to_owned()));
        }
    }
    all
}

/// A value in at most so many characters.
fn short(value: &impl std::fmt::Debug) -> String {
    const MOST: usize = 100;
    let text = format!("{value:?}");
    match text.chars().count() {
        ..=MOST => text,
        _ => text.chars().take(MOST - 1).chain(['…']).collect(),
    }
}

/// Adds a field if the two states differ in it.
pub(super) fn differ<T: PartialEq + std::fmt::Debug>(
    all: &mut Vec<Difference>,
    name: impl Fn() -> String,
    derived: &T,
    stored: &T,
) {
    if derived != stored {
        all.push((name(), short(derived), short(stored)));
    }
}
