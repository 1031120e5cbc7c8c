//! What is charged, within which caps, and up to which mark.

use anchor_lang::prelude::Pubkey;
use vault::state::{MAX_ENTRY_BPS, MAX_EXIT_BPS, MAX_MANAGEMENT_BPS, MAX_PERFORMANCE_BPS};

use super::report::Check;
use super::Facts;

/// A share price of one base unit per share unit: 2^40.
const PRICE_ONE: u64 = 1 << 40;

pub(super) fn check(facts: &Facts) -> Vec<Check> {
    let fees = &facts.vault.fees;
    let mut checks: Vec<Check> = [
        ("management", fees.management_bps, MAX_MANAGEMENT_BPS),
        ("performance", fees.performance_bps, MAX_PERFORMANCE_BPS),
        ("entry", fees.entry_bps, MAX_ENTRY_BPS),
        ("exit", fees.exit_bps, MAX_EXIT_BPS),
    ]
    .map(|(name, rate, cap)| {
        let rule = format!("the {name} fee is within its hard cap, basis points");
        Check::at_most(format!("fees.{name}"), rule, cap, rate)
    })
    .into();
    let accrues = fees.management_bps > 0 || fees.performance_bps > 0;
    let recipient = fees.recipient;
    checks.push(Check::must(
        "fees.recipient",
        "what accrues has a recipient",
        !accrues || recipient != Pubkey::default(),
        if accrues { "a wallet" } else { "any" },
        recipient.to_string(),
    ));
    checks.push(mark(facts));
    checks.push(Check::at_most(
        "fees.crystallised_at",
        "fees are charged up to a time that has come",
        facts.now(),
        fees.crystallised_at,
    ));
    checks
}

/// The mark is what the share price was charged up to. It begins with the price of the first entry, which is at least one,
/// since a vault without shares owes nobody anything; each crystallisation can only raise it.
fn mark(facts: &Facts) -> Check {
    let (name, rule) =
        ("fees.mark", "while shares are in issue the mark is at least the price that they begin with, 2^40");
    let mark = facts.vault.fees.mark;
    let least = if facts.effective_supply() > 0 { PRICE_ONE } else { 0 };
    let mut check = Check::must(name, rule, mark >= least, format!("at least {least}"), mark.to_string());
    if mark < least {
        check.residual = Some(i128::from(mark) - i128::from(least));
    }
    check.explained("gains that were charged for once would be charged for again")
}
