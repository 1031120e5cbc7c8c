//! `gimbal vault claim`, `cancel` and `transfer-ticket`: what becomes of a ticket.

use super::super::arguments::address;
use super::super::operation::{Operation, TransactionArgs};
use super::super::session::Session;
use super::super::submit::payer;
use super::finish::finish;
use super::ground::{ensure_account, Ground, Target};
use super::tickets::named;
use crate::bundle::split;
use crate::tickets::{owned, OwnedTicket, Stage};
use anchor_lang::prelude::Pubkey;
use anchor_spl::token;
use anyhow::{bail, Context, Result};
use clap::Args;
use solana_instruction::Instruction;
use vault::{instruction, state::Ticket};

/// Collect what tickets were paid
#[derive(Args, Debug)]
pub struct Claim {
    /// The vault's address
    #[arg(value_name = "VAULT", value_parser = address)]
    pub vault: Pubkey,
    /// Numbers of tickets [default: all of yours that something can be claimed from]
    #[arg(value_name = "TICKET")]
    pub tickets: Vec<u64>,
    /// The wallet that receives the base asset, in its associated account [default: who signs]
    #[arg(long, value_name = "WALLET", value_parser = address)]
    pub recipient: Option<Pubkey>,
    #[allow(missing_docs)]
    #[command(flatten)]
    pub transaction: TransactionArgs,
}

/// Take a ticket's unpaid shares back; it loses its place
#[derive(Args, Debug)]
pub struct Cancel {
    /// The vault's address
    #[arg(value_name = "VAULT", value_parser = address)]
    pub vault: Pubkey,
    /// The ticket's number
    #[arg(value_name = "TICKET")]
    pub ticket: u64,
    /// The wallet that receives the shares, in its associated account [default: who signs]
    #[arg(long, value_name = "WALLET", value_parser = address)]
    pub recipient: Option<Pubkey>,
    #[allow(missing_docs)]
    #[command(flatten)]
    pub transaction: TransactionArgs,
}

/// Hand a ticket on: its place, its deadlines, and all that it was or will be paid
#[derive(Args, Debug)]
pub struct TransferTicket {
    /// The vault's address
    #[arg(value_name = "VAULT", value_parser = address)]
    pub vault: Pubkey,
    /// The ticket's number
    #[arg(value_name = "TICKET")]
    pub ticket: u64,
    /// The wallet that owns it from now on
    #[arg(value_name = "NEW_OWNER", value_parser = address)]
    pub new_owner: Pubkey,
    #[allow(missing_docs)]
    #[command(flatten)]
    pub transaction: TransactionArgs,
}

/// Runs `gimbal vault claim`.
///
/// # Errors
///
/// As [`request`](super::tickets::request).
pub fn claim(session: &mut Session, options: &Claim) -> Result<()> {
    let owner = session.owner_key()?;
    let payer = payer(session, &options.transaction, &owner)?;
    let ground = Ground::read(session, &options.vault)?;
    let own = owned(session.chain()?, ground.key(), &owner)?;
    let due: Vec<&OwnedTicket> = match options.tickets.is_empty() {
        true => own.iter().filter(|ticket| is_claimable(&ticket.ticket)).collect(),
        false => {
            let named = options.tickets.iter().map(|number| named(&own, &ground, &owner, *number));
            named.collect::<Result<_>>()?
        }
    };
    if due.is_empty() {
        bail!("nothing to claim: {}", waiting_words(&own, &owner, ground.key()));
    }
    for ticket in &due {
        if !is_claimable(&ticket.ticket) {
            bail!(
                "ticket {} has nothing to claim yet (NothingToClaim): it is paid in its turn; `gimbal vault fulfil {}` pays the queue as far as cash goes",
                ticket.ticket.sequence,
                ground.key()
            );
        }
    }
    let recipient = options.recipient.unwrap_or(owner);
    let vault = ground.context;
    let claims: Vec<Vec<Instruction>> = due
        .iter()
        .map(|ticket| {
            let accounts = vault::accounts::Claim {
                destination: vault.base_account(&recipient),
                ..vault.claim_accounts(&owner, ticket.ticket.sequence)
            };
            vec![vault.instruction(accounts, instruction::Claim {})]
        })
        .collect();
    // Every claim needs the owner's signature: as many as one transaction holds, an account made in front of them.
    let all = claims.len();
    let first = split(&payer, claims, &ground.tables)?.into_iter().next().context("there is nothing to claim")?;
    let first: Vec<Instruction> = first.into_iter().take(MOST_CLAIMS).collect();
    let taken = &due[..first.len()];
    let total: u64 = taken.iter().map(|ticket| ticket.ticket.claimable).sum();
    let mut operation = Operation::new(format!("Claim {}", ground.assets(total)), owner, first)
        .shows("Receives", format!("{} (mint {})", ground.assets(total), vault.base_mint))
        .shows("Tickets", taken.iter().map(|ticket| ticket.ticket.sequence.to_string()).collect::<Vec<_>>().join(", "));
    if taken.len() < all {
        let rest = all - taken.len();
        operation = operation.shows("Left for later", format!("{rest} tickets: run the command again"));
    }
    if options.recipient.is_some() {
        operation = operation.shows("Recipient", recipient.to_string());
    }
    let (mint, program) = (&vault.base_mint, &vault.base_token_program);
    let target = Target { owner: &recipient, mint, program, what: "for the base asset" };
    ensure_account(session, &options.transaction, &mut operation, &payer, &target)?;
    finish(session, &ground, &options.transaction, Vec::new(), &payer, operation)
}

