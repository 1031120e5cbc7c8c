//! Every check of a posted price, in its order, and the interval around a price.

use anchor_lang::prelude::*;
use proptest::prelude::*;
use pyth_solana_receiver_sdk::price_update::{PriceFeedMessage, PriceUpdateV2, VerificationLevel};
use risk_oracle::policy::price::{check, differ_by_more, exceeds_bps, interval};
use risk_oracle::state::Sample;
use risk_oracle::{FeedParams, OracleError};

const NOW: i64 = 1_785_542_400;
const ID: [u8; 32] = [7; 32];

fn params() -> FeedParams {
    FeedParams {
        max_age: 60,
        max_future: 10,
        max_confidence_bps: 200,
        wide_confidence_bps: 100,
        max_divergence_bps: 100,
        max_stable_gap_bps: 500,
        peg_band_bps: 0,
        stable_bps_per_hour: 100,
        peg: 0,
    }
}

/// 151.23456789 ± 0.1 dollars, published five seconds ago.
fn update() -> PriceUpdateV2 {
    PriceUpdateV2 {
        write_authority: Pubkey::new_from_array([9; 32]),
        verification_level: VerificationLevel::Full,
        price_message: PriceFeedMessage {
            feed_id: ID,
            price: 15_123_456_789,
            conf: 10_000_000,
            exponent: -8,
            publish_time: NOW - 5,
            prev_publish_time: NOW - 6,
            ema_price: 15_000_000_000,
            ema_conf: 10_000_000,
        },
        posted_slot: 42,
    }
}

fn run(update: &PriceUpdateV2, stored: i64) -> core::result::Result<Option<Sample>, u32> {
    check(update, &ID, &params(), stored, NOW).map_err(|error| match error {
        Error::AnchorError(error) => error.error_code_number,
        other => panic!("not an error of this program: {other:?}"),
    })
}

#[track_caller]
fn refused(change: impl FnOnce(&mut PriceUpdateV2), error: OracleError) {
    let mut update = update();
    change(&mut update);
    assert_eq!(run(&update, 0), Err(error.into()));
}

#[test]
fn a_good_price_is_taken_in_our_units() {
    let expected =
        Sample { price: 151_234_567_890_000, confidence: 100_000_000_000, publish_time: NOW - 5, posted_slot: 42 };
    assert_eq!(run(&update(), 0), Ok(Some(expected)));
}

#[test]
fn each_fault_is_named() {
    refused(
        |u| u.verification_level = VerificationLevel::Partial { num_signatures: 12 },
        OracleError::PriceNotFullyVerified,
    );
    refused(|u| u.price_message.feed_id = [8; 32], OracleError::FeedIdMismatch);
    refused(|u| u.price_message.price = 0, OracleError::PriceNotPositive);
    refused(|u| u.price_message.price = i64::MIN, OracleError::PriceNotPositive);
    refused(|u| u.price_message.exponent = -21, OracleError::ExponentOutOfRange);
    refused(|u| u.price_message.exponent = 13, OracleError::ExponentOutOfRange);
    refused(|u| u.price_message.publish_time = NOW + 11, OracleError::PriceFromFuture);
    refused(|u| u.price_message.publish_time = i64::MAX, OracleError::PriceFromFuture);
    refused(|u| u.price_message.publish_time = NOW - 61, OracleError::PriceTooOld);
    refused(|u| u.price_message.publish_time = i64::MIN, OracleError::PriceTooOld);
    // 151,234,567.89 dollars do not fit; 10^-13 dollars are nothing.
    refused(|u| u.price_message.exponent = -2, OracleError::PriceOutOfRange);
    refused(|u| (u.price_message.price, u.price_message.exponent) = (1, -13), OracleError::PriceOutOfRange);
    refused(|u| u.price_message.conf = u64::MAX, OracleError::PriceOutOfRange);
    // 2% of 151.23456789 is 3.0246913578.
    refused(|u| u.price_message.conf = 302_469_136, OracleError::ConfidenceTooWide);
}

