//! What an instruction changes, field by field, in the units of people.

use crate::amount;
use crate::table::Row;
use crate::views::change::describe;
use crate::views::units::{percent, span};
use anchor_lang::prelude::Pubkey;

/// Fields that are amounts of the base asset.
const AMOUNTS: [&str; 6] = ["cap", "deposit_cap", "min_ticket", "keeper_pay", "keeper_pay_budget", "bounty_budget"];
/// Fields that are spans of time, seconds.
const SPANS: [&str; 12] = [
    "cooldown",
    "max_valuation_age",
    "epoch",
    "ticket_deadline",
    "ticket_min_age",
    "max_age",
    "max_future",
    "max_edge_age",
    "min_post_interval",
    "max_solution_age",
    "max_sample_age",
    "venue_confirm_seconds",
];
/// Points of risk, of which the largest byte means that nobody has looked.
const POINTS: [&str; 5] = ["audits", "age", "upgradeability", "incidents", "size"];
/// Fields whose zero switches a limit off.
const OFF_AT_ZERO: [&str; 5] =
    ["deposit_cap", "outflow_bps", "speed_up_bps", "speed_down_bps", "min_liquidation_sigma_milli"];
/// Fields whose largest value of 16 bits switches a limit off.
const OFF_AT_MOST: [&str; 6] = [
    "max_var_bps",
    "max_shortfall_bps",
    "max_stress_bps",
    "max_concentration_bps",
    "max_exit_days",
    "max_liquidity_share_bps",
];
/// The same of 32 bits.
const OFF_AT_MOST_WIDE: [&str; 2] = ["max_leverage_bps", "max_sample_age"];
/// Thresholds that are not reached at the largest value, from which each level of the regime begins.
const LEVELS: [&str; 7] =
    ["volatility_bps", "confidence_bps", "move_milli", "drawdown_bps", "jumps", "utilisation_bps", "depth_drop_bps"];
/// Units at the end of a field's name.
const UNITS: [&str; 5] = ["_bps_per_day", "_bps", "_milli", "_seconds", "_days"];
/// Labels that a field's name does not give.
const SPOKEN: [(&str, &str); 4] = [
    ("max_var_bps", "Max VaR"),
    ("min_liquidation_sigma_milli", "Min liquidation distance"),
    ("max_exit_days", "Max time to exit"),
    ("loosen_bps_per_day", "Loosens by"),
];
/// Rows of which the largest byte is none.
const ROWS: [&str; 2] = ["asset", "protocol_row"];
/// Fields that name what the instruction is about, and are no setting.
const NAMES: [&str; 5] = ["line", "index", "protocol", "counterparty", "place"];
/// Digits behind the point of a number in thousandths.
const MILLI_DECIMALS: u8 = 3;
/// Fields that are addresses of people.
const PEOPLE: [&str; 4] = ["recipient", "curator", "guardian", "key"];
/// Fields that are names or addresses of things.
const THINGS: [&str; 4] = ["feed", "label", "network", "program"];

/// Rows `field: before → after` of the instruction `after` of `program`; `before`: the same instruction with the values in
/// force, where they are known. `decimals`: of the base asset, where that is known.
pub fn changes(program: &Pubkey, before: Option<&[u8]>, after: &[u8], decimals: Option<u8>) -> Vec<Row> {
    let old = before.map(|data| describe(program, data).arguments).unwrap_or_default();
    let new = describe(program, after).arguments;
    let row = |(name, value): (String, String)| {
        let now = shown(&name, &value, decimals);
        let was = old.iter().find(|(old, _)| *old == name).map(|(_, value)| shown(&name, value, decimals));
        let text = match was {
            _ if NAMES.contains(&name.as_str()) => now,
            Some(was) if was == now => format!("{now} (as before)"),
            Some(was) => format!("{was} → {now}"),
            None => now,
        };
        (label(&name), text)
    };
    new.into_iter().map(row).collect()
}

