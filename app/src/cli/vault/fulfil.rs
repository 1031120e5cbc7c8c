//! `gimbal vault fulfil`: paying the queue, which is anybody's to do.

use super::super::arguments::address;
use super::super::operation::{Operation, TransactionArgs};
use super::super::session::Session;
use super::finish::finish;
use super::ground::{refresh_rows, Ground};
use crate::chain::ChainError;
use crate::identities;
use crate::instructions::router;
use crate::table::row;
use crate::views::fresh::{Fresh, Purpose};
use crate::views::units::When;
use anchor_lang::prelude::Pubkey;
use anyhow::{bail, Result};
use clap::Args;
use gimbal_math::Shares;
use solana_instruction::Instruction;
use strategy_router::state::Ledger;
use vault::{instructions::MAX_FILL, math, state::Ticket};

/// Units that a recall asks for beyond what lacks: what two roundings can cost.
const ROUNDING: u64 = 2;

/// Pay the queue in order, as far as cash goes; anybody may, and it costs only the network's fee
///
/// What is old is valued first, and what cash lacks is recalled from the lines that can pay. A ticket past its first deadline
/// is paid even where a line can not be valued any more.
#[derive(Args, Debug)]
pub struct Fulfil {
    /// The vault's address
    #[arg(value_name = "VAULT", value_parser = address)]
    pub vault: Pubkey,
    /// How many places of the queue, at most 8
    #[arg(value_name = "N", default_value = "8", value_parser = clap::value_parser!(u8).range(1..=8))]
    pub count: u8,
    /// Pay from cash alone, recall nothing
    #[arg(long)]
    pub no_recall: bool,
    #[allow(missing_docs)]
    #[command(flatten)]
    pub transaction: TransactionArgs,
}

/// Runs `gimbal vault fulfil`.
///
/// # Errors
///
/// What stands in the way, with a next step; nothing was sent.
pub fn fulfil(session: &mut Session, options: &Fulfil) -> Result<()> {
    let payer = session.payer_key()?;
    let ground = Ground::read(session, &options.vault)?;
    let (head, tail) = (ground.facts.vault.ticket_head, ground.facts.vault.ticket_tail);
    let places = (tail - head).min(u64::from(options.count.min(MAX_FILL)));
    let waiting = waiting(session, &ground, head + places)?;
    let Some(first) = waiting.first() else {
        bail!("the queue of {} is empty (NothingToFill): nothing is to be paid", ground.key());
    };
    let now = ground.facts.now;
    let ready_at = first.requested_at.saturating_add(i64::from(ground.facts.vault.limits.ticket_min_age));
    if now < ready_at {
        bail!(
            "ticket {} is too young to be paid (TicketTooYoung): fill it from {} UTC on",
            first.sequence,
            When::new(ready_at).short()
        );
    }
    let fresh = match ground.fresh(session, Purpose::Exit) {
        Ok(fresh) => fresh,
        // Past its deadline a ticket is paid at what the lines' last values have faded to.
        Err(_) if first.is_overdue(now) => {
            Fresh { facts: ground.facts.clone(), groups: Vec::new(), refreshed: Vec::new() }
        }
        Err(error) => return Err(error),
    };

    let lacking = lacking(&fresh.facts.ledger, &fresh, &waiting);
    let (mut groups, mut recalled) = (fresh.groups.clone(), Vec::new());
    if lacking > 0 && !options.no_recall {
        if first.is_overdue(now) && first.sequence == head {
            groups.push(vec![ground.context.demand(head)]);
        }
        for (id, amount, recall) in recalls(&ground, &fresh.facts.ledger, &payer, lacking) {
            recalled.push(format!("{} from line {id}", ground.assets(amount)));
            groups.push(vec![recall]);
        }
    }
    if fresh.facts.ledger.free_cash() == 0 && recalled.is_empty() {
        bail!(
            "there is no cash to pay ticket {} with, and no line can pay now (NothingToFill): tickets wait until borrowers repay; its first deadline is {} UTC",
            first.sequence,
            When::new(first.overdue_at).short()
        );
    }
    let count = u8::try_from(places).unwrap_or(MAX_FILL);
    let fill = ground.context.fill_tickets(head, count);
    let tickets = if waiting.len() == 1 { "1 ticket".to_owned() } else { format!("{} tickets", waiting.len()) };
    let shares: u64 = waiting.iter().map(|ticket| ticket.shares_left).sum();
    let mut operation = Operation::new(format!("Pay up to {tickets}"), payer, vec![fill])
        .shows("Queue", format!("{} from ticket {} on", ground.shares(shares), first.sequence))
        .shows("Cash", ground.assets(fresh.facts.ledger.free_cash()));
    if !recalled.is_empty() {
        operation.review.push(row("Recalled", recalled.join(", ")));
    }
    operation.review.extend(refresh_rows(&fresh));
    let waits = format!(
        "ticket {} cannot be paid now and keeps its place; its first deadline is {} UTC",
        first.sequence,
        When::new(first.overdue_at).short()
    );
    finish(session, &ground, &options.transaction, groups, &payer, operation).map_err(|error| {
        match is_waiting(&error) {
            true => error.context(waits),
            false => error,
        }
    })
}

