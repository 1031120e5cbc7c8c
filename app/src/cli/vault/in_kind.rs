//! `gimbal vault redeem-in-kind`: the way out that needs nobody: a ticket's part of everything, as it lies.

use super::super::arguments::address;
use super::super::operation::{Operation, TransactionArgs};
use super::super::session::Session;
use super::super::submit::{payer, submit};
use super::finish::prepare;
use super::ground::{ensure_account, Ground, Target};
use super::tickets::named;
use crate::amount;
use crate::instructions::router::{kind_sources, KindSource};
use crate::instructions::token::{associated, create_associated};
use crate::readers;
use crate::table::row;
use crate::tickets::{owned, Stage};
use crate::views::flow::{refusal, Kind};
use crate::views::units::{wait, When};
use anchor_lang::prelude::Pubkey;
use anyhow::{anyhow, bail, Context, Result};
use clap::Args;
use solana_instruction::Instruction;
use strategy_router::policy::in_kind::part_down;

/// Take a ticket's part of everything, past its second deadline: cash, and the lines' own tokens
///
/// No price, pause, keeper or venue stands in the way. Receipt tokens of a lending market are redeemed there by you, when it
/// can pay. Token accounts are made where they are missing. A part that cannot be moved, or that you do not want, can be
/// forgone: it stays with the other holders.
#[derive(Args, Debug)]
pub struct RedeemInKind {
    /// The vault's address
    #[arg(value_name = "VAULT", value_parser = address)]
    pub vault: Pubkey,
    /// The ticket's number
    #[arg(value_name = "TICKET")]
    pub ticket: u64,
    /// Forgo the part of this line. Can be given several times
    #[arg(long, value_name = "LINE")]
    pub forgo: Vec<u16>,
    /// Forgo the part of the cash
    #[arg(long)]
    pub forgo_cash: bool,
    /// The wallet that receives everything, in its associated accounts [default: who signs]
    #[arg(long, value_name = "WALLET", value_parser = address)]
    pub recipient: Option<Pubkey>,
    #[allow(missing_docs)]
    #[command(flatten)]
    pub transaction: TransactionArgs,
}

