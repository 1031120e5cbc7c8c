//! Attempts that must be refused, made in turn so that the report can name each refusal.

use crate::demo::world::{KeeperAction, UserAction, VaultState};

/// An attempt by a depositor or by a keeper.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attempt {
    /// A depositor's.
    User(UserAction),
    /// A keeper's, twice in a row: the second meets the cooldown.
    KeeperTwice(KeeperAction),
}

/// Days between two attempts.
const EVERY: usize = 3;
const HUNDRED: u64 = 100_000_000;

/// The attempt of a day, if it has one.
pub fn of_day(day: usize, vault: &VaultState) -> Option<Attempt> {
    if !day.is_multiple_of(EVERY) {
        return None;
    }
    Some(match (day / EVERY) % 8 {
        0 => Attempt::User(UserAction::Deposit { assets: 0, min_shares: 0 }),
        1 => Attempt::User(UserAction::Deposit { assets: HUNDRED, min_shares: u64::MAX }),
        2 => Attempt::User(UserAction::Mint { shares: HUNDRED, max_assets: 1 }),
        3 => Attempt::User(UserAction::Withdraw { assets: vault.cash.saturating_add(HUNDRED), max_shares: u64::MAX }),
        4 => Attempt::User(UserAction::Redeem { shares: 1_000_000, min_assets: u64::MAX }),
        5 => Attempt::User(UserAction::Claim { ticket: vault.ticket_tail }),
        6 => Attempt::User(UserAction::Cancel { ticket: vault.ticket_tail }),
        _ => Attempt::KeeperTwice(KeeperAction::Rebalance(0)),
    })
}

/// Somebody is in too much of a hurry to wait for the valuation: into the vault, or out of it.
pub fn before_refresh(day: usize, step: usize) -> Option<Attempt> {
    match (day % 22, step) {
        (5, 2) => Some(Attempt::User(UserAction::Deposit { assets: HUNDRED, min_shares: 0 })),
        (16, 2) => Some(Attempt::User(UserAction::Redeem { shares: 1_000_000, min_assets: 0 })),
        _ => None,
    }
}
