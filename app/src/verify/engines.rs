//! The volatility engines of the feeds that the vault rests on: what they promise, made anew from what they keep.

use gimbal_math::volatility::{blend, log_return, parkinson, squared, tail, weights, Score, Side, Variance};
use risk_oracle::state::engine::{MODELS, MONTH, RESIDUALS, SEASON, WEIGHT_ONE};
use risk_oracle::state::{Engine, Feed, TailRisk, WINDOW};

use super::report::Check;
use super::Facts;
use crate::readers;

pub(super) fn check(facts: &Facts) -> Vec<Check> {
    // A feed that cannot be read is reported where its roles are.
    let feeds = facts.feeds().into_iter();
    let feeds = feeds.filter_map(|(label, key)| Some((label, readers::read::<Feed>(&facts.chain, &key).ok()?)));
    feeds.flat_map(|(label, feed)| of_feed(&label, &feed)).collect()
}

fn of_feed(label: &str, feed: &Feed) -> [Check; 5] {
    let name = |part: &str| format!("{label}.engine.{part}");
    [
        bars(name("bars"), feed),
        mixture(name("mixture"), &feed.engine),
        residuals(name("residuals"), &feed.engine),
        tails(name("tails"), &feed.engine),
        counters(name("counters"), &feed.engine),
    ]
}

/// Says of a difference that coefficients which came after the last bar may be behind it.
fn refitted(check: Check, engine: &Engine) -> Check {
    match engine.refits {
        0 => check,
        refits => check.excused(format!(
            "the coefficients were set {refits} times since the feed has prices: what stands was made with those of its day, \
             until the next bar closes"
        )),
    }
}

/// The last bar that the engine knows is the feed's last, and the range variances are those of the kept bars.
fn bars(name: String, feed: &Feed) -> Check {
    let engine = &feed.engine;
    let mut broken = Vec::new();
    let last = feed.bars.closed_bar(0).map_or((0, 0), |bar| (bar.day, bar.close));
    if last != (engine.last_day, engine.last_close) {
        broken.push(format!("the last bar is of day {}, the engine's of day {}", last.0, engine.last_day));
    }
    let kept = usize::from(feed.bars.count).min(MONTH);
    for age in 0..kept {
        let stored = engine.ranges[(usize::from(engine.month_next) + 2 * MONTH - 1 - age) % MONTH];
        if ranges(feed, age).is_some_and(|made| !made.contains(&stored)) {
            broken.push(format!("the range variance of {age} bars ago is {stored}"));
        }
    }
    let rule = "the engine's last bar is the feed's, and its range variances are those of the kept bars";
    refitted(Check::all(name, rule, 1 + kept, &broken), engine)
}

/// What the range variance of the closed bar `age` bars ago may be: as it was seen, or as of a thin bar, or either where
/// only the hours of its samples, which are not kept, could tell; none where the bar before it is needed and not kept.
fn ranges(feed: &Feed, age: usize) -> Option<[u64; 2]> {
    let bar = feed.bars.closed_bar(age)?;
    let seen = parkinson(bar.high, bar.low).ok()?;
    if u32::try_from(age).is_ok_and(|age| age + 1 == feed.engine.bars) {
        return Some([seen.0; 2]);
    }
    let before = feed.bars.closed_bar(age + 1)?;
    let change = log_return(bar.close, before.close).ok()?;
    let thin = seen.max(squared(change).per_day(bar.day.saturating_sub(before.day).max(1)));
    let surely_thin = bar.samples < u32::from(feed.engine.params.thin_samples);
    Some([if surely_thin { thin.0 } else { seen.0 }, thin.0])
}

/// Weights follow from the scores, the mixture from the weights.
fn mixture(name: String, engine: &Engine) -> Check {
    let mut broken = Vec::new();
    let sum: u64 = engine.weights.iter().map(|weight| u64::from(*weight)).sum();
    if sum != u64::from(WEIGHT_ONE) {
        broken.push(format!("the weights sum to {sum} of {WEIGHT_ONE}"));
    }
    let params = &engine.params;
    let made = weights(&params.prior_bps, &engine.scores.map(Score), params.learning_bps);
    if made != engine.weights {
        broken.push(format!("the scores make the weights {made:?}, not {:?}", engine.weights));
    }
    let [ewma, garch, har, range, mixture] = engine.variances;
    let blended = blend(&engine.weights, &[ewma, garch, har, range].map(Variance)).0;
    if engine.bars > 0 && mixture != blended {
        broken.push(format!("the weights mix the forecasts to {blended}, not {mixture}"));
    }
    let floor = if engine.bars > 0 { Variance::FLOOR.0 } else { 0 };
    if engine.variances.iter().any(|variance| *variance < floor) {
        broken.push("a forecast lies below the floor".to_owned());
    }
    let rule = "weights sum to one and follow from the scores, and the mixture follows from both";
    let check = Check::all(name, rule, MODELS, &broken);
    // Only the weights may be of other coefficients.
    match broken.len() {
        1 if made != engine.weights => refitted(check, engine),
        _ => check,
    }
}

