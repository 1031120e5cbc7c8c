//! What is in issue, and what of it waits.

use super::report::Check;
use super::Facts;

/// The amounts themselves are compared by the identities; here is what must be in order between them.
pub(super) fn check(facts: &Facts) -> Vec<Check> {
    let vault = facts.vault;
    let escrowed = i128::from(vault.queued_shares) + i128::from(vault.passed_shares);
    let supply = facts.effective_supply();
    vec![
        Check::at_most("shares.escrowed", "queued and passed shares are among those in issue", vault.shares, escrowed),
        Check::at_most(
            "shares.range",
            "all shares, accrued fees included, fit 64 bits with the virtual million",
            u64::MAX - VIRTUAL,
            supply,
        ),
    ]
}

/// Virtual shares and assets of every pool.
pub(super) const VIRTUAL: u64 = 1_000_000;
