//! `gimbal vault deposit` and `mint`: base asset in, shares out.

use super::super::arguments::address;
use super::super::operation::{Operation, TransactionArgs};
use super::super::session::Session;
use super::super::submit::payer;
use super::amounts::{bound_words, require_fixed, Slippage, Typed};
use super::finish::finish;
use super::ground::{ensure_account, refresh_rows, Ground, Target};
use crate::table::row;
use crate::views::bound::Bound;
use crate::views::flow::{self, arithmetic_only, free_side, Kind};
use crate::views::fresh::{Fresh, Purpose};
use crate::views::units::{percent, Price};
use anchor_lang::prelude::Pubkey;
use anchor_spl::token;
use anyhow::{bail, Result};
use clap::Args;
use solana_instruction::Instruction;
use vault::{instruction, math::Flow};

/// Twelve decimals of a price.
const PRICE_ONE: u128 = 1_000_000_000_000;

/// Pay an exact amount in, and receive shares
///
/// The price is NAV high after the entry fee; shares are rounded down. What is old is refreshed first, in the same transaction
/// where it fits. A share account is made where there is none.
#[derive(Args, Debug)]
pub struct Deposit {
    /// The vault's address
    #[arg(value_name = "VAULT", value_parser = address)]
    pub vault: Pubkey,
    /// How much of the base asset, or max for all that the wallet holds
    #[arg(value_name = "AMOUNT")]
    pub amount: Typed,
    #[allow(missing_docs)]
    #[command(flatten)]
    pub slippage: Slippage,
    /// Receive at least so many shares, whatever the preview says
    #[arg(long, value_name = "SHARES", conflicts_with = "slippage_bps")]
    pub min_shares: Option<String>,
    /// The wallet that receives the shares, in its associated account [default: who signs]
    #[arg(long, value_name = "WALLET", value_parser = address)]
    pub recipient: Option<Pubkey>,
    #[allow(missing_docs)]
    #[command(flatten)]
    pub transaction: TransactionArgs,
}

/// Receive an exact number of shares for what they cost
///
/// The price is NAV high with the entry fee; what is paid is rounded up.
#[derive(Args, Debug)]
pub struct Mint {
    /// The vault's address
    #[arg(value_name = "VAULT", value_parser = address)]
    pub vault: Pubkey,
    /// How many shares, or max for as many as the wallet's base asset buys
    #[arg(value_name = "SHARES")]
    pub shares: Typed,
    #[allow(missing_docs)]
    #[command(flatten)]
    pub slippage: Slippage,
    /// Pay at most so much, whatever the preview says
    #[arg(long, value_name = "AMOUNT", conflicts_with = "slippage_bps")]
    pub max_assets: Option<String>,
    /// The wallet that receives the shares, in its associated account [default: who signs]
    #[arg(long, value_name = "WALLET", value_parser = address)]
    pub recipient: Option<Pubkey>,
    #[allow(missing_docs)]
    #[command(flatten)]
    pub transaction: TransactionArgs,
}

/// What both have in common.
struct Entry<'a> {
    kind: Kind,
    vault: &'a Pubkey,
    amount: &'a Typed,
    slippage: &'a Slippage,
    bound: Option<&'a str>,
    recipient: Option<Pubkey>,
    transaction: &'a TransactionArgs,
}

/// Runs `gimbal vault deposit`.
///
/// # Errors
///
/// What stands in the way, with a next step; nothing was sent.
pub fn deposit(session: &mut Session, options: &Deposit) -> Result<()> {
    enter(
        session,
        &Entry {
            kind: Kind::Deposit,
            vault: &options.vault,
            amount: &options.amount,
            slippage: &options.slippage,
            bound: options.min_shares.as_deref(),
            recipient: options.recipient,
            transaction: &options.transaction,
        },
    )
}

/// Runs `gimbal vault mint`.
///
/// # Errors
///
/// As [`deposit`].
pub fn mint(session: &mut Session, options: &Mint) -> Result<()> {
    enter(
        session,
        &Entry {
            kind: Kind::Mint,
            vault: &options.vault,
            amount: &options.shares,
            slippage: &options.slippage,
            bound: options.max_assets.as_deref(),
            recipient: options.recipient,
            transaction: &options.transaction,
        },
    )
}

