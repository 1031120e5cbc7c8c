//! The accounting identities, recomputed from raw accounts.
//!
//! Nothing here trusts a program's own check: both sides of each identity are read or summed anew. A residual that is
//! not zero means that value was made, lost or counted twice, or that somebody sent tokens to an account of the suite
//! and nobody has harvested them yet.

mod conservation;
mod ledger;
mod vault;
mod venue;

use anchor_lang::prelude::Pubkey;
use anchor_spl::token;
use serde::Serialize;

pub use ledger::keepers;
pub use vault::tickets;

use crate::chain::{Chain, ChainError};

/// What a residual can be other than a fault, since the token programs let anybody do it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Slack {
    /// Nothing: the sides are equal.
    Exact,
    /// More than the books say: somebody sent tokens.
    Surplus,
    /// Less than the books say: a holder burnt tokens of his own.
    Burnt,
}

/// One identity: what one side gives, and what the other does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Identity {
    /// A short name that stays the same from release to release, such as `cash.balance`.
    pub check: String,
    /// What must equal what.
    pub name: String,
    /// The side that the books give, in base units, share units or receipt tokens.
    pub expected: i128,
    /// The side that was counted.
    pub actual: i128,
    /// `actual - expected`; zero where the identity holds.
    pub residual: i128,
    /// What a residual can be other than a fault.
    pub slack: Slack,
}

impl Identity {
    pub(crate) fn new(
        check: impl Into<String>,
        name: impl Into<String>,
        expected: impl Into<i128>,
        actual: impl Into<i128>,
    ) -> Self {
        let (expected, actual) = (expected.into(), actual.into());
        let residual = actual - expected;
        Self { check: check.into(), name: name.into(), expected, actual, residual, slack: Slack::Exact }
    }

    pub(crate) fn with(self, slack: Slack) -> Self {
        Self { slack, ..self }
    }

    /// Whether both sides agree.
    pub fn holds(&self) -> bool {
        self.residual == 0
    }

    /// Whether the sides differ, and in a way that anybody can bring about without taking anything.
    pub fn is_slack(&self) -> bool {
        match self.slack {
            Slack::Exact => false,
            Slack::Surplus => self.residual > 0,
            Slack::Burnt => self.residual < 0,
        }
    }
}

/// Every identity of the vault at `key`: its own, its ledger's, its venues' and that of the base asset.
///
/// # Errors
///
/// [`ChainError`] if an account cannot be read; a residual is not an error.
pub fn check(chain: &(impl Chain + ?Sized), key: &Pubkey) -> Result<Vec<Identity>, ChainError> {
    let vault_state: ::vault::state::Vault = crate::readers::read(chain, key)?;
    let ledger_state: strategy_router::state::Ledger = crate::readers::read(chain, &vault_state.ledger)?;
    let mut identities = books(chain, key)?;
    identities.extend(venue::receipts(chain, &vault_state.ledger, &ledger_state)?);
    let (base, share) = (&vault_state.base_mint, &vault_state.share_mint);
    identities.push(conservation::check(chain, "base", "base asset", base, &vault_state.base_token_program)?);
    identities.push(conservation::check(chain, "shares", "shares", share, &token::ID)?);
    Ok(identities)
}

/// The identities that need the vault's own accounts and its venues' only, not every holder's: what can be asked of a node.
///
/// # Errors
///
/// As [`check`].
pub fn books(chain: &(impl Chain + ?Sized), key: &Pubkey) -> Result<Vec<Identity>, ChainError> {
    let vault_state: ::vault::state::Vault = crate::readers::read(chain, key)?;
    let ledger_state: strategy_router::state::Ledger = crate::readers::read(chain, &vault_state.ledger)?;
    let mut identities = vault::check(chain, key, &vault_state, &ledger_state)?;
    identities.extend(ledger::check(chain, &vault_state.ledger, &ledger_state)?);
    identities.extend(venue::check(chain, &vault_state.ledger, &ledger_state)?);
    Ok(identities)
}

/// The sum of unsigned amounts, beyond what 64 bits hold.
fn sum(amounts: impl IntoIterator<Item = u64>) -> i128 {
    amounts.into_iter().map(i128::from).sum()
}
