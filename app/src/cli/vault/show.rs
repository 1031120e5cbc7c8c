//! `gimbal vault list`, `show` and `preview`: reading, without a wallet where none is needed.

use super::super::arguments::address;
use super::super::session::Session;
use super::amounts::{bps, Typed};
use super::ground::{facts, quiet_wallet, Ground};
use super::preview::preview as preview_text;
use super::text;
use crate::identities;
use crate::views::change;
use crate::views::exits::Exits;
use crate::views::facts::vaults;
use crate::views::flow::{self, FlowView, Kind};
use crate::views::fresh::Purpose;
use crate::views::vault::{VaultRow, VaultView};
use crate::views::Facts;
use anchor_lang::prelude::Pubkey;
use anyhow::{Context, Result};
use clap::{Args, ValueEnum};
use serde::Serialize;

/// List all vaults
#[derive(Args, Debug)]
pub struct List {
    /// Only those of this owner
    #[arg(long, value_name = "WALLET", value_parser = address)]
    pub owner: Option<Pubkey>,
}

/// Show everything about a vault: NAV, price, lines, queue, fees, limits, pauses, changes, roles
#[derive(Args, Debug)]
pub struct Show {
    /// The vault's address
    #[arg(value_name = "VAULT", value_parser = address)]
    pub vault: Pubkey,
}

/// Show what a flow would give now, to the unit, or why it would be refused
///
/// It is computed by the program's own code, on the vault as it will be behind the refreshes that the flow needs. Nothing is
/// sent.
#[derive(Args, Debug)]
pub struct Preview {
    /// The vault's address
    #[arg(value_name = "VAULT", value_parser = address)]
    pub vault: Pubkey,
    /// Which flow
    #[arg(value_enum, value_name = "FLOW")]
    pub flow: FlowArg,
    /// How much: base asset for deposit and withdraw, shares for mint and redeem; max as the flow itself understands it
    #[arg(value_name = "AMOUNT")]
    pub amount: Typed,
    /// How much worse the bound is, basis points
    #[arg(long, value_name = "BPS", default_value = "10", value_parser = bps)]
    pub slippage_bps: u16,
}

/// The four flows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FlowArg {
    /// Pay an exact amount in
    Deposit,
    /// Buy an exact number of shares
    Mint,
    /// Take an exact amount out
    Withdraw,
    /// Give an exact number of shares back
    Redeem,
}

impl FlowArg {
    fn kind(self) -> Kind {
        match self {
            Self::Deposit => Kind::Deposit,
            Self::Mint => Kind::Mint,
            Self::Withdraw => Kind::Withdraw,
            Self::Redeem => Kind::Redeem,
        }
    }
}

/// A preview, with the ways out where it is one of leaving.
#[derive(Debug, Serialize)]
pub struct Previewed {
    /// What the flow gives.
    #[serde(flatten)]
    pub flow: FlowView,
    /// For a redemption: how much leaves at once, by a recall, by a ticket.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exits: Option<Exits>,
}

/// Runs `gimbal vault list`.
///
/// # Errors
///
/// The chain's.
pub fn list(session: &mut Session, options: &List) -> Result<()> {
    let chain = session.chain()?;
    let now = chain.clock()?.unix_timestamp;
    let all = vaults(&*chain)?;
    let mine = all.iter().filter(|(_, vault, ..)| options.owner.is_none_or(|owner| vault.roles.owner == owner));
    let rows: Vec<VaultRow> =
        mine.map(|(key, vault, ledger, feed)| VaultRow::new(key, vault, ledger, feed.as_ref(), now)).collect();
    let cluster = session.config.cluster();
    session.answer(&rows, || text::list(&rows, &cluster))
}

/// Runs `gimbal vault show`.
///
/// # Errors
///
/// If there is no such vault; the chain's.
pub fn show(session: &mut Session, options: &Show) -> Result<()> {
    let view = read(session, &options.vault)?;
    session.answer(&view, || text::show(&view))
}

/// Everything about a vault.
///
/// # Errors
///
/// If there is no such vault; the chain's.
pub fn read(session: &mut Session, key: &Pubkey) -> Result<VaultView> {
    let chain = session.chain()?;
    let facts = facts(&*chain, key)?;
    let tickets = identities::tickets(&*chain, key)?;
    let changes = change::read(&*chain, &targets(&facts), facts.now)?;
    Ok(VaultView::new(&facts, &tickets, changes))
}

/// Every account of a vault that changes can wait for: a name, the program, the account.
pub fn targets(facts: &Facts) -> Vec<(String, Pubkey, Pubkey)> {
    let addresses = facts.addresses;
    let mut targets = vec![
        ("vault".to_owned(), vault::ID, addresses.vault),
        ("ledger".to_owned(), strategy_router::ID, addresses.ledger),
        ("book".to_owned(), risk_oracle::ID, addresses.book),
    ];
    targets.extend(facts.feeds().map(|(key, _)| (format!("feed {key}"), risk_oracle::ID, *key)));
    targets
}

/// Runs `gimbal vault preview`.
///
/// # Errors
///
/// If the vault cannot be read or made fresh. That the flow would be refused is an answer.
pub fn preview(session: &mut Session, options: &Preview) -> Result<()> {
    let kind = options.flow.kind();
    let ground = Ground::read(session, &options.vault)?;
    let fresh = ground.fresh(session, if kind.is_entry() { Purpose::Entry } else { Purpose::Exit })?;
    let amount = options.amount.units(ground.decimals(), || {
        let wallet = session.owner_key().context("max asks what a wallet holds: give one with --keypair")?;
        most(session, &ground, &fresh, kind, &wallet)
    })?;
    // Without a wallet nobody is turned away at the gate.
    let gate = match quiet_wallet(session) {
        Some(wallet) if kind.is_entry() => ground.gate(session, &wallet)?,
        _ => None,
    };
    let flow = FlowView::new(ground.key(), &fresh, kind, amount, options.slippage_bps, gate);
    let exits = match (kind, fresh.preview()) {
        (Kind::Redeem, Ok(preview)) => Some(Exits::new(&preview, amount)),
        _ => None,
    };
    let previewed = Previewed { flow, exits };
    let symbol = ground.symbol;
    session.answer(&previewed, || preview_text(&previewed, symbol))
}

/// What `max` means for a flow.
fn most(
    session: &mut Session,
    ground: &Ground,
    fresh: &crate::views::fresh::Fresh,
    kind: Kind,
    wallet: &Pubkey,
) -> Result<u64> {
    let nothing = || format!("the wallet {wallet} holds nothing to {} with: give an amount", kind.name());
    Ok(match kind {
        Kind::Deposit => some(ground.wallet_assets(session, wallet)?).with_context(nothing)?,
        Kind::Redeem => some(ground.wallet_shares(session, wallet)?).with_context(nothing)?,
        Kind::Mint => {
            let held = some(ground.wallet_assets(session, wallet)?).with_context(nothing)?;
            flow::price(Kind::Deposit, fresh, held)?.shares.0
        }
        Kind::Withdraw => {
            let held = some(ground.wallet_shares(session, wallet)?).with_context(nothing)?;
            flow::price(Kind::Redeem, fresh, held)?.assets.0
        }
    })
}

fn some(units: u64) -> Option<u64> {
    (units > 0).then_some(units)
}
