//! `gimbal admin bounds` and `gimbal admin line`: what a line may do.

use super::super::arguments::address;
use super::super::operation::{Operation, TransactionArgs};
use super::super::parse::seconds;
use super::super::session::Session;
use super::super::submit;
use super::guarded::{self, Guarded, GuardedArgs};
use super::target::{Part, Target};
use super::{effects, fields};
use crate::amount;
use crate::chain::Chain;
use crate::instructions::router::{self, CodeSlots, LineContext};
use crate::pda::VaultAddresses;
use crate::readers;
use crate::table::row;
use anchor_lang::prelude::Pubkey;
use anyhow::{bail, Context, Result};
use clap::{Args, Subcommand, ValueEnum};
use strategy_router::state::{Ledger, Line as Row};
use strategy_router::LineParams;

/// A line of a vault.
#[derive(Args, Clone, Copy, Debug)]
pub struct Chosen {
    /// The vault
    #[arg(value_name = "VAULT", value_parser = address)]
    pub vault: Pubkey,
    /// The line's number, as `gimbal strategy list VAULT` shows it
    #[arg(value_name = "LINE")]
    pub line: u16,
}

/// Set a line's bounds; what is not given stays
///
/// The curator moves weights, band and cooldown, and lowers the cap, at once; the guardian only lowers. The rest is the
/// owner's: in a ledger that holds somebody's money it waits where it raises risk.
#[derive(Args, Debug)]
pub struct Bounds {
    /// Which line.
    #[command(flatten)]
    pub chosen: Chosen,
    /// Least weight, basis points of NAV
    #[arg(long, value_name = "BPS")]
    pub min_bps: Option<u16>,
    /// Weight to steer for, basis points of NAV
    #[arg(long, value_name = "BPS")]
    pub target_bps: Option<u16>,
    /// Greatest weight, basis points of NAV
    #[arg(long, value_name = "BPS")]
    pub max_bps: Option<u16>,
    /// Distance from the target within which nothing is moved, basis points of NAV, at most 5,000
    #[arg(long, value_name = "BPS")]
    pub band_bps: Option<u16>,
    /// Least time between two rebalances, at most 7d
    #[arg(long, value_name = "SPAN", value_parser = seconds)]
    pub cooldown: Option<u32>,
    /// Greatest value, in the base asset; only the owner raises it
    #[arg(long, value_name = "AMOUNT")]
    pub cap: Option<String>,
    /// Owner: widening of the valuation with age, parts per 10^9 per √second, at most 10,000,000
    #[arg(long, value_name = "RATE")]
    pub widen_rate: Option<u32>,
    /// Owner: greatest loss of one move, basis points, at most 500
    #[arg(long, value_name = "BPS")]
    pub max_slippage_bps: Option<u16>,
    /// Owner: taken off what the venue could not pay now, basis points
    #[arg(long, value_name = "BPS")]
    pub haircut_bps: Option<u16>,
    /// Owner: oldest venue state that may be valued, slots, 1 to 216,000
    #[arg(long, value_name = "SLOTS")]
    pub max_venue_age: Option<u32>,
    /// How it is made.
    #[command(flatten)]
    pub guarded: GuardedArgs,
}

/// What a line may do, and its code
#[derive(Debug, Subcommand)]
pub enum Line {
    /// Freeze a line, wind it down, or let it take money again
    ///
    /// Guardian, curator or owner freeze and wind down, at once. Only the owner lets a line do more; in a ledger that
    /// holds somebody's money that waits.
    Status(Status),
    /// Approve the code that the line's venue runs now, after it was replaced; the owner signs
    ApproveVenue(Approve),
    /// Remove an empty line; the curator or the owner signs
    Remove(Remove),
}

/// Options of `line status`.
#[derive(Args, Debug)]
pub struct Status {
    /// Which line.
    #[command(flatten)]
    pub chosen: Chosen,
    /// What it may do
    #[arg(value_enum, value_name = "STATUS")]
    pub status: May,
    /// How it is made.
    #[command(flatten)]
    pub guarded: GuardedArgs,
}

/// What a line may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum May {
    /// Takes and gives money
    Active = 1,
    /// Gives only
    Frozen = 2,
    /// To be emptied, by anyone
    WindingDown = 3,
}

/// Options of `line approve-venue`.
#[derive(Args, Debug)]
pub struct Approve {
    /// Which line.
    #[command(flatten)]
    pub chosen: Chosen,
    /// How it is made.
    #[command(flatten)]
    pub guarded: GuardedArgs,
}

/// Options of `line remove`.
#[derive(Args, Debug)]
pub struct Remove {
    /// Which line.
    #[command(flatten)]
    pub chosen: Chosen,
    /// Who gets the rent of the line's account [default: who signs]
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    pub rent_to: Option<Pubkey>,
    /// How it is signed and sent.
    #[command(flatten)]
    pub transaction: TransactionArgs,
}

impl Chosen {
    fn target(&self) -> Target {
        Target::of_vault(&self.vault, Part::Ledger)
    }

