//! A Pyth price update: our own reader against the SDK's, and the oracle's checks on what the SDK reads.
#![no_main]

use gimbal_fuzz::Input;
use gimbal_venue_wire::pyth::PriceUpdate;
use libfuzzer_sys::fuzz_target;
use pyth_solana_receiver_sdk::price_update::{PriceUpdateV2, VerificationLevel};
use risk_oracle::{policy::price, FeedParams};

const FEED: [u8; 32] = [7; 32];

fuzz_target!(|data: &[u8]| {
    let input = Input::new(data);
    let base = PriceUpdate {
        feed_id: FEED,
        price: 100_000_000,
        conf: 10_000,
        exponent: -8,
        publish_time: 1_700_000_000,
        ..Default::default()
    };
    let account = input.account(&base.to_bytes());
    let theirs = <PriceUpdateV2 as anchor_lang::AccountDeserialize>::try_deserialize(&mut account.as_slice());
    let ours = PriceUpdate::parse(&account);

    if let Ok(ours) = &ours {
        // A full update is a byte shorter than its account; that byte says nothing.
        assert_eq!(ours.to_bytes()[..133], account[..133], "what decodes re-encodes");
        let theirs = theirs.as_ref().expect("the SDK reads what we read");
        assert_eq!(theirs.verification_level, VerificationLevel::Full);
        assert_eq!(theirs.write_authority, ours.write_authority);
        assert_eq!(theirs.posted_slot, ours.posted_slot);
        let message = &theirs.price_message;
        assert_eq!((message.feed_id, message.price, message.conf), (ours.feed_id, ours.price, ours.conf));
        assert_eq!((message.exponent, message.publish_time), (ours.exponent, ours.publish_time));
        assert_eq!((message.prev_publish_time, message.ema_price), (ours.prev_publish_time, ours.ema_price));
        assert_eq!(message.ema_conf, ours.ema_conf);
    }
    let Ok(update) = theirs else { return };
    let is_full = update.verification_level == VerificationLevel::Full;
    assert!(ours.is_ok() || !is_full || account.len() != 134, "we read every full update of the usual length");

    let params = FeedParams {
        max_age: 600,
        max_future: 60,
        max_confidence_bps: 500,
        wide_confidence_bps: 200,
        max_divergence_bps: 200,
        max_stable_gap_bps: 3_000,
        peg_band_bps: 0,
        stable_bps_per_hour: 600,
        peg: 0,
    };
    let (now, stored) = (update.price_message.publish_time.wrapping_add(input.numbers[0] as i64 >> 48), input.time(1));
    if let Ok(Some(sample)) = price::check(&update, &FEED, &params, stored, now) {
        let message = &update.price_message;
        assert!(is_full && message.feed_id == FEED && message.price > 0 && sample.price > 0);
        assert!(message.publish_time > stored && sample.publish_time == message.publish_time);
        assert!(now.saturating_sub(message.publish_time) <= 600 && message.publish_time.saturating_sub(now) <= 60);
        assert!(u128::from(sample.confidence) * 10_000 <= u128::from(sample.price) * 500);
        // The price in units of 10^-12, rounded down.
        let shift = message.exponent + 12;
        let (price, mantissa) = (u128::from(sample.price), u128::from(message.price.unsigned_abs()));
        match 10_u128.pow(shift.unsigned_abs()) {
            power if shift >= 0 => assert_eq!(price, mantissa * power),
            power => assert!(price * power <= mantissa && (price + 1) * power > mantissa),
        }
    }
});
