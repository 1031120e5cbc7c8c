//! Feeds' engines: what was made holds, and what was changed behind the oracle's back is named.

use super::*;
use gimbal_tests::season::season;
use risk_oracle::state::Feed;
use risk_oracle::ModelParams;

/// A vault whose base feed has a past of `days` bars.
fn seasoned(days: u32) -> Fixture {
    let mut fx = Fixture::new();
    let feed = fx.deployment.feeds.get(Asset::Base).key;
    season(&mut fx.chain, &feed, days);
    fx
}

/// Names of what is broken after `change` of the base feed, of those that concern engines.
fn found(days: u32, change: impl FnOnce(&mut Feed)) -> Vec<String> {
    let mut fx = seasoned(days);
    let feed = fx.deployment.feeds.get(Asset::Base).key;
    assert_eq!(broken(&fx), [""; 0]);
    alter(&mut fx, &feed, change);
    // What the program itself would refuse is told of the feed's settings besides.
    broken(&fx).into_iter().filter(|name| name.contains("engine")).collect()
}

#[test]
fn an_engine_of_any_age_holds() {
    for days in [1, 2, 5, 23, 31, 33, 300, 501, 600] {
        let fx = seasoned(days);
        let report = report(&fx);
        assert_eq!(broken(&fx), [""; 0], "{days} days: {}", report.text());
        for part in ["bars", "mixture", "residuals", "tails", "counters"] {
            assert_eq!(
                named(&report, &format!("base_feed.engine.{part}")).status,
                Status::Holds,
                "{days} days, {part}"
            );
        }
    }
}

#[test]
fn a_feed_without_bars_holds() {
    let fx = Fixture::new();
    let report = report(&fx);
    for part in ["bars", "mixture", "residuals", "tails", "counters"] {
        assert_eq!(named(&report, &format!("base_feed.engine.{part}")).status, Status::Holds, "{part}");
    }
}

#[test]
fn a_range_variance_that_the_bars_do_not_give() {
    let bars = ["base_feed.engine.bars"];
    assert_eq!(found(100, |feed| feed.engine.ranges[3] += 1), bars);
    assert_eq!(found(100, |feed| feed.engine.last_close += 1), bars);
    assert_eq!(found(10, |feed| feed.bars.closed[4].low -= 1_000_000), bars);
}

#[test]
fn a_weight_or_a_forecast_that_the_scores_do_not_give() {
    let mixture = ["base_feed.engine.mixture"];
    assert_eq!(found(100, |feed| feed.engine.weights[0] += 1), mixture);
    assert_eq!(found(100, |feed| feed.engine.variances[4] /= 2), mixture, "a forecast made smaller");
    assert_eq!(found(100, |feed| feed.engine.variances[1] /= 2), mixture);
    assert_eq!(found(100, |feed| feed.engine.scores[2] = 1 << 40), mixture);
    let moved = |feed: &mut Feed| {
        feed.engine.weights[0] += 1;
        feed.engine.weights[3] -= 1;
    };
    assert_eq!(found(100, moved), mixture);
}

#[test]
fn residuals_that_no_bar_left() {
    let residuals = "base_feed.engine.residuals".to_owned();
    let tails = "base_feed.engine.tails".to_owned();
    let fewer = found(100, |feed| feed.engine.residual_count -= 1);
    assert_eq!(fewer, [residuals.clone(), tails.clone()], "the prior counts for more among fewer");
    assert_eq!(found(100, |feed| feed.engine.residual_next = 3), std::slice::from_ref(&residuals));
    assert_eq!(found(100, |feed| feed.engine.residuals[300] = 1), std::slice::from_ref(&residuals));
    assert_eq!(found(600, |feed| feed.engine.last_residual += 1), [residuals]);
    // A loss taken out of the memory.
    let forgotten = found(600, |feed| {
        let worst = feed.engine.residuals.iter().position(|of| *of == *feed.engine.residuals.iter().min().unwrap());
        feed.engine.residuals[worst.unwrap()] = 0;
    });
    assert_eq!(forgotten, std::slice::from_ref(&tails));
    assert_eq!(found(600, |feed| feed.engine.tail_low.quantile_milli -= 1), std::slice::from_ref(&tails));
    assert_eq!(found(600, |feed| feed.engine.tail_high.shortfall_milli += 1), [tails]);
}

#[test]
fn counters_that_no_days_left() {
    let counters = ["base_feed.engine.counters"];
    assert_eq!(found(100, |feed| feed.engine.tested.days += 1), counters);
    assert_eq!(found(100, |feed| feed.engine.tested.n00 -= 1), counters);
    assert_eq!(found(100, |feed| feed.engine.tested.window[3] = 1), counters);
    assert_eq!(found(100, |feed| feed.engine.tested.window[0] ^= 1), counters);
    let hidden = |feed: &mut Feed| {
        // An exception fewer, and everything else made to fit.
        let tested = &mut feed.engine.tested;
        (tested.exceptions, tested.n01, tested.n10, tested.n11) = (0, 0, 0, 0);
        tested.n00 = tested.days - 1;
        tested.window[1] |= 1;
    };
    assert_eq!(found(100, hidden), counters);
    assert_eq!(found(100, |feed| feed.engine.jump_window = 0b111), counters);
}

/// After a refit what stands was made with the coefficients of its day: told, and no fault.
#[test]
fn a_refit_is_told_until_the_next_bar() {
    let mut fx = seasoned(100);
    let feed = fx.deployment.feeds.get(Asset::Base).key;
    let params = ModelParams { prior_bps: [2_500; 4], tail_prior_milli: 3_000, ..ModelParams::DEFAULT };
    alter(&mut fx, &feed, |feed: &mut Feed| feed.engine.refit(&params, true));
    assert_eq!(broken(&fx), [""; 0]);
    let those = ["base_feed.engine.mixture", "base_feed.engine.tails"];
    assert_eq!(noted(&fx).into_iter().filter(|name| name.contains("engine")).collect::<Vec<_>>(), those);
    fx.pass(DAY);
    assert_eq!(fx.feed(Asset::Base).engine.bars, 101);
    assert!(noted(&fx).iter().all(|name| !name.contains("engine")), "{:?}", noted(&fx));
    // But a refit excuses no forecast that the weights do not give.
    alter(&mut fx, &feed, |feed: &mut Feed| feed.engine.variances[4] /= 2);
    assert_eq!(broken(&fx), ["base_feed.engine.mixture"]);
}
