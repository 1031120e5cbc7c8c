//! Where two states of a book differ.

use risk_oracle::state::Book;

use crate::risk::replay::compare::{compare, differ, told_apart, Difference};

/// Every field and row in which they differ. What is named nowhere below is told apart by its bytes.
pub fn differences(derived: &Book, stored: &Book) -> Vec<Difference> {
    told_apart(derived, stored, |all| {
        compare!(all, derived, stored, ""; version, bump, risk_count, roles, ledger, nav, assessed_slot, assessed_at,
            assessments, refusals, last_flags, contagion_max_age, inputs_hash, change_nonce, network, contagion_at,
            observed_at, observations, params, stressed_at);
        for (row, (left, right)) in derived.lines.iter().zip(&stored.lines).enumerate() {
            compare!(all, left, right, format!("line {row}'s "); line_id, cap_bps, risks, cap, exposure);
        }
        for (row, (left, right)) in derived.risks.iter().zip(&stored.risks).enumerate() {
            compare!(all, left, right, format!("risk {row}'s "); label, cap, cap_bps, used, exposure);
        }
        for (row, (left, right)) in derived.models.iter().zip(&stored.models).enumerate() {
            compare!(all, left, right, format!("model {row}'s "); exposure, stress_bps, depth_mean, contagion_since,
                depth_day, depth_days, contagion_bps, asset, protocol, scaled, stressed);
        }
        for (row, (left, right)) in derived.assets.iter().zip(&stored.assets).enumerate() {
            compare!(all, left, right, format!("asset {row}'s "); feed, variance, long_run, price, publish_time, tail_low, tail_high,
                confidence_ratio_bps, day, confidence_bps, drawdown_bps, move_milli, jumps, flags);
        }
        for (row, (left, right)) in derived.scenarios.iter().zip(&stored.scenarios).enumerate() {
            differ(all, || format!("scenario {row}"), left, right);
        }
        let (left, right) = (&derived.regime, &stored.regime);
        compare!(all, left, right, "regime's "; entered_at, scale_since, venue_since, day, scale_bps, calm_days, level, measured, peak,
            told, reasons, levels);
        let (left, right) = (&derived.figures, &stored.figures);
        compare!(all, left, right, "figures' "; deltas, gammas, components, stress_losses, deviation, gamma_cost, value_at_risk,
            normal_value_at_risk, shortfall, debt, multipliers_milli, concentration_bps, exit_days, unmodelled, stressed);
        let (left, right) = (&derived.returns, &stored.returns);
        compare!(all, left, right, "residuals' "; rows, words, day, next, count);
    })
}
