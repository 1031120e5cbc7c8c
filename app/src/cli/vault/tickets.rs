//! `gimbal vault request`, `claim`, `cancel` and `transfer-ticket`: the slow way out, which nothing pauses.

use super::super::arguments::address;
use super::super::operation::{Operation, TransactionArgs};
use super::super::session::Session;
use super::super::submit::payer;
use super::amounts::Typed;
use super::finish::finish;
use super::ground::{is_elsewhere, Ground};
use super::leave::{require_held, require_some};
use crate::preview::Preview;
use crate::table::row;
use crate::tickets::OwnedTicket;
use crate::views::flow::{refusal, Kind};
use crate::views::units::{wait, When};
use anchor_lang::prelude::Pubkey;
use anyhow::{Context, Result};
use clap::Args;
use solana_instruction::Instruction;

/// Queue shares: paid in order as cash comes back, with deadlines, and never paused
///
/// Your shares wait in escrow. Anybody can fill the ticket when its turn has come; then `gimbal vault claim` pays it out.
/// Past its first deadline it is paid without a fresh NAV, and past the second it can be taken in kind.
#[derive(Args, Debug)]
pub struct Request {
    /// The vault's address
    #[arg(value_name = "VAULT", value_parser = address)]
    pub vault: Pubkey,
    /// How many shares, or max for all that the wallet holds
    #[arg(value_name = "SHARES")]
    pub shares: Typed,
    /// Accept no less than this for all of them, pro rata for parts [default: the price of its turn, whatever it is]
    ///
    /// A ticket whose bound is not met in its turn is passed: its shares stay yours in escrow, and it leaves the queue.
    #[arg(long, value_name = "AMOUNT")]
    pub min_assets: Option<String>,
    #[allow(missing_docs)]
    #[command(flatten)]
    pub transaction: TransactionArgs,
}

/// Runs `gimbal vault request`.
///
/// # Errors
///
/// What stands in the way, with a next step; nothing was sent.
pub fn request(session: &mut Session, options: &Request) -> Result<()> {
    let owner = session.owner_key()?;
    let payer = payer(session, &options.transaction, &owner)?;
    let ground = Ground::read(session, &options.vault)?;
    let held = ground.wallet_shares(session, &owner)?;
    require_some(&ground, &owner, held)?;
    let shares = options.shares.units(ground.decimals(), || Ok(held))?;
    require_held(&ground, &owner, shares, held)?;
    let vault = &ground.facts.vault;
    vault.require_ticket_size(shares, held).map_err(|error| refusal(Kind::Redeem, error.into()))?;
    let given = options.min_assets.as_deref();
    let min_assets = given.map_or(Ok(0), |text| crate::amount::parse(text, ground.decimals()))?;

    let queue = request_instruction(&ground, (&owner, &payer), vault.ticket_tail, shares, min_assets);
    let mut operation = Operation::new(format!("Queue {}", ground.shares(shares)), owner, vec![queue]);
    operation.review = match Preview::new(**vault, *ground.facts.ledger, ground.facts.now) {
        Ok(preview) => ticket_rows(&ground, &preview, shares, min_assets),
        // No valuation is asked for: what the shares are worth now cannot be said, and need not be.
        Err(_) => unpriced_rows(&ground, shares, min_assets)?,
    };
    if is_elsewhere(&options.transaction) {
        let tail = vault.ticket_tail;
        operation = operation.shows("Good for", format!("as long as the next ticket of the vault is {tail}"));
    }
    finish(session, &ground, &options.transaction, Vec::new(), &payer, operation)
}

/// The request of a ticket at the tail of the queue.
pub(super) fn request_instruction(
    ground: &Ground,
    (owner, payer): (&Pubkey, &Pubkey),
    tail: u64,
    shares: u64,
    min_assets: u64,
) -> Instruction {
    ground.context.request_redeem_at_least(owner, payer, tail, shares, min_assets)
}

/// What a ticket of `shares` would be, as rows of a review.
pub(super) fn ticket_rows(ground: &Ground, preview: &Preview, shares: u64, min_assets: u64) -> Vec<(String, String)> {
    let exits = crate::views::exits::Exits::new(preview, shares).by_ticket;
    let worth = crate::views::exits::redeem_whatever_cash(preview, shares).map(|flow| ground.assets(flow.assets.0));
    let queued = match worth {
        Ok(worth) => format!("{}, worth {worth} now", ground.shares(shares)),
        Err(_) => ground.shares(shares),
    };
    let mut rows = vec![
        row("Queued", format!("{queued}, as ticket {}", preview.vault.ticket_tail)),
        row("Ahead", ground.shares(exits.ahead_shares.base_units)),
        row("Paid", exits.waits_for.words()),
    ];
    rows.extend(term_rows(ground, min_assets, &exits.overdue, &exits.in_kind));
    rows
}

fn unpriced_rows(ground: &Ground, shares: u64, min_assets: u64) -> Result<Vec<(String, String)>> {
    let vault = &ground.facts.vault;
    let deadlines = vault.deadlines(ground.facts.now);
    let (overdue, in_kind) = deadlines.map_err(|error| refusal(Kind::Redeem, error.into()))?;
    let mut rows = vec![
        row("Queued", format!("{}, as ticket {}", ground.shares(shares), vault.ticket_tail)),
        row("Ahead", ground.shares(vault.queued_shares)),
    ];
    rows.extend(term_rows(ground, min_assets, &When::new(overdue), &When::new(in_kind)));
    Ok(rows)
}

fn term_rows(ground: &Ground, min_assets: u64, overdue: &When, in_kind: &When) -> Vec<(String, String)> {
    let now = ground.facts.now;
    let price = match min_assets {
        0 => "that of its turn, whatever it is".to_owned(),
        least => format!("at least {} for all of it, else it is passed", ground.assets(least)),
    };
    vec![
        row("Price", price),
        row(
            "Overdue from",
            format!("{} UTC (in {}): then paid without a fresh NAV", overdue.short(), wait(overdue.unix - now)),
        ),
        row("In kind from", format!("{} UTC (in {})", in_kind.short(), wait(in_kind.unix - now))),
        row("Rent", "of the ticket, returned when it is over"),
    ]
}

/// The owner's ticket of that number.
pub(super) fn named<'a>(
    own: &'a [OwnedTicket],
    ground: &Ground,
    owner: &Pubkey,
    number: u64,
) -> Result<&'a OwnedTicket> {
    let found = own.iter().find(|ticket| ticket.ticket.sequence == number);
    found.with_context(|| {
        let mine: Vec<String> = own.iter().map(|ticket| ticket.ticket.sequence.to_string()).collect();
        let mine =
            if mine.is_empty() { "it has none".to_owned() } else { format!("its tickets are {}", mine.join(", ")) };
        format!("ticket {number} of {} is not {owner}'s: {mine}; see `gimbal position show {owner}`", ground.key())
    })
}
