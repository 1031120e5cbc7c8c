//! `gimbal admin fees`.

use super::super::arguments::address;
use super::super::session::Session;
use super::guarded::{self, key_or_none, Guarded, GuardedArgs};
use super::rebuild;
use super::target::{Part, Target};
use crate::readers;
use anchor_lang::prelude::Pubkey;
use anyhow::{bail, Result};
use clap::Args;
use vault::state::Vault;
use vault::FeesArgs;

/// Set the vault's fees; what is not given stays
///
/// A cut is in force at once. In a vault that holds somebody's money a rise, or another recipient, waits twice the tickets'
/// deadline and a day, so that everybody can leave at the old fees.
#[derive(Args, Debug)]
pub struct Fees {
    /// The vault
    #[arg(value_name = "VAULT", value_parser = address)]
    pub vault: Pubkey,
    /// The wallet whose share account fees are minted to, or none
    #[arg(long, value_name = "WALLET", value_parser = key_or_none)]
    pub recipient: Option<Pubkey>,
    /// Of NAV a year, basis points, at most 500
    #[arg(long, value_name = "BPS")]
    pub management_bps: Option<u16>,
    /// Of gains above the mark, basis points, at most 3,000
    #[arg(long, value_name = "BPS")]
    pub performance_bps: Option<u16>,
    /// Of what is paid in, basis points, at most 100; stays with the other holders
    #[arg(long, value_name = "BPS")]
    pub entry_bps: Option<u16>,
    /// Of what leaving shares are worth, basis points, at most 100; stays with the other holders
    #[arg(long, value_name = "BPS")]
    pub exit_bps: Option<u16>,
    /// How it is made.
    #[command(flatten)]
    pub guarded: GuardedArgs,
}

/// Sets fees, signed by the owner.
///
/// # Errors
///
/// As [`guarded::run`]; where nothing is given.
pub fn run(session: &mut Session, options: &Fees) -> Result<()> {
    let target = Target::of_vault(&options.vault, Part::Vault);
    let given = [options.management_bps, options.performance_bps, options.entry_bps, options.exit_bps];
    if options.recipient.is_none() && given.iter().all(Option::is_none) {
        bail!("nothing to set: give --management-bps, --performance-bps, --entry-bps, --exit-bps or --recipient");
    }
    // With all of them given, no chain is asked.
    let complete = options.recipient.is_some() && given.iter().all(Option::is_some);
    let now = match complete {
        true => FeesArgs::default(),
        false => readers::read::<Vault>(session.chain()?, &options.vault)?.fees.args(),
    };
    let fees = FeesArgs {
        recipient: options.recipient.unwrap_or(now.recipient),
        management_bps: options.management_bps.unwrap_or(now.management_bps),
        performance_bps: options.performance_bps.unwrap_or(now.performance_bps),
        entry_bps: options.entry_bps.unwrap_or(now.entry_bps),
        exit_bps: options.exit_bps.unwrap_or(now.exit_bps),
    };
    fees.validate().map_err(|error| anyhow::anyhow!("{error}; see `gimbal admin fees --help`"))?;
    let instruction = rebuild::context(&options.vault).set_fees(&session.owner_key()?, fees);
    let guarded = Guarded { title: "Set fees".to_owned(), target, instruction };
    guarded::run(session, &options.guarded, &guarded).map(drop)
}