#[test]
fn the_edges_are_inside() {
    let mut edge = update();
    edge.price_message.publish_time = NOW + 10;
    assert!(run(&edge, 0).unwrap().is_some());
    edge.price_message.publish_time = NOW - 60;
    assert!(run(&edge, 0).unwrap().is_some());
    edge.price_message.conf = 302_469_135;
    assert!(run(&edge, 0).unwrap().is_some());
}

#[test]
fn the_first_fault_in_the_documented_order_is_the_one_named() {
    let mut all = update();
    all.verification_level = VerificationLevel::Partial { num_signatures: 1 };
    all.price_message = PriceFeedMessage {
        feed_id: [8; 32],
        price: -1,
        conf: u64::MAX,
        exponent: 99,
        publish_time: NOW + 99,
        ..all.price_message
    };
    assert_eq!(run(&all, 0), Err(OracleError::PriceNotFullyVerified.into()));
    all.verification_level = VerificationLevel::Full;
    assert_eq!(run(&all, 0), Err(OracleError::FeedIdMismatch.into()));
    all.price_message.feed_id = ID;
    assert_eq!(run(&all, 0), Err(OracleError::PriceNotPositive.into()));
    all.price_message.price = 15_123_456_789;
    assert_eq!(run(&all, 0), Err(OracleError::ExponentOutOfRange.into()));
    all.price_message.exponent = -8;
    assert_eq!(run(&all, 0), Err(OracleError::PriceFromFuture.into()));
    all.price_message.publish_time = NOW - 61;
    assert_eq!(run(&all, NOW), Err(OracleError::PriceTooOld.into()));
    all.price_message.publish_time = NOW - 5;
    assert_eq!(run(&all, NOW - 4), Err(OracleError::PriceOlderThanStored.into()));
    assert_eq!(run(&all, NOW - 6), Err(OracleError::PriceOutOfRange.into()));
    all.price_message.conf = 15_123_456_789;
    assert_eq!(run(&all, NOW - 6), Err(OracleError::ConfidenceTooWide.into()));
}

#[test]
fn an_equal_publish_time_is_a_no_op() {
    assert_eq!(run(&update(), NOW - 5), Ok(None));
    assert!(run(&update(), NOW - 6).unwrap().is_some());
    assert_eq!(run(&update(), NOW - 4), Err(OracleError::PriceOlderThanStored.into()));
}

#[test]
fn basis_points_compare_exactly() {
    assert!(!exceeds_bps(100, 10_000, 100));
    assert!(exceeds_bps(101, 10_000, 100));
    assert!(exceeds_bps(1, 0, 10_000));
    assert!(!exceeds_bps(0, 0, 0));
    assert!(exceeds_bps(u64::MAX, u64::MAX, 9_999) && !exceeds_bps(u64::MAX, u64::MAX, 10_000));
    assert!(!differ_by_more(100, 101, 100, 100) && differ_by_more(102, 100, 100, 199));
}

#[test]
fn the_interval_is_two_point_one_two_confidences() {
    assert_eq!(interval(1_000_000_000_000, 1_000_000_000).unwrap(), (997_880_000_000, 1_002_120_000_000));
    assert_eq!(interval(100, 1).unwrap(), (97, 103), "2.12 is rounded outwards");
    assert_eq!(interval(100, 0).unwrap(), (100, 100));
    assert_eq!(interval(107, 50).unwrap(), (1, 213));
    assert!(interval(106, 50).is_err(), "a lower bound of zero");
    assert!(interval(1, u64::MAX).is_err());
    assert!(interval(u64::MAX, 1).is_err(), "an upper bound beyond 64 bits");
}

proptest! {
    #[test]
    fn the_interval_is_the_tightest_that_holds(price in 1u64..=1 << 62, confidence in 0u64..=1 << 60) {
        if let Ok((low, high)) = interval(price, confidence) {
            let wanted = u128::from(confidence) * 212;
            prop_assert_eq!(high - price, price - low);
            prop_assert!(low > 0);
            let margin = u128::from(price - low);
            prop_assert!(margin * 100 >= wanted && margin * 100 < wanted + 100);
        } else {
            prop_assert!(u128::from(confidence) * 212 + 100 > u128::from(price) * 100);
        }
    }
}