/// Claims in one transaction: more would not leave room for an account to be made.
const MOST_CLAIMS: usize = 6;

/// Runs `gimbal vault cancel`.
///
/// # Errors
///
/// As [`request`](super::tickets::request).
pub fn cancel(session: &mut Session, options: &Cancel) -> Result<()> {
    let owner = session.owner_key()?;
    let payer = payer(session, &options.transaction, &owner)?;
    let ground = Ground::read(session, &options.vault)?;
    let own = owned(session.chain()?, ground.key(), &owner)?;
    let ticket = named(&own, &ground, &owner, options.ticket)?;
    if ticket.stage == Stage::Over {
        bail!(
            "ticket {} has no shares left in the queue (TicketNotOpen): claim what it was paid with `gimbal vault claim {}`",
            options.ticket,
            ground.key()
        );
    }
    let recipient = options.recipient.unwrap_or(owner);
    let vault = ground.context;
    let accounts = vault::accounts::Cancel {
        recipient: vault.share_account(&recipient),
        ..vault.cancel_accounts(&owner, options.ticket)
    };
    let cancel = vault.instruction(accounts, instruction::Cancel {});
    let mut operation = Operation::new(format!("Cancel ticket {}", options.ticket), owner, vec![cancel])
        .shows("Receives", ground.shares(ticket.ticket.shares_left))
        .shows("Loses", place_words(ticket));
    if ticket.ticket.claimable > 0 {
        let claimable = ground.assets(ticket.ticket.claimable);
        operation = operation.shows("Stays claimable", claimable);
    }
    if options.recipient.is_some() {
        operation = operation.shows("Recipient", recipient.to_string());
    }
    let mint = &ground.facts.addresses.share_mint;
    let target = Target { owner: &recipient, mint, program: &token::ID, what: "for the shares" };
    ensure_account(session, &options.transaction, &mut operation, &payer, &target)?;
    finish(session, &ground, &options.transaction, Vec::new(), &payer, operation)
}

/// Runs `gimbal vault transfer-ticket`.
///
/// # Errors
///
/// As [`request`](super::tickets::request).
pub fn transfer(session: &mut Session, options: &TransferTicket) -> Result<()> {
    let owner = session.owner_key()?;
    let payer = payer(session, &options.transaction, &owner)?;
    if options.new_owner == Pubkey::default() || options.new_owner == owner {
        bail!("a ticket goes to another wallet than {}: give its address", options.new_owner);
    }
    let ground = Ground::read(session, &options.vault)?;
    let own = owned(session.chain()?, ground.key(), &owner)?;
    let ticket = named(&own, &ground, &owner, options.ticket)?;
    let hand_on = ground.context.transfer_ticket(&owner, options.ticket, &options.new_owner);
    let operation = Operation::new(format!("Hand on ticket {}", options.ticket), owner, vec![hand_on])
        .shows(
            "Gives",
            format!(
                "{} waiting, {} claimable",
                ground.shares(ticket.ticket.shares_left),
                ground.assets(ticket.ticket.claimable)
            ),
        )
        .shows("New owner", options.new_owner.to_string())
        .shows("With it goes", "its place, its bound, its deadlines, its rent and all that it is paid".to_owned());
    finish(session, &ground, &options.transaction, Vec::new(), &payer, operation)
}

/// Whether something was paid, or only the rent of a ticket that is over is left to be returned.
fn is_claimable(ticket: &Ticket) -> bool {
    ticket.claimable > 0 || ticket.is_spent()
}

fn waiting_words(own: &[OwnedTicket], owner: &Pubkey, vault: &Pubkey) -> String {
    match own.len() {
        0 => format!("{owner} has no tickets in {vault}"),
        count => format!(
            "{owner} has {count} tickets in {vault}, and none was paid yet; `gimbal vault fulfil {vault}` pays the queue as far as cash goes"
        ),
    }
}

fn place_words(ticket: &OwnedTicket) -> String {
    match ticket.stage {
        Stage::Passed => "its place among the passed tickets".to_owned(),
        _ => format!("its place in the queue, with {} ahead", ticket.ahead),
    }
}
