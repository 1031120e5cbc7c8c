//! `gimbal vault admit`: a wallet of a gated vault's list.

use super::super::arguments::address;
use super::super::operation::{Operation, TransactionArgs};
use super::super::session::Session;
use super::finish::finish;
use super::ground::Ground;
use crate::gate::List;
use anchor_lang::prelude::Pubkey;
use anyhow::{anyhow, bail, Context, Result};
use clap::Args;
use std::path::{Path, PathBuf};

/// Admit a wallet to a vault that takes money only from wallets on its list
///
/// Anybody may, for any wallet on the list; the wallet can pay in from then on, until the list is renewed. Exits ask for no
/// list.
#[derive(Args, Debug)]
pub struct Admit {
    /// The vault's address
    #[arg(value_name = "VAULT", value_parser = address)]
    pub vault: Pubkey,
    /// The wallet
    #[arg(value_name = "WALLET", value_parser = address)]
    pub wallet: Pubkey,
    /// The list as the vault's curator publishes it: one address a line; what follows # is a comment
    #[arg(long, value_name = "FILE")]
    pub list: PathBuf,
    #[allow(missing_docs)]
    #[command(flatten)]
    pub transaction: TransactionArgs,
}

/// Runs `gimbal vault admit`.
///
/// # Errors
///
/// What stands in the way, with a next step; nothing was sent.
pub fn admit(session: &mut Session, options: &Admit) -> Result<()> {
    let wallets = read_list(&options.list)?;
    let payer = session.payer_key()?;
    let ground = Ground::read(session, &options.vault)?;
    if !ground.is_gated() {
        bail!("the vault {} is open to everybody (GateIsOpen): pay in, nobody has to be admitted", ground.key());
    }
    let shown = options.list.display();
    let list = List::new(ground.key(), wallets);
    let root = ground.facts.vault.gate_root;
    if list.root() != Some(root) {
        bail!(
            "{shown} is not the list in force: its root is {}, the vault's {}; ask the curator for the present list",
            list.root().map_or_else(|| "none".to_owned(), hex::encode),
            hex::encode(root)
        );
    }
    let Some(proof) = list.proof(&options.wallet) else {
        bail!("{} is not on the list {shown} (NotAdmitted): ask the vault's curator to add it", options.wallet);
    };
    if ground.gate(session, &options.wallet)?.is_none() {
        bail!("{} is admitted already: pay in with `gimbal vault deposit`", options.wallet);
    }
    let admit = ground.context.admit(&payer, &options.wallet, proof);
    let operation = Operation::new(format!("Admit {}", options.wallet), payer, vec![admit])
        .shows("List", format!("{shown}, root {}", hex::encode(root)))
        .shows("Rent", format!("of the member account, paid by {payer}"));
    finish(session, &ground, &options.transaction, Vec::new(), &payer, operation)
}

/// The wallets of a list, one a line; empty lines and what follows # are left out.
///
/// # Errors
///
/// If the file cannot be read, holds no wallet, or a line is no address.
pub fn read_list(path: &Path) -> Result<Vec<Pubkey>> {
    let shown = path.display();
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read the list {shown}: check --list"))?;
    let lines = text.lines().enumerate().map(|(place, line)| (place + 1, line.split('#').next().unwrap_or("").trim()));
    let wallets: Vec<Pubkey> = lines
        .filter(|(_, line)| !line.is_empty())
        .map(|(number, line)| line.parse().map_err(|_| anyhow!("{shown}:{number}: '{line}' is not an address")))
        .collect::<Result<_>>()?;
    match wallets.is_empty() {
        true => bail!("{shown} names no wallet: give one address a line"),
        false => Ok(wallets),
    }
}
