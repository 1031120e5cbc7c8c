//! Coefficients of the volatility models: hard ranges, and what travels.

use anchor_lang::prelude::*;
use risk_oracle::{ModelParams, OracleError};

const DEFAULT: ModelParams = ModelParams::DEFAULT;

fn code(result: Result<()>) -> Option<u32> {
    match result {
        Ok(()) => None,
        Err(Error::AnchorError(error)) => Some(error.error_code_number),
        Err(other) => panic!("not an error of this program: {other:?}"),
    }
}

type Change = fn(&mut ModelParams);

#[test]
fn every_coefficient_has_a_hard_range() {
    let refused: [(Change, OracleError); 28] = [
        (|p| p.ewma_bps = 7_999, OracleError::EwmaOutOfRange),
        (|p| p.ewma_bps = 9_901, OracleError::EwmaOutOfRange),
        (|p| p.garch_bps = [99, 8_500], OracleError::GarchOutOfRange),
        (|p| p.garch_bps = [5_001, 4_000], OracleError::GarchOutOfRange),
        (|p| p.garch_bps = [1_000, 3_999], OracleError::GarchOutOfRange),
        (|p| p.garch_bps = [1_000, 8_991], OracleError::GarchOutOfRange),
        (|p| p.garch_bps = [1_000, u16::MAX], OracleError::GarchOutOfRange),
        (|p| p.har_bps = [3_500, 3_500, 999], OracleError::HarOutOfRange),
        (|p| p.har_bps = [5_000, 5_000, 5_001], OracleError::HarOutOfRange),
        (|p| p.har_bps = [u16::MAX; 3], OracleError::HarOutOfRange),
        (|p| p.range_bps = [99, 8_500], OracleError::RangeModelOutOfRange),
        (|p| p.range_bps = [4_000, 5_991], OracleError::RangeModelOutOfRange),
        (|p| p.prior_bps = [2_500, 2_500, 2_500, 2_499], OracleError::PriorWeightsOutOfRange),
        (|p| p.prior_bps = [2_500, 2_500, 2_500, 2_501], OracleError::PriorWeightsOutOfRange),
        (|p| p.prior_bps = [0; 4], OracleError::PriorWeightsOutOfRange),
        (|p| p.long_run_bars = 29, OracleError::LongRunOutOfRange),
        (|p| p.long_run_bars = 2_001, OracleError::LongRunOutOfRange),
        (|p| p.clamp_tenths = 29, OracleError::ClampOutOfRange),
        (|p| p.clamp_tenths = 101, OracleError::ClampOutOfRange),
        (|p| p.learning_bps = 5_001, OracleError::LearningOutOfRange),
        (|p| p.discount_bps = 8_999, OracleError::DiscountOutOfRange),
        (|p| p.discount_bps = 10_000, OracleError::DiscountOutOfRange),
        (|p| p.tail_level_bps = 9, OracleError::TailLevelOutOfRange),
        (|p| p.tail_level_bps = 501, OracleError::TailLevelOutOfRange),
        (|p| p.tail_prior_milli = 999, OracleError::TailPriorOutOfRange),
        (|p| p.tail_prior_milli = 10_001, OracleError::TailPriorOutOfRange),
        (|p| p.tail_prior_weight = 49, OracleError::TailPriorOutOfRange),
        (|p| p.thin_samples = 1, OracleError::ThinBarOutOfRange),
    ];
    for (change, error) in refused {
        let mut params = DEFAULT;
        change(&mut params);
        assert_eq!(code(params.validate()), Some(error.into()), "{params:?}");
    }
    let allowed: [Change; 8] = [
        |_| (),
        |p| (p.ewma_bps, p.garch_bps, p.range_bps) = (8_000, [100, 4_900], [5_000, 4_990]),
        |p| (p.ewma_bps, p.garch_bps, p.range_bps) = (9_900, [5_000, 0], [100, 9_890]),
        |p| p.har_bps = [0, 0, 8_000],
        |p| p.har_bps = [15_000, 0, 0],
        |p| p.prior_bps = [10_000, 0, 0, 0],
        |p| (p.long_run_bars, p.clamp_tenths, p.learning_bps, p.discount_bps) = (30, 30, 0, 9_000),
        |p| {
            (p.long_run_bars, p.clamp_tenths, p.learning_bps, p.discount_bps) = (2_000, 100, 5_000, 9_999);
            (p.tail_level_bps, p.tail_prior_milli, p.tail_prior_weight, p.thin_samples) = (500, 1_000, 5_000, 24);
        },
    ];
    for change in allowed {
        let mut params = DEFAULT;
        change(&mut params);
        assert_eq!(code(params.validate()), None, "{params:?}");
    }
}

/// What is hashed and queued is what lies in the account: twenty little-endian numbers in the order of the fields.
#[test]
fn what_travels_is_what_is_stored() {
    let mut bytes = Vec::new();
    DEFAULT.serialize(&mut bytes).unwrap();
    assert_eq!(bytes, bytemuck::bytes_of(&DEFAULT));
    let numbers: Vec<u16> = bytes.chunks(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
    let expected = [
        9_400, 1_000, 8_500, 3_500, 3_500, 4_000, 3_500, 5_500, 500, 1_500, 3_500, 4_500, 500, 50, 1_000, 9_900, 100,
        2_600, 500, 4,
    ];
    assert_eq!(numbers, expected);
    assert_eq!(ModelParams::try_from_slice(&bytes).unwrap(), DEFAULT);
}
