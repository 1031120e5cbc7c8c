//! One run of a command: its settings, the chain, who signs, and the terminal. Everything is opened when it is first
//! needed, so that a command that only signs touches no network, and one that only reads needs no keypair.

use super::config::Resolved;
use super::output;
use super::signers::{self, Wallet};
use super::terminal::{Process, Terminal};
use crate::chain::{Chain, ChainError, RpcChain, RpcOptions};
use anchor_lang::prelude::Pubkey;
use anyhow::{anyhow, Result};
use serde::Serialize;
use solana_signer::Signer;
use std::rc::Rc;

/// One run of a command.
pub struct Session {
    /// Its settings.
    pub config: Resolved,
    chain: Option<Box<dyn Chain>>,
    terminal: Box<dyn Terminal>,
    wallet: Option<Wallet>,
    payer: Option<Wallet>,
}

impl Session {
    /// A run in this process's terminal, against the nodes of the settings.
    pub fn new(config: Resolved) -> Self {
        Self { config, chain: None, terminal: Box::new(Process), wallet: None, payer: None }
    }

    /// A run against any chain and in front of any terminal.
    pub fn with_chain(config: Resolved, chain: Box<dyn Chain>, terminal: Box<dyn Terminal>) -> Self {
        Self { config, chain: Some(chain), terminal, wallet: None, payer: None }
    }

    /// The chain, connected to when first asked for.
    ///
    /// # Errors
    ///
    /// The chain's.
    pub fn chain(&mut self) -> Result<&mut dyn Chain> {
        if self.chain.is_none() {
            self.chain = Some(Box::new(connect(&self.config)?));
        }
        match &mut self.chain {
            Some(chain) => Ok(chain.as_mut()),
            None => Err(anyhow!("there is no chain to talk to: give --url")),
        }
    }

    /// Who signs, with a signature from here or from elsewhere.
    ///
    /// # Errors
    ///
    /// If the source gives no key.
    pub fn wallet(&mut self) -> Result<Wallet> {
        if let Some(wallet) = &self.wallet {
            return Ok(wallet.clone());
        }
        let wallet = signers::open(&self.config.keypair, "--keypair")?;
        self.wallet = Some(wallet.clone());
        Ok(wallet)
    }

    /// Who pays fees and rent: `--fee-payer`, else who signs.
    ///
    /// # Errors
    ///
    /// If the source gives no key.
    pub fn payer(&mut self) -> Result<Wallet> {
        if let Some(payer) = &self.payer {
            return Ok(payer.clone());
        }
        let payer = match self.config.fee_payer.clone() {
            Some(source) => signers::open(&source, "--fee-payer")?,
            None => self.wallet()?,
        };
        self.payer = Some(payer.clone());
        Ok(payer)
    }

    /// The address of who signs: the owner of what a command moves.
    ///
    /// # Errors
    ///
    /// If the source gives no key.
    pub fn owner_key(&mut self) -> Result<Pubkey> {
        Ok(self.wallet()?.key())
    }

    /// The address of who pays fees and rent.
    ///
    /// # Errors
    ///
    /// If the source gives no key.
    pub fn payer_key(&mut self) -> Result<Pubkey> {
        Ok(self.payer()?.key())
    }

    /// Who signs, able to sign here.
    ///
    /// # Errors
    ///
    /// If only the address is known.
    pub fn signer(&mut self) -> Result<Rc<dyn Signer>> {
        signing(self.wallet()?, "--keypair")
    }

    /// Who pays, able to sign here.
    ///
    /// # Errors
    ///
    /// If only the address is known.
    pub fn fee_payer(&mut self) -> Result<Rc<dyn Signer>> {
        let option = if self.config.fee_payer.is_some() { "--fee-payer" } else { "--keypair" };
        signing(self.payer()?, option)
    }

    /// The terminal.
    pub fn terminal(&mut self) -> &mut dyn Terminal {
        self.terminal.as_mut()
    }

    /// Prints the answer in the form asked for: `text` for people, `value` for machines.
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    pub fn answer(&mut self, value: &impl Serialize, text: impl FnOnce() -> String) -> Result<()> {
        let form = self.config.output;
        let mut shown = if form.is_json() { output::json(value, form)? } else { text() };
        if !shown.ends_with('\n') {
            shown.push('\n');
        }
        self.terminal.print(&shown)
    }

    /// News beside the answer.
    pub fn tell(&mut self, text: &str) {
        self.terminal.tell(text);
    }

    /// News for those who asked for more.
    pub fn tell_more(&mut self, text: impl FnOnce() -> String) {
        if self.config.verbose {
            self.terminal.tell(&text());
        }
    }

    /// Where something was looked for and not found, the cluster is the first thing to check.
    pub fn explain(&self, error: anyhow::Error) -> anyhow::Error {
        let missing = error.chain().filter_map(|cause| cause.downcast_ref::<ChainError>());
        match missing.into_iter().any(|cause| matches!(cause, ChainError::AccountNotFound(_))) {
            true => anyhow!("{error:#} (this is {})", self.config.cluster()),
            false => error,
        }
    }
}

fn signing(wallet: Wallet, option: &str) -> Result<Rc<dyn Signer>> {
    match wallet {
        Wallet::Signing(signer) => Ok(signer),
        Wallet::Address(key) => Err(anyhow!(
            "{option} is only the address {key}: give its keypair, or sign elsewhere with --sign-only, --signer or --multisig"
        )),
    }
}

fn connect(config: &Resolved) -> Result<RpcChain> {
    let options = RpcOptions { urls: config.urls.clone(), commitment: config.commitment, ..RpcOptions::default() };
    Ok(RpcChain::connect(&options)?)
}
