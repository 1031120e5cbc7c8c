//! `gimbal admin policy`, `withdraw-order` and `lookup-table`: what curator or owner set at once.

use super::super::arguments::address;
use super::super::operation::{Operation, TransactionArgs};
use super::super::session::Session;
use super::super::submit;
use super::effects::{self, policy, who};
use super::guarded::key_or_none;
use super::rebuild;
use super::target::{Part, Target};
use crate::instructions::router;
use crate::readers;
use crate::table::row;
use anchor_lang::prelude::Pubkey;
use anyhow::{Context, Result};
use clap::{Args, Subcommand, ValueEnum};
use strategy_router::state::Ledger;
use vault::state::Vault;

/// Choose how keepers weigh the lines; the curator or the owner signs
#[derive(Args, Debug)]
pub struct Policy {
    /// The vault
    #[arg(value_name = "VAULT", value_parser = address)]
    pub vault: Pubkey,
    /// The policy
    #[arg(value_enum, value_name = "POLICY")]
    pub policy: Rule,
    /// How it is signed and sent.
    #[command(flatten)]
    pub transaction: TransactionArgs,
}

/// How lines are weighed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Rule {
    /// Each line steers for its own target
    Bands = 0,
    /// Money goes where the next unit earns most
    WaterFilling = 1,
    /// The less a line's price moves, the more goes in, up to a volatility target
    InverseVariance = 2,
}

/// Set the order in which exits draw on lines; the curator or the owner signs
#[derive(Args, Debug)]
pub struct WithdrawOrder {
    /// The vault
    #[arg(value_name = "VAULT", value_parser = address)]
    pub vault: Pubkey,
    /// Numbers of lines, the first to be drawn on first; lines that are not named follow, none for their own order
    #[arg(value_name = "LINE")]
    pub lines: Vec<u16>,
    /// How it is signed and sent.
    #[command(flatten)]
    pub transaction: TransactionArgs,
}

/// The lookup table that shortens the vault's transactions
#[derive(Debug, Subcommand)]
pub enum LookupTable {
    /// Name the table that clients use, or none; the curator or the owner signs
    Set(SetTable),
}

/// Options of `lookup-table set`.
#[derive(Args, Debug)]
pub struct SetTable {
    /// The vault
    #[arg(value_name = "VAULT", value_parser = address)]
    pub vault: Pubkey,
    /// The table, or none
    #[arg(value_name = "TABLE", value_parser = key_or_none)]
    pub table: Pubkey,
    /// How it is signed and sent.
    #[command(flatten)]
    pub transaction: TransactionArgs,
}

/// Sets the policy.
///
/// # Errors
///
/// As [`submit::submit`].
pub fn set_policy(session: &mut Session, options: &Policy) -> Result<()> {
    let ledger = Target::of_vault(&options.vault, Part::Ledger).key;
    let authority = session.owner_key()?;
    let number = options.policy as u8;
    let instruction = router::set_policy(&authority, &ledger, number);
    let shown = match options.transaction.sign_only {
        true => policy(number).to_owned(),
        false => {
            let now: Ledger = readers::read(session.chain()?, &ledger)?;
            format!("{} → {}", policy(now.policy), policy(number))
        }
    };
    let operation = Operation::new("Set the policy", authority, vec![instruction])
        .of_vault(&options.vault)
        .shows("Policy", shown)
        .reads(effects::read);
    submit::submit(session, &options.transaction, operation).map(drop)
}

/// Sets the order of exits.
///
/// # Errors
///
/// As [`submit::submit`].
pub fn set_withdraw_order(session: &mut Session, options: &WithdrawOrder) -> Result<()> {
    let ledger = Target::of_vault(&options.vault, Part::Ledger).key;
    let authority = session.owner_key()?;
    let instruction = router::set_withdraw_order(&authority, &ledger, &options.lines);
    let after = order(&options.lines);
    let shown = match options.transaction.sign_only {
        true => after,
        false => {
            let now: Ledger = readers::read(session.chain()?, &ledger)?;
            let named: Vec<u16> = now.withdraw_order.iter().copied().take_while(|line| *line != 0).collect();
            format!("{} → {after}", order(&named))
        }
    };
    let operation = Operation::new("Set the withdraw order", authority, vec![instruction])
        .of_vault(&options.vault)
        .shows("Order", shown)
        .reads(effects::read);
    submit::submit(session, &options.transaction, operation).map(drop)
}

fn order(lines: &[u16]) -> String {
    match lines {
        [] => "that of the lines".to_owned(),
        named => named.iter().map(u16::to_string).collect::<Vec<_>>().join(", "),
    }
}

/// Names the lookup table.
///
/// # Errors
///
/// As [`submit::submit`]; where the address is no lookup table that can be used.
pub fn set_lookup_table(session: &mut Session, command: &LookupTable) -> Result<()> {
    let LookupTable::Set(options) = command;
    let authority = session.owner_key()?;
    let instruction = rebuild::context(&options.vault).set_lookup_table(&authority, &options.table);
    let mut operation = Operation::new("Name the lookup table", authority, vec![instruction])
        .of_vault(&options.vault)
        .reads(effects::read);
    if options.transaction.sign_only {
        operation.review.push(row("Lookup table", who(&options.table)));
    } else {
        let chain = session.chain()?;
        let now = readers::read::<Vault>(chain, &options.vault)?.lookup_table;
        operation.review.push(row("Lookup table", format!("{} → {}", who(&now), who(&options.table))));
        if options.table != Pubkey::default() {
            let table = readers::lookup_table(chain, &options.table)?.with_context(|| {
                format!(
                    "{} is no lookup table in use on this chain: make one with `solana address-lookup-table create`",
                    options.table
                )
            })?;
            operation.review.push(row("It holds", format!("{} addresses", table.addresses.len())));
        }
    }
    submit::submit(session, &options.transaction, operation).map(drop)
}