/// Runs `gimbal vault redeem-in-kind`.
///
/// # Errors
///
/// What stands in the way, with a next step; nothing was sent.
pub fn redeem(session: &mut Session, options: &RedeemInKind) -> Result<()> {
    let owner = session.owner_key()?;
    let payer = payer(session, &options.transaction, &owner)?;
    let ground = Ground::read(session, &options.vault)?;
    let own = owned(session.chain()?, ground.key(), &owner)?;
    let ticket = named(&own, &ground, &owner, options.ticket)?;
    let now = ground.facts.now;
    match ticket.stage {
        Stage::DueInKind => (),
        Stage::Over => bail!(
            "ticket {} has no shares left (TicketNotOpen): claim what it was paid with `gimbal vault claim {}`",
            options.ticket,
            ground.key()
        ),
        _ => bail!(
            "ticket {} cannot be redeemed in kind yet (TooEarlyInKind): from {} UTC on, in {}",
            options.ticket,
            When::new(ticket.ticket.in_kind_at).short(),
            wait(ticket.ticket.in_kind_at - now)
        ),
    }
    let recipient = options.recipient.unwrap_or(owner);
    let sources = kind_sources(session.chain()?, &ground.facts.addresses.ledger, &ground.facts.ledger)?;
    for line in &options.forgo {
        if !sources.iter().any(|source| source.line == *line) {
            bail!("line {line} holds nothing to forgo: see `gimbal strategy list {}`", ground.key());
        }
    }
    let pool = ground.facts.vault.pool(0).map_err(|error| refusal(Kind::Redeem, error.into()))?;
    let (part, whole) = (ticket.ticket.shares_left, pool.shares.0);
    let receives = |source: &KindSource| !options.forgo.contains(&source.line);
    let chosen: Vec<(KindSource, Option<Pubkey>)> = sources
        .iter()
        .map(|source| {
            let receiver = associated(&recipient, &source.mint, &source.token_program);
            (*source, receives(source).then_some(receiver))
        })
        .collect();

    let vault = &ground.context;
    let mut leave = vault.redeem_in_kind(&owner, options.ticket, &chosen);
    set_destination(
        &mut leave,
        vault.base_account(&owner),
        match options.forgo_cash {
            true => vault::ID,
            false => vault.base_account(&recipient),
        },
    );
    let title = format!("Redeem ticket {} in kind", options.ticket);
    let mut operation = Operation::new(title, owner, vec![leave])
        .shows("Gives", format!("{} of {}", ground.shares(part), ground.amount(whole).ui));
    let cash = share(ground.facts.ledger.free_cash(), part, whole)?;
    operation.review.push(match options.forgo_cash {
        true => row("Cash", "forgone"),
        false => row("Cash", ground.assets(cash)),
    });
    let (parts, accounts) = parts(session, &sources, receives, (&payer, &recipient), (part, whole))?;
    operation.review.extend(parts);
    if options.recipient.is_some() {
        operation.review.push(row("Recipient", recipient));
    }
    if !options.forgo_cash {
        let (mint, program) = (&vault.base_mint, &vault.base_token_program);
        let target = Target { owner: &recipient, mint, program, what: "for the base asset" };
        ensure_account(session, &options.transaction, &mut operation, &payer, &target)?;
    }
    // The accounts are made by whoever pays; they need not be in the transaction itself.
    let operation = prepare(&ground, &options.transaction, accounts, &payer, operation)?;
    submit(session, &options.transaction, operation)
        .map(|_| ())
        .context("if one token account is the reason, forgo its line with --forgo, or the cash with --forgo-cash")
}

/// Labels with what they say, and instructions that must stay together.
type Parts = (Vec<(String, String)>, Vec<Vec<Instruction>>);

/// What each line pays, in words, and what makes the accounts that are missing for it.
fn parts(
    session: &mut Session,
    sources: &[KindSource],
    receives: impl Fn(&KindSource) -> bool,
    (payer, recipient): (&Pubkey, &Pubkey),
    (part, whole): (u64, u64),
) -> Result<Parts> {
    let chain = session.chain()?;
    let (mut words, mut accounts) = (Vec::new(), Vec::<Vec<Instruction>>::new());
    for source in sources {
        if !receives(source) {
            words.push(row(format!("Line {}", source.line), "forgone"));
            continue;
        }
        let held = readers::balance(&*chain, &source.source)?;
        let units = share(source.tracked.min(held), part, whole)?;
        let decimals = readers::mint(&*chain, &source.mint)?.decimals;
        words.push(row(
            format!("Line {}", source.line),
            format!("{} of the token {}", amount::format(units, decimals), source.mint),
        ));
        let receiver = associated(recipient, &source.mint, &source.token_program);
        let make = vec![create_associated(payer, recipient, &source.mint, &source.token_program)];
        let missing = chain.get_account(&receiver)?.is_none_or(|account| account.data.is_empty());
        if missing && !accounts.contains(&make) {
            accounts.push(make);
        }
    }
    Ok((words, accounts))
}

/// ⌊amount · part / whole⌋, as the router takes it.
fn share(amount: u64, part: u64, whole: u64) -> Result<u64> {
    part_down(amount, part, whole).map_err(|error| anyhow!("the parts cannot be computed: {error}; report this"))
}

/// Puts another destination of the cash in the place of the owner's account; the program's own id stands for none.
fn set_destination(leave: &mut Instruction, own: Pubkey, destination: Pubkey) {
    for meta in leave.accounts.iter_mut().filter(|meta| meta.pubkey == own) {
        meta.pubkey = destination;
        meta.is_writable = destination != vault::ID;
    }
}
