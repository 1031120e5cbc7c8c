//! A feed: its bounds hold its price, its status only worsens with age, and an update keeps its invariant.
#![no_main]

use gimbal_fuzz::{base_of, load, Input};
use libfuzzer_sys::fuzz_target;
use risk_oracle::state::{Action, Feed, ModelParams, Sample, Status};

fuzz_target!(|data: &[u8]| {
    let input = Input::new(data);
    let base = base_of::<Feed>(|feed| {
        (feed.max_age, feed.max_future, feed.max_confidence_bps, feed.wide_confidence_bps) = (600, 60, 500, 200);
        (feed.max_divergence_bps, feed.max_stable_gap_bps, feed.stable_bps_per_hour) = (200, 3_000, 600);
        feed.feed_id = [1; 32];
        feed.engine.start(&ModelParams::DEFAULT);
        feed.take_first(&Sample {
            price: 1_000_000_000_000,
            confidence: 100_000_000,
            publish_time: 1_700_000_000,
            posted_slot: 1,
        })
        .expect("a day of this century");
        feed.finish_update(1_700_000_000, 1).expect("the first update");
    });
    load::<Feed>(&input.account(&base), |feed| {
        let (now, later) = (input.time(0), input.time(0).saturating_add((input.numbers[1] >> 40) as i64));
        let status = feed.status(now);
        assert!(feed.status(later).contains(status.without(Status::NONE)), "age takes no flag away");
        for action in [Action::Value, Action::Deposit, Action::RaiseRisk, Action::LowerRisk, Action::Exit] {
            assert_eq!(feed.require(action, now).is_ok(), !status.intersects(action.forbidden_by()));
        }
        assert!(feed.require(Action::Exit, now).is_ok() && feed.require(Action::LowerRisk, now).is_ok());
        if let Ok(bounds) = feed.bounds() {
            assert!(0 < bounds.low && bounds.low <= bounds.mid && bounds.mid <= bounds.high);
        }
        for age in (0..40).filter(|_| feed.bars.is_consistent()) {
            assert_eq!(feed.bars.closed_bar(age).is_some(), age < usize::from(feed.bars.count));
        }

        if feed.invariant().is_err() || feed.updates == u64::MAX {
            assert!(feed.updates == u64::MAX || feed.validate().is_err(), "settings are the invariant and more");
            return;
        }
        let mut after = Box::new(*feed);
        let sample = Sample {
            price: input.numbers[2].max(1),
            confidence: input.numbers[3],
            publish_time: feed.publish_time.saturating_add((input.numbers[1] >> 44) as i64),
            posted_slot: 2,
        };
        if after.take_first(&sample).is_err() {
            return;
        }
        after.finish_update(now, 3).expect("not the last update of all");
        assert!(after.invariant().is_ok(), "an update keeps the invariant");
        assert!(feed.validate().is_err() || after.validate().is_ok(), "an update keeps every setting");
        assert_eq!((after.price, after.updates), (sample.price, feed.updates + 1));
    });
});