fn enter(session: &mut Session, entry: &Entry) -> Result<()> {
    let option = if entry.kind == Kind::Mint { "--max-assets" } else { "--min-shares" };
    require_fixed(entry.transaction, entry.amount, entry.bound, option)?;
    let owner = session.owner_key()?;
    let payer = payer(session, entry.transaction, &owner)?;
    let ground = Ground::read(session, entry.vault)?;
    if let Some(refusal) = ground.gate(session, &owner)? {
        return Err(refusal.into());
    }
    let held = ground.wallet_assets(session, &owner)?;
    let fresh = ground.fresh(session, Purpose::Entry)?;
    let amount = entry.amount.units(ground.decimals(), || most(entry.kind, &ground, &fresh, &owner, held))?;
    let flow = flow::price(entry.kind, &fresh, amount)?;
    if flow.assets.0 > held {
        bail!(
            "the wallet {owner} holds {}, and this takes {}: get more of the mint {}, give less, or max",
            ground.assets(held),
            ground.assets(flow.assets.0),
            ground.context.base_mint
        );
    }
    let bound = entry.slippage.bound(entry.kind, free_side(entry.kind, &flow), entry.bound, ground.decimals())?;
    require_bound(entry.kind, &ground, &flow, &bound)?;

    let recipient = entry.recipient.unwrap_or(owner);
    let instruction = instruction(entry.kind, &ground, &owner, &recipient, amount, &bound);
    let title = match entry.kind {
        Kind::Mint => format!("Mint {}", ground.shares(flow.shares.0)),
        _ => format!("Deposit {}", ground.assets(flow.assets.0)),
    };
    let mut operation = Operation::new(title, owner, vec![instruction]);
    operation.review = review(&ground, &fresh, &flow, &bound, entry, &recipient);
    let share_mint = ground.facts.addresses.share_mint;
    let target = Target { owner: &recipient, mint: &share_mint, program: &token::ID, what: "for the shares" };
    ensure_account(session, entry.transaction, &mut operation, &payer, &target)?;
    finish(session, &ground, entry.transaction, fresh.groups, &payer, operation)
}

/// All that `held` base units of the wallet are good for.
fn most(kind: Kind, ground: &Ground, fresh: &Fresh, owner: &Pubkey, held: u64) -> Result<u64> {
    if held == 0 {
        bail!("the wallet {owner} holds nothing of the mint {}: get some first", ground.context.base_mint);
    }
    if kind == Kind::Deposit {
        return Ok(held);
    }
    // What a deposit of everything buys: minting exactly that costs no more, since both round for the pool.
    let flow = flow::price(Kind::Deposit, fresh, held)?;
    Ok(flow.shares.0)
}

/// Refuses where the preview itself is beyond the bound.
pub(super) fn require_bound(kind: Kind, ground: &Ground, flow: &Flow, bound: &Bound) -> Result<()> {
    if bound.accepts(kind, flow) {
        return Ok(());
    }
    let result = match kind {
        Kind::Deposit | Kind::Withdraw => ground.shares(flow.shares.0),
        Kind::Mint | Kind::Redeem => ground.assets(flow.assets.0),
    };
    bail!(
        "this comes to {result} now, beyond the bound of {} (SlippageExceeded): ask `gimbal vault preview`, or widen --{}",
        bound_words(bound, ground.symbol).trim_end_matches(", else nothing happens"),
        bound.what.replace('_', "-")
    )
}

fn instruction(
    kind: Kind,
    ground: &Ground,
    owner: &Pubkey,
    recipient: &Pubkey,
    amount: u64,
    bound: &Bound,
) -> Instruction {
    let vault = &ground.context;
    let accounts =
        vault::accounts::Deposit { recipient: vault.share_account(recipient), ..vault.deposit_accounts(owner) };
    let limit = bound.amount.base_units;
    let entry = match kind {
        Kind::Mint => vault.instruction(accounts, instruction::Mint { shares: amount, max_assets: limit }),
        _ => vault.instruction(accounts, instruction::Deposit { assets: amount, min_shares: limit }),
    };
    match ground.is_gated() {
        true => vault.as_member(owner, entry),
        false => entry,
    }
}

fn review(
    ground: &Ground,
    fresh: &Fresh,
    flow: &Flow,
    bound: &Bound,
    entry: &Entry,
    recipient: &Pubkey,
) -> Vec<(String, String)> {
    let vault = &ground.facts.vault;
    let mut rows = vec![
        row("Pays", format!("{} (mint {})", ground.assets(flow.assets.0), vault.base_mint)),
        row("Receives", ground.shares(flow.shares.0)),
        row("Bound", bound_words(bound, ground.symbol)),
    ];
    if let Some(price) = price_words(flow) {
        rows.push(row("Price", format!("{price} {} a share", ground.symbol)));
    }
    if vault.fees.entry_bps > 0 {
        rows.push(row("Entry fee", format!("{} ({})", ground.assets(flow.fee.0), percent(vault.fees.entry_bps))));
    }
    if entry.recipient.is_some() {
        rows.push(row("Recipient", recipient));
    }
    rows.extend(refresh_rows(fresh));
    rows
}

/// Base asset per share of a flow, to six decimals.
pub(super) fn price_words(flow: &Flow) -> Option<String> {
    let price = (u128::from(flow.assets.0) * PRICE_ONE).checked_div(u128::from(flow.shares.0))?;
    Some(Price(u64::try_from(price).ok()?).cut(6))
}

/// What all shares that somebody holds would be paid, cash aside; for amounts beside a refusal.
pub(super) fn worth_of_shares(fresh: &Fresh, shares: u64) -> u64 {
    arithmetic_only(Kind::Redeem, fresh, shares).map_or(0, |flow| flow.assets.0)
}
