//! `gimbal admin limits`: of a vault, and of its ledger.

use super::super::arguments::address;
use super::super::parse::seconds;
use super::super::session::Session;
use super::guarded::{self, Guarded, GuardedArgs};
use super::rebuild;
use super::risk_limits::most;
use super::target::{Part, Target};
use crate::amount;
use crate::instructions::router;
use crate::readers;
use anchor_lang::prelude::Pubkey;
use anyhow::{bail, Result};
use clap::{Args, Subcommand};
use strategy_router::state::{Ledger, Limits as InForce, LimitsArgs};
use vault::state::Vault;
use vault::VaultLimitsArgs;

/// Set limits; what is not given stays
#[derive(Debug, Subcommand)]
pub enum Limits {
    /// Of a vault: cap, tickets, outflow, speed of the share price
    ///
    /// A lower cap and a faster queue are in force at once. In a vault that holds somebody's money anything else waits.
    Vault(OfVault),
    /// Of a vault's ledger: age of valuations, least cash, budgets and pay of keepers, volatility target, bounties
    ///
    /// What tightens is in force at once. In a ledger that holds somebody's money anything else waits.
    Ledger(OfLedger),
}

/// Options of `limits vault`.
#[derive(Args, Debug)]
pub struct OfVault {
    /// The vault
    #[arg(value_name = "VAULT", value_parser = address)]
    pub vault: Pubkey,
    /// Most that NAV may be after a deposit, in the base asset; 0 for no cap
    #[arg(long, value_name = "AMOUNT")]
    pub deposit_cap: Option<String>,
    /// Fewest shares of a ticket, unless it takes all that its owner has
    #[arg(long, value_name = "SHARES")]
    pub min_ticket: Option<String>,
    /// From a request to the forced recall: 1h to 14d
    #[arg(long, value_name = "SPAN", value_parser = seconds)]
    pub ticket_deadline: Option<u32>,
    /// From a request to the first fill: at most 1d
    #[arg(long, value_name = "SPAN", value_parser = seconds)]
    pub ticket_min_age: Option<u32>,
    /// Most shares that leave at once within a day, basis points of all; 500 to 10,000, or 0 for no limit
    #[arg(long, value_name = "BPS")]
    pub outflow_bps: Option<u16>,
    /// Rise of the share price in a day beyond which instant exits are paid at its start; 50 to 10,000, or 0 for no limit
    #[arg(long, value_name = "BPS")]
    pub speed_up_bps: Option<u16>,
    /// Fall of the share price in a day beyond which deposits wait; 50 to 10,000, or 0 for no limit
    #[arg(long, value_name = "BPS")]
    pub speed_down_bps: Option<u16>,
    /// How it is made.
    #[command(flatten)]
    pub guarded: GuardedArgs,
}

/// Options of `limits ledger`.
#[derive(Args, Debug)]
pub struct OfLedger {
    /// The vault
    #[arg(value_name = "VAULT", value_parser = address)]
    pub vault: Pubkey,
    /// Oldest valuation that NAV may be made of: 1s to 1d
    #[arg(long, value_name = "SPAN", value_parser = seconds)]
    pub max_valuation_age: Option<u32>,
    /// Length of an epoch of budgets: 1h to 30d
    #[arg(long, value_name = "SPAN", value_parser = seconds)]
    pub epoch: Option<u32>,
    /// Cash that no rebalance may deploy, basis points of NAV
    #[arg(long, value_name = "BPS")]
    pub min_cash_bps: Option<u16>,
    /// What all keepers together may lose in an epoch, basis points of NAV, at most 500
    #[arg(long, value_name = "BPS")]
    pub loss_budget_bps: Option<u16>,
    /// What one keeper may lose in an epoch, basis points of NAV
    #[arg(long, value_name = "BPS")]
    pub keeper_loss_budget_bps: Option<u16>,
    /// Pay of one useful action, in the base asset
    #[arg(long, value_name = "AMOUNT")]
    pub keeper_pay: Option<String>,
    /// Pay of all keepers in one epoch, in the base asset
    #[arg(long, value_name = "AMOUNT")]
    pub keeper_pay_budget: Option<String>,
    /// Volatility that the inverse-variance policy aims at, basis points a year, or none
    #[arg(long, value_name = "BPS", value_parser = most)]
    pub target_volatility_bps: Option<u16>,
    /// Bounty of whoever reduces a line that must come down, basis points of what came back, at most 50
    #[arg(long, value_name = "BPS")]
    pub bounty_bps: Option<u16>,
    /// All bounties of one epoch, in the base asset; part of the pay of all keepers
    #[arg(long, value_name = "AMOUNT")]
    pub bounty_budget: Option<String>,
    /// How it is made.
    #[command(flatten)]
    pub guarded: GuardedArgs,
}

