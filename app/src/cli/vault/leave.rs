//! `gimbal vault withdraw` and `redeem`: shares back, base asset out; at once as far as that goes, the rest by a ticket.

use super::super::arguments::address;
use super::super::operation::{Operation, TransactionArgs};
use super::super::session::Session;
use super::super::submit::payer;
use super::amounts::{bound_words, require_fixed, Slippage, Typed};
use super::enter::{price_words, require_bound, worth_of_shares};
use super::finish::finish;
use super::ground::{ensure_account, is_elsewhere, refresh_rows, Ground, Target};
use super::tickets::{request_instruction, ticket_rows};
use super::way::{held_up, Bounds, Way};
use crate::preview::Preview;
use crate::table::row;
use crate::views::bound::Bound;
use crate::views::flow::{self, refusal, Kind};
use crate::views::fresh::{Fresh, Purpose};
use crate::views::units::percent;
use anchor_lang::prelude::Pubkey;
use anyhow::{bail, Result};
use clap::Args;
use solana_instruction::Instruction;
use vault::{instruction, math::Flow};

/// Take an exact amount out, from free cash
///
/// The price is NAV low with the exit fee; shares are rounded up. Where cash does not suffice, use `gimbal vault redeem`,
/// which recalls from a line and queues the rest.
#[derive(Args, Debug)]
pub struct Withdraw {
    /// The vault's address
    #[arg(value_name = "VAULT", value_parser = address)]
    pub vault: Pubkey,
    /// How much of the base asset, or max for what all shares of the wallet are paid
    #[arg(value_name = "AMOUNT")]
    pub amount: Typed,
    #[allow(missing_docs)]
    #[command(flatten)]
    pub slippage: Slippage,
    /// Give at most so many shares, whatever the preview says
    #[arg(long, value_name = "SHARES", conflicts_with = "slippage_bps")]
    pub max_shares: Option<String>,
    /// The wallet that receives the base asset, in its associated account [default: who signs]
    #[arg(long, value_name = "WALLET", value_parser = address)]
    pub recipient: Option<Pubkey>,
    #[allow(missing_docs)]
    #[command(flatten)]
    pub transaction: TransactionArgs,
}

/// Give shares back: at once from cash, then from the next line that can pay, the rest by a ticket
///
/// The price is NAV low after the exit fee; what is paid is rounded down. A ticket is paid in order as cash comes back, and
/// has deadlines: see `gimbal position show`.
#[derive(Args, Debug)]
pub struct Redeem {
    /// The vault's address
    #[arg(value_name = "VAULT", value_parser = address)]
    pub vault: Pubkey,
    /// How many shares, or max for all that the wallet holds; those in tickets are not among them
    #[arg(value_name = "SHARES")]
    pub shares: Typed,
    #[allow(missing_docs)]
    #[command(flatten)]
    pub slippage: Slippage,
    /// Receive at least so much for all the shares; of a queued part its part, below which its ticket is passed
    #[arg(long, value_name = "AMOUNT", conflicts_with = "slippage_bps")]
    pub min_assets: Option<String>,
    /// Refuse, rather than queue what cannot leave at once
    #[arg(long)]
    pub no_queue: bool,
    /// The wallet that receives the base asset, in its associated account [default: who signs]; a ticket stays the signer's
    #[arg(long, value_name = "WALLET", value_parser = address)]
    pub recipient: Option<Pubkey>,
    #[allow(missing_docs)]
    #[command(flatten)]
    pub transaction: TransactionArgs,
}