/// Whether the chain says that the ticket at the head has to wait.
fn is_waiting(error: &anyhow::Error) -> bool {
    let refused = error.downcast_ref::<ChainError>().map(ChainError::name);
    refused.is_some_and(|name| matches!(name.as_str(), "NothingToFill" | "RefreshFirst" | "StaleNav"))
}

/// The open tickets from the head of the queue up to the place `end`, which is not among them.
fn waiting(session: &mut Session, ground: &Ground, end: u64) -> Result<Vec<Ticket>> {
    let head = ground.facts.vault.ticket_head;
    let all = identities::tickets(session.chain()?, ground.key())?.into_iter().map(|(_, ticket)| ticket);
    let mut open: Vec<Ticket> =
        all.filter(|ticket| ticket.is_open() && (head..end).contains(&ticket.sequence)).collect();
    open.sort_by_key(|ticket| ticket.sequence);
    Ok(open)
}

/// Base units that cash lacks for these tickets, as far as anybody may recall for them.
fn lacking(ledger: &Ledger, fresh: &Fresh, tickets: &[Ticket]) -> u64 {
    let facts = &fresh.facts;
    let low = ledger.nav(facts.now).map(|nav| nav.low).or_else(|_| ledger.nav_overdue(facts.now)).unwrap_or(0);
    let shares = Shares(tickets.iter().map(|ticket| ticket.shares_left).sum());
    let worth = facts.vault.pool(low).and_then(|pool| math::queue_value_up(shares, pool)).map_or(0, |worth| worth.0);
    worth.saturating_sub(ledger.free_cash()).min(ledger.queue_need())
}

/// Recalls for `lacking` base units: lines of the withdraw order first, then the others by row, each with what its venue had
/// at its last valuation.
fn recalls(ground: &Ground, ledger: &Ledger, payer: &Pubkey, lacking: u64) -> Vec<(u16, u64, Instruction)> {
    let ordered = ledger.withdraw_order.iter().copied().take_while(|id| *id != 0);
    let rows = ledger.lines.iter().filter(|line| line.is_used()).map(|line| line.id);
    let mut ids: Vec<u16> = Vec::new();
    for id in ordered.chain(rows) {
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    // Lending lines in the base asset lose nothing; a swap may, and comes last.
    ids.sort_by_key(|id| ledger.line(*id).map_or(0, |line| line.swapped));
    let mut left = lacking;
    let mut recalls = Vec::new();
    for id in ids {
        let (Ok(line), Some(context)) =
            (ledger.line(id), ground.facts.contexts().find(|context| context.addresses.id == id))
        else {
            continue;
        };
        let amount = left.saturating_add(ROUNDING).min(line.mid.min(line.liquidity)).min(ledger.queue_need());
        if left == 0 || amount == 0 {
            continue;
        }
        left = left.saturating_sub(amount);
        recalls.push((id, amount, router::recall(&ground.context, &context, payer, amount)));
    }
    recalls
}
