//! Parameters: hard ranges, and which changes count as loosening.

use super::*;

#[test]
fn parameters_have_hard_ranges() {
    let refused = |change: &dyn Fn(&mut RiskParams), error: OracleError| {
        let mut params = RiskParams::CAUTIOUS;
        change(&mut params);
        assert_eq!(params.validate().unwrap_err(), error.into());
    };
    RiskParams::NONE.validate().unwrap();
    RiskParams::CAUTIOUS.validate().unwrap();
    refused(&|params| params.max_leverage_bps = 9_999, OracleError::MaxLeverageOutOfRange);
    refused(&|params| params.max_sample_age = 59, OracleError::SampleAgeOutOfRange);
    refused(&|params| params.venue_confirm_seconds = 86_401, OracleError::VenueConfirmOutOfRange);
    refused(&|params| params.decay_bps = 8_999, OracleError::DecayOutOfRange);
    refused(&|params| params.decay_bps = 10_001, OracleError::DecayOutOfRange);
    refused(&|params| params.max_exit_days = 0, OracleError::ExitTermsOutOfRange);
    refused(&|params| params.exit_share_bps = 0, OracleError::ExitTermsOutOfRange);
    refused(&|params| params.exit_share_bps = 10_001, OracleError::ExitTermsOutOfRange);
    refused(&|params| params.horizon_days = 0, OracleError::HorizonOutOfRange);
    refused(&|params| params.horizon_days = 31, OracleError::HorizonOutOfRange);
    refused(&|params| params.calm_days = 0, OracleError::CalmDaysOutOfRange);
    refused(&|params| params.calm_days = 366, OracleError::CalmDaysOutOfRange);
    refused(&|params| params.loosen_bps_per_day = 0, OracleError::LoosenRateOutOfRange);
    refused(&|params| params.loosen_bps_per_day = 2_501, OracleError::LoosenRateOutOfRange);
    refused(&|params| params.margin_floor_bps = 0, OracleError::MarginTermsOutOfRange);
    refused(&|params| params.impact_bps = 10_001, OracleError::MarginTermsOutOfRange);
    refused(&|params| params.scales_bps[0] = 9_999, OracleError::ScalesOutOfRange);
    refused(&|params| params.scales_bps = [10_000, 5_000, 5_001, 0], OracleError::ScalesOutOfRange);
    refused(&|params| params.volatility_bps = [2, 1, 3], OracleError::ThresholdsOutOfRange);
    refused(&|params| params.confidence_bps = [0, 1, 2], OracleError::ThresholdsOutOfRange);
    refused(&|params| params.drawdown_bps = [1, 3, 2], OracleError::ThresholdsOutOfRange);
    refused(&|params| params.jumps = [0; 3], OracleError::ThresholdsOutOfRange);
    refused(&|params| params.move_milli = [3, 2, 1], OracleError::ThresholdsOutOfRange);
    refused(&|params| params.utilisation_bps = [3, 2, 1], OracleError::ThresholdsOutOfRange);
    refused(&|params| params.depth_drop_bps = [3, 2, 1], OracleError::ThresholdsOutOfRange);
}

/// Every field by itself, moved in the direction that lets a book take more.
fn each_loosened(now: RiskParams) -> Vec<RiskParams> {
    let mut all = Vec::new();
    let mut add = |change: &dyn Fn(&mut RiskParams)| {
        let mut params = now;
        change(&mut params);
        assert_ne!(params, now);
        all.push(params);
    };
    add(&|params| params.max_leverage_bps += 1);
    add(&|params| params.min_liquidation_sigma_milli -= 1);
    add(&|params| params.max_sample_age += 1);
    add(&|params| params.venue_confirm_seconds += 1);
    add(&|params| params.decay_bps += 1);
    add(&|params| params.decay_bps -= 1);
    add(&|params| params.max_var_bps += 1);
    add(&|params| params.max_shortfall_bps += 1);
    add(&|params| params.max_stress_bps += 1);
    add(&|params| params.max_concentration_bps += 1);
    add(&|params| params.max_exit_days += 1);
    add(&|params| params.exit_share_bps += 1);
    add(&|params| params.max_liquidity_share_bps += 1);
    add(&|params| params.horizon_days -= 1);
    add(&|params| params.calm_days -= 1);
    add(&|params| params.loosen_bps_per_day += 1);
    add(&|params| params.margin_floor_bps -= 1);
    add(&|params| params.impact_bps -= 1);
    for at in 0..3 {
        add(&|params| params.scales_bps[at + 1] += 1);
        add(&|params| params.volatility_bps[at] += 1);
        add(&|params| params.confidence_bps[at] += 1);
        add(&|params| params.move_milli[at] += 1);
        add(&|params| params.drawdown_bps[at] += 1);
        add(&|params| params.jumps[at] += 1);
        add(&|params| params.utilisation_bps[at] += 1);
        add(&|params| params.depth_drop_bps[at] += 1);
    }
    all
}

#[test]
fn whatever_lets_a_book_take_more_counts_as_loosening() {
    let now = RiskParams { horizon_days: 2, ..RiskParams::CAUTIOUS };
    assert!(!now.loosens(&now));
    for loosened in each_loosened(now) {
        assert!(loosened.loosens(&now), "{loosened:?}");
        // Its reverse tightens, the decay apart.
        assert_eq!(now.loosens(&loosened), loosened.decay_bps != now.decay_bps);
        // Tightening something else does not make up for it.
        let mixed = RiskParams { max_var_bps: loosened.max_var_bps - 50, ..loosened };
        if loosened.max_var_bps <= now.max_var_bps {
            assert!(mixed.loosens(&now));
        }
    }
    assert!(RiskParams::NONE.loosens(&RiskParams::CAUTIOUS));
}