/// Runs `gimbal vault withdraw`.
///
/// # Errors
///
/// What stands in the way, with a next step; nothing was sent.
pub fn withdraw(session: &mut Session, options: &Withdraw) -> Result<()> {
    require_fixed(&options.transaction, &options.amount, options.max_shares.as_deref(), "--max-shares")?;
    let owner = session.owner_key()?;
    let payer = payer(session, &options.transaction, &owner)?;
    let ground = Ground::read(session, &options.vault)?;
    let held = ground.wallet_shares(session, &owner)?;
    require_some(&ground, &owner, held)?;
    let fresh = ground.fresh(session, Purpose::Exit)?;
    let amount = options.amount.units(ground.decimals(), || Ok(flow::price(Kind::Redeem, &fresh, held)?.assets.0))?;
    let flow = flow::price(Kind::Withdraw, &fresh, amount)?;
    if flow.shares.0 > held {
        bail!(
            "the wallet {owner} holds {}, worth {}, and this takes {}: take less, or max; shares in tickets are not among them",
            ground.shares(held),
            ground.assets(worth_of_shares(&fresh, held)),
            ground.shares(flow.shares.0)
        );
    }
    let bound =
        options.slippage.bound(Kind::Withdraw, flow.shares.0, options.max_shares.as_deref(), ground.decimals())?;
    require_bound(Kind::Withdraw, &ground, &flow, &bound)?;

    let recipient = options.recipient.unwrap_or(owner);
    let vault = &ground.context;
    let accounts =
        vault::accounts::Redeem { destination: vault.base_account(&recipient), ..vault.redeem_accounts(&owner) };
    let arguments = instruction::Withdraw { assets: amount, max_shares: bound.amount.base_units };
    let leave = vault.instruction(accounts, arguments);
    let mut operation = Operation::new(format!("Withdraw {}", ground.assets(amount)), owner, vec![leave]);
    operation.review = instant_rows(&ground, &flow, &bound, options.recipient);
    operation.review.extend(refresh_rows(&fresh));
    send(session, &options.transaction, &ground, fresh, operation, (&payer, &recipient))
}

/// Runs `gimbal vault redeem`.
///
/// # Errors
///
/// What stands in the way, with a next step; nothing was sent.
pub fn redeem(session: &mut Session, options: &Redeem) -> Result<()> {
    require_fixed(&options.transaction, &options.shares, options.min_assets.as_deref(), "--min-assets")?;
    let owner = session.owner_key()?;
    let payer = payer(session, &options.transaction, &owner)?;
    let ground = Ground::read(session, &options.vault)?;
    let held = ground.wallet_shares(session, &owner)?;
    require_some(&ground, &owner, held)?;
    let shares = options.shares.units(ground.decimals(), || Ok(held))?;
    require_held(&ground, &owner, shares, held)?;
    let fresh = ground.fresh(session, Purpose::Exit)?;
    let preview = fresh.preview().map_err(|error| refusal(Kind::Redeem, error))?;
    let way = Way::plan(&preview, shares, held).map_err(|error| refusal(Kind::Redeem, error))?;
    if options.no_queue && way.queued > 0 {
        return Err(held_up(&ground, &preview, &way, shares));
    }
    if is_elsewhere(&options.transaction) && (way.queued > 0 || way.line.is_some()) {
        bail!(
            "free cash does not pay for {} now, and how the rest leaves would not be the same when this is sent: redeem less, or queue them with `gimbal vault request`",
            ground.shares(shares)
        );
    }

    let bounds = Bounds::new(&ground, options, &way)?;
    if let (Some(flow), Some(bound)) = (&way.now, &bounds.now) {
        require_bound(Kind::Redeem, &ground, flow, bound)?;
    }
    let recipient = options.recipient.unwrap_or(owner);
    let instructions = instructions(&ground, &preview, &way, &bounds, (&owner, &payer, &recipient))?;
    let mut operation = Operation::new(format!("Redeem {}", ground.shares(shares)), owner, instructions);
    if let (Some(flow), Some(bound)) = (&way.now, &bounds.now) {
        operation.review = instant_rows(&ground, flow, bound, options.recipient);
    }
    if let Some(line) = way.line {
        operation.review.push(row("Recalled from", format!("line {line}, for what free cash lacks")));
    }
    if way.queued > 0 {
        operation.review.extend(ticket_rows(&ground, &preview, way.queued, bounds.queued));
    }
    operation.review.extend(refresh_rows(&fresh));
    send(session, &options.transaction, &ground, fresh, operation, (&payer, &recipient))
}

