//! `gimbal admin keeper`: who may turn a ledger's crank for pay.

use super::super::arguments::address;
use super::super::operation::{Operation, TransactionArgs};
use super::super::session::Session;
use super::super::submit;
use super::effects;
use super::target::{Part, Target};
use crate::amount;
use crate::chain::Chain;
use crate::instructions::router;
use crate::pda::router_seeds::keeper_address;
use crate::readers;
use crate::table::{row, table};
use crate::views::units::{Amount, When};
use anchor_lang::{prelude::Pubkey, Discriminator};
use anyhow::{bail, Result};
use clap::{Args, Subcommand};
use serde::Serialize;
use strategy_router::state::Ledger;
use strategy_router::Keeper as Registration;

/// Who may turn a ledger's crank for pay
#[derive(Debug, Subcommand)]
pub enum Keeper {
    /// Register a keeper; the owner signs
    Register(Named),
    /// Let a registered keeper act again; the owner signs
    Activate(Named),
    /// Stop a keeper at once; guardian, curator or owner sign
    Deactivate(Named),
    /// List the keepers of a vault
    List(List),
}

/// A keeper of a vault.
#[derive(Args, Debug)]
pub struct Named {
    /// The vault
    #[arg(value_name = "VAULT", value_parser = address)]
    pub vault: Pubkey,
    /// The key that the keeper signs with
    #[arg(value_name = "KEY", value_parser = address)]
    pub key: Pubkey,
    /// How it is signed and sent.
    #[command(flatten)]
    pub transaction: TransactionArgs,
}

/// Options of `keeper list`.
#[derive(Args, Debug)]
pub struct List {
    /// The vault
    #[arg(value_name = "VAULT", value_parser = address)]
    pub vault: Pubkey,
}

/// One keeper.
#[derive(Debug, Serialize)]
struct View {
    key: String,
    address: String,
    active: bool,
    actions: u64,
    owed: Amount,
    paid: Amount,
    loss_used: Amount,
    last_action: Option<When>,
}

/// Runs a command of the family.
///
/// # Errors
///
/// Each a sentence with a next step.
pub fn run(session: &mut Session, command: &Keeper) -> Result<()> {
    match command {
        Keeper::Register(options) => register(session, options),
        Keeper::Activate(options) => set_active(session, options, true),
        Keeper::Deactivate(options) => set_active(session, options, false),
        Keeper::List(options) => list(session, options),
    }
}

fn ledger_of(vault: &Pubkey) -> Pubkey {
    Target::of_vault(vault, Part::Ledger).key
}

fn registration(chain: &dyn Chain, ledger: &Pubkey, key: &Pubkey) -> Result<Option<Registration>> {
    Ok(readers::read_if_exists(chain, &keeper_address(ledger, key).0)?)
}

fn register(session: &mut Session, options: &Named) -> Result<()> {
    let ledger = ledger_of(&options.vault);
    let owner = session.owner_key()?;
    let payer = submit::payer(session, &options.transaction, &owner)?;
    let mut operation = Operation::new(
        "Register a keeper",
        owner,
        vec![router::register_keeper(&owner, &payer, &ledger, &options.key)],
    )
    .of_vault(&options.vault)
    .reads(effects::read);
    operation.review.push(row("Keeper", options.key));
    if !options.transaction.sign_only {
        let chain = session.chain()?;
        if let Some(known) = registration(chain, &ledger, &options.key)? {
            let state = if known.active == 1 {
                "registered and active: nothing to do"
            } else {
                "registered and inactive: activate it with `gimbal admin keeper activate`"
            };
            bail!("{} is {state}", options.key);
        }
        let state: Ledger = readers::read(chain, &ledger)?;
        let rent = chain.minimum_balance(Registration::DISCRIMINATOR.len() + core::mem::size_of::<Registration>())?;
        let pay = amount::format(state.limits.keeper_pay, state.base_decimals);
        operation.review.push(row("Pay of one useful action", pay));
        operation.review.push(row("Rent", format!("{} SOL, for good", amount::format(rent, 9))));
    }
    submit::submit(session, &options.transaction, operation).map(drop)
}

fn set_active(session: &mut Session, options: &Named, active: bool) -> Result<()> {
    let ledger = ledger_of(&options.vault);
    let authority = session.owner_key()?;
    let (title, after) = match active {
        true => ("Activate a keeper", "active"),
        false => ("Deactivate a keeper", "inactive"),
    };
    let instruction = router::set_keeper_active(&authority, &ledger, &options.key, active);
    let mut operation =
        Operation::new(title, authority, vec![instruction]).of_vault(&options.vault).reads(effects::read);
    let mut shown = after.to_owned();
    if !options.transaction.sign_only {
        let Some(known) = registration(session.chain()?, &ledger, &options.key)? else {
            bail!(
                "{} is no keeper of the vault {}: register it with `gimbal admin keeper register`, or see `gimbal admin \
                 keeper list`",
                options.key,
                options.vault
            );
        };
        let now = if known.active == 1 { "active" } else { "inactive" };
        if now == after {
            bail!("{} is {now} already: nothing to do", options.key);
        }
        shown = format!("{now} → {after}");
    }
    operation.review.push(row("Keeper", options.key));
    operation.review.push(row("State", shown));
    submit::submit(session, &options.transaction, operation).map(drop)
}

fn list(session: &mut Session, options: &List) -> Result<()> {
    let ledger = ledger_of(&options.vault);
    let chain = session.chain()?;
    let state: Ledger = readers::read(chain, &ledger)?;
    let mut views = Vec::new();
    for (address, account) in chain.program_accounts(&strategy_router::ID, Registration::DISCRIMINATOR)? {
        let keeper: Registration = readers::parse(&address, &account)?;
        if keeper.ledger != ledger {
            continue;
        }
        let amount = |units| Amount::new(units, state.base_decimals);
        views.push(View {
            key: keeper.key.to_string(),
            address: address.to_string(),
            active: keeper.active == 1,
            actions: keeper.actions,
            owed: amount(keeper.owed),
            paid: amount(keeper.paid),
            loss_used: amount(keeper.loss_used),
            last_action: (keeper.last_action_at > 0).then(|| When::new(keeper.last_action_at)),
        });
    }
    session.answer(&views, || {
        if views.is_empty() {
            return "No keeper is registered: add one with `gimbal admin keeper register`.".to_owned();
        }
        let mut shown = table(&["keeper", "state", "moves", "owed", "paid", "lost this epoch", "last move"]);
        for view in &views {
            let last = view.last_action.as_ref().map_or_else(|| "never".to_owned(), When::short);
            let state = if view.active { "active" } else { "inactive" }.to_owned();
            let amounts = [&view.owed, &view.paid, &view.loss_used].map(|amount| amount.ui.clone());
            shown.add_row([view.key.clone(), state, view.actions.to_string()].into_iter().chain(amounts).chain([last]));
        }
        shown.to_string()
    })
}