/// The ring of residuals holds one for each bar but the first, and nothing where there was none.
fn residuals(name: String, engine: &Engine) -> Check {
    let mut broken = Vec::new();
    let (next, count) = (usize::from(engine.residual_next), usize::from(engine.residual_count));
    let due = usize::try_from(engine.bars.saturating_sub(1)).unwrap_or(RESIDUALS);
    if count != due.min(RESIDUALS) {
        broken.push(format!("{count} are kept of {} bars", engine.bars));
    }
    // A saturated count of bars no longer tells the place.
    if engine.bars < u32::MAX && next != due % RESIDUALS {
        broken.push(format!("the next goes to place {next}, not {}", due % RESIDUALS));
    }
    let last = if count == 0 { 0 } else { engine.residuals[(next + RESIDUALS - 1) % RESIDUALS] };
    if last != engine.last_residual {
        broken.push(format!("the last in the ring is {last}, the last told {}", engine.last_residual));
    }
    if engine.residuals.iter().skip(count).any(|residual| *residual != 0) {
        broken.push("a place that was never filled holds something".to_owned());
    }
    let most = gimbal_math::volatility::MAX_RESIDUAL;
    if engine.residuals.iter().any(|residual| !(-most..=most).contains(residual)) {
        broken.push(format!("one is beyond {most} thousandths"));
    }
    Check::all(name, "the ring of residuals holds one for each bar but the first", RESIDUALS, &broken)
}

/// Both tails follow from the residuals.
fn tails(name: String, engine: &Engine) -> Check {
    let rule = "the tails follow from the residuals that are kept";
    if engine.bars == 0 {
        let none = [engine.tail_low, engine.tail_high] == [TailRisk::default(); 2];
        return Check::must(name, rule, none, "none before the first bar", format!("{:?}", engine.tail_low));
    }
    let params = &engine.params;
    let kept = &engine.residuals[..usize::from(engine.residual_count).min(RESIDUALS)];
    let mut broken = Vec::new();
    for (side, stored) in [(Side::Low, engine.tail_low), (Side::High, engine.tail_high)] {
        match tail(kept, params.tail_level_bps, side, params.tail_prior_milli, params.tail_prior_weight) {
            Ok(made) if (made.quantile, made.shortfall) == (stored.quantile_milli, stored.shortfall_milli) => {}
            Ok(made) => broken.push(format!("{side:?} is {stored:?}, and follows as {made:?}")),
            Err(error) => broken.push(format!("{side:?}: {error}")),
        }
    }
    refitted(Check::all(name, rule, 2, &broken), engine)
}

/// The backtest's counts can have arisen from days, and agree with the window, the jumps and the bars.
fn counters(name: String, engine: &Engine) -> Check {
    let tested = &engine.tested;
    let mut broken = Vec::new();
    if !tested.counts().is_consistent() {
        broken.push(format!("{:?} cannot have been counted", tested.counts()));
    }
    let most = engine.bars.saturating_sub(SEASON);
    if tested.days > most {
        broken.push(format!("{} days were tested of {most} that had a forecast", tested.days));
    }
    let recent = tested.recent_exceptions();
    let fits = if tested.days <= WINDOW { recent == tested.exceptions } else { recent <= tested.exceptions };
    if !fits {
        broken.push(format!("the window holds {recent} exceptions of {}", tested.exceptions));
    }
    let days = usize::try_from(tested.days).map_or(256, |days| days.min(256));
    if (days..256).any(|day| tested.window[day / 64] >> (day % 64) & 1 == 1) {
        broken.push(format!("the window knows a day before the {days} that were tested"));
    }
    if tested.days > 0 && (tested.window[0] & 1 == 1) != tested.counts().ended_with_exception() {
        broken.push("window and counts disagree about the last day".to_owned());
    }
    if engine.jumps_in_window() > engine.jumps {
        broken.push(format!("{} jumps in a month, {} ever", engine.jumps_in_window(), engine.jumps));
    }
    Check::all(name, "the backtest's counts agree with each other, with the window and with the bars", 6, &broken)
}