    /// The ledger, and the line's row in it.
    fn read(&self, chain: &dyn Chain) -> Result<(Ledger, Row)> {
        let ledger: Ledger = readers::read(chain, &self.target().key)?;
        let row = ledger.lines.iter().find(|row| row.is_used() && row.id == self.line).copied();
        let row = row.with_context(|| {
            let ids: Vec<String> =
                ledger.lines.iter().filter(|row| row.is_used()).map(|row| row.id.to_string()).collect();
            format!("the vault {} has no line {}: it has {}", self.vault, self.line, ids.join(", "))
        })?;
        Ok((ledger, row))
    }
}

/// Sets bounds.
///
/// # Errors
///
/// As [`guarded::run`]; where nothing would change, and beyond the hard ranges.
pub fn bounds(session: &mut Session, options: &Bounds) -> Result<()> {
    let (ledger, line) = options.chosen.read(session.chain()?)?;
    let now = LineParams::of(&line);
    let params = LineParams {
        min_bps: options.min_bps.unwrap_or(now.min_bps),
        target_bps: options.target_bps.unwrap_or(now.target_bps),
        max_bps: options.max_bps.unwrap_or(now.max_bps),
        band_bps: options.band_bps.unwrap_or(now.band_bps),
        cooldown: options.cooldown.unwrap_or(now.cooldown),
        cap: match &options.cap {
            Some(text) => amount::parse(text, ledger.base_decimals)?,
            None => now.cap,
        },
        widen_rate: options.widen_rate.unwrap_or(now.widen_rate),
        max_slippage_bps: options.max_slippage_bps.unwrap_or(now.max_slippage_bps),
        haircut_bps: options.haircut_bps.unwrap_or(now.haircut_bps),
        max_venue_age: options.max_venue_age.unwrap_or(now.max_venue_age),
    };
    if params == now {
        bail!("nothing would change: give other bounds, see `gimbal admin bounds --help`");
    }
    params.validate().map_err(|error| anyhow::anyhow!("{error}; see `gimbal admin bounds --help`"))?;
    let target = options.chosen.target();
    let instruction = router::set_bounds(&session.owner_key()?, &target.key, options.chosen.line, params);
    let title = format!("Set the bounds of line {}", options.chosen.line);
    guarded::run(session, &options.guarded, &Guarded { title, target, instruction }).map(drop)
}

/// Runs a command of the family.
///
/// # Errors
///
/// Each a sentence with a next step.
pub fn run(session: &mut Session, command: &Line) -> Result<()> {
    match command {
        Line::Status(options) => status(session, options),
        Line::ApproveVenue(options) => approve(session, options),
        Line::Remove(options) => remove(session, options),
    }
}

fn status(session: &mut Session, options: &Status) -> Result<()> {
    let Chosen { line, .. } = options.chosen;
    let target = options.chosen.target();
    let number = options.status as u8;
    if !options.guarded.transaction.sign_only {
        let (_, row) = options.chosen.read(session.chain()?)?;
        if row.status == number {
            bail!("line {line} is {} already: nothing to do", fields::status(number.into()));
        }
    }
    let instruction = router::set_status(&session.owner_key()?, &target.key, line, number);
    let title = format!("Set line {line} to {}", fields::status(number.into()));
    guarded::run(session, &options.guarded, &Guarded { title, target, instruction }).map(drop)
}

fn approve(session: &mut Session, options: &Approve) -> Result<()> {
    let Chosen { vault, line } = options.chosen;
    options.chosen.read(session.chain()?)?;
    let context = LineContext::read(session.chain()?, &VaultAddresses::of(&vault), line)?;
    let slots = CodeSlots::read(session.chain()?, &context)?;
    let target = options.chosen.target();
    let instruction = router::approve_venue(&session.owner_key()?, &target.key, &context, slots);
    let title = format!("Approve the code of line {line}'s venue {}", context.venue.0);
    guarded::run(session, &options.guarded, &Guarded { title, target, instruction }).map(drop)
}

fn remove(session: &mut Session, options: &Remove) -> Result<()> {
    let Chosen { vault, line } = options.chosen;
    let authority = session.owner_key()?;
    if !options.transaction.sign_only {
        let (ledger, row) = options.chosen.read(session.chain()?)?;
        if !row.is_empty() {
            let worth = amount::format(row.mid, ledger.base_decimals);
            bail!(
                "line {line} is not empty (worth {worth}): wind it down with `gimbal admin line status {vault} {line} \
                 winding-down`, and remove it when keepers have emptied it"
            );
        }
    }
    let rent_to = options.rent_to.unwrap_or(authority);
    let instruction = router::remove_strategy(&authority, &options.chosen.target().key, line, &rent_to);
    let mut operation = Operation::new(format!("Remove line {line}"), authority, vec![instruction])
        .of_vault(&vault)
        .reads(effects::read);
    operation.review.push(row("Rent goes to", rent_to));
    submit::submit(session, &options.transaction, operation).map(drop)
}
