//! What a deposit, mint, withdrawal or redemption would give now, with its bound, or why it would be refused.

use anchor_lang::prelude::Pubkey;
use gimbal_control::Direction;
use risk_oracle::state::Action;
use serde::Serialize;
use vault::{error::VaultError, math::Flow};

use super::bound::Bound;
use super::fresh::Fresh;
use super::units::{Amount, Price};
use crate::preview::{Preview, PreviewError};

/// Twelve decimals of a price.
const PRICE_ONE: u128 = 1_000_000_000_000;

/// One of the four flows, with the side that is fixed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Pays an exact amount of the base asset in.
    Deposit,
    /// Buys an exact number of shares.
    Mint,
    /// Takes an exact amount of the base asset out.
    Withdraw,
    /// Gives an exact number of shares back.
    Redeem,
}

impl Kind {
    /// Whether money comes in.
    pub fn is_entry(self) -> bool {
        matches!(self, Self::Deposit | Self::Mint)
    }

    /// Whether the amount that is given is of shares.
    pub fn takes_shares(self) -> bool {
        matches!(self, Self::Mint | Self::Redeem)
    }

    /// The command's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Deposit => "deposit",
            Self::Mint => "mint",
            Self::Withdraw => "withdraw",
            Self::Redeem => "redeem",
        }
    }
}

/// Why a flow would be refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{message} ({name})")]
pub struct Refusal {
    /// The program's name for it, such as `DepositsPaused`.
    pub name: String,
    /// What is wrong and what to do about it.
    pub message: String,
}

impl Refusal {
    /// A refusal by its name, with a sentence of the client's own.
    pub fn new(name: impl Into<String>, message: impl Into<String>) -> Self {
        Self { name: name.into(), message: message.into() }
    }
}

/// What a flow would give.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FlowView {
    /// Which flow.
    pub flow: Kind,
    /// The vault.
    pub vault: String,
    /// Base asset that moves.
    pub assets: Amount,
    /// Shares that move.
    pub shares: Amount,
    /// Entry or exit fee among or beyond the assets; stays with the other holders.
    pub fee: Amount,
    /// Base asset per share that this comes to, fee included.
    pub price: Option<Price>,
    /// The worst result that a transaction would accept: least shares, most assets, most shares, or least assets.
    pub bound: Bound,
    /// What would be refreshed in front.
    pub refreshes: Vec<String>,
    /// Why it would be refused; the amounts are then what it would give otherwise.
    pub refused: Option<Refusal>,
}

/// The side of a flow that the other side and the price decide.
pub fn free_side(kind: Kind, flow: &Flow) -> u64 {
    if kind.takes_shares() {
        flow.assets.0
    } else {
        flow.shares.0
    }
}

/// What the flow of `amount` (base units or share units, as the kind says) gives on a vault that is fresh.
///
/// # Errors
///
/// The refusal by the program's name: of the flow's arithmetic and limits, a pause, the base asset's feed, or NAV.
pub fn price(kind: Kind, fresh: &Fresh, amount: u64) -> Result<Flow, Refusal> {
    let preview = fresh.preview().map_err(|error| refusal(kind, error))?;
    let (vault, now) = (&preview.vault, preview.now);
    let direction = if kind.is_entry() { Direction::Deposits } else { Direction::InstantExits };
    vault.require_open(direction, now).map_err(|error| refusal(kind, error.into()))?;
    if kind.is_entry() {
        let usable = fresh.facts.base_feed.require(Action::Deposit, now);
        usable.map_err(|error| refusal(kind, PreviewError::from(error)))?;
    }
    arithmetic(kind, &preview, amount).map_err(|error| refusal(kind, error))
}

/// What the flow gives where pauses, limits, feed and free cash are left aside: for showing amounts beside a refusal.
pub fn arithmetic_only(kind: Kind, fresh: &Fresh, amount: u64) -> Option<Flow> {
    let mut preview = fresh.preview().ok()?;
    let limits = &mut preview.vault.limits;
    (limits.outflow_bps, limits.deposit_cap, limits.speed_down_bps) = (0, 0, 0);
    preview.vault.min_first_deposit = 0;
    let (vault, nav, now) = (&preview.vault, &preview.nav, preview.now);
    match kind {
        Kind::Deposit => vault::preview::deposit(vault, nav, now, amount),
        Kind::Mint => vault::preview::mint(vault, nav, now, amount),
        Kind::Withdraw => vault::preview::withdraw(vault, nav, now, amount),
        Kind::Redeem => vault::preview::redeem(vault, nav, now, amount),
    }
    .ok()
}

