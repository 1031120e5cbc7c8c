//! `gimbal admin gate`: the list of who may pay in.

use super::super::arguments::address;
use super::super::operation::{Operation, TransactionArgs};
use super::super::session::Session;
use super::super::submit;
use super::super::vault::admit::read_list;
use super::{effects, rebuild};
use crate::gate::List;
use crate::readers;
use anchor_lang::prelude::Pubkey;
use anyhow::{Context, Result};
use clap::{Args, Subcommand};
use serde_json::json;
use std::path::PathBuf;
use vault::state::Vault;

/// The list of who may pay into a vault. The vault knows only its root; the list itself is a file, one address a line
#[derive(Debug, Subcommand)]
pub enum Gate {
    /// Close the gate with a list, renew the list, or open the gate; the owner signs, or the curator to renew
    Set(Set),
    /// Print the root of a list
    ListRoot(ListRoot),
    /// Print a wallet's proof, as `admit` takes it
    Proof(Proof),
}

/// Options of `gate set`.
#[derive(Args, Debug)]
pub struct Set {
    /// The vault
    #[arg(value_name = "VAULT", value_parser = address)]
    pub vault: Pubkey,
    /// What is set.
    #[command(flatten)]
    pub to: To,
    /// How it is signed and sent.
    #[command(flatten)]
    pub transaction: TransactionArgs,
}

/// What a gate becomes: one of the three.
#[derive(Args, Debug)]
#[group(required = true, multiple = false)]
pub struct To {
    /// Only wallets on this list may pay in
    #[arg(long, value_name = "FILE")]
    pub list: Option<PathBuf>,
    /// Only wallets on the list with this root may pay in
    #[arg(long, value_name = "HEX", value_parser = root)]
    pub root: Option<[u8; 32]>,
    /// Everybody may pay in
    #[arg(long)]
    pub open: bool,
}

/// Options of `gate list-root`.
#[derive(Args, Debug)]
pub struct ListRoot {
    /// The vault, to which the root is bound
    #[arg(value_name = "VAULT", value_parser = address)]
    pub vault: Pubkey,
    /// The list
    #[arg(long, value_name = "FILE")]
    pub list: PathBuf,
}

/// Options of `gate proof`.
#[derive(Args, Debug)]
pub struct Proof {
    /// The vault, to which the proof is bound
    #[arg(value_name = "VAULT", value_parser = address)]
    pub vault: Pubkey,
    /// The wallet
    #[arg(value_name = "WALLET", value_parser = address)]
    pub wallet: Pubkey,
    /// The list
    #[arg(long, value_name = "FILE")]
    pub list: PathBuf,
}

fn root(text: &str) -> Result<[u8; 32], String> {
    let wrong = || "give 32 bytes in hexadecimal, as `gimbal admin gate list-root` prints them".to_owned();
    let bytes = hex::decode(text).map_err(|_| wrong())?;
    bytes.try_into().map_err(|_| wrong())
}

/// Runs a command of the family.
///
/// # Errors
///
/// Each a sentence with a next step.
pub fn run(session: &mut Session, command: &Gate) -> Result<()> {
    match command {
        Gate::Set(options) => set(session, options),
        Gate::ListRoot(options) => list_root(session, options),
        Gate::Proof(options) => proof(session, options),
    }
}

fn set(session: &mut Session, options: &Set) -> Result<()> {
    let authority = session.owner_key()?;
    let listed = options.to.list.as_ref().map(|file| read_list(file)).transpose()?;
    let count = listed.as_ref().map(|wallets| {
        let mut each = wallets.clone();
        each.sort_unstable();
        each.dedup();
        each.len()
    });
    let root = match listed {
        Some(wallets) => {
            List::new(&options.vault, wallets).root().context("an empty list admits nobody: add wallets")?
        }
        None => options.to.root.unwrap_or_default(),
    };
    let instruction = rebuild::context(&options.vault).set_gate(&authority, root);
    let title = if root == [0; 32] { "Open the gate to everybody" } else { "Set the list of who may pay in" };
    let mut operation =
        Operation::new(title, authority, vec![instruction]).of_vault(&options.vault).reads(effects::read);
    let after = shown(&root);
    let change = match options.transaction.sign_only {
        true => after,
        false => {
            let now: Vault = readers::read(session.chain()?, &options.vault)?;
            format!("{} → {after}", shown(&now.gate_root))
        }
    };
    operation.review.push(("Gate root".to_owned(), change));
    if let Some(count) = count {
        operation.review.push(("Wallets".to_owned(), count.to_string()));
        operation.review.push(("Then".to_owned(), "each wallet is admitted anew with `gimbal vault admit`".to_owned()));
    }
    submit::submit(session, &options.transaction, operation).map(drop)
}

fn shown(root: &[u8; 32]) -> String {
    if *root == [0; 32] {
        "open to everybody".to_owned()
    } else {
        hex::encode(root)
    }
}

fn list_root(session: &mut Session, options: &ListRoot) -> Result<()> {
    let list = List::new(&options.vault, read_list(&options.list)?);
    let root = hex::encode(list.root().context("an empty list admits nobody: add wallets")?);
    session.answer(&json!({ "vault": options.vault.to_string(), "root": root }), || root.clone())
}

fn proof(session: &mut Session, options: &Proof) -> Result<()> {
    let list = List::new(&options.vault, read_list(&options.list)?);
    let proof = list.proof(&options.wallet).with_context(|| {
        format!("{} is not on the list {}: add it and set the gate anew", options.wallet, options.list.display())
    })?;
    let hashes: Vec<String> = proof.iter().map(hex::encode).collect();
    let value = json!({
        "vault": options.vault.to_string(),
        "wallet": options.wallet.to_string(),
        "root": list.root().map(hex::encode),
        "proof": hashes,
    });
    session.answer(&value, || hashes.join("\n"))
}
