//! What an instruction changes, field by field, in the units of people.

use super::super::operation::Row;
use crate::amount;
use crate::views::change::describe;
use crate::views::units::{percent, span};
use anchor_lang::prelude::Pubkey;

/// Fields that are amounts of the base asset.
const AMOUNTS: [&str; 5] = ["cap", "deposit_cap", "min_ticket", "keeper_pay", "keeper_pay_budget"];
/// Fields that are spans of time, seconds.
const SPANS: [&str; 7] =
    ["cooldown", "max_valuation_age", "epoch", "ticket_deadline", "ticket_min_age", "max_age", "max_future"];
/// Fields whose zero switches a limit off.
const OFF_AT_ZERO: [&str; 4] = ["deposit_cap", "outflow_bps", "speed_up_bps", "speed_down_bps"];
/// Fields that name what the instruction is about, and are no setting.
const NAMES: [&str; 2] = ["line", "index"];
/// Fields that are addresses of people.
const PEOPLE: [&str; 3] = ["recipient", "curator", "guardian"];

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

/// A field's name as a label: `max_slippage_bps` is "Max slippage".
fn label(name: &str) -> String {
    let words = name.trim_end_matches("_bps").replace('_', " ");
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
        Ok(seconds) if SPANS.contains(&name) => span(i64::try_from(seconds).unwrap_or(i64::MAX)),
        Ok(bps) if name.ends_with("_bps") => percent(i64::try_from(bps).unwrap_or(i64::MAX)),
        Ok(slots) if name == "max_venue_age" => format!("{slots} slots"),
        Ok(number) if name == "status" => status(number).to_owned(),
        Ok(_) => value.to_owned(),
        Err(_) if PEOPLE.contains(&name) && value == Pubkey::default().to_string() => "nobody".to_owned(),
        Err(_) if name == "risks" => value.replace(", 255", "").replace("255", "none"),
        Err(_) => value.to_owned(),
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
    fn what_is_not_known_before_is_shown_alone() {
        let key = Pubkey::new_from_array([9; 32]);
        assert_eq!(rows(None, &SetCurator { curator: key }.data()), [("Curator".to_owned(), key.to_string())]);
    }
}