fn arithmetic(kind: Kind, preview: &Preview, amount: u64) -> Result<Flow, PreviewError> {
    match kind {
        Kind::Deposit => preview.deposit(amount),
        Kind::Mint => preview.mint(amount),
        Kind::Withdraw => preview.withdraw(amount),
        Kind::Redeem => preview.redeem(amount),
    }
}

/// What would refuse a flow, in the client's words where there is a command to name.
pub fn refusal(kind: Kind, error: PreviewError) -> Refusal {
    match error {
        PreviewError::Vault { error } => of_vault(kind, error),
        PreviewError::Ledger(text) => match text.split_once(": ") {
            Some((name, message)) => Refusal::new(name, message),
            None => Refusal::new("Ledger", text),
        },
        PreviewError::Chain(error) => Refusal::new(error.name(), error.to_string()),
    }
}

fn of_vault(kind: Kind, error: VaultError) -> Refusal {
    let step = match error {
        VaultError::InsufficientCash => {
            "the vault has too little free cash for this at once: use `gimbal vault redeem`, which recalls and queues what \
             cash lacks, or take less"
        }
        VaultError::OutflowLimitReached => {
            "instant exits have reached the vault's daily limit: queue with `gimbal vault request`, or take less"
        }
        VaultError::InstantExitsPaused => {
            "instant exits are paused for at most three days: queue with `gimbal vault request`, which is never paused"
        }
        VaultError::NotAdmitted => {
            "this vault takes money only from wallets on its list, and this wallet is not admitted: run `gimbal vault admit` \
             with the list"
        }
        VaultError::DepositsPaused => {
            "deposits are paused: exits are open; try again when `gimbal vault show` lists no pause of deposits"
        }
        VaultError::FirstDepositTooSmall => {
            "the first deposit into an empty vault must be larger: see min_first_deposit in `gimbal vault show`"
        }
        VaultError::InsufficientShares => "that is more than all shares of the vault: redeem what you hold, or `max`",
        _ => return Refusal::new(error.name(), plain(&error.to_string(), kind)),
    };
    Refusal::new(error.name(), step)
}

/// A program's sentence as the end of an error line.
fn plain(message: &str, kind: Kind) -> String {
    let mut letters = message.chars();
    let lower = letters.next().map(|first| first.to_lowercase().collect::<String>() + letters.as_str());
    format!("cannot {}: {}", kind.name(), lower.unwrap_or_default())
}

impl FlowView {
    /// What the flow of `amount` would give on a vault that is fresh, with a bound `slippage_bps` worse. `gate` is why the
    /// wallet that asks would not be let in.
    pub fn new(key: &Pubkey, fresh: &Fresh, kind: Kind, amount: u64, slippage_bps: u16, gate: Option<Refusal>) -> Self {
        let decimals = fresh.facts.decimals();
        let priced = price(kind, fresh, amount);
        let (flow, refused) = match priced {
            Ok(flow) => (Some(flow), gate),
            Err(refusal) => (arithmetic_only(kind, fresh, amount), Some(refusal)),
        };
        let (assets, shares, fee) = match flow {
            Some(flow) => (flow.assets.0, flow.shares.0, flow.fee.0),
            None if kind.takes_shares() => (0, amount, 0),
            None => (amount, 0, 0),
        };
        let result = if kind.takes_shares() { assets } else { shares };
        Self {
            flow: kind,
            vault: key.to_string(),
            assets: Amount::new(assets, decimals),
            shares: Amount::new(shares, decimals),
            fee: Amount::new(fee, decimals),
            price: price_of(assets, shares),
            bound: Bound::within(kind, result, slippage_bps, decimals),
            refreshes: fresh.refreshed.clone(),
            refused,
        }
    }
}

/// Base asset per share, both of the same decimals; none without shares.
fn price_of(assets: u64, shares: u64) -> Option<Price> {
    let price = (u128::from(assets) * PRICE_ONE).checked_div(u128::from(shares))?;
    (assets > 0).then(|| Price(u64::try_from(price).unwrap_or(u64::MAX)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_price_is_assets_per_share() {
        assert_eq!(price_of(105, 100), Some(Price(1_050_000_000_000)));
        assert_eq!(price_of(105, 0), None);
        assert_eq!(price_of(0, 5), None);
    }
}