/// A field's name as a label: `max_slippage_bps` is "Max slippage". The unit at its end stands behind the value.
fn label(name: &str) -> String {
    if let Some((_, label)) = SPOKEN.iter().find(|(field, _)| *field == name) {
        return (*label).to_owned();
    }
    let unit = UNITS.iter().find_map(|unit| name.strip_suffix(unit));
    let words = unit.unwrap_or(name).replace('_', " ");
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// A field's value in the units of people.
fn shown(name: &str, value: &str, decimals: Option<u8>) -> String {
    let number = value.parse::<u64>();
    match number {
        Ok(0) if OFF_AT_ZERO.contains(&name) => "no limit".to_owned(),
        Ok(u64::MAX) if name == "cap" => "no cap".to_owned(),
        Ok(units) if AMOUNTS.contains(&name) => match decimals {
            Some(decimals) => amount::format(units, decimals),
            None => format!("{units} base units"),
        },
        Ok(65_535) if OFF_AT_MOST.contains(&name) => "no limit".to_owned(),
        Ok(65_535) if name == "target_volatility_bps" => "none".to_owned(),
        Ok(4_294_967_295) if OFF_AT_MOST_WIDE.contains(&name) => "no limit".to_owned(),
        // Of an edge that nobody has capped.
        Ok(65_535) if name == "cap_bps" => "not set, counts as 655.35%".to_owned(),
        Ok(255) if ROWS.contains(&name) => "none".to_owned(),
        Ok(255) if POINTS.contains(&name) => "unknown".to_owned(),
        Ok(seconds) if SPANS.contains(&name) => span(i64::try_from(seconds).unwrap_or(i64::MAX)),
        Ok(bps) if name.ends_with("_bps") => percent(i64::try_from(bps).unwrap_or(i64::MAX)),
        Ok(bps) if name.ends_with("_bps_per_day") => {
            format!("{} a day", percent(i64::try_from(bps).unwrap_or(i64::MAX)))
        }
        Ok(days) if name.ends_with("_days") => format!("{days} d"),
        Ok(milli) if name.ends_with("_sigma_milli") => format!("{} σ", amount::format(milli, MILLI_DECIMALS)),
        Ok(slots) if name == "max_venue_age" => format!("{slots} slots"),
        Ok(number) if name == "status" => status(number).to_owned(),
        Ok(_) => value.to_owned(),
        Err(_) if PEOPLE.contains(&name) && value == Pubkey::default().to_string() => "nobody".to_owned(),
        Err(_) if THINGS.contains(&name) && (value.is_empty() || value == Pubkey::default().to_string()) => {
            "none".to_owned()
        }
        Err(_) if LEVELS.contains(&name) && value.starts_with('[') => levels(name, value),
        Err(_) if name.ends_with("_bps") && value.starts_with('-') => {
            value.parse::<i64>().map_or_else(|_| value.to_owned(), percent)
        }
        Err(_) if matches!(name, "scales_bps" | "shocks_bps") => shares(name, value),
        // Lists, such as a model's coefficients.
        Err(_) if name.ends_with("_bps") && value.starts_with('[') => format!("{value} basis points"),
        Err(_) if name == "risks" => value.replace(", 255", "").replace("255", "none"),
        Err(_) => value.to_owned(),
    }
}

/// The thresholds of the regime's levels.
fn levels(name: &str, value: &str) -> String {
    let largest = match name {
        "volatility_bps" | "confidence_bps" => u32::MAX,
        _ => u32::from(u16::MAX),
    };
    let largest = largest.to_string();
    let parts: Vec<&str> = value.trim_matches(['[', ']']).split(", ").collect();
    if parts.iter().all(|part| *part == largest) {
        return "never".to_owned();
    }
    let shown = |part: &&str| match part.parse::<u64>() {
        _ if **part == largest => "never".to_owned(),
        Ok(bps) if name.ends_with("_bps") => percent(i64::try_from(bps).unwrap_or(i64::MAX)),
        Ok(milli) if name.ends_with("_milli") => format!("{} σ", amount::format(milli, MILLI_DECIMALS)),
        _ => (*part).to_owned(),
    };
    parts.iter().map(shown).collect::<Vec<_>>().join(", ")
}

/// Parts and moves in the order of their rows, without those at the end that do not move.
fn shares(name: &str, value: &str) -> String {
    let parts = value.trim_matches(['[', ']']).split(", ").map(str::parse::<i64>);
    let Ok(parts) = parts.collect::<Result<Vec<i64>, _>>() else { return value.to_owned() };
    let used = match name {
        "shocks_bps" => parts.iter().rposition(|part| *part != 0).map_or(0, |last| last + 1),
        _ => parts.len(),
    };
    match used {
        0 => "none".to_owned(),
        used => parts.into_iter().take(used).map(percent).collect::<Vec<_>>().join(", "),
    }
}

/// A line's status in words.
pub fn status(number: u64) -> &'static str {
    match number {
        1 => "active",
        2 => "frozen",
        3 => "winding down",
        _ => "unknown",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use anchor_lang::InstructionData;
    use vault::instruction::{SetCurator, SetFees, SetLimits};
    use vault::{FeesArgs, VaultLimitsArgs};

    fn rows(before: Option<&[u8]>, after: &[u8]) -> Vec<(String, String)> {
        changes(&vault::ID, before, after, Some(6))
    }

    #[test]
    fn each_field_says_what_it_was_and_what_it_becomes() {
        let old = FeesArgs { management_bps: 100, exit_bps: 5, ..FeesArgs::default() };
        let new = FeesArgs { management_bps: 150, exit_bps: 5, recipient: Pubkey::new_from_array([7; 32]), ..old };
        let rows = rows(Some(&SetFees { fees: old }.data()), &SetFees { fees: new }.data());
        let expected = [
            ("Recipient", format!("nobody → {}", new.recipient)),
            ("Management", "1% → 1.5%".to_owned()),
            ("Performance", "0% (as before)".to_owned()),
            ("Entry", "0% (as before)".to_owned()),
            ("Exit", "0.05% (as before)".to_owned()),
        ];
        assert_eq!(rows, expected.map(|(label, value)| (label.to_owned(), value)));
    }

    #[test]
    fn amounts_spans_and_absent_limits_are_words() {
        let old = VaultLimitsArgs::default();
        let new =
            VaultLimitsArgs { deposit_cap: 2_500_000_000_000, ticket_deadline: 2 * 86_400, outflow_bps: 2_000, ..old };
        let rows = rows(Some(&SetLimits { limits: old }.data()), &SetLimits { limits: new }.data());
        let value = |name: &str| rows.iter().find(|(label, _)| label == name).map(|(_, value)| value.as_str());
        assert_eq!(value("Deposit cap"), Some("no limit → 2500000"));
        assert_eq!(value("Ticket deadline"), Some("7 d → 2 d"));
        assert_eq!(value("Outflow"), Some("no limit → 20%"));
        assert_eq!(value("Speed up"), Some("no limit (as before)"));
    }

    #[test]
    fn limits_of_the_engine_are_words() {
        use risk_oracle::instruction::{SetRiskParams, SetScenario};
        use risk_oracle::{RiskParams, Scenario, SetScenarioArgs};
        let [old, new] = [RiskParams::NONE, RiskParams::CAUTIOUS].map(|params| SetRiskParams { params }.data());
        let rows = changes(&risk_oracle::ID, Some(&old), &new, Some(6));
        let expected = [
            ("Max VaR", "no limit → 5%"),
            ("Min liquidation distance", "no limit → 4 σ"),
            ("Max time to exit", "no limit → 4 d"),
            ("Venue confirm", "10 min (as before)"),
            ("Loosens by", "5% a day (as before)"),
            ("Scales", "100%, 100%, 100%, 100% → 100%, 75%, 50%, 25%"),
            ("Move", "never → 3 σ, 5 σ, 8 σ"),
            ("Volatility", "never → 150%, 200%, 300%"),
            ("Jumps", "never → 2, 3, 5"),
        ];
        for (label, value) in expected {
            assert!(rows.contains(&(label.to_owned(), value.to_owned())), "{label}: {value} in {rows:?}");
        }
        let scenario = Scenario { shocks_bps: [0, -2_050, 0, 0, 0, 0, 0, 0], used: 1, ..Scenario::default() };
        let [old, new] = [Scenario::default(), scenario]
            .map(|scenario| SetScenario { args: SetScenarioArgs { index: 0, scenario } }.data());
        let rows = changes(&risk_oracle::ID, Some(&old), &new, None);
        assert!(rows.contains(&("Shocks".to_owned(), "none → 0%, -20.5%".to_owned())), "{rows:?}");
    }

    #[test]
    fn what_is_not_known_before_is_shown_alone() {
        let key = Pubkey::new_from_array([9; 32]);
        assert_eq!(rows(None, &SetCurator { curator: key }.data()), [("Curator".to_owned(), key.to_string())]);
    }
}