fn instructions(
    ground: &Ground,
    preview: &Preview,
    way: &Way,
    bounds: &Bounds,
    (owner, payer, recipient): (&Pubkey, &Pubkey, &Pubkey),
) -> Result<Vec<Instruction>> {
    let vault = &ground.context;
    let mut instructions = Vec::new();
    if let (Some(flow), Some(bound)) = (&way.now, &bounds.now) {
        let (shares, min_assets) = (flow.shares.0, bound.amount.base_units);
        let redeem =
            vault::accounts::Redeem { destination: vault.base_account(recipient), ..vault.redeem_accounts(owner) };
        instructions.push(match way.line {
            None => vault.instruction(redeem, instruction::Redeem { shares, min_assets }),
            Some(id) => {
                let Some(line) = ground.facts.contexts().find(|line| line.addresses.id == id) else {
                    bail!("line {id} was removed meanwhile: run the command again");
                };
                let accounts =
                    vault::accounts::RedeemAndRecall { redeem, ..vault.redeem_and_recall_accounts(owner, &line) };
                let arguments = instruction::RedeemAndRecall { shares, min_assets, line: id };
                crate::instructions::build_with(vault::ID, accounts, arguments, line.call_accounts())
            }
        });
    }
    if way.queued > 0 {
        let tail = preview.vault.ticket_tail;
        instructions.push(request_instruction(ground, (owner, payer), tail, way.queued, bounds.queued));
    }
    Ok(instructions)
}

fn instant_rows(ground: &Ground, flow: &Flow, bound: &Bound, recipient: Option<Pubkey>) -> Vec<(String, String)> {
    let vault = &ground.facts.vault;
    let mut rows = vec![
        row("Gives", ground.shares(flow.shares.0)),
        row("Receives", format!("{} at once (mint {})", ground.assets(flow.assets.0), vault.base_mint)),
        row("Bound", bound_words(bound, ground.symbol)),
    ];
    rows.extend(price_words(flow).map(|price| row("Price", format!("{price} {} a share", ground.symbol))));
    if vault.fees.exit_bps > 0 {
        rows.push(row("Exit fee", format!("{} ({})", ground.assets(flow.fee.0), percent(vault.fees.exit_bps))));
    }
    rows.extend(recipient.map(|recipient| row("Recipient", recipient)));
    rows
}

/// Makes the account that is paid, puts the refreshes in front and submits.
fn send(
    session: &mut Session,
    args: &TransactionArgs,
    ground: &Ground,
    fresh: Fresh,
    mut operation: Operation,
    (payer, recipient): (&Pubkey, &Pubkey),
) -> Result<()> {
    let vault = ground.context;
    let (mint, program) = (&vault.base_mint, &vault.base_token_program);
    let target = Target { owner: recipient, mint, program, what: "for the base asset" };
    ensure_account(session, args, &mut operation, payer, &target)?;
    finish(session, ground, args, fresh.groups, payer, operation)
}

/// Refuses a wallet without shares.
pub(super) fn require_some(ground: &Ground, owner: &Pubkey, held: u64) -> Result<()> {
    if held == 0 {
        bail!(
            "the wallet {owner} holds no shares of {}: see `gimbal position show {owner}`; shares in tickets are claimed or cancelled",
            ground.key()
        );
    }
    Ok(())
}

/// Refuses more shares than the wallet holds.
pub(super) fn require_held(ground: &Ground, owner: &Pubkey, shares: u64, held: u64) -> Result<()> {
    if shares > held {
        bail!(
            "the wallet {owner} holds {}, fewer than {}: give fewer, or max; shares in tickets are not among them",
            ground.shares(held),
            ground.amount(shares).ui
        );
    }
    Ok(())
}