/// Sets limits, signed by the owner.
///
/// # Errors
///
/// As [`guarded::run`]; where nothing is given, and beyond the hard ranges.
pub fn run(session: &mut Session, command: &Limits) -> Result<()> {
    match command {
        Limits::Vault(options) => vault(session, options),
        Limits::Ledger(options) => ledger(session, options),
    }
}

fn vault(session: &mut Session, options: &OfVault) -> Result<()> {
    let state: Vault = readers::read(session.chain()?, &options.vault)?;
    let (now, decimals) = (state.limits.args(), state.base_decimals);
    let limits = VaultLimitsArgs {
        deposit_cap: units(&options.deposit_cap, now.deposit_cap, decimals)?,
        min_ticket: units(&options.min_ticket, now.min_ticket, decimals)?,
        ticket_deadline: options.ticket_deadline.unwrap_or(now.ticket_deadline),
        ticket_min_age: options.ticket_min_age.unwrap_or(now.ticket_min_age),
        outflow_bps: options.outflow_bps.unwrap_or(now.outflow_bps),
        speed_up_bps: options.speed_up_bps.unwrap_or(now.speed_up_bps),
        speed_down_bps: options.speed_down_bps.unwrap_or(now.speed_down_bps),
    };
    if limits == now {
        bail!("nothing would change: give other limits, see `gimbal admin limits vault --help`");
    }
    limits.validate().map_err(|error| anyhow::anyhow!("{error}; see `gimbal admin limits vault --help`"))?;
    let instruction = rebuild::context(&options.vault).set_limits(&session.owner_key()?, limits);
    let target = Target::of_vault(&options.vault, Part::Vault);
    let guarded = Guarded { title: "Set the vault's limits".to_owned(), target, instruction };
    guarded::run(session, &options.guarded, &guarded).map(drop)
}

fn ledger(session: &mut Session, options: &OfLedger) -> Result<()> {
    let target = Target::of_vault(&options.vault, Part::Ledger);
    let state: Ledger = readers::read(session.chain()?, &target.key)?;
    let (now, decimals) = (rebuild::limits_of(&state), state.base_decimals);
    let limits = LimitsArgs {
        max_valuation_age: options.max_valuation_age.unwrap_or(now.max_valuation_age),
        epoch: options.epoch.unwrap_or(now.epoch),
        min_cash_bps: options.min_cash_bps.unwrap_or(now.min_cash_bps),
        loss_budget_bps: options.loss_budget_bps.unwrap_or(now.loss_budget_bps),
        keeper_loss_budget_bps: options.keeper_loss_budget_bps.unwrap_or(now.keeper_loss_budget_bps),
        keeper_pay: units(&options.keeper_pay, now.keeper_pay, decimals)?,
        keeper_pay_budget: units(&options.keeper_pay_budget, now.keeper_pay_budget, decimals)?,
        target_volatility_bps: options.target_volatility_bps.unwrap_or(now.target_volatility_bps),
        bounty_bps: options.bounty_bps.unwrap_or(now.bounty_bps),
        bounty_budget: units(&options.bounty_budget, now.bounty_budget, decimals)?,
    };
    if limits == now {
        bail!("nothing would change: give other limits, see `gimbal admin limits ledger --help`");
    }
    InForce::try_from(limits).map_err(|error| anyhow::anyhow!("{error}; see `gimbal admin limits ledger --help`"))?;
    let instruction = router::set_limits(&session.owner_key()?, &target.key, limits);
    let guarded = Guarded { title: "Set the ledger's limits".to_owned(), target, instruction };
    guarded::run(session, &options.guarded, &guarded).map(drop)
}

/// Base units of what was typed, else what is in force.
fn units(typed: &Option<String>, now: u64, decimals: u8) -> Result<u64> {
    Ok(match typed {
        Some(text) => amount::parse(text, decimals)?,
        None => now,
    })
}
