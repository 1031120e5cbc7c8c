//! `gimbal admin pause` and `lift`.

use super::super::arguments::address;
use super::super::operation::{Operation, TransactionArgs};
use super::super::session::Session;
use super::super::submit;
use super::target::{Part, Target};
use super::{effects, rebuild};
use crate::chain::Chain;
use crate::instructions::router;
use crate::readers;
use crate::table::row;
use crate::views::units::{span, When};
use anchor_lang::prelude::Pubkey;
use anyhow::{bail, Result};
use clap::{Args, ValueEnum};
use gimbal_control::{Direction as Switch, MAX_EXIT_PAUSE, MAX_PAUSE};
use strategy_router::state::Ledger;
use vault::state::Vault;

/// What can stand still.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Direction {
    /// Deposits and mints, for 14 days
    Deposits,
    /// Withdrawals and redemptions from cash, for 3 days, and not again for 3 after; tickets go on
    InstantExits,
    /// New money into lines, for 14 days
    NewMoney,
}

impl Direction {
    fn switch(self) -> Switch {
        match self {
            Self::Deposits => Switch::Deposits,
            Self::InstantExits => Switch::InstantExits,
            Self::NewMoney => Switch::NewMoney,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Deposits => "deposits",
            Self::InstantExits => "instant exits",
            Self::NewMoney => "new money into lines",
        }
    }

    fn target(self, vault: &Pubkey) -> Target {
        Target::of_vault(vault, if self == Self::NewMoney { Part::Ledger } else { Part::Vault })
    }
}

/// What to stop or to start again.
#[derive(Args, Debug)]
pub struct Pause {
    /// The vault
    #[arg(value_name = "VAULT", value_parser = address)]
    pub vault: Pubkey,
    /// What stands still or goes on
    #[arg(value_enum, value_name = "DIRECTION")]
    pub direction: Direction,
    /// How it is signed and sent.
    #[command(flatten)]
    pub transaction: TransactionArgs,
}

/// Pauses, signed by guardian, curator or owner.
///
/// # Errors
///
/// As [`submit::submit`].
pub fn pause(session: &mut Session, options: &Pause) -> Result<()> {
    let longest = if options.direction == Direction::InstantExits { MAX_EXIT_PAUSE } else { MAX_PAUSE };
    change(session, options, "Pause", &format!("paused for {}", span(longest)))
}

/// Ends a pause, signed by curator or owner.
///
/// # Errors
///
/// As [`submit::submit`].
pub fn lift(session: &mut Session, options: &Pause) -> Result<()> {
    change(session, options, "Lift the pause of", "open")
}

fn change(session: &mut Session, options: &Pause, verb: &str, after: &str) -> Result<()> {
    let (direction, authority) = (options.direction, session.owner_key()?);
    let target = direction.target(&options.vault);
    let (vault, switch) = (rebuild::context(&options.vault), direction.switch());
    let instruction = match (target.part, verb) {
        (Part::Ledger, "Pause") => router::pause(&authority, &target.key, switch),
        (Part::Ledger, _) => router::lift(&authority, &target.key, switch),
        (_, "Pause") => vault.pause(&authority, switch),
        (_, _) => vault.lift(&authority, switch),
    };
    let mut operation = Operation::new(format!("{verb} {}", direction.name()), authority, vec![instruction])
        .of_vault(&options.vault)
        .reads(effects::read);
    operation.review.push(row("Direction", direction.name()));
    let shown = match options.transaction.sign_only {
        true => after.to_owned(),
        false => {
            let before = now(session.chain()?, &target, switch)?;
            if before == after {
                bail!("{} of the vault {} stand open: there is no pause to lift", direction.name(), options.vault);
            }
            format!("{before} → {after}")
        }
    };
    operation.review.push(row("State", shown));
    submit::submit(session, &options.transaction, operation).map(drop)
}

/// How a direction stands.
fn now(chain: &dyn Chain, target: &Target, switch: Switch) -> Result<String> {
    let clock = chain.clock()?.unix_timestamp;
    let pauses = match target.part {
        Part::Ledger => readers::read::<Ledger>(chain, &target.key)?.pauses,
        _ => readers::read::<Vault>(chain, &target.key)?.pauses,
    };
    let place = match switch {
        Switch::Deposits => 0,
        Switch::InstantExits => 1,
        Switch::NewMoney => 2,
    };
    let until = pauses.directions[place].until;
    Ok(if clock < until { format!("paused until {}", When::new(until).utc) } else { "open".to_owned() })
}
